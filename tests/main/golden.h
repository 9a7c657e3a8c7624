/* SPDX-License-Identifier: MIT
 *
 * What tests/golden/<stage>.c gives: the text that a stage makes of one input.
 */
#ifndef KBT_TESTS_GOLDEN_H
#define KBT_TESTS_GOLDEN_H

#include "base/buf.h"

enum err golden_print(struct str in, struct arena *a, struct buf *out);

#endif
