/* SPDX-License-Identifier: MIT
 *
 * What the files of confirm.h share: a walk over one chunk (confirm.c), what is asked and what of its answers counts
 * (confirm_ask.c), what the lines beside a hit bind (confirm_beside.c) and the lines that no hit covers
 * (confirm_rest.c).
 */
#ifndef KBT_SCAN_CONFIRM_INSIDE_H
#define KBT_SCAN_CONFIRM_INSIDE_H

#include "scan/confirm.h"
#include "scan/dated.h"
#include "scan/propose.h"

/* A walk over one chunk. */
struct walk {
	struct confirm *confirm;
	const struct chunk *chunk;
	struct str text;
	struct match_options options;
	struct str file;
	struct confirm_result *result;
	size_t mark;	  /* bytes of a byte order mark at the stream's start */
	size_t counted;	  /* newlines before this place are in line */
	uint64_t line;
	struct dated dated;
};

/* What is asked: the text as it stands, and what it says without its dress. */
struct question {
	struct str text;
	unsigned lines;
	struct str payload;
	struct match_envelope dress;
	bool plain; /* nothing in the dress that damage_undo would change: the payload tells all */
};

void confirm_read(struct confirm *c, const struct proposal *x, struct str text, struct question *ret_question);

/* confirm_answer gives what counts as a hit; from memory where the same was asked before. It may lie in `room` and in
 * the work of the look-up: until the next question. The dress of q is the answer's from there on. */
const struct recalled *confirm_answer(struct walk *w, struct question *q, struct recalled *room);

/* confirm_hold copies an answer that has to outlive the next question. */
const struct recalled *confirm_hold(struct confirm *c, const struct recalled *said, struct recalled *room);

/* confirm_beside asks the lines beside the proposal with this number, whose hits are the last `count` of the result's:
 * they bind what those lack, or tell that they are of another error; then they are taken back. */
void confirm_beside(struct walk *w, const struct question *q, const struct proposer *p, size_t number, size_t count);

/* confirm_unknown gathers the lines that look like errors and that no hit covers; confirm_suspects counts all that look
 * like errors. */
void confirm_unknown(struct walk *w);
void confirm_suspects(struct walk *w);

static inline struct str confirm_keep(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, s) : STR("");
}

static inline struct str confirm_part(struct str text, struct match_span span)
{
	return str_part(text, span.start, span.end);
}

#endif
