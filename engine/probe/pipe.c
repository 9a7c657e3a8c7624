/* SPDX-License-Identifier: MIT
 *
 * Is a named pipe of a service there, over IPC$ of an SMB server? By default that of the Resource Kit's remote command
 * service, whose client says "Failed to connect". Logs on anonymously and opens the pipe for its attributes only;
 * nothing is written to it. A server may refuse an anonymous client without saying whether the pipe is there: that is
 * "denied".
 */
#include "probe/netbios.h"
#include "probe/smb_talk.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address of the server", ARG_ADDRESS },
	{ "name", false, "name of the pipe (default rcmdsvc)", ARG_TEXT },
	{ "port", false, "TCP port (default 445)", ARG_PORT },
	{ "called", false, "NetBIOS name to ask for on port 139 (default *SMBSERVER)", ARG_NETBIOS },
	{ "dialects", false, "smb1: speak SMB1 (default SMB2 and later)", ARG_TEXT },
	{ "wait", false, "how long to wait for each answer, in ms (default 3500)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "present", "the pipe is there: the service runs" },
	{ "absent", "the server has no such pipe: the service does not run" },
	{ "denied", "an anonymous client may not open it; the service may run or not" },
	{ "unanswered", "the server let us to IPC$ and gave no answer for the pipe" },
	{ "no-session", "the server did not let us to IPC$" },
	{ "no-connection", "no TCP connection; pipe.tcp says why" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "pipe.state", FACT_TEXT, "the state" },
	{ "pipe.status", FACT_TEXT, "NT status in hex of opening the pipe" },
	{ "pipe.session_status", FACT_TEXT, "NT status in hex of the step that was refused before it" },
	{ "pipe.nbss", FACT_TEXT, "code in hex of a NetBIOS session that was refused before it" },
	{ "pipe.tcp", FACT_TEXT, "how the connection went, in the words of probe tcp" },
	{ "pipe.error", FACT_TEXT, "the system's error, without a connection" },
	{ "pipe.icmp", FACT_TEXT, "ICMP type/code behind it" },
	{ "pipe.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

static void pipe_end(struct machine *m, const struct smb_talk *t)
{
	const char *state = t->stop == SMB_NO_CONNECTION ? "no-connection" : smb_pipe_state(t);
	if (t->stop == SMB_INTERNAL) {
		machine_not_run(m, "the request is too long");
		return;
	}
	machine_text(m, "pipe.state", str_c(state));
	machine_text(m, "pipe.tcp", str_c(t->tcp));
	if (t->answered[SMB_PIPE])
		machine_text(m, "pipe.status", smb_status_text(t->status[SMB_PIPE], m->arena));
	else if (t->nbss >= 0)
		machine_text(m, "pipe.nbss", arena_printf(m->arena, "%02x", (unsigned)t->nbss));
	else if (t->stop == SMB_REFUSED && t->answered[t->step])
		machine_text(m, "pipe.session_status", smb_status_text(t->status[t->step], m->arena));
	if (t->failure.kind == EVENT_FAIL)
		outcome_facts(m, "pipe", &t->failure, t->address, false);
	machine_end(m, state, "pipe %.*s on %.*s: %s", STR_ARG(t->pipe), STR_ARG(address_print(t->address, m->arena)),
		    state);
}

static void pipe_start(struct machine *m)
{
	struct smb_talk *t = m->state;
	t->port = (unsigned)machine_arg_number(m, "port", 445, 1, 65535);
	t->pipe = machine_arg(m, "name").n ? machine_arg(m, "name") : STR("rcmdsvc");
	t->called = machine_arg(m, "called");
	if (!t->called.n && t->port == NETBIOS_SSN_PORT)
		t->called = STR("*SMBSERVER");
	t->smb1 = str_eq(machine_arg(m, "dialects"), STR("smb1"));
	t->most_dialect = 0x0311;
	t->logon = true;
	if (machine_arg(m, "dialects").n && !t->smb1)
		machine_not_run(m, "dialects is smb1, or is not given");
	else
		smb_talk_begin(m, t);
}

static void pipe_feed(struct machine *m, const struct event *e)
{
	if (smb_talk_event(m, m->state, e))
		pipe_end(m, m->state);
}

const struct probe pipe_probe = {
	.name = "pipe",
	.says = "is a service's named pipe there",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 30000,
	.state_size = sizeof(struct smb_talk),
	.start = pipe_start,
	.feed = pipe_feed,
};
