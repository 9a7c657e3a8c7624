/* SPDX-License-Identifier: MIT
 *
 * A member's bytes come through a chain: the file's descriptor, and above it a libarchive reader a layer. Each layer
 * reads what the one below gives, so that archives nest without a temporary file; a .tar.gz is two of them, so that
 * what is wrong behind the tar's end is seen too. Formats: POSIX tar, PKWARE zip; filters: RFC 1952 gzip, xz, RFC 8878
 * zstd, bzip2.
 */
#include "base/input.h"

#include "base/gunzip.h"
#include "base/hash.h"
#include "base/index.h"
#include "base/mem.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct layer {
	struct input *input;
	struct archive *archive;
	bool is_raw;	    /* one compressed stream, no archive */
	bool started;	    /* a member of it was begun */
	int64_t tar_at;	    /* where the last tar member's bytes ended */
	int64_t out;	    /* bytes given */
	struct buf name;    /* "a.zip!/b.log" of the member */
	int64_t written_s;  /* the member */
	char *block;	    /* INPUT_BLOCK bytes */
	struct str ahead;   /* bytes of the member looked at and not yet given */
	bool ended;	    /* of the member */
	struct str unpacked; /* of the member, in the archive's memory: not copied yet */
	struct gunzip *gunzip; /* in an archive's place */
	struct str packed;     /* for it, in the layer below */
	bool packed_ended;
	int64_t packed_in;
	int64_t member_at, hole; /* bytes of it so far; zeros that stand before what is unpacked */
	enum err below;	    /* why the layer below failed; its sentence is in d already */
};

struct input {
	const char **paths; /* copies in the arena, patterns expanded */
	size_t count, cap, at;
	bool once;
	struct index seen; /* files by device and number, where each is read once */
	struct input_file {
		uint64_t dev, ino;
	} * files;
	size_t file_count, file_cap;
	struct diags *diags;
	struct arena arena; /* of the whole walk */
	FTS *walk;	    /* of the folder being walked, or NULL */
	int fd;		    /* of the open file, or -1 */
	int64_t size, got;  /* of the open file: when it was opened, and read so far; size 0 where it is not known */
	bool in_memory;	    /* the one file is these bytes */
	struct str bytes;
	size_t bytes_at;
	int64_t done, total;
	struct layer layers[INPUT_DEPTH + 1]; /* [0] is the file itself */
	size_t depth;			      /* layers in use; 0 where no file is open */
	struct input_member member;
};

/* ---- one layer's bytes ---- */

static struct layer *top(struct input *in)
{
	return &in->layers[in->depth - 1];
}

static enum err fail_errno(struct input *in, struct str name, int number)
{
	enum err e = err_from_errno(number);
	return diags_fail(in->diags, e, "%.*s: %s", STR_ARG(name), err_errno_text(number));
}

/* A file that became shorter while it was read has lost what stood there. */
static enum err check_size(struct input *in, struct str name)
{
	struct stat st;
	if (in->got >= in->size || fstat(in->fd, &st) || st.st_size >= in->size)
		return ERR_OK;
	return diags_fail(in->diags, ERR_IO, "%.*s: became shorter while it was read", STR_ARG(name));
}

static enum err read_file(struct layer *l, char *p, size_t size, size_t *ret_n)
{
	struct input *in = l->input;
	ssize_t n;
	if (in->in_memory) {
		struct str part = str_first(str_from(in->bytes, in->bytes_at), size);
		if (part.n)
			memcpy(p, part.p, part.n);
		in->bytes_at += part.n;
		in->done += (int64_t)part.n;
		*ret_n = part.n;
		return ERR_OK;
	}
	do
		n = read(l->input->fd, p, size);
	while (n < 0 && errno == EAGAIN && l->input->fd == STDIN_FILENO);
	if (n < 0 && errno == EINTR)
		return ERR_INTERRUPTED;
	if (n < 0)
		return fail_errno(l->input, buf_str(&l->name), errno);
	in->done += n;
	in->got += n;
	*ret_n = (size_t)n;
	return n ? ERR_OK : check_size(in, buf_str(&l->name));
}

static enum err fail_archive(struct layer *l, struct str name)
{
	if (l->below)
		return l->below;
	if (archive_errno(l->archive) == ENOMEM)
		return ERR_NOMEM;
	struct str said = str_trim(str_c(archive_error_string(l->archive)));
	return diags_fail(l->input->diags, ERR_DAMAGED, "%.*s: damaged or cut off (%.*s)", STR_ARG(name),
			  STR_ARG(said.n ? said : STR("no reason given")));
}

/* unpack_some: block by block, for archive_read_data drops what it has where the next one is damaged. */
static enum err unpack_some(struct layer *l)
{
	const void *p;
	size_t n = 0;
	la_int64_t at = 0;
	while (!l->unpacked.n) {
		int code = archive_read_data_block(l->archive, &p, &n, &at);
		if (code == ARCHIVE_EOF)
			return ERR_OK;
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			return fail_archive(l, buf_str(&l->name));
		l->unpacked = (struct str){ n ? p : "", n };
		l->hole = at > l->member_at && !l->is_raw ? at - l->member_at : 0;
	}
	return ERR_OK;
}

/* count_out: a bomb is told by what came of so many packed bytes. */
static enum err count_out(struct layer *l, size_t n, int64_t packed)
{
	l->out += (int64_t)n;
	if (l->out <= INPUT_SLACK || l->out / INPUT_RATIO <= packed)
		return ERR_OK;
	return diags_fail(l->input->diags, ERR_LIMIT,
			  "%.*s: becomes over %d times its size when unpacked: not read further",
			  STR_ARG(buf_str(&l->name)), INPUT_RATIO);
}

static enum err layer_read(struct layer *l, struct str *ret_block);

static enum err read_archive(struct layer *l, char *p, size_t size, size_t *ret_n)
{
	enum err e = l->unpacked.n ? ERR_OK : unpack_some(l);
	if (e)
		return e;
	size_t zeros = l->hole < (int64_t)size ? (size_t)l->hole : size, n = zeros;
	memset(p, 0, zeros);
	l->hole -= (int64_t)zeros;
	struct str part = str_first(l->unpacked, size - zeros);
	if (part.n)
		memcpy(p + zeros, part.p, part.n);
	l->unpacked = str_from(l->unpacked, part.n);
	n += part.n;
	l->member_at += (int64_t)n;
	*ret_n = n;
	return count_out(l, n, archive_filter_bytes(l->archive, -1));
}

static enum err read_gzip(struct layer *l, char *p, size_t size, size_t *ret_n)
{
	for (size_t n = 0;;) {
		if (!l->packed.n && !l->packed_ended) {
			enum err e = layer_read(l - 1, &l->packed);
			if (e)
				return e;
			l->packed_ended = !l->packed.n;
			l->packed_in += (int64_t)l->packed.n;
		}
		enum gunzip_state state = gunzip_step(l->gunzip, &l->packed, l->packed_ended, p, size, &n);
		*ret_n = n;
		if (n)
			return count_out(l, n, l->packed_in);
		if (state == GUNZIP_ENDED)
			return ERR_OK;
		if (state == GUNZIP_DAMAGED)
			return diags_fail(l->input->diags, ERR_DAMAGED, "%.*s: damaged or cut off (%s)",
					  STR_ARG(buf_str(&l->name)), gunzip_why(l->gunzip));
	}
}

/* fill makes at least want bytes stand ahead, or all that the member has. want is at most INPUT_BLOCK. */
static enum err fill(struct layer *l, size_t want)
{
	if (l->ahead.n && l->ahead.p != l->block)
		memmove(l->block, l->ahead.p, l->ahead.n);
	l->ahead.p = l->block;
	while (l->ahead.n < want && !l->ended) {
		size_t n = 0, room = INPUT_BLOCK - l->ahead.n;
		char *p = l->block + l->ahead.n;
		enum err e = l->gunzip	? read_gzip(l, p, room, &n) :
			     l->archive ? read_archive(l, p, room, &n) :
					  read_file(l, p, room, &n);
		if (e)
			return e;
		l->ended = n == 0;
		l->ahead.n += n;
	}
	return ERR_OK;
}

static enum err layer_read(struct layer *l, struct str *ret_block)
{
	if (!l->ahead.n) {
		enum err e = fill(l, 1);
		if (e)
			return e;
	}
	*ret_block = l->ahead;
	l->ahead = (struct str){ l->block, 0 };
	return ERR_OK;
}

/* ---- layers ---- */

static la_ssize_t read_below(struct archive *archive, void *context, const void **ret_block)
{
	struct layer *l = context;
	struct str block = { 0 };
	l->below = layer_read(l - 1, &block);
	if (l->below) {
		archive_set_error(archive, EIO, "%s", err_text(l->below));
		return ARCHIVE_FATAL;
	}
	*ret_block = block.p;
	return (la_ssize_t)block.n;
}

/* The file's own layer can be sought, which zip's index wants. */
static la_int64_t seek_below(struct archive *archive, void *context, la_int64_t offset, int whence)
{
	(void)archive;
	struct layer *l = context;
	struct input *in = l->input;
	off_t at;
	if (in->in_memory) {
		la_int64_t from =
			whence == SEEK_SET ? 0 : (la_int64_t)(whence == SEEK_CUR ? in->bytes_at : in->bytes.n);
		at = from + offset;
		if (at < 0 || at > (la_int64_t)in->bytes.n)
			return ARCHIVE_FATAL;
		in->bytes_at = (size_t)at;
	} else {
		at = lseek(in->fd, offset, whence);
	}
	if (at < 0)
		return ARCHIVE_FATAL;
	(l - 1)->ahead.n = 0;
	(l - 1)->ended = false;
	l->input->size = 0; /* read out of order: how much of it was read tells nothing */
	return at;
}

static void pop_layer(struct input *in)
{
	struct layer *l = top(in);
	if (l->archive)
		archive_read_free(l->archive);
	l->archive = NULL;
	gunzip_close(&l->gunzip);
	in->depth--;
}

static struct layer *push_layer(struct input *in)
{
	struct layer *l = &in->layers[in->depth];
	char *block = l->block ? l->block : mem_resize(NULL, INPUT_BLOCK);
	if (!block)
		return NULL;
	struct buf name = l->name;
	buf_clear(&name);
	*l = (struct layer){ .input = in, .block = block, .name = name, .ahead = { block, 0 } };
	in->depth++;
	return l;
}

enum packing { PACKING_NONE, PACKING_STREAM, PACKING_TAR, PACKING_ZIP };

/* foreign tells a packing that is known and not read, by its name; else NULL. */
static const char *foreign(struct str head)
{
	static const struct {
		struct str mark;
		const char *name;
	} kinds[] = {
		{ STR_LIT("7z\xbc\xaf\x27\x1c"), "7z" }, { STR_LIT("Rar!\x1a\x07"), "RAR" },
		{ STR_LIT("MSCF\0\0\0\0"), "cabinet" },  { STR_LIT("\x04\x22\x4d\x18"), "lz4" },
		{ STR_LIT("\x1f\x9d"), "compress (.Z)" }, { STR_LIT("LZIP\1"), "lzip" },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_starts(head, kinds[i].mark))
			return kinds[i].name;
	return NULL;
}

static enum packing packing_of(struct str head)
{
	static const struct str streams[] = { STR_LIT("\x1f\x8b"), STR_LIT("\x28\xb5\x2f\xfd"),
					      STR_LIT("\xfd"
						      "7zXZ\0") };
	for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
		if (str_starts(head, streams[i]))
			return PACKING_STREAM;
	if (str_starts(head, STR("BZh")) && str_starts(str_from(head, 4), STR("1AY&SY")))
		return PACKING_STREAM;
	if (str_starts(head, STR("PK\3\4")) || str_starts(head, STR("PK\5\6")))
		return PACKING_ZIP;
	return str_starts(str_from(head, 257), STR("ustar")) ? PACKING_TAR : PACKING_NONE;
}

bool input_is_packed(struct str head)
{
	return packing_of(head) != PACKING_NONE;
}

static bool named_packed(struct str name, bool *ret_tar)
{
	static const struct str tars[] = { STR_LIT(".tar"),	STR_LIT(".tar.gz"), STR_LIT(".tgz"), STR_LIT(".tar.xz"),
					   STR_LIT(".tar.zst"), STR_LIT(".tar.bz2") };
	static const struct str others[] = { STR_LIT(".zip"), STR_LIT(".gz"), STR_LIT(".xz"), STR_LIT(".zst"),
					     STR_LIT(".bz2") };
	*ret_tar = false;
	for (size_t i = 0; i < sizeof tars / sizeof *tars; i++)
		*ret_tar = *ret_tar || str_ends_nocase(name, tars[i]);
	bool packed = *ret_tar;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		packed = packed || str_ends_nocase(name, others[i]);
	return packed;
}

static struct archive *archive_new(struct layer *l, enum packing packing)
{
	struct archive *a = archive_read_new();
	bool can_seek = l == &l->input->layers[1] && l->input->fd != STDIN_FILENO;
	if (!a)
		return NULL;
	if (packing == PACKING_STREAM) {
		archive_read_support_filter_gzip(a);
		archive_read_support_filter_xz(a);
		archive_read_support_filter_zstd(a);
		archive_read_support_filter_bzip2(a);
		archive_read_support_format_raw(a);
	} else if (packing == PACKING_TAR) {
		archive_read_support_format_tar(a);
	} else if (can_seek) { /* by its index, at its end: without it the file was cut off */
		archive_read_support_format_zip_seekable(a);
	} else {
		archive_read_support_format_zip_streamable(a);
	}
	archive_read_set_read_callback(a, read_below);
	archive_read_set_callback_data(a, l);
	if (can_seek)
		archive_read_set_seek_callback(a, seek_below);
	return a;
}

/* gzip_written is what a gzip stream's head says of when its file was written; 0: nothing. */
static int64_t gzip_written(struct str head)
{
	uint32_t s = 0;
	for (size_t i = 0; i < 4 && head.n >= 8; i++)
		s |= (uint32_t)(unsigned char)head.p[4 + i] << 8 * i;
	return (int64_t)s;
}

/* open_packed puts a layer on the member at the top. */
static enum err open_packed(struct input *in, enum packing packing)
{
	struct layer *below = top(in), *l = push_layer(in);
	if (!l)
		return ERR_NOMEM;
	l->is_raw = packing == PACKING_STREAM;
	if (l->is_raw && str_starts(below->ahead, STR("\x1f\x8b"))) {
		l->written_s = gzip_written(below->ahead);
		l->written_s = l->written_s ? l->written_s : below->written_s;
		return gunzip_open(&l->gunzip);
	}
	l->archive = archive_new(l, packing);
	if (!l->archive)
		return ERR_NOMEM;
	return archive_read_open1(l->archive) == ARCHIVE_OK ? ERR_OK : fail_archive(l, buf_str(&below->name));
}

static struct str entry_name(struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	if (!name)
		name = archive_entry_pathname_utf8(entry);
	return str_c(name ? name : "?");
}

static bool is_tar(const struct layer *l)
{
	return (archive_format(l->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
}

/* A tar that ends without its mark of zeros was cut off between two members. */
static enum err check_tar_end(struct layer *l, struct str name)
{
	if (is_tar(l) && archive_filter_bytes(l->archive, 0) - l->tar_at < 512)
		return diags_fail(l->input->diags, ERR_DAMAGED, "%.*s: cut off: the mark at its end is missing",
				  STR_ARG(name));
	return ERR_OK;
}

/* drain reads what is left of a member, for what is wrong with it: a bomb, a cut. */
static enum err drain(struct layer *l)
{
	struct str block = { 0 };
	enum err e = ERR_OK;
	while (!e && !l->ended)
		e = layer_read(l, &block);
	return e;
}

static enum err name_member(struct layer *l, struct archive_entry *entry)
{
	buf_clear(&l->name);
	buf_add(&l->name, buf_str(&(l - 1)->name));
	if (!l->is_raw) {
		buf_add_c(&l->name, "!/");
		buf_add(&l->name, entry_name(entry));
	}
	l->ahead = (struct str){ l->block, 0 };
	l->ended = false;
	l->unpacked = STR("");
	l->member_at = l->hole = 0;
	l->started = true;
	if (entry && archive_entry_is_encrypted(entry))
		return diags_fail(l->input->diags, ERR_DENIED, "%.*s: locked with a password: not read",
				  STR_ARG(buf_str(&l->name)));
	return buf_err(&l->name);
}

/* next_entry moves the layer at the top to its next file; *ret_more is false at its end. */
static enum err next_entry(struct input *in, bool *ret_more)
{
	struct layer *l = top(in);
	struct str outer = buf_str(&(l - 1)->name);
	*ret_more = false;
	if (l->is_raw && l->started) /* it has one member only */
		return ERR_OK;
	if (l->gunzip) {
		*ret_more = true;
		return name_member(l, NULL);
	}
	enum err e = l->started && is_tar(l) ? drain(l) : ERR_OK;
	while (!e) {
		struct archive_entry *entry;
		l->tar_at = archive_filter_bytes(l->archive, 0);
		int code = archive_read_next_header(l->archive, &entry);
		if (code == ARCHIVE_EOF) {
			e = check_tar_end(l, outer);
			return e || !(l - 1)->is_raw ? e : drain(l - 1);
		}
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			return fail_archive(l, outer);
		if (l->is_raw || archive_entry_filetype(entry) == AE_IFREG) {
			*ret_more = true;
			l->written_s = archive_entry_mtime(entry);
			if (l->written_s <= 0)
				l->written_s = (l - 1)->written_s;
			return name_member(l, entry);
		}
	}
	return e;
}

/* ---- files and folders ---- */

static void close_file(struct input *in)
{
	while (in->depth)
		pop_layer(in);
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	in->fd = -1;
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
	diags_add(in->diags, DIAG_WARNING, 0, "%s: a pipe: not read; as standard input it is (- <%s)", path, path);
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
	in->size = in->got = 0;
	if (in->in_memory) {
		in->bytes_at = 0;
	} else if (!strcmp(path, "-")) {
		in->fd = STDIN_FILENO;
	} else if (names_own_pipe(path)) {
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (in->fd < 0)
			return fail_errno(in, str_c(path), errno);
	} else {
		/* O_NONBLOCK: opening a FIFO or a device must not wait for anyone */
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		if (in->fd < 0 && errno == ENXIO)
			return refuse(in, path);
		if (in->fd < 0 || fstat(in->fd, &st))
			return fail_errno(in, str_c(path), errno);
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
	struct layer *l = push_layer(in);
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
	return in->walk ? ERR_OK : fail_errno(in, str_c(path), errno);
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
			return number ? fail_errno(in, in->member.root, number) : ERR_OK;
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
		case FTS_NS: return fail_errno(in, str_c(f->fts_path), f->fts_errno);
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
		if (!in->layers[i].is_raw)
			return true;
	return false;
}

/* refuse_foreign: nobody wants such a file read as if it were text. In a folder it is one file of many. */
static enum err refuse_foreign(struct input *in, struct str name, const char *kind)
{
	if (in->walk) {
		diags_add(in->diags, DIAG_WARNING, 0, "%.*s: packed with %s, which is not read: left out",
			  STR_ARG(name), kind);
		return ERR_UNSUPPORTED;
	}
	return diags_fail(in->diags, ERR_INPUT, "%.*s: packed with %s, which is not read: unpack it first",
			  STR_ARG(name), kind);
}

/* unpack opens what the member at the top holds, as long as that is packed in turn. */
static enum err unpack(struct input *in, bool *ret_more)
{
	*ret_more = true;
	for (;;) {
		struct layer *l = top(in);
		enum err e = fill(l, 512);
		if (e)
			return e;
		struct str name = buf_str(&l->name);
		enum packing packing = packing_of(l->ahead);
		bool tar, named = named_packed(name, &tar), outer = !in_archive(in);
		if (packing == PACKING_NONE && outer && tar && l->ahead.n)
			packing = PACKING_TAR; /* old ones have no mark at their start; the rest is damaged */
		if (packing == PACKING_NONE && in->depth == 1 && foreign(l->ahead))
			return refuse_foreign(in, name, foreign(l->ahead));
		if (packing == PACKING_NONE && named && in->depth == 1)
			return diags_fail(in->diags, ERR_DAMAGED, "%.*s: %s", STR_ARG(name),
					  l->ahead.n ? "no archive, though its name says so" : "empty");
		if (packing == PACKING_NONE || in->depth > INPUT_DEPTH)
			return ERR_OK;
		e = open_packed(in, packing);
		if (!e)
			e = next_entry(in, ret_more);
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
		e = next_entry(in, &more);
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
		pop_layer(in);
	return e;
}

enum err input_next(struct input *in, const struct input_member **ret_member)
{
	for (;;) {
		bool found;
		enum err e = step(in, &found);
		if (e) {
			/* what is damaged has no rest that could be trusted: on with the next file */
			close_file(in);
			return e;
		}
		if (!found)
			continue;
		if (in->depth) {
			in->member.name = buf_str(&top(in)->name);
			in->member.packed = in->depth > 1;
			in->member.written_s = top(in)->written_s;
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
	enum err e = layer_read(top(in), &block);
	if (e && e != ERR_INTERRUPTED)
		close_file(in);
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
