/* SPDX-License-Identifier: MIT
 *
 * Tokens and rates.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "web/rate.h"
#include "web/token.h"

static void a_secret_finds_its_token_and_no_other(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct token items[3] = { { STR("ann"), ROLE_READ, { 0 } },
				  { STR("bob"), ROLE_PROBE, { 0 } },
				  { STR("eve"), ROLE_ADMIN, { 0 } } };
	struct tokens tokens = { items, 3, 3 }, again;
	struct str secrets[3];
	struct buf out = { 0 };
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(token_make(&a, &secrets[i], items[i].hash), ERR_OK);
	tokens_write(&out, &tokens);
	assert_int_equal(tokens_parse(buf_str(&out), &a, NULL, &again), ERR_OK);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(secrets[i].n, 47);
		const struct token *found = tokens_find(&again, secrets[i]);
		assert_non_null(found);
		assert_true(str_eq(found->name, items[i].name) && found->role == items[i].role);
		assert_null(tokens_find(&again, str_first(secrets[i], 46)));
		assert_true(str_find(buf_str(&out), str_from(secrets[i], 4)) == STR_NONE);
	}
	assert_null(tokens_find(&again, STR("")));
	assert_null(tokens_find(&(struct tokens){ 0 }, secrets[0]));
	buf_free(&out);
	arena_free(&a);
}

static void a_bucket_fills_again(void **unused)
{
	(void)unused;
	static struct rates r;
	r = (struct rates){ .per_s = 0.5, .burst = 3, .seed = 7 };
	unsigned wait = 0;
	for (int i = 0; i < 3; i++)
		assert_true(rates_take(&r, STR("10.0.0.1"), 1000, &wait));
	assert_false(rates_take(&r, STR("10.0.0.1"), 1000, &wait));
	assert_in_range(wait, 2, 3);
	assert_true(rates_take(&r, STR("10.0.0.2"), 1000, &wait));
	assert_false(rates_take(&r, STR("10.0.0.1"), 2500, &wait));
	assert_true(rates_take(&r, STR("10.0.0.1"), 3100, &wait));
	assert_false(rates_take(&r, STR("10.0.0.1"), 3200, &wait));
	for (int i = 0; i < 3; i++) /* never more than the burst */
		assert_true(rates_take(&r, STR("10.0.0.1"), 1000000, &wait));
	assert_false(rates_take(&r, STR("10.0.0.1"), 1000000, &wait));
	for (int i = 0; i < 1000; i++)
		assert_true(rates_take(&r, STR(""), 1000, &wait)); /* this machine */
}

/* Whoever is limited stays so while a crowd passes: fuller buckets are forgotten first. */
static void a_crowd_does_not_wash_a_limit_away(void **unused)
{
	(void)unused;
	static struct rates r;
	unsigned wait = 0;
	r = (struct rates){ .per_s = 0.001, .burst = 5, .seed = 7 };
	while (rates_take(&r, STR("192.0.2.66"), 0, &wait))
		;
	for (unsigned i = 0; i < 20000; i++) {
		char text[32];
		int n = snprintf(text, sizeof text, "10.%u.%u.%u", i >> 16, i >> 8 & 255, i & 255);
		rates_take(&r, (struct str){ text, (size_t)n }, 1, &wait);
	}
	assert_false(rates_take(&r, STR("192.0.2.66"), 2, &wait));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_finds_its_token_and_no_other),
		cmocka_unit_test(a_bucket_fills_again),
		cmocka_unit_test(a_crowd_does_not_wash_a_limit_away),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
