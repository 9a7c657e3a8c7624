/* SPDX-License-Identifier: MIT
 *
 * See seen.h.
 */
#include "web/seen.h"

#include "base/hash.h"
#include "base/mem.h"

#include <pthread.h>
#include <stdlib.h>

struct seen {
	pthread_mutex_t lock;
	struct arena arena;
	struct seen_item slots[2 * SEEN_MAX];
	size_t count;
};

enum err seen_open(struct seen **ret_seen)
{
	struct seen *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	*s = (struct seen){ 0 };
	pthread_mutex_init(&s->lock, NULL);
	*ret_seen = s;
	return ERR_OK;
}

void seen_close(struct seen **seen)
{
	struct seen *s = *seen;
	if (!s)
		return;
	*seen = NULL;
	arena_free(&s->arena);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

void seen_note(struct seen *s, struct str id)
{
	pthread_mutex_lock(&s->lock);
	size_t at = hash_bytes(id) % (2 * SEEN_MAX);
	while (s->slots[at].count && !str_eq(s->slots[at].id, id))
		at = (at + 1) % (2 * SEEN_MAX);
	if (s->slots[at].count) {
		s->slots[at].count++;
	} else if (s->count < SEEN_MAX) {
		struct str copy = arena_str(&s->arena, id);
		if (copy.n) {
			s->slots[at] = (struct seen_item){ copy, 1 };
			s->count++;
		}
	}
	pthread_mutex_unlock(&s->lock);
}

static int by_count(const void *left, const void *right)
{
	const struct seen_item *a = left, *b = right;
	return a->count != b->count ? (a->count > b->count ? -1 : 1) : str_cmp(a->id, b->id);
}

enum err seen_top(struct seen *s, size_t most, struct arena *a, struct seen_item **ret_items, size_t *ret_count)
{
	size_t count = 0;
	pthread_mutex_lock(&s->lock);
	struct seen_item *items = arena_array(a, struct seen_item, s->count + 1);
	for (size_t i = 0; items && i < 2 * SEEN_MAX; i++)
		if (s->slots[i].count)
			items[count++] = (struct seen_item){ arena_str(a, s->slots[i].id), s->slots[i].count };
	pthread_mutex_unlock(&s->lock);
	if (arena_err(a))
		return ERR_NOMEM;
	qsort(items, count, sizeof *items, by_count);
	*ret_items = items;
	*ret_count = count < most ? count : most;
	return ERR_OK;
}
