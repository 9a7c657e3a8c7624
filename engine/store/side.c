/* SPDX-License-Identifier: MIT
 *
 * SQLite files beside the knowledge base: see inside.h.
 */
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SIDE_WAIT_MS = 2000 };

enum err store_side_run(sqlite3 *db, const char *text)
{
	return sqlite3_exec(db, text, NULL, NULL, NULL) ? store_err_of(db) : ERR_OK;
}

static enum err pragma(sqlite3 *db, const char *text, int64_t *ret_value)
{
	sqlite3_stmt *q = NULL;
	enum err e = store_err(sqlite3_prepare_v2(db, text, -1, &q, NULL));
	if (!e)
		e = sql_one(q, ret_value);
	sqlite3_finalize(q);
	return e;
}

/* check tells a file of another kind, and one of a later version; whether it is marked as one of this kind and version,
 * and holds something. */
static enum err check(sqlite3 *db, const char *path, const struct store_side *side, struct diags *d, bool *ret_marked)
{
	int64_t application = 0, version = 0, tables = 0;
	enum err e = pragma(db, "PRAGMA application_id", &application);
	if (!e)
		e = pragma(db, "PRAGMA user_version", &version);
	if (!e)
		e = pragma(db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (e)
		return diags_fail(d, e == ERR_FOREIGN || e == ERR_DAMAGED ? ERR_FOREIGN : e, "%s: %s: %s", path,
				  side->cannot, err_text(e));
	if ((application || tables) && application != side->application)
		return diags_fail(d, ERR_FOREIGN, "%s: holds something else: %s", path, side->cannot);
	if (version > side->version)
		return diags_fail(d, ERR_NEWER, "%s: written by a newer kbt", path);
	*ret_marked = tables && version == side->version;
	return ERR_OK;
}

/* mark: SQLite writes these even where they are set already, and a full disk has no room for that. What is deleted is
 * given back to the disk: on a full one a journal needs room, though the file has pages to spare. */
static enum err mark(sqlite3 *db, const struct store_side *side)
{
	char text[160];
	snprintf(text, sizeof text,
		 "PRAGMA auto_vacuum = FULL; PRAGMA application_id = %" PRId64 "; PRAGMA user_version = %" PRId64,
		 side->application, side->version);
	return store_side_run(db, text);
}

/* prepare: who only reads takes what is there; a file that nothing was put into yet is none. */
static enum err prepare(sqlite3 *db, const struct store_side *side, bool marked)
{
	enum err e = store_side_run(
		db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY");
	if (!side->make)
		return e || marked ? e : ERR_NOTFOUND;
	if (!e && !marked)
		e = mark(db, side);
	return e ? e : store_side_run(db, side->schema);
}

static enum err touch(const char *path, const struct store_side *side, struct diags *d)
{
	int fd = open(path, (side->make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW,
		      side->private ? 0600 : 0666);
	if (fd < 0 && !side->make && errno == ENOENT)
		return ERR_NOTFOUND;
	if (fd < 0)
		return diags_fail(d, err_from_errno(errno), "%s: %s: %s", path, side->cannot, err_errno_text(errno));
	close(fd);
	return ERR_OK;
}

enum err store_side_open(const char *path, const struct store_side *side, struct diags *d, sqlite3 **ret_db)
{
	sqlite3 *db = NULL;
	bool marked = false;
	enum err e = touch(path, side, d);
	if (e)
		return e;
	e = store_sqlite(path, SQLITE_OPEN_READWRITE, &db);
	if (!e) {
		sqlite3_extended_result_codes(db, 1);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_busy_timeout(db, SIDE_WAIT_MS);
		e = check(db, path, side, d, &marked);
	}
	if (!e) {
		e = prepare(db, side, marked);
		if (e && e != ERR_NOTFOUND)
			diags_add(d, DIAG_ERROR, 0, "%s: %s: %s", path, side->cannot, err_text(e));
	}
	if (e)
		sqlite3_close(db);
	else
		*ret_db = db;
	return e;
}
