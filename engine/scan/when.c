/* SPDX-License-Identifier: MIT
 *
 * Times of lines: see when.h.
 */
#include "scan/when.h"

#include "scan/zone.h"

#include <time.h>

enum { YEAR_UNKNOWN = 2000, DAY_S = 86400, YEAR_S = 31556952, LEAP_YEARS_APART = 8, WRITTEN_MIN_S = 11 * YEAR_S };

void when_of_file(struct when *w, bool other, int64_t written_s)
{
	if (other) {
		w->written_s = w->last_s = 0;
		w->year = 0;
		w->file_dated = false;
	}
	if (written_s >= WRITTEN_MIN_S && written_s > w->written_s)
		w->written_s = written_s;
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 || year % 400 == 0);
}

/* in_year: false where the year has no such day. */
static bool in_year(const struct stamp *t, int year, int64_t *ret_s)
{
	return !(t->month == 2 && t->day == 29 && !is_leap(year)) && stamp_seconds(t, year, ret_s);
}

/* latest: the last time that it was this day. */
static int latest(const struct stamp *t, int64_t limit_s, int year)
{
	int64_t at_s;
	for (int y = year + 1; y >= year - LEAP_YEARS_APART; y--)
		if (in_year(t, y, &at_s) && at_s <= limit_s)
			return y;
	return year;
}

/* nearest to the stamp before, and not in the future; 0 where there is none such. */
static int nearest(const struct when *w, const struct stamp *t, int64_t limit_s)
{
	int64_t at_s, best_s = 0;
	int best = 0;
	for (int y = w->year - LEAP_YEARS_APART; y <= w->year + LEAP_YEARS_APART; y++) {
		if (!in_year(t, y, &at_s) || at_s > limit_s)
			continue;
		int64_t apart_s = at_s > w->last_s ? at_s - w->last_s : w->last_s - at_s;
		if (!best || apart_s < best_s) {
			best = y;
			best_s = apart_s;
		}
	}
	return best;
}

int when_year(struct when *w, const struct stamp *t)
{
	int64_t known_s = w->written_s ? w->written_s : w->now_s, limit_s = known_s ? known_s + DAY_S : INT64_MAX;
	if (!t->month || !t->day)
		return 0;
	int year = t->year;
	if (!year && w->year)
		year = nearest(w, t, limit_s);
	if (!year)
		year = known_s ? latest(t, limit_s, (int)(1970 + known_s / YEAR_S)) : YEAR_UNKNOWN;
	w->year = year;
	stamp_seconds(t, year, &w->last_s);
	return year;
}

bool when_seconds(const struct stamp *t, int year, int64_t *ret_s)
{
	int64_t utc_s;
	if (!stamp_seconds(t, year, &utc_s))
		return false;
	if (t->zoned) {
		*ret_s = utc_s;
		return true;
	}
	struct tm tm = { .tm_year = (t->year ? t->year : year) - 1900, .tm_mon = t->month - 1, .tm_mday = t->day,
			 .tm_hour = t->hour, .tm_min = t->minute, .tm_sec = t->second };
	return zone_local(tm, ret_s);
}

bool when_read(struct when *w, struct str time, int64_t *ret_s)
{
	struct stamp t;
	if (!time.n || !stamp_parse(time, &t))
		return false;
	w->dated |= t.year != 0;
	w->file_dated |= t.year != 0;
	w->guessed = !w->file_dated;
	int year = when_year(w, &t);
	int64_t at_s, there_s;
	if (!when_seconds(&t, year, &at_s))
		return false;
	t.zoned = true;
	t.zone_minutes = 0;
	if (stamp_seconds(&t, year, &there_s)) /* what its clock showed */
		w->east_s = there_s - at_s;
	*ret_s = at_s;
	return true;
}

size_t when_label(const struct when *w, int64_t at_s, char *to, size_t size)
{
	return stamp_label(at_s + w->east_s, w->dated || w->apart, to, size);
}
