/* SPDX-License-Identifier: MIT */
#include "match/lines.h"

#include "match/coded.h"
#include "match/envelope.h"

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
static bool undress(struct str line, struct str first_line, const struct match_envelope *first,
		    struct match_envelope *dress)
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
	size_t from = trimmed.n ? (size_t)(trimmed.p - line.p) : line.n;
	if (is_dressed(dress, first)) {
		if (!first->kind.n) /* all of it is behind the message, which may go on with what looks like a thread */
			dress->payload.start = from;
		return true;
	}
	dress->payload = (struct match_span){ from, from + trimmed.n };
	return false;
}

/* keep_level gives a message back the level that it begins with itself: a number stands behind it ("ERROR 1045 (28000):
 * ..."), and the line behind has none in its dress. */
static void keep_level(struct str line, struct str rest, struct match_envelope *dress)
{
	struct str level = dress->level, next;
	struct match_envelope behind;
	size_t at = level.n ? (size_t)(level.p - line.p) : line.n, from = at + level.n, start = dress->payload.start;
	if (!level.n || level.p < line.p || from >= start || !char_is_digit(line.p[start]) || !str_line(&rest, &next))
		return;
	for (size_t i = from; i < start; i++)
		if (line.p[i] != ' ')
			return;
	envelope_read(next, &behind);
	if (behind.level.n || !dress->time.n || !str_eq(behind.kind, dress->kind))
		return;
	dress->payload.start = at;
	dress->level = STR("");
}

enum err lines_join(const struct clean *c, struct arena *a, struct clean *ret_joined, struct match_envelope *ret_dress,
		    bool *ret_dressed)
{
	struct clean_writer w;
	struct match_envelope first = { .kind = STR("") };
	struct str rest = c->text, line, first_line = STR("");
	bool dressed = false;
	if (!clean_begin(&w, c, a, c->text.n + LINES_JOINED_MAX))
		return ERR_NOMEM;
	for (unsigned n = 0; n < LINES_JOINED_MAX && str_line(&rest, &line); n++) {
		struct match_envelope dress;
		size_t at = (size_t)(line.p - c->text.p);
		bool undone = false;
		if (n) {
			undone = undress(line, first_line, &first, &dress);
			clean_put(&w, '\n', at - 1);
		} else {
			envelope_read(line, &dress);
			keep_level(line, rest, &dress);
			first_line = line;
		}
		coded_add(&w, at + dress.payload.start, at + dress.payload.end, CODING_NONE);
		dressed |= undone;
		if (!n || (undone && !first.kind.n))
			first = dress;
	}
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_joined = clean_end(&w);
	first.payload = (struct match_span){ 0, ret_joined->text.n };
	*ret_dress = first;
	*ret_dressed = dressed;
	return ERR_OK;
}
