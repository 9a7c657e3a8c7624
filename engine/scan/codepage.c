/* SPDX-License-Identifier: MIT */
#include "scan/codepage.h"

#include "article/charset.h"
#include "match/language.h"

#include <iconv.h>
#include <stdint.h>
#include <string.h>

enum {
	LINE_MAX_BYTES = 4096,
	GROWS = 3,   /* bytes of UTF-8 for one of these pages */
	ROW_MIN = 4, /* bytes of a row that is no word of a language in Latin letters */
	PAIRS_MIN = 2
};

/* KOI8-R: small letters but for the first, as words are. */
static bool looks_koi8(struct str line)
{
	for (size_t at = 0, n; at < line.n; at += n + 1) {
		for (n = 0; at + n < line.n && (unsigned char)line.p[at + n] >= (n ? 0xC0 : 0xA3) &&
			    (!n || (unsigned char)line.p[at + n] < 0xE0);)
			n++;
		if (n >= ROW_MIN)
			return true;
	}
	return false;
}

/* GBK and CP949: pairs with both bytes high, as the signs of GB 2312 and the syllables of KS X 1001 have them. */
static bool looks_paired(struct str line)
{
	for (size_t at = 0, n; at < line.n; at += n + 1) {
		for (n = 0; at + n < line.n && (unsigned char)line.p[at + n] >= 0xA1;)
			n++;
		if (n >= 2 * PAIRS_MIN)
			return true;
	}
	return false;
}

static bool leads(unsigned char c)
{
	return (c >= 0x81 && c < 0xA0) || (c >= 0xE0 && c < 0xFD);
}

static bool looks_shift_jis(struct str line)
{
	for (size_t at = 0; at < line.n; at++) {
		size_t pairs = 0;
		while (at + 1 < line.n && leads((unsigned char)line.p[at]) && (unsigned char)line.p[at + 1] >= 0x40) {
			at += 2;
			pairs++;
		}
		if (pairs >= PAIRS_MIN)
			return true;
	}
	return false;
}

static const struct {
	const char *name;
	bool (*looks)(struct str line); /* NULL: Latin letters, of which those of ASCII tell what may be said */
} pages[CODEPAGES] = { { "KOI8-R", looks_koi8 }, { "GBK", looks_paired },	  { "CP949", looks_paired },
		       { "CP932", looks_shift_jis }, { "CP1250", NULL },	  { "CP852", NULL },
		       { "CP1254", NULL },	     { "CP857", NULL } };

static void *handle_of(struct codepages *c, size_t page)
{
	if (!c->tried[page]) {
		iconv_t handle = iconv_open("UTF-8", pages[page].name);
		c->handles[page] = handle == (iconv_t)-1 ? NULL : handle;
		c->tried[page] = true;
	}
	return c->handles[page];
}

/* decode gives the line read in a page; empty where it is none of it. */
static struct str decode(iconv_t handle, struct str line, struct arena *a)
{
	size_t room = line.n * GROWS, in_left = line.n, left = room;
	char *out = arena_alloc(a, room), *to = out, *from = (char *)(uintptr_t)line.p;
	if (!out)
		return STR("");
	iconv(handle, NULL, NULL, NULL, NULL);
	bool whole = iconv(handle, &from, &in_left, &to, &left) == 0 && !in_left;
	return whole ? (struct str){ out, room - left } : STR("");
}

static bool is_said(struct str text, struct arena *a)
{
	struct clean clean = { .text = text }, english;
	return text.n && !language_undo(&clean, a, &english) && !str_eq(english.text, text);
}

/* without_letters: with the sign for a lost one in place of each that is not ASCII, which language.h takes for any. */
static struct str without_letters(struct str line, struct arena *a)
{
	static const char lost[] = "\xEF\xBF\xBD";
	char *out = arena_alloc(a, line.n * GROWS);
	size_t n = 0;
	for (size_t i = 0; out && i < line.n; i++) {
		bool letter = line.p[i] & 0x80;
		memcpy(out + n, letter ? lost : line.p + i, letter ? GROWS : 1);
		n += letter ? GROWS : 1;
	}
	return (struct str){ out, n };
}

struct str codepage_text(struct codepages *c, struct str line, struct arena *a)
{
	struct str text = charset_text(line, a);
	bool latin = line.n <= LINE_MAX_BYTES && is_said(without_letters(line, a), a), first = true;
	for (size_t i = 0; i < CODEPAGES && line.n <= LINE_MAX_BYTES; i++) {
		if (!(pages[i].looks ? pages[i].looks(line) : latin))
			continue;
		if (first && is_said(text, a))
			return text;
		first = false;
		iconv_t handle = handle_of(c, i);
		struct str other = handle ? decode(handle, line, a) : STR("");
		if (is_said(other, a))
			return other;
	}
	return text;
}

void codepages_close(struct codepages *c)
{
	for (size_t i = 0; i < CODEPAGES; i++)
		if (c->handles[i])
			iconv_close(c->handles[i]);
	*c = (struct codepages){ 0 };
}
