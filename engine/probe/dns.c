/* SPDX-License-Identifier: MIT
 *
 * One question to one DNS server over a connected UDP socket (RFC 1035), asked twice: so NXDOMAIN, SERVFAIL, no record,
 * a closed port, an unreachable server and silence stay apart, which a system's resolver folds into one. Answers with
 * another id or question are thrown away and counted. What did not fit at all is asked for once more, over TCP
 * (RFC 7766). Never tries another server, name or search domain by itself.
 */
#include "probe/dns_wire.h"
#include "probe/outcome.h"

#include <string.h>

static const struct probe_arg_help args[] = {
	{ "server", true, "address of the DNS server", ARG_ADDRESS },
	{ "name", true, "the full name to ask for; for PTR an address", ARG_HOST },
	{ "type", false, "A, AAAA or PTR (default A)", ARG_TEXT },
	{ "wait", false, "how long to wait for an answer, in ms (default 2000)", ARG_NUMBER },
	{ "port", false, "UDP port of the server (default 53)", ARG_PORT },
	{ "over", false, "tcp: asked over TCP from the beginning, as use-vc in resolv.conf has it", ARG_TEXT },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "answered", "records of the type came" },
	{ "nodata", "the name exists, without such a record" },
	{ "nxdomain", "there is no such name" },
	{ "servfail", "the server failed" },
	{ "refused", "the server refuses to answer us" },
	{ "rcode", "another response code" },
	{ "timeout", "no answer" },
	{ "port-closed", "the host is there, no DNS service is" },
	{ "unreachable", "the server cannot be reached" },
	{ "malformed", "the answer cannot be read" },
	{ "truncated", "the answer does not fit into a datagram, and over TCP none comes" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "dns.state", FACT_TEXT, "the state" },
	{ "dns.rcode", FACT_NUMBER, "response code (RFC 1035, RFC 6895)" },
	{ "dns.answers", FACT_NUMBER, "records of the type asked for" },
	{ "dns.addresses", FACT_TEXT, "the addresses, as listed" },
	{ "dns.names", FACT_TEXT, "the names, of PTR" },
	{ "dns.cname", FACT_TEXT, "the chain of aliases, in order" },
	{ "dns.dangling", FACT_BOOL, "an alias leads to a name without a record" },
	{ "dns.ms", FACT_NUMBER, "time to the answer" },
	{ "dns.attempts", FACT_NUMBER, "questions sent" },
	{ "dns.wrong", FACT_NUMBER, "answers thrown away: another id or question" },
	{ "dns.truncated", FACT_BOOL, "the answer did not fit" },
	{ "dns.error", FACT_TEXT, "the system's error" },
	{ "dns.icmp", FACT_TEXT, "ICMP type/code behind the error" },
	{ "dns.icmp_from", FACT_TEXT, "who sent the ICMP message" },
	{ 0 }
};

enum { DNS_ATTEMPTS = 2, DNS_LIST_MAX = 16, DNS_WRONG_MAX = 1000 };
enum { DNS_TCP = 1, DNS_TCP_WAIT_MS = 1000 }; /* the channel, and how long it may take */

struct dns {
	struct address server;
	struct str name, query;
	uint16_t type, id;
	double wait_ms;
	uint16_t port;
	unsigned attempts, wrong;
	bool whole; /* asked over TCP */
	bool only_whole;	       /* from the beginning */
	char got[2 + DNS_MESSAGE_MAX]; /* over TCP: the length, and the answer */
	size_t got_n;
};

struct dns_found {
	struct buf values, chain;
	unsigned count;
};

static void dns_end(struct machine *m, const char *state, struct str more)
{
	struct dns *s = m->state;
	machine_text(m, "dns.state", str_c(state));
	machine_number(m, "dns.attempts", s->attempts);
	if (s->wrong)
		machine_number(m, "dns.wrong", s->wrong);
	machine_end(m, state, "DNS server %.*s for %.*s: %s%s%.*s (%.0f ms)", STR_ARG(machine_arg(m, "server")),
		    STR_ARG(s->name), state, more.n ? ", " : "", STR_ARG(more), m->now_ms);
}

/* A PTR question may name an address (RFC 1035 section 3.5, RFC 3596 section 2.5). */
static struct str reverse_name(struct address a, struct arena *arena)
{
	struct buf b = { 0 };
	for (int i = 3; a.family == 4 && i >= 0; i--)
		buf_addf(&b, "%u.", a.bytes[i]);
	for (int i = 15; a.family == 6 && i >= 0; i--)
		buf_addf(&b, "%x.%x.", a.bytes[i] & 0xFu, a.bytes[i] >> 4);
	buf_add_c(&b, a.family == 4 ? "in-addr.arpa" : "ip6.arpa");
	struct str name = buf_keep(&b, arena);
	buf_free(&b);
	return name;
}

static void dns_add(struct buf *list, struct str value)
{
	if (list->n)
		buf_add_char(list, ' ');
	buf_add(list, value);
}

/* The name that was asked for, as names in messages are written. */
static struct str dns_asked(const struct dns *s)
{
	return s->name.n && s->name.p[s->name.n - 1] == '.' ? str_first(s->name, s->name.n - 1) : s->name;
}

static bool is_of(const struct dns_record *r, uint16_t type, struct str name)
{
	return r->type == type && str_eq_nocase(r->name, name);
}

/* take_values lists what the records say of one name. */
static void take_values(struct machine *m, struct dns_message *d, const struct dns_record *records, size_t n,
			struct str name, struct dns_found *found)
{
	const struct dns *s = m->state;
	for (size_t i = 0; i < n && found->count < DNS_LIST_MAX; i++) {
		struct str text = STR("");
		size_t size;
		if (!is_of(&records[i], s->type, name))
			continue;
		if (s->type != DNS_TYPE_PTR)
			text = address_print(s->type == DNS_TYPE_A ? address_v4(records[i].data) :
								     address_v6(records[i].data), m->arena);
		else if (!dns_name(d, records[i].data_at, m->arena, &text, &size))
			d->wire.bad = true;
		if (text.n) {
			dns_add(&found->values, text);
			found->count++;
		}
	}
}

/* take_alias gives the name that another one is an alias of, by a record that is used once: aliases may go round. */
static bool take_alias(struct machine *m, struct dns_message *d, struct dns_record *records, size_t n,
		       struct str *name)
{
	size_t i = 0, size;
	while (i < n && !is_of(&records[i], DNS_TYPE_CNAME, *name))
		i++;
	if (i == n)
		return false;
	records[i].type = 0;
	if (!dns_name(d, records[i].data_at, m->arena, name, &size))
		d->wire.bad = true;
	return !d->wire.bad && name->n;
}

/* read_records collects what the answer section says of the name asked for and of what that is an alias of (RFC 1034
 * section 3.6.2), in whatever order; of other names nobody asked, and resolvers take no address of theirs. A record
 * that cannot be read ends it. */
static void read_records(struct machine *m, struct dns_message *d, struct dns_found *found)
{
	struct dns_record records[DNS_RECORDS_MAX];
	size_t n = 0;
	while (n < DNS_RECORDS_MAX && dns_record(d, m->arena, &records[n]))
		n++;
	struct str name = dns_asked(m->state);
	take_values(m, d, records, n, name, found);
	for (size_t hops = 0; hops < DNS_LIST_MAX && take_alias(m, d, records, n, &name); hops++) {
		dns_add(&found->chain, name);
		take_values(m, d, records, n, name, found);
	}
}

static const char *dns_state(unsigned rcode, unsigned found)
{
	switch (rcode) {
	case 0: return found ? "answered" : "nodata";
	case 2: return "servfail";
	case 3: return "nxdomain";
	case 5: return "refused";
	default: return "rcode";
	}
}

/* ask_whole: not all of the answer fitted into the datagram. Resolvers take no part of it (RFC 2181 section 9): where
 * it does not come whole, the name is not found. */
static void ask_whole(struct machine *m)
{
	struct dns *s = m->state;
	s->whole = true;
	if (!s->only_whole)
		machine_close(m, 0);
	machine_open(m, DNS_TCP, (struct channel_spec){ .kind = CHANNEL_TCP, .to = s->server, .port = s->port });
	machine_timer(m, s->only_whole ? s->wait_ms : DNS_TCP_WAIT_MS);
}

static void dns_answer(struct machine *m, struct dns_message *d)
{
	struct dns *s = m->state;
	struct dns_found found = { 0 };
	read_records(m, d, &found);
	if (!s->whole && d->flags & DNS_FLAG_TRUNCATED && !d->rcode) {
		ask_whole(m);
		goto done;
	}
	machine_ms(m, "dns.ms", m->now_ms);
	if (dns_bad(d) && !found.count) {
		dns_end(m, "malformed", STR(""));
	} else {
		const char *state = dns_state(d->rcode, found.count);
		struct str values = buf_keep(&found.values, m->arena);
		machine_number(m, "dns.rcode", d->rcode);
		machine_number(m, "dns.answers", found.count);
		if (values.n)
			machine_text(m, s->type == DNS_TYPE_PTR ? "dns.names" : "dns.addresses", values);
		if (found.chain.n)
			machine_text(m, "dns.cname", buf_str(&found.chain));
		machine_bool(m, "dns.dangling", found.chain.n && !found.count);
		machine_bool(m, "dns.truncated", d->flags & DNS_FLAG_TRUNCATED);
		dns_end(m, state, values);
	}
done:
	buf_free(&found.values);
	buf_free(&found.chain);
}

/* is_ours: an answer to our question, and no echo of it or somebody's guess. */
static bool is_ours(struct machine *m, struct dns_message *d)
{
	const struct dns *s = m->state;
	struct str name;
	uint16_t type;
	if (d->id != s->id || !(d->flags & DNS_FLAG_RESPONSE) || d->opcode)
		return false;
	if (!d->questions) /* servers that cannot even read the question leave it out */
		return d->rcode != 0;
	return dns_question(d, m->arena, &name, &type) && type == s->type && str_eq_nocase(name, dns_asked(s));
}

static void dns_send(struct machine *m)
{
	struct dns *s = m->state;
	if (s->attempts == DNS_ATTEMPTS) {
		dns_end(m, "timeout", STR(""));
		return;
	}
	s->attempts++;
	machine_send(m, 0, s->query);
	machine_timer(m, s->wait_ms / DNS_ATTEMPTS);
}

static void dns_start(struct machine *m)
{
	struct dns *s = m->state;
	struct str type = machine_arg(m, "type");
	struct address address;
	s->name = machine_arg(m, "name");
	s->type = str_eq_nocase(type, STR("AAAA")) ? DNS_TYPE_AAAA : str_eq_nocase(type, STR("PTR")) ? DNS_TYPE_PTR :
		  DNS_TYPE_A;
	if (type.n && s->type == DNS_TYPE_A && !str_eq_nocase(type, STR("A"))) {
		machine_not_run(m, "type is A, AAAA or PTR, not %.*s", STR_ARG(type));
		return;
	}
	if (s->type == DNS_TYPE_PTR && address_parse(s->name, &address))
		s->name = reverse_name(address, m->arena);
	s->wait_ms = machine_arg_number(m, "wait", 2000, 10, 10000);
	s->id = machine_random(m);
	s->query = dns_query(s->name, s->type, s->id, m->arena);
	if (!machine_arg_address(m, "server", &s->server) || !s->query.n) {
		machine_not_run(m, "%.*s cannot be asked for in DNS", STR_ARG(s->name));
		return;
	}
	s->port = (uint16_t)machine_arg_number(m, "port", 53, 1, 65535);
	s->only_whole = str_eq_nocase(machine_arg(m, "over"), STR("tcp"));
	if (s->only_whole) {
		s->attempts = 1;
		ask_whole(m);
		return;
	}
	machine_open(m, 0, (struct channel_spec){ .kind = CHANNEL_UDP, .to = s->server, .port = s->port });
}

static void dns_no_whole(struct machine *m, struct str why)
{
	machine_bool(m, "dns.truncated", true);
	dns_end(m, "truncated", arena_printf(m->arena, "over TCP: %.*s", STR_ARG(why)));
}

/* dns_collect: over TCP the answer comes behind its length, in pieces of any size. */
static void dns_collect(struct machine *m, struct str bytes)
{
	struct dns *s = m->state;
	struct dns_message d;
	size_t room = sizeof s->got - s->got_n, n = bytes.n < room ? bytes.n : room;
	memcpy(s->got + s->got_n, bytes.p, n);
	s->got_n += n;
	if (s->got_n < 2)
		return;
	size_t size = (size_t)(unsigned char)s->got[0] << 8 | (unsigned char)s->got[1];
	if (s->got_n < 2 + size && s->got_n < sizeof s->got)
		return;
	struct str answer = { s->got + 2, size < s->got_n - 2 ? size : s->got_n - 2 };
	machine_keep_raw(m, answer);
	if (dns_open(answer, &d) && is_ours(m, &d))
		dns_answer(m, &d);
	else
		dns_no_whole(m, STR("no answer to the question"));
}

static void dns_send_whole(struct machine *m)
{
	const struct dns *s = m->state;
	struct buf b = { 0 };
	buf_add_char(&b, (char)(s->query.n >> 8));
	buf_add_char(&b, (char)(s->query.n & 0xFF));
	buf_add(&b, s->query);
	machine_send(m, DNS_TCP, buf_str(&b));
	buf_free(&b);
}

/* dns_no_answer: asked over TCP from the beginning. */
static void dns_no_answer(struct machine *m, const struct event *e)
{
	const struct dns *s = m->state;
	bool failed = e->kind == EVENT_FAIL;
	const char *connect = failed ? outcome_of_connect(e) : "timeout";
	const char *state = e->kind == EVENT_END		     ? "malformed"
			    : str_eq(str_c(connect), STR("refused")) ? "port-closed"
			    : str_eq(str_c(connect), STR("timeout")) ? "timeout"
								     : "unreachable";
	if (failed)
		outcome_facts(m, "dns", e, s->server, false);
	dns_end(m, state,
		arena_printf(m->arena, "over TCP%s%.*s", failed ? ": " : "",
			     STR_ARG(failed ? outcome_words(e, s->server, m->arena) : STR(""))));
}

static void dns_feed_whole(struct machine *m, const struct event *e)
{
	const struct dns *s = m->state;
	switch (e->kind) {
	case EVENT_OPEN: dns_send_whole(m); return;
	case EVENT_BYTES: dns_collect(m, e->bytes); return;
	default: break;
	}
	if (s->only_whole) {
		dns_no_answer(m, e);
		return;
	}
	switch (e->kind) {
	case EVENT_FAIL: dns_no_whole(m, outcome_words(e, s->server, m->arena)); break;
	case EVENT_END: dns_no_whole(m, STR("closed by the other side")); break;
	default: dns_no_whole(m, STR("no answer")); break;
	}
}

static void dns_feed(struct machine *m, const struct event *e)
{
	struct dns *s = m->state;
	struct dns_message d;
	if (s->whole) {
		if (e->channel == DNS_TCP || e->kind == EVENT_TIMER || e->kind == EVENT_DEADLINE)
			dns_feed_whole(m, e);
		return;
	}
	switch (e->kind) {
	case EVENT_OPEN:
	case EVENT_TIMER:
		dns_send(m);
		break;
	case EVENT_BYTES:
		if (s->wrong > DNS_WRONG_MAX)
			break; /* a flood: what would be read now is no better */
		if (!dns_open(e->bytes, &d) || !is_ours(m, &d)) {
			s->wrong++;
			break;
		}
		machine_keep_raw(m, e->bytes);
		dns_answer(m, &d);
		break;
	case EVENT_FAIL:
		outcome_facts(m, "dns", e, s->server, false);
		dns_end(m, outcome_of_datagram(e), outcome_words(e, s->server, m->arena));
		break;
	default:
		dns_end(m, "timeout", STR(""));
	}
}

const struct probe dns_probe = {
	.name = "dns",
	.says = "one question to one DNS server",
	.args = args,
	.states = states,
	.facts = facts,
	.wins = "answered",
	.trip = "dns.ms",
	.deadline_ms = 10500,
	.state_size = sizeof(struct dns),
	.start = dns_start,
	.feed = dns_feed,
};
