/* SPDX-License-Identifier: MIT
 *
 * An error code on the page: what the one that is marked in the message says, and what its number means elsewhere. HTML
 * from a look-up's answer; nothing where it has no code that is known.
 */
#ifndef KBT_WEB_CODE_H
#define KBT_WEB_CODE_H

#include "match/match.h"

/* code_add_legend: below the message; all readings of the number come further down, by code_add_readings. */
void code_add_legend(struct buf *out, const struct match_answer *found);
void code_add_readings(struct buf *out, const struct match_answer *found);

#endif
