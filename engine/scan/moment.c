/* SPDX-License-Identifier: MIT
 *
 * See moment.h, systemd.time(7): "PARSING TIMESTAMPS" and "PARSING TIME SPANS".
 */
#include "scan/moment.h"

#include "scan/zone.h"

#include <stdio.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define MOST (INT64_C(31557600000) * SECOND) /* a thousand years */

static bool to_us(const struct tm *tm, int64_t *ret_us)
{
	int64_t s;
	if (!zone_local(*tm, &s))
		return false;
	*ret_us = s * SECOND;
	return true;
}

/* ---- spans of time ---- */

static const struct {
	const char *names; /* ended by a blank each */
	int64_t us;
} units[] = {
	{ "usec us \xC2\xB5s \xCE\xBCs ", 1 },
	{ "msec ms ", 1000 },
	{ "seconds second secs sec s ", SECOND },
	{ "minutes minute mins min m ", 60 * SECOND },
	{ "hours hour hrs hr h ", 3600 * SECOND },
	{ "days day d ", DAY },
	{ "weeks week w ", 7 * DAY },
	{ "months month M ", 2629800 * SECOND }, /* 30.44 days, as systemd has it */
	{ "years year y ", 31557600 * SECOND },
};

static bool unit_of(struct str word, int64_t *ret_us)
{
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		struct str rest = str_c(units[i].names), name;
		while (str_word(&rest, &name)) {
			if (!str_eq(name, word))
				continue;
			*ret_us = units[i].us;
			return true;
		}
	}
	return false;
}

static size_t run_of(struct str s, bool digits)
{
	size_t n = 0;
	while (n < s.n && !char_is_space(s.p[n]) && (char_is_digit(s.p[n]) || (digits && s.p[n] == '.')) == digits)
		n++;
	return n;
}

/* "1.5" of a unit */
static bool times(struct str number, int64_t unit_us, int64_t *ret_us)
{
	struct str whole, fraction;
	uint64_t n = 0;
	str_cut(number, '.', &whole, &fraction);
	if ((whole.n && !str_u64(whole, &n)) || (!whole.n && !fraction.n) || str_find_char(fraction, '.') != STR_NONE ||
	    n > (uint64_t)(MOST / unit_us))
		return false;
	int64_t us = (int64_t)n * unit_us, part = unit_us;
	for (size_t i = 0; i < fraction.n && part; i++) {
		part /= 10;
		us += part * (fraction.p[i] - '0');
	}
	*ret_us = us;
	return true;
}

/* "2h 30min", "1d12h", "5 days", "90" (seconds) */
static bool parse_span(struct str s, int64_t *ret_us)
{
	int64_t sum = 0;
	s = str_trim(s);
	if (!s.n)
		return false;
	while (s.n) {
		struct str number = str_first(s, run_of(s, true));
		s = str_from(s, number.n);
		while (s.n && char_is_space(s.p[0]))
			s = str_from(s, 1);
		struct str word = str_first(s, run_of(s, false));
		int64_t unit_us = SECOND, us;
		if (!number.n || (word.n && !unit_of(word, &unit_us)) || (!word.n && s.n) ||
		    !times(number, unit_us, &us) || us > MOST - sum)
			return false;
		sum += us;
		s = str_trim(str_from(s, word.n));
	}
	*ret_us = sum;
	return true;
}

/* ---- points in time ---- */

/* "-2h", "+30min", "2 hours ago", "3 days left" */
static bool parse_relative(struct str s, const struct moment_now *now, int64_t *ret_us)
{
	int64_t us;
	int sign = 0;
	if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
		sign = s.p[0] == '-' ? -1 : 1;
		s = str_from(s, 1);
	} else if (str_ends_nocase(s, STR(" ago"))) {
		sign = -1;
		s = str_first(s, s.n - 4);
	} else if (str_ends_nocase(s, STR(" left"))) {
		sign = 1;
		s = str_first(s, s.n - 5);
	}
	if (!sign || !parse_span(s, &us))
		return false;
	*ret_us = now->us + sign * us;
	return true;
}

/* drop_weekday: 1 to 7 from Monday, 0 where the text begins with none. */
static struct str drop_weekday(struct str s, int *ret_weekday)
{
	static const char days[] = "monday tuesday wednesday thursday friday saturday sunday";
	struct str rest = str_c(days), day, tail = s, word;
	*ret_weekday = 0;
	if (!str_word(&tail, &word) || !tail.n)
		return s;
	for (int i = 1; str_word(&rest, &day); i++) {
		if (!str_eq_nocase(word, day) && !str_eq_nocase(word, str_first(day, 3)))
			continue;
		*ret_weekday = i;
		return str_trim(tail);
	}
	return s;
}

static bool two_digits(struct str s, uint64_t most, int *ret_n)
{
	uint64_t n;
	if (!s.n || s.n > 2 || !str_u64(s, &n) || n > most)
		return false;
	*ret_n = (int)n;
	return true;
}

/* set_clock: "10:56", "10:56:20.5"; *ret_us is what a struct tm has no room for. */
static bool set_clock(struct str s, struct tm *tm, int64_t *ret_us)
{
	struct str hour, minute, second, fraction = STR(""), rest;
	*ret_us = 0;
	if (!str_cut(s, ':', &hour, &rest))
		return false;
	if (!str_cut(rest, ':', &minute, &second))
		second = STR("0");
	else if (str_cut(second, '.', &second, &fraction))
		fraction = str_from(s, (size_t)(fraction.p - s.p) - 1);
	return two_digits(hour, 24, &tm->tm_hour) && two_digits(minute, 59, &tm->tm_min) &&
	       two_digits(second, 60, &tm->tm_sec) && (tm->tm_hour < 24 || !(tm->tm_min || tm->tm_sec)) &&
	       (!fraction.n ||
		(fraction.n > 1 && run_of(fraction, true) == fraction.n && times(fraction, SECOND, ret_us)));
}

/* on_day: "yesterday", or a time of today's clock where the weekday is this one. */
static bool on_day(struct str s, int weekday, struct tm *tm, int64_t *ret_us)
{
	static const struct {
		struct str word;
		int days;
	} days[] = { { STR_LIT("yesterday"), -1 }, { STR_LIT("today"), 0 }, { STR_LIT("tomorrow"), 1 } };
	int today = (tm->tm_wday + 6) % 7 + 1;
	tm->tm_hour = tm->tm_min = tm->tm_sec = 0;
	*ret_us = 0;
	for (size_t i = 0; i < sizeof days / sizeof *days && !weekday; i++) {
		if (!str_eq_nocase(s, days[i].word))
			continue;
		tm->tm_mday += days[i].days;
		return true;
	}
	return (!weekday || weekday == today) && set_clock(s, tm, ret_us);
}

/* parse_day: of this machine's clock, or of one in the zone that is named behind. */
static bool parse_day(struct str s, int weekday, const struct moment_now *now, int64_t *ret_us)
{
	struct tm tm = now->local;
	int64_t part, at_s, us;
	if (on_day(s, weekday, &tm, &part)) {
		if (!to_us(&tm, &us))
			return false;
		*ret_us = us + part;
		return true;
	}
	const char *blank = memrchr(s.p, ' ', s.n);
	struct str zone = str_from(s, blank ? (size_t)(blank - s.p) + 1 : s.n);
	if (!zone.n || !zone_clock(zone, now->us / SECOND, &tm) ||
	    !on_day(str_trim(str_first(s, s.n - zone.n)), weekday, &tm, &part) || !zone_seconds(zone, tm, &at_s))
		return false;
	*ret_us = at_s * SECOND + part;
	return true;
}

/* with_century: "01-03-12" is of 2001, which logs do not write. */
static struct str with_century(struct str s, char *to, size_t size)
{
	struct str year = str_first(s, 2);
	size_t n = 0;
	while (n < s.n && (char_is_digit(s.p[n]) || s.p[n] == '-'))
		n++;
	if (n != 8 || s.p[2] != '-' || s.p[5] != '-' || s.n + 2 > size || (n < s.n && !strchr(" T", s.p[n])))
		return s;
	int length = snprintf(to, size, "%s%.*s", str_cmp(year, STR("69")) < 0 ? "20" : "19", STR_ARG(s));
	return (struct str){ to, (size_t)length };
}

/* parse_zoned: a stamp, and behind it the name of a zone. */
static bool parse_zoned(struct str s, struct stamp *ret_stamp, int64_t *ret_us)
{
	struct stamp t;
	int64_t at_s;
	const char *blank = memrchr(s.p, ' ', s.n);
	size_t at = blank ? (size_t)(blank - s.p) : s.n;
	if (!blank || !stamp_parse(str_first(s, at), &t) || !t.year || t.zoned)
		return false;
	struct tm tm = { .tm_year = t.year - 1900,
			 .tm_mon = t.month - 1,
			 .tm_mday = t.day,
			 .tm_hour = t.hour,
			 .tm_min = t.minute,
			 .tm_sec = t.second };
	if (!zone_seconds(str_from(s, at + 1), tm, &at_s))
		return false;
	*ret_us = at_s * SECOND + t.nanosecond / 1000;
	*ret_stamp = t;
	return true;
}

/* parse_stamp: a stamp as logs write it, but for bare seconds. */
static bool parse_stamp(struct str s, int weekday, const struct moment_now *now, int64_t *ret_us)
{
	struct stamp t;
	struct when when = { .now_s = now->us / SECOND };
	int64_t us;
	char room[128];
	if (run_of(s, true) == s.n)
		return false;
	s = with_century(s, room, sizeof room);
	if (!parse_zoned(s, &t, &us)) {
		if (!stamp_parse(s, &t) || !moment_of_stamp(&t, &when, &us))
			return false;
		t.year = t.year ? t.year : when.year;
	}
	if (weekday && stamp_weekday_of(&t) != weekday)
		return false;
	*ret_us = us;
	return true;
}

static bool parse_epoch(struct str s, int64_t *ret_us)
{
	return s.n > 1 && s.p[0] == '@' && times(str_from(s, 1), SECOND, ret_us);
}

bool moment_parse(struct str text, const struct moment_now *now, int64_t *ret_us)
{
	struct str s = str_trim(text);
	if (!s.n || s.n > 100)
		return false;
	if (str_eq_nocase(s, STR("now"))) {
		*ret_us = now->us;
		return true;
	}
	if (parse_relative(s, now, ret_us) || parse_epoch(s, ret_us))
		return true;
	int weekday;
	s = drop_weekday(s, &weekday);
	return parse_day(s, weekday, now, ret_us) || parse_stamp(s, weekday, now, ret_us);
}

bool moment_of_stamp(const struct stamp *t, struct when *when, int64_t *ret_us)
{
	int64_t s;
	int year = when_year(when, t);
	if (!year || !when_seconds(t, year, &s))
		return false;
	*ret_us = s * SECOND + t->nanosecond / 1000;
	return true;
}

enum moment_side moment_side(const struct moment_span *span, struct when *when, struct str time)
{
	struct stamp t;
	int64_t us;
	if (!time.n || !stamp_parse(time, &t) || !moment_of_stamp(&t, when, &us))
		return MOMENT_UNKNOWN;
	return us >= span->since_us && us <= span->until_us ? MOMENT_WITHIN : MOMENT_OUTSIDE;
}
