/* SPDX-License-Identifier: MIT
 *
 * The literal prefilter: see prefilter.h. Two steps, stretch by stretch: all word starts whose head is in the bitmap,
 * without a branch that depends on the text; then those places one by one, their buckets fetched ahead.
 */
#include "scan/prefilter.h"

#include "base/mem.h"
#include "match/lines.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
	HEAD = 8,
	BLOCK = 64,
	STRETCH = 64 * BLOCK,
	PLACES_MAX = STRETCH / 2,
	FAR = 18,   /* places whose bits are fetched, ... */
	AHEAD = 12, /* ... whose buckets are, ... */
	NEAR = 6,   /* ... and whose literals are */
	BREAKS_MAX = STRETCH,
	INDENT_MAX = 160, /* bytes between the words before and behind a line end */
	DRESS_MIN = 8, DRESS_MAX = 200, /* bytes of a line in front of what it says: shorter, it is a word with a mark */
	DRESSES_MAX = 3 /* places where a dress may end that are tried */
};

/* A word start whose head is in the bitmap. */
struct place {
	uint64_t long_hash; /* of its first bytes */
	uint32_t at;
	uint32_t brief, lengthy;       /* buckets; then their first literals */
	uint32_t brief_to, lengthy_to; /* where these end */
	bool long_too;		       /* there may be a long literal */
	bool broken;		 /* there is a line end within a literal's length */
};

/* What one stretch has to look at. */
struct sights {
	struct place places[PLACES_MAX + 1];
	uint32_t breaks[BREAKS_MAX + 1]; /* line ends */
	size_t place_count, break_count;
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

/* Bit i says what p[i] is. */
struct block_bits { uint64_t words, line_ends; };

#if defined(__SSE2__)
static struct block_bits block_bits(const char *p)
{
	const __m128i space = _mm_set1_epi8(0x20);
	struct block_bits b = { 0, 0 };
	for (int i = 0; i < BLOCK / 16; i++) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + i * 16)), low = _mm_or_si128(x, space);
		__m128i alpha = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
					      _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
		__m128i digit = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('0' - 1)),
					      _mm_cmplt_epi8(x, _mm_set1_epi8('9' + 1)));
		/* the sign bit of x: bytes over 0x7F */
		uint32_t words = (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(alpha, digit), x));
		uint32_t ends = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8('\n')));
		b.words |= (uint64_t)words << (i * 16);
		b.line_ends |= (uint64_t)ends << (i * 16);
	}
	return b;
}
#else
static struct block_bits block_bits(const char *p)
{
	struct block_bits b = { 0, 0 };
	for (unsigned i = 0; i < BLOCK; i++) {
		b.words |= (uint64_t)is_word_byte((unsigned char)p[i]) << i;
		b.line_ends |= (uint64_t)(p[i] == '\n') << i;
	}
	return b;
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

/* see gathers the word starts in text[from, to) whose heads are in the bitmap, and the line ends. *before: the byte
 * there is part of a word. */
static void see(const struct literal_table *t, struct str text, size_t from, size_t to, uint64_t *before,
		struct sights *sights)
{
	size_t places = 0, breaks = 0, last = text.n < HEAD ? 0 : text.n - HEAD + 1; /* no head begins from there on */
	for (size_t base = from; base < to; base += BLOCK) {
		char room[BLOCK];
		struct block_bits b = block_bits(padded(text, base, BLOCK, room));
		uint64_t starts = b.words & ~(b.words << 1 | *before), inside = UINT64_MAX;
		*before = b.words >> (BLOCK - 1);
		if (to - base < BLOCK)
			inside = ((uint64_t)1 << (to - base)) - 1;
		for (b.line_ends &= inside; b.line_ends; b.line_ends &= b.line_ends - 1)
			sights->breaks[breaks++] = (uint32_t)base + (uint32_t)__builtin_ctzll(b.line_ends);
		if (base + BLOCK > last)
			inside &= base < last ? ((uint64_t)1 << (last - base)) - 1 : 0;
		for (starts &= inside; starts; starts &= starts - 1) {
			size_t at = base + (size_t)__builtin_ctzll(starts);
			uint64_t bit = literal_hash(literal_head(text.p + at)) >> t->bits_shift;
			sights->places[places].at = (uint32_t)at;
			places += t->bits[bit / 64] >> bit % 64 & 1;
		}
	}
	sights->place_count = places;
	sights->break_count = breaks;
}

/* find_bits: s is where the place's text begins, FILE_LITERAL_MAX bytes of it. */
static void find_bits(const struct literal_table *t, const char *s, struct place *p)
{
	uint64_t hash = literal_hash(literal_head(s));
	p->long_hash = literal_hash_long(hash, literal_head(s + HEAD));
	p->brief = (uint32_t)(literal_hash_brief(hash) >> t->brief_shift);
	__builtin_prefetch(&t->long_bits[(p->long_hash >> t->long_bits_shift) / 64]);
	__builtin_prefetch(&t->brief_at[p->brief]);
}

/* find_buckets comes behind find_bits. */
static void find_buckets(const struct literal_table *t, struct place *p)
{
	uint64_t bit = p->long_hash >> t->long_bits_shift;
	p->lengthy = (uint32_t)(p->long_hash >> t->long_shift);
	p->long_too = t->long_bits[bit / 64] >> bit % 64 & 1;
	if (p->long_too)
		__builtin_prefetch(&t->long_at[p->lengthy]);
}

/* find_literals comes behind find_buckets. */
static void find_literals(const struct literal_table *t, struct place *p)
{
	uint32_t brief = p->brief, lengthy = p->lengthy;
	p->brief = t->brief_at[brief];
	p->brief_to = t->brief_at[brief + 1];
	p->lengthy = p->long_too ? t->long_at[lengthy] : 0;
	p->lengthy_to = p->long_too ? t->long_at[lengthy + 1] : 0;
	if (p->brief < p->brief_to)
		__builtin_prefetch(&t->literals[p->brief]);
	if (p->lengthy < p->lengthy_to)
		__builtin_prefetch(&t->literals[p->lengthy]);
}

static void find_bits_at(const struct literal_table *t, struct str text, struct place *p)
{
	char room[BLOCK];
	const char *s = padded(text, p->at, FILE_LITERAL_MAX, room);
	p->broken = memchr(s, '\n', FILE_LITERAL_MAX) != NULL;
	find_bits(t, s, p);
}

/* The text at a place, letters in lower case; zeros behind its end, which no literal has. */
struct folded { char text[FILE_LITERAL_MAX + 8]; };

static void fold(struct str text, size_t at, struct folded *f)
{
	char room[BLOCK];
	const char *s = padded(text, at, sizeof f->text, room);
#if defined(__SSE2__)
	for (size_t i = 0; i < sizeof f->text; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(s + i));
		__m128i upper = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('A' - 1)),
					      _mm_cmplt_epi8(x, _mm_set1_epi8('Z' + 1)));
		x = _mm_or_si128(x, _mm_and_si128(upper, _mm_set1_epi8(0x20)));
		_mm_storeu_si128((__m128i *)(void *)(f->text + i), x);
	}
#else
	for (size_t i = 0; i < sizeof f->text; i++)
		f->text[i] = char_lower(s[i]);
#endif
}

static uint64_t word_at(const char *p)
{
	uint64_t x;
	memcpy(&x, p, sizeof x);
	return x;
}

/* Its first n bytes in memory; n is under eight. */
static uint64_t word_low(uint64_t x, uint32_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	return x >> (64 - 8 * n);
#else
	return x << (64 - 8 * n);
#endif
}

/* Eight bytes at a time; what is behind the literal's end does not count. */
static bool starts_with(const struct folded *f, const struct file_literal *l)
{
	uint64_t differ = word_at(f->text) ^ word_at(l->text); /* LITERAL_MIN bytes there are */
	for (uint32_t i = 8; i < l->n && !differ; i += 8) {
		uint64_t x = word_at(f->text + i) ^ word_at(l->text + i);
		if (l->n - i < 8)
			x = word_low(x, l->n - i);
		differ = x;
	}
	return !differ;
}

bool prefilter_is_at(struct str text, size_t at, const struct file_literal *literal)
{
	struct folded f;
	if (at > text.n)
		return false;
	fold(text, at, &f);
	return starts_with(&f, literal);
}

/* look compares the literals of a place's buckets that are longer than `beyond` with text[at...). */
static enum err look(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t at,
		     const struct place *p, size_t beyond)
{
	enum err e = ERR_OK;
	struct folded f;
	if (p->brief == p->brief_to && p->lengthy == p->lengthy_to)
		return ERR_OK;
	fold(text, at, &f);
	for (uint32_t i = p->brief; i < p->brief_to && !e; i++)
		if (t->literals[i].n > beyond && starts_with(&f, &t->literals[i]))
			e = add_find(s, p->at, i);
	for (uint32_t i = p->lengthy; i < p->lengthy_to && !e; i++)
		if (t->literals[i].n > beyond && starts_with(&f, &t->literals[i]))
			e = add_find(s, p->at, i);
	return e;
}

/* ---- literals over a line end ---- */

/* A line end from the last word before it to the next word; `dressed` are where the next word behind a dress may be. */
struct seam {
	size_t before, after, dressed[DRESSES_MAX];
	unsigned count; /* of dressed */
};

static char shape_of(char c)
{
	return char_is_digit(c) ? '0' : c;
}

/* shared_shape says how far two texts are the same but for their digits. */
static size_t shared_shape(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	n = n < DRESS_MAX ? n : DRESS_MAX;
#if defined(__SSE2__)
	for (; i + 16 <= n; i += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(a.p + i));
		__m128i y = _mm_loadu_si128((const __m128i *)(const void *)(b.p + i));
		__m128i below = _mm_set1_epi8('0' - 1), above = _mm_set1_epi8('9' + 1);
		__m128i digits = _mm_and_si128(_mm_and_si128(_mm_cmpgt_epi8(x, below), _mm_cmplt_epi8(x, above)),
					       _mm_and_si128(_mm_cmpgt_epi8(y, below), _mm_cmplt_epi8(y, above)));
		unsigned same = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(x, y), digits));
		if (same != 0xFFFF)
			return i + (size_t)__builtin_ctz(~same);
	}
#endif
	while (i < n && shape_of(a.p[i]) == shape_of(b.p[i]))
		i++;
	return i;
}

/* Two lines of one message that a logger broke have dresses of one shape: what follows it is the message. Cheaper than
 * reading the dress, which comes later for those that count. Where both go on with the same words, the dress ends
 * before these: behind a mark, or a word or two further back. */
static void add_dresses(struct str text, size_t line, size_t line_end, struct seam *s)
{
	struct str next = str_from(text, line_end + 1);
	size_t n = shared_shape((struct str){ text.p + line, line_end - line }, next);
	while (s->count < DRESSES_MAX) {
		while (n && (n >= next.n || !char_is_space(next.p[n - 1])))
			n--;
		if (!n)
			return;
		size_t at = line_end + 1 + n, words = n;
		while (words && char_is_space(next.p[words - 1]))
			words--;
		bool mark = words && !is_word_byte((unsigned char)next.p[words - 1]);
		bool item = mark && next.p[words - 1] == '-'; /* of a list */
		if (n >= DRESS_MIN || (mark && !item && lines_may_repeat(str_trim(str_first(next, DRESS_MIN * 2))))) {
			while (at < text.n && char_is_space(text.p[at]) && text.p[at] != '\n' && at - line_end < INDENT_MAX)
				at++;
			if (!s->count || s->dressed[s->count - 1] != at)
				s->dressed[s->count++] = at;
		}
		n = words;
		if (n < DRESS_MIN - 1 || mark)
			return;
	}
}

static bool seam_at(struct str text, size_t line, size_t line_end, struct seam *ret_seam)
{
	ret_seam->count = 0;
	size_t before = line_end, after = line_end;
	if (line_end + 1 < text.n && !text.p[line_end + 1]) /* a hole, as a log that was cut off under its writer has */
		for (after++; after < text.n && !text.p[after];)
			after++;
	size_t indent = after;
	while (before && char_is_space(text.p[before - 1]) && line_end - before < INDENT_MAX)
		before--;
	while (after < text.n && char_is_space(text.p[after]) && after - indent < INDENT_MAX)
		after++;
	if (after == line_end + 1 || (after < text.n && text.p[after] == '|')) /* as PowerShell draws before its errors */
		add_dresses(text, line, line_end, ret_seam);
	ret_seam->before = before;
	ret_seam->after = after;
	return after < text.n;
}

/* A word before a seam, `blank` or nothing, and what follows: looked at where the head is in the bitmap. Literals that
 * end before the seam are found as they stand. */
static enum err look_joined(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t at,
			    size_t end, bool blank, size_t from)
{
	size_t n = end - at, rest = text.n - from < FILE_LITERAL_MAX ? text.n - from : FILE_LITERAL_MAX;
	if (n + blank + rest < HEAD)
		return ERR_OK;
	char room[BLOCK] = { 0 }; /* FILE_LITERAL_MAX bytes on each side and the blank fit */
	struct place p = { .at = (uint32_t)at };
	if (rest == FILE_LITERAL_MAX) { /* a size that is known makes a copy a move or two; what is too much is overwritten */
		memcpy(room, text.p + at, FILE_LITERAL_MAX);
		room[n] = ' ';
		n += blank;
		memcpy(room + n, text.p + from, FILE_LITERAL_MAX);
	} else {
		memcpy(room, text.p + at, n);
		room[n] = ' ';
		n += blank;
		memcpy(room + n, text.p + from, rest);
	}
	uint64_t bit = literal_hash(literal_head(room)) >> t->bits_shift;
	if (!(t->bits[bit / 64] >> bit % 64 & 1))
		return ERR_OK;
	find_bits(t, room, &p);
	find_buckets(t, &p);
	find_literals(t, &p);
	return look(t, s, (struct str){ room, n + rest }, 0, &p, end - at);
}

static size_t line_of(struct str text, size_t at)
{
	size_t floor = at > DRESS_MAX * 4 ? at - DRESS_MAX * 4 : 0;
	const char *newline = at > floor ? memrchr(text.p + floor, '\n', at - floor) : NULL;
	return newline ? (size_t)(newline - text.p) + 1 : floor;
}

/* The head stands before the line end: the rest behind an indentation or a dress, or at once. */
static enum err look_over(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t at)
{
	const char *newline = memchr(text.p + at, '\n', text.n - at);
	struct seam seam;
	if (!newline || !seam_at(text, line_of(text, at), (size_t)(newline - text.p), &seam) || seam.before < at + HEAD)
		return ERR_OK;
	enum err e = look_joined(t, s, text, at, seam.before, true, seam.after);
	if (!e)
		e = look_joined(t, s, text, at, seam.before, false, seam.after);
	for (unsigned i = 0; i < seam.count && !e; i++)
		e = look_joined(t, s, text, at, seam.before, true, seam.dressed[i]);
	return e;
}

/* Words that begin so close before a line end that their heads lie over it. */
static enum err look_at_break(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t from,
			      size_t to, size_t line, size_t line_end)
{
	struct seam seam;
	enum err e = ERR_OK;
	/* An empty line is a part of the seam behind the words before it. */
	if (!line_end || line == line_end || !seam_at(text, line, line_end, &seam))
		return ERR_OK;
	size_t at = seam.before >= HEAD ? seam.before - HEAD + 1 : 0;
	for (at = at > from ? at : from; at < seam.before && at < to && !e; at++) {
		if (!is_word_byte((unsigned char)text.p[at]) || (at && is_word_byte((unsigned char)text.p[at - 1])))
			continue;
		e = look_joined(t, s, text, at, seam.before, true, seam.after);
		for (unsigned i = 0; i < seam.count && !e; i++)
			e = look_joined(t, s, text, at, seam.before, true, seam.dressed[i]);
	}
	return e;
}

/* ---- all of it ---- */

/* Those over line ends come out of turn: the ones from `first` on are put where they belong. */
static void put_in_order(struct prefilter_find *finds, size_t first, size_t count)
{
	for (size_t i = first; i < count; i++) {
		struct prefilter_find x = finds[i];
		size_t k = i;
		for (; k && finds[k - 1].at > x.at; k--)
			finds[k] = finds[k - 1];
		finds[k] = x;
	}
}

static enum err look_at_all(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t from,
			    size_t to, struct sights *sights)
{
	size_t n = sights->place_count;
	struct place *places = sights->places;
	enum err e = ERR_OK;
	for (size_t i = 0; i < n && i < FAR; i++)
		find_bits_at(t, text, &places[i]);
	for (size_t i = 0; i < n && i < AHEAD; i++)
		find_buckets(t, &places[i]);
	for (size_t i = 0; i < n && i < NEAR; i++)
		find_literals(t, &places[i]);
	for (size_t i = 0; i < n && !e; i++) {
		if (i + FAR < n)
			find_bits_at(t, text, &places[i + FAR]);
		if (i + AHEAD < n)
			find_buckets(t, &places[i + AHEAD]);
		if (i + NEAR < n)
			find_literals(t, &places[i + NEAR]);
		e = look(t, s, text, places[i].at, &places[i], 0);
		if (!e && places[i].broken)
			e = look_over(t, s, text, places[i].at);
	}
	size_t straight = s->count;
	for (size_t i = 0; i < sights->break_count && !e; i++) {
		size_t line_end = sights->breaks[i];
		e = look_at_break(t, s, text, from, to, i ? sights->breaks[i - 1] + 1 : line_of(text, line_end),
				  line_end);
	}
	put_in_order(s->finds, straight, s->count);
	return e;
}

enum err prefilter_scan(const struct literal_table *t, struct prefilter_scratch *s, struct str text, size_t from,
			size_t to)
{
	struct sights sights;
	uint64_t before = from && is_word_byte((unsigned char)text.p[from - 1]);
	enum err e = ERR_OK;
	s->count = 0;
	for (size_t at = from; at < to && !e; at += STRETCH) {
		size_t end = to - at < STRETCH ? to : at + STRETCH;
		see(t, text, at, end, &before, &sights);
		e = look_at_all(t, s, text, from, to, &sights);
	}
	return e;
}
