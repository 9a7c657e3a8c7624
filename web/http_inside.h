/* SPDX-License-Identifier: MIT
 *
 * The HTTP server from inside, for the http*.c files, which alone know libmicrohttpd, and what version 0.9.75 of it
 * leaves open (measured): its timeout is of inactivity alone, it takes requests that give their length twice, it joins
 * folded lines and ends lines at a bare LF, it does not see a waiting client hang up; it answers a length that is none
 * twice and a first line that is none not at all, so that what comes is looked at before it gets it (tap.h). Owned
 * here: the connections and the requests in them.
 *
 *   http.c          opens and closes the server
 *   http_conn.c     connections: what they send, and the line that each stands in
 *   http_request.c  a request comes: target, headers, body, end
 *   http_upload.c   its body, where it is a file
 *   http_answer.c   the handler is asked and its answer sent; waiting and waking
 *   http_reap.c     ends the connections that are too slow
 *
 * Threads: libmicrohttpd's, of which each serves connections of its own; the reaper; whoever calls http_wake.
 * Locks, always in this order: the handler's own, server, wake, libmicrohttpd's.
 */
#ifndef KBT_WEB_HTTP_INSIDE_H
#define KBT_WEB_HTTP_INSIDE_H

#include "web/framing.h"
#include "web/http.h"
#include "web/spare.h"
#include "web/tap.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
	/* Bytes a connection. A request's lines, what libmicrohttpd notes of each, a copy of its cookies and the head
	 * of the answer have to fit, else it is a 431. Idle ones give theirs back (spare.h) but where TLS or a socket
	 * file hides what was read: there ten thousand of them would be most of a busy server's memory. */
	POOL_SPARED = SPARE_POOL,
	POOL_HELD = 15616, /* half of it for cookies: those of a company's other sites come along */
	HEAD_MAX = 14 << 10, /* of a request, with all its cookies copied: a larger one is not parsed reliably */
	ANSWER_HEAD_MAX = 760,
	/* Bytes that a stream sends at once: of a connection's own it keeps the pages that were written to, and a
	 * diagnosis that is joined late comes as a whole. */
	STREAM_PIECE = 2 << 10,
	LINGERING_MAX = 64,
};

enum phase { PHASE_HEADER, PHASE_BODY, PHASE_UPLOAD, PHASE_ANSWER, PHASE_WAIT, PHASE_IDLE, PHASES };

struct conn {
	struct tap tap; /* first: a tap is its connection */
	struct http_server *server;
	struct framing framing;
	struct framing_fault fault; /* of what was not passed on to libmicrohttpd, ... */
	bool turned_away;	    /* ... and the answer to it was given */
	unsigned ended;		    /* requests, of those in framing */
	struct conn *next, *prev;   /* in the line of its phase */
	struct http_wake *request;  /* the one in it, or NULL */
	struct spare spare;
	int fd; /* libmicrohttpd's */
	enum phase phase;
	bool linger;	  /* its end waits until the client has read the answer */
	bool cut_off;	  /* by the reaper, or turned away: nothing is answered any more */
	bool served;	  /* a request of it has ended */
	bool deaf;	  /* nothing more is read of it: its end is not seen either */
	int64_t since_ms; /* when it came into its line */
	uint64_t heard;	  /* bytes, when its last request had ended */
	int unread;	  /* at the reaper's last look, of a client that sent its end; -1 otherwise */
};

struct line {
	struct conn *first, *last;
	size_t count;
};

/* A connection that libmicrohttpd has closed. */
struct lingering {
	int fd; /* a copy: owned */
	bool deaf;
	int64_t until_ms;
};

/* A request in a connection; to the handler, what it wakes. */
struct http_wake {
	struct http_server *server;
	struct conn *conn;
	struct MHD_Connection *connection;
	struct arena arena; /* all of req and res */
	struct http_request req;
	struct http_response res;
	struct buf body;
	size_t held;  /* of the server's */
	bool uploads; /* its body goes to a file */
	int upload_fd;
	size_t upload_n;
	void *upload; /* the file's bytes, when all have come */
	enum err upload_err;
	enum err target_err;
	size_t target_n;
	const char *edge; /* where the next part of the header must begin in libmicrohttpd's buffer */
	bool seen;	  /* its headers were looked at */
	bool unfit;	  /* they are no well-formed ones, ... */
	bool crowded;	  /* ... or too many */
	bool queued;	  /* its answer is libmicrohttpd's to send */
	bool last;	  /* of its connection, as the client says */
	bool trimmed;	  /* it streams, and has given back what it does not need */
	pthread_mutex_t lock;
	bool suspended, woken, gone, beat, streams; /* under lock */
	int64_t sent_ms;			    /* under lock */
};

struct http_server {
	struct MHD_Daemon *daemon;
	struct http_options options;
	pthread_t reaper;
	pthread_mutex_t lock; /* of what stands between here and held */
	pthread_cond_t stop;
	_Atomic bool stopping; /* looked at without the lock, too */
	struct line lines[PHASES]; /* by phase; in each the one that came first is first */
	struct lingering lingering[LINGERING_MAX];
	size_t lingering_count;
	struct http_wake *uploading[HTTP_UPLOADS_MAX]; /* places; NULL: a free one */
	_Atomic size_t held; /* of bodies, in memory, beyond the small ones */
	size_t pool;	     /* bytes a connection */
	struct spare_shelf *shelves; /* one for each of libmicrohttpd's threads */
	_Atomic size_t shelf_count, shelf_max;
};

#define HTTP_COUNT(server, what)                           \
	do {                                               \
		if ((server)->options.counts)              \
			(server)->options.counts->what++; \
	} while (0)

/* ---- http_conn.c ---- */

/* Under the server's lock: conn_join puts it at the end of the phase's line, conn_leave takes it out of its line,
 * conn_enter does both and begins its time anew. */
void conn_join(struct http_server *s, struct conn *c, enum phase phase);
void conn_leave(struct http_server *s, struct conn *c);
void conn_enter(struct http_server *s, struct conn *c, enum phase phase);
/* wake_enter: conn_enter, for who does not have the lock. */
void wake_enter(struct http_wake *w, enum phase phase);
/* wake_go_on enters the next phase, unless the reaper was faster: false then, and nothing may be answered any more. */
bool wake_go_on(struct http_wake *w, enum phase phase);
/* conn_turn_away answers what cannot be a request; the connection has to be ended behind it. */
void conn_turn_away(struct conn *c);
/* conn_is_faulty_midway: the request in it has a body that cannot be one. */
bool conn_is_faulty_midway(const struct conn *c);
/* conn_look_no_more: the answer ends the connection; what comes behind its request is none. */
void conn_look_no_more(struct conn *c);
/* conn_hung_up: the client sent its end, or is gone; then how many bytes before it are not read yet. */
bool conn_hung_up(const struct conn *c, int *ret_unread);
/* conn_is_done: it sent its end, and all that it asked before has its answer. Known of plain connections only. */
bool conn_is_done(const struct conn *c);
void http_on_connection(void *server, struct MHD_Connection *connection, void **socket_context,
			enum MHD_ConnectionNotificationCode what);

/* ---- http_request.c ---- */

/* http_on_target is the first that is seen of a request, before libmicrohttpd changes its target; gives the request. */
void *http_on_target(void *server, const char *target, struct MHD_Connection *connection);
/* http_on_request: when the headers have come, for each piece of the body, and when all of it has come. */
enum MHD_Result http_on_request(void *server, struct MHD_Connection *connection, const char *url, const char *method,
				const char *version, const char *data, size_t *data_n, void **request);
void http_on_completed(void *server, struct MHD_Connection *connection, void **request,
		       enum MHD_RequestTerminationCode why);

/* ---- http_upload.c: bodies that are files ---- */

enum err upload_open(struct http_wake *w); /* ERR_BUSY where there is no place for one more of its client */
/* upload_add: what went wrong is sticky, in upload_err; ERR_LIMIT beyond REQUEST_UPLOAD_MAX. */
void upload_add(struct http_wake *w, const char *p, size_t n);
/* upload_body maps the file, once: it is there until upload_close. */
enum err upload_body(struct http_wake *w, struct str *ret_body);
void upload_close(struct http_wake *w);

/* ---- http_answer.c ---- */

/* http_serve asks the handler, again after each wake, until it answers. */
enum MHD_Result http_serve(struct http_wake *w);
enum MHD_Result http_send(struct http_wake *w); /* w->res */
/* http_send_early answers before the body has come: the connection ends with it. */
enum MHD_Result http_send_early(struct http_wake *w);
enum MHD_Result http_refuse(struct http_wake *w, unsigned status, const char *why);
/* http_refuse_head answers a request whose head leaves no room for one of our answers'. */
enum MHD_Result http_refuse_head(struct http_wake *w);
const char *http_too_large(bool uploads); /* why a body is refused */
/* wake_give_up: its client has gone. */
void wake_give_up(struct http_wake *w);

/* ---- http_reap.c ---- */

void *http_reap(void *server); /* the thread, until the server is stopping */

#endif
