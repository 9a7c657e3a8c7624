/* SPDX-License-Identifier: MIT
 *
 * Do large packets pass? Small and large echo requests by turns, none of which may be fragmented (RFC 1191). Large ones
 * that vanish while small ones are answered, without an ICMP word, are a black hole (RFC 2923 section 2.1). One large
 * one that is answered is enough.
 */
#include "probe/echo.h"

#include <errno.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "address to ping", ARG_ADDRESS },
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

enum { EACH = 3, SMALL_BYTES = 56, INTERVAL_MS = 50 };

struct mtu {
	struct address address;
	struct echo echo;
	size_t size;
	double wait_ms;
	unsigned sent, answered[2];
	bool seen[2 * EACH];
};

static void mtu_end(struct machine *m, const char *state)
{
	const struct mtu *s = m->state;
	machine_text(m, "mtu.state", str_c(state));
	machine_number(m, "mtu.small", s->answered[0]);
	machine_number(m, "mtu.large", s->answered[1]);
	machine_end(m, state, "packets of %zu bytes to %.*s: %s, %u of %u answered, small ones %u of %u", s->size,
		    STR_ARG(machine_arg(m, "address")), state, s->answered[1], s->sent / 2, s->answered[0],
		    (s->sent + 1) / 2);
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
	size_t size = s->sent % 2 ? s->size : SMALL_BYTES;
	machine_send(m, 0, echo_request(&s->echo, (uint16_t)s->sent, size, m->arena));
	s->sent++;
	machine_timer(m, s->sent == 2 * EACH ? s->wait_ms : INTERVAL_MS);
}

static void mtu_reply(struct machine *m, struct str bytes)
{
	struct mtu *s = m->state;
	uint16_t sequence;
	if (!echo_reply(&s->echo, bytes, &sequence) || sequence >= s->sent || s->seen[sequence])
		return;
	s->seen[sequence] = true;
	s->answered[sequence % 2]++;
	if (s->answered[1])
		mtu_end(m, "passes");
}

static void mtu_failed(struct machine *m, const struct event *e)
{
	const struct mtu *s = m->state;
	bool too_big = e->error == EMSGSIZE || icmp_meaning(&e->icmp) == ICMP_MEANS_TOO_BIG;
	if (!too_big && (s->answered[0] || s->answered[1]))
		return;
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
	s->size = (size_t)machine_arg_number(m, "size", 1400, SMALL_BYTES + 1, ECHO_PAYLOAD_MAX);
	s->wait_ms = machine_arg_number(m, "wait", 1000, 10, 10000);
	s->echo = echo_begin(m, s->address.family);
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_ICMP, .to = s->address, .df = true });
}

static void mtu_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_BYTES)
		mtu_reply(m, e->bytes);
	else if (e->kind == EVENT_FAIL && !echo_denied(m, e))
		mtu_failed(m, e);
	else if (e->kind == EVENT_DEADLINE)
		mtu_over(m);
	else if (e->kind == EVENT_OPEN || e->kind == EVENT_TIMER)
		mtu_send(m);
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
