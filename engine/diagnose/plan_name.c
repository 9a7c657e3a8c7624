/* SPDX-License-Identifier: MIT
 *
 * What to ask of the name sources: DNS, WINS, broadcast. Whoever is silent is waited for briefly at first: another may
 * know the name.
 */
#include "diagnose/plan_inside.h"

enum { SERVERS_MAX = 2 };

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
void step_broadcast(struct wave *w)
{
	if (w->d->used.n && plan_told(w->d))
		ask_broadcast(w);
}

void step_broadcast_first(struct wave *w)
{
	if (!w->count && !plan_open(w->d))
		step_broadcast(w);
}

/* over: how this machine asks its name servers; empty as most do. */
static struct str over(const struct digest *d)
{
	return evidence_yes(d->files, "client.dns.tcp") ? S("tcp") : S("");
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
			ask(w, "dns", ARG("server", server), ARG("name", name), ARG("type", types[i]), ARG("wait", ms),
			    ARG("over", over(w->d)));
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
		struct str servers = digest_dns_servers(d), server;
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
void step_names(struct wave *w)
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
	wave_race(w, "nbns", RACE_NAMES, RACE_NAMES_MS, 0);
}

/* step_names_again: the name was found while others were silent; whether they are, or only slow. */
void step_names_again(struct wave *w)
{
	if (!w->d->used.n || !w->d->name_brief)
		return;
	ask_names(w, S(""), S("500"));
	ask_wins(w, S(""), S("500"));
}

void step_known(struct wave *w)
{
	if (w->d->known.n && !w->d->used.n && digest_fact(w->d, "name.resolution").n) {
		ask(w, "nbstat", ARG("address", w->d->known), ARG("name", w->d->server));
		ask(w, "route", ARG("address", w->d->known));
	}
}

void step_dns_host(struct wave *w)
{
	const struct digest *d = w->d;
	if (!d->dns_server.n || !plan_link_usable(d))
		return;
	struct str hosts[] = { d->dns_server, digest_is(d, "wins.state", "silent") ? d->wins_server : S("") };
	struct str gateway = evidence_text(d->own_link, "link.gateway");
	const struct evidence *dns = digest_look(d, "dns", ARG("server", d->dns_server));
	if (evidence_state(dns, "timeout") && !d->used.n && gateway.n) /* or does nobody answer this machine? */
		ask(w, "icmp", ARG("address", gateway), ARG("count", S("2")), ARG("interval", S("200")),
		    ARG("wait", S("900")));
	for (size_t i = 0; i < sizeof hosts / sizeof *hosts && hosts[i].n; i++) {
		ask(w, "arp", ARG("address", hosts[i]));
		ask(w, "icmp", ARG("address", hosts[i]), ARG("count", S("2")), ARG("interval", S("200")),
		    ARG("wait", S("900")));
	}
}

void step_dns_domain(struct wave *w)
{
	const struct digest *d = w->d;
	struct str search = list_first(evidence_text(d->files, "client.dns.search"));
	const struct evidence *asked = digest_look(d, "dns", ARG("server", d->dns_server));
	if (search.n && d->dns_server.n && !evidence_state(asked, "timeout"))
		ask(w, "dns", ARG("server", d->dns_server), ARG("name", search), ARG("type", S("A")),
		    ARG("over", over(d)));
}

void step_dns_other(struct wave *w)
{
	const struct digest *d = w->d;
	struct str configured = digest_dns_servers(d), gateway = evidence_text(d->own_link, "link.gateway");
	if (!d->dns_name.n)
		return;
	if (d->wins_server.n && !list_has(configured, d->wins_server))
		ask(w, "dns", ARG("server", d->wins_server), ARG("name", d->dns_name), ARG("type", S("A")));
	if (gateway.n && !list_has(configured, gateway))
		ask(w, "dns", ARG("server", gateway), ARG("name", d->dns_name), ARG("type", S("A")));
}

/* step_dns_patience: silent, or only slow; whoever found the name elsewhere need not know. */
void step_dns_patience(struct wave *w)
{
	const struct digest *d = w->d;
	bool waits = digest_is(d, "name.resolution", "failed") && !digest_is(d, "dns.host", "dead");
	if (d->dns_server.n && d->dns_name.n && waits)
		ask(w, "dns", ARG("server", d->dns_server), ARG("name", d->dns_name), ARG("type", S("A")),
		    ARG("wait", S("6200")), ARG("over", over(d)));
}
