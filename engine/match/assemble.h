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

/* mean_length: of articles, in words; 0 takes theirs. */
enum err assemble(struct digest *const *digests, unsigned count, double mean_length, const struct store_code *codes,
		  size_t code_count, struct file_stamp stamp, struct buf *ret_block) MUST_USE;

/* For patch.c, which does the same to a block that is there. */
enum { POST_DOCS_MAX = 1024 }; /* articles kept for one word: the strongest. Bounds a look-up however large the KB */
enum { COMMON_WORDS_MAX = 8191 }; /* words with a cut list that 16 bits hold beside a weight's step */
uint32_t assemble_cut_posts(uint32_t *posts, uint32_t n); /* to POST_DOCS_MAX; gives how many are kept */
uint32_t assemble_sort_unique(uint64_t *keys, uint32_t n); /* in place; gives how many are left */
uint64_t assemble_hash_tokens(const uint32_t *tokens, uint32_t n);
/* assemble_count_classes adds to counts[WORD_CLASSES] in how many of the articles each class of words stands. */
enum err assemble_count_classes(const struct file_article *articles, uint32_t n, const uint16_t *words,
				uint32_t *counts) MUST_USE;
/* What a word tells that so many of all have, as BM25's inverse document frequency: of articles 0 for a word that none
 * has, of groups the most for one. */
float assemble_weight_of_doc_word(uint32_t articles, uint32_t having);
float assemble_weight_of_group_word(uint32_t groups, uint32_t having);
enum err assemble_put_codes(struct buf sections[SEC_COUNT], const struct store_code *codes, size_t count) MUST_USE;

#endif
