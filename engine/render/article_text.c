/* SPDX-License-Identifier: MIT
 *
 * An article for a terminal: what the tool takes from it first (messages, codes, cause, what to do, status), then its
 * text, ours behind the imported one, then what it refers to and what refers to it. Wrapped lines of the source are
 * joined and wrapped anew; lists hang, code and tables stay as they are. The notices are left out and said to be.
 */
#include "render/render.h"
#include "rule/prose.h"

#include <string.h>

enum { WIDTH_DEFAULT = 80, TEXT_INDENT = 2, LABEL_COLUMNS = 14, ID_COLUMNS = 10, REFERENCES_MAX = 30 };

struct page {
	struct buf *out;
	const struct render_text *t;
	struct arena arena; /* for joined text */
};

static void add_coloured(struct page *p, const char *colour, struct str text)
{
	render_coloured(p->out, p->t, colour, text);
}

static void add_spaces(struct page *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_add_char(p->out, ' ');
}

/* add_hanging wraps text at an indent and puts the lead in front of its first line, in the room of the indent. */
static void add_hanging(struct page *p, unsigned at, unsigned indent, const char *colour, struct str lead,
			struct str text)
{
	if (indent <= at + lead.n)
		indent = at + (unsigned)lead.n + 2;
	add_spaces(p, at);
	add_coloured(p, colour, lead);
	add_spaces(p, indent - at - (unsigned)lead.n);
	render_beside(p->out, p->t, indent, text);
}

/* add_name is a row of such a list where nothing stands beside the name. */
static void add_name(struct page *p, struct str name)
{
	add_spaces(p, TEXT_INDENT);
	add_coloured(p, RENDER_LINK, name);
	buf_add_char(p->out, '\n');
}

static void add_code(struct page *p, unsigned indent, struct str lines)
{
	struct str line;
	while (str_line(&lines, &line)) {
		if (line.n)
			add_spaces(p, indent);
		buf_add_c(p->out, render_on(p->t, RENDER_LINK));
		render_safe(p->out, line, true);
		render_end_colour(p->out, p->t);
		buf_add_char(p->out, '\n');
	}
}

/* add_lines wraps each of the lines that somebody broke on purpose. */
static void add_lines(struct page *p, unsigned indent, struct str text)
{
	for (struct str line; str_line(&text, &line);)
		render_wrapped(p->out, p->t, indent, line);
}

static size_t marker_of(struct str item)
{
	size_t at = str_find_char(item, ' ');
	return at == STR_NONE || at > 4 ? 0 : at;
}

/* add_prose shows a body. */
static void add_prose(struct page *p, unsigned indent, struct str body)
{
	struct prose prose = prose_of(body);
	struct prose_block block;
	enum prose_kind before = PROSE_TEXT;
	for (bool first = true; prose_next(&prose, &p->arena, &block); first = false) {
		bool tight = block.kind == PROSE_ITEM && before == PROSE_ITEM;
		unsigned in = indent + (block.kind == PROSE_ITEM || !block.indent ? block.indent : 3);
		in = in > indent + 12 ? indent + 12 : in;
		if (!first && !tight)
			buf_add_char(p->out, '\n');
		size_t marker = block.kind == PROSE_ITEM ? marker_of(block.text) : 0;
		if (block.kind == PROSE_CODE)
			add_code(p, indent + (block.indent ? 4 : 0), block.text);
		else if (marker)
			add_hanging(p, in, in + (unsigned)marker + 1, NULL, str_first(block.text, marker),
				    str_trim(str_from(block.text, marker)));
		else
			add_lines(p, in, block.text);
		before = block.kind;
	}
	arena_reset(&p->arena);
}

static void add_heading(struct page *p, struct str heading)
{
	buf_add_char(p->out, '\n');
	add_coloured(p, RENDER_BOLD, heading);
	buf_add_char(p->out, '\n');
}

static void add_sections(struct page *p, const struct article *article)
{
	for (size_t i = 0; i < article->section_count; i++) {
		const struct article_section *s = &article->sections[i];
		if (s->kind == SECTION_NOTICE || s->kind == SECTION_APPLIES)
			continue;
		if (s->level > 1 && s->heading.n) {
			buf_add_char(p->out, '\n');
			add_spaces(p, TEXT_INDENT);
			add_coloured(p, RENDER_UNDERLINED, s->heading);
			buf_add_char(p->out, '\n');
		} else if (s->heading.n) {
			add_heading(p, s->heading);
		} else {
			buf_add_char(p->out, '\n');
		}
		add_prose(p, TEXT_INDENT, s->body);
	}
}

/* ---- what the tool takes from it ---- */

static void add_label(struct page *p, const char *label, struct str text)
{
	if (text.n)
		add_hanging(p, TEXT_INDENT, LABEL_COLUMNS + TEXT_INDENT, RENDER_BOLD, str_c(label), text);
}

static void add_code_line(struct page *p, const struct rule_code *code, const char *label)
{
	struct str text = code->value > 0xFFFF || code->value < 0
				  ? arena_printf(&p->arena, "0x%08X", (unsigned)(uint32_t)code->value)
				  : arena_printf(&p->arena, "%lld", (long long)code->value);
	add_label(p, label,
		  arena_printf(&p->arena, "%.*s%s%.*s%s%.*s", STR_ARG(text), code->family.n ? "  " : "",
			       STR_ARG(code->family), code->symbol.n ? "  " : "", STR_ARG(code->symbol)));
}

static void add_list(struct page *p, const char *label, const struct str *items, size_t count)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < count; i++)
		buf_addf(&b, "%s%.*s", i ? ", " : "", STR_ARG(items[i]));
	add_label(p, label, buf_str(&b));
	buf_free(&b);
}

/* A remedy's first paragraph stands beside its label; the rest hangs below. */
static void add_resolution(struct page *p, const struct rule_resolution *r)
{
	struct buf shown = { 0 };
	struct page inner = { .out = &shown, .t = p->t };
	unsigned indent = LABEL_COLUMNS + TEXT_INDENT;
	struct str label = r->kind == RESOLUTION_FIX ? STR("Fix") : STR("Workaround");
	add_prose(&inner, indent, r->text);
	add_spaces(p, TEXT_INDENT);
	add_coloured(p, RENDER_BOLD RENDER_GOOD, label);
	add_spaces(p, LABEL_COLUMNS - label.n);
	buf_add(p->out, str_from(buf_str(&shown), indent));
	if (r->where.n)
		add_hanging(p, indent, indent + 7, RENDER_DIM, STR("Where:"), r->where);
	if (r->caveat.n)
		add_hanging(p, indent, indent + 8, RENDER_OPEN, STR("Caveat:"), r->caveat);
	struct rule_resolution nowhere = *r;
	struct buf cost = { 0 };
	nowhere.where = STR("");
	render_cost(&cost, &nowhere);
	if (cost.n)
		add_hanging(p, indent, indent + 7, RENDER_DIM, STR("Takes:"), buf_str(&cost));
	buf_free(&cost);
	arena_free(&inner.arena);
	buf_free(&shown);
}

static void add_rule(struct page *p, const struct rule *rule)
{
	for (size_t i = 0; i < rule->template_count; i++) {
		struct buf message = { 0 };
		render_template(&message, &rule->templates[i]);
		add_label(p, i ? "" : "Messages", buf_take(&message, &p->arena));
	}
	bool first = true;
	for (size_t i = 0; i < rule->code_count; i++) {
		if (!rule->codes[i].defining)
			continue;
		add_code_line(p, &rule->codes[i], first ? "Codes" : "");
		first = false;
	}
	add_list(p, "Log files", rule->log_files, rule->log_file_count);
	add_list(p, "Components", rule->components, rule->component_count);
	struct buf cause = { 0 };
	struct page inner = { .out = &cause, .t = p->t };
	add_prose(&inner, LABEL_COLUMNS + TEXT_INDENT, rule->cause);
	if (cause.n) {
		add_spaces(p, TEXT_INDENT);
		add_coloured(p, RENDER_BOLD, STR("Cause"));
		add_spaces(p, LABEL_COLUMNS - 5);
		buf_add(p->out, str_from(buf_str(&cause), LABEL_COLUMNS + TEXT_INDENT));
	}
	arena_free(&inner.arena);
	buf_free(&cause);
	for (size_t i = 0; i < rule->resolution_count; i++)
		add_resolution(p, &rule->resolutions[i]);
	for (size_t i = 0; i < rule->story_count; i++)
		add_label(p, i ? "" : "A scan says",
			  arena_printf(&p->arena, "%.*s: %.*s", STR_ARG(rule->stories[i].name),
				       STR_ARG(rule->stories[i].says)));
	if (rule->status != STATUS_UNKNOWN)
		add_label(p, "Status", arena_printf(&p->arena, "%s%s%.*s", rule_status_name(rule->status),
						    rule->status_text.n ? ": " : "", STR_ARG(rule->status_text)));
	else
		add_label(p, "Status", rule->status_text);
	add_list(p, "Causes", rule->cause_classes, rule->cause_class_count);
	arena_reset(&p->arena);
}

/* ---- around it ---- */

static void add_title(struct page *p, const struct article *article)
{
	add_hanging(p, 0, ID_COLUMNS, RENDER_VALUE, article->id, article->title);
	struct str parts[] = { article->date, article->issue_type, article->format };
	add_spaces(p, ID_COLUMNS);
	buf_add_c(p->out, render_on(p->t, RENDER_DIM));
	bool first = true;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		if (!parts[i].n)
			continue;
		buf_add_c(p->out, first ? "" : "  ");
		render_safe(p->out, parts[i], false);
		first = false;
	}
	render_end_colour(p->out, p->t);
	buf_add_char(p->out, '\n');
	for (size_t i = 0; i < article->product_count; i++)
		render_wrapped(p->out, p->t, ID_COLUMNS, article->products[i]);
	buf_add_char(p->out, '\n');
}

static void add_references(struct page *p, const struct article *article, const struct article *authored)
{
	const struct article *const both[] = { article, authored };
	bool any = false;
	for (size_t k = 0; k < 2; k++) {
		for (size_t i = 0; both[k] && i < both[k]->ref_count; i++) {
			const struct article_ref *ref = &both[k]->refs[i];
			bool twice = false;
			for (size_t m = 0; k && m < article->ref_count; m++)
				twice |= ref->id.n ? str_eq(article->refs[m].id, ref->id)
						   : str_eq(article->refs[m].keyword, ref->keyword);
			if (twice)
				continue;
			if (!any)
				add_heading(p, STR("Refers to"));
			any = true;
			struct str name = ref->id.n ? ref->id : ref->keyword;
			if (ref->title.n)
				add_hanging(p, TEXT_INDENT, TEXT_INDENT + ID_COLUMNS, RENDER_LINK, name, ref->title);
			else
				add_name(p, name);
		}
	}
}

static void add_cited_by(struct page *p, const struct store_brief *items, size_t count)
{
	size_t width = ID_COLUMNS;
	for (size_t i = 0; i < count && i < REFERENCES_MAX; i++)
		width = items[i].id.n + 2 > width ? items[i].id.n + 2 : width;
	if (count)
		add_heading(p, STR("Cited by"));
	for (size_t i = 0; i < count && i < REFERENCES_MAX; i++)
		add_hanging(p, TEXT_INDENT, TEXT_INDENT + (unsigned)width, RENDER_LINK, items[i].id, items[i].title);
	if (count > REFERENCES_MAX)
		buf_addf(p->out, "  and %zu more\n", count - REFERENCES_MAX);
}

void render_text_article(struct buf *out, const struct render_text *t, const struct article *article,
			 const struct article *authored, const struct rule *rule, const struct store_brief *cited_by,
			 size_t cited_by_count)
{
	struct page p = { .out = out, .t = t };
	add_title(&p, article);
	add_rule(&p, rule);
	add_sections(&p, article);
	if (authored && authored != article) {
		add_heading(&p, STR("Our own words"));
		add_sections(&p, authored);
	}
	add_references(&p, article, authored && authored != article ? authored : NULL);
	add_cited_by(&p, cited_by, cited_by_count);
	if (article_has(article, SECTION_NOTICE)) {
		buf_add_char(out, '\n');
		buf_add_c(p.out, render_on(p.t, RENDER_DIM));
		render_wrapped(out, t, 0, STR("The disclaimer and copyright lines are in the text as it came (--raw)."));
		render_end_colour(p.out, p.t);
	}
	arena_free(&p.arena);
}
