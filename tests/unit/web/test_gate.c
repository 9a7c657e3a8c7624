/* SPDX-License-Identifier: MIT
 *
 * How many diagnoses a client has where the server's owner says nothing of it, by a clock of our own.
 */
#include "tests/unit/unit.h"

#include "web/gate.h"
#include "web/http.h"

static int64_t now_ms = 1000000;

/* This program's own comes before the server's. */
int64_t http_now_ms(void)
{
	return now_ms;
}

static bool takes(struct gate *g)
{
	struct arena a = { 0 };
	struct http_request req = { .arena = &a, .client = STR("192.0.2.1"), .role = ROLE_PROBE };
	struct http_response res = { 0 };
	bool taken = gate_takes_diagnosis(g, &req, &res);
	assert_int_equal(res.status, taken ? 0 : 429);
	assert_true(taken ? !res.retry_after_s : res.retry_after_s >= 1);
	arena_free(&a);
	return taken;
}

static void ten_at_once_and_twenty_a_minute(void **unused)
{
	(void)unused;
	struct gate *g = NULL;
	assert_int_equal(gate_open(&(struct gate_options){ 0 }, NULL, &g), ERR_OK);
	for (int i = 0; i < 10; i++)
		assert_true(takes(g));
	assert_false(takes(g));
	now_ms += 60000 / 20 - 5;
	assert_false(takes(g));
	now_ms += 10;
	assert_true(takes(g));
	assert_false(takes(g));
	gate_close(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_at_once_and_twenty_a_minute),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
