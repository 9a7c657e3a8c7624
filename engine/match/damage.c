/* SPDX-License-Identifier: MIT */
#include "match/damage.h"

#include "base/utf8.h"
#include "match/coded.h"
#include "match/lookalike.h"
#include "match/markup.h"
#include "match/rich.h"
#include "match/tags.h"

#include <string.h>

enum { FENCE_NAME_MAX = 24, PAIR_MAX = 400, PAIR_MIN = 12 };

static size_t digits_end(struct str s, size_t at)
{
	while (at < s.n && char_is_digit(s.p[at]))
		at++;
	return at;
}

/* "+text", "-text" of a patch, "12: text" of what numbers lines: where each of several lines begins so. Behind the mark
 * of a line; 0 where it has none: "-2147024843" is a number. */
static size_t patch_mark_at(struct str line, uint64_t number)
{
	(void)number;
	char first = line.n ? line.p[0] : 0, then = line.n > 1 ? line.p[1] : 0;
	size_t end = digits_end(line, 1);
	bool negative = first == '-' && end > 1 && !(end < line.n && strchr("-/:.", line.p[end]));
	return (first == '+' || first == '-') && then != first && !negative;
}

/* What a number at a line's beginning goes on with: "1.5", "10.0.0.9" and a clock, "10:56:20"; what "10:10:56:20"
 * begins with is none. */
static bool goes_on_at(struct str s, size_t at)
{
	static const struct str shape = STR_LIT(":00:00");
	if (at + 1 < s.n && s.p[at] == '.' && char_is_digit(s.p[at + 1]))
		return true;
	for (size_t i = 0; i < shape.n; i++)
		if (at + i >= s.n || (shape.p[i] == '0' ? !char_is_digit(s.p[at + i]) : s.p[at + i] != ':'))
			return false;
	return at + shape.n == s.n || s.p[at + shape.n] != ':';
}

static size_t number_mark_at(struct str line, uint64_t number)
{
	size_t start = 0, end;
	uint64_t value;
	while (start < line.n && char_is_space(line.p[start]))
		start++;
	end = digits_end(line, start);
	if (end == line.n || !strchr(":|.) \t", line.p[end]) || !str_u64(str_part(line, start, end), &value) ||
	    value != number || goes_on_at(line, end))
		return 0;
	return end + 1;
}

typedef size_t line_mark(struct str line, uint64_t number);

/* The mark that all lines have, of two or more; of a text with other lines none. */
static line_mark *mark_of_lines(struct str text, uint64_t *ret_first)
{
	static line_mark *const marks[] = { patch_mark_at, number_mark_at };
	struct str first = str_trim(text), line;
	size_t digits = 0;
	while (digits < first.n && digits < 9 && char_is_digit(first.p[digits]))
		digits++;
	if (!str_u64(str_first(first, digits), ret_first))
		*ret_first = 0;
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		struct str rest = text;
		uint64_t lines = 0;
		bool all = true;
		while (all && str_line(&rest, &line))
			if (str_trim(line).n)
				all = marks[i](line, *ret_first + lines++) > 0;
		if (all && lines > 1)
			return marks[i];
	}
	return NULL;
}

struct mender {
	struct str in;
	struct clean_writer w; /* what is written never overtakes what was read */
	size_t at;
	bool line_start;
	bool strings; /* of JSON and the like: where they end, the dress has to see */
	bool escaped; /* Markdown's backslashes */
	bool emoji; /* there may be some by name */
	struct tags tags;
	size_t tick; /* the backtick that ends a pair stands here */
	size_t twins; /* up to here letters of another alphabet are Latin ones */
	line_mark *mark; /* that all lines begin with */
	uint64_t line; /* the number of the next one */
};

static void put(struct mender *m, char c)
{
	clean_put(&m->w, c, m->at);
}

static bool is_final(char c)
{
	return c >= '0' && c <= '~';
}

/* A terminal's control sequence (ECMA-48 5.4, 5.6): ESC [ parameters and a final byte, ESC ] text up to BEL or ESC \,
 * and the choice of a character set. */
static size_t ansi_at(struct str s)
{
	size_t n = 2;
	if (s.n < 3 || s.p[0] != 0x1B)
		return 0;
	if (s.p[1] == '(' || s.p[1] == ')')
		return 2 + is_final(s.p[2]);
	if (s.p[1] == '[') {
		while (n < s.n && n < 24 && s.p[n] >= ' ' && s.p[n] < '@')
			n++;
		return n + (n < s.n && is_final(s.p[n]));
	}
	if (s.p[1] != ']')
		return 0;
	while (n < s.n && n < 300 && s.p[n] != 0x07 && s.p[n] != 0x1B && s.p[n] != '\n')
		n++;
	if (n == s.n || (s.p[n] != 0x07 && s.p[n] != 0x1B))
		return 0;
	return n + 1 + (n + 1 < s.n && s.p[n] == 0x1B && s.p[n + 1] == '\\');
}

/* The same where the escape byte was written out, or fell away and only colours are left: "^[[31m", "\x1b[0m",
 * "[1;31m". */
static size_t written_ansi_at(struct str s)
{
	static const struct str names[] = { STR_LIT("^["),   STR_LIT("\\x1b"),   STR_LIT("\\033"),
					    STR_LIT("\\e"), STR_LIT("\\u001b"), STR_LIT("") };
	size_t n = 0;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!str_starts_nocase(s, names[i]) || names[i].n >= s.n || s.p[names[i].n] != '[')
			continue;
		for (n = names[i].n + 1; n < s.n && n < 24 && (char_is_digit(s.p[n]) || s.p[n] == ';'); n++)
			;
		bool parameters = n > names[i].n + 1, colour = n < s.n && s.p[n] == 'm';
		if (names[i].n ? n < s.n && (colour || s.p[n] == 'K') :
				 colour && parameters && (n + 1 == s.n || s.p[n + 1] != ']'))
			return n + 1;
	}
	return 0;
}

/* Some writers of JSON keep HTML's characters out of a line: \u003c is <. Letters are not written so. */
static size_t unicode_escape_at(struct str s, char *ret_c)
{
	uint64_t value;
	char digits[] = "0x00";
	if (s.n < 6 || (s.p[1] != 'u' && s.p[1] != 'U') || s.p[2] != '0' || s.p[3] != '0')
		return 0;
	memcpy(digits + 2, s.p + 4, 2);
	if (!str_u64(str_c(digits), &value) ||
	    (value != 0xA0 && (value < 0x20 || value > 0x7E || char_is_alnum((char)value))))
		return 0;
	*ret_c = value == 0xA0 ? ' ' : (char)value;
	return 6;
}

/* ">> text", "> | text": marks of quoting at a line's start, and the space behind them. */
static size_t marks_at(struct str s)
{
	size_t n = 0, last = 0, blanks = 0;
	while (n < s.n && n < 40) {
		bool bar = s.p[n] == '|' && (n + 1 == s.n || char_is_space(s.p[n + 1]) || s.p[n + 1] == '>');
		if (s.p[n] == ' ') {
			blanks++;
		} else if (s.p[n] == '>' || bar) {
			last = n + 1;
			blanks = 0;
		} else {
			break;
		}
		n++;
	}
	return last && last < s.n && (s.p[last] == ' ' || s.p[last] == '\t') ? last + 1 : last;
}

/* A line of nothing but dashes or the like, and the fences of Markdown. */
static size_t ruler_at(struct str s)
{
	size_t n = 0, end = str_find_char(str_first(s, PAIR_MAX), '\n');
	end = end == STR_NONE ? s.n : end;
	if (!s.n || !strchr("-=*_~`", s.p[0]))
		return 0;
	while (n < end && s.p[n] == s.p[0])
		n++;
	struct str behind = str_trim(str_part(s, n, end));
	bool fence = s.p[0] == '`' && behind.n < FENCE_NAME_MAX && str_find_char(behind, ' ') == STR_NONE &&
		     str_find_char(behind, '`') == STR_NONE;
	return n > 2 && (!behind.n || fence) ? end : 0;
}

/* "**text**": the marks of bold letters, two of them, with the text on one side only. */
static bool is_bold_mark(const struct mender *m)
{
	struct str rest = str_from(m->in, m->at);
	char before = m->at ? m->in.p[m->at - 1] : '\n', after = rest.n > 2 ? rest.p[2] : '\n';
	if (rest.n < 2 || rest.p[1] != '*' || before == '*' || after == '*')
		return false;
	return char_is_space(before) != (char_is_space(after) || (after && strchr(".,:;!?)", after)));
}

/* A message between backticks ends where they do, as it does between quotes. */
static bool is_tick(struct mender *m)
{
	if (m->tick && m->at == m->tick) {
		m->tick = 0;
		return true;
	}
	struct str rest = str_first(str_from(m->in, m->at + 1), PAIR_MAX);
	size_t end = str_find_char(rest, '`');
	char before = m->at ? m->in.p[m->at - 1] : ' ';
	if (m->tick > m->at || end == STR_NONE || end < PAIR_MIN || !(char_is_space(before) || before == '(') ||
	    char_is_space(rest.p[0]) || str_find_char(str_first(rest, end), ' ') == STR_NONE ||
	    str_find_char(str_first(rest, end), '\n') != STR_NONE)
		return false;
	m->tick = m->at + 1 + end;
	return true;
}

/* Characters that look like something simpler. */
static bool put_lookalike(struct mender *m, uint32_t c)
{
	struct str says;
	if (!lookalike_of(c, &says))
		return false;
	for (size_t i = 0; i < says.n; i++)
		put(m, says.p[i]);
	return true;
}

/* A character that was written as a number. */
static void put_char(struct mender *m, uint32_t c)
{
	if (c < 0x20 || c == 0x7F)
		put(m, c == '\n' ? '\n' : ' ');
	else if (c < 0x7F)
		put(m, (char)c);
	else if (!put_lookalike(m, c))
		clean_put_char(&m->w, c, m->at);
}

/* Of Chinese and Japanese a stop or a comma parts their own words; behind Latin ones, and before such, it is theirs. */
static bool is_own_stop(struct str text, size_t at, size_t next)
{
	bool latin = at && !(text.p[at - 1] & 0x80) && (next == text.n || !(text.p[next] & 0x80));
	return lookalike_is_wide_stop(str_part(text, at, next)) && !latin;
}

static void step_wide(struct mender *m)
{
	size_t next = m->at, misread;
	uint32_t c = utf8_next(m->in, &next), was;
	char twin = lookalike_twin(c);
	if (twin && m->at >= m->twins)
		m->twins = lookalike_twins_end(m->in, m->at);
	if (twin && m->at < m->twins)
		put(m, twin);
	else if ((misread = lookalike_misread(str_from(m->in, m->at), &was)) > 0 && put_lookalike(m, was))
		next = m->at + misread;
	else if (c == UTF8_INVALID || is_own_stop(m->in, m->at, next) || !put_lookalike(m, c))
		for (; m->at < next; m->at++)
			put(m, m->in.p[m->at]);
	m->at = next;
}

/* "connec-" LF "tion" is one word again; what is no lower case on both sides stays. */
static bool is_hyphenation(const struct mender *m, size_t *ret_next)
{
	struct str rest = str_from(m->in, m->at + 1);
	size_t n = 0;
	if (!m->w.n || !char_is_lower(m->w.out[m->w.n - 1]))
		return false;
	if (n < rest.n && rest.p[n] == '\r')
		n++;
	if (n == rest.n || rest.p[n++] != '\n')
		return false;
	while (n < rest.n && (rest.p[n] == ' ' || rest.p[n] == '\t' || rest.p[n] == '>'))
		n++;
	*ret_next = m->at + 1 + n;
	return n < rest.n && char_is_lower(rest.p[n]);
}

/* What Markdown escapes, where all backslashes of a text do nothing else: "NT\_STATUS \(53\)". */
static bool is_markdown_escaped(struct str s)
{
	unsigned marks = 0;
	for (size_t at = 0; at < s.n; at++) {
		const char *slash = memchr(s.p + at, '\\', s.n - at);
		if (!slash)
			break;
		at = (size_t)(slash - s.p) + 1;
		if (at == s.n || !s.p[at] || !strchr("\\_()[]*<>=#`.!+-|{}", s.p[at]))
			return false;
		marks += s.p[at] != '\\';
	}
	return marks > 1;
}

/* \"name\": only where a name begins, for "C:\dir\" ends with the one and the other. */
static bool is_escaped_quote(const struct mender *m)
{
	if (m->strings)
		return false;
	struct str rest = str_from(m->in, m->at);
	char before = m->at ? m->in.p[m->at - 1] : ' ';
	if (str_eq(rest, STR("\\\"\"")))
		return true; /* a string in a string ends */
	return rest.n > 2 && (rest.p[1] == '"' || rest.p[1] == '\'') && char_is_alnum(rest.p[2]) &&
	       (char_is_space(before) || strchr("(=:[,", before));
}

/* What may stand at a line's start only. */
static size_t line_start_at(struct mender *m, struct str rest)
{
	size_t n = m->mark ? m->mark(str_first(rest, str_find_char(rest, '\n')), m->line) : 0, ruler;
	m->line_start = false;
	m->line += n > 0;
	if (n || (n = marks_at(rest)) > 0) {
		m->line_start = !m->mark; /* a ruler may stand behind marks */
		return n;
	}
	return (ruler = ruler_at(rest)) > 0 ? ruler : 0;
}

/* "#012": a control character as syslog's daemons write it (rsyslog's EscapeControlCharactersOnReceive). A number that
 * begins so stands by itself. */
static size_t control_at(struct str text, size_t at, char *ret_c)
{
	static const struct { struct str text; char c;
	} controls[] = { { STR_LIT("#012"), '\n' }, { STR_LIT("#011"), '\t' }, { STR_LIT("#015"), ' ' } };
	struct str s = str_from(text, at);
	bool number = s.n > 4 && char_is_digit(s.p[4]) && (!at || char_is_space(text.p[at - 1]));
	for (size_t i = 0; !number && i < sizeof controls / sizeof *controls; i++) {
		*ret_c = controls[i].c;
		if (str_starts(s, controls[i].text))
			return controls[i].text.n;
	}
	return 0;
}

/* ":cry:": an emoji as chats name it, a word by itself; ":8080:" is a port. */
static size_t emoji_at(const struct mender *m, struct str s)
{
	size_t n = 1;
	if ((m->at && !char_is_space(m->in.p[m->at - 1])) || (s.n > 1 && char_is_digit(s.p[1])))
		return 0;
	while (n < s.n && n < 32 && (char_is_lower(s.p[n]) || char_is_digit(s.p[n]) || strchr("_+-", s.p[n])))
		n++;
	return n > 2 && n < s.n && s.p[n] == ':' && (n + 1 == s.n || char_is_space(s.p[n + 1])) ? n + 1 : 0;
}

/* skip_at gives the length of what falls away here, and what stands for it; 0 where the character stays. */
static size_t skip_at(struct mender *m, struct str rest, char *ret_c)
{
	size_t n = 0, next;
	*ret_c = 0;
	switch (rest.p[0]) {
	case 0x1B: return ansi_at(rest);
	case '^': return written_ansi_at(rest);
	case '\\':
		if (m->strings && m->at && m->in.p[m->at - 1] == '\\') /* the backslash is escaped itself */
			return 0;
		if ((n = unicode_escape_at(rest, ret_c)) > 0 || (n = written_ansi_at(rest)) > 0)
			return n;
		if (m->escaped && rest.n > 1) {
			*ret_c = rest.p[1];
			return 2;
		}
		if (str_starts(rest, STR("\\n\")"))) { /* the end of a string in a program */
			*ret_c = '\n';
			return 2;
		}
		return is_escaped_quote(m);
	case '<': return (n = tags_at(&m->tags, rest, ret_c)) > 0 ? n : tags_mark_at(rest);
	case ']':
		if (m->tags.forum || !str_starts(rest, STR("]]>")))
			return 0;
		return 3;
	case '[': return (n = tags_forum_at(&m->tags, rest)) > 0 ? n : written_ansi_at(rest);
	case '{':
	case '}': return tags_forum_at(&m->tags, rest);
	case '*': return is_bold_mark(m) ? 2 : 0;
	case '`':
		*ret_c = '"';
		return is_tick(m);
	case '-': return is_hyphenation(m, &next) ? next - m->at : 0;
	case '#': return control_at(m->in, m->at, ret_c);
	case ':': return emoji_at(m, rest);
	default: return 0;
	}
}

static void step(struct mender *m)
{
	struct str rest = str_from(m->in, m->at);
	char c = rest.p[0], other;
	uint32_t wide;
	size_t n = 0;
	if (m->line_start && (n = line_start_at(m, rest)) > 0) {
		m->at += n;
		return;
	}
	if ((unsigned char)c >= 0x80) {
		step_wide(m);
		return;
	}
	m->line_start = c == '\n';
	if ((n = skip_at(m, rest, &other)) > 0) {
		if (other)
			put(m, other);
		m->at += n;
	} else if (c == '&' && (n = tags_entity_at(rest, &wide)) > 0) {
		put_char(m, wide);
		m->at += n;
	} else {
		if (c == '\n' || c == '\t' || (unsigned char)c >= 0x20)
			put(m, c);
		else if (c)
			put(m, ' ');
		m->at++;
	}
}

/* " :" with a letter behind it, or a text that begins so. */
static bool may_name_emoji(struct str text)
{
	size_t at = str_find(text, STR(" :"));
	return (text.n && text.p[0] == ':') || (at != STR_NONE && at + 2 < text.n && !char_is_space(text.p[at + 2]));
}

/* Characters that nothing is made of, wherever they stand but at a line's start. */
static bool is_harmless(const struct mender *m, char c)
{
	static const bool harmless[256] = {
		['a' ... 'z'] = true, ['A' ... 'Z'] = true, ['0' ... '9'] = true, [' '] = true, ['.'] = true,
		[','] = true, [':'] = true, [';'] = true, ['('] = true, [')'] = true, ['"'] = true, ['\''] = true,
		['/'] = true, ['_'] = true, ['='] = true,
	};
	return harmless[(unsigned char)c] && !(c == ':' && m->emoji);
}

/* put_harmless takes what stays as it is up to the next character that may not. */
static void put_harmless(struct mender *m)
{
	size_t n = 0;
	while (!m->line_start && m->at + n < m->in.n && is_harmless(m, m->in.p[m->at + n]))
		n++;
	clean_put_same(&m->w, m->at, n);
	m->at += n;
}

enum err damage_mend(const struct clean *from, struct arena *a, struct clean *ret_clean)
{
	struct mender m = { .in = from->text, .line_start = true };
	struct markup_record record;
	struct str two[2];
	/* its tags tell what is what; what it says is mended when they are undone */
	if (markup_read(m.in, &record) || markup_split(m.in, two, 2)) {
		*ret_clean = *from;
		return ERR_OK;
	}
	if (!clean_begin(&m.w, from, a, from->text.n))
		return ERR_NOMEM;
	m.strings = str_find(m.in, STR("\":")) != STR_NONE || str_find(m.in, STR("=\"")) != STR_NONE ||
		    str_find(m.in, STR("{\"")) != STR_NONE || coded_is_string(m.in);
	m.escaped = !m.strings && is_markdown_escaped(m.in);
	tags_gather(m.in, &m.tags);
	m.emoji = may_name_emoji(m.in);
	m.mark = mark_of_lines(m.in, &m.line);
	while (m.at < m.in.n) {
		step(&m);
		put_harmless(&m);
	}
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_clean = clean_end(&m.w);
	return ERR_OK;
}

/* What step would do to this character or from it on; yes where that takes more to tell. */
static bool may_change(struct mender *m, struct str rest)
{
	char c = rest.p[0], behind = rest.n > 1 ? rest.p[1] : 0, other;
	uint32_t wide;
	switch (c) {
	case '^':
		return written_ansi_at(rest) > 0;
	case '\\':
	case '`':
		return true;
	case '<':
		return behind == '/' || behind == '!' || tags_at(&m->tags, rest, &other) > 0;
	case ']':
		return behind == ']';
	case '[':
		return behind == '/' || written_ansi_at(rest) > 0;
	case '{':
	case '}':
		return tags_forum_at(&m->tags, rest) > 0;
	case '*':
		return behind == '*';
	case '-':
		return behind == '\n' || behind == '\r';
	case '&':
		return tags_entity_at(rest, &wide) > 0;
	case '#':
		return control_at(m->in, (size_t)(rest.p - m->in.p), &other) > 0;
	case ':':
		return m->emoji && behind && (char_is_lower(behind) || behind == '+');
	default:
		return (unsigned char)c >= 0x80 || ((unsigned char)c < 0x20 && c != '\n' && c != '\t');
	}
}

bool damage_is_none(struct str query)
{
	struct mender m = { .in = query, .emoji = may_name_emoji(query) };
	uint64_t line;
	if (coded_is_printable(query) || rich_is_parted(query) || marks_at(query) || ruler_at(query) ||
	    mark_of_lines(query, &line))
		return false;
	for (size_t at = 0; at < query.n; at++) {
		char c = query.p[at];
		if (is_harmless(&m, c))
			continue;
		struct str rest = str_from(query, at);
		if (may_change(&m, rest))
			return false;
		rest = str_from(rest, 1);
		if (c == '\n' && (marks_at(rest) || ruler_at(rest)))
			return false;
	}
	return true;
}

enum err damage_undo(struct str query, struct arena *a, struct clean *ret_clean)
{
	struct clean c = { .text = query };
	enum err e = coded_is_printable(query) ? coded_undo(&c, 0, query.n, CODING_PRINTABLE, a, &c) : ERR_OK;
	if (!e && rich_is_source(c.text))
		e = rich_undo_source(&c, a, &c);
	else if (!e && rich_is_parted(c.text))
		e = rich_undo_parted(&c, a, &c);
	return e ? e : damage_mend(&c, a, ret_clean);
}
