/* SPDX-License-Identifier: MIT
 *
 * Who may ask what, and how often. Where there are tokens, each request shows one (Authorization: Bearer) or the cookie
 * that a log-in with one gave; a few addresses are open to all. Roles: read looks up, probe also sends probes, admin
 * also sees to what others kept. Reads the file of tokens again when it changes: one that is taken out ends its
 * sessions. Clients of other machines are limited in requests, diagnoses and wrong tokens. A cookie is not enough to
 * change anything: a form has to carry gate_csrf, which no other site's page can read. Keeps sessions in memory.
 */
#ifndef KBT_WEB_GATE_H
#define KBT_WEB_GATE_H

#include "base/diag.h"
#include "web/request.h"

enum { GATE_SESSION_S = 12 * 3600, GATE_SESSIONS_MAX = 1024, GATE_DIAGNOSES_PER_MIN = 20 };

struct gate;

struct gate_options {
	const char *tokens;	    /* their file; NULL: nobody needs one */
	bool secure;		    /* by TLS: cookies stay on it */
	double diagnoses_per_min;   /* of a client; 0: GATE_DIAGNOSES_PER_MIN */
	void (*say)(void *context, const char *sentence); /* to the one who runs the server; from any thread */
	void *context;
};

/* gate_open: errors of file_read and tokens_parse; ERR_INPUT where the file holds no token or others may write it. */
enum err gate_open(const struct gate_options *options, struct diags *d, struct gate **ret_gate) MUST_USE;
void gate_close(struct gate **gate);
bool gate_has_tokens(const struct gate *gate); /* gate may be NULL: all is open */

/* gate_admit looks at a request's headers, before its body is read. True: it may go on, with role, user and session
 * set. False: res is the answer (a redirect to the log-in, 401, 429). */
bool gate_admit(struct gate *gate, struct http_request *req, struct http_response *res);
/* gate_needs: false after a 403 was made of it, where the request's role is less. */
bool gate_needs(struct gate *gate, struct http_request *req, struct http_response *res, enum role role);
/* gate_takes_diagnosis: the same, for one more diagnosis: the role and the client's rate (403, 429). */
bool gate_takes_diagnosis(struct gate *gate, struct http_request *req, struct http_response *res);

/* gate_csrf: what a form of this session carries in its hidden field "csrf". gate_checks_csrf: false after a 403 was
 * made of it: a browser's POST that is no JSON, without it and without the header X-Kbt, which only our own page's
 * script can send. */
struct str gate_csrf(struct gate *gate, const struct http_request *req);
bool gate_checks_csrf(struct gate *gate, struct http_request *req, struct http_response *res);

/* gate_log_in: a session for a token. False: it is nobody's; *ret_wait_s where too many such were tried. gate_log_out
 * forgets the request's session. Both give the cookie to set. */
bool gate_log_in(struct gate *gate, const struct http_request *req, struct str secret, struct str *ret_cookie,
		 unsigned *ret_wait_s);
void gate_log_out(struct gate *gate, const struct http_request *req, struct str *ret_cookie);

#endif
