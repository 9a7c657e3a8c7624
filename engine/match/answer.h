/* SPDX-License-Identifier: MIT
 *
 * Ranked articles > the answer: what is above the confidence floor and what is merely near, near-duplicates folded,
 * captures by name with what is odd about them, spans in the query, and the sentence that says why.
 */
#ifndef KBT_MATCH_ANSWER_H
#define KBT_MATCH_ANSWER_H

#include "match/query.h"
#include "match/text.h"

enum {
	TEXT_ANSWERS_MAX = 10,
	NEAREST_MAX = 3,
	EQUALS_MAX = 5,		/* that are shown where only several together reach the floor */
	DESCRIPTION_TOKENS = 7	/* a message of fewer is no description */
};

#define CONFIDENCE_FLOOR 0.2 /* below it an answer is only near */
#define SHARED_MAX 0.99	     /* of all answers together that exclude each other */

void answers_sort(struct answer *answers, uint32_t n); /* by confidence, then score */
/* answers_find gives the article's place, n where it has none. answers_add puts one behind the others, of
 * MATCH_RESULTS_MAX at most; where there is no room, in place of the least sure. It gives how many there are then. */
uint32_t answers_find(const struct answer *answers, uint32_t n, uint32_t article);
uint32_t answers_add(struct answer *answers, uint32_t n, struct answer x);

/* text_confidences: of each hit of a text, best first, where `all` is the best that any could reach; prose: the text is
 * a person's sentence. They are low where no product or name in the text speaks for the first hit. */
void text_confidences(const struct file_view *v, struct str text, bool prose, const struct text_hit *hits, uint32_t n,
		      float all, double *ret_confidences);

struct match_span answer_span(const struct clean *c, size_t start, size_t end); /* clean offsets > query offsets */

/* All that the envelope leaves is the message: nothing but stops around it. */
bool answer_is_whole(const struct query *q, const struct answer *x);
/* answer_is_parted: all that stands behind a mark which parts it off (envelope_parts_off). */
bool answer_is_parted(const struct query *q, const struct answer *x);
/* answer_is_set_off: a sentence among others (envelope_sets_off). */
bool answer_is_set_off(const struct query *q, const struct answer *x);

/* answer_kept: the confidence that is left of an answer whose words are anybody's (answer.keeps). */
double answer_kept(const struct query *q, const struct answer *x);

/* answers_give: an answer at or above the floor is a match. Where none is, the first that are as good as each other
 * are, at most EQUALS_MAX, provided that the confidences of those that are shown add up to it: one of them is right. */
void answers_give(const struct query *q, struct answer *answers, uint32_t n, size_t limit, struct match_answer *out);

#endif
