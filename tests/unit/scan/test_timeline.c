/* SPDX-License-Identifier: MIT
 *
 * Counts over time: no count is lost however the axis has to widen, and what is shown covers what was seen.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "scan/timeline.h"

enum { TIMES = 500 };

static void check(const int64_t *times, size_t count)
{
	struct timeline_axis axis = { 0 };
	struct timeline_row row = { 0 };
	unsigned moves = 0;
	for (size_t i = 0; i < count; i++) {
		struct timeline_axis old = axis;
		if (timeline_widen(&axis, times[i])) {
			timeline_move(&row, &old, &axis);
			moves++;
		}
		timeline_count(&row, &axis, times[i]);
	}
	struct timeline_row want = { 0 };
	for (size_t i = 0; i < count; i++) {
		int64_t bucket = (times[i] - axis.start_s) / axis.width_s;
		assert_in_range(bucket, 0, TIMELINE_BUCKETS - 1);
		want.counts[bucket]++;
	}
	assert_memory_equal(&row, &want, sizeof row);
	assert_true(moves < 3 * TIMELINE_BUCKETS);
	for (size_t max = 1; max < 60; max += 7) {
		uint64_t columns[60], sum = 0;
		size_t n = timeline_columns(&row, &axis, columns, max);
		assert_in_range(n, 1, max);
		for (size_t i = 0; i < n; i++)
			sum += columns[i];
		assert_int_equal(sum, count);
		assert_true(columns[0] && columns[n - 1]);
	}
}

static void no_count_is_lost(void **unused)
{
	(void)unused;
	static const int64_t spans[] = { 1, 100, 5000, 86400, 86400 * 400ll, 4000000000ll, 300000000000ll };
	int64_t times[TIMES];
	uint64_t seed = 53;
	for (size_t s = 0; s < sizeof spans / sizeof *spans; s++) {
		for (size_t i = 0; i < TIMES; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			times[i] = (int64_t)(seed >> 20) % spans[s] - spans[s] / 3;
		}
		check(times, TIMES);
	}
}

static void in_order_and_backwards(void **unused)
{
	(void)unused;
	int64_t up[TIMES], down[TIMES], apart[TIMES];
	for (int64_t i = 0; i < TIMES; i++) {
		up[i] = 984394580 + i * 977;
		down[i] = 984394580 - i * 977;
		apart[i] = i % 2 ? up[i] : down[i];
	}
	check(up, TIMES);
	check(down, TIMES);
	check(apart, TIMES);
	check(up, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_count_is_lost),
		cmocka_unit_test(in_order_and_backwards),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
