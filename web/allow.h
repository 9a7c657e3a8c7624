/* SPDX-License-Identifier: MIT
 *
 * Where probes asked for over the web may go. Served on loopback: private ranges, loopback, the subnets that this
 * machine is on, with their broadcast for NetBIOS names; and what --allow names. Served elsewhere: what --allow names
 * and no more. Its own name servers, as such, where there is anything to reach. Link-local addresses, metadata
 * services, multicast, broadcast, unspecified and reserved addresses only where a rule names that one address.
 * Addresses inside IPv6 (mapped, 6to4, NAT64) are judged by what they carry. A name is judged by its addresses; where a
 * rule names it, those that it was resolved to in this diagnosis are let through, whatever it resolves to later. Pure
 * but for allow_init.
 */
#ifndef KBT_WEB_ALLOW_H
#define KBT_WEB_ALLOW_H

#include "base/diag.h"
#include "probe/probe.h"

#include <netinet/in.h>

enum { ALLOW_NETS_MAX = 64, ALLOW_SERVERS_MAX = 16, ALLOW_PORTS_MAX = 16, ALLOW_PINS_MAX = 32 };

struct allow_ports {
	unsigned from, to;
};

/* "10.1.0.0/16", "10.1.2.3:445,139", "[2001:db8::]/32:1-1024", "files.example.org:445", "own". */
struct allow_rule {
	struct str name;	 /* empty: a network */
	struct in6_addr address; /* IPv4 as mapped */
	unsigned bits;		 /* of the 128; all of them: this address is singly named */
	struct allow_ports ports[ALLOW_PORTS_MAX];
	size_t port_count; /* 0: all */
};

struct allow_rules {
	struct allow_rule *items;
	size_t count, cap;
	bool own; /* what is allowed on loopback */
};

/* allow_rule_parse adds one rule: ERR_INPUT with a sentence in d. */
enum err allow_rule_parse(struct str text, struct arena *a, struct diags *d, struct allow_rules *rules) MUST_USE;

struct allow_net {
	struct in6_addr address; /* IPv4 as mapped */
	unsigned bits;		 /* of the 128 */
	struct in6_addr broadcast;
	bool has_broadcast;
};

struct allow_server {
	struct in6_addr address;
	unsigned port;
};

/* One diagnosis. */
struct allow {
	const struct allow_rules *rules; /* may be NULL */
	bool own;
	struct allow_net nets[ALLOW_NETS_MAX]; /* directly attached */
	size_t net_count;
	struct allow_server servers[ALLOW_SERVERS_MAX]; /* of the own configuration */
	size_t server_count;
	struct str name; /* what it is about, as the message or the client calls it; empty: not known yet */
	struct in6_addr pins[ALLOW_PINS_MAX]; /* that the name was resolved to */
	size_t pin_count;
};

/* allow_init looks at this machine's interfaces, and reads its name servers out of its files. */
void allow_init(struct allow *allow, const struct allow_rules *rules, bool loopback, const struct probe_files *files);
void allow_add_server(struct allow *allow, struct str address, unsigned port);

/* allow_learn pins the addresses that a piece of evidence gives for the name. */
void allow_learn(struct allow *allow, const struct evidence *e);

/* allow_first: the first of them as text; empty where there is none. */
struct str allow_first(const struct allow *allow, struct arena *a);

/* allow_address fits driver_options.allow, with a struct allow as context. */
bool allow_address(void *allow, const struct sockaddr *to, unsigned port, const char **ret_why);

#endif
