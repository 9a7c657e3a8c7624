/* SPDX-License-Identifier: MIT
 *
 * What words are worth, which are one, which products a text names, and what that does to articles that share a
 * description's words.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "match/passage.h"
#include "match/product.h"
#include "match/spelling.h"
#include "match/words.h"
#include "tests/main/small_kb.h"

static const struct sayings none;

static void both_ends_of_the_lists_are_found(void **state)
{
	(void)state;
	static const char *const small[] = { "a", "also", "of", "the", "when", "your" };
	static const char *const general[] = { "able", "about", "ive", "problem", "use", "yet" };
	static const char *const attack[] = { "attacker", "vulnerability" };
	static const char *const of_attacks[] = { "aka", "execute", "vulnerability" };
	for (size_t i = 0; i < sizeof small / sizeof *small; i++)
		assert_true(words_is_small(str_c(small[i])) && !words_is_general(str_c(small[i])));
	for (size_t i = 0; i < sizeof general / sizeof *general; i++)
		assert_true(words_is_general(str_c(general[i])) && !words_is_small(str_c(general[i])));
	for (size_t i = 0; i < sizeof attack / sizeof *attack; i++)
		assert_true(words_is_attack(str_c(attack[i])));
	for (size_t i = 0; i < sizeof of_attacks / sizeof *of_attacks; i++)
		assert_true(words_is_of_attacks(str_c(of_attacks[i])));
	assert_false(words_is_small(STR("server")) || words_is_general(STR("server")) || words_is_small(STR("")));
	assert_false(words_is_attack(STR("malformed")) || words_is_of_attacks(STR("malformed")));
}

static void endings_are_one_class(void **state)
{
	(void)state;
	struct stemmer *s = NULL;
	assert_int_equal(stemmer_open(&s), ERR_OK);
	assert_int_equal(words_class(s, STR("corrupted")), words_class(s, STR("corruption")));
	assert_int_equal(words_class(s, STR("caching")), words_class(s, STR("cache")));
	assert_int_not_equal(words_class(s, STR("cache")), words_class(s, STR("catch")));
	assert_int_equal(words_class(s, STR("the")), 0);
	assert_int_not_equal(words_class(s, STR("0x35")), words_class(s, STR("0x3")));
	stemmer_close(&s);
	assert_null(s);
}

static void products_are_named_in_many_ways(void **state)
{
	(void)state;
	uint32_t iis = product_families(STR("Microsoft Internet Information Server version 4.0"));
	assert_true(iis && iis == product_families(STR("IIS 5.0 hangs")));
	assert_int_equal(product_families(STR("a kitchen without windows")), 0);
	assert_int_equal(product_families(STR("win9x")),
			 product_families(STR("Windows 95")) | product_families(STR("Windows 98")));
	assert_true(product_families(STR("NT4")) == product_families(STR("Windows NT 4.0")));
}

static void sizes_and_versions_are_spelt_as_articles_do(void **state)
{
	(void)state;
	static const struct { const char *before, *word, *spelt; } cases[] = {
		{ "", "8g", "8gb 8 gb" },
		{ "8", "gigs", "8gb 8 gb" },
		{ "16", "kilobytes", "16kb 16 kb" },
		{ "the", "gigs", "" },
		{ "", "gb", "" },
		{ "8", "disks", "" },
		{ "", "8disks", "" },
		{ "", "excel97", "excel 97" },
		{ "", "vb6", "visual basic 6 60" },
		{ "", "sp4", "service pack 4 40" },
		{ "", "win2000", "windows 2000" },
		{ "", "kernel32", "" },
		{ "", "sp4a", "" },
		{ "", "msie", "explorer" },
		{ "", "123456789012345678901234567890123456789g", "123456789012345678901234567890123456789 gb" },
		{ "", "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct spelling spelt[SPELLINGS_MAX];
		struct buf all = { 0 };
		uint32_t n = spellings_of(str_c(cases[i].word), str_c(cases[i].before), spelt);
		for (uint32_t k = 0; k < n; k++) {
			assert_true(spelt[k].share > 0 && spelt[k].share < 1);
			buf_addf(&all, "%s%.*s", k ? " " : "", (int)spelt[k].n, spelt[k].word);
		}
		assert_true(str_eq(buf_str(&all), str_c(cases[i].spelt)));
		buf_free(&all);
	}
}

static uint32_t article_number(const struct file_view *v, const char *id)
{
	for (uint32_t i = 0; i < v->article_count; i++)
		if (str_eq(file_str(v, v->articles[i].id), str_c(id)))
			return i;
	fail_msg("no article %s", id);
	return 0;
}

/* Two articles with the same score by words alone: the one that has the words as the description has them comes
 * first. */
static void words_that_stand_together_count(void **state)
{
	(void)state;
	struct matcher *m = NULL;
	struct match_scratch *s = NULL;
	assert_int_equal(small_kb_open(&m), ERR_OK);
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	uint32_t rcmd = article_number(&m->view, "Q150536"), mount = article_number(&m->view, "Q-mount-error-112");
	struct text_hit hits[] = { { mount, 5 }, { rcmd, 5 } };
	passage_weigh(&m->view, s, STR("the RCMD client could not reach the server"), 10, true, &none, hits, 2);
	assert_int_equal(hits[0].article, rcmd);
	assert_true(hits[0].score > hits[1].score);
	struct text_hit again[] = { { mount, 5 }, { rcmd, 5 } };
	passage_weigh(&m->view, s, STR("the RCMD client could not reach the server"), 10, true, &none, again, 2);
	assert_memory_equal(hits, again, sizeof hits); /* nothing is left behind in the scratch */
	passage_weigh(&m->view, s, STR("of the"), 0, true, &none, again, 2); /* nothing to go by */
	assert_memory_equal(hits, again, sizeof hits);
	match_scratch_close(&s);
	match_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ends_of_the_lists_are_found),
		cmocka_unit_test(endings_are_one_class),
		cmocka_unit_test(products_are_named_in_many_ways),
		cmocka_unit_test(sizes_and_versions_are_spelt_as_articles_do),
		cmocka_unit_test(words_that_stand_together_count),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
