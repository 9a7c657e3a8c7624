/* SPDX-License-Identifier: MIT */
#include "scan/damaged.h"

#include "base/utf8.h"
#include "match/damage.h"
#include "match/language.h"
#include "match/undress.h"

#include <string.h>

/* The next damage of each kind, so that each is looked for once. */
struct sight {
	const char *then; /* any of these behind it; NULL: whatever */
	size_t at;
	enum coded { CODED_NOT, CODED_PERCENT, CODED_STRING, CODED_QUERY } coded; /* what is between words */
	char first; /* HIGH: any byte over 0x7F */
};

static const char HIGH = '\x80';

static const char *find_high(const char *p, size_t n)
{
	size_t i = 0;
	for (char any = 0; n - i >= 128; i += 128) { /* a fixed count, which compilers turn into vector code */
		for (size_t k = 0; k < 128; k++)
			any |= p[i + k];
		if (any & 0x80)
			break;
	}
	while (i < n && !(p[i] & 0x80))
		i++;
	return i < n ? p + i : NULL;
}

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

static void look_on(struct str text, size_t from, size_t to, struct sight *s)
{
	while (from < to) {
		const char *p = s->first == HIGH ? find_high(text.p + from, to - from) :
						   memchr(text.p + from, s->first, to - from);
		s->at = p ? (size_t)(p - text.p) : to;
		if (!p)
			return;
		char then = s->at + 1 < text.n ? text.p[s->at + 1] : 0;
		if ((!s->then || (then && strchr(s->then, then))) &&
		    (s->coded != CODED_STRING || is_line_end(str_from(text, s->at))) &&
		    (s->coded != CODED_QUERY || asp_text(str_from(text, s->at)).n))
			return;
		from = s->at + 1;
	}
	s->at = to;
}

static int hex_value(char c)
{
	return char_is_digit(c) ? c - '0' : char_lower(c) - 'a' + 10;
}

/* with_blanks gives a text in which %20 is a blank, and the like. */
static struct str with_blanks(struct str text, enum coded kind, struct arena *a)
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
static enum err as_words(const struct clean *clean, enum coded kind, struct arena *a, struct str *ret_text)
{
	struct undressed said;
	enum err e = kind == CODED_STRING ? undress_read(clean, clean->text, true, a, &said) : ERR_OK;
	if (e)
		return e;
	*ret_text = kind == CODED_NOT	 ? clean->text :
		    kind == CODED_STRING ? str_part(said.clean->text, said.dress.payload.start, said.dress.payload.end) :
					   with_blanks(clean->text, kind, a);
	return ERR_OK;
}

/* would_find says whether something would be proposed of a line if it were whole. */
static enum err would_find(const struct proposer *p, struct prefilter_scratch *finds, struct codepages *pages,
			   struct str line, enum coded kind, struct arena *a, bool *ret_would)
{
	struct clean clean;
	struct str text;
	line = utf8_valid(line) ? line : codepage_text(pages, line, a);
	enum err e = undo(line, a, &clean);
	*ret_would = false;
	if (e || (!kind && str_eq(clean.text, line)) || (e = as_words(&clean, kind, a, &text)))
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
	struct sight sights[] = { { NULL, 0, CODED_NOT, 0x1B },	   { NULL, 0, CODED_NOT, HIGH },
				  { "0", 0, CODED_NOT, '#' },	   { "nrt", 0, CODED_STRING, '\\' },
				  { "2", 0, CODED_PERCENT, '%' }, { "8", 0, CODED_QUERY, '|' } };
	enum { COUNT = sizeof sights / sizeof *sights };
	enum err e = ERR_OK;
	size_t other = 0;
	for (size_t i = 0; i < COUNT; i++)
		look_on(p->text, from, to, &sights[i]);
	while (!e) {
		size_t at = other < p->other_count ? p->others[other] : to;
		for (size_t i = 0; i < COUNT; i++)
			at = sights[i].at < at ? sights[i].at : at;
		if (at >= to)
			break;
		const char *newline = at ? memrchr(p->text.p, '\n', at) : NULL;
		size_t start = newline ? (size_t)(newline + 1 - p->text.p) : 0;
		newline = memchr(p->text.p + at, '\n', p->text.n - at);
		size_t end = newline ? (size_t)(newline - p->text.p) : p->text.n;
		bool would = false;
		enum coded kind = CODED_NOT;
		for (size_t i = 0; i < COUNT; i++)
			kind = sights[i].at < end && sights[i].coded > kind ? sights[i].coded : kind;
		arena_reset(arena);
		struct str line = { p->text.p + start, end - start };
		if (kind == CODED_QUERY)
			line = asp_text(str_from(p->text, sights[COUNT - 1].at));
		if (end - start <= DAMAGED_LINE_MAX)
			e = would_find(p, finds, pages, line, kind, arena, &would);
		if (!e && would)
			propose_line(p, start);
		for (size_t i = 0; i < COUNT; i++)
			if (sights[i].at < end)
				look_on(p->text, end, to, &sights[i]);
		while (other < p->other_count && p->others[other] < end)
			other++;
	}
	p->joined.known = false; /* of an arena that was emptied */
	return e;
}
