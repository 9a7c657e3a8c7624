/* SPDX-License-Identifier: MIT
 *
 * Can a TCP connection be opened to an address and port, and what becomes of it? Takes address= and port=, sends
 * nothing on the connection, and closes it at once, or once it was watched for a while: a service may speak first, or
 * end it. A reset, each ICMP answer with its sender, and what the own system refuses are told apart. The wait is
 * over 3.3 s, because the kernel needs 3.1 s to say that ARP has no answer.
 */
#include "probe/greeting.h"
#include "probe/outcome.h"

#include <string.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "address to connect to", ARG_ADDRESS },
	{ "port", true, "TCP port", ARG_PORT },
	{ "wait", false, "how long to wait for an answer, in ms (default 3500)", ARG_NUMBER },
	{ "watch", false, "how long to look at the open connection, in ms and two round trips (default 0: not at all)",
	  ARG_NUMBER },
	{ "stay", false, "how long to look at it where it speaks, in ms since it was open (default: a moment after)",
	  ARG_NUMBER },
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
	{ "tcp.kept_here", FACT_BOOL, "repeated, they did not leave this machine: it drops them itself" },
	{ "tcp.brief", FACT_BOOL, "it was waited for only briefly, since another port had answered" },
	{ "tcp.mss", FACT_NUMBER, "bytes that one segment to the other side holds, as both have said" },
	{ "tcp.rtt", FACT_NUMBER, "round trip in ms, as the system measured it on the connection" },
	{ "tcp.source", FACT_TEXT, "our own address of the connection" },
	{ "tcp.watched", FACT_NUMBER, "ms for which the open connection was looked at, without a word of ours" },
	{ "tcp.after", FACT_TEXT, "what became of it then: quiet, greeting, closed, reset" },
	{ "tcp.greeting", FACT_TEXT, "what the other side said first" },
	{ "tcp.greeting_ms", FACT_NUMBER, "when it did, since the connection was open" },
	{ "tcp.service", FACT_TEXT, "the service that says so: ssh, smtp-or-ftp ...; other" },
	{ "tcp.turned_away", FACT_BOOL, "these words turn the client away" },
	{ 0 }
};

/* Of what it says the beginning tells; after it an end may follow at once. */
enum { SAID_MAX = 256, TELLING = 5, AFTER_SAID_MS = 20, AT_ONCE_MS = 50 };

struct tcp {
	struct address address;
	unsigned port;
	double wait_ms, watch_ms, stay_ms;
	bool open;
	struct event opened; /* EVENT_OPEN, without bytes */
	double opened_ms, said_ms;
	char said[SAID_MAX];
	size_t said_n;
};

static void tcp_facts(struct machine *m, const char *state, const struct event *e, double ms)
{
	struct tcp *s = m->state;
	machine_text(m, arena_printf(m->arena, "tcp.%u.state", s->port).p, str_c(state));
	machine_text(m, "tcp.state", str_c(state));
	machine_ms(m, "tcp.ms", ms);
	if (e->kind == EVENT_FAIL)
		outcome_facts(m, "tcp", e, s->address, true);
	if (e->tcp.known)
		machine_number(m, "tcp.retransmits", e->tcp.retransmits);
	if (e->tcp.kept_here)
		machine_bool(m, "tcp.kept_here", true);
	if (e->kind == EVENT_OPEN && e->tcp.mss)
		machine_number(m, "tcp.mss", e->tcp.mss);
	if (e->tcp.rtt_ms > 0)
		machine_ms(m, "tcp.rtt", e->tcp.rtt_ms);
	if (e->kind == EVENT_DEADLINE)
		machine_bool(m, "tcp.brief", true);
	machine_address(m, "tcp.source", e->local);
}

static void tcp_end(struct machine *m, const char *state, const struct event *e)
{
	struct tcp *s = m->state;
	struct str where = address_print(s->address, m->arena);
	tcp_facts(m, state, e, m->now_ms);
	if (e->kind == EVENT_FAIL)
		machine_end(m, state, "%.*s port %u: %s (%.*s) after %.0f ms", STR_ARG(where), s->port, state,
			    STR_ARG(outcome_words(e, s->address, m->arena)), m->now_ms);
	else
		machine_end(m, state, "%.*s port %u: %s after %.0f ms%s", STR_ARG(where), s->port, state, m->now_ms,
			    e->tcp.kept_here ? ", repeated requests did not leave this machine" : "");
}

/* tcp_watched: the connection was open; what the other side made of it. */
static void tcp_watched(struct machine *m, const char *end)
{
	struct tcp *s = m->state;
	struct str said = { s->said, s->said_n }, shown = greeting_print(said, m->arena), greets = STR(""),
		   ends = greets;
	double watched_ms = m->now_ms - s->opened_ms;
	tcp_facts(m, "open", &s->opened, s->opened_ms);
	machine_ms(m, "tcp.watched", watched_ms);
	machine_text(m, "tcp.after", str_c(end ? end : said.n ? "greeting" : "quiet"));
	if (said.n) {
		bool refuses;
		const char *service = greeting_service(said, &refuses);
		machine_text(m, "tcp.greeting", shown);
		machine_ms(m, "tcp.greeting_ms", s->said_ms - s->opened_ms);
		if (said.n >= TELLING) /* less may be the beginning of anything */
			machine_text(m, "tcp.service", str_c(service));
		machine_bool(m, "tcp.turned_away", refuses);
		greets = arena_printf(m->arena, ", says \"%.*s\" after %.0f ms", STR_ARG(shown),
				      s->said_ms - s->opened_ms);
	}
	if (end)
		ends = arena_printf(m->arena, ", then %s by the other side after %.0f ms", end, watched_ms);
	else if (!said.n)
		ends = arena_printf(m->arena, ", and nothing comes for %.0f ms", watched_ms);
	machine_end(m, "open", "%.*s port %u: open after %.0f ms%.*s%.*s", STR_ARG(address_print(s->address, m->arena)),
		    s->port, s->opened_ms, STR_ARG(greets), STR_ARG(ends));
}

static void tcp_opened(struct machine *m, const struct event *e)
{
	enum { TRIPS = 2, TRIPS_MAX_MS = 2000 };
	struct tcp *s = m->state;
	double trips_ms = TRIPS * (e->tcp.rtt_ms > 0 ? e->tcp.rtt_ms : m->now_ms);
	if (s->watch_ms <= 0) {
		tcp_end(m, "open", e);
		return;
	}
	s->open = true;
	s->opened_ms = m->now_ms;
	s->opened = *e;
	s->opened.bytes = STR("");
	machine_timer(m, s->watch_ms + (trips_ms < TRIPS_MAX_MS ? trips_ms : TRIPS_MAX_MS));
}

/* tcp_said: it speaks first; whether it ends the connection with that shows at once, too, or a while later. */
static void tcp_said(struct machine *m, struct str bytes)
{
	struct tcp *s = m->state;
	size_t room = SAID_MAX - s->said_n, n = bytes.n < room ? bytes.n : room;
	if (!s->said_n) {
		double least_ms = s->stay_ms > AT_ONCE_MS ? s->stay_ms : AT_ONCE_MS,
		       rest_ms = least_ms - (m->now_ms - s->opened_ms);
		s->said_ms = m->now_ms;
		machine_timer(m, rest_ms > AFTER_SAID_MS ? rest_ms : AFTER_SAID_MS);
	}
	if (n)
		memcpy(s->said + s->said_n, bytes.p, n);
	s->said_n += n;
}

static void tcp_start(struct machine *m)
{
	struct tcp *s = m->state;
	s->port = (unsigned)machine_arg_number(m, "port", 0, 0, 65535);
	s->wait_ms = machine_arg_number(m, "wait", 3500, 1, 10000);
	s->watch_ms = machine_arg_number(m, "watch", 0, 0, 10000);
	s->stay_ms = machine_arg_number(m, "stay", 0, 0, 10000);
	if (!machine_arg_address(m, "address", &s->address) || !s->port) {
		machine_not_run(m, "no address or port to connect to");
		return;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_TCP, .to = s->address, .port = (uint16_t)s->port });
	machine_timer(m, s->wait_ms);
}

static void tcp_feed_open(struct machine *m, const struct event *e)
{
	switch (e->kind) {
	case EVENT_BYTES: tcp_said(m, e->bytes); break;
	case EVENT_END: tcp_watched(m, "closed"); break;
	case EVENT_FAIL: tcp_watched(m, "reset"); break;
	case EVENT_TIMER:
	case EVENT_DEADLINE: tcp_watched(m, NULL); break;
	default: break;
	}
}

static void tcp_feed(struct machine *m, const struct event *e)
{
	if (((const struct tcp *)m->state)->open) {
		tcp_feed_open(m, e);
		return;
	}
	switch (e->kind) {
	case EVENT_FAIL: tcp_end(m, outcome_of_connect(e), e); break;
	case EVENT_TIMER: /* how often the request was repeated is worth a question */ machine_ask_tcp(m, 0); break;
	case EVENT_TCP:
	case EVENT_DEADLINE: tcp_end(m, "timeout", e); break;
	default: tcp_opened(m, e);
	}
}

const struct probe tcp_probe = {
	.name = "tcp",
	.says = "opens a TCP connection, looks at it for a while where that is asked for, and closes it",
	.args = args,
	.states = states,
	.facts = facts,
	.wins = "open",
	.trip = "tcp.ms",
	.deadline_ms = 22500,
	.state_size = sizeof(struct tcp),
	.start = tcp_start,
	.feed = tcp_feed,
};
