/* SPDX-License-Identifier: MIT
 *
 * An article and its rule > HTML: sections with headings, the box of cause and remedy. See html.h.
 */
#include "render/html.h"

/* Headings of the archive shout; ours need not. */
static void add_heading(struct buf *out, struct str heading)
{
	bool lower = false;
	for (size_t i = 0; i < heading.n; i++)
		lower |= char_is_lower(heading.p[i]);
	struct buf quiet = { 0 };
	for (size_t i = 0; i < heading.n; i++)
		buf_add_char(&quiet, lower || !i ? heading.p[i] : char_lower(heading.p[i]));
	render_html_line(out, buf_str(&quiet));
	buf_free(&quiet);
}

static void add_body(struct buf *out, const struct article *article, struct str body)
{
	if (article->front)
		render_html_markdown(out, body);
	else
		render_html_text(out, body);
}

static void add_section(struct buf *out, const struct article *article, const struct article_section *s)
{
	unsigned level = s->level > 1 ? 3 : 2;
	bool notice = s->kind == SECTION_NOTICE;
	if (notice)
		buf_add_c(out, "<details class=\"notice\"><summary>Notice</summary>\n");
	if (s->heading.n && !notice) {
		buf_addf(out, "<h%u>", level);
		add_heading(out, s->heading);
		buf_addf(out, "</h%u>\n", level);
	}
	add_body(out, article, s->body);
	if (notice)
		buf_add_c(out, "</details>\n");
}

void render_html_article(struct buf *out, const struct article *article)
{
	for (size_t i = 0; i < article->section_count; i++) /* what it applies to stands in its facts */
		if (article->sections[i].kind != SECTION_APPLIES || !article->product_count)
			add_section(out, article, &article->sections[i]);
}

/* add_do: steps of an imported article have a layout of their own; our own texts have values to fill in. */
static void add_do(struct buf *out, struct str text, const struct binding *bindings, size_t count)
{
	bool laid_out = str_find(text, STR("\n\n")) != STR_NONE || str_find(text, STR("\n- ")) != STR_NONE ||
			str_find(text, STR("\n1. ")) != STR_NONE || str_starts(text, STR("1. "));
	buf_add_c(out, laid_out ? "<div class=\"do\">" : "<p class=\"do\">");
	if (laid_out)
		render_html_text(out, text);
	else
		render_html_filled(out, text, bindings, count);
	buf_add_c(out, laid_out ? "</div>\n" : "</p>\n");
}

/* add_cost: what it takes and risks, beside where it is done. */
static void add_cost(struct buf *out, const struct rule_resolution *r)
{
	if (r->effort)
		buf_addf(out, " <span class=\"where\">%s</span>", rule_effort_name(r->effort));
	if (r->risk)
		buf_addf(out, " <span class=\"where\"><span%s>%s&nbsp;risk</span></span>",
			 r->risk >= RISK_MEDIUM ? " class=\"grave\"" : "",
			 r->risk == RISK_NONE ? "no" : rule_risk_name(r->risk));
}

void render_html_remedy_kind(struct buf *out, const struct rule_resolution *r)
{
	bool fix = r->kind == RESOLUTION_FIX;
	buf_addf(out, "<p><span class=\"kind %s\">%s</span>", fix ? "fix" : "workaround", fix ? "Fix" : "Workaround");
	if (r->where.n) {
		buf_add_c(out, " <span class=\"where\">");
		render_html_escape(out, r->where);
		buf_add_c(out, "</span>");
	}
	add_cost(out, r);
	buf_add_c(out, "</p>\n");
}

static void add_resolution(struct buf *out, const struct rule_resolution *r, const struct binding *bindings,
			   size_t count)
{
	buf_add_c(out, "<li>");
	render_html_remedy_kind(out, r);
	add_do(out, str_trim(r->text), bindings, count);
	if (r->caveat.n) {
		buf_add_c(out, "<p class=\"caveat\">");
		render_html_filled(out, str_trim(r->caveat), bindings, count);
		buf_add_c(out, "</p>\n");
	}
	if (r->harm.n) {
		buf_add_c(out, "<p class=\"harm\">Risk: ");
		render_html_filled(out, r->harm, bindings, count);
		buf_add_c(out, "</p>\n");
	}
	buf_add_c(out, "</li>\n");
}

void render_html_resolutions(struct buf *out, const struct rule_resolution *items, size_t item_count,
			     const struct binding *bindings, size_t count)
{
	if (!item_count)
		return;
	buf_add_c(out, "<ol class=\"remedies\">\n");
	for (size_t i = 0; i < item_count; i++)
		add_resolution(out, &items[i], bindings, count);
	buf_add_c(out, "</ol>\n");
}

static const char *status_words(enum rule_status status)
{
	switch (status) {
	case STATUS_CONFIRMED: return "A confirmed problem";
	case STATUS_FIXED: return "Fixed";
	case STATUS_NO_FIX: return "No fix is known";
	case STATUS_BY_DESIGN: return "Works as designed";
	default: return NULL;
	}
}

static void add_status(struct buf *out, const struct rule *rule)
{
	const char *words = status_words(rule->status);
	if (!words && !rule->status_text.n)
		return;
	buf_add_c(out, "<p class=\"status\">");
	if (words)
		buf_addf(out, "<strong>%s.</strong> ", words);
	render_html_line(out, str_trim(rule->status_text));
	buf_add_c(out, "</p>\n");
}

void render_html_remedy(struct buf *out, const struct rule *rule, const struct binding *bindings, size_t count,
			unsigned heading)
{
	if (rule->cause.n) {
		buf_addf(out, "<h%u>Why it happens</h%u>\n<p>", heading, heading);
		render_html_filled(out, str_trim(rule->cause), bindings, count);
		buf_add_c(out, "</p>\n");
	}
	if (rule->resolution_count)
		buf_addf(out, "<h%u>What to do</h%u>\n", heading, heading);
	render_html_resolutions(out, rule->resolutions, rule->resolution_count, bindings, count);
	if (!rule->cause.n && !rule->resolution_count)
		buf_add_c(out, "<p>The article names neither a cause nor a remedy; it may tell more.</p>\n");
	add_status(out, rule);
}
