/* SPDX-License-Identifier: MIT */
#include "base/gunzip.h"

#include "base/mem.h"

#include <zlib.h>

enum { GZIP_ALONE = 15 + 16 /* zlib's number for it */, GZIP_FIRST = 0x1f };

struct gunzip {
	z_stream z;
	bool between; /* behind one stream */
	const char *why;
};

enum err gunzip_open(struct gunzip **ret_gunzip)
{
	struct gunzip *g = mem_resize(NULL, sizeof *g);
	if (!g)
		return ERR_NOMEM;
	*g = (struct gunzip){ 0 };
	if (inflateInit2(&g->z, GZIP_ALONE) != Z_OK) {
		mem_free(g);
		return ERR_NOMEM;
	}
	*ret_gunzip = g;
	return ERR_OK;
}

void gunzip_close(struct gunzip **gunzip)
{
	struct gunzip *g = *gunzip;
	*gunzip = NULL;
	if (!g)
		return;
	inflateEnd(&g->z);
	mem_free(g);
}

/* begin_next: of the bytes behind a stream those count that begin another one. */
static enum gunzip_state begin_next(struct gunzip *g, struct str packed, bool last)
{
	if (!packed.n)
		return last ? GUNZIP_ENDED : GUNZIP_GOES_ON;
	if ((unsigned char)packed.p[0] != GZIP_FIRST || inflateReset(&g->z) != Z_OK)
		return GUNZIP_ENDED;
	g->between = false;
	return GUNZIP_GOES_ON;
}

enum gunzip_state gunzip_step(struct gunzip *g, struct str *packed, bool last, char *p, size_t n, size_t *ret_n)
{
	struct str some = str_first(*packed, 1u << 30);
	*ret_n = 0;
	if (g->between) {
		enum gunzip_state state = begin_next(g, some, last);
		if (state != GUNZIP_GOES_ON || g->between)
			return state;
	}
	g->z.next_in = (z_const Bytef *)some.p;
	g->z.avail_in = (uInt)some.n;
	g->z.next_out = (Bytef *)p;
	g->z.avail_out = (uInt)n;
	int code = inflate(&g->z, Z_NO_FLUSH);
	*packed = str_from(*packed, some.n - g->z.avail_in);
	*ret_n = n - g->z.avail_out;
	g->between = code == Z_STREAM_END;
	if (code == Z_OK || code == Z_STREAM_END || *ret_n)
		return GUNZIP_GOES_ON; /* what is wrong behind that is said again */
	if (code == Z_BUF_ERROR && !(last && !packed->n))
		return GUNZIP_GOES_ON;
	g->why = code == Z_BUF_ERROR ? "truncated gzip input" : g->z.msg ? g->z.msg : "gzip decompression failed";
	return GUNZIP_DAMAGED;
}

const char *gunzip_why(const struct gunzip *g)
{
	return g->why ? g->why : "";
}
