/* SPDX-License-Identifier: MIT
 *
 * A matcher's messages > the literals whose presence makes a line worth asking about: of each message the fragment
 * from a word's start that is rarest by its letters, so that few lines are asked in vain. Fragments hold nothing that
 * logs spell in several ways (quotes, brackets, backslashes, runs of blanks). A message without such a fragment (a
 * word or two) is left out: a scan cannot find it, and a line that says no more is no story.
 */
#ifndef KBT_SCAN_LITERALS_H
#define KBT_SCAN_LITERALS_H

#include "match/match.h"
#include "scan/prefilter.h"

/* How many letters and digits a payload has that one of a literal's messages may cover. */
struct literal_range {
	uint32_t min, max;
};

struct literals {
	struct arena arena;
	struct str *texts; /* folded, each once */
	struct literal_range *ranges;
	size_t count, cap, range_count, range_cap;
	size_t messages, left_out; /* all, and those without a fragment */
};

enum {
	LITERALS_OWN_MIN = 8,	/* letters and digits that the own words of a message must have, ... */
	LITERALS_FILLED_MIN = 13, /* ... with variables this many, ... */
	LITERALS_SHARE_MIN = 35 /* ... and their share of the payload in percent; the rest may fill variables */
};

enum err literals_choose(const struct matcher *m, struct literals *ret_literals) MUST_USE;
void literals_free(struct literals *literals);

/* literals_letters counts letters, digits and bytes over 0x7F. */
size_t literals_letters(struct str text);

#endif
