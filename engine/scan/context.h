/* SPDX-License-Identifier: MIT
 *
 * The lines around a hit. Takes the text that holds it, gives slices of that text, as they are; copies nothing.
 */
#ifndef KBT_SCAN_CONTEXT_H
#define KBT_SCAN_CONTEXT_H

#include "base/str.h"

enum {
	CONTEXT_LINES_MAX = 8,	   /* on each side */
	CONTEXT_BYTES_MAX = 8 << 10 /* on each side; what is longer is cut to whole lines */
};

/* context_around gives at most `lines` whole lines before and after text[from, to). Both are empty where it is no whole
 * line (a window of an overlong one). before ends in a newline; after may lack its last one. */
void context_around(struct str text, size_t from, size_t to, unsigned lines, struct str *ret_before,
		    struct str *ret_after);

#endif
