/* SPDX-License-Identifier: MIT
 *
 * The handle, and what is read from the database. A rollback journal, not WAL: the file stays readable where its folder
 * cannot be written, readers see the old content until the commit, and a killed import is undone by the next opener.
 * The header is looked at before SQLite opens the file, so that what is wrong can be told exactly.
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
	sqlite3_busy_timeout(s->db, STORE_WAIT_MS);
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
	enum err e = check_file(path, mode, d);
	if (e)
		return e;
	struct store *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	*s = (struct store){ .mode = mode, .folder = mode == STORE_WRITE ? hold_folder(path) : -1,
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

/* ---- sources ---- */

static enum err dict_get(struct store *s, int64_t number, ZSTD_DDict **ret_dict)
{
	for (size_t i = 0; i < s->dict_count; i++)
		if (s->dicts[i].number == number) {
			*ret_dict = s->dicts[i].dict;
			return ERR_OK;
		}
	bool row;
	sqlite3_stmt *q = sql_get(s, SQL_DICTIONARY_GET);
	sql_int(q, 1, number);
	enum err e = sql_next(q, &row);
	if (e || !row)
		return e ? e : ERR_DAMAGED;
	struct str bytes = sql_get_str(q, 0);
	ZSTD_DDict *dict = ZSTD_createDDict(bytes.p, bytes.n);
	sqlite3_reset(q);
	struct store_dict *dicts = dict ? mem_resize(s->dicts, (s->dict_count + 1) * sizeof *dicts) : NULL;
	if (!dicts) {
		ZSTD_freeDDict(dict);
		return ERR_NOMEM;
	}
	s->dicts = dicts;
	s->dicts[s->dict_count++] = (struct store_dict){ number, dict };
	*ret_dict = dict;
	return ERR_OK;
}

enum err store_unpack(struct store *s, int64_t dictionary, int64_t size, struct str packed, struct buf *out)
{
	ZSTD_DDict *dict = NULL;
	if (size < 0 || size > STORE_SOURCE_MAX)
		return ERR_DAMAGED;
	enum err e = dictionary ? dict_get(s, dictionary, &dict) : ERR_OK;
	if (e)
		return e;
	char *room = buf_room(out, (size_t)size + 1);
	if (!room)
		return buf_err(out);
	size_t n = ZSTD_decompress_usingDDict(s->unpacker, room, (size_t)size, packed.p, packed.n, dict);
	if (ZSTD_isError(n) || n != (size_t)size)
		return ERR_DAMAGED;
	out->n += n;
	return ERR_OK;
}

/* "/a/kbarchive-txt.tar.zst" and "txt/150/Q1.TXT" are shown as "kbarchive-txt.tar.zst!/txt/150/Q1.TXT". */
static struct str show_origin(struct arena *a, struct str root, struct str name)
{
	for (size_t i = root.n; i-- > 0;)
		if (root.p[i] == '/') {
			root = str_from(root, i + 1);
			break;
		}
	return arena_printf(a, "%.*s%s%.*s", STR_ARG(root), root.n ? "/" : "", STR_ARG(name));
}

/* The columns of SOURCES_OF and SOURCES_ALL. */
static enum err read_source(struct store *s, sqlite3_stmt *q, struct arena *a, struct buf *bytes,
			    struct store_source *ret_source)
{
	enum err e = store_unpack(s, sql_get_int(q, 5), sql_get_int(q, 6), sql_get_str(q, 7), bytes);
	if (e)
		return e;
	*ret_source = (struct store_source){ .origin = show_origin(a, sql_get_str(q, 3), sql_get_str(q, 4)),
					     .format = sql_keep(q, 1, a), .date = sql_keep(q, 2, a) };
	return arena_err(a);
}

enum err store_article(struct store *s, struct str id, struct arena *a, struct store_source **ret_sources,
		       size_t *ret_count)
{
	struct store_source *items = NULL;
	size_t count = 0, cap = 0;
	struct buf bytes = { 0 };
	sqlite3_stmt *q = sql_get(s, SQL_SOURCES_OF);
	sql_str(q, 1, id);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct store_source *item = arena_push(a, &items, &count, &cap);
		buf_clear(&bytes);
		e = item ? read_source(s, q, a, &bytes, item) : ERR_NOMEM;
		if (!e)
			item->bytes = buf_keep(&bytes, a);
	}
	sqlite3_reset(q);
	buf_free(&bytes);
	if (!e)
		e = arena_err(a);
	if (!e && !count)
		e = ERR_NOTFOUND;
	if (e)
		return e;
	*ret_sources = items;
	*ret_count = count;
	return ERR_OK;
}

enum err store_each_source(struct store *s, store_visit *visit, void *context)
{
	struct arena a = { 0 };
	struct buf bytes = { 0 };
	sqlite3_stmt *q = sql_get(s, SQL_SOURCES_ALL);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row) {
		struct store_source source;
		arena_reset(&a);
		buf_clear(&bytes);
		e = read_source(s, q, &a, &bytes, &source);
		source.bytes = buf_str(&bytes);
		if (!e)
			e = visit(context, sql_get_str(q, 8), &source);
	}
	sqlite3_reset(q);
	buf_free(&bytes);
	arena_free(&a);
	return e;
}

enum err store_each_hash(struct store *s, store_visit_hash *visit, void *context)
{
	sqlite3_stmt *q = sql_get(s, SQL_SOURCE_STAMPS);
	bool row = true;
	enum err e = ERR_OK;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row)
		e = visit(context, sql_get_str(q, 0), (uint64_t)sql_get_int(q, 1));
	sqlite3_reset(q);
	return e;
}

/* ---- articles and rules ---- */

static enum err parse_source(const struct store_source *source, struct arena *a, struct article **ret_article)
{
	enum err e = article_parse(source->bytes, a, NULL, ret_article);
	return e == ERR_INPUT ? ERR_DAMAGED : e; /* it was an article when it was imported */
}

static enum err add_rule(const struct article *article, struct arena *a, struct rule *rule)
{
	struct rule one = { 0 };
	enum err e = rule_extract(article, a, NULL, &one);
	return e ? e : rule_merge(rule, &one, a);
}

/* Not every reference has the other's title beside it. */
static enum err name_references(struct store *s, struct arena *a, struct article *article)
{
	for (size_t i = 0; article && i < article->ref_count; i++) {
		struct article_ref *ref = &article->refs[i];
		struct store_brief brief = { 0 };
		enum err e = ref->id.n && !ref->title.n ? store_brief(s, ref->id, a, &brief) : ERR_OK;
		if (e && e != ERR_NOTFOUND)
			return e;
		if (brief.title.n)
			ref->title = brief.title;
	}
	return ERR_OK;
}

enum err store_load(struct store *s, struct str id, struct arena *a, struct article **ret_article,
		    struct article **ret_authored, struct rule *ret_rule)
{
	struct store_source *sources;
	size_t count;
	enum err e = store_article(s, id, a, &sources, &count);
	struct article *first = NULL, *second = NULL;
	struct rule rule = { 0 };
	if (!e)
		e = parse_source(&sources[0], a, &first);
	if (!e)
		e = add_rule(first, a, &rule);
	bool authored = !e && str_eq(sources[0].format, STR("authored"));
	if (authored && count > 1) {
		e = parse_source(&sources[1], a, &second);
		if (!e)
			e = add_rule(second, a, &rule);
	}
	if (!e)
		e = name_references(s, a, first);
	if (!e)
		e = name_references(s, a, second);
	if (e)
		return e;
	*ret_article = second ? second : first;
	*ret_authored = authored ? first : NULL;
	*ret_rule = rule;
	return ERR_OK;
}

/* find_article stands at the article's row of ARTICLE_BY_ID; the caller resets it. */
static enum err find_article(struct store *s, struct str id, sqlite3_stmt **ret_q)
{
	sqlite3_stmt *q = sql_get(s, SQL_ARTICLE_BY_ID);
	sql_str(q, 1, id);
	bool row;
	enum err e = sql_next(q, &row);
	*ret_q = q;
	return e || row ? e : ERR_NOTFOUND;
}

static enum err read_rule(struct store *s, struct str id, struct arena *a, struct rule *rule)
{
	sqlite3_stmt *q;
	enum err e = find_article(s, id, &q);
	if (e)
		return e;
	*rule = (struct rule){ .id = arena_str(a, id), .title = sql_keep(q, 1, a) };
	int64_t shown = sql_get_int(q, 3), authored = sql_get_int(q, 4);
	sqlite3_reset(q);
	if (authored)
		e = store_get_rule(s, authored, a, rule);
	rule->authored = authored;
	if (!e && shown != authored)
		e = store_get_rule(s, shown, a, rule);
	return e ? e : arena_err(a);
}

enum err store_rule(struct store *s, struct str id, struct arena *a, struct rule *ret_rule)
{
	struct rule rule;
	store_freeze(s);
	enum err e = read_rule(s, id, a, &rule);
	store_thaw(s);
	if (!e)
		*ret_rule = rule;
	return e;
}

enum err store_brief(struct store *s, struct str id, struct arena *a, struct store_brief *ret_brief)
{
	sqlite3_stmt *q;
	enum err e = find_article(s, id, &q);
	if (e)
		return e;
	struct store_brief brief = { arena_str(a, id), sql_keep(q, 1, a), sql_keep(q, 2, a) };
	sqlite3_reset(q);
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_brief = brief;
	return ERR_OK;
}

/* Every list below is rows of columns into items of an arena. */
#define READ_ROWS(q, a, type, item, ret_items, ret_count, ...)                          \
	do {                                                                            \
		type *items_ = NULL;                                                    \
		size_t count_ = 0, cap_ = 0;                                            \
		bool row_ = true;                                                       \
		enum err e_;                                                            \
		while ((e_ = sql_next((q), &row_)) == ERR_OK && row_) {                 \
			type *item = arena_push((a), &items_, &count_, &cap_);          \
			if (!item)                                                      \
				break;                                                  \
			*item = (type)__VA_ARGS__;                                      \
		}                                                                       \
		if ((q))                                                                \
			sqlite3_reset((q));                                             \
		if (!e_)                                                                \
			e_ = arena_err((a));                                            \
		if (e_)                                                                 \
			return e_;                                                      \
		*(ret_items) = items_;                                                  \
		*(ret_count) = count_;                                                  \
		return ERR_OK;                                                          \
	} while (0)

static enum err read_briefs(struct store *s, enum sql which, struct str id, size_t limit, struct arena *a,
			    struct store_brief **ret_items, size_t *ret_count)
{
	sqlite3_stmt *q = sql_get(s, which);
	sql_str(q, 1, id);
	sql_int(q, 2, limit > INT32_MAX ? INT32_MAX : (int64_t)limit);
	READ_ROWS(q, a, struct store_brief, item, ret_items, ret_count,
		  { sql_keep(q, 0, a), sql_keep(q, 1, a), sql_keep(q, 2, a) });
}

enum err store_cited_by(struct store *s, struct str id, size_t limit, struct arena *a, struct store_brief **ret_items,
			size_t *ret_count)
{
	return read_briefs(s, SQL_CITED_BY, id, limit, a, ret_items, ret_count);
}

enum err store_see_also(struct store *s, struct str id, size_t limit, struct arena *a, struct store_brief **ret_items,
			size_t *ret_count)
{
	return read_briefs(s, SQL_SEE_ALSO, id, limit, a, ret_items, ret_count);
}

static enum err read_codes(sqlite3_stmt *q, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
{
	READ_ROWS(q, a, struct store_code, item, ret_codes, ret_count,
		  { sql_get_int(q, 0), sql_keep(q, 1, a), sql_keep(q, 2, a), sql_keep(q, 3, a) });
}

enum err store_codes(struct store *s, int64_t value, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
{
	sqlite3_stmt *q = sql_get(s, SQL_MEANINGS_OF);
	sql_int(q, 1, value);
	return read_codes(q, a, ret_codes, ret_count);
}

enum err store_all_codes(struct store *s, struct arena *a, struct store_code **ret_codes, size_t *ret_count)
{
	return read_codes(sql_get(s, SQL_MEANINGS_ALL), a, ret_codes, ret_count);
}

enum err store_causes(struct store *s, struct arena *a, struct store_source **ret_files, size_t *ret_count)
{
	sqlite3_stmt *q = sql_get(s, SQL_FILES_OF);
	sql_str(q, 1, STR("causes"));
	READ_ROWS(q, a, struct store_source, item, ret_files, ret_count,
		  { .origin = sql_keep(q, 1, a), .format = STR("causes"), .date = STR(""),
		    .bytes = sql_keep(q, 2, a) });
}

/* ---- figures ---- */

static const struct {
	const char *name, *sql, *says;
} stats[] = {
#define STAT(name, says, sql) { name, sql, says },
#include "store/stats.def"
#undef STAT
};

enum err store_stats(struct store *s, struct arena *a, struct store_stat **ret_stats, size_t *ret_count)
{
	enum { COUNT = sizeof stats / sizeof *stats };
	struct store_stat *items = arena_array(a, struct store_stat, COUNT);
	if (!items)
		return ERR_NOMEM;
	store_freeze(s);
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < COUNT; i++) {
		sqlite3_stmt *q = NULL;
		items[i] = (struct store_stat){ stats[i].name, 0, stats[i].says };
		e = store_err(sqlite3_prepare_v2(s->db, stats[i].sql, -1, &q, NULL));
		if (!e)
			e = sql_one(q, &items[i].value);
		sqlite3_finalize(q);
	}
	store_thaw(s);
	if (e)
		return e;
	*ret_stats = items;
	*ret_count = COUNT;
	return ERR_OK;
}
