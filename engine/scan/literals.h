/* SPDX-License-Identifier: MIT
 *
 * A matcher's messages > the literals whose presence makes a line worth asking about: of each message the fragment
 * that logs are least likely to hold, so that few lines are asked in vain.
 */
#ifndef KBT_SCAN_LITERALS_H
#define KBT_SCAN_LITERALS_H

#include "match/match.h"
#include "scan/prefilter.h"

/* literals_prefilter: *ret_prefilter is NULL where no message has a fragment. */
enum err literals_prefilter(const struct matcher *m, bool portable, struct prefilter **ret_prefilter) MUST_USE;

#endif
