/* SPDX-License-Identifier: MIT
 *
 * Marks in a chunk: see marks.h.
 */
#include "scan/marks.h"

#include "base/utf8.h"
#include "match/envelope.h"
#include "match/stamp.h"

#include <string.h>

enum err marks_open(const struct over_time *o, const struct literal_table *literals, struct arena *a,
		    struct marks *ret_marks)
{
	struct marks m = { .over_time = o, .literals = literals, .of_mark = arena_array(a, bool, literals->count) };
	for (uint32_t i = 0; m.of_mark && i < literals->count; i++)
		for (uint32_t k = literals->literals[i].message_at; k < literals->literals[i + 1].message_at; k++)
			m.of_mark[i] |= literal_is_mark(literals, &literals->messages[k]);
	if (!m.of_mark)
		return ERR_NOMEM;
	*ret_marks = m;
	return ERR_OK;
}

enum { MARK_BACK_LINES = 64 };

struct gatherer {
	const struct marks *marks;
	struct str text;
	size_t counted; /* newlines before this place are in line */
	uint64_t line;
	struct arena *arena;
	struct scan_mark **items;
	size_t *count, *cap;
};

static uint64_t line_of(struct gatherer *g, size_t at)
{
	while (g->counted < at) {
		const char *newline = memchr(g->text.p + g->counted, '\n', at - g->counted);
		if (!newline)
			break;
		g->line++;
		g->counted = (size_t)(newline - g->text.p) + 1;
	}
	return g->line;
}

static bool is_same(const struct scan_mark *a, const struct scan_mark *b)
{
	return str_eq(a->id, b->id) && str_eq(a->name, b->name);
}

/* look_back gives a mark what the last one of its thread bound. */
static void look_back(const struct gatherer *g, struct scan_mark *m)
{
	const struct scan_mark *items = *g->items;
	for (size_t i = items ? *g->count : 0; m->thread.n && !m->capture_count && i--;) {
		const struct scan_mark *before = &items[i];
		if (m->line - before->line > MARK_BACK_LINES)
			break;
		if (!is_same(m, before) || !str_eq(m->thread, before->thread))
			continue;
		m->captures = before->captures;
		m->capture_count = before->capture_count;
	}
}

/* add: a line is a mark of one name once, by the template that binds most. */
static void add(struct gatherer *g, struct scan_mark *m)
{
	struct scan_mark *last = *g->count ? &(*g->items)[*g->count - 1] : NULL;
	if (last && last->line == m->line && is_same(last, m)) {
		if (m->capture_count > last->capture_count)
			*last = *m;
		return;
	}
	look_back(g, m);
	struct scan_mark *slot = arena_push(g->arena, g->items, g->count, g->cap);
	if (slot)
		*slot = *m;
}

static void take(struct gatherer *g, size_t from, struct str line, uint32_t number)
{
	const struct over_time_mark *m = over_time_find(g->marks->over_time, number);
	struct match_capture captures[MARK_VARS_MAX];
	size_t count = 0;
	if (!m || !over_time_fits(m, line, captures, &count))
		return;
	struct match_capture *kept = arena_array(g->arena, struct match_capture, count);
	struct match_envelope dress;
	if (!kept)
		return;
	for (size_t i = 0; i < count; i++) {
		kept[i] = captures[i];
		kept[i].value = arena_str(g->arena, captures[i].value);
	}
	envelope_read(utf8_mend(line, g->arena), &dress);
	add(g, &(struct scan_mark){ .line = line_of(g, from),
				    .time = stamp_iso(dress.time, g->arena),
				    .id = m->id,
				    .name = m->mark.name,
				    .thread = arena_str(g->arena, dress.thread),
				    .captures = kept,
				    .capture_count = count });
}

/* The line that holds a place; a piece of it where it is overlong. */
static struct str line_at(struct str text, size_t at, size_t *ret_from)
{
	size_t low = at > SCAN_TEXT_MAX ? at - SCAN_TEXT_MAX : 0,
	       high = text.n - at > SCAN_TEXT_MAX ? at + SCAN_TEXT_MAX : text.n;
	const char *before = memrchr(text.p + low, '\n', at - low), *behind = memchr(text.p + at, '\n', high - at);
	*ret_from = before ? (size_t)(before - text.p) + 1 : low;
	size_t to = behind ? (size_t)(behind - text.p) : high;
	return str_trim_end((struct str){ text.p + *ret_from, to - *ret_from });
}

void marks_take(const struct marks *m, const struct chunk *c, const struct prefilter_find *finds, size_t count,
		size_t skipped, struct arena *a, struct scan_mark **items, size_t *item_count, size_t *item_cap)
{
	struct gatherer g = { .marks = m,
			      .text = buf_str(&c->text),
			      .counted = c->start,
			      .arena = a,
			      .items = items,
			      .count = item_count,
			      .cap = item_cap };
	for (size_t i = 0; i < count; i++) {
		size_t at = skipped + finds[i].at, from;
		const struct file_literal *l = &m->literals->literals[finds[i].literal];
		if (!m->of_mark[finds[i].literal] || at < c->start || at >= c->end)
			continue;
		struct str line = line_at(g.text, at, &from);
		for (uint32_t k = l->message_at; k < l[1].message_at; k++)
			if (literal_is_mark(m->literals, &m->literals->messages[k]))
				take(&g, from, line, m->literals->messages[k].owner - m->literals->mark_from);
	}
}
