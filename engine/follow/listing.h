/* SPDX-License-Identifier: MIT
 *
 * The names in folders, each folder listed once, found by the log that they are a rotation of. What a listing says was
 * so when it was made; listings_forget makes the next question list again. A zeroed struct listings knows none.
 */
#ifndef KBT_FOLLOW_LISTING_H
#define KBT_FOLLOW_LISTING_H

#include "base/arena.h"
#include "base/index.h"

struct listing;

struct listings {
	struct arena arena;
	struct listing **items;
	size_t count, cap;
	struct index folders;
};

void listings_forget(struct listings *l);
void listings_free(struct listings *l);

/* listing_has_base says whether a file beside path stands to it as its base: path is a rotated log then. */
bool listing_has_base(struct listings *l, const char *path);

struct listing_file {
	const char *path;
	int64_t changed_ns;
};
/* listing_siblings gives the regular files beside path that are named as its rotations and not empty, the oldest first;
 * as they are now, of the names that were listed. */
enum err listing_siblings(struct listings *l, const char *path, struct arena *a, struct listing_file **ret_items,
			  size_t *ret_count) MUST_USE;

/* listing_same says whether two listings of path's folder hold the same files under the same names of its rotations. */
bool listing_same(struct listings *one, struct listings *other, const char *path);

#endif
