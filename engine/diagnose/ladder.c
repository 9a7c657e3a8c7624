/* SPDX-License-Identifier: MIT
 *
 * The ladder from the link up to SMB, and what a diagnosis has to ask a person. Derived from the digest.
 */
#include "diagnose/digest.h"

#include "probe/address.h"

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

/* ras_says: where the dialled link is not up, it is what the step is about; empty elsewhere. */
static struct str ras_says(const struct digest *d, const struct rung *r)
{
	struct str ras = digest_fact(d, "ras.link");
	bool address = str_eq(str_c(r->step), STR("address")), no_address = str_eq(ras, STR("no-address"));
	bool about = address ? no_address : str_eq(str_c(r->step), STR("link")) && !no_address;
	if (!about || !ras.n || str_eq(ras, STR("up")) || str_eq(ras, STR("not-asked")))
		return STR("");
	return d->ras ? d->ras->reason : STR("there is no dialled link");
}

/* telling: of a way that fails, what shows where: this machine has no route, or nobody answers ARP. That the server
 * answers nothing else shows less. */
static const struct derived *telling(const struct digest *d, const struct rung *r)
{
	static const char *const next_hop[] = { "arp.state", "gateway.state" };
	const struct derived *route = digest_find(d, STR("route.state"));
	bool path = str_eq(str_c(r->step), STR("path")), silent = digest_is(d, "host.ip", "silent");
	if (path && route && !str_eq(route->value, STR("ok")))
		return route;
	for (size_t i = 0; path && silent && i < sizeof next_hop / sizeof *next_hop; i++)
		if (digest_is(d, next_hop[i], "silent") && digest_find(d, str_c(next_hop[i]))->from)
			return digest_find(d, str_c(next_hop[i]));
	return digest_find(d, str_c(r->fact));
}

static struct str says_of(const struct digest *d, const struct rung *r)
{
	const struct derived *f = telling(d, r);
	bool name = str_eq(str_c(r->step), STR("name"));
	if (f && name)
		return name_says(d);
	if (f && ras_says(d, r).n)
		return ras_says(d, r);
	if (f && f->from && f->from->reason.n)
		return f->from->reason;
	return f ? f->value : STR("");
}

/* asked_near: the name is known without a packet that left this machine. */
static bool asked_near(const struct digest *d)
{
	static const char *const sources[] = { "given", "hosts", "lmhosts" };
	struct address server;
	bool near = digest_is(d, "name.source", "dns") && address_parse(d->dns_server, &server) &&
		    address_is_loopback(server);
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
		near = near || digest_is(d, "name.source", sources[i]);
	return near;
}

/* pass_below: what works above shows that what is below works. A name that this machine knows by itself shows nothing
 * of its link, and neither does what works on this machine. */
static void pass_below(const struct digest *d, struct ladder_step *steps)
{
	bool works = false;
	for (size_t i = RUNGS; i-- > 0;) {
		bool name = str_eq(steps[i].step, STR("name")), known = !str_eq(steps[i].state, STR("unknown"));
		if (works && !known)
			steps[i].state = STR("passed");
		bool passed = str_eq(steps[i].state, STR("passed"));
		steps[i].given = name && passed && known && asked_near(d);
		works = passed && (works || !steps[i].given) && !(name && digest_is(d, "path.kind", "local"));
	}
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
		steps[i] = (struct ladder_step){ .step = str_c(rungs[i].step),
						 .state = state_of(&d, &rungs[i]),
						 .says = says_of(&d, &rungs[i]) };
		if (v->state == VERDICT_CONFIRMED && str_eq(v->step, str_c(rungs[i].step)))
			steps[i].state = STR("failed");
		if (fails == RUNGS && str_eq(steps[i].state, STR("failed")))
			fails = i;
	}
	pass_below(&d, steps);
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
	struct need *needs = arena_array(a, struct need, 2);
	size_t count = 0;
	if (err || !needs)
		return err ? err : ERR_NOMEM;
	if (!d.server.n && !(c->meaning && c->meaning->dialled)) /* a dialled link can be looked at without */
		needs[count++] = (struct need){ STR("server"), VAR_NETBIOS,
						STR("Which server was it about? A name or an address.") };
	if (d.asks_port)
		needs[count++] = (struct need){ STR("port"), VAR_PORT, STR("Which TCP port was it about? A number.") };
	*ret_needs = needs;
	*ret_count = count;
	return ERR_OK;
}
