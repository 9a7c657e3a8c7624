/* SPDX-License-Identifier: MIT
 *
 * How alike a template and a text are, letter by letter: words run together or torn apart, slips in short words,
 * letters read wrongly, all of which words do not see. Takes the letters of both; gives the share of the template's
 * that stand in some part of the text, in order, less one for each that has to be put in, left out or changed. Bounded.
 */
#ifndef KBT_MATCH_LIKENESS_H
#define KBT_MATCH_LIKENESS_H

#include "match/surface.h"

/* likeness_of: of the template's literals to the text's letters [from, to), offsets of the text; 0 (nothing) to 1. */
double likeness_of(const struct file_view *v, const struct file_owner *owner, const struct letters *letters,
		   size_t from, size_t to);

#endif
