/* SPDX-License-Identifier: MIT
 *
 * The files of glossary/, each read once, when it is first asked for, and never given back: forms of words with their
 * English, letters folded. A line is `form[, form...] = english`, in a form a blank stands for any marks between two
 * words and "*" for an ending. Before them `~ äae` says that a letter is folded to others, `+ s n` that the language
 * glues its nouns, and what may stand between them, `* 10` how many letters an ending has at most, where that is not 5;
 * `--` ends the signs of the language (glossary_tell.h). "#": a comment.
 */
#ifndef KBT_MATCH_GLOSSARY_WORDS_H
#define KBT_MATCH_GLOSSARY_WORDS_H

#include "base/str.h"

enum glossary_language {
	GLOSSARY_DE, GLOSSARY_ES, GLOSSARY_FR, GLOSSARY_IT, GLOSSARY_NL, GLOSSARY_PL, GLOSSARY_PT,
	GLOSSARY_CS, GLOSSARY_TR,
	GLOSSARY_JA, GLOSSARY_KO, GLOSSARY_RU, GLOSSARY_ZH,
	GLOSSARY_COUNT,
	GLOSSARY_LATIN_COUNT = GLOSSARY_JA, /* those before are written in Latin letters */
	GLOSSARY_NONE = GLOSSARY_COUNT
};

enum glossary_script {
	SCRIPT_NONE, /* marks, blanks */
	SCRIPT_LATIN, /* with digits */
	SCRIPT_CYRILLIC, SCRIPT_HANGUL, SCRIPT_KANA, SCRIPT_HAN,
	SCRIPT_OTHER
};
enum glossary_script glossary_script(uint32_t c);
uint32_t glossary_lower(uint32_t c); /* of the letters of these scripts */

/* glossary_source is the file itself. */
struct str glossary_source(enum glossary_language l);

struct glossary;
const struct glossary *glossary_of(enum glossary_language l);
const struct glossary *glossary_letters_of(enum glossary_language l); /* only for glossary_fold; sooner */

/* glossary_fold gives a letter folded: lower case, without what stands above or below it, and as this language writes
 * it otherwise (g may be NULL). At most GLOSSARY_FOLD_MAX bytes, maybe none; they lie in room, or last as long as g. */
enum { GLOSSARY_FOLD_MAX = 8 };
struct str glossary_fold(const struct glossary *g, uint32_t c, char room[GLOSSARY_FOLD_MAX]);

/* A form that stands in a folded text. */
struct glossary_found {
	struct str english;
	size_t end;   /* in the text, of what the form says */
	bool inflects; /* letters of an ending may follow */
	bool joins;   /* it is one word, and no short one: it may be a part of others */
};

/* glossary_at gives all forms that stand at text[at] whatever they are followed by, at most max of them, the shorter
 * ones first. spaced: the language has blanks between its words. */
size_t glossary_at(const struct glossary *g, struct str text, size_t at, bool spaced,
		   struct glossary_found *ret_found, size_t max);

/* glossary_joint: the n-th of what may stand between two nouns that are glued, empty at first; false beyond the last,
 * and at once where the language glues none. */
bool glossary_joint(const struct glossary *g, size_t n, struct str *ret_joint);

size_t glossary_ending_max(const struct glossary *g); /* letters that a word may have behind one that inflects */

#endif
