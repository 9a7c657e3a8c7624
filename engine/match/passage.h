/* SPDX-License-Identifier: MIT
 *
 * Articles found by a description's words > the same, weighed again by how the words stand in their texts: two side by
 * side, many within a passage, with any ending (words.h); and by whether the article is about a product that the
 * description names. Takes the hits of text.h, best first; changes their scores and order. Time is bounded by hits and
 * by FILE_DOC_WORDS_MAX words of each.
 */
#ifndef KBT_MATCH_PASSAGE_H
#define KBT_MATCH_PASSAGE_H

#include "match/text.h"

/* passage_weigh: known is the weight of the description's words that any article has. described: a person tells what
 * happens, which is seldom about the oldest articles; a message may be any's. */
void passage_weigh(const struct file_view *v, struct match_scratch *s, struct str text, float known,
		   bool described, struct text_hit *hits, uint32_t n);

#endif
