/* SPDX-License-Identifier: MIT */
#include "probe/netbios.h"

#include "probe/dns_wire.h"

#include <string.h>

enum { ENCODED_BYTES = 32, CLASS_IN = 1 };

bool netbios_fits(struct str name)
{
	if (!name.n || name.n > NETBIOS_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < ' ' || name.p[i] == 0x7F || strchr("\\/:?\"<>|.*", name.p[i]))
			return str_eq_nocase(name, STR("*SMBSERVER"));
	return true;
}

struct str netbios_trim(struct str padded)
{
	while (padded.n && (padded.p[padded.n - 1] == ' ' || !padded.p[padded.n - 1]))
		padded.n--;
	return padded;
}

static void put_scope(struct wire_out *w, struct str scope)
{
	struct str label;
	while (str_trim(scope).n) {
		str_cut(scope, '.', &label, &scope);
		dns_put_label(w, label);
	}
	wire_put_u8(w, 0);
}

void netbios_put_name(struct wire_out *w, struct str name, uint8_t suffix, struct str scope)
{
	bool wildcard = str_eq(name, STR("*"));
	wire_put_u8(w, ENCODED_BYTES);
	for (size_t i = 0; i <= NETBIOS_NAME_MAX; i++) {
		uint8_t c = i < name.n ? (uint8_t)char_upper(name.p[i]) : wildcard ? 0 : ' ';
		if (i == NETBIOS_NAME_MAX)
			c = suffix;
		wire_put_u8(w, (uint8_t)('A' + (c >> 4)));
		wire_put_u8(w, (uint8_t)('A' + (c & 0xF)));
	}
	put_scope(w, scope);
}

bool netbios_name(struct str dns_text, struct arena *a, struct str *ret_name, uint8_t *ret_suffix,
		  struct str *ret_scope)
{
	struct str encoded, scope;
	char decoded[NETBIOS_NAME_MAX + 1];
	str_cut(dns_text, '.', &encoded, &scope);
	if (encoded.n != ENCODED_BYTES)
		return false;
	for (size_t i = 0; i < ENCODED_BYTES; i += 2) {
		unsigned high = (unsigned)encoded.p[i] - 'A', low = (unsigned)encoded.p[i + 1] - 'A';
		if (high > 15 || low > 15)
			return false;
		decoded[i / 2] = (char)(high << 4 | low);
	}
	*ret_name = arena_str(a, netbios_trim((struct str){ decoded, NETBIOS_NAME_MAX }));
	*ret_suffix = (uint8_t)decoded[NETBIOS_NAME_MAX];
	*ret_scope = scope;
	return true;
}

struct str netbios_query(struct str name, uint8_t suffix, struct str scope, uint16_t type, uint16_t flags, uint16_t id,
			 struct arena *a)
{
	uint8_t bytes[NETBIOS_PACKET_MAX];
	struct wire_out w = wire_out_of(bytes, sizeof bytes);
	wire_put_be16(&w, id);
	wire_put_be16(&w, flags);
	wire_put_be16(&w, 1); /* one question */
	wire_put_zeros(&w, 6);
	netbios_put_name(&w, name, suffix, scope);
	wire_put_be16(&w, type);
	wire_put_be16(&w, CLASS_IN);
	return arena_str(a, wire_out_str(&w));
}

struct str netbios_session_request(struct str called, struct str calling, struct str scope, struct arena *a)
{
	uint8_t bytes[NETBIOS_PACKET_MAX];
	struct wire_out w = wire_out_of(bytes, sizeof bytes);
	wire_put_u8(&w, NBSS_REQUEST);
	wire_put_u8(&w, 0);
	wire_put_be16(&w, 0);
	netbios_put_name(&w, called, NETBIOS_SUFFIX_SERVER, scope);
	netbios_put_name(&w, calling, NETBIOS_SUFFIX_WORKSTATION, scope);
	wire_patch_be16(&w, 2, (uint16_t)(w.n - 4));
	return arena_str(a, wire_out_str(&w));
}
