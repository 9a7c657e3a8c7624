/* SPDX-License-Identifier: MIT
 *
 * Lines in which something hides a message from the prefilter: colour of a terminal or a no-break space directly before
 * a word, a line end that was written out, soft hyphens within one, percent signs for blanks, an old code page; or they
 * say it in another language (match/language.h), which a byte over 0x7F tells, or a literal. What would be found in
 * them without it is proposed. Lines without such bytes cost a search for them.
 */
#ifndef KBT_SCAN_DAMAGED_H
#define KBT_SCAN_DAMAGED_H

#include "scan/codepage.h"
#include "scan/propose.h"

enum { DAMAGED_LINE_MAX = 8 << 10 }; /* bytes of a line that is looked into */

/* damaged_propose: of the lines in the proposer's text that have their damage in [from, to). finds is emptied; arena is
 * its own. */
enum err damaged_propose(struct proposer *p, struct prefilter_scratch *finds, struct codepages *pages, size_t from,
			 size_t to, struct arena *arena) MUST_USE;

#endif
