/* SPDX-License-Identifier: MIT
 *
 * Matches, evidence, ladder and verdict > HTML. See html.h.
 */
#include "render/html.h"

#include "base/utf8.h"

enum {
	BELIEFS_SHOWN = 5,
	PAGE_BYTES = 6 << 10, /* of a message: more fills a printed page */
	PARTS_MAX = 12,
	MESSAGE_SHOWN = 32 << 10, /* bytes of a long message; a browser takes seconds to lay out a line of a MiB */
	MESSAGE_BEFORE = 4 << 10  /* of them before what matched */
};

/* ---- the message ---- */

enum shade { SHADE_NONE, SHADE_MATCH, SHADE_VALUE, SHADE_CODE };

struct painter {
	const struct match *matches; /* what is marked: the best, or those that stand side by side */
	size_t count;
	size_t span[PARTS_MAX];	       /* of each the first that does not end before here */
	const struct match_code *code; /* NULL: no table knows it, or there is none */
};

static const struct match_capture *capture_at(const struct match *m, size_t at)
{
	for (size_t i = 0; i < m->capture_count; i++)
		if (at >= m->captures[i].span.start && at < m->captures[i].span.end)
			return &m->captures[i];
	return NULL;
}

static enum shade shade_at(struct painter *p, size_t at)
{
	enum shade shade = SHADE_NONE;
	if (p->code && at >= p->code->span.start && at < p->code->span.end)
		return SHADE_CODE;
	for (size_t i = 0; i < p->count; i++) {
		const struct match *m = &p->matches[i];
		while (p->span[i] < m->span_count && m->spans[p->span[i]].end <= at)
			p->span[i]++;
		if (capture_at(m, at))
			return SHADE_VALUE;
		if (p->span[i] < m->span_count && m->spans[p->span[i]].start <= at)
			shade = SHADE_MATCH;
	}
	return shade;
}

static void add_run(struct buf *out, const struct painter *p, enum shade shade, struct str run)
{
	static const char *const before[] = { "", "<mark>", "<mark class=\"value\">", "<mark class=\"code\" title=\"" };
	if (!run.n)
		return;
	buf_add_c(out, before[shade]);
	if (shade == SHADE_CODE) {
		render_html_escape(out, p->code->symbol);
		buf_add_c(out, p->code->says.n ? ": " : "");
		render_html_escape(out, p->code->says);
		buf_add_c(out, "\">");
	}
	render_html_escape(out, run);
	buf_add_c(out, shade ? "</mark>" : "");
}

/* shown_part: all of a message, or of a long one what matched, with what stands around it, by whole characters. */
static struct match_span shown_part(const struct painter *p, struct str q)
{
	size_t first = p->code ? p->code->span.start : q.n;
	for (size_t i = 0; i < p->count; i++)
		if (p->matches[i].span_count && p->matches[i].spans[0].start < first)
			first = p->matches[i].spans[0].start;
	first = first < q.n ? first : 0;
	size_t start = first > MESSAGE_BEFORE ? first - MESSAGE_BEFORE : 0, end = start + MESSAGE_SHOWN;
	if (q.n <= MESSAGE_SHOWN)
		return (struct match_span){ 0, q.n };
	while (start && utf8_goes_on(q.p[start]))
		start--;
	while (end < q.n && utf8_goes_on(q.p[end]))
		end++;
	return (struct match_span){ start, end < q.n ? end : q.n };
}

static void add_left_out(struct buf *out, size_t n)
{
	if (n)
		buf_addf(out, "<i>[… %zu bytes more that are not shown here …]</i>", n);
}

void render_html_message(struct buf *out, const struct match_answer *found)
{
	struct str q = found->query;
	bool known = found->code.known && found->code.symbol.n;
	size_t apart = match_apart(found);
	struct painter p = { .matches = found->matches,
			     .count = apart > PARTS_MAX ? PARTS_MAX
				      : apart		? apart
							: found->match_count > 0,
			     .code = known ? &found->code : NULL };
	const struct match_span part = shown_part(&p, q);
	size_t from = part.start;
	enum shade shade = SHADE_NONE;
	buf_addf(out, "<pre class=\"message%s\" tabindex=\"0\">", part.end - part.start > PAGE_BYTES ? " long" : "");
	add_left_out(out, part.start);
	for (size_t at = part.start; at < part.end; at++) {
		bool inside = utf8_goes_on(q.p[at]); /* never split a character */
		enum shade here = inside ? shade : shade_at(&p, at);
		if (here == shade)
			continue;
		add_run(out, &p, shade, (struct str){ q.p + from, at - from });
		from = at;
		shade = here;
	}
	add_run(out, &p, shade, str_part(q, from, part.end));
	add_left_out(out, q.n - part.end);
	buf_add_c(out, "</pre>\n");
}

/* ---- evidence ---- */

/* add_args: what is asked speaks for itself, how it is asked has its name with it. */
static void add_args(struct buf *out, const struct evidence *e)
{
	static const char *const plain[] = { "address", "server", "name", "port", "type", "called", "share", "link" };
	for (size_t i = 0; i < e->arg_count; i++) {
		bool clear = false;
		for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
			clear |= str_eq(e->args[i].name, str_c(plain[k]));
		buf_add_c(out, i ? " " : "");
		if (!clear) {
			render_html_escape(out, e->args[i].name);
			buf_add_char(out, '=');
		}
		render_html_escape(out, e->args[i].value);
	}
}

static void add_facts(struct buf *out, const struct evidence *e)
{
	if (!e->fact_count)
		return;
	buf_add_c(out, "<details><summary>Facts</summary><dl>");
	for (size_t i = 0; i < e->fact_count; i++) {
		buf_add_c(out, "<dt>");
		render_html_escape(out, e->facts[i].name);
		buf_add_c(out, "</dt><dd>");
		render_html_escape(out, e->facts[i].text);
		buf_add_c(out, "</dd>");
	}
	buf_add_c(out, "</dl></details>");
}

void render_html_evidence(struct buf *out, const struct evidence *e)
{
	buf_addf(out, "<li class=\"probe %s\" data-into=\"probes\"><p class=\"line\"><b>", render_tone(e->state));
	render_html_escape(out, e->probe);
	buf_add_c(out, "</b> <span class=\"args\">");
	add_args(out, e);
	buf_add_c(out, "</span> <span class=\"state\">");
	render_html_state(out, e->state);
	bool seconds = e->ms >= 1000;
	buf_addf(out, "</span> <span class=\"ms\">%.*f&nbsp;%s</span></p>\n<p class=\"reason\">",
		 seconds || e->ms < 10 ? 1 : 0, seconds ? e->ms / 1000 : e->ms, seconds ? "s" : "ms");
	render_html_line(out, e->reason);
	buf_add_c(out, "</p>");
	add_facts(out, e);
	buf_add_c(out, "</li>\n");
}

/* ---- the verdict ---- */

static void add_headline(struct buf *out, const struct triage_report *report)
{
	static const char *const words[] = { [VERDICT_NONE] = "No verdict",
					     [VERDICT_INCONCLUSIVE] = "Not decided yet",
					     [VERDICT_CONFIRMED] = "Confirmed",
					     [VERDICT_HEALTHY] = "Healthy" };
	const struct verdict *v = &report->verdict;
	buf_addf(out, "<h3>%s", report->refused.n ? "Not run: this server may not probe " : words[v->state]);
	render_html_escape(out, report->refused);
	if (v->title.n) {
		buf_add_c(out, ": ");
		render_html_escape(out, v->title);
	}
	buf_add_c(out, "</h3>\n");
	if (!v->cause.n)
		return;
	buf_add_c(out, "<p class=\"class\"><code>");
	render_html_escape(out, v->cause);
	buf_addf(out, "</code> &middot; %.0f&nbsp;%% sure</p>\n", v->confidence * 100);
}

/* A bar needs no style attribute, which the page's policy forbids. */
static void add_belief(struct buf *out, const struct belief *b)
{
	double percent = b->weight * 100;
	bool named = b->title.n > 0;
	buf_add_c(out, "<li>");
	buf_add_c(out, named ? "<span title=\"" : "<code>");
	render_html_escape(out, b->cause);
	buf_add_c(out, named ? "\">" : "");
	render_html_escape(out, b->title);
	buf_addf(out,
		 "%s <svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		 "<rect width=\"%.1f\" height=\"4\"/></svg> <span class=\"ms\">%s%.0f&nbsp;%%</span></li>\n",
		 named ? "</span>" : "</code>", percent, percent < 0.5 ? "under " : "", percent < 0.5 ? 1 : percent);
}

/* is_vague: bars would tell nothing. */
static bool is_vague(const struct verdict *v)
{
	return v->belief_count > 2 * BELIEFS_SHOWN && v->beliefs[0].weight < 0.1;
}

static void add_beliefs(struct buf *out, const struct verdict *v)
{
	bool vague = is_vague(v);
	size_t shown = vague ? 0 : BELIEFS_SHOWN;
	if (!v->belief_count)
		return;
	buf_add_c(out, vague ? "" : "<h4>Causes left</h4>\n<ul class=\"beliefs\">\n");
	for (size_t i = 0; i < v->belief_count; i++) {
		if (i == shown)
			buf_addf(out, "%s<details><summary>%zu %s</summary><ul class=\"beliefs\">\n",
				 vague ? "" : "</ul>\n", v->belief_count - i,
				 vague ? "causes are still possible" : "more");
		add_belief(out, &v->beliefs[i]);
	}
	buf_add_c(out, v->belief_count > shown ? "</ul></details>\n" : "</ul>\n");
}

void render_html_beliefs(struct buf *out, const struct verdict *v)
{
	size_t all = v->cause_left_count + v->ruled_out_count, shown = is_vague(v) ? 0 : BELIEFS_SHOWN;
	if (!v->cause_left_count) {
		buf_add_c(out, "<section id=\"beliefs\" hidden></section>\n");
		return;
	}
	buf_addf(out,
		 "<section id=\"beliefs\" aria-label=\"Causes left\"><p class=\"left\">%zu of %zu cause%s still "
		 "possible</p>\n"
		 "<ul class=\"beliefs\">\n",
		 v->cause_left_count, all, all == 1 ? "" : "s");
	for (size_t i = 0; i < v->belief_count && i < shown; i++)
		add_belief(out, &v->beliefs[i]);
	buf_add_c(out, "</ul></section>\n");
}

static void add_reasons(struct buf *out, const struct verdict *v)
{
	if (!v->reason_count)
		return;
	buf_add_c(out, "<h4>What was seen</h4>\n<ul class=\"next\">\n");
	for (size_t i = 0; i < v->reason_count; i++) {
		const struct reason *r = &v->reasons[i];
		buf_add_c(out, "<li>");
		render_html_line(out, r->says.n ? r->says : r->value);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ul>\n");
}

static void add_findings(struct buf *out, const struct verdict *v)
{
	if (!v->finding_count)
		return;
	buf_add_c(out, "<h4>Also seen</h4>\n<ul class=\"next\">\n");
	for (size_t i = 0; i < v->finding_count; i++) {
		buf_add_c(out, "<li>");
		render_html_line(out, v->findings[i].says);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ul>\n");
}

static void add_ruled_out(struct buf *out, const struct verdict *v)
{
	if (!v->ruled_out_count)
		return;
	buf_addf(out, "<details class=\"ruled-out\"><summary>%zu cause%s ruled out</summary><dl>\n", v->ruled_out_count,
		 v->ruled_out_count == 1 ? "" : "s");
	for (size_t i = 0; i < v->ruled_out_count; i++) {
		buf_add_c(out, "<dt><code>");
		render_html_escape(out, v->ruled_out[i].cause);
		buf_add_c(out, "</code></dt><dd>");
		render_html_line(out, v->ruled_out[i].because);
		buf_add_c(out, "</dd>\n");
	}
	buf_add_c(out, "</dl></details>\n");
}

/* add_asked: a question that the command line answers with --set NAME=; here its place is marked, and a page that can
 * take the answer puts a field there. */
static bool add_asked(struct buf *out, struct str text)
{
	size_t give = str_find(text, STR(" Give ")), set = str_find(text, STR(" --set "));
	if (give == STR_NONE || set == STR_NONE || set < give || text.p[text.n - 1] != '=')
		return false;
	struct str name = str_from(text, set + sizeof " --set " - 1);
	render_html_line(out, str_first(text, give));
	buf_add_c(out, " <span data-ask=\"");
	render_html_escape(out, str_first(name, name.n - 1));
	buf_add_c(out, "\"></span>");
	return true;
}

/* What cannot be told apart from here is one item with a list of its own. */
static void add_next(struct buf *out, const struct verdict *v, const struct triage_report *report)
{
	static const struct str alike = STR_LIT("From here these look alike: ");
	bool folded = false;
	if (!v->next_count)
		return;
	buf_add_c(out, "<h4>What to check next</h4>\n<ul class=\"next\">\n");
	for (size_t i = 0; i < v->next_count; i++) {
		bool fold = str_starts(v->next[i], alike);
		buf_add_c(out, fold && !folded	 ? "<li>From here these look alike:<ul>\n"
			       : !fold && folded ? "</ul></li>\n"
						 : "");
		buf_add_c(out, "<li>");
		if (!add_asked(out, v->next[i]))
			render_html_filled(out, fold ? str_from(v->next[i], alike.n) : v->next[i], report->bindings,
					   report->binding_count);
		buf_add_c(out, "</li>\n");
		folded = fold;
	}
	buf_add_c(out, folded ? "</ul></li></ul>\n" : "</ul>\n");
}

static void add_verify(struct buf *out, const struct verdict *v)
{
	struct buf text = { 0 };
	render_verify(&text, v);
	if (text.n) {
		buf_add_c(out, "<p class=\"verify\">");
		render_html_line(out, buf_str(&text));
		buf_add_c(out, "</p>\n");
	}
	buf_free(&text);
}

void render_html_verdict(struct buf *out, const struct triage_report *report)
{
	const struct verdict *v = &report->verdict;
	buf_addf(out, "<section id=\"verdict\" class=\"verdict %s\" aria-label=\"Verdict\">\n",
		 report->refused.n ? RENDER_HTML_REFUSED : verdict_state_name(v->state));
	add_headline(out, report);
	buf_add_c(out, "<p class=\"says\">");
	render_html_filled(out, v->says, report->bindings, report->binding_count);
	buf_add_c(out, "</p>\n");
	add_reasons(out, v);
	add_findings(out, v);
	if (v->resolution_count)
		buf_add_c(out, "<h4>What to do</h4>\n");
	render_html_resolutions(out, v->resolutions, v->resolution_count, report->bindings, report->binding_count);
	if (v->state == VERDICT_INCONCLUSIVE && !report->refused.n)
		add_beliefs(out, v);
	add_next(out, v, report);
	add_verify(out, v);
	add_ruled_out(out, v);
	buf_add_c(out, "</section>\n");
}
