/* SPDX-License-Identifier: MIT
 *
 * The two ways of the literal prefilter give the same finds, on random texts made of the literals' own pieces.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scan/prefilter.h"

enum { LITERALS = 300, TEXTS = 200, TEXT_BYTES = 4000 };

static uint32_t state;

static uint32_t random_below(uint32_t n) /* a small congruential generator: the same sequence everywhere */
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

static struct str random_word(struct arena *a, uint32_t min, uint32_t max)
{
	uint32_t n = min + random_below(max - min + 1);
	char *p = arena_alloc(a, n + 1);
	for (uint32_t i = 0; i < n; i++)
		p[i] = "abcAB \\<:"[random_below(9)];
	return (struct str){ p, n };
}

static void scan_both(struct prefilter *p[2], struct prefilter_scratch *s[2], struct str text, size_t *ret_count)
{
	const struct prefilter_find *finds[2];
	size_t count[2];
	for (int i = 0; i < 2; i++)
		assert_int_equal(prefilter_scan(p[i], s[i], text, &finds[i], &count[i]), ERR_OK);
	assert_int_equal(count[0], count[1]);
	for (size_t i = 0; i < count[0]; i++) {
		assert_int_equal(finds[0][i].end, finds[1][i].end);
		assert_int_equal(finds[0][i].literal, finds[1][i].literal);
	}
	*ret_count = count[0];
}

static void both_ways_find_the_same(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct str literals[LITERALS];
	for (size_t i = 0; i < LITERALS; i++)
		literals[i] = random_word(&a, PREFILTER_LITERAL_MIN, i % 10 ? 8 : PREFILTER_LITERAL_MAX);
	struct prefilter *p[2] = { 0 };
	struct prefilter_scratch *s[2] = { 0 };
	for (int i = 0; i < 2; i++) {
		assert_int_equal(prefilter_open(literals, LITERALS, i == 1, &p[i]), ERR_OK);
		assert_int_equal(prefilter_scratch_open(p[i], &s[i]), ERR_OK);
	}
	assert_true(prefilter_is_portable(p[1]));
	size_t total = 0, count = 0;
	for (size_t t = 0; t < TEXTS; t++) {
		struct buf text = { 0 };
		while (text.n < TEXT_BYTES)
			buf_add(&text, random_below(3) ? random_word(&a, 1, 9) : literals[random_below(LITERALS)]);
		scan_both(p, s, buf_str(&text), &count);
		total += count;
		buf_free(&text);
	}
	assert_true(total > TEXTS * 10);
	scan_both(p, s, STR(""), &count);
	scan_both(p, s, STR("ab"), &count);
	for (int i = 0; i < 2; i++) {
		prefilter_scratch_close(&s[i]);
		prefilter_close(&p[i]);
	}
	arena_free(&a);
}

static void case_does_not_matter(void **unused)
{
	(void)unused;
	struct str literals[] = { STR_LIT("WNetAddConnection2"), STR_LIT("ection2") };
	for (int portable = 0; portable < 2; portable++) {
		struct prefilter *p = NULL;
		struct prefilter_scratch *s = NULL;
		const struct prefilter_find *finds;
		size_t count;
		assert_int_equal(prefilter_open(literals, 2, portable, &p), ERR_OK);
		assert_int_equal(prefilter_scratch_open(p, &s), ERR_OK);
		struct str text = STR("error DURING wnetaddCONNECTION2 (53)");
		assert_int_equal(prefilter_scan(p, s, text, &finds, &count), ERR_OK);
		assert_int_equal(count, 2);
		assert_int_equal(finds[0].end, 31);
		assert_int_equal(finds[0].literal, 0);
		assert_int_equal(finds[1].literal, 1);
		prefilter_scratch_close(&s);
		prefilter_close(&p);
	}
}

static void no_literals_are_refused(void **unused)
{
	(void)unused;
	struct prefilter *p = NULL;
	assert_int_equal(prefilter_open(NULL, 0, false, &p), ERR_INPUT);
	assert_null(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_find_the_same),
		cmocka_unit_test(case_does_not_matter),
		cmocka_unit_test(no_literals_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
