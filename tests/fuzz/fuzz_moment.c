/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a point in time: white space around them makes no difference, a span from now is as far in both
 * directions, and what is a stamp lies where its fields say.
 */
#include "scan/dated.h"
#include "scan/moment.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_spaces(struct str text, const struct moment_now *now, bool good, int64_t us)
{
	char spaced[112];
	int64_t again = 0;
	if (text.n > 90)
		return;
	spaced[0] = ' ';
	memcpy(spaced + 1, text.p, text.n);
	spaced[text.n + 1] = '\t';
	assert(moment_parse((struct str){ spaced, text.n + 2 }, now, &again) == good && again == us);
}

static void check_mirror(struct str text, const struct moment_now *now, int64_t us)
{
	char mirrored[112];
	int64_t other = 0;
	if (!text.n || text.n > 90 || text.p[0] != '-')
		return;
	memcpy(mirrored, text.p, text.n);
	mirrored[0] = '+';
	assert(moment_parse((struct str){ mirrored, text.n }, now, &other) && other - now->us == now->us - us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct moment_now now = {
		.us = 984390980250000,
		.local = { .tm_year = 101, .tm_mon = 2, .tm_mday = 12, .tm_hour = 10, .tm_min = 56, .tm_sec = 20 }
	};
	const struct moment_span all = { now, INT64_MIN, INT64_MAX };
	struct str text = { (const char *)data, size };
	int64_t us = 0;
	bool good = moment_parse(text, &now, &us);
	check_spaces(text, &now, good, us);
	if (good)
		check_mirror(text, &now, us);
	struct str time = dated_line(text);
	assert(!time.n || (time.p >= text.p && time.p + time.n <= text.p + text.n));
	struct when when = { .now_s = size % 3 ? 984390980 : 0 };
	assert(moment_side(&all, &when, time) != MOMENT_OUTSIDE);
	assert(moment_side(&all, &when, time) != MOMENT_OUTSIDE);
	struct dated d = { .text = text, .deep = size % 2 };
	for (size_t at = 0; at <= size; at += 1 + size / 4)
		dated_before(&d, at);
	return 0;
}
