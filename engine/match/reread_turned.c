/* SPDX-License-Identifier: MIT
 *
 * A message whose sentences are told in another order: "The network path was not found. System error 53 has occurred."
 * See reread.h.
 */
#include "match/reread.h"

#include "match/answer.h"
#include "match/ask.h"
#include "match/confidence.h"
#include "match/meaning.h"

#include <string.h>

enum {
	SENTENCES_MAX = 4,
	TURNED_MAX_BYTES = 1 << 10, /* of a text; messages are shorter */
	NEAREST_LOOKED_AT = 20 /* messages that the text as it stands has most of */
};

#define MOST 0.4f /* of a side, or of a message: values weigh most, and one that is glued to a word hides it */
#define ABOUT 1.1f /* the same words weigh nearly the same on either side */
#define LITTLE 0.2f
#define TURNED 0.9 /* what is left of what the message tells in its own order */

/* Where each sentence but the first begins: behind a stop and a blank, or on a line of its own; more than there is room
 * for where it is a longer text. */
static size_t sentences(struct str s, size_t ret_starts[SENTENCES_MAX])
{
	size_t count = 0;
	for (size_t at = 1; at < s.n && count < SENTENCES_MAX; at++) {
		char blank = s.p[at - 1], last = at > 1 ? s.p[at - 2] : ' ';
		bool parted = blank == '\n' || (blank == ' ' && (last == '.' || last == '!' || last == '?'));
		if (parted && !char_is_space(s.p[at]) && !char_is_lower(s.p[at]))
			ret_starts[count++] = at;
	}
	return count;
}

/* The clean text's payload that begins with what stands from `at` on, each letter in its place of the query. */
static bool turn(const struct clean *from, struct match_span payload, size_t at, struct arena *a,
		 struct clean *ret_turned)
{
	struct clean_writer w;
	if (!clean_begin(&w, from, a, payload.end - payload.start + 1))
		return false;
	clean_put_same(&w, at, payload.end - at);
	clean_put(&w, ' ', payload.end - 1);
	w.step = 0;
	clean_put_same(&w, payload.start, at - 1 - payload.start);
	*ret_turned = clean_end(&w);
	return true;
}

/* Messages of which the text as it stands has what one side of a seam says. */
struct sides {
	uint32_t groups[NEAREST_LOOKED_AT], count;
};

static bool is_whole_now(struct query *q, const struct sides *s)
{
	struct alignment al;
	for (uint32_t i = 0; i < s->count; i++) {
		align_group(q, s->groups[i], &al);
		if (al.left_template < MOST * al.matched)
			return true;
	}
	return false;
}

static bool ask_turned(struct query *q, const struct match_options *options, const struct clean *turned,
		       const struct sides *sides, struct answer *answers, struct match_answer *out)
{
	struct match_answer one = { .query = out->query, .envelope = out->envelope };
	one.envelope.payload = (struct match_span){ 0, turned->text.n };
	q->clean = turned;
	ask_payload(q, one.envelope.payload);
	if (!is_whole_now(q, sides))
		return false;
	meaning_read(q->view, turned->text, one.envelope.payload, q->arena, &one);
	struct evidence_of_message evidence = ask_evidence(q, options, &one);
	uint32_t n = rank_articles(q, &evidence, answers); 
	answers_sort(answers, n);
	if (!n || answers[0].together < MATCH_SURE || !answer_is_whole(q, &answers[0]))
		return false;
	for (uint32_t i = 0; i < n; i++)
		confidence_doubt(&answers[i], TURNED);
	q->piece_count = 0; /* one message, be it that others have a sentence of it */
	answers_give(q, answers, n, options->limit ? options->limit : 10, &one);
	ask_to_query_spans(turned, &one);
	*out = one;
	return true;
}

/* sides_of: all that these messages lack may be on the seam's other side; most texts have none, and are asked no more
 * for that. */
static struct sides sides_of(const struct query *q, size_t seam)
{
	struct sides found = { .count = 0 };
	uint32_t middle = 0, n = q->scratch->alignment_count;
	while (middle < q->token_count && q->tokens[middle].start < seam)
		middle++;
	float before = q->weight_to[middle], behind = q->weight_to[q->token_count] - before;
	for (uint32_t i = 0; i < n && i < NEAREST_LOOKED_AT; i++) {
		const struct alignment *al = &q->scratch->alignments[i];
		bool first = al->last < middle, last = al->first >= middle;
		float side = first ? before : behind, other = first ? behind : before;
		if ((first || last) && al->matched > MOST * side && al->left_template > MOST * other &&
		    al->left_template < ABOUT * other && al->left_message < LITTLE * al->matched)
			found.groups[found.count++] = al->group;
	}
	return found;
}

/* What is all of one message, or the beginning of one, is in its order. */
static bool may_be_turned(const struct query *q, const struct match_options *options, const struct answer *answers,
			  uint32_t n)
{
	return !options->standing && !options->keep_envelope && n && !answers[0].cut_off &&
	       !answer_is_whole(q, &answers[0]) && q->payload.end - q->payload.start <= TURNED_MAX_BYTES;
}

bool reread_turned(struct query *q, const struct match_options *options, const struct answer *answers, uint32_t n,
		   struct match_answer *out)
{
	const struct clean *clean = q->clean;
	const struct match_span payload = q->payload;
	size_t starts[SENTENCES_MAX], count = 0;
	if (may_be_turned(q, options, answers, n))
		count = sentences(str_part(clean->text, payload.start, payload.end), starts);
	if (!count || count == SENTENCES_MAX)
		return false;
	struct sides sides[SENTENCES_MAX];
	uint32_t known = 0;
	for (size_t i = 0; i < count; i++) {
		sides[i] = sides_of(q, payload.start + starts[i]);
		known += sides[i].count;
	}
	if (!known)
		return false;
	struct answer *more = arena_array(q->arena, struct answer, MATCH_RESULTS_MAX);
	struct match_span pieces[QUERY_PIECES_MAX];
	uint32_t piece_count = q->piece_count;
	memcpy(pieces, q->pieces, sizeof pieces);
	for (size_t i = 0; more && i < count; i++) {
		struct clean turned;
		if (sides[i].count && turn(clean, payload, payload.start + starts[i], q->arena, &turned) &&
		    ask_turned(q, options, &turned, &sides[i], more, out))
			return true;
	}
	q->clean = clean;
	ask_payload(q, payload);
	memcpy(q->pieces, pieces, sizeof pieces);
	q->piece_count = piece_count;
	return false;
}
