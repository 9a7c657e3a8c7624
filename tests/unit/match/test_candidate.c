/* SPDX-License-Identifier: MIT
 *
 * candidate_groups leaves out what cannot be among the best: what it gives is held against all scores added up, group
 * by group, over random postings; and the best of a list against the list sorted.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "match/best.h"
#include "match/matcher.h"
#include "match/query.h"

enum { GROUPS = 9000, TERMS = 400, BUCKETS = 1024, ROUNDS = 300, POSTS = 2000000 };

static uint64_t random_state = 1;

static uint32_t below(uint32_t n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(random_state >> 33) % n;
}

static int descending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? 1 : x > y ? -1 : 0;
}

/* A slice of posts: each group with a chance of one in so many. */
static uint32_t add_slice(uint32_t *posts, uint32_t at, uint32_t one_in)
{
	for (uint32_t g = below(one_in); g < GROUPS && at < POSTS; g += 1 + below(2 * one_in - 1))
		posts[at++] = g;
	return at;
}

struct world {
	struct file_term terms[TERMS];
	struct file_group groups[GROUPS];
	uint32_t pair_at[BUCKETS + 1], *term_posts, *pair_posts;
	struct matcher matcher;
};

/* Some words are in every other message, most in a few; a word that many have weighs little. */
static void make_world(struct world *w)
{
	struct file_header header = { .version = FILE_VERSION };
	uint32_t at = 0;
	w->term_posts = mem_resize(NULL, POSTS * sizeof(uint32_t));
	w->pair_posts = mem_resize(NULL, POSTS * sizeof(uint32_t));
	assert_non_null(w->term_posts);
	assert_non_null(w->pair_posts);
	for (uint32_t t = 0; t < TERMS; t++) {
		uint32_t from = at;
		at = add_slice(w->term_posts, at, 2 + (t < 20 ? t / 4 : t * t / 8));
		w->terms[t] = (struct file_term){ .group_at = from, .group_n = at - from };
		w->terms[t].weight = logf(1 + (float)GROUPS / (1 + (float)(at - from)));
		for (uint32_t p = from; p < at; p++)
			w->groups[w->term_posts[p]].weight += w->terms[t].weight;
	}
	header.sections[SEC_GROUP_POST].n = at;
	at = 0;
	for (uint32_t b = 0; b < BUCKETS; b++) {
		w->pair_at[b] = at;
		at = add_slice(w->pair_posts, at, b % 8 ? 500 : 4);
	}
	w->pair_at[BUCKETS] = at;
	header.sections[SEC_PAIR_POST].n = at;
	w->matcher.view = (struct file_view){ .header = header, .terms = w->terms, .groups = w->groups,
					      .group_post = w->term_posts, .pair_at = w->pair_at,
					      .pair_post = w->pair_posts, .group_count = GROUPS,
					      .term_count = TERMS, .pair_buckets = BUCKETS };
}

static void random_message(struct query *q)
{
	bool common = below(3) == 0;
	q->token_count = 1 + below(below(8) ? 12 : 60);
	for (uint32_t i = 0; i < q->token_count; i++) {
		struct query_token *t = &q->tokens[i];
		*t = (struct query_token){ .term_count = (uint8_t)(below(6) ? 1 : below(READINGS_MAX + 1)) };
		for (uint8_t r = 0; r < t->term_count; r++)
			t->terms[r] = below(common || below(2) ? 30 : TERMS);
	}
}

/* What the keys that were taken add up to, for all groups. */
static uint32_t add_up(const struct match_scratch *s, uint64_t *ret_items)
{
	static float scores[GROUPS];
	uint32_t budget = CANDIDATE_POSTINGS_MAX, n = 0;
	memset(scores, 0, sizeof scores);
	for (uint32_t i = 0; i < s->key_count && s->keys[i].n <= budget; i++) {
		budget -= s->keys[i].n;
		for (uint32_t p = 0; p < s->keys[i].n; p++)
			scores[s->keys[i].posts[p]] += s->keys[i].weight;
	}
	for (uint32_t g = 0; g < GROUPS; g++)
		if (scores[g] > 0)
			ret_items[n++] = best_item(scores[g] - s->group_costs[g], g);
	qsort(ret_items, n, sizeof *ret_items, descending);
	return n < CANDIDATES_MAX ? n : CANDIDATES_MAX;
}

static void what_is_left_out_is_none_of_the_best(void **state)
{
	(void)state;
	static struct world world;
	static uint64_t items[GROUPS];
	struct match_scratch *s;
	make_world(&world);
	assert_int_equal(match_scratch_open(&world.matcher, &s), ERR_OK);
	s->query.view = &world.matcher.view;
	s->query.scratch = s;
	for (int round = 0; round < ROUNDS; round++) {
		uint32_t groups[CANDIDATES_MAX];
		random_message(&s->query);
		uint32_t n = candidate_groups(&s->query, groups);
		assert_int_equal(n, add_up(s, items));
		for (uint32_t i = 0; i < n; i++)
			assert_int_equal(groups[i], best_number(items[i]));
		for (uint32_t g = 0; g < GROUPS; g++)
			assert_true(s->group_scores[g] == 0);
	}
	match_scratch_close(&s);
	mem_free(world.term_posts);
	mem_free(world.pair_posts);
}

static void the_best_are_those_of_the_sorted(void **state)
{
	(void)state;
	static uint64_t all[5000];
	static struct best best;
	for (uint32_t round = 0; round < 200; round++) {
		uint32_t n = below(round % 2 ? 5000 : 300), max = 1 + below(BEST_MAX), range = 1 + below(1000);
		best_begin(&best, max);
		for (uint32_t i = 0; i < n; i++) {
			float score = (float)below(range) - (float)range / 2;
			all[i] = best_item(score, i);
			assert_true(best_score(all[i]) == score);
			assert_int_equal(best_number(all[i]), i);
			best_offer(&best, score, i);
		}
		best_sort(&best);
		qsort(all, n, sizeof *all, descending);
		assert_int_equal(best.n, n < max ? n : max);
		assert_memory_equal(best.items, all, best.n * sizeof *all);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_out_is_none_of_the_best),
		cmocka_unit_test(the_best_are_those_of_the_sorted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
