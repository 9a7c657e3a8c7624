/* SPDX-License-Identifier: MIT
 *
 * One text asked about, read in one way: its dress undone, its tokens and its code read, its articles ranked. match.c;
 * reread.c asks again in other ways. Texts are slices of the query's clean text; answers are arrays of
 * MATCH_RESULTS_MAX. Owns nothing: what is made lies in the query's arena.
 */
#ifndef KBT_MATCH_ASK_H
#define KBT_MATCH_ASK_H

#include "match/query.h"

#define HALF_SURE 0.5 /* a confidence from which on an answer is taken for one of several */

bool ask_is_empty(struct str s); /* no letter and no digit of any script */

/* ask_payload makes this span of the clean text the question. */
void ask_payload(struct query *q, struct match_span payload);
/* ask_read makes what a text says the question; where its dress cannot be undone, the text as it is. url: it is coded
 * for a URL. */
void ask_read(struct query *q, struct str text, bool url, struct match_envelope *ret_envelope);
/* ask_all answers the question as it was read; gives how many answers, best first. out has its dress and code. */
uint32_t ask_all(struct query *q, const struct match_options *options, struct match_answer *out,
		 struct answer *answers);
/* ask_text reads a text and answers it. */
uint32_t ask_text(struct query *q, const struct match_options *options, struct str text, bool url,
		  struct match_answer *out, struct answer *answers);

struct evidence_of_message ask_evidence(const struct query *q, const struct match_options *options,
					const struct match_answer *out);
/* ask_to_query_spans: the clean text's offsets in out become the query's. */
void ask_to_query_spans(const struct clean *clean, struct match_answer *out);

#endif
