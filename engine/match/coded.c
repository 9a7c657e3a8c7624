/* SPDX-License-Identifier: MIT */
#include "match/coded.h"

#include "base/utf8.h"

#include <string.h>

enum { PLUSES_MIN = 3, WORDS_MIN = 3, BYTES_MIN = 2 };

static unsigned digit_of(char c)
{
	return (unsigned)(char_is_digit(c) ? c - '0' : char_lower(c) - 'a' + 10);
}

/* Two digits of hexadecimal as a byte; -1 where they are none. */
static int byte_of(struct str s, size_t at)
{
	if (at + 1 >= s.n || !char_is_hex(s.p[at]) || !char_is_hex(s.p[at + 1]))
		return -1;
	return (int)(digit_of(s.p[at]) * 16 + digit_of(s.p[at + 1]));
}

static bool is_upper_hex(char c)
{
	return char_is_digit(c) || (c >= 'A' && c <= 'F');
}

/* ---- quoted-printable ---- */

enum { BREAK_LINE_MIN = 60 /* encoders break at 76, or at 72 */ };

/* The length of a soft line break behind an equals sign: white space, and the line end; 0 where there is none. */
static size_t soft_break(struct str s, size_t at)
{
	size_t n = at;
	while (n < s.n && n - at < 8 && (s.p[n] == ' ' || s.p[n] == '\t' || s.p[n] == '\r'))
		n++;
	return n < s.n && s.p[n] == '\n' ? n + 1 - at : 0;
}

static bool is_printable_escape(struct str s, size_t at)
{
	return at + 1 < s.n && is_upper_hex(s.p[at]) && is_upper_hex(s.p[at + 1]);
}

/* breaks_evidently: encoders break lines that are long, or people quote such a one that is cut within a word. What else
 * ends with an equals sign may be a name whose value stands on the next line, or nowhere. */
static bool breaks_evidently(struct str text, size_t equals, size_t next)
{
	const char *newline = memrchr(text.p, '\n', equals);
	size_t start = newline ? (size_t)(newline - text.p) + 1 : 0;
	bool within_word = equals && next < text.n && char_is_alpha(text.p[equals - 1]) && char_is_lower(text.p[next]);
	return equals - start >= BREAK_LINE_MIN || within_word;
}

/* A mail's header tells. */
static bool names_printable(struct str text)
{
	static const struct str name = STR_LIT("encoding: quoted-printable");
	enum { COLON = 8 };
	for (size_t at = 0, found; (found = str_find_char(str_from(text, at), ':')) != STR_NONE; at++) {
		at += found;
		if (at >= COLON && str_starts_nocase(str_from(text, at - COLON), name))
			return true;
	}
	return false;
}

bool coded_is_printable(struct str text)
{
	if (!text.n || !memchr(text.p, '=', text.n))
		return false;
	bool evident = false, opened = false;
	unsigned wrong = 0, breaks = 0;
	for (size_t at = 0; at < text.n; at++) {
		const char *equals = memchr(text.p + at, '=', text.n - at);
		if (!equals)
			break;
		at = (size_t)(equals - text.p);
		int byte = is_printable_escape(text, at + 1) ? byte_of(text, at + 1) : -1;
		char before = at ? text.p[at - 1] : ' ', behind = at + 3 < text.n ? text.p[at + 3] : ' ';
		bool glued = at && char_is_alnum(before);
		if (byte == '=')
			evident |= at + 3 < text.n && !char_is_alnum(behind) && (!glued || behind == ' ');
		else if (byte >= 0x80)
			evident |= behind == '=';
		else if (byte == '>' && opened)
			evident |= glued;
		else if (byte >= 0)
			evident |= !char_is_alnum((char)byte) && !glued && behind == '=';
		else if (soft_break(text, at + 1))
			evident |= at > 0 && before != '=' &&
				   (breaks++ || breaks_evidently(text, at, at + 1 + soft_break(text, at + 1)));
		else
			wrong++;
		opened |= byte == '<' && !glued && char_is_alpha(behind); /* =3Cname=3E */
	}
	return (evident && !wrong) || names_printable(text);
}

/* The escapes at s[at] are one character of UTF-8, or the first of them is a byte of an older mail's Windows-1252.
 * Gives how many bytes of s were read. */
static size_t add_escapes(struct clean_writer *w, struct str s, size_t at)
{
	enum { ESCAPE = 3, CHARACTER = 4 };
	char bytes[CHARACTER];
	size_t n = 0, length = 0;
	for (size_t i = at; n < CHARACTER && i < s.n && s.p[i] == '=' && is_printable_escape(s, i + 1); i += ESCAPE)
		bytes[n++] = (char)byte_of(s, i + 1);
	bool valid = utf8_next((struct str){ bytes, n }, &length) != UTF8_INVALID;
	if (valid)
		for (size_t i = 0; i < length; i++)
			clean_put(w, bytes[i], at + ESCAPE * i);
	else
		clean_put_1252(w, (unsigned char)bytes[0], at);
	return ESCAPE * (valid ? length : 1);
}

static void add_printable(struct clean_writer *w, size_t start, size_t end)
{
	struct str s = str_first(w->from->text, end);
	for (size_t at = start; at < end;) {
		size_t n = s.p[at] == '=' ? soft_break(s, at + 1) : 0;
		if (n) {
			at += n + 1;
		} else if (s.p[at] == '=' && is_printable_escape(s, at + 1)) {
			at += add_escapes(w, s, at);
		} else {
			clean_put(w, s.p[at], at);
			at++;
		}
	}
}

/* ---- URLs and forms ---- */

struct url_word {
	size_t end;
	bool percent, plus;
	bool query; /* behind a question mark names and values alternate: a line each */
};

/* C++, a sum and a chord of keys are no form: there words are joined, one plus between each two. */
static bool is_form(struct str word)
{
	unsigned pluses = 0, words = 0;
	size_t letters = 0;
	for (size_t i = 0; i <= word.n; i++) {
		if (i < word.n && word.p[i] != '+') {
			letters += char_is_alpha(word.p[i]);
			continue;
		}
		pluses += i < word.n;
		words += letters >= 2;
		letters = 0;
	}
	return words >= WORDS_MIN && pluses >= PLUSES_MIN;
}

/* A percent sign that no escape follows, or one escape only ("%20s", "%ADDR%"), is not of an URL; but a space between
 * letters is. */
static struct url_word read_word(struct str s, size_t at)
{
	struct url_word w = { .end = at };
	unsigned escapes = 0, wrong = 0, spaces = 0;
	for (; w.end < s.n && !char_is_space(s.p[w.end]); w.end++) {
		if (s.p[w.end] != '%')
			continue;
		int byte = byte_of(s, w.end + 1);
		bool inside =
			w.end > at && w.end + 3 < s.n && char_is_alnum(s.p[w.end - 1]) && char_is_alnum(s.p[w.end + 3]);
		wrong += byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
		spaces += byte == ' ' && inside;
		escapes++;
	}
	bool form = is_form((struct str){ s.p + at, w.end - at });
	w.percent = !wrong && (escapes > 1 || spaces || (escapes && form));
	w.plus = form && (w.percent || !escapes);
	w.query = (w.percent || w.plus) && memchr(s.p + at, '?', w.end - at);
	return w;
}

bool coded_is_url(struct str text)
{
	for (size_t at = 0; at < text.n; at++) {
		struct str rest = str_from(text, at);
		size_t percent = str_find_char(rest, '%'), plus = str_find_char(str_first(rest, percent), '+');
		if (percent == STR_NONE && plus == STR_NONE)
			return false;
		for (at += plus == STR_NONE ? percent : plus; at && !char_is_space(text.p[at - 1]);)
			at--;
		struct url_word w = read_word(text, at);
		if (w.percent || w.plus)
			return true;
		at = w.end;
	}
	return false;
}

static void add_word(struct clean_writer *w, struct str s, size_t at, const struct url_word *word)
{
	bool behind = false; /* the question mark */
	while (at < word->end) {
		char c = s.p[at];
		if (word->percent && c == '%') {
			int byte = byte_of(s, at + 1);
			clean_put(w, byte == '\r' ? ' ' : (char)byte, at);
			at += 3;
			continue;
		}
		behind |= word->query && c == '?';
		clean_put(w, word->plus && c == '+' ? ' ' : behind && strchr("?&=", c) ? '\n' : c, at);
		at++;
	}
	if (word->query && at < s.n)
		clean_put(w, '\n', at); /* for the blank */
}

static void add_url(struct clean_writer *w, size_t start, size_t end, bool query)
{
	struct str s = str_first(w->from->text, end);
	for (size_t at = start; at < end;) {
		if (char_is_space(s.p[at])) {
			clean_put(w, s.p[at], at);
			at++;
			continue;
		}
		struct url_word word = read_word(s, at);
		word.plus |= query;
		add_word(w, s, at, &word);
		at = word.end + (word.query && word.end < end);
	}
}

static void add_underscored(struct clean_writer *w, size_t start, size_t end)
{
	for (size_t at = start; at < end; at++)
		clean_put(w, w->from->text.p[at] == '_' ? ' ' : w->from->text.p[at], at);
}

/* ---- strings ---- */

static bool is_escape(char c)
{
	return c && strchr("\"\\/bfnrtu'=|", c); /* the last two are CEF's */
}

/* A string that was put between quotes as it was has backslashes before other letters. */
static bool is_escaped(struct str s)
{
	for (size_t at = 0; at + 1 < s.n; at++) {
		const char *slash = memchr(s.p + at, '\\', s.n - at);
		if (!slash)
			return true;
		at = (size_t)(slash - s.p) + 1;
		if (at < s.n && !is_escape(s.p[at]))
			return false;
	}
	return true;
}

/* The 16 bits behind "\u"; -1 where there are none. */
static int32_t unit_at(struct str s, size_t at)
{
	if (at + 1 >= s.n || s.p[at] != '\\' || s.p[at + 1] != 'u')
		return -1;
	int high = byte_of(s, at + 2), low = byte_of(s, at + 4);
	return high < 0 || low < 0 ? -1 : high * 256 + low;
}

/* add_unit gives what it took of the text: 6, or 12 for both halves of a pair. */
static size_t add_unit(struct clean_writer *w, struct str s, size_t at)
{
	int32_t unit = unit_at(s, at), other = unit_at(s, at + 6);
	if (unit < 0) {
		clean_put(w, '\\', at);
		return 1;
	}
	if (unit >= 0xD800 && unit < 0xDC00 && other >= 0xDC00 && other < 0xE000) {
		clean_put_char(w, 0x10000 + (((uint32_t)unit & 0x3FF) << 10) + ((uint32_t)other & 0x3FF), at);
		return 12;
	}
	clean_put_char(w, unit >= 0xD800 && unit < 0xE000 ? '?' : (uint32_t)unit, at);
	return 6;
}

static void add_backslashes(struct clean_writer *w, size_t start, size_t end)
{
	struct str s = str_first(w->from->text, end);
	bool escaped = is_escaped(str_from(s, start));
	for (size_t at = start; at < end;) {
		char c = at + 1 < end && s.p[at] == '\\' ? s.p[at + 1] : 0;
		if (!c || (!escaped && c != '"')) {
			clean_put(w, s.p[at], at);
			at++;
		} else if (c == 'u') {
			at += add_unit(w, s, at);
		} else {
			clean_put(w, c == 'n' ? '\n' : c == 't' ? '\t' : strchr("bfr", c) ? ' ' : c, at);
			at += 2;
		}
	}
}

/* "\x5c", "\134": a byte by its number; -1 where there is none. */
static int escaped_byte_at(struct str s, size_t at)
{
	if (at + 3 >= s.n || s.p[at] != '\\')
		return -1;
	const char *d = s.p + at + 1;
	if (d[0] == 'x')
		return byte_of(s, at + 2);
	bool octal = d[0] >= '0' && d[0] <= '3' && d[1] >= '0' && d[1] <= '7' && d[2] >= '0' && d[2] <= '7';
	return octal ? (d[0] - '0') * 64 + (d[1] - '0') * 8 + d[2] - '0' : -1;
}

/* What a run of backslashes is: none that a string has; one that it may have; a byte's number; what only a string
 * has. */
enum escape { ESCAPE_NONE, ESCAPE_POSSIBLE, ESCAPE_BYTE, ESCAPE_PLAIN };

/* is_line_end: "failed\nThe path", "refused\n'": behind the words of a line, before those of the next one or a
 * mark. A word that holds another backslash is a path. */
static bool is_line_end(struct str s, size_t at, char before, char next)
{
	size_t from = at;
	bool word = char_is_lower(before) || char_is_digit(before) || (before && strchr(".!?;:)'\"", before));
	if (s.p[at + 1] != 'n' || !word || !next || (!char_is_upper(next) && !strchr("'\" [\\", next)))
		return false;
	while (from && !char_is_space(s.p[from - 1]) && s.p[from - 1] != '\\')
		from--;
	return !from || s.p[from - 1] != '\\';
}

static enum escape escape_at(struct str s, size_t at, size_t run)
{
	char before = at ? s.p[at - 1] : ' ', behind = at + run < s.n ? s.p[at + run] : 0;
	int byte = escaped_byte_at(s, at + run - 1);
	bool drive = before == ':' && at > 1 && char_is_alpha(s.p[at - 2]) && (at == 2 || !char_is_alnum(s.p[at - 3]));
	bool within = drive || char_is_alnum(before) || (before && strchr(")}]%$._", before));
	if (run % 2 == 0) /* of an odd one the last may escape what is behind it */
		return within || run > 3 ? ESCAPE_PLAIN : ESCAPE_POSSIBLE;
	if (byte >= 0)
		return byte && byte < 0x80 && !char_is_alnum((char)byte) ? ESCAPE_BYTE : ESCAPE_POSSIBLE;
	char next = at + run + 1 < s.n ? s.p[at + run + 1] : 0;
	bool line_end = run == 1 && behind && is_line_end(s, at, before, next);
	if (run == 1 && before == ':' && (drive || !line_end)) /* C:\new */
		return ESCAPE_NONE;
	bool ends = behind == 'n' && next == '"', opens = behind == '"' && strchr(" (=[,", before) && char_is_alnum(next);
	if (ends || opens || line_end)
		return ESCAPE_PLAIN;
	return behind && strchr("\"'nrtu/", behind) ? ESCAPE_POSSIBLE : ESCAPE_NONE;
}

bool coded_is_string(struct str text)
{
	unsigned plain = 0, bytes = 0;
	for (size_t at = 0, run; at < text.n; at += run) {
		const char *slash = memchr(text.p + at, '\\', text.n - at);
		if (!slash)
			break;
		at = (size_t)(slash - text.p);
		for (run = 1; at + run < text.n && text.p[at + run] == '\\';)
			run++;
		enum escape e = escape_at(text, at, run);
		if (e == ESCAPE_NONE)
			return false;
		plain += e == ESCAPE_PLAIN;
		bytes += e == ESCAPE_BYTE;
	}
	return plain || bytes >= BYTES_MIN;
}

static void add_string(struct clean_writer *w, size_t start, size_t end)
{
	struct str s = str_first(w->from->text, end);
	for (size_t at = start; at < end;) {
		char c = at + 1 < end && s.p[at] == '\\' ? s.p[at + 1] : 0;
		int byte = escaped_byte_at(s, at);
		if (byte >= 0) {
			clean_put(w, byte == '\r' ? ' ' : (char)byte, at);
			at += 4;
		} else if (c == 'u') {
			at += add_unit(w, s, at);
		} else if (c && strchr("\\\"'nrt/", c)) {
			clean_put(w, c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? ' ' : c, at);
			at += 2;
		} else {
			clean_put(w, s.p[at], at);
			at++;
		}
	}
}

static void add_quotes(struct clean_writer *w, size_t start, size_t end)
{
	const char *p = w->from->text.p;
	for (size_t at = start; at < end; at++) {
		clean_put(w, p[at], at);
		at += p[at] == '"' && at + 1 < end && p[at + 1] == '"';
	}
}

/* "_x000A_": a character that XML 1.0 cannot hold (ECMA-376 Part 1 22.9.2.19). */
static size_t markup_escape_at(struct str s, uint32_t *ret_c)
{
	if (s.n < 7 || s.p[0] != '_' || s.p[1] != 'x' || s.p[6] != '_' || byte_of(s, 2) < 0 || byte_of(s, 4) < 0)
		return 0;
	*ret_c = (uint32_t)(byte_of(s, 2) * 256 + byte_of(s, 4));
	return 7;
}

/* The marks between two elements of a stream: "</S><S S="Error">" */
static size_t markup_mark_at(struct str s)
{
	static const struct str closing = STR_LIT("</S>");
	size_t end = str_starts(s, STR("<S S=")) ? str_find_char(str_first(s, 40), '>') : STR_NONE;
	if (str_starts(s, closing))
		return closing.n;
	return end == STR_NONE ? 0 : end + 1;
}

static void add_markup(struct clean_writer *w, size_t start, size_t end)
{
	struct str s = str_first(w->from->text, end);
	uint32_t c;
	for (size_t at = start, n; at < end;) {
		if (s.p[at] == '_' && (n = markup_escape_at(str_from(s, at), &c)) > 0) {
			clean_put_char(w, c == '\r' || c >= 0xD800 ? ' ' : c, at);
			at += n;
		} else if (s.p[at] == '<' && (n = markup_mark_at(str_from(s, at))) > 0) {
			at += n;
		} else {
			clean_put(w, s.p[at], at);
			at++;
		}
	}
}

void coded_add(struct clean_writer *w, size_t start, size_t end, enum coding coding)
{
	switch (coding) {
	case CODING_BACKSLASH: add_backslashes(w, start, end); break;
	case CODING_STRING: add_string(w, start, end); break;
	case CODING_QUOTES: add_quotes(w, start, end); break;
	case CODING_URL: add_url(w, start, end, false); break;
	case CODING_QUERY: add_url(w, start, end, true); break;
	case CODING_UNDERSCORES: add_underscored(w, start, end); break;
	case CODING_PRINTABLE: add_printable(w, start, end); break;
	case CODING_MARKUP: add_markup(w, start, end); break;
	case CODING_NONE: clean_put_same(w, start, end > start ? end - start : 0);
	}
}

enum err coded_undo(const struct clean *c, size_t start, size_t end, enum coding coding, struct arena *a,
		    struct clean *ret_clean)
{
	struct clean_writer w;
	if (!clean_begin(&w, c, a, end - start))
		return ERR_NOMEM;
	coded_add(&w, start, end, coding);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_clean = clean_end(&w);
	return ERR_OK;
}
