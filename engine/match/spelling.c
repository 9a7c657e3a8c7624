/* SPDX-License-Identifier: MIT */
#include "match/spelling.h"

#include <string.h>

/* By trial on sentences of articles with sizes and names put otherwise. A short name may mean something else, and the
 * version of a product is in many articles; a size is the same thing written otherwise. */
static const float share_name = 0.25f, share_size = 0.5f;

static const struct {
	const char *said, *meant;
} synonyms[] = {
	{ "msie", "explorer" }, { "ie", "explorer" }, { "asp", "active" },	   { "msvc", "visual" },
	{ "vc", "visual" },	{ "w2k", "2000" },    { "attacker", "malicious" },
};

static const struct {
	const char *said, *unit;
} units[] = {
	{ "k", "kb" },	 { "kb", "kb" },   { "kilobyte", "kb" }, { "kilobytes", "kb" }, { "m", "mb" }, { "mb", "mb" },
	{ "meg", "mb" }, { "megs", "mb" }, { "megabyte", "mb" }, { "megabytes", "mb" }, { "g", "gb" }, { "gb", "gb" },
	{ "gig", "gb" }, { "gigs", "gb" }, { "gigabyte", "gb" }, { "gigabytes", "gb" },
};

/* What a version is written to without a space, and the words that articles have for it. */
static const struct {
	const char *said, *meant[2];
} versioned[] = {
	{ "win", { "windows" } },
	{ "windows", { "windows" } },
	{ "nt", { "nt" } },
	{ "winnt", { "nt" } },
	{ "ie", { "explorer" } },
	{ "msie", { "explorer" } },
	{ "vb", { "visual", "basic" } },
	{ "vc", { "visual" } },
	{ "msvc", { "visual" } },
	{ "vs", { "visual", "studio" } },
	{ "sp", { "service", "pack" } },
	{ "office", { "office" } },
	{ "word", { "word" } },
	{ "excel", { "excel" } },
	{ "access", { "access" } },
	{ "outlook", { "outlook" } },
	{ "exchange", { "exchange" } },
	{ "sql", { "sql" } },
	{ "iis", { "iis" } },
	{ "dos", { "dos" } },
	{ "mfc", { "mfc" } },
	{ "foxpro", { "foxpro" } },
	{ "vfp", { "foxpro" } },
	{ "frontpage", { "frontpage" } },
	{ "project", { "project" } },
	{ "powerpoint", { "powerpoint" } },
};

struct spellings {
	struct spelling *items;
	uint32_t n;
};

static void add(struct spellings *s, struct str head, struct str tail, float share)
{
	if (s->n == SPELLINGS_MAX || head.n + tail.n > TOKEN_MAX)
		return;
	struct spelling *x = &s->items[s->n++];
	x->n = (uint32_t)(head.n + tail.n);
	x->share = share;
	memcpy(x->word, head.p, head.n);
	memcpy(x->word + head.n, tail.p, tail.n);
}

/* "8g", or "gigs" behind "8": 8gb, 8, gb. */
static void add_size(struct spellings *s, struct str word, struct str before)
{
	size_t digits = str_digits(word);
	struct str number = str_first(word, digits), unit = str_from(word, digits);
	if (!digits && before.n && str_digits(before) == before.n)
		number = before;
	for (size_t i = 0; number.n && unit.n && i < sizeof units / sizeof *units; i++)
		if (str_eq(unit, str_c(units[i].said))) {
			add(s, number, str_c(units[i].unit), share_size);
			add(s, number, STR(""), share_size);
			add(s, str_c(units[i].unit), STR(""), share_size);
			return;
		}
}

/* "excel97": excel, 97. "nt4" is the 4.0 of the articles. */
static void add_version(struct spellings *s, struct str word)
{
	size_t n = 0;
	while (n < word.n && !char_is_digit(word.p[n]))
		n++;
	struct str name = str_first(word, n), version = str_from(word, n);
	if (!version.n || str_digits(version) != version.n)
		return;
	for (size_t i = 0; i < sizeof versioned / sizeof *versioned; i++)
		if (str_eq(name, str_c(versioned[i].said))) {
			for (size_t k = 0; k < 2 && versioned[i].meant[k]; k++)
				add(s, str_c(versioned[i].meant[k]), STR(""), share_name);
			add(s, version, STR(""), share_name);
			if (version.n == 1)
				add(s, version, STR("0"), share_name);
			return;
		}
}

uint32_t spellings_of(struct str word, struct str before, struct spelling ret_spellings[SPELLINGS_MAX])
{
	struct spellings s = { ret_spellings, 0 };
	for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
		if (str_eq(word, str_c(synonyms[i].said)))
			add(&s, str_c(synonyms[i].meant), STR(""), share_name);
	add_size(&s, word, before);
	add_version(&s, word);
	return s.n;
}
