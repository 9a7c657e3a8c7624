/* SPDX-License-Identifier: MIT
 *
 * ICMP, and what connections say of the same: round trips, loss, large packets.
 */
#include "diagnose/digest.h"

/* Round trips: beyond the first people notice, beyond the second a connect gives up. */
enum { SLOW_MS = 400, LATE_MS = 1800 };
enum { PATIENCE_MS = 4500, LONG_PATIENCE_MS = 8000 };
enum {
	NEIGHBOUR_SLOW_MS = 100,
	REPEATED_MS = 150,
	LOST_MS = 900,
	QUEUE_MS = 200,
	LINGER_MS = 3000,
	QUICK_PINGS_MS = 100
};
enum { SURE_PINGS = 30 }; /* so many in a row tell that there is no loss */

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
	double last_ms = evidence_number(p.burst, "icmp.rtt_last", evidence_number(p.burst, "icmp.rtt_max", 0)),
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
	/* Over a dialled link its far end tells, too, where the server answers no ping. */
	const struct evidence *peer = digest_look(d, "icmp", ARG("address", evidence_text(d->ras, "link.peer")));
	double peer_ms = digest_is(d, "path.kind", "ras") ? evidence_number(peer, "icmp.rtt_min", 0) : 0;
	if (p->received == 0 && peer_ms > LATE_MS) {
		digest_put(d, "latency.state", "late", peer);
		digest_put_str(d, "latency.trip", arena_printf(d->a, "%.1f s", peer_ms / 1000), peer);
	} else if (p->received == 0 && p->patience_ms >= LONG_PATIENCE_MS)
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

/* clean_trips: so many round trips of a row of connections, and of those before it, had nothing lost; 0: something was.
 * A greeting that was waited for, and was there in time on each, is another one of each. */
static double clean_trips(const struct digest *d, const struct evidence *row)
{
	enum { SMB_BEFORE = 3 };
	double made = evidence_number(row, "retry.attempts", 0);
	struct str heard = evidence_text(row, "retry.heard");
	bool all_heard = heard.n && str_find_char(heard, 'F') == STR_NONE;
	if (made <= 0 || evidence_number(row, "retry.failures", 0) > 0)
		return 0;
	return made + (d->smb ? SMB_BEFORE : 1) + (all_heard ? made + 1 : 0);
}

/* lost_some: a connection of a row, or a greeting, did not come about in time, and one behind it did. */
static bool lost_some(const struct evidence *row)
{
	struct str opened = evidence_text(row, "retry.pattern"), heard = evidence_text(row, "retry.heard");
	bool lost = false, since = false,
	     other = evidence_text(row, "retry.failure").n &&
		     !str_eq(evidence_text(row, "retry.failure"), STR("timeout"));
	for (size_t i = 0; i < opened.n && i < heard.n; i++) {
		since |= lost && opened.p[i] == 'S';
		lost |= opened.p[i] == 'F' || heard.p[i] == 'F';
	}
	return since && !other;
}

/* clean_row: connections that all came about at once as good as rule out that this many pings were lost on the way, or
 * ping lost hardly any. */
static bool clean_row(const struct digest *d, const struct evidence *row, double lost, double sent)
{
	const double hardly = 0.05, trips = clean_trips(d, row);
	double all_pass = 1;
	for (double i = 0; sent > 0 && i < trips; i++)
		all_pass *= (sent - lost) / sent;
	return trips >= BURST_MIN && (lost <= 1 || all_pass < hardly);
}

/* lost_connects: short connections failed at random for want of an answer. */
static bool lost_connects(const struct digest *d)
{
	const struct evidence *row = digest_quick_row(d);
	return digest_row_mixed(d, row) && str_eq(evidence_text(row, "retry.failure"), STR("timeout"));
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

/* no_loss_without_ping: where ping is filtered and no port is open, refusals and node status tell: each that came back
 * at once is a round trip, and not one is missing. NULL where they are too few. */
static const struct evidence *no_loss_without_ping(const struct digest *d)
{
	enum { TRIPS_MIN = 4 };
	const struct evidence *last = NULL;
	double trips = 0;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		bool status = str_eq(e->probe, STR("nbstat")), row = str_eq(e->probe, STR("retry"));
		if ((!status && !row) || !str_eq(evidence_arg(e, "address"), d->target) || evidence_state(e, "not-run"))
			continue;
		bool told = evidence_state(e, "answered") || evidence_state(e, "port-closed");
		bool refused = str_eq(evidence_text(e, "retry.failure"), STR("refused")) &&
			       !evidence_fact(e, "retry.other_failures");
		if (status ? !told || e->ms > QUEUE_MS : !refused)
			return NULL;
		trips += status ? 1 : evidence_number(e, "retry.attempts", 0);
		last = e;
	}
	return trips >= TRIPS_MIN ? last : NULL;
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

/* put_no_loss: of a row; of one too short for more, where nothing else tells, it is said by how much. */
static void put_no_loss(struct digest *d, const struct evidence *row, bool pinged)
{
	digest_put(d, "loss.state", "none", row);
	if (evidence_state(row, "too-few") && !pinged)
		digest_put_str(d, "loss.trips", arena_printf(d->a, "%.0f", clean_trips(d, row)), row);
}

/* put_loss: hosts limit their answers to ping, so lost ones are a loss only where connections or ARP lose packets too.
 * Over a slow line answers come too late to be counted. */
static void put_loss(struct digest *d, const struct pings *p)
{
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")));
	const struct evidence *row = digest_quick_row(d);
	bool open = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	bool pinged = p->burst_received > 0, failed = lost_connects(d);
	double lost = p->burst_sent - p->burst_received, answers = arp_of_twenty(d, arp);
	bool again = repeated(d, d->tcp445) || repeated(d, d->tcp139);
	bool halting = smb_halting(d);
	const struct evidence *others = !open && !pinged ? no_loss_without_ping(d) : NULL;
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
	else if (pinged && lost > 1 && (again || failed || lost_some(row)) && !pings_even(p))
		digest_put(d, "loss.state", "loss", p->burst);
	else if (evidence_state(arp, "answered") && answers > 19)
		digest_put(d, "loss.state", "none", arp);
	else if (evidence_state(arp, "answered") && answers >= ARP_TELLING &&
		 answers < (open ? 19 : 8)) /* as for pings: it has to explain that */
		digest_put(d, "loss.state", "loss", arp);
	else if (others)
		digest_put(d, "loss.state", "none", others);
	else if (pinged && failed && pings_even(p))
		return; /* of a limit on connections and one on pings nothing here is known apart */
	else if (failed && !evidence_state(row, "too-few")) /* so few alone may be what befalls connections */
		digest_put(d, "loss.state", "loss", row);
	else if (clean_row(d, row, lost, p->burst_sent) && (pinged || !again))
		put_no_loss(d, row, pinged);
}

/* flows: so many round trips in a row came back at once that a line which is slow would have filled up: what is silent
 * then is the service. */
static bool flows(const struct digest *d)
{
	enum { ROW_MIN = 10 };
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")));
	const struct evidence *row = digest_quick_row(d);
	bool all = evidence_state(arp, "answered") && arp_of_twenty(d, arp) > 19;
	return (all && digest_is(d, "arp.quality", "quick")) ||
	       (evidence_state(row, "works") && evidence_number(row, "retry.attempts", 0) >= ROW_MIN);
}

/* Where ping is filtered, connections tell that the way is quick, unless what came over them then did not; and where
 * there are none, refusals and a node status. */
static void put_quick(struct digest *d)
{
	double ms = evidence_number(d->tcp445, "tcp.ms", -1), other_ms = evidence_number(d->tcp139, "tcp.ms", 0);
	const struct evidence *smb = digest_look(d, "smb", ARG("address", d->target));
	const struct evidence *status = digest_look(d, "nbstat", ARG("address", d->target));
	bool spoke = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.445", "refused") ||
		     digest_is(d, "tcp.139", "open") || digest_is(d, "tcp.139", "refused");
	bool queue = digest_is(d, "path.kind", "on-link") && (queued_up(d->tcp445) || queued_up(d->tcp139));
	bool slow = (digest_is(d, "tcp.139", "open") ? other_ms : 0) > SLOW_MS || queue ||
		    (evidence_state(smb, "silent") && !flows(d)) || evidence_state(smb, "no-connection");
	bool told = evidence_state(status, "answered") || evidence_state(status, "port-closed");
	if (!digest_fact(d, "latency.state").n && !spoke && told && status->ms < SLOW_MS)
		digest_put(d, "latency.state", "ok", status);
	if (!digest_fact(d, "latency.state").n && spoke && !slow && ms >= 0 && (ms < SLOW_MS || other_ms < SLOW_MS))
		digest_put(d, "latency.state", "ok", d->tcp445);
}

/* large_request: a large SMB request, NULL where none was sent; the others leave the argument out. */
static const struct evidence *large_request(const struct digest *d)
{
	return digest_look(d, "smb", ARG("address", d->target), ARG("pad", STR("1200")));
}

static bool large_pass(const struct evidence *e)
{
	return evidence_state(e, "passes") || evidence_state(e, "too-big");
}

/* put_mtu_of_service: of a service that is not spoken to, large datagrams that nobody listens for must show it too.
 * Those that pass while large pings vanish tell nothing: their answers are small, and only one direction may be bad. */
static void put_mtu_of_service(struct digest *d)
{
	const struct evidence *ping = digest_look(d, "mtu", ARG("address", d->target), ARG("port", STR("")));
	const struct evidence *datagrams =
		digest_look(d, "mtu", ARG("address", d->target), ARG("port", STR(DIGEST_NOBODYS_PORT)));
	bool deaf = !ping || evidence_state(ping, "silent");
	if (large_pass(ping) || (deaf && large_pass(datagrams)))
		digest_put(d, "mtu.state", "passes", large_pass(ping) ? ping : datagrams);
	else if (evidence_state(ping, "blackhole") && evidence_state(datagrams, "blackhole"))
		digest_put(d, "mtu.state", "blackhole", datagrams);
	else if (deaf && datagrams && !evidence_state(datagrams, "blackhole"))
		digest_put(d, "mtu.state", "untold", datagrams);
}

/* put_mtu: firewalls drop pings, or large ones, as such, so that where SMB works a large request must show it too. */
static void put_mtu(struct digest *d)
{
	const struct evidence *e = digest_look(d, "mtu", ARG("address", d->target)), *large = large_request(d);
	if (!d->smb) {
		put_mtu_of_service(d);
		return;
	}
	bool vanishes = evidence_state(large, "silent"), told = large && !evidence_state(large, "no-connection");
	if (told && !large_pass(e))
		digest_put(d, "mtu.state", vanishes ? "blackhole" : "passes", large);
	else if (evidence_state(e, "blackhole") && !digest_works_small(d))
		digest_put(d, "mtu.state", "blackhole", e);
	else if (large_pass(e))
		digest_put(d, "mtu.state", "passes", e);
}

void digest_pings(struct digest *d)
{
	struct pings pings = count_pings(d);
	put_ping(d, &pings);
	put_loss(d, &pings);
	put_quick(d);
	put_mtu(d);
}
