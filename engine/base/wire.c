/* SPDX-License-Identifier: MIT */
#include "base/wire.h"

#include <assert.h>
#include <string.h>

struct wire wire_of(struct str bytes)
{
	return (struct wire){ .p = (const uint8_t *)bytes.p, .n = bytes.n };
}

bool wire_ok(const struct wire *w)
{
	return !w->bad;
}

size_t wire_left(const struct wire *w)
{
	return w->bad ? 0 : w->n - w->at;
}

void wire_seek(struct wire *w, size_t at)
{
	if (at > w->n)
		w->bad = true;
	else
		w->at = at;
}

/* take gives n bytes and moves on, or NULL and the sticky error. */
static const uint8_t *take(struct wire *w, size_t n)
{
	if (w->bad || w->n - w->at < n) {
		w->bad = true;
		return NULL;
	}
	const uint8_t *p = w->p + w->at;
	w->at += n;
	return p;
}

void wire_skip(struct wire *w, size_t n)
{
	(void)take(w, n);
}

static uint64_t big_endian(struct wire *w, size_t n)
{
	const uint8_t *p = take(w, n);
	uint64_t v = 0;
	for (size_t i = 0; p && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

static uint64_t little_endian(struct wire *w, size_t n)
{
	const uint8_t *p = take(w, n);
	uint64_t v = 0;
	for (size_t i = 0; p && i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

uint8_t wire_u8(struct wire *w)
{
	return (uint8_t)big_endian(w, 1);
}

uint16_t wire_be16(struct wire *w)
{
	return (uint16_t)big_endian(w, 2);
}

uint32_t wire_be32(struct wire *w)
{
	return (uint32_t)big_endian(w, 4);
}

uint16_t wire_le16(struct wire *w)
{
	return (uint16_t)little_endian(w, 2);
}

uint32_t wire_le32(struct wire *w)
{
	return (uint32_t)little_endian(w, 4);
}

uint64_t wire_le64(struct wire *w)
{
	return little_endian(w, 8);
}

struct str wire_bytes(struct wire *w, size_t n)
{
	const uint8_t *p = take(w, n);
	return p ? (struct str){ (const char *)p, n } : (struct str){ "", 0 };
}

struct wire_out wire_out_of(uint8_t *p, size_t cap)
{
	return (struct wire_out){ .p = p, .cap = cap };
}

struct str wire_out_str(const struct wire_out *w)
{
	return w->bad ? (struct str){ "", 0 } : (struct str){ (const char *)w->p, w->n };
}

static uint8_t *room(struct wire_out *w, size_t n)
{
	if (w->bad || w->cap - w->n < n) {
		w->bad = true;
		return NULL;
	}
	uint8_t *p = w->p + w->n;
	w->n += n;
	return p;
}

static void put(struct wire_out *w, uint64_t v, size_t n, bool big)
{
	uint8_t *p = room(w, n);
	for (size_t i = 0; p && i < n; i++)
		p[i] = (uint8_t)(v >> 8 * (big ? n - 1 - i : i));
}

void wire_put_u8(struct wire_out *w, uint8_t v)
{
	put(w, v, 1, true);
}

void wire_put_be16(struct wire_out *w, uint16_t v)
{
	put(w, v, 2, true);
}

void wire_put_be32(struct wire_out *w, uint32_t v)
{
	put(w, v, 4, true);
}

void wire_put_le16(struct wire_out *w, uint16_t v)
{
	put(w, v, 2, false);
}

void wire_put_le32(struct wire_out *w, uint32_t v)
{
	put(w, v, 4, false);
}

void wire_put_le64(struct wire_out *w, uint64_t v)
{
	put(w, v, 8, false);
}

void wire_put_bytes(struct wire_out *w, struct str s)
{
	uint8_t *p = room(w, s.n);
	if (p && s.n)
		memcpy(p, s.p, s.n);
}

void wire_put_zeros(struct wire_out *w, size_t n)
{
	uint8_t *p = room(w, n);
	if (p && n)
		memset(p, 0, n);
}

void wire_patch_be16(struct wire_out *w, size_t at, uint16_t v)
{
	assert(w->bad || at + 2 <= w->n);
	if (w->bad)
		return;
	w->p[at] = (uint8_t)(v >> 8);
	w->p[at + 1] = (uint8_t)v;
}
