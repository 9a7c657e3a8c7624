/* SPDX-License-Identifier: MIT
 *
 * Fast hashes of bytes (XXH3, by libxxhash): for tables and for checksums against damage, not against an attacker.
 */
#ifndef KBT_BASE_HASH_H
#define KBT_BASE_HASH_H

#include "base/str.h"

/* The same on every machine and in every run: files hold them. hash_bytes is hash_seeded with 0. */
uint64_t hash_bytes(struct str bytes);
uint64_t hash_seeded(struct str bytes, uint64_t seed);

/* hash_large is another hash than hash_bytes, for a hundred megabytes: HASH_PARTS of them are read at once, by as many
 * threads where they can be had. */
enum { HASH_PARTS = 4 };
uint64_t hash_large(struct str bytes);

#endif
