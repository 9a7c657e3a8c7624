/* SPDX-License-Identifier: MIT
 *
 * Times of the lines of a log as seconds, where a stamp may lack its year. No clock: what day it is, the owner says.
 */
#ifndef KBT_SCAN_WHEN_H
#define KBT_SCAN_WHEN_H

#include "base/str.h"

struct when {
	int64_t now_s;	/* set by the owner: stamps without a year are not of tomorrow; 0: they are of 2000 */
	bool dated;	/* some stamp had a year */
	int64_t east_s; /* of UTC, as the last stamp said that names its zone: labels are given in it */
	int year;	/* that the last stamp of this file had or was taken to have */
	int64_t last_s; /* of that stamp */
};

/* when_read reads a stamp as a hit has it; false for one that is none, or has no date. One without a year is of the
 * year that the file spoke of last, and of the next one where it falls behind by half a year. */
bool when_read(struct when *w, struct str time, int64_t *ret_s);
void when_next_file(struct when *w);

/* when_label writes a time for people, as stamp_label does. */
size_t when_label(const struct when *w, int64_t at_s, char *to, size_t size);

#endif
