/* SPDX-License-Identifier: MIT */
#include "match/query.h"

#include "match/vocab.h"

#include <stdlib.h>

enum {
	AHEAD = 16, /* scores that are fetched before they are needed */
	/* Looked at for one message; the rarest keys first. Bounds the time however large the KB. */
	POSTINGS_MAX = 24000
};

static void add_key(struct match_scratch *s, const uint32_t *posts, uint32_t n, float weight)
{
	if (n && weight > 1e-3f && s->key_count < CANDIDATE_KEYS_MAX)
		s->keys[s->key_count++] = (struct candidate_key){ posts, n, weight };
}

static void add_term(struct query *q, uint32_t term, float similarity)
{
	uint32_t n;
	const uint32_t *posts = file_term_groups(q->view, term, &n);
	add_key(q->scratch, posts, n, q->view->terms[term].weight * similarity);
}

static void add_pair(struct query *q, uint32_t a, uint32_t b)
{
	const struct file_view *v = q->view;
	uint32_t n;
	const uint32_t *posts = file_pair_groups(v, a, b, &n);
	add_key(q->scratch, posts, n, (v->terms[a].weight + v->terms[b].weight) * 0.5f);
}

static bool seen_before(const struct query *q, uint32_t token, uint32_t term)
{
	for (uint32_t i = 0; i < token; i++)
		if (q->tokens[i].term_count && q->tokens[i].terms[0] == term)
			return true;
	return false;
}

static int by_length(const void *a, const void *b)
{
	uint32_t x = ((const struct candidate_key *)a)->n, y = ((const struct candidate_key *)b)->n;
	return (x > y) - (x < y);
}

static void collect(struct query *q)
{
	q->scratch->key_count = 0;
	for (uint32_t i = 0; i < q->token_count; i++) {
		const struct query_token *t = &q->tokens[i], *next = t + 1;
		for (uint8_t r = 0; r < t->term_count; r++) {
			if (!seen_before(q, i, t->terms[r]))
				add_term(q, t->terms[r], r ? 0.8f : 1.0f);
			if (i + 1 == q->token_count)
				continue;
			for (uint8_t s = 0; s < next->term_count; s++)
				add_pair(q, t->terms[r], next->terms[s]);
		}
	}
	qsort(q->scratch->keys, q->scratch->key_count, sizeof *q->scratch->keys, by_length);
}

static uint32_t accumulate(struct match_scratch *s)
{
	uint32_t touched = 0, budget = POSTINGS_MAX;
	for (uint32_t i = 0; i < s->key_count && s->keys[i].n <= budget; i++) {
		const struct candidate_key *k = &s->keys[i];
		budget -= k->n;
		for (uint32_t p = 0; p < k->n; p++) {
			uint32_t group = k->posts[p], next = p + AHEAD < k->n ? k->posts[p + AHEAD] : group;
			__builtin_prefetch(&s->group_scores[next < s->group_count ? next : 0], 1);
			if (group >= s->group_count)
				continue;
			if (s->group_scores[group] == 0)
				s->touched[touched++] = group;
			s->group_scores[group] += k->weight;
		}
	}
	return touched;
}

struct ranked { float score; uint32_t group; };

static int by_score(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) : (x->group > y->group) - (x->group < y->group);
}

/* A heap with the weakest on top. */
static void sift_down(struct ranked *heap, uint32_t n, uint32_t i)
{
	for (;;) {
		uint32_t least = i, left = 2 * i + 1;
		for (uint32_t c = left; c < n && c < left + 2; c++)
			if (heap[c].score < heap[least].score)
				least = c;
		if (least == i)
			return;
		struct ranked swap = heap[i];
		heap[i] = heap[least];
		heap[least] = swap;
		i = least;
	}
}

uint32_t candidate_groups(struct query *q, uint32_t ret_groups[CANDIDATES_MAX])
{
	struct match_scratch *s = q->scratch;
	struct ranked best[CANDIDATES_MAX];
	uint32_t n = 0;
	collect(q);
	uint32_t touched = accumulate(s);
	for (uint32_t i = 0; i < touched; i++) {
		uint32_t group = s->touched[i];
		float score = s->group_scores[group];
		s->group_scores[group] = 0;
		if (n == CANDIDATES_MAX && score <= best[0].score) /* most of them: their weights are far in memory */
			continue;
		struct ranked r = { score - 0.15f * q->view->groups[group].weight, group };
		if (n < CANDIDATES_MAX) {
			best[n++] = r;
			if (n == CANDIDATES_MAX)
				for (uint32_t h = n / 2; h-- > 0;)
					sift_down(best, n, h);
		} else if (r.score > best[0].score) {
			best[0] = r;
			sift_down(best, n, 0);
		}
	}
	qsort(best, n, sizeof *best, by_score);
	for (uint32_t i = 0; i < n; i++)
		ret_groups[i] = best[i].group;
	return n;
}
