/* SPDX-License-Identifier: MIT
 *
 * Two hardware addresses answer for one IPv4 address: two hosts, or one with two interfaces on this network, whose
 * system answers ARP by both (arp_ignore 0 of Linux)? Takes address= and both, mac= and other=, and sends echo requests
 * (RFC 792) to the one and the other in turn. Systems number the packets that they send to somebody (RFC 6864 says why
 * they may not): the answers of one host are numbered on from each other, whichever way the requests came; of two
 * hosts each has a count of its own. Where a host numbers nothing, or at random, nothing is told. Needs CAP_NET_RAW.
 */
#include "probe/rtnl.h"
#include "probe/via.h"

#include <linux/rtnetlink.h>
#include <string.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "IPv4 address that both answer for", ARG_ADDRESS },
	{ "mac", true, "hardware address of the one", ARG_TEXT },
	{ "other", true, "hardware address of the other", ARG_TEXT },
	{ "wait", false, "how long to wait after the last of eight requests, in ms (default 400)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = { { "one", "their answers are numbered in one row: one host" },
						  { "two", "each has a row of its own: two hosts" },
						  { "untold", "too few answers, or none that are numbered in a row" },
						  { 0 } };

static const struct probe_fact_help facts[] = {
	{ "twins.state", FACT_TEXT, "the state" },
	{ "twins.row", FACT_TEXT, "a letter a request, to the one and the other in turn: S answered, F not" },
	{ "twins.ids", FACT_TEXT, "the numbers of the answers, in the order of the requests" },
	{ 0 }
};

enum { KERNEL_CHANNEL, ONE_CHANNEL, TWINS = 2, REQUESTS = 8, EACH_LEAST = 3, SPACING_MS = 30 };
/* In all that time one system counts on by so many at most: one each, and Linux by up to a tick of its clock more. */
enum { SPAN = 400 };

struct twins {
	struct rtnl rtnl;
	struct address address, source;
	struct echo echo;
	uint8_t mac[TWINS][VIA_MAC];
	bool answered[REQUESTS];
	uint16_t id[REQUESTS];
	unsigned open, sent, received;
	double wait_ms;
};

/* rises: every stride-th answer, from first on, is numbered soon behind the one before. */
static bool rises(const struct twins *s, unsigned first, unsigned stride)
{
	unsigned count = 0;
	uint16_t last = 0;
	for (unsigned i = first; i < REQUESTS; i += stride) {
		uint16_t step = (uint16_t)(s->id[i] - last);
		if (!s->answered[i])
			continue;
		if (count && (step < 1 || step > SPAN))
			return false;
		last = s->id[i];
		count++;
	}
	return count >= EACH_LEAST;
}

/* apart: no one row holds both of some two answers. */
static bool apart(const struct twins *s)
{
	for (unsigned i = 0; i < REQUESTS; i += TWINS)
		for (unsigned k = 1; k < REQUESTS; k += TWINS) {
			int far = (int16_t)(s->id[i] - s->id[k]);
			if (s->answered[i] && s->answered[k] && (far > SPAN || far < -SPAN))
				return true;
		}
	return false;
}

static void twins_over(struct machine *m)
{
	const struct twins *s = m->state;
	bool told = rises(s, 0, TWINS) && rises(s, 1, TWINS);
	const char *state = told && rises(s, 0, 1) ? "one" : told && apart(s) ? "two" : "untold";
	char row[REQUESTS];
	struct buf ids = { 0 };
	for (unsigned i = 0; i < s->sent; i++) {
		row[i] = s->answered[i] ? 'S' : 'F';
		if (s->answered[i])
			buf_addf(&ids, "%s%u", ids.n ? " " : "", s->id[i]);
	}
	machine_text(m, "twins.state", str_c(state));
	machine_text(m, "twins.row", (struct str){ row, s->sent });
	if (ids.n)
		machine_text(m, "twins.ids", buf_str(&ids));
	machine_end(m, state, "%.*s by %.*s and %.*s: %s", STR_ARG(machine_arg(m, "address")),
		    STR_ARG(machine_arg(m, "mac")), STR_ARG(machine_arg(m, "other")), state);
	buf_free(&ids);
}

static void twins_send(struct machine *m)
{
	struct twins *s = m->state;
	if (s->sent == REQUESTS) {
		twins_over(m);
		return;
	}
	struct str echo = echo_request(&s->echo, (uint16_t)s->sent, 56, m->arena);
	machine_send(m, ONE_CHANNEL + s->sent % TWINS, via_packet(s->source, s->address, echo, m->arena));
	s->sent++;
	machine_timer(m, s->sent == REQUESTS ? s->wait_ms : SPACING_MS);
}

/* twins_bytes: each answer comes to both sockets. */
static void twins_bytes(struct machine *m, struct str bytes)
{
	struct twins *s = m->state;
	uint16_t sequence, id;
	if (!via_reply(&s->echo, s->address, bytes, &sequence, &id) || sequence >= s->sent || s->answered[sequence])
		return;
	s->answered[sequence] = true;
	s->id[sequence] = id;
	s->received++;
	if (s->received == REQUESTS)
		twins_over(m);
}

static void twins_kernel(struct machine *m, const struct event *e)
{
	struct twins *s = m->state;
	if (!rtnl_event(m, &s->rtnl, e))
		return;
	const struct rtnl_route *r = s->rtnl.route_count ? &s->rtnl.routes[0] : NULL;
	const struct rtnl_link *l = r ? rtnl_link(&s->rtnl, r->index) : NULL;
	if (!l || s->rtnl.error || !l->mac.n || l->noarp || r->gateway.family || r->type != RTN_UNICAST) {
		machine_not_run(m, "the address is not on a network of neighbours");
		return;
	}
	s->source = r->source;
	for (unsigned i = 0; i < TWINS; i++) {
		struct channel_spec spec = { .kind = CHANNEL_VIA, .to = s->address, .interface = l->index };
		memcpy(spec.mac, s->mac[i], sizeof spec.mac);
		machine_open(m, ONE_CHANNEL + i, spec);
	}
}

static void twins_start(struct machine *m)
{
	struct twins *s = m->state;
	if (!machine_arg_address(m, "address", &s->address) || s->address.family != 4 ||
	    !via_read_mac(machine_arg(m, "mac"), s->mac[0]) || !via_read_mac(machine_arg(m, "other"), s->mac[1])) {
		machine_not_run(m, "an IPv4 address and two hardware addresses like 02:00:00:00:00:01 are wanted");
		return;
	}
	s->wait_ms = machine_arg_number(m, "wait", 400, 10, 10000);
	s->echo = echo_begin(m, 4);
	s->rtnl.target = s->address;
	rtnl_begin(m, &s->rtnl, KERNEL_CHANNEL, RTNL_LINKS | RTNL_ROUTE_TO);
}

static void twins_feed(struct machine *m, const struct event *e)
{
	struct twins *s = m->state;
	if (e->kind == EVENT_DEADLINE)
		twins_over(m);
	else if (e->kind == EVENT_TIMER)
		twins_send(m);
	else if (e->channel == KERNEL_CHANNEL)
		twins_kernel(m, e);
	else if (e->kind == EVENT_OPEN && ++s->open == TWINS)
		twins_send(m);
	else if (e->kind == EVENT_BYTES)
		twins_bytes(m, e->bytes);
	else if (e->kind == EVENT_FAIL)
		machine_denied(m, "packet", e->error);
}

const struct probe twins_probe = {
	.name = "twins",
	.says = "two hardware addresses answer for one address: two hosts, or one",
	.args = args,
	.states = states,
	.facts = facts,
	.raw_socket = true,
	.deadline_ms = 12000,
	.state_size = sizeof(struct twins),
	.start = twins_start,
	.feed = twins_feed,
};
