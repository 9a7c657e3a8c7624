/* SPDX-License-Identifier: MIT
 *
 * Untrusted text for a terminal. Takes any bytes, gives valid UTF-8 in which nothing moves the cursor, changes a
 * colour or turns the reading direction: control characters (C0, C1, DEL), bidi controls (Unicode UAX 9) and invalid
 * bytes become visible escapes.
 */
#include "render/render.h"

#include "base/utf8.h"

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 20, BESIDE_LEAST = 24, BELOW = 4 };

static bool is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x061C || c == 0x200E || c == 0x200F ||
	       (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void render_safe(struct buf *out, struct str text, bool keep_lines)
{
	for (size_t at = 0, start; at < text.n;) {
		start = at;
		uint32_t c = utf8_next(text, &at);
		if (c == UTF8_INVALID)
			buf_addf(out, "\\x%02x", (unsigned char)text.p[start]);
		else if (keep_lines && (c == '\n' || c == '\t'))
			buf_add_char(out, (char)c);
		else if (keep_lines && c == '\r' && at < text.n && text.p[at] == '\n')
			continue;
		else if (is_hidden(c) && c < 0x100)
			buf_addf(out, "\\x%02x", (unsigned)c);
		else if (is_hidden(c))
			buf_addf(out, "\\u%04x", (unsigned)c);
		else
			buf_add_bytes(out, text.p + start, at - start);
	}
}

/* Columns as characters: wide ones are rare in what is shown, and only the wrap is off by them. */
static size_t columns_of(struct str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

void render_padded(struct buf *out, struct str text, size_t columns)
{
	size_t from = out->n;
	render_safe(out, text, false);
	for (size_t n = columns_of(str_from(buf_str(out), from)); n < columns; n++)
		buf_add_char(out, ' ');
}

static void add_indent(struct buf *out, unsigned indent)
{
	for (unsigned i = 0; i < indent; i++)
		buf_add_char(out, ' ');
}

static bool keeps_its_line(struct str line)
{
	struct str t = str_trim(line);
	return !t.n || char_is_space(line.p[0]) || ((t.p[0] == '-' || t.p[0] == '*' || t.p[0] == '|') && t.n > 1) ||
	       (char_is_digit(t.p[0]) && t.n > 1 && (t.p[1] == '.' || t.p[1] == ')'));
}

/* next_word: what is between spaces; a number and its % are one. */
static bool next_word(struct str *line, struct str *ret_word)
{
	if (!str_word(line, ret_word))
		return false;
	struct str rest = *line, next;
	if (char_is_digit(ret_word->p[ret_word->n - 1]) && str_word(&rest, &next) && *next.p == '%') {
		ret_word->n = (size_t)(next.p + next.n - ret_word->p);
		*line = rest;
	}
	return true;
}

/* Words of running text go on from line to line of the source; *column is where the next one would start. */
static void add_words(struct buf *out, struct str line, size_t width, unsigned indent, size_t *column)
{
	struct str word;
	while (next_word(&line, &word)) {
		struct buf safe = { 0 };
		render_safe(&safe, word, false);
		size_t n = columns_of(buf_str(&safe));
		if (*column > indent && *column + 1 + n > width) {
			buf_add_char(out, '\n');
			*column = 0;
		}
		if (*column == 0) {
			add_indent(out, indent);
			*column = indent;
		} else if (*column > indent) {
			buf_add_char(out, ' ');
			++*column;
		}
		buf_add(out, buf_str(&safe));
		*column += n;
		buf_free(&safe);
	}
}

void render_wrapped(struct buf *out, const struct render_text *t, unsigned indent, struct str text)
{
	size_t width = t->width ? t->width : WIDTH_DEFAULT, column = 0;
	if (width < indent + WIDTH_MIN)
		width = indent + WIDTH_MIN;
	for (struct str line; str_line(&text, &line);) {
		if (keeps_its_line(line) && column) {
			buf_add_char(out, '\n');
			column = 0;
		}
		if (!str_trim(line).n) {
			buf_add_char(out, '\n');
		} else if (char_is_space(line.p[0])) {
			add_indent(out, indent);
			render_safe(out, str_trim_end(line), true);
			buf_add_char(out, '\n');
		} else {
			add_words(out, line, width, indent, &column);
		}
	}
	if (column)
		buf_add_char(out, '\n');
}

void render_hanging(struct buf *out, const struct render_text *t, unsigned column, struct str text)
{
	struct buf body = { 0 };
	render_wrapped(&body, t, column, str_trim(text));
	struct str rest = buf_str(&body);
	buf_add(out, str_from(rest, rest.n > column ? column : 0));
	if (!rest.n)
		buf_add_char(out, '\n');
	buf_free(&body);
}

/* lead_of: the spaces that the last line begins with. */
static unsigned lead_of(struct str text)
{
	size_t start = text.n, at;
	while (start && text.p[start - 1] != '\n')
		start--;
	for (at = start; at < text.n && text.p[at] == ' ';)
		at++;
	return (unsigned)(at - start);
}

void render_beside(struct buf *out, const struct render_text *t, unsigned column, struct str text)
{
	struct str rest = str_trim(text);
	if (rest.n && (t->width ? t->width : WIDTH_DEFAULT) >= column + BESIDE_LEAST) {
		render_hanging(out, t, column, rest);
		return;
	}
	while (out->n && out->p[out->n - 1] == ' ')
		out->n--;
	unsigned lead = lead_of(buf_str(out));
	buf_add_char(out, '\n');
	if (rest.n)
		render_wrapped(out, t, lead + 2 > BELOW ? lead + 2 : BELOW, rest);
}

void render_title(struct buf *out, const struct render_text *t, unsigned column, struct str text)
{
	if (t->width) {
		render_beside(out, t, column, text);
		return;
	}
	render_safe(out, text, false);
	buf_add_char(out, '\n');
}

const char *render_plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

const char *render_on(const struct render_text *t, const char *colour)
{
	return t->colour && colour ? colour : "";
}

void render_coloured(struct buf *out, const struct render_text *t, const char *colour, struct str text)
{
	buf_add_c(out, render_on(t, colour));
	render_safe(out, text, false);
	buf_add_c(out, colour ? render_on(t, RENDER_PLAIN) : "");
}

void render_end_colour(struct buf *out, const struct render_text *t)
{
	bool ended = out->n && out->p[out->n - 1] == '\n';
	if (!t->colour)
		return;
	out->n -= ended;
	buf_add_c(out, ended ? RENDER_PLAIN "\n" : RENDER_PLAIN);
}
