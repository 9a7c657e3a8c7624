/* SPDX-License-Identifier: MIT
 *
 * causes + digest > what is left, what contradicts the rest, and which unknown facts would part what is left. Pure.
 */
#ifndef KBT_DIAGNOSE_WEIGH_H
#define KBT_DIAGNOSE_WEIGH_H

#include "diagnose/digest.h"

struct weighed {
	const struct cause **left; /* consistent with every known fact, likeliest first; but see strained */
	double *beliefs;	   /* parallel, sum 1 */
	size_t left_count;
	const struct prediction **against; /* parallel to the causes: what contradicts; NULL for those left */
	bool decided;			   /* one is left and what it needs is known */
	bool strained;			   /* every cause is contradicted: left are those that the fewest facts are against */
};

/* weigh lays every cause beside the facts that are known: what is left, how much each is believed, what speaks against
 * the others. */
enum err weigh(const struct causes *causes, const struct digest *d, struct arena *a,
	       struct weighed *ret_weighed) MUST_USE;

/* weigh_seen_at: the index of the evidence that tells a fact; SIZE_MAX where several do together. */
size_t weigh_seen_at(const struct derived *f, const struct digest *d);

/* weigh_parts: how much belief an unknown fact would take away from some of what is left; 0 where it tells nothing. */
double weigh_parts(const struct weighed *w, const struct digest *d, const struct fact_help *fact);

/* What could be asked: the facts that it tells, as words, and what it costs, in packets. */
struct offer {
	const char *facts;
	double cost;
};
/* weigh_order puts offers in order (indices): the one that tells most for its cost first; equal ones as they stand. */
void weigh_order(const struct weighed *w, const struct digest *d, const struct offer *offers, size_t count,
		 size_t *ret_order);

/* weigh_needs: some cause left needs the fact, and it is not known. */
bool weigh_needs(const struct weighed *w, const struct digest *d, const struct fact_help *fact);

/* weigh_best_facts: the most telling unknown facts, the best first; how many. */
enum { WEIGH_BEST_MAX = 8 };
size_t weigh_best_facts(const struct weighed *w, const struct digest *d, const struct fact_help **ret_facts,
			size_t max);

#endif
