/* SPDX-License-Identifier: MIT
 *
 * The best so many of things that have a number and a score: the higher score first, of equal ones the lower number. A
 * thing is kept as one 64-bit item that sorts so. Owns nothing. Scores are no NaN.
 */
#ifndef KBT_MATCH_BEST_H
#define KBT_MATCH_BEST_H

#include <math.h>
#include <stdint.h>
#include <string.h>

enum { BEST_MAX = 200 };

struct best {
	uint64_t items[2 * BEST_MAX]; /* in no order before best_sort; then descending */
	uint32_t n, max;
	uint64_t least; /* of the last max that were chosen: what is no more than that is none; 0 before */
	float floor;	/* what a score has to reach to be worth an offer */
};

static inline uint64_t best_item(float score, uint32_t number)
{
	uint32_t bits;
	memcpy(&bits, &score, sizeof bits);
	bits ^= bits >> 31 ? UINT32_MAX : UINT32_C(1) << 31; /* negative ones sort the other way round */
	return (uint64_t)bits << 32 | (UINT32_MAX - number);
}

static inline uint32_t best_number(uint64_t item)
{
	return UINT32_MAX - (uint32_t)item;
}

static inline float best_score(uint64_t item)
{
	uint32_t bits = (uint32_t)(item >> 32);
	float score;
	bits ^= bits >> 31 ? UINT32_C(1) << 31 : UINT32_MAX;
	memcpy(&score, &bits, sizeof score);
	return score;
}

/* best_begin: at most max of them, up to BEST_MAX. */
static inline void best_begin(struct best *b, uint32_t max)
{
	b->n = 0;
	b->max = max;
	b->least = 0;
	b->floor = -INFINITY;
}

/* best_choose leaves max of the items; with fewer it does nothing. */
void best_choose(struct best *b);

/* best_sort leaves max of the items, best first. */
void best_sort(struct best *b);

/* best_offer: each number once. */
static inline void best_offer(struct best *b, float score, uint32_t number)
{
	uint64_t item = best_item(score, number);
	if (item <= b->least)
		return;
	b->items[b->n++] = item;
	if (b->n == 2 * b->max)
		best_choose(b);
}

#endif
