/* SPDX-License-Identifier: MIT */
#include "match/vocab.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

uint32_t vocab_slot(struct str word, uint32_t slot_count)
{
	return (uint32_t)hash_bytes(word) & (slot_count - 1);
}

struct str vocab_word(const struct vocab *v, uint32_t number)
{
	return (struct str){ v->text.p + v->text_at[number], v->text_at[number + 1] - v->text_at[number] };
}

static bool grow_slots(struct vocab *v)
{
	uint32_t count = v->slot_count ? v->slot_count * 2 : 1024;
	uint32_t *slots = mem_resize(NULL, count * sizeof *slots);
	if (!slots)
		return false;
	memset(slots, 0, count * sizeof *slots);
	for (uint32_t i = 0; i < v->count; i++) {
		uint32_t at = vocab_slot(vocab_word(v, i), count);
		while (slots[at])
			at = (at + 1) & (count - 1);
		slots[at] = i + 1;
	}
	mem_free(v->slots);
	v->slots = slots;
	v->slot_count = count;
	return true;
}

static bool grow_words(struct vocab *v)
{
	uint32_t cap = v->cap ? v->cap * 2 : 512;
	uint32_t *at = mem_resize(v->text_at, (cap + 1) * sizeof *at);
	if (!at)
		return false;
	v->text_at = at;
	v->cap = cap;
	return true;
}

uint32_t vocab_add(struct vocab *v, struct str word)
{
	if (v->err)
		return VOCAB_NONE;
	if (v->count >= v->slot_count / 2 && !grow_slots(v)) {
		v->err = ERR_NOMEM;
		return VOCAB_NONE;
	}
	uint32_t at = vocab_slot(word, v->slot_count);
	for (; v->slots[at]; at = (at + 1) & (v->slot_count - 1))
		if (str_eq(vocab_word(v, v->slots[at] - 1), word))
			return v->slots[at] - 1;
	if (v->count == VOCAB_MAX - 1)
		return VOCAB_NONE;
	if (v->count == v->cap && !grow_words(v)) {
		v->err = ERR_NOMEM;
		return VOCAB_NONE;
	}
	v->text_at[v->count] = (uint32_t)v->text.n;
	buf_add(&v->text, word);
	v->err = buf_err(&v->text);
	v->text_at[++v->count] = (uint32_t)v->text.n;
	v->slots[at] = v->count;
	return v->count - 1;
}

void vocab_free(struct vocab *v)
{
	mem_free(v->slots);
	mem_free(v->text_at);
	buf_free(&v->text);
	*v = (struct vocab){ 0 };
}
