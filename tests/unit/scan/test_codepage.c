/* SPDX-License-Identifier: MIT
 *
 * Which code page a line is read in: one that charset.h does not know only where a system's text tells of it.
 */
#include "tests/unit/unit.h"

#include "article/charset.h"
#include "scan/codepage.h"

static void check(const char *bytes, const char *want)
{
	struct codepages pages = { .handles = { NULL } };
	struct arena a = { 0 };
	struct str got = codepage_text(&pages, str_c(bytes), &a);
	if (!str_eq(got, want ? str_c(want) : charset_text(str_c(bytes), &a)))
		fail_msg("%.*s", STR_ARG(got));
	assert_int_equal(arena_err(&a), ERR_OK);
	codepages_close(&pages);
	arena_free(&a);
}

static void told_by_what_is_said(void **unused)
{
	(void)unused;
	check("web1: \xBE\xDC\xBE\xF8\xB7\xC3\xCE\xCA", "web1: 拒绝访问");
	check("\x83\x41\x83\x4E\x83\x5A\x83\x58\x82\xAA\x8B\x91\x94\xDB\x82\xB3\x82\xEA\x82\xDC\x82\xB5\x82\xBD",
	      "アクセスが拒否されました");
	check("web1: \xBE\xD7\xBC\xBC\xBD\xBA\xB0\xA1 \xB0\xC5\xBA\xCE\xB5\xC7\xBE\xFA\xBD\xC0\xB4\xCF\xB4\xD9", "web1: 액세스가 거부되었습니다");
	check("\xC7\xE3\xB0\xA1 \xB0\xC5\xBA\xCE", "허가 거부");
	check("\xEF\xD4\xCB\xC1\xDA\xC1\xCE\xCF \xD7 \xC4\xCF\xD3\xD4\xD5\xD0\xC5", "Отказано в доступе");
	check("Odmowa dost\xEApu", "Odmowa dostępu");
	check("Odmowa dost\xA9pu", "Odmowa dostępu");
}

static void not_by_letters_alone(void **unused)
{
	(void)unused;
	check("\xC4\xE3\xBA\xC3\xCA\xC0\xBD\xE7", NULL); /* GBK: hello world */
	check("\xBE\xC8\xB3\xE7\xC7\xCF\xBC\xBC\xBF\xE4", NULL); /* CP949: hello */
	check("\x82\xB1\x82\xF1\x82\xC9\x82\xBF\x82\xCD", NULL); /* Shift-JIS: good day */
	check("\xF0\xD2\xC9\xD7\xC5\xD4 \xCD\xC9\xD2", NULL); /* KOI8-R: hello world */
	check("f\xFCr \xC4nderungen l\xF6schen", "für Änderungen löschen");
	check("Acc\xE8s refus\xE9", "Accès refusé");
	check("\xCE\xF2\xEA\xE0\xE7\xE0\xED\xEE \xE2 \xE4\xEE\xF1\xF2\xF3\xEF\xE5", "Отказано в доступе"); /* CP1251 */
	check("\xFF\xFE\xFD\x81\x80\xA0\xE0\xF0\x9D", NULL);
	check("\x81", NULL);
	check("", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(told_by_what_is_said),
		cmocka_unit_test(not_by_letters_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
