/* SPDX-License-Identifier: MIT
 *
 * Time stamps as logs write them.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "match/envelope.h"
#include "match/stamp.h"

static void stamps_become_iso(void **unused)
{
	(void)unused;
	static const char *const pairs[][2] = {
		{ "2001-03-12 10:56:20", "2001-03-12T10:56:20" },
		{ "2001-03-12T10:56:20Z", "2001-03-12T10:56:20Z" },
		{ "2001-03-12 10:56:20,328", "2001-03-12T10:56:20.328" },
		{ "2001-03-12T10:56:20.5+02:00", "2001-03-12T10:56:20.500+02:00" },
		{ "2001/03/12 10:56:20", "2001-03-12T10:56:20" },
		{ "Tue Mar 12 10:56:20 2001", "2001-03-12T10:56:20" },
		{ "[Sun Dec 04 04:47:44 2005]", "2005-12-04T04:47:44" },
		{ "Tue Mar 12 10:56:20.123 2001", "2001-03-12T10:56:20.123" },
		{ "03-12-2001 10:56:20.123+300", "2001-03-12T10:56:20.123-05:00" },
		{ "03-12-2001 10:56:20.123-60", "2001-03-12T10:56:20.123+01:00" },
		{ "10:56:20.123-60\" date=\"03-12-2001", "2001-03-12T10:56:20.123+01:00" },
		{ "2001-03-12-10.56.20.123456+060", "2001-03-12T10:56:20.123+01:00" },
		{ "2001-03-12-10.56.20.123456-300", "2001-03-12T10:56:20.123-05:00" },
		{ "Mar 12, 2001 10:56:20 AM CET", "2001-03-12T10:56:20+01:00" },
		{ "Mar 12, 2001, 10:56:20 PM", "2001-03-12T22:56:20" },
		{ "20010312:105620.113", "2001-03-12T10:56:20.113" },
		{ "0312/105620.113456", "0312/105620.113456" },
		{ "2001-03-12 time=10:56:20", "2001-03-12T10:56:20" },
		{ "2001-03-12-10.56.20", "2001-03-12T10:56:20" },
		{ "2001-03-12 10:56:20+14", "2001-03-12T10:56:20+14:00" },
		{ "3/12/2001 10:56:20 PM", "2001-03-12T22:56:20" },
		{ "3/12/2001 12:00:20 AM", "2001-03-12T00:00:20" },
		{ "12/Mar/2001:10:56:20 +0000", "2001-03-12T10:56:20Z" },
		{ "17/06/09 20:10:40", "2017-06-09T20:10:40" },
		{ "1131566461", "2005-11-09T20:01:01Z" },
		{ "@400000006550a1b22d3f4a5c", "2023-11-12T09:58:00.759Z" },
		{ "2024-03-12_11:02:41.12345", "2024-03-12T11:02:41.123" },
		{ "1131566461123", "2005-11-09T20:01:01.123Z" },
		{ "1131566461123456", "2005-11-09T20:01:01.123Z" },
		{ "2001-03-12 10:56:20.5 UTC", "2001-03-12T10:56:20.500Z" },
		{ "12.03.2001 10:56:20", "2001-03-12T10:56:20" },
		{ "12-Mar-2001 10:56:20.123", "2001-03-12T10:56:20.123" },
		{ "010312 10:56:20", "2001-03-12T10:56:20" },
		{ "010312  9:56:20", "2001-03-12T09:56:20" },
		{ "010312 105620", "2001-03-12T10:56:20" },
		{ "20010312 105620", "2001-03-12T10:56:20" },
		{ "20010312 10:56:20.5", "2001-03-12T10:56:20.500" },
		{ "20010312T105620Z", "2001-03-12T10:56:20Z" },
		{ "20010312T105620", "2001-03-12T10:56:20" },
		{ "2001-03-12 10:56:20 EST", "2001-03-12T10:56:20-05:00" },
		{ "2001-03-12 10:56:20.5 CEST", "2001-03-12T10:56:20.500+02:00" },
		{ "2001-03-12 10:56:20 IST", "2001-03-12T10:56:20+05:30" },
		{ "2001-03-12 10:56:20 -0500", "2001-03-12T10:56:20-05:00" },
		{ "2001-03-12 10:56:20+01", "2001-03-12T10:56:20+01:00" },
		{ "Tue, 12 Mar 2001 10:56:20 +0100", "2001-03-12T10:56:20+01:00" },
		{ "12 Mar 2001 10:56:20 GMT", "2001-03-12T10:56:20Z" },
		{ "Tue Mar 12 10:56:20 CET 2001", "2001-03-12T10:56:20+01:00" },
		{ "2001 Mar 12 10:56:20", "2001-03-12T10:56:20" },
		{ "Mar 12 10:56:20 2001", "2001-03-12T10:56:20" },
		{ "Mar 12 2001 10:56:20.123", "2001-03-12T10:56:20.123" },
		{ "25/12/2001 10:00:00", "2001-12-25T10:00:00" },
		{ "31/12/99 10:00:00", "1999-12-31T10:00:00" },
		{ "2001-03-12 10:56:20 PM", "2001-03-12T22:56:20" },
		{ "3/12/2001 10:56 PM", "2001-03-12T22:56:00" },
		{ "3/12/2001 10:56:20.5 am", "2001-03-12T10:56:20.500" },
		{ "2000-02-29T23:59:60Z", "2000-02-29T23:59:60Z" },
		{ "2001-03-12T24:00:00", "2001-03-12T24:00:00" },
		{ "11/03/01\",\"16:55:15", "2001-11-03T16:55:15" },
		{ "10:56:20.123+300\" date=\"03-12-2001", "2001-03-12T10:56:20.123-05:00" },
		/* without a year, or none at all: as written */
		{ "Mar  2 08:13:43", "Mar  2 08:13:43" },
		{ "03-17 16:13:38.811", "03-17 16:13:38.811" },
		{ "10:30:00", "10:30:00" },
		{ "2001-13-12 10:56:20", "2001-13-12 10:56:20" },
		{ "yesterday", "yesterday" },
		{ "", "" },
	};
	struct arena a = { 0 };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct str iso = stamp_iso(str_c(pairs[i][0]), &a);
		if (!str_eq(iso, str_c(pairs[i][1])))
			fail_msg("%s became %.*s, not %s", pairs[i][0], STR_ARG(iso), pairs[i][1]);
	}
	arena_free(&a);
}

static void no_calendar_has_them(void **unused)
{
	(void)unused;
	static const char *const texts[] = { "2001-02-30 10:56:20",
					     "2001-02-29 10:56:20",
					     "1900-02-29",
					     "2001-04-31",
					     "2001-00-12 10:56:20",
					     "2001-03-00",
					     "2001-03-12T24:00:01",
					     "24:00:00",
					     "2001-03-12T10:60:00",
					     "Feb 30 10:56:20",
					     "20010230T105620Z",
					     "E0230 10:56:20.1",
					     "13/13/2001 10:00:00",
					     "2001-03-12 13:56:20 PM",
					     "2001-03-12 0:56:20 AM",
					     "2001-03-12 10:56:20 +2500",
					     "2001-03-12 10:56:20 ESTX",
					     "2001-03-12 10:56:20 XST" };
	struct stamp t;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (stamp_parse(str_c(texts[i]), &t))
			fail_msg("%s", texts[i]);
	assert_true(stamp_parse(STR("Feb 29 10:56:20"), &t)); /* of some year */
}

/* What the dress of a line takes for its stamp is read: one is not known without the other. */
static void stamps_of_lines_are_read(void **unused)
{
	(void)unused;
	static const struct {
		const char *line;
		int month, day, hour, nanosecond;
	} rows[] = {
		{ "Mar 12 11:02:41.123 web1 app[3]: text", 3, 12, 11, 123000000 },
		{ "12-Mar-2001 10:56:20.123 client: text", 3, 12, 10, 123000000 },
		{ "20010312T105620Z text", 3, 12, 10, 0 },
		{ "E0312 10:56:20.123456   212 client.cc:42] text", 3, 12, 10, 123456000 },
		{ "E20010312 10:56:20.123456   212 client.cc:42] text", 3, 12, 10, 123456000 },
		{ "Tue, 12 Mar 2001 10:56:20 +0100 text", 3, 12, 10, 0 },
		{ "Tue Mar 12 10:56:20 CET 2001 text", 3, 12, 10, 0 },
		{ "Mon Mar 12 10:56:20 text", 3, 12, 10, 0 },
		{ "2001-03-12 10:56:20.123 UTC [311] ERROR:  text", 3, 12, 10, 123000000 },
		{ "2001-03-12 10:56:20 -0500 text", 3, 12, 10, 0 },
		{ "2001 Mar 12 10:56:20 web1 app: text", 3, 12, 10, 0 },
		{ "Mar 12 2001 10:56:20 web1 app: text", 3, 12, 10, 0 },
		{ "25/12/2001 10:00:00 text", 12, 25, 10, 0 },
		{ "3/12/2001 10:56:20 PM text", 3, 12, 22, 0 },
		{ "2001-03-12 10:56:20 PM text", 3, 12, 22, 0 },
		{ "[12.03.2001 10:56:20] text", 3, 12, 10, 0 },
		{ "03/12 10:56:20 text", 3, 12, 10, 0 },
		{ "1131566461.5 text", 11, 9, 20, 500000000 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct match_envelope dress;
		struct stamp t;
		envelope_read(str_c(rows[i].line), &dress);
		if (!stamp_parse(dress.time, &t) || t.month != rows[i].month || t.day != rows[i].day ||
		    t.hour != rows[i].hour || t.nanosecond != rows[i].nanosecond)
			fail_msg("%s: '%.*s'", rows[i].line, STR_ARG(dress.time));
	}
}

static void weekdays_of_dates(void **unused)
{
	(void)unused;
	static const struct {
		const char *date;
		int weekday;
	} rows[] = { { "1970-01-01", 4 }, { "2001-03-12", 1 }, { "2000-02-29", 2 }, { "1969-12-28", 7 } };
	struct stamp t;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_true(stamp_parse(str_c(rows[i].date), &t));
		assert_int_equal(stamp_weekday_of(&t), rows[i].weekday);
	}
}

static void syslog_has_no_year(void **unused)
{
	(void)unused;
	struct stamp t;
	assert_true(stamp_parse(STR("Mar  2 08:13:43"), &t));
	assert_int_equal(t.year, 0);
	assert_int_equal(t.month, 3);
	assert_int_equal(t.day, 2);
	assert_int_equal(t.hour, 8);
	assert_false(stamp_parse(STR("Mar  2 08:13:43 x"), &t));
	assert_false(stamp_parse(STR("25:00:00"), &t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stamps_become_iso),	    cmocka_unit_test(no_calendar_has_them),
		cmocka_unit_test(stamps_of_lines_are_read), cmocka_unit_test(weekdays_of_dates),
		cmocka_unit_test(syslog_has_no_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
