/* SPDX-License-Identifier: MIT
 *
 * The policy of allow.h. Special ranges: RFC 6890, RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
 */
#include "web/allow.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

enum { PORT_DNS = 53, PORT_NBNS = 137 };

struct range {
	const char *address;
	unsigned bits; /* of the address as written */
};

static const struct range never[] = {
	{ "0.0.0.0", 8 },     { "169.254.0.0", 16 },   { "100.100.100.200", 32 }, { "192.0.0.0", 24 },
	{ "224.0.0.0", 4 },   { "240.0.0.0", 4 },      { "::", 128 },		  { "fe80::", 10 },
	{ "fec0::", 10 },     { "ff00::", 8 },	       { "fd00:ec2::254", 128 },  { "2001::", 32 },
};

static const struct range private[] = {
	{ "127.0.0.0", 8 }, { "10.0.0.0", 8 }, { "172.16.0.0", 12 }, { "192.168.0.0", 16 }, { "::1", 128 }, { "fc00::", 7 },
};

static struct in6_addr mapped(struct in_addr four)
{
	struct in6_addr six = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
	memcpy(&six.s6_addr[12], &four, 4);
	return six;
}

static bool from_text(const char *text, struct in6_addr *ret_address, unsigned *ret_shift)
{
	struct in_addr four;
	*ret_shift = 0;
	if (inet_pton(AF_INET, text, &four) == 1) {
		*ret_address = mapped(four);
		*ret_shift = 96;
		return true;
	}
	return inet_pton(AF_INET6, text, ret_address) == 1;
}

static bool in_net(const struct in6_addr *a, const struct in6_addr *net, unsigned bits)
{
	unsigned whole = bits / 8, rest = bits % 8;
	if (memcmp(a, net, whole))
		return false;
	return !rest || !((a->s6_addr[whole] ^ net->s6_addr[whole]) >> (8 - rest));
}

static bool in_ranges(const struct in6_addr *a, const struct range *ranges, size_t count)
{
	struct in6_addr net;
	unsigned shift;
	for (size_t i = 0; i < count; i++)
		if (from_text(ranges[i].address, &net, &shift) && in_net(a, &net, ranges[i].bits + shift))
			return true;
	return false;
}

/* unwrap gives the IPv4 address that an IPv6 one carries, as mapped; else the address itself. */
static struct in6_addr unwrap(const struct in6_addr *a)
{
	static const struct {
		struct range range;
		size_t at;
	} carriers[] = { { { "64:ff9b::", 96 }, 12 }, { { "2002::", 16 }, 2 }, { { "::", 96 }, 12 } };
	struct in6_addr net, loopback = IN6ADDR_LOOPBACK_INIT, any = IN6ADDR_ANY_INIT;
	unsigned shift;
	if (!memcmp(a, &loopback, sizeof *a) || !memcmp(a, &any, sizeof *a))
		return *a;
	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
		if (from_text(carriers[i].range.address, &net, &shift) && in_net(a, &net, carriers[i].range.bits)) {
			struct in_addr four;
			memcpy(&four, &a->s6_addr[carriers[i].at], 4);
			return mapped(four);
		}
	return *a;
}

static bool from_sockaddr(const struct sockaddr *from, struct in6_addr *ret_address)
{
	if (from->sa_family == AF_INET)
		*ret_address = mapped(((const struct sockaddr_in *)(const void *)from)->sin_addr);
	else if (from->sa_family == AF_INET6)
		*ret_address = unwrap(&((const struct sockaddr_in6 *)(const void *)from)->sin6_addr);
	else
		return false;
	return true;
}

void allow_add_server(struct allow *allow, struct str address, unsigned port)
{
	char text[64];
	unsigned shift;
	if (allow->server_count == ALLOW_SERVERS_MAX || address.n >= sizeof text || !address.n)
		return;
	memcpy(text, address.p, address.n);
	text[address.n] = 0;
	struct allow_server *s = &allow->servers[allow->server_count];
	if (from_text(text, &s->address, &shift)) {
		s->port = port;
		allow->server_count++;
	}
}

/* add_servers takes the addresses behind a word ("nameserver 10.0.0.1") or a name ("wins server = 10.0.0.2"). */
static void add_servers(struct allow *allow, struct str text, struct str what, unsigned port)
{
	struct str line, address;
	while (str_line(&text, &line)) {
		line = str_trim(line);
		if (!str_starts_nocase(line, what))
			continue;
		line = str_from(line, what.n);
		while (line.n && strchr(" \t=", line.p[0]))
			line = str_from(line, 1);
		while (str_word(&line, &address))
			allow_add_server(allow, address, port);
	}
}

static unsigned mask_bits(const struct sockaddr *mask)
{
	struct in6_addr m;
	unsigned bits = 0;
	if (mask->sa_family == AF_INET)
		m = mapped(((const struct sockaddr_in *)(const void *)mask)->sin_addr);
	else
		m = ((const struct sockaddr_in6 *)(const void *)mask)->sin6_addr;
	for (size_t i = mask->sa_family == AF_INET ? 12 : 0; i < 16; i++)
		bits += (unsigned)__builtin_popcount(m.s6_addr[i]);
	return mask->sa_family == AF_INET ? bits + 96 : bits;
}

static void add_net(struct allow *allow, const struct ifaddrs *i)
{
	struct allow_net net = { 0 };
	if (allow->net_count == ALLOW_NETS_MAX || !i->ifa_addr || !i->ifa_netmask ||
	    !from_sockaddr(i->ifa_addr, &net.address))
		return;
	net.bits = mask_bits(i->ifa_netmask);
	net.has_broadcast = i->ifa_flags & IFF_BROADCAST && i->ifa_broadaddr &&
			    i->ifa_broadaddr->sa_family == AF_INET && from_sockaddr(i->ifa_broadaddr, &net.broadcast);
	allow->nets[allow->net_count++] = net;
}

void allow_init(struct allow *allow, bool loopback, const struct probe_files *files)
{
	struct ifaddrs *all = NULL;
	*allow = (struct allow){ .loopback = loopback };
	if (!loopback)
		return;
	if (!getifaddrs(&all))
		for (const struct ifaddrs *i = all; i; i = i->ifa_next)
			add_net(allow, i);
	freeifaddrs(all);
	add_servers(allow, files->resolv_conf, STR("nameserver"), PORT_DNS);
	add_servers(allow, files->smb_conf, STR("wins server"), PORT_NBNS);
}

static bool is_server(const struct allow *allow, const struct in6_addr *a, unsigned port)
{
	for (size_t i = 0; i < allow->server_count; i++)
		if (!memcmp(&allow->servers[i].address, a, sizeof *a) && (port == allow->servers[i].port || !port))
			return true;
	return false;
}

static bool is_broadcast(const struct allow *allow, const struct in6_addr *a)
{
	for (size_t i = 0; i < allow->net_count; i++)
		if (allow->nets[i].has_broadcast && !memcmp(&allow->nets[i].broadcast, a, sizeof *a))
			return true;
	return false;
}

static bool is_attached(const struct allow *allow, const struct in6_addr *a)
{
	for (size_t i = 0; i < allow->net_count; i++)
		if (in_net(a, &allow->nets[i].address, allow->nets[i].bits))
			return true;
	return false;
}

bool allow_address(void *context, const struct sockaddr *to, unsigned port, const char **ret_why)
{
	const struct allow *allow = context;
	struct in6_addr a;
	*ret_why = "from the web page, probes go only to this machine's own networks and private addresses";
	if (!from_sockaddr(to, &a) || !allow->loopback)
		return false;
	if (is_server(allow, &a, port))
		return true;
	if (is_broadcast(allow, &a))
		return port == PORT_NBNS;
	if (in_ranges(&a, never, sizeof never / sizeof *never)) {
		*ret_why = "from the web page, no probe goes to link-local, multicast, broadcast or reserved addresses";
		return false;
	}
	return in_ranges(&a, private, sizeof private / sizeof *private) || is_attached(allow, &a);
}
