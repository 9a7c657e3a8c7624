/* SPDX-License-Identifier: MIT
 *
 * Many literals without special instructions: see automaton.h.
 */
#include "scan/automaton.h"

#include "base/mem.h"

#include <string.h>

enum { TAIL = 4, BITS = 20 };

struct automaton {
	struct arena arena;
	struct str *literals; /* folded copies */
	uint32_t *next;	      /* of a literal: the next with the same slot, +1; 0 ends */
	uint32_t *slots;      /* of a hash: its first literal, +1 */
	uint64_t *bitmap;
	unsigned char fold[256];
};

static uint32_t hash_tail(uint32_t tail)
{
	return tail * 2654435761u >> (32 - BITS);
}

enum err automaton_open(const struct str *literals, size_t count, struct automaton **ret_automaton)
{
	struct automaton *m = mem_resize(NULL, sizeof *m);
	if (!m)
		return ERR_NOMEM;
	*m = (struct automaton){ 0 };
	for (unsigned i = 0; i < 256; i++)
		m->fold[i] = (unsigned char)char_lower((char)i);
	m->literals = arena_array(&m->arena, struct str, count);
	m->next = arena_array(&m->arena, uint32_t, count);
	m->slots = arena_array(&m->arena, uint32_t, (size_t)1 << BITS);
	m->bitmap = arena_array(&m->arena, uint64_t, ((size_t)1 << BITS) / 64);
	for (size_t i = count; i-- && !arena_err(&m->arena);) {
		char *p = arena_alloc(&m->arena, literals[i].n + TAIL);
		uint32_t tail = 0;
		for (size_t k = 0; p && k < literals[i].n; k++) {
			p[k] = char_lower(literals[i].p[k]);
			tail = tail << 8 | (unsigned char)p[k];
		}
		uint32_t slot = hash_tail(tail);
		m->literals[i] = (struct str){ p, literals[i].n };
		m->next[i] = m->slots[slot];
		m->slots[slot] = (uint32_t)i + 1;
		m->bitmap[slot / 64] |= (uint64_t)1 << slot % 64;
	}
	enum err e = arena_err(&m->arena);
	if (e)
		automaton_close(&m);
	else
		*ret_automaton = m;
	return e;
}

void automaton_close(struct automaton **automaton)
{
	struct automaton *m = *automaton;
	*automaton = NULL;
	if (!m)
		return;
	arena_free(&m->arena);
	mem_free(m);
}

static bool ends_here(const struct automaton *m, struct str text, size_t end, struct str literal)
{
	if (literal.n > end)
		return false;
	const char *p = text.p + end - literal.n;
	for (size_t i = 0; i < literal.n; i++)
		if (m->fold[(unsigned char)p[i]] != (unsigned char)literal.p[i])
			return false;
	return true;
}

void automaton_scan(const struct automaton *m, struct str text,
		    bool (*found)(void *context, uint32_t literal, size_t end), void *context)
{
	uint32_t tail = 0;
	for (size_t at = 0; at < text.n; at++) {
		tail = tail << 8 | m->fold[(unsigned char)text.p[at]];
		uint32_t slot = hash_tail(tail);
		if (!(m->bitmap[slot / 64] >> slot % 64 & 1))
			continue;
		for (uint32_t i = m->slots[slot]; i; i = m->next[i - 1])
			if (ends_here(m, text, at + 1, m->literals[i - 1]) && !found(context, i - 1, at + 1))
				return;
	}
}
