/* SPDX-License-Identifier: MIT */
#include "base/hash.h"

#include <pthread.h>
#include <xxhash.h>

/* Debian's library is built for any x86-64; its other entrance takes the widest registers that this machine has. */
#if defined __x86_64__ && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h>
#endif

uint64_t hash_bytes(struct str bytes)
{
	return XXH3_64bits(bytes.p, bytes.n);
}

uint64_t hash_seeded(struct str bytes, uint64_t seed)
{
	return XXH3_64bits_withSeed(bytes.p, bytes.n, seed);
}

struct part { struct str bytes; uint64_t hash; };

static void *hash_part(void *context)
{
	struct part *part = context;
	part->hash = hash_bytes(part->bytes);
	return NULL;
}

uint64_t hash_large(struct str bytes)
{
	struct part parts[HASH_PARTS];
	pthread_t threads[HASH_PARTS];
	bool begun[HASH_PARTS] = { false };
	uint64_t hashes[HASH_PARTS];
	size_t each = bytes.n / HASH_PARTS;
	for (size_t i = 0; i < HASH_PARTS; i++) {
		size_t end = i + 1 < HASH_PARTS ? (i + 1) * each : bytes.n;
		parts[i] = (struct part){ .bytes = str_part(bytes, i * each, end) };
		begun[i] = i && !pthread_create(&threads[i], NULL, hash_part, &parts[i]);
	}
	for (size_t i = 0; i < HASH_PARTS; i++) {
		if (begun[i])
			pthread_join(threads[i], NULL);
		else
			hash_part(&parts[i]);
		hashes[i] = parts[i].hash;
	}
	return hash_bytes((struct str){ (const char *)hashes, sizeof hashes });
}
