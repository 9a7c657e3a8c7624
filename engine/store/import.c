/* SPDX-License-Identifier: MIT
 *
 * An import, from the lock to the commit. This thread reads the input and writes the database; work.c does what lies
 * between. Nothing reaches the file before the commit.
 */
#include "store/import.h"

#include "base/hash.h"
#include "base/input.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "store/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zdict.h>

enum { TEACH_ITEMS = 200, DICT_BYTES = 112 << 10, WAIT_STEP_MS = 50 };

struct importer {
	struct store *store;
	const struct import_options *options;
	struct diags *diags;
	struct arena arena;
	struct import_counts counts;
	int64_t looked_at; /* files of any kind */
	int64_t root;	   /* number of the root at hand, ... */
	struct str root_path; /* ... as its key in the table */
	int64_t next_source, first_source; /* sources numbered from first_source on are of this import */
	int64_t dictionary;
	ZSTD_CDict *dict;
	struct known known;
	struct store_terms *terms;
	struct input *input;
	struct work *work;
	bool files_changed, rederived;
};

/* ---- the transaction ---- */

static const char schema[] =
#include "store/schema.sql.h"
	;

static bool told_to_stop(const struct importer *im)
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
	bool said = false;
	enum err e;
	sqlite3_busy_timeout(im->store->db, 0);
	while ((e = sql_done(sql_get(im->store, which))) == ERR_BUSY) {
		if (!said && im->options->waiting)
			im->options->waiting(im->options->context);
		said = true;
		if (told_to_stop(im)) {
			e = ERR_INTERRUPTED;
			break;
		}
		sqlite3_sleep(WAIT_STEP_MS);
	}
	sqlite3_busy_timeout(im->store->db, STORE_WAIT_MS);
	return e;
}

static void forget_statements(struct store *s)
{
	for (size_t i = 0; i < SQL_COUNT; i++) {
		sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
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
		forget_statements(s);
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

static enum err begin(struct importer *im)
{
	struct store *s = im->store;
	int64_t generation = 0;
	bool row;
	enum err e = insist(im, SQL_BEGIN);
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
	forget_statements(s);
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
	if (!changed)
		return ERR_OK; /* rolled back by the caller: nothing was written */
	enum err e = store_generation(im->store, &generation);
	if (!e)
		e = meta_put(im->store, "generation", generation + 1);
	if (!e)
		e = meta_put(im->store, "derived", STORE_DERIVED);
	return e ? e : insist(im, SQL_COMMIT);
}

/* ---- what is known before ---- */

static enum err known_add(struct known *k, const struct known_source *source)
{
	size_t i = source->hash & (k->slot_count - 1);
	while (k->slots[i].article)
		i = (i + 1) & (k->slot_count - 1);
	k->slots[i] = *source;
	return ERR_OK;
}

static enum err load_known(struct importer *im)
{
	int64_t count = 0;
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_LAST);
	enum err e = sql_one(q, &im->first_source);
	im->next_source = ++im->first_source;
	if (!e)
		e = sql_one(sql_get(im->store, SQL_SOURCE_COUNT), &count);
	if (e || !count)
		return e;
	size_t slots = 1024;
	while (slots < (size_t)count * 2)
		slots *= 2;
	im->known.slots = mem_resize(NULL, slots * sizeof *im->known.slots);
	if (!im->known.slots)
		return ERR_NOMEM;
	memset(im->known.slots, 0, slots * sizeof *im->known.slots);
	im->known.slot_count = slots;
	q = sql_get(im->store, SQL_SOURCE_HASHES);
	bool row = true;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row && count-- > 0)
		e = known_add(&im->known, &(struct known_source){ (uint64_t)sql_get_int(q, 0), sql_get_int(q, 1),
								  sql_get_int(q, 2), sql_get_int(q, 3) });
	sqlite3_reset(q);
	return e;
}

/* ---- the compressor's dictionary ---- */

static enum err load_dictionary(struct importer *im)
{
	bool row;
	enum err e = sql_one(sql_get(im->store, SQL_DICTIONARY_LAST), &im->dictionary);
	if (e || !im->dictionary)
		return e;
	sqlite3_stmt *q = sql_get(im->store, SQL_DICTIONARY_GET);
	sql_int(q, 1, im->dictionary);
	e = sql_next(q, &row);
	if (e || !row)
		return e ? e : ERR_DAMAGED;
	struct str bytes = sql_get_str(q, 0);
	im->dict = ZSTD_createCDict(bytes.p, bytes.n, PACK_LEVEL);
	sqlite3_reset(q);
	return im->dict ? ERR_OK : ERR_NOMEM;
}

static enum err put_dictionary(struct importer *im, struct str bytes)
{
	sqlite3_stmt *q = sql_get(im->store, SQL_DICTIONARY_PUT);
	sql_blob(q, 1, bytes);
	enum err e = sql_done(q);
	im->dictionary = sqlite3_last_insert_rowid(im->store->db);
	im->dict = ZSTD_createCDict(bytes.p, bytes.n, PACK_LEVEL);
	return e || im->dict ? e : ERR_NOMEM;
}

/* teach makes a dictionary of the batches held back; too few articles make none. */
static enum err teach(struct importer *im)
{
	struct buf samples = { 0 }, dict = { 0 };
	size_t *sizes = NULL, count = 0, cap = 0;
	struct arena a = { 0 };
	for (size_t i = 0; i < im->work->held; i++) {
		const struct batch *b = &im->work->ring[(im->work->next + i) % im->work->ring_count];
		for (size_t k = 0; k < b->count; k++) {
			size_t *size = arena_push(&a, &sizes, &count, &cap);
			if (size)
				*size = b->items[k].bytes.n;
			buf_add(&samples, b->items[k].bytes);
		}
	}
	enum err e = arena_err(&a) ? ERR_NOMEM : buf_err(&samples);
	char *room = e || count < TEACH_ITEMS ? NULL : buf_room(&dict, DICT_BYTES);
	if (room) {
		size_t n = ZDICT_trainFromBuffer(room, DICT_BYTES, samples.p, sizes, (unsigned)count);
		if (!ZDICT_isError(n))
			e = put_dictionary(im, (struct str){ room, n });
	}
	buf_free(&samples);
	buf_free(&dict);
	arena_free(&a);
	return e;
}

/* ---- reading the input into batches ---- */

static struct str folder_of(struct str path)
{
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	return n ? str_first(path, n) : STR(".");
}

/* split_name tells the root (a folder or an archive) and the name in it. */
static void split_name(const struct input_member *m, struct str *ret_root, struct str *ret_inner)
{
	bool in_archive = str_find(str_from(m->name, m->path.n), STR("!/")) == 0;
	bool in_folder = !str_eq(m->path, m->root);
	if (str_eq(m->root, STR("-")))
		*ret_root = m->root;
	else if (in_folder || in_archive)
		*ret_root = m->root;
	else
		*ret_root = folder_of(m->root);
	struct str inner = m->name;
	if (str_starts(inner, *ret_root))
		inner = str_from(inner, ret_root->n);
	while (inner.n && (inner.p[0] == '/' || inner.p[0] == '!'))
		inner = str_from(inner, 1);
	*ret_inner = inner.n ? inner : m->name;
}

static enum err root_number(struct importer *im, struct str path, int64_t *ret_number)
{
	if (im->root && str_eq(path, im->root_path)) {
		*ret_number = im->root;
		return ERR_OK;
	}
	struct str copy = arena_str(&im->arena, path);
	char *whole = str_eq(path, STR("-")) ? NULL : realpath(copy.p, NULL);
	struct str key = utf8_mend(whole ? arena_str(&im->arena, str_c(whole)) : copy, &im->arena);
	free(whole);
	sqlite3_stmt *q = sql_get(im->store, SQL_ROOT_GET);
	sql_str(q, 1, key);
	int64_t number;
	enum err e = sql_one(q, &number);
	if (e == ERR_NOTFOUND) {
		q = sql_get(im->store, SQL_ROOT_PUT);
		sql_str(q, 1, key);
		e = sql_done(q);
		number = sqlite3_last_insert_rowid(im->store->db);
	}
	if (!e)
		e = arena_err(&im->arena);
	if (e)
		return e;
	im->root_path = copy;
	*ret_number = im->root = number;
	return ERR_OK;
}

/* What is wrong with the input must not be taken for what is wrong with the database. */
static enum err input_fault(enum err e)
{
	return e == ERR_DAMAGED || e == ERR_NOTFOUND || e == ERR_LIMIT || e == ERR_DENIED ? ERR_INPUT : e;
}

/* read_member adds the member to the batch; one too large to be an article is skipped and counted. */
static enum err read_member(struct importer *im, const struct input_member *m, struct batch *b)
{
	struct str root, inner, block;
	int64_t number = 0;
	size_t start = b->bytes.n;
	im->looked_at++;
	split_name(m, &root, &inner);
	enum err e = root_number(im, root, &number);
	do {
		if (!e)
			e = input_fault(input_read(im->input, &block));
		if (e)
			return e;
		buf_add(&b->bytes, block);
	} while (block.n && b->bytes.n - start <= STORE_SOURCE_MAX);
	if (block.n) {
		b->bytes.n = start;
		im->counts.skipped++;
		return buf_err(&b->bytes);
	}
	struct work_item *item = arena_push(&b->arena, &b->items, &b->count, &b->cap);
	if (!item)
		return ERR_NOMEM;
	*item = (struct work_item){ .name = utf8_mend(arena_str(&b->arena, m->name), &b->arena),
				    .inner = utf8_mend(arena_str(&b->arena, inner), &b->arena),
				    .root = number, .at = start, .bytes = { NULL, b->bytes.n - start } };
	return buf_err(&b->bytes) ? buf_err(&b->bytes) : arena_err(&b->arena);
}

/* fill_batch reads until the batch is full or the input ends. */
static enum err fill_batch(struct importer *im, struct batch *b, bool *ret_ended)
{
	*ret_ended = false;
	while (b->count < BATCH_ITEMS && b->bytes.n < BATCH_BYTES) {
		const struct input_member *m;
		enum err e = input_next(im->input, &m);
		if (e == ERR_UNSUPPORTED) {
			im->counts.skipped++;
			continue;
		}
		if (e)
			return input_fault(e);
		if (!m) {
			*ret_ended = true;
			return ERR_OK;
		}
		e = read_member(im, m, b);
		if (e)
			return e;
	}
	return ERR_OK;
}

/* ---- writing what workers made ---- */

/* The rows of an article at hand. */
struct present {
	int64_t article;
	int64_t same;	      /* a source with the same bytes, or 0 */
	int64_t mine;	      /* the source of the same root, or 0 */
	struct str mine_date; /* in the importer's batch arena */
	bool mine_elsewhere;  /* mine came from another file than the one at hand */
	int64_t shown, authored; /* of those that stay */
	struct str shown_date, authored_date;
	bool others; /* sources but mine */
};

static void prefer(int64_t number, struct str date, int64_t *best, struct str *best_date)
{
	if (*best && str_cmp(date, *best_date) < 0)
		return;
	*best = number;
	*best_date = date;
}

static void weigh(struct present *p, int64_t number, struct str date, struct str format)
{
	if (str_eq(format, STR("authored")))
		prefer(number, date, &p->authored, &p->authored_date);
	else
		prefer(number, date, &p->shown, &p->shown_date);
}

/* look_up reads what the store has of the article; mine is left out of shown and authored. */
static enum err look_up(struct importer *im, struct arena *a, int64_t article, const struct work_item *item,
			struct present *p)
{
	*p = (struct present){ .article = article };
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCES_BRIEF);
	sql_int(q, 1, article);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		int64_t number = sql_get_int(q, 0);
		struct str date = sql_keep(q, 4, a);
		if ((uint64_t)sql_get_int(q, 2) == item->hash && sql_get_int(q, 3) == (int64_t)item->bytes.n)
			p->same = number;
		if (sql_get_int(q, 1) == item->root) {
			p->mine = number;
			p->mine_date = date;
			p->mine_elsewhere = !str_eq(sql_get_str(q, 6), item->inner);
		} else {
			weigh(p, number, date, sql_get_str(q, 5));
			p->others = true;
		}
	}
	return e ? e : arena_err(a);
}

static enum err show(struct importer *im, const struct present *p)
{
	sqlite3_stmt *q = sql_get(im->store, SQL_ARTICLE_SHOW);
	sql_int(q, 1, p->article);
	sql_int(q, 2, p->shown ? p->shown : p->authored);
	if (p->authored)
		sql_int(q, 3, p->authored);
	else
		sql_null(q, 3);
	return sql_done(q);
}

/* put_source: item->packed is packed with that dictionary. */
static enum err put_source(struct importer *im, int64_t article, int64_t number, int64_t dictionary,
			   const struct work_item *item)
{
	const struct article *x = item->article;
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_PUT);
	sql_int(q, 1, number);
	sql_int(q, 2, article);
	sql_int(q, 3, item->root);
	sql_str(q, 4, item->inner);
	sql_str(q, 5, x->format);
	sql_str(q, 6, x->date);
	sql_str(q, 7, x->title);
	sql_str(q, 8, x->issue_type);
	sql_int(q, 9, (int64_t)item->hash);
	sql_int(q, 10, (int64_t)item->bytes.n);
	sql_int(q, 11, dictionary);
	sql_blob(q, 12, item->packed);
	enum err e = sql_done(q);
	return e ? e : store_put_rule(im->store, im->terms, number, x, &item->rule);
}

static enum err put_new_article(struct importer *im, const struct work_item *item)
{
	const struct article *x = item->article;
	int64_t number = im->next_source++;
	sqlite3_stmt *q = sql_get(im->store, SQL_ARTICLE_PUT);
	sql_str(q, 1, x->id);
	sql_str(q, 2, x->title);
	sql_str(q, 3, x->date);
	sql_str(q, 4, x->issue_type);
	sql_int(q, 5, number);
	if (str_eq(x->format, STR("authored")))
		sql_int(q, 6, number);
	else
		sql_null(q, 6);
	enum err e = sql_done(q);
	im->counts.added++;
	return e ? e : put_source(im, sqlite3_last_insert_rowid(im->store->db), number, im->dictionary, item);
}

static enum err delete_source(struct importer *im, int64_t number)
{
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_DELETE);
	sql_int(q, 1, number);
	return sql_done(q);
}

/* drop_mine: the root has changed its text to one that another root brought before. */
static enum err drop_mine(struct importer *im, const struct present *p)
{
	im->counts.changed++;
	enum err e = delete_source(im, p->mine);
	return e ? e : show(im, p);
}

/* Of two files of one root with the same id the newer stays, at the next import too. */
static bool mine_stays(const struct importer *im, const struct present *p, const struct work_item *item)
{
	return p->mine && p->mine < im->first_source && p->mine_elsewhere &&
	       str_cmp(item->article->date, p->mine_date) <= 0;
}

/* put_more adds a source to an article that is there, in place of the one from the same root. */
static enum err put_more(struct importer *im, struct present *p, const struct work_item *item)
{
	const struct article *x = item->article;
	bool twice = p->mine >= im->first_source;
	if (twice) {
		bool older = str_cmp(x->date, p->mine_date) < 0;
		diags_add(im->diags, DIAG_WARNING, 0,
			  "%.*s: %.*s stands there twice: the newer one counts, of one date the later one (%.*s)",
			  STR_ARG(item->name), STR_ARG(x->id), STR_ARG(older ? p->mine_date : x->date));
		if (older)
			return ERR_OK;
	} else if (p->mine) {
		im->counts.changed++;
	} else {
		im->counts.added++;
	}
	enum err e = p->mine ? delete_source(im, p->mine) : ERR_OK;
	int64_t number = im->next_source++;
	weigh(p, number, x->date, x->format);
	if (!e)
		e = put_source(im, p->article, number, im->dictionary, item);
	return e ? e : show(im, p);
}

static enum err put_article(struct importer *im, struct batch *b, const struct work_item *item)
{
	int64_t article;
	struct present p;
	sqlite3_stmt *q = sql_get(im->store, SQL_ARTICLE_BY_ID);
	sql_str(q, 1, item->article->id);
	enum err e = sql_one(q, &article);
	if (e == ERR_NOTFOUND)
		return put_new_article(im, item);
	if (!e)
		e = look_up(im, &b->arena, article, item, &p);
	if (e)
		return e;
	bool stays = mine_stays(im, &p, item);
	if (!p.same && !stays)
		return put_more(im, &p, item);
	if (p.mine && p.mine != p.same && !stays)
		return drop_mine(im, &p);
	im->counts.unchanged++;
	return ERR_OK;
}

static enum err put_known(struct importer *im, struct batch *b, const struct work_item *item)
{
	struct present p = { 0 };
	if (item->known->root != item->root) {
		enum err e = look_up(im, &b->arena, item->known->article, item, &p);
		if (e)
			return e;
		if (p.mine && p.same && p.mine != p.same)
			return drop_mine(im, &p);
	}
	im->counts.unchanged++;
	return ERR_OK;
}

static enum err put_meaning(struct importer *im, int64_t file, struct str line, uint32_t number,
			    const struct work_item *item)
{
	struct str value_text, family, symbol, says, rest;
	int64_t value;
	str_cut(line, '\t', &value_text, &rest);
	str_cut(rest, '\t', &family, &rest);
	bool all = str_cut(rest, '\t', &symbol, &says);
	if (!str_i64(str_trim(value_text), &value) || !all || !family.n)
		return diags_fail(im->diags, ERR_INPUT, "%.*s:%u: a row is value, family, symbol, meaning between tabs",
				  STR_ARG(item->name), number);
	sqlite3_stmt *q = sql_get(im->store, SQL_MEANING_PUT);
	sql_int(q, 1, file);
	sql_int(q, 2, number);
	sql_int(q, 3, value);
	sql_str(q, 4, str_trim(family));
	sql_str(q, 5, str_trim(symbol));
	sql_str(q, 6, str_trim(says));
	im->counts.codes++;
	return sql_done(q);
}

static enum err put_meanings(struct importer *im, int64_t file, const struct work_item *item)
{
	struct str rest = item->bytes;
	uint32_t number = 0;
	enum err e = ERR_OK;
	for (struct str line; !e && str_line(&rest, &line);) {
		number++;
		bool head = number == 1 && str_starts(line, STR("value"));
		if (line.n && line.p[0] != '#' && !head)
			e = put_meaning(im, file, line, number, item);
	}
	return e;
}

/* count_meanings: a table that has not changed was read too. */
static enum err count_meanings(struct importer *im, int64_t file)
{
	int64_t count;
	sqlite3_stmt *q = sql_get(im->store, SQL_MEANING_COUNT);
	sql_int(q, 1, file);
	enum err e = sql_one(q, &count);
	if (!e)
		im->counts.codes += count;
	return e;
}

static enum err check_yaml(struct importer *im, const struct work_item *item)
{
	struct arena a = { 0 };
	struct tree *tree;
	if (im->diags)
		im->diags->origin = item->name;
	enum err e = tree_parse(item->bytes, 1, &a, im->diags, &tree);
	if (im->diags)
		im->diags->origin = STR("");
	arena_free(&a);
	return e;
}

/* put_file keeps a file of causes or codes; the later import of a name wins. */
static enum err put_file(struct importer *im, struct batch *b, const struct work_item *item)
{
	bool causes = item->kind == ITEM_CAUSES, row;
	struct str base = item->inner, kind = causes ? STR("causes") : STR("codes");
	for (struct str head, tail; str_cut(base, '/', &head, &tail);)
		base = tail;
	sqlite3_stmt *q = sql_get(im->store, SQL_FILE_GET);
	sql_str(q, 1, kind);
	sql_str(q, 2, base);
	enum err e = sql_next(q, &row);
	int64_t old = !e && row ? sql_get_int(q, 0) : 0;
	bool same = old && (uint64_t)sql_get_int(q, 1) == item->hash;
	sqlite3_reset(q);
	im->counts.causes += causes;
	if (e || same)
		return e ? e : count_meanings(im, old);
	im->files_changed = true;
	if (old) {
		q = sql_get(im->store, SQL_FILE_DELETE);
		sql_int(q, 1, old);
		e = sql_done(q);
	}
	if (!e && causes)
		e = check_yaml(im, item);
	q = sql_get(im->store, SQL_FILE_PUT);
	sql_str(q, 1, kind);
	sql_str(q, 2, base);
	sql_str(q, 3, arena_str(&b->arena, item->name));
	sql_int(q, 4, (int64_t)item->hash);
	sql_blob(q, 5, utf8_mend(item->bytes, &b->arena));
	if (!e)
		e = sql_done(q);
	return e || causes ? e : put_meanings(im, sqlite3_last_insert_rowid(im->store->db), item);
}

static enum err put_batch(struct importer *im, struct batch *b)
{
	enum err e = b->err;
	for (size_t i = 0; i < b->diags.count; i++) {
		im->diags->origin = arena_str(im->diags->arena, b->diags.items[i].origin);
		diags_add(im->diags, b->diags.items[i].level, b->diags.items[i].line, "%.*s",
			  STR_ARG(b->diags.items[i].text));
		im->diags->origin = STR("");
	}
	for (size_t i = 0; !e && i < b->count; i++) {
		const struct work_item *item = &b->items[i];
		if (item->kind != ITEM_OTHER)
			im->counts.bytes += (int64_t)item->bytes.n;
		switch (item->kind) {
		case ITEM_OTHER: im->counts.skipped++; break;
		case ITEM_KNOWN: e = put_known(im, b, item); break;
		case ITEM_ARTICLE: e = put_article(im, b, item); break;
		case ITEM_CAUSES:
		case ITEM_CODES: e = put_file(im, b, item); break;
		}
	}
	return e;
}

/* ---- what an older program derived ---- */

/* read_stored: the row of SOURCE_AFTER as an item that put_source takes again. */
static enum err read_stored(struct importer *im, sqlite3_stmt *q, struct arena *a, struct work_item *ret_item)
{
	struct buf bytes = { 0 };
	int64_t size = sql_get_int(q, 5);
	struct work_item item = { .root = sql_get_int(q, 2), .inner = sql_keep(q, 3, a),
				  .hash = (uint64_t)sql_get_int(q, 4), .packed = sql_keep(q, 7, a) };
	enum err e = store_unpack(im->store, sql_get_int(q, 6), size, item.packed, &bytes);
	item.bytes = buf_keep(&bytes, a);
	buf_free(&bytes);
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
		e = delete_source(im, *number);
	return e ? e : put_source(im, article, *number, dictionary, &item);
}

/* rederive makes everything derived again where the rules by which it was made are not this program's: an article that
 * has not changed would else keep what another version read in it. */
static enum err rederive(struct importer *im)
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
	while (!e && more && !(e = told_to_stop(im) ? ERR_INTERRUPTED : ERR_OK)) {
		arena_reset(&a);
		e = rederive_next(im, &a, &number, &more);
	}
	arena_free(&a);
	if (number)
		diags_add(im->diags, DIAG_NOTE, 0, "another version of kbt had read the articles: all are read again");
	return e ? e : sql_done(sql_get(im->store, SQL_ARTICLES_SHOW));
}

/* ---- the whole ---- */

static enum err read_and_write(struct importer *im)
{
	bool ended = false, held = !im->dict;
	for (;;) {
		struct batch *b = ended ? NULL : work_empty(im->work);
		enum err e = ERR_OK;
		if (b) {
			e = fill_batch(im, b, &ended);
			if (!e)
				work_submit(im->work, held);
		} else if (held) {
			e = teach(im);
			held = false;
			work_release(im->work, im->dict);
		} else {
			b = work_finished(im->work);
			if (!b)
				return ERR_OK;
			e = put_batch(im, b);
			work_done(im->work);
		}
		if (e)
			return e;
		if (told_to_stop(im))
			return ERR_INTERRUPTED;
	}
}

static enum err import_within(struct importer *im, const char *const *paths, size_t count)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t threads = im->options->threads ? im->options->threads : processors > 0 ? (size_t)processors : 1;
	enum err e = load_known(im);
	if (!e)
		e = load_dictionary(im);
	if (!e)
		e = store_terms_open(im->store, &im->terms);
	if (!e)
		e = rederive(im);
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

static enum err shrink(struct store *s)
{
	int64_t left, pages;
	enum err e = sql_one(sql_get(s, SQL_PAGES_FREE), &left);
	if (!e)
		e = sql_one(sql_get(s, SQL_PAGES), &pages);
	return e || left * 2 < pages ? e : store_run(s, "VACUUM");
}

enum err import_paths(struct store *s, const char *const *paths, size_t count, const struct import_options *options,
		      struct diags *d, struct import_counts *ret_counts)
{
	struct importer im = { .store = s, .options = options, .diags = d };
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
	if (!e && options->replace)
		e = shrink(s);
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
