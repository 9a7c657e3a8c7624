/* SPDX-License-Identifier: MIT
 *
 * The parallel half of an import: files > parsed, compressed items. A ring of batches: the importing thread fills and
 * submits them, worker threads parse, extract and compress, and the importing thread gets them back in the order in
 * which they were submitted. Workers share nothing that changes but the ring.
 */
#ifndef KBT_STORE_WORK_H
#define KBT_STORE_WORK_H

#include "store/inside.h"

#include <pthread.h>

enum { BATCH_BYTES = 512 << 10, BATCH_ITEMS = 256, RING_MIN = 8, PACK_LEVEL = 3 };

enum item_kind { ITEM_OTHER, ITEM_KNOWN, ITEM_ARTICLE, ITEM_CAUSES, ITEM_CODES };

/* What the store held before the import: sources by the hash of their bytes. */
struct known_source {
	uint64_t hash;
	int64_t size, article, root; /* article 0: free slot */
};

struct known {
	struct known_source *slots; /* open addressing, a power of two, at most half full; NULL where there are none */
	size_t slot_count;
};

struct work_item {
	struct str name; /* as the input names it */
	struct str inner; /* its name in its root */
	int64_t root;	  /* number of its root */
	size_t at;	  /* its bytes: until they are submitted an offset */
	struct str bytes;
	/* made by a worker */
	enum item_kind kind;
	uint64_t hash;
	const struct known_source *known;
	struct article *article;
	struct rule rule;
	struct str packed;
};

struct batch {
	struct arena arena;
	struct diags diags; /* on authored articles */
	struct buf bytes;
	struct work_item *items;
	size_t count, cap;
	bool done;
	enum err err;
};

struct work {
	pthread_mutex_t lock;
	pthread_cond_t submitted, finished;
	pthread_t *threads;
	size_t thread_count;
	struct batch *ring;
	size_t ring_count;
	/* Running numbers of batches: first is the oldest not yet given back, taken the next for a worker, next the
	 * next to submit (without those held). first <= taken <= next <= first + ring_count. */
	size_t first, taken, next, held;
	bool ending;
	const struct known *known;
	const ZSTD_CDict *dict;
};

/* work_open starts the threads, as many as can be had; known is borrowed until work_close ends them. ERR_NOMEM. */
enum err work_open(size_t threads, const struct known *known, struct work **ret_work) MUST_USE;
void work_close(struct work **work);

/* work_empty gives the next free batch, emptied, or NULL where all are on their way. */
struct batch *work_empty(struct work *w);
/* work_submit hands the batch of work_empty over. With hold, workers get it at work_release only: the compressor is
 * taught from the first batches. */
void work_submit(struct work *w, bool hold);
void work_release(struct work *w, const ZSTD_CDict *dict);
/* work_finished waits for the oldest batch submitted; NULL where there is none. work_done gives it back. */
struct batch *work_finished(struct work *w);
void work_done(struct work *w);

#endif
