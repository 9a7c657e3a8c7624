/* SPDX-License-Identifier: MIT
 *
 * A compiled block and the compiled form of a few new or changed articles > one block of both, without the articles
 * that are gone: what one changed article costs. Rarities of words are counted anew; the numbers of articles that stay
 * are kept. The inputs are left as they are.
 */
#ifndef KBT_MATCH_PATCH_H
#define KBT_MATCH_PATCH_H

#include "match/file.h"
#include "store/store.h"

/* gone: by article of base, those removed or replaced. numbers: what each article of the delta is called from now on:
 * the number of the one that it replaces, or a number behind all of base's, each of them once. The delta is compiled
 * with base's mean length. ERR_LIMIT where compiling anew is better: too many words, or base is full of what is gone.
 */
enum err patch_block(const struct file_view *base, const bool *gone, const struct file_view *delta,
		     const uint32_t *numbers, const struct store_code *codes, size_t code_count,
		     struct file_stamp stamp, struct buf *ret_block) MUST_USE;

#endif
