/* SPDX-License-Identifier: MIT
 *
 * /kb/Q150536: an article as it is best read, what the tool takes from it, and what cites it; as a page, or in the form
 * that is asked for. /api/v1/articles/Q150536: the same, JSON unless another form is asked for.
 */
#include "web/page.h"

#include "store/catalog.h"

enum { CITED_BY_MAX = 50, ABOUT_MAX = 24, MESSAGES_SHOWN = 12, MESSAGE_MAX = 300 };

struct reading {
	struct article *article, *authored;
	struct rule rule;
	struct store_brief *cited_by;
	size_t cited_by_count;
	struct catalog_result about; /* what the catalog files it under */
};

static void add_list_item(struct buf *out, const char *name, const struct str *items, size_t count)
{
	if (!count)
		return;
	buf_addf(out, "<div><dt>%s</dt><dd>", name);
	for (size_t i = 0; i < count; i++) {
		buf_add_c(out, i ? "<br>" : "");
		render_html_escape(out, items[i]);
	}
	buf_add_c(out, "</dd></div>\n");
}

/* add_browse: a link to all that is filed under the same. */
static void add_browse(struct buf *out, const char *name, struct str value, struct str words)
{
	buf_addf(out, "<a href=\"/search?%s=", name);
	page_encode(out, value);
	buf_add_c(out, "\">");
	render_html_escape(out, words);
	buf_add_c(out, "</a>");
}

static bool is_filed(const struct catalog_facets *facets, struct str name)
{
	for (size_t i = 0; i < facets->count; i++)
		if (str_eq(facets->items[i].name, name))
			return true;
	return false;
}

static void add_products(struct buf *out, const struct article *a, const struct catalog_facets *filed)
{
	if (!a->product_count)
		return;
	buf_add_c(out, "<div><dt>Applies to</dt><dd>");
	for (size_t i = 0; i < a->product_count; i++) {
		struct str family = catalog_family(a->products[i]);
		buf_add_c(out, i ? "<br>" : "");
		if (is_filed(filed, family))
			add_browse(out, "product", family, a->products[i]);
		else
			render_html_escape(out, a->products[i]);
	}
	buf_add_c(out, "</dd></div>\n");
}

static void add_codes(struct buf *out, const struct catalog_facets *filed, struct arena *arena)
{
	if (!filed->count)
		return;
	buf_add_c(out, "<div><dt>Error codes</dt><dd>");
	for (size_t i = 0; i < filed->count; i++) {
		buf_add_c(out, i ? ", " : "");
		add_browse(out, "code", filed->items[i].name, page_code(filed->items[i].name, arena));
	}
	buf_add_c(out, "</dd></div>\n");
}

static void add_facts(struct buf *out, const struct reading *r, struct arena *arena)
{
	const struct article *a = r->article;
	buf_add_c(out, "<dl class=\"facts\">\n");
	add_list_item(out, "Last changed", &a->date, a->date.n > 0);
	add_products(out, a, &r->about.products);
	add_codes(out, &r->about.codes, arena);
	if (a->keyword_count) {
		buf_add_c(out, "<div><dt>Keywords</dt><dd>");
		for (size_t i = 0; i < a->keyword_count; i++) {
			buf_add_c(out, i ? " " : "");
			render_html_escape(out, a->keywords[i]);
		}
		buf_add_c(out, "</dd></div>\n");
	}
	buf_add_c(out, "</dl>\n");
}

static void add_template(struct buf *out, const struct rule_template *t)
{
	for (size_t i = 0; i < t->piece_count; i++) {
		const struct rule_piece *p = &t->pieces[i];
		buf_add_c(out, p->is_var ? "<var>" : "");
		render_html_escape(out, p->is_var ? t->vars[p->var].name : p->text);
		buf_add_c(out, p->is_var ? "</var>" : "");
	}
}

static void add_messages(struct buf *out, const struct rule *rule)
{
	size_t shown = 0;
	for (size_t i = 0; i < rule->template_count && shown < MESSAGES_SHOWN; i++) {
		const struct rule_template *t = &rule->templates[i];
		if (t->place > PLACE_SUMMARY || t->text.n > MESSAGE_MAX)
			continue;
		if (!shown++)
			buf_add_c(out, "<h2>Messages it explains</h2>\n<ul class=\"messages\">\n");
		buf_add_c(out, "<li><code>");
		add_template(out, t);
		buf_add_c(out, "</code></li>\n");
	}
	buf_add_c(out, shown ? "</ul>\n" : "");
}

static void add_rule(struct buf *out, const struct rule *rule)
{
	struct buf said = { 0 };
	if (rule->cause.n || rule->resolution_count)
		render_html_remedy(&said, rule, NULL, 0, 2);
	add_messages(&said, rule);
	if (said.n) {
		buf_add_c(out, "<aside class=\"card rule\" tabindex=\"0\" aria-label=\"In short\">\n"
			       "<p class=\"eyebrow\">In short</p>\n");
		buf_add(out, buf_str(&said));
		buf_add_c(out, "</aside>\n");
	}
	if (buf_err(&said))
		out->err = buf_err(&said);
	buf_free(&said);
}

static void add_briefs(struct buf *out, const char *heading, const struct store_brief *items, size_t count)
{
	if (!count)
		return;
	buf_addf(out, "<section class=\"cited\">\n<h2>%s</h2>\n<ul>\n", heading);
	for (size_t i = 0; i < count; i++) {
		buf_add_c(out, "<li>");
		page_link(out, items[i].id, items[i].title);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ul>\n</section>\n");
}

static void add_article(struct buf *out, const struct reading *r, struct arena *arena)
{
	const struct article *a = r->article;
	buf_add_c(out, "<article>\n<p class=\"eyebrow\">");
	render_html_escape(out, a->id);
	buf_add_c(out, "</p>\n<h1>");
	render_html_escape(out, a->title);
	buf_add_c(out, "</h1>\n");
	add_facts(out, r, arena);
	buf_add_c(out, "<div class=\"columns reading\">\n");
	add_rule(out, &r->rule);
	buf_add_c(out, "<div class=\"prose\">\n");
	if (r->authored && r->authored != a) {
		buf_add_c(out, "<section class=\"ours\">\n<p class=\"eyebrow\">In our words</p>\n");
		render_html_article(out, r->authored);
		buf_add_c(out, "</section>\n<p class=\"eyebrow\">The article as imported</p>\n");
	}
	render_html_article(out, a);
	add_briefs(out, "Cited by", r->cited_by, r->cited_by_count);
	buf_add_c(out, "</div>\n</div>\n</article>\n");
}

static enum err look_up_about(struct site *site, struct desk *desk, struct str id, struct arena *a,
			      struct catalog_result *ret_about)
{
	const struct catalog *catalog;
	enum err e = site_catalog(site, desk, &catalog);
	return e ? e : catalog_select(catalog, &(struct catalog_filter){ 0 }, &id, 1, ABOUT_MAX, a, ret_about);
}

static void send_page(struct site *site, struct http_request *req, struct http_response *res, const struct reading *r)
{
	struct buf out = { 0 };
	page_begin(&out, arena_printf(req->arena, "%.*s: %.*s", STR_ARG(r->article->id), STR_ARG(r->article->title)),
		   STR(""));
	add_article(&out, r, req->arena);
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

static void send_plain(struct http_request *req, struct http_response *res, const struct reading *r, enum run_form form)
{
	struct buf out = { 0 };
	if (form == RUN_MARKDOWN)
		render_markdown_article(&out, r->article, r->authored, &r->rule, r->cited_by, r->cited_by_count);
	else if (form == RUN_TEXT)
		render_text_article(&out, &(struct render_text){ .width = PAGE_COLUMNS }, r->article, r->authored,
				    &r->rule, r->cited_by, r->cited_by_count);
	else
		render_json_article(&out, r->article, r->authored, &r->rule, r->cited_by, r->cited_by_count);
	if (form == RUN_JSON)
		buf_add_char(&out, '\n');
	page_send(req, res, page_text_type(form), &out);
}

static void send_article(struct site *site, struct http_request *req, struct http_response *res, struct str id,
			 enum run_form form)
{
	struct desk *desk;
	struct reading r = { 0 };
	enum err e = site_take(site, &desk);
	if (!e) {
		e = store_load(desk->store, id, req->arena, &r.article, &r.authored, &r.rule);
		if (!e)
			e = store_cited_by(desk->store, id, CITED_BY_MAX, req->arena, &r.cited_by, &r.cited_by_count);
		if (!e && form == RUN_HTML)
			e = look_up_about(site, desk, id, req->arena, &r.about);
		site_give(site, &desk);
	}
	struct str missing = arena_printf(
		req->arena,
		"This knowledge base has no article %.*s. `kbt import` loads more, from wherever you keep them.",
		STR_ARG(id));
	if (e == ERR_NOTFOUND && missing.n)
		page_fail(req, res, 404, missing.p);
	else if (e)
		page_fail_err(req, res, e);
	else if (form == RUN_HTML)
		send_page(site, req, res, &r);
	else
		send_plain(req, res, &r, form);
}

void page_article(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str asked = str_from(req->path, sizeof "/kb/" - 1), id;
	enum run_form form;
	if (!article_id(asked, req->arena, &id)) {
		page_fail_err(req, res, ERR_NOTFOUND);
	} else if (!str_eq(asked, id)) {
		res->status = 301;
		res->location = arena_printf(req->arena, "/kb/%.*s", STR_ARG(id));
	} else if (page_pick(req, res, &form)) {
		send_article(site, req, res, id, form);
	}
}

void api_article(struct site *site, struct http_request *req, struct http_response *res)
{
	struct str id;
	enum run_form form;
	if (!article_id(str_from(req->path, sizeof "/api/v1/articles/" - 1), req->arena, &id))
		page_fail_err(req, res, ERR_NOTFOUND);
	else if (page_pick(req, res, &form))
		send_article(site, req, res, id, form == RUN_HTML ? RUN_JSON : form);
}
