/* SPDX-License-Identifier: MIT */
#include "match/glossary.h"

#include "match/clean.h"
#include "match/glossary_tell.h"
#include "match/token.h"
#include "match/words.h"

#include "base/buf.h"
#include "base/utf8.h"

#include <string.h>

enum {
	FOUND_MAX = 64,	  /* forms at one place */
	PARTS_MAX = 4,	  /* of a word that was glued from several */
	SPLITS_MAX = 200, /* tries at one word */
	WITHIN_MIN = 6	  /* bytes of a form that is looked for within a word, behind others */
};

struct reader {
	const struct file_view *view;
	struct str text;
	struct clean folded;					/* its map leads to the text */
	const struct glossary *latin, *cyrillic, *hangul, *han; /* NULL: the text has no such letters */
	struct buf out;
	size_t listed; /* words found */
};

/* ---- what is written ---- */

static bool is_small(struct str words)
{
	struct token t;
	for (size_t at = 0; token_next(words, &at, &t);)
		if (!words_is_small((struct str){ t.word, t.n }))
			return false;
	return true;
}

static size_t text_offset(const struct reader *r, size_t at)
{
	return at < r->folded.text.n ? clean_offset(&r->folded, at) : r->text.n;
}

static struct str text_part(const struct reader *r, size_t start, size_t end)
{
	return str_part(r->text, text_offset(r, start), text_offset(r, end));
}

static void put(struct reader *r, struct str words)
{
	bool parted = !r->out.n || r->out.p[r->out.n - 1] == ' ';
	if (words.n && !parted)
		buf_add_char(&r->out, ' ');
	buf_add(&r->out, words);
	if (words.n)
		buf_add_char(&r->out, ' ');
}

/* put_english writes what stands for the folded text[start, end): its English, and the word itself where articles know
 * that, or know nothing of the English. */
static void put_english(struct reader *r, struct str english, size_t start, size_t end)
{
	struct str own = text_part(r, start, end);
	bool small = is_small(english), known = !small && glossary_known(r->view, english);
	r->listed++;
	if (!small && (!known || glossary_known(r->view, own)))
		put(r, own);
	if (small || known)
		put(r, english);
}

/* Names stay whole: "6.0", "MSDEV.EXE". */
static void put_same(struct reader *r, size_t start, size_t end)
{
	buf_add(&r->out, text_part(r, start, end));
}

static void put_own(struct reader *r, size_t start, size_t end)
{
	put(r, text_part(r, start, end));
}

/* ---- words with blanks between them ---- */

static size_t word_end(struct str text, size_t at)
{
	for (size_t next = at; at < text.n; at = next) {
		enum glossary_script s = glossary_script(utf8_next(text, &next));
		if (s != SCRIPT_LATIN && s != SCRIPT_CYRILLIC && s != SCRIPT_OTHER)
			break;
	}
	return at;
}

static bool is_ending(const struct glossary *g, struct str letters)
{
	size_t n = 0, max = glossary_ending_max(g);
	for (size_t at = 0; at < letters.n && n <= max; n++)
		at = utf8_skip(letters, at);
	return n <= max;
}

/* fits: nothing but an ending is left of the word that it ends in. */
static bool fits(const struct glossary *g, struct str text, const struct glossary_found *f, size_t *ret_end)
{
	*ret_end = word_end(text, f->end);
	return *ret_end == f->end || (f->inflects && is_ending(g, str_part(text, f->end, *ret_end)));
}

/* longest_word: of forms that reach as far, the one with the shorter ending; a whole word before the same with "*". */
static bool longest_word(const struct glossary *g, struct str text, size_t at, struct glossary_found *ret_found,
			 size_t *ret_end)
{
	struct glossary_found found[FOUND_MAX];
	size_t n = glossary_at(g, text, at, true, found, FOUND_MAX), end, best = 0, said = 0;
	for (size_t i = 0; i < n; i++)
		if (fits(g, text, &found[i], &end) &&
		    (end > best || (end == best && found[i].end + !found[i].inflects > said))) {
			best = end;
			said = found[i].end + !found[i].inflects;
			*ret_found = found[i];
		}
	*ret_end = best;
	return best > 0;
}

struct parts {
	struct glossary_found items[PARTS_MAX];
	size_t n, tries;
};

/* split finds listed words, and what joins them, that make up all of text[at, end). */
static bool split(const struct glossary *g, struct str text, size_t at, size_t end, struct parts *parts)
{
	struct glossary_found found[FOUND_MAX];
	struct str joint;
	if (parts->n == PARTS_MAX || parts->tries++ > SPLITS_MAX)
		return false;
	size_t own = parts->n++;
	for (size_t i = glossary_at(g, str_first(text, end), at, true, found, FOUND_MAX); i-- > 0;) {
		if (!found[i].joins)
			continue;
		size_t rest = found[i].end;
		parts->items[own] = found[i];
		if (own && (rest == end || (found[i].inflects && is_ending(g, str_part(text, rest, end)))))
			return true;
		for (size_t k = 0; glossary_joint(g, k, &joint); k++)
			if (str_starts(str_part(text, rest, end), joint) && split(g, text, rest + joint.n, end, parts))
				return true;
	}
	parts->n = own;
	return false;
}

/* "setup.exe", "C:\Drucker", "a@b": names, whatever their parts mean. */
static bool is_in_name(struct str text, size_t start, size_t end)
{
	static const char marks[] = "._\\@:";
	bool before = start > 1 && strchr(marks, text.p[start - 1]) && !char_is_space(text.p[start - 2]);
	return before || (end + 1 < text.n && strchr(marks, text.p[end]) &&
			  (char_is_alnum(text.p[end + 1]) || text.p[end + 1] == '\\'));
}

static size_t read_word(struct reader *r, const struct glossary *g, size_t at)
{
	struct str text = r->folded.text;
	struct glossary_found f;
	struct parts parts = { .n = 0 };
	size_t end = word_end(text, at), behind;
	if (!g || is_in_name(text, at, end)) {
		put_same(r, at, end);
		return end;
	}
	if (longest_word(g, text, at, &f, &behind)) {
		put_english(r, f.english, at, behind);
		return behind;
	}
	if (!split(g, text, at, end, &parts)) {
		put_same(r, at, end);
		return end;
	}
	for (size_t i = 0, start = at; i < parts.n; start = parts.items[i++].end)
		put_english(r, parts.items[i].english, start, parts.items[i].end);
	return end;
}

/* ---- Korean: blanks between words, and particles behind them ---- */

static bool longest(const struct glossary *g, struct str text, size_t at, struct glossary_found *ret_found)
{
	struct glossary_found found[FOUND_MAX];
	size_t n = glossary_at(g, text, at, false, found, FOUND_MAX);
	ret_found->end = at;
	for (size_t i = 0; i < n; i++)
		if (found[i].end > ret_found->end)
			*ret_found = found[i];
	return ret_found->end > at;
}

static size_t script_end(struct str text, size_t at, enum glossary_script one, enum glossary_script other)
{
	for (size_t next = at; at < text.n; at = next) {
		enum glossary_script s = glossary_script(utf8_next(text, &next));
		if (s != one && s != other)
			break;
	}
	return at;
}

static size_t read_hangul(struct reader *r, size_t at)
{
	struct str text = r->folded.text;
	struct glossary_found f;
	size_t end = script_end(text, at, SCRIPT_HANGUL, SCRIPT_HANGUL);
	bool listed = false;
	for (size_t start = at; at < end;) {
		if (longest(r->hangul, text, at, &f) && (!listed || f.end - at >= WITHIN_MIN)) {
			put_english(r, f.english, at, f.end);
			end = f.end > end ? script_end(text, f.end, SCRIPT_HANGUL, SCRIPT_HANGUL) : end;
			at = f.end;
			listed = true;
		} else if (!listed) {
			put_own(r, start, end);
			return end;
		} else {
			at = utf8_skip(text, at);
		}
	}
	return end;
}

/* ---- Chinese and Japanese: no blanks ---- */

static size_t read_han(struct reader *r, size_t at)
{
	struct str text = r->folded.text;
	struct glossary_found f;
	size_t end = script_end(text, at, SCRIPT_HAN, SCRIPT_KANA), unlisted = at;
	if (glossary_known(r->view, text_part(r, at, end)))
		put_own(r, at, end);
	while (at < end) {
		if (!longest(r->han, text, at, &f)) {
			at = utf8_skip(text, at);
			continue;
		}
		put_own(r, unlisted, at);
		put_english(r, f.english, at, f.end);
		at = unlisted = f.end;
	}
	put_own(r, unlisted, at);
	return at;
}

/* ---- the whole text ---- */

/* The languages of the letters that are there. Japanese has letters that Chinese has not. */
static bool read_scripts(struct reader *r, struct str text, bool english)
{
	bool seen[SCRIPT_OTHER + 1] = { false };
	size_t ascii = 0;
	while (ascii < text.n && (unsigned char)text.p[ascii] < 0x80)
		ascii++;
	for (size_t at = ascii; at < text.n;)
		seen[glossary_script(utf8_next(text, &at))] = true;
	enum glossary_language latin = english ? GLOSSARY_NONE : glossary_tell(r->view, text);
	if (latin != GLOSSARY_NONE)
		r->latin = glossary_of(latin);
	if (seen[SCRIPT_CYRILLIC])
		r->cyrillic = glossary_of(GLOSSARY_RU);
	if (seen[SCRIPT_HANGUL])
		r->hangul = glossary_of(GLOSSARY_KO);
	if (seen[SCRIPT_KANA] || seen[SCRIPT_HAN])
		r->han = glossary_of(seen[SCRIPT_KANA] ? GLOSSARY_JA : GLOSSARY_ZH);
	return r->latin || r->cyrillic || r->hangul || r->han;
}

static const struct glossary *glossary_for(const struct reader *r, enum glossary_script s)
{
	return s == SCRIPT_LATIN      ? r->latin
	       : s == SCRIPT_CYRILLIC ? r->cyrillic
	       : s == SCRIPT_HANGUL   ? r->hangul
	       : s == SCRIPT_OTHER    ? NULL
				      : r->han;
}

static bool fold(struct reader *r, struct arena *a)
{
	const struct clean from = { .text = r->text };
	struct clean_writer w;
	char room[GLOSSARY_FOLD_MAX];
	if (!clean_begin(&w, &from, a, 2 * r->text.n + GLOSSARY_FOLD_MAX))
		return false;
	for (size_t at = 0, next = 0; at < r->text.n; at = next) {
		uint32_t c = utf8_next(r->text, &next);
		struct str letter = glossary_fold(glossary_for(r, glossary_script(c)), c, room);
		for (size_t i = 0; i < letter.n; i++)
			clean_put(&w, letter.p[i], at);
	}
	r->folded = clean_end(&w);
	return !arena_err(a);
}

static size_t read_mark(struct reader *r, size_t at)
{
	size_t next = utf8_skip(r->folded.text, at);
	if (next == at + 1)
		buf_add_char(&r->out, r->folded.text.p[at]);
	else
		buf_add_char(&r->out, ' ');
	return next;
}

static size_t read_next(struct reader *r, size_t at)
{
	size_t next = at;
	enum glossary_script s = glossary_script(utf8_next(r->folded.text, &next));
	switch (s) {
	case SCRIPT_NONE: return read_mark(r, at);
	case SCRIPT_HANGUL: return read_hangul(r, at);
	case SCRIPT_HAN:
	case SCRIPT_KANA: return read_han(r, at);
	default: return read_word(r, glossary_for(r, s), at);
	}
}

bool glossary_read(const struct file_view *v, struct str text, bool english, struct arena *a, struct str *ret_english,
		   size_t *ret_listed)
{
	struct reader r = { .view = v };
	r.text = utf8_first(text, text.n < GLOSSARY_READ_MAX ? text.n : GLOSSARY_READ_MAX);
	if (!read_scripts(&r, r.text, english) || !fold(&r, a))
		return false;
	for (size_t at = 0; at < r.folded.text.n;)
		at = read_next(&r, at);
	buf_add(&r.out, str_from(text, r.text.n));
	if (r.listed)
		*ret_english = buf_keep(&r.out, a);
	*ret_listed = r.listed;
	buf_free(&r.out);
	return r.listed && !arena_err(a);
}
