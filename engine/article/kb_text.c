/* SPDX-License-Identifier: MIT
 *
 * The KB archive's text files: six header fields ("DOCUMENT:Q150536  08-AUG-2001  [winnt]", "TITLE   :", ...), a rule,
 * then the shared layout (body.c).
 */
#include "article/builder.h"
#include "article/charset.h"

enum { NAME_COLUMNS = 8 };

static int kb_text_detect(struct str bytes)
{
	if (str_starts(bytes, STR("\xEF\xBB\xBF")))
		bytes = str_from(bytes, 3);
	if (!str_starts(bytes, STR("DOCUMENT:")))
		return 0;
	return article_id_at(bytes, 9) ? 100 : 0;
}

static bool is_header_field(struct str line)
{
	if (line.n <= NAME_COLUMNS || line.p[NAME_COLUMNS] != ':' || !char_is_upper(*line.p))
		return false;
	for (size_t i = 0; i < NAME_COLUMNS; i++)
		if (!char_is_upper(line.p[i]) && line.p[i] != ' ' && line.p[i] != '/')
			return false;
	return true;
}

static void read_document(struct builder *b, struct str value)
{
	struct str word;
	size_t n = article_id_at(value, 0);
	b->article->id = str_first(value, n);
	value = str_from(value, n);
	if (str_word(&value, &word))
		b->article->date = article_date(word, b->arena);
}

static enum err kb_text_parse(struct str bytes, struct arena *a, struct diags *d, struct article *article)
{
	struct builder b = { .arena = a, .diags = d, .article = article };
	if (!builder_lines(&b, charset_text(bytes, a)))
		return ERR_NOMEM;
	size_t at = 0;
	while (at < b.count && is_header_field(b.lines[at])) {
		size_t end = at + 1;
		while (end < b.count && b.lines[end].n && !is_header_field(b.lines[end]) &&
		       !body_is_rule(b.lines[end], '='))
			end++;
		builder_field(&b, false, str_first(b.lines[at], NAME_COLUMNS), str_from(b.lines[at], NAME_COLUMNS + 1),
			      at, end);
		at = end;
	}
	read_document(&b, article_field(article, "DOCUMENT"));
	article->title = article_field(article, "TITLE");
	if (!article->date.n)
		diags_add(d, DIAG_WARNING, 1, "the DOCUMENT line has no date");
	body_parse(&b, at, b.count);
	builder_finish(&b);
	return arena_err(a);
}

const struct article_format kb_text_format = {
	.name = "kb-text",
	.help = "text file of the KB archive (DOCUMENT:Q150536 ...)",
	.detect = kb_text_detect,
	.parse = kb_text_parse,
};
