/* SPDX-License-Identifier: MIT
 *
 * Our own articles: YAML front matter between "---" lines (kb/README.md has its keys), then Markdown whose headings
 * are the sections. The front matter stays a tree for the rule stage; here only what every article has is read.
 * Errors in it are diagnostics; an article whose front matter is no YAML is none.
 */
#include "article/builder.h"
#include "article/charset.h"

static int markdown_detect(struct str bytes)
{
	struct str rest = str_from(bytes, str_starts(bytes, STR("\xEF\xBB\xBF")) ? 3 : 0), line;
	if (!str_line(&rest, &line) || !str_eq(str_trim_end(line), STR("---")))
		return 0;
	while (str_line(&rest, &line) && !str_eq(str_trim_end(line), STR("---")))
		if (str_starts(line, STR("id:")))
			return 90;
	return 0;
}

/* heading_level counts the hashes of "## Symptoms"; 0 where it is no heading. */
static unsigned heading_level(struct str line)
{
	unsigned n = 0;
	while (n < line.n && line.p[n] == '#')
		n++;
	return n && n <= 6 && n < line.n && line.p[n] == ' ' ? n : 0;
}

static void take_body(struct builder *b, size_t section, size_t from, size_t to)
{
	size_t first = from, last = to;
	while (first < last && str_is_blank(b->lines[first]))
		first++;
	while (last > first && str_is_blank(b->lines[last - 1]))
		last--;
	builder_part(b, PART_FRAME, 0, from, first);
	if (first < last) {
		struct str end = b->lines[last - 1];
		b->article->sections[section].body =
			(struct str){ b->lines[first].p, (size_t)(end.p + end.n - b->lines[first].p) };
		b->article->sections[section].body_line = (uint32_t)first + 1;
		builder_part(b, PART_BODY, section, first, last);
		refs_add(b, first, last);
	}
	builder_part(b, PART_FRAME, 0, last, to);
}

static bool is_fence(struct str line)
{
	return str_starts(str_trim(line), STR("```")) || str_starts(str_trim(line), STR("~~~"));
}

/* next_heading: from the line on, or the end; a hash inside a code fence is none. */
static size_t next_heading(const struct builder *b, size_t at)
{
	for (bool code = false; at < b->count; at++) {
		if (is_fence(b->lines[at]))
			code = !code;
		if (!code && heading_level(b->lines[at]))
			return at;
	}
	return at;
}

static size_t open_section(struct builder *b, unsigned level, enum section_kind kind, struct str heading, size_t line)
{
	struct article *article = b->article;
	struct article_section *s = arena_push(b->arena, &article->sections, &article->section_count,
					       &article->section_cap);
	if (s)
		*s = (struct article_section){ .kind = kind, .level = level, .heading = heading,
					       .line = (uint32_t)line + 1 };
	return article->section_count - 1;
}

static void take_sections(struct builder *b, size_t at)
{
	enum section_kind top = SECTION_INTRO;
	size_t end = next_heading(b, at), text = at;
	while (text < end && str_is_blank(b->lines[text]))
		text++;
	if (text < end)
		take_body(b, open_section(b, 1, SECTION_INTRO, STR(""), text), at, end);
	else
		builder_part(b, PART_FRAME, 0, at, end);
	while ((at = end) < b->count && !b->arena->failed) {
		unsigned hashes = heading_level(b->lines[at]), level = hashes > 2 ? 2 : 1;
		struct str heading = str_trim(str_from(b->lines[at], hashes));
		enum section_kind kind = section_kind_of_heading(heading);
		if (kind == SECTION_OTHER && level == 2)
			kind = top;
		top = level == 1 ? kind : top;
		size_t section = open_section(b, level, kind, heading, at);
		builder_part(b, PART_HEADING, section, at, at + 1);
		end = next_heading(b, at + 1);
		take_body(b, section, at + 1, end);
	}
}

static void add_strings(struct arena *a, const struct tree *list, struct str **items, size_t *count, size_t *cap)
{
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->count; i++) {
		struct str *slot = list->items[i].kind == TREE_SCALAR ? arena_push(a, items, count, cap) : NULL;
		if (slot)
			*slot = list->items[i].value;
	}
}

static bool is_keyword(struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!char_is_upper(word.p[i]) && !char_is_digit(word.p[i]))
			return false;
	return word.n && char_is_upper(*word.p);
}

/* add_references: "Q151519", "Q151519 Its title", or a keyword ("SERVPACK") in the front matter's list. */
static void add_references(struct builder *b, const struct tree *list)
{
	struct article *article = b->article;
	for (size_t i = 0; list && list->kind == TREE_LIST && i < list->count; i++) {
		struct article_ref ref = { .line = list->items[i].line };
		struct str rest = list->items[i].value, word = { 0 };
		str_word(&rest, &word);
		if (!article_id(word, b->arena, &ref.id) && is_keyword(word))
			ref.keyword = word;
		if (!ref.id.n && !ref.keyword.n) {
			diags_add(b->diags, DIAG_ERROR, ref.line,
				  "a reference is an article's id (Q150536) or a keyword in capitals (SERVPACK)");
			continue;
		}
		ref.title = str_trim(rest);
		struct article_ref *slot = arena_push(b->arena, &article->refs, &article->ref_count, &article->ref_cap);
		if (slot)
			*slot = ref;
	}
}

static void read_front(struct builder *b, const struct tree *front)
{
	struct article *article = b->article;
	struct str date = tree_str(front, "date"), id = tree_str(front, "id");
	article->front = front;
	article->title = tree_str(front, "title");
	article->query_words = tree_str(front, "query_words");
	if (id.n && !article_id(id, b->arena, &article->id))
		diags_add(b->diags, DIAG_ERROR, tree_get(front, "id")->line,
			  "\"%.*s\" is no article id: Q and 5 or 6 digits, or Q- and words", STR_ARG(id));
	article->date = article_date(date, b->arena);
	if (date.n && !article->date.n)
		diags_add(b->diags, DIAG_ERROR, tree_get(front, "date")->line,
			  "\"%.*s\" is no date: write it as 2026-11-22", STR_ARG(date));
	add_strings(b->arena, tree_get(front, "products"), &article->products, &article->product_count,
		    &article->product_cap);
	add_strings(b->arena, tree_get(front, "keywords"), &article->keywords, &article->keyword_count,
		    &article->keyword_cap);
	add_references(b, tree_get(front, "references"));
}

static enum err markdown_parse(struct str bytes, struct arena *a, struct diags *d, struct article *article)
{
	struct builder b = { .arena = a, .diags = d, .article = article };
	if (!builder_lines(&b, charset_text(bytes, a)))
		return ERR_NOMEM;
	size_t end = 1;
	while (end < b.count && !str_eq(str_trim_end(b.lines[end]), STR("---")))
		end++;
	if (end >= b.count)
		return diags_fail(d, ERR_INPUT, "the front matter has no closing --- line");
	struct str yaml = { b.lines[1].p, (size_t)(b.lines[end].p - b.lines[1].p) };
	struct tree *front = NULL;
	enum err err = tree_parse(yaml, 2, a, d, &front);
	if (err)
		return err;
	builder_part(&b, PART_FRAME, 0, 0, end + 1);
	read_front(&b, front);
	take_sections(&b, end + 1);
	return arena_err(a);
}

const struct article_format markdown_format = {
	.name = "authored",
	.help = "our own article: Markdown with YAML front matter",
	.detect = markdown_detect,
	.parse = markdown_parse,
};
