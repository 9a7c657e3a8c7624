/* SPDX-License-Identifier: MIT */
#include "base/index.h"

#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

static void link_item(struct index *ix, size_t place)
{
	uint32_t *head = &ix->heads[ix->items[place].hash & (ix->cap - 1)];
	ix->items[place].next = *head;
	*head = (uint32_t)place + 1;
}

static bool grow(struct index *ix)
{
	size_t cap = ix->cap ? 2 * ix->cap : 64;
	struct index_item *items = cap < UINT32_MAX ? mem_resize(ix->items, cap * sizeof *items) : NULL;
	if (!items)
		return false;
	ix->items = items;
	uint32_t *heads = mem_resize(NULL, cap * sizeof *heads);
	if (!heads)
		return false;
	memset(heads, 0, cap * sizeof *heads);
	mem_free(ix->heads);
	ix->heads = heads;
	ix->cap = cap;
	for (size_t i = 0; i < ix->count; i++)
		link_item(ix, i);
	return true;
}

enum err index_add(struct index *ix, uint64_t hash, uint32_t number)
{
	if (ix->count == ix->cap && !grow(ix))
		return ERR_NOMEM;
	ix->items[ix->count] = (struct index_item){ .hash = hash, .number = number };
	link_item(ix, ix->count++);
	return ERR_OK;
}

void index_clear(struct index *ix)
{
	ix->count = 0;
	if (ix->cap)
		memset(ix->heads, 0, ix->cap * sizeof *ix->heads);
}

void index_free(struct index *ix)
{
	mem_free(ix->items);
	mem_free(ix->heads);
	*ix = (struct index){ 0 };
}

static const struct index_item *find(const struct index *ix, uint32_t place, uint64_t hash)
{
	while (place && ix->items[place - 1].hash != hash)
		place = ix->items[place - 1].next;
	return place ? &ix->items[place - 1] : NULL;
}

const struct index_item *index_first(const struct index *ix, uint64_t hash)
{
	return ix->cap ? find(ix, ix->heads[hash & (ix->cap - 1)], hash) : NULL;
}

const struct index_item *index_next(const struct index *ix, const struct index_item *item)
{
	return find(ix, item->next, item->hash);
}
