/* SPDX-License-Identifier: MIT
 *
 * Many literals at once: where in a text any of them starts, at the start of a word (behind no letter, digit or byte
 * over 0x7F). ASCII case is folded. Only word starts are looked at: the eight bytes there are folded and hashed, a
 * bitmap that fits the second cache throws nearly all of them out, and what is left is compared in full. For tens of
 * thousands of literals that is faster than an automaton over all bytes (Vectorscan: `make bench` has both), needs no
 * compilation worth a cache, and no instructions beyond SSE2. Immutable once open and shared by threads; a struct
 * prefilter_scratch belongs to one.
 */
#ifndef KBT_SCAN_PREFILTER_H
#define KBT_SCAN_PREFILTER_H

#include "base/arena.h"

struct prefilter;

enum { PREFILTER_LITERAL_MIN = 8, PREFILTER_LITERAL_MAX = 64 };

/* prefilter_open: the literals (each within the bounds above, starting with a letter or digit) are numbered by their
 * place. ERR_NOMEM. */
enum err prefilter_open(const struct str *literals, size_t count, struct prefilter **ret_prefilter) MUST_USE;
void prefilter_close(struct prefilter **prefilter);

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
enum err prefilter_scan(const struct prefilter *p, struct prefilter_scratch *scratch, struct str text, size_t from,
			size_t to) MUST_USE;

#endif
