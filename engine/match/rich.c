/* SPDX-License-Identifier: MIT */
#include "match/rich.h"

#include "base/utf8.h"

#include <string.h>

enum { PARTED_MIN = 12 /* letters by themselves */ };

static const struct str head = STR_LIT("{\\rtf");

bool rich_is_source(struct str text)
{
	static const struct str begins[] = { STR_LIT("\\pard"), STR_LIT("{\\rtf") };
	struct str s = str_trim(text);
	if (STR_IS_ANY(s, begins, str_starts))
		return true;
	return text.n && memchr(text.p, '{', text.n) && str_find(text, head) != STR_NONE;
}

/* ---- rich text ---- */

struct word { struct str name; int32_t number; size_t n; /* bytes, the blank behind it with them */ };

static struct word word_at(struct str s)
{
	struct word w = { .n = 1 };
	while (w.n < s.n && char_is_alpha(s.p[w.n]))
		w.n++;
	w.name = str_part(s, 1, w.n);
	bool minus = w.n + 1 < s.n && s.p[w.n] == '-' && char_is_digit(s.p[w.n + 1]);
	w.n += minus;
	for (unsigned digits = 0; w.n < s.n && char_is_digit(s.p[w.n]) && digits < 6; digits++)
		w.number = w.number * 10 + (s.p[w.n++] - '0');
	w.number = minus ? -w.number : w.number;
	w.n += w.n < s.n && s.p[w.n] == ' ';
	return w;
}

/* What is in a group that begins so is no text. */
static bool is_aside(struct str group)
{
	static const struct str names[] = { STR_LIT("\\*"), STR_LIT("\\fonttbl"), STR_LIT("\\colortbl"),
					    STR_LIT("\\stylesheet"), STR_LIT("\\info"), STR_LIT("\\pict"),
					    STR_LIT("\\header"), STR_LIT("\\footer") };
	return STR_IS_ANY(group, names, str_starts);
}

/* The end of the group that s begins with. */
static size_t group_end(struct str s)
{
	size_t at = 0;
	for (unsigned depth = 0; at < s.n; at++) {
		if (s.p[at] == '\\')
			at++;
		else if (s.p[at] == '{')
			depth++;
		else if (s.p[at] == '}' && --depth == 0)
			return at + 1;
	}
	return s.n;
}

static void put_word(struct clean_writer *w, const struct word *word, size_t at)
{
	static const struct { struct str name; char c; } marks[] = {
		{ STR_LIT("par"), '\n' },     { STR_LIT("line"), '\n' },    { STR_LIT("row"), '\n' },
		{ STR_LIT("tab"), ' ' },      { STR_LIT("cell"), ' ' },     { STR_LIT("lquote"), '\'' },
		{ STR_LIT("rquote"), '\'' },  { STR_LIT("ldblquote"), '"' }, { STR_LIT("rdblquote"), '"' },
		{ STR_LIT("endash"), '-' },   { STR_LIT("emdash"), '-' },   { STR_LIT("bullet"), '*' },
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_eq(word->name, marks[i].name))
			clean_put(w, marks[i].c, at);
	if (str_eq(word->name, STR("u")))
		clean_put_char(w, (uint32_t)(word->number < 0 ? word->number + 65536 : word->number), at);
}

static unsigned nibble(char c)
{
	return (unsigned)(char_is_digit(c) ? c - '0' : char_lower(c) - 'a' + 10);
}

/* \'93 in digits */
static bool is_byte(struct str s)
{
	return s.n > 3 && str_starts(s, STR("\\'")) && char_is_hex(s.p[2]) && char_is_hex(s.p[3]);
}

/* What a backslash begins; gives its length. */
static size_t put_escaped(struct clean_writer *w, struct str s, size_t at)
{
	struct str rest = str_from(s, at);
	char c = rest.n > 1 ? rest.p[1] : 0;
	if (char_is_alpha(c)) {
		struct word word = word_at(rest);
		bool wide = str_eq(word.name, STR("u"));
		put_word(w, &word, at);
		struct str behind = str_from(rest, word.n);
		if (wide && is_byte(behind))
			return word.n + 4;
		return word.n + (wide && behind.n && behind.p[0] == '?');
	}
	if (is_byte(rest)) {
		clean_put_1252(w, nibble(rest.p[2]) * 16 + nibble(rest.p[3]), at);
		return 4;
	}
	if (c == '\\' || c == '{' || c == '}')
		clean_put(w, c, at);
	else if (c == '~' || c == '_' || c == '\n')
		clean_put(w, c == '~' ? ' ' : c == '_' ? '-' : '\n', at);
	return c ? utf8_skip(rest, 1) : 1;
}

static bool says_nothing(const struct clean *c)
{
	return !str_trim(c->text).n;
}

enum err rich_undo_source(const struct clean *c, struct arena *a, struct clean *ret_clean)
{
	struct str s = c->text;
	struct clean_writer w;
	size_t found = str_find(s, head), at = found == STR_NONE ? 0 : found;
	if (!clean_begin(&w, c, a, s.n))
		return ERR_NOMEM;
	clean_put_same(&w, 0, at);
	while (at < s.n) {
		char b = s.p[at];
		if (b == '{' && is_aside(str_from(s, at + 1))) {
			at += group_end(str_from(s, at));
		} else if (b == '\\') {
			at += put_escaped(&w, s, at);
		} else {
			if (b != '{' && b != '}' && b != '\n' && b != '\r')
				clean_put(&w, b, at);
			at++;
		}
	}
	if (arena_err(a))
		return ERR_NOMEM;
	struct clean undone = clean_end(&w);
	*ret_clean = says_nothing(&undone) ? *c : undone;
	return ERR_OK;
}

/* ---- parted letters ---- */

static size_t blanks_at(struct str s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && (s.p[at + n] == ' ' || s.p[at + n] == '\t'))
		n++;
	return n;
}

bool rich_is_parted(struct str text)
{
	struct str s = str_trim(text);
	unsigned letters = 0, others = 0, gaps = 0;
	/* most texts end here */
	if (s.n < 2 * PARTED_MIN || s.p[1] != ' ' || (s.p[3] != ' ' && s.p[2] != ' '))
		return false;
	for (size_t at = 0; at < s.n;) {
		size_t n = utf8_skip(s, at) - at, blanks = blanks_at(s, at + n);
		bool alone = at + n == s.n || blanks || s.p[at + n] == '\n';
		while (!alone && at + n < s.n && !char_is_space(s.p[at + n]))
			n++;
		blanks = blanks_at(s, at + n);
		letters += alone && n;
		others += !alone;
		gaps += blanks > 1;
		at += n + blanks;
	}
	return letters >= PARTED_MIN && gaps && others * 5 <= letters;
}

enum err rich_undo_parted(const struct clean *c, struct arena *a, struct clean *ret_clean)
{
	struct str s = c->text;
	struct clean_writer w;
	if (!clean_begin(&w, c, a, s.n))
		return ERR_NOMEM;
	for (size_t at = 0; at < s.n;) {
		size_t blanks = blanks_at(s, at);
		if (blanks > 1)
			clean_put(&w, ' ', at);
		else if (!blanks)
			clean_put(&w, s.p[at], at);
		at += blanks ? blanks : 1;
	}
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_clean = clean_end(&w);
	return ERR_OK;
}
