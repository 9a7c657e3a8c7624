/* SPDX-License-Identifier: MIT */
#include "match/query.h"

#include "match/vocab.h"

#include <math.h>
#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
	BLOCK = MATCH_SCORE_BLOCK,
	/* Looked at for one message; the rarest keys first. Bounds the time however large the KB. */
	POSTINGS_MAX = 24000,
	RAREST_MAX = 1000 /* of them */
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

/* accumulate marks the blocks of scores that it adds to: no branch depends on a score. It gives how many keys there was
 * time for. */
static uint32_t accumulate(struct match_scratch *s)
{
	uint32_t budget = POSTINGS_MAX, i;
	float *const scores = s->group_scores; /* held here, for a store to a bool might be one to anything */
	bool *const blocks = s->group_blocks;
	const uint32_t count = s->group_count;
	for (i = 0; i < s->key_count && s->keys[i].n <= budget; i++) {
		const struct candidate_key k = s->keys[i];
		budget -= k.n;
		for (uint32_t p = 0; p < k.n; p++) {
			uint32_t group = k.posts[p];
			if (group >= count)
				continue;
			scores[group] += k.weight;
			blocks[group / BLOCK] = true;
		}
	}
	return i;
}

struct ranked { float score; uint32_t group; };

static int by_score(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) : (x->group > y->group) - (x->group < y->group);
}

static bool is_weaker(struct ranked a, struct ranked b)
{
	return a.score != b.score ? a.score < b.score : a.group > b.group;
}

/* A heap with the weakest on top. */
static void sift_down(struct ranked *heap, uint32_t n, uint32_t i)
{
	for (;;) {
		uint32_t least = i, left = 2 * i + 1;
		for (uint32_t c = left; c < n && c < left + 2; c++)
			if (is_weaker(heap[c], heap[least]))
				least = c;
		if (least == i)
			return;
		struct ranked swap = heap[i];
		heap[i] = heap[least];
		heap[least] = swap;
		i = least;
	}
}

/* take empties a block of scores: what is left of each, and bit i of what it gives says that there was a score and that
 * at least so much is left of it. What a group costs is never less than nothing: many blocks have no score that is
 * worth a look at the costs. */
static uint64_t take(float scores[BLOCK], const float costs[BLOCK], float least, float ret_left[BLOCK])
{
	uint64_t bits = 0;
#if defined(__SSE2__)
	const __m128 zero = _mm_setzero_ps(), bound = _mm_set1_ps(least);
	__m128 most = zero;
	for (unsigned i = 0; i < BLOCK; i += 4)
		most = _mm_max_ps(most, _mm_loadu_ps(scores + i));
	bool any = _mm_movemask_ps(_mm_and_ps(_mm_cmpgt_ps(most, zero), _mm_cmpge_ps(most, bound)));
	for (unsigned i = 0; any && i < BLOCK; i += 4) {
		__m128 score = _mm_loadu_ps(scores + i), left = _mm_sub_ps(score, _mm_loadu_ps(costs + i));
		__m128 good = _mm_and_ps(_mm_cmpgt_ps(score, zero), _mm_cmpge_ps(left, bound));
		bits |= (uint64_t)(unsigned)_mm_movemask_ps(good) << i;
		_mm_storeu_ps(ret_left + i, left);
	}
	for (unsigned i = 0; i < BLOCK; i += 4)
		_mm_storeu_ps(scores + i, zero);
#else
	for (unsigned i = 0; i < BLOCK; i++) {
		ret_left[i] = scores[i] - costs[i];
		bits |= (uint64_t)(scores[i] > 0 && ret_left[i] >= least) << i;
		scores[i] = 0;
	}
#endif
	return bits;
}

struct best { struct ranked items[CANDIDATES_MAX]; uint32_t n; }; /* a heap once it is full */

static void offer(struct best *b, struct ranked r)
{
	if (b->n < CANDIDATES_MAX) {
		b->items[b->n++] = r;
		if (b->n == CANDIDATES_MAX)
			for (uint32_t h = b->n / 2; h-- > 0;)
				sift_down(b->items, b->n, h);
	} else if (is_weaker(b->items[0], r)) {
		b->items[0] = r;
		sift_down(b->items, b->n, 0);
	}
}

/* What a score has to reach. */
static float least_of(const struct best *b)
{
	return b->n == CANDIDATES_MAX ? b->items[0].score : -INFINITY;
}

/* take_rarest takes the groups that have the rarest keys: the best are most often among them, and with these at hand
 * few others are worth a look. */
static void take_rarest(struct match_scratch *s, uint32_t keys, struct best *best)
{
	uint32_t looked = 0;
	for (uint32_t i = 0; i < keys && looked + s->keys[i].n <= RAREST_MAX; i++) {
		looked += s->keys[i].n;
		for (uint32_t p = 0; p < s->keys[i].n; p++) {
			uint32_t group = s->keys[i].posts[p];
			if (group >= s->group_count || s->group_scores[group] <= 0)
				continue;
			offer(best, (struct ranked){ s->group_scores[group] - s->group_costs[group], group });
			s->group_scores[group] = 0;
		}
	}
}

void candidate_costs(const struct file_view *v, struct match_scratch *s)
{
	for (uint32_t i = 0; i < s->group_count; i++)
		s->group_costs[i] = 0.15f * v->groups[i].weight;
}

uint32_t candidate_groups(struct query *q, uint32_t ret_groups[CANDIDATES_MAX])
{
	struct match_scratch *s = q->scratch;
	struct best best;
	best.n = 0;
	collect(q);
	take_rarest(s, accumulate(s), &best);
	for (uint32_t block = 0; block * BLOCK < s->group_count; block++) {
		size_t first = (size_t)block * BLOCK;
		float left[BLOCK];
		if (!s->group_blocks[block])
			continue;
		s->group_blocks[block] = false;
		uint64_t bits = take(s->group_scores + first, s->group_costs + first, least_of(&best), left);
		for (; bits; bits &= bits - 1) {
			uint32_t i = (uint32_t)__builtin_ctzll(bits);
			offer(&best, (struct ranked){ left[i], block * BLOCK + i });
		}
	}
	qsort(best.items, best.n, sizeof *best.items, by_score);
	for (uint32_t i = 0; i < best.n; i++)
		ret_groups[i] = best.items[i].group;
	return best.n;
}
