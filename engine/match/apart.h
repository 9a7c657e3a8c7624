/* SPDX-License-Identifier: MIT
 *
 * Whether some words of a text are set apart from those around them, as people do with a message that they quote: they
 * are all that stands between two marks, or they are introduced ("I get", "it says", "fails with"). Pure; looks at some
 * bytes on either side.
 */
#ifndef KBT_MATCH_APART_H
#define KBT_MATCH_APART_H

#include "match/match.h"

/* apart_stands: the span s, of two words or more, within the span that is read. Between marks it begins with a capital.
 */
bool apart_stands(struct str text, struct match_span within, struct match_span s);

#endif
