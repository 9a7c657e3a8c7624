/* SPDX-License-Identifier: MIT
 *
 * One table of codecs; each step of one decodes what it can. See unpack.h.
 */
#include "base/unpack.h"

#include "base/mem.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

enum {
	GZIP_ALONE = 15 + 16, /* zlib's number for it */
	XZ_MEMORY = 256 << 20,
	ZSTD_WINDOW_LOG = 27, /* 128 MiB, as the tool without --long */
	ZSTD_FIRST = 5,	      /* of a frame's bytes; any few do */
	ZSTD_BLOCK_HEAD = 3,
	STEP_MAX = 1 << 30 /* some libraries count in 32 bits */
};

struct codec {
	const char *name;
	enum err (*open)(struct unpack *u);
	enum err (*again)(struct unpack *u); /* for a stream behind one; NULL: there is none */
	void (*close)(struct unpack *u);
	/* What is given and taken is counted in u; ENDED: one stream has. */
	enum unpack_state (*step)(struct unpack *u, bool last);
	int first; /* byte of a stream: what begins otherwise behind one is none; -1: any but NUL */
};

struct unpack {
	const struct codec *codec;
	union {
		z_stream z;
		lzma_stream xz;
		bz_stream bz;
		struct {
			ZSTD_DCtx *d;
			size_t wants; /* bytes of the stream next */
			bool full;    /* the last step had room for no more */
		} zstd;
	} as;
	struct str in;
	char *out;
	size_t room, given;
	bool between;		  /* behind one stream */
	enum unpack_state failed; /* or GOES_ON; told once all before it is given */
	const char *why;
};

static enum unpack_state damaged(struct unpack *u, const char *why)
{
	u->why = why;
	return UNPACK_DAMAGED;
}

static void count(struct unpack *u, size_t in_left, size_t room_left)
{
	u->in = str_from(u->in, u->in.n - in_left);
	u->given = u->room - room_left;
}

/* ---- gzip ---- */

static enum err gzip_open(struct unpack *u)
{
	return inflateInit2(&u->as.z, GZIP_ALONE) == Z_OK ? ERR_OK : ERR_NOMEM;
}

static enum err gzip_again(struct unpack *u)
{
	return inflateReset(&u->as.z) == Z_OK ? ERR_OK : ERR_NOMEM;
}

static void gzip_close(struct unpack *u)
{
	inflateEnd(&u->as.z);
}

static enum unpack_state gzip_step(struct unpack *u, bool last)
{
	z_stream *z = &u->as.z;
	z->next_in = (z_const Bytef *)u->in.p;
	z->avail_in = (uInt)u->in.n;
	z->next_out = (Bytef *)u->out;
	z->avail_out = (uInt)u->room;
	int code = inflate(z, Z_NO_FLUSH);
	count(u, z->avail_in, z->avail_out);
	switch (code) {
	case Z_STREAM_END: return UNPACK_ENDED;
	case Z_OK: return UNPACK_GOES_ON;
	case Z_BUF_ERROR: return last && !u->in.n && !u->given ? damaged(u, "truncated gzip input") : UNPACK_GOES_ON;
	case Z_MEM_ERROR: return UNPACK_NOMEM;
	default: return damaged(u, z->msg ? z->msg : "gzip decompression failed");
	}
}

/* ---- xz: the library reads one stream behind the other by itself ---- */

static enum err xz_open(struct unpack *u)
{
	u->as.xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&u->as.xz, XZ_MEMORY, LZMA_CONCATENATED) == LZMA_OK ? ERR_OK : ERR_NOMEM;
}

static void xz_close(struct unpack *u)
{
	lzma_end(&u->as.xz);
}

static enum unpack_state xz_step(struct unpack *u, bool last)
{
	lzma_stream *xz = &u->as.xz;
	xz->next_in = (const uint8_t *)u->in.p;
	xz->avail_in = u->in.n;
	xz->next_out = (uint8_t *)u->out;
	xz->avail_out = u->room;
	lzma_ret code = lzma_code(xz, last && !u->in.n ? LZMA_FINISH : LZMA_RUN);
	count(u, xz->avail_in, xz->avail_out);
	switch (code) {
	case LZMA_STREAM_END: return UNPACK_ENDED;
	case LZMA_OK: return UNPACK_GOES_ON;
	case LZMA_BUF_ERROR: return last && !u->in.n ? damaged(u, "truncated xz input") : UNPACK_GOES_ON;
	case LZMA_MEM_ERROR: return UNPACK_NOMEM;
	case LZMA_MEMLIMIT_ERROR: u->why = "needs over 256 MiB of memory to be unpacked"; return UNPACK_REFUSED;
	case LZMA_OPTIONS_ERROR: return damaged(u, "xz options that are not known");
	default: return damaged(u, "xz data is corrupt");
	}
}

/* ---- zstd ---- */

static enum err zstd_open(struct unpack *u)
{
	u->as.zstd.wants = ZSTD_FIRST;
	u->as.zstd.full = false;
	u->as.zstd.d = ZSTD_createDCtx();
	if (!u->as.zstd.d)
		return ERR_NOMEM;
	if (!ZSTD_isError(ZSTD_DCtx_setParameter(u->as.zstd.d, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG)))
		return ERR_OK;
	ZSTD_freeDCtx(u->as.zstd.d);
	return ERR_NOMEM;
}

/* zstd_again: the decoder is ready for the next frame by itself. */
static enum err zstd_again(struct unpack *u)
{
	(void)u;
	return ERR_OK;
}

static void zstd_close(struct unpack *u)
{
	ZSTD_freeDCtx(u->as.zstd.d);
}

/* zstd_feed: a call that fails does not tell what it gave before that, so one call gets no more than one block, without
 * the head of the next, and none while something may still stand in the decoder. */
static size_t zstd_feed(const struct unpack *u)
{
	size_t wants = u->as.zstd.wants;
	if (u->as.zstd.full)
		return 0;
	return wants > ZSTD_BLOCK_HEAD ? wants - ZSTD_BLOCK_HEAD : wants;
}

static enum unpack_state zstd_failed(struct unpack *u, size_t code)
{
	switch (ZSTD_getErrorCode(code)) {
	case ZSTD_error_memory_allocation: return UNPACK_NOMEM;
	case ZSTD_error_frameParameter_windowTooLarge:
		u->why = "needs over 128 MiB of memory to be unpacked";
		return UNPACK_REFUSED;
	default: return damaged(u, ZSTD_getErrorName(code));
	}
}

static enum unpack_state zstd_step(struct unpack *u, bool last)
{
	ZSTD_inBuffer in = { u->in.p, str_first(u->in, zstd_feed(u)).n, 0 };
	ZSTD_outBuffer out = { u->out, u->room, 0 };
	bool was_full = u->as.zstd.full;
	size_t code = ZSTD_decompressStream(u->as.zstd.d, &out, &in);
	count(u, u->in.n - in.pos, u->room - out.pos);
	if (ZSTD_isError(code))
		return zstd_failed(u, code);
	u->as.zstd.full = out.pos == u->room;
	u->as.zstd.wants = code ? code : ZSTD_FIRST;
	if (!code)
		return UNPACK_ENDED;
	if (last && !u->in.n && !in.pos && !out.pos && !was_full)
		return damaged(u, "truncated zstd input");
	return UNPACK_GOES_ON;
}

/* ---- bzip2 ---- */

static enum err bzip2_open(struct unpack *u)
{
	u->as.bz = (bz_stream){ 0 };
	return BZ2_bzDecompressInit(&u->as.bz, 0, 0) == BZ_OK ? ERR_OK : ERR_NOMEM;
}

static void bzip2_close(struct unpack *u)
{
	BZ2_bzDecompressEnd(&u->as.bz);
}

static enum err bzip2_again(struct unpack *u)
{
	bzip2_close(u);
	return bzip2_open(u);
}

static enum unpack_state bzip2_step(struct unpack *u, bool last)
{
	bz_stream *bz = &u->as.bz;
	size_t in_before = u->in.n;
	union {
		const char *in;
		char *next;
	} from = { u->in.p }; /* it only reads there */
	bz->next_in = from.next;
	bz->avail_in = (unsigned)u->in.n;
	bz->next_out = u->out;
	bz->avail_out = (unsigned)u->room;
	int code = BZ2_bzDecompress(bz);
	count(u, bz->avail_in, bz->avail_out);
	switch (code) {
	case BZ_STREAM_END: return UNPACK_ENDED;
	case BZ_OK: return last && !in_before && !u->given ? damaged(u, "truncated bzip2 input") : UNPACK_GOES_ON;
	case BZ_MEM_ERROR: return UNPACK_NOMEM;
	default: return damaged(u, "bzip2 data is corrupt");
	}
}

/* ---- all of them ---- */

static const struct codec gzip = { "gzip", gzip_open, gzip_again, gzip_close, gzip_step, 0x1f };
static const struct codec xz = { "xz", xz_open, NULL, xz_close, xz_step, -1 };
static const struct codec zstd = { "zstd", zstd_open, zstd_again, zstd_close, zstd_step, -1 };
static const struct codec bzip2 = { "bzip2", bzip2_open, bzip2_again, bzip2_close, bzip2_step, 'B' };

/* is_skippable: a zstd frame that holds something for others; pzstd begins with one. */
static bool is_skippable(struct str head)
{
	return head.n && ((unsigned char)head.p[0] & 0xf0) == 0x50 &&
	       str_starts(str_from(head, 1), STR("\x2a\x4d\x18"));
}

/* is_bzip2: behind its mark stands that of a block, or of the end where it holds nothing. */
static bool is_bzip2(struct str head)
{
	struct str behind = str_from(head, 4);
	return str_starts(head, STR("BZh")) &&
	       (str_starts(behind, STR("1AY&SY")) || str_starts(behind, STR("\x17\x72\x45\x38\x50\x90")));
}

static const struct codec *codec_of(struct str head)
{
	if (str_starts(head, STR("\x1f\x8b")))
		return &gzip;
	if (str_starts(head, STR("\xfd"
				 "7zXZ\0")))
		return &xz;
	if (str_starts(head, STR("\x28\xb5\x2f\xfd")) || is_skippable(head))
		return &zstd;
	return is_bzip2(head) ? &bzip2 : NULL;
}

bool unpack_knows(struct str head)
{
	return codec_of(head) != NULL;
}

enum err unpack_open(struct str head, struct unpack **ret_unpack)
{
	const struct codec *codec = codec_of(head);
	if (!codec)
		return ERR_UNSUPPORTED;
	struct unpack *u = mem_resize(NULL, sizeof *u);
	if (!u)
		return ERR_NOMEM;
	*u = (struct unpack){ .codec = codec };
	enum err e = codec->open(u);
	if (e)
		mem_free(u);
	else
		*ret_unpack = u;
	return e;
}

void unpack_close(struct unpack **unpack)
{
	struct unpack *u = *unpack;
	*unpack = NULL;
	if (!u)
		return;
	u->codec->close(u);
	mem_free(u);
}

/* begin_next: of the bytes behind a stream those count that begin another one. */
static enum unpack_state begin_next(struct unpack *u, bool last)
{
	if (!u->in.n)
		return last ? UNPACK_ENDED : UNPACK_GOES_ON;
	if (!u->codec->again)
		return UNPACK_ENDED;
	int first = (unsigned char)u->in.p[0];
	if (u->codec->first < 0 ? !first : first != u->codec->first)
		return UNPACK_ENDED;
	enum err e = u->codec->again(u);
	u->between = false;
	return e ? UNPACK_NOMEM : UNPACK_GOES_ON;
}

static enum unpack_state step(struct unpack *u, bool last)
{
	if (u->between) {
		enum unpack_state state = begin_next(u, last);
		if (state != UNPACK_GOES_ON || u->between)
			return state;
	}
	enum unpack_state state = u->codec->step(u, last);
	u->between = state == UNPACK_ENDED;
	return u->between ? UNPACK_GOES_ON : state;
}

enum unpack_state unpack_step(struct unpack *u, struct str *packed, bool last, char *p, size_t n, size_t *ret_n)
{
	struct str some = str_first(*packed, STEP_MAX);
	*ret_n = 0;
	if (u->failed)
		return u->failed;
	u->in = some;
	u->out = p;
	u->room = n < STEP_MAX ? n : STEP_MAX;
	u->given = 0;
	enum unpack_state state = step(u, last);
	*packed = str_from(*packed, some.n - u->in.n);
	*ret_n = u->given;
	if (state != UNPACK_GOES_ON && state != UNPACK_ENDED)
		u->failed = state;
	return u->given ? UNPACK_GOES_ON : state;
}

const char *unpack_why(const struct unpack *u)
{
	return u->why ? u->why : "";
}

const char *unpack_name(const struct unpack *u)
{
	return u->codec->name;
}
