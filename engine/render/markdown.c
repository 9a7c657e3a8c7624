/* SPDX-License-Identifier: MIT
 *
 * A report as Markdown (CommonMark), to be passed on in a ticket or a chat: message, verdict, what was seen, what to
 * do. What comes from outside is escaped, so that nothing of it becomes markup or a link.
 */
#include "render/render.h"

#include <string.h>

enum { CAUSES_SHOWN = 8 };

void render_markdown_text(struct buf *out, struct str text)
{
	struct buf safe = { 0 };
	render_safe(&safe, str_trim(text), true);
	for (size_t i = 0; i < safe.n; i++) {
		char c = safe.p[i];
		if (strchr("\\`*_{}[]<>#|~&!", c))
			buf_add_char(out, '\\');
		buf_add_char(out, c == '\n' || c == '\t' ? ' ' : c);
	}
	if (buf_err(&safe))
		out->err = buf_err(&safe);
	buf_free(&safe);
}

static size_t longest_run(struct str text, char c)
{
	size_t longest = 0, run = 0;
	for (size_t i = 0; i < text.n; i++) {
		run = text.p[i] == c ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

static void add_fence(struct buf *out, size_t n)
{
	while (n--)
		buf_add_char(out, '`');
	buf_add_char(out, '\n');
}

void render_markdown_block(struct buf *out, struct str text)
{
	struct buf safe = { 0 };
	render_safe(&safe, str_trim_end(text), true);
	size_t fence = longest_run(buf_str(&safe), '`') + 1;
	fence = fence < 3 ? 3 : fence;
	add_fence(out, fence);
	buf_add(out, buf_str(&safe));
	buf_add_char(out, '\n');
	add_fence(out, fence);
	buf_free(&safe);
}

static void add_code(struct buf *out, struct str text)
{
	bool odd = str_find_char(text, '`') != STR_NONE || str_find_char(text, '\n') != STR_NONE;
	buf_add_c(out, odd ? "" : "`");
	if (odd)
		render_markdown_text(out, text);
	else
		render_safe(out, text, false);
	buf_add_c(out, odd ? "" : "`");
}

/* add_filled puts values in the place of {name}. */
static void add_filled(struct buf *out, const struct triage_report *r, struct str text)
{
	struct buf filled = { 0 };
	render_filled(&filled, text, r->bindings, r->binding_count);
	render_markdown_text(out, buf_str(&filled));
	buf_free(&filled);
}

static void add_cost(struct buf *out, const struct triage_report *r, const struct rule_resolution *item)
{
	struct buf cost = { 0 };
	render_cost(&cost, item);
	buf_add_c(out, cost.n ? " (" : "");
	add_filled(out, r, buf_str(&cost));
	buf_add_c(out, cost.n ? ")" : "");
	buf_free(&cost);
}

static void add_resolutions(struct buf *out, const struct triage_report *r, const struct rule_resolution *items,
			    size_t count)
{
	if (count)
		buf_add_c(out, "\n## What to do\n\n");
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "%zu. **%s** ", i + 1, items[i].kind == RESOLUTION_FIX ? "Fix" : "Workaround");
		add_filled(out, r, items[i].text);
		if (items[i].caveat.n) {
			buf_add_char(out, ' ');
			add_filled(out, r, items[i].caveat);
		}
		add_cost(out, r, &items[i]);
		buf_add_char(out, '\n');
	}
}

/* The likeliest; of very many the names would tell nothing. */
static void add_causes_left(struct buf *out, const struct verdict *v)
{
	size_t shown = v->cause_left_count < 2 * CAUSES_SHOWN ? v->cause_left_count : CAUSES_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		buf_add_c(out, i ? ", " : "\nCauses left: ");
		add_code(out, v->causes_left[i]);
	}
	if (shown < v->cause_left_count)
		buf_addf(out, " and %zu more", v->cause_left_count - shown);
	buf_add_c(out, shown ? "\n" : "");
}

static void add_verdict(struct buf *out, const struct triage_report *r)
{
	const struct verdict *v = &r->verdict;
	buf_addf(out, "\n**Verdict:** %s", verdict_state_name(v->state));
	if (v->cause.n) {
		buf_add_c(out, ", ");
		add_code(out, v->cause);
		buf_addf(out, " (%.0f %% sure)", v->confidence * 100);
	}
	buf_add_c(out, "\n\n");
	add_filled(out, r, v->says);
	buf_add_char(out, '\n');
	if (v->state == VERDICT_INCONCLUSIVE)
		add_causes_left(out, v);
}

static void add_findings(struct buf *out, const struct triage_report *r)
{
	for (size_t i = 0; i < r->verdict.finding_count; i++) {
		buf_add_c(out, i ? "- " : "\nAlso seen:\n\n- ");
		add_filled(out, r, r->verdict.findings[i].says);
		buf_add_char(out, '\n');
	}
}

static void add_verify(struct buf *out, const struct triage_report *r)
{
	struct buf text = { 0 };
	render_verify(&text, &r->verdict);
	if (text.n) {
		buf_add_char(out, '\n');
		add_filled(out, r, buf_str(&text));
		buf_add_char(out, '\n');
	}
	buf_free(&text);
}

static void add_evidence(struct buf *out, const struct triage_report *r)
{
	if (r->evidence_count)
		buf_add_c(out, "\n## What was seen\n\n| probe | state | |\n| --- | --- | --- |\n");
	for (size_t i = 0; i < r->evidence_count; i++) {
		const struct evidence *e = r->evidence[i];
		buf_add_c(out, "| ");
		render_markdown_text(out, e->probe);
		for (size_t k = 0; k < e->arg_count; k++) {
			buf_add_char(out, ' ');
			render_markdown_text(out, e->args[k].value);
		}
		buf_add_c(out, " | ");
		render_markdown_text(out, e->state);
		buf_add_c(out, " | ");
		render_markdown_text(out, e->reason);
		buf_add_c(out, " |\n");
	}
}

static void add_article(struct buf *out, const struct triage_report *r)
{
	const struct match_answer *found = &r->answer.found;
	if (!found->match_count) {
		buf_add_c(out, "\nNo article explains it.\n");
		return;
	}
	buf_add_c(out, "\n**Article:** ");
	render_markdown_text(out, found->matches[0].id);
	buf_add_c(out, ", ");
	render_markdown_text(out, found->matches[0].title);
	buf_add_char(out, '\n');
	if (r->answer.matches[0].rule.cause.n) {
		buf_add_char(out, '\n');
		add_filled(out, r, r->answer.matches[0].rule.cause);
		buf_add_char(out, '\n');
	}
}

void render_markdown_report(struct buf *out, const struct triage_report *report)
{
	const struct verdict *v = &report->verdict;
	bool own = v->resolution_count || !report->answer.found.match_count;
	const struct rule *rule = report->answer.found.match_count ? &report->answer.matches[0].rule : NULL;
	render_markdown_block(out, report->answer.found.query);
	add_article(out, report);
	add_verdict(out, report);
	add_findings(out, report);
	add_resolutions(out, report, own ? v->resolutions : rule->resolutions,
			own ? v->resolution_count : rule->resolution_count);
	if (v->next_count)
		buf_add_c(out, "\n## What to check next\n\n");
	for (size_t i = 0; i < v->next_count; i++) {
		buf_add_c(out, "- ");
		add_filled(out, report, v->next[i]);
		buf_add_char(out, '\n');
	}
	add_verify(out, report);
	add_evidence(out, report);
}
