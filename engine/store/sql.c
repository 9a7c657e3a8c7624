/* SPDX-License-Identifier: MIT
 *
 * The wrapper of SQLite's calls: its codes as our errors, and statements that are prepared once.
 */
#include "store/inside.h"

#include <errno.h>

static const char *const texts[SQL_COUNT] = {
#define SQL(name, text) [SQL_##name] = (text),
#include "store/statements.def"
#undef SQL
};

enum err store_err(int code)
{
	switch (code & 0xFF) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return ERR_OK;
	case SQLITE_NOMEM: return ERR_NOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return ERR_BUSY;
	case SQLITE_FULL: return ERR_FULL;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN: return ERR_DENIED;
	case SQLITE_NOTADB: return ERR_FOREIGN;
	case SQLITE_CORRUPT:
	case SQLITE_SCHEMA:
	case SQLITE_ERROR:
		return ERR_DAMAGED; /* our statements are right: what they do not find is missing in the file */
	case SQLITE_TOOBIG: return ERR_LIMIT;
	case SQLITE_INTERRUPT: return ERR_INTERRUPTED;
	default: return ERR_IO;
	}
}

/* Why a write failed: SQLite takes a disk that is full, a quota and a file that may not grow (RLIMIT_FSIZE) for errors
 * of input and output. */
enum err store_err_of(sqlite3 *db)
{
	int code = sqlite3_extended_errcode(db), number = sqlite3_system_errno(db);
	if (!number) /* a commit leaves it at the file */
		sqlite3_file_control(db, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
	enum err why = err_from_errno(number);
	bool full = why == ERR_FULL || why == ERR_FILESIZE;
	return full && ((code & 0xFF) == SQLITE_IOERR || (code & 0xFF) == SQLITE_FULL) ? why : store_err(code);
}

enum err store_fail(const struct store *s, struct diags *d, enum err e)
{
	switch (e) {
	case ERR_DAMAGED:
		return diags_fail(
			d, e, "%s: the database is damaged: make it anew with `kbt import --replace --db %s PATH...`",
			s->path, s->path);
	case ERR_DENIED:
		return diags_fail(d, e, "%s: cannot be opened or written: check the rights of the file and its folder",
				  s->path);
	case ERR_FULL:
	case ERR_FILESIZE: return diags_fail(d, e, "%s: %s: nothing was changed", s->path, err_text(e));
	case ERR_BUSY:
		return s->gave_up ? ERR_INTERRUPTED
				  : diags_fail(d, e, "%s: in use by another import for too long", s->path);
	case ERR_INTERRUPTED: return e;
	default: return diags_fail(d, e, "%s: %s", s->path, err_text(e));
	}
}

enum err store_run(struct store *s, const char *text)
{
	return store_side_run(s->db, text);
}

bool store_has_moved(struct store *s)
{
	int moved = 0;
	return !sqlite3_file_control(s->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) && moved;
}

void store_forget_statements(struct store *s)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
}

/* Why this thread's last sql_get gave none. */
static _Thread_local enum err unprepared;

sqlite3_stmt *sql_get(struct store *s, enum sql which)
{
	sqlite3_stmt **q = &s->stmts[which];
	if (*q)
		sqlite3_reset(*q);
	else if (sqlite3_prepare_v3(s->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, q, NULL))
		unprepared = store_err_of(s->db);
	return *q;
}

void sql_int(sqlite3_stmt *q, int at, int64_t v)
{
	sqlite3_bind_int64(q, at, v);
}

void sql_str(sqlite3_stmt *q, int at, struct str v)
{
	sqlite3_bind_text64(q, at, v.p ? v.p : "", v.n, SQLITE_STATIC, SQLITE_UTF8);
}

void sql_blob(sqlite3_stmt *q, int at, struct str v)
{
	sqlite3_bind_blob64(q, at, v.p ? v.p : "", v.n, SQLITE_STATIC);
}

void sql_null(sqlite3_stmt *q, int at)
{
	sqlite3_bind_null(q, at);
}

enum err sql_next(sqlite3_stmt *q, bool *ret_row)
{
	if (!q)
		return unprepared ? unprepared : ERR_DAMAGED; /* what lacks tables is damaged */
	*ret_row = sqlite3_step(q) == SQLITE_ROW;
	return *ret_row || !sqlite3_reset(q) ? ERR_OK : store_err_of(sqlite3_db_handle(q));
}

enum err sql_done(sqlite3_stmt *q)
{
	bool row;
	enum err e = sql_next(q, &row);
	if (q)
		sqlite3_reset(q);
	return e;
}

enum err sql_one(sqlite3_stmt *q, int64_t *ret_value)
{
	bool row;
	enum err e = sql_next(q, &row);
	if (e || !row)
		return e ? e : ERR_NOTFOUND;
	*ret_value = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	return ERR_OK;
}

int64_t sql_get_int(sqlite3_stmt *q, int at)
{
	return sqlite3_column_int64(q, at);
}

struct str sql_get_str(sqlite3_stmt *q, int at)
{
	const void *p = sqlite3_column_type(q, at) == SQLITE_TEXT ? (const void *)sqlite3_column_text(q, at)
								  : sqlite3_column_blob(q, at);
	int n = sqlite3_column_bytes(q, at);
	return p && n > 0 ? (struct str){ p, (size_t)n } : STR("");
}

struct str sql_keep(sqlite3_stmt *q, int at, struct arena *a)
{
	return arena_str(a, sql_get_str(q, at));
}
