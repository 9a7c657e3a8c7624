/* SPDX-License-Identifier: MIT */
#include "diagnose/weigh.h"

#include <assert.h>

size_t weigh_seen_at(const struct derived *f, const struct digest *d)
{
	for (size_t i = 0; f && f->from && i < d->c->evidence_count; i++)
		if (d->c->evidence[i] == f->from)
			return i;
	return SIZE_MAX;
}

/* contradiction: of those there are, the one that was seen first. */
static const struct prediction *contradiction(const struct cause *c, const struct digest *d)
{
	const struct prediction *first = NULL;
	size_t first_at = SIZE_MAX;
	for (size_t i = 0; i < c->prediction_count; i++) {
		const struct derived *f = digest_find(d, c->predictions[i].fact);
		if (!f || prediction_holds(&c->predictions[i], f->value))
			continue;
		size_t at = weigh_seen_at(f, d);
		if (!first || at < first_at) {
			first = &c->predictions[i];
			first_at = at;
		}
	}
	return first;
}

static size_t count_needs(const struct cause *c, const struct digest *d, size_t *ret_met)
{
	size_t needs = 0, met = 0;
	for (size_t i = 0; i < c->prediction_count; i++) {
		needs += c->predictions[i].needed;
		met += c->predictions[i].needed && digest_find(d, c->predictions[i].fact);
	}
	*ret_met = met;
	return needs;
}

static bool likely(const struct meaning *m, struct str class)
{
	for (size_t i = 0; m && i < m->likely_count; i++)
		if (str_ends(m->likely[i], STR(".")) ? str_starts(class, m->likely[i]) : str_eq(class, m->likely[i]))
			return true;
	return false;
}

/* What the article itself names as its causes is likelier, and what a hint speaks for; it decides nothing. */
static double weight_of(const struct cause *c, const struct digest *d)
{
	enum { NAMED_BY_ARTICLE = 8, HINTED = 4 };
	const struct rule *rule = d->c->rule;
	double weight = c->weight;
	for (size_t i = 0; i < c->hint_count; i++) {
		const struct derived *f = digest_find(d, c->hints[i].fact);
		if (f && prediction_holds(&c->hints[i], f->value))
			weight *= HINTED;
	}
	if (likely(d->c->meaning, c->name))
		weight *= HINTED;
	for (size_t i = 0; rule && i < rule->cause_class_count; i++)
		if (str_eq(rule->cause_classes[i], c->name))
			return weight * NAMED_BY_ARTICLE;
	return weight;
}

/* count_against: the facts that contradict a cause; those that it needs count as many more. */
static size_t count_against(const struct cause *c, const struct digest *d)
{
	enum { NEEDED = 4 };
	size_t count = 0;
	for (size_t i = 0; i < c->prediction_count; i++) {
		const struct derived *f = digest_find(d, c->predictions[i].fact);
		if (f && !prediction_holds(&c->predictions[i], f->value))
			count += c->predictions[i].needed ? NEEDED : 1;
	}
	return count;
}

/* speaks_for: at least half of what a cause needs was seen so. */
static bool speaks_for(const struct cause *c, const struct digest *d)
{
	size_t needs = 0, seen = 0;
	for (size_t i = 0; i < c->prediction_count; i++) {
		const struct derived *f = digest_find(d, c->predictions[i].fact);
		needs += c->predictions[i].needed;
		seen += c->predictions[i].needed && f && prediction_holds(&c->predictions[i], f->value);
	}
	return seen && 2 * seen >= needs;
}

/* leave puts a cause among those left, by belief. */
static void leave(struct weighed *w, const struct cause *c, const struct digest *d)
{
	size_t met, needs = count_needs(c, d, &met), at = w->left_count++;
	double belief = weight_of(c, d) * (double)(met + 1) / (double)(needs + 1);
	for (; at > 0 && w->beliefs[at - 1] < belief; at--) {
		w->left[at] = w->left[at - 1];
		w->beliefs[at] = w->beliefs[at - 1];
	}
	w->left[at] = c;
	w->beliefs[at] = belief;
}

/* leave_nearest: where facts contradict every cause, those are left that the least is against, of those that
 * something speaks for; two at least, for which of them it is nobody can say. */
static void leave_nearest(struct weighed *w, const struct causes *causes, const struct digest *d)
{
	enum { AGAINST_MAX = 40, ENOUGH = 2 };
	w->strained = causes->count > 0;
	for (size_t against = 1; against <= AGAINST_MAX && w->left_count < ENOUGH; against++)
		for (size_t i = 0; i < causes->count; i++) {
			const struct cause *c = &causes->items[i];
			if (!w->against[i] || count_against(c, d) != against || !speaks_for(c, d))
				continue;
			w->against[i] = NULL;
			leave(w, c, d);
		}
}

enum err weigh(const struct causes *causes, const struct digest *d, struct arena *a, struct weighed *ret_weighed)
{
	struct weighed w = { .left = arena_array(a, const struct cause *, causes->count + 1),
			     .beliefs = arena_array(a, double, causes->count + 1),
			     .against = arena_array(a, const struct prediction *, causes->count + 1) };
	if (arena_err(a))
		return ERR_NOMEM;
	for (size_t i = 0; i < causes->count; i++) {
		w.against[i] = contradiction(&causes->items[i], d);
		if (!w.against[i])
			leave(&w, &causes->items[i], d);
	}
	if (!w.left_count && !d->no_host.n) /* of an address that is none nothing can be near */
		leave_nearest(&w, causes, d);
	double sum = 0;
	for (size_t i = 0; i < w.left_count; i++)
		sum += w.beliefs[i];
	for (size_t i = 0; i < w.left_count; i++)
		w.beliefs[i] /= sum;
	size_t met;
	w.decided = w.left_count == 1 && !w.strained && count_needs(w.left[0], d, &met) == met;
	*ret_weighed = w;
	return ERR_OK;
}

static const struct prediction *prediction_of(const struct cause *c, const char *fact)
{
	for (size_t i = 0; i < c->prediction_count; i++)
		if (c->predictions[i].fact.p == fact)
			return &c->predictions[i];
	return NULL;
}

/* The belief in what a value would rule out is what seeing it tells, where some cause expects the value; the best value
 * counts. A fact that the only cause left needs tells all. */
double weigh_parts(const struct weighed *w, const struct digest *d, const struct fact_help *fact)
{
	if (digest_find(d, str_c(fact->name)))
		return 0;
	double best = 0;
	for (size_t i = 0; w->left_count == 1 && i < 1; i++) {
		const struct prediction *p = prediction_of(w->left[0], fact->name);
		if (p && p->needed)
			return 1;
	}
	struct str rest = str_c(fact->values), value;
	while (str_word(&rest, &value)) {
		double out = 0, in = 0;
		bool expected = false;
		for (size_t i = 0; i < w->left_count; i++) {
			const struct prediction *p = prediction_of(w->left[i], fact->name);
			*(p && !prediction_holds(p, value) ? &out : &in) += w->beliefs[i];
			expected |= p && prediction_holds(p, value);
		}
		double tells = !expected ? 0 : out < in ? out : in;
		best = tells > best ? tells : best;
	}
	return best;
}

/* for_its_cost: the best of the facts counts. */
static double for_its_cost(const struct weighed *w, const struct digest *d, const struct offer *offer)
{
	struct str rest = str_c(offer->facts), fact;
	double best = 0;
	while (str_word(&rest, &fact)) {
		const struct fact_help *help = fact_help_find(fact);
		double tells = help ? weigh_parts(w, d, help) : 0;
		best = tells > best ? tells : best;
	}
	return best / offer->cost;
}

void weigh_order(const struct weighed *w, const struct digest *d, const struct offer *offers, size_t count,
		 size_t *ret_order)
{
	for (size_t i = 0; i < count; i++) {
		double worth = for_its_cost(w, d, &offers[i]);
		size_t at = i;
		for (; at > 0 && for_its_cost(w, d, &offers[ret_order[at - 1]]) < worth; at--)
			ret_order[at] = ret_order[at - 1];
		ret_order[at] = i;
	}
}

bool weigh_needs(const struct weighed *w, const struct digest *d, const struct fact_help *fact)
{
	for (size_t i = 0; i < w->left_count && !digest_find(d, str_c(fact->name)); i++) {
		const struct prediction *p = prediction_of(w->left[i], fact->name);
		if (p && p->needed)
			return true;
	}
	return false;
}

size_t weigh_best_facts(const struct weighed *w, const struct digest *d, const struct fact_help **ret_facts, size_t max)
{
	double told[WEIGH_BEST_MAX];
	size_t count = 0;
	assert(max <= WEIGH_BEST_MAX);
	for (const struct fact_help *f = fact_helps; f->name; f++) {
		double tells = weigh_parts(w, d, f);
		size_t at = count;
		while (at > 0 && told[at - 1] < tells)
			at--;
		if (tells <= 0 || at == max)
			continue;
		count += count < max;
		for (size_t i = count - 1; i > at; i--) {
			told[i] = told[i - 1];
			ret_facts[i] = ret_facts[i - 1];
		}
		told[at] = tells;
		ret_facts[at] = f;
	}
	return count;
}
