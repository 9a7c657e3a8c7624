/* SPDX-License-Identifier: MIT
 *
 * ICMP echo packets (RFC 792, RFC 4443 section 4). A reply is known by a token in its payload, since the id is the
 * socket's. Pure.
 */
#ifndef KBT_PROBE_ECHO_H
#define KBT_PROBE_ECHO_H

#include "probe/outcome.h"

enum { ECHO_TOKEN = 8, ECHO_PAYLOAD_MAX = 8192 };

struct echo {
	uint8_t family;
	char token[ECHO_TOKEN];
};

uint16_t internet_checksum(struct str s); /* RFC 1071 */

/* echo_begin draws what tells our requests from those of others; family is AF_INET or AF_INET6. */
struct echo echo_begin(struct machine *m, uint8_t family);
/* echo_request has a payload of size bytes, ECHO_TOKEN at least. */
struct str echo_request(const struct echo *e, uint16_t sequence, size_t size, struct arena *a);
/* echo_reply: is it the reply to one of ours? */
bool echo_reply(const struct echo *e, struct str bytes, uint16_t *ret_sequence);

/* echo_denied ends the probe where the system gives no ICMP socket, and says what to grant. */
bool echo_denied(struct machine *m, const struct event *e);

#endif
