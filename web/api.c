/* SPDX-License-Identifier: MIT
 *
 * The HTTP API: the contract's objects, and the two addresses that say how the server is.
 */
#include "web/finding.h"
#include "web/plain.h"
#include "web/seen.h"

enum { SEARCH_MAX = 100 };

static const char *const members[] = { PAGE_QUESTION, NULL };

static void send_line(struct http_request *req, struct http_response *res, struct buf *out)
{
	buf_add_char(out, '\n');
	page_send(req, res, PAGE_JSON, out);
}

void api_lookup(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q;
	struct desk *desk;
	struct triage_answer answer;
	struct match_options options = { 0 };
	struct buf out = { 0 };
	if (!page_question_json(req, res, members, &q) || !page_knows_names(site, req, res, &q))
		return;
	enum err e = site_take(site, &desk);
	if (!e) {
		e = triage_lookup(desk->store, desk->matcher, desk->scratch, q.text, &options, req->arena, &answer);
		if (!e)
			render_json_answer(&out, &answer);
		if (!e && answer.found.match_count)
			seen_note(site_seen(site), answer.found.matches[0].id);
		site_give(site, &desk);
	}
	if (e)
		page_fail_err(req, res, e);
	else
		send_line(req, res, &out);
}

void api_diagnose(struct site *site, struct http_request *req, struct http_response *res)
{
	struct question q = { 0 };
	struct str text;
	int64_t age_ms;
	struct buf out = { 0 };
	if (!req->job && !page_question_json(req, res, members, &q))
		return;
	if (!req->job && http_field(&req->query, "stop").n) {
		follow_stop(site, req, res, &q);
		return;
	}
	if (!req->job && !page_knows_names(site, req, res, &q))
		return;
	if (http_accepts(req, PAGE_EVENTS)) {
		if (http_field(&req->query, "poll").n)
			follow_poll(site, req, res, &q, RUN_JSON);
		else
			follow_stream(site, req, res, &q, RUN_JSON);
		return;
	}
	enum run_form form = page_form(req, RUN_JSON);
	if (!follow_whole(site, req, res, &q, form, &text, &age_ms))
		return;
	if (form != RUN_JSON) {
		res->type = page_text_type(form);
		res->body = text;
		return;
	}
	if (age_ms != RUN_FRESH && text.n > 2) { /* an object: one more field at its start */
		buf_addf(&out, "{\"shared_ms\":%lld,", (long long)age_ms);
		text = str_from(text, 1);
	}
	buf_add(&out, text);
	send_line(req, res, &out);
}

static bool read_number(struct http_request *req, const char *name, uint64_t max, size_t *ret_number)
{
	struct str text = http_field(&req->query, name);
	uint64_t number;
	if (!text.n)
		return true;
	if (!str_u64(text, &number) || number > max)
		return false;
	*ret_number = (size_t)number;
	return true;
}

void api_search(struct site *site, struct http_request *req, struct http_response *res)
{
	struct finding f = { 0 };
	size_t offset = 0, limit = 20;
	enum run_form form;
	if (!page_pick(req, res, &form) || !finding_read(req, res, &f))
		return;
	if ((!f.words.n && !finding_is_narrowed(&f)) || !read_number(req, "offset", 1000000, &offset) ||
	    !read_number(req, "limit", SEARCH_MAX, &limit)) {
		page_fail(
			req, res, 400,
			"q is the words to search for, or product, kind, year or code are given; offset and limit (at "
			"most 100) are numbers.");
		return;
	}
	enum err e = finding_run(site, &f, offset, limit, req->arena);
	if (e) {
		page_fail_err(req, res, e);
		return;
	}
	plain_search(req, res, &f, offset, form);
}

void api_browse(struct site *site, struct http_request *req, struct http_response *res)
{
	enum run_form form;
	if (page_pick(req, res, &form))
		plain_browse(site, req, res, form);
}

void page_healthy(struct site *site, struct http_request *req, struct http_response *res)
{
	(void)site, (void)req;
	res->type = "text/plain; charset=utf-8";
	res->body = STR("ok\n");
}

void page_ready(struct site *site, struct http_request *req, struct http_response *res)
{
	struct desk *desk = NULL;
	int64_t generation;
	enum err e = site_take(site, &desk);
	if (!e)
		e = store_generation(desk->store, &generation);
	site_give(site, &desk);
	res->type = "text/plain; charset=utf-8";
	res->status = e ? 503 : 200;
	res->body = STR("ready\n");
	if (e)
		res->body = arena_printf(req->arena, "%s\n", page_err_says(e, &res->status));
}
