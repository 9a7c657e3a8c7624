/* SPDX-License-Identifier: MIT
 *
 * /search?q=words: articles by their words, page by page; and the description by which a browser's address bar asks.
 */
#include "web/page.h"

enum { PAGE_SIZE = 20, PAGES_MAX = 500, BEST_HITS = 200 /* a search weighs no more */ };

struct search {
	struct str words;
	size_t page; /* from 1 */
	struct match_hit *hits;
	size_t count, total;
};

static void add_url(struct buf *out, struct str words, size_t page)
{
	buf_add_c(out, "/search?q=");
	page_encode(out, words);
	buf_addf(out, "&amp;page=%zu", page);
}

static void add_pager(struct buf *out, const struct search *s)
{
	size_t pages = (s->total + PAGE_SIZE - 1) / PAGE_SIZE;
	if (pages < 2)
		return;
	buf_add_c(out, "<nav class=\"pager\" aria-label=\"Pages of results\">");
	if (s->page > 1) {
		buf_add_c(out, "<a rel=\"prev\" href=\"");
		add_url(out, s->words, s->page - 1);
		buf_add_c(out, "\">Previous</a> ");
	}
	buf_addf(out, "<span>Page %zu of %zu</span>", s->page, pages);
	if (s->page < pages && s->page < PAGES_MAX) {
		buf_add_c(out, " <a rel=\"next\" href=\"");
		add_url(out, s->words, s->page + 1);
		buf_add_c(out, "\">Next</a>");
	}
	buf_add_c(out, "</nav>\n");
}

static void add_hits(struct buf *out, const struct search *s)
{
	buf_addf(out, "<p class=\"count\">%s%zu article%s</p>\n<ol class=\"hits\" start=\"%zu\">\n",
		 s->total >= BEST_HITS ? "The best " : "", s->total, s->total == 1 ? "" : "s",
		 (s->page - 1) * PAGE_SIZE + 1);
	for (size_t i = 0; i < s->count; i++) {
		buf_add_c(out, "<li>");
		page_link(out, s->hits[i].id, s->hits[i].title);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ol>\n");
	add_pager(out, s);
}

static void show(struct site *site, struct http_request *req, struct http_response *res, const struct search *s)
{
	struct buf out = { 0 };
	page_begin(&out, STR("Search"), s->words);
	buf_add_c(&out, "<section class=\"search\">\n<h1>");
	if (s->words.n) {
		buf_add_c(&out, "Articles about <q>");
		render_html_escape(&out, s->words);
		buf_add_c(&out, "</q>");
	} else {
		buf_add_c(&out, "Search the articles");
	}
	buf_add_c(&out, "</h1>\n");
	if (s->count)
		add_hits(&out, s);
	else if (s->words.n)
		buf_add_c(&out, "<p>No article has these words. For an error message, <a href=\"/\">paste all of it</a>: that "
				"search knows more than words.</p>\n");
	else
		buf_add_c(&out, "<p>Type words, or the id of an article, into the field above. For an error message, "
				"<a href=\"/\">paste all of it</a>.</p>\n");
	buf_add_c(&out, "</section>\n");
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

void page_search(struct site *site, struct http_request *req, struct http_response *res)
{
	struct search s = { .words = str_trim(http_field(&req->query, "q")), .page = 1 };
	struct str page = http_field(&req->query, "page"), id;
	struct desk *desk;
	struct store_brief brief;
	uint64_t number;
	if (page.n && (!str_u64(page, &number) || !number || number > PAGES_MAX)) {
		page_fail(req, res, 400, "The number of the page is none.");
		return;
	}
	s.page = page.n ? (size_t)number : 1;
	enum err e = s.words.n ? site_take(site, &desk) : ERR_OK;
	if (s.words.n && !e) {
		if (article_id(s.words, req->arena, &id) && !store_brief(desk->store, id, req->arena, &brief)) {
			res->status = 302;
			res->location = arena_printf(req->arena, "/kb/%.*s", STR_ARG(id));
		} else {
			e = match_search(desk->matcher, desk->scratch, s.words, (s.page - 1) * PAGE_SIZE, PAGE_SIZE, req->arena,
					 &s.hits, &s.count, &s.total);
		}
		site_give(site, &desk);
	}
	if (e && e != ERR_INPUT)
		page_fail_err(req, res, e);
	else if (!res->location.n)
		show(site, req, res, &s);
}

void page_opensearch(struct site *site, struct http_request *req, struct http_response *res)
{
	struct buf out = { 0 };
	(void)site;
	buf_add_c(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			"<OpenSearchDescription xmlns=\"http://a9.com/-/spec/opensearch/1.1/\"><ShortName>kbtriage</ShortName>"
			"<Description>What an error message means, and what to do</Description>"
			"<InputEncoding>UTF-8</InputEncoding><Url type=\"text/html\" template=\"http://");
	render_html_escape(&out, http_header(req, "Host"));
	buf_add_c(&out, "/?q={searchTerms}\"/></OpenSearchDescription>\n");
	page_send(req, res, "application/opensearchdescription+xml", &out);
}
