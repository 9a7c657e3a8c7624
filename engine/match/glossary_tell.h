/* SPDX-License-Identifier: MIT
 *
 * In which language in Latin letters a text is: by its commonest words, the signs that the files of glossary/ begin
 * with, and beside one of these by the letters that they have and English has not. A text is in none that has more of
 * English function words, or too few signs of any other.
 */
#ifndef KBT_MATCH_GLOSSARY_TELL_H
#define KBT_MATCH_GLOSSARY_TELL_H

#include "match/glossary_words.h"

enum glossary_language glossary_tell(struct str text); /* GLOSSARY_NONE; the first some hundred words are looked at */

#endif
