/* SPDX-License-Identifier: MIT
 *
 * One story (rule.h) over hits and marks, in their order: its state is what its conditions need of the past and no
 * more. The times of the last `count` hits; for each beginning of the sequence the latest start from which it was
 * reached (the latest is the best: the window only asks how long ago it began); and what the marks behind hits were.
 */
#ifndef KBT_SCAN_PLOT_H
#define KBT_SCAN_PLOT_H

#include "rule/rule.h"

struct moment {
	bool timed;
	int64_t at_s;
};

/* zeroed at first */
struct plot {
	struct moment hits[STORY_COUNT_MAX]; /* a ring */
	uint64_t hit_count;
	struct moment starts[STORY_SEQUENCE_MAX];
	bool reached[STORY_SEQUENCE_MAX];
	struct moment first_hit, last_hit, open_since; /* the first hit behind which nothing cleared */
	bool open;
	bool counted, told, cleared, uncleared, broken; /* the count, the sequence; `never` is broken */
};

/* plot_hit and plot_mark go on with the next hit of the story's article and the next line with one of its marks, in the
 * order of their lines; plot_holds: after these the story is told. */
void plot_hit(const struct rule_story *story, struct plot *x, struct moment now);
void plot_mark(const struct rule_story *story, struct plot *x, struct str mark, struct moment now);
bool plot_holds(const struct rule_story *story, const struct plot *x);

#endif
