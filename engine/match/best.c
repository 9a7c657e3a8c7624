/* SPDX-License-Identifier: MIT */
#include "match/best.h"

void best_choose(struct best *b)
{
	uint64_t *items = b->items;
	if (b->n < b->max)
		return;
	for (uint32_t low = 0, high = b->n; high - low > 1;) { /* Hoare's FIND */
		uint64_t pivot = items[low + (high - low - 1) / 2];
		uint32_t i = low, k = high - 1;
		for (;; i++, k--) {
			while (items[i] > pivot)
				i++;
			while (items[k] < pivot)
				k--;
			if (i >= k)
				break;
			uint64_t swap = items[i];
			items[i] = items[k];
			items[k] = swap;
		}
		if (b->max <= k)
			high = k + 1;
		else
			low = k + 1;
	}
	b->n = b->max;
	b->least = items[0];
	for (uint32_t i = 1; i < b->n; i++)
		b->least = items[i] < b->least ? items[i] : b->least;
	b->floor = best_score(b->least);
}

void best_sort(struct best *b)
{
	static const uint32_t gaps[] = { 132, 57, 23, 10, 4, 1 }; /* Shell's sort, with Ciura's gaps */
	best_choose(b);
	for (unsigned g = 0; g < sizeof gaps / sizeof *gaps; g++)
		for (uint32_t i = gaps[g]; i < b->n; i++) {
			uint64_t item = b->items[i];
			uint32_t k = i;
			for (; k >= gaps[g] && b->items[k - gaps[g]] < item; k -= gaps[g])
				b->items[k] = b->items[k - gaps[g]];
			b->items[k] = item;
		}
}
