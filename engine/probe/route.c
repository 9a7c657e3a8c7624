/* SPDX-License-Identifier: MIT
 *
 * Which way the own kernel would send to an address (RTM_GETROUTE): interface, gateway, source, or its refusal. What
 * it refuses for a port is asked at once without the port, too: the two answers are of one moment, so that a route
 * that was lost is not taken for a rule against the port. What it finds for a port by IPv4 is asked once more with the
 * source that it names, as connect(2) does: rules for this machine's own address hold only then. By IPv6 connect(2)
 * goes the way that it found first. Sends nothing on a network.
 */
#include "probe/rtnl.h"

#include <errno.h>
#include <linux/rtnetlink.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "the address to go to", ARG_ADDRESS },
	{ "port", false, "as a TCP connection to this port: rules may send it another way, or forbid it", ARG_PORT },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "on-link", "directly, without a gateway" },
	{ "gateway", "by a gateway" },
	{ "local", "it is our own address" },
	{ "net-unreachable", "no route leads there" },
	{ "host-unreachable", "a route says it cannot be reached" },
	{ "prohibited", "a route forbids it" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "route.state", FACT_TEXT, "the state" },
	{ "route.dev", FACT_TEXT, "the outgoing interface" },
	{ "route.gateway", FACT_TEXT, "the gateway" },
	{ "route.source", FACT_TEXT, "our own address on the way" },
	{ "route.on_link", FACT_BOOL, "no gateway is needed" },
	{ "route.ppp", FACT_BOOL, "the interface is a PPP link" },
	{ "route.error", FACT_TEXT, "the kernel's error" },
	{ "route.portless", FACT_TEXT, "of a port that is refused: the state without it, at the same moment" },
	{ 0 }
};

struct route {
	struct rtnl rtnl;
	int port_error;		 /* for the port, while it is asked without */
	struct rtnl_route first; /* what was found before the source was known, while it is asked with it */
};

static const char *refused_state(int error)
{
	return error == EACCES || error == EPERM	? "prohibited"
	       : error == EHOSTUNREACH || error == EINVAL ? "host-unreachable"
							  : "net-unreachable";
}

static const char *found_state(const struct rtnl_route *x)
{
	return x->type == RTN_LOCAL ? "local" : x->gateway.family ? "gateway" : "on-link";
}

static void route_refused(struct machine *m, int error)
{
	struct str to = machine_arg(m, "address");
	const char *state = refused_state(error);
	if (error != ENETUNREACH && error != EHOSTUNREACH && error != EACCES && error != EPERM && error != EINVAL &&
	    error != ENETDOWN) {
		machine_not_run(m, "the kernel did not tell its route: %s", errno_name(error));
		return;
	}
	machine_text(m, "route.state", str_c(state));
	machine_text(m, "route.error", str_c(errno_name(error)));
	machine_end(m, state, "no way to %.*s (%s)", STR_ARG(to), errno_name(error));
}

static void route_found(struct machine *m, const struct rtnl *r, const struct rtnl_route *x)
{
	struct str to = machine_arg(m, "address"), gateway = address_print(x->gateway, m->arena);
	const struct rtnl_link *l = rtnl_link(r, x->index);
	struct str dev = l ? l->name : STR("?");
	const char *state = found_state(x);
	machine_text(m, "route.state", str_c(state));
	machine_text(m, "route.dev", dev);
	machine_address(m, "route.gateway", x->gateway);
	machine_address(m, "route.source", x->source);
	machine_bool(m, "route.on_link", !x->gateway.family);
	machine_bool(m, "route.ppp", l && l->ppp);
	machine_end(m, state, "%.*s by %.*s%s%.*s", STR_ARG(to), STR_ARG(dev), gateway.n ? " and gateway " : "",
		    STR_ARG(gateway));
}

static void route_start(struct machine *m)
{
	struct route *s = m->state;
	s->rtnl.port = (uint16_t)machine_arg_number(m, "port", 0, 0, 65535);
	if (machine_arg_address(m, "address", &s->rtnl.target))
		rtnl_begin(m, &s->rtnl, 0, RTNL_LINKS | RTNL_ROUTE_TO);
	else
		machine_not_run(m, "no address to go to");
}

/* route_portless: the kernel said no for the port, and this without it. */
static void route_portless(struct machine *m, const struct route *s)
{
	const struct rtnl *r = &s->rtnl;
	machine_text(m, "route.portless",
		     str_c(!r->error && r->route_count ? found_state(&r->routes[0]) : refused_state(r->error)));
	route_refused(m, s->port_error);
}

/* route_answered: for the port, or at last with the source. */
static void route_answered(struct machine *m, struct route *s)
{
	struct rtnl *r = &s->rtnl;
	const struct rtnl_route *x = &r->routes[0];
	if (s->first.index && (r->error || !r->route_count)) {
		machine_text(m, "route.portless", str_c(found_state(&s->first)));
		route_refused(m, r->error ? r->error : EPROTO);
	} else if (r->port && !s->first.index && x->source.family == 4 && x->type == RTN_UNICAST) {
		s->first = *x;
		r->source = x->source;
		rtnl_again(m, r, RTNL_ROUTE_TO);
	} else {
		route_found(m, r, x);
	}
}

static void route_feed(struct machine *m, const struct event *e)
{
	struct route *s = m->state;
	struct rtnl *r = &s->rtnl;
	if (e->kind == EVENT_DEADLINE && s->first.index) {
		route_found(m, r, &s->first);
		return;
	}
	if (e->kind == EVENT_DEADLINE) {
		machine_not_run(m, "the kernel did not answer");
		return;
	}
	if (!rtnl_event(m, r, e))
		return;
	if (s->port_error) {
		route_portless(m, s);
	} else if (s->first.index || (!r->error && r->route_count)) {
		route_answered(m, s);
	} else if (r->port && r->error && e->kind == EVENT_BYTES) {
		s->port_error = r->error;
		r->port = 0;
		rtnl_again(m, r, RTNL_ROUTE_TO);
	} else {
		route_refused(m, r->error ? r->error : EPROTO);
	}
}

const struct probe route_probe = {
	.name = "route",
	.says = "which way the own machine would send to an address",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 1000,
	.state_size = sizeof(struct route),
	.start = route_start,
	.feed = route_feed,
};
