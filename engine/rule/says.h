/* SPDX-License-Identifier: MIT
 *
 * What a sentence of an article says, told by the words it starts with or has: the phrases of the archive's writers,
 * who used few. Case does not matter. Pure tables; remedy.c decides what follows from them.
 */
#ifndef KBT_RULE_SAYS_H
#define KBT_RULE_SAYS_H

#include "base/str.h"

bool says_workaround(struct str sentence); /* "To work around this problem, ..." */
bool says_avoid(struct str sentence);	   /* "To avoid this problem, ...": a workaround, where no heading says else */
bool says_fix(struct str sentence);	   /* "To resolve this problem, ..." */
bool says_no_remedy(struct str sentence);  /* "There is no workaround ..." */
bool says_corrected(struct str sentence);  /* "... has been corrected in ..." */
bool says_confirmed(struct str sentence);  /* "... has confirmed this to be a problem in ..." */
bool says_researching(struct str sentence); /* nobody has a fix yet */
bool says_by_design(struct str sentence);
bool says_status(struct str sentence);	   /* may be one of the four above: cheap, for text without a STATUS heading */
bool says_cause(struct str sentence, bool *ret_strong); /* strong: "because", "caused by"; else "occurs when" */
bool says_change(struct str sentence);	   /* what a fix changed, from which the cause can be seen */
bool says_warning(struct str paragraph);   /* "WARNING: ..." */
bool says_untested(struct str paragraph);  /* a fix "has not been fully regression tested" */
bool says_fetched_fix(struct str text);	   /* a fix that somebody made: a service pack, a hotfix */
/* says_no_step: a paragraph of a resolution that is no step: a pointer to articles (which are references), the heading
 * of a table of files, the price of support. */
bool says_no_step(struct str paragraph);
/* says_method measures a label such as "Method 1:" at the start; 0 where there is none. */
size_t says_method(struct str paragraph);

#endif
