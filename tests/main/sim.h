/* SPDX-License-Identifier: MIT
 *
 * A probe's machine without a network: started, handed events, its evidence held against the probe's own tables.
 */
#ifndef KBT_TESTS_SIM_H
#define KBT_TESTS_SIM_H

#include "probe/probe_machine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sim {
	struct arena arena;
	struct probe_request request;
	struct probe_files files;
	struct machine machine;
	struct evidence evidence;
	double now_ms;
	struct str sent[MACHINE_CHANNELS_MAX]; /* the last packet of each channel */
};

static inline bool sim_fact_is_known(const struct probe *p, const struct fact *f)
{
	for (const struct probe_fact_help *h = p->facts; h->name; h++) {
		struct str name = str_c(h->name);
		size_t port = str_find(name, STR("PORT"));
		bool same = port == STR_NONE ? str_eq(f->name, name) :
			    str_starts(f->name, str_first(name, port)) && str_ends(f->name, str_from(name, port + 4));
		if (same)
			return f->type == h->type;
	}
	return false;
}

/* sim_check: what a probe says is what its tables promise. */
static inline void sim_check(const struct sim *s)
{
	const struct probe *p = s->request.probe;
	const struct evidence *e = &s->evidence;
	bool state = str_eq(e->state, STR("not-run"));
	for (const struct probe_state_help *h = p->states; h->name; h++)
		state = state || str_eq(e->state, str_c(h->name));
	if (!state || !e->reason.n) {
		fprintf(stderr, "%s: state '%.*s', reason '%.*s'\n", p->name, STR_ARG(e->state), STR_ARG(e->reason));
		abort();
	}
	for (size_t i = 0; i < e->fact_count; i++) {
		if (!sim_fact_is_known(p, &e->facts[i])) {
			fprintf(stderr, "%s: fact %.*s is not in its table\n", p->name, STR_ARG(e->facts[i].name));
			abort();
		}
		for (size_t k = 0; k < i; k++)
			if (str_eq(e->facts[i].name, e->facts[k].name)) {
				fprintf(stderr, "%s: fact %.*s twice\n", p->name, STR_ARG(e->facts[i].name));
				abort();
			}
	}
	assert(e->raw.n <= PROBE_RAW_MAX);
}

static inline void sim_start(struct sim *s)
{
	s->request.files = &s->files;
	machine_start(&s->machine, &s->request, 42, &s->arena, &s->evidence);
}

/* sim_feed gives an event at the present time; after the end it is dropped, as a driver does. */
static inline void sim_feed(struct sim *s, struct event e)
{
	e.ms = s->now_ms;
	if (!s->machine.done)
		machine_feed(&s->machine, &e);
}

/* sim_end does what a driver does at the deadline. */
static inline void sim_end(struct sim *s)
{
	if (!s->machine.done)
		sim_feed(s, (struct event){ .kind = EVENT_DEADLINE });
	if (!s->machine.done)
		machine_not_run(&s->machine, "did not end");
	sim_check(s);
}

static inline void sim_free(struct sim *s)
{
	arena_free(&s->arena);
}

#endif
