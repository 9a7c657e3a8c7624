/* SPDX-License-Identifier: MIT
 *
 * What to ask next. A step is a set of probes that tells some facts; a wave is all steps of the lowest stage that could
 * still part the causes left. Connects come before any burst: routers limit their ICMP errors, and the first evidence
 * counts. What was asked once with the same arguments is not asked again. Of the costly steps of a stage those come
 * first that tell most for a packet: packets and connections are few, and go to the probes in their order.
 */
#include "diagnose/weigh.h"

#include "probe/address.h"
#include "probe/probe_machine.h"
#include "probe/spec.h"

#include <assert.h>

enum { SERVERS_MAX = 2, ADDRESSES_MAX = 3 };

/* How long a diagnosis may go on before it begins something that takes long. */
enum { COSTLY_UNTIL_MS = 9000, SLOW_UNTIL_MS = 20000 };

enum { NEAR_MS = 50 }; /* so quick a connection need not be waited for long */

/* Ways to one end, of which the first that succeeds will do: how long the others are still waited for (RFC 8305). */
enum { RACE_NAMES = 1, RACE_PORTS };
enum { RACE_PORTS_MS = 550, RACE_NAMES_MS = 300 };

struct wave {
	const struct digest *d;
	struct arena *a;
	struct probe_request *requests;
	size_t count, cap;
};

static bool same_args(const struct probe_arg *a, size_t a_count, const struct probe_arg *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!str_eq(a[i].name, b[i].name) || !str_eq(a[i].value, b[i].value))
			return false;
	return true;
}

static bool asked_already(const struct wave *w, const char *probe, const struct probe_arg *args, size_t n)
{
	for (size_t i = 0; i < w->d->c->evidence_count; i++) {
		const struct evidence *e = w->d->c->evidence[i];
		if (str_eq(e->probe, str_c(probe)) && same_args(e->args, e->arg_count, args, n))
			return true;
	}
	for (size_t i = 0; i < w->count; i++)
		if (w->requests[i].probe == probe_find(str_c(probe)) &&
		    same_args(w->requests[i].args, w->requests[i].arg_count, args, n))
			return true;
	return false;
}

/* ask adds a request; arguments without a value are left out. */
#define ask(w, probe, ...)                                                                                             \
	ask_((w), (probe), (const struct probe_arg[]){ __VA_ARGS__ },                                                  \
	     sizeof((const struct probe_arg[]){ __VA_ARGS__ }) / sizeof(struct probe_arg))
static void ask_(struct wave *w, const char *probe, const struct probe_arg *args, size_t n)
{
	struct probe_request r = { .probe = probe_find(str_c(probe)), .files = w->d->c->files };
	for (size_t i = 0; i < n && r.arg_count < PROBE_ARGS_MAX; i++)
		if (args[i].value.n)
			r.args[r.arg_count++] = args[i];
	if (!r.probe || asked_already(w, probe, r.args, r.arg_count))
		return;
	struct probe_request *slot = arena_push(w->a, &w->requests, &w->count, &w->cap);
	if (slot)
		*slot = r;
}

/* race: all requests of this probe in the wave so far are ways to one end; the rest need not be waited for long. */
static void race(struct wave *w, const char *probe, unsigned number, double least_ms, double trip_most_ms)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->requests[i].probe == probe_find(str_c(probe))) {
			w->requests[i].race = number;
			w->requests[i].race_ms = least_ms;
			w->requests[i].race_trip_ms = trip_most_ms;
		}
}

#define S(text) ((struct str)STR_LIT(text))

static bool on_lan(const struct digest *d)
{
	return digest_is(d, "path.kind", "on-link");
}

static bool tcp_told(const struct digest *d)
{
	return digest_fact(d, "tcp.445").n && digest_fact(d, "tcp.139").n;
}

static bool tcp_open(const struct digest *d)
{
	return digest_is(d, "tcp.445", "open") || digest_is(d, "tcp.139", "open");
}

/* tcp_spoke: the host itself has answered, so that it need not be waited for long. */
static bool tcp_spoke(const struct digest *d)
{
	return tcp_open(d) || digest_is(d, "tcp.445", "refused") || digest_is(d, "tcp.445", "port-unreachable");
}

static bool own_link_usable(const struct digest *d)
{
	return digest_is(d, "link.state", "ok") && digest_is(d, "address.state", "ok");
}

/* ---- the steps ---- */

static void step_local(struct wave *w)
{
	ask(w, "files", ARG("name", w->d->server));
	ask(w, "link", ARG("link", w->d->asks_ras ? S("") : w->d->link));
	if (w->d->link.n)
		ask(w, "link", ARG("link", w->d->link));
}

/* step_way: by which link the target is reached, and what that link is like. Sends nothing. */
static void step_way(struct wave *w)
{
	if (w->d->way.n)
		ask(w, "route", ARG("address", w->d->way));
	else if (w->d->own_name.n)
		ask(w, "link", ARG("link", w->d->own_name));
}

/* goes_on: after such an answer a resolver asks for the next name; where nobody answers it would wait in vain. */
static bool goes_on(const struct evidence *e)
{
	static const char *const ends[] = { "answered", "timeout", "unreachable", "port-closed" };
	bool on = e != NULL;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		on = on && !evidence_state(e, ends[i]);
	return on;
}

/* knows_name: a resolver takes this for the answer, also "there is none", and asks no other server. */
static bool knows_name(const struct evidence *e)
{
	return evidence_state(e, "answered") || evidence_state(e, "nodata") || evidence_state(e, "nxdomain");
}

static void ask_broadcast(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->files && d->server.n && !d->given.n && !d->no_host.n && evidence_yes(d->files, "name.netbios"))
		ask(w, "nbns", ARG("name", d->server), ARG("scope", evidence_text(d->files, "client.scope")),
		    ARG("wait", S("450")));
}

/* step_broadcast: where the client has found the name otherwise, it is a second opinion. What connects need not wait
 * for it; where nothing does it is asked before the rest, since another address would explain it. */
static void step_broadcast(struct wave *w)
{
	if (w->d->used.n && tcp_told(w->d))
		ask_broadcast(w);
}

static void step_broadcast_first(struct wave *w)
{
	if (!w->count && !tcp_open(w->d))
		step_broadcast(w);
}

/* ask_dns: wait is for what was not asked yet, again for what was silent so far; empty: it is not asked. */
static void ask_dns(struct wave *w, struct str server, struct str name, struct str wait, struct str again)
{
	const struct str types[] = { S("A"), S("AAAA") };
	for (size_t i = 0; i < 2; i++) {
		const struct evidence *e =
			digest_look(w->d, "dns", ARG("server", server), ARG("name", name), ARG("type", types[i]));
		struct str ms = !e ? wait : digest_is_brief(e) ? again : S("");
		if (ms.n)
			ask(w, "dns", ARG("server", server), ARG("name", name), ARG("type", types[i]), ARG("wait", ms));
		if (e && ms.n) /* whoever is silent of the one need not be asked for the other too */
			return;
	}
}

static void ask_wins(struct wave *w, struct str wait, struct str again)
{
	const struct digest *d = w->d;
	struct str servers = evidence_text(d->files, "client.wins"), server;
	for (size_t k = 0; k < SERVERS_MAX && str_word(&servers, &server); k++) {
		const struct evidence *e = digest_look(d, "nbns", ARG("server", server));
		struct str ms = !e ? wait : digest_is_brief(e) ? again : S("");
		if (ms.n)
			ask(w, "nbns", ARG("name", d->server), ARG("server", server),
			    ARG("scope", evidence_text(d->files, "client.scope")), ARG("wait", ms));
	}
}

/* ask_names goes by the names that a resolver would try. */
static void ask_names(struct wave *w, struct str wait, struct str again)
{
	const struct digest *d = w->d;
	struct str names = evidence_text(d->files, "client.dns.names"), name;
	for (size_t i = 0; i < DNS_NAMES_MAX && str_word(&names, &name); i++) {
		struct str servers = evidence_text(d->files, "client.dns.servers"), server;
		const struct evidence *heard = NULL;
		for (size_t k = 0; k < SERVERS_MAX && str_word(&servers, &server); k++) {
			ask_dns(w, server, name, wait, again);
			const struct evidence *e =
				digest_look(d, "dns", ARG("server", server), ARG("name", name), ARG("type", S("A")));
			if (e && (!heard || !knows_name(heard)))
				heard = e;
		}
		if (!goes_on(heard))
			break;
	}
}

/* step_names asks all sources, and waits only briefly for who is silent: another may know the name. Where none does,
 * the silent ones are asked again beside a broadcast. */
static void step_names(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->files || !d->server.n || d->given.n || d->no_host.n)
		return;
	/* Where a file has the name already, what servers say is a second opinion: it need not be waited for long. */
	bool filed = evidence_text(d->files, "client.hosts.address").n ||
		     evidence_text(d->files, "client.lmhosts.address").n;
	bool netbios = evidence_yes(d->files, "name.netbios");
	struct str wait = filed ? S("600") : S(DIGEST_BRIEF_MS);
	ask_names(w, wait, S(""));
	if (!netbios)
		return;
	ask_wins(w, wait, S(""));
	/* The host itself knows best whether a file is out of date. */
	bool first = filed || str_eq(list_first(evidence_text(d->files, "client.name_resolve_order")), S("bcast"));
	bool none = !w->count && !d->used.n;
	if (first || none)
		ask_broadcast(w);
	if (!none || !w->count)
		return;
	ask_names(w, S(""), S(DIGEST_BRIEF_AGAIN_MS));
	ask_wins(w, S(""), S("1200"));
	race(w, "nbns", RACE_NAMES, RACE_NAMES_MS, 0);
}

/* step_names_again: the name was found while others were silent; whether they are, or only slow. */
static void step_names_again(struct wave *w)
{
	if (!w->d->used.n || !w->d->name_brief)
		return;
	ask_names(w, S(""), S("500"));
	ask_wins(w, S(""), S("500"));
}

static void step_known(struct wave *w)
{
	if (w->d->known.n && !w->d->used.n && digest_fact(w->d, "name.resolution").n) {
		ask(w, "nbstat", ARG("address", w->d->known), ARG("name", w->d->server));
		ask(w, "route", ARG("address", w->d->known));
	}
}

static void step_connect(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->target.n && digest_is(d, "dns.state", "no-a-record") && d->v6.n) {
		ask(w, "tcp", ARG("address", list_first(d->v6)), ARG("port", d->port), ARG("watch", digest_watch(d)));
		ask(w, "icmp", ARG("address", list_first(d->v6)), ARG("count", S("2")), ARG("interval", S("100")),
		    ARG("wait", S("900")));
	}
	if (!d->target.n)
		return;
	ask(w, "route", ARG("address", d->target));
	if (d->asks_port)
		return;
	if (d->udp) {
		ask(w, "udp", ARG("address", d->target), ARG("port", d->port));
		return;
	}
	struct str watch = digest_watch(d);
	ask(w, "tcp", ARG("address", d->target), ARG("port", d->port), ARG("watch", watch));
	if (d->smb)
		ask(w, "tcp", ARG("address", d->target), ARG("port", S("139")));
	/* A client needs but one of the two. On a slow line the other may stand in a queue: there it is waited for. */
	race(w, "tcp", RACE_PORTS, RACE_PORTS_MS, NEAR_MS);
	struct str rest = d->used_all, address;
	for (size_t i = 0; i < ADDRESSES_MAX && str_word(&rest, &address); i++)
		ask(w, "tcp", ARG("address", address), ARG("port", d->port), ARG("watch", watch));
	if (d->v6.n)
		ask(w, "tcp", ARG("address", list_first(d->v6)), ARG("port", d->port), ARG("watch", watch));
}

/* step_port_again: a port that was waited for only briefly, since the other one had answered: silent, or did a request
 * get lost? */
static void step_port_again(struct wave *w)
{
	const struct evidence *ports[] = { w->d->tcp445, w->d->tcp139 };
	for (size_t i = 0; i < 2; i++) {
		double trip_ms = evidence_number(ports[!i], "tcp.ms", 0);
		if (evidence_yes(ports[i], "tcp.brief"))
			ask(w, "tcp", ARG("address", w->d->target), ARG("port", evidence_arg(ports[i], "port")),
			    ARG("wait", trip_ms < NEAR_MS ? S(DIGEST_PORT_AGAIN_MS) : S("2200")));
	}
}

static bool is_near(const struct digest *d)
{
	const struct evidence *open = digest_is(d, "tcp.445", "open") ? d->tcp445 : d->tcp139;
	return tcp_open(d) && evidence_number(open, "tcp.ms", 1000) < NEAR_MS;
}

static void step_burst(struct wave *w)
{
	/* So many that a healthy diagnosis stays below the packets of one second; over a dialled link a row of
	 * connections tells loss too. */
	struct str count = !tcp_open(w->d) ? S("20") : w->d->asks_ras ? S("10") : S("17");
	bool silent =
		digest_is(w->d, "tcp.445", "silent") && digest_is(w->d, "tcp.139", "silent"); /* nobody, or only slow */
	struct str wait = is_near(w->d) ? S("200") : tcp_open(w->d) ? S("600") : silent ? S("2500") : S("900");
	ask(w, "icmp", ARG("address", w->d->target), ARG("count", count), ARG("interval", S("20")), ARG("wait", wait),
	    ARG("linger", silent ? S("2000") : S("3000")), ARG("settle", silent ? S("900") : S("")));
}

/* step_other_source: two sources give two addresses, and that which the client takes does not serve: does the other? */
static void step_other_source(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->other.n && tcp_told(d) && !tcp_open(d) && !d->udp)
		ask(w, "tcp", ARG("address", d->other), ARG("port", d->port), ARG("watch", digest_watch(d)));
}

static void step_status(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->target.n && tcp_told(d) && !tcp_open(d))
		ask(w, "nbstat", ARG("address", d->target), ARG("name", d->server_is_address ? S("") : d->server));
}

static void ask_patient_pings(struct wave *w)
{
	ask(w, "icmp", ARG("address", w->d->target), ARG("count", S("3")), ARG("interval", S("500")),
	    ARG("wait", S("5000")), ARG("settle", S("1500")));
}

/* seems_gone: a neighbour that the system still remembers, so that it sent its requests, and that answers nothing. */
static bool seems_gone(const struct digest *d)
{
	return on_lan(d) && digest_is(d, "tcp.445", "silent") && digest_is(d, "icmp.state", "silent") &&
	       evidence_state(digest_look(d, "arp", ARG("address", d->target)), "silent") &&
	       !digest_is(d, "arp.state", "silent");
}

/* ask_many_arps: so many that only nobody leaves all of them without an answer. */
static void ask_many_arps(struct wave *w)
{
	ask(w, "arp", ARG("address", w->d->target), ARG("count", S("20")), ARG("wait", S("900")));
	ask(w, "arp", ARG("address", w->d->target), ARG("count", S("20")), ARG("wait", S("950")));
}

/* step_gone comes before any patience, which is for who is slow. */
static void step_gone(struct wave *w)
{
	if (seems_gone(w->d))
		ask_many_arps(w);
}

/* step_ping: a burst shows loss, and its silence is more than bad luck on a lossy way. */
static void step_ping(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->target.n || !tcp_told(d) || seems_gone(d))
		return;
	if (digest_seems_slow(d))
		ask_patient_pings(w);
	else
		step_burst(w);
	if (digest_is(d, "tcp.ipv6", "dead") || digest_is(d, "tcp.ipv6", "filtered"))
		ask(w, "icmp", ARG("address", list_first(d->v6)), ARG("count", S("2")), ARG("interval", S("100")),
		    ARG("wait", S("900")));
}

/* slow_way: what is sent beside what is waited for stands before it in the queue. */
static bool slow_way(const struct digest *d)
{
	return digest_seems_slow(d) || digest_is(d, "latency.state", "slow") || digest_is(d, "latency.state", "late");
}

/* arp_missed: it did not answer ARP, and it is there: on a lossy line a burst tells more. */
static bool arp_missed(const struct digest *d)
{
	const struct evidence *e = digest_look(d, "arp", ARG("address", d->target));
	return evidence_state(e, "silent") && !slow_way(d) && (tcp_open(d) || digest_is(d, "icmp.state", "answers"));
}

static void step_arp(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->target.n || !tcp_told(d) || !on_lan(d))
		return;
	ask(w, "neighbour", ARG("address", d->target));
	if (is_ipv6(d->target))
		return;
	if (digest_is(d, "tcp.445", "no-neighbour")) {
		ask_many_arps(w);
	} else {
		ask(w, "arp", ARG("address", d->target), ARG("wait", tcp_spoke(d) && !slow_way(d) ? S("450") : S("")));
		if (arp_missed(d))
			ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("900")));
	}
}

static void step_own_filter(struct wave *w)
{
	const struct digest *d = w->d;
	if (digest_is(d, "tcp.445", "silent") || digest_is(d, "tcp.445", "local-denied"))
		ask(w, "tcp", ARG("address", digest_loopback(d)), ARG("port", d->port), ARG("wait", S("1000")));
}

static void step_gateway(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->gateway.n && !digest_is(d, "path.kind", "ras") && own_link_usable(d)) {
		ask(w, "arp", ARG("address", d->gateway));
		ask(w, "neighbour", ARG("address", d->gateway));
	}
}

/* The client's own limit counts where it is below what "smb2" offers. */
static struct str client_limit(const struct digest *d, const char *dialects)
{
	double most = evidence_number(d->files, "client.smb.max_dialect", 0x311);
	bool limited = str_eq(str_c(dialects), S("smb2")) && most >= 0x202 && most < 0x302;
	return !limited ? S("") : most < 0x210 ? S("2.02") : most < 0x300 ? S("2.10") : S("3.00");
}

/* article_pipe: the named pipe that the article at hand asks for. */
static struct str article_pipe(struct wave *w)
{
	const struct rule *rule = w->d->c->rule;
	struct probe_spec s;
	for (size_t i = 0; rule && i < rule->probe_count; i++)
		if (probe_spec_parse(rule->probes[i], w->a, &s) && str_eq(s.name, STR("pipe")))
			return probe_spec_arg(&s, "name");
	return STR("");
}

static void ask_smb(struct wave *w, const char *dialects)
{
	const struct digest *d = w->d;
	if (digest_look(d, "smb", ARG("address", d->target), ARG("dialects", str_c(dialects))))
		return;
	bool direct = digest_is(d, "tcp.445", "open");
	struct str called = direct ? S("") : d->server_is_address ? S("*SMBSERVER") : d->server;
	ask(w, "smb", ARG("address", d->target), ARG("port", direct ? S("445") : S("139")), ARG("called", called),
	    ARG("dialects", str_c(dialects)), ARG("max", client_limit(d, dialects)), ARG("share", d->share),
	    ARG("pipe", article_pipe(w)), ARG("wait", S("2000")));
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
	return tcp_open(d) && d->tcp445 != d->tcp139 && digest_seems_slow(d) && !on_lan(d) &&
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
static void step_smb(struct wave *w)
{
	const struct digest *d = w->d;
	if (!tcp_open(d) || !d->smb)
		return;
	bool doubtful = (tcp_repeated(d) || digest_seems_slow(d)) && !is_far(d);
	bool deaf = digest_is(d, "icmp.state", "silent") && on_lan(d) && !is_ipv6(d->target) && !arps_counted(d);
	if (doubtful && deaf)
		ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("200")));
	if (doubtful && (!digest_fact(d, "icmp.state").n || deaf))
		return;
	if (!digest_is(d, "tcp.445", "open"))
		ask(w, "nbss", ARG("address", d->target),
		    ARG("called", d->server_is_address ? S("*SMBSERVER") : d->server));
	ask_smb(w, digest_client_dialects(d));
}

/* watch_ends: the service ended this connection: how long others are looked at for the same; empty: it did not. */
static struct str watch_ends(struct arena *a, const struct evidence *e)
{
	enum { TIMES = 4, LEAST_MS = 300, MOST_MS = 1000 }; /* of one that ends at once none of it is waited for */
	double ms = TIMES * evidence_number(e, "tcp.watched", 0);
	return !digest_ended(e)	 ? S("")
	       : ms < LEAST_MS	 ? S(DIGEST_ENDS_MS)
				 : arena_printf(a, "%.0f", ms < MOST_MS ? ms : MOST_MS);
}

/* ask_row: short connections one after another, none of which waits for a repeated SYN. */
static void ask_row(struct wave *w, struct str port, struct str attempts)
{
	const struct digest *d = w->d;
	enum { LEAST_MS = 300, BEFORE_REPEAT_MS = 950, TRIPS = 3 };
	if (d->udp)
		return;
	const struct evidence *ping = digest_look(d, "icmp", ARG("address", d->target));
	const double seen[] = { evidence_number(d->tcp445, "tcp.ms", 0), evidence_number(d->tcp139, "tcp.ms", 0),
				evidence_number(ping, "icmp.rtt_min", 0) };
	double wait_ms = 0;
	for (size_t i = 0; i < sizeof seen / sizeof *seen; i++)
		if (seen[i] > 0 && (wait_ms <= 0 || TRIPS * seen[i] < wait_ms))
			wait_ms = TRIPS * seen[i];
	if (digest_is(d, "latency.state", "ok") && wait_ms > BEFORE_REPEAT_MS)
		wait_ms = BEFORE_REPEAT_MS;
	ask(w, "retry", ARG("address", d->target), ARG("port", port),
	    ARG("attempts", attempts), ARG("spacing", S("50")),
	    ARG("wait", arena_printf(w->a, "%.0f", wait_ms > LEAST_MS ? wait_ms : LEAST_MS)),
	    ARG("watch", watch_ends(w->a, d->tcp445)));
}

/* step_service: the service ended a connection, which may be one of many; or it says nothing where it speaks first, or
 * is only slow to. */
static void step_service(struct wave *w)
{
	const struct digest *d = w->d;
	struct str v6 = list_first(d->v6);
	const struct evidence *six = v6.n ? digest_look(d, "tcp", ARG("address", v6), ARG("port", d->port)) : NULL;
	if (digest_ended(d->tcp445) && !digest_ended_row(d, d->target))
		ask_row(w, d->port, S(DIGEST_REFUSED_AGAIN));
	if (digest_ended(six) && !digest_ended_row(d, v6))
		ask(w, "retry", ARG("address", v6), ARG("port", d->port), ARG("attempts", S(DIGEST_REFUSED_AGAIN)),
		    ARG("spacing", S("50")), ARG("watch", watch_ends(w->a, six)));
	if (six && digest_mute(six))
		ask(w, "tcp", ARG("address", v6), ARG("port", d->port), ARG("watch", S(DIGEST_GREETING_AGAIN_MS)));
	if (d->tcp445 && digest_mute(d->tcp445))
		ask(w, "tcp", ARG("address", d->target), ARG("port", d->port),
		    ARG("watch", S(DIGEST_GREETING_AGAIN_MS)));
}

static struct str open_port(const struct digest *d)
{
	return digest_is(d, "tcp.445", "open") ? d->port : S("139");
}

/* step_refused_again: one refusal may be half of a mix. */
static void step_refused_again(struct wave *w)
{
	const struct digest *d = w->d;
	if (!tcp_told(d) || digest_is(d, "path.kind", "ras"))
		return;
	if (digest_is(d, "tcp.445", "refused"))
		ask_row(w, d->port, S(DIGEST_REFUSED_AGAIN));
	else if (digest_is(d, "tcp.139", "refused"))
		ask_row(w, S("139"), S(DIGEST_REFUSED_AGAIN));
}

/* step_unsteady: some connections to a port came about and some failed; a row tells more. */
static void step_unsteady(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->unsteady_port.n && !digest_is(d, "path.kind", "ras") && !digest_seems_slow(d))
		ask_row(w, d->unsteady_port, S("15"));
}

/* step_smb_others: where that failed, what the server makes of the other dialects. */
static void step_smb_others(struct wave *w)
{
	static const char *const dialects[] = { "smb311", "smb2", "smb1" };
	struct str outcome = digest_fact(w->d, "smb.outcome");
	bool settled = !outcome.n || str_eq(outcome, S("negotiated")) || str_eq(outcome, S("refused-session"));
	if (str_eq(outcome, S("negotiated")) && !digest_fact(w->d, "smb.encryption").n)
		ask_smb(w, dialects[0]);
	for (size_t i = 0; !settled && i < sizeof dialects / sizeof *dialects; i++)
		ask_smb(w, dialects[i]);
}

/* denied: this machine does not let us probe so, so that others must tell. */
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

static void step_mtu(struct wave *w)
{
	if (tcp_open(w->d) || digest_is(w->d, "icmp.state", "answers"))
		ask(w, "mtu", ARG("address", w->d->target), ARG("size", S("1400")),
		    ARG("wait", is_near(w->d) ? S("250") : S("700")));
}

/* step_large: large pings vanish, or all do, and small requests work, so a large request decides. */
static void step_large(struct wave *w)
{
	const struct digest *d = w->d;
	const struct evidence *mtu = digest_look(d, "mtu", ARG("address", d->target));
	bool told = evidence_state(mtu, "passes") || evidence_state(mtu, "too-big");
	bool deaf = mtu || digest_is(d, "icmp.state", "silent") || pings_denied(d);
	if (deaf && !told && digest_works_small(d) && digest_is(d, "tcp.445", "open"))
		ask(w, "smb", ARG("address", d->target), ARG("port", S("445")), ARG("dialects", S("smb311")),
		    ARG("pad", S("1200")), ARG("wait", S("2000")));
}

/* step_mtu_quick: once small packets are known to pass at once; large ones would fill a slow line. */
static void step_mtu_quick(struct wave *w)
{
	const struct digest *d = w->d;
	if (digest_is(d, "icmp.state", "answers") && !slow_way(d) && !digest_pings_late(d))
		step_mtu(w);
}

/* step_patience: most of a burst is missing, and nobody has waited for it yet. */
static void step_patience(struct wave *w)
{
	if (digest_pings_late(w->d))
		ask_patient_pings(w);
}

/* since_ms: from one piece of evidence to the end of the newest; time that has surely passed. */
static double since_ms(const struct digest *d, const struct evidence *from)
{
	double newest = 0;
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		double end = (double)(e->at_ms - from->at_ms) + e->ms;
		newest = end > newest ? end : newest;
	}
	return newest;
}

/* step_watch looks at the link again, and waits only for what is missing of the time that tells. */
static void step_watch(struct wave *w)
{
	enum { SPARE_MS = 20 };
	const struct digest *d = w->d;
	if (digest_fact(d, "link.flapping").n || !d->own_link)
		return;
	/* Before the one address that is left has been tried nothing could be asked beside it. */
	if (!d->used.n && d->v6.n && !digest_look(d, "tcp", ARG("address", list_first(d->v6))))
		return;
	double want = digest_is(d, "link.state", "no-carrier") ? LINK_WATCH_DOWN_MS : LINK_WATCH_MS;
	double left = want - since_ms(d, d->own_link);
	ask(w, "link", ARG("link", d->own_name),
	    ARG("watch", arena_printf(w->a, "%.0f", left > 0 ? left + SPARE_MS : SPARE_MS)));
}

static void step_dns_host(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->dns_server.n || !own_link_usable(d))
		return;
	struct str hosts[] = { d->dns_server, digest_is(d, "wins.state", "silent") ? d->wins_server : S("") };
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts && hosts[i].n; i++) {
		ask(w, "arp", ARG("address", hosts[i]));
		ask(w, "icmp", ARG("address", hosts[i]), ARG("count", S("2")), ARG("interval", S("200")),
		    ARG("wait", S("900")));
	}
}

static void step_dns_domain(struct wave *w)
{
	const struct digest *d = w->d;
	struct str search = list_first(evidence_text(d->files, "client.dns.search"));
	const struct evidence *asked = digest_look(d, "dns", ARG("server", d->dns_server));
	if (search.n && d->dns_server.n && !evidence_state(asked, "timeout"))
		ask(w, "dns", ARG("server", d->dns_server), ARG("name", search), ARG("type", S("A")));
}

static void step_dns_other(struct wave *w)
{
	const struct digest *d = w->d;
	struct str configured = evidence_text(d->files, "client.dns.servers"),
		   gateway = evidence_text(d->own_link, "link.gateway");
	if (!d->dns_name.n)
		return;
	if (d->wins_server.n && !list_has(configured, d->wins_server))
		ask(w, "dns", ARG("server", d->wins_server), ARG("name", d->dns_name), ARG("type", S("A")));
	if (gateway.n && !list_has(configured, gateway))
		ask(w, "dns", ARG("server", gateway), ARG("name", d->dns_name), ARG("type", S("A")));
}

/* step_subnet asks on the wire for addresses that the routing table says are elsewhere. */
static void step_subnet(struct wave *w)
{
	const struct digest *d = w->d;
	struct str link = evidence_text(d->own_link, "link.dev");
	if (!link.n || !own_link_usable(d))
		return;
	struct str asked[] = { d->target, d->known, d->dns_server };
	double prefix = evidence_number(d->own_link, "link.prefix", 24);
	struct address own, other;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
		if (address_parse(asked[i], &other) &&
		    address_parse(evidence_text(d->own_link, "link.address"), &own) && other.family == 4 &&
		    !address_in(other, own, (unsigned)prefix))
			ask(w, "arp", ARG("address", asked[i]), ARG("link", link));
}

/* step_detour: an address that the own mask takes for a neighbour may be behind the gateway. */
static void step_detour(struct wave *w)
{
	const struct digest *d = w->d;
	struct str gateway = evidence_text(d->own_link, "link.gateway");
	const struct evidence *arp = gateway.n ? digest_look(d, "arp", ARG("address", gateway)) : NULL;
	if (digest_is(d, "subnet.state", "maybe-too-wide") && evidence_state(arp, "answered"))
		ask(w, "detour", ARG("address", d->target), ARG("mac", list_first(evidence_text(arp, "arp.macs"))));
	else if (digest_is(d, "subnet.state", "maybe-too-wide") && gateway.n)
		ask(w, "arp", ARG("address", gateway));
}

static void step_other_gateway(struct wave *w)
{
	struct str usual[2];
	size_t count = digest_usual_gateways(w->d, usual);
	for (size_t i = 0; digest_is(w->d, "gateway.state", "silent") && i < count; i++)
		ask(w, "arp", ARG("address", usual[i]));
}

static void step_trace(struct wave *w)
{
	if (w->d->target.n && tcp_told(w->d) && !on_lan(w->d))
		ask(w, "trace", ARG("address", w->d->target));
}

/* step_dns_patience: silent, or only slow; whoever found the name elsewhere need not know. */
static void step_dns_patience(struct wave *w)
{
	const struct digest *d = w->d;
	bool waits = digest_is(d, "name.resolution", "failed") && !digest_is(d, "dns.host", "dead");
	if (d->dns_server.n && d->dns_name.n && waits)
		ask(w, "dns", ARG("server", d->dns_server), ARG("name", d->dns_name), ARG("type", S("A")),
		    ARG("wait", S("6200")));
}

/* lost_few: the fewer pings were lost, the more connections it takes to tell. */
static bool lost_few(const struct digest *d)
{
	const struct evidence *e = digest_look(d, "icmp", ARG("address", d->target));
	return evidence_number(e, "icmp.sent", 0) - evidence_number(e, "icmp.received", 0) == 2;
}

/* step_again: the host answers by now; whether its port is still silent, or whether something has changed meanwhile. */
static void step_again(struct wave *w)
{
	const struct digest *d = w->d;
	if (digest_is(d, "tcp.445", "silent") && digest_is(d, "host.ip", "answers") &&
	    !digest_is(d, "path.kind", "ras"))
		ask(w, "tcp", ARG("address", d->target), ARG("port", d->port), ARG("wait", S(DIGEST_AGAIN_MS)));
}

/* step_loss: where ping is filtered or lossy, other round trips show whether packets are lost. */
static void step_loss(struct wave *w)
{
	const struct digest *d = w->d;
	bool lossy = digest_is(d, "arp.quality", "lossy");
	if (digest_fact(d, "loss.state").n || digest_is(d, "latency.state", "slow") || digest_pings_late(d))
		return;
	bool limited = digest_pings_limited(d), arp = on_lan(d) && !is_ipv6(d->target) && !denied(d, S("arp"));
	if (limited) /* it will be wanted, too, and takes as long */
		step_again(w);
	if (arp && (lossy || limited) && !tcp_open(d))
		ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("900")));
	else if (limited)
		ask(w, "icmp", ARG("address", d->target), ARG("count", S(DIGEST_SLOW_PINGS)),
		    ARG("interval", S("400")), ARG("wait", S("600")));
	if (!tcp_open(d))
		return;
	if (digest_doubts_loss(d))
		ask(w, "icmp", ARG("address", d->target), ARG("count", S("20")), ARG("interval", S("20")),
		    ARG("wait", S("600")));
	else if (on_lan(d) && digest_is(d, "icmp.state", "silent"))
		ask(w, "arp", ARG("address", d->target), ARG("count", S("20")), ARG("wait", S("200")));
	else if (!digest_seems_slow(d) && (digest_fact(d, "icmp.state").n || pings_denied(d)))
		ask_row(w, open_port(d), d->asks_ras ? S("12") : lost_few(d) ? S("25") : S("15"));
}

static void step_late(struct wave *w)
{
	const struct digest *d = w->d;
	bool ras = digest_is(d, "path.kind", "ras");
	bool late = digest_pings_late(d) || !digest_is(d, "icmp.state", "answers");
	if (tcp_told(d) && (ras || tcp_open(d)) && late)
		ask(w, "icmp", ARG("address", d->target), ARG("count", S("1")), ARG("wait", S("12000")));
}

/* step_row: over a dialled link one success proves little. */
static void step_row(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->asks_ras && tcp_open(d) && digest_is(d, "path.kind", "ras") && !digest_seems_slow(d))
		ask_row(w, open_port(d), S("10"));
}

static void step_retry(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->asks_ras && tcp_told(d) && !tcp_open(d) && digest_is(d, "path.kind", "ras"))
		ask(w, "retry", ARG("address", d->target), ARG("port", d->port), ARG("attempts", S("14")),
		    ARG("spacing", S("1000")));
}

static void step_ras_server(struct wave *w)
{
	const struct digest *d = w->d;
	if (d->ras_server.n && !str_eq(d->ras_server, d->target) && tcp_told(d))
		ask(w, "icmp", ARG("address", d->ras_server), ARG("count", S("2")), ARG("interval", S("200")),
		    ARG("wait", S("900")));
}

/* fill_spec puts what is bound for {name}; false where something is not. */
static bool fill_spec(const struct digest *d, struct probe_spec *s)
{
	for (size_t i = 0; i < s->arg_count; i++) {
		struct str value = s->args[i].value;
		if (!str_starts(value, STR("{")) || !str_ends(value, STR("}")))
			continue;
		s->args[i].value = digest_binding(d, (struct str){ value.p + 1, value.n - 2 });
		if (!s->args[i].value.n)
			return false;
	}
	return true;
}

/* step_article: what the article at hand asks for beside the way: its program's version. */
static void step_article(struct wave *w)
{
	const struct digest *d = w->d;
	const struct rule *rule = d->c->rule;
	for (size_t i = 0; rule && i < rule->probe_count; i++) {
		struct probe_spec s;
		if (!probe_spec_parse(rule->probes[i], w->a, &s) || !fill_spec(d, &s))
			continue;
		if (str_eq(s.name, STR("pe")) && d->c->files && d->c->files->program.p)
			ask(w, "pe", ARG("path", probe_spec_arg(&s, "path")), ARG("name", probe_spec_arg(&s, "name")),
			    ARG("at_least", probe_spec_arg(&s, "at_least")));
	}
}

static bool spec_arg_fits(const struct probe *p, struct str name)
{
	for (const struct probe_arg_help *h = p->args; h->name; h++)
		if (str_eq(name, str_c(h->name)))
			return true;
	return false;
}

bool diagnose_spec_fits(struct str text, struct arena *a)
{
	struct probe_spec s;
	if (!probe_spec_parse(text, a, &s))
		return false;
	const struct probe *p = probe_find(s.name);
	bool log = str_eq(s.name, STR("log"));
	if (!p && !log)
		return false;
	for (size_t i = 0; i < s.arg_count; i++) {
		struct str name = s.args[i].name;
		if (!(log && str_eq(name, STR("works"))) && !(p && spec_arg_fits(p, name)))
			return false;
	}
	return true;
}

static const struct step {
	unsigned stage;
	void (*build)(struct wave *w);
	const char *facts; /* what it tells; "*": always worth asking */
	double packets;	   /* about so many, of the costly stages */
} steps[] = {
	{ 0, step_local, "*", 0 },
	{ 0, step_article, "*", 0 },
	{ 0, step_way, "*", 0 },
	{ 1, step_names,
	  "name.resolution name.source name.wrong name.conflict name.elsewhere name.delay dns.state wins.state "
	  "broadcast.state dns.dangling", 0 },
	{ 2, step_connect,
	  "route.state path.kind ras.route tcp.445 tcp.139 tcp.second tcp.ipv6 name.wrong path.works path.loop", 0 },
	{ 2, step_known, "known.named known.path wins.state", 0 },
	{ 2, step_broadcast_first, "name.wrong name.conflict name.elsewhere broadcast.state", 0 },
	{ 3, step_names_again, "name.delay name.wrong dns.state wins.state", 0 },
	{ 3, step_port_again, "tcp.445 tcp.139 tcp.steady loss.state", 0 },
	{ 3, step_broadcast, "name.wrong name.conflict name.elsewhere broadcast.state", 0 },
	{ 3, step_other_source, "name.wrong", 0 },
	{ 3, step_status, "host.ip name.wrong", 0 },
	{ 3, step_ping, "host.ip icmp.state latency.state tcp.ipv6 loss.state", 0 },
	{ 3, step_arp, "arp.state subnet.state host.ip", 0 },
	{ 3, step_gone, "arp.state host.ip", 0 },
	{ 3, step_ras_server, "*", 0 },
	{ 3, step_own_filter, "loopback.445", 0 },
	{ 3, step_gateway, "gateway.state lan.alive subnet.state", 0 },
	{ 3, step_dns_host, "dns.host dns.state lan.alive wins.host", 0 },
	{ 3, step_dns_patience, "dns.state", 0 },
	{ 3, step_smb,
	  "nbss.state smb.outcome smb.dialects smb.signing smb.encryption smb.anonymous smb.share path.works", 0 },
	{ 3, step_service, "service.begins tcp.ipv6 tcp.steady", 0 },
	{ 3, step_row, "retry.state", 0 },
	{ 3, step_refused_again, "tcp.steady", 0 },
	{ 3, step_watch, "link.flapping", 0 },
	{ 3, step_dns_domain, "dns.domain", 0 },
	{ 4, step_smb_others, "smb.dialects smb.small smb.service smb.smb1-reset smb.encryption", 8 },
	{ 4, step_mtu_quick, "mtu.state", 6 },
	{ 4, step_loss, "loss.state", 20 },
	{ 4, step_unsteady, "retry.state", 36 },
	{ 4, step_large, "mtu.state", 12 },
	{ 4, step_again, "tcp.again", 4 },
	{ 4, step_patience, "loss.state latency.state", 3 },
	{ 4, step_dns_other, "dns.site", 2 },
	{ 4, step_subnet, "subnet.state", 9 },
	{ 4, step_detour, "gateway.detour", 3 },
	{ 4, step_other_gateway, "gateway.other", 6 },
	{ 4, step_trace, "gateway.forwards path.loop ras.peer", 4 },
	{ 5, step_late, "latency.state", 1 },
	{ 5, step_retry, "retry.state", 42 },
};

/* worth: the step tells a fact that would part what is left; or, where needs is set, one that a cause left needs. */
static bool worth(const struct step *s, const struct weighed *w, const struct digest *d, bool needs)
{
	struct str rest = str_c(s->facts), fact;
	if (d->c->all || str_eq(rest, STR("*")))
		return true;
	while (str_word(&rest, &fact)) {
		const struct fact_help *help = fact_help_find(fact);
		if (help && (needs ? weigh_needs(w, d, help) : weigh_parts(w, d, help) > 0))
			return true;
	}
	return false;
}

enum { COSTLY_STAGE = 4, STAGE_STEPS_MAX = 16 };

/* plan_costly builds those of a stage that are worth it, the most telling for its cost first. */
static void plan_costly(struct wave *w, const struct weighed *weighed, const struct step *stage, size_t count,
			bool needs)
{
	struct offer offers[STAGE_STEPS_MAX] = { 0 };
	size_t order[STAGE_STEPS_MAX];
	assert(count <= STAGE_STEPS_MAX);
	for (size_t i = 0; i < count; i++)
		offers[i] = (struct offer){ stage[i].facts, stage[i].packets };
	weigh_order(weighed, w->d, offers, count, order);
	for (size_t i = 0; i < count; i++)
		if (worth(&stage[order[i]], weighed, w->d, needs))
			stage[order[i]].build(w);
}

/* plan_stage builds the steps of the lowest stage that has anything to ask. */
static void plan_stage(struct wave *w, const struct weighed *weighed, bool needs)
{
	bool slow = w->d->asks_ras || digest_seems_slow(w->d) || digest_pings_late(w->d);
	double until = slow ? SLOW_UNTIL_MS : COSTLY_UNTIL_MS;
	const size_t all = sizeof steps / sizeof *steps;
	for (size_t i = 0, next; i < all && !w->count; i = next) {
		bool costly = steps[i].stage >= COSTLY_STAGE;
		for (next = i + 1; next < all && steps[next].stage == steps[i].stage; next++)
			;
		if (costly && w->d->c->elapsed_ms > until)
			return;
		if (costly)
			plan_costly(w, weighed, &steps[i], next - i, needs);
		for (; !costly && i < next; i++)
			if (worth(&steps[i], weighed, w->d, needs))
				steps[i].build(w);
	}
}

enum err diagnose_target(const struct case_file *c, struct arena *a, struct str *ret_address, unsigned *ret_port)
{
	struct digest d;
	uint64_t port = 0;
	enum err err = digest_make(c, a, &d);
	if (err)
		return err;
	*ret_address = d.target;
	*ret_port = str_u64(d.port, &port) ? (unsigned)port : 0;
	return ERR_OK;
}

enum err diagnose_plan(const struct causes *causes, const struct case_file *c, struct arena *a,
		       struct probe_request **ret_requests, size_t *ret_count, double *ret_wait_ms)
{
	struct digest d;
	struct weighed weighed = { 0 };
	enum err err = digest_make(c, a, &d);
	if (!err)
		err = weigh(causes, &d, a, &weighed);
	if (err)
		return err;
	struct wave w = { .d = &d, .a = a };
	if ((!weighed.decided && !weighed.strained) || c->all) {
		plan_stage(&w, &weighed, false);
		if (!w.count)
			plan_stage(&w, &weighed, true);
	}
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_requests = w.requests;
	*ret_count = w.count;
	*ret_wait_ms = 0;
	return ERR_OK;
}
