/* SPDX-License-Identifier: MIT
 *
 * Does a neighbour lead to an IPv4 address, whatever our own routes say? Takes address= and the hardware address mac=
 * of a gateway, and sends it echo requests for the address (RFC 792). An answer to an address that our mask takes for a
 * neighbour shows that the mask is too wide. Needs CAP_NET_RAW; changes no route.
 */
#include "probe/rtnl.h"
#include "probe/via.h"

#include <linux/rtnetlink.h>
#include <string.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "IPv4 address to ping", ARG_ADDRESS },
	{ "mac", true, "hardware address of the neighbour to send it to", ARG_TEXT },
	{ "wait", false, "how long to wait after the last of three requests, in ms (default 900)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = { { "answered", "the neighbour leads there" },
						  { "silent", "no answer came that way" },
						  { 0 } };

static const struct probe_fact_help facts[] = { { "detour.state", FACT_TEXT, "the state" },
						{ "detour.dev", FACT_TEXT, "the interface" },
						{ 0 } };

enum { DETOUR_CHANNEL = 1, DETOUR_REQUESTS = 3, DETOUR_SPACING_MS = 200 };

struct detour {
	struct rtnl rtnl;
	struct address address, source;
	struct echo echo;
	struct str dev;
	uint8_t mac[VIA_MAC];
	unsigned sent;
	double wait_ms;
};

static void detour_end(struct machine *m, const char *state)
{
	const struct detour *s = m->state;
	struct str mac = machine_arg(m, "mac"), address = machine_arg(m, "address");
	machine_text(m, "detour.state", str_c(state));
	machine_text(m, "detour.dev", s->dev);
	machine_end(m, state, "%.*s by the neighbour %.*s: %s", STR_ARG(address), STR_ARG(mac), state);
}

static void detour_send(struct machine *m)
{
	struct detour *s = m->state;
	if (s->sent == DETOUR_REQUESTS) {
		detour_end(m, "silent");
		return;
	}
	struct str echo = echo_request(&s->echo, (uint16_t)s->sent, 56, m->arena);
	machine_send(m, DETOUR_CHANNEL, via_packet(s->source, s->address, echo, m->arena));
	s->sent++;
	machine_timer(m, s->sent == DETOUR_REQUESTS ? s->wait_ms : DETOUR_SPACING_MS);
}

static void detour_bytes(struct machine *m, struct str bytes)
{
	const struct detour *s = m->state;
	uint16_t sequence, id;
	if (via_reply(&s->echo, s->address, bytes, &sequence, &id))
		detour_end(m, "answered");
}

static void detour_kernel(struct machine *m, const struct event *e)
{
	struct detour *s = m->state;
	if (!rtnl_event(m, &s->rtnl, e))
		return;
	const struct rtnl_route *r = s->rtnl.route_count ? &s->rtnl.routes[0] : NULL;
	const struct rtnl_link *l = r ? rtnl_link(&s->rtnl, r->index) : NULL;
	if (!l || s->rtnl.error || !l->mac.n || l->noarp || r->type != RTN_UNICAST) {
		machine_not_run(m, "no network of neighbours leads to the address");
		return;
	}
	s->dev = l->name;
	s->source = r->source;
	struct channel_spec spec = { .kind = CHANNEL_VIA, .to = s->address, .interface = l->index };
	memcpy(spec.mac, s->mac, sizeof spec.mac);
	machine_open(m, DETOUR_CHANNEL, spec);
}

static void detour_start(struct machine *m)
{
	struct detour *s = m->state;
	if (!machine_arg_address(m, "address", &s->address) || s->address.family != 4 ||
	    !via_read_mac(machine_arg(m, "mac"), s->mac)) {
		machine_not_run(m, "an IPv4 address and a hardware address like 02:00:00:00:00:01 are wanted");
		return;
	}
	s->wait_ms = machine_arg_number(m, "wait", 900, 10, 10000);
	s->echo = echo_begin(m, 4);
	s->rtnl.target = s->address;
	rtnl_begin(m, &s->rtnl, 0, RTNL_LINKS | RTNL_ROUTE_TO);
}

static void detour_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_DEADLINE)
		detour_end(m, "silent");
	else if (e->kind == EVENT_TIMER)
		detour_send(m);
	else if (e->channel != DETOUR_CHANNEL)
		detour_kernel(m, e);
	else if (e->kind == EVENT_OPEN)
		detour_send(m);
	else if (e->kind == EVENT_BYTES)
		detour_bytes(m, e->bytes);
	else if (e->kind == EVENT_FAIL)
		machine_denied(m, "packet", e->error);
}

const struct probe detour_probe = {
	.name = "detour",
	.says = "does a neighbour lead to an address, whatever the own routes say",
	.args = args,
	.states = states,
	.facts = facts,
	.raw_socket = true,
	.deadline_ms = 12000,
	.state_size = sizeof(struct detour),
	.start = detour_start,
	.feed = detour_feed,
};
