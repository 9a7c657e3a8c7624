/* SPDX-License-Identifier: MIT
 *
 * A place in a text > what may be a message there: the line that holds it or, of an overlong one, a window around it,
 * cut to the record where marks part one off. Looks at nothing but line ends and marks; owns nothing.
 */
#ifndef KBT_SCAN_PROPOSAL_H
#define KBT_SCAN_PROPOSAL_H

#include "base/str.h"

enum {
	PROPOSAL_WINDOW = 2 << 10 /* bytes on each side of a place in an overlong line */
};

struct proposal {
	size_t from, to; /* in the text; without the last line's end */
	size_t place;	 /* where it stands in the order: of a window that is no record the literal, else from */
	size_t next;	 /* where what comes behind it may begin */
	unsigned lines;
	bool window; /* of an overlong line */
};

/* proposal_at: `mark` bytes at the text's start are a byte order mark and no part of its first line. */
struct proposal proposal_at(struct str text, size_t mark, size_t at);

/* proposal_lines_back and _on give the place of the line start so many lines before or behind a line start, or the
 * text's end. */
size_t proposal_lines_back(struct str text, size_t at, unsigned lines);
size_t proposal_lines_on(struct str text, size_t at, unsigned lines);

#endif
