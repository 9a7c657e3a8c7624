/* SPDX-License-Identifier: MIT
 *
 * What a diagnosis sees without a probe, as evidence like any other: how old the message is, and the row of failures
 * and successes in a log. Takes texts and the time; never opens files, never reads the clock.
 */
#ifndef KBT_TRIAGE_SEEN_H
#define KBT_TRIAGE_SEEN_H

#include "triage/triage.h"

/* seen_message: evidence "message", state "recent" or "past", from a time stamp as it was written; NULL where it tells
 * no day, or one to come. A stamp without a zone is in this machine's; one without a year is of the last twelve months.
 */
struct evidence *seen_message(struct str time, int64_t now_ms, struct arena *a);

/* seen_log: evidence "log" of the lines that are the article `id`, and of those that hold one of the words of `works`
 * (parted by |) and so tell a success. The states are those of probe retry, and "none" where no line is the article's.
 * *ret_last is the time of the last failure as it was written; may be empty. */
enum err seen_log(const struct matcher *m, const struct triage_log *log, struct str id, struct str works,
		  int64_t now_ms, struct arena *a, struct evidence **ret_evidence, struct str *ret_last) MUST_USE;

#endif
