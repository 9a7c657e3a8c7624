/* SPDX-License-Identifier: MIT
 *
 * The marks and stories of a matcher's articles, ready for a scan: lines that are no symptom but tell with one, and
 * what they tell together. Read once, then shared by threads; outlives the matcher.
 */
#ifndef KBT_SCAN_OVER_TIME_H
#define KBT_SCAN_OVER_TIME_H

#include "scan/scan.h"

enum { MARK_VARS_MAX = 8 };

struct over_time_mark {
	uint32_t number; /* as match_each_over_time numbers it */
	struct str id;	 /* of its article */
	struct rule_mark mark;
	struct rule_template template;
};

struct over_time_story {
	struct str id;
	struct rule_story story;
};

struct over_time {
	struct arena arena;
	struct over_time_mark *marks; /* ascending by number */
	size_t mark_count, mark_cap;
	struct over_time_story *stories; /* those of an article together, in its order */
	size_t story_count, story_cap;
};

/* over_time_open copies what it takes: ERR_NOMEM. */
enum err over_time_open(const struct matcher *m, struct over_time *ret_over_time) MUST_USE;
void over_time_close(struct over_time *o);

const struct over_time_mark *over_time_find(const struct over_time *o, uint32_t number); /* NULL: it is a story */

/* over_time_fits: the mark's literal pieces stand in the line in their order; what stands between is its captures, at
 * most MARK_VARS_MAX, which borrow. */
bool over_time_fits(const struct over_time_mark *m, struct str line, struct match_capture *captures, size_t *ret_count);

#endif
