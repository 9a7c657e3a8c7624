/* SPDX-License-Identifier: MIT
 *
 * The file of what scans found: see tally.h.
 */
#include "store/tally.h"

#include "base/mem.h"
#include "store/inside.h"

#include <limits.h>
#include <stdio.h>

enum { TALLY_APPLICATION = 0x6B627473 /* "kbts" */, TALLY_SCHEMA = 1 };

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS seen (id TEXT NOT NULL, day INTEGER NOT NULL, lines INTEGER NOT NULL, "
	"PRIMARY KEY (id, day)) WITHOUT ROWID;";

enum statement { ADD, MOST, STATEMENTS };
static const char *const statements[STATEMENTS] = {
	[ADD] = "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT (id, day) DO UPDATE SET lines = lines + excluded.lines",
	[MOST] = "SELECT id, sum(lines) AS n, min(day), max(day) FROM seen WHERE day >= ? GROUP BY id ORDER BY n DESC, "
		 "id LIMIT ?",
};

struct tally {
	sqlite3 *db;
	sqlite3_stmt *stmts[STATEMENTS];
};

enum err tally_open(const char *db, bool make, struct diags *d, struct tally **ret_tally)
{
	struct store_side side = { .schema = schema,
				   .application = TALLY_APPLICATION,
				   .version = TALLY_SCHEMA,
				   .make = make,
				   .cannot = "what scans find cannot be counted there" };
	char path[PATH_MAX];
	if (snprintf(path, sizeof path, "%s.seen", db) >= (int)sizeof path)
		return diags_fail(d, ERR_INPUT, "%s: too long a name", db);
	struct tally *t = mem_resize(NULL, sizeof *t);
	if (!t)
		return ERR_NOMEM;
	*t = (struct tally){ 0 };
	enum err e = store_side_open(path, &side, d, &t->db);
	for (size_t i = 0; i < STATEMENTS && !e; i++)
		e = store_err(
			sqlite3_prepare_v3(t->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &t->stmts[i], NULL));
	if (e)
		tally_close(&t);
	else
		*ret_tally = t;
	return e;
}

void tally_close(struct tally **tally)
{
	struct tally *t = *tally;
	*tally = NULL;
	if (!t)
		return;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(t->stmts[i]);
	sqlite3_close(t->db);
	mem_free(t);
}

enum err tally_add(struct tally *t, const struct tally_count *counts, size_t count)
{
	enum err e = store_side_run(t->db, "BEGIN IMMEDIATE");
	if (e)
		return e;
	for (size_t i = 0; !e && i < count; i++) {
		sqlite3_stmt *q = t->stmts[ADD];
		sql_str(q, 1, counts[i].id);
		sql_int(q, 2, counts[i].day);
		sql_int(q, 3, (int64_t)counts[i].lines);
		e = sql_done(q);
	}
	if (!e)
		e = store_side_run(t->db, "COMMIT");
	if (e)
		(void)!store_side_run(t->db, "ROLLBACK");
	return e;
}

enum err tally_most(struct tally *t, int64_t from_day, size_t limit, struct arena *a,
		    struct tally_article **ret_articles, size_t *ret_count)
{
	struct tally_article *items = NULL;
	size_t count = 0, cap = 0;
	bool row = true;
	enum err e = ERR_OK;
	sqlite3_stmt *q = t->stmts[MOST];
	sql_int(q, 1, from_day);
	sql_int(q, 2, (int64_t)(limit & INT64_MAX));
	while (!e && row) {
		e = sql_next(q, &row);
		struct tally_article *item = !e && row ? arena_push(a, &items, &count, &cap) : NULL;
		if (item)
			*item = (struct tally_article){ sql_keep(q, 0, a), (uint64_t)sql_get_int(q, 1),
							sql_get_int(q, 2), sql_get_int(q, 3) };
		else if (row && !e)
			e = ERR_NOMEM;
	}
	sqlite3_reset(q);
	if (!e)
		e = arena_err(a);
	if (e)
		return e;
	*ret_articles = items;
	*ret_count = count;
	return ERR_OK;
}
