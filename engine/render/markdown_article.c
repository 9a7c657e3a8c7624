/* SPDX-License-Identifier: MIT
 *
 * An article as Markdown (CommonMark): what the tool takes from it, then its text, ours behind the imported one, then
 * what cites it. Imported text is escaped; ours is Markdown already and stays as it is written.
 */
#include "render/render.h"
#include "rule/prose.h"

static void add_heading(struct buf *out, unsigned level, struct str text)
{
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < level; i++)
		buf_add_char(out, '#');
	buf_add_char(out, ' ');
	render_markdown_text(out, text);
	buf_add_c(out, "\n");
}

/* add_item: the marker stays markup, what is behind it does not become any. */
static void add_item(struct buf *out, struct str text)
{
	size_t at = str_find_char(text, ' ');
	bool marked = at != STR_NONE && at <= 4;
	bool number = marked && char_is_digit(text.p[0]);
	if (number)
		render_safe(out, str_first(text, at), false);
	else
		buf_add_char(out, '-');
	buf_add_char(out, ' ');
	render_markdown_text(out, marked ? str_from(text, at) : text);
	buf_add_char(out, '\n');
}

/* add_paragraph escapes what only the beginning of a line makes markup. */
static void add_paragraph(struct buf *out, struct str text)
{
	for (struct str line; str_line(&text, &line);) {
		line = str_trim(line);
		if (!line.n)
			continue;
		if (line.p[0] == '-' || line.p[0] == '+' || line.p[0] == '=')
			buf_add_char(out, '\\');
		render_markdown_text(out, line);
		buf_add_c(out, text.n ? "  \n" : "\n");
	}
}

static void add_prose(struct buf *out, struct str body, struct arena *a)
{
	struct prose prose = prose_of(body);
	struct prose_block block;
	enum prose_kind before = PROSE_TEXT;
	while (prose_next(&prose, a, &block)) {
		if (block.kind != PROSE_ITEM || before != PROSE_ITEM)
			buf_add_char(out, '\n');
		if (block.kind == PROSE_CODE)
			render_markdown_block(out, block.text);
		else if (block.kind == PROSE_ITEM)
			add_item(out, block.text);
		else
			add_paragraph(out, block.text);
		before = block.kind;
	}
}

static void add_sections(struct buf *out, const struct article *article, unsigned level, struct arena *a)
{
	for (size_t i = 0; i < article->section_count; i++) {
		const struct article_section *s = &article->sections[i];
		if (s->kind == SECTION_NOTICE || (s->kind == SECTION_APPLIES && article->product_count))
			continue;
		if (s->heading.n)
			add_heading(out, s->level > 1 ? level + 1 : level, s->heading);
		if (article->front) {
			buf_add_char(out, '\n');
			render_safe(out, str_trim(s->body), true);
			buf_add_char(out, '\n');
		} else {
			add_prose(out, s->body, a);
		}
	}
}

static void add_messages(struct buf *out, const struct rule *rule)
{
	if (rule->template_count)
		add_heading(out, 3, STR("Messages it explains"));
	for (size_t i = 0; i < rule->template_count; i++) {
		struct buf text = { 0 };
		render_template(&text, &rule->templates[i]);
		buf_add_char(out, '\n');
		render_markdown_block(out, buf_str(&text));
		if (buf_err(&text))
			out->err = buf_err(&text);
		buf_free(&text);
	}
}

static void add_rule(struct buf *out, const struct rule *rule, struct arena *a)
{
	if (!rule->cause.n && !rule->resolution_count && !rule->template_count)
		return;
	add_heading(out, 2, STR("In short"));
	if (rule->cause.n) {
		add_heading(out, 3, STR("Why it happens"));
		add_prose(out, rule->cause, a);
	}
	if (rule->resolution_count)
		add_heading(out, 3, STR("What to do"));
	for (size_t i = 0; i < rule->resolution_count; i++) {
		const struct rule_resolution *r = &rule->resolutions[i];
		struct buf cost = { 0 };
		render_cost(&cost, r);
		buf_addf(out, "\n**%s**", r->kind == RESOLUTION_FIX ? "Fix" : "Workaround");
		if (cost.n) {
			buf_add_c(out, " (");
			render_markdown_text(out, buf_str(&cost));
			buf_add_char(out, ')');
		}
		buf_free(&cost);
		buf_add_char(out, '\n');
		add_prose(out, r->text, a);
		if (r->caveat.n)
			add_prose(out, r->caveat, a);
	}
	add_messages(out, rule);
}

void render_markdown_article(struct buf *out, const struct article *article, const struct article *authored,
			     const struct rule *rule, const struct store_brief *cited_by, size_t cited_by_count)
{
	struct arena a = { 0 };
	buf_add_c(out, "# ");
	render_markdown_text(out, article->id);
	buf_add_c(out, ": ");
	render_markdown_text(out, article->title);
	buf_add_c(out, "\n");
	if (article->date.n || article->product_count)
		buf_add_char(out, '\n');
	if (article->date.n) {
		buf_add_c(out, "- Last changed: ");
		render_markdown_text(out, article->date);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < article->product_count; i++) {
		buf_add_c(out, "- Applies to: ");
		render_markdown_text(out, article->products[i]);
		buf_add_char(out, '\n');
	}
	add_rule(out, rule, &a);
	add_sections(out, article, 2, &a);
	if (authored && authored != article) {
		add_heading(out, 2, STR("In our words"));
		add_sections(out, authored, 3, &a);
	}
	if (cited_by_count)
		add_heading(out, 2, STR("Cited by"));
	for (size_t i = 0; i < cited_by_count; i++) {
		buf_add_c(out, i ? "- " : "\n- ");
		render_markdown_text(out, cited_by[i].id);
		buf_add_char(out, ' ');
		render_markdown_text(out, cited_by[i].title);
		buf_add_char(out, '\n');
	}
	if (arena_err(&a))
		out->err = arena_err(&a);
	arena_free(&a);
}
