/* SPDX-License-Identifier: MIT
 *
 * Which of the known names somebody meant who typed another. Takes the word and the names one by one, gives the nearest
 * that is near enough to be a slip of the fingers; owns nothing.
 */
#ifndef KBT_CLI_GUESS_H
#define KBT_CLI_GUESS_H

#include "base/str.h"

struct guess {
	struct str typed;
	const char *name; /* the nearest so far; NULL: none is near */
	unsigned slips;	  /* letters that are wrong, missing, too many, or changed places */
};

void guess_try(struct guess *g, const char *name);

#endif
