/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

/* A name that dial-up and tunnels use: what is absent cannot be asked for its kind. */
static bool named_like_ras(struct str link)
{
	return str_starts_nocase(link, STR("ppp")) || str_starts_nocase(link, STR("ras")) ||
	       str_starts_nocase(link, STR("tun")) || str_starts_nocase(link, STR("wwan"));
}

/* first_look: the oldest look at the client's own link; later ones tell whether it changed. */
static const struct evidence *first_look(const struct digest *d, struct str link)
{
	for (size_t i = 0; i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		if (str_eq(e->probe, STR("link")) && str_eq(evidence_arg(e, "link"), link) &&
		    !evidence_state(e, "not-run"))
			return e;
	}
	return NULL;
}

static void put_ras(struct digest *d)
{
	bool dialled = d->c->meaning && d->c->meaning->dialled;
	const struct evidence *any = dialled && !d->link.n ? first_look(d, STR("")) : NULL;
	if (any && str_eq(evidence_text(any, "ppp.state"), STR("none"))) {
		d->asks_ras = true;
		digest_put(d, "ras.link", "absent", any);
		return;
	}
	if (dialled && !d->link.n && !any) /* not looked at yet */
		return;
	if (any) /* nobody named the link: the dialled one that there is */
		d->link = evidence_text(any, "ppp.dev");
	d->ras = d->link.n ? digest_look(d, "link", ARG("link", d->link)) : NULL;
	d->asks_ras = d->link.n && (dialled || named_like_ras(d->link) || evidence_yes(d->ras, "link.ppp"));
	if (!d->asks_ras) {
		digest_put(d, "ras.link", "not-asked", NULL);
		return;
	}
	if (!d->ras)
		return;
	bool usable = evidence_state(d->ras, "up");
	const char *state = evidence_state(d->ras, "absent")	   ? "absent"
			    : evidence_state(d->ras, "no-address") ? "no-address"
			    : usable				   ? "up"
								   : "down";
	digest_put(d, "ras.link", state, d->ras);
}

/* A link that was seen twice, long enough apart, with the same count of changes did not flap meanwhile. A cable that is
 * out is watched longer: a loose one comes back after seconds. */
static void put_flapping(struct digest *d, struct str link)
{
	const struct evidence *first = first_look(d, link), *last = digest_look(d, "link", ARG("link", link));
	if (!first || !last)
		return;
	double before = evidence_number(first, "link.carrier_changes", 0);
	double after = evidence_number(last, "link.carrier_changes", 0);
	double watched_ms = (double)(last->at_ms - first->at_ms) + last->ms;
	bool changed = evidence_yes(last, "link.flapping") || evidence_number(last, "link.changes", 0) > 0;
	if (changed || after > before)
		digest_put(d, "link.flapping", "yes", last);
	else if (watched_ms >= (evidence_state(first, "no-carrier") ? LINK_WATCH_DOWN_MS : LINK_WATCH_MS))
		digest_put(d, "link.flapping", "no", last);
}

const struct evidence *digest_addressed(const struct digest *d)
{
	const struct evidence *usual = digest_look(d, "link", ARG("link", STR("")));
	return d->target.n && str_eq(evidence_text(usual, "link.address"), d->target) ? usual : d->own_link;
}

/* is_taken: another host answers ARP for this machine's own address. */
static bool is_taken(const struct digest *d)
{
	const struct evidence *e = digest_addressed(d);
	const struct evidence *arp = digest_look(d, "arp", ARG("address", evidence_text(e, "link.address")),
						 ARG("link", evidence_text(e, "link.dev")));
	return evidence_state(arp, "answered") || evidence_state(arp, "duplicate");
}

/* own_address: what the link's addresses are worth to the target's family. A machine that has only IPv6 is not without
 * an address; whether it needs the other family is not known before the server's address is. */
static const char *own_address(const struct digest *d, const struct evidence *e)
{
	struct str rest = evidence_text(e, "link.addresses6"), address;
	bool any = rest.n > 0, global = false, none = evidence_state(e, "no-address");
	while (str_word(&rest, &address))
		global = global || !str_starts_nocase(address, STR("fe80:"));
	if (is_ipv6(d->target) && any)
		return "ok";
	if (none && global && !d->target.n)
		return NULL;
	if (!none && is_taken(d))
		return "taken";
	return evidence_yes(e, "link.apipa") ? "apipa" : none ? "none" : "ok";
}

/* goal: where the link has to lead: to the server, and where its name is not found to who should know it. */
static struct str goal(const struct digest *d)
{
	bool failed = digest_is(d, "name.resolution", "failed");
	return d->used.n ? d->used : failed ? d->dns_server : STR("");
}

/* take_way: the link that matters is the one by which the target is reached: loopback for what is on this machine,
 * another one where there are several. A link that fails is no finding before the route says that it is the one, and
 * before the name is asked for where another link may lead to who knows it. */
static const struct evidence *take_way(struct digest *d, const struct evidence *e)
{
	struct str to = goal(d);
	bool fails = !evidence_state(e, "up"), others = evidence_text(e, "link.others").n > 0;
	if (!e || d->asks_ras || d->link.n)
		return e;
	if (!to.n || (!d->used.n && !others))
		return fails && others && d->server.n && !digest_fact(d, "name.resolution").n ? NULL : e;
	const struct evidence *route = digest_look(d, "route", ARG("address", to));
	if (!route) {
		d->way = fails ? to : STR("");
		return fails ? NULL : e;
	}
	bool leads =
		evidence_state(route, "on-link") || evidence_state(route, "gateway") || evidence_state(route, "local");
	struct str dev = evidence_text(route, "route.dev");
	if (!leads || evidence_yes(route, "route.ppp") || !dev.n || str_eq(dev, evidence_text(e, "link.dev")))
		return e;
	d->own_name = dev;
	return first_look(d, dev);
}

void digest_link(struct digest *d)
{
	put_ras(d);
	d->own_name = d->asks_ras ? STR("") : d->link;
	const struct evidence *e = d->own_link = take_way(d, first_look(d, d->own_name));
	if (!e)
		return;
	bool down = evidence_state(e, "down"), carrier = !evidence_state(e, "no-carrier");
	bool none = evidence_state(e, "none") || evidence_state(e, "absent");
	if (none) /* what is not there is not watched */
		digest_put(d, "link.flapping", "no", e);
	else
		put_flapping(d, d->own_name);
	digest_put(d, "link.state", none ? "none" : down ? "admin-down" : !carrier ? "no-carrier" : "ok", e);
	if (none || down || !carrier)
		return;
	const char *address = own_address(d, e);
	if (address)
		digest_put(d, "address.state", address, e);
}
