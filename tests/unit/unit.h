/* SPDX-License-Identifier: MIT
 *
 * What every unit test begins with: cmocka, with what it wants included before it.
 */
#ifndef KBT_TESTS_UNIT_H
#define KBT_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* assert_str compares a struct str with a string, and shows both where they differ. */
#define assert_str(got, want) assert_str_at((got), (want), __FILE__, __LINE__)

static inline void assert_str_at(struct str got, const char *want, const char *file, int line)
{
	char *text = calloc(1, got.n + 1);
	assert_non_null(text);
	str_copy(got, text, got.n);
	_assert_int_equal(strlen(text), got.n, file, line); /* no NUL within */
	_assert_string_equal(text, want, file, line);
	free(text);
}

#endif
