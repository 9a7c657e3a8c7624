/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

#include "probe/address.h"

/* Round trips: beyond the first people notice, beyond the second a connect gives up. */
enum { SLOW_MS = 400, LATE_MS = 1800 };
enum { PATIENCE_MS = 4500, LONG_PATIENCE_MS = 8000 };
enum {
	NEIGHBOUR_SLOW_MS = 100,
	REPEATED_MS = 150,
	LOST_MS = 900,
	QUEUE_MS = 200,
	LINGER_MS = 3000,
	ARP_SLOW_MS = 80,
	QUICK_PINGS_MS = 100
};
enum { ROW_CHANGED = 3 }; /* so many failures are a change, where it changed once */
/* So many requests in a row tell loss, that there is none, and that nobody is there. */
enum { BURST_MIN = 10, SURE_PINGS = 30, ARP_SURE = 40, ARP_TELLING = 3 };

static void put_route(struct digest *d)
{
	const struct evidence *e = d->route = digest_look(d, "route", ARG("address", d->target));
	d->gateway = evidence_text(e, "route.gateway");
	if (!d->gateway.n)
		d->gateway = evidence_text(d->own_link, "link.gateway");
	if (!e)
		return;
	/* A route of type prohibit, unreachable or blackhole is there, and forbids. */
	bool none = evidence_state(e, "net-unreachable");
	bool prohibited = evidence_state(e, "prohibited") || evidence_state(e, "host-unreachable");
	digest_put(d, "route.state", none ? "none" : prohibited ? "prohibited" : "ok", e);
	if (none || prohibited)
		return;
	if (!d->asks_ras && evidence_yes(e, "route.ppp")) { /* nobody named the link, and the route is over one */
		d->asks_ras = true;
		d->link = evidence_text(e, "route.dev");
		digest_change(d, "ras.link", "up", e);
	}
	bool ras = evidence_yes(e, "route.ppp") || (d->asks_ras && str_eq(evidence_text(e, "route.dev"), d->link));
	digest_put(d, "path.kind",
		   evidence_state(e, "local")	  ? "local"
		   : ras			  ? "ras"
		   : evidence_state(e, "on-link") ? "on-link"
						  : "routed",
		   e);
	if (d->asks_ras)
		digest_put(d, "ras.route", str_eq(evidence_text(e, "route.dev"), d->link) ? "over-link" : "elsewhere",
			   e);
}

/* ---- neighbours ---- */

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

/* kept_waiting: the connection took long, and not for want of a lost SYN, which is sent again after whole seconds. */
static bool kept_waiting(const struct evidence *e)
{
	double ms = evidence_number(e, "tcp.ms", 0);
	bool repeated = evidence_number(e, "tcp.retransmits", 0) > 0;
	return evidence_state(e, "open") && ms > SLOW_MS && (!repeated || (int)ms % 1000 > SLOW_MS);
}

struct pings {
	double received, rtt_ms, patience_ms; /* rtt_ms: the shortest, -1 where none came back */
	double burst_sent, burst_received;
	const struct evidence *any, *burst;
};

static struct pings count_pings(const struct digest *d)
{
	struct pings p = { .rtt_ms = -1 };
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		if (!str_eq(e->probe, STR("icmp")) || !str_eq(evidence_arg(e, "address"), d->target) ||
		    evidence_state(e, "not-run") || evidence_state(e, "denied"))
			continue;
		double n = evidence_number(e, "icmp.sent", 0), back = evidence_number(e, "icmp.received", 0);
		p.any = e;
		p.received += back;
		p.patience_ms = e->ms > p.patience_ms ? e->ms : p.patience_ms;
		if (back > 0 && !evidence_yes(e, "icmp.held"))
			p.rtt_ms = evidence_number(e, "icmp.rtt_min", p.rtt_ms);
		if (back > 0 && n < BURST_MIN) /* waited for as long as it took */
			p.patience_ms = LONG_PATIENCE_MS;
		if (n >= BURST_MIN) {
			p.burst = e;
			p.burst_sent += n;
			p.burst_received += back;
		}
	}
	return p;
}

/* tcp_rtt: the shorter round trip of the two that the system measured on its connections, whichever of its requests was
 * answered; 0 where it has none. A short one is sure; a lost answer, which is sent again after whole seconds, makes one
 * look long. */
static double tcp_rtt(const struct digest *d)
{
	double one_ms = evidence_number(d->tcp445, "tcp.rtt", 0), other_ms = evidence_number(d->tcp139, "tcp.rtt", 0);
	return one_ms > 0 && (other_ms <= 0 || one_ms < other_ms) ? one_ms : other_ms;
}

/* queued_up: a neighbour's answer came late, and not for want of a lost packet, which is sent again after whole
 * seconds. */
static bool queued_up(const struct evidence *e)
{
	double ms = evidence_number(e, "tcp.ms", 0);
	return evidence_state(e, "open") && evidence_number(e, "tcp.retransmits", 0) <= 0 && ms > NEIGHBOUR_SLOW_MS &&
	       (int)ms % 1000 > REPEATED_MS;
}

/* digest_seems_slow: a burst over a slow line would be its own fault. What pings have told by now counts more. */
bool digest_seems_slow(const struct digest *d)
{
	double rtt_ms = tcp_rtt(d);
	bool near = digest_is(d, "path.kind", "on-link");
	bool waited = near	   ? queued_up(d->tcp445) || queued_up(d->tcp139)
		      : rtt_ms > 0 ? rtt_ms > SLOW_MS
				   : kept_waiting(d->tcp445) || kept_waiting(d->tcp139);
	struct pings p = count_pings(d);
	bool held = evidence_yes(p.burst, "icmp.held"); /* nobody answered for a while, and then somebody did at once */
	return (waited || digest_is(d, "arp.quality", "slow")) && !digest_is(d, "latency.state", "ok") && !held;
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

static void put_arp(struct digest *d)
{
	if (!digest_is(d, "path.kind", "on-link"))
		return;
	put_arp_quality(d);
	const struct evidence *from, *arp = digest_look(d, "arp", ARG("address", d->target));
	const struct evidence *neighbour = digest_look(d, "neighbour", ARG("address", d->target));
	int says = arp_says(d, d->target, &from);
	if (says == 0 && (arp_requests(d) < ARP_SURE || arp_answered(d)))
		says = -1; /* a very lossy way looks like that too, and a full queue */
	struct str fixed = evidence_state(neighbour, "permanent") ? evidence_text(neighbour, "neigh.mac") : STR("");
	if (evidence_state(arp, "duplicate"))
		digest_put(d, "arp.state", "two", arp);
	else if (fixed.n && arp && says == 1 && !list_has(evidence_text(arp, "arp.macs"), fixed))
		digest_put(d, "arp.state", "wrong-permanent", neighbour);
	else if (says > 0 || (says == 0 && !digest_is(d, "tcp.445", "open") && !digest_is(d, "tcp.139", "open")))
		digest_put(d, "arp.state", says ? "answers" : "silent", from);
	else if (digest_is(d, "tcp.445", "no-neighbour") && (arp_denied(d) || is_ipv6(d->target)))
		digest_put(d, "arp.state", "silent", d->tcp445);
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

/* put_lan: hosts other than the target and the gateway that answered on the wire, and what the wire says of the
 * subnet. */
static bool in_subnet(const struct digest *d, struct str address)
{
	struct address own, other;
	return address_parse(address, &other) && address_parse(evidence_text(d->own_link, "link.address"), &own) &&
	       address_in(other, own, (unsigned)evidence_number(d->own_link, "link.prefix", 32));
}

/* put_detour: our mask takes the address for a neighbour, which it is not. Where the gateway leads there, the mask is
 * wrong; where it does not, nobody can tell. */
static void put_detour(struct digest *d)
{
	const struct evidence *e = digest_look(d, "detour", ARG("address", d->target));
	if (evidence_state(e, "answered"))
		digest_put(d, "gateway.detour", "leads", e);
}

static void put_lan(struct digest *d)
{
	const struct evidence *foreign = NULL, *alive = NULL, *asked = NULL;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		struct str address = evidence_arg(e, "address"), server = evidence_arg(e, "server");
		bool arp = str_eq(e->probe, STR("arp")), answered = evidence_state(e, "answered");
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
		if (answered && !off_subnet && !str_eq(address, d->target) && (arp || on_link))
			alive = e;
	}
	if (alive || digest_is(d, "gateway.state", "answers"))
		digest_put(d, "lan.alive", "yes", alive);
	struct address own, other;
	bool near = foreign && address_parse(evidence_arg(foreign, "address"), &other) &&
		    address_parse(evidence_text(d->own_link, "link.address"), &own) && address_in(other, own, 24);
	double prefix = evidence_number(d->own_link, "link.prefix", 24);
	bool wide = prefix < 24 && digest_is(d, "path.kind", "on-link") && address_parse(d->target, &other) &&
		    address_parse(evidence_text(d->own_link, "link.address"), &own) && !address_in(other, own, 24);
	/* With a mask narrower than usual, neighbours that answer do not show that there are no more. */
	bool connects = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	if (foreign)
		digest_put(d, "subnet.state", near ? "too-narrow" : "foreign", foreign);
	else if (wide && digest_is(d, "arp.state", "silent"))
		digest_put(d, "subnet.state", "maybe-too-wide", d->own_link);
	else if (digest_is(d, "path.kind", "local") || is_ipv6(d->target)) /* where a mask has no part in it */
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

/* ---- TCP ---- */

/* tcp_words: of UDP, too, where silence proves nothing, and a closed port is said by ICMP; of this machine's own port
 * by its own system. */
static const char *tcp_words(const struct digest *d, const struct evidence *e)
{
	bool udp = str_eq(e->probe, STR("udp"));
	struct str origin = evidence_text(e, udp ? "udp.icmp_origin" : "tcp.icmp_origin");
	if (udp && evidence_state(e, "timeout"))
		return "udp-silent";
	if (udp && (evidence_state(e, "refused") || evidence_state(e, "port-unreachable")) &&
	    (!str_eq(origin, STR("self")) || digest_is(d, "path.kind", "local")))
		return "udp-closed";
	bool self = str_eq(origin, STR("self")), router = str_eq(origin, STR("router"));
	static const struct {
		const char *state, *self, *router, *target;
	} map[] = {
		{ "open", "open", "open", "open" },
		{ "answered", "open", "open", "open" },
		{ "refused", "refused", "refused", "refused" },
		{ "timeout", "silent", "silent", "silent" },
		{ "net-unreachable", "no-route", "net-unreachable", "unreachable-target" },
		{ "host-unreachable", "no-neighbour", "host-unreachable", "unreachable-target" },
		{ "prohibited", "local-denied", "prohibited-router", "prohibited-target" },
		{ "no-route", "no-route", "no-route", "no-route" },
		{ "no-local-port", "no-local-port", "no-local-port", "no-local-port" },
		{ "local-denied", "local-denied", "local-denied", "local-denied" },
		{ "port-unreachable", "local-denied", "port-unreachable", "port-unreachable" },
		{ "ttl-exceeded", "loop", "loop", "loop" },
	};
	for (size_t i = 0; i < sizeof map / sizeof *map; i++)
		if (evidence_state(e, map[i].state))
			return self ? map[i].self : router ? map[i].router : map[i].target;
	return "error";
}

static const struct evidence *tcp_of(const struct digest *d, struct str address, struct str port)
{
	return d->udp && str_eq(port, d->port) ? digest_look(d, "udp", ARG("address", address), ARG("port", port)) :
						 digest_look(d, "tcp", ARG("address", address), ARG("port", port));
}

/* router_denies: what a router says of a ping, that the host or its network is not there, holds for each port. */
static const char *router_denies(const struct digest *d)
{
	const char *word = NULL;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		if (!str_eq(e->probe, STR("icmp")) || !str_eq(evidence_arg(e, "address"), d->target))
			continue;
		double code = evidence_number(e, "icmp.icmp_code", -1);
		if (evidence_number(e, "icmp.received", 0) > 0)
			return NULL;
		if (evidence_state(e, "unreachable") && str_eq(evidence_text(e, "icmp.icmp_origin"), STR("router")) &&
		    code >= 0 && code < 2)
			word = code > 0 ? "host-unreachable" : "net-unreachable";
	}
	return word;
}

/* tcp_words_now: a silent port of a host that a router says is not there is no longer silent. */
static const char *tcp_words_now(const struct digest *d, const struct evidence *e)
{
	const char *word = tcp_words(d, e), *denies = router_denies(d);
	return denies && str_eq(str_c(word), STR("silent")) ? denies : word;
}

/* put_ports: a port other than SMB's own stands in the place of both. */
static void put_ports(struct digest *d)
{
	d->tcp445 = tcp_of(d, d->target, d->port);
	d->tcp139 = d->smb ? tcp_of(d, d->target, STR("139")) : d->tcp445;
	if (d->tcp445)
		digest_put(d, "tcp.445", tcp_words_now(d, d->tcp445), d->tcp445);
	if (d->tcp139)
		digest_put(d, "tcp.139", tcp_words_now(d, d->tcp139), d->tcp139);
	const struct evidence *own = tcp_of(d, digest_loopback(d), d->port);
	if (own && !evidence_state(own, "no-route"))
		digest_put(d, "loopback.445",
			   evidence_state(own, "timeout")				   ? "silent"
			   : evidence_state(own, "open") || evidence_state(own, "refused") ? "passes"
											   : "rejected",
			   own);
}

/* quick_row: short connections one after another, where one had come about before; NULL where there is none. */
static const struct evidence *quick_row(const struct digest *d)
{
	return digest_look(d, "retry", ARG("address", d->target), ARG("spacing", STR("50")));
}

/* put_again: of a dialled link the row of attempts tells it. */
static void put_again(struct digest *d)
{
	const struct evidence *e = digest_look(d, "tcp", ARG("address", d->target), ARG("port", d->port),
					       ARG("wait", STR(DIGEST_AGAIN_MS)));
	const struct evidence *row = digest_look(d, "retry", ARG("address", d->target), ARG("spacing", STR("1000")));
	if (e && !str_eq(d->target, digest_loopback(d)))
		digest_put(d, "tcp.again", evidence_state(e, "timeout") ? "silent" : "other", e);
	else if (row && !evidence_state(row, "too-few"))
		digest_put(d, "tcp.again", evidence_state(row, "down") ? "silent" : "other", row);
}

/* row_mixed: a connection came about before the row, so that one or two failures at its beginning are a mix too. */
static bool row_mixed(const struct evidence *row)
{
	return evidence_state(row, "flaky") ||
	       (evidence_state(row, "late") && evidence_number(row, "retry.failures", 0) < ROW_CHANGED);
}

/* put_changed: connections came about at first and then no more, or the other way round: what else was seen is of two
 * different states. */
static void put_changed(struct digest *d)
{
	const struct evidence *row = quick_row(d);
	if (digest_is(d, "tcp.again", "other") && !digest_is(d, "path.kind", "ras"))
		digest_put(d, "path.changed", "yes", d->tcp445);
	else if (row && !row_mixed(row) && !evidence_state(row, "works") && !evidence_state(row, "too-few"))
		digest_put(d, "path.changed", "yes", row);
	else if (row)
		digest_put(d, "path.changed", "no", row);
}

struct ends {
	double good, bad;
};

/* count_ends: how connections to one port of the target have ended. */
static struct ends count_ends(const struct digest *d, struct str port)
{
	struct ends n = { 0 };
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		bool udp = str_eq(e->probe, STR("udp")), tcp = udp || str_eq(e->probe, STR("tcp")),
		     smb = str_eq(e->probe, STR("smb")), nbss = str_eq(e->probe, STR("nbss")),
		     row = str_eq(e->probe, STR("retry"));
		struct str to = nbss ? STR("139") : evidence_arg(e, "port");
		if (smb && !to.n)
			to = STR("445");
		if (!(tcp || smb || nbss || row) || !str_eq(evidence_arg(e, "address"), d->target) ||
		    !str_eq(to, port) || evidence_state(e, "not-run") ||
		    evidence_yes(e, "tcp.brief")) /* a lost request is no failure yet */
			continue;
		double made = evidence_number(e, "retry.attempts", 0), failed = evidence_number(e, "retry.failures", 0);
		struct str state = tcp ? e->state : evidence_text(e, smb ? "smb.tcp" : "nbss.tcp");
		if (!row && state.n) {
			made = 1;
			failed = !str_eq(state, udp ? STR("answered") : STR("open")) || (tcp && digest_ended(e));
		}
		n.bad += failed;
		n.good += made - failed;
	}
	return n;
}

/* put_steady: connections to one port of one address, in turn: a mix of success and failure is a finding of its own,
 * and one refusal alone may be half of one. */
static void put_steady(struct digest *d)
{
	const struct {
		const char *fact;
		struct str port;
		const struct evidence *from;
	} ports[] = { { "tcp.445", d->port, d->tcp445 }, { "tcp.139", STR("139"), d->tcp139 } };
	bool told = false, once = false;
	for (size_t i = 0; i < (d->smb ? 2 : 1); i++) {
		struct ends n = count_ends(d, ports[i].port);
		if (n.good > 0 && n.bad > 0 && !d->unsteady_port.n)
			d->unsteady_port = ports[i].port;
		told |= n.good + n.bad > 0;
		bool alone = digest_is(d, ports[i].fact, "refused") && n.good + n.bad < 2;
		if (alone && !(i == 1 && digest_is(d, "tcp.445", "refused")))
			once = true;
	}
	if (d->unsteady_port.n)
		digest_put(d, "tcp.steady", "no", d->tcp445);
	else if (told && !once)
		digest_put(d, "tcp.steady", "yes", NULL);
}

static void put_second(struct digest *d)
{
	struct str rest = d->used_all, address;
	bool first = digest_is(d, "tcp.445", "open") && !digest_ended(d->tcp445), others = false, differs = false;
	const struct evidence *from = NULL;
	while (str_word(&rest, &address)) {
		if (str_eq(address, d->target))
			continue;
		const struct evidence *e = tcp_of(d, address, d->port);
		if (!e)
			return;
		others = true;
		if ((evidence_state(e, "open") && !digest_ended(e)) != first)
			differs = true;
		from = e;
	}
	if (d->used.n && d->tcp445)
		digest_put(d, "tcp.second", !others ? "none" : differs ? "differs" : "same", from);
}

static void put_ipv6(struct digest *d)
{
	struct str address = list_first(d->v6);
	if (!address.n) {
		if (d->used.n || digest_fact(d, "dns.state").n)
			digest_put(d, "tcp.ipv6", "none", NULL);
		return;
	}
	const struct evidence *e = tcp_of(d, address, d->port);
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", address));
	if (!e)
		return;
	bool alive = evidence_state(ping, "answered") || evidence_state(ping, "loss");
	if ((digest_ended(e) && !digest_ended_row(d, address)) || digest_mute(e)) /* one of many; only slow */
		return;
	const char *misserves = digest_misserves(e);
	digest_put(d, "tcp.ipv6",
		   digest_ends_all(d, address)		   ? "ended"
		   : misserves				   ? misserves
		   : evidence_state(e, "open")		   ? "open"
		   : evidence_state(e, "refused")	   ? "refused"
		   : evidence_state(e, "timeout") && alive ? "filtered"
							   : "dead",
		   e);
}

/* ---- ICMP: ping, loss, latency, MTU, trace ---- */

/* queued: the answers of one burst came ever later, as where they stand in a queue. Where the last is quick again there
 * is none: a few were held back at the beginning. */
static bool queued(const struct evidence *burst)
{
	double shortest_ms = evidence_number(burst, "icmp.rtt_min", 0),
	       last_ms = evidence_number(burst, "icmp.rtt_last", evidence_number(burst, "icmp.rtt_max", 0));
	return last_ms > QUEUE_MS && last_ms > 20 * shortest_ms;
}

/* straggled: the answers of a burst came ever later, up to long after the first: a queue, not a loss. */
static bool straggled(const struct pings *p)
{
	double first_ms = evidence_number(p->burst, "icmp.rtt_min", 0),
	       last_ms = evidence_number(p->burst, "icmp.rtt_last", 0);
	return p->burst_received > 0 && last_ms > SLOW_MS && last_ms > 4 * first_ms;
}

/* digest_pings_late: of a burst most are missing, and nobody has waited for them yet: lost, or only slow. */
bool digest_pings_late(const struct digest *d)
{
	struct pings p = count_pings(d);
	double enough_ms = queued(p.burst) ? LONG_PATIENCE_MS : PATIENCE_MS;
	bool all_slow = p.burst_received > 1 && p.rtt_ms > SLOW_MS;
	if (straggled(&p) || all_slow || evidence_yes(p.burst, "icmp.held"))
		return false; /* slow: that is known; or they came all at once */
	/* Answers that came at once, up to the end of the row: the rest is lost. What a slow line lets through at once
	 * are the first. */
	double last_ms =
		       evidence_number(p.burst, "icmp.rtt_last", evidence_number(p.burst, "icmp.rtt_max", 0)),
	       sent = evidence_number(p.burst, "icmp.sent", 0);
	bool spread = evidence_number(p.burst, "icmp.last", 0) > sent / 2;
	bool lingered = p.burst && p.burst->ms > LINGER_MS; /* nothing came late either */
	if (last_ms > 0 && last_ms < QUICK_PINGS_MS && (spread || lingered))
		return false;
	return p.burst_received > 0 && p.burst_received < 0.5 * p.burst_sent && p.patience_ms < enough_ms;
}

/* put_slow: round trips that the system measured on connections, and that whole seconds of a repetition do not
 * explain. */
static void put_slow(struct digest *d, const struct pings *p)
{
	double rtt_ms = tcp_rtt(d);
	bool quick = p->rtt_ms >= 0 && p->rtt_ms < SLOW_MS;
	if (rtt_ms > SLOW_MS && (int)rtt_ms % 1000 > REPEATED_MS && !quick)
		digest_put(d, "latency.state", rtt_ms > LATE_MS ? "late" : "slow", d->tcp445);
}

static void put_ping(struct digest *d, const struct pings *p)
{
	put_slow(d, p);
	if (!p->any)
		return;
	digest_put(d, "icmp.state", p->received > 0 ? "answers" : "silent", p->any);
	/* One alone may have waited for ARP, unless a connection had the hardware address already. */
	bool open = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	bool telling = p->received > 1 || p->rtt_ms < SLOW_MS || open || digest_is(d, "path.kind", "ras");
	double rtt_ms = straggled(p) ? evidence_number(p->burst, "icmp.rtt_last", 0) : p->rtt_ms;
	if (rtt_ms > SLOW_MS)
		digest_put_str(d, "latency.trip", arena_printf(d->a, "%.1f s", rtt_ms / 1000), p->any);
	if (digest_fact(d, "latency.state").n)
		return;
	if (p->received == 0 && p->patience_ms >= LONG_PATIENCE_MS)
		digest_put(d, "latency.state", "never", p->any);
	else if (p->rtt_ms >= 0 && telling && !digest_pings_late(d))
		digest_put(d, "latency.state", rtt_ms > LATE_MS ? "late" : rtt_ms > SLOW_MS ? "slow" : "ok", p->any);
}

/* came_late: a first request to connect there was lost: it was waited for only briefly, and the next one came about. */
static bool came_late(const struct digest *d, const struct evidence *e)
{
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *one = d->c->evidence[i];
		if (evidence_yes(one, "tcp.brief") && str_eq(evidence_arg(one, "address"), d->target) &&
		    str_eq(evidence_arg(one, "port"), evidence_arg(e, "port")))
			return one != e;
	}
	return false;
}

/* repeated: a connection came about only when its SYN was sent again. */
static bool repeated(const struct digest *d, const struct evidence *e)
{
	bool pings_quick = digest_is(d, "latency.state", "ok"),
	     again = evidence_number(e, "tcp.retransmits", 0) > 0 || came_late(d, e);
	if (pings_quick && evidence_number(e, "tcp.ms", 0) > LOST_MS) /* or the answer to it was */
		again = true;
	return evidence_state(e, "open") && again &&
	       (pings_quick || evidence_number(e, "tcp.rtt", 0) < SLOW_MS); /* of a slow way it is repeated in vain */
}

/* clean_row: connections that all came about at once as good as rule out that this many pings were lost on the way, or
 * ping lost hardly any. Three connections came before the row. */
static bool clean_row(const struct evidence *row, double lost, double sent)
{
	const double hardly = 0.05;
	double all_pass = 1;
	for (double trips = evidence_number(row, "retry.attempts", 0) + 3; sent > 0 && trips > 0; trips--)
		all_pass *= (sent - lost) / sent;
	return evidence_state(row, "works") && (lost <= 1 || all_pass < hardly);
}

/* lost_connects: short connections failed at random for want of an answer. */
static bool lost_connects(const struct digest *d)
{
	const struct evidence *row = quick_row(d);
	return row_mixed(row) && str_eq(evidence_text(row, "retry.failure"), STR("timeout"));
}

/* loss_in_doubt: connections lost something, and pings hardly anything: it takes many to tell a loss from what befalls
 * connections alone. */
static bool loss_in_doubt(const struct digest *d, const struct pings *p)
{
	double lost = p->burst_sent - p->burst_received;
	bool again = repeated(d, d->tcp445) || repeated(d, d->tcp139), row = lost_connects(d);
	return p->burst_received > 0 && lost <= 1 && (row || again) &&
	       (p->burst_sent < SURE_PINGS || (lost > 0 && row));
}

bool digest_doubts_loss(const struct digest *d)
{
	struct pings p = count_pings(d);
	return p.burst_sent < SURE_PINGS && loss_in_doubt(d, &p);
}

/* pings_even: the answers to a burst come as a limit lets them pass: at first as many as it had saved up, then one
 * every so often. A loss falls at random. */
static bool pings_even(const struct pings *p)
{
	enum { SAVED_UP = 3, TELLING_GAPS = 3 };
	struct str row = evidence_text(p->burst, "icmp.row");
	size_t saved = 0, least = SIZE_MAX, most = 0, gaps = 0;
	while (saved < row.n && row.p[saved] == 'S')
		saved++;
	for (size_t i = saved, last = saved ? saved - 1 : SIZE_MAX; i < row.n; i++) {
		if (row.p[i] != 'S')
			continue;
		size_t gap = last == SIZE_MAX ? 0 : i - last;
		least = gap && gap < least ? gap : least;
		most = gap > most ? gap : most;
		gaps += gap > 0;
		last = i;
	}
	bool even = gaps > 0 && least > 1 && most <= least + 1;
	bool few = saved && p->burst_received <= 2, at_first = saved >= SAVED_UP && saved < row.n;
	return few || (at_first && gaps < 2) || (even && (at_first || gaps >= TELLING_GAPS));
}

/* slow_pings: so far apart that few limits keep them back; NULL where there are none. */
static const struct evidence *slow_pings(const struct digest *d)
{
	return digest_look(d, "icmp", ARG("address", d->target), ARG("count", STR(DIGEST_SLOW_PINGS)),
			   ARG("interval", STR("400")));
}

/* Hosts and routers limit their answers to ping in many ways, and each looks like a loss. Where nothing connects, pings
 * that are missing tell nothing alone. */
bool digest_pings_limited(const struct digest *d)
{
	struct pings p = count_pings(d);
	bool some = p.burst_received > 0 && p.burst_received < p.burst_sent;
	return some && !digest_is(d, "tcp.445", "open") && !digest_is(d, "tcp.139", "open");
}

/* arp_of_twenty: of twenty ARP requests in a row so many were answered. Of two rows that go at a time each sees the
 * answers to both. */
static double arp_of_twenty(const struct digest *d, const struct evidence *arp)
{
	bool two = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")), ARG("wait", STR("950"))) &&
		   digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")), ARG("wait", STR("900")));
	return evidence_number(arp, "arp.answers", 0) / (two ? 2 : 1);
}

/* put_limited: of pings that may be limited, what other packets say of a loss: where ARP loses some too, so many lost
 * pings that they explain why nothing connects are one. Slow ones that do not all come back tell nothing: some hosts
 * answer one a second, or three an hour. */
static void put_limited(struct digest *d, const struct pings *p)
{
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")));
	const struct evidence *slow = slow_pings(d);
	double answers = arp_of_twenty(d, arp), back = evidence_number(slow, "icmp.received", 0);
	double sent = evidence_number(slow, "icmp.sent", 0), lost = p->burst_sent - p->burst_received;
	bool asked = evidence_state(arp, "answered"), lossy = asked || digest_is(d, "arp.quality", "lossy");
	/* Where nobody was found by ARP no connection was tried: nothing else is to be explained. */
	bool untried = digest_is(d, "tcp.445", "no-neighbour");
	bool most = lost >= 0.6 * p->burst_sent || (asked && lost > 1 && untried);
	/* What is missing at random is no limit, and a few slow ones that come back are luck. */
	bool first = str_starts(evidence_text(p->burst, "icmp.row"), STR("SSS"));
	bool as_limited = pings_even(p) || (first && p->burst_received < 0.5 * p->burst_sent);
	if (asked && answers > 18)
		digest_put(d, "loss.state", "none", arp);
	else if ((lossy && most) || (asked && answers >= ARP_TELLING && answers < 8))
		digest_put(d, "loss.state", "loss", most ? p->burst : arp);
	else if (sent > 0 && back >= sent && as_limited)
		digest_put(d, "loss.state", "none", slow);
}

/* smb_halting: a conversation took long although pings are quick, and something of it had to be sent again, by
 * this side or by the other: then a row has to be clean too. Where nothing had to, the server took its time. */
static bool smb_halting(const struct digest *d)
{
	const struct evidence *smb = digest_look(d, "smb", ARG("address", d->target));
	double again = evidence_number(smb, "smb.retransmits", 1) + evidence_number(smb, "smb.resent", 0);
	return evidence_state(smb, "negotiated") && smb->ms > LOST_MS && digest_is(d, "latency.state", "ok") &&
	       again > 0;
}

/* put_loss: hosts limit their answers to ping, so lost ones are a loss only where connections or ARP lose packets too.
 * Over a slow line answers come too late to be counted. */
static void put_loss(struct digest *d, const struct pings *p)
{
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")));
	const struct evidence *row = quick_row(d);
	bool open = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	bool pinged = p->burst_received > 0, failed = lost_connects(d);
	double lost = p->burst_sent - p->burst_received, answers = arp_of_twenty(d, arp);
	bool again = repeated(d, d->tcp445) || repeated(d, d->tcp139);
	bool halting = smb_halting(d);
	if (loss_in_doubt(d, p))
		return;
	/* Where so many pings all came back, what befalls connections alone is no loss: something limits them. */
	bool sure = pinged && lost == 0 && p->burst_sent >= SURE_PINGS;
	if (pinged && lost == 0 && (!halting || (sure && failed)))
		digest_put(d, "loss.state", "none", p->burst);
	else if (p->rtt_ms >= SLOW_MS || straggled(p) || digest_pings_late(d) || queued(p->burst))
		return;
	else if (!open && pinged && lost > 0)
		put_limited(d, p);
	else if (pinged && lost > 1 && (again || failed) && !pings_even(p))
		digest_put(d, "loss.state", "loss", p->burst);
	else if (evidence_state(arp, "answered") && answers > 19)
		digest_put(d, "loss.state", "none", arp);
	else if (evidence_state(arp, "answered") && answers >= ARP_TELLING &&
		 answers < (open ? 19 : 8)) /* as for pings: it has to explain that */
		digest_put(d, "loss.state", "loss", arp);
	else if (pinged && failed && pings_even(p))
		return; /* of a limit on connections and one on pings nothing here is known apart */
	else if (failed || (clean_row(row, lost, p->burst_sent) && (pinged || !again)))
		digest_put(d, "loss.state", failed ? "loss" : "none", row);
}

/* Where ping is filtered, connections tell that the way is quick, unless what came over them then did not. */
static void put_quick(struct digest *d)
{
	double ms = evidence_number(d->tcp445, "tcp.ms", -1), other_ms = evidence_number(d->tcp139, "tcp.ms", 0);
	const struct evidence *smb = digest_look(d, "smb", ARG("address", d->target));
	bool spoke = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.445", "refused") ||
		     digest_is(d, "tcp.139", "open");
	bool queue = digest_is(d, "path.kind", "on-link") && (queued_up(d->tcp445) || queued_up(d->tcp139));
	bool slow = (digest_is(d, "tcp.139", "open") ? other_ms : 0) > SLOW_MS || queue ||
		    evidence_state(smb, "silent") || evidence_state(smb, "no-connection");
	if (!digest_fact(d, "latency.state").n && spoke && !slow && ms >= 0 && (ms < SLOW_MS || other_ms < SLOW_MS))
		digest_put(d, "latency.state", "ok", d->tcp445);
}

/* large_request: a large SMB request, NULL where none was sent; the others leave the argument out. */
static const struct evidence *large_request(const struct digest *d)
{
	return digest_look(d, "smb", ARG("address", d->target), ARG("pad", STR("1200")));
}

/* put_mtu: firewalls drop pings, or large ones, as such, so that where SMB works a large request must show it too. */
static void put_mtu(struct digest *d)
{
	const struct evidence *e = digest_look(d, "mtu", ARG("address", d->target)), *large = large_request(d);
	bool vanishes = evidence_state(large, "silent"), told = large && !evidence_state(large, "no-connection");
	if (told && !evidence_state(e, "passes") && !evidence_state(e, "too-big"))
		digest_put(d, "mtu.state", vanishes ? "blackhole" : "passes", large);
	else if (evidence_state(e, "blackhole") && !digest_works_small(d))
		digest_put(d, "mtu.state", "blackhole", e);
	else if (evidence_state(e, "passes") || evidence_state(e, "too-big"))
		digest_put(d, "mtu.state", "passes", e);
}

static void put_trace(struct digest *d)
{
	const struct evidence *e = digest_look(d, "trace", ARG("address", d->target));
	struct str first = evidence_text(e, "trace.first");
	bool loop = digest_is(d, "tcp.445", "loop") || evidence_yes(e, "trace.loop");
	bool arrived = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.445", "refused") ||
		       digest_is(d, "tcp.139", "open");
	if (arrived)
		digest_put(d, "path.loop", "no", d->tcp445);
	else if (e || loop)
		digest_put(d, "path.loop", loop ? "yes" : "no", loop && !e ? d->tcp445 : e);
	if (!e || evidence_state(e, "no-route"))
		return;
	bool answered = first.n && !str_eq(first, STR("*"));
	if (digest_is(d, "path.kind", "routed"))
		digest_put(d, "gateway.forwards", answered ? "yes" : "no", e);
	if (digest_is(d, "path.kind", "ras"))
		digest_put(d, "ras.peer", answered ? "answers" : "silent", e);
}

static void put_host(struct digest *d)
{
	const struct evidence *status = digest_look(d, "nbstat", ARG("address", d->target));
	struct str tcp = digest_fact(d, "tcp.445"), other = digest_fact(d, "tcp.139");
	static const struct str alive[] = { STR_LIT("open"), STR_LIT("refused"), STR_LIT("prohibited-target"),
					    STR_LIT("unreachable-target"), STR_LIT("port-unreachable"),
					    STR_LIT("udp-closed") };
	bool speaks = digest_is(d, "icmp.state", "answers") || evidence_state(status, "answered") ||
		      evidence_state(status, "port-closed");
	for (size_t i = 0; i < sizeof alive / sizeof *alive; i++)
		speaks |= str_eq(tcp, alive[i]) || str_eq(other, alive[i]);
	bool unresolved = str_eq(tcp, STR("no-neighbour")), near = digest_is(d, "path.kind", "on-link");
	bool gone = digest_is(d, "arp.state", "silent") || (unresolved && !near);
	bool bad_line = (digest_is(d, "arp.quality", "slow") || digest_is(d, "arp.quality", "lossy")) &&
			!digest_is(d, "latency.state", "never");
	bool asked = gone || (!(unresolved && near) && !bad_line && digest_is(d, "icmp.state", "silent") && status &&
			      tcp.n && other.n);
	if (speaks || asked)
		digest_put(d, "host.ip", speaks ? "answers" : "silent", status ? status : d->tcp445);
}

/* put_retry: where the first attempt failed and each of a row after it succeeded, that is late too. */
static void put_retry(struct digest *d)
{
	const struct evidence *e = digest_look(d, "retry", ARG("address", d->target), ARG("spacing", STR("1000")));
	const struct evidence *row = quick_row(d);
	enum { LIMITED = 3 }; /* so many requests unanswered, and no ping among many lost */
	bool refused = row_mixed(row) && !str_eq(evidence_text(row, "retry.failure"), STR("timeout"));
	bool mixed = refused || (row_mixed(row) && evidence_number(row, "retry.failures", 0) >= LIMITED);
	bool first_failed = e && digest_fact(d, "tcp.445").n && !digest_is(d, "tcp.445", "open");
	if (!e && d->asks_ras && !digest_is(d, "path.changed", "yes"))
		e = digest_look(d, "retry", ARG("address", d->target));
	if (evidence_state(e, "works") && first_failed)
		digest_put(d, "retry.state", "late", e);
	else if ((e && e == row && row_mixed(e)) || (!d->asks_ras && mixed))
		digest_put(d, "retry.state", "flaky", row);
	else if (e && !evidence_state(e, "too-few"))
		digest_put_str(d, "retry.state", e->state, e);
}

void digest_path(struct digest *d)
{
	if (!d->target.n) {
		put_ipv6(d);
		put_gateway(d);
		put_lan(d);
		return;
	}
	put_route(d);
	put_ports(d);
	digest_service(d);
	put_arp(d);
	put_gateway(d);
	put_lan(d);
	put_detour(d);
	put_other_gateway(d);
	put_steady(d);
	put_again(d);
	put_changed(d);
	put_second(d);
	put_ipv6(d);
	struct pings pings = count_pings(d);
	put_ping(d, &pings);
	put_loss(d, &pings);
	put_quick(d);
	put_mtu(d);
	put_trace(d);
	put_host(d);
	put_retry(d);
}
