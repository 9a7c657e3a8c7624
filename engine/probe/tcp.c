/* SPDX-License-Identifier: MIT
 *
 * Can a TCP connection be opened to an address and port? Takes address= and port=, sends nothing on the connection, and
 * closes it at once. A reset, each ICMP answer with its sender, and what the own system refuses are told apart. The
 * wait is over 3.3 s, because the kernel needs 3.1 s to say that ARP has no answer.
 */
#include "probe/outcome.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address to connect to", ARG_ADDRESS },
	{ "port", true, "TCP port", ARG_PORT },
	{ "wait", false, "how long to wait for an answer, in ms (default 3500)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "open", "the connection was established" },
	{ "refused", "a reset came back: nothing listens, or a firewall resets" },
	{ "timeout", "no answer at all" },
	{ "port-unreachable", "ICMP: port unreachable, the way of a firewall that rejects" },
	OUTCOME_STATES,
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "tcp.PORT.state", FACT_TEXT, "the state, with the port in the fact's name" },
	{ "tcp.state", FACT_TEXT, "the state" },
	{ "tcp.ms", FACT_NUMBER, "time to the answer" },
	OUTCOME_FACTS("tcp"),
	{ "tcp.retransmits", FACT_NUMBER, "connection requests that had to be repeated" },
	{ "tcp.brief", FACT_BOOL, "it was waited for only briefly, since another port had answered" },
	{ "tcp.rtt", FACT_NUMBER, "round trip in ms, as the system measured it on the connection" },
	{ "tcp.source", FACT_TEXT, "our own address of the connection" },
	{ 0 }
};

struct tcp {
	struct address address;
	unsigned port;
	double wait_ms;
};

static void tcp_end(struct machine *m, const char *state, const struct event *e)
{
	struct tcp *s = m->state;
	struct str where = address_print(s->address, m->arena);
	machine_text(m, arena_printf(m->arena, "tcp.%u.state", s->port).p, str_c(state));
	machine_text(m, "tcp.state", str_c(state));
	machine_ms(m, "tcp.ms", m->now_ms);
	if (e->kind == EVENT_FAIL)
		outcome_facts(m, "tcp", e, s->address, true);
	if (e->tcp.known)
		machine_number(m, "tcp.retransmits", e->tcp.retransmits);
	if (e->tcp.rtt_ms > 0)
		machine_ms(m, "tcp.rtt", e->tcp.rtt_ms);
	if (e->kind == EVENT_DEADLINE)
		machine_bool(m, "tcp.brief", true);
	machine_address(m, "tcp.source", e->local);
	if (e->kind == EVENT_FAIL)
		machine_end(m, state, "%.*s port %u: %s (%.*s) after %.0f ms", STR_ARG(where), s->port, state,
			    STR_ARG(outcome_words(e, s->address, m->arena)), m->now_ms);
	else
		machine_end(m, state, "%.*s port %u: %s after %.0f ms", STR_ARG(where), s->port, state, m->now_ms);
}

static void tcp_start(struct machine *m)
{
	struct tcp *s = m->state;
	s->port = (unsigned)machine_arg_number(m, "port", 0, 0, 65535);
	s->wait_ms = machine_arg_number(m, "wait", 3500, 1, 10000);
	if (!machine_arg_address(m, "address", &s->address) || !s->port) {
		machine_not_run(m, "no address or port to connect to");
		return;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_TCP, .to = s->address, .port = (uint16_t)s->port });
	machine_timer(m, s->wait_ms);
}

static void tcp_feed(struct machine *m, const struct event *e)
{
	switch (e->kind) {
	case EVENT_FAIL:
		tcp_end(m, outcome_of_connect(e), e);
		break;
	case EVENT_TIMER: /* how often the request was repeated is worth a question */
		machine_ask_tcp(m, 0);
		break;
	case EVENT_TCP:
	case EVENT_DEADLINE:
		tcp_end(m, "timeout", e);
		break;
	default:
		tcp_end(m, "open", e);
	}
}

const struct probe tcp_probe = {
	.name = "tcp",
	.says = "opens a TCP connection and closes it",
	.args = args,
	.states = states,
	.facts = facts,
	.wins = "open",
	.trip = "tcp.ms",
	.deadline_ms = 10500,
	.state_size = sizeof(struct tcp),
	.start = tcp_start,
	.feed = tcp_feed,
};
