/* SPDX-License-Identifier: MIT
 *
 * Two code pages are small tables of our own (Unicode's CP1252.TXT and CP437.TXT), and the Russian ones (CP1251.TXT,
 * CP866.TXT) differ from them by the alphabet, so that decoding needs no locale and no iconv handle a thread.
 */
#include "article/charset.h"

#include "base/utf8.h"

#include <string.h>

static const uint16_t cp1252[32] = {
	0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D,
	0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
	0x0153, 0x009D, 0x017E, 0x0178,
};

static const uint16_t cp437[128] = {
	0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE, 0x00EC,
	0x00C4, 0x00C5, 0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF, 0x00D6, 0x00DC, 0x00A2,
	0x00A3, 0x00A5, 0x20A7, 0x0192, 0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x2310,
	0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB, 0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556,
	0x2555, 0x2563, 0x2551, 0x2557, 0x255D, 0x255C, 0x255B, 0x2510, 0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C,
	0x255E, 0x255F, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
	0x2558, 0x2552, 0x2553, 0x256B, 0x256A, 0x2518, 0x250C, 0x2588, 0x2584, 0x258C, 0x2590, 0x2580, 0x03B1, 0x00DF,
	0x0393, 0x03C0, 0x03A3, 0x03C3, 0x00B5, 0x03C4, 0x03A6, 0x0398, 0x03A9, 0x03B4, 0x221E, 0x03C6, 0x03B5, 0x2229,
	0x2261, 0x00B1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00F7, 0x2248, 0x00B0, 0x2219, 0x00B7, 0x221A, 0x207F, 0x00B2,
	0x25A0, 0x00A0,
};

enum {
	RUSSIAN_A = 0x0410,
	RUSSIAN_SMALL_A = 0x0430,
	RUSSIAN_SMALL_R = 0x0440,
	RUSSIAN_YO = 0x0401,
	RUSSIAN_SMALL_YO = 0x0451
};

/* russian gives the letter that a byte is in CP1251 or CP866; 0 for none. */
static uint32_t russian(enum charset set, unsigned char c)
{
	if (set == CHARSET_CP1251)
		return c >= 0xC0 ? RUSSIAN_A + (c - 0xC0u) : c == 0xA8 ? RUSSIAN_YO : c == 0xB8 ? RUSSIAN_SMALL_YO : 0;
	if (c >= 0x80 && c < 0xB0)
		return RUSSIAN_A + (c - 0x80u);
	if (c >= 0xE0 && c < 0xF0)
		return RUSSIAN_SMALL_R + (c - 0xE0u);
	return c == 0xF0 ? RUSSIAN_YO : c == 0xF1 ? RUSSIAN_SMALL_YO : 0;
}

static uint32_t code_point(enum charset set, unsigned char c)
{
	if (c < 0x80)
		return c;
	bool is_russian = set == CHARSET_CP1251 || set == CHARSET_CP866;
	if (is_russian && russian(set, c))
		return russian(set, c);
	if (set == CHARSET_CP437 || set == CHARSET_CP866)
		return cp437[c - 0x80];
	return c < 0xA0 ? cp1252[c - 0x80] : c;
}

enum { WIDE_LOOK = 4096 /* bytes that tell UTF-16 without a mark */ };

static bool undefined_in_1252(unsigned char c)
{
	return c == 0x81 || c == 0x8D || c == 0x8F || c == 0x90 || c == 0x9D;
}

/* points_for_437 judges one byte by its neighbours: above 0 for CP437, below 0 for CP1252. */
static int points_for_437(unsigned char before, unsigned char c, unsigned char after)
{
	bool in_word = char_is_lower((char)before) && char_is_lower((char)after);
	if (undefined_in_1252(c))
		return 4;
	if (c >= 0xB0 && c <= 0xDF && (after == c || before == c) && c != 0xB6 && c != 0xB7)
		return 2; /* a run of lines or blocks */
	if (c == 0x91 || c == 0x92)
		return -4; /* a quotation mark: æ and Æ are the rarer */
	if (c <= 0xA5 && c != 0xA0)
		return in_word && c != 0x96 && c != 0x97 ? 2 : c < 0xA0 ? -2 : 0;
	if (c >= 0xC0)
		return char_is_alpha((char)before) || char_is_alpha((char)after) ? -2 : 0;
	return -1; /* the signs of Latin-1: no-break space, section, copyright, paragraph, middle dot */
}

/* is_russian: most bytes over 0x7F are of words of four letters and more, not all the same, small ones behind the
 * first: a language of Western Europe has no such words, and lines and blocks of CP437 are no small letters of either
 * page. A row of one byte is no word: no-break spaces of CP1252 are letters of CP866. */
static bool is_russian(struct str bytes, enum charset set)
{
	enum { WORD_MIN = 4 };
	size_t high = 0, of_words = 0;
	for (size_t at = 0, n; at < bytes.n; at += n) {
		bool small = true, differ = false;
		for (n = 0; at + n < bytes.n && (bytes.p[at + n] & 0x80); n++) {
			small &= russian(set, (unsigned char)bytes.p[at + n]) >= (n ? RUSSIAN_SMALL_A : RUSSIAN_YO);
			differ |= bytes.p[at + n] != bytes.p[at];
		}
		high += n;
		of_words += small && differ && n >= WORD_MIN ? n : 0;
		n += !n;
	}
	return high && of_words * 2 >= high;
}

static bool is_ascii(struct str bytes)
{
	size_t i = 0;
	for (uint64_t word; i + sizeof word <= bytes.n; i += sizeof word) {
		memcpy(&word, bytes.p + i, sizeof word);
		if (word & 0x8080808080808080u)
			return false;
	}
	for (; i < bytes.n; i++)
		if ((unsigned char)bytes.p[i] >= 0x80)
			return false;
	return true;
}

static bool has_order_mark(struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	return bytes.n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF));
}

/* UTF-16 without a mark: of most characters one byte is zero, always the same one. */
static enum charset guess_wide(struct str bytes)
{
	size_t zero[2] = { 0, 0 }, n = bytes.n < WIDE_LOOK ? bytes.n : WIDE_LOOK;
	for (size_t i = 0; i < n; i++)
		zero[i % 2] += !bytes.p[i];
	if (n < 4 || n % 2 || zero[0] + zero[1] < n / 4 || (zero[0] && zero[1]))
		return CHARSET_UTF8;
	return zero[1] ? CHARSET_UTF16LE : CHARSET_UTF16BE;
}

enum charset charset_guess(struct str bytes)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	if (has_order_mark(bytes))
		return p[0] == 0xFF ? CHARSET_UTF16LE : CHARSET_UTF16BE;
	enum charset wide = guess_wide(bytes);
	if (wide != CHARSET_UTF8)
		return wide;
	if (is_ascii(bytes) || utf8_valid(bytes))
		return CHARSET_UTF8;
	if (is_russian(bytes, CHARSET_CP1251))
		return CHARSET_CP1251;
	if (is_russian(bytes, CHARSET_CP866))
		return CHARSET_CP866;
	int64_t points = 0;
	for (size_t i = 0; i < bytes.n; i++)
		if (p[i] >= 0x80)
			points += points_for_437(i ? p[i - 1] : '\n', p[i], i + 1 < bytes.n ? p[i + 1] : '\n');
	return points > 0 ? CHARSET_CP437 : CHARSET_CP1252;
}

static struct str decode_utf16(struct str bytes, bool big, struct arena *a)
{
	const unsigned char *p = (const unsigned char *)bytes.p;
	struct buf b = { 0 };
	uint32_t high = 0;
	for (size_t i = has_order_mark(bytes) ? 2 : 0; i + 1 < bytes.n; i += 2) {
		uint32_t c = big ? (uint32_t)p[i] << 8 | p[i + 1] : (uint32_t)p[i + 1] << 8 | p[i];
		if (high && c >= 0xDC00 && c < 0xE000)
			utf8_put(&b, 0x10000 + ((high - 0xD800) << 10) + (c - 0xDC00));
		else if (c < 0xD800 || c >= 0xDC00)
			utf8_put(&b, c);
		high = c >= 0xD800 && c < 0xDC00 ? c : 0;
	}
	return buf_take(&b, a);
}

static struct str decode_page(struct str bytes, enum charset set, struct arena *a)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < bytes.n; i++)
		utf8_put(&b, code_point(set, (unsigned char)bytes.p[i]));
	return buf_take(&b, a);
}

/* drop_cr works in place: the text is the arena's own. */
static struct str drop_cr(struct str text)
{
	char *p = (char *)(uintptr_t)text.p, *to = p ? memchr(p, '\r', text.n) : NULL;
	if (!to)
		return text;
	for (const char *from = to, *end = p + text.n; from < end;) {
		const char *next = memchr(from, '\r', (size_t)(end - from));
		size_t n = (size_t)((next ? next : end) - from);
		memmove(to, from, n);
		to += n;
		from += n;
		size_t run = 0;
		while (from < end && *from == '\r') {
			from++;
			run++;
		}
		if (from == end || *from != '\n')
			while (run--)
				*to++ = '\r';
	}
	text.n = (size_t)(to - p);
	return text;
}

struct str charset_text(struct str bytes, struct arena *a)
{
	enum charset set = charset_guess(bytes);
	struct str text;
	if (set == CHARSET_UTF8)
		text = arena_str(a, str_from(bytes, str_starts(bytes, STR("\xEF\xBB\xBF")) ? 3 : 0));
	else if (set == CHARSET_UTF16LE || set == CHARSET_UTF16BE)
		text = decode_utf16(bytes, set == CHARSET_UTF16BE, a);
	else
		text = decode_page(bytes, set, a);
	return drop_cr(text);
}
