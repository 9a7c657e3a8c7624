/* SPDX-License-Identifier: MIT
 *
 * Among costly probes the most telling for its cost comes first: made-up causes, beliefs and costs.
 */
#include "tests/unit/unit.h"

#include "diagnose/cause.h"
#include "diagnose/weigh.h"

/* The first is told from the others by mtu.state, the last by loss.state; by gateway.detour nobody is. */
static const char text[] =
	"causes:\n"
	"- {class: a, title: t, layer: l, says: s, needs: {mtu.state: blackhole}, fits: {loss.state: none}}\n"
	"- {class: b, title: t, layer: l, says: s, needs: {mtu.state: passes}, fits: {loss.state: none}}\n"
	"- {class: c, title: t, layer: l, says: s, needs: {mtu.state: passes, loss.state: loss}}\n";

struct world {
	struct causes *causes;
	const struct cause *left[3];
	struct weighed weighed;
	struct digest digest;
};

static void make(struct world *w, double *beliefs)
{
	struct store_source file = { .origin = STR("x.yaml"), .bytes = str_c(text) };
	*w = (struct world){ 0 };
	assert_int_equal(causes_load(&file, 1, NULL, &w->causes), ERR_OK);
	assert_int_equal(w->causes->count, 3);
	for (size_t i = 0; i < 3; i++)
		w->left[i] = &w->causes->items[i];
	w->weighed = (struct weighed){ .left = w->left, .beliefs = beliefs, .left_count = 3 };
}

static void assert_order(const struct world *w, const struct offer *offers, size_t count, const char *want)
{
	size_t order[8];
	weigh_order(&w->weighed, &w->digest, offers, count, order);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(order[i], want[i] - '0');
}

static void test_the_most_telling_for_its_cost(void **state)
{
	(void)state;
	struct world w;
	double beliefs[] = { 0.5, 0.3, 0.2 };
	make(&w, beliefs);
	const struct offer alike[] = { { "gateway.detour", 10 }, { "loss.state", 10 }, { "mtu.state", 10 } };
	assert_order(&w, alike, 3, "210"); /* of 0.5 against 0.2, at one price */
	const struct offer dear[] = { { "gateway.detour", 1 }, { "loss.state", 10 }, { "mtu.state", 24 } };
	assert_order(&w, dear, 3, "210");
	const struct offer too_dear[] = { { "gateway.detour", 1 }, { "loss.state", 10 }, { "mtu.state", 26 } };
	assert_order(&w, too_dear, 3, "120"); /* 0.5 for 26 is less than 0.2 for 10 */
	const struct offer both[] = { { "loss.state", 10 }, { "gateway.detour mtu.state", 10 } };
	assert_order(&w, both, 2, "10"); /* the best of what it tells */
	causes_close(&w.causes);
}

static void test_other_beliefs_another_order(void **state)
{
	(void)state;
	struct world w;
	double beliefs[] = { 0.05, 0.5, 0.45 };
	make(&w, beliefs);
	const struct offer offers[] = { { "mtu.state", 10 }, { "loss.state", 10 } };
	assert_order(&w, offers, 2, "10");
	causes_close(&w.causes);
}

static void test_equal_ones_as_they_stand(void **state)
{
	(void)state;
	struct world w;
	double beliefs[] = { 0.5, 0.3, 0.2 };
	make(&w, beliefs);
	const struct offer offers[] = { { "mtu.state", 5 }, { "gateway.detour", 3 }, { "mtu.state", 5 }, { "no.such", 1 },
					{ "mtu.state", 5 } };
	assert_order(&w, offers, 5, "02413");
	causes_close(&w.causes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_most_telling_for_its_cost),
		cmocka_unit_test(test_other_beliefs_another_order),
		cmocka_unit_test(test_equal_ones_as_they_stand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
