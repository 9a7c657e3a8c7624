/* SPDX-License-Identifier: MIT
 *
 * Time stamps of the usual logs, told from their shape: ISO 8601, syslog, C's asctime, RFC 2822, SMS and ConfigMgr, NT
 * exports, IIS, Apache, BIND, glog, Hadoop, Android, MySQL, DB2, seconds since 1970; and the names in them, by which
 * also the dress of a message is told (envelope_stamp.c). Pure; no clock, no locale, no time zone of this machine.
 */
#ifndef KBT_MATCH_STAMP_H
#define KBT_MATCH_STAMP_H

#include "base/arena.h"

struct stamp {
	int year;			      /* 0 where the stamp has none (syslog) */
	int month, day, hour, minute, second; /* month and day are 0 where the stamp has a time of day only */
	int nanosecond;
	bool zoned;	  /* it names its zone */
	int zone_minutes; /* east of UTC */
};

/* The names of months and weekdays of which the first three letters stand at the start of s, as logs write them: 1 to
 * 12 from January, 1 to 7 from Monday; 0 where there is none. */
int stamp_month(struct str s);
int stamp_weekday(struct str s);

/* stamp_zone gives the length of the zone's name that s begins with ("UTC", "CET", "EST"; nothing of a name stands
 * behind it), and its minutes east of UTC; 0 where there is none. What several places call so is taken for the one that
 * writes it into logs most: CST for North America, IST for India, BST for Britain. */
size_t stamp_zone(struct str s, int *ret_minutes);

/* stamp_parse reads the whole of text as one stamp. What no calendar has (2001-02-30) is none, but for the end of a day
 * (24:00:00). Of the weekday it takes no notice. */
bool stamp_parse(struct str text, struct stamp *ret_stamp);

/* stamp_iso gives the stamp as ISO 8601 ("2001-03-12T10:56:20"); a text that is no stamp, or has no year, comes back
 * as it is. */
struct str stamp_iso(struct str text, struct arena *a);

/* stamp_seconds: since 1970 in UTC; a stamp without a zone counts as UTC, one without a year as of the year given.
 * False where it has no date. */
bool stamp_seconds(const struct stamp *stamp, int year, int64_t *ret_seconds);

/* stamp_weekday_of: 1 to 7 from Monday, of a date with a year. */
int stamp_weekday_of(const struct stamp *stamp);

/* stamp_label writes "2001-03-12 10:56", or "Mar 12 10:56" where the year is not known; gives its length. */
size_t stamp_label(int64_t seconds, bool dated, char *to, size_t size);

#endif
