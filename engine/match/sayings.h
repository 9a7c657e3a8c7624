/* SPDX-License-Identifier: MIT
 *
 * What a description says > how articles put it: "freezes" is "stops responding" there, "Wi-Fi" "wireless". The list is
 * sayings.txt, read when a matcher is compiled and found in its file by the first words of its forms. A line is
 * `form[, form...] = words[ / words...]`; of a form at most FILE_SAYING_WORDS count, with any ending (words.h), of
 * several forms at one place the longest, and one that is said twice once. What a tenth of the articles have is left
 * out. Linear in the text, of which the first SAYINGS_READ_MAX words are read.
 */
#ifndef KBT_MATCH_SAYINGS_H
#define KBT_MATCH_SAYINGS_H

#include "match/file.h"
#include "match/words.h"

enum { SAYINGS_READ_MAX = 256, SAYINGS_MAX = 32, SAYING_WORDS = 5, SAYING_OTHERS = 12 };

struct saying_word {
	uint32_t term;
	uint16_t class;
	float weight;
};

struct saying_words {
	struct saying_word items[SAYING_WORDS]; /* those that articles have, small words aside */
	uint32_t n;
	float weight; /* of all of them */
};

struct saying {
	struct saying_words said, others[SAYING_OTHERS];
	uint32_t other_count; /* at least 1 */
};

struct sayings {
	struct saying items[SAYINGS_MAX];
	uint32_t n;
};

/* sayings_put writes the sections of the list: ERR_NOMEM. */
enum err sayings_put(struct buf sections[SEC_COUNT]) MUST_USE;

/* sayings_read: what the text says already is among no others. */
void sayings_read(const struct file_view *v, struct stemmer *stemmer, struct str text, struct sayings *ret_sayings);

struct saying_word sayings_rarest(const struct saying_words *words); /* of at least one */

#endif
