/* SPDX-License-Identifier: MIT
 *
 * A matcher's messages > the literals whose presence makes a line worth asking about: of each message the fragment
 * that is rarest by its letters, so that few lines are asked in vain. Fragments hold nothing that logs spell in
 * several ways (quotes, brackets, backslashes, runs of blanks). A message without such a fragment is left out: a scan
 * cannot find it.
 */
#ifndef KBT_SCAN_LITERALS_H
#define KBT_SCAN_LITERALS_H

#include "match/match.h"
#include "scan/prefilter.h"

struct literals {
	struct arena arena;
	struct str *texts; /* folded, each once */
	size_t count, cap;
	size_t left_out;   /* messages without a fragment */
};

enum err literals_choose(const struct matcher *m, struct literals *ret_literals) MUST_USE;
void literals_free(struct literals *literals);

/* literals_fragment is the choice for one message: its best fragment, empty where it has none. trigrams counts each
 * folded trigram (literals_trigram) of all messages. */
struct str literals_fragment(struct str text, const struct match_span *vars, size_t var_count, const uint32_t *trigrams);

enum { LITERALS_TRIGRAMS = 1 << 18 };
uint32_t literals_trigram(const char *p);

#endif
