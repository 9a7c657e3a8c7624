/* SPDX-License-Identifier: MIT
 *
 * The lines beside a line, and whether they go on with a message.
 */

#include "tests/unit/unit.h"

#include "scan/go_on.h"

#include <string.h>

static struct go_on line_of(struct str text, const char *line)
{
	struct go_on g;
	size_t from = str_find(text, str_c(line));
	assert_int_not_equal(from, STR_NONE);
	go_on_begin(&g, text, from, from + strlen(line) + 1);
	return g;
}

static bool behind(const char *text, const char *line, const char *rest)
{
	struct go_on g = line_of(str_c(text), line);
	return go_on_behind(&g, str_c(rest));
}

static bool before(const char *text, const char *line, const char *rest)
{
	struct go_on g = line_of(str_c(text), line);
	return go_on_before(&g, str_c(rest));
}

static void the_line_behind_goes_on(void **unused)
{
	(void)unused;
	assert_true(behind("cannot open\nthe spool file\n", "cannot open", " the spool file."));
	assert_true(behind("cannot open\n\n  -- \n    The Spool\n", "cannot open", " the spool file."));
	assert_true(
		behind("cannot open\nMar  2 08:13:43 web1 app[1]: the spool file\n", "cannot open", "the spool file"));
	assert_true(
		behind("cannot open\nMar  2 08:13:43 web1 app[1]: the\nspool file", "cannot open", "the spool file"));
	assert_true(behind("cannot open\nthe sp&#111;ol\n", "cannot open", "the spool file")); /* cannot tell */
	assert_false(behind("cannot open\nthe speech file\n", "cannot open", "the spool file"));
	assert_false(behind("cannot open\nbathe\n", "cannot open", "the spool file"));
	assert_false(behind("cannot open\n\n\n", "cannot open", "the spool file"));
	assert_false(behind("cannot open", "cannot open", "the spool file"));
}

static bool later(const char *text, const char *line, const char *rest, const char *own)
{
	struct go_on g = line_of(str_c(text), line);
	return go_on_later(&g, str_c(rest), str_c(own));
}

static void a_value_ends_on_its_line(void **unused)
{
	(void)unused;
	const char *line = "cannot open C:\\SPOOL";
	/* the own words behind it: on this line in part, or from the next one's beginning on */
	assert_true(later("cannot open C:\\SPOOL The\nspool is full\n", "cannot open C:\\SPOOL The", "C:\\SPOOL The",
			  ". The spool is full"));
	assert_true(later("cannot open C:\\SPOOL\nThe spool is full\n", line, "C:\\SPOOL", ". The spool is full"));
	assert_true(later("cannot open C:\\SPOOL\n\n  The s-pool\n", line, "C:\\SPOOL", ". The spool is full"));
	/* the value itself is on the next one */
	assert_true(later("cannot open:\nC:\\SPOOL\n", "cannot open:", ":", ""));
	/* a word is parted */
	assert_true(later("cannot open C:\\SPO-\nol\n", "cannot open C:\\SPO-", "C:\\SPO-", ""));
	/* the value is all that is left, or something else comes */
	assert_false(later("cannot open C:\\SPOOL\nThe spool is full\n", line, "C:\\SPOOL", ""));
	assert_false(later("cannot open C:\\SPOOL\nThe disk is full\n", line, "C:\\SPOOL", ". The spool is full"));
	assert_false(later("cannot open C:\\SPOOL", line, "C:\\SPOOL", ". The spool is full"));
}

static void the_line_before_goes_on(void **unused)
{
	(void)unused;
	assert_true(before("it cannot open\nthe spool\n", "the spool", "It cannot open "));
	assert_true(before("it cannot open\n\nthe spool\n", "the spool", "It cannot open "));
	assert_true(before("open\nthe spool\n", "the spool", "It cannot open "));
	assert_true(before("Mar  2 08:13:43 web1 app[1]: cannot open\nthe spool\n", "the spool", "It cannot open "));
	assert_true(before("it c&#97;nnot open\nthe spool\n", "the spool", "It cannot open ")); /* cannot tell */
	assert_false(before("it cannot reopen\nthe spool\n", "the spool", "It cannot open "));
	assert_false(before("you cannot open\nthe spool\n", "the spool", "It cannot open "));
	assert_false(
		before("Mar  2 08:13:43 web1 app[1]: we cannot open\nthe spool\n", "the spool", "It cannot open "));
	assert_false(before("the spool", "the spool", "It cannot open "));
}

static void the_last_word_before(void **unused)
{
	(void)unused;
	struct go_on g = line_of(STR("it cannot open:\n\nthe spool\n"), "the spool");
	assert_true(str_eq(go_on_word(&g), STR("open")));
	g = line_of(STR("the spool\n"), "the spool");
	assert_int_equal(go_on_word(&g).n, 0);
}

static void damage_is_seen_at_every_place(void **unused)
{
	(void)unused;
	static const char *const marks[] = { "&", "\x1B", "\x7F", "\xC3", "<b", "</" };
	char text[48];
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		for (size_t at = 0; at + 2 < sizeof text; at++) {
			memset(text, '.', sizeof text);
			assert_false(go_on_is_damaged((struct str){ text, sizeof text }));
			memcpy(text + at, marks[i], strlen(marks[i]));
			assert_true(go_on_is_damaged((struct str){ text, sizeof text }));
		}
	assert_false(go_on_is_damaged(STR("a < b, <A> and < /")));
	assert_true(go_on_is_damaged((struct str){ "a\0b", 3 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_behind_goes_on),
		cmocka_unit_test(a_value_ends_on_its_line),
		cmocka_unit_test(the_line_before_goes_on),
		cmocka_unit_test(the_last_word_before),
		cmocka_unit_test(damage_is_seen_at_every_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
