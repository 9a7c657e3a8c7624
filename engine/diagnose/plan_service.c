/* SPDX-License-Identifier: MIT
 *
 * What to ask of the service behind an open port: of SMB in its own words, of another without a word.
 */
#include "diagnose/plan_inside.h"

#define SMB_WAIT_MS "2000"

/* The client's own limit counts where it is below what "smb2" offers. */
static struct str client_limit(const struct digest *d, const char *dialects)
{
	double most = evidence_number(d->files, "client.smb.max_dialect", 0x311);
	bool limited = str_eq(str_c(dialects), S("smb2")) && most >= 0x202 && most < 0x302;
	return !limited ? S("") : most < 0x210 ? S("2.02") : most < 0x300 ? S("2.10") : S("3.00");
}

static void ask_smb(struct wave *w, const char *dialects, struct str echoes, struct str wait)
{
	const struct digest *d = w->d;
	if (digest_look(d, "smb", ARG("address", d->target), ARG("dialects", str_c(dialects)), ARG("pad", S(""))))
		return;
	bool direct = digest_is(d, "tcp.445", "open");
	struct str called = direct ? S("") : d->server_is_address ? S("*SMBSERVER") : d->server;
	ask(w, "smb", ARG("address", d->target), ARG("port", direct ? S("445") : S("139")), ARG("called", called),
	    ARG("dialects", str_c(dialects)), ARG("max", client_limit(d, dialects)), ARG("share", d->share),
	    ARG("pipe", plan_article_pipe(w)), ARG("wait", wait), ARG("echo", echoes));
}

/* tcp_repeated: a request to connect was lost. */
static bool tcp_repeated(const struct digest *d)
{
	return evidence_number(d->tcp445, "tcp.retransmits", 0) > 0 ||
	       evidence_number(d->tcp139, "tcp.retransmits", 0) > 0;
}

/* is_far: the way is long and not narrow: two requests sent together were answered together, and both late. What is
 * sent beside others does not stand in a queue there. */
static bool is_far(const struct digest *d)
{
	enum { APART_MS = 30 };
	double one_ms = evidence_number(d->tcp445, "tcp.ms", 0), other_ms = evidence_number(d->tcp139, "tcp.ms", 0);
	bool one = digest_is(d, "tcp.445", "silent") || digest_is(d, "tcp.139", "silent");
	double apart_ms = one_ms > other_ms ? one_ms - other_ms : other_ms - one_ms;
	return plan_open(d) && d->tcp445 != d->tcp139 && digest_seems_slow(d) && !plan_on_lan(d) &&
	       (one ? d->asks_ras : apart_ms < APART_MS);
}

/* arps_counted: a burst of ARP requests to the server was tried. */
static bool arps_counted(const struct digest *d)
{
	for (size_t i = 0; i < d->c->evidence_count; i++)
		if (str_eq(d->c->evidence[i]->probe, STR("arp")) &&
		    str_eq(evidence_arg(d->c->evidence[i], "address"), d->target) &&
		    evidence_arg(d->c->evidence[i], "count").n)
			return true;
	return false;
}

/* step_smb speaks as this client would. Over a lossy or a slow way that takes long, and pings tell of it first; where
 * none came back, ARP does. */
void step_smb(struct wave *w)
{
	const struct digest *d = w->d;
	if (!plan_open(d) || !d->smb)
		return;
	bool doubtful = (tcp_repeated(d) || digest_seems_slow(d)) && !is_far(d);
	bool deaf = digest_is(d, "icmp.state", "silent") && plan_on_lan(d) && !is_ipv6(d->target) && !arps_counted(d);
	if (doubtful && deaf)
		ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("200")));
	if (doubtful && (!digest_fact(d, "icmp.state").n || deaf))
		return;
	if (!digest_is(d, "tcp.445", "open"))
		ask(w, "nbss", ARG("address", d->target),
		    ARG("called", d->server_is_address ? S("*SMBSERVER") : d->server));
	ask_smb(w, digest_client_dialects(d), digest_seems_slow(d) ? S("") : arena_printf(w->a, "%d", PLAN_ECHOES),
		S(SMB_WAIT_MS));
}

/* ask_mute: each of these addresses that has not greeted is waited for once more. */
static void ask_mute(struct wave *w, struct str addresses)
{
	const struct digest *d = w->d;
	struct str rest = addresses, address;
	for (size_t i = 0; i < DIGEST_ADDRESSES_MAX && str_word(&rest, &address); i++) {
		const struct evidence *e = digest_look(d, "tcp", ARG("address", address), ARG("port", d->port));
		if (e && digest_mute(d, e))
			ask(w, "tcp", ARG("address", address), ARG("port", d->port),
			    ARG("watch", S(DIGEST_GREETING_AGAIN_MS)));
	}
}

/* ask_doubt: is each refused? The target's row is the one that step_refused_again asks for. */
static void ask_doubt(struct wave *w, struct str address)
{
	const struct digest *d = w->d;
	const struct evidence *once = digest_look(d, "tcp", ARG("address", address), ARG("port", d->port));
	double wait_ms = plan_row_wait_ms(evidence_number(once, "tcp.ms", 0), true);
	if (str_eq(address, d->target))
		plan_ask_row(w, d->port, S(DIGEST_REFUSED_AGAIN));
	else
		ask(w, "retry", ARG("address", address), ARG("port", d->port), ARG("attempts", S(DIGEST_REFUSED_AGAIN)),
		    ARG("spacing", S("50")), ARG("wait", arena_printf(w->a, "%.0f", wait_ms)));
}

/* step_service: the service ended a connection, or one of its addresses refused it, which may be one of many; or it says
 * nothing where it speaks first, or is only slow to. */
void step_service(struct wave *w)
{
	const struct digest *d = w->d;
	struct str v6 = list_first(d->v6), doubt = digest_second_doubt(d);
	const struct evidence *six = v6.n ? digest_look(d, "tcp", ARG("address", v6), ARG("port", d->port)) : NULL;
	if (digest_ended(d, d->tcp445) && !digest_ended_row(d, d->target))
		plan_ask_row(w, d->port, S(DIGEST_ENDED_AGAIN));
	if (digest_ended(d, six) && !digest_ended_row(d, v6))
		ask(w, "retry", ARG("address", v6), ARG("port", d->port), ARG("attempts", S(DIGEST_ENDED_AGAIN)),
		    ARG("spacing", S("50")), ARG("watch", plan_watch_ends(w, six)));
	if (doubt.n)
		ask_doubt(w, doubt);
	ask_mute(w, d->target);
	ask_mute(w, d->used_all);
	ask_mute(w, d->v6);
}

/* step_smb_others: where that failed, what the server makes of the other dialects. One that took the request and said
 * nothing may be slow: it is given more time before it is said to hang. No echoes: two conversations of many packets at
 * a time have to wait for the packets of the next second. */
void step_smb_others(struct wave *w)
{
	static const char *const dialects[] = { "smb311", "smb2", "smb1" };
	struct str outcome = digest_fact(w->d, "smb.outcome");
	struct str wait = str_eq(outcome, S("silent")) ? S("4500") : S(SMB_WAIT_MS);
	bool settled = !outcome.n || str_eq(outcome, S("negotiated")) || str_eq(outcome, S("refused-session"));
	if (str_eq(outcome, S("negotiated")) && !digest_fact(w->d, "smb.encryption").n)
		ask_smb(w, dialects[0], S(""), wait);
	for (size_t i = 0; !settled && i < sizeof dialects / sizeof *dialects; i++)
		ask_smb(w, dialects[i], S(""), wait);
}
