/* SPDX-License-Identifier: MIT
 *
 * A text that has no sure answer as it stands, read in other ways: lines of a paste one by one, lines joined, the
 * description of an event, what is coded for a URL, messages side by side. Takes the query as match.c read it and its
 * n answers; where another way is better, the query, out and answers are that one's afterwards.
 */
#ifndef KBT_MATCH_REREAD_H
#define KBT_MATCH_REREAD_H

#include "match/query.h"

/* reread_joined: lines each in a dress of its own are one message where that is there word for word and covers them
 * all; then *out is the whole answer. */
bool reread_joined(struct query *q, const struct match_options *options, const struct clean *clean,
		   struct answer *answers, struct match_answer *out);
/* reread_records: records of XML, SMS or ConfigMgr, one behind the other, are answered each for itself; then *out is
 * all of these. */
bool reread_records(struct query *q, const struct match_options *options, struct answer *answers,
		    struct match_answer *out);
/* reread_several: where nothing covers a text that several messages stand in, and at least two of them do so word for
 * word; then *out is the whole answer. */
bool reread_several(struct query *q, const struct match_options *options, const struct answer *answers, uint32_t n,
		    struct match_answer *out);

/* These give how many answers there are now. reread_repeated: a message that stands there several times, a line each,
 * binds what its first line says. reread_otherwise: as an event, or line by line. reread_driven: what stands behind the
 * names of a driver and of those who passed it on. reread_said: what a system says of an error, among other words.
 * reread_quoted: what stands in quotes, between two marks or behind what introduces a message, where that is one.
 * reread_as_url: undone it may say the same and more, or something else. */
uint32_t reread_repeated(struct query *q, const struct match_options *options, struct match_answer *out,
			 struct answer *answers, uint32_t n);
uint32_t reread_otherwise(struct query *q, const struct match_options *options, struct match_answer *out,
			  struct answer *answers, uint32_t n);
uint32_t reread_said(struct query *q, const struct match_options *options, struct match_answer *out,
		     struct answer *answers, uint32_t n);
uint32_t reread_driven(struct query *q, const struct match_options *options, struct match_answer *out,
		       struct answer *answers, uint32_t n);
uint32_t reread_quoted(struct query *q, const struct match_options *options, struct match_answer *out,
		       struct answer *answers, uint32_t n);
uint32_t reread_as_url(struct query *q, const struct match_options *options, const struct clean *clean,
		       struct match_answer *out, struct answer *answers, uint32_t n);

#endif
