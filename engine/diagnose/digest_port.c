/* SPDX-License-Identifier: MIT
 *
 * TCP: what a connection to a port came to, what further ones to it say, and those to the name's other addresses. A
 * port of UDP stands in its place.
 */
#include "diagnose/digest_ping.h"

#include <math.h>

enum { ROW_CHANGED = 3 }; /* so many failures are a change, where it changed once */

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
	return d->udp && str_eq(port, d->port) ? digest_look(d, "udp", ARG("address", address), ARG("port", port))
					       : digest_look(d, "tcp", ARG("address", address), ARG("port", port));
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

/* pings_pass: it answers pings. */
static bool pings_pass(const struct digest *d)
{
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		if (str_eq(e->probe, STR("icmp")) && str_eq(evidence_arg(e, "address"), d->target) &&
		    evidence_number(e, "icmp.received", 0) > 0)
			return true;
	}
	return false;
}

/* tcp_words_now: a silent port of a host that a router says is not there is no longer silent; and where the host
 * answers pings, a router that says so of its port forbids that one. */
static const char *tcp_words_now(const struct digest *d, const struct evidence *e)
{
	const char *word = tcp_words(d, e), *denies = router_denies(d);
	bool no_way = str_eq(str_c(word), STR("net-unreachable")) || str_eq(str_c(word), STR("host-unreachable"));
	if (no_way && pings_pass(d))
		return "prohibited-router";
	return denies && str_eq(str_c(word), STR("silent")) ? denies : word;
}

/* kept_by_rule: of requests that did not leave this machine. Where its interface takes no more, as the queue is full,
 * they do not leave either: pings are lost then, too, and the system tries again each half second. */
static bool kept_by_rule(const struct digest *d)
{
	struct pings p = digest_count_pings(d);
	bool hurried =
		evidence_number(d->tcp445, "tcp.retransmits", 0) * 1000 > evidence_number(d->tcp445, "tcp.ms", 0);
	return p.burst_received > 0 ? p.burst_received >= p.burst_sent : !hurried;
}

/* put_own_loopback: it is silent on that port. Where it is on one that no rule is about, too, it is down, or takes no
 * new connections at all; then what was repeated and left counts: nothing kept it in. */
static void put_own_loopback(struct digest *d, const struct evidence *own)
{
	const struct evidence *any = tcp_of(d, digest_loopback(d), STR(DIGEST_NOBODYS_PORT));
	const struct evidence *patient =
		digest_look(d, "tcp", ARG("address", d->target), ARG("port", d->port), ARG("wait", STR("")));
	bool left = evidence_number(patient, "tcp.retransmits", 0) > 0 && !evidence_yes(patient, "tcp.kept_here");
	if (any && !evidence_state(any, "timeout"))
		digest_put(d, "own.filter", "drops", own);
	else if (any && left)
		digest_put(d, "own.filter", "passes", patient);
}

/* put_own_filter: a rule that lets loopback pass, as most do, shows by what did not leave; one that drops what comes in
 * from such a port, by loopback. That loopback passes says nothing of what did not leave. */
static void put_own_filter(struct digest *d)
{
	const struct evidence *own = tcp_of(d, digest_loopback(d), d->port);
	bool kept = digest_is(d, "tcp.445", "silent") && evidence_yes(d->tcp445, "tcp.kept_here");
	bool passes = evidence_state(own, "open") || evidence_state(own, "refused");
	if (kept && kept_by_rule(d))
		digest_put(d, "own.filter", "drops", d->tcp445);
	else if (evidence_state(own, "timeout"))
		put_own_loopback(d, own);
	else if (own && !evidence_state(own, "no-route") && !(kept && passes))
		digest_put(d, "own.filter", passes ? "passes" : "rejects", own);
}

/* refused_here: a rule of this machine's own refused it in the server's place. */
static bool refused_here(const struct digest *d, const struct evidence *e)
{
	const struct evidence *inside =
		digest_look(d, "inside", ARG("address", d->target), ARG("port", evidence_arg(e, "port")));
	return evidence_state(e, "refused") && evidence_state(inside, "refused") && !digest_is(d, "path.kind", "local");
}

/* digest_ports: a port other than SMB's own stands in the place of both. */
void digest_ports(struct digest *d)
{
	d->tcp445 = tcp_of(d, d->target, d->port);
	d->tcp139 = d->smb ? tcp_of(d, d->target, STR("139")) : d->tcp445;
	if (d->tcp445)
		digest_put(d, "tcp.445",
			   refused_here(d, d->tcp445) ? "local-denied" : tcp_words_now(d, d->tcp445), d->tcp445);
	if (d->tcp139)
		digest_put(d, "tcp.139", tcp_words_now(d, d->tcp139), d->tcp139);
	put_own_filter(d);
}

const struct evidence *digest_quick_row(const struct digest *d)
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

/* changed_twice: from one connection to the next, the first one to that port before them. */
static bool changed_twice(const struct digest *d, const struct evidence *row)
{
	struct str pattern = evidence_text(row, "retry.pattern");
	unsigned changes = 0;
	char last = digest_is(d, "tcp.445", "open") && !digest_ended(d, d->tcp445) ? 'S' : 'F';
	for (size_t i = 0; i < pattern.n; i++) {
		changes += pattern.p[i] != last;
		last = pattern.p[i];
	}
	return changes > 1;
}

/* failed_by_loss: connections failed for want of an answer, as some pings did: where so many of those are lost, so many
 * connections in a row may well be. */
static bool failed_by_loss(const struct digest *d, const struct evidence *row)
{
	const double hardly = 0.001;
	return str_eq(evidence_text(row, "retry.failure"), STR("timeout")) &&
	       pow(digest_pings_lost(d), evidence_number(row, "retry.failures", 0)) > hardly;
}

bool digest_row_mixed(const struct digest *d, const struct evidence *row)
{
	bool change = evidence_state(row, "late") || evidence_state(row, "broke");
	return evidence_state(row, "flaky") || (evidence_state(row, "too-few") && changed_twice(d, row)) ||
	       (evidence_state(row, "late") && evidence_number(row, "retry.failures", 0) < ROW_CHANGED) ||
	       (change && failed_by_loss(d, row));
}

/* put_changed: connections came about at first and then no more, or the other way round: what else was seen is of two
 * different states. */
static void put_changed(struct digest *d)
{
	const struct evidence *row = digest_quick_row(d);
	if (digest_is(d, "tcp.again", "other") && !digest_is(d, "path.kind", "ras"))
		digest_put(d, "path.changed", "yes", d->tcp445);
	else if (evidence_state(row, "down") && failed_by_loss(d, row))
		return;
	else if (row && !digest_row_mixed(d, row) && !evidence_state(row, "works") && !evidence_state(row, "too-few"))
		digest_put(d, "path.changed", "yes", row);
	else if (row)
		digest_put(d, "path.changed", "no", row);
}

struct ends {
	double good, bad;
};

/* count_unheard: connections of a row, or that of an SSH conversation, on which a service that greets kept still though
 * it had all that was sent: to a client they are worth no more than one that fails. */
static double count_unheard(const struct evidence *e)
{
	struct str heard = evidence_text(e, "retry.heard"), opened = evidence_text(e, "retry.pattern");
	double n = str_eq(e->probe, STR("ssh")) && evidence_state(e, "silent");
	for (size_t i = 0; i < heard.n && i < opened.n; i++)
		n += opened.p[i] == 'S' && heard.p[i] == 'F';
	return n;
}

/* count_ends: how connections to one port of the target have ended. */
static struct ends count_ends(const struct digest *d, struct str port)
{
	struct ends n = { 0 };
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		bool udp = str_eq(e->probe, STR("udp")), tcp = udp || str_eq(e->probe, STR("tcp")),
		     smb = str_eq(e->probe, STR("smb")), nbss = str_eq(e->probe, STR("nbss")),
		     row = str_eq(e->probe, STR("retry")), words = str_eq(e->probe, STR("ssh"));
		struct str to = nbss ? STR("139") : evidence_arg(e, "port");
		if (smb && !to.n)
			to = STR("445");
		if (!(tcp || smb || nbss || row || words) || !str_eq(evidence_arg(e, "address"), d->target) ||
		    !str_eq(to, port) || evidence_state(e, "not-run") ||
		    evidence_yes(e, "tcp.brief")) /* a lost request is no failure yet */
			continue;
		double made = evidence_number(e, "retry.attempts", 0), failed = evidence_number(e, "retry.failures", 0);
		struct str state = tcp ? e->state : evidence_text(e, smb ? "smb.tcp" : "nbss.tcp");
		if (!row && state.n) {
			made = 1;
			failed = !str_eq(state, udp ? STR("answered") : STR("open")) || (tcp && digest_ended(d, e));
		}
		double unheard = count_unheard(e);
		n.bad += failed + unheard;
		n.good += row ? made - failed - unheard : made - failed;
	}
	return n;
}

bool digest_wants_row(const struct digest *d)
{
	return d->c->meaning && d->c->meaning->wants_row && !d->smb && !d->udp && !digest_ended(d, d->tcp445) &&
	       digest_is(d, "tcp.445", "open") && !digest_is(d, "path.kind", "local");
}

/* put_steady: connections to one port of one address, in turn: a mix of success and failure is a finding of its own,
 * and one refusal alone may be half of one; so may one success, where the message tells of a failure that may befall
 * some only. */
static void put_steady(struct digest *d)
{
	const struct {
		const char *fact;
		struct str port;
	} ports[] = { { "tcp.445", d->port }, { "tcp.139", STR("139") } };
	bool told = false, once = digest_wants_row(d) && !digest_quick_row(d);
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

static bool serves(const struct digest *d, const struct evidence *e)
{
	return evidence_state(e, "open") && !digest_ended(d, e) && !digest_misserves(d, e);
}

/* The name's addresses; others: beside the first of a family; told: each was tried; unclear: one may serve all the same;
 * from: one that does not serve, if any; doubt: one that may serve the next time, where no other surely does not. */
struct several {
	bool others, differ, told, unclear;
	const struct evidence *from;
	struct str doubt;
};

/* refusals of one address: its only connection, or all of a row, or some. */
enum refusals { REFUSALS_NONE, REFUSALS_ONE, REFUSALS_ALL, REFUSALS_SOME };
static enum refusals refusals_of(const struct digest *d, struct str address, const struct evidence *e)
{
	const struct evidence *row = digest_look(d, "retry", ARG("address", address), ARG("port", d->port));
	double made = evidence_number(row, "retry.attempts", 0), failed = evidence_number(row, "retry.failures", 0);
	if (!evidence_state(e, "refused"))
		return REFUSALS_NONE;
	return !row ? REFUSALS_ONE : failed < made ? REFUSALS_SOME : REFUSALS_ALL;
}

/* look_at_all: those of one family. Where this machine has no way to one, programs leave it out, or hear so at once.
 * One that has not greeted yet may only be slow. */
static void look_at_all(const struct digest *d, struct str addresses, struct str first, struct several *s)
{
	struct str rest = addresses, address, doubt = STR("");
	bool good = false, bad = false, sure = false;
	for (size_t i = 0; i < DIGEST_ADDRESSES_MAX && str_word(&rest, &address); i++) {
		const struct evidence *e = tcp_of(d, address, d->port);
		enum refusals refused = refusals_of(d, address, e);
		s->told &= e ? !digest_mute(d, e) : str_eq(address, first);
		s->unclear |= e && digest_unclear(d, e);
		s->others |= e && !str_eq(address, first);
		if (!e || evidence_state(e, "no-route"))
			continue;
		s->from = s->from && serves(d, e) ? s->from : e;
		good |= serves(d, e);
		bad |= !serves(d, e);
		sure |= !serves(d, e) && (refused == REFUSALS_NONE || refused == REFUSALS_ALL);
		s->unclear |= refused == REFUSALS_SOME;
		if (refused == REFUSALS_ONE && !doubt.n)
			doubt = address;
	}
	s->differ |= good && bad;
	if (good && !sure && doubt.n && !s->doubt.n)
		s->doubt = doubt;
}

struct str digest_second_doubt(const struct digest *d)
{
	struct several s = { 0 };
	look_at_all(d, d->used_all, d->target, &s);
	look_at_all(d, d->v6, list_first(d->v6), &s);
	return s.doubt;
}

static void put_second(struct digest *d)
{
	struct several s = { .told = true };
	look_at_all(d, d->used_all, d->target, &s);
	look_at_all(d, d->v6, list_first(d->v6), &s);
	if (d->used.n && d->tcp445 && s.told && !(s.differ && s.unclear) && !s.doubt.n)
		digest_put(d, "tcp.second",
			   !s.others  ? "none"
			   : s.differ ? "differs"
				      : "same",
			   s.others ? s.from : NULL);
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
	const struct evidence *neighbour = digest_look(d, "neighbour", ARG("address", address));
	/* A neighbour that answers no ping is there where its hardware address was found for a connection just now. */
	bool alive = evidence_state(ping, "answered") ||
		     (evidence_state(e, "timeout") && evidence_state(neighbour, "reachable"));
	if ((digest_ended(d, e) && !digest_ended_row(d, address)) || digest_mute(d, e)) /* one of many; only slow */
		return;
	const char *misserves = digest_misserves(d, e);
	/* Whoever says no at once, a client goes on with IPv4; so it does where its own system has no way, or forbids
	 * it. */
	struct str word = str_c(tcp_words(d, e));
	bool none = str_eq(word, STR("no-route")) || str_eq(word, STR("no-local-port")); /* of an own IPv6 address */
	bool own = none || str_eq(word, STR("local-denied"));
	bool refused = evidence_state(e, "refused") || evidence_state(e, "prohibited") ||
		       evidence_state(e, "port-unreachable") || evidence_state(e, "net-unreachable");
	const char *told = digest_ends_all(d, address)		   ? "ended"
			   : misserves				   ? misserves
			   : own				   ? (none ? "no-route" : "local-denied")
			   : evidence_state(e, "open")		   ? "open"
			   : refused				   ? "refused"
			   : evidence_state(ping, "loss")	   ? NULL /* what loses these loses those */
			   : evidence_state(e, "timeout") && alive ? "filtered"
								   : "dead";
	if (told)
		digest_put(d, "tcp.ipv6", told, e);
}

void digest_rows(struct digest *d)
{
	if (!d->target.n) {
		put_ipv6(d);
		return;
	}
	put_steady(d);
	put_again(d);
	put_changed(d);
	put_second(d);
	put_ipv6(d);
}
