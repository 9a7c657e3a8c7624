/* SPDX-License-Identifier: MIT
 *
 * The year of stamps that have none: over New Year, by the file's own time, never in the future, on a leap day. The
 * same for what is asked for (--since) and what is shown (timelines).
 */
#include "tests/unit/unit.h"

#include "scan/moment.h"

#include <stdlib.h>

enum { NOW = 984390980 /* 2001-03-12 09:56:20 */, DAY = 86400 };

static int64_t at(const char *iso)
{
	struct stamp t;
	int64_t s = 0;
	if (!stamp_parse(str_c(iso), &t) || !stamp_seconds(&t, 0, &s))
		fail_msg("%s is no stamp", iso);
	return s;
}

typedef const char *const rows[][2];

/* Each row is a stamp in order of a file, and what it is taken for. */
static void check(struct when w, const char *const (*row)[2])
{
	struct when same = w;
	for (; (*row)[0]; row++) {
		int64_t s = 0, us = 0;
		struct stamp t;
		if (!when_read(&w, str_c((*row)[0]), &s) || s != at((*row)[1]))
			fail_msg("%s became %lld, not %s", (*row)[0], (long long)s, (*row)[1]);
		assert_true(stamp_parse(str_c((*row)[0]), &t));
		assert_true(moment_of_stamp(&t, &same, &us));
		assert_int_equal(us, s * 1000000); /* the tests' zone is UTC */
	}
}

static void the_last_time_that_it_was_this_day(void **unused)
{
	(void)unused;
	check((struct when){ .now_s = NOW }, (rows){ { "Mar 12 09:00:00", "2001-03-12 09:00:00" }, { NULL } });
	check((struct when){ .now_s = NOW }, (rows){ { "Mar 13 09:00:00", "2001-03-13 09:00:00" }, { NULL } });
	check((struct when){ .now_s = NOW }, (rows){ { "Mar 14 10:00:00", "2000-03-14 10:00:00" }, { NULL } });
	check((struct when){ 0 }, (rows){ { "Nov 14 10:00:00", "2000-11-14 10:00:00" },
					  { "Jan  2 10:00:00", "2001-01-02 10:00:00" },
					  { NULL } });
}

static void over_new_year_and_back(void **unused)
{
	(void)unused;
	check((struct when){ .now_s = NOW }, (rows){ { "Dec 30 23:59:58", "2000-12-30 23:59:58" },
						     { "Jan  1 00:00:01", "2001-01-01 00:00:01" },
						     { "Dec 31 23:59:59", "2000-12-31 23:59:59" },
						     { "Jan  1 00:00:02", "2001-01-01 00:00:02" },
						     { "Mar 12 00:00:00", "2001-03-12 00:00:00" },
						     { NULL } });
	/* what began last year goes on, though now it would be of this one */
	check((struct when){ .now_s = at("2001-01-01 00:00:30") }, (rows){ { "Dec 31 23:59:59", "2000-12-31 23:59:59" },
									   { "Jan  1 00:00:01", "2001-01-01 00:00:01" },
									   { NULL } });
}

static void by_the_time_of_the_file(void **unused)
{
	(void)unused;
	struct when w = { .now_s = NOW };
	when_of_file(&w, true, at("1998-06-01 12:00:00"));
	check(w, (rows){ { "Nov 20 10:00:00", "1997-11-20 10:00:00" },
			 { "Jan  5 10:00:00", "1998-01-05 10:00:00" },
			 { "Jun  1 10:00:00", "1998-06-01 10:00:00" },
			 { NULL } });
	/* a time that an archive was given is none */
	when_of_file(&w, true, 315532800);
	check(w, (rows){ { "Nov 20 10:00:00", "2000-11-20 10:00:00" }, { NULL } });
	/* one that is written to goes over New Year, however long ago the scan began */
	when_of_file(&w, true, at("2001-12-31 10:00:00"));
	w.now_s = NOW;
	int64_t s;
	assert_true(when_read(&w, STR("Dec 31 09:00:00"), &s));
	when_of_file(&w, false, at("2002-01-02 10:00:00"));
	assert_true(when_read(&w, STR("Jan  2 09:00:00"), &s));
	assert_int_equal(s, at("2002-01-02 09:00:00"));
	/* another one begins anew */
	when_of_file(&w, true, 0);
	assert_true(when_read(&w, STR("Feb  2 09:00:00"), &s));
	assert_int_equal(s, at("2001-02-02 09:00:00"));
}

static void nothing_is_of_the_future(void **unused)
{
	(void)unused;
	/* logs put behind one another, the newest first: the nearest day would be two months ahead */
	check((struct when){ .now_s = NOW }, (rows){ { "Mar 11 10:00:00", "2001-03-11 10:00:00" },
						     { "May 20 10:00:00", "2000-05-20 10:00:00" },
						     { "Jun  3 10:00:00", "2000-06-03 10:00:00" },
						     { NULL } });
	/* what has a year is believed */
	check((struct when){ .now_s = NOW }, (rows){ { "2005-01-01 10:00:00", "2005-01-01 10:00:00" },
						     { "Mar  1 10:00:00", "2001-03-01 10:00:00" },
						     { NULL } });
	check((struct when){ .now_s = NOW }, (rows){ { "1999-01-01 10:00:00", "1999-01-01 10:00:00" },
						     { "Mar  1 10:00:00", "1999-03-01 10:00:00" },
						     { NULL } });
}

static void a_leap_day_is_of_a_leap_year(void **unused)
{
	(void)unused;
	check((struct when){ .now_s = NOW }, (rows){ { "Feb 29 10:00:00", "2000-02-29 10:00:00" },
						     { "Mar  1 10:00:00", "2000-03-01 10:00:00" },
						     { NULL } });
	check((struct when){ .now_s = NOW }, (rows){ { "Feb 28 10:00:00", "2001-02-28 10:00:00" },
						     { "Feb 29 10:00:00", "2000-02-29 10:00:00" },
						     { NULL } });
	check((struct when){ .now_s = at("1903-06-01 00:00:00") }, /* 1900 was none */
	      (rows){ { "Feb 29 10:00:00", "1896-02-29 10:00:00" }, { NULL } });
}

static void what_has_no_date(void **unused)
{
	(void)unused;
	struct when w = { .now_s = NOW };
	struct stamp t;
	int64_t us;
	assert_false(when_read(&w, STR("10:56:20"), &us));
	assert_false(when_read(&w, STR(""), &us));
	assert_false(when_read(&w, STR("soon"), &us));
	assert_true(stamp_parse(STR("10:56:20"), &t));
	assert_false(moment_of_stamp(&t, &w, &us));
	assert_int_equal(w.year, 0);
}

static int zone(void **unused)
{
	(void)unused;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_time_that_it_was_this_day),
		cmocka_unit_test(over_new_year_and_back),
		cmocka_unit_test(by_the_time_of_the_file),
		cmocka_unit_test(nothing_is_of_the_future),
		cmocka_unit_test(a_leap_day_is_of_a_leap_year),
		cmocka_unit_test(what_has_no_date),
	};
	return cmocka_run_group_tests(tests, zone, NULL);
}
