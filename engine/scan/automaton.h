/* SPDX-License-Identifier: MIT
 *
 * The portable way of prefilter.h: a table of the literals' last four bytes, folded, by hash; a bitmap in front of it
 * throws most positions out, and what is left is compared in full. No state between positions, no special instructions.
 * Linear in the text for literals whose ends differ (Wu and Manber, 1994, without the shifts).
 */
#ifndef KBT_SCAN_AUTOMATON_H
#define KBT_SCAN_AUTOMATON_H

#include "base/arena.h"

struct automaton;

enum err automaton_open(const struct str *literals, size_t count, struct automaton **ret_automaton) MUST_USE;
void automaton_close(struct automaton **automaton);
/* automaton_scan calls found for each end of a literal, ascending; false from it stops. */
void automaton_scan(const struct automaton *m, struct str text,
		    bool (*found)(void *context, uint32_t literal, size_t end), void *context);

#endif
