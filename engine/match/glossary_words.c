/* SPDX-License-Identifier: MIT */
#include "match/glossary_words.h"

#include "base/utf8.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	FORMS_MAX = 12000,	  /* of one language */
	POOL_MAX = 256 << 10,	  /* bytes of its folded forms */
	OTHER_LETTERS_MAX = 1500, /* that it folds in a way of its own */
	JOINTS_MAX = 8,
	ENDING_INSIDE_MAX = 12, /* bytes of an ending within a form */
	ENDING_MAX = 5,		/* letters of an ending, where the file does not say it */
	JOINS_MIN = 3		/* letters of a word that may be glued to others */
};

#define LISTED(language) static const char language[] =
LISTED(de)
#include "match/glossary/de.txt.h"
	;
LISTED(es)
#include "match/glossary/es.txt.h"
	;
LISTED(fr)
#include "match/glossary/fr.txt.h"
	;
LISTED(it)
#include "match/glossary/it.txt.h"
	;
LISTED(nl)
#include "match/glossary/nl.txt.h"
	;
LISTED(pl)
#include "match/glossary/pl.txt.h"
	;
LISTED(pt)
#include "match/glossary/pt.txt.h"
	;
LISTED(cs)
#include "match/glossary/cs.txt.h"
	;
LISTED(tr)
#include "match/glossary/tr.txt.h"
	;
LISTED(ja)
#include "match/glossary/ja.txt.h"
	;
LISTED(ko)
#include "match/glossary/ko.txt.h"
	;
LISTED(ru)
#include "match/glossary/ru.txt.h"
	;
LISTED(zh)
#include "match/glossary/zh.txt.h"
	;

static const struct str sources[] = {
	[GLOSSARY_DE] = STR_LIT(de), [GLOSSARY_ES] = STR_LIT(es), [GLOSSARY_FR] = STR_LIT(fr),
	[GLOSSARY_IT] = STR_LIT(it), [GLOSSARY_NL] = STR_LIT(nl), [GLOSSARY_PL] = STR_LIT(pl),
	[GLOSSARY_PT] = STR_LIT(pt), [GLOSSARY_CS] = STR_LIT(cs), [GLOSSARY_TR] = STR_LIT(tr),
	[GLOSSARY_JA] = STR_LIT(ja), [GLOSSARY_KO] = STR_LIT(ko), [GLOSSARY_RU] = STR_LIT(ru),
	[GLOSSARY_ZH] = STR_LIT(zh),
};

enum { LETTERS_READ = 1, FORMS_READ };

struct form {
	struct str says; /* in the pool */
	size_t head;	 /* bytes of it before a blank or an ending */
	struct str english;
};

struct other_letter {
	uint32_t c;
	struct str becomes;
};

struct glossary {
	_Atomic(int) stage;	      /* what of it has been read */
	struct form forms[FORMS_MAX]; /* ascending by their bytes */
	size_t form_count;
	struct other_letter letters[OTHER_LETTERS_MAX]; /* ascending */
	size_t letter_count;
	struct str joints[JOINTS_MAX];
	size_t joint_count;
	uint64_t ending_max; /* letters */
	char pool[POOL_MAX];
	size_t pooled;
};

static struct glossary glossaries[GLOSSARY_COUNT];
static pthread_mutex_t reading = PTHREAD_MUTEX_INITIALIZER;

struct str glossary_source(enum glossary_language l)
{
	return sources[l];
}

/* ---- letters ---- */

static bool is_within(uint32_t c, uint32_t from, uint32_t to)
{
	return c >= from && c <= to;
}

enum glossary_script glossary_script(uint32_t c)
{
	if (c < 0x80)
		return char_is_alnum((char)c) ? SCRIPT_LATIN : SCRIPT_NONE;
	if (is_within(c, 0xC0, 0x24F) || is_within(c, 0x300, 0x36F) || is_within(c, 0x1E00, 0x1EFF))
		return c == 0xD7 || c == 0xF7 ? SCRIPT_NONE : SCRIPT_LATIN;
	if (is_within(c, 0xFF10, 0xFF19) || is_within(c, 0xFF21, 0xFF3A) || is_within(c, 0xFF41, 0xFF5A))
		return SCRIPT_LATIN;
	if (is_within(c, 0x400, 0x52F))
		return SCRIPT_CYRILLIC;
	if (is_within(c, 0xAC00, 0xD7A3) || is_within(c, 0x1100, 0x11FF) || is_within(c, 0x3130, 0x318F))
		return SCRIPT_HANGUL;
	if ((is_within(c, 0x3041, 0x30FF) && c != 0x30FB) || is_within(c, 0xFF66, 0xFF9F))
		return SCRIPT_KANA;
	if (is_within(c, 0x3400, 0x9FFF) || is_within(c, 0xF900, 0xFAFF) || is_within(c, 0x20000, 0x2FA1F) ||
	    c == 0x3005)
		return SCRIPT_HAN;
	if (is_within(c, 0x80, 0xBF) || is_within(c, 0x2000, 0x2BFF) || is_within(c, 0x3000, 0x303F) ||
	    is_within(c, 0xFE30, 0xFFFF) || c == 0x30FB || c == UTF8_INVALID)
		return SCRIPT_NONE;
	return SCRIPT_OTHER;
}

/* U+00C0 to U+017F without what stands above them: "*" for two letters, "." for a mark. */
static const char latin_letters[] = "aaaaaa*ceeeeiiiidnooooo.ouuuuy**"					/* C0 */
				    "aaaaaa*ceeeeiiiidnooooo.ouuuuy*y"					/* E0 */
				    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"	/* 100 */
				    "lllnnnnnnnnnoooooo**rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"; /* 140 */

static struct str letter_of_two(uint32_t c)
{
	switch (c) {
	case 0xE6: return STR("ae");
	case 0xFE: return STR("th");
	case 0xDF: return STR("ss");
	case 0x152:
	case 0x153: return STR("oe");
	default: return STR("");
	}
}

uint32_t glossary_lower(uint32_t c)
{
	if ((is_within(c, 0xC0, 0xDE) && c != 0xD7) || is_within(c, 0x410, 0x42F))
		return c + 0x20;
	if (is_within(c, 0x100, 0x137) || is_within(c, 0x14A, 0x177))
		return c | 1;
	if (is_within(c, 0x139, 0x148) || is_within(c, 0x179, 0x17E))
		return c + (c & 1);
	if (is_within(c, 0x400, 0x40F))
		return c + 0x50;
	return is_within(c, 0xFF01, 0xFF5E) ? (uint32_t)char_lower((char)(c - 0xFF01 + '!')) : c;
}

static const struct other_letter *other_letter(const struct glossary *g, uint32_t c)
{
	size_t low = 0, high = g ? g->letter_count : 0;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (g->letters[middle].c == c)
			return &g->letters[middle];
		if (g->letters[middle].c < c)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* What stands above a letter may be a letter of its own, behind it. */
static uint32_t plain_of(uint32_t c)
{
	if (is_within(c, 0xC0, 0x17F))
		return (uint32_t)latin_letters[c - 0xC0];
	switch (c) {
	case 0x451: return 0x435; /* ё */
	case 0x439: return 0x438; /* й */
	case 0x2019: return '\'';
	default: return c;
	}
}

struct str glossary_fold(const struct glossary *g, uint32_t c, char room[GLOSSARY_FOLD_MAX])
{
	struct str one = { room, 1 };
	room[0] = char_lower((char)c);
	if (c < 0x80)
		return one;
	c = glossary_lower(c);
	const struct other_letter *other = other_letter(g, c);
	uint32_t plain = plain_of(c);
	if (other)
		return other->becomes;
	if (plain == '*')
		return letter_of_two(c);
	if (is_within(c, 0x300, 0x36F) || c == UTF8_INVALID)
		return STR("");
	return (struct str){ room, utf8_bytes(plain, room) };
}

/* ---- reading a file ---- */

static struct str fold_into_pool(struct glossary *g, struct str s)
{
	struct str folded = { g->pool + g->pooled, 0 };
	char room[GLOSSARY_FOLD_MAX];
	for (size_t at = 0; at < s.n && g->pooled + GLOSSARY_FOLD_MAX <= POOL_MAX;) {
		struct str letter = glossary_fold(g, utf8_next(s, &at), room);
		if (letter.n == 1 && (letter.p[0] == '\'' || letter.p[0] == '-'))
			letter = STR(" ");
		g->pooled += str_copy(letter, g->pool + g->pooled, letter.n);
	}
	folded.n = (size_t)(g->pool + g->pooled - folded.p);
	return folded;
}

static size_t head_of(struct str form)
{
	size_t n = 0;
	while (n < form.n && form.p[n] != ' ' && form.p[n] != '*')
		n++;
	return n;
}

static void read_letters(struct glossary *g, struct str items)
{
	for (struct str item; str_word(&items, &item) && g->letter_count < OTHER_LETTERS_MAX;) {
		size_t at = 0;
		uint32_t c = utf8_next(item, &at);
		g->letters[g->letter_count++] = (struct other_letter){ c, str_from(item, at) };
	}
}

static void read_joints(struct glossary *g, struct str items)
{
	struct str joint = { "", 0 };
	do {
		g->joints[g->joint_count++] = joint;
	} while (g->joint_count < JOINTS_MAX && str_word(&items, &joint));
}

static void read_forms(struct glossary *g, struct str line)
{
	struct str forms, english, form;
	if (!str_cut(line, '=', &forms, &english))
		return;
	for (bool more = true; more && g->form_count < FORMS_MAX;) {
		more = str_cut(forms, ',', &form, &forms);
		struct str folded = fold_into_pool(g, str_trim(form));
		if (folded.n)
			g->forms[g->form_count++] = (struct form){ folded, head_of(folded), str_trim(english) };
	}
}

static int by_letter(const void *a, const void *b)
{
	uint32_t x = ((const struct other_letter *)a)->c, y = ((const struct other_letter *)b)->c;
	return (x > y) - (x < y);
}

static int by_form(const void *a, const void *b)
{
	return str_cmp(((const struct form *)a)->says, ((const struct form *)b)->says);
}

static void read_own_letters(struct glossary *g, struct str source)
{
	struct str line;
	g->ending_max = ENDING_MAX;
	while (str_line(&source, &line) && (!line.n || strchr("#~+*", line.p[0]))) {
		if (str_starts(line, STR("~ ")))
			read_letters(g, str_from(line, 2));
		else if (str_starts(line, STR("+")))
			read_joints(g, str_from(line, 1));
		else if (str_starts(line, STR("* ")))
			str_u64(str_from(line, 2), &g->ending_max);
	}
	qsort(g->letters, g->letter_count, sizeof *g->letters, by_letter);
}

static void read_all_forms(struct glossary *g, struct str source)
{
	struct str line;
	while (str_line(&source, &line))
		if (line.n && !strchr("#~+*", line.p[0]))
			read_forms(g, line);
	qsort(g->forms, g->form_count, sizeof *g->forms, by_form);
}

static const struct glossary *read_up_to(enum glossary_language l, int stage)
{
	struct glossary *g = &glossaries[l];
	if (atomic_load_explicit(&g->stage, memory_order_acquire) >= stage)
		return g;
	pthread_mutex_lock(&reading);
	int now = atomic_load_explicit(&g->stage, memory_order_relaxed);
	if (now < LETTERS_READ)
		read_own_letters(g, sources[l]);
	if (now < stage && stage == FORMS_READ)
		read_all_forms(g, sources[l]);
	atomic_store_explicit(&g->stage, now < stage ? stage : now, memory_order_release);
	pthread_mutex_unlock(&reading);
	return g;
}

const struct glossary *glossary_letters_of(enum glossary_language l)
{
	return read_up_to(l, LETTERS_READ);
}

const struct glossary *glossary_of(enum glossary_language l)
{
	return read_up_to(l, FORMS_READ);
}

bool glossary_joint(const struct glossary *g, size_t n, struct str *ret_joint)
{
	if (n >= g->joint_count)
		return false;
	*ret_joint = g->joints[n];
	return true;
}

size_t glossary_ending_max(const struct glossary *g)
{
	return (size_t)g->ending_max;
}

/* ---- forms in a text ---- */

static size_t skip_marks(struct str text, size_t at)
{
	while (at < text.n && (char_is_space(text.p[at]) || text.p[at] == '\'' || text.p[at] == '-'))
		at++;
	return at;
}

static size_t skip_ending(struct str text, size_t at)
{
	size_t end = at;
	while (end < text.n && char_is_letter(text.p[end]) && end - at < ENDING_INSIDE_MAX)
		end++;
	return end;
}

/* spaced: the language has blanks between its words. */
static bool carries(const struct form *f, struct str text, size_t at, bool spaced, size_t *ret_end)
{
	at += f->head;
	for (size_t i = f->head; i < f->says.n; i++) {
		char c = f->says.p[i];
		if (c == '*' && i + 1 == f->says.n)
			break;
		size_t behind = c == ' ' ? skip_marks(text, at) : c == '*' ? skip_ending(text, at) : at + 1;
		if (c == ' ' ? spaced && behind == at : c != '*' && (at >= text.n || text.p[at] != c))
			return false;
		at = behind;
	}
	*ret_end = at;
	return true;
}

struct range {
	size_t from, to;
};

/* Of forms that begin alike, those whose byte at this place is c. */
static struct range narrow(const struct glossary *g, struct range r, size_t place, unsigned char c)
{
	size_t ends[2];
	for (unsigned beyond = 0; beyond < 2; beyond++) {
		size_t low = r.from, high = r.to;
		while (low < high) {
			size_t middle = (low + high) / 2;
			if ((unsigned char)g->forms[middle].says.p[place] < c + beyond)
				low = middle + 1;
			else
				high = middle;
		}
		ends[beyond] = low;
	}
	return (struct range){ ends[0], ends[1] };
}

size_t glossary_at(const struct glossary *g, struct str text, size_t at, bool spaced, struct glossary_found *ret_found,
		   size_t max)
{
	struct range r = { 0, g->form_count };
	size_t n = 0, end;
	for (size_t place = 0; r.from < r.to && at + place <= text.n; place++) {
		for (; r.from < r.to && g->forms[r.from].head == place; r.from++) {
			const struct form *f = &g->forms[r.from];
			bool inflects = f->says.p[f->says.n - 1] == '*';
			if (n < max && carries(f, text, at, spaced, &end))
				ret_found[n++] = (struct glossary_found){ f->english, end, inflects,
									  f->head >= JOINS_MIN &&
										  f->head + inflects == f->says.n };
		}
		if (at + place < text.n)
			r = narrow(g, r, place, (unsigned char)text.p[at + place]);
	}
	return n;
}
