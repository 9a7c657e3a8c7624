/* SPDX-License-Identifier: MIT
 *
 * libmicrohttpd, and what version 0.9.75 of it leaves open (measured): its timeout is of inactivity alone, it takes
 * requests that give their length twice, it joins folded lines and ends lines at a bare LF, it does not see a waiting
 * client hang up; it answers a length that is none twice and a first line that is none not at all, so that what comes
 * is looked at before it gets it (tap.h). A reaper thread looks at every connection twice a second; the headers are
 * checked before anything else. Owns the connections and the requests in them. See http.h.
 *
 * Locks, always in this order: the handler's own, server, wake, libmicrohttpd's.
 */
#include "web/http.h"

#include "base/mem.h"
#include "web/framing.h"
#include "web/last_word.h"
#include "web/spare.h"
#include "web/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Limits. */
enum {
	/* Bytes a connection. A request's lines, what libmicrohttpd notes of each, a copy of its cookies and the head
	 * of the answer have to fit, else it is a 431. Idle ones give theirs back (spare.h) but where TLS or a socket
	 * file hides what was read: there ten thousand of them would be most of a busy server's memory. */
	POOL_SPARED = SPARE_POOL,
	POOL_HELD = 7424,
	HEAD_MAX = 14 << 10, /* of a request, with all its cookies copied: a larger one is not parsed reliably */
	FIELD_NOTE = 64,
	ANSWER_HEAD_MAX = 760,
	CONNECTIONS_MAX = 16000,
	CONNECTIONS_PER_CLIENT = 64, /* where clients are on other machines */
	FILES_RESERVED = 256,	     /* of the process's descriptors, for probes and the store */
	REAP_MS = 500,
	LINGER_MS =
		3000, /* so long an early refusal is left to be read, while the rest of the request is thrown away */
	LINGER_TICK_MS = 20,
	LINGERING_MAX = 64,
	LOOKS_AT_ONCE = 64, /* under the lock, before others get it */
	BEATS_AT_ONCE = 32  /* before they are due; or as many as it takes to come round in a quarter of the time */
};

static const char tls_priorities[] = "SECURE128:+SECURE192:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

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

enum phase { PHASE_HEADER, PHASE_BODY, PHASE_UPLOAD, PHASE_ANSWER, PHASE_WAIT, PHASE_IDLE, PHASES };

struct conn {
	struct tap tap; /* first: a tap is its connection */
	struct http_server *server;
	struct framing framing;
	struct framing_fault fault; /* of what was not passed on to libmicrohttpd, ... */
	bool turned_away;	    /* ... and the answer to it was given */
	unsigned ended;		    /* requests, of those in framing */
	struct conn *next, *prev;
	struct http_wake *request; /* the one in it, or NULL */
	struct spare spare;
	int fd;
	enum phase phase;
	bool linger, cut_off;
	bool served; /* a request of it has ended */
	bool deaf; /* nothing more is read of it: its end is not seen either */
	int64_t since_ms;
	uint64_t heard; /* bytes, when its last request had ended */
	int unread; /* at the reaper's last look, of a client that sent its end; -1 otherwise */
};

struct line {
	struct conn *first, *last;
	size_t count;
};

#define COUNT(server, what)                                \
	do {                                               \
		if ((server)->options.counts)              \
			(server)->options.counts->what++; \
	} while (0)

struct lingering {
	int fd;
	bool deaf;
	int64_t until_ms;
};

/* A request in a connection; to the handler, what it wakes. */
struct http_wake {
	struct http_server *server;
	struct conn *conn;
	struct MHD_Connection *connection;
	struct arena arena;
	struct http_request req;
	struct http_response res;
	struct buf body;
	size_t held;	   /* of the server's */
	bool uploads;	   /* its body goes to a file */
	int upload_fd;
	size_t upload_n;
	void *upload;	   /* the file's bytes, when all have come */
	enum err upload_err;
	enum err target_err;
	size_t target_n;
	bool seen, queued, unfit, crowded, last /* of its connection, as the client says */;
	const char *edge; /* where the next part of the header must begin in libmicrohttpd's buffer */
	pthread_mutex_t lock;
	bool suspended, woken, gone, beat, streams; /* under lock */
	int64_t sent_ms;		   /* under lock */
};

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_options options;
	pthread_t reaper;
	pthread_mutex_t lock;
	pthread_cond_t stop;
	bool stopping;
	struct line lines[PHASES]; /* by phase; in each the one that came first is first */
	struct lingering lingering[LINGERING_MAX];
	size_t lingering_count;
	size_t uploads;
	_Atomic size_t held; /* of bodies, in memory, beyond the small ones */
	size_t pool; /* bytes a connection */
	struct spare_shelf *shelves; /* one for each of libmicrohttpd's threads */
	_Atomic size_t shelf_count, shelf_max;
};

int64_t http_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- lines: under the server's lock ---- */

static void line_leave(struct http_server *s, struct conn *c)
{
	struct line *line = &s->lines[c->phase];
	*(c->prev ? &c->prev->next : &line->first) = c->next;
	*(c->next ? &c->next->prev : &line->last) = c->prev;
	c->next = c->prev = NULL;
	line->count--;
}

static void line_join(struct http_server *s, struct conn *c, enum phase phase)
{
	struct line *line = &s->lines[phase];
	c->phase = phase;
	c->prev = line->last;
	*(c->prev ? &c->prev->next : &line->first) = c;
	line->last = c;
	line->count++;
}

static void enter(struct http_server *s, struct conn *c, enum phase phase)
{
	line_leave(s, c);
	c->since_ms = http_now_ms();
	c->unread = -1;
	line_join(s, c, phase);
}

static void set_phase(struct http_wake *w, enum phase phase)
{
	pthread_mutex_lock(&w->server->lock);
	enter(w->server, w->conn, phase);
	pthread_mutex_unlock(&w->server->lock);
}

/* go_on enters the next phase, unless the reaper was faster: false then, and nothing may be answered any more. */
static bool go_on(struct http_wake *w, enum phase phase)
{
	pthread_mutex_lock(&w->server->lock);
	bool on = !w->conn->cut_off;
	if (on)
		enter(w->server, w->conn, phase);
	pthread_mutex_unlock(&w->server->lock);
	return on;
}

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

/* attend forgets earlier wakes, before the handler looks; false where the client has gone. */
static bool attend(struct http_wake *w, bool *ret_beat)
{
	pthread_mutex_lock(&w->lock);
	bool here = !w->gone;
	*ret_beat = w->beat;
	w->beat = w->woken = false;
	pthread_mutex_unlock(&w->lock);
	return here;
}

/* suspend parks the connection; false where it was woken since attend, so that the handler has to look again. None is
 * parked once the server ends: libmicrohttpd would abort the process. */
static bool suspend(struct http_wake *w)
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

static void give_up(struct http_wake *w)
{
	pthread_mutex_lock(&w->lock);
	w->gone = true;
	pthread_mutex_unlock(&w->lock);
	http_wake(w);
}

/* ---- the reaper ---- */

static bool hung_up(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLRDHUP };
	return poll(&p, 1, 0) > 0;
}

/* left_midway: the client sent its end while its body was being read, and nothing was read since the last look.
 * libmicrohttpd now and then misses such an end. */
static bool left_midway(struct conn *c)
{
	int unread = 0;
	if (!hung_up(c->fd) || ioctl(c->fd, FIONREAD, &unread)) {
		c->unread = -1;
		return false;
	}
	bool stuck = unread == c->unread;
	c->unread = unread;
	return stuck;
}

/* is_midway: it sent a part of a request that did not come whole. */
static bool is_midway(const struct conn *c)
{
	uint64_t heard;
	if (c->phase == PHASE_ANSWER)
		return false;
	if (c->request || !last_word_heard(c->fd, &heard))
		return c->phase != PHASE_IDLE;
	return heard > c->heard;
}

/* cut_off ends a connection that is too slow. One that is midway is told so, where TLS does not stand between. */
static void cut_off(struct http_server *s, struct conn *c)
{
	bool midway = !c->cut_off && is_midway(c);
	if ((midway || c->phase != PHASE_IDLE) && !c->cut_off)
		COUNT(s, cut_off);
	if (midway && !s->options.tls) {
		last_word(c->fd, 408, "The request did not come in time.");
		COUNT(s, answers[4]);
		c->linger = c->deaf = true;
	}
	c->cut_off = true;
	shutdown(c->fd, SHUT_RDWR);
}

/* crawls: an upload may take its time, not a place among the few for next to nothing: a byte a ms, on average. */
static bool crawls(const struct http_server *s, const struct conn *c, int64_t now)
{
	uint64_t heard;
	int64_t took_ms = now - c->since_ms;
	return c->phase == PHASE_UPLOAD && took_ms > s->options.patience.body && last_word_heard(c->fd, &heard) &&
	       heard - c->heard < (uint64_t)took_ms;
}

static void look_at_body(struct http_server *s, struct conn *c, int64_t now, size_t *beats)
{
	const struct http_patience *p = &s->options.patience;
	(void)beats;
	if (now - c->since_ms > (c->phase == PHASE_UPLOAD ? p->upload : p->body) || crawls(s, c, now))
		cut_off(s, c);
	else if (left_midway(c))
		shutdown(c->fd, SHUT_RDWR);
}

/* look_at_waiting: who left is given up; a stream that was quiet gets a beat when it is due. Those of many that were
 * opened in one moment are spread over the last quarter of the time before. */
static void look_at_waiting(struct http_server *s, struct conn *c, int64_t now, size_t *beats)
{
	struct http_wake *w = c->request;
	int64_t due_ms = s->options.patience.beat;
	if (!w)
		return;
	if (hung_up(c->fd)) {
		shutdown(c->fd, SHUT_RDWR);
		give_up(w);
		return;
	}
	pthread_mutex_lock(&w->lock);
	int64_t silent_ms = now - w->sent_ms;
	bool quiet = w->streams && !w->beat && (silent_ms > due_ms || (silent_ms > due_ms / 4 * 3 && *beats));
	w->beat |= quiet;
	pthread_mutex_unlock(&w->lock);
	if (!quiet)
		return;
	*beats -= *beats > 0;
	http_wake(w);
}

typedef void look_fn(struct http_server *s, struct conn *c, int64_t now, size_t *beats);

/* look_at_all takes each that is in the line now once to its end, and lets others have the lock in between. */
static void look_at_all(struct http_server *s, enum phase phase, look_fn *look, int64_t now)
{
	struct line *line = &s->lines[phase];
	size_t passes = (size_t)s->options.patience.beat / s->options.patience.look / 4 + 1;
	size_t beats = line->count < BEATS_AT_ONCE	     ? 0 :
		       line->count / passes > BEATS_AT_ONCE ? line->count / passes :
							      BEATS_AT_ONCE;
	for (size_t left = line->count; left && line->first && !s->stopping; left--) {
		struct conn *c = line->first;
		line_leave(s, c);
		line_join(s, c, phase);
		look(s, c, now, &beats);
		if (left % LOOKS_AT_ONCE)
			continue;
		pthread_mutex_unlock(&s->lock);
		sched_yield();
		pthread_mutex_lock(&s->lock);
	}
}

/* cut_off_late: only those at the head of a line can have been in it for too long. They stay until libmicrohttpd sees
 * the end, behind the others. */
static void cut_off_late(struct http_server *s, enum phase phase, int64_t limit_ms, int64_t now)
{
	for (struct conn *c; (c = s->lines[phase].first) && now - c->since_ms > limit_ms;) {
		cut_off(s, c);
		enter(s, c, phase);
	}
}

static void look_around(struct http_server *s, int64_t now)
{
	const struct http_patience *p = &s->options.patience;
	cut_off_late(s, PHASE_HEADER, p->header, now);
	cut_off_late(s, PHASE_ANSWER, p->answer, now);
	cut_off_late(s, PHASE_IDLE, p->idle, now);
	look_at_all(s, PHASE_BODY, look_at_body, now);
	look_at_all(s, PHASE_UPLOAD, look_at_body, now);
	look_at_all(s, PHASE_WAIT, look_at_waiting, now);
}

/* A close with bytes unread would reset the connection, and the client might never see the answer. */
static void linger(struct http_server *s, int64_t now)
{
	char rubbish[16384];
	for (size_t i = 0; i < s->lingering_count;) {
		struct lingering *l = &s->lingering[i];
		bool late = now >= l->until_ms;
		ssize_t n = !late;
		while (n > 0)
			n = recv(l->fd, rubbish, sizeof rubbish, MSG_DONTWAIT);
		if (!late && ((n < 0 && errno == EAGAIN) || (!n && l->deaf))) {
			i++;
			continue;
		}
		close(l->fd);
		*l = s->lingering[--s->lingering_count];
	}
}

static void *reap(void *context)
{
	struct http_server *s = context;
	pthread_mutex_lock(&s->lock);
	const int64_t look_ms = s->options.patience.look;
	int64_t looked = 0;
	while (!s->stopping) {
		int64_t now = http_now_ms();
		linger(s, now);
		bool due = now - looked >= look_ms;
		if (due)
			look_around(s, now);
		looked = due ? now : looked;
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += (s->lingering_count && LINGER_TICK_MS < look_ms ? LINGER_TICK_MS : look_ms) * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&s->stop, &s->lock, &until);
	}
	for (size_t i = 0; i < PHASES; i++)
		for (struct conn *c = s->lines[i].first; c; c = c->next)
			if (c->request)
				give_up(c->request);
	linger(s, INT64_MAX);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- connections and requests come and go ---- */

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

/* turn_away answers what cannot be a request; the connection has to be ended behind it. */
static void turn_away(struct conn *c)
{
	struct http_server *s = c->server;
	c->turned_away = true;
	pthread_mutex_lock(&s->lock);
	if (!c->cut_off) {
		last_word(c->fd, c->fault.status, c->fault.why);
		COUNT(s, malformed);
		COUNT(s, answers[4]);
		c->linger = c->cut_off = true;
	}
	pthread_mutex_unlock(&s->lock);
}

/* begin_header: the header of a further request takes no longer than that of the first. */
static void begin_header(struct conn *c)
{
	pthread_mutex_lock(&c->server->lock);
	if (c->phase == PHASE_IDLE)
		enter(c->server, c, PHASE_HEADER);
	pthread_mutex_unlock(&c->server->lock);
}

/* take_bytes looks at what was read of the client. What cannot be a request is not passed on; it is answered at once,
 * or, where it comes behind one that is not answered yet, behind that. */
static ssize_t take_bytes(struct tap *tap, const char *bytes, size_t n)
{
	struct conn *c = (struct conn *)tap;
	if (!c->fault.status)
		n = framing_take(&c->framing, (struct str){ bytes, n }, &c->fault);
	else
		n = 0;
	if (!c->request && c->framing.at != FRAMING_BLANK)
		begin_header(c);
	if (n)
		return (ssize_t)n;
	if (!c->turned_away && !(c->request && c->request->seen))
		turn_away(c);
	errno = c->turned_away ? ECONNRESET : EAGAIN;
	return -1;
}

/* look_no_more: the answer ends the connection; what comes behind its request is none. */
static void look_no_more(struct conn *c)
{
	c->framing.at = FRAMING_REST;
	c->fault.status = 0;
}

/* take_hello: behind TLS only the first byte can be looked at. */
static ssize_t take_hello(struct tap *tap, const char *bytes, size_t n)
{
	enum { HANDSHAKE = 22 };
	struct conn *c = (struct conn *)tap;
	if (bytes[0] == HANDSHAKE) {
		tap_clear(c->fd);
		return (ssize_t)n;
	}
	c->fault = (struct framing_fault){ 400, "Here TLS is spoken: the address begins with https://." };
	turn_away(c);
	errno = ECONNRESET;
	return -1;
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
			  enum MHD_ConnectionNotificationCode what)
{
	struct http_server *s = context;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info =
			MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
		struct conn *c = mem_resize(NULL, sizeof *c);
		*socket_context = c;
		if (!c)
			return;
		*c = (struct conn){ .tap = { s->options.tls ? take_hello : take_bytes },
				    .server = s,
				    .framing.head_max = s->pool == POOL_SPARED ? HEAD_MAX : POOL_HELD - ANSWER_HEAD_MAX,
				    .fd = info->connect_fd,
				    .unread = -1,
				    .since_ms = http_now_ms() };
		unsigned lost_ms = s->options.patience.lost;
		if (s->options.counts)
			s->options.counts->connections++;
		setsockopt(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost_ms, sizeof lost_ms);
		pthread_mutex_lock(&s->lock);
		line_join(s, c, PHASE_HEADER);
		pthread_mutex_unlock(&s->lock);
		tap_set(c->fd, &c->tap);
	} else if (*socket_context) { /* before its socket is closed: the reaper never sees a number used again */
		struct conn *c = *socket_context;
		tap_clear(c->fd);
		pthread_mutex_lock(&s->lock);
		if (s->options.counts)
			s->options.counts->connections--;
		line_leave(s, c);
		spare_wake(&c->spare);
		if (c->linger && s->lingering_count < LINGERING_MAX && !s->stopping) {
			int fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
			if (fd >= 0)
				s->lingering[s->lingering_count++] =
					(struct lingering){ fd, c->deaf, http_now_ms() + LINGER_MS };
			pthread_cond_signal(&s->stop);
		}
		pthread_mutex_unlock(&s->lock);
		mem_free(c);
	}
}

/* on_target is the first that is seen of a request, before libmicrohttpd changes its target. */
static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct conn *c = info ? info->socket_context : NULL;
	struct http_wake *w = c ? mem_resize(NULL, sizeof *w) : NULL;
	if (!w)
		return NULL;
	spare_wake(&c->spare);
	*w = (struct http_wake){ .server = context, .conn = c, .connection = connection };
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
		enter(w->server, c, PHASE_HEADER);
	pthread_mutex_unlock(&w->server->lock);
	return w;
}

/* ---- bodies that are files ---- */

static enum err upload_open(struct http_wake *w)
{
	struct http_server *s = w->server;
	const char *folder = getenv("TMPDIR");
	pthread_mutex_lock(&s->lock);
	bool room = s->uploads < HTTP_UPLOADS_MAX;
	s->uploads += room;
	pthread_mutex_unlock(&s->lock);
	if (!room)
		return ERR_BUSY;
	w->uploads = true;
	w->upload_fd = open(folder ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (w->upload_fd < 0)
		w->upload_fd = memfd_create("kbt-upload", MFD_CLOEXEC);
	return w->upload_fd < 0 ? err_from_errno(errno) : ERR_OK;
}

static void upload_add(struct http_wake *w, const char *p, size_t n)
{
	if (!w->upload_err && w->upload_n + n > REQUEST_UPLOAD_MAX)
		w->upload_err = ERR_LIMIT;
	while (n && !w->upload_err) {
		ssize_t done = write(w->upload_fd, p, n);
		if (done < 0 && errno != EINTR)
			w->upload_err = err_from_errno(errno);
		if (done <= 0)
			continue;
		p += done;
		n -= (size_t)done;
		w->upload_n += (size_t)done;
	}
}

/* upload_body maps the file, once. */
static enum err upload_body(struct http_wake *w, struct str *ret_body)
{
	if (w->upload_err)
		return w->upload_err;
	if (!w->upload && w->upload_n) {
		void *p = mmap(NULL, w->upload_n, PROT_READ, MAP_PRIVATE, w->upload_fd, 0);
		if (p == MAP_FAILED)
			return err_from_errno(errno);
		w->upload = p;
	}
	*ret_body = w->upload ? (struct str){ w->upload, w->upload_n } : STR("");
	return ERR_OK;
}

static void upload_close(struct http_wake *w)
{
	if (!w->uploads)
		return;
	if (w->upload)
		munmap(w->upload, w->upload_n);
	if (w->upload_fd >= 0)
		close(w->upload_fd);
	pthread_mutex_lock(&w->server->lock);
	w->server->uploads--;
	pthread_mutex_unlock(&w->server->lock);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **request,
			 enum MHD_RequestTerminationCode why)
{
	struct http_wake *w = *request;
	(void)context, (void)connection, (void)why;
	if (!w)
		return;
	*request = NULL;
	pthread_mutex_lock(&w->server->lock);
	struct conn *c = w->conn;
	c->request = NULL;
	c->served = true;
	last_word_heard(c->fd, &c->heard);
	enter(w->server, c, PHASE_IDLE);
	pthread_mutex_unlock(&w->server->lock);
	/* One without an answer of ours had libmicrohttpd's own, and a close with it: no other may follow. */
	if (++c->ended == c->framing.heads && c->fault.status && !c->turned_away && w->queued) {
		turn_away(c);
		shutdown(c->fd, SHUT_RDWR);
	}
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

/* ---- answering ---- */

static ssize_t on_read(void *context, uint64_t at, char *p, size_t max)
{
	struct http_wake *w = context;
	bool beat;
	ssize_t n;
	(void)at;
	do {
		if (!attend(w, &beat))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		n = w->res.read(&w->req, p, max, beat);
	} while (n == 0 && !suspend(w));
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

static enum MHD_Result send_response(struct http_wake *w)
{
	struct http_response *res = &w->res;
	struct MHD_Response *r;
	res->close |= w->conn->framing.at == FRAMING_REST;
	if (res->close || w->last)
		look_no_more(w->conn);
	if (res->etag.n && str_eq(http_header(&w->req, "If-None-Match"), res->etag)) {
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
	COUNT(w->server, answers[res->status / 100 < 6 ? res->status / 100 : 5]);
	pthread_mutex_lock(&w->lock);
	w->streams = res->read;
	w->sent_ms = http_now_ms();
	pthread_mutex_unlock(&w->lock);
	set_phase(w, res->read ? PHASE_WAIT : PHASE_ANSWER);
	return done;
}

/* refuse_head answers a request whose head leaves no room for one of our answers'. */
static enum MHD_Result refuse_head(struct http_wake *w)
{
	static const char why[] = "The request's headers are too large.\n";
	struct MHD_Response *r =
		MHD_create_response_from_buffer(sizeof why - 1, (void *)(uintptr_t)why, MHD_RESPMEM_PERSISTENT);
	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, "Connection", "close");
	MHD_add_response_header(r, "Content-Type", "text/plain");
	enum MHD_Result done = MHD_queue_response(w->connection, 431, r);
	MHD_destroy_response(r);
	w->queued = w->conn->linger = true;
	look_no_more(w->conn);
	COUNT(w->server, malformed);
	COUNT(w->server, answers[4]);
	set_phase(w, PHASE_ANSWER);
	return done;
}

/* send_early answers before the body has come: the connection ends with it. */
static enum MHD_Result send_early(struct http_wake *w)
{
	w->res.close = true;
	w->conn->linger = true;
	return send_response(w);
}

static enum MHD_Result refuse(struct http_wake *w, unsigned status, const char *why)
{
	const struct http_options *o = &w->server->options;
	w->res = (struct http_response){ 0 };
	o->refuse(o->context, &w->req, status, why, &w->res);
	w->res.status = status;
	return send_early(w);
}

static const char *too_large(bool uploads)
{
	return uploads ? "The file is larger than 64 MiB. `kbt scan` takes files of any size."
			  : "The request is larger than 1 MiB.";
}

/* serve asks the handler, again after each wake, until it answers. */
static enum MHD_Result serve(struct http_wake *w)
{
	const struct http_options *o = &w->server->options;
	bool beat;
	if (!go_on(w, PHASE_ANSWER))
		return MHD_NO;
	w->req.body = buf_str(&w->body);
	if (buf_err(&w->body))
		return refuse(w, 413, too_large(w->uploads));
	enum err e = w->uploads ? upload_body(w, &w->req.body) : ERR_OK;
	if (e)
		return e == ERR_LIMIT ? refuse(w, 413, too_large(w->uploads))
				      : refuse(w, 507, "There is no room for the file here.");
	do {
		if (!attend(w, &beat))
			return MHD_NO;
		w->res = (struct http_response){ .status = 200 };
		o->handle(o->context, &w->req, &w->res);
		if (!w->res.wait)
			return send_response(w);
		set_phase(w, PHASE_WAIT);
	} while (!suspend(w));
	return MHD_YES;
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
	size_t taken = header_n + f->count * FIELD_NOTE;
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

static enum MHD_Result begin_upload(struct http_wake *w)
{
	enum err e = upload_open(w);
	if (e)
		return refuse(w, 503, e == ERR_BUSY ? "Too many files are being sent. Try again in a moment."
						    : "There is no room for the file here.");
	set_phase(w, PHASE_UPLOAD);
	return MHD_YES;
}

/* note_scheme: on a socket file, what stands before this server may speak TLS, and says so. */
static void note_scheme(struct http_wake *w)
{
	const struct listener *l = w->server->options.listener;
	bool proxied = l->file.n && str_eq(http_header(&w->req, "X-Forwarded-Proto"), STR("https"));
	w->req.scheme = l->tls || proxied ? STR("https") : STR("http");
}

static enum MHD_Result first_look(struct http_wake *w, const char *method, const char *version)
{
	const struct http_options *o = &w->server->options;
	const char *why = NULL;
	uint64_t length;
	w->seen = true;
	w->req.method = !strcmp(method, "GET")	  ? HTTP_GET
			: !strcmp(method, "HEAD") ? HTTP_HEAD
			: !strcmp(method, "POST") ? HTTP_POST
						  : HTTP_OTHER;
	if (!go_on(w, PHASE_BODY))
		return MHD_NO;
	if (!w->conn->served && w->server->pool == POOL_SPARED)
		spare_learn(&w->conn->spare, w->conn->fd, method);
	if (!read_headers(w, method, version))
		return refuse_head(w);
	w->last = strcmp(version, "HTTP/1.0") == 0 ||
		  str_find_nocase(http_header(&w->req, "Connection"), STR("close")) != STR_NONE;
	if (w->target_err || w->unfit)
		COUNT(w->server, malformed);
	if (w->target_err == ERR_LIMIT)
		return refuse(w, 414, "The address is too long.");
	if (w->crowded)
		return refuse(w, 431, "The request has too many header lines.");
	if (w->target_err || w->unfit)
		return refuse(w, 400, "The request is malformed.");
	unsigned status = request_check(&w->req, &o->hosts, &why);
	if (status == 400)
		COUNT(w->server, malformed);
	if (status)
		return refuse(w, status, why);
	if (!w->req.authority.n)
		w->req.authority = http_header(&w->req, "Host");
	bool uploads = o->is_upload && o->is_upload(o->context, &w->req);
	if (str_u64(http_header(&w->req, "Content-Length"), &length) &&
	    length > (uploads ? REQUEST_UPLOAD_MAX : REQUEST_BODY_MAX))
		return refuse(w, 413, too_large(uploads));
	note_client(w);
	note_scheme(w);
	w->res = (struct http_response){ .status = 200 };
	if (o->admit && !o->admit(o->context, &w->req, &w->res))
		return w->req.method == HTTP_POST || w->req.method == HTTP_OTHER ? send_early(w) : send_response(w);
	return uploads ? begin_upload(w) : MHD_YES;
}

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

/* end_midway refuses what has not come whole: libmicrohttpd answers at its end only. */
static enum MHD_Result end_midway(struct http_wake *w, unsigned status, const char *why)
{
	if (!go_on(w, PHASE_ANSWER) || w->server->options.tls)
		return MHD_NO;
	last_word(w->conn->fd, status, why);
	COUNT(w->server, answers[status / 100]);
	w->conn->linger = true;
	look_no_more(w->conn);
	return MHD_NO;
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
	if (w->server->options.tls || (w->uploads ? w->upload_err != ERR_LIMIT : !buf_err(&w->body)))
		return MHD_YES;
	return end_midway(w, 413, too_large(w->uploads));
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
				  const char *method, const char *version, const char *data, size_t *data_n,
				  void **request)
{
	struct http_wake *w = *request;
	(void)context, (void)connection, (void)url;
	if (!w)
		return MHD_NO;
	if (!w->seen)
		return first_look(w, method, version);
	if (*data_n) {
		size_t n = *data_n;
		*data_n = 0;
		return add_data(w, data, n);
	}
	return w->queued ? MHD_YES : serve(w);
}

/* ---- open and close ---- */

/* as_sent keeps libmicrohttpd from decoding anything: request.c does. */
static size_t as_sent(void *context, struct MHD_Connection *connection, char *s)
{
	(void)context, (void)connection;
	return strlen(s);
}

static void say_nothing(void *context, const char *format, va_list args)
{
	(void)context, (void)format, (void)args; /* a line for each client that hangs up */
}

static unsigned connection_limit(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return 512;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	rlim_t left = files.rlim_cur > 2 * FILES_RESERVED ? files.rlim_cur - FILES_RESERVED : FILES_RESERVED;
	return left < CONNECTIONS_MAX ? (unsigned)left : CONNECTIONS_MAX;
}

static struct MHD_Daemon *start(struct http_server *s)
{
	const struct http_options *o = &s->options;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = o->threads ? o->threads : processors > 4 ? (unsigned)processors : 4;
	bool spared = !o->tls && !o->listener->file.n && spare_knows(MHD_get_version());
	s->pool = spared ? POOL_SPARED : POOL_HELD;
	s->shelves = mem_resize(NULL, threads * sizeof *s->shelves);
	if (!s->shelves)
		return NULL;
	memset(s->shelves, 0, threads * sizeof *s->shelves);
	s->shelf_max = threads;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, o->tls ? (void *)(uintptr_t)o->tls->cert.p : NULL },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, o->tls ? (void *)(uintptr_t)o->tls->key.p : NULL },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities },
		{ MHD_OPTION_END, 0, NULL }
	};
	if (!o->tls)
		tls[0] = tls[3];
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	return MHD_start_daemon(
		o->tls ? flags | MHD_USE_TLS : flags, 0, NULL, NULL,
		on_request, s, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_LISTEN_SOCKET,
		o->listener->fd, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT,
		connection_limit(), MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		o->listener->local ? 0U : (unsigned)CONNECTIONS_PER_CLIENT, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)HTTP_ANSWER_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->pool,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_UNESCAPE_CALLBACK, as_sent, NULL, MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
		MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END);
}

static void fill_patience(struct http_patience *p)
{
	const struct {
		unsigned *ms;
		unsigned otherwise;
	} times[] = { { &p->header, HTTP_HEADER_S * 1000 }, { &p->body, HTTP_BODY_S * 1000 },
		      { &p->answer, HTTP_ANSWER_S * 1000 }, { &p->idle, HTTP_IDLE_S * 1000 },
		      { &p->upload, HTTP_UPLOAD_S * 1000 }, { &p->beat, HTTP_BEAT_S * 1000 },
		      { &p->lost, HTTP_LOST_S * 1000 },	    { &p->look, REAP_MS } };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (!*times[i].ms)
			*times[i].ms = times[i].otherwise;
}

enum err http_open(const struct http_options *options, struct diags *d, struct http_server **ret_server)
{
	struct http_server *s = mem_resize(NULL, sizeof *s);
	pthread_condattr_t monotonic;
	if (!s)
		return ERR_NOMEM;
	*s = (struct http_server){ .options = *options };
	fill_patience(&s->options.patience);
	signal(SIGPIPE, SIG_IGN);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->stop, &monotonic);
	pthread_condattr_destroy(&monotonic);
	s->daemon = start(s);
	if (!s->daemon) {
		close(options->listener->fd);
		mem_free(s->shelves);
		mem_free(s);
		return diags_fail(d, ERR_IO, "cannot start the web server on %.*s", STR_ARG(options->listener->url));
	}
	if (pthread_create(&s->reaper, NULL, reap, s)) {
		MHD_stop_daemon(s->daemon);
		mem_free(s->shelves);
		mem_free(s);
		return diags_fail(d, ERR_NOMEM, "cannot start a thread of the web server");
	}
	*ret_server = s;
	return ERR_OK;
}

void http_close(struct http_server **server)
{
	struct http_server *s = *server;
	if (!s)
		return;
	*server = NULL;
	/* No MHD_quiesce_daemon: in 0.9.75 it and a worker may both take the socket out of the worker's epoll set, and
	 * the second aborts the process. What connects from now on is not parked any more. */
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_signal(&s->stop);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->reaper, NULL);
	MHD_stop_daemon(s->daemon);
	pthread_cond_destroy(&s->stop);
	pthread_mutex_destroy(&s->lock);
	mem_free(s->shelves);
	mem_free(s);
}
