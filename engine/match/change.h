/* SPDX-License-Identifier: MIT
 *
 * A compiled block of an older content and the store > the block of the present content, where little has changed:
 * only new and changed articles are read. Leaves the old block as it is.
 */
#ifndef KBT_MATCH_CHANGE_H
#define KBT_MATCH_CHANGE_H

#include "match/file.h"
#include "store/store.h"

enum { CHANGED_MAX = 500 }; /* articles; of more, and of more than one in ten, the whole is compiled sooner */

/* ERR_LIMIT where compiling anew is better. */
enum err change_block(const struct file_view *base, struct store *s, const struct store_code *codes, size_t code_count,
		      struct file_stamp stamp, struct buf *ret_block) MUST_USE;

#endif
