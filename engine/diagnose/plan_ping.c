/* SPDX-License-Identifier: MIT
 *
 * What to ask to learn how much gets through, and how fast: pings, rows of connections, large packets, attempts over a
 * dialled link. A burst comes once connects have told what they can.
 */
#include "diagnose/plan_inside.h"

#include "probe/echo.h"

/* connects_within: an open port that was so quick. */
static bool connects_within(const struct digest *d, double ms)
{
	const struct evidence *open = digest_is(d, "tcp.445", "open") ? d->tcp445 : d->tcp139;
	return plan_open(d) && evidence_number(open, "tcp.ms", 1000) < ms;
}

static bool is_near(const struct digest *d)
{
	return connects_within(d, NEAR_MS);
}

/* trips_beside: the round trips that a healthy diagnosis makes before the burst and beside it: of an SMB conversation
 * its requests and echoes, over port 139 with a session of its own beside it; of an SSH server each connection and its
 * greeting. */
static unsigned trips_beside(struct wave *w)
{
	enum { TALK = 5 + PLAN_ECHOES, SESSION = 3, ARPS = 3, ROW = 10, SSH = 7 };
	const struct digest *d = w->d;
	bool first = digest_is(d, "tcp.445", "open"), second = d->smb && digest_is(d, "tcp.139", "open");
	bool refused = d->smb && digest_is(d, "tcp.139", "refused") && !d->asks_ras && /* and nine times more */
		       digest_is(d, "path.kind", "on-link");		       /* but for a router in its place */
	unsigned n = (unsigned)first + (unsigned)second + (plan_on_lan(d) && !is_ipv6(d->target) ? ARPS : 0);
	if (d->smb)
		n += TALK + (unsigned)(d->share.n > 0) + (unsigned)(plan_article_pipe(w).n > 0) + (first ? 0 : SESSION);
	else if (digest_is_ssh(d))
		return n + SSH;
	return n + (d->asks_ras || digest_wants_row(d) || refused ? ROW : 0);
}

/* burst_asked: once; how many it takes may look otherwise by now. */
static bool burst_asked(const struct digest *d)
{
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		if (str_eq(e->probe, S("icmp")) && str_eq(evidence_arg(e, "address"), d->target) &&
		    evidence_arg(e, "linger").n)
			return true;
	}
	return false;
}

static void step_burst(struct wave *w)
{
	if (burst_asked(w->d))
		return;
	/* With what else is asked beside them as many round trips as show that nothing is lost, and no more: a healthy
	 * diagnosis stays below the packets of one second. */
	enum { USUAL = 20, LEAST = 10, SURE = 28 };
	unsigned beside = trips_beside(w);
	struct str count = arena_printf(w->a, "%d",
					!plan_open(w->d)	? USUAL
					: beside > SURE - LEAST ? LEAST
								: SURE - (int)beside);
	bool silent =
		digest_is(w->d, "tcp.445", "silent") && digest_is(w->d, "tcp.139", "silent"); /* nobody, or only slow */
	enum { NEXT_DOOR_MS = 20 };
	struct str wait = connects_within(w->d, NEXT_DOOR_MS) ? S("100")
			  : is_near(w->d)		      ? S("200")
			  : plan_open(w->d) ? S("600") : silent ? S("2500") : S("900");
	ask(w, "icmp", ARG("address", w->d->target), ARG("count", count), ARG("interval", S("20")), ARG("wait", wait),
	    ARG("deaf", is_near(w->d) ? arena_printf(w->a, "%d", LEAST) : S("")),
	    ARG("linger", silent ? S("2000") : S("3000")), ARG("settle", silent ? S("900") : S("")));
}

/* patience: of a way that seems slow. Where a request to connect may have been lost rather than late, the connection
 * tells how late an answer can be: by what stands in a queue later than that one. */
static struct str patience(const struct wave *w)
{
	enum { MOST_MS = 5000, QUEUE_MS = 2000 };
	const struct evidence *ports[] = { w->d->tcp445, w->d->tcp139 };
	double wait_ms = MOST_MS;
	for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
		double ms = evidence_number(ports[i], "tcp.ms", MOST_MS) + QUEUE_MS;
		bool again = evidence_state(ports[i], "open") && evidence_number(ports[i], "tcp.retransmits", 0) > 0;
		wait_ms = again && ms < wait_ms ? ms : wait_ms;
	}
	return arena_printf(w->a, "%.0f", wait_ms);
}

static void ask_patient_pings(struct wave *w)
{
	ask(w, "icmp", ARG("address", w->d->target), ARG("count", S("3")), ARG("interval", S("500")),
	    ARG("wait", patience(w)), ARG("settle", S("1500")));
}

/* step_ping: a burst shows loss, and its silence is more than bad luck on a lossy way. */
void step_ping(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->target.n || !plan_told(d) || plan_seems_gone(d))
		return;
	if (digest_seems_slow(d))
		ask_patient_pings(w);
	else
		step_burst(w);
	if (digest_is(d, "tcp.ipv6", "dead") || digest_is(d, "tcp.ipv6", "filtered")) {
		/* Or is it there, and much is lost on the way? */
		ask(w, "neighbour", ARG("address", list_first(d->v6)));
		ask(w, "tcp", ARG("address", list_first(d->v6)), ARG("port", d->port),
		    ARG("wait", S(DIGEST_AGAIN_MS)));
		ask(w, "icmp", ARG("address", list_first(d->v6)), ARG("count", S("4")), ARG("interval", S("100")),
		    ARG("wait", S("900")));
	}
}

/* This machine does not let us probe so, so that others must tell. */
static bool denied(const struct digest *d, struct str probe)
{
	for (size_t i = 0; i < d->c->evidence_count; i++)
		if (str_eq(d->c->evidence[i]->probe, probe) && evidence_state(d->c->evidence[i], "not-run"))
			return true;
	return false;
}

static bool pings_denied(const struct digest *d)
{
	return denied(d, S("icmp"));
}

/* plan_large_size: of a large packet, as large as the connection would send them, for lines and tunnels that carry only
 * a little less than others are many, and switches between two that send jumbo frames: where the other side, or a router
 * between, has said that its segments hold less, larger ones that vanish are no matter. */
struct str plan_large_size(const struct wave *w, const struct evidence *open)
{
	enum { UNKNOWN = 1400, MOST = ECHO_PAYLOAD_MAX, TCP_HEADER = 20, ECHO_HEADER = 8 };
	double mss = evidence_number(open, "tcp.mss", 0), size = mss + TCP_HEADER - ECHO_HEADER;
	return mss > 0 ? arena_printf(w->a, "%.0f", size < MOST ? size : MOST) : arena_printf(w->a, "%d", UNKNOWN);
}

static struct str large_size(const struct wave *w)
{
	return plan_large_size(w, digest_is(w->d, "tcp.445", "open") ? w->d->tcp445 : w->d->tcp139);
}

static void step_mtu(struct wave *w)
{
	if (plan_open(w->d) || digest_is(w->d, "icmp.state", "answers"))
		ask(w, "mtu", ARG("address", w->d->target), ARG("size", large_size(w)),
		    ARG("wait", is_near(w->d) ? S("100") : S("700")));
}

/* step_mtu_near: beside the rest, where the way is quick: a service that is not spoken to shows nothing of its own. */
void step_mtu_near(struct wave *w)
{
	if (!w->d->smb && !w->d->udp && is_near(w->d))
		step_mtu(w);
}

/* step_mtu_quick: once small packets are known to pass at once; large ones would fill a slow line. */
void step_mtu_quick(struct wave *w)
{
	const struct digest *d = w->d;
	if (digest_is(d, "icmp.state", "answers") && !plan_slow_way(d) && !digest_pings_late(d))
		step_mtu(w);
}

/* ask_large: one large request, and as many echoes behind it as are wanted to show that nothing is lost, where the
 * server has answered some before. */
static void ask_large(struct wave *w)
{
	enum { BEFORE = 2 }; /* the connection and the negotiation are round trips, too */
	const struct digest *d = w->d;
	unsigned trips = digest_trips_wanted(d), echoes = trips > BEFORE ? trips - BEFORE : 0;
	ask(w, "smb", ARG("address", d->target), ARG("port", S("445")), ARG("dialects", S("smb311")),
	    ARG("pad", S(DIGEST_PAD)), ARG("listen", S("0")), ARG("wait", S("2000")),
	    ARG("echo", digest_echoes(d) && echoes ? arena_printf(w->a, "%u", echoes) : S("")));
}

/* ask_echoes: of a server that has answered some in time; false where that was tried, or cannot be. */
static bool ask_echoes(struct wave *w)
{
	const struct digest *d = w->d;
	if (!digest_echoes(d) || digest_large_request(d))
		return false;
	ask_large(w);
	return true;
}

/* ask_words: of an SSH server, which may not be connected to often; false where that was tried, or cannot be. */
static bool ask_words(struct wave *w)
{
	const struct digest *d = w->d;
	bool asked = false;
	if (str_eq(evidence_text(d->tcp445, "tcp.service"), S("ssh")))
		ask(w, "ssh", ARG("address", d->target), ARG("port", d->port));
	for (size_t i = 0; i < w->count; i++)
		asked |= w->requests[i].probe == probe_find(S("ssh"));
	return asked;
}

/* step_datagrams: the service is not spoken to, and large pings vanish, or all do. An SSH server is told a large
 * message. */
void step_datagrams(struct wave *w)
{
	const struct digest *d = w->d;
	const struct evidence *ping = digest_look(d, "mtu", ARG("address", d->target), ARG("port", S("")));
	bool deaf = digest_is(d, "icmp.state", "silent") || pings_denied(d);
	bool doubtful = !d->smb && !d->udp && plan_open(d) && !plan_slow_way(d) &&
			(deaf || evidence_state(ping, "blackhole")) && !evidence_text(digest_words(d), "ssh.large").n;
	if (doubtful && !ask_words(w))
		ask(w, "mtu", ARG("address", d->target), ARG("port", S(DIGEST_NOBODYS_PORT)),
		    ARG("size", large_size(w)), ARG("wait", is_near(d) ? S("100") : S("700")));
}

/* step_large: large pings vanish, or all do, and small requests work, so a large request decides. */
void step_large(struct wave *w)
{
	const struct digest *d = w->d;
	const struct evidence *mtu = digest_look(d, "mtu", ARG("address", d->target));
	bool told = evidence_state(mtu, "passes") || evidence_state(mtu, "too-big");
	bool deaf = mtu || digest_is(d, "icmp.state", "silent") || pings_denied(d);
	if (deaf && !told && digest_works_small(d) && digest_is(d, "tcp.445", "open"))
		ask_large(w);
}

/* step_patience: most of a burst is missing, and nobody has waited for it yet. */
void step_patience(struct wave *w)
{
	if (digest_pings_late(w->d))
		ask_patient_pings(w);
}

/* so_many: what is wanted to show that nothing is lost, within what a probe sends. */
static struct str so_many(const struct wave *w, unsigned least, unsigned most)
{
	unsigned n = digest_trips_wanted(w->d);
	return arena_printf(w->a, "%u", n < least ? least : n > most ? most : n);
}

/* step_again: the host answers by now; whether its port is still silent, or whether something has changed meanwhile. */
void step_again(struct wave *w)
{
	const struct digest *d = w->d;
	if (digest_is(d, "tcp.445", "silent") && digest_is(d, "host.ip", "answers") &&
	    !digest_is(d, "path.kind", "ras"))
		ask(w, "tcp", ARG("address", d->target), ARG("port", d->port), ARG("wait", S(DIGEST_AGAIN_MS)));
}

struct str plan_watch_ends(const struct wave *w, const struct evidence *e)
{
	enum { TIMES = 4, LEAST_MS = 300, MOST_MS = 1000 }; /* of one that ends at once none of it is waited for */
	double ms = TIMES * evidence_number(e, "tcp.watched", 0);
	/* Of a message of an end a row is watched for as long as one that ends at once takes, where the way is short.
	 */
	struct str brief = digest_stay(w->d).n && is_near(w->d) ? S(DIGEST_WATCH_MS) : S("");
	return !digest_ended(w->d, e) ? brief
	       : ms < LEAST_MS	      ? S(DIGEST_ENDS_MS)
				      : arena_printf(w->a, "%.0f", ms < MOST_MS ? ms : MOST_MS);
}

double plan_row_wait_ms(double trip_ms, bool before_repeat)
{
	enum { LEAST_MS = 300, BEFORE_REPEAT_MS = 950, TRIPS = 3 };
	double ms = TRIPS * trip_ms;
	return ms < LEAST_MS ? LEAST_MS : before_repeat && ms > BEFORE_REPEAT_MS ? BEFORE_REPEAT_MS : ms;
}

void plan_ask_row(struct wave *w, struct str port, struct str attempts)
{
	const struct digest *d = w->d;
	if (d->udp)
		return;
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", d->target));
	/* Of a connection whose request was sent again the system's own round trip tells more than how long it took. */
	const double seen[] = { evidence_number(d->tcp445, "tcp.rtt", evidence_number(d->tcp445, "tcp.ms", -1)),
				evidence_number(d->tcp139, "tcp.rtt", evidence_number(d->tcp139, "tcp.ms", -1)),
				evidence_number(ping, "icmp.rtt_min", -1) };
	double trip_ms = -1;
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		if (seen[i] >= 0 && (trip_ms < 0 || seen[i] < trip_ms))
			trip_ms = seen[i];
	double wait_ms = plan_row_wait_ms(trip_ms, digest_is(d, "latency.state", "ok"));
	/* Of an SSH server that may be asked little more each connection tells twice, once by its greeting. */
	double hear_ms = digest_hear_ms(d, d->tcp445);
	ask(w, "retry", ARG("address", d->target), ARG("port", port), ARG("attempts", attempts),
	    ARG("spacing", S("50")), ARG("wait", arena_printf(w->a, "%.0f", wait_ms)),
	    ARG("watch", plan_watch_ends(w, d->tcp445)),
	    ARG("hear", digest_is_ssh(d) && hear_ms > 0 ? arena_printf(w->a, "%.0f", hear_ms) : S("")));
}

static struct str open_port(const struct digest *d)
{
	return digest_is(d, "tcp.445", "open") ? d->port : S("139");
}

/* ask_statuses: a host that answers no ping and has told its names tells them again, unless they are lost. */
static void ask_statuses(struct wave *w)
{
	static const struct str waits[] = { STR_LIT("900"), STR_LIT("920"), STR_LIT("940") };
	const struct evidence *e = digest_look(w->d, "nbstat", ARG("address", w->d->target));
	bool told = evidence_state(e, "answered") || evidence_state(e, "port-closed");
	for (size_t i = 0; told && i < sizeof waits / sizeof *waits; i++)
		ask(w, "nbstat", ARG("address", w->d->target), ARG("wait", waits[i]));
}

/* step_loss: where ping is filtered or lossy, other round trips show whether packets are lost. */
void step_loss(struct wave *w)
{
	const struct digest *d = w->d;
	bool lossy = digest_is(d, "arp.quality", "lossy");
	if (digest_fact(d, "loss.state").n || digest_is(d, "latency.state", "slow") || digest_pings_late(d))
		return;
	bool limited = digest_pings_limited(d),
	     arp = plan_on_lan(d) && !is_ipv6(d->target) && !denied(d, S("arp"));
	bool deaf = digest_is(d, "icmp.state", "silent") && digest_is(d, "host.ip", "answers") && !plan_open(d);
	if (limited || deaf) /* it will be wanted, too, and takes as long */
		step_again(w);
	if (deaf && !arp)
		ask_statuses(w);
	if (arp && (lossy || limited || deaf) && !plan_open(d))
		ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("900")));
	else if (limited)
		ask(w, "icmp", ARG("address", d->target), ARG("count", S(DIGEST_SLOW_PINGS)), ARG("interval", S("400")),
		    ARG("wait", S("600")));
	if (!plan_open(d))
		return;
	const struct evidence *twenty = digest_look(d, "arp", ARG("address", d->target), ARG("count", S("20")));
	bool pings = digest_doubts_loss(d) || digest_pings_all_back(d);
	const struct evidence *more =
		digest_look(d, "icmp", ARG("address", d->target), ARG("linger", S("")), ARG("interval", S("20")));
	if (pings && !more)
		ask(w, "icmp", ARG("address", d->target),
		    ARG("count", digest_doubts_loss(d) ? S("20") : so_many(w, 10, 20)), ARG("interval", S("20")),
		    ARG("wait", S("600")));
	else if (!digest_seems_slow(d) && (ask_echoes(w) || ask_words(w)))
		return;
	else if (arp && digest_is(d, "icmp.state", "silent") && !twenty)
		ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("200")));
	else if (!digest_seems_slow(d) && (digest_fact(d, "icmp.state").n || pings_denied(d)))
		plan_ask_row(w, open_port(d), so_many(w, 12, 29));
}

void step_late(struct wave *w)
{
	const struct digest *d = w->d;
	bool ras = digest_is(d, "path.kind", "ras");
	bool late = digest_pings_late(d) || !digest_is(d, "icmp.state", "answers");
	struct str peer = ras ? evidence_text(d->ras, "link.peer") : S("");
	if (plan_told(d) && (ras || plan_open(d)) && late)
		ask(w, "icmp", ARG("address", d->target), ARG("count", S("1")), ARG("wait", S("12000")));
	/* The server may answer no ping at all; a far end that has answered is not waited for again. */
	const struct evidence *heard = peer.n ? digest_look(d, "icmp", ARG("address", peer)) : NULL;
	bool answered = evidence_number(heard, "icmp.received", 0) > 0;
	if (plan_told(d) && peer.n && !str_eq(peer, d->target) && late && !answered)
		ask(w, "icmp", ARG("address", peer), ARG("count", S("1")), ARG("wait", S("12000")));
}

/* step_refused_again: one refusal may be half of a mix. */
void step_refused_again(struct wave *w)
{
	const struct digest *d = w->d;
	if (!plan_told(d) || digest_is(d, "path.kind", "ras"))
		return;
	if (digest_is(d, "tcp.445", "refused"))
		plan_ask_row(w, d->port, S(DIGEST_REFUSED_AGAIN));
	else if (digest_is(d, "tcp.139", "refused"))
		plan_ask_row(w, S("139"), S(DIGEST_REFUSED_AGAIN));
}

/* unsteady_length: where it was refused first and never again, it may have come up just now: ten that succeed tell. */
static struct str unsteady_length(const struct digest *d)
{
	const struct evidence *again = digest_look(d, "retry", ARG("address", d->target), ARG("spacing", S("50")),
						   ARG("attempts", S(DIGEST_REFUSED_AGAIN)));
	struct str row = evidence_text(again, "retry.pattern");
	bool up = str_starts(row, S("F")) && str_ends(row, S("S")) && str_find(row, S("SF")) == STR_NONE;
	return up ? S("10") : S("15");
}

/* step_unsteady: some connections to a port came about and some failed; a row tells more. */
void step_unsteady(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->unsteady_port.n && !digest_is(d, "path.kind", "ras") && !digest_seems_slow(d))
		plan_ask_row(w, d->unsteady_port, unsteady_length(d));
}

/* step_row: over a dialled link one success proves little; nor does one where the message tells of a failure that may
 * befall some only. */
void step_row(struct wave *w)
{
	const struct digest *d = w->d;
	/* One of the few connections that an SSH server may be asked for is left for what step_loss may want. */
	bool few = digest_is_ssh(d);
	if (few && digest_look(d, "retry", ARG("address", d->target), ARG("port", d->port)))
		return;
	if (digest_wants_row(d) && !digest_seems_slow(d))
		plan_ask_row(w, d->port, few ? S("3") : S("10"));
	else if (d->asks_ras && plan_open(d) && digest_is(d, "path.kind", "ras") && !digest_seems_slow(d))
		plan_ask_row(w, open_port(d), S("10"));
}

void step_retry(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->asks_ras && plan_told(d) && !plan_open(d) && digest_is(d, "path.kind", "ras"))
		ask(w, "retry", ARG("address", d->target), ARG("port", d->port), ARG("attempts", S("14")),
		    ARG("spacing", S("1000")));
}
