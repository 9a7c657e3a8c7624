/* SPDX-License-Identifier: MIT
 *
 * What words are worth in a text, and which of them are one: small words ("the", "when") say nothing, general ones
 * ("use", "problem") little; words with the same stem (Snowball's English stemmer: Porter, "An algorithm for suffix
 * stripping", 1980, and its second form) are one class. A class is a number of 16 bits: two stems may share one, which
 * a text of some hundred words seldom shows. A struct stemmer belongs to one thread.
 */
#ifndef KBT_MATCH_WORDS_H
#define KBT_MATCH_WORDS_H

#include "base/err.h"
#include "base/str.h"

struct stemmer;

enum { WORD_CLASSES = 1 << 16 };

enum err stemmer_open(struct stemmer **ret_stemmer) MUST_USE; /* ERR_NOMEM */
void stemmer_close(struct stemmer **stemmer);

uint32_t words_stem(struct stemmer *s, struct str word); /* a hash of the stem of a folded word, small ones too */

/* words_class: of a folded word (token_next); 0 for a small word. */
uint16_t words_class(struct stemmer *s, struct str word);

bool words_is_small(struct str word);	/* a folded word that only binds others */
bool words_is_general(struct str word); /* one that every text has, whatever it is about */

bool words_is_attack(struct str word);	   /* one that only advisories have: "attackers", "vulnerability" */
bool words_is_of_attacks(struct str word); /* one that every advisory has, whatever it is about */

#endif
