/* SPDX-License-Identifier: MIT
 *
 * The way: the route, the routers on it, and whether the host itself answers.
 */
#include "diagnose/digest.h"

/* put_link_of_way: does it leave by another interface than what goes to the rest of the world? */
static void put_link_of_way(struct digest *d, const struct evidence *route)
{
	const struct evidence *usual = digest_look(d, "link", ARG("link", STR("")));
	struct str dev = evidence_text(route, "route.dev");
	if (!usual || !dev.n || !evidence_text(usual, "link.gateway").n || evidence_state(route, "local"))
		return;
	digest_put(d, "path.link", str_eq(dev, evidence_text(usual, "link.dev")) ? "default" : "other", route);
	digest_put_str(d, "path.dev", dev, route);
	if (evidence_number(usual, "link.gateways", 1) > 1)
		digest_put(d, "gateway.turns", "several", usual);
}

static void put_route(struct digest *d)
{
	const struct evidence *any = digest_look(d, "route", ARG("address", d->target), ARG("port", STR("")));
	const struct evidence *e = d->route = digest_look(d, "route", ARG("address", d->target));
	d->gateway = evidence_text(e, "route.gateway");
	if (!d->gateway.n)
		d->gateway = evidence_text(d->own_link, "link.gateway");
	if (!e)
		return;
	/* A route of type prohibit, unreachable or blackhole is there, and forbids; so does a rule for this port, where
	 * other packets find a way at the same moment. One that was there before and is not now was lost. */
	struct str portless = evidence_text(e, "route.portless");
	if (!portless.n)
		portless = any ? any->state : STR("net-unreachable");
	bool unreachable = evidence_state(e, "net-unreachable"),
	     none = unreachable && str_eq(portless, STR("net-unreachable"));
	bool prohibited = evidence_state(e, "prohibited") || evidence_state(e, "host-unreachable") ||
			  (unreachable && !none);
	digest_put(d, "route.state", none ? "none" : prohibited ? "prohibited" : "ok", e);
	if (any && any != e)
		digest_put(d, "route.lost", none && !evidence_state(any, "net-unreachable") ? "yes" : "no", e);
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
	put_link_of_way(d, e);
	if (d->asks_ras)
		digest_put(d, "ras.route", str_eq(evidence_text(e, "route.dev"), d->link) ? "over-link" : "elsewhere",
			   e);
}

static void put_trace(struct digest *d)
{
	const struct evidence *e = digest_look(d, "trace", ARG("address", d->target));
	struct str first = evidence_text(e, "trace.first");
	bool expired = digest_is(d, "tcp.445", "loop");
	bool arrived = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.445", "refused") ||
		       digest_is(d, "tcp.139", "open");
	if (arrived)
		digest_put(d, "path.loop", "no", d->tcp445);
	else if (e && !(expired && evidence_state(e, "silent"))) /* nobody told this one where its life ended */
		digest_put(d, "path.loop", evidence_yes(e, "trace.loop") ? "yes" : expired ? "ends" : "no", e);
	if (!e || evidence_state(e, "no-route"))
		return;
	const struct evidence *peer = digest_look(d, "icmp", ARG("address", evidence_text(d->ras, "link.peer")));
	bool answered = (first.n && !str_eq(first, STR("*"))) || evidence_state(peer, "answered");
	if (digest_is(d, "path.kind", "routed"))
		digest_put(d, "gateway.forwards", answered ? "yes" : "no", e);
	if (digest_is(d, "path.kind", "ras"))
		digest_put(d, "ras.peer", answered ? "answers" : "silent", e);
}

static void put_host(struct digest *d)
{
	const struct evidence *status = digest_look(d, "nbstat", ARG("address", d->target));
	struct str tcp = digest_fact(d, "tcp.445"), other = digest_fact(d, "tcp.139");
	static const struct str alive[] = { STR_LIT("open"),
					    STR_LIT("refused"),
					    STR_LIT("prohibited-target"),
					    STR_LIT("unreachable-target"),
					    STR_LIT("port-unreachable"),
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
	const struct evidence *row = digest_quick_row(d);
	enum { LIMITED = 3 }; /* so many requests unanswered, and no ping among many lost */
	bool refused = digest_row_mixed(d, row) && !str_eq(evidence_text(row, "retry.failure"), STR("timeout"));
	bool mixed = refused || (digest_row_mixed(d, row) && evidence_number(row, "retry.failures", 0) >= LIMITED);
	bool first_failed = e && digest_fact(d, "tcp.445").n && !digest_is(d, "tcp.445", "open");
	if (!e && d->asks_ras && !digest_is(d, "path.changed", "yes"))
		e = digest_look(d, "retry", ARG("address", d->target));
	if (evidence_state(e, "works") && first_failed)
		digest_put(d, "retry.state", "late", e);
	else if ((e && e == row && digest_row_mixed(d, e)) || (!d->asks_ras && mixed))
		digest_put(d, "retry.state", "flaky", row);
	else if (e && !evidence_state(e, "too-few"))
		digest_put_str(d, "retry.state", e->state, e);
}

void digest_path(struct digest *d)
{
	if (!d->target.n) {
		digest_rows(d);
		digest_lan(d);
		return;
	}
	put_route(d);
	digest_ports(d);
	digest_service(d);
	digest_lan(d);
	digest_rows(d);
	digest_pings(d);
	put_trace(d);
	put_host(d);
	digest_hop(d);
	put_retry(d);
}
