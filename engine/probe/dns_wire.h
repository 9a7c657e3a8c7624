/* SPDX-License-Identifier: MIT
 *
 * Messages of RFC 1035, which the NetBIOS name service shares (RFC 1002 section 4.2.1): header, questions, records,
 * from untrusted bytes. Compressed names are c-ares' business, which bounds their loops. At most DNS_MESSAGE_MAX bytes
 * are looked at. Pure.
 */
#ifndef KBT_PROBE_DNS_WIRE_H
#define KBT_PROBE_DNS_WIRE_H

#include "base/arena.h"
#include "base/wire.h"

enum {
	DNS_MESSAGE_MAX = 4096,
	DNS_RECORDS_MAX = 128, /* looked at in one message */
	DNS_TYPE_A = 1,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_PTR = 12,
	DNS_TYPE_AAAA = 28,
	NBNS_TYPE_NB = 0x20,
	NBNS_TYPE_NBSTAT = 0x21,
	DNS_FLAG_RESPONSE = 0x8000,
	DNS_FLAG_TRUNCATED = 0x0200
};

struct dns_message {
	struct wire wire;
	uint16_t id, flags, questions, answers;
	unsigned rcode, opcode;
};

struct dns_record {
	struct str name; /* in the arena; no dot at its end */
	uint16_t type;
	struct str data; /* in the message */
	size_t data_at;	 /* where in the message, for names within data */
};

/* dns_open reads the header; dns_question and dns_record take what follows, in order; false at the end of the section
 * or where the bytes are no such thing (then dns_bad). */
bool dns_open(struct str bytes, struct dns_message *ret_message);
bool dns_question(struct dns_message *d, struct arena *a, struct str *ret_name, uint16_t *ret_type);
bool dns_record(struct dns_message *d, struct arena *a, struct dns_record *ret_record);
bool dns_bad(const struct dns_message *d);
/* dns_name reads a name at an offset of the message; the empty string is the root. False where it is malformed. */
bool dns_name(const struct dns_message *d, size_t at, struct arena *a, struct str *ret_name, size_t *ret_size);

/* dns_put_label: false, and nothing written, where none can be so long. */
bool dns_put_label(struct wire_out *w, struct str label);
/* dns_query makes a question without EDNS; empty where the name cannot be one. */
struct str dns_query(struct str name, uint16_t type, uint16_t id, struct arena *a);

#endif
