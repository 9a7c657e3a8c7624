/* SPDX-License-Identifier: MIT
 *
 * The ladder from the link up to SMB, and what a diagnosis has to ask a person. Derived from the digest.
 */
#include "diagnose/digest.h"

struct rung {
	const char *step, *fact, *passed; /* the step passed where the fact is one of these words */
};

static const struct rung rungs[] = {
	{ "link", "link.state", "ok" },	  { "address", "address.state", "ok" }, { "name", "name.resolution", "ok" },
	{ "path", "host.ip", "answers" }, { "tcp", "tcp.445", "open" },		{ "smb", "path.works", "yes" },
};
enum { RUNGS = sizeof rungs / sizeof *rungs };

static struct str state_of(const struct digest *d, const struct rung *r)
{
	struct str value = digest_fact(d, r->fact);
	if (!value.n)
		return STR("unknown");
	bool passed = str_eq(value, str_c(r->passed));
	if (str_eq(str_c(r->step), STR("tcp")))
		passed |= digest_is(d, "tcp.139", "open");
	return passed ? STR("passed") : STR("failed");
}

static struct str name_says(const struct digest *d)
{
	if (digest_is(d, "name.resolution", "failed"))
		return digest_fill(d, STR("nothing that this machine asks knows {server}"));
	return d->server_is_address ? STR("an address was given")
				    : digest_fill(d, STR("{server} is {address}, by {name.source}"));
}

static struct str says_of(const struct digest *d, const struct rung *r)
{
	const struct derived *f = digest_find(d, str_c(r->fact));
	bool name = str_eq(str_c(r->step), STR("name"));
	if (f && name)
		return name_says(d);
	if (f && f->from && f->from->reason.n)
		return f->from->reason;
	return f ? f->value : STR("");
}

enum err diagnose_ladder(const struct case_file *c, const struct verdict *v, struct arena *a,
			 struct ladder_step **ret_steps, size_t *ret_count)
{
	struct digest d;
	enum err err = digest_make(c, a, &d);
	struct ladder_step *steps = arena_array(a, struct ladder_step, RUNGS);
	if (err || !steps)
		return err ? err : ERR_NOMEM;
	size_t fails = RUNGS;
	for (size_t i = 0; i < RUNGS; i++) {
		steps[i] =
			(struct ladder_step){ str_c(rungs[i].step), state_of(&d, &rungs[i]), says_of(&d, &rungs[i]) };
		if (v->state == VERDICT_CONFIRMED && str_eq(v->step, str_c(rungs[i].step)))
			steps[i].state = STR("failed");
		if (fails == RUNGS && str_eq(steps[i].state, STR("failed")))
			fails = i;
	}
	/* What works above shows that what is below works; what is above a failure was not reached. */
	for (size_t i = RUNGS; i-- > 1;)
		if (str_eq(steps[i].state, STR("passed")) && str_eq(steps[i - 1].state, STR("unknown")))
			steps[i - 1].state = STR("passed");
	for (size_t i = fails + 1; i < RUNGS; i++)
		if (!str_eq(steps[i].state, STR("passed")))
			steps[i] = (struct ladder_step){ .step = steps[i].step, .state = STR("skipped") };
	*ret_steps = steps;
	*ret_count = d.smb ? RUNGS : RUNGS - 1; /* of another service a connection is all that is asked */
	return arena_err(a);
}

enum err diagnose_needs(const struct case_file *c, struct arena *a, struct need **ret_needs, size_t *ret_count)
{
	struct digest d;
	enum err err = digest_make(c, a, &d);
	struct need *need = arena_new(a, struct need);
	if (err || !need)
		return err ? err : ERR_NOMEM;
	*need = (struct need){ STR("server"), VAR_NETBIOS, STR("Which server was it about? A name or an address.") };
	*ret_needs = need;
	*ret_count = d.server.n ? 0 : 1;
	return ERR_OK;
}
