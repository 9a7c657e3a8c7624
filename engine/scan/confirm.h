/* SPDX-License-Identifier: MIT
 *
 * One chunk > its hits. Lines, and runs of lines, that the prefilter and propose.h let through (all of them without
 * literals) are asked of match_message. An answer counts where its message covers the payload; of one line also where
 * it covers all behind a mark that parts it off, is a sentence among others and the look-up sure of it, or is there
 * word for word and context speaks for it. Where several may begin at a line the longest counts, and what lies in a hit
 * is not asked again. Runs on a worker thread: a struct confirm belongs to one.
 */
#ifndef KBT_SCAN_CONFIRM_H
#define KBT_SCAN_CONFIRM_H

#include "scan/chunk.h"
#include "scan/codepage.h"
#include "scan/marks.h"
#include "scan/prefilter.h"
#include "scan/recall.h"

enum { NAMES_KNOWN = 64, NAMES_MAX = 12 };

/* The names of the variables of an article's messages. */
struct confirm_names {
	uint32_t article; /* + 1; 0: nothing is here */
	bool codes;	  /* match_tells_codes */
	size_t count;
	struct str names[NAMES_MAX];
};

struct confirm {
	const struct matcher *matcher;
	const struct literal_table *literals; /* NULL: every line */
	struct match_scratch *scratch;
	struct prefilter_scratch finds;
	struct arena work; /* emptied line by line */
	struct arena spans, damaged, proposed; /* line by line, and chunk by chunk */
	struct recall recall;
	struct codepages pages;
	unsigned char *named; /* see propose.h */
	struct confirm_names names[NAMES_KNOWN]; /* by article */
	unsigned context;  /* lines around a hit */
	const struct marks *marks; /* that are gathered; or NULL */
	bool unknown;	   /* gather lines that look like errors and are no hits */
	bool dates;	   /* of every line that is given it has to be known when it was written */
};

/* A line that would be a hit of an article, but those beside it tell that it is of another's error. */
struct confirm_told {
	uint64_t line;
	unsigned lines;
};

/* What a chunk gave. Lines are counted from 0 at the body's first byte, down from there (around 2^64) where a hit
 * begins before it; scan.c adds what came before. */
struct confirm_result {
	struct arena arena;
	struct scan_hit *hits;
	size_t hit_count, hit_cap; /* the array is not the arena's, where it would leave its smaller forms behind */
	struct confirm_told *told;
	size_t told_count, told_cap;
	struct scan_line *unknown; /* file is not set */
	size_t unknown_count, unknown_cap;
	struct scan_mark *marks; /* ascending by line, file is not set */
	size_t mark_count, mark_cap;
	struct str time;   /* that a line behind the body goes by, where dates are wanted; may be empty */
	uint64_t newlines; /* in the body */
	uint64_t candidates, asked, hit_lines;
	uint64_t suspects; /* where the chunk wants them */
};

enum err confirm_open(const struct matcher *m, const struct literal_table *literals,
		      struct confirm *ret_confirm) MUST_USE;
void confirm_close(struct confirm *c);

/* confirm_chunk empties result, zeroed at first, and fills it. ERR_NOMEM only. */
enum err confirm_chunk(struct confirm *c, const struct chunk *chunk, struct str file, struct confirm_result *result)
	MUST_USE;
void confirm_result_free(struct confirm_result *result);

#endif
