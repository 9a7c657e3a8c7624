/* SPDX-License-Identifier: MIT
 *
 * Points in time as people name them, in a zone with summer time.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "scan/moment.h"

static struct moment_now now; /* 2001-03-12 10:56:20.25 in Berlin: 984390980.25 */

static int zone(void **unused)
{
	(void)unused;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	time_t s = 984390980;
	now.us = 984390980250000;
	localtime_r(&s, &now.local);
	return 0;
}

static void the_grammar_of_journalctl(void **unused)
{
	(void)unused;
	static const struct {
		const char *text;
		int64_t us;
	} rows[] = {
		{ "now", 984390980250000 },
		{ "today", 984351600000000 },
		{ "yesterday", 984265200000000 },
		{ "Tomorrow", 984438000000000 },
		{ "2001-03-12 10:56:20", 984390980000000 },
		{ "2001-03-12T10:56:20", 984390980000000 },
		{ "2001-03-12 10:56", 984390960000000 },
		{ "2001-03-12", 984351600000000 },
		{ "Mon 2001-03-12 10:56:20", 984390980000000 },
		{ "monday 2001-03-12", 984351600000000 },
		{ "2001-03-12 10:56:20.5", 984390980500000 },
		{ "2001-03-12 09:56:20 UTC", 984390980000000 },
		{ "2001-03-12T09:56:20Z", 984390980000000 },
		{ "2001-03-12 11:56:20 +02:00", 984390980000000 },
		{ "01-03-12", 984351600000000 },
		{ "01-03-12 10:56:20", 984390980000000 },
		{ "Mon 01-03-12 10:56", 984390960000000 },
		{ "99-03-12", 921193200000000 },
		{ "2001-03-12 10:56:20 CET", 984390980000000 },
		{ "2001-03-12 04:56:20 EST", 984390980000000 },
		{ "2001-03-12 10:56:20 Europe/Berlin", 984390980000000 },
		{ "2001-03-12 15:26 Asia/Kolkata", 984390960000000 },
		{ "2001-07-12 10:56:20.5 Europe/Berlin", 994928180500000 },
		{ "Mon 2001-03-12 04:56:20 America/New_York", 984390980000000 },
		{ "Mon 10:56", 984390960000000 },
		{ "2001-07-12 10:56:20", 994928180000000 }, /* summer time */
		{ "10:56:20", 984390980000000 },
		{ "10:56", 984390960000000 },
		{ "00:00", 984351600000000 },
		{ "9:5", 984384300000000 },
		{ "10:56:20.25", 984390980250000 },
		{ "09:56 UTC", 984390960000000 },
		{ "09:56:20.5 utc", 984390980500000 },
		{ "Mon 04:56 America/New_York", 984390960000000 },
		{ "today UTC", 984355200000000 },
		{ "yesterday Asia/Kolkata", 984249000000000 },
		{ "tomorrow  UTC", 984441600000000 },
		{ "2001-03-12 09:56:20 utc", 984390980000000 },
		{ "-2h", 984383780250000 },
		{ "+2h", 984398180250000 },
		{ "2 hours ago", 984383780250000 },
		{ "2h 30min ago", 984381980250000 },
		{ "-1d12h", 984261380250000 },
		{ "90 ago", 984390890250000 },
		{ "1.5 hours ago", 984385580250000 },
		{ "1week ago", 983786180250000 },
		{ "5min left", 984391280250000 },
		{ "@984390980", 984390980000000 },
		{ "@984390980.25", 984390980250000 },
		{ "  yesterday ", 984265200000000 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int64_t us = 0;
		if (!moment_parse(str_c(rows[i].text), &now, &us) || us != rows[i].us)
			fail_msg("'%s' became %lld, not %lld", rows[i].text, (long long)us, (long long)rows[i].us);
	}
	assert_string_equal(getenv("TZ"), "CET-1CEST,M3.5.0,M10.5.0/3");
}

static void what_is_no_time(void **unused)
{
	(void)unused;
	static const char *const texts[] = { "",
					     "   ",
					     "soon",
					     "last week",
					     "2 hours",
					     "-",
					     "-2",
					     "- h",
					     "-2 fortnights",
					     "ago",
					     " ago",
					     "25:00",
					     "10:60",
					     "2001-13-12",
					     "2001-03-12 10:56:20 XYZ",
					     "@",
					     "@x",
					     "-99999999999999999999y",
					     "1..5h ago",
					     "yesterday 10:00x",
					     "10",
					     "10:",
					     ":10",
					     "10:56:",
					     "10:56:20.",
					     "10:56:20.5.5",
					     "24:01",
					     "010:56",
					     "10:56 UTC UTC",
					     "Tue 10:56 UTC",
					     "today Nowhere",
					     "now UTC",
					     "Tue 2001-03-12",
					     "Sun 2001-03-12 10:56:20 UTC",
					     "Tue 10:56",
					     "2001-02-30",
					     "2001-03-12 24:00:01",
					     "1131566461",
					     "2001-03-12 10:56 Europe/Nowhere",
					     "2001-03-12 10:56 ../etc/passwd",
					     "2001-03-12 10:56 Europe",
					     "01-13-12" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		int64_t us;
		bool seconds = !strcmp(texts[i], "-2"); /* a bare number is seconds */
		if (moment_parse(str_c(texts[i]), &now, &us) != seconds)
			fail_msg("'%s'", texts[i]);
	}
}

static void a_stamp_without_a_year_is_of_the_last_time(void **unused)
{
	(void)unused;
	static const struct {
		const char *text;
		int year;
	} rows[] = { { "Mar 12 10:56:20", 2001 },
		     { "Mar 13 09:00:00", 2001 /* within a day */ },
		     { "Mar 14 10:56:20", 2000 },
		     { "Dec 31 23:59:59", 2000 },
		     { "Jan  1 00:00:00", 2001 } };
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct stamp t;
		int64_t us;
		assert_true(stamp_parse(str_c(rows[i].text), &t));
		assert_true(moment_of_stamp(&t, &(struct when){ .now_s = now.us / 1000000 }, &us));
		time_t s = (time_t)(us / 1000000);
		struct tm tm;
		localtime_r(&s, &tm);
		assert_int_equal(tm.tm_year + 1900, rows[i].year);
		assert_int_equal(tm.tm_hour, t.hour);
	}
}

static void sides_of_a_span(void **unused)
{
	(void)unused;
	struct moment_span span = { .now = now };
	struct when when = { .now_s = now.us / 1000000 };
	assert_true(moment_parse(STR("2001-03-12 10:00"), &now, &span.since_us));
	assert_true(moment_parse(STR("2001-03-12 10:56:20"), &now, &span.until_us));
	assert_int_equal(moment_side(&span, &when, STR("2001-03-12T10:00:00")), MOMENT_WITHIN);
	assert_int_equal(moment_side(&span, &when, STR("2001-03-12T09:59:59.999")), MOMENT_OUTSIDE);
	assert_int_equal(moment_side(&span, &when, STR("2001-03-12T09:56:20Z")), MOMENT_WITHIN);
	assert_int_equal(moment_side(&span, &when, STR("2001-03-12T09:56:21Z")), MOMENT_OUTSIDE);
	assert_int_equal(moment_side(&span, &when, STR("Mar 12 10:30:00")), MOMENT_WITHIN);
	assert_int_equal(moment_side(&span, &when, STR("10:30:00")), MOMENT_UNKNOWN);
	assert_int_equal(moment_side(&span, &when, STR("")), MOMENT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_grammar_of_journalctl),
		cmocka_unit_test(what_is_no_time),
		cmocka_unit_test(a_stamp_without_a_year_is_of_the_last_time),
		cmocka_unit_test(sides_of_a_span),
	};
	return cmocka_run_group_tests(tests, zone, NULL);
}
