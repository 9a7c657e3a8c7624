/* SPDX-License-Identifier: MIT
 *
 * Places where literals were found > what may be a message there: a line, a window of an overlong one, or several lines
 * that one message is broken over. Takes the text of a chunk; each message of each literal is laid beside its line,
 * letter by letter; few come through, and on those the look-up has the last word. Without literals every line and every
 * run of lines is proposed.
 */
#ifndef KBT_SCAN_PROPOSE_H
#define KBT_SCAN_PROPOSE_H

#include "scan/prefilter.h"
#include "scan/proposal.h"

/* Lines from a place on, as one text; in the arena of spans. */
struct propose_joined {
	bool known, failed;
	size_t from;
	struct str raw;
	struct clean text;
};

struct proposer {
	const struct matcher *matcher;
	const struct literal_table *literals;
	struct match_scratch *scratch;
	struct str text;
	struct match_name log_file;
	struct match_name component; /* of the line at hand */
	char component_text[64];
	size_t component_size;
	unsigned char *named; /* two bits a message: whether it was asked, and whether log_file speaks for it; kept
			       * between chunks of one file */
	size_t mark; /* bytes of a byte order mark at its start */
	struct arena *work, *spans; /* emptied now and then */
	struct arena *arena; /* of the proposals */
	struct proposal *items;
	size_t count, cap;
	struct propose_joined joined;
	size_t *others; /* places of lines with a literal of another language's, that nothing was proposed of; ascending */
	size_t other_count, other_cap;
	uint64_t candidates; /* lines and windows with a literal */
};

/* propose_named_size: the bytes of `named`; zeros at first, and anew for another file. */
size_t propose_named_size(const struct literal_table *literals);

/* propose_found: of finds in order of their places, counted from behind the mark. */
void propose_found(struct proposer *p, const struct prefilter_find *finds, size_t count);
/* propose_all: of all lines that begin in text[from, to). */
void propose_all(struct proposer *p, size_t from, size_t to);
/* propose_line: of the line that holds a place. */
void propose_line(struct proposer *p, size_t at);
/* propose_sort puts them in the order in which they are asked: by place, of several lines before fewer. */
void propose_sort(struct proposer *p);

#endif
