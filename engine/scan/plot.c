/* SPDX-License-Identifier: MIT */
#include "scan/plot.h"

/* within: b is at most so long behind a. Without times nothing is known to be. */
static bool within(const struct rule_story *story, struct moment a, struct moment b)
{
	return !story->within_s || (a.timed && b.timed && b.at_s >= a.at_s && b.at_s - a.at_s <= story->within_s);
}

bool plot_holds(const struct rule_story *story, const struct plot *x)
{
	return x->hit_count && x->counted && (!story->sequence_count || x->told) &&
	       (!story->cleared_by.n || x->cleared) && (!story->not_cleared_by.n || x->uncleared || x->open) &&
	       (!story->never.n || !x->broken);
}

static void take_sequence(const struct rule_story *story, struct plot *x, struct str event, struct moment now)
{
	size_t n = story->sequence_count;
	for (size_t k = n; k-- > 0;) {
		if (!str_eq(story->sequence[k], event))
			continue;
		struct moment start = k ? x->starts[k - 1] : now;
		if (k && (!x->reached[k - 1] || !within(story, start, now)))
			continue;
		x->starts[k] = start;
		x->reached[k] = true;
	}
	x->told |= n && x->reached[n - 1];
}

void plot_hit(const struct rule_story *story, struct plot *x, struct moment now)
{
	if (!x->hit_count)
		x->first_hit = now;
	x->hits[x->hit_count++ % story->count] = now;
	if (x->hit_count >= story->count) /* the oldest of the last `count` is the one that goes next */
		x->counted |= story->count == 1 || within(story, x->hits[x->hit_count % story->count], now);
	take_sequence(story, x, STR("hit"), now);
	if (x->open && story->within_s && !within(story, x->open_since, now))
		x->uncleared = true;
	if (!x->open)
		x->open_since = now;
	x->open = true;
	x->cleared = false;
	x->last_hit = now;
}

void plot_mark(const struct rule_story *story, struct plot *x, struct str mark, struct moment now)
{
	take_sequence(story, x, mark, now);
	if (!x->hit_count)
		return;
	x->broken |= str_eq(story->never, mark);
	x->cleared |= str_eq(story->cleared_by, mark) && within(story, x->last_hit, now);
	if (!str_eq(story->not_cleared_by, mark))
		return;
	if (x->open && story->within_s && !within(story, x->open_since, now))
		x->uncleared = true;
	x->open = false;
}
