/* SPDX-License-Identifier: MIT
 *
 * What a person tells in his own language > the same in the words of English articles, for the search by words
 * (text.h). A glossary, word by word: what it does not list stays as it is, as do names and English within. Messages
 * are matched in the text as it was given (and what systems say is language.h's). The languages are the files of
 * glossary/: those in Latin letters are told by their commonest words (glossary_tell.h), the others by their letters.
 * Only the first GLOSSARY_READ_MAX bytes are read; linear in them.
 */
#ifndef KBT_MATCH_GLOSSARY_H
#define KBT_MATCH_GLOSSARY_H

#include "match/file.h"

enum { GLOSSARY_READ_MAX = 16 << 10 };

/* glossary_read: true, and the text in *ret_english, in the arena, where it holds anything that is listed; *ret_listed
 * counts these words. english: it is full of English words, so that no other language in Latin letters is looked for. A
 * word that articles know stays, with its English beside it. No memory: false, and the arena is sticky. */
bool glossary_read(const struct file_view *v, struct str text, bool english, struct arena *a, struct str *ret_english,
		   size_t *ret_listed);

#endif
