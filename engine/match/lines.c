/* SPDX-License-Identifier: MIT */
#include "match/lines.h"

#include "match/coded.h"
#include "match/envelope.h"

#include <string.h>

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

/* mark_word: bytes of a word with a mark behind it ("E: ", "web_1  | ", "app[412]: ") or in brackets ("[worker 3] "),
 * and of the blanks behind that; 0 where the line begins with none. */
static size_t mark_word(struct str line)
{
	enum { WORD_MAX = 32 };
	struct str rest = line, word, mark;
	if (!line.n || !str_word(&rest, &word) || word.p != line.p)
		return 0;
	char close = word.p[0] == '[' ? ']' : word.p[0] == '(' ? ')' : 0;
	size_t end = close ? str_find_char(str_first(line, WORD_MAX), close) : STR_NONE, n = word.n;
	struct str behind = rest;
	if (end != STR_NONE && end + 1 > word.n)
		n = end + 1;
	else if (str_word(&behind, &mark) && mark.n == 1 && strchr("|->", mark.p[0]))
		n = (size_t)(behind.p - line.p);
	if (n > WORD_MAX || !strchr(":)]>|-", line.p[n - 1]))
		return 0;
	size_t word_end = n;
	while (n < line.n && char_is_space(line.p[n]))
		n++;
	return n > word_end && n < line.n ? n : 0;
}

/* repeated: bytes of the words with marks that both begin with, but for digits. */
static size_t repeated(struct str line, struct str other)
{
	enum { WORDS_MAX = 3 };
	size_t n = 0;
	for (unsigned words = 0; words < WORDS_MAX; words++) {
		size_t word = mark_word(str_from(line, n));
		if (!word || !same_shape(str_first(line, n + word), other))
			break;
		n += word;
	}
	return n;
}

bool lines_may_repeat(struct str payload)
{
	return mark_word(payload) > 0;
}

size_t lines_worn(struct str line, struct str other, const struct match_envelope *dress)
{
	size_t start = dress->payload.start;
	struct str payload = str_part(line, start, dress->payload.end);
	if (other.n <= start || !same_shape(str_first(line, start), other))
		return 0;
	size_t head = envelope_head(payload, start > 0);
	return start + (head && same_shape(str_first(line, start + head), other) ? head :
									repeated(payload, str_from(other, start)));
}

/* What a line behind the first one says: behind what stands before the first one's message, where it wears the same but
 * for digits (so that nothing of the message is taken for a part of the dress), or behind a dress of its kind; else all
 * of it. */
static bool undress(struct str line, struct str first_line, bool worn, const struct match_envelope *first,
		    struct match_envelope *dress)
{
	struct str trimmed = str_trim(line);
	size_t start = first->payload.start;
	envelope_read(line, dress);
	if (start && (first->time.n || worn) && same_shape(str_first(first_line, start), line)) {
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
	size_t worn = 0;
	if (!clean_begin(&w, c, a, c->text.n + LINES_JOINED_MAX))
		return ERR_NOMEM;
	for (unsigned n = 0; n < LINES_JOINED_MAX && str_line(&rest, &line); n++) {
		struct match_envelope dress;
		size_t at = (size_t)(line.p - c->text.p);
		bool undone = false;
		if (n) {
			undone = undress(line, first_line, worn, &first, &dress);
			clean_put(&w, '\n', at - 1);
		} else {
			envelope_read(line, &dress);
			keep_level(line, rest, &dress);
			first_line = line;
			struct str behind = rest, next = STR("");
			str_line(&behind, &next);
			worn = lines_worn(line, next, &dress);
			if (worn)
				dress.payload.start = worn;
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
