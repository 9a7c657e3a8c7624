/* SPDX-License-Identifier: MIT
 *
 * Packet bytes, read and written through a cursor with a sticky error. A read past the end gives zeros (or an empty
 * str) and sets the error; later calls do nothing; the caller checks wire_ok once at the end. No read copies.
 */
#ifndef KBT_BASE_WIRE_H
#define KBT_BASE_WIRE_H

#include "base/str.h"

struct wire {
	const uint8_t *p;
	size_t n, at;
	bool bad;
};

struct wire wire_of(struct str bytes);
bool wire_ok(const struct wire *w);
size_t wire_left(const struct wire *w);
void wire_seek(struct wire *w, size_t at); /* from the start of the packet; beyond the end is bad */
void wire_skip(struct wire *w, size_t n);
uint8_t wire_u8(struct wire *w);
uint16_t wire_be16(struct wire *w);
uint32_t wire_be32(struct wire *w);
uint16_t wire_le16(struct wire *w);
uint32_t wire_le32(struct wire *w);
uint64_t wire_le64(struct wire *w);
struct str wire_bytes(struct wire *w, size_t n);

/* The writer: a caller's array of a fixed size; sticky when it is full. */
struct wire_out {
	uint8_t *p;
	size_t cap, n;
	bool bad;
};

struct wire_out wire_out_of(uint8_t *p, size_t cap);
struct str wire_out_str(const struct wire_out *w); /* empty when bad */
void wire_put_u8(struct wire_out *w, uint8_t v);
void wire_put_be16(struct wire_out *w, uint16_t v);
void wire_put_be32(struct wire_out *w, uint32_t v);
void wire_put_le16(struct wire_out *w, uint16_t v);
void wire_put_le32(struct wire_out *w, uint32_t v);
void wire_put_le64(struct wire_out *w, uint64_t v);
void wire_put_bytes(struct wire_out *w, struct str s);
void wire_put_zeros(struct wire_out *w, size_t n);
/* wire_patch_be16 overwrites two bytes written before, at an offset (lengths that are known late). */
void wire_patch_be16(struct wire_out *w, size_t at, uint16_t v);

#endif
