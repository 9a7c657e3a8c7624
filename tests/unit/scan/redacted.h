/* SPDX-License-Identifier: MIT
 *
 * A text redacted by itself, compared with what it has to be.
 */
#ifndef TESTS_UNIT_SCAN_REDACTED_H
#define TESTS_UNIT_SCAN_REDACTED_H

#include "tests/unit/unit.h"

#include "scan/redact.h"

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
	redactor_free(&r);
	arena_free(&a);
}

/* masked: secrets alone; a second time nothing is left to mask. */
static inline void masked(const char *text, const char *want)
{
	struct arena a = { 0 };
	struct str once, twice;
	assert_int_equal(redact_secrets(str_c(text), &a, &once), ERR_OK);
	if (!str_eq(once, str_c(want)))
		fail_msg("\n%s\n%.*s\nnot\n%s", text, STR_ARG(once), want);
	assert_int_equal(redact_secrets(once, &a, &twice), ERR_OK);
	assert_true(str_find(twice, STR("hunter2")) == STR_NONE);
	arena_free(&a);
}

#endif
