/* SPDX-License-Identifier: MIT
 *
 * See finding.h.
 */
#include "web/finding.h"

#include "web/snippet.h"

enum { FILTER_MAX = 200 };

/* first_words: the part of the text with the first FINDING_WORDS of its words; *ret_count: how many there are. */
static struct str first_words(struct str text, size_t *ret_count)
{
	struct str rest = text, word, first = text;
	size_t count = 0;
	while (str_word(&rest, &word))
		if (++count == FINDING_WORDS)
			first.n = (size_t)(word.p + word.n - text.p);
	*ret_count = count;
	return first;
}

bool finding_read(struct http_request *req, struct http_response *res, struct finding *f)
{
	struct str year = str_trim(http_field(&req->query, "year")), code = str_trim(http_field(&req->query, "code"));
	uint64_t number = 0;
	f->words = first_words(str_trim(http_field(&req->query, "q")), &f->words_asked);
	f->filter.product = str_first(str_trim(http_field(&req->query, "product")), FILTER_MAX);
	f->filter.kind = str_first(str_trim(http_field(&req->query, "kind")), FILTER_MAX);
	f->filter.by_code = code.n > 0;
	if (code.n && !str_i64(code, &f->filter.code)) {
		page_fail(req, res, 400, "An error code is a number, as 53 or 0x80070035.");
		return false;
	}
	if (year.n && (!str_u64(year, &number) || number < 1 || number > 9999)) {
		page_fail(req, res, 400, "A year has four digits, as 1999.");
		return false;
	}
	f->filter.year = (unsigned)number;
	return true;
}

bool finding_is_narrowed(const struct finding *f)
{
	return f->filter.product.n || f->filter.kind.n || f->filter.year || f->filter.by_code;
}

static enum err slice_of_hits(struct finding *f, const struct match_hit *hits, size_t hit_count, size_t offset)
{
	for (size_t i = 0; i < f->count; i++)
		for (size_t k = 0; k < hit_count; k++)
			if (str_eq(hits[k].id, f->found.ids[offset + i])) {
				f->items[i] = (struct store_brief){ .id = hits[k].id, .title = hits[k].title };
				f->scores[i] = hits[k].score;
			}
	return ERR_OK;
}

static enum err slice_of_all(struct store *store, struct finding *f, size_t offset, struct arena *a)
{
	size_t kept = 0;
	for (size_t i = 0; i < f->count; i++) {
		enum err e = store_brief(store, f->found.ids[offset + i], a, &f->items[kept]);
		if (e && e != ERR_NOTFOUND) /* removed since the catalog was made */
			return e;
		kept += !e;
	}
	f->count = kept;
	return ERR_OK;
}

/* tell: what cannot be read says nothing. */
static enum err tell(struct store *store, struct finding *f, struct arena *a)
{
	struct arena own = { 0 };
	f->says = arena_array(a, struct str, f->count + 1);
	for (size_t i = 0; f->says && i < f->count; i++) {
		struct store_source *sources = NULL;
		struct article *article = NULL;
		size_t count = 0;
		if (!store_article(store, f->items[i].id, &own, &sources, &count) && count &&
		    !article_parse(sources[0].bytes, &own, NULL, &article))
			f->says[i] = snippet_of(article, f->words, a);
		arena_reset(&own);
	}
	arena_free(&own);
	return arena_err(a);
}

static enum err run(struct site *site, struct desk *desk, struct finding *f, size_t offset, size_t limit,
		    struct arena *a)
{
	struct match_hit *hits = NULL;
	size_t hit_count = 0, total = 0;
	const struct catalog *catalog;
	struct str *ids = NULL;
	enum err e = site_catalog(site, desk, &catalog);
	if (!e && f->words.n)
		e = match_search(desk->matcher, desk->scratch, f->words, 0, FINDING_BEST, a, &hits, &hit_count, &total);
	if (!e && f->words.n) {
		ids = arena_array(a, struct str, hit_count + 1);
		for (size_t i = 0; ids && i < hit_count; i++)
			ids[i] = hits[i].id;
		e = arena_err(a);
	}
	if (!e)
		e = catalog_select(catalog, &f->filter, ids, hit_count, FINDING_FACETS, a, &f->found);
	if (e)
		return e;
	size_t left = f->found.count > offset ? f->found.count - offset : 0;
	f->count = left < limit ? left : limit;
	f->items = arena_array(a, struct store_brief, f->count + 1);
	f->scores = arena_array(a, double, f->count + 1);
	if (!f->items || !f->scores)
		return ERR_NOMEM;
	e = f->words.n ? slice_of_hits(f, hits, hit_count, offset) : slice_of_all(desk->store, f, offset, a);
	return !e && f->tells ? tell(desk->store, f, a) : e;
}

enum err finding_run(struct site *site, struct finding *f, size_t offset, size_t limit, struct arena *a)
{
	struct desk *desk = NULL;
	enum err e = site_take(site, &desk);
	if (!e)
		e = run(site, desk, f, offset, limit, a);
	site_give(site, &desk);
	return e;
}

static void add_list(struct json *j, const char *key, const struct catalog_facets *f)
{
	json_key(j, key);
	json_array(j);
	for (size_t i = 0; i < f->count; i++) {
		json_object(j);
		json_key_str(j, "name", f->items[i].name);
		json_key_int(j, "count", (int64_t)f->items[i].count);
		json_end_object(j);
	}
	json_end_array(j);
}

void finding_json_facets(struct json *j, const struct catalog_result *r)
{
	add_list(j, "products", &r->products);
	add_list(j, "kinds", &r->kinds);
	add_list(j, "years", &r->years);
	add_list(j, "codes", &r->codes);
}
