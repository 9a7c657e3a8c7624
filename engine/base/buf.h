/* SPDX-License-Identifier: MIT
 *
 * struct buf: the one growing string. A zeroed buf is empty. It owns its memory until buf_free. A failed allocation is
 * sticky: what is added later is dropped, and buf_err says ERR_NOMEM. With a limit set, growing past it is sticky too
 * (ERR_LIMIT).
 */
#ifndef KBT_BASE_BUF_H
#define KBT_BASE_BUF_H

#include "base/arena.h"

struct buf {
	char *p;
	size_t n, cap;
	size_t limit; /* bytes; 0 for none */
	enum err err;
};

/* Each adds at the end: a string, a C string, a byte, bytes, printf's text. */
void buf_add(struct buf *b, struct str s);
void buf_add_c(struct buf *b, const char *c);
void buf_add_char(struct buf *b, char c);
void buf_add_bytes(struct buf *b, const void *p, size_t n);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *buf_room(struct buf *b, size_t n);    /* n writable bytes at the end (then b->n += what was used), or NULL */
struct str buf_str(const struct buf *b);    /* borrowed: valid until the next change */
struct str buf_keep(const struct buf *b, struct arena *a);
struct str buf_take(struct buf *b, struct arena *a); /* keeps it and frees b, whose failure is the arena's from then on */
enum err buf_err(const struct buf *b);
void buf_clear(struct buf *b);		    /* empty, memory kept, error forgotten */
void buf_free(struct buf *b);

#endif
