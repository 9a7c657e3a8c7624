/* SPDX-License-Identifier: MIT
 *
 * The file of what is kept: see kept.h. secure_delete: what is deleted is overwritten, not only unlinked.
 */
#include "store/kept.h"

#include "base/mem.h"
#include "store/inside.h"

#include <stdio.h>

enum { KEPT_APPLICATION = 0x6B62746B /* "kbtk" */, KEPT_SCHEMA = 1 };

static const char schema[] =
	"CREATE TABLE IF NOT EXISTS kept ("
	"name TEXT PRIMARY KEY, key_hash BLOB NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, made INTEGER NOT "
	"NULL, "
	"expires INTEGER NOT NULL, form0 TEXT NOT NULL, form1 TEXT NOT NULL, form2 TEXT NOT NULL, form3 TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS kept_by_expiry ON kept (expires);"
	"CREATE TABLE IF NOT EXISTS owned (name TEXT PRIMARY KEY, owner BLOB NOT NULL, bytes INTEGER NOT NULL);"
	"CREATE INDEX IF NOT EXISTS owned_by ON owned (owner, bytes);"
	"CREATE TRIGGER IF NOT EXISTS kept_gone AFTER DELETE ON kept "
	"BEGIN DELETE FROM owned WHERE name = OLD.name; END;";

enum statement { PUT, OWN, OWNED, GET, DELETE, EXPIRE, COUNT, STATEMENTS };
static const char *const statements[STATEMENTS] = {
	[PUT] = "INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[OWN] = "INSERT INTO owned VALUES (?, ?, ?)",
	[OWNED] = "SELECT count(*), ifnull(sum(bytes), 0) FROM owned WHERE owner = ?",
	[GET] = ("SELECT key_hash, kind, title, made, expires, form0, form1, form2, form3 FROM kept WHERE name = ? "
		 "AND expires > ?"),
	[DELETE] = "DELETE FROM kept WHERE name = ?",
	[EXPIRE] = "DELETE FROM kept WHERE expires <= ?",
	[COUNT] = "SELECT count(*) FROM kept",
};

struct kept {
	sqlite3 *db;
	sqlite3_stmt *stmts[STATEMENTS];
	size_t bytes_max; /* 0: no limit was set */
};

enum err kept_open(const char *path, struct diags *d, struct kept **ret_kept)
{
	static const struct store_side side = { .schema = schema, .application = KEPT_APPLICATION,
						.version = KEPT_SCHEMA, .make = true, .private = true,
						.cannot = "what people keep cannot be put there" };
	struct kept *k = mem_resize(NULL, sizeof *k);
	if (!k)
		return ERR_NOMEM;
	*k = (struct kept){ 0 };
	enum err e = store_side_open(path, &side, d, &k->db);
	if (!e)
		e = store_side_run(k->db, "PRAGMA secure_delete = ON");
	for (size_t i = 0; i < STATEMENTS && !e; i++)
		e = store_err(
			sqlite3_prepare_v3(k->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &k->stmts[i], NULL));
	if (e) {
		kept_close(&k);
		return e;
	}
	*ret_kept = k;
	return ERR_OK;
}

enum err kept_limit(struct kept *k, size_t bytes)
{
	char pragma[64];
	sqlite3_stmt *stmt = NULL;
	enum err e = store_err(sqlite3_prepare_v2(k->db, "PRAGMA page_size", -1, &stmt, NULL));
	size_t page = !e && sqlite3_step(stmt) == SQLITE_ROW ? (size_t)sqlite3_column_int64(stmt, 0) : 0;
	sqlite3_finalize(stmt);
	if (!page)
		return e ? e : ERR_DAMAGED;
	k->bytes_max = bytes;
	snprintf(pragma, sizeof pragma, "PRAGMA max_page_count = %zu", bytes / page);
	return store_side_run(k->db, pragma);
}

void kept_close(struct kept **kept)
{
	struct kept *k = *kept;
	if (!k)
		return;
	*kept = NULL;
	for (size_t i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(k->stmts[i]);
	sqlite3_close(k->db);
	mem_free(k);
}

static sqlite3_stmt *get(struct kept *k, enum statement which)
{
	sqlite3_stmt *q = k->stmts[which];
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return q;
}

/* run_delete runs one that deletes. On a full disk there is no room for the journal that would undo it: it is then held
 * in memory, for what is deleted has to go, and makes room. */
static enum err run_delete(struct kept *k, sqlite3_stmt *q)
{
	enum err e = sql_done(q);
	if (e != ERR_FULL && e != ERR_FILESIZE)
		return e;
	sqlite3_reset(q);
	e = store_side_run(k->db, "PRAGMA journal_mode = MEMORY");
	if (!e)
		e = sql_done(q);
	sqlite3_reset(q);
	enum err back = store_side_run(k->db, "PRAGMA journal_mode = DELETE");
	return e ? e : back;
}

enum err kept_expire(struct kept *k, int64_t now_s)
{
	sqlite3_stmt *q = get(k, EXPIRE);
	sql_int(q, 1, now_s);
	return run_delete(k, q);
}

static size_t size_of(const struct kept_item *item)
{
	size_t n = item->title.n;
	for (size_t i = 0; i < KEPT_FORMS; i++)
		n += item->forms[i].n;
	return n;
}

/* has_room: is there a place for one more, and one in its owner's share? */
static enum err has_room(struct kept *k, const struct kept_item *item)
{
	int64_t count = 0;
	bool row = false;
	enum err e = sql_one(get(k, COUNT), &count);
	if (e || count >= KEPT_MAX)
		return e ? e : ERR_LIMIT;
	if (!item->owner.n)
		return ERR_OK;
	sqlite3_stmt *q = get(k, OWNED);
	sql_blob(q, 1, item->owner);
	e = sql_next(q, &row);
	size_t bytes = !e && row ? (size_t)sql_get_int(q, 1) + size_of(item) : 0;
	bool fits = !e && row && sql_get_int(q, 0) < KEPT_MAX / KEPT_SHARES &&
		    (!k->bytes_max || bytes <= k->bytes_max / KEPT_SHARES);
	sqlite3_reset(q);
	return e ? e : fits ? ERR_OK : ERR_SHARE;
}

static enum err put_owner(struct kept *k, struct str name, const struct kept_item *item)
{
	if (!item->owner.n)
		return ERR_OK;
	sqlite3_stmt *q = get(k, OWN);
	sql_str(q, 1, name);
	sql_blob(q, 2, item->owner);
	sql_int(q, 3, (int64_t)size_of(item));
	return sql_done(q);
}

static enum err put_item(struct kept *k, struct str name, struct str key_hash, const struct kept_item *item)
{
	sqlite3_stmt *q = get(k, PUT);
	sql_str(q, 1, name);
	sql_blob(q, 2, key_hash);
	sql_str(q, 3, item->kind);
	sql_str(q, 4, item->title);
	sql_int(q, 5, item->made_s);
	sql_int(q, 6, item->expires_s);
	for (int i = 0; i < KEPT_FORMS; i++)
		sql_str(q, 7 + i, item->forms[i]);
	return sql_done(q);
}

enum err kept_put(struct kept *k, struct str name, struct str key_hash, const struct kept_item *item)
{
	for (size_t i = 0; i < KEPT_FORMS; i++)
		if (item->forms[i].n > KEPT_BYTES_MAX)
			return ERR_LIMIT;
	enum err e = kept_expire(k, item->made_s);
	if (!e)
		e = has_room(k, item);
	if (!e)
		e = store_side_run(k->db, "BEGIN IMMEDIATE");
	if (e)
		return e;
	e = put_item(k, name, key_hash, item);
	if (!e)
		e = put_owner(k, name, item);
	if (!e)
		e = store_side_run(k->db, "COMMIT");
	if (e && !sqlite3_get_autocommit(k->db)) { /* SQLite itself ends some that failed */
		enum err back = store_side_run(k->db, "ROLLBACK");
		(void)back;
	}
	return e;
}

enum err kept_get(struct kept *k, struct str name, int64_t now_s, struct arena *a, struct kept_item *ret_item,
		  struct str *ret_key_hash)
{
	bool row = false;
	sqlite3_stmt *q = get(k, GET);
	sql_str(q, 1, name);
	sql_int(q, 2, now_s);
	enum err e = sql_next(q, &row);
	if (e || !row) {
		sqlite3_reset(q);
		return e ? e : ERR_NOTFOUND;
	}
	struct str key_hash = sql_keep(q, 0, a);
	struct kept_item item = { .kind = sql_keep(q, 1, a), .title = sql_keep(q, 2, a),
				  .made_s = sql_get_int(q, 3), .expires_s = sql_get_int(q, 4) };
	for (int i = 0; i < KEPT_FORMS; i++)
		item.forms[i] = sql_keep(q, 5 + i, a);
	sqlite3_reset(q);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_item = item;
	*ret_key_hash = key_hash;
	return ERR_OK;
}

enum err kept_delete(struct kept *k, struct str name)
{
	sqlite3_stmt *q = get(k, DELETE);
	sql_str(q, 1, name);
	return run_delete(k, q);
}
