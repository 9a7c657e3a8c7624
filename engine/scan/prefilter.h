/* SPDX-License-Identifier: MIT
 *
 * Many literals at once: where in a text any of them starts, at the start of a word (behind no letter, digit or byte
 * over 0x7F). ASCII case is folded. Only word starts are looked at: the eight bytes there are folded and hashed, a
 * bitmap that fits the second cache throws nearly all of them out, and what is left is compared in full. For tens of
 * thousands of literals that is faster than an automaton over all bytes (Vectorscan: `make bench` has both), and needs
 * no instructions beyond SSE2, nor these. The tables (match/literals.h) are immutable and shared by threads; a struct
 * prefilter_scratch belongs to one.
 *
 * A literal may also be broken over a line end: where it has a blank, the text may have a line end and behind it an
 * indentation, or a dress (a time stamp and its like) of the same shape as that of the line before; and within a word
 * behind its first eight bytes a bare line end.
 */
#ifndef KBT_SCAN_PREFILTER_H
#define KBT_SCAN_PREFILTER_H

#include "match/literals.h"

/* A place where a literal starts. */
struct prefilter_find {
	uint32_t at, literal;
};

struct prefilter_scratch { /* zeroed at first */
	struct prefilter_find *finds;
	size_t count, cap;
};
void prefilter_scratch_free(struct prefilter_scratch *scratch);

/* prefilter_scan finds what starts in text[from, to); it may go on behind `to`, and the byte before `from` counts. The
 * finds are in scratch, ascending by place. ERR_NOMEM. */
enum err prefilter_scan(const struct literal_table *table, struct prefilter_scratch *scratch, struct str text,
			size_t from, size_t to) MUST_USE;

/* prefilter_is_at: the literal stands at text[at...). */
bool prefilter_is_at(struct str text, size_t at, const struct file_literal *literal);

#endif
