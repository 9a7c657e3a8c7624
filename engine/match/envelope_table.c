/* SPDX-License-Identifier: MIT
 *
 * Rows of tables whose fields nobody named, as databases, mail servers, shells and log collectors export them (RFC
 * 4180).
 */
#include "match/envelope_peel.h"
#include "match/stamp.h"

#include <string.h>

enum { FIELDS_MAX = 40, WORDS_MIN = 4, STAMP_MAX = 64 };

struct row {
	struct str message, time, level;
	bool prose; /* a field without quotes is of words: that is no table, but a sentence */
};

static bool is_stamp(struct str s)
{
	struct stamp t;
	return s.n >= 10 && s.n <= STAMP_MAX && char_is_digit(s.p[0]) && stamp_parse(s, &t) && t.month;
}

static void note_field(struct row *r, struct str s, bool quoted)
{
	s = str_trim(s);
	if (!r->time.n && is_stamp(s))
		r->time = s;
	else if (!r->level.n && peel_is_level(s))
		r->level = s;
	else if (!r->message.n && str_has_words(s, WORDS_MIN)) {
		r->prose |= !quoted;
		r->message = quoted ? s : STR("");
	}
}

/* quoted_end gives where the field that begins with a quote ends, behind its other quote; 0 where nothing parts it from
 * what follows. */
static size_t quoted_end(struct str s, char mark)
{
	size_t at = 1;
	while (at < s.n && (s.p[at] != '"' || peel_byte_at(s, at + 1, "\"")))
		at += s.p[at] == '"' ? 2 : 1;
	return at < s.n && (at + 1 == s.n || s.p[at + 1] == mark) ? at + 1 : 0;
}

/* row_read reads a row up to its message. */
static bool row_read(struct str s, char mark, struct row *r)
{
	unsigned fields = 0;
	for (; s.n && fields < FIELDS_MAX && !r->message.n && !r->prose; fields++) {
		bool quoted = s.p[0] == '"';
		size_t end = quoted ? quoted_end(s, mark) : str_find_char(s, mark);
		if (quoted && !end)
			return false;
		end = end == STR_NONE ? s.n : end;
		note_field(r, quoted ? str_part(s, 1, end - 1) : str_first(s, end), quoted);
		s = str_from(s, end + 1);
	}
	return r->message.n && r->time.n && !r->prose;
}

/* "2001-03-12 10:56:20.113 UTC,"app","shop",212,...,ERROR,57014,"text",,,": the message is the first field in quotes
 * that is of words, and a stamp stands before it. */
bool peel_row(struct peel *p)
{
	if (!(p->has & (HAS_TAB | HAS_COMMA)) || !memchr(p->rest.p, '"', p->rest.n))
		return false;
	for (const char *mark = ",;\t"; *mark; mark++) {
		struct row r = { .prose = false };
		if (!row_read(p->rest, *mark, &r))
			continue;
		peel_note(&p->e->time, r.time);
		peel_note(&p->e->level, r.level);
		p->e->coding = str_find(r.message, STR("\"\"")) != STR_NONE ? CODING_QUOTES : CODING_NONE;
		p->rest = r.message;
		peel_kind(p, "table");
		return true;
	}
	return false;
}
