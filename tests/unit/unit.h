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

/* assert_linear: twice as much takes about twice the time; it would be four times where each part looks through all of
 * them. That holds on any machine and with the sanitizers; what a machine does meanwhile spoils a try now and then. */
static inline void assert_linear(void (*work)(const char *item, size_t n), const char *item, size_t n)
{
	enum { TRIES = 5 };
	const double soon = 0.1; /* what takes no longer is no matter */
	for (int i = 0; i < TRIES; i++) {
		double whole = seconds_of(work, item, n);
		if (whole < soon || whole < soon + 3 * seconds_of(work, item, n / 2))
			return;
	}
	fail_msg("twice as much of '%s' takes more than three times as long", item);
}

#endif
