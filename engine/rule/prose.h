/* SPDX-License-Identifier: MIT
 *
 * The text of a section as people read it: paragraphs whose wrapped lines are joined, list items, and lines that stay
 * as they are (code, tables, quoted messages). The archive's text is wrapped at 80 columns; a program that shows or
 * searches it wants sentences.
 */
#ifndef KBT_RULE_PROSE_H
#define KBT_RULE_PROSE_H

#include "base/buf.h"

enum prose_kind {
	PROSE_TEXT, /* a paragraph */
	PROSE_ITEM, /* of a list, with its marker: "1. ...", "- ..." */
	PROSE_CODE  /* lines as they are */
};

struct prose_block {
	enum prose_kind kind;
	unsigned indent; /* columns before its first line */
	struct str text; /* joined by one space, or by LF where a line ended early on purpose; of PROSE_CODE the lines
			    without their common indent, joined by LF */
	uint32_t line;	 /* 0-based, from the first line of the body */
};

struct prose {
	struct str rest;
	uint32_t line;
	unsigned item_column; /* where the text of the last item starts; 0 outside a list */
};

struct prose prose_of(struct str body);
/* prose_next: false at the end. A block lies in the arena. */
bool prose_next(struct prose *p, struct arena *a, struct prose_block *ret_block);

/* prose_add appends a block: paragraphs after a blank line, items on lines of their own, code indented. */
void prose_add(struct buf *out, const struct prose_block *block);

/* prose_join makes a paragraph of wrapped lines. */
struct str prose_join(struct str lines, struct arena *a);

/* prose_sentence takes the next sentence off *rest: up to a stop, colon or question mark before a capital. */
bool prose_sentence(struct str *rest, struct str *ret_sentence);

#endif
