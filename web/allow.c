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
	{ "127.0.0.0", 8 }, { "10.0.0.0", 8 }, { "172.16.0.0", 12 }, { "192.168.0.0", 16 }, { "::1", 128 },
	{ "fc00::", 7 },
};

static struct in6_addr mapped(struct in_addr four)
{
	struct in6_addr six = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
	memcpy(&six.s6_addr[12], &four, 4);
	return six;
}

/* from_text: *ret_shift is what an IPv4 address's bits are short of the mapped one's. */
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

static bool from_str(struct str address, struct in6_addr *ret_address, unsigned *ret_shift)
{
	char text[64];
	if (address.n >= sizeof text || !address.n)
		return false;
	memcpy(text, address.p, address.n);
	text[address.n] = 0;
	return from_text(text, ret_address, ret_shift);
}

/* ---- rules ---- */

static bool parse_number(struct str text, unsigned max, unsigned *ret_number)
{
	uint64_t number;
	for (size_t i = 0; i < text.n; i++)
		if (!char_is_digit(text.p[i]))
			return false;
	if (!text.n || !str_u64(text, &number) || number > max)
		return false;
	*ret_number = (unsigned)number;
	return true;
}

static bool parse_port(struct str text, unsigned *ret_port)
{
	return parse_number(text, 65535, ret_port) && *ret_port;
}

static bool parse_ports(struct str text, struct allow_rule *rule)
{
	struct str part, from, to;
	do {
		struct allow_ports *ports = &rule->ports[rule->port_count];
		str_cut(text, ',', &part, &text);
		bool range = str_cut(part, '-', &from, &to);
		if (rule->port_count == ALLOW_PORTS_MAX || !parse_port(from, &ports->from) ||
		    !parse_port(range ? to : from, &ports->to) || ports->to < ports->from)
			return false;
		rule->port_count++;
	} while (text.n);
	return true;
}

static bool name_fits(struct str name)
{
	bool letter = false;
	for (size_t i = 0; i < name.n; i++) {
		letter |= char_is_alpha(name.p[i]);
		if (!char_is_alnum(name.p[i]) && name.p[i] != '-' && name.p[i] != '.' && name.p[i] != '_')
			return false;
	}
	return letter && name.n <= 253 && name.p[0] != '-' && name.p[0] != '.';
}

/* parse_whom reads an address, a network or a name. */
static bool parse_whom(struct str text, struct arena *a, struct allow_rule *rule)
{
	struct str address, length;
	unsigned shift, bits;
	bool net = str_cut(text, '/', &address, &length);
	if (!from_str(address, &rule->address, &shift)) {
		rule->name = arena_str(a, text);
		return !net && name_fits(text);
	}
	rule->bits = 128;
	if (!net)
		return true;
	if (!parse_number(length, 128 - shift, &bits))
		return false;
	rule->bits = bits + shift;
	return true;
}

/* split_ports parts "[::1]/64:445", "10.0.0.1:445" and "::1" into whom and ports. */
static bool split_ports(struct str text, struct arena *a, struct str *ret_whom, struct str *ret_ports, bool *ret_has)
{
	struct str inside, rest, length;
	size_t colons = 0;
	for (size_t i = 0; i < text.n; i++)
		colons += text.p[i] == ':';
	if (text.n && text.p[0] == '[') {
		if (!str_cut(str_from(text, 1), ']', &inside, &rest))
			return false;
		*ret_has = str_cut(rest, ':', &length, ret_ports);
		*ret_whom = arena_printf(a, "%.*s%.*s", STR_ARG(inside), STR_ARG(length));
		return !length.n || length.p[0] == '/';
	}
	*ret_has = colons == 1 && str_cut(text, ':', ret_whom, ret_ports);
	if (!*ret_has)
		*ret_whom = text;
	return true;
}

enum err allow_rule_parse(struct str text, struct arena *a, struct diags *d, struct allow_rules *rules)
{
	struct allow_rule rule = { 0 };
	struct str whom, ports = STR("");
	bool has_ports = false;
	if (str_eq(text, STR("own"))) {
		rules->own = true;
		return ERR_OK;
	}
	if (!split_ports(text, a, &whom, &ports, &has_ports) || !parse_whom(whom, a, &rule) ||
	    (has_ports && !parse_ports(ports, &rule)))
		return diags_fail(
			d, ERR_INPUT,
			"--allow is an address, a network or a name, and ports where not all are meant, "
			"as in 10.1.0.0/16, [2001:db8::]/32:445 or files.example.org:139,445; or own; not '%.*s'",
			STR_ARG(text));
	struct allow_rule *slot = arena_push(a, &rules->items, &rules->count, &rules->cap);
	if (slot)
		*slot = rule;
	return arena_err(a);
}

/* ---- this machine ---- */

void allow_add_server(struct allow *allow, struct str address, unsigned port)
{
	unsigned shift;
	struct allow_server *s = &allow->servers[allow->server_count];
	if (allow->server_count < ALLOW_SERVERS_MAX && from_str(address, &s->address, &shift)) {
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

void allow_init(struct allow *allow, const struct allow_rules *rules, bool loopback, const struct probe_files *files)
{
	struct ifaddrs *all = NULL;
	*allow = (struct allow){ .rules = rules, .own = loopback || (rules && rules->own) };
	if (!allow->own && (!rules || !rules->count))
		return;
	if (!getifaddrs(&all))
		for (const struct ifaddrs *i = all; i; i = i->ifa_next)
			add_net(allow, i);
	freeifaddrs(all);
	add_servers(allow, files->resolv_conf, STR("nameserver"), PORT_DNS);
	add_servers(allow, files->smb_conf, STR("wins server"), PORT_NBNS);
}

/* ---- what the name was resolved to ---- */

/* is_about: the name itself, or with a search domain behind it. */
static bool is_about(struct str asked, struct str name)
{
	if (asked.n && asked.p[asked.n - 1] == '.')
		asked.n--;
	return name.n && str_starts_nocase(asked, name) && (asked.n == name.n || asked.p[name.n] == '.');
}

void allow_learn(struct allow *allow, const struct evidence *e)
{
	static const char *const facts[] = { "dns.addresses", "nbns.answer", "client.hosts.address",
					     "client.lmhosts.address" };
	struct str asked = STR(""), address;
	unsigned shift;
	for (size_t i = 0; i < e->arg_count; i++)
		if (str_eq(e->args[i].name, STR("name")))
			asked = e->args[i].value;
	for (size_t i = 0; is_about(asked, allow->name) && i < sizeof facts / sizeof *facts; i++) {
		const struct fact *fact = evidence_fact(e, facts[i]);
		struct str rest = fact ? fact->text : STR("");
		while (allow->pin_count < ALLOW_PINS_MAX && str_word(&rest, &address))
			allow->pin_count += from_str(address, &allow->pins[allow->pin_count], &shift);
	}
}

struct str allow_first(const struct allow *allow, struct arena *a)
{
	char text[INET6_ADDRSTRLEN];
	if (!allow->pin_count)
		return STR("");
	const struct in6_addr *pin = &allow->pins[0];
	return IN6_IS_ADDR_V4MAPPED(pin) ? arena_str(a, str_c(inet_ntop(AF_INET, &pin->s6_addr[12], text, sizeof text)))
					 : arena_str(a, str_c(inet_ntop(AF_INET6, pin, text, sizeof text)));
}

static bool is_pinned(const struct allow *allow, const struct in6_addr *a)
{
	for (size_t i = 0; i < allow->pin_count; i++) {
		struct in6_addr pin = unwrap(&allow->pins[i]);
		if (!memcmp(&pin, a, sizeof pin))
			return true;
	}
	return false;
}

/* ---- the question ---- */

static bool has_port(const struct allow_rule *rule, unsigned port)
{
	bool has = !rule->port_count || !port; /* what has no port is about the host: is it there? */
	for (size_t i = 0; i < rule->port_count; i++)
		has |= port >= rule->ports[i].from && port <= rule->ports[i].to;
	return has;
}

static bool is_singly_named(const struct allow *allow, const struct in6_addr *a, unsigned port)
{
	for (size_t i = 0; allow->rules && i < allow->rules->count; i++) {
		const struct allow_rule *rule = &allow->rules->items[i];
		struct in6_addr named = unwrap(&rule->address);
		if (!rule->name.n && rule->bits == 128 && !memcmp(&named, a, sizeof named) && has_port(rule, port))
			return true;
	}
	return false;
}

static bool is_ruled(const struct allow *allow, const struct in6_addr *a, unsigned port)
{
	for (size_t i = 0; allow->rules && i < allow->rules->count; i++) {
		const struct allow_rule *rule = &allow->rules->items[i];
		bool fits = rule->name.n ? str_eq_nocase(rule->name, allow->name) && is_pinned(allow, a) :
					   in_net(a, &rule->address, rule->bits);
		if (fits && has_port(rule, port))
			return true;
	}
	return false;
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

static const char *why_not(const struct allow *allow)
{
	if (allow->own)
		return "from the web page, probes go only to this machine's own networks and private addresses, and "
		       "where --allow lets "
		       "them";
	return allow->rules && allow->rules->count
		       ? "from the web page, probes go only where --allow lets them"
		       : "no probe goes out from this server: it was started without --allow";
}

bool allow_address(void *context, const struct sockaddr *to, unsigned port, const char **ret_why)
{
	const struct allow *allow = context;
	struct in6_addr a;
	*ret_why = why_not(allow);
	if (!from_sockaddr(to, &a))
		return false;
	if (is_singly_named(allow, &a, port) || is_server(allow, &a, port))
		return true;
	if (is_broadcast(allow, &a))
		return allow->own && port == PORT_NBNS;
	if (in_ranges(&a, never, sizeof never / sizeof *never)) {
		*ret_why = "from the web page, no probe goes to link-local, multicast, broadcast or reserved addresses "
			   "that are not "
			   "singly named by --allow";
		return false;
	}
	if (is_ruled(allow, &a, port))
		return true;
	return allow->own && (in_ranges(&a, private, sizeof private / sizeof *private) || is_attached(allow, &a));
}
