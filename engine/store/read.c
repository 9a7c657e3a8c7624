/* SPDX-License-Identifier: MIT
 *
 * What is read from the database: the sources as they were imported, the articles and rules made of them, codes,
 * causes, and figures.
 */
#include "store/inside.h"

#include "base/mem.h"

/* ---- sources ---- */

static enum err dict_get(struct store *s, int64_t number, ZSTD_DDict **ret_dict)
{
	for (size_t i = 0; i < s->dict_count; i++)
		if (s->dicts[i].number == number) {
			*ret_dict = s->dicts[i].dict;
			return ERR_OK;
		}
	bool row;
	sqlite3_stmt *q = sql_get(s, SQL_DICTIONARY_GET);
	sql_int(q, 1, number);
	enum err e = sql_next(q, &row);
	if (e || !row)
		return e ? e : ERR_DAMAGED;
	struct str bytes = sql_get_str(q, 0);
	ZSTD_DDict *dict = ZSTD_createDDict(bytes.p, bytes.n);
	sqlite3_reset(q);
	struct store_dict *dicts = dict ? mem_resize(s->dicts, (s->dict_count + 1) * sizeof *dicts) : NULL;
	if (!dicts) {
		ZSTD_freeDDict(dict);
		return ERR_NOMEM;
	}
	s->dicts = dicts;
	s->dicts[s->dict_count++] = (struct store_dict){ number, dict };
	*ret_dict = dict;
	return ERR_OK;
}

enum err store_unpack(struct store *s, int64_t dictionary, int64_t size, struct str packed, struct buf *out)
{
	ZSTD_DDict *dict = NULL;
	if (size < 0 || size > STORE_SOURCE_MAX)
		return ERR_DAMAGED;
	enum err e = dictionary ? dict_get(s, dictionary, &dict) : ERR_OK;
	if (e)
		return e;
	char *room = buf_room(out, (size_t)size + 1);
	if (!room)
		return buf_err(out);
	size_t n = ZSTD_decompress_usingDDict(s->unpacker, room, (size_t)size, packed.p, packed.n, dict);
	if (ZSTD_isError(n) || n != (size_t)size)
		return ERR_DAMAGED;
	out->n += n;
	return ERR_OK;
}

/* "/a/kbarchive-txt.tar.zst" and "txt/150/Q1.TXT" are shown as "kbarchive-txt.tar.zst!/txt/150/Q1.TXT". */
static struct str show_origin(struct arena *a, struct str root, struct str name)
{
	for (size_t i = root.n; i-- > 0;)
		if (root.p[i] == '/') {
			root = str_from(root, i + 1);
			break;
		}
	return arena_printf(a, "%.*s%s%.*s", STR_ARG(root), root.n ? "/" : "", STR_ARG(name));
}

/* The columns of SOURCES_OF and SOURCES_ALL. */
static enum err read_source(struct store *s, sqlite3_stmt *q, struct arena *a, struct buf *bytes,
			    struct store_source *ret_source)
{
	enum err e = store_unpack(s, sql_get_int(q, 5), sql_get_int(q, 6), sql_get_str(q, 7), bytes);
	if (e)
		return e;
	*ret_source = (struct store_source){ .origin = show_origin(a, sql_get_str(q, 3), sql_get_str(q, 4)),
					     .format = sql_keep(q, 1, a), .date = sql_keep(q, 2, a) };
	return arena_err(a);
}

enum err store_article(struct store *s, struct str id, struct arena *a, struct store_source **ret_sources,
		       size_t *ret_count)
{
	struct store_source *items = NULL;
	size_t count = 0, cap = 0;
	struct buf bytes = { 0 };
	sqlite3_stmt *q = sql_get(s, SQL_SOURCES_OF);
	sql_str(q, 1, id);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct store_source *item = arena_push(a, &items, &count, &cap);
		buf_clear(&bytes);
		e = item ? read_source(s, q, a, &bytes, item) : ERR_NOMEM;
		if (!e)
			item->bytes = buf_keep(&bytes, a);
	}
	sqlite3_reset(q);
	buf_free(&bytes);
	if (!e)
		e = arena_err(a);
	if (!e && !count)
		e = ERR_NOTFOUND;
	if (e)
		return e;
	*ret_sources = items;
	*ret_count = count;
	return ERR_OK;
}

enum err store_each_source(struct store *s, store_visit *visit, void *context)
{
	struct arena a = { 0 };
	struct buf bytes = { 0 };
	sqlite3_stmt *q = sql_get(s, SQL_SOURCES_ALL);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct store_source source;
		arena_reset(&a);
		buf_clear(&bytes);
		e = read_source(s, q, &a, &bytes, &source);
		source.bytes = buf_str(&bytes);
		if (!e)
			e = visit(context, sql_get_str(q, 8), &source);
	}
	sqlite3_reset(q);
	buf_free(&bytes);
	arena_free(&a);
	return e;
}

enum err store_each_hash(struct store *s, store_visit_hash *visit, void *context)
{
	sqlite3_stmt *q = sql_get(s, SQL_SOURCE_STAMPS);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row)
		e = visit(context, sql_get_str(q, 0), (uint64_t)sql_get_int(q, 1));
	sqlite3_reset(q);
	return e;
}

/* ---- articles and rules ---- */

static enum err parse_source(const struct store_source *source, struct arena *a, struct article **ret_article)
{
	enum err e = article_parse(source->bytes, a, NULL, ret_article);
	return e == ERR_INPUT ? ERR_DAMAGED : e; /* it was an article when it was imported */
}

static enum err add_rule(const struct article *article, struct arena *a, struct rule *rule)
{
	struct rule one = { 0 };
	enum err e = rule_extract(article, a, NULL, &one);
	return e ? e : rule_merge(rule, &one, a);
}

/* Not every reference has the other's title beside it. */
static enum err name_references(struct store *s, struct arena *a, struct article *article)
{
	for (size_t i = 0; article && i < article->ref_count; i++) {
		struct article_ref *ref = &article->refs[i];
		struct store_brief brief = { 0 };
		enum err e = ref->id.n && !ref->title.n ? store_brief(s, ref->id, a, &brief) : ERR_OK;
		if (e && e != ERR_NOTFOUND)
			return e;
		if (brief.title.n)
			ref->title = brief.title;
	}
	return ERR_OK;
}

enum err store_load(struct store *s, struct str id, struct arena *a, struct article **ret_article,
		    struct article **ret_authored, struct rule *ret_rule)
{
	struct store_source *sources;
	size_t count;
	enum err e = store_article(s, id, a, &sources, &count);
	struct article *first = NULL, *second = NULL;
	struct rule rule = { 0 };
	if (!e)
		e = parse_source(&sources[0], a, &first);
	if (!e)
		e = add_rule(first, a, &rule);
	bool authored = !e && str_eq(sources[0].format, STR("authored"));
	if (authored && count > 1) {
		e = parse_source(&sources[1], a, &second);
		if (!e)
			e = add_rule(second, a, &rule);
	}
	if (!e)
		e = name_references(s, a, first);
	if (!e)
		e = name_references(s, a, second);
	if (e)
		return e;
	*ret_article = second ? second : first;
	*ret_authored = authored ? first : NULL;
	*ret_rule = rule;
	return ERR_OK;
}

/* find_article stands at the article's row of ARTICLE_BY_ID; the caller resets it. */
static enum err find_article(struct store *s, struct str id, sqlite3_stmt **ret_q)
{
	sqlite3_stmt *q = sql_get(s, SQL_ARTICLE_BY_ID);
	sql_str(q, 1, id);
	bool row;
	enum err e = sql_next(q, &row);
	*ret_q = q;
	return e || row ? e : ERR_NOTFOUND;
}

static enum err read_rule(struct store *s, struct str id, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q;
	enum err e = find_article(s, id, &q);
	if (e)
		return e;
	*rule = (struct rule){ .id = arena_str(a, id), .title = sql_keep(q, 1, a) };
	int64_t shown = sql_get_int(q, 3), authored = sql_get_int(q, 4);
	sqlite3_reset(q);
	if (authored)
		e = store_get_rule(s, authored, a, rule);
	rule->authored = authored;
	if (!e && shown != authored)
		e = store_get_rule(s, shown, a, rule);
	return e ? e : arena_err(a);
}

enum err store_rule(struct store *s, struct str id, struct arena *a, struct rule *ret_rule)
{
	struct rule rule;
	store_freeze(s);
	enum err e = read_rule(s, id, a, &rule);
	store_thaw(s);
	if (!e)
		*ret_rule = rule;
	return e;
}

enum err store_brief(struct store *s, struct str id, struct arena *a, struct store_brief *ret_brief)
{
	sqlite3_stmt *q;
	enum err e = find_article(s, id, &q);
	if (e)
		return e;
	struct store_brief brief = { arena_str(a, id), sql_keep(q, 1, a), sql_keep(q, 2, a) };
	sqlite3_reset(q);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_brief = brief;
	return ERR_OK;
}

/* Every list below is rows of columns into items of an arena. */
#define READ_ROWS(q, a, type, item, ret_items, ret_count, ...)                          \
	do {                                                                            \
		type *items_ = NULL;                                                    \
		size_t count_ = 0, cap_ = 0;                                            \
		bool row_ = true;                                                       \
		enum err e_;                                                            \
		while ((e_ = sql_next((q), &row_)) == ERR_OK && row_) {                 \
			type *item = arena_push((a), &items_, &count_, &cap_);          \
			if (!item)                                                      \
				break;                                                  \
			*item = (type)__VA_ARGS__;                                      \
		}                                                                       \
		if ((q))                                                                \
			sqlite3_reset((q));                                             \
		if (!e_)                                                                \
			e_ = arena_err((a));                                            \
		if (e_)                                                                 \
			return e_;                                                      \
		*(ret_items) = items_;                                                  \
		*(ret_count) = count_;                                                  \
		return ERR_OK;                                                          \
	} while (0)

static enum err read_briefs(struct store *s, enum sql which, struct str id, size_t limit, struct arena *a,
			    struct store_brief **ret_items, size_t *ret_count)
{
	sqlite3_stmt *q = sql_get(s, which);
	sql_str(q, 1, id);
	sql_int(q, 2, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
	READ_ROWS(q, a, struct store_brief, item, ret_items, ret_count,
		  { sql_keep(q, 0, a), sql_keep(q, 1, a), sql_keep(q, 2, a) });
}

enum err store_cited_by(struct store *s, struct str id, size_t limit, struct arena *a, struct store_brief **ret_items,
			size_t *ret_count)
{
	return read_briefs(s, SQL_CITED_BY, id, limit, a, ret_items, ret_count);
}

enum err store_see_also(struct store *s, struct str id, size_t limit, struct arena *a, struct store_brief **ret_items,
			size_t *ret_count)
{
	return read_briefs(s, SQL_SEE_ALSO, id, limit, a, ret_items, ret_count);
}

static enum err read_codes(sqlite3_stmt *q, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
{
	READ_ROWS(q, a, struct store_code, item, ret_codes, ret_count,
		  { sql_get_int(q, 0), sql_keep(q, 1, a), sql_keep(q, 2, a), sql_keep(q, 3, a) });
}

enum err store_codes(struct store *s, int64_t value, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
{
	sqlite3_stmt *q = sql_get(s, SQL_MEANINGS_OF);
	sql_int(q, 1, value);
	return read_codes(q, a, ret_codes, ret_count);
}

enum err store_all_codes(struct store *s, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
{
	return read_codes(sql_get(s, SQL_MEANINGS_ALL), a, ret_codes, ret_count);
}

enum err store_causes(struct store *s, struct arena *a, struct store_source **ret_files, size_t *ret_count)
{
	sqlite3_stmt *q = sql_get(s, SQL_FILES_OF);
	sql_str(q, 1, STR("causes"));
	READ_ROWS(q, a, struct store_source, item, ret_files, ret_count,
		  { .origin = sql_keep(q, 1, a), .format = STR("causes"), .date = STR(""),
		    .bytes = sql_keep(q, 2, a) });
}

/* ---- figures ---- */

static const struct {
	const char *name, *sql, *says;
} stats[] = {
#define STAT(name, says, sql) { name, sql, says },
#include "store/stats.def"
#undef STAT
};

enum err store_stats(struct store *s, struct arena *a, struct store_stat **ret_stats, size_t *ret_count)
{
	enum { COUNT = sizeof stats / sizeof *stats };
	struct store_stat *items = arena_array(a, struct store_stat, COUNT);
	if (!items)
		return ERR_NOMEM;
	store_freeze(s);
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < COUNT; i++) {
		sqlite3_stmt *q = NULL;
		items[i] = (struct store_stat){ stats[i].name, 0, stats[i].says };
		e = store_err(sqlite3_prepare_v2(s->db, stats[i].sql, -1, &q, NULL));
		if (!e)
			e = sql_one(q, &items[i].value);
		sqlite3_finalize(q);
	}
	store_thaw(s);
	if (e)
		return e;
	*ret_stats = items;
	*ret_count = COUNT;
	return ERR_OK;
}
