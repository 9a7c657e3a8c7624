/* SPDX-License-Identifier: MIT
 *
 * Arena: memory that a stage fills and its caller frees whole. A zeroed struct arena is an empty one. A failed
 * allocation makes the arena sticky: that call and every later one give NULL (or an empty string), and arena_err says
 * ERR_NOMEM; so a stage may check once at its end. All memory comes zeroed. Not for two threads at once.
 */
#ifndef KBT_BASE_ARENA_H
#define KBT_BASE_ARENA_H

#include "base/err.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first */
	size_t total;		    /* bytes asked of the heap */
	bool failed;
};

void *arena_alloc(struct arena *a, size_t size); /* aligned for any object, zeroed; size 0 gives a valid pointer */
enum err arena_err(const struct arena *a);	 /* ERR_OK or ERR_NOMEM */
void arena_reset(struct arena *a);		 /* forgets all, keeps one chunk for reuse, clears the stickiness */
void arena_free(struct arena *a);		 /* gives all back; a is empty again; zeroed a is fine */

#define arena_new(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, count) ((type *)arena_calloc((a), (count), sizeof(type)))
void *arena_calloc(struct arena *a, size_t count, size_t size); /* NULL and sticky where the product overflows */

struct str arena_str(struct arena *a, struct str s); /* a copy, with a NUL behind it that n does not count */
struct str arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *format, va_list args);

/* arena_push makes room for one more item of the given size behind *count items and counts it: a zeroed slot, or NULL
 * (sticky). *items, *count and *cap start zeroed and belong together; the items may move. */
#define arena_push(a, items, count, cap) \
	((__typeof__(*(items)))arena_push_((a), (void **)(items), (count), (cap), sizeof **(items)))
void *arena_push_(struct arena *a, void **items, size_t *count, size_t *cap, size_t size);

#endif
