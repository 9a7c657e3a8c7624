/* SPDX-License-Identifier: MIT
 *
 * Who has a NetBIOS name (RFC 1002 section 4.2.12): asked of a WINS server, or by broadcast on every directly attached
 * IPv4 subnet. Takes name=, suffix=, scope=, server=. A broadcast that is answered listens on a little: two hosts that
 * claim one name are a finding.
 */
#include "probe/dns_wire.h"
#include "probe/netbios.h"
#include "probe/outcome.h"
#include "probe/rtnl.h"

static const struct probe_arg_help args[] = {
	{ "name", true, "the NetBIOS name", ARG_NETBIOS },
	{ "suffix", false, "its 16th byte in hex (default 20, the server service)", ARG_TEXT },
	{ "server", false, "address of a WINS server; without it the question is broadcast", ARG_ADDRESS },
	{ "scope", false, "NetBIOS scope", ARG_TEXT },
	{ "wait", false, "how long to wait, in ms (default 2000 of a server, 1200 of a broadcast)", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "answered", "somebody has the name" },
	{ "conflict", "hosts with different addresses claim the name" },
	{ "negative", "the WINS server does not know the name" },
	{ "timeout", "no answer" },
	{ "port-closed", "the host is there, no name service is" },
	{ "unreachable", "the WINS server cannot be reached" },
	{ "malformed", "the answer cannot be read" },
	{ "no-subnet", "there is no subnet to broadcast on" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "nbns.state", FACT_TEXT, "the state" },
	{ "nbns.mode", FACT_TEXT, "wins or broadcast" },
	{ "nbns.answer", FACT_TEXT, "the addresses that have the name" },
	{ "nbns.answers", FACT_NUMBER, "hosts that answered" },
	{ "nbns.responders", FACT_TEXT, "the hosts that answered" },
	{ "nbns.conflict", FACT_BOOL, "they give different addresses" },
	{ "nbns.group", FACT_BOOL, "it is a group name" },
	{ "nbns.rcode", FACT_NUMBER, "response code" },
	{ "nbns.subnets", FACT_NUMBER, "subnets broadcast on" },
	{ "nbns.ms", FACT_NUMBER, "time to the first answer" },
	{ "nbns.wrong", FACT_NUMBER, "answers thrown away" },
	{ "nbns.error", FACT_TEXT, "the system's error" },
	{ "nbns.icmp", FACT_TEXT, "ICMP type/code behind the error" },
	{ "nbns.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

enum {
	CHANNEL_NUMBER_NAMES = 0,
	CHANNEL_NUMBER_KERNEL = 1,
	WINS_ATTEMPTS = 2,
	BROADCAST_ATTEMPTS = 3, /* RFC 1002 section 6.1.2: BCAST_REQ_RETRY_COUNT */
	LISTEN_ON_MS = 300,	/* for a second claimant */
	SUBNETS_MAX = 4,
	HOSTS_MAX = 8,
	FLAGS_QUERY = 0x0100,	/* recursion desired */
	FLAG_BROADCAST = 0x0010,
	GROUP_BIT = 0x8000,
	WRONG_MAX = 1000
};

struct nbns {
	struct address server, subnets[SUBNETS_MAX];
	struct address responders[HOSTS_MAX], addresses[HOSTS_MAX];
	unsigned subnet_count, responder_count, address_count;
	bool broadcast, conflict, group;
	uint8_t suffix;
	uint16_t id;
	double wait_ms, answered_ms;
	unsigned attempts, wrong;
	struct str query;
	struct rtnl rtnl;
};

static unsigned keep_address(struct address *list, unsigned *count, struct address a)
{
	for (unsigned i = 0; i < *count; i++)
		if (address_eq(list[i], a))
			return i;
	if (*count < HOSTS_MAX)
		list[(*count)++] = a;
	return *count - 1;
}

static void list_fact(struct machine *m, const char *fact, const struct address *list, unsigned count)
{
	struct buf b = { 0 };
	for (unsigned i = 0; i < count; i++)
		buf_addf(&b, "%s%.*s", i ? " " : "", STR_ARG(address_print(list[i], m->arena)));
	if (count)
		machine_text(m, fact, buf_str(&b));
	buf_free(&b);
}

static void nbns_end(struct machine *m, const char *state)
{
	struct nbns *s = m->state;
	machine_text(m, "nbns.state", str_c(state));
	machine_text(m, "nbns.mode", s->broadcast ? STR("broadcast") : STR("wins"));
	if (s->broadcast)
		machine_number(m, "nbns.subnets", s->subnet_count);
	machine_number(m, "nbns.answers", s->responder_count);
	if (s->wrong)
		machine_number(m, "nbns.wrong", s->wrong);
	if (s->responder_count) {
		machine_ms(m, "nbns.ms", s->answered_ms);
		machine_bool(m, "nbns.conflict", s->conflict);
		machine_bool(m, "nbns.group", s->group);
		list_fact(m, "nbns.answer", s->addresses, s->address_count);
		list_fact(m, "nbns.responders", s->responders, s->responder_count);
	}
	struct str first = s->address_count ? address_print(s->addresses[0], m->arena) : STR("");
	struct str asked = s->broadcast ? STR("broadcast") : machine_arg(m, "server");
	machine_end(m, state, "NetBIOS name %.*s<%02x>, %.*s: %s%s%.*s", STR_ARG(machine_arg(m, "name")), s->suffix,
		    STR_ARG(asked), state, first.n ? ", " : "", STR_ARG(first));
}

/* RFC 1002 section 4.2.13: flags and an address, repeated. */
static bool keep_answer(struct machine *m, struct address from, const struct dns_record *r)
{
	struct nbns *s = m->state;
	struct wire w = wire_of(r->data);
	struct address first = { 0 };
	while (wire_left(&w) >= 6) {
		uint16_t flags = wire_be16(&w);
		struct address a = address_v4(wire_bytes(&w, 4));
		s->group = s->group || flags & GROUP_BIT;
		keep_address(s->addresses, &s->address_count, a);
		if (!first.family)
			first = a;
	}
	if (!first.family)
		return false;
	unsigned responders = s->responder_count;
	keep_address(s->responders, &s->responder_count, from);
	if (s->responder_count > responders && responders && !s->group)
		s->conflict = s->address_count > 1;
	if (!responders)
		s->answered_ms = m->now_ms;
	return true;
}

static bool is_our_name(struct machine *m, struct str dns_text)
{
	const struct nbns *s = m->state;
	struct str name, scope;
	uint8_t suffix;
	return netbios_name(dns_text, m->arena, &name, &suffix, &scope) && suffix == s->suffix &&
	       str_eq_nocase(name, netbios_trim(machine_arg(m, "name")));
}

static void nbns_bytes(struct machine *m, const struct event *e)
{
	struct nbns *s = m->state;
	struct dns_message d;
	struct dns_record r;
	struct str name;
	uint16_t type;
	if (s->wrong > WRONG_MAX)
		return;
	bool stranger = !s->broadcast && e->from.family && !address_eq(e->from, s->server);
	if (stranger || !dns_open(e->bytes, &d) || d.id != s->id || !(d.flags & DNS_FLAG_RESPONSE) || d.opcode) {
		s->wrong++;
		return;
	}
	while (dns_question(&d, m->arena, &name, &type))
		;
	bool record = dns_record(&d, m->arena, &r);
	if (record && !is_our_name(m, r.name)) {
		s->wrong++;
		return;
	}
	machine_keep_raw(m, e->bytes);
	if (d.rcode && !s->broadcast) { /* to a broadcast only the owner of a name answers */
		s->answered_ms = m->now_ms;
		machine_number(m, "nbns.rcode", d.rcode);
		nbns_end(m, "negative");
	} else if (!record || r.type != NBNS_TYPE_NB || !keep_answer(m, e->from, &r)) {
		s->wrong++;
		if (!s->broadcast)
			nbns_end(m, "malformed");
	} else if (!s->broadcast) {
		machine_number(m, "nbns.rcode", d.rcode);
		nbns_end(m, "answered");
	} else if (s->responder_count == 1) {
		machine_timer(m, LISTEN_ON_MS);
	}
}

static void nbns_send(struct machine *m)
{
	struct nbns *s = m->state;
	unsigned most = s->broadcast ? BROADCAST_ATTEMPTS : WINS_ATTEMPTS;
	if (s->responder_count) {
		nbns_end(m, s->conflict ? "conflict" : "answered");
		return;
	}
	if (s->attempts == most) {
		nbns_end(m, s->wrong && !s->broadcast ? "malformed" : "timeout");
		return;
	}
	s->attempts++;
	if (!s->broadcast)
		machine_send(m, CHANNEL_NUMBER_NAMES, s->query);
	for (unsigned i = 0; i < s->subnet_count; i++)
		machine_send_to(m, CHANNEL_NUMBER_NAMES, s->subnets[i], NETBIOS_NS_PORT, s->query);
	machine_timer(m, s->wait_ms / most);
}

/* The broadcast address that the interface names, else the last one of its subnet. */
static struct address broadcast_of(const struct rtnl_address *x)
{
	struct address b = x->local;
	if (x->broadcast.family)
		return x->broadcast;
	for (unsigned bit = x->prefix; bit < 32; bit++)
		b.bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	return b;
}

static void find_subnets(struct nbns *s)
{
	const struct rtnl *r = &s->rtnl;
	for (size_t i = 0; i < r->address_count; i++) {
		const struct rtnl_address *x = &r->addresses[i];
		const struct rtnl_link *l = rtnl_link(r, x->index);
		if (l && l->up && l->carrier && !l->loopback && !l->noarp && x->local.family == 4 && x->prefix < 31 &&
		    s->subnet_count < SUBNETS_MAX)
			s->subnets[s->subnet_count++] = broadcast_of(x);
	}
}

static void nbns_kernel(struct machine *m, const struct event *e)
{
	struct nbns *s = m->state;
	if (!rtnl_event(m, &s->rtnl, e))
		return;
	machine_close(m, CHANNEL_NUMBER_KERNEL);
	find_subnets(s);
	if (s->rtnl.error)
		machine_not_run(m, "the kernel did not list its subnets: %s", errno_name(s->rtnl.error));
	else if (!s->subnet_count)
		nbns_end(m, "no-subnet");
	else
		machine_open(m, CHANNEL_NUMBER_NAMES, (struct channel_spec){ .kind = CHANNEL_BROADCAST,
									     .to = s->subnets[0],
									     .port = NETBIOS_NS_PORT });
}

static void nbns_start(struct machine *m)
{
	struct nbns *s = m->state;
	struct str suffix = machine_arg(m, "suffix");
	uint64_t number = NETBIOS_SUFFIX_SERVER;
	if (suffix.n && (!str_u64(arena_printf(m->arena, "0x%.*s", STR_ARG(suffix)), &number) || number > 0xFF)) {
		machine_not_run(m, "suffix is a byte in hex, not %.*s", STR_ARG(suffix));
		return;
	}
	s->suffix = (uint8_t)number;
	s->broadcast = !machine_arg_address(m, "server", &s->server);
	s->wait_ms = machine_arg_number(m, "wait", s->broadcast ? 1200 : 2000, 10, 10000);
	s->id = machine_random(m);
	s->query = netbios_query(machine_arg(m, "name"), s->suffix, machine_arg(m, "scope"), NBNS_TYPE_NB,
				 FLAGS_QUERY | (s->broadcast ? FLAG_BROADCAST : 0), s->id, m->arena);
	if (!s->query.n)
		machine_not_run(m, "the name and its scope are too long");
	else if (s->broadcast)
		rtnl_begin(m, &s->rtnl, CHANNEL_NUMBER_KERNEL, RTNL_LINKS | RTNL_ADDRESSES);
	else
		machine_open(m, CHANNEL_NUMBER_NAMES, (struct channel_spec){ .kind = CHANNEL_UDP, .to = s->server,
									     .port = NETBIOS_NS_PORT });
}

static void nbns_feed(struct machine *m, const struct event *e)
{
	struct nbns *s = m->state;
	if (e->kind == EVENT_DEADLINE) {
		nbns_end(m, s->responder_count ? "answered" : "timeout");
	} else if (e->channel == CHANNEL_NUMBER_KERNEL && e->kind != EVENT_TIMER) {
		nbns_kernel(m, e);
	} else if (e->kind == EVENT_BYTES) {
		nbns_bytes(m, e);
	} else if (e->kind != EVENT_FAIL) {
		nbns_send(m);
	} else if (!s->broadcast || s->attempts <= 1) {
		/* of a broadcast: our own system does not let it out */
		outcome_facts(m, "nbns", e, s->server, false);
		nbns_end(m, outcome_of_datagram(e));
	}
}

const struct probe nbns_probe = {
	.name = "nbns",
	.says = "who has a NetBIOS name, by broadcast or from a WINS server",
	.args = args,
	.states = states,
	.facts = facts,
	.wins = "answered",
	.trip = "nbns.ms",
	.deadline_ms = 10500,
	.state_size = sizeof(struct nbns),
	.start = nbns_start,
	.feed = nbns_feed,
};
