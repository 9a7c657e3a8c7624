/* SPDX-License-Identifier: MIT
 *
 * Who answers to an IPv4 address on our own network: a few ARP requests (RFC 826), and how many hardware addresses
 * answer. Two hosts with one address show here and nowhere else. Needs CAP_NET_RAW; says so where it is missing.
 */
#include "probe/rtnl.h"

#include "base/wire.h"

#include <linux/rtnetlink.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "IPv4 address on our own network", ARG_ADDRESS },
	{ "link", false, "ask on this interface, wherever the routing table says that the address is", ARG_LINK },
	{ "count", false, "requests (default 3, at most 20)", ARG_NUMBER },
	{ "wait", false, "how long to wait for answers in all, in ms (default 900)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "answered", "one host has the address" },
	{ "duplicate", "several hosts have it" },
	{ "silent", "nobody has it" },
	{ "not-on-link", "it is not on our own network" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "arp.state", FACT_TEXT, "the state" },
	{ "arp.answers", FACT_NUMBER, "answers that came" },
	{ "arp.sent", FACT_NUMBER, "requests that went" },
	{ "arp.lag", FACT_NUMBER, "the longest time from an answer back to the request before it, in ms" },
	{ "arp.macs", FACT_TEXT, "hardware addresses that answered" },
	{ "arp.mac_count", FACT_NUMBER, "how many different ones" },
	{ "arp.dev", FACT_TEXT, "the interface" },
	{ 0 }
};

enum {
	ARP_CHANNEL = 1,
	ARP_REQUESTS = 3, /* unless count= says otherwise */
	ARP_REQUESTS_MAX = 20,
	ARP_BURST = 10, /* so many tell losses */
	MACS_MAX = 8,
	ARP_OF_ETHERNET = 1,
	ARP_OF_IPV4 = 0x0800,
	ARP_REQUEST = 1,
	ARP_REPLY = 2
};

struct arp {
	struct rtnl rtnl;
	struct address address, source;
	struct str dev, mac, macs[MACS_MAX];
	unsigned mac_count, answers, sent, count;
	double wait_ms, sent_ms, lag_ms;
};

static void arp_end(struct machine *m, const char *state)
{
	const struct arp *s = m->state;
	struct buf list = { 0 };
	for (unsigned i = 0; i < s->mac_count; i++)
		buf_addf(&list, "%s%.*s", i ? " " : "", STR_ARG(rtnl_mac_text(s->macs[i], m->arena)));
	machine_text(m, "arp.state", str_c(state));
	if (s->dev.n)
		machine_text(m, "arp.dev", s->dev);
	machine_number(m, "arp.answers", s->answers);
	machine_number(m, "arp.sent", s->sent);
	if (s->answers)
		machine_ms(m, "arp.lag", s->lag_ms);
	machine_number(m, "arp.mac_count", s->mac_count);
	if (list.n)
		machine_text(m, "arp.macs", buf_str(&list));
	struct str link = machine_arg(m, "link"), more = buf_str(&list);
	if (link.n && str_eq(str_c(state), STR("silent"))) /* so this machine's own address is asked for, too */
		more = arena_printf(m->arena, "no other host on %.*s has it", STR_ARG(link));
	machine_end(m, state, "ARP for %.*s: %s%s%.*s", STR_ARG(machine_arg(m, "address")), state, more.n ? ", " : "",
		    STR_ARG(more));
	buf_free(&list);
}

static void arp_over(struct machine *m)
{
	const struct arp *s = m->state;
	arp_end(m, s->mac_count > 1 ? "duplicate" : s->mac_count ? "answered" : "silent");
}

static void arp_send(struct machine *m)
{
	struct arp *s = m->state;
	uint8_t bytes[28];
	struct wire_out w = wire_out_of(bytes, sizeof bytes);
	if (s->sent == s->count) {
		arp_over(m);
		return;
	}
	wire_put_be16(&w, ARP_OF_ETHERNET);
	wire_put_be16(&w, ARP_OF_IPV4);
	wire_put_u8(&w, 6);
	wire_put_u8(&w, 4);
	wire_put_be16(&w, ARP_REQUEST);
	wire_put_bytes(&w, s->mac);
	/* From no address where ours may be of another subnet: then nobody minds whom the answer is for (RFC 5227). */
	wire_put_bytes(&w, (struct str){ (const char *)s->source.bytes, 4 });
	wire_put_zeros(&w, 6);
	wire_put_bytes(&w, (struct str){ (const char *)s->address.bytes, 4 });
	s->sent++;
	s->sent_ms = m->now_ms;
	machine_send(m, ARP_CHANNEL, wire_out_str(&w));
	machine_timer(m, s->wait_ms / s->count);
}

/* is_ours: another interface of this machine on the same LAN, whose system answers for all its addresses. */
static bool is_ours(const struct arp *s, struct str mac)
{
	for (size_t i = 0; i < s->rtnl.link_count; i++)
		if (str_eq(s->rtnl.links[i].mac, mac))
			return true;
	return false;
}

/* Whoever sends from the address claims it (RFC 5227); an answer is only what replies. */
static void arp_bytes(struct machine *m, struct str bytes)
{
	struct arp *s = m->state;
	struct wire w = wire_of(bytes);
	wire_skip(&w, 6);
	bool reply = wire_be16(&w) == ARP_REPLY;
	struct str mac = wire_bytes(&w, 6);
	struct address sender = address_v4(wire_bytes(&w, 4));
	if (!wire_ok(&w) || !address_eq(sender, s->address) || is_ours(s, mac))
		return;
	s->answers += reply;
	if (reply && m->now_ms - s->sent_ms > s->lag_ms)
		s->lag_ms = m->now_ms - s->sent_ms;
	if (s->count >= ARP_BURST && s->sent == s->count && s->answers >= s->count && s->mac_count) {
		arp_over(m); /* a burst counts losses; whether a second host answers was asked before */
		return;
	}
	for (unsigned i = 0; i < s->mac_count; i++)
		if (str_eq(s->macs[i], mac))
			return;
	if (s->mac_count < MACS_MAX)
		s->macs[s->mac_count++] = arena_str(m->arena, mac);
	if (s->mac_count > 1) /* more would not make it clearer */
		arp_over(m);
}

static void arp_kernel(struct machine *m, const struct event *e)
{
	struct arp *s = m->state;
	if (!rtnl_event(m, &s->rtnl, e))
		return;
	struct str link = machine_arg(m, "link");
	const struct rtnl_route *r = s->rtnl.route_count ? &s->rtnl.routes[0] : NULL;
	const struct rtnl_link *l = link.n ? rtnl_link_named(&s->rtnl, link) : r ? rtnl_link(&s->rtnl, r->index) : NULL;
	bool near = link.n || (r && !s->rtnl.error && !r->gateway.family && r->type == RTN_UNICAST);
	if (!near || !l || !l->mac.n || l->noarp) {
		arp_end(m, "not-on-link");
		return;
	}
	s->dev = l->name;
	s->mac = l->mac;
	if (!link.n)
		s->source = r->source;
	machine_open(m, ARP_CHANNEL, (struct channel_spec){ .kind = CHANNEL_ARP, .to = s->address,
							    .interface = l->index });
}

static void arp_start(struct machine *m)
{
	struct arp *s = m->state;
	if (!machine_arg_address(m, "address", &s->address) || s->address.family != 4) {
		machine_not_run(m, "ARP is of IPv4 addresses");
		return;
	}
	s->wait_ms = machine_arg_number(m, "wait", 900, 10, 10000);
	s->count = (unsigned)machine_arg_number(m, "count", ARP_REQUESTS, 1, ARP_REQUESTS_MAX);
	s->rtnl.target = s->address;
	rtnl_begin(m, &s->rtnl, 0, machine_arg(m, "link").n ? RTNL_LINKS : RTNL_LINKS | RTNL_ROUTE_TO);
}

static void arp_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_DEADLINE)
		arp_over(m);
	else if (e->kind == EVENT_TIMER)
		arp_send(m);
	else if (e->channel != ARP_CHANNEL)
		arp_kernel(m, e);
	else if (e->kind == EVENT_OPEN)
		arp_send(m);
	else if (e->kind == EVENT_BYTES)
		arp_bytes(m, e->bytes);
	else if (e->kind == EVENT_FAIL)
		machine_denied(m, "ARP", e->error);
}

const struct probe arp_probe = {
	.name = "arp",
	.says = "who answers to an address on our own network",
	.args = args,
	.states = states,
	.facts = facts,
	.raw_socket = true,
	.deadline_ms = 10500,
	.state_size = sizeof(struct arp),
	.start = arp_start,
	.feed = arp_feed,
};
