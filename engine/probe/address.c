/* SPDX-License-Identifier: MIT */
#include "probe/address.h"

#include <arpa/inet.h>
#include <string.h>

static size_t address_size(struct address a)
{
	return a.family == 4 ? 4 : a.family == 6 ? 16 : 0;
}

/* unmapped: an IPv4 address that is written as one of IPv6 (::ffff:10.0.0.1) leads where the IPv4 address does. */
static struct address unmapped(struct address a)
{
	static const uint8_t prefix[12] = { [10] = 0xFF, [11] = 0xFF };
	struct address v4 = { .family = 4 };
	if (a.family != 6 || memcmp(a.bytes, prefix, sizeof prefix) != 0)
		return a;
	memcpy(v4.bytes, a.bytes + sizeof prefix, 4);
	return v4;
}

/* take_zone cuts the zone off; false where it is none. */
static bool take_zone(struct str *s, struct address *a)
{
	struct str address, zone;
	if (!str_cut(*s, '%', &address, &zone))
		return true;
	if (str_starts(zone, STR("25")) && zone.n > 2)
		zone = str_from(zone, 2);
	if (!zone.n || zone.n >= sizeof a->zone || str_find_char(address, ':') == STR_NONE)
		return false;
	for (size_t i = 0; i < zone.n; i++) /* as the system names links */
		if ((unsigned char)zone.p[i] <= ' ' || strchr("/:%]\x7f", zone.p[i]))
			return false;
	memcpy(a->zone, zone.p, zone.n);
	*s = address;
	return true;
}

bool address_parse(struct str s, struct address *ret_address)
{
	struct address a = { .family = 4 };
	char text[INET6_ADDRSTRLEN + 1];
	if (!s.n || memchr(s.p, 0, s.n) || !take_zone(&s, &a) || !s.n || s.n >= sizeof text)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (inet_pton(AF_INET, text, a.bytes) != 1) {
		a.family = 6;
		if (inet_pton(AF_INET6, text, a.bytes) != 1)
			return false;
	}
	*ret_address = unmapped(a);
	return true;
}

struct str address_print(struct address a, struct arena *arena)
{
	char text[INET6_ADDRSTRLEN];
	if (!a.family || !inet_ntop(a.family == 4 ? AF_INET : AF_INET6, a.bytes, text, sizeof text))
		return STR("");
	return *a.zone ? arena_printf(arena, "%s%%%s", text, a.zone) : arena_str(arena, str_c(text));
}

bool address_eq(struct address a, struct address b)
{
	return a.family == b.family && !memcmp(a.bytes, b.bytes, address_size(a));
}

static struct address address_of(uint8_t family, size_t size, struct str bytes)
{
	struct address a = { 0 };
	if (bytes.n == size) {
		a.family = family;
		memcpy(a.bytes, bytes.p, size);
	}
	return a;
}

struct address address_v4(struct str four_bytes)
{
	return address_of(4, 4, four_bytes);
}

struct address address_v6(struct str sixteen_bytes)
{
	return address_of(6, 16, sixteen_bytes);
}

bool address_in(struct address a, struct address net, unsigned prefix)
{
	if (!a.family || a.family != net.family || prefix > address_size(a) * 8)
		return false;
	unsigned whole = prefix / 8, rest = prefix % 8;
	if (memcmp(a.bytes, net.bytes, whole) != 0)
		return false;
	unsigned mask = 0xFFu << (8 - rest) & 0xFFu;
	return !rest || (a.bytes[whole] & mask) == (net.bytes[whole] & mask);
}

struct address_net {
	struct address net;
	unsigned prefix;
};

static bool address_in_any(struct address a, const struct address_net *nets, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_in(a, nets[i].net, nets[i].prefix))
			return true;
	return false;
}

bool address_is_loopback(struct address a)
{
	static const struct address_net nets[] = {
		{ { .family = 4, .bytes = { 127 } }, 8 },
		{ { .family = 6, .bytes = { [15] = 1 } }, 128 },
	};
	return address_in_any(a, nets, sizeof nets / sizeof *nets);
}

bool address_is_one_host(struct address a)
{
	static const uint8_t zero[16], ones[4] = { 255, 255, 255, 255 };
	if (a.family == 4)
		return memcmp(a.bytes, zero, 4) && memcmp(a.bytes, ones, 4) && (a.bytes[0] & 0xF0) != 0xE0;
	return a.family == 6 && memcmp(a.bytes, zero, 16) && a.bytes[0] != 0xFF;
}

bool address_is_apipa(struct address a)
{
	static const struct address_net nets[] = {
		{ { .family = 4, .bytes = { 169, 254 } }, 16 },
		{ { .family = 6, .bytes = { 0xFE, 0x80 } }, 10 },
	};
	return address_in_any(a, nets, sizeof nets / sizeof *nets);
}

unsigned address_to_sockaddr(struct address a, uint16_t port, struct sockaddr_storage *ret_sockaddr)
{
	memset(ret_sockaddr, 0, sizeof *ret_sockaddr);
	if (a.family == 4) {
		struct sockaddr_in *s = (struct sockaddr_in *)ret_sockaddr;
		s->sin_family = AF_INET;
		s->sin_port = htons(port);
		memcpy(&s->sin_addr, a.bytes, 4);
		return sizeof *s;
	}
	if (a.family == 6) {
		struct sockaddr_in6 *s = (struct sockaddr_in6 *)ret_sockaddr;
		s->sin6_family = AF_INET6;
		s->sin6_port = htons(port);
		s->sin6_scope_id = a.zone_index;
		memcpy(&s->sin6_addr, a.bytes, 16);
		return sizeof *s;
	}
	return 0;
}

struct address address_from_sockaddr(const struct sockaddr *s)
{
	if (s->sa_family == AF_INET)
		return address_v4((struct str){ (const char *)&((const struct sockaddr_in *)s)->sin_addr, 4 });
	if (s->sa_family == AF_INET6)
		return address_v6((struct str){ (const char *)&((const struct sockaddr_in6 *)s)->sin6_addr, 16 });
	return (struct address){ 0 };
}
