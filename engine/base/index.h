/* SPDX-License-Identifier: MIT
 *
 * Hash > numbers, any count of them to one hash: the table behind look-ups of paths, names and files. Whoever asks
 * holds the things themselves and tells which of the numbers are meant. A zeroed struct index is an empty one.
 */
#ifndef KBT_BASE_INDEX_H
#define KBT_BASE_INDEX_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct index_item {
	uint64_t hash;
	uint32_t number, next; /* next: place + 1 of the one added before with this head */
};

struct index {
	struct index_item *items;
	uint32_t *heads; /* place + 1; cap of them, a power of two */
	size_t count, cap;
};

/* index_add: any number of items may have one hash. ERR_NOMEM leaves it as it was. */
enum err index_add(struct index *ix, uint64_t hash, uint32_t number) MUST_USE;
void index_clear(struct index *ix); /* keeps its memory */
void index_free(struct index *ix);

/* index_first and index_next give an item of the hash, the last added first, or NULL. */
const struct index_item *index_first(const struct index *ix, uint64_t hash);
const struct index_item *index_next(const struct index *ix, const struct index_item *item);

#endif
