/* SPDX-License-Identifier: MIT
 *
 * Scans of uploaded logs. A scan belongs to the request that brought the bytes and ends with it.
 * Bounded: workers, scans that wait, what packed bytes may become, and time. Gives progress and the result as
 * server-sent events, or the result alone once it is whole. Only where somebody asks for it the result is kept
 * (keep.h).
 */
#ifndef KBT_WEB_LOGS_H
#define KBT_WEB_LOGS_H

#include "web/http.h"
#include "web/run.h"

enum {
	LOGS_WORKERS = 2,
	LOGS_QUEUE_MAX = 6,
	LOGS_UNPACKED_MAX_MIB = 2048, /* of all that the upload holds */
	LOGS_TIME_MAX_S = 120,
	LOGS_SHOWN = 50 /* articles */
};

struct logs;
struct log_scan;

/* What is asked: bytes is borrowed until log_leave, the texts are copied. Only hits of the article, and of lines
 * stamped between since and until (ISO 8601, also cut short), where those are not empty. */
struct log_ask {
	struct str bytes, name, article, since, until;
	unsigned keep_days; /* 0: nothing is kept; else the result is, without its secrets */
	struct str csrf;    /* the hidden field of the form that deletes it, or empty */
	struct str owner;   /* keep_owner */
};

/* logs_open starts the threads that scan; the site is borrowed. ERR_NOMEM where not one can be had. */
enum err logs_open(struct site *site, struct logs **ret_logs) MUST_USE;
void logs_close(struct logs **logs); /* no scan may be left */

/* logs_scan: ERR_BUSY where too many wait. wake is woken whenever there is more to read. */
enum err logs_scan(struct logs *logs, const struct log_ask *ask, struct http_wake *wake, struct log_scan **ret_scan)
	MUST_USE;
/* log_leave ends the scan where it is under way, and waits until it lets go of the bytes. */
void log_leave(struct log_scan **scan);

/* log_read gives the next bytes of its events: progress ({"done": bytes, "total": bytes, "lines": so far}), then done
 * (the result in HTML) or error (a sentence in HTML). 0 for none yet, -1 behind the last. */
ssize_t log_read(struct log_scan *scan, char *p, size_t max);
/* log_whole gives the result in a form (RUN_JSON, RUN_HTML, RUN_MARKDOWN, RUN_TEXT); false while there is none.
 * *ret_status is 200, or what to say of a failure; then the text is a sentence. */
bool log_whole(struct log_scan *scan, enum run_form form, struct arena *a, unsigned *ret_status, struct str *ret_text);

#endif
