/* SPDX-License-Identifier: MIT
 *
 * Which stamp a line goes by: its own, else that of the last line before it that has one. Takes a text of whole lines,
 * gives slices of it. What was looked through is not looked through again as long as places ascend.
 */
#ifndef KBT_SCAN_DATED_H
#define KBT_SCAN_DATED_H

#include "base/str.h"

enum { DATED_LINES = 64 }; /* before a line that are looked at, where not all are */

struct dated {
	struct str text;
	bool deep;	/* look back to the text's start */
	int64_t written_s; /* when the file was last written to; 0: not known */
	size_t known;	/* the stamp that lines at this place go by is in time */
	struct str time;
};

/* dated_line gives the stamp of one line, as written; empty where it has none. */
struct str dated_line(struct str line);

/* dated_stamp gives the whole of a stamp of which time, a slice of line, is what the dress (envelope.h) says: with the
 * zone behind it, or the date. */
struct str dated_stamp(struct str line, struct str time);

/* dated_past gives a stamp, or nothing where it is a bare number ("[1800555123]") that would be seconds later than the
 * file was written: then it counts something else. */
struct str dated_past(struct str time, int64_t written_s);

/* dated_before gives the stamp that a line starting at this place goes by where it has none itself; may be empty. */
struct str dated_before(struct dated *d, size_t at);

#endif
