/* SPDX-License-Identifier: MIT
 *
 * The walk: paths > files > members, one after the other.
 */
#include "base/input.h"

#include "base/hash.h"
#include "base/input_layer.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- files and folders ---- */

static void close_file(struct input *in)
{
	while (in->depth)
		layer_pop(in);
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	in->fd = -1;
}

/* leave_faulty: what is damaged has no rest that could be trusted; the archive that holds it may be read further. */
static void leave_faulty(struct input *in, enum err e)
{
	bool whole = in->spent || e == ERR_NOMEM || e == ERR_INTERRUPTED;
	while (!whole && in->depth > 1 && !layer_leave_member(layer_top(in)))
		layer_pop(in);
	if (whole || in->depth < 2)
		close_file(in);
}

static enum err refuse(struct input *in, const char *path)
{
	diags_add(in->diags, DIAG_WARNING, 0, "%s: neither a file nor a folder: not read", path);
	return ERR_UNSUPPORTED;
}

static enum err refuse_mode(struct input *in, const char *path, mode_t mode)
{
	if (!S_ISFIFO(mode))
		return refuse(in, path);
	diags_add(in->diags, DIAG_WARNING, 0,
		  "%s: a pipe, not opened, for that may wait for ever; give it as standard input: - <%s", path, path);
	return ERR_UNSUPPORTED;
}

/* is_again says that the file was read before; one that was not is noted. */
static bool is_again(struct input *in, const struct stat *st)
{
	struct input_file file = { st->st_dev, st->st_ino };
	uint64_t hash = hash_bytes((struct str){ (const char *)&file, sizeof file });
	for (const struct index_item *i = index_first(&in->seen, hash); i; i = index_next(&in->seen, i))
		if (in->files[i->number].dev == file.dev && in->files[i->number].ino == file.ino)
			return true;
	struct input_file *slot = arena_push(&in->arena, &in->files, &in->file_count, &in->file_cap);
	if (!slot || index_add(&in->seen, hash, (uint32_t)in->file_count - 1))
		in->arena.failed = true;
	else
		*slot = file;
	return false;
}

/* A pipe that this process was started with (/dev/fd/63 of a shell's <(...), /dev/stdin) has its other end already. */
static bool names_own_pipe(const char *path)
{
	struct stat st;
	struct str p = str_c(path);
	bool own =
		str_starts(p, STR("/dev/fd/")) || str_starts(p, STR("/proc/self/fd/")) || str_eq(p, STR("/dev/stdin"));
	return own && !stat(path, &st) && S_ISFIFO(st.st_mode);
}

/* What a path turned out to be. */
enum opened { OPENED_FILE, OPENED_FOLDER, OPENED_AGAIN };

/* open_file opens a regular file or "-"; a folder is only told, and a file that was read. */
static enum err open_file(struct input *in, const char *path, enum opened *ret_opened)
{
	struct stat st = { 0 };
	*ret_opened = OPENED_FILE;
	in->size = in->got = in->out = 0;
	in->spent = false;
	if (in->in_memory) {
		in->bytes_at = 0;
	} else if (!strcmp(path, "-")) {
		in->fd = STDIN_FILENO;
	} else if (names_own_pipe(path)) {
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (in->fd < 0)
			return input_fail_errno(in, str_c(path), errno);
	} else {
		/* O_NONBLOCK: opening a FIFO or a device must not wait for anyone */
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (in->fd < 0 && errno == ENXIO)
			return refuse(in, path);
		if (in->fd < 0 || fstat(in->fd, &st))
			return input_fail_errno(in, str_c(path), errno);
		if (S_ISDIR(st.st_mode)) {
			*ret_opened = OPENED_FOLDER;
			return ERR_OK;
		}
		if (!S_ISREG(st.st_mode))
			return refuse_mode(in, path, st.st_mode);
		if (in->once && is_again(in, &st)) {
			*ret_opened = OPENED_AGAIN;
			in->total -= in->total > st.st_size ? st.st_size : 0;
			return arena_err(&in->arena);
		}
		in->size = st.st_size;
	}
	struct layer *l = layer_push(in);
	if (!l)
		return ERR_NOMEM;
	buf_add_c(&l->name, path);
	l->written_s = st.st_mtim.tv_sec;
	in->member.path = arena_str(&in->arena, str_c(path));
	return buf_err(&l->name);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static enum err open_folder(struct input *in, const char *path)
{
	char *root = arena_alloc(&in->arena, strlen(path) + 1), *roots[] = { root, NULL };
	if (!root)
		return ERR_NOMEM;
	memcpy(root, path, strlen(path) + 1);
	in->walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
	return in->walk ? ERR_OK : input_fail_errno(in, str_c(path), errno);
}

/* walk_next opens the folder's next file; *ret_more is false at its end. */
static enum err walk_next(struct input *in, bool *ret_more)
{
	enum opened opened;
	enum err e;
	*ret_more = true;
	for (;;) {
		errno = 0;
		FTSENT *f = fts_read(in->walk);
		if (!f) {
			int number = errno;
			fts_close(in->walk);
			in->walk = NULL;
			*ret_more = false;
			return number ? input_fail_errno(in, in->member.root, number) : ERR_OK;
		}
		switch (f->fts_info) {
		case FTS_D:
		case FTS_DP:
		case FTS_SL:
		case FTS_SLNONE: break;
		case FTS_F:
			e = open_file(in, f->fts_path, &opened);
			if (e || opened == OPENED_FILE)
				return e;
			close_file(in);
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS: return input_fail_errno(in, str_c(f->fts_path), f->fts_errno);
		case FTS_DC:
			return diags_fail(in->diags, ERR_INPUT, "%s: a loop of folders: not read", f->fts_path);
		default: return refuse(in, f->fts_path);
		}
	}
}

static enum err next_file(struct input *in, bool *ret_more)
{
	for (;;) {
		if (in->walk) {
			enum err e = walk_next(in, ret_more);
			if (e || *ret_more)
				return e;
		}
		*ret_more = in->at < in->count;
		if (!*ret_more)
			return ERR_OK;
		const char *path = in->paths[in->at++];
		in->member.root = str_c(path);
		enum opened opened;
		enum err e = open_file(in, path, &opened);
		if (e || opened == OPENED_FILE)
			return e;
		close_file(in);
		if (opened == OPENED_FOLDER)
			e = open_folder(in, path);
		if (e)
			return e;
	}
}

/* ---- members ---- */

static bool in_archive(const struct input *in)
{
	for (size_t i = 1; i < in->depth; i++)
		if (!in->layers[i].unpack)
			return true;
	return false;
}

/* refuse_foreign: nobody wants such a file read as if it were text. In a folder or an archive it is one of many. */
static enum err refuse_foreign(struct input *in, struct str name, const struct foreign *kind)
{
	if (in->walk || in->depth > 1) {
		diags_add(in->diags, DIAG_WARNING, 0, "%.*s: %s, which is not read: left out", STR_ARG(name),
			  kind->what);
		return ERR_UNSUPPORTED;
	}
	return diags_fail(in->diags, ERR_INPUT, "%.*s: %s, which is not read: %s", STR_ARG(name), kind->what,
			  kind->advice);
}

/* misnamed: a file on disk that is not what its name says. */
static enum err misnamed(struct input *in, const struct layer *l)
{
	struct str name = buf_str(&l->name);
	if (!in->takes_text || !input_begins_as_text(l->ahead))
		return diags_fail(in->diags, ERR_DAMAGED, "%.*s: %s", STR_ARG(name),
				  l->ahead.n ? "no archive, though its name says so" : "empty");
	diags_add(in->diags, DIAG_WARNING, 0, "%.*s: not packed, though its name says so: read as text", STR_ARG(name));
	return ERR_OK;
}

/* leave_out counts a member that is no text, and goes to the next one; *ret_more is false where the layer has none. */
static enum err leave_out(struct input *in, enum input_binary kind, bool *ret_more)
{
	in->left_out[kind]++;
	*ret_more = false;
	return in->depth > 1 ? layer_next_entry(in, ret_more) : ERR_OK;
}

/* unpack opens what the member at the top holds, as long as that is packed in turn. */
static enum err unpack(struct input *in, bool *ret_more)
{
	static const struct foreign deep = { .what = "packed too many times over", .advice = "unpack it first" };
	*ret_more = true;
	for (;;) {
		struct layer *l = layer_top(in);
		enum err e = layer_fill(l, 512);
		if (e)
			return e;
		struct str name = buf_str(&l->name);
		enum packing packing = packing_of(l->ahead);
		bool tar, named = packing_named(name, &tar), outer = !in_archive(in);
		bool text = in->takes_text && in->depth == 1 && input_begins_as_text(l->ahead);
		if (packing == PACKING_NONE && outer && tar && l->ahead.n && !text)
			packing = PACKING_TAR; /* old ones have no mark at their start; the rest is damaged */
		if (packing == PACKING_NONE && packing_foreign(l->ahead))
			return refuse_foreign(in, name, packing_foreign(l->ahead));
		enum input_binary kind;
		bool one_of_many = in->walk || !outer;
		if (packing == PACKING_NONE && in->takes_text && one_of_many && input_is_binary(l->ahead, &kind)) {
			e = leave_out(in, kind, ret_more);
			if (e || !*ret_more)
				return e;
			continue;
		}
		if (packing == PACKING_NONE && named && in->depth == 1)
			return misnamed(in, l);
		if (packing == PACKING_NONE)
			return ERR_OK;
		if (in->depth > INPUT_DEPTH)
			return refuse_foreign(in, name, &deep);
		e = layer_open_packed(in, packing);
		if (!e)
			e = layer_next_entry(in, ret_more);
		if (e || !*ret_more)
			return e;
	}
}

/* step goes to the next member, or to the end of one archive (*ret_found false, then step again). */
static enum err step(struct input *in, bool *ret_found)
{
	bool more;
	enum err e;
	if (in->depth > 1) {
		e = layer_next_entry(in, &more);
	} else {
		close_file(in);
		e = next_file(in, &more);
		if (!e && !more) {
			in->depth = 0;
			*ret_found = true;
			return ERR_OK;
		}
	}
	if (!e && more)
		e = unpack(in, &more);
	*ret_found = !e && more;
	if (!e && !more)
		layer_pop(in);
	return e;
}

enum err input_next(struct input *in, const struct input_member **ret_member)
{
	for (;;) {
		bool found;
		enum err e = step(in, &found);
		if (e) {
			leave_faulty(in, e);
			return e;
		}
		if (!found)
			continue;
		if (in->depth) {
			in->member.name = buf_str(&layer_top(in)->name);
			in->member.packed = in->depth > 1;
			in->member.written_s = layer_top(in)->written_s;
		}
		*ret_member = in->depth ? &in->member : NULL;
		return ERR_OK;
	}
}

enum err input_read(struct input *in, struct str *ret_block)
{
	if (!in->depth) {
		*ret_block = STR("");
		return ERR_OK;
	}
	struct str block;
	enum err e = layer_read(layer_top(in), &block);
	if (e && e != ERR_INTERRUPTED)
		leave_faulty(in, e);
	if (!e)
		*ret_block = block;
	return e;
}

/* ---- the whole ---- */

static void keep_path(struct input *in, const char *path)
{
	const char **slot = arena_push(&in->arena, &in->paths, &in->count, &in->cap);
	if (slot)
		*slot = arena_str(&in->arena, str_c(path)).p;
}

/* add_path takes a path, or what a pattern that the shell left alone stands for. */
static void add_path(struct input *in, const char *path)
{
	struct stat st;
	glob_t found = { 0 };
	if (!strpbrk(path, "*?[") || !lstat(path, &st) || glob(path, 0, NULL, &found)) {
		keep_path(in, path);
	} else {
		for (size_t i = 0; i < found.gl_pathc; i++)
			keep_path(in, found.gl_pathv[i]);
	}
	globfree(&found);
}

static void add_sizes(struct input *in)
{
	for (size_t i = 0; i < in->count; i++) {
		struct stat st;
		if (stat(in->paths[i], &st) || !S_ISREG(st.st_mode)) {
			in->total = 0;
			return;
		}
		in->total += st.st_size;
	}
}

enum err input_open(const char *const *paths, size_t count, struct diags *d, struct input **ret_input)
{
	struct input *in = mem_resize(NULL, sizeof *in);
	if (!in)
		return ERR_NOMEM;
	*in = (struct input){ .diags = d, .fd = -1 };
	for (size_t i = 0; i < count; i++)
		add_path(in, paths[i]);
	if (arena_err(&in->arena)) {
		input_close(&in);
		return ERR_NOMEM;
	}
	add_sizes(in);
	*ret_input = in;
	return ERR_OK;
}

void input_once(struct input *in)
{
	in->once = true;
}

void input_take_text(struct input *in)
{
	in->takes_text = true;
}

enum err input_open_bytes(struct str bytes, struct str name, struct diags *d, struct input **ret_input)
{
	struct input *in = mem_resize(NULL, sizeof *in);
	if (!in)
		return ERR_NOMEM;
	*in = (struct input){ .diags = d, .fd = -1, .in_memory = true, .bytes = bytes };
	keep_path(in, arena_str(&in->arena, name).p);
	in->total = (int64_t)bytes.n;
	if (arena_err(&in->arena)) {
		input_close(&in);
		return ERR_NOMEM;
	}
	*ret_input = in;
	return ERR_OK;
}

void input_close(struct input **input)
{
	struct input *in = *input;
	if (!in)
		return;
	close_file(in);
	if (in->walk)
		fts_close(in->walk);
	for (size_t i = 0; i <= INPUT_DEPTH; i++) {
		mem_free(in->layers[i].block);
		buf_free(&in->layers[i].name);
	}
	index_free(&in->seen);
	arena_free(&in->arena);
	mem_free(in);
	*input = NULL;
}

void input_position(const struct input *in, int64_t *ret_done, int64_t *ret_total)
{
	*ret_done = in->done;
	*ret_total = in->total;
}
