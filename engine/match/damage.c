/* SPDX-License-Identifier: MIT */
#include "match/damage.h"

#include "base/utf8.h"

#include <string.h>

/* A copy of at most a few bytes more than was read; out never overtakes the query. */
struct mender {
	struct str in;
	struct arena *a;
	struct clean *c;
	char *out;
	size_t n, at;
	size_t in_step; /* offset that the next byte would have if nothing had changed */
	bool line_start;
};

static void put(struct mender *m, char c)
{
	if (m->in_step != m->at) {
		struct damage_step *s = arena_push(m->a, &m->c->steps, &m->c->step_count, &m->c->step_cap);
		if (s)
			*s = (struct damage_step){ (uint32_t)m->n, (uint32_t)m->at };
		m->in_step = m->at;
	}
	m->out[m->n++] = c;
	m->in_step++;
}

/* A terminal's control sequence (ECMA-48 5.4, 5.6): ESC [ parameters and a final byte, ESC ] text up to BEL or ESC \,
 * and the choice of a character set. */
static size_t ansi_at(struct str s)
{
	size_t n = 2;
	if (s.n < 3 || s.p[0] != 0x1B)
		return 0;
	if (s.p[1] == '(' || s.p[1] == ')')
		return 3;
	if (s.p[1] == '[') {
		while (n < s.n && n < 24 && (s.p[n] < '@' || s.p[n] > '~'))
			n++;
		return n < s.n ? n + 1 : n;
	}
	if (s.p[1] != ']')
		return 0;
	while (n < s.n && n < 300 && s.p[n] != 0x07 && s.p[n] != 0x1B && s.p[n] != '\n')
		n++;
	if (n == s.n || (s.p[n] != 0x07 && s.p[n] != 0x1B))
		return 0;
	return n + 1 + (n + 1 < s.n && s.p[n] == 0x1B && s.p[n + 1] == '\\');
}

/* JSON writers keep HTML's characters out of a line: \u003c is <. */
static size_t unicode_escape_at(struct str s, char *ret_c)
{
	static const struct { const char *escape; char c; } table[] = {
		{ "\\u003c", '<' }, { "\\u003e", '>' }, { "\\u0026", '&' }, { "\\u0027", '\'' },
	};
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		*ret_c = table[i].c;
		if (str_starts_nocase(s, str_c(table[i].escape)))
			return strlen(table[i].escape);
	}
	return 0;
}

static size_t entity_at(struct str s, char *ret_c)
{
	static const struct { const char *name; char c; } names[] = {
		{ "&amp;lt;", '<' }, { "&amp;gt;", '>' }, { "&amp;quot;", '"' }, { "&amp;nbsp;", ' ' }, /* escaped twice */
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' }, { "&quot;", '"' }, { "&apos;", '\'' }, { "&nbsp;", ' ' },
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		*ret_c = names[i].c;
		if (str_starts_nocase(s, str_c(names[i].name)))
			return strlen(names[i].name);
	}
	if (s.n < 4 || s.p[1] != '#')
		return 0;
	size_t end = str_find_char(str_first(s, 9), ';');
	uint64_t value = 0;
	if (end == STR_NONE)
		return 0;
	bool hex = char_lower(s.p[2]) == 'x';
	for (size_t i = hex ? 3 : 2; i < end; i++) {
		char c = char_lower(s.p[i]);
		if (hex ? !char_is_hex(c) : !char_is_digit(c))
			return 0;
		value = value * (hex ? 16 : 10) + (uint64_t)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	*ret_c = value == 160 ? ' ' : value >= 32 && value < 127 ? (char)value : '?';
	return end + 1;
}

static size_t tag_at(struct str s)
{
	static const char *const tags[] = { "br", "br/", "br /", "p", "/p", "b", "/b", "i", "/i", "code", "/code", "pre",
					    "/pre", "tt", "/tt", "span", "/span", "div", "/div", "strong", "/strong" };
	size_t end = str_find_char(str_first(s, 12), '>');
	for (size_t i = 0; end != STR_NONE && i < sizeof tags / sizeof *tags; i++)
		if (str_eq_nocase(str_first(str_from(s, 1), end - 1), str_c(tags[i])))
			return end + 1;
	return 0;
}

/* ">> text": marks of mail at a line's start. */
static size_t marks_at(struct str s)
{
	size_t n = 0, last = 0;
	while (n < s.n && (s.p[n] == '>' || s.p[n] == ' ') && n < 16) {
		n++;
		if (s.p[n - 1] == '>')
			last = n;
	}
	return last;
}

/* Characters that look like something simpler. */
static bool put_lookalike(struct mender *m, uint32_t c)
{
	if (c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF || (c >= 0x202A && c <= 0x202E))
		return true;
	if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x3000 || c == 0x2028 || c == 0x85)
		put(m, ' ');
	else if ((c >= 0x2018 && c <= 0x201B) || c == 0xB4 || c == 0x2032)
		put(m, '\'');
	else if ((c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || c == 0x2033)
		put(m, '"');
	else if (c >= 0x2010 && c <= 0x2015)
		put(m, '-');
	else if (c == 0x2039 || c == 0x203A)
		put(m, c == 0x2039 ? '<' : '>');
	else if (c == 0x2026)
		for (int i = 0; i < 3; i++)
			put(m, '.');
	else
		return false;
	return true;
}

static void step_wide(struct mender *m)
{
	size_t next = m->at;
	uint32_t c = utf8_next(m->in, &next);
	if (c == UTF8_INVALID || !put_lookalike(m, c))
		for (; m->at < next; m->at++)
			put(m, m->in.p[m->at]);
	m->at = next;
}

/* "connec-" LF "tion" is one word again; what is no lower case on both sides stays. */
static bool is_hyphenation(const struct mender *m, size_t *ret_next)
{
	struct str rest = str_from(m->in, m->at + 1);
	size_t n = 0;
	if (!m->n || !char_is_lower(m->out[m->n - 1]))
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

static void step(struct mender *m)
{
	struct str rest = str_from(m->in, m->at);
	char c = rest.p[0], other;
	size_t n = 0, next;
	if (m->line_start && c == '>' && (n = marks_at(rest)) > 0 && n < rest.n && rest.p[n] == ' ') {
		m->at += n + 1;
		return;
	}
	m->line_start = c == '\n';
	if ((unsigned char)c >= 0x80) {
		step_wide(m);
		return;
	}
	if (c == 0x1B && (n = ansi_at(rest)) > 0) {
		m->at += n;
	} else if ((c == '&' && (n = entity_at(rest, &other)) > 0) ||
		   (c == '\\' && (n = unicode_escape_at(rest, &other)) > 0)) {
		put(m, other);
		m->at += n;
	} else if (c == '<' && (n = tag_at(rest)) > 0) {
		put(m, ' ');
		m->at += n;
	} else if (c == '-' && is_hyphenation(m, &next)) {
		m->at = next;
	} else {
		if (c == '\n' || (unsigned char)c >= 0x20)
			put(m, c);
		else if (c)
			put(m, ' ');
		m->at++;
	}
}

enum err damage_undo(struct str query, struct arena *a, struct clean *ret_clean)
{
	struct clean c = { 0 };
	struct mender m = { .in = query, .a = a, .c = &c, .line_start = true };
	m.out = arena_alloc(a, query.n + 4);
	while (m.out && m.at < query.n)
		step(&m);
	if (arena_err(a))
		return ERR_NOMEM;
	c.text = (struct str){ m.out, m.n };
	*ret_clean = c;
	return ERR_OK;
}

size_t damage_offset(const struct clean *c, size_t clean_offset)
{
	size_t low = 0, high = c->step_count;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (c->steps[middle].clean <= clean_offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? c->steps[low - 1].query + (clean_offset - c->steps[low - 1].clean) : clean_offset;
}
