/* SPDX-License-Identifier: MIT */
#include "scan/damaged.h"

#include "match/damage.h"

#include <string.h>

/* The next damage of each kind, so that each is looked for once. */
struct sight {
	char first;
	const char *then; /* any of these behind it; NULL: whatever */
	size_t at;
};

static void look_on(struct str text, size_t from, size_t to, struct sight *s)
{
	while (from < to) {
		const char *p = memchr(text.p + from, s->first, to - from);
		s->at = p ? (size_t)(p - text.p) : to;
		if (!p || !s->then || (s->at + 1 < text.n && text.p[s->at + 1] && strchr(s->then, text.p[s->at + 1])))
			return;
		from = s->at + 1;
	}
	s->at = to;
}

static int hex_value(char c)
{
	return char_is_digit(c) ? c - '0' : char_lower(c) - 'a' + 10;
}

/* without_percents gives a text in which %20 is a blank, and the like. */
static struct str without_percents(struct str text, struct arena *a)
{
	char *out = arena_alloc(a, text.n + 1);
	size_t n = 0;
	for (size_t i = 0; out && i < text.n; i++) {
		bool coded =
			text.p[i] == '%' && i + 2 < text.n && char_is_hex(text.p[i + 1]) && char_is_hex(text.p[i + 2]);
		int value = coded ? hex_value(text.p[i + 1]) * 16 + hex_value(text.p[i + 2]) : 0;
		bool shown = value >= ' ';
		out[n++] = shown ? (char)value : text.p[i];
		i += shown ? 2 : 0;
	}
	return out ? (struct str){ out, n } : text;
}

/* would_find says whether something would be proposed of a line if it were whole. */
static enum err would_find(const struct proposer *p, struct prefilter_scratch *finds, struct str line, bool percents,
			   struct arena *a, bool *ret_would)
{
	struct clean clean;
	enum err e = damage_undo(line, a, &clean);
	*ret_would = false;
	if (e)
		return e;
	struct proposer whole = *p;
	whole.text = percents ? without_percents(clean.text, a) : clean.text;
	whole.arena = a;
	whole.mark = 0;
	whole.joined = (struct propose_joined){ 0 };
	whole.items = NULL;
	whole.count = whole.cap = 0;
	e = prefilter_scan(whole.literals, finds, whole.text, 0, whole.text.n);
	if (!e && finds->count)
		propose_found(&whole, finds->finds, finds->count);
	*ret_would = whole.count;
	return e ? e : arena_err(a);
}

enum err damaged_propose(struct proposer *p, struct prefilter_scratch *finds, size_t from, size_t to,
			 struct arena *arena)
{
	struct sight sights[] = { { 0x1B, NULL, 0 }, { '\xC2', "\xA0\xAD", 0 }, { '%', "2", 0 } };
	enum { COUNT = sizeof sights / sizeof *sights };
	enum err e = ERR_OK;
	for (size_t i = 0; i < COUNT; i++)
		look_on(p->text, from, to, &sights[i]);
	while (!e) {
		size_t at = to;
		for (size_t i = 0; i < COUNT; i++)
			at = sights[i].at < at ? sights[i].at : at;
		if (at >= to)
			break;
		const char *newline = at ? memrchr(p->text.p, '\n', at) : NULL;
		size_t start = newline ? (size_t)(newline + 1 - p->text.p) : 0;
		newline = memchr(p->text.p + at, '\n', p->text.n - at);
		size_t end = newline ? (size_t)(newline - p->text.p) : p->text.n;
		bool would = false;
		arena_reset(arena);
		if (end - start <= DAMAGED_LINE_MAX)
			e = would_find(p, finds, (struct str){ p->text.p + start, end - start }, sights[2].at < end,
				       arena, &would);
		if (!e && would)
			propose_line(p, start);
		for (size_t i = 0; i < COUNT; i++)
			if (sights[i].at < end)
				look_on(p->text, end, to, &sights[i]);
	}
	p->joined.known = false; /* of an arena that was emptied */
	return e;
}
