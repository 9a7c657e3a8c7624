/* SPDX-License-Identifier: MIT
 *
 * Text > HTML: escaping, links, and the layout of a KB article's plain text (what it means by its indents, markers and
 * columns). Takes any bytes, gives valid UTF-8 without a tag of its own. See html.h.
 */
#include "render/html.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NESTED_LISTS_MAX = 4, TAB_WIDTH = 8, CODE_INDENT = 2, TABLE_LOOK = 30 };

static void escape_char(struct buf *out, uint32_t c)
{
	switch (c) {
	case '&': buf_add_c(out, "&amp;"); return;
	case '<': buf_add_c(out, "&lt;"); return;
	case '>': buf_add_c(out, "&gt;"); return;
	case '"': buf_add_c(out, "&quot;"); return;
	case '\'': buf_add_c(out, "&#39;"); return;
	case '\t':
	case '\n': buf_add_char(out, (char)c); return;
	default: break;
	}
	bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
	bool bidi = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
	if (c == '\r')
		return;
	utf8_put(out, control || bidi || c == UTF8_INVALID ? 0xfffd : c);
}

void render_html_escape(struct buf *out, struct str text)
{
	for (size_t at = 0; at < text.n;)
		escape_char(out, utf8_next(text, &at));
}

void render_html_number(struct buf *out, uint64_t n)
{
	char digits[24];
	int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	for (int i = 0; i < count; i++) {
		if (i && (count - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

void render_html_count(struct buf *out, const char *name, uint64_t n)
{
	buf_addf(out, "<div><dt>%s</dt><dd>", name);
	render_html_number(out, n);
	buf_add_c(out, "</dd></div>\n");
}

void render_html_state(struct buf *out, struct str state)
{
	for (struct str word; state.n;) {
		bool more = str_cut(state, '-', &word, &state);
		render_html_escape(out, word);
		buf_add_c(out, more ? " " : "");
	}
}

/* ---- links ---- */

static bool is_word(struct str s, size_t at)
{
	return at < s.n && (char_is_alnum(s.p[at]) || s.p[at] == '_');
}

/* id_at: the length of an article id that stands at s[at], or 0. A title may be glued to it ("Q151519Resource Kit"). */
static size_t id_at(struct str s, size_t at)
{
	size_t n = 1;
	if (s.p[at] != 'Q' || (at && is_word(s, at - 1)))
		return 0;
	while (at + n < s.n && char_is_digit(s.p[at + n]))
		n++;
	bool glued = at + n + 1 < s.n && char_is_upper(s.p[at + n]) && char_is_lower(s.p[at + n + 1]);
	return (n == 6 || n == 7) && (glued || !is_word(s, at + n)) ? n : 0;
}

static size_t url_at(struct str s, size_t at)
{
	struct str rest = str_from(s, at);
	size_t n = str_starts(rest, STR("http://")) ? 7 : str_starts(rest, STR("https://")) ? 8 : 0;
	size_t scheme = n;
	if (!n || (at && is_word(s, at - 1)))
		return 0;
	while (n < rest.n && (unsigned char)rest.p[n] > ' ' && !strchr("<>\"'`{}|\\^", rest.p[n]))
		n++;
	while (n > scheme && strchr(".,;:!?)]*", rest.p[n - 1]))
		n--;
	return n > scheme ? n : 0;
}

/* option_at: the length of an option of the command line that stands at s[at], --allow or -an, or 0. */
static size_t option_at(struct str s, size_t at)
{
	enum { LETTERS_MAX = 4 }; /* behind one dash: longer ones are words with a dash before them */
	size_t dashes = at + 1 < s.n && s.p[at + 1] == '-' ? 2 : 1, n = dashes;
	if (s.p[at] != '-' || (at && !char_is_space(s.p[at - 1]) && s.p[at - 1] != '('))
		return 0;
	while (at + n < s.n && (char_is_lower(s.p[at + n]) || (dashes == 2 && n > 2 && s.p[at + n] == '-')))
		n++;
	bool goes_on = at + n < s.n && (s.p[at + n] == '-' || char_is_alpha(s.p[at + n]) || char_is_digit(s.p[at + n]));
	return n == dashes || (dashes == 1 && (n > 1 + LETTERS_MAX || goes_on)) ? 0 : n;
}

static void add_link(struct buf *out, const char *before, struct str to)
{
	buf_addf(out, "<a href=\"%s", before);
	render_html_escape(out, to);
	buf_add_c(out, "\">");
	render_html_escape(out, to);
	buf_add_c(out, "</a>");
}

void render_html_line(struct buf *out, struct str text)
{
	size_t from = 0;
	for (size_t at = 0; at < text.n;) {
		size_t id = id_at(text, at), url = id ? 0 : url_at(text, at), option = option_at(text, at);
		if (!id && !url && !option) {
			at++;
			continue;
		}
		render_html_escape(out, (struct str){ text.p + from, at - from });
		if (option) {
			buf_addf(out, "<code class=\"option\">%.*s</code>", (int)option, text.p + at);
			from = at += option;
			continue;
		}
		add_link(out, id ? "/kb/" : "", (struct str){ text.p + at, id + url });
		from = at += id + url;
		if (id && at < text.n && char_is_alpha(text.p[at]))
			buf_add_char(out, ' '); /* a title glued to it */
	}
	render_html_escape(out, str_from(text, from));
}

void render_html_filled(struct buf *out, struct str text, const struct binding *bindings, size_t count)
{
	struct str before, name;
	while (render_next_name(&text, &before, &name)) {
		const struct binding *b = render_binding(bindings, count, name);
		render_html_line(out, before);
		buf_add_c(out, b ? "<b class=\"value\">" : "<var>");
		render_html_escape(out, b ? b->value : name);
		buf_add_c(out, b ? "</b>" : "</var>");
	}
	render_html_line(out, before);
}

/* ---- the layout of plain text ---- */

static size_t indent_of(struct str line)
{
	size_t columns = 0;
	for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		columns = line.p[i] == '\t' ? (columns / TAB_WIDTH + 1) * TAB_WIDTH : columns + 1;
	return columns;
}

/* dedent drops at most that many columns of white space. */
static struct str dedent(struct str line, size_t columns)
{
	size_t i = 0;
	while (i < line.n && i < columns && (line.p[i] == ' ' || line.p[i] == '\t'))
		i += line.p[i] == '\t' ? columns : 1;
	return str_from(line, i < line.n ? i : line.n);
}

/* A list item begins with "-", "*", "o" or a number or letter with a stop; n is the marker with the blanks behind. */
struct marker {
	char kind; /* '-', '1', 'a', or 0 where there is none */
	size_t n;
	unsigned long start;
};

static struct marker marker_of(struct str line)
{
	struct marker m = { 0 };
	struct str s = str_trim(line);
	size_t digits = 0;
	while (digits < s.n && digits < 3 && char_is_digit(s.p[digits]))
		digits++;
	if (s.n > 2 && strchr("-*o", s.p[0]) && s.p[1] == ' ' && s.p[2] != '-') {
		m = (struct marker){ '-', 1, 0 };
	} else if (digits && digits + 1 < s.n && strchr(".)", s.p[digits]) && s.p[digits + 1] == ' ') {
		uint64_t start = 1;
		if (str_u64(str_first(s, digits), &start))
			m = (struct marker){ '1', digits + 1, (unsigned long)start };
	} else if (s.n > 2 && char_is_alpha(s.p[0]) && strchr(".)", s.p[1]) && s.p[2] == ' ') {
		m = (struct marker){ 'a', 2, (unsigned long)(char_lower(s.p[0]) - 'a' + 1) };
	}
	while (m.kind && m.n < s.n && s.p[m.n] == ' ')
		m.n++;
	return m;
}

/* Columns: text, a gap of three blanks or more, text. */
static bool has_gap(struct str line)
{
	struct str s = str_trim(line);
	struct marker m = marker_of(s);
	for (size_t i = m.n; i + 3 < s.n; i++)
		if (s.p[i] == '\t' || (s.p[i] == ' ' && s.p[i + 1] == ' ' && s.p[i + 2] == ' '))
			return true;
	return false;
}

static bool is_ruler(struct str line)
{
	struct str s = str_trim(line);
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("-=_* +|", s.p[i]))
			return false;
	return s.n >= 3;
}

/* block_of takes the lines up to the next blank one (or change of layout) off rest. */
static struct str block_of(struct str *rest, bool (*goes_on)(struct str first, struct str line))
{
	struct str start = *rest, first = STR(""), line;
	struct str ahead = *rest;
	bool any = false;
	while (str_line(&ahead, &line) && (any ? goes_on(first, line) : true)) {
		if (!any)
			first = line;
		any = true;
		*rest = ahead;
	}
	return str_trim_end(str_first(start, start.n - rest->n));
}

static bool table_goes_on(struct str first, struct str line)
{
	(void)first;
	return !str_is_blank(line);
}

static bool code_goes_on(struct str first, struct str line)
{
	(void)first;
	return str_is_blank(line) || (indent_of(line) >= CODE_INDENT && !marker_of(line).kind);
}

static bool paragraph_goes_on(struct str first, struct str line)
{
	return !str_is_blank(line) && !marker_of(line).kind && indent_of(line) < indent_of(first) + CODE_INDENT;
}

static bool item_goes_on(struct str first, struct str line)
{
	return str_is_blank(line) || indent_of(line) > indent_of(first);
}

static bool is_table(struct str rest)
{
	struct str line;
	size_t lines = 0, columns = 0;
	while (lines < TABLE_LOOK && str_line(&rest, &line) && !str_is_blank(line)) {
		lines++;
		columns += has_gap(line) || is_ruler(line);
	}
	return lines > 1 && columns > 1 && 2 * columns >= lines;
}

static void add_text(struct buf *out, struct str body, unsigned depth);

static void add_pre(struct buf *out, struct str block, const char *class)
{
	struct str rest = block, line;
	size_t least = SIZE_MAX;
	while (str_line(&rest, &line))
		if (!str_is_blank(line) && indent_of(line) < least)
			least = indent_of(line);
	buf_addf(out, "<pre tabindex=\"0\" class=\"%s\">", class);
	for (bool more = false; str_line(&block, &line); more = true) {
		buf_add_c(out, more ? "\n" : "");
		render_html_line(out, str_trim_end(dedent(line, least)));
	}
	buf_add_c(out, "</pre>\n");
}

static void add_paragraph(struct buf *out, struct str block)
{
	struct str line;
	buf_add_c(out, "<p>");
	for (bool more = false; str_line(&block, &line); more = true) {
		buf_add_c(out, more ? "\n" : "");
		render_html_line(out, str_trim(line));
	}
	buf_add_c(out, "</p>\n");
}

static void add_item(struct buf *out, struct str item, unsigned depth)
{
	struct buf body = { 0 };
	struct str line;
	size_t indent = 0;
	for (bool more = false; str_line(&item, &line); more = true) {
		if (!more) {
			struct marker m = marker_of(line);
			indent = indent_of(line) + m.n;
			buf_add(&body, str_from(str_trim(line), m.n));
		} else {
			buf_add_char(&body, '\n');
			buf_add(&body, dedent(line, indent));
		}
	}
	buf_add_c(out, "<li>");
	add_text(out, buf_str(&body), depth + 1);
	buf_add_c(out, "</li>\n");
	if (buf_err(&body))
		out->err = buf_err(&body);
	buf_free(&body);
}

static void add_list(struct buf *out, struct str *rest, unsigned depth)
{
	struct str line, ahead = *rest;
	str_line(&ahead, &line);
	struct marker first = marker_of(line), m = first;
	const char *end = first.kind == '-' ? "</ul>\n" : "</ol>\n";
	if (first.kind == '-')
		buf_add_c(out, "<ul>\n");
	else
		buf_addf(out, "<ol type=\"%c\" start=\"%lu\">\n", first.kind, first.start);
	while (m.kind == first.kind) {
		add_item(out, block_of(rest, item_goes_on), depth);
		while (ahead = *rest, str_line(&ahead, &line) && str_is_blank(line))
			*rest = ahead;
		ahead = *rest;
		m = str_line(&ahead, &line) ? marker_of(line) : (struct marker){ 0 };
	}
	buf_add_c(out, end);
}

static void add_text(struct buf *out, struct str body, unsigned depth)
{
	struct str line, ahead;
	while (ahead = body, str_line(&ahead, &line)) {
		if (str_is_blank(line))
			body = ahead;
		else if (is_table(body))
			add_pre(out, block_of(&body, table_goes_on), "table");
		else if (marker_of(line).kind && depth < NESTED_LISTS_MAX)
			add_list(out, &body, depth);
		else if (indent_of(line) >= CODE_INDENT && !marker_of(line).kind)
			add_pre(out, block_of(&body, code_goes_on), "code");
		else if (is_ruler(line))
			body = ahead;
		else
			add_paragraph(out, block_of(&body, paragraph_goes_on));
	}
}

void render_html_text(struct buf *out, struct str body)
{
	add_text(out, body, 0);
}
