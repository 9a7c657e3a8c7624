/* SPDX-License-Identifier: MIT */
#include "match/lookalike.h"

#include "base/utf8.h"

enum { TWINS_MAX = 48 }; /* bytes of a word that are looked at, each way */

/* The character as wide as a Chinese one, or its mark of the same use. */
static char narrow(uint32_t c)
{
	if (c >= 0xFF01 && c <= 0xFF5E)
		return (char)(c - 0xFEE0);
	if (c == 0x3002 || c == 0xFF61)
		return '.';
	if (c == 0x3001 || c == 0xFF64)
		return ',';
	return (c >= 0x300A && c <= 0x300F) || c == 0xFF62 || c == 0xFF63 ? '"' : 0; /* brackets that quote there */
}

static char plain(uint32_t c)
{
	if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x3000 || c == 0x2028 || c == 0x85)
		return ' ';
	if ((c >= 0x2018 && c <= 0x201B) || c == 0xB4 || c == 0x2032)
		return '\'';
	if ((c >= 0x201C && c <= 0x201F) || c == 0xAB || c == 0xBB || c == 0x2033)
		return '"';
	if (c >= 0x2010 && c <= 0x2015)
		return '-';
	if (c == 0x2039 || c == 0x203A)
		return c == 0x2039 ? '<' : '>';
	return narrow(c);
}

/* A ligature, as texts that were copied from a PDF have it: "conﬁguration". */
static struct str ligature(uint32_t c)
{
	static const struct str says[] = { STR_LIT("ff"),  STR_LIT("fi"), STR_LIT("fl"), STR_LIT("ffi"),
					   STR_LIT("ffl"), STR_LIT("st"), STR_LIT("st") };
	return c >= 0xFB00 && c <= 0xFB06 ? says[c - 0xFB00] : STR("");
}

bool lookalike_of(uint32_t c, struct str *ret_says)
{
	static const char ascii[] =
		" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu"
		"vwxyz{|}~";
	bool emoji = (c >= 0x1F000 && c < 0x1FB00) || (c >= 0x2600 && c < 0x27C0) || c == 0x2B50 || c == 0xFE0F;
	bool unseen =
		c == 0xAD || (c >= 0x200B && c <= 0x200F) || c == 0x2060 || c == 0xFEFF || (c >= 0x202A && c <= 0x202E);
	char like = plain(c);
	struct str joined = ligature(c);
	if (emoji || unseen)
		*ret_says = STR("");
	else if (c == 0x2026)
		*ret_says = STR("...");
	else if (joined.n)
		*ret_says = joined;
	else if (like)
		*ret_says = (struct str){ ascii + (like - ' '), 1 };
	return emoji || unseen || c == 0x2026 || joined.n || like;
}

bool lookalike_is_wide_stop(struct str s)
{
	size_t at = 0;
	uint32_t c = s.n ? utf8_next(s, &at) : 0;
	return c == 0x3001 || c == 0x3002 || c == 0xFF61 || c == 0xFF64;
}

/* The byte of Windows-1252 that reads so; 0 for one that no lookalike has. */
static uint32_t byte_of(uint32_t c)
{
	static const struct {
		uint16_t c, byte;
	} beyond[] = { { 0x20AC, 0x80 }, { 0x02DC, 0x98 }, { 0x2122, 0x99 }, { 0x0153, 0x9C }, { 0x201C, 0x93 },
		       { 0x201D, 0x94 }, { 0x201A, 0x82 }, { 0x2018, 0x91 }, { 0x2019, 0x92 } };
	for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
		if (beyond[i].c == c)
			return beyond[i].byte;
	return c < 0x100 ? c : 0;
}

size_t lookalike_misread(struct str s, uint32_t *ret_c)
{
	size_t at = 0;
	uint32_t first = utf8_next(s, &at), second = at < s.n ? byte_of(utf8_next(s, &at)) : 0;
	if (first == 0xC2 && (second == 0xA0 || second == 0xAB || second == 0xBB)) {
		*ret_c = second;
		return at;
	}
	uint32_t third = first == 0xE2 && second == 0x80 && at < s.n ? byte_of(utf8_next(s, &at)) : 0;
	*ret_c = 0x2000 | (third & 0x3F);
	return third >= 0x80 && third <= 0xBF ? at : 0;
}

char lookalike_twin(uint32_t c)
{
	static const struct {
		uint16_t c;
		char twin;
	} twins[] = {
		{ 0x0430, 'a' }, { 0x0435, 'e' }, { 0x043E, 'o' }, { 0x0440, 'p' }, { 0x0441, 'c' }, { 0x0443, 'y' },
		{ 0x0445, 'x' }, { 0x0456, 'i' }, { 0x0458, 'j' }, { 0x0455, 's' }, { 0x03BF, 'o' }, { 0x0410, 'A' },
		{ 0x0412, 'B' }, { 0x0415, 'E' }, { 0x041A, 'K' }, { 0x041C, 'M' }, { 0x041D, 'H' }, { 0x041E, 'O' },
		{ 0x0420, 'P' }, { 0x0421, 'C' }, { 0x0422, 'T' }, { 0x0425, 'X' }, { 0x0406, 'I' }, { 0x0391, 'A' },
		{ 0x0392, 'B' }, { 0x0395, 'E' }, { 0x0396, 'Z' }, { 0x0397, 'H' }, { 0x0399, 'I' }, { 0x039A, 'K' },
		{ 0x039C, 'M' }, { 0x039D, 'N' }, { 0x039F, 'O' }, { 0x03A1, 'P' }, { 0x03A4, 'T' }, { 0x03A7, 'X' },
	};
	for (size_t i = 0; c >= 0x0391 && c <= 0x0458 && i < sizeof twins / sizeof *twins; i++)
		if (twins[i].c == c)
			return twins[i].twin;
	return 0;
}

size_t lookalike_twins_end(struct str s, size_t at)
{
	size_t start = at, end = at, next;
	bool latin = false;
	while (start && at - start < TWINS_MAX &&
	       (char_is_alpha(s.p[start - 1]) || (unsigned char)s.p[start - 1] >= 0x80))
		start--;
	for (size_t i = start; i < s.n && i - start < 2 * TWINS_MAX; i = next) {
		next = i;
		uint32_t c = utf8_next(s, &next);
		if (c < 0x80 && !char_is_alpha((char)c))
			break;
		if (c >= 0x80 && !lookalike_twin(c))
			return 0;
		latin |= c < 0x80;
		end = next;
	}
	return latin ? end : 0;
}
