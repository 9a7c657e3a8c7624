/* SPDX-License-Identifier: MIT
 *
 * Times on several axes: no count is lost, whatever comes in what order, and a few wrong clocks do not choose what is
 * shown.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "scan/spells.h"

enum { TIMES_MAX = 400, DAY = 86400 };

static struct spells spells;
static struct timeline_row rows[SPELLS_MAX];
static struct spells_shown shown;

static void shift(void *unused, const struct spells_shift *s)
{
	(void)unused;
	if (s->from == s->to) {
		timeline_move(&rows[s->from], &s->old, &s->new);
		return;
	}
	timeline_add(&rows[s->to], &s->new, &rows[s->from], &s->old);
	memset(&rows[s->from], 0, sizeof rows[s->from]);
}

static void see_all(const int64_t *times, size_t count)
{
	memset(&spells, 0, sizeof spells);
	memset(rows, 0, sizeof rows);
	for (size_t i = 0; i < count; i++) {
		size_t at = spells_see(&spells, times[i], shift, NULL);
		timeline_count(&rows[at], &spells.axes[at], times[i]);
	}
	spells_show(&spells, &shown);
	/* all that is shown stands where it belongs */
	struct timeline_row sum = { 0 }, want = { 0 };
	uint64_t outside = 0;
	for (size_t i = 0; i < SPELLS_MAX; i++)
		if (spells.axes[i].width_s && !shown.out[i])
			timeline_add(&sum, &shown.axis, &rows[i], &spells.axes[i]);
	for (size_t i = 0; i < count; i++) {
		bool out = times[i] < shown.axis.min_s || times[i] > shown.axis.max_s;
		outside += out;
		if (!out)
			timeline_count(&want, &shown.axis, times[i]);
		assert_true(!out || (times[i] >= shown.first_s && times[i] <= shown.last_s));
	}
	assert_int_equal(outside, shown.outside);
	assert_memory_equal(&sum, &want, sizeof sum);
}

static void a_wrong_clock_is_left_out(void **unused)
{
	(void)unused;
	int64_t times[TIMES_MAX];
	for (size_t wrong = 0; wrong < 50; wrong += 7) { /* wherever it stands */
		for (int64_t i = 0; i < 50; i++)
			times[i] = 984394580 + i * 60;
		times[wrong] = 9;
		see_all(times, 50);
		assert_int_equal(shown.outside, 1);
		assert_int_equal(shown.first_s, 9);
		assert_int_equal(shown.last_s, 9);
		assert_true(shown.axis.width_s <= 60);
		times[(wrong + 3) % 50] = 4102444800; /* and one of 2100 */
		see_all(times, 50);
		assert_int_equal(shown.outside, 2);
		assert_true(shown.axis.width_s <= 60);
	}
}

static void what_is_many_or_near_is_shown(void **unused)
{
	(void)unused;
	int64_t times[TIMES_MAX];
	for (int64_t i = 0; i < 50; i++)
		times[i] = i < 10 ? 9 + i : 984394580 + i * 60;
	see_all(times, 50);
	assert_int_equal(shown.outside, 0); /* a fifth of them */
	assert_int_equal(shown.axis.min_s, 9);
	for (int64_t i = 0; i < 50; i++)
		times[i] = 984394580 + i * DAY * 3;
	see_all(times, 50);
	assert_int_equal(shown.outside, 0);
	for (int64_t i = 0; i < 50; i++)
		times[i] = 984394580 + (i ? i * 60 : -5 * DAY);
	see_all(times, 50);
	assert_int_equal(shown.outside, 0);
	int64_t one = 984394580, two[] = { 9, 984394580 };
	see_all(&one, 1);
	assert_int_equal(shown.outside, 0);
	see_all(two, 2);
	assert_int_equal(shown.outside, 0);
	see_all(NULL, 0);
	assert_int_equal(shown.axis.width_s, 0);
}

static void no_count_is_lost(void **unused)
{
	(void)unused;
	static const int64_t spans[] = { 1, 5000, DAY * 400, 4000000000, 250000000000 };
	int64_t times[TIMES_MAX];
	uint64_t seed = 53;
	for (size_t turn = 0; turn < 300; turn++) {
		for (size_t i = 0; i < TIMES_MAX; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			int64_t span = spans[(seed >> 8) % 5];
			times[i] = (int64_t)(seed >> 20) % span - (i % 7 ? 0 : span / 3);
			if (turn % 3 == 0) /* many spells */
				times[i] = (int64_t)((seed >> 30) % 9) * 700 * DAY + (int64_t)(seed >> 40) % 3000;
		}
		see_all(times, TIMES_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_wrong_clock_is_left_out),
		cmocka_unit_test(what_is_many_or_near_is_shown),
		cmocka_unit_test(no_count_is_lost),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
