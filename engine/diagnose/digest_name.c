/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

#include "probe/address.h"

#include <assert.h>

struct name_source *digest_add_source(struct digest *d, const char *name, const struct evidence *from)
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

/* ---- NetBIOS ---- */

static const char *wins_state(const struct evidence *e)
{
	return evidence_state(e, "answered") || evidence_state(e, "conflict")	 ? "answers"
	       : evidence_state(e, "negative") || evidence_state(e, "malformed") ? "negative"
	       : evidence_state(e, "timeout")					 ? "silent"
	       : evidence_state(e, "port-closed")				 ? "port-closed"
										 : "unreachable";
}

/* wins_that_counts: a client asks the next server where one is silent, or not there; the first where all are.
 * *ret_quiet: what was asked in vain before it, or NULL. */
static struct str wins_that_counts(const struct digest *d, const struct evidence **ret_quiet)
{
	struct str servers = evidence_text(d->files, "client.wins"), server;
	*ret_quiet = NULL;
	while (str_word(&servers, &server)) {
		const struct evidence *e = digest_look(d, "nbns", ARG("server", server));
		struct str state = str_c(e ? wins_state(e) : "silent");
		if (str_eq(state, STR("answers")) || str_eq(state, STR("negative")))
			return server;
		if (e && !*ret_quiet && evidence_state(e, "timeout"))
			*ret_quiet = e;
	}
	*ret_quiet = NULL;
	return list_first(evidence_text(d->files, "client.wins"));
}

static void read_wins(struct digest *d)
{
	struct name_source *s = digest_add_source(d, "wins", NULL);
	const struct evidence *quiet;
	d->wins_server = wins_that_counts(d, &quiet);
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
	const struct evidence *e = digest_look(d, "nbns", ARG("server", d->wins_server));
	if (!e)
		return;
	s->from = e;
	s->told = true;
	s->silent = evidence_state(e, "timeout");
	s->brief = digest_is_brief(quiet ? quiet : e);
	s->server = quiet ? evidence_arg(quiet, "server") : d->wins_server;
	s->addresses = digest_hosts(d, evidence_text(e, "nbns.answer"));
	s->waited = quiet && s->addresses.n;
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
	else if (!digest_is_brief(e))
		digest_put(d, "wins.state", wins_state(e), e);
}

static void read_broadcast(struct digest *d)
{
	struct name_source *s = digest_add_source(d, "broadcast", NULL);
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
	struct name_source *s = digest_add_source(d, name, d->files);
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

/* other_kind: what is used and what is right are of two families: they may be one host's, and only whether it serves
 * tells. */
static bool other_kind(const struct digest *d)
{
	struct address used, truth;
	return address_parse(d->used, &used) && address_parse(d->truth, &truth) && used.family != truth.family;
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
	if (other_kind(d) && !digest_look(d, "tcp", ARG("address", d->used), ARG("port", d->port)))
		return;
	/* Programs begin with the first address of a file, and DNS gives a list in any order. */
	bool filed = digest_is(d, "name.source", "hosts") || digest_is(d, "name.source", "lmhosts");
	bool right = (filed ? str_eq(d->used, d->truth) : list_has(d->used_all, d->truth)) || (other_kind(d) && open);
	if (d->truth.n && !right) {
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

static void put_elsewhere(struct digest *d)
{
	const struct evidence *status = d->known.n ? digest_look(d, "nbstat", ARG("address", d->known)) : NULL;
	bool elsewhere = false, all = true;
	for (size_t i = 0; i < d->source_count; i++) {
		elsewhere |= d->sources[i].addresses.n > 0;
		all &= d->sources[i].told;
	}
	const struct evidence *other = digest_is(d, "dns.state", "nxdomain") ? digest_dns_other(d) : NULL;
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

/* dns_before_files: else a name of the hosts file has its answer, and DNS is asked for no address of either kind. */
static bool dns_before_files(const struct digest *d)
{
	struct str services = evidence_text(d->files, "client.nsswitch.hosts"), service;
	while (str_word(&services, &service) && !str_eq(service, STR("files")))
		if (str_eq(service, STR("dns")) || str_eq(service, STR("resolve")))
			return true;
	return false;
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
	digest_dns(d);
	read_wins(d);
	read_broadcast(d);
	resolve(d);
	if (digest_is(d, "name.source", "hosts") && !dns_before_files(d))
		d->v6 = STR("");
	judge_truth(d);
	use_ipv6(d);
	put_wrong(d);
	put_elsewhere(d);
	put_empty(d);
	put_asked(d);
	put_not_asked(d);
	d->target = d->used.n ? d->used : d->truth;
}
