/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <xxhash.h>

uint64_t hash_bytes(struct str bytes)
{
	return XXH3_64bits(bytes.p, bytes.n);
}

uint64_t hash_seeded(struct str bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.p, bytes.n, seed);
}
