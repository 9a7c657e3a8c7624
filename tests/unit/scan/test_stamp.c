/* SPDX-License-Identifier: MIT
 *
 * Time stamps as logs write them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "scan/stamp.h"

static void stamps_become_iso(void **unused)
{
	(void)unused;
	static const char *const pairs[][2] = {
		{ "2001-03-12 10:56:20", "2001-03-12T10:56:20" },
		{ "2001-03-12T10:56:20Z", "2001-03-12T10:56:20Z" },
		{ "2001-03-12 10:56:20,328", "2001-03-12T10:56:20.328" },
		{ "2001-03-12T10:56:20.5+02:00", "2001-03-12T10:56:20.500+02:00" },
		{ "2001/03/12 10:56:20", "2001-03-12T10:56:20" },
		{ "Tue Mar 12 10:56:20 2001", "2001-03-12T10:56:20" },
		{ "[Sun Dec 04 04:47:44 2005]", "2005-12-04T04:47:44" },
		{ "Tue Mar 12 10:56:20.123 2001", "2001-03-12T10:56:20.123" },
		{ "03-12-2001 10:56:20.123+300", "2001-03-12T10:56:20.123-05:00" },
		{ "3/12/2001 10:56:20 PM", "2001-03-12T22:56:20" },
		{ "3/12/2001 12:00:20 AM", "2001-03-12T00:00:20" },
		{ "12/Mar/2001:10:56:20 +0000", "2001-03-12T10:56:20Z" },
		{ "17/06/09 20:10:40", "2017-06-09T20:10:40" },
		{ "1131566461", "2005-11-09T20:01:01Z" },
		{ "1131566461123", "2005-11-09T20:01:01.123Z" },
		{ "1131566461123456", "2005-11-09T20:01:01.123Z" },
		{ "2001-03-12 10:56:20.5 UTC", "2001-03-12T10:56:20.500Z" },
		{ "12.03.2001 10:56:20", "2001-03-12T10:56:20" },
		{ "11/03/01\",\"16:55:15", "2001-11-03T16:55:15" },
		{ "10:56:20.123+300\" date=\"03-12-2001", "2001-03-12T10:56:20.123-05:00" },
		/* without a year, or none at all: as written */
		{ "Mar  2 08:13:43", "Mar  2 08:13:43" },
		{ "03-17 16:13:38.811", "03-17 16:13:38.811" },
		{ "10:30:00", "10:30:00" },
		{ "2001-13-12 10:56:20", "2001-13-12 10:56:20" },
		{ "yesterday", "yesterday" },
		{ "", "" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct str iso = stamp_iso(str_c(pairs[i][0]), &a);
		if (!str_eq(iso, str_c(pairs[i][1])))
			fail_msg("%s became %.*s, not %s", pairs[i][0], STR_ARG(iso), pairs[i][1]);
	}
	arena_free(&a);
}

static void syslog_has_no_year(void **unused)
{
	(void)unused;
	struct stamp t;
	assert_true(stamp_parse(STR("Mar  2 08:13:43"), &t));
	assert_int_equal(t.year, 0);
	assert_int_equal(t.month, 3);
	assert_int_equal(t.day, 2);
	assert_int_equal(t.hour, 8);
	assert_false(stamp_parse(STR("Mar  2 08:13:43 x"), &t));
	assert_false(stamp_parse(STR("25:00:00"), &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_become_iso),
		cmocka_unit_test(syslog_has_no_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
