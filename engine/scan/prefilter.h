/* SPDX-License-Identifier: MIT
 *
 * Many literals at once: where in a text any of them ends. ASCII case is folded. Vectorscan does it where the
 * processor and the library can (checked here: its own check asks for too little), else a portable automaton with the
 * same answers. Immutable once open and shared by threads; a struct prefilter_scratch belongs to one.
 */
#ifndef KBT_SCAN_PREFILTER_H
#define KBT_SCAN_PREFILTER_H

#include "base/arena.h"

struct prefilter;
struct prefilter_scratch;

enum { PREFILTER_LITERAL_MIN = 4, PREFILTER_LITERAL_MAX = 64 };

/* prefilter_open: the literals (each within the bounds above) are numbered by their place. ERR_NOMEM; ERR_INPUT where
 * there are none. */
enum err prefilter_open(const struct str *literals, size_t count, bool portable, struct prefilter **ret_prefilter)
	MUST_USE;
void prefilter_close(struct prefilter **prefilter);
bool prefilter_is_portable(const struct prefilter *p);

enum err prefilter_scratch_open(const struct prefilter *p, struct prefilter_scratch **ret_scratch) MUST_USE;
void prefilter_scratch_close(struct prefilter_scratch **scratch);

/* A place where a literal ends (offset behind its last byte). */
struct prefilter_find {
	uint32_t end, literal;
};

/* prefilter_scan gives all ends in text, by end, then by literal; borrowed until the next call with this scratch. */
enum err prefilter_scan(const struct prefilter *p, struct prefilter_scratch *scratch, struct str text,
			const struct prefilter_find **ret_finds, size_t *ret_count) MUST_USE;

#endif
