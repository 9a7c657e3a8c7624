/* SPDX-License-Identifier: MIT
 *
 * What the files of propose.h share: one line with all that its messages are measured by, read once for all of them
 * (propose.c), and the messages that go on over several lines (propose_spans.c).
 */
#ifndef KBT_SCAN_PROPOSE_INSIDE_H
#define KBT_SCAN_PROPOSE_INSIDE_H

#include "scan/go_on.h"
#include "scan/propose.h"

enum {
	TRIED_MAX = 128, /* messages that are laid against a line at once */
	STARTS_MAX = 5,
	PARTED_MAX = 6,
	SPAN_BYTES_MAX = 8 << 10 /* of several lines */
};

/* What a line says, and what it has to be measured by. */
struct line {
	struct proposal piece;
	struct str text; /* damage undone */
	struct clean clean;
	const struct clean *said;    /* of it, or what it was coded in */
	struct match_envelope dress; /* of text */
	struct str payload;
	size_t starts[STARTS_MAX]; /* where in text the message may begin: where the payload does, or behind words of it
				    * that may be dress */
	size_t start_count;
	size_t parted[PARTED_MAX]; /* where in text a message may stand that a mark parts off */
	size_t parted_count;
	bool parted_known;
	size_t worn; /* where in text the dress ends that a line beside it wears, too; 0 for none */
	size_t letters; /* of payload */
	size_t letters_behind; /* what may be dress */
	size_t glued_before, glued_after; /* letters of its first and last token in which a message may begin and end */
	bool glue_known, damaged, coded;
	uint32_t tried[TRIED_MAX];
	size_t tried_count, span_count;
	bool fits;
	bool other_language; /* holds a literal of one */
	struct go_on go_on;
};

/* propose_spans proposes the lines around l that one message is broken over, where it is. What stands in the dress may
 * be there by chance, and the message have begun before: then `beside` is changed. */
void propose_spans(struct proposer *p, struct line *l, const struct file_literal_message *m,
		   struct literal_beside *beside);

/* propose_is_blank: nothing but marks. */
bool propose_is_blank(struct str s);

void propose_push(struct proposer *p, struct proposal x);

#endif
