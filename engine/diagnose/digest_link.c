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

void digest_link(struct digest *d)
{
	put_ras(d);
	struct str link = d->asks_ras ? STR("") : d->link;
	const struct evidence *e = d->own_link = first_look(d, link);
	put_flapping(d, link);
	if (!e)
		return;
	bool down = evidence_state(e, "down"), carrier = !evidence_state(e, "no-carrier");
	bool none = evidence_state(e, "none") || evidence_state(e, "absent");
	digest_put(d, "link.state", none ? "none" : down ? "admin-down" : !carrier ? "no-carrier" : "ok", e);
	if (none || down || !carrier)
		return;
	bool apipa = evidence_yes(e, "link.apipa");
	digest_put(d, "address.state", apipa ? "apipa" : evidence_state(e, "no-address") ? "none" : "ok", e);
}
