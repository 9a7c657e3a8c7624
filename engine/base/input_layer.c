/* SPDX-License-Identifier: MIT
 *
 * Formats: POSIX tar, PKWARE zip; compressed streams are those of unpack.h.
 */
#include "base/input_layer.h"

#include "base/mem.h"
#include "base/ready.h"
#include "base/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPENED_AGAIN_MAX = 16 }; /* of a zip: its index is read each time */

/* ---- one layer's bytes ---- */

struct layer *layer_top(struct input *in)
{
	return &in->layers[in->depth - 1];
}

/* shown: how a sentence names it. */
static struct str shown(struct str name)
{
	return !name.n ? STR("''") : str_eq(name, STR("-")) ? STR("standard input") : name;
}

enum err input_fail_errno(struct input *in, struct str name, int number)
{
	enum err e = err_from_errno(number);
	return diags_fail(in->diags, e, "%.*s: %s", STR_ARG(shown(name)), err_errno_text(number));
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
		*ret_n = str_copy(str_from(in->bytes, in->bytes_at), p, size);
		in->bytes_at += *ret_n;
		in->done += (int64_t)*ret_n;
		in->got += (int64_t)*ret_n;
		return ERR_OK;
	}
	do
		n = read(l->input->fd, p, size);
	while (n < 0 && errno == EAGAIN && ready_wait(l->input->fd, POLLIN));
	if (n < 0 && errno == EINTR)
		return ERR_INTERRUPTED;
	if (n < 0)
		return input_fail_errno(l->input, buf_str(&l->name), errno);
	in->done += n;
	in->got += n;
	*ret_n = (size_t)n;
	return n ? ERR_OK : check_size(in, buf_str(&l->name));
}

/* fail_archive: code is what libarchive said; only after ARCHIVE_FAILED does it go on with the next member. */
static enum err fail_archive(struct layer *l, struct str name, int code)
{
	l->broken = code != ARCHIVE_FAILED;
	if (l->below)
		return l->below;
	if (archive_errno(l->archive) == ENOMEM)
		return ERR_NOMEM;
	struct str said = str_trim(str_c(archive_error_string(l->archive)));
	return diags_fail(l->input->diags, ERR_DAMAGED, "%.*s: damaged or cut off (%.*s)", STR_ARG(shown(name)),
			  STR_ARG(said.n ? said : STR("no reason given")));
}

/* unpack_some: block by block, for archive_read_data drops what it has where the next one is damaged. What comes with a
 * warning (a checksum does not fit) is given first. */
static enum err unpack_some(struct layer *l)
{
	const void *p;
	size_t n = 0;
	la_int64_t at = 0;
	while (!l->unpacked.n) {
		int code = l->flawed ? ARCHIVE_FAILED : archive_read_data_block(l->archive, &p, &n, &at);
		if (code == ARCHIVE_EOF)
			return ERR_OK;
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			return fail_archive(l, buf_str(&l->name), code);
		l->flawed = code == ARCHIVE_WARN;
		l->unpacked = (struct str){ n ? p : "", n };
		l->hole = at > l->member_at ? at - l->member_at : 0;
	}
	return ERR_OK;
}

/* count_out: a bomb is told by what came of so many packed bytes; many small ones by what came of the whole file. */
static enum err count_out(struct layer *l, size_t n, int64_t packed)
{
	struct input *in = l->input;
	l->out += (int64_t)n;
	in->out += (int64_t)n;
	if (in->out > INPUT_SLACK_FILE && in->out / INPUT_RATIO_FILE > in->got) {
		in->spent = true;
		return diags_fail(in->diags, ERR_LIMIT,
				  "%.*s: all that it holds becomes over %d times its size: not read further",
				  STR_ARG(buf_str(&in->layers[0].name)), INPUT_RATIO_FILE);
	}
	if (l->out <= INPUT_SLACK || l->out / INPUT_RATIO <= packed)
		return ERR_OK;
	return diags_fail(l->input->diags, ERR_LIMIT,
			  "%.*s: becomes over %d times its size when unpacked: not read further",
			  STR_ARG(buf_str(&l->name)), INPUT_RATIO);
}

static enum err read_archive(struct layer *l, char *p, size_t size, size_t *ret_n)
{
	enum err e = l->unpacked.n ? ERR_OK : unpack_some(l);
	if (e)
		return e;
	size_t zeros = l->hole < (int64_t)size ? (size_t)l->hole : size, n = zeros;
	memset(p, 0, zeros);
	l->hole -= (int64_t)zeros;
	n += str_take(&l->unpacked, p + zeros, size - zeros);
	l->member_at += (int64_t)n;
	*ret_n = n;
	return count_out(l, n, archive_filter_bytes(l->archive, -1) - l->packed_at);
}

/* unpack_fail says why nothing comes any more; ERR_OK at the stream's end. */
static enum err unpack_fail(struct layer *l, enum unpack_state state)
{
	struct diags *d = l->input->diags;
	struct str name = shown(buf_str(&l->name));
	const char *why = unpack_why(l->unpack);
	switch (state) {
	case UNPACK_DAMAGED: return diags_fail(d, ERR_DAMAGED, "%.*s: damaged or cut off (%s)", STR_ARG(name), why);
	case UNPACK_REFUSED: return diags_fail(d, ERR_LIMIT, "%.*s: %s: not read further", STR_ARG(name), why);
	case UNPACK_NOMEM: return ERR_NOMEM;
	case UNPACK_GOES_ON:
	case UNPACK_ENDED: break;
	}
	if (l->packed.n && l->packed.p[0])
		diags_add(d, DIAG_WARNING, 0, "%.*s: what stands behind its %s stream is no %s: not read",
			  STR_ARG(name), unpack_name(l->unpack), unpack_name(l->unpack));
	return ERR_OK;
}

static enum err read_stream(struct layer *l, char *p, size_t size, size_t *ret_n)
{
	for (size_t n = 0;;) {
		if (!l->packed.n && !l->packed_ended) {
			enum err e = layer_read(l - 1, &l->packed);
			if (e)
				return e;
			l->packed_ended = !l->packed.n;
			l->packed_in += (int64_t)l->packed.n;
		}
		enum unpack_state state = unpack_step(l->unpack, &l->packed, l->packed_ended, p, size, &n);
		*ret_n = n;
		if (n)
			return count_out(l, n, l->packed_in);
		if (state != UNPACK_GOES_ON)
			return unpack_fail(l, state);
	}
}

enum err layer_fill(struct layer *l, size_t want)
{
	if (l->ahead.n && l->ahead.p != l->block)
		memmove(l->block, l->ahead.p, l->ahead.n);
	l->ahead.p = l->block;
	while (l->ahead.n < want && !l->ended) {
		size_t n = 0, room = INPUT_BLOCK - l->ahead.n;
		char *p = l->block + l->ahead.n;
		enum err e = l->failed	  ? l->failed
			     : l->unpack  ? read_stream(l, p, room, &n)
			     : l->archive ? read_archive(l, p, room, &n)
					  : read_file(l, p, room, &n);
		if (e == ERR_INTERRUPTED)
			return e;
		l->failed = e;
		if (e)
			return l->ahead.n ? ERR_OK : e;
		l->ended = n == 0;
		l->ahead.n += n;
	}
	return ERR_OK;
}

enum err layer_read(struct layer *l, struct str *ret_block)
{
	if (!l->ahead.n) {
		enum err e = layer_fill(l, 1);
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
	(l - 1)->failed = ERR_OK;
	l->input->size = 0; /* read out of order: how much of it was read tells nothing */
	return at;
}

static void close_archive(struct layer *l)
{
	archive_entry_free(l->entry);
	archive_read_free(l->archive);
	l->entry = NULL;
	l->archive = NULL;
}

void layer_pop(struct input *in)
{
	struct layer *l = layer_top(in);
	close_archive(l);
	unpack_close(&l->unpack);
	in->depth--;
}

struct layer *layer_push(struct input *in)
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

const struct foreign *packing_foreign(struct str head)
{
	static const char unpack[] = "unpack it first";
	static const struct foreign kinds[] = {
		{ STR_LIT("7z\xbc\xaf\x27\x1c"), "packed with 7z", unpack },
		{ STR_LIT("Rar!\x1a\x07"), "packed with RAR", unpack },
		{ STR_LIT("MSCF\0\0\0\0"), "packed with cabinet", unpack },
		{ STR_LIT("\x04\x22\x4d\x18"), "packed with lz4", unpack },
		{ STR_LIT("\x1f\x9d"), "packed with compress (.Z)", unpack },
		{ STR_LIT("LZIP\1"), "packed with lzip", unpack },
		{ STR_LIT("\x89LZO\0\r\n"), "packed with lzop", unpack },
		{ STR_LIT("\x5d\0\0"), "packed with LZMA", unpack },
		{ STR_LIT("ElfFile\0"), "a Windows event log",
		  "write it as text first (wevtutil qe FILE /lf:true /f:text)" },
		{ STR_LIT("LPKSHHRH"), "a journal of systemd", "--journal takes its folder" },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_starts(head, kinds[i].mark))
			return &kinds[i];
	return NULL;
}

enum packing packing_of(struct str head)
{
	if (unpack_knows(head))
		return PACKING_STREAM;
	if (str_starts(head, STR("PK\3\4")) || str_starts(head, STR("PK\5\6")))
		return PACKING_ZIP;
	return str_starts(str_from(head, 257), STR("ustar")) ? PACKING_TAR : PACKING_NONE;
}

bool input_is_packed(struct str head)
{
	return packing_of(head) != PACKING_NONE;
}

bool packing_named(struct str name, bool *ret_tar)
{
	static const struct str tars[] = { STR_LIT(".tar"),    STR_LIT(".tar.gz"),  STR_LIT(".tgz"),
					   STR_LIT(".tar.xz"), STR_LIT(".tar.zst"), STR_LIT(".tar.bz2") };
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

static bool can_seek(const struct layer *l)
{
	return l == &l->input->layers[1] && l->input->fd != STDIN_FILENO;
}

/* set_up: without memory libarchive leaves out what it says here, and reads on where nothing is. */
static bool set_up(struct archive *a, struct layer *l, enum packing packing)
{
	int code;
	if (packing == PACKING_TAR)
		code = archive_read_support_format_tar(a);
	else if (can_seek(l)) /* by its index, at its end: without it the file was cut off */
		code = archive_read_support_format_zip_seekable(a);
	else
		code = archive_read_support_format_zip_streamable(a);
	return code == ARCHIVE_OK && archive_read_set_read_callback(a, read_below) == ARCHIVE_OK &&
	       archive_read_set_callback_data(a, l) == ARCHIVE_OK &&
	       (!can_seek(l) || archive_read_set_seek_callback(a, seek_below) == ARCHIVE_OK);
}

static enum err open_archive(struct layer *l, enum packing packing)
{
	l->archive = archive_read_new();
	l->entry = l->archive ? archive_entry_new2(l->archive) : NULL; /* its own may be missing, unseen */
	if (!l->entry || !set_up(l->archive, l, packing))
		return ERR_NOMEM;
	int code = archive_read_open1(l->archive);
	return code == ARCHIVE_OK ? ERR_OK : fail_archive(l, buf_str(&(l - 1)->name), ARCHIVE_FATAL);
}

/* gzip_written is what a gzip stream's head says of when its file was written; 0: nothing, or no gzip. */
static int64_t gzip_written(struct str head)
{
	uint32_t s = 0;
	for (size_t i = 0; i < 4 && head.n >= 8 && str_starts(head, STR("\x1f\x8b")); i++)
		s |= (uint32_t)(unsigned char)head.p[4 + i] << 8 * i;
	return (int64_t)s;
}

enum err layer_open_packed(struct input *in, enum packing packing)
{
	struct layer *below = layer_top(in), *l = layer_push(in);
	if (!l)
		return ERR_NOMEM;
	if (packing == PACKING_STREAM) {
		l->written_s = gzip_written(below->ahead);
		l->written_s = l->written_s ? l->written_s : below->written_s;
		return unpack_open(below->ahead, &l->unpack);
	}
	return open_archive(l, packing);
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
	if (entry) {
		buf_add_c(&l->name, "!/");
		buf_add(&l->name, entry_name(entry));
	}
	l->ahead = (struct str){ l->block, 0 };
	l->ended = false;
	l->unpacked = STR("");
	l->member_at = l->hole = l->out = 0;
	l->flawed = false;
	l->started = true;
	if (entry && archive_entry_is_encrypted(entry))
		return diags_fail(l->input->diags, ERR_DENIED, "%.*s: locked with a password: not read",
				  STR_ARG(buf_str(&l->name)));
	return buf_err(&l->name);
}

/* open_again: libarchive gives up a zip at a damaged member, whose index tells where the others are. */
static bool open_again(struct layer *l)
{
	if (!l->members || !can_seek(l) || is_tar(l) || l->below || l->again++ >= OPENED_AGAIN_MAX ||
	    seek_below(l->archive, l, 0, SEEK_SET))
		return false;
	close_archive(l);
	l->broken = open_archive(l, PACKING_ZIP);
	for (size_t i = 0; i < l->members && !l->broken; i++)
		l->broken = archive_read_next_header2(l->archive, l->entry) < ARCHIVE_WARN;
	return !l->broken;
}

bool layer_leave_member(struct layer *l)
{
	if (!l->archive || (l->broken && !open_again(l)))
		return false;
	l->ahead = (struct str){ l->block, 0 };
	l->failed = ERR_OK;
	l->ended = true;
	return true;
}

/* next_header goes to the archive's next file; *ret_entry is NULL behind the last one. */
static enum err next_header(struct layer *l, struct archive_entry **ret_entry)
{
	struct str outer = buf_str(&(l - 1)->name);
	enum err e = l->started && is_tar(l) ? drain(l) : ERR_OK;
	*ret_entry = NULL;
	while (!e) {
		l->tar_at = archive_filter_bytes(l->archive, 0);
		int code = archive_read_next_header2(l->archive, l->entry);
		if (code == ARCHIVE_EOF) {
			e = check_tar_end(l, outer);
			return e || !(l - 1)->unpack ? e : drain(l - 1);
		}
		if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
			return fail_archive(l, outer, ARCHIVE_FATAL);
		l->members++;
		if (archive_entry_filetype(l->entry) == AE_IFREG) {
			*ret_entry = l->entry;
			return ERR_OK;
		}
	}
	return e;
}

enum err layer_next_entry(struct input *in, bool *ret_more)
{
	struct layer *l = layer_top(in);
	struct archive_entry *entry = NULL;
	*ret_more = false;
	if (l->unpack) { /* it has one member only */
		*ret_more = !l->started;
		return l->started ? ERR_OK : name_member(l, NULL);
	}
	enum err e = next_header(l, &entry);
	l->broken = e;
	l->again = e ? OPENED_AGAIN_MAX : l->again; /* it would end there again */
	if (!entry)
		return e;
	*ret_more = true;
	l->packed_at = archive_filter_bytes(l->archive, -1);
	l->written_s = archive_entry_mtime(entry);
	if (l->written_s <= 0)
		l->written_s = (l - 1)->written_s;
	return name_member(l, entry);
}
