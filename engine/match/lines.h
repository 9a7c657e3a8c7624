/* SPDX-License-Identifier: MIT
 *
 * A message that was broken over lines, each in a dress of its own > the message: every line's dress is undone, where
 * it is of the first line's kind and holds a time, or is the same but for digits, and indentations are. Takes mended
 * text, keeps the map back to the offsets of the query. Linear.
 */
#ifndef KBT_MATCH_LINES_H
#define KBT_MATCH_LINES_H

#include "match/damage.h"
#include "match/match.h"

enum { LINES_JOINED_MAX = 8 };

/* lines_join gives the payloads of the first LINES_JOINED_MAX lines, a line end between each two; *ret_dress is the
 * first line's, its payload spans all of the joined text. *ret_dressed says whether a line behind the first one had a
 * dress: else the text is as envelope_read would leave it. ERR_NOMEM. */
enum err lines_join(const struct clean *c, struct arena *a, struct clean *ret_joined, struct match_envelope *ret_dress,
		    bool *ret_dressed) MUST_USE;

/* lines_worn measures the dress of a line, which envelope_read gave, with what the line beside it begins with, too: a
 * level, a name or a word with a mark ("[12:01] E: ", "web_1  | "), but for digits. 0 where that wears another. */
size_t lines_worn(struct str line, struct str other, const struct match_envelope *dress);

/* lines_may_repeat: a payload begins with a word with a mark, without which lines_worn gives no more than a level. */
bool lines_may_repeat(struct str payload);

#endif
