/* SPDX-License-Identifier: MIT
 *
 * Lines that look like errors, by the words that logs use for trouble: what may want an article of its own. Linear;
 * takes a line, says yes or no; no state.
 */
#ifndef KBT_SCAN_SUSPECT_H
#define KBT_SCAN_SUSPECT_H

#include "base/str.h"

/* suspect_looks: a word of trouble stands in the line, and not as a count of none ("0 errors", "error = 0"). */
bool suspect_looks(struct str line);

#endif
