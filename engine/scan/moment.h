/* SPDX-License-Identifier: MIT
 *
 * Points in time as people name them, in journalctl's grammar (systemd.time(7)): "2001-03-12 10:56:20", "2001-03-12",
 * "01-03-12", "10:56", "yesterday", "today", "tomorrow", "now", "-2h", "2 hours ago", "@984394580", with or without the
 * weekday before, which has to be that day's, and a zone behind (of those in the zone database zone.h says more: not
 * beside other threads). And the stamps of lines as points in time. Reads no clock: what time it is, here, the owner
 * says.
 */
#ifndef KBT_SCAN_MOMENT_H
#define KBT_SCAN_MOMENT_H

#include "scan/when.h"

#include <time.h>

struct moment_now {
	int64_t us;	 /* since 1970 */
	struct tm local; /* the same in this machine's zone */
};

/* moment_parse reads the whole text; false where it is none of these. */
bool moment_parse(struct str text, const struct moment_now *now, int64_t *ret_us);

/* moment_of_stamp gives a stamp's, in this machine's zone where it names none; when: of its file, zeroed but for now_s
 * where it is of none. False where it has no date. */
bool moment_of_stamp(const struct stamp *stamp, struct when *when, int64_t *ret_us);

/* A span of time, both ends included; INT64_MIN and INT64_MAX where it is open. */
struct moment_span {
	struct moment_now now;
	int64_t since_us, until_us;
};

enum moment_side { MOMENT_WITHIN, MOMENT_OUTSIDE, MOMENT_UNKNOWN };
/* moment_side says where the time of a file's next line (a hit's) stands; MOMENT_UNKNOWN where it has no date. */
enum moment_side moment_side(const struct moment_span *span, struct when *when, struct str time);

#endif
