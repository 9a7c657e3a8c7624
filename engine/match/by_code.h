/* SPDX-License-Identifier: MIT
 *
 * What the message's code tells by itself: articles found by what it means, whatever words stand around it, added to
 * those that its words have found. Owns nothing: what is made lies in the query's arena.
 */
#ifndef KBT_MATCH_BY_CODE_H
#define KBT_MATCH_BY_CODE_H

#include "match/query.h"

/* by_code_is_all: nothing but a number, its symbol, the words that introduce one, and the first ones of what it means. */
bool by_code_is_all(const struct query *q, const struct match_code *code);

/* by_code_is_said: that, and what it means stands behind it. */
bool by_code_is_said(const struct query *q, const struct match_code *code);

/* by_code_share: how much a code tells among other words, 0 to 1: a symbol or a long number is one wherever it stands;
 * a small number where the word before it speaks of an error, and 1 and 2 are what any program ends with. */
double by_code_share(const struct query *q, const struct match_code *code);

/* by_code_is_spelled: a message of ours that is this code and nothing else. */
bool by_code_is_spelled(const struct query *q, const struct match_code *code, const struct answer *x);

/* by_code_add gives how many answers there are then, of the array's MATCH_RESULTS_MAX. share: of what the code tells
 * alone; told: what of that is left to articles that quote the code where it was not said. */
uint32_t by_code_add(struct query *q, const struct match_code *code, double share, double told, struct answer *answers,
		     uint32_t n);

#endif
