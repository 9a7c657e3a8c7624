/* SPDX-License-Identifier: MIT
 *
 * What the kernel remembers of an address on its own network: the neighbour table (ARP, neighbour discovery). Sends
 * nothing; so it tells something only after a packet was sent to the address.
 */
#include "probe/rtnl.h"

#include <linux/neighbour.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "the address, on our own network", ARG_ADDRESS },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "none", "no entry: nothing was sent there" },
	{ "incomplete", "asked, no answer yet" },
	{ "reachable", "it answered lately" },
	{ "stale", "it answered some time ago" },
	{ "delay", "about to be asked again" },
	{ "probe", "being asked again" },
	{ "failed", "it did not answer" },
	{ "permanent", "set by hand" },
	{ "noarp", "needs no answer" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "neigh.state", FACT_TEXT, "the state" },
	{ "neigh.mac", FACT_TEXT, "the hardware address" },
	{ "neigh.dev", FACT_TEXT, "the interface" },
	{ "neigh.answers", FACT_BOOL, "it answered, as far as is known" },
	{ 0 }
};

static const char *nud_name(unsigned state)
{
	switch (state) {
	case NUD_INCOMPLETE: return "incomplete";
	case NUD_REACHABLE: return "reachable";
	case NUD_STALE: return "stale";
	case NUD_DELAY: return "delay";
	case NUD_PROBE: return "probe";
	case NUD_FAILED: return "failed";
	case NUD_NOARP: return "noarp";
	case NUD_PERMANENT: return "permanent";
	default: return "none";
	}
}

static void neighbour_end(struct machine *m, const struct rtnl *r)
{
	struct address address;
	struct str text = machine_arg(m, "address");
	const struct rtnl_neighbour *x = NULL;
	for (size_t i = 0; machine_arg_address(m, "address", &address) && i < r->neighbour_count; i++)
		if (address_eq(r->neighbours[i].address, address) &&
		    (!address.zone_index || (unsigned)r->neighbours[i].index == address.zone_index))
			x = &r->neighbours[i];
	const char *state = nud_name(x ? x->state : NUD_NONE);
	struct str mac = x ? rtnl_mac_text(x->mac, m->arena) : STR("");
	const struct rtnl_link *l = x ? rtnl_link(r, x->index) : NULL;
	machine_text(m, "neigh.state", str_c(state));
	if (x && x->state & (NUD_REACHABLE | NUD_STALE | NUD_FAILED))
		machine_bool(m, "neigh.answers", !(x->state & NUD_FAILED));
	if (mac.n)
		machine_text(m, "neigh.mac", mac);
	if (l)
		machine_text(m, "neigh.dev", l->name);
	machine_end(m, state, "%.*s is %s%s%.*s in the neighbour table", STR_ARG(text), state, mac.n ? " at " : "",
		    STR_ARG(mac));
}

static void neighbour_start(struct machine *m)
{
	rtnl_begin(m, m->state, 0, RTNL_LINKS | RTNL_NEIGHBOURS);
}

static void neighbour_feed(struct machine *m, const struct event *e)
{
	struct rtnl *r = m->state;
	if (e->kind == EVENT_DEADLINE)
		machine_not_run(m, "the kernel did not answer");
	else if (!rtnl_event(m, r, e))
		return;
	else if (r->error)
		machine_not_run(m, "the kernel did not list its neighbours: %s", errno_name(r->error));
	else
		neighbour_end(m, r);
}

const struct probe neighbour_probe = {
	.name = "neighbour",
	.says = "what the own machine remembers of an address on its network",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 1000,
	.state_size = sizeof(struct rtnl),
	.start = neighbour_start,
	.feed = neighbour_feed,
};
