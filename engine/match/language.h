/* SPDX-License-Identifier: MIT
 *
 * Texts of errors that a system says in its user's language > as it says them in English, which is what articles quote:
 * those of Windows, of Linux's C library and shells that language.txt lists. Takes a clean text, gives one with the map
 * back to the query; values within stay ("Systemfehler 53 aufgetreten"). What is said in a person's own words stays as
 * it is. A letter that was lost to another code page (U+FFFD) may be any that is not ASCII. Linear.
 */
#ifndef KBT_MATCH_LANGUAGE_H
#define KBT_MATCH_LANGUAGE_H

#include "match/clean.h"

/* language_undo: ERR_NOMEM. *ret_clean is *c where the text holds none of them. */
enum err language_undo(const struct clean *c, struct arena *a, struct clean *ret_clean) MUST_USE;

/* language_plain gives the listed texts that are ASCII alone, one by one; a value in them is {}. *at is 0 at first.
 * False behind the last. */
bool language_plain(size_t *at, struct str *ret_says);

#endif
