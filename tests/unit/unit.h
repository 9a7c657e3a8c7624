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
#include <time.h>

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

/* seconds_of: of the processor, for work(item, n). */
static inline double seconds_of(void (*work)(const char *item, size_t n), const char *item, size_t n)
{
	clock_t start = clock();
	work(item, n);
	return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* assert_linear: an eighth takes about an eighth of the time; it would be a sixty-fourth where each part looks through all
 * of them. Between the two lies room for what a busy machine does to either, and tries for what it does for a while. */
static inline void assert_linear(void (*work)(const char *item, size_t n), const char *item, size_t n)
{
	enum { TRIES = 5, PART = 8, AT_MOST = 3 * PART };
	const double soon = 0.1; /* what takes no longer is no matter */
	for (int i = 0; i < TRIES; i++) {
		double whole = seconds_of(work, item, n);
		if (whole < soon || whole < soon + AT_MOST * seconds_of(work, item, n / PART))
			return;
	}
	fail_msg("'%s' takes more than %d times as long eight times over", item, AT_MOST);
}

#endif
