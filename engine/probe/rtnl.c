/* SPDX-License-Identifier: MIT */
#include "probe/rtnl.h"

#include <errno.h>
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

/* attr_next goes over the attributes behind a message's own header: NULL begins, and ends. The last message ends where
 * it says: libmnl's tail is rounded up. */
static const struct nlattr *attr_next(const struct nlmsghdr *h, size_t header, const struct nlattr *a)
{
	a = a ? mnl_attr_next(a) : mnl_nlmsg_get_payload_offset(h, header);
	return mnl_attr_ok(a, (int)((const char *)h + h->nlmsg_len - (const char *)a)) ? a : NULL;
}

static struct str attr_bytes(const struct nlattr *a)
{
	return (struct str){ mnl_attr_get_payload(a), mnl_attr_get_payload_len(a) };
}

static uint32_t attr_u32(const struct nlattr *a)
{
	return mnl_attr_get_payload_len(a) >= 4 ? mnl_attr_get_u32(a) : 0;
}

static struct address attr_address(const struct nlattr *a)
{
	struct str bytes = attr_bytes(a);
	return bytes.n == 4 ? address_v4(bytes) : address_v6(bytes);
}

static void add_link(struct machine *m, struct rtnl *r, const struct nlmsghdr *h)
{
	const struct ifinfomsg *i = mnl_nlmsg_get_payload(h);
	struct rtnl_link l = { .index = i->ifi_index, .up = i->ifi_flags & IFF_UP,
			       .carrier = i->ifi_flags & IFF_LOWER_UP, .loopback = i->ifi_flags & IFF_LOOPBACK,
			       .noarp = i->ifi_flags & IFF_NOARP, .ppp = i->ifi_type == ARPHRD_PPP };
	for (const struct nlattr *a = NULL; (a = attr_next(h, sizeof *i, a));) {
		struct str bytes = attr_bytes(a);
		switch (mnl_attr_get_type(a)) {
		case IFLA_IFNAME:
			l.name = arena_str(m->arena, str_first(bytes, strnlen(bytes.p, bytes.n)));
			break;
		case IFLA_ADDRESS:
			l.mac = bytes.n == 6 ? arena_str(m->arena, bytes) : STR("");
			break;
		case IFLA_MTU:
			l.mtu = attr_u32(a);
			break;
		case IFLA_CARRIER:
			/* LOWER_UP is kept while the link is administratively down on some drivers */
			l.carrier = bytes.n && bytes.p[0];
			break;
		case IFLA_CARRIER_CHANGES:
			l.carrier_changes = attr_u32(a);
			break;
		default:
			break;
		}
	}
	struct rtnl_link *slot = l.name.n ? arena_push(m->arena, &r->links, &r->link_count, &r->link_cap) : NULL;
	if (slot)
		*slot = l;
}

static void add_address(struct machine *m, struct rtnl *r, const struct nlmsghdr *h)
{
	const struct ifaddrmsg *i = mnl_nlmsg_get_payload(h);
	struct rtnl_address x = { .index = (int)i->ifa_index, .prefix = i->ifa_prefixlen };
	struct address address = { 0 };
	for (const struct nlattr *a = NULL; (a = attr_next(h, sizeof *i, a));) {
		switch (mnl_attr_get_type(a)) {
		case IFA_ADDRESS:
			address = attr_address(a);
			break;
		case IFA_LOCAL:
			x.local = attr_address(a);
			break;
		case IFA_BROADCAST:
			x.broadcast = attr_address(a);
			break;
		default:
			break;
		}
	}
	/* IFA_ADDRESS is the peer where there is one; IPv6 gives no IFA_LOCAL without a peer. */
	if (!x.local.family)
		x.local = address;
	else if (!address_eq(x.local, address))
		x.peer = address;
	struct rtnl_address *slot = arena_push(m->arena, &r->addresses, &r->address_count, &r->address_cap);
	if (slot)
		*slot = x;
}

static void read_hop(struct rtnl_route *x, const struct rtnexthop *hop)
{
	const char *p = (const char *)hop, *end = p + hop->rtnh_len;
	x->index = hop->rtnh_ifindex;
	x->gateway = (struct address){ 0 };
	for (const struct nlattr *a = (const void *)(p + sizeof *hop);
	     (const char *)a < end && mnl_attr_ok(a, (int)(end - (const char *)a)); a = mnl_attr_next(a))
		if (mnl_attr_get_type(a) == RTA_GATEWAY)
			x->gateway = attr_address(a);
}

/* read_hops: of a route by several gateways, which names none itself (RTA_MULTIPATH), the first whose link is up: the
 * kernel passes over others. Where none is up, the first. */
static void read_hops(struct rtnl_route *x, const struct nlattr *several)
{
	const char *p = mnl_attr_get_payload(several), *end = p + mnl_attr_get_payload_len(several);
	const struct rtnexthop *hop;
	for (; end - p >= (ptrdiff_t)sizeof *hop; p += MNL_ALIGN(hop->rtnh_len)) {
		hop = (const void *)p;
		if (hop->rtnh_len < sizeof *hop || hop->rtnh_len > end - p)
			return;
		bool down = hop->rtnh_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN);
		if (!x->index || (!down && !x->hops))
			read_hop(x, hop);
		x->hops += !down;
	}
}

static void add_route(struct machine *m, struct rtnl *r, const struct nlmsghdr *h)
{
	const struct rtmsg *i = mnl_nlmsg_get_payload(h);
	struct rtnl_route x = { .prefix = i->rtm_dst_len, .type = i->rtm_type };
	uint32_t table = i->rtm_table;
	for (const struct nlattr *a = NULL; (a = attr_next(h, sizeof *i, a));) {
		switch (mnl_attr_get_type(a)) {
		case RTA_DST:
			x.to = attr_address(a);
			break;
		case RTA_GATEWAY:
			x.gateway = attr_address(a);
			break;
		case RTA_PREFSRC:
			x.source = attr_address(a);
			break;
		case RTA_OIF:
			x.index = (int)attr_u32(a);
			break;
		case RTA_MULTIPATH:
			read_hops(&x, a);
			break;
		case RTA_PRIORITY:
			x.metric = attr_u32(a);
			break;
		case RTA_TABLE:
			table = attr_u32(a);
			break;
		default:
			break;
		}
	}
	if (r->asked == RTNL_ROUTES && table != RT_TABLE_MAIN)
		return;
	if (!x.to.family) /* the default route names no destination */
		x.to.family = i->rtm_family == AF_INET6 ? 6 : 4;
	struct rtnl_route *slot = arena_push(m->arena, &r->routes, &r->route_count, &r->route_cap);
	if (slot)
		*slot = x;
}

static void add_neighbour(struct machine *m, struct rtnl *r, const struct nlmsghdr *h)
{
	const struct ndmsg *i = mnl_nlmsg_get_payload(h);
	struct rtnl_neighbour x = { .index = i->ndm_ifindex, .state = i->ndm_state };
	for (const struct nlattr *a = NULL; (a = attr_next(h, sizeof *i, a));) {
		if (mnl_attr_get_type(a) == NDA_DST)
			x.address = attr_address(a);
		else if (mnl_attr_get_type(a) == NDA_LLADDR && mnl_attr_get_payload_len(a) == 6)
			x.mac = arena_str(m->arena, attr_bytes(a));
	}
	struct rtnl_neighbour *slot = arena_push(m->arena, &r->neighbours, &r->neighbour_count, &r->neighbour_cap);
	if (slot)
		*slot = x;
}

static void add_message(struct machine *m, struct rtnl *r, const struct nlmsghdr *h)
{
	static const struct {
		uint16_t type;
		size_t size;
		void (*add)(struct machine *m, struct rtnl *r, const struct nlmsghdr *h);
	} kinds[] = {
		{ RTM_NEWLINK, sizeof(struct ifinfomsg), add_link },
		{ RTM_NEWADDR, sizeof(struct ifaddrmsg), add_address },
		{ RTM_NEWROUTE, sizeof(struct rtmsg), add_route },
		{ RTM_NEWNEIGH, sizeof(struct ndmsg), add_neighbour },
	};
	if (r->link_count + r->address_count + r->route_count + r->neighbour_count >= RTNL_ITEMS_MAX)
		return;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (h->nlmsg_type == kinds[i].type && mnl_nlmsg_get_payload_len(h) >= kinds[i].size)
			kinds[i].add(m, r, h);
}

/* libmnl alone would take a length over INT_MAX for a negative one that fits. */
static bool message_fits(const struct nlmsghdr *h, int left)
{
	return mnl_nlmsg_ok(h, left) && h->nlmsg_len <= (uint32_t)left;
}

/* read_messages: true when the answer to the question under way has ended. */
static bool read_messages(struct machine *m, struct rtnl *r, struct str bytes)
{
	if ((uintptr_t)bytes.p % _Alignof(struct nlmsghdr))
		bytes = arena_str(m->arena, bytes);
	int left = (int)bytes.n;
	for (const struct nlmsghdr *h = (const void *)bytes.p; message_fits(h, left); h = mnl_nlmsg_next(h, &left)) {
		if (h->nlmsg_seq != r->sequence)
			continue;
		if (h->nlmsg_type == NLMSG_DONE)
			return true;
		if (h->nlmsg_type == NLMSG_ERROR) {
			if (mnl_nlmsg_get_payload_len(h) >= sizeof(struct nlmsgerr))
				r->error = -((const struct nlmsgerr *)mnl_nlmsg_get_payload(h))->error;
			return true;
		}
		add_message(m, r, h);
		if (r->asked == RTNL_ROUTE_TO)
			return true;
	}
	return false;
}

static void put_route_question(struct nlmsghdr *h, const struct rtnl *r)
{
	size_t size = r->target.family == 4 ? 4 : 16;
	struct rtmsg *t = mnl_nlmsg_put_extra_header(h, sizeof *t);
	t->rtm_family = r->target.family == 4 ? AF_INET : AF_INET6;
	t->rtm_dst_len = (unsigned char)(size * 8);
	mnl_attr_put(h, RTA_DST, size, r->target.bytes);
	if (r->source.family == r->target.family) {
		t->rtm_src_len = (unsigned char)(size * 8);
		mnl_attr_put(h, RTA_SRC, size, r->source.bytes);
	}
	if (r->target.zone_index)
		mnl_attr_put_u32(h, RTA_OIF, r->target.zone_index);
	if (r->port) {
		mnl_attr_put_u8(h, RTA_IP_PROTO, IPPROTO_TCP);
		mnl_attr_put_u16(h, RTA_DPORT, htons(r->port));
	}
}

static void ask_next(struct machine *m, struct rtnl *r)
{
	static const uint16_t types[] = { RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE, RTM_GETNEIGH, RTM_GETROUTE };
	_Alignas(8) char room[256] = { 0 }; /* libmnl pads with what is there */
	unsigned i = 0;
	while (!(r->wanted & 1u << i))
		i++;
	r->asked = 1u << i;
	r->wanted &= ~r->asked;
	struct nlmsghdr *h = mnl_nlmsg_put_header(room);
	h->nlmsg_type = types[i];
	h->nlmsg_seq = ++r->sequence;
	h->nlmsg_flags = NLM_F_REQUEST;
	if (r->asked == RTNL_ROUTE_TO) {
		put_route_question(h, r);
	} else {
		h->nlmsg_flags |= NLM_F_DUMP;
		mnl_nlmsg_put_extra_header(h, sizeof(struct ifinfomsg)); /* zeros: every family; the largest header */
	}
	machine_send(m, r->channel, (struct str){ room, h->nlmsg_len });
}

void rtnl_begin(struct machine *m, struct rtnl *r, unsigned channel, unsigned wanted)
{
	r->channel = channel;
	r->wanted = wanted;
	machine_open(m, channel, (struct channel_spec){ .kind = CHANNEL_ROUTE });
}

bool rtnl_event(struct machine *m, struct rtnl *r, const struct event *e)
{
	if (e->kind == EVENT_FAIL) {
		r->error = e->error ? e->error : EIO;
		return true;
	}
	if (e->kind == EVENT_BYTES && !read_messages(m, r, e->bytes))
		return false;
	if (r->error || !r->wanted)
		return e->kind == EVENT_BYTES;
	ask_next(m, r);
	return false;
}

void rtnl_again(struct machine *m, struct rtnl *r, unsigned wanted)
{
	r->wanted = wanted;
	r->error = 0;
	r->route_count = 0;
	ask_next(m, r);
}

const struct rtnl_link *rtnl_link(const struct rtnl *r, int index)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (r->links[i].index == index)
			return &r->links[i];
	return NULL;
}

const struct rtnl_link *rtnl_link_named(const struct rtnl *r, struct str name)
{
	for (size_t i = 0; i < r->link_count; i++)
		if (str_eq(r->links[i].name, name))
			return &r->links[i];
	return NULL;
}

const struct rtnl_route *rtnl_default(const struct rtnl *r)
{
	const struct rtnl_route *best = NULL;
	for (size_t i = 0; i < r->route_count; i++) {
		const struct rtnl_route *x = &r->routes[i];
		if (!x->prefix && x->to.family == 4 && x->type == RTN_UNICAST && (!best || x->metric < best->metric))
			best = x;
	}
	return best;
}

struct str rtnl_mac_text(struct str b, struct arena *a)
{
	if (b.n != 6)
		return STR("");
	const unsigned char *p = (const unsigned char *)b.p;
	return arena_printf(a, "%02x:%02x:%02x:%02x:%02x:%02x", p[0], p[1], p[2], p[3], p[4], p[5]);
}
