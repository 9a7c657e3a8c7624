/* SPDX-License-Identifier: MIT */
#include "store/importer.h"

/* read_stored: the row of SOURCE_AFTER as an item that importer_put_source takes again. */
static enum err read_stored(struct importer *im, sqlite3_stmt *q, struct arena *a, struct work_item *ret_item)
{
	struct buf bytes = { 0 };
	int64_t size = sql_get_int(q, 5);
	struct work_item item = { .root = sql_get_int(q, 2), .inner = sql_keep(q, 3, a),
				  .hash = (uint64_t)sql_get_int(q, 4), .packed = sql_keep(q, 7, a) };
	enum err e = store_unpack(im->store, sql_get_int(q, 6), size, item.packed, &bytes);
	item.bytes = buf_take(&bytes, a);
	if (!e)
		e = article_parse(item.bytes, a, NULL, &item.article);
	if (!e)
		e = rule_extract(item.article, a, NULL, &item.rule);
	if (!e)
		*ret_item = item;
	return e;
}

/* rederive_next: the first source behind *number, with all that hangs on it, anew; *ret_more is false behind the last.
 * One that is no article any more keeps its rows. */
static enum err rederive_next(struct importer *im, struct arena *a, int64_t *number, bool *ret_more)
{
	struct work_item item;
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_AFTER);
	sql_int(q, 1, *number);
	enum err e = sql_next(q, ret_more);
	if (e || !*ret_more)
		return e;
	*number = sql_get_int(q, 0);
	int64_t article = sql_get_int(q, 1), dictionary = sql_get_int(q, 6);
	e = read_stored(im, q, a, &item);
	sqlite3_reset(q);
	if (e == ERR_INPUT)
		return ERR_OK;
	if (!e)
		e = importer_delete_source(im, *number);
	return e ? e : importer_put_source(im, article, *number, dictionary, &item);
}

enum err importer_rederive(struct importer *im)
{
	int64_t by = 0, number = 0;
	struct arena a = { 0 };
	bool more = true;
	sqlite3_stmt *q = sql_get(im->store, SQL_META_GET);
	sql_str(q, 1, STR("derived"));
	enum err e = sql_one(q, &by);
	if (e == ERR_NOTFOUND || (!e && by == STORE_DERIVED)) /* not found: nothing was imported yet */
		return ERR_OK;
	im->rederived = true;
	while (!e && more && !(e = importer_told_to_stop(im) ? ERR_INTERRUPTED : ERR_OK)) {
		arena_reset(&a);
		e = rederive_next(im, &a, &number, &more);
	}
	arena_free(&a);
	if (number)
		diags_add(im->diags, DIAG_NOTE, 0, "another version of kbt had read the articles: all are read again");
	return e ? e : sql_done(sql_get(im->store, SQL_ARTICLES_SHOW));
}
