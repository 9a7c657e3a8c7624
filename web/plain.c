/* SPDX-License-Identifier: MIT
 *
 * See plain.h.
 */
#include "web/plain.h"

#include "web/seen.h"

enum { BROWSED_MAX = 500, SEEN_MAX_SHOWN = 100, ID_COLUMNS = 10 };

static void send_plain(struct http_request *req, struct http_response *res, struct buf *out, enum run_form form)
{
	if (form == RUN_JSON || form == RUN_HTML)
		buf_add_char(out, '\n');
	page_send(req, res, page_text_type(form), out);
}

/* ---- what was found ---- */

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

static void add_search_json(struct buf *out, const struct finding *f, size_t offset)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_str(&j, "query", f->words);
	if (f->words_asked > FINDING_WORDS)
		json_key_int(&j, "words_left_out", (int64_t)(f->words_asked - FINDING_WORDS));
	json_key_int(&j, "total", (int64_t)f->found.count);
	json_key_int(&j, "offset", (int64_t)offset);
	add_articles(&j, f);
	json_key(&j, "facets");
	json_object(&j);
	finding_json_facets(&j, &f->found);
	json_end_object(&j);
	json_end_object(&j);
}

static void add_hit(struct buf *out, const struct store_brief *hit, size_t number, bool markdown)
{
	if (markdown) {
		buf_addf(out, "%zu. [", number);
		render_markdown_text(out, hit->title);
		buf_add_c(out, "](/kb/");
		page_encode(out, hit->id);
		buf_add_c(out, ") ");
		render_markdown_text(out, hit->id);
	} else {
		render_safe(out, hit->id, false);
		for (size_t i = hit->id.n; i < ID_COLUMNS; i++)
			buf_add_char(out, ' ');
		buf_add_char(out, ' ');
		render_safe(out, hit->title, false);
	}
	buf_add_char(out, '\n');
}

static void add_search_text(struct buf *out, const struct finding *f, size_t offset, bool markdown)
{
	buf_add_c(out, markdown ? "# " : "");
	buf_addf(out, "%zu article%s", f->found.count, f->found.count == 1 ? "" : "s");
	if (f->words.n) {
		buf_add_c(out, " about ");
		if (markdown)
			render_markdown_text(out, f->words);
		else
			render_safe(out, f->words, false);
		if (f->words_asked > FINDING_WORDS)
			buf_addf(out, " (the first %d of %zu words)", FINDING_WORDS, f->words_asked);
	}
	if (f->count && f->count < f->found.count)
		buf_addf(out, ", %zu to %zu", offset + 1, offset + f->count);
	buf_add_c(out, "\n\n");
	for (size_t i = 0; i < f->count; i++)
		add_hit(out, &f->items[i], offset + i + 1, markdown);
}

void plain_search(struct http_request *req, struct http_response *res, const struct finding *f, size_t offset,
		  enum run_form form)
{
	struct buf out = { 0 };
	if (form == RUN_MARKDOWN || form == RUN_TEXT)
		add_search_text(&out, f, offset, form == RUN_MARKDOWN);
	else
		add_search_json(&out, f, offset);
	send_plain(req, res, &out, form);
}

/* ---- what there is ---- */

static void add_seen(struct json *j, struct site *site, struct arena *a)
{
	struct seen_item *items = NULL;
	size_t count = 0;
	if (seen_top(site_seen(site), SEEN_MAX_SHOWN, a, &items, &count))
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
	if (site_recorded(site, SEEN_MAX_SHOWN, a, &items, &count))
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

static void add_browse_json(struct buf *out, struct site *site, const struct catalog_result *all, struct arena *a)
{
	struct json j = json_to(out);
	json_object(&j);
	json_key_int(&j, "articles", (int64_t)all->count);
	finding_json_facets(&j, all);
	add_seen(&j, site, a);
	add_recorded(&j, site, a);
	json_end_object(&j);
}

static void add_list(struct buf *out, const char *heading, const char *name, const struct catalog_facets *f,
		     bool markdown, struct arena *a)
{
	bool codes = str_eq(str_c(name), STR("code"));
	if (f->count)
		buf_addf(out, "\n%s%s\n\n", markdown ? "## " : "", heading);
	for (size_t i = 0; i < f->count; i++) {
		struct str label = codes ? page_code(f->items[i].name, a) : f->items[i].name;
		if (markdown) {
			buf_add_c(out, "- [");
			render_markdown_text(out, label);
			buf_addf(out, "](/search?%s=", name);
			page_encode(out, f->items[i].name);
			buf_addf(out, ") %zu", f->items[i].count);
		} else {
			buf_addf(out, "%8zu  ", f->items[i].count);
			render_safe(out, label, false);
		}
		buf_add_char(out, '\n');
	}
}

static void add_browse_text(struct buf *out, const struct catalog_result *all, bool markdown, struct arena *a)
{
	buf_addf(out, "%s%zu articles\n", markdown ? "# " : "", all->count);
	add_list(out, "Kinds", "kind", &all->kinds, markdown, a);
	add_list(out, "Products", "product", &all->products, markdown, a);
	add_list(out, "Error codes", "code", &all->codes, markdown, a);
	add_list(out, "Years", "year", &all->years, markdown, a);
}

void plain_browse(struct site *site, struct http_request *req, struct http_response *res, enum run_form form)
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
	if (form == RUN_MARKDOWN || form == RUN_TEXT)
		add_browse_text(&out, &all, form == RUN_MARKDOWN, req->arena);
	else
		add_browse_json(&out, site, &all, req->arena);
	send_plain(req, res, &out, form);
}
