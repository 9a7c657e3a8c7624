/* SPDX-License-Identifier: MIT
 *
 * A text in which something was undone, with the map back to the offsets of the query; and the writer that makes one
 * from another, byte by byte, and carries the map along. Linear.
 */
#ifndef KBT_MATCH_CLEAN_H
#define KBT_MATCH_CLEAN_H

#include "base/arena.h"

struct clean_step {
	uint32_t clean, query;
}; /* from this clean offset on, query offsets count from here */

struct clean {
	struct str text; /* line ends are kept as LF */
	struct clean_step *steps;
	size_t step_count, step_cap;
};

size_t clean_offset(const struct clean *c, size_t clean_offset); /* in the query */
size_t clean_place(const struct clean *c, size_t query_offset);	 /* in the text, or near it where that is gone */

struct clean_writer {
	const struct clean *from;
	struct arena *arena;
	struct clean to;
	char *out;
	size_t n, room;
	size_t step; /* of from: the first one beyond the last byte's place */
	size_t due;  /* where in the query the next byte would stand if nothing had changed */
};

/* clean_begin: of a text that needs at most room bytes; false, and the arena sticky, where there are none. */
bool clean_begin(struct clean_writer *w, const struct clean *from, struct arena *a, size_t room);
/* clean_put writes a byte that stands for from->text[at]; places never descend. What is beyond the room is dropped. */
void clean_put(struct clean_writer *w, char c, size_t at);
/* clean_put_same writes the bytes from->text[at, at + n) as they are. */
void clean_put_same(struct clean_writer *w, size_t at, size_t n);
void clean_put_char(struct clean_writer *w, uint32_t c, size_t at); /* as UTF-8 */
/* clean_put_1252: a byte of Windows-1252, whose quotes and dashes are no controls. */
void clean_put_1252(struct clean_writer *w, unsigned byte, size_t at);
struct clean clean_end(struct clean_writer *w);

#endif
