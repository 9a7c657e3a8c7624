/* SPDX-License-Identifier: MIT */
#include "match/lines.h"

#include "match/envelope.h"

#include <string.h>

struct joiner {
	const struct clean *from;
	struct arena *arena;
	struct clean joined;
	char *out;
	size_t n;
};

/* take adds a piece of the text with its part of the map. */
static void take(struct joiner *j, size_t start, size_t end)
{
	struct clean *to = &j->joined;
	struct damage_step *s = arena_push(j->arena, &to->steps, &to->step_count, &to->step_cap);
	if (s)
		*s = (struct damage_step){ (uint32_t)j->n, (uint32_t)damage_offset(j->from, start) };
	for (size_t i = 0; i < j->from->step_count; i++) {
		struct damage_step x = j->from->steps[i];
		if (x.clean <= start || x.clean >= end)
			continue;
		x.clean = (uint32_t)(j->n + (x.clean - start));
		s = arena_push(j->arena, &to->steps, &to->step_count, &to->step_cap);
		if (s)
			*s = x;
	}
	if (end > start)
		memcpy(j->out + j->n, j->from->text.p + start, end - start);
	j->n += end - start;
}

/* SMS puts its dress behind the last line of a message. */
static bool is_dressed(const struct match_envelope *line, const struct match_envelope *first)
{
	return line->time.n && (str_eq(line->kind, first->kind) || (!first->kind.n && str_eq(line->kind, STR("sms"))));
}

static bool same_shape(struct str a, struct str b)
{
	if (a.n > b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (a.p[i] != b.p[i] && !(char_is_digit(a.p[i]) && char_is_digit(b.p[i])))
			return false;
	return true;
}

/* What a line behind the first one says: behind the first one's dress, where it wears the same but for digits (so that
 * nothing of the message is taken for a part of the dress), or behind one of its kind; else all of it. */
static bool undress(struct str line, struct str first_line, const struct match_envelope *first, struct match_envelope *dress)
{
	struct str trimmed = str_trim(line);
	size_t start = first->payload.start;
	envelope_read(line, dress);
	if (first->time.n && start && same_shape(str_first(first_line, start), line)) {
		dress->payload.start = start;
		if (dress->payload.end < start || !dress->kind.n)
			dress->payload.end = line.n;
		return true;
	}
	if (is_dressed(dress, first))
		return true;
	size_t from = trimmed.n ? (size_t)(trimmed.p - line.p) : line.n;
	dress->payload = (struct match_span){ from, from + trimmed.n };
	return false;
}

enum err lines_join(const struct clean *c, struct arena *a, struct clean *ret_joined, struct match_envelope *ret_dress,
		    bool *ret_dressed)
{
	struct joiner j = { .from = c, .arena = a, .out = arena_alloc(a, c->text.n + LINES_JOINED_MAX) };
	struct match_envelope first = { .kind = STR("") };
	struct str rest = c->text, line, first_line = STR("");
	bool dressed = false;
	for (unsigned n = 0; j.out && n < LINES_JOINED_MAX && str_line(&rest, &line); n++) {
		struct match_envelope dress;
		size_t at = (size_t)(line.p - c->text.p);
		bool undone = false;
		if (n) {
			undone = undress(line, first_line, &first, &dress);
			take(&j, at - 1, at); /* the line end */
		} else {
			envelope_read(line, &dress);
			first_line = line;
		}
		take(&j, at + dress.payload.start, at + dress.payload.end);
		dressed |= undone;
		if (!n || (undone && !first.kind.n))
			first = dress;
	}
	if (arena_err(a))
		return ERR_NOMEM;
	j.joined.text = (struct str){ j.out, j.n };
	first.payload = (struct match_span){ 0, j.n };
	*ret_joined = j.joined;
	*ret_dress = first;
	*ret_dressed = dressed;
	return ERR_OK;
}
