/* SPDX-License-Identifier: MIT
 *
 * What mail, HTML, shells, editors and terminals did to a message is undone: entities and the tags of line breaks,
 * JSON's escapes of the same characters, terminals' control sequences, control bytes (so UTF-16 reads as its ASCII),
 * no-break and zero-width spaces, smart quotes and dashes, words hyphenated at a line end, mail's `>` marks. The result
 * keeps a map back to the offsets of the query. Linear.
 */
#ifndef KBT_MATCH_DAMAGE_H
#define KBT_MATCH_DAMAGE_H

#include "base/arena.h"

struct damage_step { uint32_t clean, query; }; /* from this clean offset on, query offsets count from here */

struct clean {
	struct str text; /* line ends are kept as LF */
	struct damage_step *steps;
	size_t step_count, step_cap;
};

enum err damage_undo(struct str query, struct arena *a, struct clean *ret_clean) MUST_USE;
size_t damage_offset(const struct clean *c, size_t clean_offset); /* in the query */

#endif
