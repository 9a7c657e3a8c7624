/* SPDX-License-Identifier: MIT
 *
 * /logs: a log file, and the known problems in it. The whole page by a plain form, the progress and the result alone
 * for the page's script, the result as JSON, Markdown or text for programs. Nothing of it is kept.
 */
#include "web/page.h"

#include "web/keep.h"
#include "web/logs.h"
#include "web/multipart.h"

struct log_job {
	struct log_scan *scan;
	struct log_ask ask;
};

static void leave(struct http_request *req)
{
	struct log_job *job = req->job;
	log_leave(&job->scan);
}

/* ---- what is asked ---- */

static bool is_time(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_digit(s.p[i]) && s.p[i] != '-' && s.p[i] != ':' && s.p[i] != 'T' && s.p[i] != ' ' &&
		    s.p[i] != '.')
			return false;
	return s.n < 32;
}

static bool read_filters(struct http_request *req, struct http_response *res, const struct http_fields *fields,
			 struct log_ask *ask)
{
	struct str keep = str_trim(http_field(fields, "keep"));
	struct str article = str_trim(http_field(fields, "article"));
	ask->since = str_trim(http_field(fields, "since"));
	ask->until = str_trim(http_field(fields, "until"));
	if (article.n && !article_id(article, req->arena, &ask->article)) {
		page_fail(req, res, 400, "article is an id, as Q150536.");
		return false;
	}
	if (!is_time(ask->since) || !is_time(ask->until)) {
		page_fail(req, res, 400,
			  arena_printf(req->arena, "%s is a time, as 2001-03-12T10:56, or the beginning of that.",
				       is_time(ask->since) ? "until" : "since")
				  .p);
		return false;
	}
	ask->keep_days = keep_days(keep);
	if (keep.n && !ask->keep_days && !str_eq(keep, STR("0"))) {
		page_fail(req, res, 400, "keep is a number of days, at most 90.");
		return false;
	}
	return true;
}

/* read_pasted: lines that the page's own form sends, for who has no script. */
static bool read_pasted(struct http_request *req, struct http_response *res, struct log_ask *ret_ask)
{
	struct http_fields fields = { 0 };
	struct log_ask ask = { .name = STR("pasted.log") };
	if (!request_parse_form(req->body, req->arena, &fields))
		ask.bytes = http_field(&fields, "text");
	if (ask.bytes.n) {
		*ret_ask = ask;
		return true;
	}
	page_fail(req, res, 415, "The body has to be the file itself, or a form with one.");
	return false;
}

/* read_ask: a form with a file, or the file alone, named in the address. */
static bool read_ask(struct http_request *req, struct http_response *res, struct log_ask *ret_ask)
{
	struct log_ask ask = { .bytes = req->body, .name = http_field(&req->query, "name") };
	struct multipart parts = { 0 };
	bool form = http_content_is(req, "multipart/form-data");
	if (http_content_is(req, "application/x-www-form-urlencoded"))
		return read_pasted(req, res, ret_ask);
	if (form && multipart_parse(http_header(req, "Content-Type"), req->body, req->arena, &parts)) {
		page_fail(req, res, 400, "The form is malformed.");
		return false;
	}
	if (form) {
		ask.bytes = parts.file;
		ask.name = parts.file_name;
	}
	if (!ask.bytes.n) {
		page_fail(req, res, 400, form && !ask.name.n ? "No file was chosen." : "The file is empty.");
		return false;
	}
	if (!ask.name.n)
		ask.name = STR("the log");
	ask.name = str_first(ask.name, 255);
	*ret_ask = ask;
	return read_filters(req, res, form ? &parts.fields : &req->query, ret_ask);
}

static struct log_job *begin(struct site *site, struct http_request *req, struct http_response *res)
{
	struct log_ask ask;
	struct log_job *job = arena_new(req->arena, struct log_job);
	struct buf csrf = { 0 };
	if (!read_ask(req, res, &ask))
		return NULL;
	page_csrf(&csrf, site, req);
	ask.csrf = buf_keep(&csrf, req->arena);
	ask.owner = keep_owner(req);
	buf_free(&csrf);
	enum err e = job ? logs_scan(site_logs(site), &ask, req->wake, &job->scan) : ERR_NOMEM;
	if (e == ERR_BUSY) {
		page_fail(req, res, 503, "Too many logs are being scanned. Try again in a moment.");
		return NULL;
	}
	if (e) {
		page_fail_err(req, res, e);
		return NULL;
	}
	job->ask = ask;
	req->job = job;
	req->drop = leave;
	return job;
}

/* whole waits for the result: false while the answer is "wait", or an error. */
static bool whole(struct site *site, struct http_request *req, struct http_response *res, enum run_form form,
		  struct str *ret_text)
{
	struct log_job *job = req->job ? req->job : begin(site, req, res);
	unsigned status;
	if (!job)
		return false;
	res->wait = !log_whole(job->scan, form, req->arena, &status, ret_text);
	if (res->wait)
		return false;
	log_leave(&job->scan);
	if (status == 200)
		return true;
	page_fail(req, res, status, arena_str(req->arena, *ret_text).p);
	return false;
}

/* ---- the page ---- */

static void add_field(struct buf *out, const char *name, const char *label, const char *example)
{
	buf_addf(out,
		 "<label>%s <input name=\"%s\" autocomplete=\"off\" spellcheck=\"false\" maxlength=\"40\" "
		 "placeholder=\"%s\"></label>\n",
		 label, name, example);
}

static void add_form(struct buf *out, struct site *site, const struct http_request *req)
{
	buf_add_c(out,
		  "<form id=\"send\" class=\"send\" method=\"post\" action=\"/logs\" enctype=\"multipart/form-data\">\n"
		  "<h1>What is wrong in this log?</h1>\n");
	page_csrf(out, site, req);
	buf_add_c(out, "<div class=\"drop\" id=\"drop\"><label for=\"file\">Choose a log file<span class=\"or\"> or "
		       "drop it here</span></label>\n"
		       "<input type=\"file\" id=\"file\" name=\"file\" required>\n"
		       "<p class=\"hint\">Also gz, xz, zst, bz2, zip and tar; up to 64 MiB. The file is read here and "
		       "not kept.</p></div>\n"
		       "<details class=\"only\"><summary>Only a part of it</summary><div class=\"fields\">\n");
	add_field(out, "article", "Article", "Q150536");
	add_field(out, "since", "From", "2001-03-12T10:56");
	add_field(out, "until", "To", "2001-03-12T11:30");
	buf_add_c(
		out,
		"</div></details>\n<p class=\"actions keeps\"><span><label for=\"keep\">The result is</label> <select "
		"id=\"keep\" name=\"keep\"><option value=\"0\" selected>not kept</option><option "
		"value=\"1\">kept for a day, under a link</option><option value=\"7\">kept for a week, under a "
		"link</option><option value=\"30\">kept for a month, under a link</option></select></span> "
		"<button class=\"primary\">Scan</button> <progress id=\"progress\" "
		"max=\"100\" value=\"0\" aria-label=\"Progress\" hidden></progress> "
		"<span id=\"busy\" class=\"hint\" role=\"status\"></span></p>\n</form>\n");
}

static void show(struct site *site, struct http_request *req, struct http_response *res, struct str result)
{
	struct buf out = { 0 };
	page_begin(&out, STR("Logs"), STR(""));
	add_form(&out, site, req);
	buf_add_c(&out, "<div id=\"results\">\n");
	buf_add(&out, result);
	buf_add_c(&out, "</div>\n" PAGE_YOURS);
	page_script(&out, "logs.js");
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

void page_logs(struct site *site, struct http_request *req, struct http_response *res)
{
	show(site, req, res, STR(""));
}

static void send_text(struct http_request *req, struct http_response *res, enum run_form form, struct str text)
{
	struct buf out = { 0 };
	buf_add(&out, text);
	if (form == RUN_JSON)
		buf_add_char(&out, '\n');
	page_send(req, res, page_text_type(form), &out);
}

void page_logs_sent(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str text;
	enum run_form form = page_form(req, RUN_HTML);
	if (!whole(site, req, res, form, &text))
		return;
	if (form == RUN_HTML)
		show(site, req, res, text);
	else
		send_text(req, res, form, text);
}

static ssize_t read_events(struct http_request *req, char *p, size_t max, bool beat)
{
	struct log_job *job = req->job;
	ssize_t n = log_read(job->scan, p, max);
	if (!n && beat && max > 16) {
		p[0] = ':';
		p[1] = p[2] = '\n';
		n = 3;
	}
	return n;
}

void page_logs_live(struct site *site, struct http_request *req, struct http_response *res)
{
	if (!begin(site, req, res))
		return;
	res->type = PAGE_EVENTS;
	res->read = read_events;
}

void api_scan(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str text;
	enum run_form form = page_form(req, RUN_JSON);
	if (whole(site, req, res, form, &text))
		send_text(req, res, form, text);
}
