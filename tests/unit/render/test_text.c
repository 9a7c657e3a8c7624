/* SPDX-License-Identifier: MIT
 *
 * Untrusted text for a terminal: nothing of it moves the cursor, and wrapping keeps the words.
 */

#include "tests/unit/unit.h"

#include "base/utf8.h"
#include "render/render.h"

#include <stdlib.h>
#include <string.h>

static void check_safe(struct str text, bool keep_lines, const char *want)
{
	struct buf out = { 0 };
	render_safe(&out, text, keep_lines);
	if (!str_eq(buf_str(&out), str_c(want)))
		fail_msg("got '%.*s', want '%s'", STR_ARG(buf_str(&out)), want);
	buf_free(&out);
}

static void control_characters_become_visible(void **state)
{
	(void)state;
	check_safe(STR("plain text"), false, "plain text");
	check_safe(STR("\033[31mred\a"), false, "\\x1b[31mred\\x07");
	check_safe(STR("a\0b"), false, "a\\x00b");
	check_safe(STR("a\r\nb\tc"), false, "a\\x0d\\x0ab\\x09c");
	check_safe(STR("a\r\nb\tc"), true, "a\nb\tc");
	check_safe(STR("a\rb"), true, "a\\x0db");
	check_safe(STR("\302\233" "31m"), false, "\\x9b31m");
	check_safe(STR("\342\200\256evil\342\201\251"), false, "\\u202eevil\\u2069");
	check_safe(STR("gr\303\274n \377"), false, "gr\303\274n \\xff");
}

/* Any bytes at all: the output is valid UTF-8 without a control character. */
static void any_bytes_are_safe(void **state)
{
	(void)state;
	unsigned seed = 1;
	for (int round = 0; round < 2000; round++) {
		char bytes[64];
		for (size_t i = 0; i < sizeof bytes; i++) {
			seed = seed * 1103515245 + 12345;
			bytes[i] = (char)(seed >> 16);
		}
		struct buf out = { 0 };
		render_safe(&out, (struct str){ bytes, sizeof bytes }, false);
		assert_true(utf8_valid(buf_str(&out)));
		for (size_t i = 0; i < out.n; i++)
			assert_true((unsigned char)out.p[i] >= 0x20 && out.p[i] != 0x7F);
		buf_free(&out);
	}
}

static void check_wrapped(const char *text, unsigned indent, const char *want)
{
	struct buf out = { 0 };
	render_wrapped(&out, &(struct render_text){ .width = 30 }, indent, str_c(text));
	if (!str_eq(buf_str(&out), str_c(want)))
		fail_msg("got '%.*s', want '%s'", STR_ARG(buf_str(&out)), want);
	buf_free(&out);
}

static void running_text_is_wrapped(void **state)
{
	(void)state;
	check_wrapped("one two three\nfour five six seven eight nine", 4,
		      "    one two three four five\n    six seven eight nine\n");
	check_wrapped("averyveryverylongwordthatdoesnotfitintothewidth x", 2,
		      "  averyveryverylongwordthatdoesnotfitintothewidth\n  x\n");
	check_wrapped("", 2, "");
}

static void lists_code_and_paragraphs_keep_their_lines(void **state)
{
	(void)state;
	check_wrapped("First.\n\nSecond.\n1. one\n2. two\n- dash\n\n    code  line\n", 2,
		      "  First.\n\n  Second.\n  1. one\n  2. two\n  - dash\n\n      code  line\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_become_visible),
		cmocka_unit_test(any_bytes_are_safe),
		cmocka_unit_test(running_text_is_wrapped),
		cmocka_unit_test(lists_code_and_paragraphs_keep_their_lines),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
