/* SPDX-License-Identifier: MIT
 *
 * The matcher's inside, for the files that make one and for tests: a checked view of a block that is mapped from a file
 * or held in memory.
 */
#ifndef KBT_MATCH_MATCHER_H
#define KBT_MATCH_MATCHER_H

#include "base/mapped.h"
#include "match/file.h"
#include "match/match.h"

struct matcher {
	struct file_view view;
	struct mapped map; /* of a file; else empty */
	struct buf owned;  /* in memory; else empty */
};

/* matcher_of_block takes the block over where it is sound: ERR_DAMAGED, ERR_NEWER, ERR_NOMEM else. */
enum err matcher_of_block(struct buf *block, struct matcher **ret_matcher) MUST_USE;

#endif
