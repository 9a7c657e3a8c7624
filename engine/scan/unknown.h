/* SPDX-License-Identifier: MIT
 *
 * Lines that look like errors and match no article > templates with counts: the list from which the next articles are
 * written. The method is Drain's: P. He, J. Zhu, Z. Zheng, M. R. Lyu, "Drain: An Online Log Parsing Approach with Fixed
 * Depth Tree", ICWS 2017, section III. A line's message (without its dress) is cut into words, words with digits become
 * variables, and a tree of fixed depth (by number of words, then by the first words) leads to the few templates that it
 * is compared with. Of ours: a number behind a word like "error" or "code" is no variable, for it tells two errors
 * apart; and memory is bounded: at most UNKNOWN_MAX templates, what comes beyond is only counted.
 */
#ifndef KBT_SCAN_UNKNOWN_H
#define KBT_SCAN_UNKNOWN_H

#include "scan/scan.h"

enum {
	UNKNOWN_MAX = 5000,
	UNKNOWN_WORDS_MAX = 64,	 /* of a line; what is behind them is left out */
	UNKNOWN_EXAMPLE_MAX = 400 /* bytes */
};

struct unknown_word {
	struct str text; /* "<*>" stands for what varies, also within a word ("sshd[<*>]:") */
	bool code;	 /* a number that must be the same */
	bool varies;	 /* the whole word */
};

struct unknown {
	struct unknown_word *words;
	size_t word_count;
	bool cut; /* the line went on */
	uint64_t count;
	struct str file; /* of the example, the first one */
	uint64_t line;
	struct str text;
	uint32_t next; /* in its leaf, + 1 */
};

struct unknown_node; /* of the tree */

struct unknowns { /* zeroed at first */
	struct arena arena, work;
	struct unknown *items; /* in order of first sight, until unknowns_rank */
	size_t count, cap;
	struct unknown_node *nodes;
	size_t node_count, node_cap;
	struct str file; /* of the last line */
	uint64_t lines;	 /* all that were given */
	uint64_t left_out; /* of those, lines that no template counts */
};

/* unknowns_add copies what it keeps of the line: ERR_NOMEM. */
enum err unknowns_add(struct unknowns *set, const struct scan_line *line) MUST_USE;
void unknowns_rank(struct unknowns *set); /* the frequent first; then nothing may be added */
void unknowns_free(struct unknowns *set);

/* unknown_template adds the words with blanks between them. */
void unknown_template(struct buf *out, const struct unknown *u);

#endif
