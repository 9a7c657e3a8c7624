/* SPDX-License-Identifier: MIT
 *
 * The HTTP API: the contract's objects, and the two addresses that say how the server is.
 */
#include "web/finding.h"
#include "web/seen.h"

enum { BROWSED_MAX = 500, SEARCH_MAX = 100, CITED_BY_MAX = 50 };

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
	if (!page_question_json(req, res, &q))
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
	if (!req->job && !page_question_json(req, res, &q))
		return;
	if (!req->job && http_field(&req->query, "stop").n) {
		follow_stop(site, req, res, &q);
		return;
	}
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

void api_article(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str id;
	struct desk *desk;
	struct article *article, *authored;
	struct rule rule;
	struct store_brief *cited;
	size_t cited_count;
	struct buf out = { 0 };
	if (!article_id(str_from(req->path, sizeof "/api/v1/articles/" - 1), req->arena, &id)) {
		page_fail_err(req, res, ERR_NOTFOUND);
		return;
	}
	enum err e = site_take(site, &desk);
	if (!e) {
		e = store_load(desk->store, id, req->arena, &article, &authored, &rule);
		if (!e)
			e = store_cited_by(desk->store, id, CITED_BY_MAX, req->arena, &cited, &cited_count);
		if (!e)
			render_json_article(&out, article, authored, &rule, cited, cited_count);
		site_give(site, &desk);
	}
	if (e)
		page_fail_err(req, res, e);
	else
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

static void add_articles(struct json *j, const struct finding *f)
{
	json_key(j, "articles");
	json_array(j);
	for (size_t i = 0; i < f->count; i++) {
		json_object(j);
		json_key_str(j, "id", f->items[i].id);
		json_key_str(j, "title", f->items[i].title);
		json_key_real(j, "score", f->scores[i], 3);
		json_end_object(j);
	}
	json_end_array(j);
}

void api_search(struct site *site, struct http_request *req, struct http_response *res)
{
	struct finding f = { 0 };
	size_t offset = 0, limit = 20;
	struct buf out = { 0 };
	if (!finding_read(req, res, &f))
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
	struct json j = json_to(&out);
	json_object(&j);
	json_key_str(&j, "query", f.words);
	json_key_int(&j, "total", (int64_t)f.found.count);
	json_key_int(&j, "offset", (int64_t)offset);
	add_articles(&j, &f);
	json_key(&j, "facets");
	json_object(&j);
	finding_json_facets(&j, &f.found);
	json_end_object(&j);
	json_end_object(&j);
	send_line(req, res, &out);
}

static void add_seen(struct json *j, struct site *site, struct arena *a)
{
	struct seen_item *items = NULL;
	size_t count = 0;
	if (seen_top(site_seen(site), SEARCH_MAX, a, &items, &count))
		count = 0;
	json_key(j, "seen");
	json_array(j);
	for (size_t i = 0; i < count; i++) {
		json_object(j);
		json_key_str(j, "id", items[i].id);
		json_key_int(j, "count", (int64_t)items[i].count);
		json_end_object(j);
	}
	json_end_array(j);
}

static void add_recorded(struct json *j, struct site *site, struct arena *a)
{
	struct tally_article *items = NULL;
	size_t count = 0;
	if (site_recorded(site, SEARCH_MAX, a, &items, &count))
		count = 0;
	json_key(j, "recorded");
	json_array(j);
	for (size_t i = 0; i < count; i++) {
		json_object(j);
		json_key_str(j, "id", items[i].id);
		json_key_int(j, "lines", (int64_t)items[i].lines);
		json_end_object(j);
	}
	json_end_array(j);
}

void api_browse(struct site *site, struct http_request *req, struct http_response *res)
{
	struct catalog_result all;
	const struct catalog *catalog;
	struct desk *desk = NULL;
	struct buf out = { 0 };
	enum err e = site_take(site, &desk);
	if (!e)
		e = site_catalog(site, desk, &catalog);
	if (!e)
		e = catalog_select(catalog, &(struct catalog_filter){ 0 }, NULL, 0, BROWSED_MAX, req->arena, &all);
	site_give(site, &desk);
	if (e) {
		page_fail_err(req, res, e);
		return;
	}
	struct json j = json_to(&out);
	json_object(&j);
	json_key_int(&j, "articles", (int64_t)all.count);
	finding_json_facets(&j, &all);
	add_seen(&j, site, req->arena);
	add_recorded(&j, site, req->arena);
	json_end_object(&j);
	send_line(req, res, &out);
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
	res->body = e ? str_c(err_text(e)) : STR("ready\n");
	(void)req;
}
