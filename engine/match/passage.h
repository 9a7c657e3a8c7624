/* SPDX-License-Identifier: MIT
 *
 * Articles found by a description's words > the same, weighed again by how the words stand in their texts: two side by
 * side, many within a passage, with any ending (words.h); and by whether the article is about a product that the
 * description names. Takes the hits of text.h, best first; changes their scores and order. Time is bounded by hits and
 * by FILE_DOC_WORDS_MAX words of each.
 */
#ifndef KBT_MATCH_PASSAGE_H
#define KBT_MATCH_PASSAGE_H

#include "match/sayings.h"
#include "match/text.h"

/* passage_weigh: known is the weight of the description's words that any article has. described: a person tells what
 * happens, which is seldom about the oldest articles; a message may be any's. sayings: how articles put it, where it is
 * told in sentences; else NULL. */
void passage_weigh(const struct file_view *v, struct match_scratch *s, struct str text, float known, bool described,
		   const struct sayings *sayings, struct text_hit *hits, uint32_t n);

/* passage_put_runs writes the section of how rare titles' runs of letters are, once articles and text are there:
 * ERR_NOMEM. */
enum err passage_put_runs(struct buf sections[SEC_COUNT]) MUST_USE;

#endif
