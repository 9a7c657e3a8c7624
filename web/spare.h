/* SPDX-License-Identifier: MIT
 *
 * The memory of connections that say nothing. libmicrohttpd keeps a pool for each connection, as large as the largest
 * request's head needs, and fills all of it with zeros when a request has ended: ten thousand that are idle would hold
 * hundreds of MiB of zeros. A page of zeros that is given back to the system reads as zeros when it is touched again,
 * so that nobody can tell, as long as nobody writes to it in the same moment. Each of libmicrohttpd's threads therefore
 * has a shelf, and only it looks at the pools of the connections on it, which are its own.
 *
 * Where a pool begins is never guessed. It is learned from the first request of a connection: a pool of more than 32
 * KiB has whole pages of its own, what is read of the client stands at its beginning, and blank lines before the
 * request are the only thing that may come first. So a request that begins on a page, when less than a page was read
 * at all, begins on the first. A connection where this cannot be seen keeps its memory, and so does one that is being
 * closed: in the step in which libmicrohttpd frees a pool it ends its own half of the connection, before it looks at
 * another one. All this is as version 0.9.75 does it; spare_knows says whether that is the one here.
 */
#ifndef KBT_WEB_SPARE_H
#define KBT_WEB_SPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SPARE_PAGE = 4096,
	SPARE_POOL = 9 * SPARE_PAGE, /* the smallest that has pages of its own */
	SPARE_WAITING = 32,	     /* on a shelf with their memory: who comes back soon needs it */
	SPARE_AFTER_MS = 1000
};

struct spare_shelf;

/* A connection's part in it. Begins as zeros. */
struct spare {
	struct spare *next, *prev;
	struct spare_shelf *shelf; /* NULL while a request is in it, and after its memory was given back */
	char *pool;		   /* NULL: not known */
	int fd;
	int64_t since_ms;
};

struct spare_shelf {
	struct spare *first, *last;
	size_t count;
};

/* spare_knows says whether memory can be given back under this version of the library and with this size of pages. */
bool spare_knows(const char *version);
/* spare_learn: of the first request, where it begins in the pool. fd is read of by the calling thread alone. */
void spare_learn(struct spare *s, int fd, const char *begins);
/* spare_rest puts an idle connection on the shelf of the calling thread, and gives back the memory of those that have
 * been there for long. spare_wake takes it off. */
void spare_rest(struct spare_shelf *shelf, struct spare *s, int64_t now_ms);
void spare_wake(struct spare *s);
/* spare_trim gives back the pages of zeros of a connection that streams: libmicrohttpd fills what a request's head does
 * not need with zeros. Only for the thread that the connection belongs to, within a call of libmicrohttpd's for it. */
void spare_trim(struct spare *s);

#endif
