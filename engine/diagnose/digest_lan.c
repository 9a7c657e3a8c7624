/* SPDX-License-Identifier: MIT
 *
 * Neighbours: who answers ARP, the gateway, and what the wire says of the subnet.
 */
#include "diagnose/digest.h"

#include "probe/address.h"

enum { ARP_SLOW_MS = 80 };
enum { ARP_SURE = 40 }; /* so many requests in a row tell that nobody is there */

/* arp_says: 1 the address answers, 0 it does not, -1 unknown. */
static int arp_says(const struct digest *d, struct str address, const struct evidence **ret_from)
{
	const struct evidence *arp = digest_look(d, "arp", ARG("address", address));
	const struct evidence *neighbour = digest_look(d, "neighbour", ARG("address", address));
	*ret_from = arp && !evidence_state(arp, "not-on-link") ? arp : neighbour;
	if (evidence_state(arp, "answered") || evidence_state(arp, "duplicate"))
		return 1;
	if (evidence_state(arp, "silent"))
		return 0;
	if (evidence_state(neighbour, "failed"))
		return 0;
	/* The neighbour table holds one answer: whether a second host answers too only the ARP probe tells. Of IPv6
	 * there is none, and hosts see to it themselves that they are alone (RFC 4862). */
	bool fresh = evidence_yes(neighbour, "neigh.answers") || evidence_state(neighbour, "delay");
	bool target = str_eq(address, d->target),
	     open = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", address));
	bool spoke = open || digest_is(d, "tcp.445", "refused") || digest_is(d, "tcp.445", "port-unreachable") ||
		     digest_is(d, "tcp.445", "prohibited-target") || digest_is(d, "tcp.445", "unreachable-target") ||
		     evidence_state(ping, "answered") || evidence_state(ping, "loss");
	if (is_ipv6(address))
		return fresh && spoke ? 1 : -1;
	return fresh && (open || !target) ? 1 : -1;
}

/* arp_denied: ARP may not be asked here, so that the kernel's own asking must do. */
static bool arp_denied(const struct digest *d)
{
	for (size_t i = 0; i < d->c->evidence_count; i++)
		if (str_eq(d->c->evidence[i]->probe, STR("arp")) && evidence_state(d->c->evidence[i], "not-run"))
			return true;
	return false;
}

/* put_arp_quality: a neighbour answers each request within a few milliseconds; over a slow or a lossy line it does
 * not. */
static void put_arp_quality(struct digest *d)
{
	const struct evidence *e = digest_look(d, "arp", ARG("address", d->target));
	const struct evidence *neighbour = digest_look(d, "neighbour", ARG("address", d->target));
	/* The system found it for its own SYN, and we do not: it answers late, or only now and then. */
	bool missed = evidence_state(e, "silent") && digest_is(d, "tcp.445", "silent") &&
		      !evidence_state(neighbour, "permanent");
	if (missed)
		digest_put(d, "arp.quality", "slow", e);
	double sent = evidence_number(e, "arp.sent", -1), answers = evidence_number(e, "arp.answers", 0);
	if (!evidence_state(e, "answered") || sent < 0)
		return;
	bool slow = false;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *one = d->c->evidence[i];
		bool here = str_eq(one->probe, STR("arp")) && str_eq(evidence_arg(one, "address"), d->target);
		slow |= here && evidence_number(one, "arp.lag", 0) > ARP_SLOW_MS;
	}
	bool hardly_any = sent >= BURST_MIN && answers < ARP_TELLING; /* a loss would have let more pass */
	digest_put(d, "arp.quality", slow || hardly_any ? "slow" : answers < sent ? "lossy" : "quick", e);
}

/* arp_requests: how many went unanswered; the kernel's own count where a connect failed for want of an answer. */
static double arp_requests(const struct digest *d)
{
	double count = 0;
	bool asked = false;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		uint64_t n = 3;
		if (!str_eq(e->probe, STR("arp")) || !str_eq(evidence_arg(e, "address"), d->target) ||
		    evidence_state(e, "not-run"))
			continue;
		(void)str_u64(evidence_arg(e, "count"), &n);
		count += (double)n;
		asked = true;
	}
	return asked ? count : ARP_SURE; /* without the permission for ARP the kernel's word must do */
}

static bool arp_answered(const struct digest *d)
{
	for (size_t i = 0; i < d->c->evidence_count; i++)
		if (str_eq(d->c->evidence[i]->probe, STR("arp")) &&
		    str_eq(evidence_arg(d->c->evidence[i], "address"), d->target) &&
		    evidence_state(d->c->evidence[i], "answered"))
			return true;
	return false;
}

/* twins_of: what is known of two hardware addresses that answer for an address: one or two hosts; empty: nothing. */
static struct str twins_of(const struct digest *d, struct str address)
{
	const struct evidence *e = digest_look(d, "twins", ARG("address", address));
	return evidence_state(e, "one") || evidence_state(e, "two") ? e->state : STR("");
}

/* put_misled: two hosts answer for the address, or this machine holds another hardware address for it than answers; or,
 * and then nothing is put, that is not known: a host with two interfaces on the LAN answers ARP by both. */
static bool put_misled(struct digest *d, struct str address)
{
	const struct evidence *arp = digest_look(d, "arp", ARG("address", address));
	const struct evidence *neighbour = digest_look(d, "neighbour", ARG("address", address));
	struct str fixed = evidence_state(neighbour, "permanent") ? evidence_text(neighbour, "neigh.mac") : STR("");
	struct str twins = evidence_state(arp, "duplicate") ? twins_of(d, address) : STR("one");
	bool two = str_eq(twins, STR("two")),
	     wrong = fixed.n && evidence_state(arp, "answered") && !list_has(evidence_text(arp, "arp.macs"), fixed);
	if (two || wrong)
		digest_put(d, "arp.state", two ? "two" : "wrong-permanent", two ? arp : neighbour);
	return two || wrong || !twins.n;
}

static void put_arp(struct digest *d)
{
	if (!digest_is(d, "path.kind", "on-link"))
		return;
	put_arp_quality(d);
	const struct evidence *from;
	int says = arp_says(d, d->target, &from);
	if (says == 0 && (arp_requests(d) < ARP_SURE || arp_answered(d)))
		says = -1; /* a very lossy way looks like that too, and a full queue */
	if (put_misled(d, d->target))
		return;
	if (says > 0 || (says == 0 && !digest_is(d, "tcp.445", "open") && !digest_is(d, "tcp.139", "open")))
		digest_put(d, "arp.state", says ? "answers" : "silent", from);
	else if (digest_is(d, "tcp.445", "no-neighbour") && (arp_denied(d) || is_ipv6(d->target)))
		digest_put(d, "arp.state", "silent", d->tcp445);
}

/* digest_hop: whether the hardware address of the gateway leads astray. A router with two interfaces on the LAN answers
 * ARP on both: where pings or another word came from behind it, it is the right one, whatever else is wrong. */
void digest_hop(struct digest *d)
{
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", d->target));
	const struct evidence *status = digest_look(d, "nbstat", ARG("address", d->target));
	bool came = evidence_state(ping, "answered") || evidence_state(status, "answered") ||
		    evidence_state(status, "port-closed") || digest_is(d, "gateway.forwards", "yes");
	bool none = digest_is(d, "tcp.445", "silent") && (!d->tcp139 || digest_is(d, "tcp.139", "silent"));
	if (digest_is(d, "path.kind", "routed") && (came || !none || !put_misled(d, d->gateway)))
		digest_put(d, "arp.state", "not-asked", d->route);
}

static void put_gateway(struct digest *d)
{
	const struct evidence *from;
	bool dialled = digest_is(d, "path.kind", "ras");
	if (d->own_link && !d->gateway.n)
		digest_put(d, "gateway.state", "none", d->own_link);
	if (!d->gateway.n || dialled)
		return;
	int says = arp_says(d, d->gateway, &from);
	if (says >= 0)
		digest_put(d, "gateway.state", says ? "answers" : "silent", from);
}

static bool in_subnet(const struct digest *d, struct str address)
{
	struct address own, other;
	return address_parse(address, &other) && address_parse(evidence_text(d->own_link, "link.address"), &own) &&
	       address_in(other, own, (unsigned)evidence_number(d->own_link, "link.prefix", 32));
}

/* put_dns_gateway: the name was not found, for want of an answer: whether the gateway has a part in that. */
static void put_dns_gateway(struct digest *d)
{
	if (!digest_is(d, "name.resolution", "failed") || !d->dns_server.n || !d->own_link)
		return;
	struct str gateway = digest_fact(d, "gateway.state");
	if (in_subnet(d, d->dns_server))
		digest_put(d, "dns.gateway", "not-needed", d->own_link);
	else if (gateway.n)
		digest_put(d, "dns.gateway", str_eq(gateway, STR("silent")) ? "silent" : "answers", NULL);
}

/* put_detour: our mask takes the address for a neighbour, which it is not. Where the gateway leads there, the mask is
 * wrong; where it does not, nobody can tell. */
static void put_detour(struct digest *d)
{
	const struct evidence *e = digest_look(d, "detour", ARG("address", d->target));
	if (evidence_state(e, "answered"))
		digest_put(d, "gateway.detour", "leads", e);
}

/* other_wire: the way to the target is not that of the default route, and this address is not on its network: who
 * answers there says nothing of it. */
static bool other_wire(const struct digest *d, struct str address)
{
	return digest_is(d, "path.link", "other") && !in_subnet(d, address);
}

/* put_lan_ip: does anybody here who answers ARP answer pings, too? The host of DNS and the gateway are asked where DNS
 * is silent: that neither does is rather this machine's doing than that of both. */
static void put_lan_ip(struct digest *d)
{
	struct str gateway = evidence_text(d->own_link, "link.gateway"), hosts[] = { d->dns_server, gateway };
	bool two = gateway.n && !str_eq(gateway, d->dns_server);
	unsigned silent = 0;
	for (size_t i = 0; i < (two ? 2u : 1u); i++) {
		const struct evidence *arp = digest_look(d, "arp", ARG("address", hosts[i]));
		const struct evidence *ping = digest_look(d, "icmp", ARG("address", hosts[i]));
		if (evidence_number(ping, "icmp.received", 0) > 0)
			digest_put(d, "lan.ip", "answers", ping);
		silent += evidence_state(arp, "answered") && evidence_state(ping, "silent");
	}
	const struct evidence *dns = digest_look(d, "dns", ARG("server", d->dns_server));
	if (two && silent == 2 && evidence_state(dns, "timeout") && !d->used.n)
		digest_put(d, "lan.ip", "silent", dns);
}

/* put_lan: hosts other than the target and the gateway that answered on the wire, and what the wire says of the
 * subnet. */
static void put_lan(struct digest *d)
{
	const struct evidence *foreign = NULL, *alive = NULL, *asked = NULL;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		struct str address = evidence_arg(e, "address"), server = evidence_arg(e, "server");
		bool arp = str_eq(e->probe, STR("arp")), answered = evidence_state(e, "answered");
		bool own = str_eq(address, evidence_text(d->own_link, "link.address"));
		if (arp && own) /* another host that has it says nothing of the subnet */
			continue;
		bool off_subnet = arp && evidence_arg(e, "link").n;
		if (arp && off_subnet && answered)
			foreign = e;
		if (arp && off_subnet)
			asked = e;
		bool on_link = str_eq(e->probe, STR("nbns")) && !server.n;
		bool asked_name = str_eq(e->probe, STR("dns")) || str_eq(e->probe, STR("nbns"));
		if (asked_name && server.n && in_subnet(d, server) && !evidence_state(e, "not-run") &&
		    !evidence_state(e, "timeout") && !evidence_state(e, "unreachable"))
			alive = e;
		bool elsewhere = arp && other_wire(d, address);
		if (answered && !off_subnet && !elsewhere && !str_eq(address, d->target) && (arp || on_link))
			alive = e;
	}
	put_lan_ip(d);
	if (alive || (digest_is(d, "gateway.state", "answers") && !other_wire(d, d->gateway)))
		digest_put(d, "lan.alive", "yes", alive);
	struct address own, other;
	bool near = foreign && address_parse(evidence_arg(foreign, "address"), &other) &&
		    address_parse(evidence_text(d->own_link, "link.address"), &own) && address_in(other, own, 24);
	double prefix = evidence_number(d->own_link, "link.prefix", 24);
	/* By the mask, or by a route of its own. */
	bool wide = digest_is(d, "path.kind", "on-link") && !digest_is(d, "path.link", "other") &&
		    !is_ipv6(d->target) && address_parse(d->target, &other) &&
		    address_parse(evidence_text(d->own_link, "link.address"), &own) && !address_in(other, own, 24);
	/* With a mask narrower than usual, neighbours that answer do not show that there are no more. */
	bool connects = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	/* Of all hosts by its mask: what answers it goes to all of them, and comes to none. */
	struct str own_address = evidence_text(d->own_link, "link.address");
	bool of_all = own_address.n && !is_ipv6(own_address) && !digest_hosts(d, own_address).n;
	if (of_all && !connects && digest_is(d, "path.kind", "on-link"))
		digest_put(d, "subnet.state", "too-narrow", d->own_link);
	else if (foreign)
		digest_put(d, "subnet.state", near ? "too-narrow" : "foreign", foreign);
	else if (wide && digest_is(d, "arp.state", "silent"))
		digest_put(d, "subnet.state", "maybe-too-wide", d->own_link);
	else if (digest_is(d, "path.kind", "local") || digest_is(d, "path.kind", "ras") ||
		 is_ipv6(d->target)) /* where a mask has no part in it */
		digest_put(d, "subnet.state", "ok", d->route);
	else if (asked || (prefix <= 24 && (alive || digest_is(d, "gateway.state", "answers"))) || connects ||
		 digest_is(d, "arp.state", "answers"))
		digest_put(d, "subnet.state", "ok", asked ? asked : alive);
}

/* The first and the last host address of the own subnet, where routers usually are. */
size_t digest_usual_gateways(const struct digest *d, struct str ret_addresses[2])
{
	struct address own;
	double prefix = evidence_number(d->own_link, "link.prefix", 0);
	size_t count = 0;
	if (!address_parse(evidence_text(d->own_link, "link.address"), &own) || own.family != 4 || prefix < 16 ||
	    prefix > 29)
		return 0;
	uint32_t host = 0, mask = ~(uint32_t)0 << (32 - (unsigned)prefix);
	for (size_t i = 0; i < 4; i++)
		host = host << 8 | own.bytes[i];
	const uint32_t usual[] = { (host & mask) + 1, (host | ~mask) - 1 };
	for (size_t i = 0; i < 2; i++) {
		struct address at = { .family = 4 };
		for (size_t k = 0; k < 4; k++)
			at.bytes[k] = (uint8_t)(usual[i] >> (24 - 8 * k));
		struct str text = address_print(at, d->a);
		if (usual[i] != host && !str_eq(text, d->gateway))
			ret_addresses[count++] = text;
	}
	return count;
}

static void put_other_gateway(struct digest *d)
{
	struct str usual[2];
	size_t count = digest_usual_gateways(d, usual);
	const struct evidence *asked = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct evidence *e = digest_look(d, "arp", ARG("address", usual[i]));
		if (!e)
			return;
		asked = e;
		if (evidence_state(e, "answered")) {
			digest_put(d, "gateway.other", "found", e);
			return;
		}
	}
	if (asked)
		digest_put(d, "gateway.other", "none", asked);
}

void digest_lan(struct digest *d)
{
	if (!d->target.n) {
		put_gateway(d);
		put_dns_gateway(d);
		put_lan(d);
		return;
	}
	put_arp(d);
	put_gateway(d);
	put_dns_gateway(d);
	put_lan(d);
	put_detour(d);
	put_other_gateway(d);
}
