/* SPDX-License-Identifier: MIT */
#include "article/builder.h"

/* Of one article, so that a hostile one costs no more than a long one. The archive's longest list has 22 keywords. */
enum { KEYWORDS_MAX = 256 };

bool builder_lines(struct builder *b, struct str text)
{
	size_t count = 0;
	for (struct str rest = text; rest.n; count++) {
		size_t at = str_find_char(rest, '\n');
		rest = str_from(rest, at == STR_NONE ? rest.n : at + 1);
	}
	b->text = text;
	b->count = count;
	b->lines = arena_array(b->arena, struct str, count);
	if (!b->lines)
		return false;
	for (size_t i = 0; i < count; i++) {
		size_t at = str_find_char(text, '\n');
		b->lines[i] = str_first(text, at);
		text = str_from(text, at == STR_NONE ? text.n : at + 1);
	}
	return true;
}

static struct str whole_lines(const struct builder *b, size_t from, size_t to)
{
	const char *end = to < b->count ? b->lines[to].p : b->text.p + b->text.n;
	return (struct str){ b->lines[from].p, (size_t)(end - b->lines[from].p) };
}

void builder_part(struct builder *b, enum part_kind kind, size_t index, size_t from, size_t to)
{
	while (from < to) {
		bool tabbed = b->tabbed && b->tabbed[from];
		size_t end = b->tabbed ? from + 1 : to;
		while (end < to && b->tabbed[end] == tabbed)
			end++;
		struct article *article = b->article;
		struct article_part *part = arena_push(b->arena, &article->parts, &article->part_count,
						       &article->part_cap);
		if (!part)
			return;
		*part = (struct article_part){ kind, tabbed, (uint32_t)index, whole_lines(b, from, end) };
		from = end;
	}
}

/* join_lines makes one line of the first text and lines[from, to). */
static struct str join_lines(struct builder *b, struct str first, size_t from, size_t to)
{
	struct buf joined = { 0 };
	buf_add(&joined, str_trim(first));
	for (size_t i = from; i < to; i++) {
		struct str line = str_trim(b->lines[i]);
		if (line.n && joined.n)
			buf_add_char(&joined, ' ');
		buf_add(&joined, line);
	}
	return buf_take(&joined, b->arena);
}

void builder_field(struct builder *b, bool footer, struct str name, struct str value, size_t from, size_t to)
{
	struct article *article = b->article;
	struct article_field *field =
		arena_push(b->arena, &article->fields, &article->field_count, &article->field_cap);
	if (!field)
		return;
	field->name = str_trim(name);
	field->value = to > from + 1 ? join_lines(b, value, from + 1, to) : str_trim(value);
	field->footer = footer;
	field->line = (uint32_t)from + 1;
	builder_part(b, PART_FIELD, article->field_count - 1, from, to);
}

/* ---- what is derived ---- */

static void add_keywords(struct builder *b, struct str words)
{
	struct article *article = b->article;
	struct str word;
	while (article->keyword_count < KEYWORDS_MAX && str_word(&words, &word)) {
		bool known = !str_starts(word, STR("kb"));
		for (size_t i = 0; i < article->keyword_count && !known; i++)
			known = str_eq(article->keywords[i], word);
		struct str *slot = known ? NULL : arena_push(b->arena, &article->keywords, &article->keyword_count,
							     &article->keyword_cap);
		if (slot)
			*slot = word;
	}
}

static void add_product(struct builder *b, struct str product)
{
	struct article *article = b->article;
	product = str_trim(product);
	struct str *slot = product.n ? arena_push(b->arena, &article->products, &article->product_count,
						  &article->product_cap)
				     : NULL;
	if (slot)
		*slot = product;
}

static bool starts_product(struct str line)
{
	line = str_trim(line);
	return line.n > 1 && line.p[0] == '-' && line.p[1] != '-';
}

/* A product is a line that starts with a hyphen, with the lines that continue it. */
static void add_products(struct builder *b, const struct article_section *applies)
{
	size_t at = applies->body_line ? applies->body_line - 1 : b->count, end = at;
	while (end < b->count && b->lines[end].p < applies->body.p + applies->body.n)
		end++;
	while (at < end) {
		size_t next = at + 1;
		while (next < end && str_trim(b->lines[next]).n && !starts_product(b->lines[next]))
			next++;
		if (starts_product(b->lines[at]))
			add_product(b, join_lines(b, str_from(str_trim(b->lines[at]), 1), at + 1, next));
		at = next;
	}
}

/* add_query_words joins what may stand in several fields. */
static void add_query_words(struct builder *b)
{
	struct article *article = b->article;
	struct buf words = { 0 };
	for (size_t i = 0; i < article->field_count; i++) {
		if (!str_starts_nocase(article->fields[i].name, STR("Additional ")))
			continue;
		if (words.n)
			buf_add_char(&words, ' ');
		buf_add(&words, article->fields[i].value);
	}
	article->query_words = buf_take(&words, b->arena);
}

static const char *const keyword_fields[] = { "KEYWORDS", "Keyword(s)" };
static const char *const product_fields[] = { "PRODUCT", "Product(s)" };

static bool named(struct str name, const char *const names[2])
{
	return str_eq_nocase(name, str_c(names[0])) || str_eq_nocase(name, str_c(names[1]));
}

void builder_finish(struct builder *b)
{
	struct article *article = b->article;
	for (size_t i = 0; i < article->section_count; i++)
		if (article->sections[i].kind == SECTION_APPLIES)
			add_products(b, &article->sections[i]);
	for (size_t i = 0; i < article->field_count; i++) {
		const struct article_field *field = &article->fields[i];
		if (named(field->name, keyword_fields))
			add_keywords(b, field->value);
		else if (!article->product_count && named(field->name, product_fields) &&
			 !str_eq_nocase(field->value, STR("See article")))
			add_product(b, field->value);
		else if (str_eq(field->name, STR("Issue type")))
			article->issue_type = field->value;
	}
	add_query_words(b);
}
