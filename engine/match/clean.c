/* SPDX-License-Identifier: MIT */
#include "match/clean.h"

#include "base/utf8.h"

#include <string.h>

/* The last step that begins at or before an offset, counted in the query or the clean text; NULL before the first. */
static const struct clean_step *step_at(const struct clean *c, size_t offset, bool in_query)
{
	size_t low = 0, high = c->step_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if ((in_query ? c->steps[middle].query : c->steps[middle].clean) <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &c->steps[low - 1] : NULL;
}

size_t clean_offset(const struct clean *c, size_t clean_offset)
{
	const struct clean_step *s = step_at(c, clean_offset, false);
	return s ? s->query + (clean_offset - s->clean) : clean_offset;
}

size_t clean_place(const struct clean *c, size_t query_offset)
{
	const struct clean_step *s = step_at(c, query_offset, true);
	return s ? s->clean + (query_offset - s->query) : query_offset;
}

bool clean_begin(struct clean_writer *w, const struct clean *from, struct arena *a, size_t room)
{
	*w = (struct clean_writer){ .from = from, .arena = a, .room = room, .out = arena_alloc(a, room) };
	return w->out != NULL;
}

static size_t query_offset(struct clean_writer *w, size_t at)
{
	const struct clean *c = w->from;
	while (w->step < c->step_count && c->steps[w->step].clean <= at)
		w->step++;
	return w->step ? c->steps[w->step - 1].query + (at - c->steps[w->step - 1].clean) : at;
}

/* stand_for says which byte of the query the next one stands for. */
static void stand_for(struct clean_writer *w, size_t query)
{
	if (w->due == query)
		return;
	struct clean_step *s = arena_push(w->arena, &w->to.steps, &w->to.step_count, &w->to.step_cap);
	if (s)
		*s = (struct clean_step){ (uint32_t)w->n, (uint32_t)query };
	w->due = query;
}

void clean_put(struct clean_writer *w, char c, size_t at)
{
	size_t query = query_offset(w, at);
	if (w->n == w->room)
		return;
	stand_for(w, query);
	w->out[w->n++] = c;
	w->due++;
}

void clean_put_same(struct clean_writer *w, size_t at, size_t n)
{
	const struct clean *c = w->from;
	for (size_t end = at + n; at < end && w->n < w->room; at += n) {
		size_t query = query_offset(w, at);
		n = end - at < w->room - w->n ? end - at : w->room - w->n;
		if (w->step < c->step_count && c->steps[w->step].clean - at < n)
			n = c->steps[w->step].clean - at;
		stand_for(w, query);
		memcpy(w->out + w->n, c->text.p + at, n);
		w->n += n;
		w->due += n;
	}
}

void clean_put_char(struct clean_writer *w, uint32_t c, size_t at)
{
	char bytes[4];
	size_t n = utf8_bytes(c, bytes);
	for (size_t i = 0; i < n; i++)
		clean_put(w, bytes[i], at);
}

void clean_put_1252(struct clean_writer *w, unsigned byte, size_t at)
{
	static const char *const quotes = "''\"\"*--"; /* 0x91 .. 0x97 */
	if (byte >= 0x91 && byte <= 0x97)
		clean_put(w, quotes[byte - 0x91], at);
	else if (byte >= 0xA0)
		clean_put_char(w, byte, at);
	else
		clean_put(w, byte < 0x20 || byte >= 0x7F ? ' ' : (char)byte, at);
}

struct clean clean_end(struct clean_writer *w)
{
	w->to.text = (struct str){ w->out, w->n };
	return w->to;
}
