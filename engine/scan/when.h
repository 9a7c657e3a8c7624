/* SPDX-License-Identifier: MIT
 *
 * Times of the lines of a log as seconds, and the one rule for stamps that lack their year (syslog): a log is not
 * written in the future, so the first one is of the last such day before the file was last written to (before now,
 * where that is not known; clocks differ, and zones: a day ahead is allowed); behind that each is of the year in which
 * it is nearest to the one before, so that a log may go over New Year, also back and forth. February 29 is of a leap
 * year. A stamp without a zone is of this machine's. No clock: what day it is, the owner says.
 */
#ifndef KBT_SCAN_WHEN_H
#define KBT_SCAN_WHEN_H

#include "match/stamp.h"

struct when {
	int64_t now_s;	   /* set by the owner; 0: not known, then stamps without a year are of 2000 at first */
	int64_t written_s; /* when the file was last written to; 0: not known */
	bool dated;	   /* some stamp had a year */
	bool file_dated;   /* some stamp of this file had one */
	bool guessed;	   /* no stamp of this file had one so far */
	bool apart;	   /* set by the owner: times lie so far apart that labels need the year */
	int64_t east_s;	   /* of UTC, the zone of the last stamp: labels are given in it */
	int year;	   /* that the last stamp of this file had or was taken to have; 0 before the first */
	int64_t last_s;	   /* of that stamp */
};

/* when_of_file says of what file the next stamps are: another than those before, or the same, which may have been
 * written to since. A time of before 1981 is none: archives are made with such. */
void when_of_file(struct when *w, bool other, int64_t written_s);

/* when_year gives the year of the file's next stamp: its own or the likely one; 0 where it has no date. */
int when_year(struct when *w, const struct stamp *t);

/* when_seconds: since 1970 in UTC, of a stamp in its zone or, where it names none, in this machine's; of the year given
 * where it has none. False where it has no date. */
bool when_seconds(const struct stamp *t, int year, int64_t *ret_s);

/* when_read reads a stamp as a hit has it, the next one of its file; false for one that is none, or has no date. */
bool when_read(struct when *w, struct str time, int64_t *ret_s);

/* when_label writes a time for people, as stamp_label does: with the year where any was said or they need it. */
size_t when_label(const struct when *w, int64_t at_s, char *to, size_t size);

#endif
