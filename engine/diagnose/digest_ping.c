/* SPDX-License-Identifier: MIT
 *
 * ICMP, and what connections say of the same: round trips, large packets. What is lost tells digest_loss.c.
 */
#include "diagnose/digest_ping.h"

/* LARGE_HEARD: bytes that fill a packet of most links; OpenSSH offers keys in 1100, which a tunnel of 1400 carries. */
enum { PATIENCE_MS = 4500, LONG_PATIENCE_MS = 8000, LARGE_HEARD = 1400 };
enum { NEIGHBOUR_SLOW_MS = 100, REPEATED_MS = 150, LINGER_MS = 3000, QUICK_PINGS_MS = 100 };

/* kept_waiting: the connection took long, and not for want of a lost SYN, which is sent again after whole seconds. */
static bool kept_waiting(const struct evidence *e)
{
	double ms = evidence_number(e, "tcp.ms", 0);
	bool repeated = evidence_number(e, "tcp.retransmits", 0) > 0;
	return evidence_state(e, "open") && ms > SLOW_MS && (!repeated || (int)ms % 1000 > SLOW_MS);
}

struct pings digest_count_pings(const struct digest *d)
{
	struct pings p = { .rtt_ms = -1, .even = true };
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
		else if (str_eq(evidence_arg(e, "interval"), STR("500")) && p.patience_ms < PATIENCE_MS)
			p.patience_ms = PATIENCE_MS; /* or as it could take */
		if (n >= BURST_MIN) {
			p.burst = back > 0 || !p.burst ? e : p.burst;
			p.burst_sent += n;
			p.burst_received += back;
			p.even &= back >= n || back <= 0 || digest_pings_even(e);
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
	struct pings p = digest_count_pings(d);
	bool held = evidence_yes(p.burst, "icmp.held"); /* nobody answered for a while, and then somebody did at once */
	return (waited || digest_is(d, "arp.quality", "slow")) && !digest_is(d, "latency.state", "ok") && !held;
}

/* Where the last is quick again there is none: a few were held back at the beginning. */
bool digest_queued(const struct evidence *burst)
{
	double shortest_ms = evidence_number(burst, "icmp.rtt_min", 0),
	       last_ms = evidence_number(burst, "icmp.rtt_last", evidence_number(burst, "icmp.rtt_max", 0));
	return last_ms > QUEUE_MS && last_ms > 20 * shortest_ms;
}

bool digest_straggled(const struct pings *p)
{
	double first_ms = evidence_number(p->burst, "icmp.rtt_min", 0),
	       last_ms = evidence_number(p->burst, "icmp.rtt_last", 0);
	return p->burst_received > 0 && last_ms > SLOW_MS && last_ms > 4 * first_ms;
}

/* digest_pings_late: of a burst most are missing, and nobody has waited for them yet: lost, or only slow. */
bool digest_pings_late(const struct digest *d)
{
	struct pings p = digest_count_pings(d);
	double enough_ms = digest_queued(p.burst) ? LONG_PATIENCE_MS : PATIENCE_MS;
	bool all_slow = p.burst_received > 1 && p.rtt_ms > SLOW_MS;
	if (digest_straggled(&p) || all_slow || evidence_yes(p.burst, "icmp.held"))
		return false; /* slow: that is known; or they came all at once */
	/* Answers that came at once, up to the end of the row: the rest is lost. What a slow line lets through at once
	 * are the first. */
	double last_ms = evidence_number(p.burst, "icmp.rtt_last", evidence_number(p.burst, "icmp.rtt_max", -1)),
	       sent = evidence_number(p.burst, "icmp.sent", 0);
	bool spread = evidence_number(p.burst, "icmp.last", 0) > sent / 2;
	bool lingered = p.burst && p.burst->ms > LINGER_MS; /* nothing came late either */
	if (last_ms >= 0 && last_ms < QUICK_PINGS_MS && (spread || lingered))
		return false;
	return p.burst_received > 0 && p.burst_received < 0.5 * p.burst_sent && p.patience_ms < enough_ms;
}

/* put_slow: round trips that the system measured on connections, and that a repetition, after whole seconds or of the
 * request for the hardware address, does not explain. */
static void put_slow(struct digest *d, const struct pings *p)
{
	double rtt_ms = tcp_rtt(d);
	bool quick = p->rtt_ms >= 0 && p->rtt_ms < SLOW_MS, near = digest_is(d, "path.kind", "on-link");
	if (rtt_ms > SLOW_MS && (int)rtt_ms % 1000 > REPEATED_MS && !quick &&
	    (!near || digest_is(d, "arp.quality", "slow")))
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
	double rtt_ms = digest_straggled(p) ? evidence_number(p->burst, "icmp.rtt_last", 0) : p->rtt_ms;
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

/* flows: so many round trips in a row came back at once that a line which is slow would have filled up: what is silent
 * then is the service. */
static bool flows(const struct digest *d)
{
	enum { ROW_MIN = 10 };
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")));
	const struct evidence *row = digest_quick_row(d);
	bool all = evidence_state(arp, "answered") && digest_arp_of_twenty(d, arp) > 19;
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

const struct evidence *digest_large_request(const struct digest *d)
{
	const struct evidence *e = digest_look(d, "smb", ARG("address", d->target), ARG("pad", STR(DIGEST_PAD)));
	return e ? e
		 : digest_look(d, "smb", ARG("address", d->target), ARG("pad", STR("1200"))); /* of older incidents */
}

bool digest_request_vanished(const struct evidence *e)
{
	return evidence_state(e, "silent") && evidence_number(e, "smb.unacked", 1) > 0;
}

bool digest_large_pass(const struct evidence *e)
{
	return evidence_state(e, "passes") || evidence_state(e, "too-big");
}

const struct evidence *digest_words(const struct digest *d)
{
	return digest_look(d, "ssh", ARG("address", d->target), ARG("port", d->port));
}

/* put_mtu_of_service: of a service that is not spoken to, large datagrams that nobody listens for must show it too.
 * Those that pass while large pings vanish tell nothing: their answers are small, and only one direction may be bad. Of
 * an SSH server's way back large pings tell, which pass or not, or its own words where they are large. */
static void put_mtu_of_service(struct digest *d)
{
	const struct evidence *ping = digest_look(d, "mtu", ARG("address", d->target), ARG("port", STR("")));
	const struct evidence *datagrams =
		digest_look(d, "mtu", ARG("address", d->target), ARG("port", STR(DIGEST_NOBODYS_PORT)));
	const struct evidence *words = digest_words(d);
	struct str large = evidence_text(words, "ssh.large");
	bool deaf = !ping || evidence_state(ping, "silent"), there = str_eq(large, STR("passed"));
	bool back = digest_large_pass(ping) || evidence_number(words, "ssh.heard", 0) >= LARGE_HEARD;
	if (large.n && !there)
		digest_put(d, "mtu.state", "blackhole", words);
	else if (there && (back || evidence_state(ping, "blackhole"))) /* then a finding says so: mtu.pings */
		digest_put(d, "mtu.state", "passes", words);
	else if (there && deaf)
		digest_put(d, "mtu.state", "there", words);
	else if (digest_large_pass(ping) || (deaf && digest_large_pass(datagrams)))
		digest_put(d, "mtu.state", "passes", digest_large_pass(ping) ? ping : datagrams);
	else if (evidence_state(ping, "blackhole") && evidence_state(datagrams, "blackhole"))
		digest_put(d, "mtu.state", "blackhole", datagrams);
	else if (deaf && datagrams && !evidence_state(datagrams, "blackhole"))
		digest_put(d, "mtu.state", "untold", datagrams);
}

void digest_pings(struct digest *d)
{
	struct pings pings = digest_count_pings(d);
	put_ping(d, &pings);
	put_quick(d);
}

/* Firewalls drop pings, or large ones, as such, so that where SMB works a large request must show it too; one alone may
 * be lost as others are. */
static void put_mtu(struct digest *d)
{
	const struct evidence *e = digest_look(d, "mtu", ARG("address", d->target)), *large = digest_large_request(d);
	if (!d->smb) {
		put_mtu_of_service(d);
		return;
	}
	bool vanishes = digest_request_vanished(large), told = large && !evidence_state(large, "no-connection");
	if (vanishes && digest_trips_lost(d) && !digest_is(d, "loss.state", "none"))
		return;
	if (told && !digest_large_pass(e))
		digest_put(d, "mtu.state", vanishes ? "blackhole" : "passes", large);
	else if (evidence_state(e, "blackhole") && !digest_works_small(d))
		digest_put(d, "mtu.state", "blackhole", e);
	else if (digest_large_pass(e))
		digest_put(d, "mtu.state", "passes", e);
}

void digest_mtu(struct digest *d)
{
	if (!d->target.n)
		return;
	put_mtu(d);
	const struct evidence *ping = digest_look(d, "mtu", ARG("address", d->target), ARG("port", STR("")));
	if (evidence_state(ping, "blackhole") &&
	    (digest_is(d, "mtu.state", "passes") || digest_is(d, "mtu.state", "there")))
		digest_put(d, "mtu.pings", "vanish", ping);
}
