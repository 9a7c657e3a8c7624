/* SPDX-License-Identifier: MIT
 *
 * A word that people write > the words by which articles say the same: sizes ("8G", "8 gigs"), names with their version
 * ("Excel97", "SP4"), short names of products ("MSIE"). Takes folded tokens, gives folded words, and how much of what
 * such a word can weigh it may weigh here. Knows nothing of what the articles hold.
 */
#ifndef KBT_MATCH_SPELLING_H
#define KBT_MATCH_SPELLING_H

#include "match/token.h"

enum { SPELLINGS_MAX = 8 };

struct spelling {
	char word[TOKEN_MAX];
	uint32_t n;
	float share; /* 0 to 1 */
};

/* spellings_of the word, before which the other one stands (empty: none); gives their number. */
uint32_t spellings_of(struct str word, struct str before, struct spelling ret_spellings[SPELLINGS_MAX]);

#endif
