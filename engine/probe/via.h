/* SPDX-License-Identifier: MIT
 *
 * What is sent by one neighbour, whatever the routes say: its hardware address as text, and IPv4 packets (RFC 791
 * section 3.1, without options). Pure.
 */
#ifndef KBT_PROBE_VIA_H
#define KBT_PROBE_VIA_H

#include "probe/echo.h"

enum { VIA_MAC = 6 };

/* via_read_mac reads one like 02:00:00:00:00:01. */
bool via_read_mac(struct str text, uint8_t ret_mac[static VIA_MAC]);
/* via_packet: an IPv4 packet of ICMP; empty where the arena is full. */
struct str via_packet(struct address source, struct address to, struct str icmp, struct arena *a);
/* via_reply: the packet holds the reply to one of our echo requests to this address. ret_id: its identification, by
 * which fragments are put together. */
bool via_reply(const struct echo *echo, struct address of, struct str packet, uint16_t *ret_sequence, uint16_t *ret_id);

#endif
