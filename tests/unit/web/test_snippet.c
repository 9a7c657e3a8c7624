/* SPDX-License-Identifier: MIT
 *
 * What is said of the words of a search.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "web/snippet.h"

static const char text[] =
	"---\nid: Q-frob\ntitle: The frob\ndate: 2026-01-01\n---\n## Symptoms\n\nIt is out.\n\n"
	"## More\n\nA long story of how the `lathe` of the third shift came to be where it now stands, "
	"which nobody asked for, and then the blinker of the frob tears its threads at night because the "
	"oil is cold, which the next shift may\nhave to mend by hand before the spindle turns again.\n";

static struct str says(const char *words, struct arena *a)
{
	struct article *article;
	assert_int_equal(article_parse(str_c(text), a, NULL, &article), ERR_OK);
	return snippet_of(article, str_c(words), a);
}

static void the_passage_with_most_of_the_words_is_cut_at_words(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct str found = says("blinker OIL nothing", &a);
	assert_true(str_find(found, STR("blinker of the frob tears its threads at night because the oil")) != STR_NONE);
	assert_true(str_starts(found, STR("\xe2\x80\xa6 ")) && str_ends(found, STR(" \xe2\x80\xa6")));
	assert_true(found.n <= SNIPPET_MAX + 8);
	found = says("lathe", &a);
	assert_true(str_starts(found, STR("A long story of how the lathe of the third shift")));
	arena_free(&a);
}

static void without_the_words_it_is_how_the_article_begins(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	assert_true(str_eq(says("zqxj", &a), STR("It is out.")));
	assert_true(str_eq(says("", &a), STR("It is out.")));
	arena_free(&a);
}

static void a_word_is_marked_where_one_begins(void **unused)
{
	(void)unused;
	struct str line = STR("Reconnecting, connecting to 53 hosts");
	assert_int_equal(snippet_mark(line, 2, STR("connect")), 0);
	assert_int_equal(snippet_mark(line, 14, STR("to Connect")), 7);
	assert_int_equal(snippet_mark(line, 28, STR("53")), 2);
	assert_int_equal(snippet_mark(line, 25, STR("to")), 0); /* too short to tell anything */
	assert_int_equal(snippet_mark(STR("nothing"), 0, STR("not")), 0);
	assert_int_equal(snippet_mark(STR("not, yet"), 0, STR("not")), 3);
	assert_int_equal(snippet_mark(STR("530"), 0, STR("53")), 0);
}

static void words_without_end_are_not_all_looked_for(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	char many[2 * SNIPPET_WORDS_MAX + 8];
	for (size_t i = 0; i < 2 * SNIPPET_WORDS_MAX; i++)
		many[i] = i % 2 ? ' ' : 'a';
	memcpy(many + 2 * SNIPPET_WORDS_MAX, "blinker", sizeof "blinker");
	assert_true(str_eq(says(many, &a), STR("It is out.")));
	assert_int_equal(snippet_mark(STR("blinker"), 0, str_c(many)), 0);
	assert_int_equal(snippet_mark(STR("blinker"), 0, STR("a a blinker")), 7);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_passage_with_most_of_the_words_is_cut_at_words),
		cmocka_unit_test(without_the_words_it_is_how_the_article_begins),
		cmocka_unit_test(a_word_is_marked_where_one_begins),
		cmocka_unit_test(words_without_end_are_not_all_looked_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
