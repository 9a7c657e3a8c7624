/* SPDX-License-Identifier: MIT
 *
 * The literal prefilter: see prefilter.h.
 */
#include "scan/prefilter.h"

#include "base/mem.h"

#include <string.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { HEAD = 8, LONG = 16, BLOCK = 64, BITMAP_BITS = 20 };

/* Literals of one table, chained by the hash of their first HEAD or LONG bytes. */
struct table {
	uint32_t *slots; /* first literal + 1 */
	unsigned shift;	 /* of a 64-bit hash, down to a slot */
};

struct prefilter {
	struct arena arena;
	struct str *literals; /* folded copies, padded to LONG bytes */
	uint64_t (*heads)[2];
	uint32_t *next;	      /* in its chain, + 1 */
	uint64_t *bitmap;     /* of the hashes of all heads */
	struct table brief, lengthy; /* literals under LONG bytes, and the others */
	unsigned char fold[256];
};

/* Folds letters to lower case, and some other bytes onto each other, which the full comparison tells apart. */
static uint64_t load_head(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	return x | 0x2020202020202020u;
}

static uint64_t hash_head(uint64_t x)
{
	x *= 0x9E3779B97F4A7C15u;
	return x ^ x >> 29;
}

static uint64_t hash_two(uint64_t x, uint64_t y)
{
	return hash_head(hash_head(x) ^ y) * 0x9E3779B97F4A7C15u;
}

static bool is_word_byte(unsigned char c)
{
	return c >= 0x80 || char_is_alnum((char)c);
}

static enum err table_open(struct arena *a, struct table *t, size_t count)
{
	unsigned bits = 8;
	while (((size_t)1 << bits) < count * 2)
		bits++;
	t->slots = arena_array(a, uint32_t, (size_t)1 << bits);
	t->shift = 64 - bits;
	return arena_err(a);
}

static enum err add_literal(struct prefilter *p, uint32_t i, struct str text)
{
	char *copy = arena_alloc(&p->arena, text.n + LONG);
	if (!copy)
		return ERR_NOMEM;
	for (size_t k = 0; k < text.n; k++)
		copy[k] = char_lower(text.p[k]);
	bool lengthy = text.n >= LONG;
	struct table *t = lengthy ? &p->lengthy : &p->brief;
	p->literals[i] = (struct str){ copy, text.n };
	p->heads[i][0] = load_head(copy);
	p->heads[i][1] = lengthy ? load_head(copy + HEAD) : 0;
	uint64_t head = hash_head(p->heads[i][0]);
	uint64_t hash = lengthy ? hash_two(p->heads[i][0], p->heads[i][1]) : head * 0x9E3779B97F4A7C15u;
	p->bitmap[(head >> (64 - BITMAP_BITS)) / 64] |= (uint64_t)1 << (head >> (64 - BITMAP_BITS)) % 64;
	p->next[i] = t->slots[hash >> t->shift];
	t->slots[hash >> t->shift] = i + 1;
	return ERR_OK;
}

enum err prefilter_open(const struct str *literals, size_t count, struct prefilter **ret_prefilter)
{
	struct prefilter *p = mem_resize(NULL, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	*p = (struct prefilter){ 0 };
	for (unsigned i = 0; i < 256; i++)
		p->fold[i] = (unsigned char)char_lower((char)i);
	p->literals = arena_array(&p->arena, struct str, count);
	p->heads = arena_calloc(&p->arena, count, sizeof *p->heads);
	p->next = arena_array(&p->arena, uint32_t, count);
	p->bitmap = arena_array(&p->arena, uint64_t, ((size_t)1 << BITMAP_BITS) / 64);
	enum err e = table_open(&p->arena, &p->brief, count);
	if (!e)
		e = table_open(&p->arena, &p->lengthy, count);
	for (size_t i = count; i-- && !e;) /* chains ascend */
		e = add_literal(p, (uint32_t)i, literals[i]);
	if (e)
		prefilter_close(&p);
	else
		*ret_prefilter = p;
	return e;
}

void prefilter_close(struct prefilter **prefilter)
{
	struct prefilter *p = *prefilter;
	*prefilter = NULL;
	if (!p)
		return;
	arena_free(&p->arena);
	mem_free(p);
}

void prefilter_scratch_free(struct prefilter_scratch *scratch)
{
	mem_free(scratch->finds);
	*scratch = (struct prefilter_scratch){ 0 };
}

/* word_bytes: bit i says whether p[i] belongs to a word. */
#if defined(__SSE2__)
static uint64_t word_bytes(const char *p)
{
	const __m128i space = _mm_set1_epi8(0x20);
	uint64_t mask = 0;
	for (int i = 0; i < BLOCK / 16; i++) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i * 16)), low = _mm_or_si128(x, space);
		__m128i alpha = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
					      _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
		__m128i digit = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('0' - 1)),
					      _mm_cmplt_epi8(x, _mm_set1_epi8('9' + 1)));
		/* the sign bit of x: bytes over 0x7F */
		uint32_t bits = (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(alpha, digit), x));
		mask |= (uint64_t)bits << (i * 16);
	}
	return mask;
}
#else
static uint64_t word_bytes(const char *p)
{
	uint64_t mask = 0;
	for (unsigned i = 0; i < BLOCK; i++)
		mask |= (uint64_t)is_word_byte((unsigned char)p[i]) << i;
	return mask;
}
#endif

static bool starts_here(const struct prefilter *p, struct str text, size_t at, struct str literal)
{
	if (text.n - at < literal.n)
		return false;
	const char *s = text.p + at;
	for (size_t i = 0; i < literal.n; i++)
		if (p->fold[(unsigned char)s[i]] != (unsigned char)literal.p[i])
			return false;
	return true;
}

static enum err add_find(struct prefilter_scratch *s, uint32_t at, uint32_t literal)
{
	if (s->count == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 1024;
		struct prefilter_find *finds = mem_resize(s->finds, cap * sizeof *finds);
		if (!finds)
			return ERR_NOMEM;
		s->finds = finds;
		s->cap = cap;
	}
	s->finds[s->count++] = (struct prefilter_find){ at, literal };
	return ERR_OK;
}

/* look compares the literals that may start at a place whose head is in the bitmap. */
static enum err look(const struct prefilter *p, struct prefilter_scratch *s, struct str text, size_t at, uint64_t x,
		     uint64_t head)
{
	enum err e = ERR_OK;
	uint32_t i = p->brief.slots[head * 0x9E3779B97F4A7C15u >> p->brief.shift];
	for (; i && !e; i = p->next[i - 1])
		if (p->heads[i - 1][0] == x && starts_here(p, text, at, p->literals[i - 1]))
			e = add_find(s, (uint32_t)at, i - 1);
	if (text.n - at < LONG)
		return e;
	uint64_t y = load_head(text.p + at + HEAD);
	i = p->lengthy.slots[hash_two(x, y) >> p->lengthy.shift];
	for (; i && !e; i = p->next[i - 1])
		if (p->heads[i - 1][0] == x && p->heads[i - 1][1] == y && starts_here(p, text, at, p->literals[i - 1]))
			e = add_find(s, (uint32_t)at, i - 1);
	return e;
}

enum err prefilter_scan(const struct prefilter *p, struct prefilter_scratch *s, struct str text, size_t from, size_t to)
{
	char tail[BLOCK];
	uint64_t before = from && is_word_byte((unsigned char)text.p[from - 1]);
	enum err e = ERR_OK;
	s->count = 0;
	for (size_t base = from; base < to && !e; base += BLOCK) {
		const char *block = text.p + base;
		if (text.n - base < BLOCK) {
			memset(tail, 0, sizeof tail);
			memcpy(tail, block, text.n - base);
			block = tail;
		}
		uint64_t words = word_bytes(block), starts = words & ~(words << 1 | before);
		before = words >> (BLOCK - 1);
		for (; starts && !e; starts &= starts - 1) {
			size_t at = base + (size_t)__builtin_ctzll(starts);
			if (at >= to || text.n - at < HEAD)
				break;
			uint64_t x = load_head(text.p + at), head = hash_head(x), bit = head >> (64 - BITMAP_BITS);
			if (p->bitmap[bit / 64] >> bit % 64 & 1)
				e = look(p, s, text, at, x, head);
		}
	}
	return e;
}
