/* SPDX-License-Identifier: MIT
 *
 * How much gets through to an SSH server, on one connection: what shuts out who connects often counts connections. Once
 * the server has said who it is, so do we (RFC 4253 section 4.2), a byte at a time, and each is sent when the one
 * before is acknowledged: as many round trips. The first that the system sends again is the last; one that is only
 * acknowledged late is not lost, for some systems take 0.2 s. No more is said: no key is exchanged, nobody logs in.
 */
#include "probe/outcome.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address of the server", ARG_ADDRESS },
	{ "port", false, "TCP port (default 22)", ARG_PORT },
	{ "wait", false,
	  "how long to wait for the connection, the server's first word, and each acknowledgement, in ms (default 2000)",
	  ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "told", "every byte of ours was acknowledged, and none sent again" },
	{ "late", "one was not, or had to be sent again" },
	{ "ended", "the server ended the connection before" },
	{ "not-ssh", "it does not begin as an SSH server does" },
	{ "no-connection", "no TCP connection; ssh.tcp says why" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "ssh.state", FACT_TEXT, "the state" },
	{ "ssh.tcp", FACT_TEXT, "how the connection went, in the words of probe tcp" },
	{ "ssh.told", FACT_NUMBER, "bytes of ours that were acknowledged before one was sent again" },
	{ "ssh.retransmits", FACT_NUMBER, "packets of ours that had to be sent again" },
	{ "ssh.error", FACT_TEXT, "the system's error, without a connection" },
	{ "ssh.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "ssh.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

enum { LOOK_MS = 10 };

#define WORDS "SSH-2.0-kbtriage\r\n"

struct ssh {
	struct address address;
	unsigned port;
	bool open, speaks;
	unsigned told, retransmits;
	double wait_ms, said_ms; /* said_ms: when the last byte was */
};

static void ssh_end(struct machine *m, const char *state, const char *tcp)
{
	const struct ssh *s = m->state;
	machine_text(m, "ssh.state", str_c(state));
	machine_text(m, "ssh.tcp", str_c(tcp));
	if (s->open) {
		machine_number(m, "ssh.told", s->told);
		machine_number(m, "ssh.retransmits", s->retransmits);
	}
	machine_end(m, state, "SSH on %.*s port %u: %s, %u of %zu bytes acknowledged",
		    STR_ARG(address_print(s->address, m->arena)), s->port, state, s->told, sizeof WORDS - 1);
}

static void ssh_say(struct machine *m)
{
	struct ssh *s = m->state;
	machine_send(m, 0, (struct str){ &WORDS[s->told], 1 });
	s->said_ms = m->now_ms;
	machine_timer(m, LOOK_MS);
}

/* ssh_look: what has become of the last byte. */
static void ssh_look(struct machine *m, const struct event *e)
{
	struct ssh *s = m->state;
	if (s->retransmits || (e->tcp.unacked && m->now_ms > s->said_ms + s->wait_ms)) {
		ssh_end(m, "late", "open");
		return;
	}
	if (e->tcp.unacked) {
		machine_timer(m, LOOK_MS);
		return;
	}
	s->told++;
	if (s->told == sizeof WORDS - 1)
		ssh_end(m, "told", "open");
	else
		ssh_say(m);
}

/* ssh_hears the server's first word; what it answers later is its own affair. */
static void ssh_hears(struct machine *m, struct str bytes)
{
	struct ssh *s = m->state;
	if (s->speaks)
		return;
	s->speaks = str_starts(bytes, STR("SSH-"));
	if (s->speaks)
		ssh_say(m);
	else
		ssh_end(m, "not-ssh", "open");
}

static void ssh_start(struct machine *m)
{
	struct ssh *s = m->state;
	s->port = (unsigned)machine_arg_number(m, "port", 22, 1, UINT16_MAX);
	s->wait_ms = machine_arg_number(m, "wait", 2000, 10, 10000);
	if (!machine_arg_address(m, "address", &s->address)) {
		machine_not_run(m, "no address to connect to");
		return;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_TCP, .to = s->address, .port = (uint16_t)s->port,
						  .abort = true });
	machine_timer(m, s->wait_ms);
}

static void ssh_failed(struct machine *m, const struct event *e)
{
	struct ssh *s = m->state;
	if (s->open) {
		ssh_end(m, "ended", "open");
		return;
	}
	outcome_facts(m, "ssh", e, s->address, false);
	ssh_end(m, "no-connection", outcome_of_connect(e));
}

static void ssh_timer(struct machine *m)
{
	const struct ssh *s = m->state;
	if (s->speaks)
		machine_ask_tcp(m, 0);
	else
		ssh_end(m, s->open ? "not-ssh" : "no-connection", s->open ? "open" : "timeout");
}

static void ssh_feed(struct machine *m, const struct event *e)
{
	struct ssh *s = m->state;
	if (e->tcp.known)
		s->retransmits = e->tcp.retransmits;
	switch (e->kind) {
	case EVENT_OPEN:
		s->open = true;
		machine_timer(m, s->wait_ms);
		break;
	case EVENT_BYTES: ssh_hears(m, e->bytes); break;
	case EVENT_END: ssh_end(m, "ended", "open"); break;
	case EVENT_FAIL: ssh_failed(m, e); break;
	case EVENT_TIMER: ssh_timer(m); break;
	case EVENT_TCP: ssh_look(m, e); break;
	case EVENT_DEADLINE: ssh_end(m, s->open ? "late" : "no-connection", s->open ? "open" : "timeout"); break;
	}
}

const struct probe ssh_probe = {
	.name = "ssh",
	.says = "tells an SSH server who asks, a byte at a time, and counts the round trips",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 30000,
	.state_size = sizeof(struct ssh),
	.start = ssh_start,
	.feed = ssh_feed,
};
