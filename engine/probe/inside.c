/* SPDX-License-Identifier: MIT
 *
 * Does a rule of this machine's own answer for a server? Takes address= and port=, and asks for a connection there by the
 * loopback interface (SO_BINDTODEVICE), so that it leaves this machine in no case: whoever refuses it is the own system,
 * as a rule for outgoing packets that rejects with a reset. A rule for the interface of the real way, or one that leads
 * elsewhere (redirect), does not show; nor does one for IPv6, of which the system has no way there by that interface.
 */
#include "probe/outcome.h"

#include <errno.h>

static const struct probe_arg_help args[] = {
	{ "address", true, "IPv4 address of the server", ARG_ADDRESS },
	{ "port", true, "TCP port", ARG_PORT },
	{ "wait", false, "how long to wait, in ms (default 200)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "timeout", "nobody answers: no rule was found that does" },
	{ "refused", "a rule of this machine's own resets it" },
	{ "open", "a rule of this machine's own leads it to a service here" },
	{ "port-unreachable", "a rule of this machine's own rejects it" },
	OUTCOME_STATES,
	{ 0 }
};

static const struct probe_fact_help facts[] = { { "inside.state", FACT_TEXT, "the state" },
						{ "inside.error", FACT_TEXT, "the system's error" },
						{ 0 } };

struct inside {
	struct address address;
	unsigned port;
};

static void inside_end(struct machine *m, const char *state)
{
	const struct inside *s = m->state;
	machine_text(m, "inside.state", str_c(state));
	machine_end(m, state, "%.*s port %u, within this machine: %s", STR_ARG(address_print(s->address, m->arena)),
		    s->port, state);
}

static void inside_start(struct machine *m)
{
	struct inside *s = m->state;
	s->port = (unsigned)machine_arg_number(m, "port", 0, 0, UINT16_MAX);
	if (!machine_arg_address(m, "address", &s->address) || !s->port) {
		machine_not_run(m, "no address or port to connect to");
		return;
	}
	/* By loopback its own closed port would refuse it, too, and there is no way to another's IPv6 address. */
	if (s->address.family != 4 || address_is_loopback(s->address)) {
		machine_not_run(m, "this can be told of the IPv4 address of another machine alone");
		return;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_TCP, .to = s->address, .port = (uint16_t)s->port,
						  .abort = true, .inside = true });
	machine_timer(m, machine_arg_number(m, "wait", 200, 10, 2000));
}

static void inside_feed(struct machine *m, const struct event *e)
{
	if (e->kind == EVENT_FAIL && e->error == EPERM && !e->icmp.known) { /* without rights before Linux 5.7 */
		machine_not_run(m, "this system binds no connection to its loopback interface (EPERM)");
		return;
	}
	if (e->kind == EVENT_FAIL)
		machine_text(m, "inside.error", str_c(errno_name(e->error)));
	inside_end(m, e->kind == EVENT_FAIL ? outcome_of_connect(e) : e->kind == EVENT_OPEN ? "open" : "timeout");
}

const struct probe inside_probe = {
	.name = "inside",
	.says = "asks for a connection that does not leave this machine: does a rule of its own answer for the server",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 2100,
	.state_size = sizeof(struct inside),
	.start = inside_start,
	.feed = inside_feed,
};
