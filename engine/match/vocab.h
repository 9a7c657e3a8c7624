/* SPDX-License-Identifier: MIT
 *
 * Words to numbers while a matcher is compiled: an interning hash table. Numbers count from 0 in order of appearance.
 * Owns its memory; sticky ERR_NOMEM.
 */
#ifndef KBT_MATCH_VOCAB_H
#define KBT_MATCH_VOCAB_H

#include "base/buf.h"

enum { VOCAB_NONE = 0xFFFFFF, VOCAB_MAX = 0xFFFFFF }; /* a number fits 24 bits */

struct vocab {
	uint32_t *slots; /* number + 1 */
	uint32_t slot_count;
	uint32_t *text_at; /* count + 1 offsets into text */
	uint32_t count, cap;
	struct buf text;
	enum err err;
};

uint32_t vocab_add(struct vocab *v, struct str word); /* VOCAB_NONE where memory or numbers are out */
struct str vocab_word(const struct vocab *v, uint32_t number);
void vocab_free(struct vocab *v);

/* vocab_slot gives the slot where the word stands or would stand in a table of slot_count (a power of two) slots. */
uint32_t vocab_slot(struct str word, uint32_t slot_count);

#endif
