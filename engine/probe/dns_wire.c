/* SPDX-License-Identifier: MIT */
#include "probe/dns_wire.h"

#include <ares.h>
#include <string.h>

enum { CLASS_IN = 1, HEAD_BYTES = 12, NAME_BYTES_MAX = 255, LABEL_MAX = 63, WANT_RECURSION = 0x0100 };

bool dns_open(struct str bytes, struct dns_message *ret_message)
{
	struct dns_message d = { .wire = wire_of(str_first(bytes, DNS_MESSAGE_MAX)) };
	d.id = wire_be16(&d.wire);
	d.flags = wire_be16(&d.wire);
	d.questions = wire_be16(&d.wire);
	d.answers = wire_be16(&d.wire);
	wire_skip(&d.wire, 4); /* authority and additional records: not asked for */
	d.rcode = d.flags & 0xF;
	d.opcode = d.flags >> 11 & 0xF;
	if (d.answers > DNS_RECORDS_MAX)
		d.answers = DNS_RECORDS_MAX;
	*ret_message = d;
	return wire_ok(&d.wire);
}

bool dns_bad(const struct dns_message *d)
{
	return !wire_ok(&d->wire);
}

bool dns_name(const struct dns_message *d, size_t at, struct arena *a, struct str *ret_name, size_t *ret_size)
{
	char *text = NULL;
	long size = 0;
	if (at >= d->wire.n ||
	    ares_expand_name(d->wire.p + at, d->wire.p, (int)d->wire.n, &text, &size) != ARES_SUCCESS)
		return false;
	*ret_name = arena_str(a, str_c(text));
	*ret_size = (size_t)size;
	ares_free_string(text);
	return true;
}

static bool take_name(struct dns_message *d, struct arena *a, struct str *ret_name)
{
	size_t size;
	if (!dns_name(d, d->wire.at, a, ret_name, &size)) {
		d->wire.bad = true;
		return false;
	}
	wire_skip(&d->wire, size);
	return true;
}

bool dns_question(struct dns_message *d, struct arena *a, struct str *ret_name, uint16_t *ret_type)
{
	struct str name;
	if (!d->questions || !take_name(d, a, &name))
		return false;
	d->questions--;
	uint16_t type = wire_be16(&d->wire);
	wire_skip(&d->wire, 2);
	if (!wire_ok(&d->wire))
		return false;
	*ret_name = name;
	*ret_type = type;
	return true;
}

bool dns_record(struct dns_message *d, struct arena *a, struct dns_record *ret_record)
{
	struct dns_record r = { 0 };
	if (!d->answers || !take_name(d, a, &r.name))
		return false;
	d->answers--;
	r.type = wire_be16(&d->wire);
	wire_skip(&d->wire, 2 + 4); /* class, time to live */
	size_t size = wire_be16(&d->wire);
	r.data_at = d->wire.at;
	r.data = wire_bytes(&d->wire, size);
	if (!wire_ok(&d->wire))
		return false;
	*ret_record = r;
	return true;
}

bool dns_put_label(struct wire_out *w, struct str label)
{
	bool fits = label.n && label.n <= LABEL_MAX;
	if (fits) {
		wire_put_u8(w, (uint8_t)label.n);
		wire_put_bytes(w, label);
	}
	return fits;
}

/* Names of Tor's are asked of nobody (RFC 7686). */
struct str dns_query(struct str name, uint16_t type, uint16_t id, struct arena *a)
{
	uint8_t bytes[HEAD_BYTES + NAME_BYTES_MAX + 4];
	struct wire_out w = wire_out_of(bytes, sizeof bytes);
	wire_put_be16(&w, id);
	wire_put_be16(&w, WANT_RECURSION);
	wire_put_be16(&w, 1); /* one question */
	wire_put_zeros(&w, 6);
	bool good = !str_ends_nocase(str_trim_of(name, "."), STR(".onion"));
	for (struct str label, rest = name; good && rest.n;) {
		str_cut(rest, '.', &label, &rest);
		good = dns_put_label(&w, label);
	}
	wire_put_u8(&w, 0);
	wire_put_be16(&w, type);
	wire_put_be16(&w, CLASS_IN);
	return good ? arena_str(a, wire_out_str(&w)) : STR("");
}
