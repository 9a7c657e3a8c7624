/* SPDX-License-Identifier: MIT
 *
 * What the files of this folder share: the handle, prepared statements, compression. Every statement of the program
 * stands in statements.def, is prepared once a handle, and takes its values by binding only.
 */
#ifndef KBT_STORE_INSIDE_H
#define KBT_STORE_INSIDE_H

#include "store/store.h"

#include <sqlite3.h>
#include <zstd.h>

enum {
	STORE_APPLICATION = 0x6B627472, /* "kbtr" */
	STORE_SCHEMA = 1,		/* user_version */
	STORE_DERIVED = 17,		/* raise it when the same bytes give other derived rows: see import_again.c */
	STORE_SOURCE_MAX = 8 << 20,	/* bytes of one source */
	STORE_WAIT_MS = 30000		/* a reader waits so long for a commit */
};

enum sql {
#define SQL(name, text) SQL_##name,
#include "store/statements.def"
#undef SQL
	SQL_COUNT
};

struct store_dict {
	int64_t number;
	ZSTD_DDict *dict;
};

struct store {
	sqlite3 *db;
	char *path;
	enum store_mode mode;
	sqlite3_stmt *stmts[SQL_COUNT];
	unsigned frozen; /* depth of store_freeze */
	bool frozen_by_us;
	bool made;  /* the file was not there before */
	int folder; /* held while the file is open for writing; else -1 */
	store_waiting *waiting; /* NULL, or who is told that somebody else has the file, and with what */
	void *waiting_context;
	bool said_waiting, gave_up;
	ZSTD_DCtx *unpacker;
	struct store_dict *dicts;
	size_t dict_count;
};

/* store_sqlite opens the file of that name, whatever the name: to SQLite ":memory:" and "file:..." are others. What
 * was opened is to be closed after an error too. */
enum err store_sqlite(const char *path, int flags, sqlite3 **ret_db) MUST_USE;
/* store_err maps what SQLite said. */
enum err store_err(int code);
enum err store_err_of(sqlite3 *db); /* of its last call, which failed */
/* store_fail notes the sentence of an error, with the file and the command that mends it. */
enum err store_fail(const struct store *s, struct diags *d, enum err e);
enum err store_run(struct store *s, const char *text) MUST_USE; /* fixed SQL without values */
void store_forget_statements(struct store *s);
void store_wait(struct store *s, bool wait); /* for others that hold the file, up to STORE_WAIT_MS, or not at all */
/* store_goes_on_waiting: false where whoever is told of it does not want to wait. */
bool store_goes_on_waiting(struct store *s, bool is_long);
/* store_has_moved: the file that is open has lost its name or place since. store_reopen opens what is there now.
 * store_unmake takes away the file that this handle made, if it is still empty and nobody else is at it. */
bool store_has_moved(struct store *s);
enum err store_reopen(struct store *s, struct diags *d) MUST_USE;
void store_unmake(struct store *s);

/* A statement: get it (reset, unbound), bind from 1 on, step. A failed prepare or bind shows at the step. */
sqlite3_stmt *sql_get(struct store *s, enum sql which);
void sql_int(sqlite3_stmt *q, int at, int64_t v);
void sql_str(sqlite3_stmt *q, int at, struct str v);  /* borrowed until the statement is reset */
void sql_blob(sqlite3_stmt *q, int at, struct str v); /* the same */
void sql_null(sqlite3_stmt *q, int at);
/* sql_next: *ret_row tells whether there is one. sql_done runs a statement that has no rows. Both reset it at the
 * end. */
enum err sql_next(sqlite3_stmt *q, bool *ret_row) MUST_USE;
enum err sql_done(sqlite3_stmt *q) MUST_USE;
/* sql_one runs a statement for its first row's first column; ERR_NOTFOUND without a row. */
enum err sql_one(sqlite3_stmt *q, int64_t *ret_value) MUST_USE;
int64_t sql_get_int(sqlite3_stmt *q, int at);		/* columns count from 0 */
struct str sql_get_str(sqlite3_stmt *q, int at);		/* text or blob, valid until the next step */
struct str sql_keep(sqlite3_stmt *q, int at, struct arena *a); /* a copy */

/* Files beside the knowledge base, which an import never touches: kept.c, tally.c. store_side_open opens one that is
 * there (ERR_NOTFOUND else, or where nothing was put into it yet) and writes nothing, or makes it where it is missing,
 * with its schema, to write; only for its owner where it says so.
 * ERR_FOREIGN, ERR_NEWER, ERR_DENIED, ERR_IO: the sentence in d names the file and says what cannot be done there. */
struct store_side {
	const char *schema; /* may be run again: CREATE IF NOT EXISTS, which then writes nothing */
	int64_t application, version;
	const char *cannot; /* "what people keep cannot be put there" */
	bool make, private;
};
enum err store_side_open(const char *path, const struct store_side *side, struct diags *d, sqlite3 **ret_db) MUST_USE;
enum err store_side_run(sqlite3 *db, const char *text) MUST_USE;

/* store_unpack adds the source's bytes to out. */
enum err store_unpack(struct store *s, int64_t dictionary, int64_t size, struct str packed, struct buf *out) MUST_USE;

/* store_put_rule writes the derived rows of one source. */
struct store_terms;
enum err store_put_rule(struct store *s, struct store_terms *terms, int64_t source, const struct article *article,
			const struct rule *rule) MUST_USE;
enum err store_terms_open(struct store *s, struct store_terms **ret_terms) MUST_USE;
void store_terms_close(struct store_terms **terms);

/* store_get_rule reads them back, adding to *rule (which has its id and title): see rule_merge. */
enum err store_get_rule(struct store *s, int64_t source, struct arena *a, struct rule *rule) MUST_USE;

#endif
