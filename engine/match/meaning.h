/* SPDX-License-Identifier: MIT
 *
 * What the numbers of a message mean: its own code with the reading that shape, words and table choose, and all other
 * readings. Takes clean text; the table is the compiled form's copy of kb/codes.tsv.
 */
#ifndef KBT_MATCH_MEANING_H
#define KBT_MATCH_MEANING_H

#include "match/file.h"
#include "match/match.h"

/* meaning_read fills the answer's code and code_readings from text[payload]; spans count in the text. */
void meaning_read(const struct file_view *v, struct str text, struct match_span payload, struct arena *a,
		  struct match_answer *answer);

/* meaning_read_text gives the answer the code of Windows, else of Linux, whose text the payload is, and nothing else
 * ("Access is denied."); false where it is none. */
bool meaning_read_text(const struct file_view *v, struct str text, struct match_span payload,
		       struct match_answer *answer);

/* meaning_is_text: the text is what a table says of the code's number, and nothing else. */
bool meaning_is_text(const struct file_view *v, const struct match_code *code, struct str text);

/* meaning_find_text gives where in text[payload] the longest text of a system's error stands: parted off by marks
 * ("copy: Access is denied."), or so many words that nobody says them by chance. parted: it is that; linux: Linux says
 * it. */
struct said_text { struct match_span span; bool parted, linux; };
bool meaning_find_text(const struct file_view *v, struct str text, struct match_span payload,
		       struct said_text *ret_found);

/* meaning_find_begun gives where the first words of what a code's table says, two or more, stand at the end of a text
 * that was cut off there ("error 53 - the network path"); STR_NONE where they do not. */
size_t meaning_find_begun(struct str text, struct str says);

/* meaning_put_said writes the section of systems' texts by how they start, once that of codes is there: ERR_NOMEM. */
enum err meaning_put_said(struct buf sections[SEC_COUNT]) MUST_USE;

/* meaning_articles gives articles that are about the code, at most max: ours first, then those whose title has it. Goes
 * through all articles' codes: for messages that are little more than a code. */
struct code_article { uint32_t article; float weight; }; /* weight: how much it is about it */
uint32_t meaning_articles(const struct file_view *v, const struct match_code *code, struct code_article *ret_found,
			  uint32_t max);

/* meaning_is_only_told: of a table that a bare number is never from: how programs end, and what only its own system
 * numbers so. */
bool meaning_is_only_told(struct str family);

/* meaning_conflicts: the article is about the same number of another family. */
bool meaning_conflicts(const struct file_view *v, const struct match_code *code, uint32_t article);

#endif
