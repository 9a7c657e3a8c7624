/* SPDX-License-Identifier: MIT
 *
 * Does the NetBIOS session service answer to a name (RFC 1002 section 4.3)? Takes address= and called=, asks on port
 * 139 and closes. A refusal has a code: 80 and 81 nobody listens, 82 the name is not here, 83 no resources, 8f
 * unspecified.
 */
#include "probe/netbios.h"
#include "probe/smb_talk.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address of the server", ARG_ADDRESS },
	{ "called", true, "NetBIOS name to ask for; *SMBSERVER is any", ARG_NETBIOS },
	{ "port", false, "TCP port (default 139)", ARG_PORT },
	{ "wait", false, "how long to wait for each answer, in ms (default 3500)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "accepted", "the session is open" },
	{ "negative", "refused; nbss.code says why" },
	{ "retargeted", "sent on to another address" },
	{ "silent", "it took the connection and does not answer" },
	{ "closed", "it closed the connection" },
	{ "reset", "it reset the connection" },
	{ "not-nbss", "something else answers there" },
	{ "no-connection", "no TCP connection; nbss.tcp says why" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "nbss.state", FACT_TEXT, "the state" },
	{ "nbss.code", FACT_TEXT, "code of a refusal in hex: 80, 81, 82, 83, 8f" },
	{ "nbss.tcp", FACT_TEXT, "how the connection went, in the words of probe tcp" },
	{ "nbss.greeting", FACT_TEXT, "the first bytes, where they are no session service's" },
	{ "nbss.unacked", FACT_NUMBER, "segments that nobody acknowledged, after silence" },
	{ "nbss.ms", FACT_NUMBER, "time to the end" },
	{ "nbss.error", FACT_TEXT, "the system's error, without a connection" },
	{ "nbss.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "nbss.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

static const char *nbss_state(const struct smb_talk *t)
{
	switch (t->stop) {
	case SMB_FINISHED: return "accepted";
	case SMB_REFUSED: return t->retargeted ? "retargeted" : "negative";
	case SMB_NO_CONNECTION: return "no-connection";
	case SMB_CLOSED: return "closed";
	case SMB_RESET: return "reset";
	case SMB_NOT_SMB:
	case SMB_MALFORMED: return "not-nbss";
	default: return "silent";
	}
}

static void nbss_end(struct machine *m, const struct smb_talk *t)
{
	const char *state = nbss_state(t);
	struct str code = t->nbss < 0 ? STR("") : arena_printf(m->arena, "%02x", (unsigned)t->nbss);
	machine_text(m, "nbss.state", str_c(state));
	machine_text(m, "nbss.tcp", str_c(t->tcp));
	machine_ms(m, "nbss.ms", m->now_ms);
	if (code.n)
		machine_text(m, "nbss.code", code);
	if (t->greeting.n)
		machine_text(m, "nbss.greeting", t->greeting);
	if (t->unacked_known && t->stop == SMB_SILENT)
		machine_number(m, "nbss.unacked", t->unacked);
	if (t->failure.kind == EVENT_FAIL)
		outcome_facts(m, "nbss", &t->failure, t->address, false);
	machine_end(m, state, "NetBIOS session with %.*s port %u, called %.*s: %s%s%.*s",
		    STR_ARG(address_print(t->address, m->arena)), t->port, STR_ARG(t->called), state,
		    code.n ? " 0x" : "", STR_ARG(code));
}

static void nbss_start(struct machine *m)
{
	struct smb_talk *t = m->state;
	t->port = (unsigned)machine_arg_number(m, "port", NETBIOS_SSN_PORT, 1, 65535);
	t->called = machine_arg(m, "called");
	t->session_only = true;
	if (netbios_fits(t->called))
		smb_talk_begin(m, t);
	else
		machine_not_run(m, "%.*s cannot be a NetBIOS name", STR_ARG(t->called));
}

static void nbss_feed(struct machine *m, const struct event *e)
{
	struct smb_talk *t = m->state;
	if (!smb_talk_event(m, t, e))
		return;
	if (t->stop == SMB_INTERNAL)
		machine_not_run(m, "the request is too long");
	else
		nbss_end(m, t);
}

const struct probe nbss_probe = {
	.name = "nbss",
	.says = "does the NetBIOS session service answer to a name",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 21000,
	.state_size = sizeof(struct smb_talk),
	.start = nbss_start,
	.feed = nbss_feed,
};
