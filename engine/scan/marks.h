/* SPDX-License-Identifier: MIT
 *
 * Finds of the prefilter > lines that are marks. The literals of marks lie among those of messages, so that a log is
 * gone through once for both. What a mark does not bind, the last one before it of the same name and thread does: the
 * end of a transfer does not say to whom it was. Made once, then shared by threads.
 */
#ifndef KBT_SCAN_MARKS_H
#define KBT_SCAN_MARKS_H

#include "scan/chunk.h"
#include "scan/over_time.h"
#include "scan/prefilter.h"

struct marks {
	const struct over_time *over_time;
	const struct literal_table *literals;
	bool *of_mark; /* by literal: one of its messages is a mark */
};

/* marks_open borrows both; of_mark lies in the arena. */
enum err marks_open(const struct over_time *o, const struct literal_table *literals, struct arena *a,
		    struct marks *ret_marks) MUST_USE;

/* marks_take adds the marks in a chunk's body: lines count from its first byte. skipped: bytes of the text that the
 * places of finds do not count. */
void marks_take(const struct marks *m, const struct chunk *c, const struct prefilter_find *finds, size_t count,
		size_t skipped, struct arena *a, struct scan_mark **items, size_t *item_count, size_t *item_cap);

#endif
