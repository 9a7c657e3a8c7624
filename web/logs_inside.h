/* SPDX-License-Identifier: MIT
 *
 * A scan and all scans, as logs.c (workers and readers) and logs_work.c (what a worker does) share them. Only these two
 * include it.
 */
#ifndef KBT_WEB_LOGS_INSIDE_H
#define KBT_WEB_LOGS_INSIDE_H

#include "base/input.h"
#include "render/scan.h"
#include "web/logs.h"

#include <pthread.h>

enum log_state { LOG_WAITING, LOG_RUNNING, LOG_ENDED };

struct log_scan {
	struct log_scan *next;
	struct logs *all;
	struct arena arena; /* of the worker while it runs */
	struct log_ask ask;
	struct http_wake *wake;
	enum log_state state;
	atomic_bool cancel;
	struct buf events, whole[RUN_TEXT + 1];
	size_t at; /* of the events, read */
	unsigned status;
	/* the worker's own */
	struct diags diags;
	struct input *input;
	struct str block;
	struct incidents incidents;
	struct unknowns unknowns;
	struct over_time over_time;
	struct stories stories;
	struct scan_counts counts;
	uint64_t files, unpacked;
	bool enough; /* time or bytes: nothing more is read */
	int64_t started_ms, told_ms;
	struct str *unread;
	size_t unread_count, unread_cap, diags_seen;
	enum err err;
};

struct logs {
	struct site *site;
	bool stopping;
	pthread_mutex_t lock;
	pthread_cond_t work, ended;
	pthread_t workers[LOGS_WORKERS];
	size_t worker_count;
	struct log_scan *list; /* oldest first */
};

/* log_work_on scans what was asked: the events, the whole answer in each form, and the status. */
void log_work_on(struct log_scan *l);

#endif
