/* SPDX-License-Identifier: MIT
 *
 * An allocator of which one call fails: mem_set_resize(fail_once), with calls_left the number of those before it.
 */
#ifndef KBT_TESTS_FAIL_ONCE_H
#define KBT_TESTS_FAIL_ONCE_H

#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_long calls_left; /* below 0: it has failed */

static inline void *fail_once(void *p, size_t size)
{
	return atomic_fetch_sub(&calls_left, 1) ? realloc(p, size) : NULL;
}

#endif
