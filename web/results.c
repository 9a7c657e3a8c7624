/* SPDX-License-Identifier: MIT
 *
 * What stands under the field: the message with what matched, its values, the answer, the diagnosis, the rest that may
 * help. The whole of it, from one report. See page.h.
 */
#include "web/page.h"

#include "base/utf8.h"
#include "web/code.h"

#include <math.h>

#define MOST_SURE 0.99 /* nothing is said to be certain */

enum { QUOTED_MAX = 240, ALONE_MAX = 1000 /* bytes: an address takes three for each */ };

/* ---- the values ---- */

/* What somebody gave that its name cannot be: it stays in the field, with what is wrong about it. */
static const struct binding *refused_of(const struct results *v, struct str name, struct diags *d)
{
	for (size_t i = 0; i < v->set_count; i++)
		if (str_eq(v->set[i].name, name) && v->set[i].value.n && !triage_binding_fits(&v->set[i], d->arena, d))
			return &v->set[i];
	return NULL;
}

static void add_question(struct buf *out, struct str name, struct str ask, bool own_is_used)
{
	buf_add_c(out, "<p class=\"need\" id=\"about-");
	render_html_escape(out, name);
	buf_add_c(out, "\">");
	render_html_escape(out, ask);
	buf_add_c(out, own_is_used ? "; the message\xe2\x80\x99s own is used</p></div>\n" : "</p></div>\n");
}

/* add_chip: a value, where there is a question about it with that beside it. */
static void add_chip(struct buf *out, const struct results *v, struct str name, struct str value, struct str ask)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	const struct binding *refused = refused_of(v, name, &d);
	bool open = !value.n;
	if (refused)
		value = refused->value;
	if (refused && d.count)
		ask = str_trim(str_from(d.items[0].text, name.n + 1));
	if (ask.n)
		buf_add_c(out, "<div class=\"asked\">");
	buf_addf(out, "<label class=\"chip%s\"><span>", refused ? " wrong" : open ? " open" : "");
	render_html_escape(out, name);
	buf_addf(
		out,
		"</span><input form=\"ask\" autocomplete=\"off\" spellcheck=\"false\" maxlength=\"1024\"%s name=\"set.",
		refused ? " aria-invalid=\"true\"" : "");
	render_html_escape(out, name);
	buf_add_c(out, "\" value=\"");
	render_html_escape(out, value);
	if (ask.n) {
		buf_add_c(out, "\" aria-describedby=\"about-");
		render_html_escape(out, name);
	}
	buf_addf(out, "\" size=\"%zu\" placeholder=\"%s\"></label>\n",
		 !value.n	? (size_t)20
		 : value.n < 8	? (size_t)10
		 : value.n > 40 ? (size_t)42
				: value.n + 2,
		 open ? "not in the message" : "");
	if (ask.n)
		add_question(out, name, ask, refused && !open);
	arena_free(&a);
}

static bool is_needed(const struct triage_report *r, struct str name)
{
	for (size_t i = 0; i < r->need_count; i++)
		if (str_eq(r->needs[i].name, name))
			return true;
	return false;
}

/* add_findings: what is odd about the values. */
static void add_findings(struct buf *out, const struct match_answer *found)
{
	for (size_t i = 0; found->match_count && i < found->matches[0].capture_count; i++) {
		struct str finding = found->matches[0].captures[i].finding;
		if (!finding.n)
			continue;
		buf_add_c(out, "<p class=\"finding\">");
		render_html_escape(out, finding);
		buf_add_c(out, "</p>\n");
	}
}

static void add_chips(struct buf *out, const struct results *v)
{
	const struct triage_report *r = v->report;
	buf_add_c(out,
		  "<div class=\"chips\" role=\"group\" aria-label=\"Values in the message; correct them here\">\n");
	for (size_t i = 0; i < r->binding_count; i++)
		if (!str_eq(r->bindings[i].from, STR("derived")) && !is_needed(r, r->bindings[i].name))
			add_chip(out, v, r->bindings[i].name, r->bindings[i].value, STR(""));
	for (size_t i = 0; i < r->need_count; i++)
		add_chip(out, v, r->needs[i].name, STR(""), r->needs[i].says);
	buf_add_c(out, "</div>\n");
}

static void add_values(struct buf *out, const struct triage_report *r)
{
	buf_add_c(out, "<div class=\"chips\">\n");
	for (size_t i = 0; i < r->binding_count; i++) {
		buf_add_c(out, "<p class=\"chip\"><span>");
		render_html_escape(out, r->bindings[i].name);
		buf_add_c(out, "</span><b>");
		render_html_escape(out, r->bindings[i].value);
		buf_add_c(out, "</b></p>\n");
	}
	buf_add_c(out, "</div>\n");
}

static void add_envelope(struct buf *out, const struct match_envelope *e)
{
	const struct str parts[] = { e->time, e->host, e->component, e->thread, e->level, e->event };
	if (!e->kind.n)
		return;
	buf_add_c(out, "<p class=\"envelope\">Read as a log line (");
	render_html_escape(out, e->kind);
	buf_add_c(out, ")");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].n) {
			buf_add_c(out, " \xc2\xb7 ");
			render_html_escape(out, parts[i]);
		}
	buf_add_c(out, "</p>\n");
}

/* ---- the answer ---- */

static const char *sure_words(double confidence)
{
	return confidence >= 0.9   ? "very likely"
	       : confidence >= 0.7 ? "likely"
	       : confidence >= 0.5 ? "possible"
				   : "a guess";
}

static void add_link(struct buf *out, const struct match *m)
{
	buf_add_c(out, "<a href=\"/kb/");
	render_html_escape(out, m->id);
	buf_add_c(out, "\">");
	render_html_escape(out, m->title);
	buf_add_c(out, "</a>");
}

static void add_bar(struct buf *out, double part)
{
	buf_addf(out,
		 "<svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		 "<rect width=\"%.0f\" height=\"4\"/></svg>",
		 part * 100);
}

static bool is_under_one(const struct match *m)
{
	return m->confidence < 0.005;
}

static void add_sure(struct buf *out, const struct match *m)
{
	double percent = fmin(m->confidence, MOST_SURE) * 100;
	buf_add_c(out, "<p class=\"sure\">");
	add_bar(out, m->confidence);
	buf_addf(out, " <span>%s, %s%.0f&nbsp;%%</span> <span class=\"id\">", sure_words(m->confidence),
		 is_under_one(m) ? "under " : "", fmax(percent, 1));
	render_html_escape(out, m->id);
	buf_add_c(out, "</span></p>\n");
}

static void add_why(struct buf *out, const struct match *m)
{
	if (!m->why.n && !m->template.n)
		return;
	buf_add_c(out, "<details class=\"why\"><summary>Why this one</summary><p>");
	render_html_line(out, m->why);
	buf_add_c(out, "</p>");
	if (m->template.n) {
		buf_add_c(out, "<p>It matched the article's message <code>");
		render_html_escape(out, m->template);
		buf_add_c(out, "</code></p>");
	}
	buf_add_c(out, "</details>\n");
}

static void add_also(struct buf *out, const struct match *m)
{
	if (!m->also_count)
		return;
	buf_add_c(out, "<p class=\"also\">The same matter in ");
	for (size_t i = 0; i < m->also_count; i++) {
		buf_add_c(out, i ? ", " : "");
		render_html_line(out, m->also[i]);
	}
	buf_add_c(out, "</p>\n");
}

/* add_see: what the article refers to, and what refers to it, as far as the knowledge base holds it. */
static void add_see(struct buf *out, const struct results *v)
{
	if (!v->see_count)
		return;
	buf_add_c(out, "<details class=\"see\"><summary>See also</summary><ul>\n");
	for (size_t i = 0; i < v->see_count; i++) {
		buf_add_c(out, "<li>");
		page_link(out, v->see[i].id, v->see[i].title);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ul></details>\n");
}

/* equals_of counts the best and those as good: none of them is the answer alone. */
static size_t equals_of(const struct match_answer *found)
{
	size_t n = found->match_count > 0;
	while (n && n < found->match_count && found->matches[0].confidence - found->matches[n].confidence < 0.005)
		n++;
	return n;
}

size_t page_answered(const struct match_answer *found)
{
	size_t apart = match_apart(found);
	return apart ? apart : equals_of(found);
}

/* Where the answer stands over the diagnosis, its head stays above and its body goes below: so they are apart. */
static void add_best(struct buf *out, const struct results *v)
{
	const struct triage_report *r = v->report;
	const struct triage_match *best = &r->answer.matches[0];
	buf_add_c(out,
		  "<section class=\"card answer\" aria-labelledby=\"best\">\n<div class=\"head\"><h2 id=\"best\">");
	add_link(out, best->match);
	buf_add_c(out, "</h2>\n");
	add_sure(out, best->match);
	buf_add_c(out, "</div>\n<div class=\"body\">\n");
	render_html_remedy(out, &best->rule, r->bindings, r->binding_count, 3);
	add_also(out, best->match);
	add_see(out, v);
	add_why(out, best->match);
	buf_add_c(out, "</div>\n</section>\n");
}

/* add_quoted: which of several messages it is, as the text has it. Asked alone, it has its own values and probes; the
 * line that it stands in goes with it, for that tells when and by what it was written. */
static void add_quoted(struct buf *out, const struct match *m, struct str text, bool link)
{
	if (!m->span_count)
		return;
	size_t start = m->spans[0].start, end = m->spans[m->span_count - 1].end;
	struct str said = str_part(text, start, end);
	buf_add_c(out, "<p class=\"quoted\"><code>");
	render_html_escape(out, utf8_first(said, QUOTED_MAX));
	buf_add_c(out, said.n > QUOTED_MAX ? "…</code>" : "</code>");
	while (start && text.p[start - 1] != '\n')
		start--;
	while (end < text.n && text.p[end] != '\n')
		end++;
	if (link && end - start <= ALONE_MAX) {
		buf_add_c(out, " <a href=\"/?q=");
		page_encode(out, str_part(text, start, end));
		buf_add_c(out, "\">Ask about this one alone</a>");
	}
	buf_add_c(out, "</p>\n");
}

static void add_briefly(struct buf *out, const struct triage_match *m, const struct triage_report *r, bool open)
{
	add_sure(out, m->match);
	add_also(out, m->match);
	if (m->match->why.n) {
		buf_add_c(out, "<p class=\"reason\">");
		render_html_line(out, m->match->why);
		buf_add_c(out, "</p>\n");
	}
	buf_addf(out, "<details%s><summary>Cause and remedy</summary>\n", open ? " open" : "");
	render_html_remedy(out, &m->rule, r->bindings, r->binding_count, 4);
	buf_add_c(out, "</details>\n");
}

static void add_item(struct buf *out, const struct triage_match *m, const struct triage_report *r)
{
	buf_add_c(out, "<li>\n<h3>");
	add_link(out, m->match);
	buf_add_c(out, "</h3>\n");
	add_briefly(out, m, r, false);
	buf_add_c(out, "</li>\n");
}

/* add_equals: no one of them is the answer, so each is named alike. */
static void add_equals(struct buf *out, const struct results *v, size_t count)
{
	const struct triage_report *r = v->report;
	double together = 0;
	for (size_t i = 0; i < count; i++)
		together += r->answer.found.matches[i].confidence;
	together = fmin(together, MOST_SURE); /* those that quote the same message are each as sure as all of them */
	buf_add_c(out,
		  "<section class=\"card answer equals\" aria-labelledby=\"best\">\n<h2 id=\"best\">Several articles "
		  "explain this</h2>\n<p class=\"sure\">");
	add_bar(out, together);
	buf_addf(out,
		 " <span>one of these %zu, %.0f&nbsp;%% sure</span></p>\n<p>They fit equally well; what was being done "
		 "tells which one it is.</p>\n<ol>\n",
		 count, together * 100);
	for (size_t i = 0; i < count; i++)
		add_item(out, &r->answer.matches[i], r);
	buf_add_c(out, "</ol>\n</section>\n");
}

/* add_parts: a text of several messages, in its order; what is bound and probed is the first one's. */
static void add_parts(struct buf *out, const struct triage_report *r, size_t count)
{
	buf_addf(
		out,
		"<section class=\"card answer equals\" aria-labelledby=\"best\">\n<h2 id=\"best\">%zu messages stand "
		"in "
		"this text</h2>\n<p>Each has an article of its own. The values above, and the probes, are those of the "
		"first; each of the others can be asked about alone.</p>\n<ol>\n",
		count);
	for (size_t i = 0; i < count; i++) {
		const struct triage_match *m = &r->answer.matches[i];
		buf_add_c(out, "<li>\n<h3>");
		add_link(out, m->match);
		buf_add_c(out, "</h3>\n");
		add_quoted(out, m->match, r->answer.found.query, i > 0);
		add_briefly(out, m, r, !i);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ol>\n</section>\n");
}

static void add_draft(struct buf *out, const struct match_answer *found)
{
	buf_add_c(out,
		  "<p>If you know what it means, <a href=\"/help#write\">write the article</a>: a few lines of "
		  "text, and the next one who pastes this finds it.</p>\n<details class=\"draft\"><summary>A draft "
		  "with your "
		  "message in it</summary><textarea readonly rows=\"12\" aria-label=\"A draft of the article\">\n");
	struct buf draft = { 0 };
	render_markdown_draft(&draft, found);
	render_html_escape(out, buf_str(&draft));
	buf_free(&draft);
	buf_add_c(out, "</textarea><p class=\"actions\"><button type=\"button\" data-copy hidden>Copy</button></p>"
		       "</details>\n");
}

/* add_unexplained: of a log whose lines have their articles no article is to be written. */
/* near_shown: how many of the nearest; beside what is known of single lines none that is next to nothing. */
static size_t near_shown(const struct results *v)
{
	const struct match_answer *found = &v->report->answer.found;
	size_t n = match_leaves_doubt(found) ? found->nearest_count : 0;
	while (v->beside.count && n && is_under_one(&found->nearest[n - 1]))
		n--;
	return n;
}

static void add_unexplained(struct buf *out, const struct results *v)
{
	const struct match_answer *found = &v->report->answer.found;
	bool in_lines = v->beside.count;
	buf_addf(out,
		 "<section class=\"card answer none\" aria-labelledby=\"best\">\n<h2 id=\"best\">No article explains "
		 "%s</h2>\n<p>%s",
		 in_lines ? "all of it" : "this",
		 in_lines ? "What is known of single lines is named above."
			  : "Nothing in the knowledge base is sure enough to name.");
	if (near_shown(v))
		buf_add_c(out, " The nearest are below; they may be about something else.");
	buf_add_c(out, "</p>\n");
	if (!in_lines)
		add_draft(out, found);
	buf_add_c(out, "</section>\n");
}

static void add_others(struct buf *out, const struct results *v)
{
	const struct triage_report *r = v->report;
	const struct match_answer *found = &r->answer.found;
	size_t first = page_answered(found), near = near_shown(v);
	if (first == found->match_count && !near)
		return;
	buf_addf(out, "<section class=\"others\" aria-labelledby=\"others\">\n<h2 id=\"others\">%s</h2>\n<ol>\n",
		 found->match_count ? "It could also be" : "The nearest");
	for (size_t i = first; i < found->match_count; i++)
		add_item(out, &r->answer.matches[i], r);
	for (size_t i = 0; i < near; i++)
		add_item(out, &r->answer.nearest[i], r);
	buf_add_c(out, "</ol>\n</section>\n");
}

/* ---- the diagnosis ---- */

/* worth_probing: something to ask the network about, or to ask the person for. */
static bool worth_probing(const struct triage_report *r)
{
	return r->need_count || r->ladder_count || r->verdict.cause_left_count;
}

void page_report_html(struct buf *out, const struct triage_report *report)
{
	if (report->ladder_count)
		render_html_ladder(out, report);
	render_html_verdict(out, report);
	buf_add_c(out, "<ul id=\"probes\" class=\"probes\" aria-label=\"What the probes found\">\n");
	for (size_t i = 0; i < report->evidence_count; i++)
		render_html_evidence(out, report->evidence[i]);
	buf_add_c(out, "</ul>\n");
}

void page_shared_html(struct buf *out, int64_t age_ms)
{
	buf_add_c(out, "<p id=\"shared\" class=\"note\">The same question was asked ");
	if (age_ms < 1000)
		buf_add_c(out, "just now");
	else
		buf_addf(out, "%.0f s ago", (double)age_ms / 1000);
	buf_add_c(out, ": this is the evidence of then.</p>");
}

static void add_shared(struct buf *out, int64_t age_ms)
{
	if (age_ms == RUN_FRESH)
		buf_add_c(out, "<p id=\"shared\" hidden></p>");
	else
		page_shared_html(out, age_ms);
	buf_add_char(out, '\n');
}

static void add_idle(struct buf *out, const struct results *v)
{
	render_html_ladder(out, v->report);
	buf_addf(out, "<section id=\"verdict\" class=\"verdict idle\"><p>%s</p></section>\n",
		 !v->may_probe
			 ? "Probes tell the causes apart. Your token is for look-ups: whoever has one with the role "
			   "probe can run them."
		 : v->report->need_count
			 ? "The message names no server. Fill it in above; what can be seen without it is probed "
			   "meanwhile."
			 : "Probes from this machine tell the causes apart: name, address, route, port, session. They "
			   "only look, and change nothing.");
	buf_add_c(out, "<section id=\"beliefs\" hidden></section>\n"
		       "<ul id=\"probes\" class=\"probes\" aria-label=\"What the probes found\" "
		       "aria-live=\"polite\"></ul>\n");
}

static void add_diagnosis(struct buf *out, const struct results *v)
{
	const struct triage_report *r = v->report;
	bool runs = !v->fixed && v->may_probe;
	bool refused = str_find(v->done, STR("\"verdict " RENDER_HTML_REFUSED "\"")) != STR_NONE;
	if (v->fixed ? !v->done.n : !worth_probing(r) && !v->done.n)
		return;
	buf_addf(out,
		 "<section class=\"card diagnosis\" id=\"diagnosis\" aria-labelledby=\"which\"%s>\n"
		 "<div class=\"bench\"><h2 id=\"which\">Which cause is it?</h2>\n",
		 r->answer.found.explained && runs ? " data-auto" : "");
	if (runs && !refused)
		buf_addf(out, "<button form=\"ask\" name=\"do\" value=\"diagnose\" id=\"run\">%s</button>\n",
			 v->done.n ? "Check again" : "Run the probes");
	buf_add_c(out, "</div>\n");
	add_shared(out, v->age_ms);
	if (v->done.n)
		buf_add(out, v->done);
	else
		add_idle(out, v);
	buf_add_c(out, "</section>\n");
}

/* Without a script each of them answers with the text itself. */
static void add_pass_on(struct buf *out)
{
	buf_add_c(out, "<section class=\"pass\" aria-label=\"Pass it on\">\n<p class=\"actions\"><span "
		       "class=\"lead\">Copy the report</span> "
		       "<button form=\"ask\" name=\"do\" value=\"markdown\">Markdown</button> "
		       "<button form=\"ask\" name=\"do\" value=\"ticket\">Ticket</button> "
		       "<button form=\"ask\" name=\"do\" value=\"json\">JSON</button></p>\n"
		       "<p class=\"actions\"><label class=\"lead\" for=\"days\">Keep it for</label> "
		       "<select form=\"ask\" name=\"days\" id=\"days\"><option value=\"1\">a day</option>"
		       "<option value=\"7\" selected>a week</option><option value=\"30\">a month</option></select> "
		       "<button form=\"ask\" name=\"do\" value=\"keep\">Make a link</button></p>\n<div "
		       "id=\"made-here\"></div>\n</section>\n");
}

void page_results(struct buf *out, const struct results *v)
{
	const struct triage_report *r = v->report;
	const struct match_answer *found = &r->answer.found;
	buf_addf(out, "<section class=\"said\" aria-label=\"Your message\" data-of=\"%.*s\">\n", STR_ARG(v->mark));
	render_html_message(out, found);
	code_add_legend(out, found);
	add_envelope(out, &found->envelope);
	if (v->fixed)
		add_values(out, r);
	else
		add_chips(out, v);
	add_findings(out, found);
	buf_add_c(out, "</section>\n");
	beside_add(out, &v->beside, found->match_count);
	buf_add_c(out, "<div class=\"columns\">\n");
	if (match_apart(found))
		add_parts(out, r, match_apart(found));
	else if (equals_of(found) > 1)
		add_equals(out, v, equals_of(found));
	else if (found->match_count)
		add_best(out, v);
	else
		add_unexplained(out, v);
	add_diagnosis(out, v);
	buf_add_c(out, "<div class=\"more\">\n");
	if (!v->fixed)
		add_pass_on(out);
	add_others(out, v);
	code_add_readings(out, found);
	buf_add_c(out, "</div>\n</div>\n");
}
