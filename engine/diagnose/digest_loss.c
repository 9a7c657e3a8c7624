/* SPDX-License-Identifier: MIT
 *
 * Lost packets: what of all round trips to the target, of pings and of whatever else was answered, tells that some are
 * lost on the way, or that none are.
 */
#include "diagnose/digest_ping.h"

#include <math.h>

enum { SURE_PINGS = 30 }; /* so many in a row tell that there is no loss */

/* That nothing is lost is said only where a loss of a fifth, the least that people notice, would show round trips such
 * as were seen hardly ever: once in 400 times where all seems to be well, which is said of nothing else. Where
 * something fails a loss would have to explain that, too. */
static const double LEAST_LOSS = 0.2, HARDLY_EVER = 0.0025, HARDLY_THEN = 0.11;

/* came_late: a first request to connect there was lost. */
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

/* is_own_word: a refusal may be a router's, in the server's place; only on this LAN there is none between. */
static bool is_own_word(const struct digest *d)
{
	return digest_is(d, "path.kind", "on-link");
}

/* count_connect: of one that came about only when its request was sent again, that was lost; so was one that was waited
 * for only briefly, where the next came about. On a slow way requests are sent again in vain. */
static struct trips count_connect(const struct digest *d, const struct evidence *e)
{
	bool quick = digest_is(d, "latency.state", "ok"),
	     came = evidence_state(e, "open") || (evidence_state(e, "refused") && is_own_word(d));
	double again = evidence_number(e, "tcp.retransmits", 0);
	if (!came || !(quick || evidence_number(e, "tcp.rtt", 0) < SLOW_MS))
		return (struct trips){ 0 };
	if (again <= 0 && ((quick && evidence_number(e, "tcp.ms", 0) > LOST_MS) || came_late(d, e)))
		again = 1; /* the answer was */
	return (struct trips){ .made = 1 + (digest_hear_ms(d, e) > 0) + again, .lost = again };
}

/* count_row: a connection that came to an end of any kind is a round trip, one that is closed as well as one that is
 * reset; a greeting that was waited for is another one, lost where it came behind its time: one that never came was
 * never sent. Where each was waited for so long that its request was sent again they tell nothing, nor where the port
 * never answered. */
static struct trips count_row(const struct digest *d, const struct evidence *e)
{
	double made = evidence_number(e, "retry.attempts", 0), failed = evidence_number(e, "retry.failures", 0),
	       others = evidence_number(e, "retry.other_failures", 0);
	bool timeout = str_eq(evidence_text(e, "retry.failure"), STR("timeout"));
	struct str heard = evidence_text(e, "retry.heard"), opened = evidence_text(e, "retry.pattern");
	struct trips t = { .made = made,
			   .lost = evidence_number(e, "retry.timeouts", timeout ? failed - others : others) };
	uint64_t wait_ms = 0;
	bool open = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	if (str_eq(evidence_text(e, "retry.failure"), STR("refused")) && failed >= made && !is_own_word(d))
		t.made = t.lost;
	if ((str_u64(evidence_arg(e, "wait"), &wait_ms) && wait_ms > LOST_MS + 50) ||
	    (!open && t.lost > 0 && failed >= made))
		return (struct trips){ 0 };
	for (size_t i = 0; i < heard.n && i < opened.n; i++) {
		t.made += opened.p[i] == 'S' && heard.p[i] != 'F';
		t.lost += opened.p[i] == 'S' && heard.p[i] == 'L';
	}
	return t;
}

/* count_talk: a conversation over SMB, by the answers to its requests; a logon takes two. One that was over sooner than
 * anything is sent again had nothing lost. */
static struct trips count_talk(const struct evidence *e)
{
	static const char *const answers[] = { "session.status", "tree.ipc_status", "tree.status", "pipe.status" };
	double again = evidence_number(e, "smb.retransmits", 0) + evidence_number(e, "smb.resent", 0);
	bool told = evidence_fact(e, "smb.retransmits") || e->ms < QUEUE_MS;
	bool logged_on = str_eq(evidence_text(e, "session.status"), STR("00000000"));
	double echoes = evidence_number(e, "smb.echoes", 0);
	if (again <= 0 && evidence_yes(e, "smb.echo_late"))
		again = 1;
	struct trips t = { .made = 2 + logged_on + (evidence_arg(e, "called").n > 0) + echoes + again, .lost = again };
	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
		t.made += evidence_text(e, answers[i]).n > 0;
	return evidence_state(e, "negotiated") && told ? t : (struct trips){ 0 };
}

bool digest_echoes(const struct digest *d)
{
	const struct evidence *e = digest_look(d, "smb", ARG("address", d->target), ARG("port", STR("445")));
	return evidence_number(e, "smb.echoes", 0) > 0 && !evidence_yes(e, "smb.echo_late");
}

/* count_arps: of the target alone, whose answers are as many as the requests at most. */
static struct trips count_arps(const struct evidence *e)
{
	double made = evidence_number(e, "arp.sent", 0), back = evidence_number(e, "arp.answers", 0);
	bool told = evidence_state(e, "answered") && back <= made;
	return told ? (struct trips){ made, made - back, made - back } : (struct trips){ 0 };
}

/* count_words: of the connection, also of one that did not come about, and the bytes that were said on it one by one. A
 * server that has them and keeps still has lost nothing. */
static struct trips count_words(const struct evidence *e)
{
	double told = evidence_number(e, "ssh.told", 0), again = evidence_number(e, "ssh.retransmits", 0);
	bool late = evidence_state(e, "late") || str_eq(evidence_text(e, "ssh.tcp"), STR("timeout"));
	if (again <= 0 && late)
		again = 1;
	return told > 0 || late ? (struct trips){ .made = 1 + told + again, .lost = again } : (struct trips){ 0 };
}

static struct trips count_evidence(const struct digest *d, const struct evidence *e)
{
	bool status =
		str_eq(e->probe, STR("nbstat")) && (evidence_state(e, "answered") || evidence_state(e, "port-closed"));
	bool session = str_eq(e->probe, STR("nbss")) && evidence_state(e, "accepted");
	if (!str_eq(evidence_arg(e, "address"), d->target) || evidence_state(e, "not-run"))
		return (struct trips){ 0 };
	if (str_eq(e->probe, STR("tcp")))
		return count_connect(d, e);
	if (str_eq(e->probe, STR("retry")))
		return count_row(d, e);
	if (str_eq(e->probe, STR("smb")))
		return count_talk(e);
	if (str_eq(e->probe, STR("ssh")))
		return count_words(e);
	if (str_eq(e->probe, STR("arp")) && !is_ipv6(d->target))
		return count_arps(e);
	return (struct trips){ .made = (status || session) && e->ms < QUEUE_MS ? 1 + session : 0 };
}

struct trips digest_count_trips(const struct digest *d)
{
	struct trips sum = { 0 };
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		struct trips t = count_evidence(d, d->c->evidence[i]);
		sum.made += t.made;
		sum.lost += t.lost;
		sum.arps_lost += t.arps_lost;
	}
	return sum;
}

/* firsts_dropped: of every connection that was waited for the first request was lost, and nothing else: by chance that
 * is hardly ever so, but some guards against floods let through only who asks again. NULL where it is not so, or where
 * the first may have been answered, too late. */
static const struct evidence *firsts_dropped(const struct digest *d, struct trips t)
{
	enum { TELLING = 3 };
	const struct evidence *last = NULL;
	double dropped = 0;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		bool tcp = evidence_state(e, "open") && str_eq(e->probe, STR("tcp")), smb = evidence_state(e, "negotiated");
		if (!(tcp || smb) || !str_eq(evidence_arg(e, "address"), d->target))
			continue;
		if (evidence_number(e, tcp ? "tcp.retransmits" : "smb.retransmits", 0) != 1 || e->ms < LOST_MS ||
		    evidence_number(e, "tcp.rtt", 0) >= SLOW_MS)
			return NULL;
		dropped++;
		last = e;
	}
	return dropped >= TELLING && t.lost <= dropped ? last : NULL;
}

bool digest_trips_lost(const struct digest *d)
{
	return digest_count_trips(d).lost > 0;
}

/* at_most_lost: how likely it is that of so many round trips no more than these are lost, at LEAST_LOSS. */
static double at_most_lost(double lost, double made)
{
	double one = pow(1 - LEAST_LOSS, made), sum = one;
	for (double i = 1; i <= lost && i <= made; i++) {
		one *= (made - i + 1) / i * LEAST_LOSS / (1 - LEAST_LOSS);
		sum += one;
	}
	return sum < 1 ? sum : 1;
}

/* by_chance: how likely what was seen is on a way with the least loss. Pings that are missing may have been kept back
 * by a limit, and speak neither for a loss nor against one; nor do those that came back where packets of connections
 * were lost, for something may limit these alone. Requests by ARP go to all, as nothing else does, and on a wireless
 * network get lost sooner: where pings all came back they count with them. Of a row of connections of which none is
 * lost the chance is one of its own: it was asked for because of what was lost before. */
static double by_chance(const struct digest *d, const struct pings *p)
{
	const struct evidence *quick = digest_quick_row(d);
	struct trips t = digest_count_trips(d), row = quick ? count_evidence(d, quick) : (struct trips){ 0 };
	double missing = p->burst_sent - p->burst_received, since = row.lost <= 0 ? row.made : 0;
	if (t.lost <= 0)
		return at_most_lost(0, t.made) * at_most_lost(missing, p->burst_sent);
	bool arps = t.lost <= t.arps_lost && missing <= 0;
	return at_most_lost(t.lost, t.made - since + (arps ? p->burst_sent : 0)) * at_most_lost(0, since);
}

/* large_vanished: a large packet did not arrive. */
static bool large_vanished(const struct digest *d)
{
	return evidence_state(digest_large_request(d), "silent") ||
	       evidence_state(digest_look(d, "mtu", ARG("address", d->target)), "blackhole") ||
	       evidence_state(digest_words(d), "vanishes");
}

/* seems_well: nothing fails. */
static bool seems_well(const struct digest *d)
{
	return digest_is(d, "path.works", "yes") && !digest_is(d, "smb.share", "missing") &&
	       !digest_is(d, "tcp.steady", "no") && !large_vanished(d);
}

static double chance_most(const struct digest *d)
{
	return seems_well(d) ? HARDLY_EVER : HARDLY_THEN;
}

unsigned digest_trips_wanted(const struct digest *d)
{
	struct pings p = digest_count_pings(d);
	double chance = by_chance(d, &p);
	unsigned wanted = 0;
	for (; chance > chance_most(d); chance *= 1 - LEAST_LOSS)
		wanted++;
	return wanted;
}

/* lost_connects: short connections failed at random for want of an answer. */
static bool lost_connects(const struct digest *d)
{
	const struct evidence *row = digest_quick_row(d);
	return digest_row_mixed(d, row) && str_eq(evidence_text(row, "retry.failure"), STR("timeout"));
}

/* The answers to a burst come as a limit lets them pass: at first as many as it had saved up, then one
 * every so often. A loss falls at random. */
bool digest_pings_even(const struct evidence *burst)
{
	enum { SAVED_UP = 3, TELLING_GAPS = 3 };
	struct str row = evidence_text(burst, "icmp.row");
	size_t saved = 0, least = SIZE_MAX, most = 0, gaps = 0, ends = 0;
	while (saved < row.n && row.p[saved] == 'S')
		saved++;
	size_t last = saved ? saved - 1 : SIZE_MAX;
	for (size_t i = saved; i < row.n; i++) {
		if (row.p[i] != 'S')
			continue;
		size_t gap = last == SIZE_MAX ? 0 : i - last;
		ends = last == SIZE_MAX ? i : ends;
		least = gap && gap < least ? gap : least;
		most = gap > most ? gap : most;
		gaps += gap > 0;
		last = i;
	}
	if (last != SIZE_MAX && row.n - 1 - last > ends)
		ends = row.n - 1 - last;
	bool even = gaps > 0 && least > 1 && most <= least + 1 && ends <= most;
	bool few = saved && evidence_number(burst, "icmp.received", 0) <= 2,
	     at_first = saved >= SAVED_UP && saved < row.n;
	return few || (at_first && gaps < 2) || (even && (at_first || gaps >= TELLING_GAPS));
}

/* loss_in_doubt: connections lost something, and pings hardly anything, or only as by a limit: it takes many to tell a
 * loss from what befalls connections alone. */
static bool loss_in_doubt(const struct digest *d, const struct pings *p, struct trips t)
{
	double lost = p->burst_sent - p->burst_received;
	bool row = lost_connects(d), few = lost <= 1 && (p->burst_sent < SURE_PINGS || (lost > 0 && row));
	return p->burst_received > 0 && t.lost > 0 && (few || (p->even && p->burst_sent < SURE_PINGS));
}

bool digest_doubts_loss(const struct digest *d)
{
	struct pings p = digest_count_pings(d);
	return p.burst_sent < SURE_PINGS && loss_in_doubt(d, &p, digest_count_trips(d));
}

bool digest_pings_all_back(const struct digest *d)
{
	struct pings p = digest_count_pings(d);
	return p.burst_sent > 0 && p.burst_received >= p.burst_sent;
}

double digest_pings_lost(const struct digest *d)
{
	struct pings p = digest_count_pings(d);
	return p.burst_received > 0 && !p.even ? 1 - p.burst_received / p.burst_sent : 0;
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
	struct pings p = digest_count_pings(d);
	bool some = p.burst_received > 0 && p.burst_received < p.burst_sent;
	return some && !digest_is(d, "tcp.445", "open") && !digest_is(d, "tcp.139", "open");
}

/* Of two rows that go at a time each sees the answers to both. */
double digest_arp_of_twenty(const struct digest *d, const struct evidence *arp)
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
	double answers = digest_arp_of_twenty(d, arp), back = evidence_number(slow, "icmp.received", 0);
	double sent = evidence_number(slow, "icmp.sent", 0), lost = p->burst_sent - p->burst_received;
	bool asked = evidence_state(arp, "answered"), lossy = asked || digest_is(d, "arp.quality", "lossy");
	/* Where nobody was found by ARP no connection was tried: nothing else is to be explained. */
	bool untried = digest_is(d, "tcp.445", "no-neighbour");
	bool most = lost >= 0.6 * p->burst_sent || (asked && lost > 1 && untried);
	/* What is missing at random is no limit, and a few slow ones that come back are luck. */
	bool first = str_starts(evidence_text(p->burst, "icmp.row"), STR("SSS"));
	bool as_limited = p->even || (first && p->burst_received < 0.5 * p->burst_sent);
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

/* digest_loss: hosts limit their answers to ping, so lost ones are a loss only where connections or ARP lose packets
 * too. Over a slow line answers come too late to be counted. */
void digest_loss(struct digest *d)
{
	if (!d->target.n)
		return;
	const struct pings pings = digest_count_pings(d), *p = &pings;
	const struct evidence *arp = digest_look(d, "arp", ARG("address", d->target), ARG("count", STR("20")));
	const struct evidence *row = digest_quick_row(d);
	const struct trips t = digest_count_trips(d);
	bool open = digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
	bool pinged = p->burst_received > 0, failed = lost_connects(d);
	double lost = p->burst_sent - p->burst_received, answers = digest_arp_of_twenty(d, arp);
	bool clean = by_chance(d, p) <= chance_most(d) && !failed, none = open ? clean : pinged && lost == 0;
	const struct evidence *others = !open && !pinged ? no_loss_without_ping(d) : NULL;
	const struct evidence *best = pinged ? p->burst : row ? row : arp, 
			      *firsts = p->rtt_ms < SLOW_MS ? firsts_dropped(d, t) : NULL;
	if (loss_in_doubt(d, p, t))
		return;
	if (firsts && lost == 0 && p->burst_sent >= SURE_PINGS)
		digest_put(d, "connect.first", "dropped", firsts);
	/* Where so many pings all came back, what befalls connections alone is no loss: something limits them. */
	if (pinged && lost == 0 && (none || ((failed || firsts) && p->burst_sent >= SURE_PINGS)))
		digest_put(d, "loss.state", "none", best);
	else if (p->rtt_ms >= SLOW_MS || digest_straggled(p) || digest_pings_late(d) || digest_queued(p->burst))
		return;
	else if (!open && pinged && lost > 0)
		put_limited(d, p);
	else if (pinged && lost > 1 && t.lost > 0 && !p->even)
		digest_put(d, "loss.state", "loss", p->burst);
	else if (evidence_state(arp, "answered") && answers >= ARP_TELLING &&
		 answers < (open ? 19 : 8)) /* as for pings: it has to explain that */
		digest_put(d, "loss.state", "loss", arp);
	else if (others || (!open && evidence_state(arp, "answered") && answers > 19))
		digest_put(d, "loss.state", "none", others ? others : arp);
	else if (pinged && failed && p->even)
		return; /* of a limit on connections and one on pings nothing here is known apart */
	else if (failed && !evidence_state(row, "too-few")) /* so few alone may be what befalls connections */
		digest_put(d, "loss.state", "loss", row);
	else if (clean)
		digest_put(d, "loss.state", "none", best);
	else if (digest_is_ssh(d) && seems_well(d) && !pinged && row && t.lost <= 0) /* more may not be asked */
		digest_put_str(d, "loss.trips", arena_printf(d->a, "%.0f", t.made), row);
}
