/* SPDX-License-Identifier: MIT
 *
 * How much gets through to an SSH server, on one connection: what shuts out who connects often counts connections. Once
 * the server has said who it is, so do we (RFC 4253 section 4.2), a byte at a time, and each is sent when the one
 * before is acknowledged: as many round trips. The first that the system sends again is the last; one that is only
 * acknowledged late is not lost, for some systems take 0.2 s. Of a server that says nothing the first byte tells
 * whether that is its own doing. Then a small message and a large one that say nothing (SSH_MSG_IGNORE, RFC 4253
 * section 11.2, which is allowed from the identification on): does the large one get there?
 * What the server says of its own, its offer to exchange keys, shows the other way as far as it is large. No key is
 * exchanged, nobody logs in.
 */
#include "probe/outcome.h"

#include "base/wire.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address of the server", ARG_ADDRESS },
	{ "port", false, "TCP port (default 22)", ARG_PORT },
	{ "wait", false,
	  "how long to wait for the connection, the server's first word, and each acknowledgement, in ms (default 2000)",
	  ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "told", "every byte of ours was acknowledged, and none sent again; so was a large message" },
	{ "vanishes", "so was a small message, and a large one never, however often it was sent again" },
	{ "late", "one was not, or had to be sent again" },
	{ "ended", "the server ended the connection before" },
	{ "silent", "it took the connection and our first byte, and its own first word did not come in time" },
	{ "not-ssh", "it does not begin as an SSH server does" },
	{ "no-connection", "no TCP connection; ssh.tcp says why" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "ssh.state", FACT_TEXT, "the state" },
	{ "ssh.tcp", FACT_TEXT, "how the connection went, in the words of probe tcp" },
	{ "ssh.told", FACT_NUMBER, "bytes of ours that were acknowledged before one was sent again" },
	{ "ssh.retransmits", FACT_NUMBER, "packets of ours that had to be sent again, before the large message" },
	{ "ssh.large", FACT_TEXT, "the large message: passed or vanished" },
	{ "ssh.heard", FACT_NUMBER, "bytes that the server said" },
	{ "ssh.error", FACT_TEXT, "the system's error, without a connection" },
	{ "ssh.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "ssh.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

/* LARGE_BYTES: a whole segment, and more, of what nearly all connections carry in one. OFFER_BYTES: what a server's
 * offer has at least, all of which is waited for OFFER_MS at most, for some say it only behind the client's. */
enum { HEAR_MS = 400, LOOK_MS = 4, SMALL_BYTES = 16, LARGE_BYTES = 2048, OFFER_BYTES = 600, OFFER_MS = 150 };

#define WORDS "SSH-2.0-kbtriage\r\n"

/* What is said at the moment: the words, then the two messages; last the server's offer is waited for. */
enum turn { TURN_WORDS, TURN_SMALL, TURN_LARGE, TURN_OFFER };

struct ssh {
	struct address address;
	unsigned port;
	bool open, speaks, asked; /* asked: the first byte was said before the server spoke */
	enum turn turn;
	unsigned told, retransmits;
	size_t heard;
	double wait_ms, said_ms; /* said_ms: when the last byte or message was */
};

static void ssh_end(struct machine *m, const char *state, const char *tcp)
{
	const struct ssh *s = m->state;
	bool vanished = str_eq(str_c(state), STR("vanishes"));
	machine_text(m, "ssh.state", str_c(state));
	machine_text(m, "ssh.tcp", str_c(tcp));
	if (s->open) {
		machine_number(m, "ssh.told", s->told);
		machine_number(m, "ssh.retransmits", s->retransmits);
	}
	if (vanished || s->turn == TURN_OFFER) {
		machine_text(m, "ssh.large", vanished ? STR("vanished") : STR("passed"));
		machine_number(m, "ssh.heard", (double)s->heard);
	}
	machine_end(m, state, "SSH on %.*s port %u: %s, %u of %zu bytes acknowledged%s",
		    STR_ARG(address_print(s->address, m->arena)), s->port, state, s->told, sizeof WORDS - 1,
		    vanished			? ", and a large message never"
		    : s->turn == TURN_OFFER	? ", and a large message"
						: "");
}

/* ignore_message of so many bytes in all, a multiple of eight: nothing is encrypted yet (RFC 4253 section 6). */
static struct str ignore_message(size_t bytes, struct arena *a)
{
	enum { SSH_MSG_IGNORE = 2, PADDING = 6, HEAD = 4 + 1 + 1 + 4 };
	uint8_t *p = arena_array(a, uint8_t, bytes);
	struct wire_out w = wire_out_of(p, p ? bytes : 0);
	wire_put_be32(&w, (uint32_t)(bytes - 4));
	wire_put_u8(&w, PADDING);
	wire_put_u8(&w, SSH_MSG_IGNORE);
	wire_put_be32(&w, (uint32_t)(bytes - HEAD - PADDING));
	wire_put_zeros(&w, bytes - HEAD);
	return wire_out_str(&w);
}

static void ssh_say(struct machine *m)
{
	struct ssh *s = m->state;
	struct str next = s->turn == TURN_WORDS ? (struct str){ &WORDS[s->told], 1 }
						: ignore_message(s->turn == TURN_SMALL ? SMALL_BYTES : LARGE_BYTES, m->arena);
	machine_send(m, 0, next);
	s->said_ms = m->now_ms;
	machine_timer(m, LOOK_MS);
}

/* ssh_next: what was said is acknowledged. */
static void ssh_next(struct machine *m)
{
	struct ssh *s = m->state;
	s->told += s->turn == TURN_WORDS;
	if (s->turn != TURN_WORDS || s->told == sizeof WORDS - 1)
		s->turn++;
	if (s->turn != TURN_OFFER)
		ssh_say(m);
	else if (s->heard >= OFFER_BYTES)
		ssh_end(m, "told", "open");
	else
		machine_timer(m, OFFER_MS);
}

/* ssh_look: what has become of the last byte or message. A large one may be sent again in smaller pieces, where the way
 * says that it is too large. */
static void ssh_look(struct machine *m, const struct event *e)
{
	struct ssh *s = m->state;
	bool late = e->tcp.unacked && m->now_ms > s->said_ms + s->wait_ms;
	if (!s->speaks) {
		s->told = !s->retransmits && !e->tcp.unacked;
		ssh_end(m, s->told ? "silent" : "late", "open");
	} else if (s->turn == TURN_LARGE && late)
		ssh_end(m, "vanishes", "open");
	else if (s->turn != TURN_LARGE && (s->retransmits || late))
		ssh_end(m, "late", "open");
	else if (e->tcp.unacked)
		machine_timer(m, LOOK_MS);
	else
		ssh_next(m);
}

/* ssh_hears the server's first word; of what it says later only how much it is counts. */
static void ssh_hears(struct machine *m, struct str bytes)
{
	struct ssh *s = m->state;
	s->heard += bytes.n;
	if (s->turn == TURN_OFFER && s->heard >= OFFER_BYTES)
		ssh_end(m, "told", "open");
	if (s->speaks)
		return;
	s->speaks = str_starts(bytes, STR("SSH-"));
	if (s->speaks && s->asked)
		machine_ask_tcp(m, 0);
	else if (s->speaks)
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

/* hear_ms: how long of the time that it may take the server has, before the first byte is said all the same. */
static double hear_ms(const struct ssh *s)
{
	return s->wait_ms < 2 * HEAR_MS ? s->wait_ms / 2 : HEAR_MS;
}

static void ssh_opened(struct machine *m)
{
	struct ssh *s = m->state;
	s->open = true;
	machine_timer(m, hear_ms(s));
}

static void ssh_timer(struct machine *m)
{
	struct ssh *s = m->state;
	if (!s->open)
		ssh_end(m, "no-connection", "timeout");
	else if (s->turn == TURN_OFFER)
		ssh_end(m, "told", "open");
	else if (s->speaks || s->asked)
		machine_ask_tcp(m, 0);
	else {
		s->asked = true;
		ssh_say(m);
		machine_timer(m, s->wait_ms - hear_ms(s));
	}
}

static void ssh_feed(struct machine *m, const struct event *e)
{
	struct ssh *s = m->state;
	if (e->tcp.known && s->turn < TURN_LARGE)
		s->retransmits = e->tcp.retransmits;
	switch (e->kind) {
	case EVENT_OPEN: ssh_opened(m); break;
	case EVENT_BYTES: ssh_hears(m, e->bytes); break;
	case EVENT_END: ssh_end(m, "ended", "open"); break;
	case EVENT_FAIL: ssh_failed(m, e); break;
	case EVENT_TIMER: ssh_timer(m); break;
	case EVENT_TCP: ssh_look(m, e); break;
	case EVENT_DEADLINE:
		ssh_end(m, !s->open ? "no-connection" : s->turn == TURN_OFFER ? "told" : "late",
			s->open ? "open" : "timeout");
		break;
	}
}

const struct probe ssh_probe = {
	.name = "ssh",
	.says = "tells an SSH server who asks, a byte at a time, and a large message that says nothing: is anything lost",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 30000,
	.state_size = sizeof(struct ssh),
	.start = ssh_start,
	.feed = ssh_feed,
};
