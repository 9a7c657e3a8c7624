/* SPDX-License-Identifier: MIT
 *
 * An import, from the lock to the commit. This thread reads the input and writes the database; work.c does what lies
 * between. Nothing reaches the file before the commit.
 */
#include "store/importer.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WAIT_STEP_MS = 50, REOPEN_MAX = 8 /* a file system may number its files anew each time */ };

/* ---- the transaction ---- */

static const char schema[] =
#include "store/schema.sql.h"
	;

bool importer_told_to_stop(const struct importer *im)
{
	if (!im->options->progress)
		return false;
	int64_t done = 0, total = 0;
	if (im->input)
		input_position(im->input, &done, &total);
	return !im->options->progress(im->options->context, done, total,
				      im->counts.added + im->counts.changed + im->counts.unchanged);
}

/* insist steps a statement that another process may hold up, for as long as it takes. */
static enum err insist(struct importer *im, enum sql which)
{
	enum err e;
	store_wait(im->store, false);
	while ((e = sql_done(sql_get(im->store, which))) == ERR_BUSY) {
		if (!store_goes_on_waiting(im->store, true) || importer_told_to_stop(im)) {
			e = ERR_INTERRUPTED;
			break;
		}
		sqlite3_sleep(WAIT_STEP_MS);
	}
	store_wait(im->store, true);
	return e;
}

/* drop_all empties the file within the transaction: the later tables first, for they refer to the earlier. */
static enum err drop_all(struct store *s)
{
	for (;;) {
		bool row;
		sqlite3_stmt *q = sql_get(s, SQL_TABLES);
		enum err e = sql_next(q, &row);
		if (e || !row)
			return e;
		char *text = sqlite3_mprintf("DROP TABLE \"%w\"", sqlite3_column_text(q, 0));
		sqlite3_reset(q);
		e = text ? store_run(s, text) : ERR_NOMEM;
		sqlite3_free(text);
		store_forget_statements(s);
		if (e)
			return e;
	}
}

static enum err make_schema(struct store *s)
{
	char pragmas[128];
	snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d;", STORE_APPLICATION,
		 STORE_SCHEMA);
	enum err e = store_run(s, schema);
	return e ? e : store_run(s, pragmas);
}

static enum err meta_put(struct store *s, const char *name, int64_t value)
{
	sqlite3_stmt *q = sql_get(s, SQL_META_PUT);
	sql_str(q, 1, str_c(name));
	sql_int(q, 2, value);
	return sql_done(q);
}

/* lock: who was waited for may have taken away the file that it had made in vain: whatever SQLite says of that one, the
 * one that is there now is locked. */
static enum err lock(struct importer *im)
{
	enum err e = insist(im, SQL_BEGIN);
	for (int i = 0; e != ERR_INTERRUPTED && i < REOPEN_MAX && store_has_moved(im->store); i++) {
		e = store_reopen(im->store, im->diags);
		if (!e)
			e = insist(im, SQL_BEGIN);
	}
	return e;
}

static enum err begin(struct importer *im)
{
	struct store *s = im->store;
	int64_t generation = 0;
	bool row;
	enum err e = lock(im);
	if (e)
		return e;
	e = sql_next(sql_get(s, SQL_TABLES), &row);
	if (!e && row)
		e = store_generation(s, &generation);
	if (!e && row && im->options->replace)
		e = drop_all(s);
	bool made = !e && (!row || im->options->replace);
	if (made)
		e = make_schema(s);
	store_forget_statements(s);
	if (made && !e) {
		uint32_t identity;
		sqlite3_randomness(sizeof identity, &identity);
		e = meta_put(s, "identity", identity);
	}
	return e ? e : meta_put(s, "generation", generation);
}

/* After a commit there is nothing to undo; what fails here SQLite undoes when the file is closed. */
static void roll_back(struct store *s)
{
	if (!sqlite3_get_autocommit(s->db))
		sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
}

static enum err finish(struct importer *im)
{
	int64_t generation;
	bool changed = im->counts.added || im->counts.changed || im->files_changed || im->rederived ||
		       im->options->replace;
	if (mem_failures() != im->failures) /* a word of an article, put together aside, may be missing */
		return ERR_NOMEM;
	if (!changed)
		return ERR_OK; /* rolled back by the caller: nothing was written */
	enum err e = store_generation(im->store, &generation);
	if (!e)
		e = meta_put(im->store, "generation", generation + 1);
	if (!e)
		e = meta_put(im->store, "derived", STORE_DERIVED);
	return e ? e : insist(im, SQL_COMMIT);
}

/* ---- the whole ---- */

static enum err read_and_write(struct importer *im)
{
	bool ended = false, held = !im->dict;
	for (;;) {
		struct batch *b = ended ? NULL : work_empty(im->work);
		enum err e = ERR_OK;
		if (b) {
			e = importer_fill(im, b, &ended);
			if (!e)
				work_submit(im->work, held);
		} else if (held) {
			e = importer_teach(im);
			held = false;
			work_release(im->work, im->dict);
		} else {
			b = work_finished(im->work);
			if (!b)
				return ERR_OK;
			e = importer_put(im, b);
			work_done(im->work);
		}
		if (e)
			return e;
		if (importer_told_to_stop(im))
			return ERR_INTERRUPTED;
	}
}

static enum err import_within(struct importer *im, const char *const *paths, size_t count)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = im->options->threads ? im->options->threads : processors > 0 ? (size_t)processors : 1;
	enum err e = importer_load_known(im);
	if (!e)
		e = importer_load_dictionary(im);
	if (!e)
		e = store_terms_open(im->store, &im->terms);
	if (!e)
		e = importer_rederive(im);
	if (!e)
		e = input_open(paths, count, im->diags, &im->input);
	if (!e)
		e = work_open(threads, &im->known, &im->work);
	if (!e && im->dict)
		work_release(im->work, im->dict);
	if (!e)
		e = read_and_write(im);
	bool found =
		im->counts.added + im->counts.changed + im->counts.unchanged + im->counts.causes + im->counts.codes;
	if (!e && !found && !im->files_changed)
		e = diags_fail(im->diags, ERR_INPUT, "%s%s: no article in it (files looked at: %lld)",
			       strcmp(paths[0], "-") ? paths[0] : "standard input", count > 1 ? " and the others" : "",
			       (long long)im->looked_at);
	return e ? e : finish(im);
}

/* shrink gives back what the old content took. The new one is there, whether that can be done or not. */
static void shrink(struct store *s, struct diags *d)
{
	int64_t left, pages;
	enum err e = sql_one(sql_get(s, SQL_PAGES_FREE), &left);
	if (!e)
		e = sql_one(sql_get(s, SQL_PAGES), &pages);
	if (!e && left * 2 >= pages)
		e = store_run(s, "VACUUM");
	if (e)
		diags_add(d, DIAG_NOTE, 0, "%s: imported; its file keeps the size it had: %s", s->path, err_text(e));
}

enum err import_paths(struct store *s, const char *const *paths, size_t count, const struct import_options *options,
		      struct diags *d, struct import_counts *ret_counts)
{
	struct importer im = { .store = s, .options = options, .diags = d, .failures = mem_failures() };
	enum err e = begin(&im);
	if (!e)
		e = import_within(&im, paths, count);
	/* The workers hold what is freed below. */
	work_close(&im.work);
	input_close(&im.input);
	store_terms_close(&im.terms);
	ZSTD_freeCDict(im.dict);
	mem_free(im.known.slots);
	arena_free(&im.arena);
	if (e && e != ERR_INTERRUPTED && (!d || !d->errors))
		e = store_fail(s, d, e);
	roll_back(s);
	if (e)
		store_unmake(s);
	if (!e && options->replace)
		shrink(s, d);
	if (!e)
		*ret_counts = im.counts;
	return e;
}

enum err import_remove(struct store *s, struct str id, struct diags *d)
{
	struct import_options options = { 0 };
	struct importer im = { .store = s, .options = &options, .diags = d };
	int64_t article, generation;
	enum err e = insist(&im, SQL_BEGIN);
	if (!e) {
		sqlite3_stmt *q = sql_get(s, SQL_ARTICLE_BY_ID);
		sql_str(q, 1, id);
		e = sql_one(q, &article);
	}
	if (e == ERR_NOTFOUND)
		diags_add(d, DIAG_ERROR, 0, "%s holds no article %.*s", s->path, STR_ARG(id));
	if (!e)
		e = store_generation(s, &generation);
	if (!e) {
		sqlite3_stmt *q = sql_get(s, SQL_ARTICLE_DELETE);
		sql_int(q, 1, article);
		e = sql_done(q);
	}
	if (!e)
		e = meta_put(s, "generation", generation + 1);
	if (!e)
		e = insist(&im, SQL_COMMIT);
	if (e && e != ERR_NOTFOUND)
		e = store_fail(s, d, e);
	roll_back(s);
	return e;
}
