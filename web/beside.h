/* SPDX-License-Identifier: MIT
 *
 * What else is known in a text of many lines, beside the answer to it: the text > known problems, each with a line of
 * it. Bounded by the text's size; knows of no request.
 */
#ifndef KBT_WEB_BESIDE_H
#define KBT_WEB_BESIDE_H

#include "web/site.h"

enum {
	BESIDE_LINES_MIN = 5,	     /* fewer are a message, not a log */
	BESIDE_MAX = 256 << 10 /* bytes that are looked through while somebody waits for the answer */
};

/* A known problem, and the line that tells most of it. */
struct beside_problem {
	struct str id, title, text;
	uint64_t line, count;
};

struct beside {
	size_t lines; /* of the text; 0 where it is not a log */
	bool scanned; /* else it is too long */
	struct beside_problem *items; /* the frequent first */
	size_t count, cap;
	size_t unknown_kinds; /* of lines that look like errors and are none of them */
};

/* beside_scan takes the matches that the answer names by itself, and leaves them out: ERR_NOMEM. What it gives is the
 * arena's. */
enum err beside_scan(const struct matcher *m, struct str text, const struct match *answered, size_t answered_count,
		     struct arena *a, struct beside *ret_beside) MUST_USE;
/* beside_add: in HTML, with the button that scans all of it; nothing where it is no log. */
void beside_add(struct buf *out, const struct beside *b, bool answered);

#endif
