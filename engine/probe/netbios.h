/* SPDX-License-Identifier: MIT
 *
 * NetBIOS names on the wire (RFC 1001 section 14, RFC 1002 section 4): first-level encoding, name service packets, and
 * the session service's header. From untrusted bytes. Pure.
 */
#ifndef KBT_PROBE_NETBIOS_H
#define KBT_PROBE_NETBIOS_H

#include "base/arena.h"
#include "base/wire.h"

enum {
	NETBIOS_NAME_MAX = 15,
	NETBIOS_NS_PORT = 137,
	NETBIOS_SSN_PORT = 139,
	NETBIOS_SUFFIX_WORKSTATION = 0x00,
	NETBIOS_SUFFIX_SERVER = 0x20,
	NETBIOS_PACKET_MAX = 600
};

enum { NBSS_MESSAGE = 0x00, NBSS_REQUEST = 0x81, NBSS_POSITIVE = 0x82, NBSS_NEGATIVE = 0x83, NBSS_RETARGET = 0x84,
       NBSS_KEEPALIVE = 0x85 };

/* netbios_put_name writes a name of at most 15 characters in upper case with its suffix and scope, encoded. "*" is
 * padded with zeros, as node status wants it. */
void netbios_put_name(struct wire_out *w, struct str name, uint8_t suffix, struct str scope);
/* netbios_name reads an encoded name from the text form of a DNS name; false where it is none. *ret_name has no
 * trailing blanks. */
bool netbios_name(struct str dns_text, struct arena *a, struct str *ret_name, uint8_t *ret_suffix,
		  struct str *ret_scope);

/* The packets; empty where they do not fit. flags as in RFC 1002 section 4.2.1.1. */
struct str netbios_query(struct str name, uint8_t suffix, struct str scope, uint16_t type, uint16_t flags, uint16_t id,
			 struct arena *a);
struct str netbios_session_request(struct str called, struct str calling, struct str scope, struct arena *a);

/* netbios_fits: can it be a NetBIOS name at all? */
bool netbios_fits(struct str name);
/* netbios_trim cuts blanks and NULs off the end of a padded name. */
struct str netbios_trim(struct str padded);

#endif
