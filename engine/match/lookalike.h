/* SPDX-License-Identifier: MIT
 *
 * Characters that look like simpler ones: blanks, quotes, dashes and ligatures of typography, those as wide as a
 * Chinese one, letters of two alphabets. Pure.
 */
#ifndef KBT_MATCH_LOOKALIKE_H
#define KBT_MATCH_LOOKALIKE_H

#include "base/str.h"

/* lookalike_of gives the ASCII that a character looks like, in static memory; empty for what nobody sees, and for
 * pictures. False where it looks like nothing but itself. */
bool lookalike_of(uint32_t c, struct str *ret_says);
bool lookalike_is_wide_stop(struct str s); /* a stop or a comma of Chinese or Japanese stands here */

/* lookalike_misread: a no-break space or a mark of typography whose UTF-8 was read as Windows-1252, the three bytes of
 * a quote as three letters: its length in s, which is not empty, and what it was. */
size_t lookalike_misread(struct str s, uint32_t *ret_c);

/* lookalike_twin: the Latin letter that a Cyrillic or Greek one looks like; 0 for others. */
char lookalike_twin(uint32_t c);
/* lookalike_twins_end: such letters in a word that is Latin else, as text recognition and keyboards of two alphabets
 * leave them: up to the word's end. 0 where the word at s[at], as much of it as is looked at, is not so. */
size_t lookalike_twins_end(struct str s, size_t at);

#endif
