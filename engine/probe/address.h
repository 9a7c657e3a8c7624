/* SPDX-License-Identifier: MIT
 *
 * An IPv4 or IPv6 address as bytes, without a socket type. Zeroed is no address. Pure.
 */
#ifndef KBT_PROBE_ADDRESS_H
#define KBT_PROBE_ADDRESS_H

#include "base/arena.h"

struct address {
	uint8_t family;	   /* 0 none, 4, 6 */
	uint8_t bytes[16]; /* network order; IPv4 takes the first four */
	/* Of "fe80::1%eth0", the link that the address belongs to (RFC 4007): its name, empty where none was given, and
	 * the system's number for it, 0 where nobody has asked for it yet. */
	char zone[16];
	unsigned zone_index;
};

/* Literal only; no name is ever looked up. An IPv4 address in IPv6 notation (::ffff:10.0.0.1) becomes the IPv4 one. Of
 * an URL the zone is parted by "%25" (RFC 6874). */
bool address_parse(struct str s, struct address *ret_address);
struct str address_print(struct address a, struct arena *arena);
bool address_eq(struct address a, struct address b); /* whatever the zone */
struct address address_v4(struct str four_bytes); /* no address where it is not four bytes */
struct address address_v6(struct str sixteen_bytes);
bool address_in(struct address a, struct address net, unsigned prefix);
bool address_is_loopback(struct address a);
bool address_is_apipa(struct address a); /* 169.254/16, fe80::/10 */
bool address_is_one_host(struct address a); /* neither 0.0.0.0, ::, multicast nor 255.255.255.255 */

struct sockaddr_storage;
struct sockaddr;
/* To and from the system's form; the length is 0 for no address. */
unsigned address_to_sockaddr(struct address a, uint16_t port, struct sockaddr_storage *ret_sockaddr);
struct address address_from_sockaddr(const struct sockaddr *s);

#endif
