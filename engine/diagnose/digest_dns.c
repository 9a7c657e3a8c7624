/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

#include "probe/address.h"

#define DNS_OF_THIS_MACHINE "127.0.0.1"

struct dns_view {
	const char *state; /* a value of dns.state, or NULL: not asked yet */
	struct str addresses;
	bool empty; /* it gives addresses, and none that a host can have */
	const struct evidence *from;
	const struct evidence *quiet; /* a server that a resolver waits for in vain before, or NULL */
};

/* The order of DNS states by what a resolver makes of them over several names: an answer counts before all, an error
 * before "there is no such name". Who says that there is no such name and refuses another serves this machine, and that
 * other name is not his. */
enum {
	ANSWERS, NO_A_RECORD, SERVFAIL, TRUNCATED, UNREADABLE, SLOW, SILENT, REJECTED, PORT_CLOSED, LOCAL_DENIED,
	UNREACHABLE, NXDOMAIN, REFUSED
};
static const char *const dns_order[] = {
	[ANSWERS] = "answers",	       [NO_A_RECORD] = "no-a-record", [SERVFAIL] = "servfail",
	[TRUNCATED] = "truncated",     [UNREADABLE] = "unreadable",   [SLOW] = "slow",
	[SILENT] = "silent",	       [REJECTED] = "rejected",	      [PORT_CLOSED] = "port-closed",
	[LOCAL_DENIED] = "local-denied", [UNREACHABLE] = "unreachable", [NXDOMAIN] = "nxdomain",
	[REFUSED] = "refused"
};

static size_t dns_rank(const char *state)
{
	size_t i = 0;
	while (i < sizeof dns_order / sizeof *dns_order && str_cmp(str_c(dns_order[i]), str_c(state)))
		i++;
	return i;
}

/* sent_by_server: the ICMP message in answer to a question came from the host that was asked, however its address is
 * spelled. */
static bool sent_by_server(const struct evidence *e)
{
	struct address from, server;
	return address_parse(evidence_text(e, "dns.icmp_from"), &from) &&
	       address_parse(evidence_arg(e, "server"), &server) && address_eq(from, server);
}

/* rejects: a firewall says with ICMP that the question does not pass: that it is prohibited, or, in another's place,
 * that the port is closed. */
static bool rejects(const struct evidence *e)
{
	static const struct str prohibits[] = { STR_LIT("3/9"), STR_LIT("3/10"), STR_LIT("3/13"),
						STR_LIT("1/1"), STR_LIT("1/5"),	 STR_LIT("1/6") };
	struct str icmp = evidence_text(e, "dns.icmp");
	bool says = evidence_state(e, "port-closed") && evidence_text(e, "dns.icmp_from").n && !sent_by_server(e);
	for (size_t i = 0; i < sizeof prohibits / sizeof *prohibits; i++)
		says |= str_eq(icmp, prohibits[i]);
	return says;
}

static struct dns_view view_reply(const struct digest *d, const struct evidence *e)
{
	static const struct {
		const char *probe, *state;
	} map[] = { { "answered", "answers" },	     { "nodata", "no-a-record" }, { "nxdomain", "nxdomain" },
		    { "servfail", "servfail" },	     { "refused", "refused" },	  { "rcode", "servfail" },
		    { "timeout", "silent" },	     { "malformed", "unreadable" }, { "port-closed", "port-closed" },
		    { "unreachable", "unreachable" }, { "truncated", "truncated" } };
	struct dns_view v = { .from = e, .addresses = digest_hosts(d, evidence_text(e, "dns.addresses")) };
	for (size_t i = 0; e && i < sizeof map / sizeof *map; i++)
		if (evidence_state(e, map[i].probe))
			v.state = map[i].state;
	if (v.state && evidence_state(e, "timeout") && evidence_number(e, "dns.wrong", 0) > 0)
		v.state = "unreadable"; /* answers came, and none of them is one to the question */
	if (v.state && rejects(e))
		v.state = "rejected";
	if (v.state && str_eq(evidence_text(e, "dns.error"), STR("EPERM")))
		v.state = "local-denied"; /* the system itself did not let it go */
	v.empty = !v.addresses.n && evidence_text(e, "dns.addresses").n;
	if (v.state && evidence_state(e, "answered") && !v.addresses.n)
		v.state = evidence_yes(e, "dns.dangling") ? "nxdomain" : "no-a-record";
	if (v.state && evidence_state(e, "answered") && evidence_number(e, "dns.ms", 0) > 2500)
		v.state = "slow";
	return v;
}

/* view_name: what a resolver hears of one name, asking server after server until one knows. */
static struct dns_view view_name(const struct digest *d, struct str servers, struct str name, struct str type)
{
	struct dns_view first = { 0 };
	const struct evidence *quiet = NULL;
	struct str server;
	while (str_word(&servers, &server)) {
		struct dns_view v = view_reply(
			d, digest_look(d, "dns", ARG("server", server), ARG("name", name), ARG("type", type)));
		bool knows = v.state && (dns_rank(v.state) <= NO_A_RECORD || dns_rank(v.state) == NXDOMAIN);
		v.quiet = quiet;
		if (knows)
			return v;
		if (evidence_state(v.from, "timeout"))
			quiet = v.from;
		if (v.state && !first.state)
			first = v;
	}
	return first;
}

/* Where none is configured a resolver asks this machine itself (resolv.conf(5)). */
struct str digest_dns_servers(const struct digest *d)
{
	struct str servers = evidence_text(d->files, "client.dns.servers");
	bool asks = d->files && evidence_yes(d->files, "client.nsswitch.dns");
	return servers.n || !asks ? servers : STR(DNS_OF_THIS_MACHINE);
}

/* serves_nobody: none is configured, and here none runs. */
static bool serves_nobody(const struct digest *d)
{
	const struct evidence *here = digest_look(d, "dns", ARG("server", STR(DNS_OF_THIS_MACHINE)));
	bool configured = evidence_text(d->files, "client.dns.servers").n > 0;
	return !configured && (evidence_state(here, "port-closed") || evidence_state(here, "unreachable"));
}

static struct dns_view view_dns(const struct digest *d, struct str type)
{
	struct dns_view best = { 0 };
	struct str names = evidence_text(d->files, "client.dns.names"), name;
	for (size_t i = 0; i < DNS_NAMES_MAX && str_word(&names, &name); i++) {
		struct dns_view v = view_name(d, digest_dns_servers(d), name, type);
		bool silent = best.state && dns_rank(best.state) >= UNREADABLE && dns_rank(best.state) <= UNREACHABLE;
		if (best.state && (dns_rank(best.state) == ANSWERS || best.empty || (silent && !v.state)))
			break; /* a resolver asks no further, or nobody would answer */
		if (!v.state)
			return v;
		if (!best.state || dns_rank(v.state) < dns_rank(best.state))
			best = v;
	}
	return best;
}

static void put_dns_host(struct digest *d)
{
	struct str server = d->dns_server;
	const struct evidence *arp = digest_look(d, "arp", ARG("address", server));
	const struct evidence *neighbour = digest_look(d, "neighbour", ARG("address", server));
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", server));
	const struct evidence *wins = digest_look(d, "nbns", ARG("server", server));
	const struct evidence *dns = digest_look(d, "dns", ARG("server", server));
	bool spoke = (dns && sent_by_server(dns)) ||
		     (dns && !evidence_state(dns, "timeout") && !evidence_state(dns, "unreachable") && !rejects(dns));
	if (spoke || evidence_state(arp, "answered") || evidence_state(arp, "duplicate") ||
	    evidence_state(ping, "answered") || evidence_state(ping, "loss") ||
	    (wins && !evidence_state(wins, "timeout") && !evidence_state(wins, "unreachable")))
		digest_put(d, "dns.host", "alive", spoke ? dns : arp ? arp : ping ? ping : wins);
	else if (evidence_state(arp, "silent") || (!arp && evidence_state(neighbour, "failed")))
		digest_put(d, "dns.host", "dead", arp ? arp : neighbour);
	else if (str_eq(evidence_text(dns, "dns.icmp"), STR("3/1"))) /* a router looked for it in vain */
		digest_put(d, "dns.host", "dead", dns);
}

/* put_dns_site: a host that is not configured as one answers DNS questions, so the service is elsewhere; or none does
 * and the configured one serves WINS too, so it is a name server. */
static void put_dns_site(struct digest *d)
{
	const struct evidence *asked = NULL;
	bool also_wins = list_has(evidence_text(d->files, "client.wins"), d->dns_server);
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		if (!str_eq(e->probe, STR("dns")) || evidence_state(e, "not-run") ||
		    list_has(digest_dns_servers(d), evidence_arg(e, "server")))
			continue;
		asked = e;
		if (evidence_state(e, "answered") || evidence_state(e, "nodata") || evidence_state(e, "nxdomain")) {
			digest_put(d, "dns.site", "elsewhere", e);
			return;
		}
	}
	if (asked && also_wins)
		digest_put(d, "dns.site", "here", asked);
}

/* known_below: a name server that knows a name of the domain knows the domain, also where the first one denies it. */
static const struct evidence *known_below(const struct digest *d, struct str domain)
{
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		struct str name = evidence_arg(e, "name");
		bool below = name.n > domain.n && name.p[name.n - domain.n - 1] == '.' && str_ends(name, domain);
		if (str_eq(e->probe, STR("dns")) && evidence_state(e, "answered") && below)
			return e;
	}
	return NULL;
}

/* put_domain: a search domain that DNS itself does not know cannot be the right one (RFC 8020: nothing is below it).
 * Without a search domain nothing says whether a bare name lacks one: the fact stays unknown. */
static void put_domain(struct digest *d)
{
	struct str search = list_first(evidence_text(d->files, "client.dns.search"));
	bool full = str_find_char(d->server, '.') != STR_NONE; /* no suffix is needed */
	if (full) {
		digest_put(d, "dns.domain", "known", d->files);
		return;
	}
	const struct evidence *e = search.n ? digest_look(d, "dns", ARG("name", search)) : NULL;
	const struct evidence *below = search.n ? known_below(d, search) : NULL;
	if (below)
		digest_put(d, "dns.domain", "known", below);
	else if (evidence_state(e, "nxdomain"))
		digest_put(d, "dns.domain", "unknown", e);
	else if (evidence_state(e, "nodata") || evidence_state(e, "answered"))
		digest_put(d, "dns.domain", "known", e);
}

static void put_dns_state(struct digest *d, const struct dns_view *v)
{
	const char *state = v->state;
	put_dns_host(d);
	bool silent = str_eq(str_c(state), STR("silent"));
	bool patient = silent && v->from->ms > 4500;
	if (silent && digest_is(d, "dns.host", "dead"))
		state = "unreachable";
	else if (silent && !patient)
		return; /* silent, or only slow: a longer wait tells */
	digest_put(d, "dns.state", state, v->from);
}

/* take_mapped: an IPv4 address that DNS gives in IPv6 notation (::ffff:10.0.0.1) leads where the IPv4 address does. */
static void take_mapped(const struct digest *d, struct dns_view *v4, struct dns_view *v6)
{
	struct str rest = v6->addresses, kept = STR(""), word;
	while (str_word(&rest, &word)) {
		bool mapped = !is_ipv6(word);
		struct str *list = mapped ? &v4->addresses : &kept;
		if (!list_has(*list, word))
			*list = arena_printf(d->a, "%.*s%s%.*s", STR_ARG(*list), list->n ? " " : "", STR_ARG(word));
		if (mapped && v4->state && str_eq(str_c(v4->state), STR("no-a-record"))) {
			v4->state = "answers";
			v4->from = v6->from;
			v4->empty = false;
		}
	}
	v6->addresses = kept;
}

void digest_dns(struct digest *d)
{
	struct name_source *s = digest_add_source(d, "dns", NULL);
	if (!d->files)
		return;
	bool used = evidence_yes(d->files, "client.nsswitch.dns");
	if (!used || serves_nobody(d)) {
		s->told = true;
		digest_put(d, "dns.state", used ? "no-server" : "not-used", d->files);
	}
	if (serves_nobody(d))
		return;
	struct dns_view v = view_dns(d, STR("A")), six = view_dns(d, STR("AAAA"));
	take_mapped(d, &v, &six);
	bool dangles = evidence_yes(v.from, "dns.dangling") && !six.addresses.n;
	if (v.state && dangles && !v.addresses.n && dns_rank(v.state) == NO_A_RECORD)
		v.state = "nxdomain"; /* what the alias stands for has no address of any kind, as one of itself */
	d->v6 = six.addresses;
	d->dns_server = list_first(digest_dns_servers(d));
	if (!v.state)
		return;
	d->dns_server = evidence_arg(v.from, "server");
	d->dns_name = evidence_arg(v.from, "name");
	s->told = true;
	s->from = v.from;
	/* A resolver asks for both types at once, and waits for both answers. */
	const struct evidence *quiet = v.quiet ? v.quiet : six.quiet ? six.quiet : six.from;
	s->waited = v.addresses.n && evidence_state(quiet, "timeout");
	if (!v.addresses.n)
		quiet = v.from;
	s->server = evidence_arg(quiet, "server");
	s->brief = digest_is_brief(quiet);
	size_t rank = dns_rank(v.state);
	bool late = rank >= SLOW && rank <= UNREACHABLE && rank != PORT_CLOSED && rank != REJECTED;
	s->silent = evidence_state(v.from, "timeout") || late;
	s->addresses = rank == SLOW ? STR("") : v.addresses;
	s->empty = v.empty;
	bool several = list_first(v.addresses).n < str_trim(v.addresses).n || list_first(d->v6).n < str_trim(d->v6).n;
	if (v.addresses.n)
		digest_put(d, "dns.records", several ? "several" : "one", v.from);
	digest_put(d, "dns.dangling", dangles ? "yes" : "no", v.from);
	if (used)
		put_dns_state(d, &v);
	put_dns_site(d);
	put_domain(d);
}

const struct evidence *digest_dns_other(const struct digest *d)
{
	struct str servers = digest_dns_servers(d), server;
	while (str_word(&servers, &server)) {
		struct dns_view v = view_reply(d, digest_look(d, "dns", ARG("server", server), ARG("name", d->dns_name),
							      ARG("type", STR("A"))));
		if (v.state && v.addresses.n)
			return v.from;
	}
	return NULL;
}
