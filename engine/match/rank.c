/* SPDX-License-Identifier: MIT */
#include "match/query.h"

#include "rule/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	GROUPS_MAX = 20,  /* looked at owner by owner */
	OWNERS_MAX = 256, /* of all of them */
	FITS_MAX = 96	  /* owners whose very text is compared */
};

static const double close_enough = 7.0; /* groups that much behind the best are out */

static double place_prior(const struct file_owner *o)
{
	static const double priors[] = {
		[PLACE_AUTHORED] = 1.0, [PLACE_SYMPTOMS] = 0.4, [PLACE_TITLE] = 0.2, [PLACE_SUMMARY] = 0.3,
		[PLACE_CAUSE] = 0.2,	[PLACE_MORE] = 0.15,	[PLACE_OTHER] = 0.0,
	};
	return 0.6 * (priors[o->place] + (o->announced ? 0.3 : 0));
}

static int by_alignment(const void *a, const void *b)
{
	const struct alignment *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) : (x->group > y->group) - (x->group < y->group);
}

static int by_answer(const void *a, const void *b)
{
	const struct answer *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) :
				      (x->article > y->article) - (x->article < y->article);
}

/* What the tokens missed because a value was glued to a word has been found after all. */
static double surface_bonus(const struct alignment *al, const struct surface *s)
{
	double dress = 2.5 * (1 - fmin(1, 8 * s->differs)) + (s->differs == 0 ? 1.0 : 0);
	double samples = 1.5 * s->samples_met - 0.2 * s->samples_other - 0.8 * s->samples_odd;
	return 1.0 + dress + samples + 1.5 * (al->left_template > 0 ? al->left_template : 0);
}

static struct answer answer_of(struct query *q, const struct alignment *al, const struct file_owner *o, bool compare)
{
	struct answer x = { .owner = o, .article = o->article, .alignment = *al };
	x.score = al->score + place_prior(o);
	if (compare)
		x.fits = surface_fit(q->view, o, str_first(q->clean->text, q->payload.end), &q->scratch->letters, &x.surface);
	if (x.fits)
		x.score += surface_bonus(al, &x.surface);
	return x;
}

/* The best answer of each article, in the order of the answers. */
static uint32_t one_an_article(struct answer *answers, uint32_t n)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		bool seen = false;
		for (uint32_t k = 0; k < kept && !seen; k++)
			seen = answers[k].article == answers[i].article;
		if (!seen)
			answers[kept++] = answers[i];
	}
	return kept;
}

static double confidence_of(const struct query *q, const struct answer *x)
{
	const struct alignment *al = &x->alignment;
	double outside = q->weight_to[q->token_count] - (q->weight_to[al->last + 1] - q->weight_to[al->first]);
	double template = al->matched / (al->matched + al->left_template + 1e-6);
	double message = al->matched / (al->matched + al->left_message + 0.5 * outside + 1e-6);
	double c = template * 0.5 + message * 0.5;
	if (al->number_differs)
		c *= 0.5;
	return c;
}

uint32_t rank_articles(struct query *q, const struct match_options *options, struct answer *ret_answers)
{
	uint32_t groups[CANDIDATES_MAX], n = candidate_groups(q, groups), count = 0, fits = 0;
	struct alignment als[CANDIDATES_MAX];
	struct answer *answers = arena_array(q->arena, struct answer, OWNERS_MAX);
	(void)options;
	if (!answers)
		return 0;
	surface_letters(str_first(q->clean->text, q->payload.end), &q->scratch->letters);
	for (uint32_t i = 0; i < n; i++)
		align_group(q, groups[i], &als[i]);
	qsort(als, n, sizeof *als, by_alignment);
	for (uint32_t i = 0; i < n && i < GROUPS_MAX && als[i].score > als[0].score - close_enough; i++) {
		const struct file_group *g = &q->view->groups[als[i].group];
		for (uint32_t k = 0; k < g->owner_n && count < OWNERS_MAX; k++, fits++)
			answers[count++] = answer_of(q, &als[i], &q->view->owners[g->owner_at + k], fits < FITS_MAX);
	}
	qsort(answers, count, sizeof *answers, by_answer);
	count = one_an_article(answers, count);
	count = count < MATCH_RESULTS_MAX ? count : MATCH_RESULTS_MAX;
	for (uint32_t i = 0; i < count; i++)
		answers[i].confidence = confidence_of(q, &answers[i]);
	memcpy(ret_answers, answers, count * sizeof *answers);
	return count;
}
