/* SPDX-License-Identifier: MIT
 *
 * Reports that somebody asked to keep: made by a POST, read under /r/NAME in the form that is asked for, deleted by
 * their key. What is kept is made anew from the masked message and the evidence, so that no secret of it is stored
 * anywhere.
 */
#include "web/page.h"

#include "scan/secrets.h"
#include "triage/incident.h"
#include "web/gate.h"
#include "web/keep.h"

#include <cjson/cJSON.h>

enum { TITLE_MAX = 120 };

/* ---- making ---- */

static enum err mask_question(struct question *q, struct arena *a)
{
	enum err e = redact_secrets(q->text, a, &q->text);
	for (size_t i = 0; i < q->set_count && !e; i++) { /* by its name a value may be a secret, too */
		struct str pair = arena_printf(a, "%.*s=%.*s", STR_ARG(q->set[i].name), STR_ARG(q->set[i].value)),
			   masked;
		e = redact_secrets(pair, a, &masked);
		if (!e)
			q->set[i].value = str_from(masked, q->set[i].name.n + 1);
	}
	return e;
}

/* run_again: the report of the masked question, with the evidence that the latest diagnosis of it as asked had. */
static enum err run_again(struct site *site, struct http_request *req, struct question *q,
			  struct triage_report *ret_report)
{
	struct incident incident = { 0 };
	struct diags d = { .arena = req->arena };
	struct desk *desk = NULL;
	struct str json;
	bool ran = runs_recall(site_runs(site), q, RUN_INCIDENT, req->arena, &json) &&
		   !incident_read(json, req->arena, &d, &incident) && incident.evidence_count;
	enum err e = mask_question(q, req->arena);
	if (!e)
		e = site_take(site, &desk);
	if (e)
		return e;
	struct triage_options options = { .set = q->set, .set_count = q->set_count, .offline = !ran, .only_ruled = true,
					  .replay = ran ? incident.evidence : NULL,
					  .replay_count = incident.evidence_count,
					  .replay_sent = incident.sent,
					  .replay_ms = incident.ms,
					  .replay_cause = ran ? incident.cause : STR(""),
					  .refused = incident.refused,
					  .refused_why = incident.refused_why };
	e = triage_run(desk->store, desk->matcher, desk->scratch, desk->causes, NULL, NULL, q->text, &options,
		       req->arena, ret_report);
	site_give(site, &desk);
	return e;
}

static struct str title_of(const struct triage_report *r)
{
	const struct match_answer *found = &r->answer.found;
	return str_first(found->match_count ? found->matches[0].title : STR("No article explains this"), TITLE_MAX);
}

static enum err make(struct site *site, struct http_request *req, struct question *q, unsigned days,
		     struct keep_made *ret_made, struct diags *d)
{
	struct triage_report report = { 0 };
	struct buf forms[KEPT_FORMS] = { 0 };
	enum err e = run_again(site, req, q, &report);
	if (e)
		return e;
	struct results results = { .report = &report, .age_ms = RUN_FRESH, .fixed = true };
	struct buf done = { 0 };
	if (report.evidence_count)
		page_report_html(&done, &report);
	results.done = buf_str(&done);
	page_results(&forms[RUN_HTML], &results);
	page_report_text(&forms[RUN_JSON], RUN_JSON, &report);
	page_report_text(&forms[RUN_MARKDOWN], RUN_MARKDOWN, &report);
	page_report_text(&forms[RUN_TEXT], RUN_TEXT, &report);
	struct kept_item item = { .kind = report.evidence_count ? STR("diagnosis") : STR("answer"),
				  .title = title_of(&report),
				  .owner = keep_owner(req) };
	for (size_t i = 0; i < KEPT_FORMS; i++) {
		item.forms[i] = buf_str(&forms[i]);
		e = e ? e : buf_err(&forms[i]);
	}
	if (!e)
		e = keep_put(site_keep(site), &item, days, req->arena, d, ret_made);
	for (size_t i = 0; i < KEPT_FORMS; i++)
		buf_free(&forms[i]);
	buf_free(&done);
	return e;
}

/* fail says why nothing was kept. */
static void fail(struct http_request *req, struct http_response *res, enum err e, const struct diags *d)
{
	if (e == ERR_UNSUPPORTED)
		page_fail(req, res, 403, "Nothing is kept here: the server was started with --keep none.");
	else if (e == ERR_LIMIT)
		page_fail(req, res, 507, "That is too much to keep here. Copy it instead.");
	else if (e == ERR_SHARE)
		page_fail(req, res, 507, KEEP_SHARE_SAYS);
	else if (e == ERR_FULL)
		page_fail(req, res, 507, "There is no room left here to keep it. Copy it instead.");
	else if (d->count)
		page_fail(req, res, 503, arena_str(req->arena, d->items[d->count - 1].text).p);
	else
		page_fail_err(req, res, e);
}

void page_keep(struct site *site, struct http_request *req, struct http_response *res, struct question *q,
	       unsigned days)
{
	struct keep_made made;
	struct diags d = { .arena = req->arena };
	struct buf out = { 0 }, csrf = { 0 };
	enum err e = make(site, req, q, days ? days : KEEP_DAYS_DEFAULT, &made, &d);
	if (e) {
		fail(req, res, e, &d);
		return;
	}
	page_csrf(&csrf, site, req);
	bool piece = http_header(req, "X-Kbt").n > 0;
	if (!piece)
		page_begin(&out, STR("Kept"), STR(""));
	keep_add_made(&out, &made, buf_str(&csrf));
	if (!piece)
		page_end(&out, site);
	buf_free(&csrf);
	page_send(req, res, PAGE_HTML, &out);
}

/* read_days: the address says it, else the body, as a number or its digits. */
static bool read_days(const struct http_request *req, unsigned *ret_days)
{
	struct str text = http_field(&req->query, "days");
	cJSON *root = text.n ? NULL : cJSON_ParseWithLength(req->body.p, req->body.n);
	const cJSON *days = cJSON_GetObjectItemCaseSensitive(root, "days");
	unsigned number = text.n || !days ? KEEP_DAYS_DEFAULT : 0;
	if (text.n)
		number = keep_days(text);
	else if (days && cJSON_IsString(days))
		number = keep_days(str_c(days->valuestring));
	else if (days && cJSON_IsNumber(days) && days->valuedouble >= 1 && days->valuedouble <= KEEP_DAYS_MAX &&
		 days->valuedouble == (double)days->valueint)
		number = (unsigned)days->valueint;
	cJSON_Delete(root);
	*ret_days = number;
	return number > 0;
}

void api_keep(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { 0 };
	struct keep_made made;
	struct diags d = { .arena = req->arena };
	struct buf out = { 0 };
	static const char *const members[] = { PAGE_QUESTION, "days", NULL };
	unsigned days;
	if (!page_question_json(req, res, members, &q) || !page_knows_names(site, req, res, &q))
		return;
	if (!read_days(req, &days)) {
		page_fail(req, res, 400, "days is a number from 1 to 90.");
		return;
	}
	enum err e = make(site, req, &q, days, &made, &d);
	if (e) {
		fail(req, res, e, &d);
		return;
	}
	struct json j = json_to(&out);
	keep_add_json(&j, &made);
	buf_add_char(&out, '\n');
	page_send(req, res, PAGE_JSON, &out);
}

/* ---- reading ---- */

static void no_such(struct http_request *req, struct http_response *res)
{
	page_fail(req, res, 404, "There is no such report: it has expired, or was deleted, or never was.");
}

static void add_hidden(struct buf *out, const char *before, const char *name, const char *value)
{
	buf_addf(out, "<input type=\"hidden\" name=\"%s", before);
	render_html_escape(out, str_c(name));
	buf_add_c(out, "\" value=\"");
	render_html_escape(out, str_c(value));
	buf_add_c(out, "\">");
}

/* add_check_again: a form that asks the same question now. */
static void add_check_again(struct buf *out, struct site *site, const struct http_request *req,
			    const struct kept_item *item)
{
	cJSON *root = str_eq(item->kind, STR("scan"))
			      ? NULL
			      : cJSON_ParseWithLength(item->forms[RUN_JSON].p, item->forms[RUN_JSON].n);
	const cJSON *query = cJSON_GetObjectItemCaseSensitive(root, "query"), *b;
	if (cJSON_IsString(query)) {
		buf_add_c(out, "<form method=\"post\" action=\"/\">");
		page_csrf(out, site, req);
		add_hidden(out, "", "text", query->valuestring);
		cJSON_ArrayForEach(b, cJSON_GetObjectItemCaseSensitive(root, "bindings"))
			if (cJSON_IsString(b))
				add_hidden(out, "set.", b->string, b->valuestring);
		buf_add_c(out, "<p class=\"actions\"><button class=\"primary\" name=\"do\" value=\"diagnose\">Check "
			       "again</button> "
			       "<span class=\"hint\">asks the same question now</span></p></form>\n");
	}
	cJSON_Delete(root);
}

static void add_kept(struct buf *out, struct site *site, const struct http_request *req, struct str name,
		     const struct kept_item *item)
{
	buf_add_c(out, "<section class=\"kept\">\n<p class=\"eyebrow\">A kept ");
	buf_add_c(out, str_eq(item->kind, STR("scan"))	   ? "log scan"
		       : str_eq(item->kind, STR("answer")) ? "look-up"
							   : "diagnosis");
	buf_addf(out, " of %.*s, here until %.*s</p>\n<h1>", STR_ARG(keep_date(item->made_s, req->arena)),
		 STR_ARG(keep_date(item->expires_s, req->arena)));
	render_html_escape(out, item->title);
	buf_add_c(out, "</h1>\n");
	buf_addf(out,
		 "<p class=\"actions pass\"><span class=\"lead\">The same as</span> <a "
		 "href=\"/r/%.*s?as=markdown\">Markdown</a> "
		 "<a href=\"/r/%.*s?as=text\">Ticket</a> <a href=\"/r/%.*s?as=json\">JSON</a> "
		 "<button type=\"button\" data-link=\"/r/%.*s\" hidden>Copy the link</button> "
		 "<button type=\"button\" data-delete=\"%.*s\" hidden>Delete it</button></p>\n",
		 STR_ARG(name), STR_ARG(name), STR_ARG(name), STR_ARG(name), STR_ARG(name));
	add_check_again(out, site, req, item);
	buf_add_c(out, "</section>\n");
	buf_add(out, item->forms[RUN_HTML]);
	if (gate_has_tokens(site_gate(site)) && req->role == ROLE_ADMIN) {
		buf_addf(out, "<form method=\"post\" action=\"/r/%.*s/delete\">", STR_ARG(name));
		page_csrf(out, site, req);
		buf_add_c(out, "<p class=\"actions\"><button>Delete it</button></p></form>\n");
	}
}

static void fail_kept(struct http_request *req, struct http_response *res, enum err e)
{
	if (e == ERR_NOTFOUND)
		no_such(req, res);
	else if (e == ERR_DENIED)
		page_fail(req, res, 403, "That is not the key of this report.");
	else if (e == ERR_DAMAGED || e == ERR_BUSY)
		page_fail(req, res, 503, "What is kept here cannot be read now.");
	else
		page_fail_err(req, res, e);
}

static void send_kept(struct site *site, struct http_request *req, struct http_response *res, struct str name,
		      enum run_form form)
{
	struct kept_item item;
	struct buf out = { 0 };
	enum err e = keep_get(site_keep(site), name, req->arena, &item);
	if (e) {
		fail_kept(req, res, e);
		return;
	}
	if (form == RUN_HTML) {
		page_begin(&out, item.title, STR(""));
		add_kept(&out, site, req, name, &item);
		page_end(&out, site);
	} else {
		buf_add(&out, item.forms[form]);
		buf_add_char(&out, '\n');
	}
	page_send(req, res, form == RUN_HTML ? PAGE_HTML : page_text_type(form), &out);
}

/* ask_key: the address where the one who has the key deletes it. The key comes behind the #, which only the page's
 * script sees, or is typed. Whether there is such a report is not said before. */
static void ask_key(struct site *site, struct http_request *req, struct http_response *res, struct str name)
{
	struct buf out = { 0 };
	page_begin(&out, STR("Delete a kept report"), STR(""));
	buf_add_c(&out, "<section class=\"card lone\"><h1>Delete this report?</h1>\n<p>Its link then leads nowhere, "
			"for everyone who "
			"has it.</p>\n<form class=\"login\" method=\"post\" action=\"/r/");
	render_html_escape(&out, name);
	buf_add_c(&out, "/delete\">");
	page_csrf(&out, site, req);
	buf_add_c(&out,
		  "<p class=\"actions\"><input id=\"key\" type=\"password\" name=\"key\" required autocomplete=\"off\" "
		  "maxlength=\"64\" size=\"36\" aria-label=\"Its key\" placeholder=\"its key: what stands behind the "
		  "#\"> "
		  "<button class=\"primary\">Delete it</button></p>\n</form>\n<p><a href=\"/r/");
	render_html_escape(&out, name);
	buf_add_c(&out, "\">Look at it first</a></p></section>\n");
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

void page_kept(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str name = str_from(req->path, sizeof "/r/" - 1), end = STR("/delete");
	if (name.n == KEEP_NAME + end.n && str_eq(str_from(name, KEEP_NAME), end)) {
		ask_key(site, req, res, str_first(name, KEEP_NAME));
		return;
	}
	enum run_form form;
	if (page_pick(req, res, &form))
		send_kept(site, req, res, str_from(req->path, sizeof "/r/" - 1), form);
}

void api_kept(struct site *site, struct http_request *req, struct http_response *res)
{
	enum run_form form;
	if (page_pick(req, res, &form))
		send_kept(site, req, res, str_from(req->path, sizeof "/api/v1/kept/" - 1),
			  form == RUN_HTML ? RUN_JSON : form);
}

/* ---- deleting ---- */

static bool delete_name(struct site *site, struct http_request *req, struct http_response *res, struct str path,
			struct str key)
{
	static const struct str end = STR_LIT("/delete");
	struct str name = str_first(path, path.n > end.n ? path.n - end.n : 0);
	bool mighty = gate_has_tokens(site_gate(site)) && req->role == ROLE_ADMIN;
	enum err e = str_starts(str_from(path, name.n), end)
			     ? keep_delete(site_keep(site), name, key, mighty, req->arena)
			     : ERR_NOTFOUND;
	if (e)
		fail_kept(req, res, e);
	return !e;
}

void page_kept_delete(struct site *site, struct http_request *req, struct http_response *res)
{
	struct http_fields fields = { 0 };
	struct buf out = { 0 };
	if (!http_content_is(req, "application/x-www-form-urlencoded") ||
	    request_parse_form(req->body, req->arena, &fields)) {
		page_fail(req, res, 415, "The page sends a form; the API is under /api/v1.");
		return;
	}
	if (!delete_name(site, req, res, str_from(req->path, sizeof "/r/" - 1), http_field(&fields, "key")))
		return;
	page_begin(&out, STR("Deleted"), STR(""));
	buf_add_c(&out, "<section class=\"card lone\"><h1>Deleted</h1><p>The link leads nowhere now.</p>"
			"<p><a href=\"/\">Paste an error message</a></p></section>\n");
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

void api_kept_delete(struct site *site, struct http_request *req, struct http_response *res)
{
	struct buf out = { 0 };
	struct str key;
	if (!page_json_str(req, res, "key", &key))
		return;
	if (!delete_name(site, req, res, str_from(req->path, sizeof "/api/v1/kept/" - 1), key))
		return;
	buf_add_c(&out, "{\"deleted\":true}\n");
	page_send(req, res, PAGE_JSON, &out);
}
