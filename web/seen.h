/* SPDX-License-Identifier: MIT
 *
 * How often each article was the answer here since the server's start: counts alone, never a text. Bounded; any thread.
 */
#ifndef KBT_WEB_SEEN_H
#define KBT_WEB_SEEN_H

#include "base/arena.h"

enum { SEEN_MAX = 4096 /* articles; what comes beyond is not counted */ };

struct seen;

struct seen_item {
	struct str id;
	uint64_t count;
};

/* From any thread. seen_note counts an article; beyond SEEN_MAX of them new ones are not counted. ERR_NOMEM. */
enum err seen_open(struct seen **ret_seen) MUST_USE;
void seen_close(struct seen **seen);
void seen_note(struct seen *s, struct str id);
/* seen_top gives the most seen, at most `most`, the frequent first. */
enum err seen_top(struct seen *s, size_t most, struct arena *a, struct seen_item **ret_items,
		  size_t *ret_count) MUST_USE;

#endif
