/* SPDX-License-Identifier: MIT
 *
 * Texts that hold several messages, each of which is answered: records, and messages side by side. See reread.h.
 */
#include "match/reread.h"

#include "match/answer.h"
#include "match/ask.h"
#include "match/envelope.h"
#include "match/markup.h"

#include <math.h>
#include <string.h>

enum { RECORDS_MAX = 64 }; /* that are asked one by one; each may take several lines */

/* The answer to another message of the text joins those of the first, which stays the first. */
static void join_answer(struct match_answer *all, const struct match_answer *one, size_t limit, struct arena *a)
{
	struct match m = one->matches[0];
	size_t at = all->match_count;
	for (size_t i = 0; i < all->match_count; i++)
		if (str_eq(all->matches[i].id, m.id))
			return;
	m.confidence = fmin(m.confidence, all->matches[0].confidence);
	m.together = m.confidence;
	struct match *matches = arena_array(a, struct match, at + 1);
	if (!matches || at == limit)
		return;
	memcpy(matches, all->matches, at * sizeof *matches);
	for (; at && matches[at - 1].confidence < m.confidence; at--)
		matches[at] = matches[at - 1];
	matches[at] = m;
	all->matches = matches;
	all->match_count++;
}

/* Answers these parts of the clean text one by one; says how many have an answer. whole: each is a text of its own;
 * else a message that has to be there word for word. */
static unsigned ask_pieces(struct query *q, const struct match_options *options, const struct str *pieces,
			   uint32_t count, bool whole, struct answer *answers, struct match_answer *all)
{
	const struct clean *clean = q->clean;
	size_t limit = options->limit ? options->limit : 10;
	unsigned found = 0;
	for (uint32_t i = 0; i < count; i++) {
		struct match_answer one = { .query = all->query };
		q->clean = clean;
		uint32_t n = ask_text(q, options, pieces[i], false, &one, answers);
		if (!n || (!whole && (!answers[0].fits || answers[0].together < HALF_SURE)))
			continue;
		answers_give(q, answers, n, limit, &one);
		ask_to_query_spans(q->clean, &one);
		for (size_t k = 0; k < one.match_count; k++)
			one.matches[k].whole_payload = false;
		if (found && one.match_count)
			join_answer(all, &one, limit, q->arena);
		else if (one.match_count)
			*all = one;
		found += one.match_count > 0;
	}
	q->clean = clean;
	return found;
}

bool reread_several(struct query *q, const struct match_options *options, const struct answer *answers, uint32_t n,
		    struct match_answer *out)
{
	struct match_answer all = { .query = out->query };
	struct str pieces[QUERY_PIECES_MAX];
	if (q->piece_count < 2 || options->standing || options->keep_envelope ||
	    (n && answers[0].together >= HALF_SURE && answer_is_whole(q, &answers[0])))
		return false;
	for (uint32_t i = 0; i < q->piece_count; i++)
		pieces[i] = str_part(q->clean->text, q->pieces[i].start, q->pieces[i].end);
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	if (!more || ask_pieces(q, options, pieces, q->piece_count, false, more, &all) < 2) {
		ask_payload(q, out->envelope.payload);
		return false;
	}
	all.envelope = out->envelope;
	all.envelope.payload = answer_span(q->clean, all.envelope.payload.start, all.envelope.payload.end);
	*out = all;
	return true;
}

bool reread_records(struct query *q, const struct match_options *options, struct answer *answers,
		    struct match_answer *out)
{
	struct match_answer all = { .query = out->query };
	struct str records[RECORDS_MAX];
	size_t count = 0;
	if (options->standing || options->keep_envelope)
		return false;
	if (!(count = markup_split(q->clean->text, records, RECORDS_MAX)))
		count = envelope_split(q->clean->text, records, RECORDS_MAX);
	if (!ask_pieces(q, options, records, (uint32_t)count, true, answers, &all))
		return false;
	*out = all;
	return true;
}
