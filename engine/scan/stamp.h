/* SPDX-License-Identifier: MIT
 *
 * Time stamps of the usual logs, told from their shape: ISO 8601, syslog, C's asctime, SMS and ConfigMgr, NT exports,
 * IIS, Apache, Hadoop, Android, seconds since 1970. Pure; no clock, no locale, no time zone of this machine.
 */
#ifndef KBT_SCAN_STAMP_H
#define KBT_SCAN_STAMP_H

#include "base/arena.h"

struct stamp {
	int year;      /* 0 where the stamp has none (syslog) */
	int month, day, hour, minute, second; /* month and day are 0 where the stamp has a time of day only */
	int nanosecond;
	bool zoned;    /* it names its zone */
	int zone_minutes; /* east of UTC */
};

/* stamp_parse reads the whole of text as one stamp. */
bool stamp_parse(struct str text, struct stamp *ret_stamp);

/* stamp_iso gives the stamp as ISO 8601 ("2001-03-12T10:56:20"); a text that is no stamp, or has no year, comes back
 * as it is. */
struct str stamp_iso(struct str text, struct arena *a);

/* stamp_seconds: since 1970 in UTC; a stamp without a zone counts as UTC, one without a year as of the year given.
 * False where it has no date. */
bool stamp_seconds(const struct stamp *stamp, int year, int64_t *ret_seconds);

/* stamp_label writes "2001-03-12 10:56", or "Mar 12 10:56" where the year is not known; gives its length. */
size_t stamp_label(int64_t seconds, bool dated, char *to, size_t size);

#endif
