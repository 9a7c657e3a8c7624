/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

enum { CHUNK_MIN = 4096, CHUNK_MAX = 1 << 20 };

static struct arena_chunk *chunk_new(struct arena *a, size_t need)
{
	/* chunks double, so that many small allocations ask the heap seldom and a small arena stays small */
	size_t size = a->chunks ? a->chunks->size * 2 : CHUNK_MIN;
	if (size > CHUNK_MAX)
		size = CHUNK_MAX;
	if (size < need)
		size = need;
	if (size > SIZE_MAX / 2)
		return NULL;
	struct arena_chunk *c = mem_resize(NULL, sizeof *c + size);
	if (!c)
		return NULL;
	*c = (struct arena_chunk){ .next = a->chunks, .size = size };
	a->chunks = c;
	a->total += sizeof *c + size;
	return c;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t align = alignof(max_align_t);
	if (a->failed || size > SIZE_MAX / 4) {
		a->failed = true;
		return NULL;
	}
	size = (size + align - 1) / align * align;
	struct arena_chunk *c = a->chunks;
	if (!c || c->size - c->used < size)
		c = chunk_new(a, size);
	if (!c) {
		a->failed = true;
		return NULL;
	}
	void *p = c->bytes + c->used;
	c->used += size;
	return memset(p, 0, size);
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / 4 / size) {
		a->failed = true;
		return NULL;
	}
	return arena_alloc(a, count * size);
}

enum err arena_err(const struct arena *a)
{
	return a->failed ? ERR_NOMEM : ERR_OK;
}

void arena_reset(struct arena *a)
{
	struct arena_chunk *keep = a->chunks;
	if (!keep) {
		a->failed = false;
		return;
	}
	for (struct arena_chunk *c = keep->next, *next; c; c = next) {
		next = c->next;
		mem_free(c);
	}
	keep->next = NULL;
	keep->used = 0;
	*a = (struct arena){ .chunks = keep, .total = sizeof *keep + keep->size };
}

void arena_free(struct arena *a)
{
	for (struct arena_chunk *c = a->chunks, *next; c; c = next) {
		next = c->next;
		mem_free(c);
	}
	*a = (struct arena){ 0 };
}

struct str arena_str(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.n + 1);
	if (!copy)
		return (struct str){ "", 0 };
	if (s.n)
		memcpy(copy, s.p, s.n);
	return (struct str){ copy, s.n };
}

struct str arena_vprintf(struct arena *a, const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	char *text = n < 0 ? NULL : arena_alloc(a, (size_t)n + 1);
	if (text)
		vsnprintf(text, (size_t)n + 1, format, again);
	va_end(again);
	return text ? (struct str){ text, (size_t)n } : (struct str){ "", 0 };
}

struct str arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	struct str s = arena_vprintf(a, format, args);
	va_end(args);
	return s;
}

void *arena_push_(struct arena *a, void **items, size_t *count, size_t *cap, size_t size)
{
	if (*count == *cap) {
		size_t more = *cap ? *cap * 2 : 4;
		char *bigger = arena_calloc(a, more, size);
		if (!bigger)
			return NULL;
		if (*count)
			memcpy(bigger, *items, *count * size);
		*items = bigger;
		*cap = more;
	}
	return (char *)*items + (*count)++ * size;
}
