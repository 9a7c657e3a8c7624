/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

char *buf_room(struct buf *b, size_t n)
{
	if (b->err)
		return NULL;
	if (b->limit && (n > b->limit || b->n > b->limit - n)) {
		b->err = ERR_LIMIT;
		return NULL;
	}
	if (b->cap - b->n < n) {
		size_t cap = b->cap ? b->cap : 64;
		while (cap - b->n < n && cap < SIZE_MAX / 4)
			cap *= 2;
		char *p = cap - b->n < n ? NULL : mem_resize(b->p, cap);
		if (!p) {
			b->err = ERR_NOMEM;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

void buf_add_bytes(struct buf *b, const void *p, size_t n)
{
	if (!n)
		return;
	char *room = buf_room(b, n);
	if (!room)
		return;
	memcpy(room, p, n);
	b->n += n;
}

void buf_add(struct buf *b, struct str s)
{
	buf_add_bytes(b, s.p, s.n);
}

void buf_add_c(struct buf *b, const char *c)
{
	buf_add_bytes(b, c, strlen(c));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add_bytes(b, &c, 1);
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	char *room = n < 0 ? NULL : buf_room(b, (size_t)n + 1);
	if (room) {
		vsnprintf(room, (size_t)n + 1, format, again);
		b->n += (size_t)n;
	}
	va_end(again);
	va_end(args);
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

struct str buf_keep(const struct buf *b, struct arena *a)
{
	return arena_str(a, buf_str(b));
}

struct str buf_take(struct buf *b, struct arena *a)
{
	struct str kept = buf_keep(b, a);
	a->failed |= buf_err(b) != ERR_OK;
	buf_free(b);
	return kept;
}

enum err buf_err(const struct buf *b)
{
	return b->err;
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->err = ERR_OK;
}

void buf_free(struct buf *b)
{
	mem_free(b->p);
	*b = (struct buf){ .limit = b->limit };
}
