/* SPDX-License-Identifier: MIT
 *
 * A request comes: its target, its headers, which are checked before anything else, its body, its end. See
 * http_inside.h.
 */
#include "web/http_inside.h"

#include "base/mem.h"
#include "web/last_word.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

void *http_on_target(void *server, const char *target, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct conn *c = info ? info->socket_context : NULL;
	struct http_wake *w = c ? mem_resize(NULL, sizeof *w) : NULL;
	if (!w)
		return NULL;
	spare_wake(&c->spare);
	*w = (struct http_wake){ .server = server, .conn = c, .connection = connection };
	w->body.limit = REQUEST_BODY_MAX;
	pthread_mutex_init(&w->lock, NULL);
	w->req.arena = &w->arena;
	w->req.wake = w;
	w->edge = target;
	w->target_n = strlen(target);
	w->target_err = request_parse_target(arena_str(&w->arena, str_c(target)), &w->req);
	pthread_mutex_lock(&w->server->lock);
	c->request = w;
	if (c->phase == PHASE_IDLE) /* it came whole, or where nobody looked */
		conn_enter(w->server, c, PHASE_HEADER);
	pthread_mutex_unlock(&w->server->lock);
	return w;
}

/* ---- the headers ---- */

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && (!s.p[i] || !strchr("!#$%&'*+-.^_`|~", s.p[i])))
			return false;
	return s.n > 0;
}

/* on_header keeps a line, and looks whether it stands right behind the one before, with CRLF between: a line that was
 * folded, ended by a bare LF, or cut at a NUL does not. */
static enum MHD_Result on_header(void *context, enum MHD_ValueKind kind, const char *name, size_t name_n,
				 const char *value, size_t value_n)
{
	struct http_wake *w = context;
	struct http_fields *f = &w->req.headers;
	(void)kind;
	struct http_field *field = f->count < REQUEST_FIELDS_MAX ? arena_push(&w->arena, &f->items, &f->count, &f->cap)
								 : NULL;
	if (!field || !value) {
		w->unfit = true;
		w->crowded = f->count == REQUEST_FIELDS_MAX;
		return MHD_NO;
	}
	*field = (struct http_field){ { name, name_n }, { value, value_n } };
	w->unfit |= !is_token(field->name) || name != w->edge;
	for (size_t i = 0; i < value_n; i++)
		w->unfit |= ((unsigned char)value[i] < 0x20 && value[i] != '\t') || value[i] == 0x7f;
	w->edge = value + value_n + 2;
	field->value = str_trim(field->value);
	return MHD_YES;
}

/* head_is_large: what of the pool is taken by now leaves too little. */
static bool head_is_large(const struct http_wake *w, size_t header_n)
{
	const struct http_fields *f = &w->req.headers;
	size_t taken = header_n + f->count * FRAMING_NOTE;
	for (size_t i = 0; i < f->count; i++)
		if (str_eq_nocase(f->items[i].name, STR("Cookie")))
			taken += f->items[i].value.n;
	return taken > w->server->pool - ANSWER_HEAD_MAX || header_n > HEAD_MAX;
}

/* read_headers: false where they are too large to be answered as others are. */
static bool read_headers(struct http_wake *w, const char *method, const char *version)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(w->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
	w->unfit = method + strlen(method) + 1 != w->edge || w->edge + w->target_n + 1 != version;
	w->edge = version + strlen(version) + 2;
	MHD_get_connection_values_n(w->connection, MHD_HEADER_KIND, on_header, w);
	w->unfit |= !info || (size_t)(w->edge - method) + 2 != info->header_size;
	return !info || !head_is_large(w, info->header_size);
}

/* note_client: whom limits count for. IPv6 clients have a network of addresses each. */
static void note_client(struct http_wake *w)
{
	const struct listener *l = w->server->options.listener;
	const union MHD_ConnectionInfo *info =
		l->local ? NULL : MHD_get_connection_info(w->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *from = info ? info->client_addr : NULL;
	char text[INET6_ADDRSTRLEN];
	if (from && from->sa_family == AF_INET) {
		struct in_addr four = ((const struct sockaddr_in *)(const void *)from)->sin_addr;
		if (ntohl(four.s_addr) >> 24 != IN_LOOPBACKNET)
			w->req.client = arena_str(&w->arena, str_c(inet_ntop(AF_INET, &four, text, sizeof text)));
	} else if (from && from->sa_family == AF_INET6) {
		struct in6_addr six = ((const struct sockaddr_in6 *)(const void *)from)->sin6_addr;
		bool mapped = IN6_IS_ADDR_V4MAPPED(&six);
		if (IN6_IS_ADDR_LOOPBACK(&six) || (mapped && six.s6_addr[12] == IN_LOOPBACKNET))
			return;
		if (!mapped)
			memset(&six.s6_addr[8], 0, 8);
		w->req.client = arena_str(&w->arena, str_c(inet_ntop(AF_INET6, &six, text, sizeof text)));
	}
}

/* end_midway refuses what has not come whole: libmicrohttpd answers at its end only. */
static enum MHD_Result end_midway(struct http_wake *w, unsigned status, const char *why)
{
	if (!wake_go_on(w, PHASE_ANSWER) || w->server->options.tls)
		return MHD_NO;
	last_word(w->conn->fd, status, why, request_is_api(&w->req));
	HTTP_COUNT(w->server, answers[status / 100]);
	w->conn->linger = true;
	conn_look_no_more(w->conn);
	return MHD_NO;
}

static enum MHD_Result begin_upload(struct http_wake *w)
{
	enum err e = upload_open(w);
	if (e)
		return http_refuse(w, 503, e == ERR_BUSY ? "Too many files are being sent. Try again in a moment."
							 : "There is no room for the file here.");
	wake_enter(w, PHASE_UPLOAD);
	return MHD_YES;
}

/* note_scheme: on a socket file, what stands before this server may speak TLS, and says so. */
static void note_scheme(struct http_wake *w)
{
	const struct listener *l = w->server->options.listener;
	bool proxied = l->file.n && str_eq(http_header(&w->req, "X-Forwarded-Proto"), STR("https"));
	w->req.scheme = l->tls || proxied ? STR("https") : STR("http");
}

static enum http_method method_of(struct str name)
{
	static const struct str names[] = { [HTTP_GET] = STR_LIT("GET"),
					    [HTTP_HEAD] = STR_LIT("HEAD"),
					    [HTTP_POST] = STR_LIT("POST"),
					    [HTTP_OPTIONS] = STR_LIT("OPTIONS") };
	enum http_method m = HTTP_GET;
	while (m < HTTP_OTHER && !str_eq(name, names[m]))
		m++;
	return m;
}

static enum MHD_Result first_look(struct http_wake *w, const char *method, const char *version)
{
	const struct http_options *o = &w->server->options;
	const char *why = NULL;
	uint64_t length;
	w->seen = true;
	w->req.method = method_of(str_c(method));
	if (!wake_go_on(w, PHASE_BODY))
		return MHD_NO;
	if (!w->conn->served && w->server->pool == POOL_SPARED)
		spare_learn(&w->conn->spare, w->conn->fd, method);
	if (!read_headers(w, method, version))
		return http_refuse_head(w);
	w->last = strcmp(version, "HTTP/1.0") == 0 ||
		  str_find_nocase(http_header(&w->req, "Connection"), STR("close")) != STR_NONE;
	if (w->target_err || w->unfit)
		HTTP_COUNT(w->server, malformed);
	if (w->target_err == ERR_LIMIT)
		return http_refuse(w, 414, "The address is too long.");
	if (w->crowded)
		return http_refuse(w, 431, "The request has too many header lines.");
	if (w->target_err || w->unfit)
		return http_refuse(w, 400, "The request is malformed.");
	unsigned status = request_check(&w->req, &o->hosts, &why);
	if (status == 400)
		HTTP_COUNT(w->server, malformed);
	if (status)
		return http_refuse(w, status, why);
	if (!w->req.authority.n)
		w->req.authority = http_header(&w->req, "Host");
	bool uploads = o->is_upload && o->is_upload(o->context, &w->req);
	if (str_u64(http_header(&w->req, "Content-Length"), &length) &&
	    length > (uploads ? REQUEST_UPLOAD_MAX : REQUEST_BODY_MAX))
		return http_refuse(w, 413, http_too_large(uploads));
	note_client(w);
	note_scheme(w);
	w->res = (struct http_response){ .status = 200 };
	if (o->admit && !o->admit(o->context, &w->req, &w->res))
		return w->req.method == HTTP_GET || w->req.method == HTTP_HEAD ? http_send(w) : http_send_early(w);
	if (conn_is_faulty_midway(w->conn))
		return end_midway(w, w->conn->fault.status, w->conn->fault.why);
	return uploads ? begin_upload(w) : MHD_YES;
}

/* ---- the body ---- */

/* has_room: is there room for so many bytes more of the body? A small one always finds some. */
static bool has_room(struct http_wake *w, size_t n)
{
	struct http_server *s = w->server;
	size_t beyond = w->body.n + n > HTTP_BODY_SMALL ? w->body.n + n - HTTP_BODY_SMALL : 0;
	size_t more = beyond > w->held ? beyond - w->held : 0;
	if (!more)
		return true;
	w->held += more;
	return atomic_fetch_add(&s->held, more) + more <= HTTP_BODIES_MAX;
}

/* add_data takes a piece of the body. What became too long is refused at once, for a client may send for as long as a
 * body may take; behind TLS at its end. */
static enum MHD_Result add_data(struct http_wake *w, const char *p, size_t n)
{
	if (w->uploads)
		upload_add(w, p, n);
	else if (!buf_err(&w->body) && !has_room(w, n))
		return end_midway(w, 503, "Too much is being sent here at once. Try again in a moment.");
	else
		buf_add_bytes(&w->body, p, n);
	if (w->server->options.tls || (w->uploads ? w->upload_err : buf_err(&w->body)) != ERR_LIMIT)
		return MHD_YES;
	return end_midway(w, 413, http_too_large(w->uploads));
}

enum MHD_Result http_on_request(void *server, struct MHD_Connection *connection, const char *url, const char *method,
				const char *version, const char *data, size_t *data_n, void **request)
{
	struct http_wake *w = *request;
	(void)server, (void)connection, (void)url;
	if (!w)
		return MHD_NO;
	if (!w->seen)
		return first_look(w, method, version);
	if (*data_n) {
		size_t n = *data_n;
		*data_n = 0;
		return add_data(w, data, n);
	}
	return w->queued ? MHD_YES : http_serve(w);
}

/* ---- the end ---- */

/* own_shelf: that of the calling thread, which serves no other server; NULL where there are more threads than
 * expected. */
static struct spare_shelf *own_shelf(struct http_server *s)
{
	static _Thread_local struct spare_shelf *own;
	if (!own && s->shelf_count < s->shelf_max) {
		size_t at = s->shelf_count++;
		own = at < s->shelf_max ? &s->shelves[at] : NULL;
	}
	return own;
}

void http_on_completed(void *server, struct MHD_Connection *connection, void **request,
		       enum MHD_RequestTerminationCode why)
{
	struct http_wake *w = *request;
	(void)server, (void)connection, (void)why;
	if (!w)
		return;
	*request = NULL;
	pthread_mutex_lock(&w->server->lock);
	struct conn *c = w->conn;
	c->request = NULL;
	c->served = true;
	last_word_heard(c->fd, &c->heard);
	bool begun = c->framing.at == FRAMING_FIRST || c->framing.at == FRAMING_LINES; /* the next one */
	conn_enter(w->server, c, begun ? PHASE_HEADER : PHASE_IDLE);
	pthread_mutex_unlock(&w->server->lock);
	/* One without an answer of ours had libmicrohttpd's own, and a close with it: no other may follow. */
	if (++c->ended == c->framing.heads && c->fault.status && !c->turned_away && w->queued) {
		conn_turn_away(c);
		shutdown(c->fd, SHUT_RDWR);
	}
	/* libmicrohttpd does not see an end that came behind a request while that was answered. */
	if (conn_is_done(c))
		shutdown(c->fd, SHUT_RDWR);
	if (w->req.drop)
		w->req.drop(&w->req);
	upload_close(w);
	w->server->held -= w->held;
	buf_free(&w->body);
	arena_free(&w->arena);
	pthread_mutex_destroy(&w->lock);
	/* From here on libmicrohttpd fills the pool with zeros, or frees it and says so before another comes. */
	bool spares = w->server->pool == POOL_SPARED && !w->server->stopping;
	struct spare_shelf *shelf = spares ? own_shelf(w->server) : NULL;
	if (shelf)
		spare_rest(shelf, &c->spare, http_now_ms());
	mem_free(w);
}
