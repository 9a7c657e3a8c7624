/* SPDX-License-Identifier: MIT
 *
 * Where the compiled form lives. Takes a store, gives a matcher of its present content: from <db>.matcher, else from
 * XDG_CACHE_HOME/kbtriage, and where neither holds a sound and fresh one, made of an older one and what has changed
 * since, else compiled anew, and put there when it is whole, else kept in memory with a note. A file is mapped, never
 * written after that; so readers of the old one go on with it. Where somebody else cuts it, they are told.
 */
#include "match/change.h"
#include "match/compile.h"
#include "match/matcher.h"

#include "base/hash.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PLACES = 2, PATH_SIZE = 4096 };

/* ---- reading ---- */

static enum err map_file(const char *path, struct matcher *m)
{
	enum err e = mapped_open(path, &m->map);
	if (e)
		return e;
	madvise((void *)(uintptr_t)m->map.bytes.p, m->map.bytes.n, MADV_WILLNEED);
	e = file_check(m->map.bytes, &m->view);
	if (!e && !mapped_is_whole(&m->map))
		e = ERR_DAMAGED;
	if (e)
		mapped_close(&m->map);
	return e;
}

void match_rest(const struct matcher *m)
{
	if (!m->map.bytes.n)
		return;
	void *p = (void *)(uintptr_t)m->map.bytes.p;
	madvise(p, m->map.bytes.n, MADV_DONTNEED);
	madvise(p, m->map.bytes.n, MADV_NOHUGEPAGE); /* else a file just written comes back two MiB for each byte */
}

bool match_is_whole(const struct matcher *m)
{
	return mapped_is_whole(&m->map);
}

void match_close(struct matcher **m)
{
	if (!*m)
		return;
	mapped_close(&(*m)->map);
	buf_free(&(*m)->owned);
	mem_free(*m);
	*m = NULL;
}

int64_t match_generation(const struct matcher *m)
{
	return m->view.header.generation;
}

enum err matcher_of_block(struct buf *block, struct matcher **ret_matcher)
{
	struct matcher *m = mem_resize(NULL, sizeof *m);
	if (!m)
		return ERR_NOMEM;
	*m = (struct matcher){ .owned = *block };
	enum err e = file_check(buf_str(&m->owned), &m->view);
	if (e) {
		mem_free(m);
		return e;
	}
	*block = (struct buf){ 0 };
	*ret_matcher = m;
	return ERR_OK;
}

/* ---- writing ---- */

static enum err write_all(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_from_errno(errno);
		bytes = str_from(bytes, (size_t)n);
	}
	return ERR_OK;
}

/* open_nameless: a file of that folder that has no name until it is whole, so that nothing is left of it where this
 * process is killed: it may be a hundred megabytes. -1 where the system has no such files. */
static int open_nameless(const char *path)
{
	char folder[PATH_SIZE];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	return access("/proc/self/fd", X_OK) ? -1 : open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

/* put_nameless: what lies there is stale, and who reads it has it mapped. */
static enum err put_nameless(int fd, const char *path)
{
	char self[64];
	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	if (unlink(path) && errno != ENOENT)
		return err_from_errno(errno);
	bool put = !linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
	return put || errno == EEXIST ? ERR_OK : err_from_errno(errno); /* there already: another has been as quick */
}

static enum err write_file(const char *path, struct str block)
{
	char temp[PATH_SIZE + 8];
	int fd = open_nameless(path);
	bool nameless = fd >= 0;
	snprintf(temp, sizeof temp, "%s.XXXXXX", path);
	if (!nameless)
		fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return err_from_errno(errno);
	enum err e = write_all(fd, block);
	if (!e && fchmod(fd, 0644)) /* not synced: what a crash leaves of it fails its checksum and is made anew */
		e = err_from_errno(errno);
	if (!e && nameless)
		e = put_nameless(fd, path);
	if (close(fd) && !e)
		e = err_from_errno(errno);
	if (!e && !nameless && rename(temp, path))
		e = err_from_errno(errno);
	if (e && !nameless)
		unlink(temp);
	return e;
}

/* ---- places ---- */

static void make_folder(const char *path)
{
	char part[PATH_SIZE];
	size_t n = strlen(path);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i])
			continue;
		part[i] = 0;
		mkdir(part, 0700);
		part[i] = path[i];
	}
}

/* Beside the database; else in the cache, under a name made of the database's full path. */
static bool place_path(const char *db, unsigned place, bool make, char path[PATH_SIZE])
{
	char full[PATH_SIZE], folder[PATH_SIZE - 64];
	if (place == 0)
		return snprintf(path, PATH_SIZE, "%s.matcher", db) < PATH_SIZE;
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n = cache && cache[0] == '/' ? snprintf(folder, sizeof folder, "%s/kbtriage", cache) :
		home && home[0] == '/'	 ? snprintf(folder, sizeof folder, "%s/.cache/kbtriage", home) :
					   -1;
	if (n < 0 || n >= (int)sizeof folder || !realpath(db, full))
		return false;
	if (make)
		make_folder(folder);
	unsigned long long key = hash_bytes(str_c(full));
	return snprintf(path, PATH_SIZE, "%s/%016llx.matcher", folder, key) < PATH_SIZE;
}

/* false with a mapped *m: one of this KB as it was. */
static bool find_fresh(const char *db, struct file_stamp stamp, struct matcher *m)
{
	char path[PATH_SIZE];
	struct matcher older = { 0 };
	for (unsigned i = 0; i < PLACES; i++) {
		if (!place_path(db, i, false, path) || map_file(path, m))
			continue;
		bool ours = m->view.header.identity == stamp.identity;
		if (ours && m->view.header.generation == stamp.generation) {
			mapped_close(&older.map);
			return true;
		}
		if (ours && !older.map.bytes.n)
			older = *m;
		else
			mapped_close(&m->map);
	}
	*m = older;
	return false;
}

static void keep(const char *db, struct diags *d, struct matcher *m)
{
	char path[PATH_SIZE];
	enum err first = ERR_OK; /* why not beside the database: that is what a person can mend */
	for (unsigned i = 0; i < PLACES; i++) {
		struct matcher mapped = { 0 };
		if (!place_path(db, i, true, path))
			continue;
		enum err e = write_file(path, buf_str(&m->owned));
		if (!e)
			e = map_file(path, &mapped);
		if (!first)
			first = e;
		if (e)
			continue;
		buf_free(&m->owned);
		*m = mapped;
		return;
	}
	diags_add(d, DIAG_NOTE, 0, "could not keep the matcher beside %s (%s): it is compiled again each time", db,
		  err_text(first));
}

/* ---- compiling ---- */

struct feeding {
	struct compiler *compiler;
	bool (*progress)(void *context, int64_t done, int64_t total);
	void *context;
	int64_t done;
};

static enum err feed(void *context, struct str id, const struct store_source *source)
{
	struct feeding *f = context;
	if (f->progress && f->done % 256 == 0 && !f->progress(f->context, f->done, 0))
		return ERR_INTERRUPTED;
	f->done++;
	return compile_source(f->compiler, id, source->bytes);
}

static enum err compile_all(struct store *s, const struct store_code *codes, size_t code_count, struct file_stamp stamp,
			    struct feeding *f, struct buf *ret_block)
{
	long threads = sysconf(_SC_NPROCESSORS_ONLN);
	enum err e = compile_open(threads > 0 ? (unsigned)threads : 1, &f->compiler);
	if (!e)
		e = store_each_source(s, feed, f);
	if (!e)
		e = compile_finish(f->compiler, codes, code_count, stamp, ret_block);
	compile_close(&f->compiler);
	return e;
}

static enum err change_older(const struct matcher *older, struct store *s, const struct store_code *codes,
			     size_t code_count, struct file_stamp stamp, struct buf *ret_block)
{
	struct buf block = { 0 };
	enum err e = change_block(&older->view, s, codes, code_count, stamp, &block);
	if (!e && !match_is_whole(older))
		e = ERR_DAMAGED;
	if (e)
		buf_free(&block);
	else
		*ret_block = block;
	return e;
}

/* Whatever hinders the short way, the long one has the last word. */
static enum err compile_store(struct store *s, const struct matcher *older, struct file_stamp stamp, struct feeding *f,
			      struct buf *ret_block)
{
	struct arena a = { 0 };
	struct store_code *codes = NULL;
	size_t code_count = 0;
	enum err e = store_all_codes(s, &a, &codes, &code_count);
	if (!e && (!older->map.bytes.n || change_older(older, s, codes, code_count, stamp, ret_block)))
		e = compile_all(s, codes, code_count, stamp, f, ret_block);
	arena_free(&a);
	return e;
}

enum err match_open(struct store *s, struct diags *d, bool (*progress)(void *context, int64_t done, int64_t total),
		    void *context, struct matcher **ret_matcher)
{
	struct file_stamp stamp;
	struct feeding f = { .progress = progress, .context = context };
	struct buf block = { 0 };
	enum err e = store_generation(s, &stamp.generation);
	if (!e)
		e = store_identity(s, &stamp.identity);
	if (e)
		return e;
	struct matcher *m = mem_resize(NULL, sizeof *m);
	if (!m)
		return ERR_NOMEM;
	*m = (struct matcher){ 0 };
	if (find_fresh(store_path(s), stamp, m)) {
		*ret_matcher = m;
		return ERR_OK;
	}
	e = compile_store(s, m, stamp, &f, &block);
	match_close(&m);
	if (!e)
		e = matcher_of_block(&block, &m);
	buf_free(&block);
	if (e)
		return e;
	keep(store_path(s), d, m);
	*ret_matcher = m;
	return ERR_OK;
}
