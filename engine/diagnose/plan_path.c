/* SPDX-License-Identifier: MIT
 *
 * What to ask of this machine, the way and the ports: links, routes, neighbours, connections, routers.
 */
#include "diagnose/plan_inside.h"

#include "probe/address.h"

bool plan_on_lan(const struct digest *d)
{
	return digest_is(d, "path.kind", "on-link");
}

bool plan_told(const struct digest *d)
{
	return digest_fact(d, "tcp.445").n && digest_fact(d, "tcp.139").n;
}

bool plan_open(const struct digest *d)
{
	return digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
}

/* The host itself has answered, so that it need not be waited for long. */
static bool spoke(const struct digest *d)
{
	return plan_open(d) || digest_is(d, "tcp.445", "refused") || digest_is(d, "tcp.445", "port-unreachable");
}

bool plan_link_usable(const struct digest *d)
{
	return digest_is(d, "link.state", "ok") && digest_is(d, "address.state", "ok");
}

bool plan_slow_way(const struct digest *d)
{
	return digest_seems_slow(d) || digest_is(d, "latency.state", "slow") || digest_is(d, "latency.state", "late");
}

void step_local(struct wave *w)
{
	ask(w, "files", ARG("name", w->d->server));
	ask(w, "link", ARG("link", w->d->asks_ras ? S("") : w->d->link));
	if (w->d->link.n)
		ask(w, "link", ARG("link", w->d->link));
}

/* step_way: by which link the target is reached, and what that link is like. Sends nothing. */
void step_way(struct wave *w)
{
	if (w->d->way.n)
		ask(w, "route", ARG("address", w->d->way));
	else if (w->d->own_name.n)
		ask(w, "link", ARG("link", w->d->own_name));
}

void step_connect(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->target.n && digest_is(d, "dns.state", "no-a-record") && d->v6.n && !d->asks_port && !d->udp) {
		ask(w, "tcp", ARG("address", list_first(d->v6)), ARG("port", d->port), ARG("watch", digest_watch(d)),
		    ARG("stay", digest_stay(d)));
		ask(w, "icmp", ARG("address", list_first(d->v6)), ARG("count", S("2")), ARG("interval", S("100")),
		    ARG("wait", S("900")));
	}
	if (!d->target.n)
		return;
	ask(w, "route", ARG("address", d->target));
	if (d->asks_port)
		return;
	if (d->udp) {
		ask(w, "udp", ARG("address", d->target), ARG("port", d->port));
		return;
	}
	struct str watch = digest_watch(d), stay = digest_stay(d);
	ask(w, "tcp", ARG("address", d->target), ARG("port", d->port), ARG("watch", watch), ARG("stay", stay));
	if (d->smb)
		ask(w, "tcp", ARG("address", d->target), ARG("port", S("139")));
	/* A client needs but one of the two. On a slow line the other may stand in a queue: there it is waited for. */
	wave_race(w, "tcp", RACE_PORTS, RACE_PORTS_MS, NEAR_MS);
	struct str rest = d->used_all, address;
	for (size_t i = 0; i < DIGEST_ADDRESSES_MAX && str_word(&rest, &address); i++)
		ask(w, "tcp", ARG("address", address), ARG("port", d->port), ARG("watch", watch), ARG("stay", stay));
	rest = d->v6;
	for (size_t i = 0; i < DIGEST_ADDRESSES_MAX && str_word(&rest, &address); i++)
		ask(w, "tcp", ARG("address", address), ARG("port", d->port), ARG("watch", watch), ARG("stay", stay));
}

/* step_port_again: a port that was waited for only briefly, since the other one had answered: silent, or did a request
 * get lost? */
void step_port_again(struct wave *w)
{
	const struct evidence *ports[] = { w->d->tcp445, w->d->tcp139 };
	for (size_t i = 0; i < 2; i++) {
		double trip_ms = evidence_number(ports[!i], "tcp.ms", 0);
		if (evidence_yes(ports[i], "tcp.brief"))
			ask(w, "tcp", ARG("address", w->d->target), ARG("port", evidence_arg(ports[i], "port")),
			    ARG("wait", trip_ms < NEAR_MS ? S(DIGEST_PORT_AGAIN_MS) : S("2200")));
	}
}

/* step_other_source: two sources give two addresses, and that which the client takes does not serve: does the other? */
void step_other_source(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->other.n && plan_told(d) && !plan_open(d) && !d->udp)
		ask(w, "tcp", ARG("address", d->other), ARG("port", d->port), ARG("watch", digest_watch(d)),
		    ARG("stay", digest_stay(d)));
}

void step_status(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->target.n && plan_told(d) && !plan_open(d))
		ask(w, "nbstat", ARG("address", d->target), ARG("name", d->server_is_address ? S("") : d->server));
}

bool plan_seems_gone(const struct digest *d)
{
	return plan_on_lan(d) && digest_is(d, "tcp.445", "silent") && digest_is(d, "icmp.state", "silent") &&
	       evidence_state(digest_look(d, "arp", ARG("address", d->target)), "silent") &&
	       !digest_is(d, "arp.state", "silent");
}

/* ask_many_arps: so many that only nobody leaves all of them without an answer. */
static void ask_many_arps(struct wave *w)
{
	ask(w, "arp", ARG("address", w->d->target), ARG("count", S("20")), ARG("wait", S("900")));
	ask(w, "arp", ARG("address", w->d->target), ARG("count", S("20")), ARG("wait", S("950")));
}

/* step_gone comes before any patience, which is for who is slow. */
void step_gone(struct wave *w)
{
	if (plan_seems_gone(w->d))
		ask_many_arps(w);
}

/* arp_missed: it did not answer ARP, and it is there: on a lossy line a burst tells more. */
static bool arp_missed(const struct digest *d)
{
	const struct evidence *e = digest_look(d, "arp", ARG("address", d->target));
	return evidence_state(e, "silent") && !plan_slow_way(d) &&
	       (plan_open(d) || digest_is(d, "icmp.state", "answers"));
}

void step_arp(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->target.n || !plan_told(d) || !plan_on_lan(d))
		return;
	ask(w, "neighbour", ARG("address", d->target));
	if (is_ipv6(d->target))
		return;
	if (digest_is(d, "tcp.445", "no-neighbour")) {
		ask_many_arps(w);
	} else {
		ask(w, "arp", ARG("address", d->target),
		    ARG("wait", spoke(d) && !plan_slow_way(d) ? S("450") : S("")));
		if (arp_missed(d))
			ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("900")));
	}
}

/* step_twins: two hardware addresses answer for the next hop. */
void step_twins(struct wave *w)
{
	const struct digest *d = w->d;
	struct str hop = plan_on_lan(d) ? d->target : d->gateway, one, other;
	const struct evidence *arp = hop.n ? digest_look(d, "arp", ARG("address", hop)) : NULL;
	struct str macs = evidence_text(arp, "arp.macs");
	if (evidence_state(arp, "duplicate") && str_word(&macs, &one) && str_word(&macs, &other))
		ask(w, "twins", ARG("address", hop), ARG("mac", one), ARG("other", other));
}

void step_own_filter(struct wave *w)
{
	const struct digest *d = w->d;
	bool told = digest_is(d, "own.filter", "drops");
	struct str own = digest_loopback(d);
	if ((digest_is(d, "tcp.445", "silent") && !told) || digest_is(d, "tcp.445", "local-denied"))
		ask(w, "tcp", ARG("address", own), ARG("port", d->port), ARG("wait", S("1000")));
	/* Silent: on each port, or on that one alone? */
	if (!told && evidence_state(digest_look(d, "tcp", ARG("address", own), ARG("port", d->port)), "timeout"))
		ask(w, "tcp", ARG("address", own), ARG("port", S(DIGEST_NOBODYS_PORT)), ARG("wait", S("500")));
}

/* step_inside: it is refused, by the server or by this machine in its place? Sends nothing to anybody. */
void step_inside(struct wave *w)
{
	const struct digest *d = w->d;
	bool elsewhere = !digest_is(d, "path.kind", "local") && !is_ipv6(d->target);
	if (digest_is(d, "tcp.445", "refused") && !d->udp && elsewhere)
		ask(w, "inside", ARG("address", d->target), ARG("port", d->port));
}

void step_gateway(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->gateway.n && !digest_is(d, "path.kind", "ras") && plan_link_usable(d)) {
		ask(w, "arp", ARG("address", d->gateway));
		ask(w, "neighbour", ARG("address", d->gateway));
	}
}

/* since_ms: from one piece of evidence to the end of the newest; time that has surely passed. */
static double since_ms(const struct digest *d, const struct evidence *from)
{
	double newest = 0;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		double end = (double)(e->at_ms - from->at_ms) + e->ms;
		newest = end > newest ? end : newest;
	}
	return newest;
}

/* step_rule: the kernel sent nothing, or in vain: rules may send this port another way, or forbid it. Sends nothing. */
void step_rule(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->target.n && !d->udp && plan_told(d) && !plan_open(d) && !digest_is(d, "tcp.445", "refused"))
		ask(w, "route", ARG("address", d->target), ARG("port", d->port));
}

/* step_denied: a router says that there is no way to the host, or that it is not there. That holds for the host only
 * where its pings do not get there either. */
void step_denied(struct wave *w)
{
	const struct digest *d = w->d;
	if (digest_is(d, "tcp.445", "net-unreachable") || digest_is(d, "tcp.445", "host-unreachable"))
		ask(w, "icmp", ARG("address", d->target), ARG("count", S("2")), ARG("interval", S("200")),
		    ARG("wait", S("600")));
}

/* goes_out: a name or a port was asked for. For a target that may not be probed nothing is sent, to nobody. */
static bool goes_out(const struct digest *d)
{
	const struct str out[] = { S("tcp"), S("udp"), S("dns"), S("nbns") };
	for (size_t i = 0; i < d->c->evidence_count; i++)
		for (size_t k = 0; k < sizeof out / sizeof *out; k++)
			if (str_eq(d->c->evidence[i]->probe, out[k]) && !evidence_state(d->c->evidence[i], "not-run"))
				return true;
	return false;
}

/* ask_own_address: nobody else may answer for this machine's own address (RFC 5227). */
static void ask_own_address(struct wave *w)
{
	const struct digest *d = w->d;
	const struct evidence *e = digest_addressed(d);
	struct str own = evidence_text(e, "link.address"), link = evidence_text(e, "link.dev");
	/* What this machine is asked about may have its address: another one's name that leads here. */
	bool elsewhere = !digest_is(d, "path.kind", "local") || str_eq(own, d->target);
	struct address address;
	bool shared = address_parse(own, &address) && !address_is_loopback(address); /* everybody has 127.0.0.1 */
	if (shared && link.n && plan_link_usable(d) && !d->asks_ras && elsewhere && goes_out(d))
		ask(w, "arp", ARG("address", own), ARG("link", link), ARG("count", S("1")), ARG("wait", S("300")));
}

/* step_watch looks at the link again, and waits only for what is missing of the time that tells. */
void step_watch(struct wave *w)
{
	enum { SPARE_MS = 20 };
	const struct digest *d = w->d;
	if (digest_fact(d, "link.flapping").n || !d->own_link)
		return;
	/* Before the one address that is left has been tried nothing could be asked beside it. */
	if (!w->last && !d->used.n && d->v6.n && !digest_look(d, "tcp", ARG("address", list_first(d->v6))))
		return;
	double want = digest_is(d, "link.state", "no-carrier") ? LINK_WATCH_DOWN_MS : LINK_WATCH_MS;
	double left = want - since_ms(d, d->own_link);
	ask_own_address(w);
	ask(w, "link", ARG("link", d->own_name),
	    ARG("watch", arena_printf(w->a, "%.0f", left > 0 ? left + SPARE_MS : SPARE_MS)));
}

/* step_subnet asks on the wire for addresses that the routing table says are elsewhere. */
void step_subnet(struct wave *w)
{
	const struct digest *d = w->d;
	struct str link = evidence_text(d->own_link, "link.dev");
	if (!link.n || !plan_link_usable(d))
		return;
	/* Many systems answer ARP for what they have on another network: the server may be one, and reached there. */
	bool elsewhere = digest_is(d, "path.kind", "ras") || digest_is(d, "path.link", "other");
	struct str asked[] = { elsewhere ? S("") : d->target, elsewhere ? S("") : d->known, d->dns_server };
	double prefix = evidence_number(d->own_link, "link.prefix", 24);
	struct address own, other;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (address_parse(asked[i], &other) &&
		    address_parse(evidence_text(d->own_link, "link.address"), &own) && other.family == 4 &&
		    !address_in(other, own, (unsigned)prefix))
			ask(w, "arp", ARG("address", asked[i]), ARG("link", link));
}

/* step_detour: an address that the own mask takes for a neighbour may be behind the gateway. */
void step_detour(struct wave *w)
{
	const struct digest *d = w->d;
	struct str gateway = evidence_text(d->own_link, "link.gateway");
	const struct evidence *arp = gateway.n ? digest_look(d, "arp", ARG("address", gateway)) : NULL;
	if (digest_is(d, "subnet.state", "maybe-too-wide") && evidence_state(arp, "answered"))
		ask(w, "detour", ARG("address", d->target), ARG("mac", list_first(evidence_text(arp, "arp.macs"))));
	else if (digest_is(d, "subnet.state", "maybe-too-wide") && gateway.n)
		ask(w, "arp", ARG("address", gateway));
}

void step_other_gateway(struct wave *w)
{
	struct str usual[2];
	size_t count = digest_usual_gateways(w->d, usual);
	for (size_t i = 0; digest_is(w->d, "gateway.state", "silent") && i < count; i++)
		ask(w, "arp", ARG("address", usual[i]));
}

void step_trace(struct wave *w)
{
	if (w->d->target.n && plan_told(w->d) && !plan_on_lan(w->d))
		ask(w, "trace", ARG("address", w->d->target),
		    ARG("hops", digest_is(w->d, "tcp.445", "loop") ? S("8") : S("")));
}

void step_ras_server(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->ras_server.n && !str_eq(d->ras_server, d->target) && plan_told(d))
		ask(w, "icmp", ARG("address", d->ras_server), ARG("count", S("2")), ARG("interval", S("200")),
		    ARG("wait", S("900")));
}
