/* SPDX-License-Identifier: MIT */
#include "match/product.h"

#include "match/token.h"

#include <string.h>

enum family {
	FAMILY_IIS, FAMILY_NT, FAMILY_95, FAMILY_98, FAMILY_2000, FAMILY_XP, FAMILY_EXPLORER, FAMILY_EXCHANGE,
	FAMILY_SQL, FAMILY_VISUAL_C, FAMILY_BASIC, FAMILY_WORD, FAMILY_EXCEL, FAMILY_ACCESS, FAMILY_OUTLOOK,
	FAMILY_FRONTPAGE, FAMILY_SNA, FAMILY_SMS, FAMILY_PROXY, FAMILY_TERMINAL, FAMILY_DOS, FAMILY_FOXPRO,
	FAMILY_SITE, FAMILY_OFFICE
};

/* By their last word, as tokens; words before it must stand there as well. */
static const struct { const char *before, *last; enum family family; } names[] = {
	{ NULL, "iis", FAMILY_IIS },
	{ "internet", "information", FAMILY_IIS },
	{ NULL, "nt", FAMILY_NT },
	{ NULL, "nt4", FAMILY_NT },
	{ NULL, "nt40", FAMILY_NT },
	{ NULL, "winnt", FAMILY_NT },
	{ "windows", "95", FAMILY_95 },
	{ NULL, "win95", FAMILY_95 },
	{ NULL, "win9x", FAMILY_95 },
	{ "windows", "9x", FAMILY_95 },
	{ "windows", "98", FAMILY_98 },
	{ NULL, "win98", FAMILY_98 },
	{ NULL, "win9x", FAMILY_98 },
	{ "windows", "9x", FAMILY_98 },
	{ "windows", "2000", FAMILY_2000 },
	{ NULL, "win2k", FAMILY_2000 },
	{ NULL, "w2k", FAMILY_2000 },
	{ NULL, "win2000", FAMILY_2000 },
	{ "windows", "xp", FAMILY_XP },
	{ "internet", "explorer", FAMILY_EXPLORER },
	{ NULL, "ie", FAMILY_EXPLORER },
	{ NULL, "msie", FAMILY_EXPLORER },
	{ NULL, "exchange", FAMILY_EXCHANGE },
	{ "sql", "server", FAMILY_SQL },
	{ "visual", "c", FAMILY_VISUAL_C },
	{ NULL, "msvc", FAMILY_VISUAL_C },
	{ NULL, "vc", FAMILY_VISUAL_C },
	{ NULL, "mfc", FAMILY_VISUAL_C },
	{ "foundation", "classes", FAMILY_VISUAL_C },
	{ "foundation", "class", FAMILY_VISUAL_C },
	{ "visual", "basic", FAMILY_BASIC },
	{ NULL, "vb", FAMILY_BASIC },
	{ "microsoft", "word", FAMILY_WORD },
	{ "word", "for", FAMILY_WORD },
	{ NULL, "excel", FAMILY_EXCEL },
	{ "microsoft", "access", FAMILY_ACCESS },
	{ NULL, "outlook", FAMILY_OUTLOOK },
	{ NULL, "frontpage", FAMILY_FRONTPAGE },
	{ "sna", "server", FAMILY_SNA },
	{ NULL, "sms", FAMILY_SMS },
	{ "systems", "management", FAMILY_SMS },
	{ "proxy", "server", FAMILY_PROXY },
	{ "terminal", "server", FAMILY_TERMINAL },
	{ NULL, "msdos", FAMILY_DOS },
	{ NULL, "dos", FAMILY_DOS },
	{ NULL, "foxpro", FAMILY_FOXPRO },
	{ "site", "server", FAMILY_SITE },
	{ NULL, "office", FAMILY_OFFICE },
};

static bool is(struct str word, const char *name)
{
	return word.n && word.p[0] == name[0] && str_eq(word, str_c(name));
}

uint32_t product_families(struct str text)
{
	struct token tokens[2] = { { .n = 0 }, { .n = 0 } };
	uint32_t families = 0, begins = 0; /* what the last words begin with, by the low bits */
	size_t at = 0;
	for (size_t k = 0; k < sizeof names / sizeof *names; k++)
		begins |= 1u << (names[k].last[0] & 31);
	for (unsigned i = 0; token_next(text, &at, &tokens[i & 1]); i++) {
		struct str word = { tokens[i & 1].word, tokens[i & 1].n };
		if (!(begins >> (word.p[0] & 31) & 1))
			continue;
		struct str before = { tokens[~i & 1].word, tokens[~i & 1].n };
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (is(word, names[k].last) && (!names[k].before || is(before, names[k].before)))
				families |= 1u << names[k].family;
	}
	return families;
}

/* "4.0", "3.x", "9x" */
static bool is_version(struct str word)
{
	size_t i = 0;
	while (i < word.n && char_is_digit(word.p[i]))
		i++;
	return i && (i == word.n || (i + 1 == word.n && word.p[i] == 'x'));
}

bool product_is_all(struct str text)
{
	static const char makers[] = "microsoft windows nt winnt win95 win98 exchange outlook iis sna sms sql";
	static const char others[] =
		"the in for and or of including with version versions edition second release service pack packs sp1 sp2 "
		"sp3 sp4 sp5 sp6 x86 ms me millennium xp ce server servers workstation professional terminal advanced "
		"enterprise standard workgroups express internet information explorer ie office word excel access "
		"powerpoint publisher works mail schedule visual basic c studio foxpro applications systems management "
		"transaction host integration resource kit file print services netware lan manager developer network "
		"dos msdos macintosh video development gateway small business";
	struct token t;
	bool made = false;
	for (size_t at = 0; token_next(text, &at, &t);) {
		struct str word = { t.word, t.n };
		bool maker = str_in_list(word, makers);
		if (!maker && !is_version(word) && !str_in_list(word, others))
			return false;
		made |= maker;
	}
	return made;
}

enum { HEAD_MAX = 32 }; /* bytes before a colon; more are a sentence */

static bool is_kind_of_article(struct str head)
{
	static const char *const kinds[] = {
		"PRB",	"FIX",		 "BUG",	     "HOWTO",		"HOW TO", "INFO",    "SAMPLE", "FILE",
		"DOC",	"DOCERR",	 "DOCFIX",   "Doc Err",		"INF",	  "Err Msg", "ErrMsg", "Error",
		"Stop", "Error Message", "STOP Msg", "Windows Err Msg", "REC",	  "BUG/FIX", "PATCH",
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq_nocase(head, str_c(kinds[i])))
			return true;
	return false;
}

struct str product_of_title(struct str title)
{
	for (;;) {
		size_t n = str_find_char(title, ':');
		if (n == STR_NONE || n > HEAD_MAX || n + 1 == title.n || !char_is_space(title.p[n + 1]))
			return STR("");
		struct str head = str_trim(str_first(title, n));
		if (!is_kind_of_article(head))
			return head;
		title = str_from(title, n + 1);
	}
}
