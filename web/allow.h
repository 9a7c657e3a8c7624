/* SPDX-License-Identifier: MIT
 *
 * Where probes asked for over the web may go. Served on loopback: private ranges, loopback, the subnets that this
 * machine is on, with their broadcast for NetBIOS names; the name servers of its own configuration, as such. Served to
 * others: nothing. Never link-local, metadata services, multicast, broadcast, unspecified or reserved addresses.
 * Addresses inside IPv6 (mapped, 6to4, NAT64) are judged by what they carry. Pure but for allow_init.
 */
#ifndef KBT_WEB_ALLOW_H
#define KBT_WEB_ALLOW_H

#include "probe/probe.h"

#include <netinet/in.h>

enum { ALLOW_NETS_MAX = 64, ALLOW_SERVERS_MAX = 16 };

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

struct allow {
	bool loopback;
	struct allow_net nets[ALLOW_NETS_MAX]; /* directly attached */
	size_t net_count;
	struct allow_server servers[ALLOW_SERVERS_MAX]; /* of the own configuration */
	size_t server_count;
};

/* allow_init looks at this machine's interfaces, and reads its name servers out of its files. */
void allow_init(struct allow *allow, bool loopback, const struct probe_files *files);
void allow_add_server(struct allow *allow, struct str address, unsigned port);

/* allow_address fits driver_options.allow, with a struct allow as context. */
bool allow_address(void *allow, const struct sockaddr *to, unsigned port, const char **ret_why);

#endif
