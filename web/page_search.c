/* SPDX-License-Identifier: MIT
 *
 * /search: articles by their words, narrowed by product, kind, year and error code, page by page; /browse: the same
 * without words, from the top; and the description by which a browser's address bar asks.
 */
#include "web/plain.h"
#include "web/seen.h"
#include "web/snippet.h"

enum { PAGE_SIZE = 20, PAGES_MAX = 5000, BROWSED = 48, SEEN_SHOWN = 10 };

static const struct {
	const char *name, *words;
} kinds[] = {
	{ "problem", "Problems" }, { "bug", "Bugs" },	       { "howto", "How to" },
	{ "info", "Information" }, { "ours", "In our words" }, { "other", "Other" },
};

static const char *kind_words(struct str name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq(name, str_c(kinds[i].name)))
			return kinds[i].words;
	return NULL;
}

/* label_of: what people read of a value. */
static struct str label_of(const char *name, struct str value, struct arena *a)
{
	const char *words = str_eq(str_c(name), STR("kind")) ? kind_words(value) : NULL;
	if (words)
		return str_c(words);
	return str_eq(str_c(name), STR("code")) ? page_code(value, a) : value;
}

/* add_found ends an item of a list: how many there are. */
static void add_found(struct buf *out, uint64_t count)
{
	buf_add_c(out, "<span class=\"n\">");
	render_html_number(out, count);
	buf_add_c(out, "</span></li>\n");
}

/* ---- addresses ---- */

static void add_parameter(struct buf *out, bool *first, const char *name, struct str value)
{
	if (!value.n)
		return;
	buf_addf(out, "%s%s=", *first ? "?" : "&amp;", name);
	page_encode(out, value);
	*first = false;
}

/* What changes one thing of a search: the others stay. */
struct turn {
	const char *name; /* "product", "kind", "year", "code", "page"; NULL for nothing */
	struct str value; /* empty: not narrowed by it */
};

static void add_url(struct buf *out, const struct finding *f, struct turn turn, struct arena *a)
{
	struct {
		const char *name;
		struct str value;
	} all[] = {
		{ "q", f->words },
		{ "product", f->filter.product },
		{ "kind", f->filter.kind },
		{ "year", f->filter.year ? arena_printf(a, "%u", f->filter.year) : STR("") },
		{ "code", f->filter.by_code ? arena_printf(a, "%lld", (long long)f->filter.code) : STR("") },
		{ "page", STR("") },
	};
	bool first = true;
	buf_add_c(out, "/search");
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		add_parameter(out, &first, all[i].name,
			      turn.name && str_eq(str_c(turn.name), str_c(all[i].name)) ? turn.value : all[i].value);
}

/* ---- what narrows ---- */

static void add_facet(struct buf *out, const struct finding *f, const char *heading, const char *name,
		      const struct catalog_facets *facets, bool taken, struct arena *a)
{
	if (taken || facets->all < 2)
		return;
	buf_addf(out, "<section><h2>%s</h2>\n<ul>\n", heading);
	for (size_t i = 0; i < facets->count; i++) {
		struct str value = facets->items[i].name;
		buf_add_c(out, "<li><a href=\"");
		add_url(out, f, (struct turn){ name, value }, a);
		buf_add_c(out, "\">");
		render_html_escape(out, label_of(name, value, a));
		buf_add_c(out, "</a> ");
		add_found(out, facets->items[i].count);
	}
	buf_add_c(out, "</ul></section>\n");
}

static void add_facets(struct buf *out, const struct finding *f, struct arena *a)
{
	const struct catalog_result *r = &f->found;
	if (r->count < 2)
		return;
	buf_add_c(out, "<nav id=\"narrow\" class=\"facets\" aria-label=\"Narrow the search\">\n");
	add_facet(out, f, "Kind", "kind", &r->kinds, f->filter.kind.n > 0, a);
	add_facet(out, f, "Product", "product", &r->products, f->filter.product.n > 0, a);
	add_facet(out, f, "Error code", "code", &r->codes, f->filter.by_code, a);
	add_facet(out, f, "Year", "year", &r->years, f->filter.year > 0, a);
	buf_add_c(out, "</nav>\n");
}

static void add_taken(struct buf *out, const struct finding *f, const char *name, struct str value, struct arena *a)
{
	if (!value.n)
		return;
	buf_add_c(out, "<li><a href=\"");
	add_url(out, f, (struct turn){ name, STR("") }, a);
	buf_add_c(out, "\"><span class=\"unseen\">Without </span>");
	render_html_escape(out, value);
	buf_add_c(out, " <span aria-hidden=\"true\">\xc3\x97</span></a></li>\n");
}

static void add_all_taken(struct buf *out, const struct finding *f, struct arena *a)
{
	const char *kind = kind_words(f->filter.kind);
	if (!finding_is_narrowed(f))
		return;
	buf_add_c(out, "<ul class=\"taken\" aria-label=\"Narrowed to\">\n");
	add_taken(out, f, "product", f->filter.product, a);
	add_taken(out, f, "kind", kind ? str_c(kind) : f->filter.kind, a);
	add_taken(out, f, "year", f->filter.year ? arena_printf(a, "%u", f->filter.year) : STR(""), a);
	add_taken(out, f, "code",
		  f->filter.by_code ? label_of("code", arena_printf(a, "%lld", (long long)f->filter.code), a) : STR(""),
		  a);
	buf_add_c(out, "</ul>\n");
}

/* ---- what was found ---- */

static void add_pager(struct buf *out, const struct finding *f, size_t page, struct arena *a)
{
	size_t pages = (f->found.count + PAGE_SIZE - 1) / PAGE_SIZE;
	if (pages < 2)
		return;
	buf_add_c(out, "<nav class=\"pager\" aria-label=\"Pages of results\">");
	if (page > 1) {
		buf_add_c(out, "<a rel=\"prev\" href=\"");
		add_url(out, f, (struct turn){ "page", arena_printf(a, "%zu", page - 1) }, a);
		buf_add_c(out, "\">Previous</a> ");
	}
	buf_addf(out, "<span>Page %zu of %zu</span>", page, pages);
	if (page < pages && page < PAGES_MAX) {
		buf_add_c(out, " <a rel=\"next\" href=\"");
		add_url(out, f, (struct turn){ "page", arena_printf(a, "%zu", page + 1) }, a);
		buf_add_c(out, "\">Next</a>");
	}
	buf_add_c(out, "</nav>\n");
}

static void add_says(struct buf *out, struct str says, struct str words)
{
	size_t from = 0;
	if (!says.n)
		return;
	buf_add_c(out, "<p>");
	for (size_t at = 0; at < says.n;) {
		size_t n = snippet_mark(says, at, words);
		if (!n) {
			at++;
			continue;
		}
		render_html_escape(out, (struct str){ says.p + from, at - from });
		buf_add_c(out, "<b>");
		render_html_escape(out, (struct str){ says.p + at, n });
		buf_add_c(out, "</b>");
		from = at += n;
	}
	render_html_escape(out, str_from(says, from));
	buf_add_c(out, "</p>");
}

static void add_hits(struct buf *out, const struct finding *f, size_t page, struct arena *a)
{
	bool best = f->words.n && f->found.count >= FINDING_BEST;
	buf_addf(out, "<p class=\"count\">%s", best ? "The best " : "");
	render_html_number(out, f->found.count);
	buf_addf(out, " article%s%s</p>\n<ol class=\"hits\" start=\"%zu\">\n", f->found.count == 1 ? "" : "s",
		 f->found.count > 1 ? " <a class=\"narrow\" href=\"#narrow\">Narrow it down</a>" : "",
		 (page - 1) * PAGE_SIZE + 1);
	for (size_t i = 0; i < f->count; i++) {
		buf_add_c(out, "<li>");
		page_link(out, f->items[i].id, f->items[i].title);
		add_says(out, f->says[i], f->words);
		buf_add_c(out, "</li>\n");
	}
	buf_add_c(out, "</ol>\n");
	add_pager(out, f, page, a);
}

static void add_heading(struct buf *out, const struct finding *f, struct arena *a)
{
	const char *kind = kind_words(f->filter.kind);
	buf_add_c(out, "<h1>");
	if (f->words.n) {
		buf_add_c(out, "Articles about <q>");
		render_html_escape(out, f->words);
		buf_add_c(out, f->words_asked > FINDING_WORDS ? " …</q>" : "</q>");
	} else if (f->filter.by_code) {
		buf_add_c(out, "Articles about error ");
		render_html_escape(out, label_of("code", arena_printf(a, "%lld", (long long)f->filter.code), a));
	} else if (f->filter.product.n) {
		render_html_escape(out, f->filter.product);
	} else if (kind) {
		buf_add_c(out, kind);
	} else if (f->filter.year) {
		buf_addf(out, "Articles of %u", f->filter.year);
	} else {
		buf_add_c(out, "Search the articles");
	}
	buf_add_c(out, "</h1>\n");
	if (f->words_asked > FINDING_WORDS)
		buf_addf(out, "<p class=\"hint\">Of these %zu words the first %d were looked for.</p>\n",
			 f->words_asked, FINDING_WORDS);
}

static void add_none(struct buf *out, const struct finding *f)
{
	if (finding_is_narrowed(f))
		buf_addf(out, "<p>%s. Let go of one of them, or <a href=\"/browse\">browse</a>.</p>\n",
			 f->words.n ? "None of the best articles for these words is of that kind"
				    : "No article is of all of these");
	else if (f->words.n)
		buf_add_c(
			out,
			"<p>No article has these words. For an error message, <a href=\"/\">paste all of it</a>: that "
			"search knows more than words.</p>\n");
	else
		buf_add_c(out, "<p>Type words, or the id of an article, into the field above, or <a "
			       "href=\"/browse\">browse</a>. For an "
			       "error message, <a href=\"/\">paste all of it</a>.</p>\n");
}

static void show(struct site *site, struct http_request *req, struct http_response *res, const struct finding *f,
		 size_t page)
{
	struct buf out = { 0 };
	page_begin(&out, STR("Search"), f->words);
	buf_add_c(&out, "<div class=\"search\">\n<section>\n");
	add_heading(&out, f, req->arena);
	add_all_taken(&out, f, req->arena);
	if (f->count)
		add_hits(&out, f, page, req->arena);
	else
		add_none(&out, f);
	buf_add_c(&out, "</section>\n");
	add_facets(&out, f, req->arena);
	buf_add_c(&out, "</div>\n");
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

/* is_article: the words are the id of one; then that is the answer. */
static bool is_article(struct site *site, struct http_request *req, struct http_response *res, struct str words)
{
	struct store_brief brief;
	struct desk *desk = NULL;
	struct str id;
	if (!article_id(words, req->arena, &id) || site_take(site, &desk))
		return false;
	bool here = !store_brief(desk->store, id, req->arena, &brief);
	site_give(site, &desk);
	if (here) {
		res->status = 302;
		res->location = arena_printf(req->arena, "/kb/%.*s", STR_ARG(id));
	}
	return here;
}

void page_search(struct site *site, struct http_request *req, struct http_response *res)
{
	struct finding f = { 0 };
	struct str page = http_field(&req->query, "page");
	uint64_t number = 1;
	enum run_form form;
	if (!page_pick(req, res, &form))
		return;
	if (page.n && (!str_u64(page, &number) || !number || number > PAGES_MAX)) {
		page_fail(req, res, 400, "Pages are counted from 1.");
		return;
	}
	f.tells = form == RUN_HTML;
	if (!finding_read(req, res, &f) || (f.words.n && is_article(site, req, res, f.words)))
		return;
	enum err e = f.words.n || finding_is_narrowed(&f)
			     ? finding_run(site, &f, (size_t)(number - 1) * PAGE_SIZE, PAGE_SIZE, req->arena)
			     : ERR_OK;
	if (e && e != ERR_INPUT)
		page_fail_err(req, res, e);
	else if (form != RUN_HTML)
		plain_search(req, res, &f, (size_t)(number - 1) * PAGE_SIZE, form);
	else
		show(site, req, res, &f, (size_t)number);
}

/* ---- browsing ---- */

static void add_entries(struct buf *out, const char *heading, const char *name, const struct catalog_facets *facets)
{
	struct finding none = { 0 };
	struct arena a = { 0 };
	if (!facets->count)
		return;
	buf_addf(out, "<section id=\"%s\"><h2>%s</h2>\n<ul class=\"entries\">\n", name, heading);
	for (size_t i = 0; i < facets->count; i++) {
		struct str value = facets->items[i].name;
		buf_add_c(out, "<li><a href=\"");
		add_url(out, &none, (struct turn){ name, value }, &a);
		buf_add_c(out, "\">");
		render_html_escape(out, label_of(name, value, &a));
		buf_add_c(out, "</a> ");
		add_found(out, facets->items[i].count);
	}
	buf_add_c(out, "</ul>");
	if (facets->all > facets->count) {
		buf_add_c(out, "<p class=\"count\">and ");
		render_html_number(out, facets->all - facets->count);
		buf_add_c(out, " more: search for words, then narrow</p>");
	}
	buf_add_c(out, "</section>\n");
	arena_free(&a);
}

/* What an HRESULT wraps: its facility says which table has its low half. */
static const struct {
	uint32_t high;
	const char *family;
} wrapped[] = { { 0x8007, "win32" }, { 0x800A, "vb" } };

/* reading_of: the name of the number in this family, else what it says, else the empty string. Of several the first:
 * 404 comes before 404.13. An SQLSTATE is no number; all of them stand at 0. */
static struct str reading_of(struct store *store, int64_t value, struct str family, bool any, struct arena *a)
{
	struct store_code *readings = NULL, *best = NULL;
	size_t count = 0;
	if (store_codes(store, value, a, &readings, &count))
		return STR("");
	for (size_t i = count; i-- > 0;)
		if (!str_eq(readings[i].family, STR("sqlstate")) &&
		    (str_eq(readings[i].family, family) || (any && (!best || !str_eq(best->family, family)))))
			best = &readings[i];
	return !best ? STR("") : best->symbol.n ? best->symbol : best->says;
}

/* meaning_of: in the family that its articles mean, else in the one that most know; else of what it wraps. */
static struct str meaning_of(struct store *store, const struct catalog *catalog, int64_t value, struct arena *a)
{
	struct str family = catalog_code_family(catalog, value);
	struct str says = reading_of(store, value, family.n ? family : STR("win32"), true, a);
	uint32_t bits = (uint32_t)value;
	for (size_t i = 0; !says.n && i < sizeof wrapped / sizeof *wrapped; i++)
		if (bits >> 16 == wrapped[i].high)
			says = reading_of(store, bits & 0xFFFF, str_c(wrapped[i].family), false, a);
	return says;
}

/* add_meaning: a line may end behind an underscore, so that a long symbol does not break within a word. */
static void add_meaning(struct buf *out, struct str says)
{
	for (size_t at; (at = str_find_char(says, '_')) != STR_NONE; says = str_from(says, at + 1)) {
		render_html_escape(out, str_first(says, at + 1));
		buf_add_c(out, "<wbr>");
	}
	render_html_escape(out, says);
}

static void add_codes(struct buf *out, struct store *store, const struct catalog *catalog,
		      const struct catalog_facets *facets, struct arena *a)
{
	if (!facets->count)
		return;
	buf_add_c(out, "<section id=\"code\"><h2>Error codes</h2>\n<ul class=\"entries\">\n");
	for (size_t i = 0; i < facets->count; i++) {
		int64_t value = 0;
		bool number = str_i64(facets->items[i].name, &value);
		buf_add_c(out, "<li><a href=\"/search?code=");
		page_encode(out, facets->items[i].name);
		buf_add_c(out, "\">");
		render_html_escape(out, label_of("code", facets->items[i].name, a));
		buf_add_c(out, "</a> <span class=\"means\">");
		if (number)
			add_meaning(out, meaning_of(store, catalog, value, a));
		buf_add_c(out, "</span> ");
		add_found(out, facets->items[i].count);
	}
	buf_add_c(out, "</ul></section>\n");
}

static void add_seen_one(struct buf *out, struct store *store, struct str id, uint64_t count, struct arena *a)
{
	struct store_brief brief;
	if (store_brief(store, id, a, &brief)) /* removed since */
		return;
	buf_add_c(out, "<li>");
	page_link(out, brief.id, brief.title);
	buf_add_char(out, ' ');
	add_found(out, count);
}

static void add_seen(struct buf *out, struct site *site, struct store *store, struct arena *a)
{
	struct seen_item *items = NULL;
	struct tally_article *recorded = NULL;
	size_t count = 0, recorded_count = 0;
	if (seen_top(site_seen(site), SEEN_SHOWN, a, &items, &count))
		count = 0;
	if (site_recorded(site, SEEN_SHOWN, a, &recorded, &recorded_count))
		recorded_count = 0;
	if (!count && !recorded_count)
		return;
	buf_add_c(out, "<section><h2>Most seen here</h2>\n");
	if (recorded_count)
		buf_add_c(out,
			  "<p class=\"count\">In logs, as <code>kbt scan --record</code> counts: lines that tell of "
			  "it</p>\n<ol class=\"seen\">\n");
	for (size_t i = 0; i < recorded_count; i++)
		add_seen_one(out, store, recorded[i].id, recorded[i].lines, a);
	buf_add_c(out, recorded_count ? "</ol>\n" : "");
	if (count)
		buf_add_c(out, "<p class=\"count\">How often each was the answer since this server started; what was "
			       "asked is not kept</p>\n<ol class=\"seen\">\n");
	for (size_t i = 0; i < count; i++)
		add_seen_one(out, store, items[i].id, items[i].count, a);
	buf_add_c(out, count ? "</ol>\n" : "");
	buf_add_c(out, "</section>\n");
}

static void add_jumps(struct buf *out, const struct catalog_result *all)
{
	const struct {
		const char *name, *words;
		size_t count;
	} parts[] = {
		{ "kind", "Kinds", all->kinds.count },
		{ "product", "Products", all->products.count },
		{ "code", "Error codes", all->codes.count },
		{ "year", "Years", all->years.count },
	};
	buf_add_c(out, "<nav class=\"jumps\" aria-label=\"On this page\">");
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (parts[i].count)
			buf_addf(out, "<a href=\"#%s\">%s</a> ", parts[i].name, parts[i].words);
	buf_add_c(out, "</nav>\n");
}

static enum err add_browse(struct buf *out, struct site *site, struct desk *desk, struct arena *a)
{
	const struct catalog *catalog;
	struct catalog_result all;
	enum err e = site_catalog(site, desk, &catalog);
	if (!e)
		e = catalog_select(catalog, &(struct catalog_filter){ 0 }, NULL, 0, BROWSED, a, &all);
	if (e)
		return e;
	add_jumps(out, &all);
	add_seen(out, site, desk->store, a);
	add_entries(out, "Kinds", "kind", &all.kinds);
	add_entries(out, "Products", "product", &all.products);
	add_codes(out, desk->store, catalog, &all.codes, a);
	add_entries(out, "Years", "year", &all.years);
	return ERR_OK;
}

void page_browse(struct site *site, struct http_request *req, struct http_response *res)
{
	struct buf out = { 0 };
	struct desk *desk = NULL;
	enum run_form form;
	if (!page_pick(req, res, &form))
		return;
	if (form != RUN_HTML) {
		plain_browse(site, req, res, form);
		return;
	}
	page_begin(&out, STR("Browse"), STR(""));
	buf_add_c(&out, "<div class=\"browse\">\n<h1>Browse the articles</h1>\n");
	enum err e = site_take(site, &desk);
	if (!e)
		e = add_browse(&out, site, desk, req->arena);
	site_give(site, &desk);
	buf_add_c(&out, "</div>\n");
	if (e) {
		buf_free(&out);
		page_fail_err(req, res, e);
		return;
	}
	page_end(&out, site);
	page_send(req, res, PAGE_HTML, &out);
}

void page_opensearch(struct site *site, struct http_request *req, struct http_response *res)
{
	struct buf out = { 0 };
	(void)site;
	buf_add_c(&out,
		  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		  "<OpenSearchDescription "
		  "xmlns=\"http://a9.com/-/spec/opensearch/1.1/\"><ShortName>kbtriage</ShortName><Description>What an "
		  "error message means, and what to do</Description>"
		  "<InputEncoding>UTF-8</InputEncoding><Url type=\"text/html\" template=\"");
	render_html_escape(&out, req->scheme);
	buf_add_c(&out, "://");
	render_html_escape(&out, req->authority);
	buf_add_c(&out, "/?q={searchTerms}\"/></OpenSearchDescription>\n");
	page_send(req, res, "application/opensearchdescription+xml", &out);
}
