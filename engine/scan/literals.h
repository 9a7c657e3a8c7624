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

struct literal_message {
	uint32_t message;  /* as match_each_message numbers it */
	uint32_t next;	   /* the next one with this literal, + 1 */
	uint32_t min, max; /* letters and digits of a payload that it may cover */
};

struct literals {
	struct arena arena;
	struct str *texts; /* folded, each once */
	uint32_t *heads;   /* of a literal: its first message, + 1 */
	struct literal_message *messages;
	size_t count, cap, head_count, head_cap, message_count, message_cap;
	size_t left_out; /* messages without a fragment */
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
