/* SPDX-License-Identifier: MIT
 *
 * The lists of several threads > one compiled block: one numbering of words, messages that differ only in variables,
 * case and punctuation as one group with its owners, and the indexes over groups and articles. Leaves the digests
 * as they are.
 */
#ifndef KBT_MATCH_ASSEMBLE_H
#define KBT_MATCH_ASSEMBLE_H

#include "match/digest.h"
#include "store/store.h"

enum err assemble(struct digest *const *digests, unsigned count, const struct store_code *codes, size_t code_count,
		  struct file_stamp stamp, struct buf *ret_block) MUST_USE;

#endif
