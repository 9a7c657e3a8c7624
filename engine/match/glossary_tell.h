/* SPDX-License-Identifier: MIT
 *
 * In which language in Latin letters a text is: by its commonest words, the signs that the files of glossary/ begin
 * with, and beside one of these by the letters that they have and English has not. A text is in none that has more of
 * English function words, or too few signs of any other. Two to four words are told by one long sign, unless articles
 * know it: "borrow", "stale", "taste" are signs and English.
 */
#ifndef KBT_MATCH_GLOSSARY_TELL_H
#define KBT_MATCH_GLOSSARY_TELL_H

#include "match/file.h"
#include "match/glossary_words.h"

/* GLOSSARY_NONE; the first some hundred words are looked at. */
enum glossary_language glossary_tell(const struct file_view *v, struct str text);
/* glossary_known: one of the words is in articles, small words aside. */
bool glossary_known(const struct file_view *v, struct str words);

#endif
