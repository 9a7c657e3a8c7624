/* SPDX-License-Identifier: MIT
 *
 * UTF-8 (RFC 3629): decode, check, mend. Surrogates, overlong forms and values over U+10FFFF are invalid.
 */
#ifndef KBT_BASE_UTF8_H
#define KBT_BASE_UTF8_H

#include "base/buf.h"

enum { UTF8_INVALID = 0xFFFFFFFF };

/* utf8_next decodes the character at s[*at] and moves *at behind it. An invalid byte gives UTF8_INVALID and moves one
 * byte. *at must be below s.n. */
uint32_t utf8_next(struct str s, size_t *at);
/* utf8_goes_on: this byte is not the first of its character. */
static inline bool utf8_goes_on(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

/* utf8_skip is the place behind the character at s[at], below s.n. */
static inline size_t utf8_skip(struct str s, size_t at)
{
	for (at++; at < s.n && utf8_goes_on(s.p[at]);)
		at++;
	return at;
}

bool utf8_valid(struct str s);
/* utf8_bytes writes c, or U+FFFD for an invalid one; gives how many bytes. utf8_put adds them. */
size_t utf8_bytes(uint32_t c, char ret_bytes[4]);
void utf8_put(struct buf *b, uint32_t c);
/* utf8_mend gives s itself where it is valid, else a copy in the arena with U+FFFD for each invalid byte. */
struct str utf8_mend(struct str s, struct arena *a);
/* utf8_first is the longest prefix of at most n bytes that cuts no character. */
struct str utf8_first(struct str s, size_t n);

#endif
