/* SPDX-License-Identifier: MIT
 *
 * What a server on port 445 or 139 speaks and how far it lets nobody in particular come: dialect, signing, encryption,
 * then an anonymous logon, IPC$ and the share of share=, with the exact NT status of each. No name and no password is
 * ever sent. Whatever else answers there (an SSH banner, a web server), turns us away, resets or keeps still is told
 * apart.
 */
#include "probe/netbios.h"
#include "probe/smb_talk.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address of the server", ARG_ADDRESS },
	{ "port", false, "TCP port (default 445)", ARG_PORT },
	{ "dialects", false, "what to offer: smb1, smb2 (2.02 to 3.02) or smb311 (2.02 to 3.11; the default)",
	  ARG_TEXT },
	{ "max", false, "the newest dialect to offer of SMB2: 2.02, 2.10, 3.00, 3.02 or 3.11", ARG_TEXT },
	{ "pad", false, "make the offer of 3.11 so many bytes larger, and go no further (at most 1400)", ARG_NUMBER },
	{ "called", false, "NetBIOS name to ask for first (default on port 139: *SMBSERVER)", ARG_NETBIOS },
	{ "share", false, "a share to connect to", ARG_TEXT },
	{ "pipe", false, "a named pipe to open over IPC$, for its attributes only", ARG_TEXT },
	{ "echo", false, "ask for so many echoes at the end, 20 ms apart (default 0, at most 30; SMB2 alone has them)",
	  ARG_NUMBER },
	{ "listen", false, "say nothing for so many ms first (default 50)", ARG_NUMBER },
	{ "wait", false, "how long to wait for each answer, in ms (default 3500)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "negotiated", "a dialect was agreed on" },
	{ "no-dialect", "there is none in common" },
	{ "silent", "it took the connection and does not answer" },
	{ "closed", "it closed the connection" },
	{ "reset", "it reset the connection" },
	{ "not-smb", "something else answers there" },
	{ "denied", "the NetBIOS session was refused" },
	{ "no-connection", "no TCP connection; smb.tcp says why" },
	{ "malformed", "the answer cannot be read" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "smb.state", FACT_TEXT, "the state" },
	{ "smb.tcp", FACT_TEXT, "how the connection went, in the words of probe tcp" },
	{ "smb.step", FACT_TEXT, "the step at which it stopped" },
	{ "smb.answered", FACT_BOOL, "the negotiation was answered" },
	{ "smb.version", FACT_NUMBER, "1 or 2, of the answer" },
	{ "smb.dialect", FACT_TEXT, "NT1, 2.02, 2.10, 3.00, 3.02, 3.11; none" },
	{ "smb.dialect_number", FACT_NUMBER, "the same as a number: 256, 514, 528, 768, 770, 785" },
	{ "smb.status", FACT_TEXT, "NT status of the negotiation in hex" },
	{ "smb.signing", FACT_TEXT, "off, enabled or required" },
	{ "smb.encryption", FACT_BOOL, "the server offers encryption" },
	{ "smb.guid", FACT_TEXT, "the server's own id in hex (ServerGuid), the same at each of its addresses" },
	{ "smb.greeting", FACT_TEXT, "the first bytes, where they are no SMB" },
	{ "smb.service", FACT_TEXT, "what they look like: ssh, http, other" },
	{ "smb.early", FACT_BOOL, "the peer spoke or closed before we said a word" },
	{ "smb.eof", FACT_BOOL, "the peer closed" },
	{ "smb.reset", FACT_BOOL, "the peer reset" },
	{ "smb.unacked", FACT_NUMBER, "segments that nobody acknowledged, after silence" },
	{ "smb.retransmits", FACT_NUMBER, "packets of ours that had to be sent again" },
	{ "smb.resent", FACT_NUMBER, "packets of the server's that came twice or out of order, as after a loss" },
	{ "smb.nbss", FACT_TEXT, "code of a refused NetBIOS session in hex" },
	{ "smb.error", FACT_TEXT, "the system's error, without a connection" },
	{ "smb.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "smb.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ "smb.echoes", FACT_NUMBER, "echoes that came back in time; the first that does not is the last" },
	{ "smb.echo_late", FACT_BOOL, "one did not" },
	{ "session.status", FACT_TEXT, "NT status of the anonymous logon in hex" },
	{ "session.guest", FACT_BOOL, "it was made a guest" },
	{ "session.encrypt", FACT_BOOL, "the server wants the session encrypted" },
	{ "tree.ipc_status", FACT_TEXT, "NT status of connecting to IPC$ in hex" },
	{ "pipe.state", FACT_TEXT, "of pipe=, in the words of probe pipe" },
	{ "pipe.status", FACT_TEXT, "NT status of opening pipe= in hex" },
	{ "tree.status", FACT_TEXT, "NT status of connecting to share= in hex" },
	{ 0 }
};

enum { SESSION_GUEST = 1, SESSION_ENCRYPT = 4, DEFAULT_LISTEN_MS = 50 };

static const char *service_of(struct str greeting)
{
	if (str_starts(greeting, STR("SSH-")))
		return "ssh";
	return str_starts(greeting, STR("HTTP")) || str_starts_nocase(greeting, STR("<html")) ? "http" : "other";
}

/* A stop after the negotiation does not undo it: what came later is in the facts. */
static const char *smb_state(const struct smb_talk *t)
{
	if (t->negotiated.has_dialect && t->negotiated.dialect != 0xFFFF && !t->negotiated.status)
		return "negotiated";
	switch (t->stop) {
	case SMB_REFUSED: return t->step == SMB_DIALECT && t->nbss < 0 ? "no-dialect" : "denied";
	case SMB_NO_CONNECTION: return "no-connection";
	case SMB_CLOSED: return "closed";
	case SMB_RESET: return "reset";
	case SMB_NOT_SMB: return "not-smb";
	case SMB_MALFORMED: return "malformed";
	default: return "silent";
	}
}

static void status_fact(struct machine *m, const struct smb_talk *t, enum smb_step step, const char *fact)
{
	if (t->answered[step])
		machine_text(m, fact, smb_status_text(t->status[step], m->arena));
}

static void negotiation_facts(struct machine *m, const struct smb_talk *t)
{
	const struct smb_answer *r = &t->negotiated;
	machine_bool(m, "smb.answered", t->answered[SMB_DIALECT]);
	status_fact(m, t, SMB_DIALECT, "smb.status");
	if (!t->answered[SMB_DIALECT])
		return;
	machine_number(m, "smb.version", r->version);
	machine_text(m, "smb.dialect", str_c(r->has_dialect ? smb_dialect_name(r->dialect) : "none"));
	if (!r->has_dialect || r->dialect == 0xFFFF)
		return;
	machine_number(m, "smb.dialect_number", r->dialect);
	machine_text(m, "smb.signing", str_c(r->security & 2 ? "required" : r->security & 1 ? "enabled" : "off"));
	machine_bool(m, "smb.encryption", r->encryption);
	if (t->guid.n)
		machine_text(m, "smb.guid", t->guid);
}

static void session_facts(struct machine *m, const struct smb_talk *t)
{
	/* what the first step refuses, the second is never asked */
	enum smb_step last = t->answered[SMB_LOGON_ANSWER] || !t->status[SMB_LOGON] ? SMB_LOGON_ANSWER : SMB_LOGON;
	if (t->answered[SMB_LOGON] && !t->status[SMB_LOGON])
		last = SMB_LOGON;
	if (t->status[last] != (uint32_t)NT_STATUS_MORE_PROCESSING)
		status_fact(m, t, last, "session.status");
	if (t->answered[last] && !t->status[last]) {
		machine_bool(m, "session.guest", t->session_flags & SESSION_GUEST);
		machine_bool(m, "session.encrypt", t->session_flags & SESSION_ENCRYPT);
	}
	status_fact(m, t, SMB_IPC, "tree.ipc_status");
	status_fact(m, t, SMB_SHARE, "tree.status");
	if (machine_arg(m, "pipe").n && t->answered[SMB_IPC])
		machine_text(m, "pipe.state", str_c(smb_pipe_state(t)));
	status_fact(m, t, SMB_PIPE, "pipe.status");
}

static void ending_facts(struct machine *m, const struct smb_talk *t)
{
	static const char *const steps[] = { "connect", "session", "listen", "negotiate", "logon", "logon", "ipc",
					     "share", "pipe", "" };
	bool ended = t->stop == SMB_CLOSED || t->stop == SMB_RESET || t->stop == SMB_NOT_SMB || t->stop == SMB_REFUSED;
	machine_text(m, "smb.tcp", str_c(t->tcp));
	if (t->stop == SMB_NO_CONNECTION) {
		if (t->failure.kind == EVENT_FAIL)
			outcome_facts(m, "smb", &t->failure, t->address, false);
		return;
	}
	machine_text(m, "smb.step", str_c(t->stop == SMB_FINISHED ? "done" : steps[t->step]));
	machine_bool(m, "smb.eof", t->stop == SMB_CLOSED);
	machine_bool(m, "smb.reset", t->stop == SMB_RESET);
	machine_bool(m, "smb.early", ended && !t->spoke);
	if (t->greeting.n) {
		machine_text(m, "smb.greeting", t->greeting);
		machine_text(m, "smb.service", str_c(service_of(t->greeting)));
	}
	if (t->nbss >= 0)
		machine_text(m, "smb.nbss", arena_printf(m->arena, "%02x", (unsigned)t->nbss));
	if (t->unacked_known)
		machine_number(m, "smb.unacked", t->unacked);
	if (t->retransmits_known)
		machine_number(m, "smb.retransmits", t->retransmits);
	if (t->data_in) /* each answer fits a segment */
		machine_number(m, "smb.resent", t->disordered + (t->data_in > t->frames ? t->data_in - t->frames : 0));
}

static void echo_facts(struct machine *m, const struct smb_talk *t)
{
	if (!t->echoing)
		return;
	machine_number(m, "smb.echoes", t->echoes_back);
	machine_bool(m, "smb.echo_late", t->echo_late);
}

static void smb_end(struct machine *m, const struct smb_talk *t)
{
	const char *state = smb_state(t), *dialect = smb_dialect_name(t->negotiated.dialect);
	struct str where = address_print(t->address, m->arena);
	if (t->stop == SMB_INTERNAL) {
		machine_not_run(m, "the request is too long");
		return;
	}
	machine_text(m, "smb.state", str_c(state));
	ending_facts(m, t);
	if (t->stop != SMB_NO_CONNECTION)
		negotiation_facts(m, t);
	session_facts(m, t);
	echo_facts(m, t);
	if (t->negotiated.has_dialect)
		machine_end(m, state, "SMB on %.*s port %u: dialect %s", STR_ARG(where), t->port, dialect);
	else if (t->stop == SMB_NO_CONNECTION)
		machine_end(m, state, "SMB on %.*s port %u: no connection, %s", STR_ARG(where), t->port, t->tcp);
	else
		machine_end(m, state, "SMB on %.*s port %u: %s%s%.*s", STR_ARG(where), t->port, state,
			    t->greeting.n ? ", it says " : "", STR_ARG(t->greeting));
}

static unsigned dialect_number(struct str name)
{
	static const unsigned numbers[] = { 0x0202, 0x0210, 0x0300, 0x0302, 0x0311 };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (str_eq(name, str_c(smb_dialect_name(numbers[i]))))
			return numbers[i];
	return 0;
}

static void smb_start(struct machine *m)
{
	struct smb_talk *t = m->state;
	struct str offer = machine_arg(m, "dialects"), most = machine_arg(m, "max");
	t->port = (unsigned)machine_arg_number(m, "port", 445, 1, 65535);
	t->smb1 = str_eq(offer, STR("smb1"));
	t->most_dialect = most.n ? dialect_number(most) : str_eq(offer, STR("smb2")) ? 0x0302 : 0x0311;
	t->pad = (unsigned)machine_arg_number(m, "pad", 0, 0, SMB_PAD_MAX);
	t->pipe = t->pad ? STR("") : machine_arg(m, "pipe");
	t->logon = !t->pad && (!t->smb1 || t->pipe.n); /* servers that speak SMB1 alone are asked no further than need be */
	t->called = machine_arg(m, "called");
	if (!t->called.n && t->port == NETBIOS_SSN_PORT)
		t->called = STR("*SMBSERVER");
	t->share = machine_arg(m, "share");
	t->echoes = (unsigned)machine_arg_number(m, "echo", 0, 0, SMB_ECHOES_MAX);
	t->listen_ms = machine_arg_number(m, "listen", DEFAULT_LISTEN_MS, 0, 10000);
	if (!t->most_dialect || (offer.n && !t->smb1 && !str_eq(offer, STR("smb2")) && !str_eq(offer, STR("smb311"))))
		machine_not_run(m, "dialects is smb1, smb2 or smb311, max one of 2.02, 2.10, 3.00, 3.02, 3.11");
	else
		smb_talk_begin(m, t);
}

static void smb_feed(struct machine *m, const struct event *e)
{
	if (smb_talk_event(m, m->state, e))
		smb_end(m, m->state);
}

const struct probe smb_probe = {
	.name = "smb",
	.says = "what an SMB server speaks, and how far an anonymous client comes",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 30000,
	.state_size = sizeof(struct smb_talk),
	.start = smb_start,
	.feed = smb_feed,
};
