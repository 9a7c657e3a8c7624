/* SPDX-License-Identifier: MIT
 *
 * One file of a log that grows: how far it was read, and whether it still is what was read. A file is known by device,
 * inode and birth, and by what it holds: its first bytes and those just before the place that was reached. Only
 * whole lines count as there to be read, until the file is known to be finished. Owns a descriptor; reads no clock.
 */
#ifndef KBT_FOLLOW_TAIL_H
#define KBT_FOLLOW_TAIL_H

#include "scan/scan.h"

#include <sys/types.h>

enum {
	TAIL_HEAD_MAX = 1024,	/* first bytes that tell a file */
	TAIL_LAST_MAX = 128,	/* bytes before the place reached */
	TAIL_EDGE = 32 << 10,	/* context read before and behind a piece */
	TAIL_PIECE_MAX = 4 << 20 /* bytes of a piece */
};

struct tail_id {
	uint64_t dev, ino;
	int64_t born_ns; /* 0 where the file system does not keep it */
};
uint64_t tail_dev(dev_t dev); /* as an id holds it */
bool tail_id_eq(const struct tail_id *a, const struct tail_id *b);

/* A place in a file's content, and what it takes to find it again in a copy: what a cursor keeps. */
struct tail_place {
	struct tail_id id;
	uint64_t offset, line;	 /* reached; line is 1-based */
	size_t head_n, last_n;	 /* bytes hashed: from 0 (also what is seen and not read yet), and up to offset */
	uint64_t head, last;
	int64_t changed_ns;	 /* the file's mtime when last seen */
	bool open;		 /* nothing behind offset was seen with what is before it: scan_part */
};

struct tail {
	int fd;
	struct tail_place at;
	uint64_t size;	   /* when last looked at */
	uint64_t looked;   /* from the place reached to here no line ends */
	enum scan_coding coding;
	bool feeds, returns; /* its beginning has line feeds; or carriage returns alone, which end its lines then */
	int64_t grown_ms, waiting_since_ms; /* when it last grew; since when something is unread */
	int64_t changed_ms; /* when its size or mtime last changed, as far as was looked */
};

/* tail_open opens a regular file at its start. ERR_UNSUPPORTED for anything else, ERR_NOTFOUND, ERR_DENIED, ERR_IO. */
enum err tail_open(const char *path, struct tail *ret_tail) MUST_USE;
void tail_close(struct tail *t);

/* tail_fits says whether the file holds what was read up to this place. */
bool tail_fits(const struct tail *t, const struct tail_place *place);
void tail_resume(struct tail *t, const struct tail_place *place); /* which fits */

/* tail_look takes the size anew. */
enum tail_state {
	TAIL_SAME,    /* or more of it */
	TAIL_OPEN,    /* nothing was read yet, and it changed: what was seen may have gone already, and this be new */
	TAIL_REPLACED /* what was seen is no longer there (truncated, written over) */
};
enum tail_state tail_look(struct tail *t, int64_t now_ms);

/* tail_next gives the end of the next piece: behind a whole line, or in the midst of one longer than TAIL_PIECE_MAX;
 * at->offset where there is none. finished: what lacks its line end counts as well. */
uint64_t tail_next(struct tail *t, bool finished);

/* tail_read reads the piece up to `to` with context around it, behind it only where there is plenty, so that a message
 * that is still being written is seen whole with the next piece: its bytes, and how they stand in the stream.
 * ERR_NOTFOUND where the file changed under it: look again. ERR_IO, ERR_NOMEM. */
enum err tail_read(struct tail *t, uint64_t to, struct buf *bytes, struct scan_part *ret_part) MUST_USE;

/* tail_advance: all before `to` is done; bytes and part are those of tail_read. */
void tail_advance(struct tail *t, uint64_t to, struct str bytes, const struct scan_part *part);

/* tail_skip takes all that is there for done. */
void tail_skip(struct tail *t);

/* tail_hash is the hash of heads and lasts. */
uint64_t tail_hash(struct str bytes);

#endif
