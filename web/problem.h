/* SPDX-License-Identifier: MIT
 *
 * A refusal as programs read it: one object with "error", and the members of a problem of RFC 9457 beside it.
 */
#ifndef KBT_WEB_PROBLEM_H
#define KBT_WEB_PROBLEM_H

#include "base/buf.h"

const char *problem_title(unsigned status); /* a few words, for a heading */
void problem_add(struct buf *out, unsigned status, const char *why);

#endif
