/* SPDX-License-Identifier: MIT
 *
 * Which messages stand side by side in one text: people paste two errors on a line, and lines of a log. Takes the
 * templates laid against the text; gives a piece of it for each that is there whole, apart from the others. Looks at
 * nothing else and owns nothing.
 */
#ifndef KBT_MATCH_SEVERAL_H
#define KBT_MATCH_SEVERAL_H

#include "match/query.h"

/* several_find gives the pieces of the clean text, in its order; 0 where there are not two. */
uint32_t several_find(const struct query *q, const struct alignment *als, uint32_t n,
		      struct match_span ret_pieces[QUERY_PIECES_MAX]);

#endif
