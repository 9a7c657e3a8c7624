/* SPDX-License-Identifier: MIT */
#include "scan/damaged.h"

#include "base/utf8.h"
#include "match/damage.h"
#include "match/language.h"
#include "match/undress.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* What a byte is the mark of, and how the words of its line are parted then: the last of them counts. */
enum damage { DAMAGE_NONE, DAMAGE_HIDES, CODED_PERCENT, CODED_STRING, CODED_QUERY };

/* asp_text: what a page of ASP failed with, in the query of its request: "|80004005|Text_of_it"; empty for what is
 * none. */
static struct str asp_text(struct str s)
{
	enum { CODE = 8 };
	size_t n = 1, end;
	while (n <= CODE && n < s.n && char_is_hex(s.p[n]))
		n++;
	if (n != CODE + 1 || n >= s.n || s.p[n] != '|')
		return STR("");
	for (end = ++n; end < s.n && !char_is_space(s.p[end]);)
		end++;
	return str_part(s, n, end);
}

/* is_line_end: "\nssh: connect", "\tat": a string's line ends, or has a blank, before a word. Before a mark nothing is
 * glued to a word. */
static bool is_line_end(struct str s)
{
	return s.n > 2 && (char_is_alnum(s.p[2]) || (unsigned char)s.p[2] >= 0x80);
}

static enum damage damage_at(struct str text, size_t at)
{
	struct str s = str_from(text, at);
	char then = s.n > 1 ? s.p[1] : 0;
	switch (s.p[0]) {
	case 0x1B: return DAMAGE_HIDES;
	case '#': return str_starts(s, STR("#01")) ? DAMAGE_HIDES : DAMAGE_NONE;
	case '%': return then == '2' ? CODED_PERCENT : DAMAGE_NONE;
	case '\\': return then && strchr("nrt", then) && is_line_end(s) ? CODED_STRING : DAMAGE_NONE;
	case '|': return then == '8' && asp_text(s).n ? CODED_QUERY : DAMAGE_NONE;
	default: return s.p[0] & 0x80 ? DAMAGE_HIDES : DAMAGE_NONE;
	}
}

/* look_on gives the next damage in text[from, to), or to. */
static size_t look_on(struct str text, size_t from, size_t to)
{
	size_t at = from;
	if (from >= to)
		return to;
#if defined(__SSE2__)
	for (; to - at >= 16; at += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(text.p + at));
		__m128i low = _mm_or_si128(x, _mm_set1_epi8(0x20)); /* \ is | */
		__m128i odd = _mm_or_si128(x, _mm_cmpeq_epi8(low, _mm_set1_epi8('|'))); /* a high bit is set already */
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8(0x1B)));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8('#')));
		odd = _mm_or_si128(odd, _mm_cmpeq_epi8(x, _mm_set1_epi8('%')));
		for (unsigned any = (unsigned)_mm_movemask_epi8(odd); any; any &= any - 1)
			if (damage_at(text, at + (size_t)__builtin_ctz(any)))
				return at + (size_t)__builtin_ctz(any);
	}
#endif
	while (at < to && !damage_at(text, at))
		at++;
	return at;
}

/* line_damage gives the last kind in text[from, to), and where the first of that stands. Behind a query's text nothing
 * can tell more, and each of its bars would be read to the end of the line. */
static enum damage line_damage(struct str text, size_t from, size_t to, size_t *ret_at)
{
	enum damage kind = DAMAGE_NONE;
	for (size_t at = look_on(text, from, to); at < to && kind != CODED_QUERY; at = look_on(text, at + 1, to)) {
		enum damage this = damage_at(text, at);
		if (this > kind)
			*ret_at = at;
		kind = this > kind ? this : kind;
	}
	return kind;
}

static int hex_value(char c)
{
	return char_is_digit(c) ? c - '0' : char_lower(c) - 'a' + 10;
}

/* with_blanks gives a text in which %20 is a blank, and the like. */
static struct str with_blanks(struct str text, enum damage kind, struct arena *a)
{
	char *out = arena_alloc(a, text.n + 1), stands = memchr(text.p, '+', text.n) ? '+' : '_';
	size_t n = 0;
	for (size_t i = 0; out && i < text.n; i++) {
		bool coded =
			text.p[i] == '%' && i + 2 < text.n && char_is_hex(text.p[i + 1]) && char_is_hex(text.p[i + 2]);
		int value = coded ? hex_value(text.p[i + 1]) * 16 + hex_value(text.p[i + 2]) : 0;
		bool shown = value >= ' ', blank = kind == CODED_QUERY && text.p[i] == stands;
		out[n++] = shown ? (char)value : blank ? ' ' : text.p[i];
		i += shown ? 2 : 0;
	}
	return out ? (struct str){ out, n } : text;
}

/* undo makes a line whole, and English. */
static enum err undo(struct str line, struct arena *a, struct clean *ret_clean)
{
	*ret_clean = (struct clean){ .text = line };
	enum err e = damage_is_none(line) ? ERR_OK : damage_undo(line, a, ret_clean);
	return e ? e : language_undo(ret_clean, a, ret_clean);
}

/* as_words gives what a mended line says, with blanks or line ends between its words. */
static enum err as_words(const struct clean *clean, enum damage kind, struct arena *a, struct str *ret_text)
{
	struct undressed said;
	enum err e = kind == CODED_STRING ? undress_read(clean, clean->text, true, a, &said) : ERR_OK;
	if (e)
		return e;
	*ret_text = kind <= DAMAGE_HIDES ? clean->text :
		    kind == CODED_STRING ? str_part(said.clean->text, said.dress.payload.start, said.dress.payload.end) :
					   with_blanks(clean->text, kind, a);
	return ERR_OK;
}

/* would_find says whether something would be proposed of a line if it were whole. */
static enum err would_find(const struct proposer *p, struct prefilter_scratch *finds, struct codepages *pages,
			   struct str line, enum damage kind, struct arena *a, bool *ret_would)
{
	struct clean clean;
	struct str text;
	line = utf8_valid(line) ? line : codepage_text(pages, line, a);
	enum err e = undo(line, a, &clean);
	*ret_would = false;
	if (e || (kind <= DAMAGE_HIDES && str_eq(clean.text, line)) || (e = as_words(&clean, kind, a, &text)))
		return e;
	struct proposer whole = *p;
	whole.text = text;
	whole.arena = a;
	whole.mark = 0;
	whole.joined = (struct propose_joined){ 0 };
	whole.items = NULL;
	whole.others = NULL;
	whole.count = whole.cap = whole.other_count = whole.other_cap = 0;
	e = prefilter_scan(whole.literals, finds, whole.text, 0, whole.text.n);
	if (!e && finds->count)
		propose_found(&whole, finds->finds, finds->count);
	*ret_would = whole.count;
	return e ? e : arena_err(a);
}

enum err damaged_propose(struct proposer *p, struct prefilter_scratch *finds, struct codepages *pages, size_t from,
			 size_t to, struct arena *arena)
{
	enum err e = ERR_OK;
	size_t other = 0, next = look_on(p->text, from, to);
	while (!e) {
		size_t at = other < p->other_count ? p->others[other] : to, coded = 0;
		at = next < at ? next : at;
		if (at >= to)
			break;
		const char *newline = at ? memrchr(p->text.p, '\n', at) : NULL;
		size_t start = newline ? (size_t)(newline + 1 - p->text.p) : 0;
		newline = memchr(p->text.p + at, '\n', p->text.n - at);
		size_t end = newline ? (size_t)(newline - p->text.p) : p->text.n;
		bool would = false;
		enum damage kind = line_damage(p->text, next, end < to ? end : to, &coded); /* none where it is further on */
		arena_reset(arena);
		struct str line = { p->text.p + start, end - start };
		if (kind == CODED_QUERY)
			line = asp_text(str_from(p->text, coded));
		if (end - start <= DAMAGED_LINE_MAX)
			e = would_find(p, finds, pages, line, kind, arena, &would);
		if (!e && would)
			propose_line(p, start);
		if (next < end)
			next = look_on(p->text, end, to);
		while (other < p->other_count && p->others[other] < end)
			other++;
	}
	p->joined.known = false; /* of an arena that was emptied */
	return e;
}
