/* SPDX-License-Identifier: MIT
 *
 * A line ends, or begins, within a message: whether the line beside it goes on with the message. Looked at before lines
 * are joined, which costs far more; says yes where it cannot tell. A struct go_on is of one line, its sides are read
 * when they are first asked for; borrows the text.
 */
#ifndef KBT_SCAN_GO_ON_H
#define KBT_SCAN_GO_ON_H

#include "base/str.h"

enum { GO_ON_LETTERS_MAX = 1024 };

/* The nearest line on one side that says anything. */
struct go_on_side {
	bool read;
	struct str line; /* empty where there is none near */
	bool plain;	 /* its letters may be compared as they stand */
	size_t count, payload; /* letters, and which of them is its message's first */
	char letters[GO_ON_LETTERS_MAX]; /* folded */
	bool starts[GO_ON_LETTERS_MAX];	 /* the letter starts a word */
};

struct go_on {
	struct str text;
	size_t from, next; /* where the line begins, and the line behind it */
	struct go_on_side before, behind;
};

/* go_on_begin: most of the struct stays as it is. */
void go_on_begin(struct go_on *g, struct str text, size_t from, size_t next);

/* go_on_later: a value begins in `line`, the rest of the line, and `own` comes behind it: it does so on this line, or
 * begins on the line behind, for no value holds a line end. Without own words the value is all that is left. */
bool go_on_later(struct go_on *g, struct str line, struct str own);

/* go_on_behind: rest is what comes of the message behind the line's end, up to its next variable; go_on_before: what
 * comes before the line's start, from the variable before it. */
bool go_on_behind(struct go_on *g, struct str rest);
bool go_on_before(struct go_on *g, struct str rest);
/* go_on_word gives the last word of the line before; empty where that is not plain. */
struct str go_on_word(struct go_on *g);
/* go_on_is_told: the line before ends with a colon. */
bool go_on_is_told(struct go_on *g);

/* go_on_is_damaged: bytes that damage_undo may change: then letters cannot be compared as they are. */
bool go_on_is_damaged(struct str line);

#endif
