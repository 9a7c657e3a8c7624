/* SPDX-License-Identifier: MIT
 *
 * Which NetBIOS names a host has: node status over UDP 137 (RFC 1002 section 4.2.17). It tells whether the host at an
 * address is the one that was meant, and by which name its session service wants to be called.
 */
#include "probe/dns_wire.h"
#include "probe/netbios.h"
#include "probe/outcome.h"
#include "probe/rtnl.h"

static const struct probe_arg_help args[] = {
	{ "address", true, "address of the host", ARG_ADDRESS },
	{ "name", false, "a NetBIOS name that it should have", ARG_NETBIOS },
	{ "wait", false, "how long to wait for an answer, in ms (default 2000)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "answered", "it listed its names" },
	{ "timeout", "no answer" },
	{ "port-closed", "the host is there, no name service is" },
	{ "unreachable", "it cannot be reached" },
	{ "malformed", "the answer cannot be read" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "nbstat.state", FACT_TEXT, "the state" },
	{ "nbstat.names", FACT_TEXT, "its names with their suffix" },
	{ "nbstat.has_name", FACT_BOOL, "name= is one of them" },
	{ "nbstat.computer", FACT_TEXT, "the computer's name" },
	{ "nbstat.server", FACT_TEXT, "the name of its server service" },
	{ "nbstat.workgroup", FACT_TEXT, "its workgroup or domain" },
	{ "nbstat.mac", FACT_TEXT, "hardware address that it tells" },
	{ "nbstat.ms", FACT_NUMBER, "time to the answer" },
	{ "nbstat.wrong", FACT_NUMBER, "answers thrown away" },
	{ "nbstat.error", FACT_TEXT, "the system's error" },
	{ "nbstat.icmp", FACT_TEXT, "ICMP type/code behind the error" },
	{ "nbstat.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

enum { NBSTAT_ATTEMPTS = 2, NAMES_MAX = 32, GROUP_BIT = 0x8000 };

struct nbstat {
	struct address address;
	uint16_t id;
	double wait_ms;
	unsigned attempts, wrong;
	struct str query;
};

struct nbstat_names {
	struct buf list;
	struct str computer, server, workgroup;
	bool has_wanted;
};

static void nbstat_end(struct machine *m, const char *state, struct str more)
{
	struct nbstat *s = m->state;
	machine_text(m, "nbstat.state", str_c(state));
	if (s->wrong)
		machine_number(m, "nbstat.wrong", s->wrong);
	machine_end(m, state, "node status of %.*s: %s%s%.*s", STR_ARG(machine_arg(m, "address")), state,
		    more.n ? ", " : "", STR_ARG(more));
}

static void keep_name(struct nbstat_names *n, struct str name, uint8_t suffix, bool group, struct str wanted)
{
	if (n->list.n)
		buf_add_char(&n->list, ' ');
	buf_add(&n->list, name);
	buf_addf(&n->list, "<%02x>", suffix);
	if (group) {
		if (suffix == NETBIOS_SUFFIX_WORKSTATION && !n->workgroup.n)
			n->workgroup = name;
		return;
	}
	if (suffix == NETBIOS_SUFFIX_WORKSTATION && !n->computer.n)
		n->computer = name;
	if (suffix == NETBIOS_SUFFIX_SERVER && !n->server.n)
		n->server = name;
	n->has_wanted = n->has_wanted || str_eq_nocase(name, wanted);
}

static bool read_names(struct machine *m, struct str data)
{
	struct nbstat_names n = { 0 };
	struct wire w = wire_of(data);
	struct str wanted = machine_arg(m, "name");
	unsigned count = wire_u8(&w);
	for (unsigned i = 0; i < count && wire_ok(&w); i++) {
		struct str name = netbios_trim(wire_bytes(&w, NETBIOS_NAME_MAX));
		uint8_t suffix = wire_u8(&w);
		uint16_t flags = wire_be16(&w);
		if (wire_ok(&w) && i < NAMES_MAX)
			keep_name(&n, name, suffix, flags & GROUP_BIT, wanted);
	}
	bool good = wire_ok(&w);
	struct str mac = rtnl_mac_text(wire_bytes(&w, 6), m->arena);
	if (good) {
		machine_text(m, "nbstat.names", buf_str(&n.list));
		if (wanted.n)
			machine_bool(m, "nbstat.has_name", n.has_wanted);
		if (n.computer.n)
			machine_text(m, "nbstat.computer", n.computer);
		if (n.server.n)
			machine_text(m, "nbstat.server", n.server);
		if (n.workgroup.n)
			machine_text(m, "nbstat.workgroup", n.workgroup);
		if (mac.n && !str_eq(mac, STR("00:00:00:00:00:00")))
			machine_text(m, "nbstat.mac", mac);
		machine_ms(m, "nbstat.ms", m->now_ms);
		nbstat_end(m, "answered", buf_str(&n.list));
	}
	buf_free(&n.list);
	return good;
}

static void nbstat_bytes(struct machine *m, const struct event *e)
{
	struct nbstat *s = m->state;
	struct dns_message d;
	struct dns_record r;
	struct str name;
	uint16_t type;
	if (!dns_open(e->bytes, &d) || d.id != s->id || !(d.flags & DNS_FLAG_RESPONSE) || d.opcode) {
		s->wrong++;
		return;
	}
	machine_keep_raw(m, e->bytes);
	while (dns_question(&d, m->arena, &name, &type))
		;
	if (!dns_record(&d, m->arena, &r) || r.type != NBNS_TYPE_NBSTAT || !read_names(m, r.data))
		nbstat_end(m, "malformed", STR(""));
}

static void nbstat_start(struct machine *m)
{
	struct nbstat *s = m->state;
	if (!machine_arg_address(m, "address", &s->address)) {
		machine_not_run(m, "no address to ask");
		return;
	}
	s->wait_ms = machine_arg_number(m, "wait", 2000, 10, 10000);
	s->id = machine_random(m);
	s->query = netbios_query(STR("*"), 0, STR(""), NBNS_TYPE_NBSTAT, 0, s->id, m->arena);
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_UDP, .to = s->address, .port = NETBIOS_NS_PORT });
}

static void nbstat_feed(struct machine *m, const struct event *e)
{
	struct nbstat *s = m->state;
	if (e->kind == EVENT_BYTES) {
		nbstat_bytes(m, e);
	} else if (e->kind == EVENT_FAIL) {
		outcome_facts(m, "nbstat", e, s->address, false);
		nbstat_end(m, outcome_of_datagram(e), outcome_words(e, s->address, m->arena));
	} else if (s->attempts == NBSTAT_ATTEMPTS || e->kind == EVENT_DEADLINE) {
		nbstat_end(m, "timeout", STR(""));
	} else {
		s->attempts++;
		machine_send(m, 0, s->query);
		machine_timer(m, s->wait_ms / NBSTAT_ATTEMPTS);
	}
}

const struct probe nbstat_probe = {
	.name = "nbstat",
	.says = "which NetBIOS names a host has",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 10500,
	.state_size = sizeof(struct nbstat),
	.start = nbstat_start,
	.feed = nbstat_feed,
};
