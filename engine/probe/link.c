/* SPDX-License-Identifier: MIT
 *
 * The client's own network interface: is it there, up, has it a carrier, an address, a way out. Takes link= (the one
 * that should carry the traffic) and watch= (look again after so long: a link that flaps looks well in one look). Asks
 * the kernel by rtnetlink; sends nothing on a network.
 */
#include "probe/rtnl.h"

static const struct probe_arg_help args[] = {
	{ "link", false, "the interface; else that of the default route, else the first that is no loopback",
	  ARG_LINK },
	{ "watch", false, "look again and again for so many ms, until something changes", ARG_NUMBER },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "up", "it is up, has a carrier and an IPv4 address" },
	{ "no-carrier", "it is up and has no carrier: no cable, or the far end is off" },
	{ "down", "it is switched off" },
	{ "no-address", "it is up and has no IPv4 address" },
	{ "absent", "there is no interface of that name" },
	{ "none", "there is no interface but the loopback" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "link.dev", FACT_TEXT, "the interface that these facts are about" },
	{ "link.present", FACT_BOOL, "it exists" },
	{ "link.up", FACT_BOOL, "it is switched on" },
	{ "link.carrier", FACT_BOOL, "it has a carrier" },
	{ "link.has_address", FACT_BOOL, "it has an IPv4 address" },
	{ "link.apipa", FACT_BOOL, "all its IPv4 addresses are of 169.254/16: no DHCP server answered" },
	{ "link.address", FACT_TEXT, "its first IPv4 address" },
	{ "link.prefix", FACT_NUMBER, "the prefix length of that address" },
	{ "link.addresses", FACT_TEXT, "all its IPv4 addresses with their prefix" },
	{ "link.addresses6", FACT_TEXT, "all its IPv6 addresses with their prefix" },
	{ "link.peer", FACT_TEXT, "the far end of a point-to-point link" },
	{ "link.mtu", FACT_NUMBER, "its MTU" },
	{ "link.mac", FACT_TEXT, "its hardware address" },
	{ "link.ppp", FACT_BOOL, "it is a PPP link" },
	{ "link.names", FACT_TEXT, "all interfaces but the loopback" },
	{ "link.others", FACT_TEXT, "the other interfaces that are up, with a carrier and an address" },
	{ "link.default_route", FACT_BOOL, "this machine has an IPv4 default route" },
	{ "link.gateway", FACT_TEXT, "the gateway of that route" },
	{ "link.gateways", FACT_NUMBER, "so many gateways that this route takes in turn, where it has several" },
	{ "link.gateway_on_link", FACT_BOOL, "the gateway is in a subnet of this interface" },
	{ "link.carrier_changes", FACT_NUMBER, "how often the carrier came or went since the interface is there" },
	{ "link.changes", FACT_NUMBER, "how often within watch=" },
	{ "link.flapping", FACT_BOOL, "it changed within watch=" },
	{ "ppp.state", FACT_TEXT, "of link=, else of the first PPP link: none, down, no-address, up" },
	{ "ppp.dev", FACT_TEXT, "that link" },
	{ "ppp.address", FACT_TEXT, "our address on it" },
	{ "ppp.peer", FACT_TEXT, "the far end's address" },
	{ 0 }
};

enum { LINK_LOOK_MS = 250 }; /* between two looks of a watch */

struct link {
	struct rtnl rtnl, again;
	struct str wanted;
	double watch_ms;
};

static const struct rtnl_address *link_address(const struct rtnl *r, int index)
{
	for (size_t i = 0; i < r->address_count; i++)
		if (r->addresses[i].index == index && r->addresses[i].local.family == 4)
			return &r->addresses[i];
	return NULL;
}

static const struct rtnl_link *choose(const struct rtnl *r, struct str wanted)
{
	if (wanted.n)
		return rtnl_link_named(r, wanted);
	const struct rtnl_route *d = rtnl_default(r);
	const struct rtnl_link *best = d ? rtnl_link(r, d->index) : NULL;
	bool routed = best != NULL;
	int best_score = -1;
	for (size_t i = 0; !routed && i < r->link_count; i++) {
		const struct rtnl_link *l = &r->links[i];
		int score = (l->up ? 1 : 0) + (link_address(r, l->index) ? 2 : 0) + (l->mac.n ? 4 : 0);
		if (!l->loopback && score > best_score) {
			best = l;
			best_score = score;
		}
	}
	return best;
}

/* Some drivers make interfaces that nobody asked for; a name is what a person can compare. */
static void names_fact(struct machine *m, const struct rtnl *r)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < r->link_count; i++)
		if (!r->links[i].loopback)
			buf_addf(&b, "%s%.*s", b.n ? " " : "", STR_ARG(r->links[i].name));
	machine_text(m, "link.names", buf_str(&b));
	buf_free(&b);
}

static bool has_address(const struct rtnl *r, int index)
{
	for (size_t i = 0; i < r->address_count; i++)
		if (r->addresses[i].index == index && !address_is_apipa(r->addresses[i].local))
			return true;
	return false;
}

/* others_fact: what fails with one interface may go by another. */
static void others_fact(struct machine *m, const struct rtnl *r, const struct rtnl_link *own)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < r->link_count; i++) {
		const struct rtnl_link *l = &r->links[i];
		if (l != own && !l->loopback && l->up && l->carrier && has_address(r, l->index))
			buf_addf(&b, "%s%.*s", b.n ? " " : "", STR_ARG(l->name));
	}
	if (b.n)
		machine_text(m, "link.others", buf_str(&b));
	buf_free(&b);
}

static void address_list_fact(struct machine *m, const struct rtnl *r, int index, uint8_t family, const char *fact)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < r->address_count; i++) {
		const struct rtnl_address *x = &r->addresses[i];
		if (x->index == index && x->local.family == family)
			buf_addf(&b, "%s%.*s/%u", b.n ? " " : "", STR_ARG(address_print(x->local, m->arena)),
				 x->prefix);
	}
	if (b.n)
		machine_text(m, fact, buf_str(&b));
	buf_free(&b);
}

static bool all_apipa(const struct rtnl *r, int index)
{
	bool any = false;
	for (size_t i = 0; i < r->address_count; i++) {
		if (r->addresses[i].index != index || r->addresses[i].local.family != 4)
			continue;
		if (!address_is_apipa(r->addresses[i].local))
			return false;
		any = true;
	}
	return any;
}

static void gateway_facts(struct machine *m, const struct rtnl *r)
{
	const struct rtnl_route *d = rtnl_default(r);
	machine_bool(m, "link.default_route", d);
	if (!d || !d->gateway.family)
		return;
	bool on_link = false;
	for (size_t i = 0; i < r->address_count; i++)
		on_link = on_link || (r->addresses[i].index == d->index &&
				      address_in(d->gateway, r->addresses[i].local, r->addresses[i].prefix));
	machine_address(m, "link.gateway", d->gateway);
	if (d->hops > 1)
		machine_number(m, "link.gateways", d->hops);
	machine_bool(m, "link.gateway_on_link", on_link);
}

static void ppp_facts(struct machine *m, const struct rtnl *r, struct str wanted)
{
	const struct rtnl_link *l = wanted.n ? rtnl_link_named(r, wanted) : NULL;
	for (size_t i = 0; !wanted.n && !l && i < r->link_count; i++)
		l = r->links[i].ppp ? &r->links[i] : NULL;
	const struct rtnl_address *x = l ? link_address(r, l->index) : NULL;
	machine_text(m, "ppp.state", str_c(!l ? "none" : !l->up ? "down" : !x ? "no-address" : "up"));
	if (l)
		machine_text(m, "ppp.dev", l->name);
	if (x) {
		machine_address(m, "ppp.address", x->local);
		machine_address(m, "ppp.peer", x->peer);
	}
}

static void link_facts(struct machine *m, const struct rtnl *r, const struct rtnl_link *l)
{
	const struct rtnl_address *x = link_address(r, l->index);
	machine_text(m, "link.dev", l->name);
	machine_bool(m, "link.up", l->up);
	if (l->up) /* the kernel does not know a carrier of what is switched off */
		machine_bool(m, "link.carrier", l->carrier);
	machine_bool(m, "link.has_address", x);
	machine_bool(m, "link.apipa", all_apipa(r, l->index));
	machine_bool(m, "link.ppp", l->ppp);
	machine_number(m, "link.mtu", l->mtu);
	machine_number(m, "link.carrier_changes", l->carrier_changes);
	if (l->mac.n)
		machine_text(m, "link.mac", rtnl_mac_text(l->mac, m->arena));
	address_list_fact(m, r, l->index, 4, "link.addresses");
	address_list_fact(m, r, l->index, 6, "link.addresses6");
	if (!x)
		return;
	machine_address(m, "link.address", x->local);
	machine_number(m, "link.prefix", x->prefix);
	machine_address(m, "link.peer", x->peer);
}

static uint32_t link_changes(const struct link *s, const struct rtnl_link *l)
{
	const struct rtnl_link *now = s->again.link_count ? rtnl_link_named(&s->again, l->name) : l;
	return now ? now->carrier_changes - l->carrier_changes : 1; /* a link that went away changed */
}

static void watch_facts(struct machine *m, const struct link *s, const struct rtnl_link *l)
{
	uint32_t changes = link_changes(s, l);
	machine_number(m, "link.changes", changes);
	machine_bool(m, "link.flapping", changes > 0);
}

static void link_end(struct machine *m, struct link *s)
{
	const struct rtnl *r = &s->rtnl;
	const struct rtnl_link *l = choose(r, s->wanted);
	names_fact(m, r);
	gateway_facts(m, r);
	ppp_facts(m, r, s->wanted);
	if (s->wanted.n)
		machine_bool(m, "link.present", l);
	if (!l && s->wanted.n) {
		machine_end(m, "absent", "there is no interface %.*s", STR_ARG(s->wanted));
		return;
	}
	if (!l) {
		machine_end(m, "none", "there is no network interface");
		return;
	}
	others_fact(m, r, l);
	link_facts(m, r, l);
	if (s->watch_ms > 0)
		watch_facts(m, s, l);
	const struct rtnl_address *x = link_address(r, l->index);
	struct str name = l->name, address = address_print(x ? x->local : (struct address){ 0 }, m->arena);
	if (!l->up)
		machine_end(m, "down", "%.*s is switched off", STR_ARG(name));
	else if (!l->carrier)
		machine_end(m, "no-carrier", "%.*s has no carrier", STR_ARG(name));
	else if (!x)
		machine_end(m, "no-address", "%.*s has no IPv4 address", STR_ARG(name));
	else
		machine_end(m, "up", "%.*s is up with %.*s/%u", STR_ARG(name), STR_ARG(address), x->prefix);
}

static bool watch_goes_on(const struct machine *m, const struct link *s)
{
	const struct rtnl_link *l = choose(&s->rtnl, s->wanted);
	return l && m->now_ms < s->watch_ms && !link_changes(s, l);
}

static void link_start(struct machine *m)
{
	struct link *s = m->state;
	s->wanted = machine_arg(m, "link");
	s->watch_ms = machine_arg_number(m, "watch", 0, 0, 10000);
	rtnl_begin(m, &s->rtnl, 0, RTNL_LINKS | RTNL_ADDRESSES | RTNL_ROUTES);
}

static void link_feed(struct machine *m, const struct event *e)
{
	struct link *s = m->state;
	struct rtnl *r = e->channel ? &s->again : &s->rtnl;
	if (e->kind == EVENT_TIMER) {
		s->again = (struct rtnl){ 0 };
		rtnl_begin(m, &s->again, 1, RTNL_LINKS);
		return;
	}
	if (e->kind != EVENT_DEADLINE && !rtnl_event(m, r, e))
		return;
	if (e->kind == EVENT_DEADLINE || r->error)
		machine_not_run(m, "the kernel did not list its interfaces: %s",
				e->kind == EVENT_DEADLINE ? "no answer" : errno_name(r->error));
	else if (watch_goes_on(m, s))
		machine_timer(m, LINK_LOOK_MS);
	else
		link_end(m, s);
}

const struct probe link_probe = {
	.name = "link",
	.says = "the client's own network interface, its address and its gateway",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 11000,
	.state_size = sizeof(struct link),
	.start = link_start,
	.feed = link_feed,
};
