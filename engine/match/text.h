/* SPDX-License-Identifier: MIT
 *
 * Articles by the words of a description: BM25 over titles, query words and bodies. Each word brings at most the
 * articles where it weighs most; the best of them are then weighed by all words. Bounded by words, not by articles.
 */
#ifndef KBT_MATCH_TEXT_H
#define KBT_MATCH_TEXT_H

#include "match/best.h"
#include "match/query.h"

enum { TEXT_HITS_MAX = BEST_MAX };

enum text_order {
	TEXT_WORDS,   /* by the words alone */
	TEXT_PLACES,  /* by how they stand in the best articles (passage.h), with the scores of the words alone */
	TEXT_PASSAGES, /* the same with scores of how they stand: for what people write in sentences, in words of theirs */
	TEXT_TRANSLATED, /* the same for what is in the articles' words already (glossary.h) */
	TEXT_MESSAGE   /* the same for sentences that are mostly a message's: of an old article as well as of any */
};

/* text_articles gives the best articles first, at most max of them, and the weight of all words in *ret_weight: a
 * score equal to it would be the best that an article can reach. */
uint32_t text_articles(const struct file_view *v, struct match_scratch *s, struct str text, enum text_order order,
		       struct text_hit *ret_hits, uint32_t max, float *ret_weight);

/* text_sort: at most TEXT_HITS_MAX hits, best first. */
void text_sort(struct text_hit *hits, uint32_t n);

/* text_name_read: of a component or log file; text_names: the article names it. */
void text_name_read(const struct file_view *v, struct str name, struct match_name *ret_name);
bool text_names(const struct file_view *v, uint32_t article, const struct match_name *name);

#endif
