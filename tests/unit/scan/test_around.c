/* SPDX-License-Identifier: MIT
 *
 * What stands around a hit, which other lines look like errors, and stamps as seconds.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "scan/context.h"
#include "match/stamp.h"
#include "scan/suspect.h"

static void check(const char *text, const char *hit, unsigned lines, const char *before, const char *after)
{
	struct str all = str_c(text), b, a;
	size_t at = str_find(all, str_c(hit));
	context_around(all, at, at + strlen(hit), lines, &b, &a);
	assert_true(str_eq(b, str_c(before)));
	assert_true(str_eq(a, str_c(after)));
}

static void lines_around(void **unused)
{
	(void)unused;
	const char *text = "one\ntwo\r\nHIT\r\nthree\nfour\nfive";
	check(text, "HIT", 0, "", "");
	check(text, "HIT", 1, "two\r\n", "three\n");
	check(text, "HIT", 2, "one\ntwo\r\n", "three\nfour\n");
	check(text, "HIT", 8, "one\ntwo\r\n", "three\nfour\nfive");
	check(text, "five", 1, "four\n", "");
	check(text, "one", 2, "", "two\r\nHIT\r\n");
	check("a long HIT line\nnext", "HIT", 2, "", ""); /* a window, no line */
	check("HIT", "HIT", 2, "", "");
	check("\n\nHIT\n\n\n", "HIT", 1, "\n", "\n");
}

static void context_is_bounded(void **unused)
{
	(void)unused;
	static char text[5 * CONTEXT_BYTES_MAX];
	memset(text, 'x', sizeof text);
	size_t hit = sizeof text / 2;
	memcpy(text + hit - 4, "\nab\nHIT\ncd\n", 11);
	struct str b, a;
	context_around((struct str){ text, sizeof text }, hit, hit + 3, 8, &b, &a);
	assert_true(str_eq(b, STR("ab\n")));
	assert_true(str_eq(a, STR("cd\n")));
}

static void looks(void **unused)
{
	(void)unused;
	static const char *const yes[] = {
		"Error 5 reading",
		"read failed",
		"java.io.IOException: x",
		"connect: Connection timed out",
		"not_found",
		"Server=db1 No such host",
		"failed=3",
		"ERR something",
		"error: 0x80070035",
		"1 error",
		"Cannot open",
		"can't open",
		"couldn't open",
		"kernel panic - not syncing",
		"retry: connectTimeout",
	};
	static const char *const no[] = {
		"",
		"all is well",
		"0 errors",
		"no error",
		"Win32 error = 0",
		"errors: 0, warnings: 0",
		"error_log opened",
		"writing to /var/log/error.log",
		"without failures",
		"terrors",
		"errand",
		"session closed",
		"found it",
		"unfailingly",
		"failed=0 ok=3",
		"(error 0)",
	};
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		if (!suspect_looks(str_c(yes[i])))
			fail_msg("%s", yes[i]);
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (suspect_looks(str_c(no[i])))
			fail_msg("%s", no[i]);
}

static void seconds(void **unused)
{
	(void)unused;
	static const struct {
		const char *text;
		int64_t want;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2001-03-12T10:56:20", 984394580 },
		{ "2001-03-12T10:56:20+01:00", 984390980 },
		{ "Mar 12 10:56:20", 984394580 },
		{ "2000-02-29T23:59:59Z", 951868799 },
		{ "1969-12-31 23:59:59", -1 },
	};
	struct stamp t;
	int64_t got;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_true(stamp_parse(str_c(cases[i].text), &t));
		assert_true(stamp_seconds(&t, 2001, &got));
		assert_int_equal(got, cases[i].want);
	}
	assert_true(stamp_parse(STR("10:56:20"), &t));
	assert_false(stamp_seconds(&t, 2001, &got));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_around),
		cmocka_unit_test(context_is_bounded),
		cmocka_unit_test(looks),
		cmocka_unit_test(seconds),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
