/* SPDX-License-Identifier: MIT
 *
 * Long texts made to hurt: one pattern over and over, '#' in it a number that counts, in each format. Nothing here is
 * a benchmark: twice the text takes about twice the time.
 */
#include "tests/unit/unit.h"

#include "rule/rule.h"

enum { TEXT_BYTES = 1 << 20, MEMORY_FACTOR_MAX = 400 };

static const char *const heads[] = {
	"DOCUMENT:Q123456  08-AUG-2001  [x]\nTITLE   :T\n\nSYMPTOMS\n========\n\nAn error message appears:\n\n",
	"---\n---\n\n## Q12345: T\n\n{% raw %}\n\n\tArticle: Q12345\n\t\n\tSYMPTOMS\n\t========\n\t\n",
	"---\nid: Q123456\ntitle: T\n---\n## Symptoms\n\nThe following error message:\n\n",
};

static const char *const patterns[] = {
	"\n", " ", "a", "a ", "a. ", "To work around this problem, a. ", "To work around this problem:\n\n", "Q123457 ",
	"Additional query words: a\n", "SYMPTOMS\n========\n", "CAUSE\n\n", "Method 1:\n\n", "======\n", "-------\n",
	"   Error 5: <a> \"b\" {c}\n\n", "<", "<a ", "\"", "\"a\" ", "\\\\", "\\\\a\\", "( ", "1. a\n", "- a\n",
	"x.log ", "SMS_ABCDEF ", "Source: ", "The information in this article applies to:\n - a\n   b\n", "\t", "\r",
	"\xC2\xA0", "\x84", "S E R V P A C K\n", "%s", "0x80070035 ", "error 53 ", "where a is the b. ", "{% raw %}",
	"&amp;", "```\n", "# a\n", "is the name of the server where x is the name of ",
	"\"it fails # \" ", "   It fails #.\n\n", "error 1# ", "0x8007# ", "Q1# ",
	"file#.log ", "SMS_A#_B ", "To work around this problem, restart #. ", "ERROR_A# ", " - product #\n",
	"<name#> is the name of the server. ", "Source: s#. ",
};

static const char *head; /* of the format that is tried */

static void add_pattern(struct buf *text, const char *pattern, unsigned n)
{
	for (const char *p = pattern; *p; p++)
		if (*p == '#')
			buf_addf(text, "%u", n);
		else
			buf_add_char(text, *p);
}

static void read_pattern(const char *pattern, size_t bytes)
{
	struct arena arena = { 0 };
	struct buf text = { 0 };
	struct article *article;
	struct rule rule;
	buf_add_c(&text, head);
	for (unsigned n = 0; text.n < bytes; n++)
		add_pattern(&text, pattern, n);
	enum err e = article_parse(buf_str(&text), &arena, NULL, &article);
	if (!e)
		e = rule_extract(article, &arena, NULL, &rule);
	if (e && e != ERR_INPUT)
		fail_msg("%.20s... %s: %s", head, pattern, err_text(e));
	if (arena.total / MEMORY_FACTOR_MAX > text.n)
		fail_msg("%.20s... %s: %zu bytes", head, pattern, arena.total);
	arena_free(&arena);
	buf_free(&text);
}

static void work_stays_linear(void **state)
{
	(void)state;
	for (size_t h = 0; h < sizeof heads / sizeof *heads; h++) {
		head = heads[h];
		for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
			assert_linear(read_pattern, patterns[p], TEXT_BYTES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(work_stays_linear) };
	return cmocka_run_group_tests_name("hostile articles", tests, NULL, NULL);
}
