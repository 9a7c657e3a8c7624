/* SPDX-License-Identifier: MIT
 *
 * The page where a message is pasted: the field, the answer to it, the diagnosis of it. The whole page by GET and by a
 * plain form; the answer alone, and the diagnosis as it comes, for the page's script. GET looks up and never probes.
 */
#include "web/page.h"

enum { GET_TEXT_MAX = 2 << 10 }; /* an address is kept in many places: long messages go by POST */

/* ---- the field ---- */

static void add_ask(struct buf *out, struct str text, struct arena *a)
{
	buf_add_c(out, "<form id=\"ask\" class=\"ask\" method=\"post\" action=\"/\">\n"
		       "<h1><label for=\"text\">What does this error mean?</label></h1>\n"
		       "<textarea id=\"text\" name=\"text\" rows=\"2\" required autofocus spellcheck=\"false\" "
		       "autocomplete=\"off\" autocapitalize=\"off\" maxlength=\"900000\" "
		       "placeholder=\"Failed to connect to &lt;\\\\FILESRV&gt;, Error = 53\">\n");
	render_html_escape(out, text);
	buf_add_c(out, "</textarea>\n<input type=\"hidden\" name=\"of\" value=\"");
	if (text.n)
		render_html_escape(out, page_mark(text, a));
	buf_add_c(out, "\">\n<p class=\"actions\"><button class=\"primary\" name=\"do\" value=\"explain\">Explain</button> "
		       "<span class=\"hint\"><kbd>Ctrl</kbd> <kbd>Enter</kbd> explains and runs the probes</span>"
		       "<span id=\"busy\" class=\"hint\" role=\"status\"></span></p>\n</form>\n");
}

static void add_example(struct buf *out, const char *text)
{
	buf_add_c(out, "<li><a href=\"/?q=");
	page_encode(out, str_c(text));
	buf_add_c(out, "\"><code>");
	render_html_escape(out, str_c(text));
	buf_add_c(out, "</code></a></li>\n");
}

static void add_welcome(struct buf *out)
{
	buf_add_c(out, "<section class=\"welcome\">\n"
		       "<p>Paste it as it is, or a line of a log. kbtriage names the article that explains it, fills in your values, and where the "
		       "network may be to blame, probes it and says which cause holds.</p>\n<h2>Try one</h2>\n"
		       "<ul class=\"examples\">\n");
	add_example(out, "Failed to connect to <\\\\FILESRV>, Error = 53");
	add_example(out, "Error during WNetAddConnection2 (53)");
	add_example(out, "System error 1326 has occurred.");
	add_example(out, "mount error(112): Host is down");
	buf_add_c(out, "</ul>\n</section>\n");
}

/* ---- the values ---- */

static void add_chip(struct buf *out, struct str name, struct str value, struct str ask, bool open)
{
	buf_add_c(out, open ? "<label class=\"chip open\"><span>" : "<label class=\"chip\"><span>");
	render_html_escape(out, name);
	buf_add_c(out, "</span><input form=\"ask\" autocomplete=\"off\" spellcheck=\"false\" maxlength=\"1024\" name=\"set.");
	render_html_escape(out, name);
	buf_add_c(out, "\" value=\"");
	render_html_escape(out, value);
	buf_addf(out, "\" size=\"%zu\" placeholder=\"", open ? (size_t)20 : value.n < 8 ? (size_t)10 : value.n > 40 ? (size_t)42 : value.n + 2);
	render_html_escape(out, open ? STR("not in the message") : STR(""));
	buf_add_c(out, "\"></label>\n");
	if (ask.n) {
		buf_add_c(out, "<p class=\"need\">");
		render_html_escape(out, ask);
		buf_add_c(out, "</p>\n");
	}
}

static bool is_needed(const struct triage_report *r, struct str name)
{
	for (size_t i = 0; i < r->need_count; i++)
		if (str_eq(r->needs[i].name, name))
			return true;
	return false;
}

static void add_chips(struct buf *out, const struct triage_report *r)
{
	const struct match_answer *found = &r->answer.found;
	buf_add_c(out, "<div class=\"chips\" role=\"group\" aria-label=\"Values in the message; correct them here\">\n");
	for (size_t i = 0; i < r->binding_count; i++)
		if (!str_eq(r->bindings[i].from, STR("derived")) && !is_needed(r, r->bindings[i].name))
			add_chip(out, r->bindings[i].name, r->bindings[i].value, STR(""), false);
	for (size_t i = 0; i < r->need_count; i++)
		add_chip(out, r->needs[i].name, STR(""), r->needs[i].says, true);
	buf_add_c(out, "</div>\n");
	for (size_t i = 0; found->match_count && i < found->matches[0].capture_count; i++) {
		struct str finding = found->matches[0].captures[i].finding;
		if (!finding.n)
			continue;
		buf_add_c(out, "<p class=\"finding\">");
		render_html_escape(out, finding);
		buf_add_c(out, "</p>\n");
	}
}

static void add_envelope(struct buf *out, const struct match_envelope *e)
{
	const struct str parts[] = { e->time, e->host, e->component, e->thread };
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
	return confidence >= 0.9 ? "very likely" : confidence >= 0.7 ? "likely" : confidence >= 0.5 ? "possible" : "a guess";
}

static void add_link(struct buf *out, const struct match *m)
{
	buf_add_c(out, "<a href=\"/kb/");
	render_html_escape(out, m->id);
	buf_add_c(out, "\">");
	render_html_escape(out, m->title);
	buf_add_c(out, "</a>");
}

static void add_sure(struct buf *out, const struct match *m)
{
	buf_add_c(out, "<p class=\"sure\"><span class=\"id\">");
	render_html_escape(out, m->id);
	buf_addf(out, "</span> <svg class=\"bar\" viewBox=\"0 0 100 4\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
		      "<rect width=\"%.0f\" height=\"4\"/></svg> <span>%s, %.0f&nbsp;%%</span></p>\n",
		 m->confidence * 100, sure_words(m->confidence), m->confidence < 0.99 ? m->confidence * 100 : 99.0);
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

static void add_best(struct buf *out, const struct triage_report *r)
{
	const struct triage_match *best = &r->answer.matches[0];
	buf_add_c(out, "<section class=\"card answer\" aria-labelledby=\"best\">\n<h2 id=\"best\">");
	add_link(out, best->match);
	buf_add_c(out, "</h2>\n");
	add_sure(out, best->match);
	render_html_remedy(out, &best->rule, r->bindings, r->binding_count, 3);
	add_also(out, best->match);
	add_why(out, best->match);
	buf_add_c(out, "</section>\n");
}

static void add_briefly(struct buf *out, const struct triage_match *m, const struct triage_report *r)
{
	buf_add_c(out, "<li>\n<h3>");
	add_link(out, m->match);
	buf_add_c(out, "</h3>\n");
	add_sure(out, m->match);
	if (m->match->why.n) {
		buf_add_c(out, "<p class=\"reason\">");
		render_html_line(out, m->match->why);
		buf_add_c(out, "</p>\n");
	}
	buf_add_c(out, "<details><summary>Cause and remedy</summary>\n");
	render_html_remedy(out, &m->rule, r->bindings, r->binding_count, 4);
	buf_add_c(out, "</details>\n</li>\n");
}

static void add_unexplained(struct buf *out, const struct triage_report *r)
{
	buf_add_c(out, "<section class=\"card answer none\" aria-labelledby=\"best\">\n<h2 id=\"best\">No article explains "
		       "this</h2>\n<p>Nothing in the knowledge base is sure enough to name.");
	if (r->answer.found.nearest_count)
		buf_add_c(out, " The nearest are below; they may be about something else.");
	buf_add_c(out, "</p>\n<p>If you know what it means, <a href=\"/help#write\">write the article</a>: a few lines of "
		       "text, and the next one who pastes this finds it.</p>\n</section>\n");
}

static void add_others(struct buf *out, const struct triage_report *r)
{
	const struct match_answer *found = &r->answer.found;
	bool explained = found->match_count > 0;
	size_t count = explained ? found->match_count - 1 : found->nearest_count;
	if (!count)
		return;
	buf_addf(out, "<section class=\"others\" aria-labelledby=\"others\">\n<h2 id=\"others\">%s</h2>\n<ol>\n",
		 explained ? "It could also be" : "The nearest");
	for (size_t i = 0; i < count; i++)
		add_briefly(out, explained ? &r->answer.matches[i + 1] : &r->answer.nearest[i], r);
	buf_add_c(out, "</ol>\n</section>\n");
}

static void add_codes(struct buf *out, const struct match_answer *found)
{
	const struct match_code *own = &found->code;
	size_t count = found->code_reading_count;
	if (!own->known || (!own->symbol.n && !count))
		return;
	buf_addf(out, "<section class=\"codes\" aria-labelledby=\"codes\">\n<h2 id=\"codes\">What the number %lld means</h2>\n"
		      "<dl>\n", (long long)own->value);
	for (size_t i = 0; i < (count ? count : 1); i++) {
		const struct match_code *c = count ? &found->code_readings[i] : own;
		bool chosen = count < 2 || (str_eq(c->family, own->family) && str_eq(c->symbol, own->symbol));
		buf_addf(out, "<dt%s><code>", chosen ? "" : " class=\"other\"");
		render_html_escape(out, c->symbol);
		buf_add_c(out, "</code> <span class=\"family\">");
		render_html_escape(out, c->family);
		buf_add_c(out, "</span></dt><dd>");
		render_html_escape(out, c->says);
		buf_add_c(out, "</dd>\n");
	}
	buf_add_c(out, "</dl>\n</section>\n");
}

/* ---- the diagnosis ---- */

/* worth_probing: something to ask the network about, or to ask the person for. */
static bool worth_probing(const struct triage_report *r)
{
	return r->need_count || r->ladder_count || r->verdict.cause_left_count;
}

static void add_diagnosis(struct buf *out, const struct triage_report *r, struct str done, int64_t age_ms)
{
	if (!worth_probing(r) && !done.n)
		return;
	buf_addf(out, "<section class=\"card diagnosis\" id=\"diagnosis\" aria-labelledby=\"which\"%s>\n"
		      "<h2 id=\"which\">Which cause is it?</h2>\n",
		 r->answer.found.explained ? " data-auto" : "");
	if (age_ms >= 0)
		buf_addf(out, "<p id=\"shared\" class=\"note\">The same question was asked %.1f s ago: this is the evidence of "
			      "then.</p>\n", (double)age_ms / 1000);
	else
		buf_add_c(out, "<p id=\"shared\" hidden></p>\n");
	if (done.n) {
		buf_add(out, done);
	} else {
		render_html_ladder(out, r->ladder, r->ladder_count);
		buf_addf(out, "<section id=\"verdict\" class=\"verdict idle\"><p>%s</p></section>\n",
			 r->need_count ? "The message names no server. Fill it in above; what can be seen without it is probed "
					 "meanwhile."
				       : "Probes from this machine tell the causes apart: name, address, route, port, session. "
					 "They only look, and change nothing.");
		buf_add_c(out, "<details id=\"ticket\" hidden></details>\n"
			       "<ul id=\"probes\" class=\"probes\" aria-live=\"polite\"></ul>\n");
	}
	buf_addf(out, "<p class=\"actions\"><button form=\"ask\" name=\"do\" value=\"diagnose\" id=\"run\">%s</button></p>\n"
		      "</section>\n", done.n ? "Check again" : "Run the probes");
}

static void add_results(struct buf *out, const struct triage_report *r, struct str mark, struct str done, int64_t age_ms)
{
	const struct match_answer *found = &r->answer.found;
	buf_addf(out, "<section class=\"said\" aria-label=\"Your message\" data-of=\"%.*s\">\n", STR_ARG(mark));
	render_html_message(out, found);
	add_envelope(out, &found->envelope);
	add_chips(out, r);
	buf_add_c(out, "</section>\n<div class=\"columns\">\n");
	if (found->match_count)
		add_best(out, r);
	else
		add_unexplained(out, r);
	add_diagnosis(out, r, done, age_ms);
	buf_add_c(out, "</div>\n");
	add_codes(out, found);
	add_others(out, r);
}

/* ---- the pages ---- */

static enum err look_up(struct site *site, struct http_request *req, const struct question *q,
			struct triage_report *ret_report)
{
	struct desk *desk;
	struct triage_options options = { .set = q->set, .set_count = q->set_count, .offline = true };
	enum err e = site_take(site, &desk);
	if (e)
		return e;
	e = triage_run(desk->store, desk->matcher, desk->scratch, desk->causes, NULL, NULL, q->text, &options, req->arena,
		       ret_report);
	site_give(site, &desk);
	return e;
}

/* add_answer is what stands under the field; the caller sends it. */
static enum err add_answer(struct buf *out, struct site *site, struct http_request *req, const struct question *q,
			   struct str done, int64_t age_ms)
{
	struct triage_report report = { 0 };
	enum err e = look_up(site, req, q, &report);
	if (!e)
		add_results(out, &report, page_mark(q->text, req->arena), done, age_ms);
	return e;
}

static void show(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		 struct str done, int64_t age_ms)
{
	struct buf out = { 0 };
	page_begin(&out, STR(""), STR(""));
	add_ask(&out, q->text, req->arena);
	buf_add_c(&out, "<div id=\"results\">\n");
	enum err e = str_trim(q->text).n ? add_answer(&out, site, req, q, done, age_ms) : ERR_OK;
	if (e) {
		buf_free(&out);
		page_fail_err(req, res, e);
		return;
	}
	if (!str_trim(q->text).n)
		add_welcome(&out);
	buf_add_c(&out, "</div>\n");
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

void page_home(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { .text = http_field(&req->query, "q") };
	if (q.text.n > GET_TEXT_MAX)
		page_fail_err(req, res, ERR_LIMIT);
	else
		show(site, req, res, &q, STR(""), RUN_FRESH);
}

void page_ask(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { 0 };
	struct http_fields fields;
	struct str done = STR("");
	int64_t age_ms = RUN_FRESH;
	if (!req->job && !page_question_form(req, res, &q))
		return;
	bool probe = req->job || (!request_parse_form(req->body, req->arena, &fields) &&
				  str_eq(http_field(&fields, "do"), STR("diagnose")));
	if (probe && str_trim(req->job ? STR("-") : q.text).n &&
	    !follow_whole(site, req, res, &q, RUN_HTML, &done, &age_ms))
		return;
	if (req->job)
		q = *follow_question(req);
	show(site, req, res, &q, done, age_ms);
}

void page_answer(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { 0 };
	struct buf out = { 0 };
	if (!page_question_form(req, res, &q))
		return;
	if (!str_trim(q.text).n) {
		add_welcome(&out);
	} else {
		enum err e = add_answer(&out, site, req, &q, STR(""), RUN_FRESH);
		if (e) {
			buf_free(&out);
			page_fail_err(req, res, e);
			return;
		}
	}
	page_send(req, res, PAGE_HTML, &out);
}

void page_live(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { 0 };
	if (page_question_form(req, res, &q))
		follow_stream(site, req, res, &q, RUN_HTML);
}
