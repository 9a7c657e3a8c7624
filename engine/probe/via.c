/* SPDX-License-Identifier: MIT */
#include "probe/via.h"

#include "base/wire.h"

#include <string.h>

enum { IP_HEADER = 20, IP_ICMP = 1 };

bool via_read_mac(struct str text, uint8_t ret_mac[static VIA_MAC])
{
	for (size_t i = 0; i < VIA_MAC; i++) {
		struct str two = str_first(str_from(text, 3 * i), 2);
		unsigned value = 0;
		for (size_t k = 0; k < two.n; k++) {
			const char *digits = "0123456789abcdef",
				   *at = two.p[k] ? strchr(digits, two.p[k] | 0x20) : NULL;
			if (!at)
				return false;
			value = value * 16 + (unsigned)(at - digits);
		}
		ret_mac[i] = (uint8_t)value;
	}
	return text.n == 17;
}

struct str via_packet(struct address source, struct address to, struct str icmp, struct arena *a)
{
	uint8_t *bytes = arena_alloc(a, IP_HEADER + icmp.n);
	if (!bytes)
		return STR("");
	struct wire_out w = wire_out_of(bytes, IP_HEADER + icmp.n);
	wire_put_u8(&w, 0x45);
	wire_put_u8(&w, 0);
	wire_put_be16(&w, (uint16_t)(IP_HEADER + icmp.n));
	wire_put_be32(&w, 0); /* not fragmented */
	wire_put_u8(&w, 64);
	wire_put_u8(&w, IP_ICMP);
	wire_put_be16(&w, 0);
	wire_put_bytes(&w, (struct str){ (const char *)source.bytes, 4 });
	wire_put_bytes(&w, (struct str){ (const char *)to.bytes, 4 });
	wire_patch_be16(&w, 10, internet_checksum(wire_out_str(&w)));
	wire_put_bytes(&w, icmp);
	return wire_out_str(&w);
}

bool via_reply(const struct echo *echo, struct address of, struct str packet, uint16_t *ret_sequence, uint16_t *ret_id)
{
	struct wire w = wire_of(packet);
	unsigned header = (wire_u8(&w) & 15) * 4;
	wire_skip(&w, 3);
	uint16_t id = wire_be16(&w);
	wire_skip(&w, 3);
	unsigned protocol = wire_u8(&w);
	wire_skip(&w, 2);
	struct address sender = address_v4(wire_bytes(&w, 4));
	if (!wire_ok(&w) || protocol != IP_ICMP || !address_eq(sender, of) ||
	    !echo_reply(echo, str_from(packet, header), ret_sequence))
		return false;
	*ret_id = id;
	return true;
}
