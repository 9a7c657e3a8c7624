/* SPDX-License-Identifier: MIT
 *
 * Times of lines: see when.h.
 */
#include "scan/when.h"

#include "scan/stamp.h"

enum { YEAR_UNKNOWN = 2000, DAY_S = 86400, YEAR_S = 31556952 };

void when_next_file(struct when *w)
{
	w->year = 0;
}

bool when_read(struct when *w, struct str time, int64_t *ret_s)
{
	struct stamp t;
	int64_t at_s;
	if (!time.n || !stamp_parse(time, &t))
		return false;
	bool guess = !t.year && !w->year;
	w->dated |= t.year != 0;
	if (t.year)
		w->year = t.year;
	else if (guess)
		w->year = w->now_s ? (int)(1970 + w->now_s / YEAR_S) : YEAR_UNKNOWN;
	if (t.zoned)
		w->east_s = t.zone_minutes * 60;
	if (!stamp_seconds(&t, w->year, &at_s))
		return false;
	if (guess && w->now_s && at_s > w->now_s + DAY_S)
		stamp_seconds(&t, --w->year, &at_s);
	if (!t.year && !guess && at_s < w->last_s - YEAR_S / 2)
		stamp_seconds(&t, ++w->year, &at_s);
	*ret_s = w->last_s = at_s;
	return true;
}

size_t when_label(const struct when *w, int64_t at_s, char *to, size_t size)
{
	return stamp_label(at_s + w->east_s, w->dated, to, size);
}
