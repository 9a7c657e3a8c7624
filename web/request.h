/* SPDX-License-Identifier: MIT
 *
 * What a page is asked, and what it answers: plain data, no server. A request lives in its own arena until its answer
 * is sent. request_* read untrusted bytes (the target, a form) and decide whether a request may be served at all; they
 * never touch a socket. References: RFC 9110, RFC 9112, the URL standard's application/x-www-form-urlencoded.
 */
#ifndef KBT_WEB_REQUEST_H
#define KBT_WEB_REQUEST_H

#include "base/buf.h"
#include "base/diag.h"

#include <sys/types.h>

enum {
	REQUEST_TARGET_MAX = 8 << 10,
	REQUEST_FIELDS_MAX = 100, /* of a query, a form, or headers */
	REQUEST_BODY_MAX = 1 << 20,
	REQUEST_UPLOAD_MAX = (64 << 20) + (64 << 10) /* where a file is wanted: 64 MiB, and the form around it */
};

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OPTIONS, HTTP_OTHER };

/* What somebody may do here, each more than the one before: nothing; look up; send probes; what is others' too. */
enum role { ROLE_NONE, ROLE_READ, ROLE_PROBE, ROLE_ADMIN };

struct http_field {
	struct str name, value;
};

struct http_fields {
	struct http_field *items;
	size_t count, cap;
};

struct http_wake; /* http.h */

struct http_request {
	enum http_method method;
	struct str target;	    /* as sent; of an absolute one, what stands behind its authority */
	struct str authority;	    /* that it is for: an absolute target's; else Host, once that was checked */
	struct str path;	    /* percent-decoded, valid UTF-8 without control characters; "*": the server */
	struct http_fields query;
	struct http_fields headers; /* as sent; the names in any case */
	struct str body;
	struct str scheme;	    /* by which it came here: "http" or "https" */
	struct str client;	    /* whom limits count for: an address, of IPv6 its network; empty: this machine */
	enum role role;		    /* as the gate says */
	struct str user;	    /* whose token it is; may be empty */
	struct str session;	    /* the cookie that stands for the token; empty where there is none */
	struct arena *arena;	    /* freed when the request has ended */
	struct http_wake *wake;	    /* to be called again; NULL where there is no server */
	void *job;		    /* the handler's own, kept between its calls */
	void (*drop)(struct http_request *req); /* called once when the request ends, whatever ended it */
};

struct http_response {
	unsigned status;	 /* 200 where left 0 */
	const char *type;	 /* of the content */
	struct str body;	 /* in the request's arena, or static */
	const char *allow;	 /* for 405, and for OPTIONS */
	struct str location;	 /* for redirects */
	struct str cookie;	 /* for Set-Cookie */
	unsigned retry_after_s;	 /* for 429 and 503; 0: not said */
	struct str etag;	 /* with it the answer may be kept by the client, and is asked for again */
	bool varies;		 /* with the request's Accept */
	const char *coding;	 /* of the body, "gzip"; NULL for none */
	bool coded;		 /* the request's Accept-Encoding says whether there is one */
	bool keep;		 /* static content under a name that changes with it */
	bool close;		 /* the connection too */
	bool wait;		 /* nothing yet: call again after http_wake(req->wake) */
	/* read gives the next bytes of a stream: 0 for none yet (it is called again after http_wake), -1 at the end.
	 * beat: nothing was sent for HTTP_BEAT_S. Called on the server's threads. */
	ssize_t (*read)(struct http_request *req, char *p, size_t max, bool beat);
};

/* request_parse_target fills path and query, and of "http://host/path" (RFC 9112 section 3.2.2) the authority; "*" is
 * the server as a whole, of which OPTIONS alone may ask (request_check). ERR_INPUT: another form, a bad escape, a
 * control character, bytes that are no UTF-8, a dot segment. ERR_LIMIT: too long, too many fields. The path is then
 * "/api/" or empty, for the form of the answer. */
enum err request_parse_target(struct str target, struct http_request *req) MUST_USE;

/* request_parse_form reads application/x-www-form-urlencoded: "+" is a blank, a bad escape is kept as it stands (people
 * paste percent signs through old clients), invalid UTF-8 is mended. ERR_LIMIT, ERR_NOMEM. */
enum err request_parse_form(struct str body, struct arena *a, struct http_fields *ret_fields) MUST_USE;

bool request_is_api(const struct http_request *req); /* a program asks, as far as the path says */
bool request_path_is_api(struct str path);

struct str http_field(const struct http_fields *fields, const char *name);  /* the first of that name, else empty */
struct str http_header(const struct http_request *req, const char *name);   /* the same, in any case */
bool http_content_is(const struct http_request *req, const char *type);	    /* without its parameters */
bool http_accepts(const struct http_request *req, const char *type);	    /* named in Accept, not by a wildcard */
unsigned http_weight(const struct http_request *req, const char *type);	    /* its q, in thousandths; 0: not wanted */
bool http_takes(const struct http_request *req, const char *type);	    /* also by a wildcard, or by no Accept */
bool http_takes_coding(const struct http_request *req, const char *coding); /* named in Accept-Encoding, as "gzip" */

/* Which host names may stand in Host: browsers send the name that the person opened, so that a page of another name
 * that resolves here (DNS rebinding) is refused. */
struct http_hosts {
	struct str own;	  /* the address listened on, without port; brackets around IPv6 */
	bool any_literal; /* a wildcard address is listened on: every address literal is ours */
	const struct str *names; /* its own names, without port */
	size_t name_count;
	bool secure;	  /* by TLS: an origin begins with https:// */
	bool proxied;	  /* on a socket file: TLS may end in front of it, an origin begins with either */
};

/* request_check looks at what may make a request unfit: 0, or the status to refuse it with and the sentence. Header
 * lines: Host exactly once and ours (421), one well-formed Content-Length, or chunked, never both. POST: same origin
 * by Sec-Fetch-Site, else by Origin (403). */
unsigned request_check(const struct http_request *req, const struct http_hosts *hosts, const char **ret_why);

#endif
