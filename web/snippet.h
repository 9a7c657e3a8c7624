/* SPDX-License-Identifier: MIT
 *
 * The line under a hit of a search: what the article says of the words that were asked for. Takes an article and the
 * words, gives one passage on one line, in the arena, with nothing marked. Never looks at the store.
 */
#ifndef KBT_WEB_SNIPPET_H
#define KBT_WEB_SNIPPET_H

#include "article/article.h"

enum { SNIPPET_MAX = 190, SNIPPET_WORDS_MAX = 512 /* bytes of the words that are looked for */ };

/* snippet_of: the passage of the article that holds most of the words, its first one where none does; empty where the
 * article has no text. Cut at words, with an ellipsis where it was. */
struct str snippet_of(const struct article *article, struct str words, struct arena *a);

/* snippet_mark tells how long the word of words is that stands at text[at], 0 where none does. Case does not matter,
 * and the word may go on: "connect" stands in "connecting". */
size_t snippet_mark(struct str text, size_t at, struct str words);

#endif
