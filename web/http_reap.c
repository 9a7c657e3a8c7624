/* SPDX-License-Identifier: MIT
 *
 * The reaper: a thread that looks at every connection twice a second, ends those that are too slow or have gone, and
 * has quiet streams beat. See http_inside.h.
 */
#include "web/http_inside.h"

#include "web/last_word.h"

#include <errno.h>
#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	LINGER_TICK_MS = 20,
	LOOKS_AT_ONCE = 64, /* under the lock, before others get it */
	BEATS_AT_ONCE = 32  /* before they are due; or as many as it takes to come round in a quarter of the time */
};

/* left_midway: the client sent its end while its request was being read, and nothing was read since the last look.
 * libmicrohttpd now and then misses such an end. */
static bool left_midway(struct conn *c)
{
	int unread = 0;
	if (!conn_hung_up(c, &unread)) {
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
		HTTP_COUNT(s, cut_off);
	if (midway && !s->options.tls) {
		last_word(c->fd, 408, "The request did not come in time.",
			  c->request && request_is_api(&c->request->req));
		HTTP_COUNT(s, answers[4]);
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

/* look_at_coming: at one that is sending its request. */
static void look_at_coming(struct http_server *s, struct conn *c, int64_t now, size_t *beats)
{
	const struct http_patience *p = &s->options.patience;
	unsigned limit_ms = c->phase == PHASE_HEADER ? p->header : c->phase == PHASE_UPLOAD ? p->upload : p->body;
	(void)beats;
	if (now - c->since_ms > limit_ms || crawls(s, c, now))
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
	int unread;
	if (!w)
		return;
	if (conn_hung_up(c, &unread)) {
		shutdown(c->fd, SHUT_RDWR);
		wake_give_up(w);
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
		conn_leave(s, c);
		conn_join(s, c, phase);
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
		conn_enter(s, c, phase);
	}
}

static void look_around(struct http_server *s, int64_t now)
{
	const struct http_patience *p = &s->options.patience;
	cut_off_late(s, PHASE_ANSWER, p->answer, now);
	cut_off_late(s, PHASE_IDLE, p->idle, now);
	look_at_all(s, PHASE_HEADER, look_at_coming, now);
	look_at_all(s, PHASE_BODY, look_at_coming, now);
	look_at_all(s, PHASE_UPLOAD, look_at_coming, now);
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

void *http_reap(void *server)
{
	struct http_server *s = server;
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
		int64_t wait_ms = s->lingering_count && LINGER_TICK_MS < look_ms ? LINGER_TICK_MS : look_ms;
		int64_t until_ns = until.tv_nsec + wait_ms * 1000000;
		until.tv_sec += (time_t)(until_ns / 1000000000);
		until.tv_nsec = (long)(until_ns % 1000000000);
		pthread_cond_timedwait(&s->stop, &s->lock, &until);
	}
	for (size_t i = 0; i < PHASES; i++)
		for (struct conn *c = s->lines[i].first; c; c = c->next)
			if (c->request)
				wake_give_up(c->request);
	linger(s, INT64_MAX);
	pthread_mutex_unlock(&s->lock);
	return NULL;
}
