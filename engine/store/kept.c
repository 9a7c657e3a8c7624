/* SPDX-License-Identifier: MIT
 *
 * The file of what is kept: see kept.h. secure_delete: what is deleted is overwritten, not only unlinked.
 */
#include "store/kept.h"

#include "base/mem.h"
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { KEPT_APPLICATION = 0x6B62746B /* "kbtk" */, KEPT_SCHEMA = 1, KEPT_WAIT_MS = 2000 };

static const char schema[] =
	"PRAGMA application_id = 1801614443; PRAGMA user_version = 1;"
	"CREATE TABLE IF NOT EXISTS kept ("
	"name TEXT PRIMARY KEY, key_hash BLOB NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, made INTEGER NOT NULL, "
	"expires INTEGER NOT NULL, form0 TEXT NOT NULL, form1 TEXT NOT NULL, form2 TEXT NOT NULL, form3 TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS kept_by_expiry ON kept (expires);";
_Static_assert(KEPT_APPLICATION == 1801614443, "the schema says the same");

enum statement { PUT, GET, DELETE, EXPIRE, COUNT, STATEMENTS };
static const char *const statements[STATEMENTS] = {
	[PUT] = "INSERT INTO kept VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[GET] = "SELECT key_hash, kind, title, made, expires, form0, form1, form2, form3 FROM kept WHERE name = ? AND expires > ?",
	[DELETE] = "DELETE FROM kept WHERE name = ?",
	[EXPIRE] = "DELETE FROM kept WHERE expires <= ?",
	[COUNT] = "SELECT count(*) FROM kept",
};

struct kept {
	sqlite3 *db;
	sqlite3_stmt *stmts[STATEMENTS];
};

static enum err run(struct kept *k, const char *text)
{
	return store_err(sqlite3_exec(k->db, text, NULL, NULL, NULL));
}

static enum err pragma(struct kept *k, const char *text, int64_t *ret_value)
{
	sqlite3_stmt *q = NULL;
	enum err e = store_err(sqlite3_prepare_v2(k->db, text, -1, &q, NULL));
	if (!e)
		e = sql_one(q, ret_value);
	sqlite3_finalize(q);
	return e;
}

/* check tells a file of another kind, and one of a later version. */
static enum err check(struct kept *k, const char *path, struct diags *d)
{
	int64_t application = 0, version = 0, tables = 0;
	enum err e = pragma(k, "PRAGMA application_id", &application);
	if (!e)
		e = pragma(k, "PRAGMA user_version", &version);
	if (!e)
		e = pragma(k, "SELECT count(*) FROM sqlite_schema", &tables);
	if (e)
		return diags_fail(d, e == ERR_FOREIGN || e == ERR_DAMAGED ? ERR_FOREIGN : e,
				  "%s: what people keep cannot be put there: %s", path, err_text(e));
	if ((application || tables) && application != KEPT_APPLICATION)
		return diags_fail(d, ERR_FOREIGN, "%s: not a file of this program: nothing is kept there", path);
	if (version > KEPT_SCHEMA)
		return diags_fail(d, ERR_NEWER, "%s: written by a newer kbt", path);
	return ERR_OK;
}

static enum err make_private(const char *path, struct diags *d)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return diags_fail(d, err_from_errno(errno), "%s: what people keep cannot be put there: %s", path, strerror(errno));
	close(fd);
	return ERR_OK;
}

static enum err prepare(struct kept *k)
{
	enum err e = run(k, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA secure_delete = ON; "
			    "PRAGMA temp_store = MEMORY");
	if (!e)
		e = run(k, schema);
	for (size_t i = 0; i < STATEMENTS && !e; i++)
		e = store_err(sqlite3_prepare_v3(k->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &k->stmts[i], NULL));
	return e;
}

enum err kept_open(const char *path, struct diags *d, struct kept **ret_kept)
{
	struct kept *k = mem_resize(NULL, sizeof *k);
	if (!k)
		return ERR_NOMEM;
	*k = (struct kept){ 0 };
	enum err e = make_private(path, d);
	if (!e) {
		e = store_err(sqlite3_open_v2(path, &k->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
		if (!e) {
			sqlite3_extended_result_codes(k->db, 1);
			sqlite3_db_config(k->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
			sqlite3_busy_timeout(k->db, KEPT_WAIT_MS);
			e = check(k, path, d);
		}
		if (!e) {
			e = prepare(k);
			if (e)
				diags_add(d, DIAG_ERROR, 0, "%s: %s", path, err_text(e));
		}
	}
	if (e) {
		kept_close(&k);
		return e;
	}
	*ret_kept = k;
	return ERR_OK;
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

enum err kept_put(struct kept *k, struct str name, struct str key_hash, const struct kept_item *item)
{
	int64_t count;
	for (size_t i = 0; i < KEPT_FORMS; i++)
		if (item->forms[i].n > KEPT_BYTES_MAX)
			return ERR_LIMIT;
	sqlite3_stmt *q = get(k, EXPIRE);
	sql_int(q, 1, item->made_s);
	enum err e = sql_done(q);
	if (!e)
		e = sql_one(get(k, COUNT), &count);
	if (e || count >= KEPT_MAX)
		return e ? e : ERR_LIMIT;
	q = get(k, PUT);
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

enum err kept_get(struct kept *k, struct str name, int64_t now_s, struct arena *a, struct kept_item *ret_item,
		  struct str *ret_key_hash)
{
	bool row = false;
	sqlite3_stmt *q = get(k, GET);
	sql_str(q, 1, name);
	sql_int(q, 2, now_s);
	enum err e = sql_next(q, &row);
	if (!e && row) {
		*ret_key_hash = sql_keep(q, 0, a);
		*ret_item = (struct kept_item){ .kind = sql_keep(q, 1, a), .title = sql_keep(q, 2, a),
						.made_s = sql_get_int(q, 3), .expires_s = sql_get_int(q, 4) };
		for (int i = 0; i < KEPT_FORMS; i++)
			ret_item->forms[i] = sql_keep(q, 5 + i, a);
		e = arena_err(a);
	}
	sqlite3_reset(q);
	return e ? e : row ? ERR_OK : ERR_NOTFOUND;
}

enum err kept_delete(struct kept *k, struct str name)
{
	sqlite3_stmt *q = get(k, DELETE);
	sql_str(q, 1, name);
	return sql_done(q);
}
