/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

uint32_t utf8_next(struct str s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p + *at;
	size_t left = s.n - *at;
	unsigned c = *p;
	*at += 1;
	if (c < 0x80)
		return c;
	size_t more = c >= 0xF0 && c < 0xF5 ? 3 : c >= 0xE0 && c < 0xF0 ? 2 : c >= 0xC2 && c < 0xE0 ? 1 : 0;
	if (!more || left <= more)
		return UTF8_INVALID;
	uint32_t v = c & (0x3Fu >> more);
	for (size_t i = 1; i <= more; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return UTF8_INVALID;
		v = v << 6 | (p[i] & 0x3Fu);
	}
	static const uint32_t smallest[] = { 0, 0x80, 0x800, 0x10000 };
	if (v < smallest[more] || (v >= 0xD800 && v < 0xE000) || v > 0x10FFFF)
		return UTF8_INVALID;
	*at += more;
	return v;
}

bool utf8_valid(struct str s)
{
	for (size_t at = 0; at < s.n;)
		if (utf8_next(s, &at) == UTF8_INVALID)
			return false;
	return true;
}

size_t utf8_bytes(uint32_t c, char ret_bytes[4])
{
	if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
		c = 0xFFFD;
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; c >>= 6)
		ret_bytes[i] = (char)(0x80 | (c & 0x3F));
	static const unsigned char lead[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	ret_bytes[0] = (char)(lead[n] | c);
	return n;
}

void utf8_put(struct buf *b, uint32_t c)
{
	char out[4];
	buf_add_bytes(b, out, utf8_bytes(c, out));
}

struct str utf8_mend(struct str s, struct arena *a)
{
	if (utf8_valid(s))
		return s;
	struct buf b = { 0 };
	for (size_t at = 0; at < s.n;) {
		size_t from = at;
		if (utf8_next(s, &at) == UTF8_INVALID)
			buf_add(&b, STR("\xEF\xBF\xBD"));
		else
			buf_add_bytes(&b, s.p + from, at - from);
	}
	return buf_take(&b, a);
}

struct str utf8_first(struct str s, size_t n)
{
	if (n >= s.n)
		return s;
	/* back over continuation bytes: at most three belong to one character */
	size_t cut = n;
	while (cut && n - cut < 3 && utf8_goes_on(s.p[cut]))
		cut--;
	return str_first(s, cut);
}
