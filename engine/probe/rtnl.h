/* SPDX-License-Identifier: MIT
 *
 * What the kernel says of links, addresses, routes and neighbours (rtnetlink(7)), asked over a machine's channel and
 * read from bytes. Several probes ask; each asks only for what it wants. Bounded by RTNL_ITEMS_MAX a list.
 */
#ifndef KBT_PROBE_RTNL_H
#define KBT_PROBE_RTNL_H

#include "probe/probe_machine.h"

enum { RTNL_ITEMS_MAX = 4096 };

enum rtnl_want { RTNL_LINKS = 1, RTNL_ADDRESSES = 2, RTNL_ROUTES = 4, RTNL_NEIGHBOURS = 8, RTNL_ROUTE_TO = 16 };

struct rtnl_link {
	int index;
	struct str name;
	struct str mac; /* six bytes, or empty */
	bool up, carrier, loopback, ppp, noarp;
	uint32_t mtu, carrier_changes;
};

struct rtnl_address {
	int index;
	struct address local, peer, broadcast; /* peer: only of a point-to-point link */
	unsigned prefix;
};

struct rtnl_route {
	int index; /* of the outgoing interface */
	struct address to, gateway, source;
	unsigned prefix, metric, type; /* type: RTN_UNICAST, RTN_LOCAL, RTN_PROHIBIT ... */
	unsigned hops;		       /* of a route by several gateways: those whose link is up */
};

struct rtnl_neighbour {
	int index;
	struct address address;
	struct str mac;
	unsigned state; /* NUD_* */
};

struct rtnl {
	unsigned channel, wanted; /* still to ask for, as bits of enum rtnl_want */
	struct address target;	  /* of RTNL_ROUTE_TO */
	struct address source;	  /* of it: from this own address; none: from whichever the kernel takes */
	uint16_t port;		  /* of it: as TCP to this port; 0: as anything */
	unsigned asked;		  /* the one under way */
	uint32_t sequence;
	int error;		  /* errno: the socket's, or the kernel's answer; what came before it stands */
	struct rtnl_link *links;
	size_t link_count, link_cap;
	struct rtnl_address *addresses;
	size_t address_count, address_cap;
	struct rtnl_route *routes; /* the main table; of RTNL_ROUTE_TO the one answer */
	size_t route_count, route_cap;
	struct rtnl_neighbour *neighbours;
	size_t neighbour_count, neighbour_cap;
};

/* rtnl_begin opens the channel and asks; rtnl_event takes that channel's events and says whether all has come. Then
 * rtnl_again may ask for more, over the same channel. */
void rtnl_begin(struct machine *m, struct rtnl *r, unsigned channel, unsigned wanted);
bool rtnl_event(struct machine *m, struct rtnl *r, const struct event *e);
void rtnl_again(struct machine *m, struct rtnl *r, unsigned wanted);

/* By its number and by its name; NULL where there is none. */
const struct rtnl_link *rtnl_link(const struct rtnl *r, int index);
const struct rtnl_link *rtnl_link_named(const struct rtnl *r, struct str name);
/* rtnl_default is the IPv4 default route of the least metric, or NULL. */
const struct rtnl_route *rtnl_default(const struct rtnl *r);
struct str rtnl_mac_text(struct str six_bytes, struct arena *a); /* "02:00:..."; empty of another length */

#endif
