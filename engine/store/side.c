/* SPDX-License-Identifier: MIT
 *
 * SQLite files beside the knowledge base: see inside.h.
 */
#include "store/inside.h"

#include <errno.h>
#include <fcntl.h>
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

/* check tells a file of another kind, and one of a later version. */
static enum err check(sqlite3 *db, const char *path, const struct store_side *side, struct diags *d)
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
	return ERR_OK;
}

static enum err touch(const char *path, const struct store_side *side, struct diags *d)
{
	int fd = open(path, O_RDWR | (side->make ? O_CREAT : 0) | O_CLOEXEC | O_NOFOLLOW, side->private ? 0600 : 0666);
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
	enum err e = touch(path, side, d);
	if (e)
		return e;
	e = store_sqlite(path, SQLITE_OPEN_READWRITE, &db);
	if (!e) {
		sqlite3_extended_result_codes(db, 1);
		sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_busy_timeout(db, SIDE_WAIT_MS);
		e = check(db, path, side, d);
	}
	if (!e) {
		e = store_side_run(
			db, "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY");
		if (!e)
			e = store_side_run(db, side->schema);
		if (e)
			diags_add(d, DIAG_ERROR, 0, "%s: %s", path, err_text(e));
	}
	if (e)
		sqlite3_close(db);
	else
		*ret_db = db;
	return e;
}
