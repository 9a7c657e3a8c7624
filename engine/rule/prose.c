/* SPDX-License-Identifier: MIT */
#include "rule/prose.h"

enum { TAB_COLUMNS = 8, CODE_INDENT = 2, CODE_SHOWN_INDENT = 4, WIDE_GAP = 3, EARLY_MIN = 4, NARROW_MAX = 50 };

struct prose prose_of(struct str body)
{
	return (struct prose){ .rest = body };
}

static unsigned indent_of(struct str line)
{
	unsigned columns = 0;
	for (size_t i = 0; i < line.n && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
		columns += line.p[i] == '\t' ? TAB_COLUMNS : 1;
	return columns;
}

/* marker_length measures "1. ", "12) ", "a. ", "- ", "* " and bullets of Latin-1 at the start of s; 0 for none. */
static size_t marker_length(struct str s)
{
	size_t n = 0;
	while (n < s.n && n < 3 && char_is_digit(s.p[n]))
		n++;
	if (n == 0 && s.n > 2 && char_is_alpha(s.p[0]) && (s.p[1] == '.' || s.p[1] == ')'))
		n = 1;
	if (n)
		n = n < s.n && (s.p[n] == '.' || s.p[n] == ')') ? n + 1 : 0;
	else if (s.n && (*s.p == '-' || *s.p == '*'))
		n = 1;
	else if (str_starts(s, STR("\xC2\xB7")) || str_starts(s, STR("\xE2\x80\xA2")))
		n = str_starts(s, STR("\xC2")) ? 2 : 3;
	size_t from = n;
	while (n && n < s.n && s.p[n] == ' ')
		n++;
	return n > from && n < s.n ? n : 0;
}

static bool has_gap(struct str line)
{
	line = str_trim(line);
	size_t run = 0;
	for (size_t i = 0; i < line.n; i++) {
		run = line.p[i] == ' ' ? run + 1 : line.p[i] == '\t' ? WIDE_GAP : 0;
		if (run >= WIDE_GAP)
			return true;
	}
	return false;
}

/* take_lines cuts the lines of one block: to a blank line, or to the next item. */
static struct str take_lines(struct prose *p, enum prose_kind *kind)
{
	struct str start = p->rest, line, rest = p->rest;
	size_t used = 0;
	bool first = true;
	while (str_line(&rest, &line)) {
		bool ends = str_is_blank(line) || (!first && *kind != PROSE_CODE && marker_length(str_trim(line)));
		if (ends)
			break;
		if (*kind == PROSE_TEXT && has_gap(line))
			*kind = PROSE_CODE; /* a table, or columns */
		first = false;
		used = start.n - rest.n;
		p->rest = rest;
		p->line++;
	}
	return str_trim_end(str_first(start, used));
}

static size_t longest_line(struct str lines)
{
	size_t longest = 0;
	for (struct str line; str_line(&lines, &line);)
		longest = line.n > longest ? line.n : longest;
	return longest;
}

/* breaks_early: the line that ends at lines[at] had room for the next word, which is no sentence's middle; so somebody
 * broke it on purpose. A narrow paragraph with one such line is a list, whose other lines only happen to be full. */
static bool breaks_early(struct str lines, size_t at, size_t longest)
{
	size_t start = at;
	while (start && lines.p[start - 1] != '\n')
		start--;
	struct str rest = str_from(lines, at), word;
	return str_word(&rest, &word) && !char_is_lower(*word.p) && at - start + 1 + word.n + EARLY_MIN <= longest;
}

static bool any_breaks_early(struct str lines, size_t longest)
{
	for (size_t i = 0; i < lines.n; i++)
		if (lines.p[i] == '\n' && breaks_early(lines, i, longest))
			return true;
	return false;
}

struct str prose_join(struct str lines, struct arena *a)
{
	char *out = arena_alloc(a, lines.n + 1);
	size_t n = 0, longest = longest_line(lines);
	bool list = longest < NARROW_MAX && any_breaks_early(lines, longest);
	for (size_t i = 0; out && i < lines.n; i++) {
		unsigned char c = (unsigned char)lines.p[i];
		bool nbsp = c == 0xC2 && i + 1 < lines.n && (unsigned char)lines.p[i + 1] == 0xA0;
		i += nbsp;
		if (c == '\n' && (list || breaks_early(lines, i, longest))) {
			while (n && out[n - 1] == ' ')
				n--;
			out[n++] = '\n';
		} else if (nbsp || char_is_space((char)c)) {
			if (n && out[n - 1] != ' ' && out[n - 1] != '\n')
				out[n++] = ' ';
		} else {
			out[n++] = (char)c;
		}
	}
	while (n && out[n - 1] == ' ')
		n--;
	return out ? (struct str){ out, n } : STR("");
}

/* outdent drops the indent that all lines share. */
static struct str outdent(struct str lines, struct arena *a)
{
	struct str rest = lines, line;
	size_t common = SIZE_MAX;
	while (str_line(&rest, &line)) {
		size_t n = line.n - str_trim(line).n;
		size_t lead = 0;
		while (lead < n && char_is_space(line.p[lead]))
			lead++;
		if (!str_is_blank(line) && lead < common)
			common = lead;
	}
	char *out = arena_alloc(a, lines.n + 1);
	size_t n = 0;
	for (rest = lines; out && str_line(&rest, &line);) {
		line = str_from(str_trim_end(line), common);
		if (n)
			out[n++] = '\n';
		for (size_t i = 0; i < line.n; i++)
			out[n++] = line.p[i];
	}
	return out ? (struct str){ out, n } : STR("");
}

bool prose_next(struct prose *p, struct arena *a, struct prose_block *ret_block)
{
	struct str rest = p->rest, line;
	while (str_line(&rest, &line) && str_is_blank(line)) {
		p->rest = rest;
		p->line++;
	}
	if (!p->rest.n || str_is_blank(line))
		return false;
	struct prose_block b = { .indent = indent_of(line), .line = p->line };
	size_t marker = marker_length(str_trim(line));
	bool beside_item = p->item_column && b.indent >= 2 && b.indent <= p->item_column;
	if (marker)
		b.kind = PROSE_ITEM;
	else if (b.indent >= CODE_INDENT && !beside_item)
		b.kind = PROSE_CODE;
	if (marker)
		p->item_column = b.indent + (unsigned)marker;
	else if (b.indent < CODE_INDENT)
		p->item_column = 0;
	struct str lines = take_lines(p, &b.kind);
	b.text = b.kind == PROSE_CODE ? outdent(lines, a) : prose_join(lines, a);
	*ret_block = b;
	return true;
}

static void add_indented(struct buf *out, struct str lines, unsigned columns)
{
	struct str line;
	for (bool first = true; str_line(&lines, &line); first = false) {
		if (!first)
			buf_add_char(out, '\n');
		for (unsigned i = 0; i < columns; i++)
			buf_add_char(out, ' ');
		buf_add(out, line);
	}
}

void prose_add(struct buf *out, const struct prose_block *block)
{
	if (out->n)
		buf_add_c(out, block->kind == PROSE_ITEM ? "\n" : "\n\n");
	if (block->kind == PROSE_CODE)
		add_indented(out, block->text, CODE_SHOWN_INDENT);
	else
		buf_add(out, block->text);
}

/* "U.S. Service Pack": a stop behind a single letter behind a stop ends nothing. */
static bool is_abbreviation(struct str s, size_t stop)
{
	return stop >= 3 && s.p[stop] == '.' && char_is_upper(s.p[stop - 1]) && s.p[stop - 2] == '.';
}

bool prose_sentence(struct str *rest, struct str *ret_sentence)
{
	struct str s = str_trim(*rest);
	if (!s.n)
		return false;
	size_t end = s.n;
	for (size_t i = 0; i + 1 < s.n; i++) {
		char c = s.p[i];
		if (c != '.' && c != ':' && c != '?' && c != '!')
			continue;
		size_t next = i + 1;
		while (next < s.n && (s.p[next] == '"' || s.p[next] == ')'))
			next++;
		if (next < s.n && !char_is_space(s.p[next]))
			continue;
		size_t begin = next;
		while (begin < s.n && char_is_space(s.p[begin]))
			begin++;
		if (begin < s.n && (char_is_lower(s.p[begin]) || is_abbreviation(s, i)))
			continue;
		end = next;
		break;
	}
	*ret_sentence = str_first(s, end);
	*rest = str_from(s, end);
	return true;
}
