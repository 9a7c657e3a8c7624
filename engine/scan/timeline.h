/* SPDX-License-Identifier: MIT
 *
 * Counts over time in a fixed number of buckets, whatever span the times turn out to cover: one axis for a whole scan,
 * widened as times come that lie outside of it, and any number of rows on it. Widths are those that people read
 * (seconds, minutes, hours, days, weeks), each a multiple of the one before, so that widening loses no count. No clock.
 */
#ifndef KBT_SCAN_TIMELINE_H
#define KBT_SCAN_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_BUCKETS = 120 };

struct timeline_axis {	      /* zeroed: nothing seen */
	int64_t width_s;      /* of a bucket; 0: no time was seen */
	int64_t start_s;      /* of the first bucket: a multiple of the width */
	int64_t min_s, max_s; /* of the times seen */
};

struct timeline_row {
	uint32_t counts[TIMELINE_BUCKETS];
};

/* timeline_widen makes the axis hold a time; true where its buckets changed: then every row has to be moved from the
 * old axis to the new one. */
bool timeline_widen(struct timeline_axis *axis, int64_t at_s);
/* timeline_move: `to` is no narrower than `from`, and holds its times. */
void timeline_move(struct timeline_row *row, const struct timeline_axis *from, const struct timeline_axis *to);
/* timeline_add adds what another row counts on another axis, no wider than this one, which holds its times. */
void timeline_add(struct timeline_row *row, const struct timeline_axis *axis, const struct timeline_row *other,
		  const struct timeline_axis *from);
/* timeline_count adds to the bucket of a time that the axis holds. */
void timeline_count(struct timeline_row *row, const struct timeline_axis *axis, int64_t at_s);

/* timeline_columns folds the buckets between the first and the last time seen into at most max columns, each of the
 * same whole number of buckets; gives how many. */
size_t timeline_columns(const struct timeline_row *row, const struct timeline_axis *axis, uint64_t *columns,
			size_t max);

#endif
