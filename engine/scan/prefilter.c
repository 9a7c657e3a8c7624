/* SPDX-License-Identifier: MIT
 *
 * The literal prefilter: see prefilter.h. Two steps, stretch by stretch: all word starts whose head is in the bitmap,
 * without a branch that depends on the text; then those places one by one, their buckets fetched ahead.
 */
#include "scan/prefilter.h"

#include "base/mem.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { HEAD = 8, BLOCK = 64, STRETCH = 64 * BLOCK, PLACES_MAX = STRETCH / 2, AHEAD = 8 };

/* A word start whose head is in the bitmap. */
struct place {
	uint32_t at;
	uint32_t brief, lengthy; /* buckets */
};

static bool is_word_byte(unsigned char c)
{
	return c >= 0x80 || char_is_alnum((char)c);
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

/* The last bytes of a text, with zeros behind them. */
static const char *padded(struct str text, size_t at, size_t n, char room[BLOCK])
{
	if (text.n - at >= n)
		return text.p + at;
	memset(room, 0, n);
	memcpy(room, text.p + at, text.n - at);
	return room;
}

/* find_places gives the word starts in text[from, to) whose heads are in the bitmap. *before: the byte there is part of
 * a word. A head may lie across the text's end: it is not looked at there. */
static size_t find_places(const struct literal_table *t, struct str text, size_t from, size_t to, uint64_t *before,
			  struct place places[PLACES_MAX])
{
	size_t n = 0, last = text.n < HEAD ? 0 : text.n - HEAD + 1;
	to = to < last ? to : last;
	for (size_t base = from; base < to; base += BLOCK) {
		char room[BLOCK];
		uint64_t words = word_bytes(padded(text, base, BLOCK, room)), starts = words & ~(words << 1 | *before);
		*before = words >> (BLOCK - 1);
		if (to - base < BLOCK)
			starts &= ((uint64_t)1 << (to - base)) - 1;
		for (; starts; starts &= starts - 1) {
			size_t at = base + (size_t)__builtin_ctzll(starts);
			uint64_t bit = literal_hash(literal_head(text.p + at)) >> t->bits_shift;
			places[n].at = (uint32_t)at;
			n += t->bits[bit / 64] >> bit % 64 & 1;
		}
	}
	return n;
}

static void find_buckets(const struct literal_table *t, struct str text, struct place *p)
{
	char room[BLOCK];
	const char *s = padded(text, p->at, LITERAL_LONG, room);
	uint64_t hash = literal_hash(literal_head(s));
	p->brief = (uint32_t)(literal_hash_brief(hash) >> t->brief_shift);
	p->lengthy = (uint32_t)(literal_hash_long(hash, literal_head(s + HEAD)) >> t->long_shift);
	__builtin_prefetch(&t->brief_at[p->brief]);
	__builtin_prefetch(&t->long_at[p->lengthy]);
}

static bool starts_here(struct str text, size_t at, const struct file_literal *l)
{
	if (text.n - at < l->n)
		return false;
	const char *s = text.p + at;
	if (literal_head(s) != literal_head(l->text))
		return false;
	for (uint32_t i = 0; i < l->n; i++)
		if (char_lower(s[i]) != l->text[i])
			return false;
	return true;
}

/* look compares the literals of a place's buckets. */
static enum err look(const struct literal_table *t, struct prefilter_scratch *s, struct str text, const struct place *p)
{
	enum err e = ERR_OK;
	for (uint32_t i = t->brief_at[p->brief]; i < t->brief_at[p->brief + 1] && !e; i++)
		if (starts_here(text, p->at, &t->literals[i]))
			e = add_find(s, p->at, i);
	for (uint32_t i = t->long_at[p->lengthy]; i < t->long_at[p->lengthy + 1] && !e; i++)
		if (starts_here(text, p->at, &t->literals[i]))
			e = add_find(s, p->at, i);
	return e;
}

enum err prefilter_scan(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t from, size_t to)
{
	struct place places[PLACES_MAX + 1];
	uint64_t before = from && is_word_byte((unsigned char)text.p[from - 1]);
	enum err e = ERR_OK;
	s->count = 0;
	for (size_t at = from; at < to && !e; at += STRETCH) {
		size_t n = find_places(t, text, at, to - at < STRETCH ? to : at + STRETCH, &before, places);
		for (size_t i = 0; i < n && i < AHEAD; i++)
			find_buckets(t, text, &places[i]);
		for (size_t i = 0; i < n && !e; i++) {
			if (i + AHEAD < n)
				find_buckets(t, text, &places[i + AHEAD]);
			e = look(t, s, text, &places[i]);
		}
	}
	return e;
}
