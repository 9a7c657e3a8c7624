/* SPDX-License-Identifier: MIT
 *
 * A run and all runs, as run.c (workers and readers) and run_work.c (what a worker does) share them. Only these two
 * include it. What a run's worker alone writes (allow, matched, put_back, whole, status, verdict) others read when it
 * has ended; the rest stands under the lock of all runs.
 */
#ifndef KBT_WEB_RUN_INSIDE_H
#define KBT_WEB_RUN_INSIDE_H

#include "web/allow.h"
#include "web/run.h"

#include <pthread.h>
#include <stdatomic.h>

enum run_state { RUN_WAITING, RUN_RUNNING, RUN_ENDED };

struct run {
	struct run *next;
	struct runs *all;
	struct arena arena; /* the question */
	struct question question;
	uint64_t key;
	enum run_state state;
	atomic_bool cancel;
	struct allow allow;    /* where it may go: its own thread's */
	struct str
		targets[2]; /* what it probes, while it does: the name or address, and what the name turned out to be */
	struct str wants;      /* it gave its worker back: another run probes this */
	bool put_back, matching, matched;
	struct run_reader *readers;
	struct buf events[RUN_HTML + 1];
	struct buf whole[RUN_FORMS];
	unsigned status;
	unsigned first_id, last_id; /* numbers of its events: those behind first_id; of its question none comes twice */
	enum verdict_state verdict;
	int64_t ended_ms, lease_ms; /* until when it runs without a reader */
	unsigned polls;		    /* who asks again and again, and did not say that they stopped */
};

/* The last event's number of a question, whichever run it was of. */
struct run_numbered {
	uint64_t key;
	unsigned last_id;
};

struct run_reader {
	struct run_reader *next;
	struct run *run;
	struct http_wake *wake;
	unsigned after; /* skips events up to this one */
	size_t at;
	int64_t age_ms;
};

struct runs {
	struct site *site;
	bool loopback, stopping;
	const struct allow_rules *rules;
	pthread_mutex_t lock;
	pthread_cond_t work;	   /* a run waits */
	pthread_cond_t target_free;
	pthread_t workers[RUN_WORKERS + RUN_HELD_UP_MAX];
	size_t worker_count;
	size_t busy, matching, held_up; /* workers that are; of these, that look up still; that wait for an address */
	struct run *list; /* oldest first */
	struct run_numbered numbered[RUN_RECALL_MAX];
	size_t numbered_next; /* the oldest: makes room */
	struct run_counts counts;
};

/* run_work diagnoses on this thread, publishes what comes of it, and ends with the run's whole answer or its error;
 * or puts the run back (put_back) where another one probes its target. */
void run_work(struct run *run);

/* The lock is held for these. run_target_is_taken: another run that goes on probes it. run_end_matching: it looks up no
 * more, another may. */
bool run_target_is_taken(const struct run *run, struct str target);
void run_end_matching(struct run *run);
void run_wake_readers(struct run *run);
/* run_next_id numbers its next event. */
unsigned run_next_id(struct run *run);

#endif
