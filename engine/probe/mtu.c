/* SPDX-License-Identifier: MIT
 *
 * Do large packets pass? Large and small echo requests by turns, none of which may be fragmented (RFC 1191). Large ones
 * that vanish while small ones are answered, without an ICMP word, are a black hole (RFC 2923 section 2.1). One large
 * one that is answered is enough, so a large one is the first. With port= they are datagrams to UDP ports where nothing
 * listens, whose ICMP "port unreachable" is the answer: a filter that drops large pings as such lets those pass.
 */
#include "probe/echo.h"

#include <errno.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "address to send to", ARG_ADDRESS },
	{ "port", false, "datagrams to this UDP port and the five behind it, which nobody uses (default: pings)",
	  ARG_PORT },
	{ "size", false, "bytes of payload of the large ones (default 1400)", ARG_NUMBER },
	{ "wait", false, "how long to wait after the last one, in ms (default 1000)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "passes", "large packets are answered" },
	{ "blackhole", "small ones are answered, large ones vanish" },
	{ "too-big", "the path says that they do not fit, as it should" },
	{ "silent", "not even small ones are answered: nothing is known" },
	{ "loss", "too few are answered to tell" },
	{ "unreachable", "an ICMP message says that the address is not reached" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "mtu.state", FACT_TEXT, "the state" },
	{ "mtu.small", FACT_NUMBER, "small ones answered, of 3 at most" },
	{ "mtu.large", FACT_NUMBER, "large ones answered, of 3 at most" },
	{ "mtu.reported", FACT_NUMBER, "the MTU that an ICMP message names" },
	{ "mtu.error", FACT_TEXT, "the system's error" },
	{ "mtu.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "mtu.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

enum { EACH = 3, SMALL_BYTES = 56, INTERVAL_MS = 50, DATAGRAM_INTERVAL_MS = 20 };

struct mtu {
	struct address address;
	struct echo echo;
	unsigned port; /* the first one of UDP; 0: pings */
	size_t size;
	double wait_ms;
	unsigned sent, answered[2]; /* small ones, large ones */
	bool seen[2 * EACH], failed;
};

/* is_large: of the packet of this number, from 0 on. */
static bool is_large(unsigned sequence)
{
	return sequence % 2 == 0;
}

static void mtu_end(struct machine *m, const char *state)
{
	const struct mtu *s = m->state;
	machine_text(m, "mtu.state", str_c(state));
	machine_number(m, "mtu.small", s->answered[0]);
	machine_number(m, "mtu.large", s->answered[1]);
	struct str small = arena_printf(m->arena, ", small ones %u of %u", s->answered[0], s->sent / 2);
	machine_end(m, state, "%s of %zu bytes to %.*s: %s, %u of %u answered%.*s", s->port ? "datagrams" : "packets",
		    s->size, STR_ARG(machine_arg(m, "address")), state, s->answered[1], (s->sent + 1) / 2,
		    STR_ARG(s->sent > 1 ? small : STR("")));
}

static void mtu_over(struct machine *m)
{
	const struct mtu *s = m->state;
	if (s->answered[1])
		mtu_end(m, "passes");
	else if (!s->answered[0])
		mtu_end(m, "silent");
	else /* one lost small one leaves the rest believable, two do not */
		mtu_end(m, s->answered[0] >= EACH - 1 ? "blackhole" : "loss");
}

static void mtu_send(struct machine *m)
{
	struct mtu *s = m->state;
	if (s->sent == 2 * EACH) {
		mtu_over(m);
		return;
	}
	size_t size = is_large(s->sent) ? s->size : SMALL_BYTES;
	if (s->port)
		machine_send(m, s->sent, (struct str){ arena_array(m->arena, char, size), size });
	else
		machine_send(m, 0, echo_request(&s->echo, (uint16_t)s->sent, size, m->arena));
	s->sent++;
	machine_timer(m, s->sent == 2 * EACH ? s->wait_ms : s->port ? DATAGRAM_INTERVAL_MS : INTERVAL_MS);
}

/* mtu_next: each datagram has a port of its own, for an ICMP message tells no more of what it answers. */
static void mtu_next(struct machine *m)
{
	const struct mtu *s = m->state;
	if (s->port && s->sent < 2 * EACH)
		machine_open(m, s->sent, (struct channel_spec){ .kind = CHANNEL_UDP, .to = s->address, .df = true,
								.port = (uint16_t)(s->port + s->sent) });
	else
		mtu_send(m);
}

static void mtu_answered(struct machine *m, unsigned sequence)
{
	struct mtu *s = m->state;
	if (sequence >= s->sent || s->seen[sequence])
		return;
	s->seen[sequence] = true;
	s->answered[is_large(sequence)]++;
	if (s->answered[1])
		mtu_end(m, "passes");
}

static void mtu_reply(struct machine *m, const struct event *e)
{
	struct mtu *s = m->state;
	uint16_t sequence = (uint16_t)e->channel;
	if (s->port || echo_reply(&s->echo, e->bytes, &sequence))
		mtu_answered(m, sequence);
}

static bool port_unreachable(const struct event *e)
{
	return e->icmp.known ? icmp_meaning(&e->icmp) == ICMP_MEANS_PORT_UNREACHABLE : e->error == ECONNREFUSED;
}

static void mtu_failed(struct machine *m, const struct event *e)
{
	struct mtu *s = m->state;
	if (s->port && port_unreachable(e)) {
		mtu_answered(m, e->channel);
		return;
	}
	bool too_big = e->error == EMSGSIZE || icmp_meaning(&e->icmp) == ICMP_MEANS_TOO_BIG;
	bool alone = s->sent > 0 && !s->failed && !e->no_socket; /* large ones may be rejected as such */
	s->failed = true;
	if (!too_big && (s->answered[0] || s->answered[1] || alone)) {
		if (e->no_socket)
			mtu_over(m);
		return;
	}
	outcome_facts(m, "mtu", e, s->address, false);
	if (e->icmp.mtu)
		machine_number(m, "mtu.reported", e->icmp.mtu);
	mtu_end(m, too_big ? "too-big" : "unreachable");
}

static void mtu_start(struct machine *m)
{
	struct mtu *s = m->state;
	if (!machine_arg_address(m, "address", &s->address)) {
		machine_not_run(m, "no address to ping");
		return;
	}
	s->port = (unsigned)machine_arg_number(m, "port", 0, 0, UINT16_MAX - 2 * EACH);
	s->size = (size_t)machine_arg_number(m, "size", 1400, SMALL_BYTES + 1, ECHO_PAYLOAD_MAX);
	s->wait_ms = machine_arg_number(m, "wait", 1000, 10, 10000);
	if (s->port) {
		mtu_next(m);
		return;
	}
	s->echo = echo_begin(m, s->address.family);
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_ICMP, .to = s->address, .df = true });
}

static void mtu_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_BYTES)
		mtu_reply(m, e);
	else if (e->kind == EVENT_FAIL && (((const struct mtu *)m->state)->port || !echo_denied(m, e)))
		mtu_failed(m, e);
	else if (e->kind == EVENT_DEADLINE)
		mtu_over(m);
	else if (e->kind == EVENT_OPEN)
		mtu_send(m);
	else if (e->kind == EVENT_TIMER)
		mtu_next(m);
}

const struct probe mtu_probe = {
	.name = "mtu",
	.says = "do large packets pass",
	.args = args,
	.states = states,
	.facts = facts,
	.raw_socket = true,
	.deadline_ms = 11000,
	.state_size = sizeof(struct mtu),
	.start = mtu_start,
	.feed = mtu_feed,
};
