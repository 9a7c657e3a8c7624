/* SPDX-License-Identifier: MIT
 *
 * What holds of every answer: spans lie in the query, confidences between 0 and 1 and in order, answers once.
 */
#ifndef KBT_TESTS_FUZZ_ANSWER_H
#define KBT_TESTS_FUZZ_ANSWER_H

#include "match/match.h"

#include <stdlib.h>

static inline void check_span(struct match_span s, size_t n)
{
	if (s.start > s.end || s.end > n)
		abort();
}

static inline void check_match(const struct match *m, size_t n)
{
	if (!(m->confidence >= 0 && m->confidence <= 1) || !m->id.n || !m->why.n)
		abort();
	for (size_t i = 0; i < m->span_count; i++)
		check_span(m->spans[i], n);
	for (size_t i = 0; i < m->capture_count; i++) {
		check_span(m->captures[i].span, n);
		if (!m->captures[i].value.n || !m->captures[i].name.n)
			abort();
	}
}

/* check_answer asks, and aborts where the answer is not one. */
static inline void check_answer(struct matcher *m, struct match_scratch *s, struct str text)
{
	struct arena a = { 0 };
	struct match_answer answer;
	enum err e = match_message(m, s, text, NULL, &a, &answer);
	if (e && e != ERR_INPUT)
		abort();
	for (size_t i = 0; !e && i < answer.match_count; i++) {
		check_match(&answer.matches[i], answer.query.n);
		if (i && answer.matches[i].confidence > answer.matches[i - 1].confidence)
			abort();
		for (size_t k = 0; k < i; k++)
			if (str_eq(answer.matches[k].id, answer.matches[i].id))
				abort();
	}
	if (!e)
		check_span(answer.envelope.payload, answer.query.n);
	arena_free(&a);
}

#endif
