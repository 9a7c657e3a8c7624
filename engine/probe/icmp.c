/* SPDX-License-Identifier: MIT
 *
 * Ping: echo requests to an address, a datagram socket first, a raw one else. Tells loss, round trips, duplicates, and
 * which ICMP error came from whom. Stops at an ICMP error that comes before any reply: routers limit them, the first
 * one counts. An answer proves that the host lives; silence proves nothing.
 */
#include "probe/echo.h"

#include <errno.h>
#include <math.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "address to ping", ARG_ADDRESS },
	{ "count", false, "echo requests (default 3, at most 30)", ARG_NUMBER },
	{ "interval", false, "between two of them, in ms (default 100)", ARG_NUMBER },
	{ "size", false, "bytes of payload (default 56)", ARG_NUMBER },
	{ "df", false, "yes: they may not be fragmented", ARG_TEXT },
	{ "ttl", false, "time to live", ARG_NUMBER },
	{ "wait", false, "how long to wait after the last one, in ms (default 1000)", ARG_NUMBER },
	{ "linger", false, "wait so many ms more where only the first were answered", ARG_NUMBER },
	{ "deaf", false, "where so many were sent and none is answered, send no more", ARG_NUMBER },
	{ "settle", false, "after an answer wait only so many ms more for the rest", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "answered", "every request was answered" },
	{ "loss", "some were" },
	{ "silent", "none was" },
	{ "unreachable", "an ICMP message says why not" },
	{ "too-big", "the packet does not fit and may not be fragmented" },
	{ "ttl-exceeded", "it took too many hops" },
	{ "no-route", "the own routing table has no way there" },
	{ "denied", "the own system does not let it out" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "icmp.state", FACT_TEXT, "the state" },
	{ "icmp.sent", FACT_NUMBER, "requests sent" },
	{ "icmp.received", FACT_NUMBER, "requests answered" },
	{ "icmp.row", FACT_TEXT, "a letter a request: S answered, F not" },
	{ "icmp.last", FACT_NUMBER, "which request was the last that was answered, from 1" },
	{ "icmp.loss", FACT_NUMBER, "the part that was not, 0 to 1" },
	{ "icmp.duplicates", FACT_NUMBER, "answers beyond one a request" },
	{ "icmp.rtt_min", FACT_NUMBER, "shortest round trip in ms" },
	{ "icmp.rtt_avg", FACT_NUMBER, "average round trip in ms" },
	{ "icmp.rtt_max", FACT_NUMBER, "longest round trip in ms" },
	{ "icmp.rtt_last", FACT_NUMBER, "round trip of the last request that was answered, in ms" },
	{ "icmp.held", FACT_BOOL, "what was sent one after another was answered all at once: it had been held back" },
	{ "icmp.error", FACT_TEXT, "the system's error" },
	{ "icmp.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "icmp.icmp_type", FACT_NUMBER, "ICMP type" },
	{ "icmp.icmp_code", FACT_NUMBER, "ICMP code" },
	{ "icmp.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ "icmp.icmp_origin", FACT_TEXT, "self, target or router" },
	{ "icmp.mtu", FACT_NUMBER, "the MTU that the ICMP message names" },
	{ 0 }
};

enum { COUNT_MAX = 30 };

struct icmp {
	struct address address;
	struct echo echo;
	double interval_ms, wait_ms, linger_ms, settle_ms, sent_ms[COUNT_MAX];
	bool answered[COUNT_MAX];
	unsigned count, deaf, size, sent, received, duplicates;
	double least, most, sum, rtt_ms[COUNT_MAX];
	double came_first_ms, came_last_ms;
};

/* was_held: the answers came together, long after requests that went one by one. The system holds them back while it
 * looks for the hardware address; such round trips tell nothing of the way. */
static bool was_held(const struct icmp *s, unsigned last)
{
	enum { SHARE = 4 };
	unsigned first = 0;
	while (first < last && !s->answered[first])
		first++;
	double sent_apart = s->sent_ms[last] - s->sent_ms[first], came_apart = s->came_last_ms - s->came_first_ms;
	return sent_apart >= 2 * s->interval_ms && SHARE * came_apart < sent_apart;
}

static void icmp_end(struct machine *m, const char *state, struct str more)
{
	struct icmp *s = m->state;
	machine_text(m, "icmp.state", str_c(state));
	machine_number(m, "icmp.sent", s->sent);
	machine_number(m, "icmp.received", s->received);
	if (s->sent)
		machine_number(m, "icmp.loss", round(100.0 * (s->sent - s->received) / s->sent) / 100);
	if (s->duplicates)
		machine_number(m, "icmp.duplicates", s->duplicates);
	char row[COUNT_MAX];
	unsigned last = 0;
	for (unsigned i = 0; i < s->sent; i++) {
		row[i] = s->answered[i] ? 'S' : 'F';
		last = s->answered[i] ? i + 1 : last;
	}
	machine_text(m, "icmp.row", (struct str){ row, s->sent });
	if (s->received) {
		machine_number(m, "icmp.last", last);
		machine_ms(m, "icmp.rtt_min", s->least);
		machine_ms(m, "icmp.rtt_avg", s->sum / s->received);
		machine_ms(m, "icmp.rtt_max", s->most);
		machine_ms(m, "icmp.rtt_last", s->rtt_ms[last - 1]);
		if (was_held(s, last - 1))
			machine_bool(m, "icmp.held", true);
	}
	machine_end(m, state, "ping %.*s: %s, %u of %u answered%s%.*s", STR_ARG(machine_arg(m, "address")), state,
		    s->received, s->sent, more.n ? ", " : "", STR_ARG(more));
}

static void icmp_over(struct machine *m)
{
	const struct icmp *s = m->state;
	icmp_end(m, !s->received ? "silent" : s->received < s->sent ? "loss" : "answered",
		 STR(""));
}

/* only_first: some were answered, and none of the second half. Where those took long themselves, that the way is slow
 * is told by them. */
static bool only_first(const struct icmp *s)
{
	enum { SLOW_MS = 400 };
	if (s->received > 1 && s->least > SLOW_MS)
		return false;
	for (unsigned i = s->sent / 2; i < s->sent; i++)
		if (s->answered[i])
			return false;
	return s->received > 0;
}

/* settled_ms: how long the rest is waited for, from now on. */
static double settled_ms(const struct machine *m)
{
	const struct icmp *s = m->state;
	double left = s->sent_ms[s->sent - 1] + s->wait_ms - m->now_ms;
	bool settles = s->settle_ms > 0 && s->received > 0;
	return settles ? fmin(left, s->settle_ms) : left;
}

static void icmp_send(struct machine *m)
{
	struct icmp *s = m->state;
	if (s->deaf && s->sent == s->deaf && s->sent < s->count && !s->received) {
		s->count = s->sent;
		machine_timer(m, settled_ms(m));
		return;
	}
	if (s->sent == s->count && s->linger_ms > 0 && only_first(s)) {
		machine_timer(m, s->linger_ms); /* what is missing may stand in a queue */
		s->linger_ms = 0;
		return;
	}
	if (s->sent == s->count) {
		icmp_over(m);
		return;
	}
	s->sent_ms[s->sent] = m->now_ms;
	machine_send(m, 0, echo_request(&s->echo, (uint16_t)s->sent, s->size, m->arena));
	s->sent++;
	machine_timer(m, s->sent < s->count ? s->interval_ms : settled_ms(m));
}

static void icmp_reply(struct machine *m, struct str bytes)
{
	struct icmp *s = m->state;
	uint16_t sequence;
	if (!echo_reply(&s->echo, bytes, &sequence) || sequence >= s->sent)
		return;
	if (s->answered[sequence]) {
		s->duplicates++;
		return;
	}
	double rtt = m->now_ms - s->sent_ms[sequence];
	s->answered[sequence] = true;
	s->rtt_ms[sequence] = rtt;
	s->least = s->received ? fmin(s->least, rtt) : rtt;
	s->came_first_ms = s->received ? s->came_first_ms : m->now_ms;
	s->came_last_ms = m->now_ms;
	s->most = fmax(s->most, rtt);
	s->sum += rtt;
	s->received++;
	if (s->received == s->count)
		icmp_over(m);
	else if (s->sent == s->count && s->settle_ms > 0)
		machine_timer(m, settled_ms(m));
}

static const char *failed_state(const struct event *e)
{
	switch (icmp_meaning(&e->icmp)) {
	case ICMP_MEANS_TOO_BIG: return "too-big";
	case ICMP_MEANS_TTL_EXCEEDED: return "ttl-exceeded";
	case ICMP_MEANS_NOTHING: break;
	default: return "unreachable";
	}
	switch (e->error) {
	case EMSGSIZE: return "too-big";
	case ENETUNREACH: return "no-route";
	case EPERM:
	case EACCES: return "denied";
	default: return "unreachable";
	}
}

static void icmp_failed(struct machine *m, const struct event *e)
{
	struct icmp *s = m->state;
	if (s->received) /* something does come through: the rest is loss */
		return;
	outcome_facts(m, "icmp", e, s->address, true);
	if (e->icmp.known && e->icmp.mtu)
		machine_number(m, "icmp.mtu", e->icmp.mtu);
	icmp_end(m, failed_state(e), outcome_words(e, s->address, m->arena));
}

static void icmp_start(struct machine *m)
{
	struct icmp *s = m->state;
	if (!machine_arg_address(m, "address", &s->address)) {
		machine_not_run(m, "no address to ping");
		return;
	}
	s->count = (unsigned)machine_arg_number(m, "count", 3, 1, COUNT_MAX);
	s->interval_ms = machine_arg_number(m, "interval", 100, 10, 2000);
	s->size = (unsigned)machine_arg_number(m, "size", 56, ECHO_TOKEN, ECHO_PAYLOAD_MAX);
	s->wait_ms = machine_arg_number(m, "wait", 1000, 10, 15000);
	s->deaf = (unsigned)machine_arg_number(m, "deaf", 0, 0, COUNT_MAX);
	s->linger_ms = machine_arg_number(m, "linger", 0, 0, 15000);
	s->settle_ms = machine_arg_number(m, "settle", 0, 0, 15000);
	s->echo = echo_begin(m, s->address.family);
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_ICMP, .to = s->address,
						  .ttl = (uint8_t)machine_arg_number(m, "ttl", 0, 0, 255),
						  .df = str_eq(machine_arg(m, "df"), STR("yes")) });
}

static void icmp_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_BYTES)
		icmp_reply(m, e->bytes);
	else if (e->kind == EVENT_FAIL && !echo_denied(m, e))
		icmp_failed(m, e);
	else if (e->kind == EVENT_DEADLINE)
		icmp_over(m);
	else if (e->kind == EVENT_OPEN || e->kind == EVENT_TIMER)
		icmp_send(m);
}

const struct probe icmp_probe = {
	.name = "icmp",
	.says = "pings an address",
	.args = args,
	.states = states,
	.facts = facts,
	.raw_socket = true,
	.deadline_ms = 71000,
	.state_size = sizeof(struct icmp),
	.start = icmp_start,
	.feed = icmp_feed,
};
