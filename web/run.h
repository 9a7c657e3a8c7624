/* SPDX-License-Identifier: MIT
 *
 * Diagnoses under way. A run belongs to its question, not to who asked: the same question while it runs, or up to 5 s
 * after, joins it and reads the same events from the start. A target is probed by one run at a time, another waits for
 * it without a worker. A run that nobody reads any more is cancelled. Bounded: workers, runs that wait, what probes may
 * be sent to (allow.h). The latest finished ones are remembered for a while, to be passed on; in memory alone.
 */
#ifndef KBT_WEB_RUN_H
#define KBT_WEB_RUN_H

#include "web/http.h"
#include "web/site.h"

enum {
	RUN_WORKERS = 8,
	RUN_HELD_UP_MAX = 8, /* more workers, for those that wait until an address is free */
	RUN_QUEUE_MAX = 64,
	RUN_SHARED_MS = 5000,
	RUN_RECALL_MS = 600000, /* a finished run can be passed on for so long, ... */
	RUN_RECALL_MAX = 64,	/* ... the latest of them */
	RUN_LEASE_MS = 10000,	/* who polls is taken for gone after that */
	RUN_FRESH = -1
};

struct runs;
struct run_reader;

/* runs_open starts the workers; site and rules are borrowed. loopback: probes may go to what is this machine's own.
 * ERR_NOMEM. */
enum err runs_open(struct site *site, bool loopback, const struct allow_rules *rules, struct runs **ret_runs) MUST_USE;
void runs_close(struct runs **runs); /* cancels what runs and waits for it; no reader may be left */

/* Who reads gets the contract's JSON or pieces of the page, as events or whole; Markdown and text only whole. */
enum run_form { RUN_JSON, RUN_HTML, RUN_MARKDOWN, RUN_TEXT, RUN_INCIDENT /* for replay */, RUN_FORMS };

struct question {
	struct str text;
	struct binding *set;
	size_t set_count, set_cap;
};

/* runs_join: ERR_BUSY where too many wait, ERR_NOMEM. wake (may be NULL) is woken whenever there is more to read.
 * after: the number of the last event that the reader has seen: of this run it goes on behind it, of another one of the
 * question's runs it begins anew. */
enum err runs_join(struct runs *runs, const struct question *q, struct http_wake *wake, unsigned after,
		   struct run_reader **ret_reader) MUST_USE;
/* runs_has: is the question's run under way, or just over, so that runs_join would share it? */
bool runs_has(struct runs *runs, const struct question *q);
void run_leave(struct run_reader **reader);
/* run_lease: the reader asks again soon: the run goes on for RUN_LEASE_MS without it. first: it had not asked
 * before. */
void run_lease(struct run_reader *reader, bool first);
/* runs_stop: one of those who poll asks no more; with the last the run ends at once, not when its lease does. */
void runs_stop(struct runs *runs, const struct question *q);

struct run_counts {
	size_t waiting, running;
	uint64_t started, joined, confirmed, healthy, undecided, failed; /* since the start */
};
struct run_counts runs_count(struct runs *runs);
/* run_age_ms: how long ago the run had ended that was joined; 0 where it was under way, RUN_FRESH where it is new. */
int64_t run_age_ms(const struct run_reader *reader);

/* run_read gives the next bytes of the run as server-sent events: 0 for none yet, -1 behind the last. */
ssize_t run_read(struct run_reader *reader, enum run_form form, char *p, size_t max);
/* run_whole gives the finished answer; false while it is not. *ret_status is 200, or what to say of a failure. */
bool run_whole(struct run_reader *reader, enum run_form form, struct arena *a, unsigned *ret_status,
	       struct str *ret_text);
/* runs_recall gives the answer of the latest finished run of the question; false where none is remembered. */
bool runs_recall(struct runs *runs, const struct question *q, enum run_form form, struct arena *a,
		 struct str *ret_text);

#endif
