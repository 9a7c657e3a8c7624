/* SPDX-License-Identifier: MIT
 *
 * Times that lie far apart, each spell on an axis of its own, so that one wrong clock does not flatten all that is
 * counted over time (timeline.h); and, when all were seen, the one axis to show. Whoever counts keeps a row for each
 * spell. No clock.
 */
#ifndef KBT_SCAN_SPELLS_H
#define KBT_SCAN_SPELLS_H

#include "scan/timeline.h"

enum { SPELLS_MAX = 4 };

struct spells { /* zeroed: nothing seen */
	struct timeline_axis axes[SPELLS_MAX];
	uint64_t counts[SPELLS_MAX];
};

/* What was counted in the rows of one spell is to be moved: from is that spell, to the same or the one that takes it
 * in. */
struct spells_shift {
	size_t from, to;
	struct timeline_axis old, new;
};
typedef void spells_visit(void *context, const struct spells_shift *shift);

/* spells_see takes a time and gives the spell that it is of, whose axis holds it; visit is told before what has to be
 * moved. */
size_t spells_see(struct spells *s, int64_t at_s, spells_visit *visit, void *context);

/* Of a few times that lie far outside of all others no axis makes sense that shows both: those are left out. */
struct spells_shown {
	struct timeline_axis axis;
	bool out[SPELLS_MAX]; /* the spells that it does not show */
	uint64_t outside;     /* times of these, and where they begin and end */
	int64_t first_s, last_s;
};
void spells_show(const struct spells *s, struct spells_shown *ret_shown);

#endif
