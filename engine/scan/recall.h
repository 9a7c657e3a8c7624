/* SPDX-License-Identifier: MIT
 *
 * Answers that were just given, by what was asked: logs repeat themselves. Keeps what counted as hits of the last few
 * thousand payloads; bounded in memory; belongs to one worker. An answer depends on the payload, on the kind of its
 * dress and on the component and the file that speak for articles, on nothing else. Where it does depend on more (texts
 * of several lines, coded ones, a value that reaches into the dress) it is kept by the whole text.
 */
#ifndef KBT_SCAN_RECALL_H
#define KBT_SCAN_RECALL_H

#include "base/buf.h"
#include "match/match.h"

enum { RECALL_SLOTS = 1 << 12, RECALL_BYTES_MAX = 4 << 20 };

struct recalled {
	uint64_t hash;
	struct str payload, kind, component;
	struct match *matches; /* those that count, best first */
	size_t count;
	struct match_envelope dress; /* that the answer told apart, where it is kept by the whole text */
};

struct recall { /* zeroed at first */
	struct arena arena;
	struct recalled *slots;
	struct buf file;
};

/* recall_begin: what is kept is forgotten where the file's name is another one; says so. */
bool recall_begin(struct recall *r, struct str file);
void recall_free(struct recall *r);

/* recall_find: what this payload in this dress got, or NULL. */
const struct recalled *recall_find(const struct recall *r, struct str payload, const struct match_envelope *dress);

/* recall_keep copies an answer and gives the copy, which lives until the next recall_keep; NULL without memory. */
const struct recalled *recall_keep(struct recall *r, struct str payload, const struct match_envelope *dress,
				   const struct match *matches, size_t count);

/* The same by the whole text. */
const struct recalled *recall_find_text(const struct recall *r, struct str text);
const struct recalled *recall_keep_text(struct recall *r, struct str text, const struct match_envelope *dress,
					const struct match *matches, size_t count);

/* recall_copy_dress: with all that it says, in the arena. */
struct match_envelope recall_copy_dress(struct arena *a, const struct match_envelope *dress);

/* recall_copy: what a match says, in the arena; id, title and template stay the matcher's; without spans and `also`. */
struct match recall_copy(struct arena *a, const struct match *m);

#endif
