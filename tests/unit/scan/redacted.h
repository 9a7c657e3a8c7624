/* SPDX-License-Identifier: MIT
 *
 * A text redacted by itself, compared with what it has to be.
 */
#ifndef TESTS_UNIT_SCAN_REDACTED_H
#define TESTS_UNIT_SCAN_REDACTED_H

#include "tests/unit/unit.h"

#include "scan/redact.h"

/* again: what is redacted already stays as it is. */
static inline void again(const char *want)
{
	struct redactor r = { 0 };
	struct arena a = { 0 };
	redact_learn(&r, str_c(want));
	struct str got = redact_text(&r, str_c(want), &a, NULL, 0);
	if (!str_eq(got, str_c(want)))
		fail_msg("again\n%s\n%.*s", want, STR_ARG(got));
	redactor_free(&r);
	arena_free(&a);
}

/* alone: a line redacted by itself. */
static inline void alone(const char *line, const char *want)
{
	struct redactor r = { 0 };
	struct arena a = { 0 };
	redact_learn(&r, str_c(line));
	struct str got = redact_text(&r, str_c(line), &a, NULL, 0);
	if (!str_eq(got, str_c(want)))
		fail_msg("\n%s\n%.*s\nnot\n%s", line, STR_ARG(got), want);
	assert_int_equal(redactor_err(&r), ERR_OK);
	again(want);
	redactor_free(&r);
	arena_free(&a);
}

/* masked: secrets alone; a second time it stays as it is. */
static inline void masked(const char *text, const char *want)
{
	struct arena a = { 0 };
	struct str once, twice;
	assert_int_equal(redact_secrets(str_c(text), &a, &once), ERR_OK);
	if (!str_eq(once, str_c(want)))
		fail_msg("\n%s\n%.*s\nnot\n%s", text, STR_ARG(once), want);
	assert_int_equal(redact_secrets(once, &a, &twice), ERR_OK);
	if (!str_eq(once, twice))
		fail_msg("again\n%.*s\n%.*s", STR_ARG(once), STR_ARG(twice));
	arena_free(&a);
}

#endif
