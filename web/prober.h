/* SPDX-License-Identifier: MIT
 *
 * Single probes asked for by hand, on threads of their own: a request waits for one like for a diagnosis. Bounded:
 * threads, probes that wait, where they may be sent (allow.h). A probe that nobody waits for any more is cancelled.
 */
#ifndef KBT_WEB_PROBER_H
#define KBT_WEB_PROBER_H

#include "probe/probe.h"
#include "web/allow.h"
#include "web/http.h"

enum { PROBER_THREADS = 16, PROBER_QUEUE_MAX = 256 };

struct prober;
struct prober_job;

/* prober_open starts its threads; rules are borrowed. ERR_NOMEM. */
enum err prober_open(const struct allow_rules *rules, bool loopback, struct prober **ret_prober) MUST_USE;
void prober_close(struct prober **prober); /* cancels what runs and waits for it; no job may be held any more */

/* prober_ask: the request (copied) is carried out, and wake woken once. ERR_BUSY where too many wait, ERR_NOMEM. */
enum err prober_ask(struct prober *prober, const struct probe_request *request, struct http_wake *wake,
		    struct prober_job **ret_job) MUST_USE;
/* prober_answer: the evidence as JSON; false while there is none. An error of ours is in *ret_err. */
bool prober_answer(struct prober_job *job, struct arena *a, enum err *ret_err, struct str *ret_json);
void prober_leave(struct prober_job **job);

#endif
