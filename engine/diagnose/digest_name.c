/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

#include "probe/address.h"

#include <assert.h>

static struct name_source *add_source(struct digest *d, const char *name, const struct evidence *from)
{
	assert(d->source_count < NAME_SOURCES_MAX);
	struct name_source *s = &d->sources[d->source_count++];
	*s = (struct name_source){ .name = str_c(name), .from = from };
	return s;
}

static const struct name_source *source(const struct digest *d, const char *name)
{
	for (size_t i = 0; i < d->source_count; i++)
		if (str_eq(d->sources[i].name, str_c(name)))
			return &d->sources[i];
	return NULL;
}

/* ---- DNS ---- */

#define DNS_OF_THIS_MACHINE "127.0.0.1"

struct dns_view {
	const char *state; /* a value of dns.state, or NULL: not asked yet */
	struct str addresses;
	bool empty; /* it gives addresses, and none that a host can have */
	const struct evidence *from;
	const struct evidence *quiet; /* a server that a resolver waits for in vain before, or NULL */
};

/* The order of DNS states by what a resolver makes of them over several names: an answer counts before all, an error
 * before "there is no such name". */
enum {
	ANSWERS, NO_A_RECORD, SERVFAIL, REFUSED, TRUNCATED, UNREADABLE, SLOW, SILENT, REJECTED, PORT_CLOSED, UNREACHABLE,
	NXDOMAIN
};
static const char *const dns_order[] = {
	[ANSWERS] = "answers",	       [NO_A_RECORD] = "no-a-record", [SERVFAIL] = "servfail",
	[REFUSED] = "refused",	       [TRUNCATED] = "truncated",     [UNREADABLE] = "unreadable",
	[SLOW] = "slow",	       [SILENT] = "silent",	      [REJECTED] = "rejected",
	[PORT_CLOSED] = "port-closed", [UNREACHABLE] = "unreachable", [NXDOMAIN] = "nxdomain"
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
		if (v.state && (!best.state || dns_rank(v.state) < dns_rank(best.state)))
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
		struct address a;
		bool mapped = address_parse(word, &a) && a.family == 4;
		struct str *list = mapped ? &v4->addresses : &kept;
		if (mapped)
			word = address_print(a, d->a);
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

static void read_dns(struct digest *d)
{
	struct name_source *s = add_source(d, "dns", NULL);
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
	bool several = list_first(v.addresses).n < str_trim(v.addresses).n;
	if (v.addresses.n)
		digest_put(d, "dns.records", several ? "several" : "one", v.from);
	digest_put(d, "dns.dangling", dangles ? "yes" : "no", v.from);
	if (used)
		put_dns_state(d, &v);
	put_dns_site(d);
	put_domain(d);
}

/* ---- NetBIOS ---- */

static const char *wins_state(const struct evidence *e)
{
	return evidence_state(e, "answered") || evidence_state(e, "conflict")	 ? "answers"
	       : evidence_state(e, "negative") || evidence_state(e, "malformed") ? "negative"
	       : evidence_state(e, "timeout")					 ? "silent"
	       : evidence_state(e, "port-closed")				 ? "port-closed"
										 : "unreachable";
}

static void read_wins(struct digest *d)
{
	struct name_source *s = add_source(d, "wins", NULL);
	d->wins_server = list_first(evidence_text(d->files, "client.wins"));
	if (!d->files)
		return;
	bool netbios = evidence_yes(d->files, "name.netbios");
	digest_put(d, "wins.configured", d->wins_server.n ? "yes" : "no", d->files);
	if (!d->wins_server.n || !netbios) {
		/* Without WINS a broadcast finds what is on this LAN; whether the server is, only its address tells. */
		const struct evidence *route = d->known.n ? digest_look(d, "route", ARG("address", d->known)) : NULL;
		bool far = evidence_state(route, "gateway");
		s->told = true;
		if (!netbios || route)
			digest_put(d, "wins.state", netbios && far ? "not-configured" : "not-needed", d->files);
		return;
	}
	const struct evidence *e = d->wins_server.n ? digest_look(d, "nbns", ARG("server", d->wins_server)) : NULL;
	if (!e)
		return;
	s->from = e;
	s->told = true;
	s->silent = evidence_state(e, "timeout");
	s->brief = digest_is_brief(e);
	s->server = d->wins_server;
	s->addresses = digest_hosts(d, evidence_text(e, "nbns.answer"));
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", d->wins_server));
	const struct evidence *dns = digest_look(d, "dns", ARG("server", d->wins_server));
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->wins_server));
	bool spoke = !evidence_state(e, "timeout") && !evidence_state(e, "unreachable");
	bool dns_spoke = dns && !evidence_state(dns, "timeout") && !evidence_state(dns, "unreachable");
	if (spoke || dns_spoke || evidence_state(ping, "answered") || evidence_state(arp, "answered"))
		digest_put(d, "wins.host", "alive", dns_spoke ? dns : spoke ? e : ping ? ping : arp);
	else if (evidence_state(arp, "silent"))
		digest_put(d, "wins.host", "dead", arp);
	if (digest_is(d, "wins.host", "dead"))
		digest_put(d, "wins.state", "unreachable", e);
	else if (!s->brief)
		digest_put(d, "wins.state", wins_state(e), e);
}

static void read_broadcast(struct digest *d)
{
	struct name_source *s = add_source(d, "broadcast", NULL);
	if (d->files && !evidence_yes(d->files, "name.netbios")) {
		s->told = true;
		digest_put(d, "broadcast.state", "not-asked", d->files);
		digest_put(d, "name.conflict", "no", d->files);
		return;
	}
	const struct evidence *e = digest_look(d, "nbns", ARG("server", STR("")));
	if (!e)
		return;
	s->from = e;
	s->told = true;
	s->addresses = digest_hosts(d, evidence_text(e, "nbns.answer"));
	s->conflict = evidence_state(e, "conflict") || evidence_yes(e, "nbns.conflict");
	digest_put(d, "broadcast.state", s->conflict ? "conflict" : s->addresses.n ? "answers" : "silent", e);
	digest_put(d, "name.conflict", s->conflict ? "yes" : "no", e);
}

static void read_file_source(struct digest *d, const char *name, const char *fact)
{
	struct name_source *s = add_source(d, name, d->files);
	s->told = d->files != NULL;
	s->addresses = digest_hosts(d, evidence_text(d->files, fact));
	s->empty = !s->addresses.n && evidence_text(d->files, fact).n;
}

/* ---- the client's own order ---- */

enum walk { WALK_GO, WALK_FOUND, WALK_UNKNOWN };

static enum walk try_source(struct digest *d, const char *name, bool *waited)
{
	const struct name_source *s = source(d, name);
	if (!s || !s->told)
		return WALK_UNKNOWN;
	if (s->waited || (s->silent && !s->addresses.n)) {
		*waited = true;
		d->silent_server = d->silent_server.n ? d->silent_server : s->server;
		d->name_brief |= s->brief;
	}
	if (!s->addresses.n)
		return WALK_GO;
	d->used = list_first(s->addresses);
	d->used_all = s->addresses;
	digest_put_str(d, "name.source", s->name, s->from);
	return WALK_FOUND;
}

static enum walk try_host(struct digest *d, bool *waited)
{
	struct str services = evidence_text(d->files, "client.nsswitch.hosts"), service;
	const char *name = NULL;
	if (!services.n)
		services = STR("files dns");
	while (str_word(&services, &service)) {
		if (service.p[0] == '[') { /* the source before it does not know the name: it has the last word */
			bool denies =
				name && (str_eq(str_c(name), STR("hosts")) || digest_is(d, "dns.state", "nxdomain"));
			if (denies)
				break;
			continue;
		}
		name = str_eq(service, STR("files"))					? "hosts"
		       : str_eq(service, STR("dns")) || str_eq(service, STR("resolve")) ? "dns"
											: NULL;
		enum walk w = name ? try_source(d, name, waited) : WALK_GO;
		if (w != WALK_GO)
			return w;
		if (name && source(d, name)->empty) /* found, says the resolver */
			break;
	}
	return WALK_GO;
}

static void resolve(struct digest *d)
{
	struct str order = evidence_text(d->files, "client.name_resolve_order"), step;
	bool waited = false;
	enum walk w = d->files ? WALK_GO : WALK_UNKNOWN;
	if (!order.n)
		order = STR("lmhosts wins host bcast");
	if (!d->smb) /* other programs know the system's order only */
		order = STR("host");
	while (w == WALK_GO && str_word(&order, &step)) {
		struct str fact = arena_printf(d->a, "client.resolves.%.*s", STR_ARG(step));
		if (d->smb && d->files && evidence_fact(d->files, fact.p) && !evidence_yes(d->files, fact.p))
			continue;
		w = str_eq(step, STR("host"))	   ? try_host(d, &waited)
		    : str_eq(step, STR("wins"))	   ? try_source(d, "wins", &waited)
		    : str_eq(step, STR("bcast"))   ? try_source(d, "broadcast", &waited)
		    : str_eq(step, STR("lmhosts")) ? try_source(d, "lmhosts", &waited)
						   : WALK_GO;
	}
	if (w == WALK_UNKNOWN)
		return;
	digest_put(d, "name.resolution", w == WALK_FOUND ? "ok" : "failed", NULL);
	if (!waited || !d->name_brief)
		digest_put(d, "name.delay", waited ? "seconds" : "none", NULL);
}

/* ---- which source is wrong ---- */

/* shouted_alone: who answers the broadcast is used, and it is another one than the operator knows of, and than every
 * stored record that there is. */
static bool shouted_alone(const struct digest *d, const struct name_source *broadcast)
{
	if (!d->known.n || !digest_is(d, "name.source", "broadcast") || list_has(broadcast->addresses, d->known))
		return false;
	for (size_t i = 0; i < d->source_count; i++)
		if (&d->sources[i] != broadcast && list_has(d->sources[i].addresses, list_first(broadcast->addresses)))
			return false;
	return true;
}

/* judge finds the address that the name should have. A broadcast is answered by the host itself, so it counts most;
 * then what an operator knows; then two sources that agree. */
static void judge_truth(struct digest *d)
{
	const struct name_source *broadcast = source(d, "broadcast");
	if (shouted_alone(d, broadcast)) {
		d->other = d->known;
		return;
	}
	if (broadcast->addresses.n && !broadcast->conflict)
		d->truth = list_first(broadcast->addresses);
	else if (d->known.n)
		d->truth = d->known;
	for (size_t i = 0; !d->truth.n && i < d->source_count; i++)
		for (size_t k = 0; !d->truth.n && k < i; k++)
			if (list_has(d->sources[k].addresses, list_first(d->sources[i].addresses)))
				d->truth = list_first(d->sources[i].addresses);
	for (size_t i = 0; !d->truth.n && d->used.n && !d->other.n && i < d->source_count; i++)
		if (!list_has(d->used_all, list_first(d->sources[i].addresses)))
			d->other = list_first(d->sources[i].addresses);
}

/* stored_wrong: every stored record, and there are two at least, has the address that is no longer right. */
static bool stored_wrong(const struct digest *d)
{
	size_t wrong = d->known.n && !str_eq(d->known, d->truth), right = str_eq(d->known, d->truth);
	for (size_t i = 0; i < d->source_count; i++) {
		const struct name_source *s = &d->sources[i];
		if (!s->addresses.n || str_eq(s->name, STR("broadcast")))
			continue;
		wrong += !list_has(s->addresses, d->truth);
		right += list_has(s->addresses, d->truth);
	}
	return wrong >= 2 && !right;
}

static bool opens(const struct digest *d, struct str address, struct str port)
{
	return evidence_state(digest_look(d, "tcp", ARG("address", address), ARG("port", port)), "open");
}

/* is_this_machine: the name is nobody else's (RFC 6761 section 6.3), and its address is right. */
static bool is_this_machine(const struct digest *d)
{
	struct address a;
	struct str tail = STR(".localhost"), name = d->server;
	if (name.n > tail.n && name.p[name.n - tail.n] == '.')
		name = str_from(name, name.n - tail.n + 1);
	return str_eq_nocase(name, STR("localhost")) && address_parse(d->used, &a) && address_is_loopback(a);
}

static void put_wrong(struct digest *d)
{
	size_t told = 0, have = d->known.n > 0;
	bool named = evidence_yes(digest_look(d, "nbstat", ARG("address", d->used)), "nbstat.has_name");
	bool open = opens(d, d->used, d->port) || opens(d, d->used, STR("139"));
	bool alone = shouted_alone(d, source(d, "broadcast"));
	for (size_t i = 0; i < d->source_count; i++) {
		told += d->sources[i].told;
		have += d->sources[i].addresses.n > 0;
	}
	if (told < d->source_count || !d->used.n || digest_fact(d, "name.wrong").n)
		return;
	/* Programs begin with the first address of a file, and DNS gives a list in any order. */
	bool filed = digest_is(d, "name.source", "hosts") || digest_is(d, "name.source", "lmhosts");
	if (d->truth.n && !(filed ? str_eq(d->used, d->truth) : list_has(d->used_all, d->truth))) {
		const char *wrong = digest_fact(d, "name.source").p;
		bool broadcast = digest_is(d, "broadcast.state", "answers");
		bool other_record = have > 2 || (d->known.n && !broadcast);
		digest_put(d, "name.wrong", stored_wrong(d) ? "all-stored" : other_record ? wrong : "unclear", NULL);
	} else if ((named && !alone) || open || is_this_machine(d) || (have > 1 && !d->other.n)) {
		digest_put(d, "name.wrong", "none", NULL);
	} else if (d->other.n && opens(d, d->other, d->port)) { /* two that disagree: the service is at the other's */
		d->truth = d->other;
		digest_put_str(d, "name.wrong", digest_fact(d, "name.source"),
			       digest_look(d, "tcp", ARG("address", d->other), ARG("port", d->port)));
	}
}

/* put_empty: a source that has the name with an address that is no host's; programs pass it over, or talk to
 * themselves. */
static void put_empty(struct digest *d)
{
	for (size_t i = 0; i < d->source_count; i++)
		if (d->sources[i].empty) {
			digest_put_str(d, "name.empty", d->sources[i].name, d->sources[i].from);
			return;
		}
}

/* other_server_knows: one that a resolver does not ask any more, for the first has said that there is no such name. */
static const struct evidence *other_server_knows(const struct digest *d)
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

static void put_elsewhere(struct digest *d)
{
	const struct evidence *status = d->known.n ? digest_look(d, "nbstat", ARG("address", d->known)) : NULL;
	bool elsewhere = false, all = true;
	for (size_t i = 0; i < d->source_count; i++) {
		elsewhere |= d->sources[i].addresses.n > 0;
		all &= d->sources[i].told;
	}
	const struct evidence *other = digest_is(d, "dns.state", "nxdomain") ? other_server_knows(d) : NULL;
	if (all)
		digest_put(d, "name.elsewhere", elsewhere || other ? "yes" : "no", other);
	if (status)
		digest_put(d, "known.named",
			   evidence_state(status, "port-closed")     ? "port-closed"
			   : !evidence_state(status, "answered")     ? "silent"
			   : evidence_yes(status, "nbstat.has_name") ? "yes"
								     : "no",
			   status);
	const struct evidence *route = d->known.n ? digest_look(d, "route", ARG("address", d->known)) : NULL;
	if (route)
		digest_put(d, "known.path", evidence_state(route, "on-link") ? "on-link" : "routed", route);
}

static void given(struct digest *d)
{
	d->used = d->used_all = d->target = d->truth = d->given;
	digest_put(d, "name.resolution", "ok", NULL);
	digest_put(d, "name.source", "given", NULL);
	digest_put(d, "name.delay", "none", NULL);
	digest_put(d, "name.wrong", "none", NULL);
	digest_put(d, "name.conflict", "no", NULL);
}

/* use_ipv6: DNS has no IPv4 address of the name and an IPv6 one. Programs of today go there; so does SMB, where
 * somebody answers at it. */
static void use_ipv6(struct digest *d)
{
	struct str address = list_first(d->v6);
	const struct evidence *tcp = digest_look(d, "tcp", ARG("address", address), ARG("port", d->port));
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", address));
	bool alive = evidence_state(tcp, "open") || evidence_state(tcp, "refused") ||
		     evidence_state(ping, "answered") || evidence_state(ping, "loss");
	bool only = !d->used.n && address.n && digest_is(d, "dns.state", "no-a-record") &&
		    digest_is(d, "name.resolution", "failed");
	if (!only || (d->smb && !alive))
		return;
	d->used = d->used_all = address;
	d->v6 = STR("");
	digest_change(d, "name.resolution", "ok", tcp);
	digest_put(d, "name.source", "dns", tcp);
	digest_put(d, "name.wrong", "none", tcp);
}

/* put_asked: a look-up that ends with this machine's own files fails before a packet is sent; no address, mask or cable
 * is to blame for that. */
static void put_asked(struct digest *d)
{
	if (!digest_is(d, "name.resolution", "failed"))
		return;
	bool netbios = d->smb && evidence_yes(d->files, "name.netbios");
	bool dns = !digest_is(d, "dns.state", "not-used") && !digest_is(d, "dns.state", "no-server");
	digest_put(d, "name.asked", netbios || dns ? "yes" : "no", d->files);
}

/* put_not_asked: the name stands in a file that nobody looks into; or it is one of those that are asked for by
 * multicast first, and where the daemon for that runs and knows none, DNS is not asked. */
static void put_not_asked(struct digest *d)
{
	if (evidence_text(d->files, "client.hosts.address").n && evidence_fact(d->files, "client.nsswitch.files"))
		digest_put(d, "hosts.asked", evidence_yes(d->files, "client.nsswitch.files") ? "yes" : "no", d->files);
	struct str services = evidence_text(d->files, "client.nsswitch.hosts"), service, before = STR("");
	bool local = str_ends_nocase(d->server, STR(".local")), first = false;
	while (local && str_word(&services, &service) && !str_eq(service, STR("dns"))) {
		first |= service.p[0] == '[' && str_starts_nocase(before, STR("mdns"));
		before = service;
	}
	if (d->files)
		digest_put(d, "multicast.first", first ? "yes" : "no", d->files);
}

void digest_name(struct digest *d)
{
	if (!d->server.n || d->no_host.n)
		return;
	if (d->given.n) {
		given(d);
		return;
	}
	struct str scope = evidence_text(d->files, "client.scope");
	if (scope.n)
		digest_put_str(d, "client.scope", scope, d->files);
	read_file_source(d, "hosts", "client.hosts.address");
	read_file_source(d, "lmhosts", "client.lmhosts.address");
	read_dns(d);
	read_wins(d);
	read_broadcast(d);
	resolve(d);
	judge_truth(d);
	use_ipv6(d);
	put_wrong(d);
	put_elsewhere(d);
	put_empty(d);
	put_asked(d);
	put_not_asked(d);
	d->target = d->used.n ? d->used : d->truth;
}
