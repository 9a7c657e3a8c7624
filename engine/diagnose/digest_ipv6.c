/* SPDX-License-Identifier: MIT
 *
 * The name's IPv6 address, where the target is the other one and works: a client begins with it, and stays with it
 * where the connection comes about. Whether large packets pass there, whether packets are lost, whether it is the same
 * server.
 */
#include "diagnose/digest_ping.h"

/* TRIPS_MIN: so many round trips of which none is lost: at a loss of 40 in a hundred that is seen once in 100 times.
 * TRIPS_SURE: of connections alone, where a limit on pings is the other reason for what is missing of those. */
enum { TRIPS_MIN = 9, TRIPS_SURE = 14, PINGS_SURE = 20 };

/* at_six: the digest as it would be of that address: what was sent there counts as what was sent to the target. */
static struct digest at_six(const struct digest *d)
{
	struct digest six = *d;
	six.target = list_first(d->v6);
	return six;
}

static const struct evidence *smb_six(const struct digest *d, const char *pad)
{
	return digest_look(d, "smb", ARG("address", list_first(d->v6)), ARG("pad", str_c(pad)));
}

static const struct evidence *words_six(const struct digest *d)
{
	return digest_look(d, "ssh", ARG("address", list_first(d->v6)), ARG("port", d->port));
}

/* large_told: what became of a large request or message there: 1 it passed, -1 it vanished, while small ones pass. */
static int large_told(const struct digest *d)
{
	const struct evidence *large = smb_six(d, DIGEST_PAD);
	struct str said = evidence_text(words_six(d), "ssh.large");
	bool small = evidence_state(smb_six(d, DIGEST_PAD_NONE), "negotiated");
	if (evidence_state(large, "negotiated") || str_eq(said, STR("passed")))
		return 1;
	return (digest_request_vanished(large) && small) || said.n ? -1 : 0;
}

/* cannot_ask: this machine does not let us probe so; over a slow way it is not tried. */
static bool cannot_ask(const struct digest *d)
{
	for (size_t i = 0; i < d->c->evidence_count; i++)
		if (str_eq(d->c->evidence[i]->probe, STR("mtu")) && evidence_state(d->c->evidence[i], "not-run"))
			return true;
	return digest_is(d, "latency.state", "slow") || digest_is(d, "latency.state", "late") || digest_seems_slow(d);
}

/* put_mtu_six: what is said on a connection counts most. Pings and datagrams of which the small ones are answered and
 * the large ones vanish show a black hole together; of one alone a filter may be the reason, so that it stays open. */
static void put_mtu_six(struct digest *d)
{
	struct str address = list_first(d->v6);
	const struct evidence *ping = digest_look(d, "mtu", ARG("address", address), ARG("port", STR("")));
	const struct evidence *datagrams =
		digest_look(d, "mtu", ARG("address", address), ARG("port", STR(DIGEST_NOBODYS_PORT)));
	const struct evidence *said = words_six(d) ? words_six(d) : smb_six(d, DIGEST_PAD);
	bool vanish = evidence_state(ping, "blackhole"), vanish_too = evidence_state(datagrams, "blackhole");
	int large = large_told(d);
	if (large < 0 && digest_is(d, "loss.ipv6", "loss"))
		return;
	if (large)
		digest_put(d, "mtu.ipv6", large > 0 ? "passes" : "blackhole", said);
	else if (digest_large_pass(ping) || digest_large_pass(datagrams))
		digest_put(d, "mtu.ipv6", "passes", datagrams ? datagrams : ping);
	else if (vanish && vanish_too)
		digest_put(d, "mtu.ipv6", "blackhole", datagrams);
	else if (!vanish && !vanish_too && (ping ? datagrams || !evidence_state(ping, "silent") : cannot_ask(d)))
		digest_put(d, "mtu.ipv6", "untold", ping);
}

/* trips_six: and a connection that was given up for want of an answer, where another one came about. */
static struct trips trips_six(const struct digest *d)
{
	struct digest six = at_six(d);
	struct trips t = digest_count_trips(&six);
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		bool lost = str_eq(e->probe, STR("tcp")) && str_eq(evidence_arg(e, "address"), six.target) &&
			    (evidence_state(e, "timeout") || evidence_state(e, "host-unreachable"));
		t.made += lost;
		t.lost += lost;
	}
	return t;
}

bool digest_doubts_ipv6(const struct digest *d)
{
	struct digest six = at_six(d);
	struct trips t = trips_six(d);
	struct pings p = digest_count_pings(&six);
	bool missing = p.burst_received < p.burst_sent;
	return (t.lost > 0 || (missing && p.burst_received > 0)) && p.burst_sent < PINGS_SURE;
}

/* put_loss_six: hosts limit their answers to ping, so lost ones are a loss only where connections lose packets too. */
static void put_loss_six(struct digest *d)
{
	struct digest six = at_six(d);
	struct trips t = trips_six(d);
	struct pings p = digest_count_pings(&six);
	double missing = p.burst_received > 0 ? p.burst_sent - p.burst_received : 0;
	const struct evidence *mtu = digest_look(d, "mtu", ARG("address", six.target), ARG("port", STR("")));
	double passed = digest_large_pass(mtu)
				? evidence_number(mtu, "mtu.small", 0) + evidence_number(mtu, "mtu.large", 0)
				: 0;
	bool enough = t.made + p.burst_received + passed >= TRIPS_MIN,
	     all = p.burst_received >= PINGS_SURE && missing <= 0;
	const struct evidence *best = p.burst ? p.burst : words_six(d) ? words_six(d) : smb_six(d, DIGEST_PAD);
	if (digest_doubts_ipv6(d) || evidence_state(words_six(d), "silent")) /* that is not the way's doing */
		return;
	if (t.lost > 0 && (missing > 1 ? !p.even : t.lost > 1 && p.burst_received <= 0))
		digest_put(d, "loss.ipv6", "loss", best);
	else if (all || (t.lost <= 0 && (missing > 0 ? t.made >= TRIPS_SURE : enough)))
		digest_put(d, "loss.ipv6", "none", best);
	else if (t.lost <= 0 && (best || cannot_ask(d)))
		digest_put(d, "loss.ipv6", "untold", best);
}

/* put_server_six: whether the same server answers there, by its own id. Of a name with several addresses of one kind
 * each may be another machine of those that serve it together. */
static void put_server_six(struct digest *d)
{
	const struct evidence *large = smb_six(d, DIGEST_PAD), *small = smb_six(d, DIGEST_PAD_NONE),
			      *theirs = small ? small : large,
			      *mine = digest_look(d, "smb", ARG("address", d->target), ARG("pad", STR("")));
	struct str one = evidence_text(mine, "smb.guid"), other = evidence_text(theirs, "smb.guid");
	bool several = list_first(d->used_all).n < d->used_all.n || list_first(d->v6).n < d->v6.n;
	const char *fails = evidence_state(theirs, "not-smb") ? "another-service"
			    : evidence_state(small, "silent") ? "silent"
							      : NULL;
	if (mine && fails && !digest_is(d, "loss.ipv6", "loss"))
		digest_change(d, "tcp.ipv6", fails, theirs);
	if (one.n && other.n && !several)
		digest_put(d, "smb.ipv6", str_eq(one, other) ? "same" : "other", theirs);
	else if ((theirs && (small || !evidence_state(large, "silent"))) || cannot_ask(d) || !mine)
		digest_put(d, "smb.ipv6", "untold", theirs);
}

void digest_ipv6(struct digest *d)
{
	struct str tcp = digest_fact(d, "tcp.ipv6");
	if (!d->target.n || !tcp.n)
		return;
	if (!str_eq(tcp, STR("open"))) {
		digest_put(d, "mtu.ipv6", "none", NULL);
		digest_put(d, "loss.ipv6", "none", NULL);
		digest_put(d, "smb.ipv6", "none", NULL);
		return;
	}
	put_loss_six(d);
	put_mtu_six(d);
	if (d->smb)
		put_server_six(d);
	else
		digest_put(d, "smb.ipv6", "none", NULL);
}
