/* SPDX-License-Identifier: MIT
 *
 * The handle: open, close, and which state of the content it sees. A rollback journal, not WAL: the file stays readable
 * where its folder cannot be written, readers see the old content until the commit, and a killed import is undone by
 * the next opener. The header is looked at before SQLite opens the file, so that what is wrong can be told exactly.
 */
#include "store/inside.h"

#include "base/mem.h"
#include "base/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- open and close ---- */

static enum err check_header(const char *path, const uint8_t *head, int64_t size, struct diags *d)
{
	struct wire w = wire_of((struct str){ (const char *)head, 100 });
	if (size < 100 || memcmp(head, "SQLite format 3", 16) ||
	    (wire_seek(&w, 68), wire_be32(&w)) != STORE_APPLICATION)
		return diags_fail(d, ERR_FOREIGN,
				  "%s: not a knowledge base of this program: name another file with --db", path);
	wire_seek(&w, 60);
	uint32_t schema = wire_be32(&w);
	if (schema > STORE_SCHEMA)
		return diags_fail(d, ERR_NEWER,
				  "%s: written by a newer kbt (schema %u, this one knows %d): update kbt, or "
				  "make another with `kbt import --db FILE PATH...`",
				  path, schema, STORE_SCHEMA);
	return ERR_OK;
}

static enum err fail_empty(const char *path, struct diags *d)
{
	return diags_fail(d, ERR_MISSING, "%s: empty: fill it with `kbt import --db %s PATH...`", path, path);
}

/* check_file looks at the first bytes, which are the same before and after any import. */
static enum err check_file(const char *path, enum store_mode mode, struct diags *d)
{
	struct stat st;
	uint8_t head[100] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT && mode == STORE_WRITE)
		return ERR_OK;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return diags_fail(d, ERR_MISSING,
				  "%s: no knowledge base there: make it with `kbt import --db %s PATH...`", path, path);
	if (fd < 0 && errno == EACCES)
		return diags_fail(d, ERR_DENIED, "%s: may not be read: check the rights of the file and its folders",
				  path);
	if (fd < 0)
		return diags_fail(d, err_from_errno(errno), "%s: %s", path, err_errno_text(errno));
	enum err e = ERR_OK;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		e = diags_fail(d, ERR_FOREIGN, "%s: not a file: name another with --db", path);
	else if (st.st_size && pread(fd, head, sizeof head, 0) < 0)
		e = diags_fail(d, ERR_IO, "%s: %s", path, err_errno_text(errno));
	else if (!st.st_size && mode == STORE_READ)
		e = fail_empty(path, d);
	else if (st.st_size)
		e = check_header(path, head, st.st_size, d);
	close(fd);
	return e;
}

bool store_goes_on_waiting(struct store *s, bool is_long)
{
	bool tell = is_long && !s->said_waiting;
	s->said_waiting |= is_long;
	s->gave_up = s->waiting && !s->waiting(s->waiting_context, tell);
	return !s->gave_up;
}

/* wait_on: SQLite's busy handler, which has asked so many times for this lock. */
static int wait_on(void *context, int times)
{
	enum { QUICK = 20, QUICK_MS = 5, STEP_MS = 50, SAY_MS = 1000 };
	int waited_ms = times < QUICK ? times * QUICK_MS : QUICK * QUICK_MS + (times - QUICK) * STEP_MS;
	if (!store_goes_on_waiting(context, waited_ms >= SAY_MS) || waited_ms >= STORE_WAIT_MS)
		return 0;
	sqlite3_sleep(times < QUICK ? QUICK_MS : STEP_MS);
	return 1;
}

void store_wait(struct store *s, bool wait)
{
	sqlite3_busy_handler(s->db, wait ? wait_on : NULL, s);
}

static enum err configure(struct store *s)
{
	/* cache_spill off: nothing reaches the file before the commit, so that readers are never locked out earlier */
	static const char *const common =
		"PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; "
		"PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA page_size=16384; "
		"PRAGMA synchronous = FULL; PRAGMA cache_spill = OFF; PRAGMA cache_size = -32768";
	/* A reader looks at few rows, and the system keeps the file's pages; a server has many readers. */
	static const char *const reader = "PRAGMA query_only = ON; PRAGMA cache_size = -2048";
	sqlite3_extended_result_codes(s->db, 1);
	sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	store_wait(s, true);
	enum err e = store_run(s, common);
	return e || s->mode == STORE_WRITE ? e : store_run(s, reader);
}

/* look_inside reads under SQLite's locks, which also undoes what a killed import left. No table at all: that was the
 * first import of this file. */
static enum err look_inside(struct store *s, struct diags *d)
{
	int64_t tables, rows;
	enum err e = sql_one(sql_get(s, SQL_TABLE_COUNT), &tables);
	if (!e && !tables && s->mode == STORE_READ)
		return fail_empty(s->path, d);
	if (!e && tables)
		e = sql_one(sql_get(s, SQL_META_COUNT), &rows);
	return e ? store_fail(s, d, e) : ERR_OK;
}

enum err store_sqlite(const char *path, int flags, sqlite3 **ret_db)
{
	char *own = sqlite3_mprintf("%s%s", *path == '/' ? "" : "./", path);
	int code = own ? sqlite3_open_v2(own, ret_db, flags | SQLITE_OPEN_NOMUTEX, NULL) : SQLITE_NOMEM;
	sqlite3_free(own);
	return store_err(code);
}

static bool is_missing(const char *path)
{
	struct stat st;
	return lstat(path, &st) && errno == ENOENT;
}

static void folder_of(struct buf *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	buf_add(out, slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR("."));
	buf_add_char(out, '\0');
}

/* folder_is_there: SQLite says the same of a file that is not there and may not be made. A link that leads nowhere has
 * its folder elsewhere. */
static bool folder_is_there(const char *path)
{
	struct stat st;
	struct buf folder = { 0 };
	folder_of(&folder, path);
	bool there = lstat(path, &st) && !buf_err(&folder) && !stat(folder.p, &st);
	buf_free(&folder);
	return there;
}

/* hold_folder: each who may write holds the folder together with the others, for as long as the file is open. Who has
 * it alone knows that nobody else has the file open: a file that loses its name beside an open handle has SQLite take
 * the next one's journal for its own. -1: not to be had, then nothing is taken away. */
static int hold_folder(const char *path)
{
	enum { TRIES = 50, STEP_MS = 10 /* who takes a file away has the folder alone for a moment */ };
	struct buf folder = { 0 };
	folder_of(&folder, path);
	int fd = buf_err(&folder) ? -1 : open(folder.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_free(&folder);
	for (int i = 0; fd >= 0 && i < TRIES; i++) {
		if (!flock(fd, LOCK_SH | LOCK_NB))
			return fd;
		if (errno != EWOULDBLOCK)
			break;
		sqlite3_sleep(STEP_MS);
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

/* open_file: a reader opens for writing too where it may: it has to undo what a killed import left behind. */
static enum err open_file(struct store *s, struct diags *d)
{
	enum err e = store_sqlite(s->path, SQLITE_OPEN_READWRITE | (s->mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0),
				  &s->db);
	if (e == ERR_DENIED && sqlite3_system_errno(s->db) == ENOENT && !folder_is_there(s->path))
		return diags_fail(d, ERR_INPUT, "%s: its folder is not there", s->path);
	if (!e)
		e = configure(s);
	return e ? store_fail(s, d, e) : ERR_OK;
}

enum err store_reopen(struct store *s, struct diags *d)
{
	store_forget_statements(s);
	sqlite3_close(s->db);
	s->db = NULL;
	s->made = is_missing(s->path);
	return open_file(s, d);
}

void store_unmake(struct store *s)
{
	struct stat st;
	if (!s->made || s->folder < 0 || flock(s->folder, LOCK_EX | LOCK_NB) ||
	    store_run(s, "PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE"))
		return; /* not ours, or somebody has it open and may fill it */
	if (!store_has_moved(s) && !stat(s->path, &st) && !st.st_size)
		unlink(s->path);
	if (store_run(s, "ROLLBACK"))
		return; /* the handle is closed next, which ends it, too */
}

enum err store_open(const char *path, enum store_mode mode, struct diags *d, struct store **ret_store)
{
	return store_open_saying(path, mode, NULL, NULL, d, ret_store);
}

enum err store_open_saying(const char *path, enum store_mode mode, store_waiting *waiting, void *context,
			   struct diags *d, struct store **ret_store)
{
	enum err e = check_file(path, mode, d);
	if (e)
		return e;
	struct store *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	*s = (struct store){ .mode = mode, .waiting = waiting, .waiting_context = context,
			     .folder = mode == STORE_WRITE ? hold_folder(path) : -1,
			     .path = mem_resize(NULL, strlen(path) + 1), .unpacker = ZSTD_createDCtx() };
	s->made = mode == STORE_WRITE && is_missing(path);
	if (!s->path || !s->unpacker) {
		store_close(&s);
		return ERR_NOMEM;
	}
	memcpy(s->path, path, strlen(path) + 1);
	e = open_file(s, d);
	if (!e)
		e = look_inside(s, d);
	if (e) {
		store_close(&s);
		return e;
	}
	*ret_store = s;
	return ERR_OK;
}

void store_close(struct store **store)
{
	struct store *s = *store;
	if (!s)
		return;
	store_forget_statements(s);
	sqlite3_close(s->db);
	if (s->folder >= 0)
		close(s->folder);
	for (size_t i = 0; i < s->dict_count; i++)
		ZSTD_freeDDict(s->dicts[i].dict);
	mem_free(s->dicts);
	ZSTD_freeDCtx(s->unpacker);
	mem_free(s->path);
	mem_free(s);
	*store = NULL;
}

const char *store_path(const struct store *s)
{
	return s->path;
}

enum err store_generation(struct store *s, int64_t *ret_generation)
{
	sqlite3_stmt *q = sql_get(s, SQL_META_GET);
	sql_str(q, 1, STR("generation"));
	return sql_one(q, ret_generation);
}

enum err store_identity(struct store *s, uint32_t *ret_identity)
{
	int64_t identity = 0;
	sqlite3_stmt *q = sql_get(s, SQL_META_GET);
	sql_str(q, 1, STR("identity"));
	enum err e = sql_one(q, &identity);
	if (e && e != ERR_NOTFOUND) /* made before there were identities: 0 */
		return e;
	*ret_identity = (uint32_t)identity;
	return ERR_OK;
}

void store_freeze(struct store *s)
{
	if (s->frozen++ == 0)
		s->frozen_by_us = sql_done(sql_get(s, SQL_BEGIN_READ)) == ERR_OK;
}

void store_thaw(struct store *s)
{
	/* A read transaction has nothing to lose: that its end fails cannot matter. */
	if (--s->frozen == 0 && s->frozen_by_us)
		s->frozen_by_us = sql_done(sql_get(s, SQL_COMMIT)) != ERR_OK;
}
