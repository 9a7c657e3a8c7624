/* SPDX-License-Identifier: MIT
 *
 * Ranked articles > how often such answers are right: a regression on what the first one shares with the message, and
 * what speaks against each. Looks at the answers and the message only, and owns nothing.
 */
#ifndef KBT_MATCH_CONFIDENCE_H
#define KBT_MATCH_CONFIDENCE_H

#include "match/match.h"
#include "match/query.h"

/* confidence_set fills confidence, together, keeps and says_same of n answers, best first; als: all that was laid
 * against the message. */
void confidence_set(const struct query *q, const struct match_code *code, struct answer *answers, uint32_t n,
		    const struct alignment *als, uint32_t all);

/* confidence_doubt makes an answer less sure, by a factor under 1. */
void confidence_doubt(struct answer *x, double factor);

double confidence_logistic(double z); /* 0 to 1: what the regressions behind the confidences add up to */

/* confidence_is_quoted: its message is there to the letter and by itself, as people quote one. */
bool confidence_is_quoted(const struct query *q, const struct answer *x);

#endif
