/* SPDX-License-Identifier: MIT
 *
 * Token buckets in a table of sets. See rate.h.
 */
#include "web/rate.h"

#include "base/hash.h"

static double level_at(const struct rates *r, const struct rate_bucket *b, int64_t now_ms)
{
	double level = b->level + (double)(now_ms - b->at_ms) / 1000 * r->per_s;
	return !b->key || level > r->burst ? r->burst : level;
}

/* bucket_of finds the client's, else the one of its set that holds most: free ones are full. */
static struct rate_bucket *bucket_of(struct rates *r, struct str client, int64_t now_ms, uint64_t *ret_key)
{
	uint64_t key = hash_seeded(client, r->seed) | 1;
	struct rate_bucket *set = r->buckets[(key >> 1) % RATE_SETS], *fullest = set;
	*ret_key = key;
	for (size_t i = 0; i < RATE_WAYS; i++) {
		if (set[i].key == key)
			return &set[i];
		if (level_at(r, &set[i], now_ms) > level_at(r, fullest, now_ms))
			fullest = &set[i];
	}
	return fullest;
}

bool rates_take(struct rates *r, struct str client, int64_t now_ms, unsigned *ret_wait_s)
{
	uint64_t key;
	if (!client.n)
		return true;
	struct rate_bucket *b = bucket_of(r, client, now_ms, &key);
	double level = b->key == key ? level_at(r, b, now_ms) : r->burst;
	bool enough = level >= 1;
	if (!enough)
		*ret_wait_s = (unsigned)((1 - level) / r->per_s) + 1;
	*b = (struct rate_bucket){ key, enough ? level - 1 : level, now_ms };
	return enough;
}
