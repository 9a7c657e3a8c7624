/* SPDX-License-Identifier: MIT */
#include "match/query.h"

#include "match/best.h"

#include <stdlib.h>

enum {
	LONG_KEY = 1000,  /* postings; from there on it is asked whether others are still worth a look */
	RIVALS_MAX = 1000, /* groups that are looked at for that; those of the rarest keys */
	AHEAD = 16	   /* groups whose costs are fetched */
};

#define COST 0.15f	/* of a group's weight */
#define ROUNDING 1.001f /* sums of floats in another order */

static void add_key(struct match_scratch *s, struct candidate_key k)
{
	if (!k.n || k.weight <= 1e-3f || s->key_count == CANDIDATE_KEYS_MAX)
		return;
	__builtin_prefetch(k.posts);
	s->keys[s->key_count++] = k;
}

/* A group that has the word costs a share of what that weighs; counted once, with the first reading. */
static void add_term(struct query *q, uint32_t term, bool first)
{
	struct candidate_key k = { .posts = NULL };
	k.posts = file_term_groups(q->view, term, &k.n);
	k.weight = q->view->terms[term].weight * (first ? 1.0f : 0.8f);
	k.gain = first ? k.weight - COST * k.weight : k.weight;
	add_key(q->scratch, k);
}

static void add_pair(struct query *q, uint32_t a, uint32_t b)
{
	const struct file_view *v = q->view;
	struct candidate_key k = { .posts = NULL };
	k.posts = file_pair_groups(v, a, b, &k.n);
	k.weight = k.gain = (v->terms[a].weight + v->terms[b].weight) * 0.5f;
	add_key(q->scratch, k);
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
				add_term(q, t->terms[r], !r);
			if (i + 1 == q->token_count)
				continue;
			for (uint8_t s = 0; s < next->term_count; s++)
				add_pair(q, t->terms[r], next->terms[s]);
		}
	}
	qsort(q->scratch->keys, q->scratch->key_count, sizeof *q->scratch->keys, by_length);
}

/* The keys that there is time for. */
static uint32_t keys_in_time(const struct match_scratch *s)
{
	uint32_t budget = CANDIDATE_POSTINGS_MAX, i;
	for (i = 0; i < s->key_count && s->keys[i].n <= budget; i++)
		budget -= s->keys[i].n;
	return i;
}

/* add_posts adds a key's weight to its groups, and those that had none to the touched: no branch depends on a score. */
static uint32_t add_posts(struct match_scratch *s, const struct candidate_key *k, uint32_t touched)
{
	float *const scores = s->group_scores;
	uint32_t *const groups = s->groups_touched;
	const uint32_t *const end = k->posts + k->n, count = s->group_count;
	const float weight = k->weight;
	for (const uint32_t *post = k->posts; post < end; post++) {
		uint32_t group = *post;
		if (group >= count)
			continue;
		float before = scores[group];
		groups[touched] = group;
		touched += before <= 0;
		scores[group] = before + weight;
	}
	return touched;
}

/* add_more adds it to groups that have a score only. */
static void add_more(struct match_scratch *s, const struct candidate_key *k)
{
	float *const scores = s->group_scores;
	const uint32_t *const end = k->posts + k->n, count = s->group_count;
	const float more[] = { 0, k->weight };
	for (const uint32_t *post = k->posts; post < end; post++) {
		if (*post >= count)
			continue;
		float score = scores[*post];
		scores[*post] = score + more[score > 0];
	}
}

/* are_beaten: so many groups are ahead of what any other may get that none of these is among the best. */
static bool are_beaten(const struct match_scratch *s, uint32_t touched, float most)
{
	uint32_t ahead = 0;
	for (uint32_t i = 0; i < touched && i < RIVALS_MAX && ahead < CANDIDATES_MAX; i++) {
		uint32_t group = s->groups_touched[i];
		ahead += s->group_scores[group] - s->group_costs[group] > most;
	}
	return ahead == CANDIDATES_MAX;
}

/* accumulate adds up the scores of all groups that may be among the best; gives how many have one. */
static uint32_t accumulate(struct match_scratch *s)
{
	uint32_t keys = keys_in_time(s), touched = 0, i;
	double most = 0; /* what the keys that are left bring to a group that has none of those before */
	for (i = 0; i < keys; i++)
		most += (double)s->keys[i].gain;
	for (i = 0; i < keys; i++) {
		if (s->keys[i].n >= LONG_KEY && are_beaten(s, touched, (float)most * ROUNDING))
			break;
		touched = add_posts(s, &s->keys[i], touched);
		most -= (double)s->keys[i].gain;
	}
	for (; i < keys; i++)
		add_more(s, &s->keys[i]);
	return touched;
}

void candidate_costs(const struct file_view *v, struct match_scratch *s)
{
	for (uint32_t i = 0; i < s->group_count; i++)
		s->group_costs[i] = COST * v->groups[i].weight;
}

uint32_t candidate_groups(struct query *q, uint32_t ret_groups[CANDIDATES_MAX])
{
	struct match_scratch *s = q->scratch;
	struct best best;
	collect(q);
	best_begin(&best, CANDIDATES_MAX);
	for (uint32_t i = 0, touched = accumulate(s); i < touched; i++) {
		uint32_t group = s->groups_touched[i];
		float score = s->group_scores[group];
		if (i + AHEAD < touched)
			__builtin_prefetch(&s->group_costs[s->groups_touched[i + AHEAD]]);
		s->group_scores[group] = 0;
		if (score >= best.floor)
			best_offer(&best, score - s->group_costs[group], group);
	}
	best_sort(&best);
	for (uint32_t i = 0; i < best.n; i++)
		ret_groups[i] = best_number(best.items[i]);
	return best.n;
}
