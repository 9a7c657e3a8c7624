/* SPDX-License-Identifier: MIT
 *
 * Answers: the handler is asked, again after each wake, until it has one; its headers are added, and a stream is read
 * as far as the client takes it. See http_inside.h.
 */
#include "web/http_inside.h"

#include "base/mem.h"

static const struct {
	const char *name, *value;
} security_headers[] = {
	{ "Content-Security-Policy",
	  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
	  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
	  "trusted-types kbt" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	/* Not no-referrer: then a form's Origin is "null", all that says on plain HTTP that it is this site's; its mark
	 * cannot stand in for that, which is the same for all who have no session. No other site gets a referrer. */
	{ "Referrer-Policy", "same-origin" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
};

/* ---- waiting ---- */

void http_wake(struct http_wake *w)
{
	pthread_mutex_lock(&w->lock);
	w->woken = true;
	if (w->suspended) {
		w->suspended = false;
		MHD_resume_connection(w->connection);
	}
	pthread_mutex_unlock(&w->lock);
}

/* wake_attend forgets earlier wakes, before the handler looks; false where the client has gone. */
static bool wake_attend(struct http_wake *w, bool *ret_beat)
{
	pthread_mutex_lock(&w->lock);
	bool here = !w->gone;
	*ret_beat = w->beat;
	w->beat = w->woken = false;
	pthread_mutex_unlock(&w->lock);
	return here;
}

/* wake_suspend parks the connection; false where it was woken since wake_attend, so that the handler has to look again.
 * None is parked once the server ends: libmicrohttpd would abort the process. */
static bool wake_suspend(struct http_wake *w)
{
	pthread_mutex_lock(&w->server->lock);
	pthread_mutex_lock(&w->lock);
	w->gone |= w->server->stopping;
	w->suspended = !w->woken && !w->gone;
	bool parked = w->suspended;
	if (parked)
		MHD_suspend_connection(w->connection);
	pthread_mutex_unlock(&w->lock);
	pthread_mutex_unlock(&w->server->lock);
	return parked;
}

void wake_give_up(struct http_wake *w)
{
	pthread_mutex_lock(&w->lock);
	w->gone = true;
	pthread_mutex_unlock(&w->lock);
	http_wake(w);
}

/* ---- answering ---- */

static ssize_t on_read(void *context, uint64_t at, char *p, size_t max)
{
	struct http_wake *w = context;
	bool beat;
	ssize_t n;
	(void)at;
	do {
		if (!wake_attend(w, &beat))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		n = w->res.read(&w->req, p, max < STREAM_PIECE ? max : STREAM_PIECE, beat);
		if (n == 0 && !w->trimmed)
			spare_trim(&w->conn->spare);
		w->trimmed |= n == 0;
	} while (n == 0 && !wake_suspend(w));
	if (n <= 0)
		return n ? MHD_CONTENT_READER_END_OF_STREAM : 0;
	pthread_mutex_lock(&w->lock);
	w->sent_ms = http_now_ms();
	pthread_mutex_unlock(&w->lock);
	return n;
}

static void add_headers(struct MHD_Response *r, struct http_wake *w)
{
	const struct http_response *res = &w->res;
	for (size_t i = 0; i < sizeof security_headers / sizeof *security_headers; i++)
		MHD_add_response_header(r, security_headers[i].name, security_headers[i].value);
	MHD_add_response_header(r, "Cache-Control", res->keep ? "public, max-age=31536000, immutable" :
						    res->etag.n ? "no-cache" : "no-store");
	if (res->type)
		MHD_add_response_header(r, "Content-Type", res->type);
	if (res->allow)
		MHD_add_response_header(r, "Allow", res->allow);
	if (res->etag.n)
		MHD_add_response_header(r, "ETag", arena_str(&w->arena, res->etag).p);
	if (res->location.n)
		MHD_add_response_header(r, "Location", arena_str(&w->arena, res->location).p);
	if (res->cookie.n)
		MHD_add_response_header(r, "Set-Cookie", arena_str(&w->arena, res->cookie).p);
	if (res->varies)
		MHD_add_response_header(r, "Vary", "Accept");
	if (res->coded)
		MHD_add_response_header(r, "Vary", "Accept-Encoding");
	if (res->coding)
		MHD_add_response_header(r, "Content-Encoding", res->coding);
	if (res->retry_after_s)
		MHD_add_response_header(r, "Retry-After", arena_printf(&w->arena, "%u", res->retry_after_s).p);
	if (res->status == 401)
		MHD_add_response_header(r, "WWW-Authenticate", "Bearer realm=\"kbtriage\"");
	if (res->read)
		MHD_add_response_header(r, "X-Accel-Buffering", "no");
	if (res->close)
		MHD_add_response_header(r, "Connection", "close");
}

/* is_held: RFC 9110 section 13.1.2. Who packs an answer on its way makes the tag a weak one. */
static bool is_held(struct str held, struct str etag)
{
	struct str one;
	while (held.n) {
		str_cut(held, ',', &one, &held);
		one = str_trim(one);
		if (str_eq(str_from(one, str_starts(one, STR("W/")) ? 2 : 0), etag) || str_eq(one, STR("*")))
			return true;
	}
	return false;
}

enum MHD_Result http_send(struct http_wake *w)
{
	struct http_response *res = &w->res;
	struct MHD_Response *r;
	res->close |= w->conn->framing.at == FRAMING_REST && w->conn->framing.heads == w->conn->ended + 1;
	if (res->close || w->last)
		conn_look_no_more(w->conn);
	if (res->etag.n && is_held(http_header(&w->req, "If-None-Match"), res->etag)) {
		res->status = 304;
		res->body = STR("");
	}
	if (res->read)
		r = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, on_read, w, NULL);
	else
		r = MHD_create_response_from_buffer(res->body.n, (void *)(uintptr_t)res->body.p,
						    MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	add_headers(r, w);
	enum MHD_Result done = arena_err(&w->arena) ? MHD_NO : MHD_queue_response(w->connection, res->status, r);
	MHD_destroy_response(r);
	w->queued = true;
	HTTP_COUNT(w->server, answers[res->status / 100 < 6 ? res->status / 100 : 5]);
	pthread_mutex_lock(&w->lock);
	w->streams = res->read;
	w->sent_ms = http_now_ms();
	pthread_mutex_unlock(&w->lock);
	wake_enter(w, res->read ? PHASE_WAIT : PHASE_ANSWER);
	return done;
}

static void make_refusal(struct http_wake *w, unsigned status, const char *why)
{
	const struct http_options *o = &w->server->options;
	w->res = (struct http_response){ 0 };
	o->refuse(o->context, &w->req, status, why, &w->res);
	w->res.status = status;
}

enum MHD_Result http_refuse_head(struct http_wake *w)
{
	make_refusal(w, 431, "The request's headers are too large.");
	struct str body = w->res.body;
	struct MHD_Response *r =
		MHD_create_response_from_buffer(body.n, (void *)(uintptr_t)body.p, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Connection", "close");
	MHD_add_response_header(r, "Content-Type", w->res.type);
	enum MHD_Result done = MHD_queue_response(w->connection, 431, r);
	MHD_destroy_response(r);
	w->queued = w->conn->linger = true;
	conn_look_no_more(w->conn);
	HTTP_COUNT(w->server, malformed);
	HTTP_COUNT(w->server, answers[4]);
	wake_enter(w, PHASE_ANSWER);
	return done;
}

enum MHD_Result http_send_early(struct http_wake *w)
{
	w->res.close = true;
	w->conn->linger = true;
	return http_send(w);
}

enum MHD_Result http_refuse(struct http_wake *w, unsigned status, const char *why)
{
	make_refusal(w, status, why);
	return http_send_early(w);
}

const char *http_too_large(bool uploads)
{
	return uploads ? "The file is larger than 64 MiB. `kbt scan` takes files of any size."
		       : "The request is larger than 1 MiB.";
}

static const char no_memory[] = "The server is out of memory. Try again in a moment.";

enum MHD_Result http_serve(struct http_wake *w)
{
	const struct http_options *o = &w->server->options;
	bool beat;
	if (!wake_go_on(w, PHASE_ANSWER))
		return MHD_NO;
	w->req.body = buf_str(&w->body);
	if (buf_err(&w->body) == ERR_NOMEM)
		return http_refuse(w, 503, no_memory);
	if (buf_err(&w->body))
		return http_refuse(w, 413, http_too_large(w->uploads));
	enum err e = w->uploads ? upload_body(w, &w->req.body) : ERR_OK;
	if (e)
		return e == ERR_LIMIT ? http_refuse(w, 413, http_too_large(w->uploads))
				      : http_refuse(w, 507, "There is no room for the file here.");
	do {
		if (!wake_attend(w, &beat))
			return MHD_NO;
		w->res = (struct http_response){ .status = 200 };
		unsigned long failures = mem_failures();
		o->handle(o->context, &w->req, &w->res);
		if (mem_failures() != failures && !w->res.wait && !w->res.read)
			return http_refuse(w, 503, no_memory);
		if (!w->res.wait)
			return http_send(w);
		wake_enter(w, PHASE_WAIT);
	} while (!wake_suspend(w));
	return MHD_YES;
}
