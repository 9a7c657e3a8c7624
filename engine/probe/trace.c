/* SPDX-License-Identifier: MIT
 *
 * Who is on the way: UDP packets to an unused port with a time to live of 1, 2, 3 ... at once, each on its own socket,
 * and who answers "time exceeded" to which (RFC 792). Needs no privilege.
 */
#include "probe/outcome.h"

#include <errno.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "address to go to", ARG_ADDRESS },
	{ "hops", false, "how far to look (default 4, at most 8)", ARG_NUMBER },
	{ "wait", false, "how long to wait for answers, in ms (default 1200)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "reached", "the target itself answered" },
	{ "loop", "one router answered twice, with another way between" },
	{ "partial", "routers answered, the target did not" },
	{ "silent", "nobody answered" },
	{ "unreachable", "a router says that the way ends with it" },
	{ "prohibited", "a router says that it is not permitted" },
	{ "no-route", "the own routing table has no way there" },
	{ "denied", "the own system does not let it out" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "trace.state", FACT_TEXT, "the state" },
	{ "trace.hops", FACT_TEXT, "who answered to each, * for silence" },
	{ "trace.first", FACT_TEXT, "who answered to a time to live of 1" },
	{ "trace.last", FACT_TEXT, "the farthest that answered" },
	{ "trace.answers", FACT_NUMBER, "how many answered" },
	{ "trace.loop", FACT_BOOL, "one router answered twice, with another way between" },
	{ "trace.error", FACT_TEXT, "the error that ended the way" },
	{ "trace.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "trace.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

enum { HOPS_MAX = 8, TRACE_PORT = 33434 /* traceroute(8)'s; nothing listens there */ };

struct trace {
	struct address address, hops[HOPS_MAX];
	bool expired[HOPS_MAX]; /* the answer was "time exceeded", not another refusal */
	unsigned count, answers;
	bool reached, prohibited, unreachable, error_told;
	double wait_ms;
};

static bool same_router(const struct trace *s, unsigned i, unsigned k)
{
	return s->expired[i] && s->expired[k] && address_eq(s->hops[i], s->hops[k]);
}

/* stays: this router answers to two lives in a row, which shows no circle: it, or this machine, sets the life of what
 * it sends. */
static bool stays(const struct trace *s, unsigned i)
{
	for (unsigned k = 0; k + 1 < s->count; k++)
		if (same_router(s, i, k) && same_router(s, k, k + 1))
			return true;
	return false;
}

/* has_loop: the packet came by again. */
static bool has_loop(const struct trace *s)
{
	for (unsigned i = 0; i < s->count; i++)
		for (unsigned k = i + 2; k < s->count; k++)
			if (same_router(s, i, k) && !stays(s, i))
				return true;
	return false;
}

/* shown: the hops up to the target; a larger time to live reaches it too, and has nothing beyond it to name. */
static unsigned shown(const struct trace *s)
{
	for (unsigned i = 0; i < s->count; i++)
		if (address_eq(s->hops[i], s->address))
			return i + 1;
	return s->count;
}

static void trace_end(struct machine *m, const char *state)
{
	const struct trace *s = m->state;
	struct buf list = { 0 };
	unsigned count = shown(s), last = count;
	for (unsigned i = 0; i < count; i++) {
		struct str hop = address_print(s->hops[i], m->arena);
		buf_addf(&list, "%s%.*s", i ? " " : "", STR_ARG(hop.n ? hop : STR("*")));
		if (hop.n)
			last = i;
	}
	machine_text(m, "trace.state", str_c(state));
	machine_text(m, "trace.hops", buf_str(&list));
	machine_number(m, "trace.answers", s->answers);
	machine_bool(m, "trace.loop", has_loop(s));
	machine_address(m, "trace.first", s->hops[0]);
	if (last < count)
		machine_address(m, "trace.last", s->hops[last]);
	machine_end(m, state, "the way to %.*s: %.*s (%s)", STR_ARG(machine_arg(m, "address")), STR_ARG(buf_str(&list)),
		    state);
	buf_free(&list);
}

static void trace_over(struct machine *m)
{
	const struct trace *s = m->state;
	trace_end(m, s->reached ? "reached" : s->prohibited ? "prohibited" : has_loop(s) ? "loop" :
		     s->unreachable ? "unreachable" : s->answers ? "partial" : "silent");
}

static void trace_failed(struct machine *m, const struct event *e)
{
	struct trace *s = m->state;
	if (!e->icmp.known) {
		outcome_facts(m, "trace", e, s->address, false);
		trace_end(m, e->error == EPERM || e->error == EACCES ? "denied" : "no-route");
		return;
	}
	if (e->channel >= s->count || s->hops[e->channel].family)
		return;
	enum icmp_meaning means = icmp_meaning(&e->icmp);
	s->hops[e->channel] = e->icmp.from;
	s->expired[e->channel] = means == ICMP_MEANS_TTL_EXCEEDED;
	s->answers++;
	s->reached = s->reached || address_eq(e->icmp.from, s->address);
	s->prohibited = s->prohibited || (means == ICMP_MEANS_PROHIBITED && !s->reached);
	s->unreachable = s->unreachable || means == ICMP_MEANS_NET_UNREACHABLE || means == ICMP_MEANS_HOST_UNREACHABLE;
	if (means != ICMP_MEANS_TTL_EXCEEDED && !s->error_told) {
		outcome_facts(m, "trace", e, s->address, false);
		s->error_told = true;
	}
	/* Nothing beyond the target answers; hops before it may still. Where one router ends three in a row there is no
	 * more to learn. */
	bool all = true;
	for (unsigned i = 0; i < s->count; i++) {
		all = all && s->hops[i].family;
		if (address_eq(s->hops[i], s->address) ||
		    (i >= 2 && same_router(s, i - 2, i) && same_router(s, i - 1, i)))
			break;
	}
	if (all)
		trace_over(m);
}

static void trace_start(struct machine *m)
{
	struct trace *s = m->state;
	if (!machine_arg_address(m, "address", &s->address)) {
		machine_not_run(m, "no address to go to");
		return;
	}
	s->count = (unsigned)machine_arg_number(m, "hops", 4, 1, HOPS_MAX);
	s->wait_ms = machine_arg_number(m, "wait", 1200, 10, 10000);
	for (unsigned i = 0; i < s->count; i++)
		machine_open(m, i, (struct channel_spec){ .kind = CHANNEL_UDP, .to = s->address, .port = TRACE_PORT,
							  .ttl = (uint8_t)(i + 1) });
	machine_timer(m, s->wait_ms);
}

static void trace_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_OPEN)
		machine_send(m, e->channel, STR("kbtriage"));
	else if (e->kind == EVENT_FAIL)
		trace_failed(m, e);
	else if (e->kind == EVENT_TIMER || e->kind == EVENT_DEADLINE)
		trace_over(m);
}

const struct probe trace_probe = {
	.name = "trace",
	.says = "which routers are on the way",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 11000,
	.state_size = sizeof(struct trace),
	.start = trace_start,
	.feed = trace_feed,
};
