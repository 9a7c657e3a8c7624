/* SPDX-License-Identifier: MIT */
#include "probe/echo.h"

#include "base/wire.h"

#include <string.h>

enum { ECHO_HEADER = 8, ECHO_REQUEST_4 = 8, ECHO_REPLY_4 = 0, ECHO_REQUEST_6 = 128, ECHO_REPLY_6 = 129 };

struct echo echo_begin(struct machine *m, uint8_t family)
{
	struct echo e = { .family = family };
	for (size_t i = 0; i < ECHO_TOKEN; i++)
		e.token[i] = (char)machine_random(m);
	return e;
}

/* RFC 1071. For ICMPv6 the kernel does it. */
uint16_t internet_checksum(struct str s)
{
	uint32_t sum = 0;
	for (size_t i = 0; i < s.n; i++)
		sum += i % 2 ? (uint8_t)s.p[i] : (uint32_t)(uint8_t)s.p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xFFFF) + (sum >> 16);
	return (uint16_t)~sum;
}

struct str echo_request(const struct echo *e, uint16_t sequence, size_t size, struct arena *a)
{
	if (size < ECHO_TOKEN)
		size = ECHO_TOKEN;
	if (size > ECHO_PAYLOAD_MAX)
		size = ECHO_PAYLOAD_MAX;
	uint8_t *bytes = arena_alloc(a, ECHO_HEADER + size);
	if (!bytes)
		return STR("");
	struct wire_out w = wire_out_of(bytes, ECHO_HEADER + size);
	wire_put_u8(&w, e->family == 6 ? ECHO_REQUEST_6 : ECHO_REQUEST_4);
	wire_put_u8(&w, 0);
	wire_put_be16(&w, 0);
	wire_put_be16(&w, (uint16_t)((uint8_t)e->token[0] << 8 | (uint8_t)e->token[1])); /* a raw socket's id */
	wire_put_be16(&w, sequence);
	wire_put_bytes(&w, (struct str){ e->token, ECHO_TOKEN });
	wire_put_zeros(&w, size - ECHO_TOKEN);
	if (e->family == 4)
		wire_patch_be16(&w, 2, internet_checksum(wire_out_str(&w)));
	return wire_out_str(&w);
}

bool echo_reply(const struct echo *e, struct str bytes, uint16_t *ret_sequence)
{
	struct wire w = wire_of(bytes);
	unsigned type = wire_u8(&w), code = wire_u8(&w);
	wire_skip(&w, 4);
	uint16_t sequence = wire_be16(&w);
	struct str token = wire_bytes(&w, ECHO_TOKEN);
	if (!wire_ok(&w) || code || type != (e->family == 6 ? ECHO_REPLY_6 : ECHO_REPLY_4) ||
	    memcmp(token.p, e->token, ECHO_TOKEN) != 0)
		return false;
	*ret_sequence = sequence;
	return true;
}

bool echo_denied(struct machine *m, const struct event *e)
{
	if (e->kind != EVENT_FAIL || !e->no_socket)
		return false;
	machine_not_run(m, "no ICMP socket (%s): grant it by `sysctl net.ipv4.ping_group_range=\"0 2147483647\"` or by "
			"CAP_NET_RAW (setcap cap_net_raw+ep on the program)", errno_name(e->error));
	return true;
}
