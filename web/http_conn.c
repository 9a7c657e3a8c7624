/* SPDX-License-Identifier: MIT
 *
 * Connections: each stands in the line of its phase, the one that came first first. What a client sends is looked at
 * before libmicrohttpd gets it (tap.h, framing.h). See http_inside.h.
 */
#include "web/http_inside.h"

#include "base/mem.h"
#include "web/last_word.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

/* so long an early refusal is left to be read, while the rest of the request is thrown away */
enum { LINGER_MS = 3000 };

/* ---- in lines ---- */

void conn_leave(struct http_server *s, struct conn *c)
{
	struct line *line = &s->lines[c->phase];
	*(c->prev ? &c->prev->next : &line->first) = c->next;
	*(c->next ? &c->next->prev : &line->last) = c->prev;
	c->next = c->prev = NULL;
	line->count--;
}

void conn_join(struct http_server *s, struct conn *c, enum phase phase)
{
	struct line *line = &s->lines[phase];
	c->phase = phase;
	c->prev = line->last;
	*(c->prev ? &c->prev->next : &line->first) = c;
	line->last = c;
	line->count++;
}

void conn_enter(struct http_server *s, struct conn *c, enum phase phase)
{
	conn_leave(s, c);
	c->since_ms = http_now_ms();
	c->unread = -1;
	conn_join(s, c, phase);
}

void wake_enter(struct http_wake *w, enum phase phase)
{
	pthread_mutex_lock(&w->server->lock);
	conn_enter(w->server, w->conn, phase);
	pthread_mutex_unlock(&w->server->lock);
}

bool wake_go_on(struct http_wake *w, enum phase phase)
{
	pthread_mutex_lock(&w->server->lock);
	bool on = !w->conn->cut_off;
	if (on)
		conn_enter(w->server, w->conn, phase);
	pthread_mutex_unlock(&w->server->lock);
	return on;
}

/* ---- what they send ---- */

void conn_turn_away(struct conn *c)
{
	struct http_server *s = c->server;
	c->turned_away = true;
	pthread_mutex_lock(&s->lock);
	if (!c->cut_off) {
		last_word(c->fd, c->fault.status, c->fault.why, c->framing.api);
		HTTP_COUNT(s, malformed);
		HTTP_COUNT(s, answers[4]);
		c->linger = c->cut_off = true;
	}
	pthread_mutex_unlock(&s->lock);
}

/* begin_header: the header of a further request takes no longer than that of the first. */
static void begin_header(struct conn *c)
{
	pthread_mutex_lock(&c->server->lock);
	if (c->phase == PHASE_IDLE)
		conn_enter(c->server, c, PHASE_HEADER);
	pthread_mutex_unlock(&c->server->lock);
}

bool conn_is_faulty_midway(const struct conn *c)
{
	return c->fault.status && framing_in_chunks(&c->framing) && c->request && c->framing.heads == c->ended + 1;
}

/* take_bytes looks at what was read of the client. What cannot be a request is not passed on; it is answered at once,
 * or, where it comes behind one that is not answered yet, behind that; chunks that are none are answered at once where
 * the request has been looked at, else then. */
static ssize_t take_bytes(struct tap *tap, const char *bytes, size_t n)
{
	struct conn *c = (struct conn *)tap;
	if (!c->fault.status)
		n = framing_take(&c->framing, (struct str){ bytes, n }, &c->fault);
	else
		n = 0;
	if (!c->request && c->framing.at != FRAMING_BLANK)
		begin_header(c);
	bool midway = conn_is_faulty_midway(c) && c->request->seen;
	if (n && !midway)
		return (ssize_t)n;
	if (!c->turned_away && (midway || !c->request || !c->request->seen))
		conn_turn_away(c);
	errno = c->turned_away ? ECONNRESET : EAGAIN;
	return -1;
}

bool conn_hung_up(const struct conn *c, int *ret_unread)
{
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };
	return poll(&p, 1, 0) > 0 && !ioctl(c->fd, FIONREAD, ret_unread);
}

bool conn_is_done(const struct conn *c)
{
	const struct framing *f = &c->framing;
	int unread;
	return f->heads && f->heads == c->ended && f->at == FRAMING_BLANK && !f->n && conn_hung_up(c, &unread) &&
	       !unread;
}

void conn_look_no_more(struct conn *c)
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
	conn_turn_away(c);
	errno = ECONNRESET;
	return -1;
}

/* ---- they come and go ---- */

static struct conn *conn_begin(struct http_server *s, int fd)
{
	struct conn *c = mem_resize(NULL, sizeof *c);
	if (!c)
		return NULL;
	*c = (struct conn){ .tap = { s->options.tls ? take_hello : take_bytes },
			    .server = s,
			    .framing.head_max = s->pool == POOL_SPARED ? HEAD_MAX : POOL_HELD - ANSWER_HEAD_MAX,
			    .framing.notes = s->pool != POOL_SPARED,
			    .fd = fd,
			    .unread = -1,
			    .since_ms = http_now_ms() };
	unsigned lost_ms = s->options.patience.lost;
	HTTP_COUNT(s, connections);
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost_ms, sizeof lost_ms);
	pthread_mutex_lock(&s->lock);
	conn_join(s, c, PHASE_HEADER);
	pthread_mutex_unlock(&s->lock);
	tap_set(fd, &c->tap);
	return c;
}

/* conn_end comes before the socket is closed: the reaper never sees a number used again. */
static void conn_end(struct http_server *s, struct conn *c)
{
	tap_clear(c->fd);
	if (s->options.counts)
		s->options.counts->connections--;
	pthread_mutex_lock(&s->lock);
	conn_leave(s, c);
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

void http_on_connection(void *server, struct MHD_Connection *connection, void **socket_context,
			enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*socket_context =
			conn_begin(server, MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
						   ->connect_fd);
	else if (*socket_context)
		conn_end(server, *socket_context);
}
