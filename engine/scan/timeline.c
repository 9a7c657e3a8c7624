/* SPDX-License-Identifier: MIT
 *
 * Counts over time: see timeline.h.
 */
#include "scan/timeline.h"

#include <string.h>

static const int64_t widths[] = { 1,	   5,	     10,	30,	    60,		 300,	      600,
				  1800,	   3600,     10800,	21600,	    43200,	 86400,	      604800,
				  2419200, 29030400, 290304000, 2903040000, 29030400000, 290304000000 };

static int64_t floor_to(int64_t value, int64_t width)
{
	int64_t rest = value % width;
	return value - (rest < 0 ? rest + width : rest);
}

static bool holds(const struct timeline_axis *a, int64_t at_s)
{
	return a->width_s && at_s >= a->start_s && (at_s - a->start_s) / a->width_s < TIMELINE_BUCKETS;
}

/* The room that is left goes to the side that grew, so that times in falling order do not move the rows each time. */
bool timeline_widen(struct timeline_axis *a, int64_t at_s)
{
	bool first = !a->width_s, below = !first && at_s < a->min_s;
	a->min_s = first || below ? at_s : a->min_s;
	a->max_s = first || at_s > a->max_s ? at_s : a->max_s;
	if (holds(a, at_s))
		return false;
	size_t i = 0;
	while (i + 1 < sizeof widths / sizeof *widths &&
	       (widths[i] < a->width_s ||
		(floor_to(a->max_s, widths[i]) - floor_to(a->min_s, widths[i])) / widths[i] >= TIMELINE_BUCKETS))
		i++;
	a->width_s = widths[i];
	a->start_s = below ? floor_to(a->max_s, widths[i]) - (TIMELINE_BUCKETS - 1) * widths[i]
			   : floor_to(a->min_s, widths[i]);
	return !first;
}

static size_t bucket_of(const struct timeline_axis *a, int64_t at_s)
{
	int64_t n = (at_s - a->start_s) / a->width_s;
	return n < 0 ? 0 : n >= TIMELINE_BUCKETS ? TIMELINE_BUCKETS - 1 : (size_t)n;
}

void timeline_add(struct timeline_row *row, const struct timeline_axis *axis, const struct timeline_row *other,
		  const struct timeline_axis *from)
{
	for (size_t i = 0; i < TIMELINE_BUCKETS; i++)
		if (other->counts[i])
			row->counts[bucket_of(axis, from->start_s + (int64_t)i * from->width_s)] += other->counts[i];
}

void timeline_move(struct timeline_row *row, const struct timeline_axis *from, const struct timeline_axis *to)
{
	struct timeline_row moved = { 0 };
	timeline_add(&moved, to, row, from);
	*row = moved;
}

void timeline_count(struct timeline_row *row, const struct timeline_axis *axis, int64_t at_s)
{
	row->counts[bucket_of(axis, at_s)]++;
}

size_t timeline_columns(const struct timeline_row *row, const struct timeline_axis *axis, uint64_t *columns, size_t max)
{
	if (!axis->width_s || !max)
		return 0;
	size_t first = bucket_of(axis, axis->min_s), last = bucket_of(axis, axis->max_s);
	size_t all = last - first + 1, each = (all + max - 1) / max, n = (all + each - 1) / each;
	memset(columns, 0, n * sizeof *columns);
	for (size_t i = first; i <= last; i++)
		columns[(i - first) / each] += row->counts[i];
	return n;
}
