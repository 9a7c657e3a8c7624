/* SPDX-License-Identifier: MIT
 *
 * Does something answer on a UDP port? Takes address= and port=, sends the same small question up to three times: what
 * a time server (RFC 5905), a name server (RFC 1035) or an SNMP agent (RFC 3414 section 4: who are you) answers to
 * anybody, and elsewhere an empty datagram. ICMP "port unreachable" decides; silence proves nothing, for most services
 * answer only what they know. What an answer says is not read. The wait is as long as that of probe tcp.
 */
#include "probe/outcome.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address to send to", ARG_ADDRESS },
	{ "port", true, "UDP port", ARG_PORT },
	{ "wait", false, "how long to wait for an answer, in ms (default 3400)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "answered", "a datagram came back" },
	{ "timeout", "no answer at all, which proves nothing" },
	{ "port-unreachable", "ICMP: nothing listens there, or a firewall rejects" },
	{ "refused", "the own system says the same, without who told it" },
	OUTCOME_STATES,
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "udp.state", FACT_TEXT, "the state" },
	{ "udp.ms", FACT_NUMBER, "time to the answer" },
	{ "udp.bytes", FACT_NUMBER, "bytes of the answer" },
	OUTCOME_FACTS("udp"),
	{ 0 }
};

enum { UDP_ATTEMPTS = 3, DNS = 53, NTP = 123, NTP_BYTES = 48, SNMP = 161 };

struct udp {
	struct address address;
	unsigned port, attempts;
	double wait_ms;
};

static struct str question(unsigned port)
{
	static const char name_servers_of_the_root[] = "\0\1\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1";
	static const char client[NTP_BYTES] = { 0x23 }; /* version 4, from a client */
	static const char discovery[] =
		"\x30\x3a\x02\x01\x03\x30\x0f\x02\x02\x4a\x69\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03\x04\x10\x30"
		"\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00\x30\x12\x04\x00\x04\x00\xa0\x0c\x02\x02"
		"\x37\xf0\x02\x01\x00\x02\x01\x00\x30\x00";
	switch (port) {
	case DNS: return (struct str){ name_servers_of_the_root, sizeof name_servers_of_the_root - 1 };
	case NTP: return (struct str){ client, sizeof client };
	case SNMP: return (struct str){ discovery, sizeof discovery - 1 };
	default: return STR("");
	}
}

static void udp_end(struct machine *m, const char *state, const struct event *e)
{
	struct udp *s = m->state;
	struct str where = address_print(s->address, m->arena);
	machine_text(m, "udp.state", str_c(state));
	machine_ms(m, "udp.ms", m->now_ms);
	if (e->kind == EVENT_BYTES)
		machine_number(m, "udp.bytes", (double)e->bytes.n);
	if (e->kind == EVENT_FAIL)
		outcome_facts(m, "udp", e, s->address, true);
	if (e->kind == EVENT_FAIL)
		machine_end(m, state, "%.*s UDP port %u: %s (%.*s) after %.0f ms", STR_ARG(where), s->port, state,
			    STR_ARG(outcome_words(e, s->address, m->arena)), m->now_ms);
	else
		machine_end(m, state, "%.*s UDP port %u: %s after %.0f ms", STR_ARG(where), s->port,
			    e->kind == EVENT_BYTES ? state : "no answer, which proves nothing,", m->now_ms);
}

static void udp_start(struct machine *m)
{
	struct udp *s = m->state;
	s->port = (unsigned)machine_arg_number(m, "port", 0, 0, 65535);
	s->wait_ms = machine_arg_number(m, "wait", 3400, 10, 10000);
	if (!machine_arg_address(m, "address", &s->address) || !s->port) {
		machine_not_run(m, "no address or port to send to");
		return;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_UDP, .to = s->address, .port = (uint16_t)s->port });
}

static void udp_feed(struct machine *m, const struct event *e)
{
	struct udp *s = m->state;
	if (e->kind == EVENT_BYTES) {
		machine_keep_raw(m, e->bytes);
		udp_end(m, "answered", e);
	} else if (e->kind == EVENT_FAIL) {
		udp_end(m, outcome_of_connect(e), e);
	} else if (s->attempts == UDP_ATTEMPTS || e->kind == EVENT_DEADLINE) {
		udp_end(m, "timeout", e);
	} else {
		s->attempts++;
		machine_send(m, 0, question(s->port));
		machine_timer(m, s->wait_ms / UDP_ATTEMPTS);
	}
}

const struct probe udp_probe = {
	.name = "udp",
	.says = "sends a datagram to a UDP port",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 10500,
	.state_size = sizeof(struct udp),
	.start = udp_start,
	.feed = udp_feed,
};
