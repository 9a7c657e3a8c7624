/* SPDX-License-Identifier: MIT */
#include "scan/spells.h"

enum {
	APART_S = 7 * 86400, /* nothing is far that is nearer */
	APART_TIMES = 8,     /* or nearer than so many times the spell */
	FEW = 10	     /* one in so many may be left out */
};

static bool is_used(const struct spells *s, size_t i)
{
	return s->axes[i].width_s;
}

static int64_t gap(const struct timeline_axis *a, int64_t min_s, int64_t max_s)
{
	return min_s > a->max_s ? min_s - a->max_s : a->min_s > max_s ? a->min_s - max_s : 0;
}

/* is_far: times are of what can be written as a date, so that nothing overflows. */
static bool is_far(const struct timeline_axis *a, int64_t gap_s)
{
	return gap_s > APART_S && gap_s / APART_TIMES > a->max_s - a->min_s;
}

/* take_in makes one spell of two, and leaves the place of the second free. */
static void take_in(struct spells *s, size_t to, size_t from, spells_visit *visit, void *context)
{
	struct spells_shift own = { to, to, s->axes[to], s->axes[to] };
	struct spells_shift other = { from, to, s->axes[from], s->axes[to] };
	if (s->axes[to].width_s < s->axes[from].width_s)
		own.new.width_s = s->axes[from].width_s;
	bool moved = own.new.width_s != own.old.width_s;
	if (moved) /* as if it had been found so wide */
		own.new.start_s -= ((own.new.start_s % own.new.width_s) + own.new.width_s) % own.new.width_s;
	moved |= timeline_widen(&own.new, s->axes[from].min_s);
	moved |= timeline_widen(&own.new, s->axes[from].max_s);
	other.new = own.new;
	if (moved)
		visit(context, &own);
	visit(context, &other);
	s->axes[to] = own.new;
	s->counts[to] += s->counts[from];
	s->axes[from] = (struct timeline_axis){ 0 };
	s->counts[from] = 0;
}

/* free_one makes room: the two that are nearest to one another become one. */
static size_t free_one(struct spells *s, spells_visit *visit, void *context)
{
	size_t to = 0, from = 1;
	int64_t least = INT64_MAX;
	for (size_t i = 0; i < SPELLS_MAX; i++)
		for (size_t k = i + 1; k < SPELLS_MAX; k++) {
			int64_t apart = gap(&s->axes[i], s->axes[k].min_s, s->axes[k].max_s);
			if (apart >= least)
				continue;
			least = apart;
			to = i;
			from = k;
		}
	take_in(s, to, from, visit, context);
	return from;
}

size_t spells_see(struct spells *s, int64_t at_s, spells_visit *visit, void *context)
{
	size_t best = SPELLS_MAX, room = SPELLS_MAX;
	int64_t least = INT64_MAX;
	for (size_t i = 0; i < SPELLS_MAX; i++) {
		int64_t apart = gap(&s->axes[i], at_s, at_s);
		if (!is_used(s, i)) {
			room = i < room ? i : room;
		} else if (apart < least && !is_far(&s->axes[i], apart)) {
			least = apart;
			best = i;
		}
	}
	if (best == SPELLS_MAX)
		best = room < SPELLS_MAX ? room : free_one(s, visit, context);
	struct spells_shift shift = { best, best, s->axes[best], s->axes[best] };
	if (timeline_widen(&shift.new, at_s))
		visit(context, &shift);
	s->axes[best] = shift.new;
	s->counts[best]++;
	return best;
}

/* Spells in order of time, of which some in a row are shown. */
struct range {
	size_t first, end; /* of order */
};

static size_t in_order(const struct spells *s, size_t order[SPELLS_MAX])
{
	size_t n = 0;
	for (size_t i = 0; i < SPELLS_MAX; i++) {
		size_t at = n;
		if (!is_used(s, i))
			continue;
		for (; at && s->axes[order[at - 1]].min_s > s->axes[i].min_s; at--)
			order[at] = order[at - 1];
		order[at] = i;
		n++;
	}
	return n;
}

static int64_t span_of(const struct spells *s, const size_t *order, struct range r)
{
	int64_t last_s = INT64_MIN;
	for (size_t i = r.first; i < r.end; i++)
		last_s = s->axes[order[i]].max_s > last_s ? s->axes[order[i]].max_s : last_s;
	return last_s - s->axes[order[r.first]].min_s;
}

static uint64_t count_of(const struct spells *s, const size_t *order, struct range r)
{
	uint64_t n = 0;
	for (size_t i = r.first; i < r.end; i++)
		n += s->counts[order[i]];
	return n;
}

/* narrow gives the part of a range with the most times that leaves out but few of all and takes far less time; false
 * where there is none. */
static bool narrow(const struct spells *s, const size_t *order, uint64_t all, struct range *range)
{
	struct range best = { 0 };
	uint64_t most = 0;
	for (size_t first = range->first; first < range->end; first++)
		for (size_t end = first + 1; end <= range->end; end++) {
			struct range r = { first, end };
			uint64_t n = count_of(s, order, r);
			if (n <= most || (all - n) > all / FEW ||
			    span_of(s, order, *range) / APART_TIMES < span_of(s, order, r))
				continue;
			most = n;
			best = r;
		}
	if (!most || (best.first == range->first && best.end == range->end))
		return false;
	*range = best;
	return true;
}

void spells_show(const struct spells *s, struct spells_shown *ret_shown)
{
	struct spells_shown shown = { .first_s = INT64_MAX, .last_s = INT64_MIN };
	size_t order[SPELLS_MAX], widest = 0;
	struct range range = { 0, in_order(s, order) };
	uint64_t all = count_of(s, order, range);
	while (range.end && narrow(s, order, all, &range))
		;
	for (size_t i = 0; i < SPELLS_MAX; i++)
		shown.out[i] = true;
	for (size_t i = range.first; i < range.end; i++)
		shown.out[order[i]] = false;
	shown.outside = all - count_of(s, order, range);
	widest = range.end ? order[range.first] : 0;
	for (size_t i = 0; i < SPELLS_MAX; i++) {
		const struct timeline_axis *a = &s->axes[i];
		if (is_used(s, i) && shown.out[i]) {
			shown.first_s = a->min_s < shown.first_s ? a->min_s : shown.first_s;
			shown.last_s = a->max_s > shown.last_s ? a->max_s : shown.last_s;
		}
		if (!shown.out[i] && a->width_s > s->axes[widest].width_s)
			widest = i;
	}
	shown.axis = s->axes[widest];
	for (size_t i = 0; i < SPELLS_MAX; i++) {
		if (!is_used(s, i) || shown.out[i])
			continue;
		timeline_widen(&shown.axis, s->axes[i].min_s);
		timeline_widen(&shown.axis, s->axes[i].max_s);
	}
	*ret_shown = shown;
}
