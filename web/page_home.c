/* SPDX-License-Identifier: MIT
 *
 * The page where a message is pasted: the field, the answer to it, the diagnosis of it. The whole page by GET and by a
 * plain form; the answer alone, and the diagnosis as it comes, for the page's script. GET looks up and never probes.
 */
#include "web/page.h"

#include "web/keep.h"

enum {
	SEE_ALSO_MAX = 6,
	ROWS_MIN = 2,
	ROWS_MAX = 10,
	GET_TEXT_MAX = 2 << 10,	  /* an address is kept in many places: long messages go by POST */
	UNWRAPPED_FROM = 64 << 10 /* bytes: to wrap a line of a MiB takes a browser seconds */
};

/* ---- the field ---- */

/* rows_for: of the field, as many as the text has lines; a script also counts those that are wrapped. */
static size_t rows_for(struct str text)
{
	struct str line;
	size_t rows = 0;
	while (rows < ROWS_MAX && str_line(&text, &line))
		rows++;
	return rows < ROWS_MIN ? ROWS_MIN : rows;
}

static void add_ask(struct buf *out, struct str text, struct site *site, const struct http_request *req)
{
	buf_addf(out,
		 "<form id=\"ask\" class=\"ask\" method=\"post\" action=\"/\">\n"
		 "<h1><label for=\"text\">What does this error mean?</label></h1>\n"
		 "<textarea id=\"text\" name=\"text\" rows=\"%zu\" required autofocus spellcheck=\"false\" "
		 "autocomplete=\"off\" autocapitalize=\"off\" maxlength=\"900000\" "
		 "placeholder=\"Failed to connect to &lt;\\\\FILESRV&gt;, Error = 53\"",
		 rows_for(text));
	buf_add_c(out, text.n > UNWRAPPED_FROM ? " wrap=\"off\">\n" : ">\n");
	render_html_escape(out, text);
	buf_add_c(out, "</textarea>\n<input type=\"hidden\" name=\"of\" value=\"");
	if (text.n)
		render_html_escape(out, page_mark(text, req->arena));
	buf_add_c(out, "\">\n");
	page_csrf(out, site, req);
	buf_addf(out,
		 "<p class=\"actions\"><button class=\"primary\" name=\"do\" value=\"explain\">Explain</button> "
		 "<span class=\"hint\"><kbd>Ctrl</kbd> <kbd>Enter</kbd> explains%s</span>",
		 req->role >= ROLE_PROBE ? " and runs the probes" : "");
	buf_add_c(out, "<span id=\"busy\" class=\"hint\" role=\"status\"></span>"
		       "<span id=\"heard\" class=\"unseen\" role=\"status\"></span></p>\n</form>\n");
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
		       "<p>Paste it as it is, or a line of a log. kbtriage names the article that explains it, fills "
		       "in your values, and where the network may be to blame, probes it and says which cause "
		       "holds.</p>\n<h2>Try one</h2>\n"
		       "<ul class=\"examples\">\n");
	add_example(out, "Failed to connect to <\\\\FILESRV>, Error = 53");
	add_example(out, "Error during WNetAddConnection2 (53)");
	add_example(out, "System error 1326 has occurred.");
	add_example(out, "mount error(112): Host is down");
	buf_add_c(out, "</ul>\n<p>A whole log? <a href=\"/logs\">Send it</a>. Or <a href=\"/browse\">browse the "
		       "articles</a>.</p>\n"
		       "</section>\n");
}

/* ---- the pages ---- */

/* look_up also finds what stands beside the answer, unless ret_results is NULL. */
static enum err look_up(struct site *site, struct http_request *req, const struct question *q,
			struct triage_report *ret_report, struct results *ret_results)
{
	struct desk *desk;
	struct triage_options options = {
		.set = q->set, .set_count = q->set_count, .offline = true, .only_ruled = true
	};
	enum err e = site_take(site, &desk);
	if (e)
		return e;
	e = triage_run(desk->store, desk->matcher, desk->scratch, desk->causes, NULL, NULL, q->text, &options,
		       req->arena, ret_report);
	const struct match_answer *found = &ret_report->answer.found;
	if (!e && ret_results && found->match_count)
		e = store_see_also(desk->store, found->matches[0].id, SEE_ALSO_MAX, req->arena, &ret_results->see,
				   &ret_results->see_count);
	if (!e && ret_results)
		e = beside_scan(desk->matcher, q->text, found->matches, page_answered(found), req->arena,
				&ret_results->beside);
	site_give(site, &desk);
	return e;
}

/* add_answer is what stands under the field; the caller sends it. */
static enum err add_answer(struct buf *out, struct site *site, struct http_request *req, const struct question *q,
			   struct str done, int64_t age_ms)
{
	struct triage_report report = { 0 };
	struct results results = { .report = &report, .set = q->set, .set_count = q->set_count, .done = done,
				   .age_ms = age_ms,
				   .may_probe = req->role >= ROLE_PROBE };
	enum err e = look_up(site, req, q, &report, &results);
	results.mark = page_mark(q->text, req->arena);
	if (!e)
		page_results(out, &results);
	return e;
}

static void show(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		 struct str done, int64_t age_ms)
{
	struct buf out = { 0 };
	page_begin(&out, STR(""), STR(""));
	add_ask(&out, q->text, site, req);
	if (!site_articles(site))
		buf_add_c(&out, "<p class=\"note\">The knowledge base holds no article yet, so nothing can be explained. "
				"Who runs this server loads some with <code>kbt import PATH</code>; they are taken up "
				"within a second or two.</p>\n");
	buf_add_c(&out, "<div id=\"results\">\n");
	enum err e = str_trim(q->text).n ? add_answer(&out, site, req, q, done, age_ms) : ERR_OK;
	if (e) {
		buf_free(&out);
		page_fail_err(req, res, e);
		return;
	}
	if (!str_trim(q->text).n)
		add_welcome(&out);
	buf_add_c(&out, "</div>\n" PAGE_YOURS);
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

/* ---- the report as text, to be passed on ---- */

static bool text_form(struct http_request *req, struct str wanted, enum run_form *ret_form)
{
	static const struct {
		struct str word;
		enum run_form form;
	} forms[] = {
		{ STR_LIT("json"), RUN_JSON },
		{ STR_LIT("markdown"), RUN_MARKDOWN },
		{ STR_LIT("ticket"), RUN_TEXT },
	};
	enum run_form form = wanted.n ? RUN_HTML : page_form(req, RUN_HTML);
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (str_eq(wanted, forms[i].word))
			form = forms[i].form;
	if (form == RUN_HTML)
		return false;
	*ret_form = form;
	return true;
}

/* send_text answers with the latest diagnosis of the question, else with what the look-up says. */
static void send_text(struct site *site, struct http_request *req, struct http_response *res, const struct question *q,
		      enum run_form form)
{
	struct triage_report report = { 0 };
	struct buf out = { 0 };
	struct str text;
	enum err e = ERR_OK;
	if (runs_recall(site_runs(site), q, form, req->arena, &text))
		buf_add(&out, text);
	else if (!(e = look_up(site, req, q, &report, NULL)))
		page_report_text(&out, form, &report);
	if (e) {
		page_fail_err(req, res, e);
		return;
	}
	page_send(req, res, page_text_type(form), &out);
}

void page_home(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { .text = http_field(&req->query, "q") };
	enum run_form form;
	if (q.text.n > GET_TEXT_MAX)
		page_fail_err(req, res, ERR_LIMIT);
	else if (!page_pick(req, res, &form))
		return;
	else if (form == RUN_HTML)
		show(site, req, res, &q, STR(""), RUN_FRESH);
	else if (str_trim(q.text).n)
		send_text(site, req, res, &q, form);
	else
		page_help_plain(req, res, form);
}

void page_ask(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { 0 };
	struct http_fields fields = { 0 };
	struct str done = STR("");
	int64_t age_ms = RUN_FRESH;
	enum run_form form;
	if (!req->job && !page_question_form(req, res, &q))
		return;
	struct str wanted = !req->job && !request_parse_form(req->body, req->arena, &fields) ? http_field(&fields, "do")
											     : STR("");
	if (!req->job && str_trim(q.text).n && text_form(req, wanted, &form)) {
		send_text(site, req, res, &q, form);
		return;
	}
	if (str_eq(wanted, STR("keep")) && str_trim(q.text).n) {
		page_keep(site, req, res, &q, keep_days(http_field(&fields, "days")));
		return;
	}
	bool probe = req->job || str_eq(wanted, STR("diagnose"));
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
	if (!page_question_form(req, res, &q))
		return;
	if (http_field(&req->query, "stop").n)
		follow_stop(site, req, res, &q);
	else if (http_field(&req->query, "poll").n)
		follow_poll(site, req, res, &q, RUN_HTML);
	else
		follow_stream(site, req, res, &q, RUN_HTML);
}
