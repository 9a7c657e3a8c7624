/* SPDX-License-Identifier: MIT
 *
 * The KB archive's web pages: a page's front matter and heading, then the article between {% raw %} and {% endraw %},
 * each line behind a tab: six header fields ("Article: Q221951", "Product(s): ..."), then the shared layout (body.c)
 * or, from the Programmer's Library, running text with "Question:" and "Response:".
 */
#include "article/builder.h"
#include "article/charset.h"
#include "base/utf8.h"

#include <string.h>

static int kb_web_detect(struct str bytes)
{
	if (!str_starts(bytes, STR("---")))
		return 0;
	bool raw = str_find(bytes, STR("{% raw %}")) != STR_NONE;
	size_t at = str_find(bytes, STR("\tArticle: Q"));
	return raw && at != STR_NONE ? 100 : 0;
}

/* untab gives the text without the tab before its lines, and notes which had one. Lines of the page have none. */
static bool untab(struct builder *b, struct str text)
{
	struct str whole = text;
	if (!builder_lines(b, whole))
		return false;
	bool *tabbed = arena_array(b->arena, bool, b->count);
	char *to = arena_alloc(b->arena, whole.n), *start = to;
	if (!tabbed || !to)
		return false;
	for (size_t i = 0; i < b->count; i++) {
		struct str line = b->lines[i];
		const char *end = i + 1 < b->count ? b->lines[i + 1].p : whole.p + whole.n;
		size_t n = (size_t)(end - line.p);
		tabbed[i] = line.n && *line.p == '\t';
		memcpy(to, line.p + tabbed[i], n - tabbed[i]);
		b->lines[i] = (struct str){ to, line.n - tabbed[i] };
		to += n - tabbed[i];
	}
	b->text = (struct str){ start, (size_t)(to - start) };
	b->tabbed = tabbed;
	return true;
}

static size_t find_line(const struct builder *b, size_t from, struct str what)
{
	while (from < b->count && !str_eq(str_trim(b->lines[from]), what))
		from++;
	return from;
}

static bool is_header_field(struct str line)
{
	static const struct str names[] = { STR_LIT("Article:"), STR_LIT("Product(s):"), STR_LIT("Version(s):"),
					    STR_LIT("Operating System(s):"), STR_LIT("Keyword(s):"),
					    STR_LIT("Last Modified:") };
	return STR_IS_ANY(line, names, str_starts);
}

/* entity_at reads "&quot;" or "&#91;" at the start of s: its length, or 0. */
static size_t entity_at(struct str s, uint32_t *ret_c)
{
	static const struct {
		struct str name;
		char c;
	} names[] = { { STR_LIT("amp"), '&' }, { STR_LIT("lt"), '<' }, { STR_LIT("gt"), '>' }, { STR_LIT("quot"), '"' },
		      { STR_LIT("apos"), '\'' } };
	size_t end = str_find_char(str_first(s, 10), ';');
	if (end == STR_NONE || end < 3 || *s.p != '&')
		return 0;
	struct str name = { s.p + 1, end - 1 };
	uint64_t number;
	if (*name.p == '#' && str_u64(str_from(name, 1), &number) && number >= ' ' && number <= 0x10FFFF) {
		*ret_c = (uint32_t)number;
		return end + 1;
	}
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (!str_eq(names[i].name, name))
			continue;
		*ret_c = (unsigned char)names[i].c;
		return end + 1;
	}
	return 0;
}

static struct str unescape(struct arena *a, struct str s)
{
	if (str_find_char(s, '&') == STR_NONE)
		return s;
	struct buf b = { 0 };
	while (s.n) {
		uint32_t c;
		size_t n = *s.p == '&' ? entity_at(s, &c) : 0;
		if (n)
			utf8_put(&b, c);
		else
			buf_add_char(&b, *s.p);
		s = str_from(s, n ? n : 1);
	}
	return buf_take(&b, a);
}

/* The title stands in the page's heading, "## Q221951: ...", with HTML's entities; the article's text has none. */
static struct str page_title(const struct builder *b, size_t to)
{
	for (size_t i = 0; i < to; i++) {
		struct str line = b->lines[i], head, tail;
		if (str_starts(line, STR("## ")) && article_id_at(line, 3) && str_cut(line, ':', &head, &tail))
			return unescape(b->arena, str_trim(tail));
	}
	return STR("");
}

static size_t take_header(struct builder *b, size_t at, size_t to)
{
	while (at < to && is_header_field(b->lines[at])) {
		struct str name, value;
		size_t end = at + 1;
		while (end < to && str_trim(b->lines[end]).n && !is_header_field(b->lines[end]) &&
		       !body_is_rule(b->lines[end], '-'))
			end++;
		str_cut(b->lines[at], ':', &name, &value);
		builder_field(b, false, name, value, at, end);
		at = end;
	}
	return at;
}

static enum err kb_web_parse(struct str bytes, struct arena *a, struct diags *d, struct article *article)
{
	struct builder b = { .arena = a, .diags = d, .article = article };
	if (!untab(&b, charset_text(bytes, a)))
		return ERR_NOMEM;
	size_t at = find_line(&b, 0, STR("{% raw %}"));
	size_t end = find_line(&b, at, STR("{% endraw %}"));
	while (at < end && !is_header_field(b.lines[at]))
		at++;
	builder_part(&b, PART_FRAME, 0, 0, at);
	article->title = page_title(&b, at);
	at = take_header(&b, at, end);
	struct str id = article_field(article, "Article");
	article->id = str_first(id, article_id_at(id, 0));
	article->date = article_date(article_field(article, "Last Modified"), a);
	if (!article->date.n)
		diags_add(d, DIAG_WARNING, 1, "the article has no date (\"Last Modified\")");
	body_parse(&b, at, end);
	builder_part(&b, PART_FRAME, 0, end, b.count);
	builder_finish(&b);
	return arena_err(a);
}

const struct article_format kb_web_format = {
	.name = "kb-web",
	.help = "web page of the KB archive (README.md with \"Article: Q...\")",
	.detect = kb_web_detect,
	.parse = kb_web_parse,
};
