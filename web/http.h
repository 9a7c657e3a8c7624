/* SPDX-License-Identifier: MIT
 *
 * The HTTP server: sockets and libmicrohttpd, which no other file sees. Gives each well-formed request of an allowed
 * host and origin to one handler, on its own threads, and sends what that answers, with the security headers. Bounds
 * what libmicrohttpd does not: the time of a header (8 s), of a body and of an answer (60 s each); requests that are
 * ambiguous about their host or length; clients that vanished while they waited. Never interprets a path.
 */
#ifndef KBT_WEB_HTTP_H
#define KBT_WEB_HTTP_H

#include "web/listen.h"
#include "web/request.h"
#include "web/tls.h"

enum {
	HTTP_HEADER_S = 8,
	HTTP_BODY_S = 60,
	HTTP_UPLOAD_S = 300,   /* the body of an upload; after HTTP_BODY_S at a byte a ms, on average */
	HTTP_UPLOADS_MAX = 6,  /* at once; a body of that kind lies in a file without a name until its request ends */
	HTTP_BODY_SMALL = 16 << 10,  /* of other requests; what is beyond, of all that are under way together, ... */
	HTTP_BODIES_MAX = 64 << 20,  /* ... is at most this in memory */
	HTTP_ANSWER_S = 60,
	HTTP_IDLE_S = 30,
	HTTP_BEAT_S = 10,
	HTTP_LOST_S = 18
};

/* How long a client may take, in ms; 0 for the times above. A client that vanished without a word is noticed
 * HTTP_LOST_S after something was sent to it, at the latest of a beat. */
struct http_patience {
	unsigned header, body, upload, answer, idle, beat, lost, look; /* look: how often all are looked at */
};

/* What the server counts, from any thread. */
struct http_counts {
	_Atomic uint64_t connections; /* open now */
	_Atomic uint64_t answers[6];  /* by hundreds of the status: [2] is 2xx */
	_Atomic uint64_t malformed;   /* refused before anybody looked at what they ask for */
	_Atomic uint64_t cut_off;     /* connections that were too slow */
};

struct http_server;

typedef void http_handler(void *context, struct http_request *req, struct http_response *res);

struct http_options {
	const struct listener *listener; /* its socket belongs to the server from now on */
	const struct tls_files *tls;	 /* NULL: plain */
	struct http_hosts hosts;
	struct http_patience patience;
	struct http_counts *counts; /* borrowed; may be NULL */
	unsigned threads; /* 0: as many as processors, at least 4 */
	/* admit looks at a well-formed request's headers, before its body comes; false after it filled the answer. May
	 * be NULL. */
	bool (*admit)(void *context, struct http_request *req, struct http_response *res);
	/* is_upload: this request brings a file: its body may be so large (REQUEST_UPLOAD_MAX). May be NULL. */
	bool (*is_upload)(void *context, const struct http_request *req);
	http_handler *handle;
	void *context;
	/* refuse makes the page of a request that the handler never sees. */
	void (*refuse)(void *context, struct http_request *req, unsigned status, const char *why,
		       struct http_response *res);
};

/* http_open starts the threads that serve; the listener's socket is theirs from then on, what else options point to is
 * borrowed until http_close. ERR_NOMEM, ERR_IO with the sentence in d. */
enum err http_open(const struct http_options *options, struct diags *d, struct http_server **ret_server) MUST_USE;
/* http_close ends all connections, also waiting ones: each request's drop is called before it returns. */
void http_close(struct http_server **server);

/* http_wake has a waiting request's handler, or a stream's read, called again. From any thread, any number of times,
 * until drop was called for the request. */
void http_wake(struct http_wake *wake);

int64_t http_now_ms(void); /* a clock that only goes on */

#endif
