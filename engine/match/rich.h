/* SPDX-License-Identifier: MIT
 *
 * A message that came out of a word processor: the source of rich text (RTF 1.9: groups, words, \'hh and \u), and
 * letters that are parted by blanks, with wider gaps between the words. Takes a clean text, gives another with the map
 * back to the query. Linear.
 */
#ifndef KBT_MATCH_RICH_H
#define KBT_MATCH_RICH_H

#include "match/clean.h"

/* rich_is_source: the text is or holds rich text as it is written in a file, or begins within such a text.
 * rich_is_parted: it begins with letters that are parted by blanks, and goes on so. */
bool rich_is_source(struct str text);
bool rich_is_parted(struct str text);

/* rich_undo_source, rich_undo_parted: ERR_NOMEM. A source that says nothing is left as it is. */
enum err rich_undo_source(const struct clean *c, struct arena *a, struct clean *ret_clean) MUST_USE;
enum err rich_undo_parted(const struct clean *c, struct arena *a, struct clean *ret_clean) MUST_USE;

#endif
