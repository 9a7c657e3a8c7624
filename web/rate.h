/* SPDX-License-Identifier: MIT
 *
 * How often a client may do something: a bucket a client that fills at a steady rate up to a burst, and that each doing
 * takes one out of. A fixed table: where too many clients come at once, the bucket that is fullest is forgotten. Pure:
 * now is a parameter. One thread at a time.
 */
#ifndef KBT_WEB_RATE_H
#define KBT_WEB_RATE_H

#include "base/str.h"

enum { RATE_SETS = 1024, RATE_WAYS = 4 };

struct rates {
	double per_s, burst;
	uint64_t seed; /* random, so that nobody can choose addresses that share a bucket */
	struct rate_bucket {
		uint64_t key; /* 0: free */
		double level;
		int64_t at_ms;
	} buckets[RATE_SETS][RATE_WAYS];
};

/* rates_take: false where the client has to wait, then *ret_wait_s (at least 1) is how long. An empty client is never
 * limited. */
bool rates_take(struct rates *rates, struct str client, int64_t now_ms, unsigned *ret_wait_s);

#endif
