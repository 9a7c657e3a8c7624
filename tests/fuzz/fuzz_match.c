/* SPDX-License-Identifier: MIT
 *
 * Any bytes laid against the small KB: spans lie in the query, confidences between 0 and 1 and in order, answers once.
 */
#include "tests/main/small_kb.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_span(struct match_span s, size_t n)
{
	if (s.start > s.end || s.end > n)
		abort();
}

static void check_match(const struct match *m, size_t n)
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matcher *matcher;
	static struct match_scratch *scratch;
	struct arena a = { 0 };
	struct match_answer answer;
	if (!matcher && (small_kb_open(&matcher) || match_scratch_open(matcher, &scratch)))
		abort();
	enum err e = match_message(matcher, scratch, (struct str){ (const char *)data, size }, NULL, &a, &answer);
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
	return 0;
}
