/* SPDX-License-Identifier: MIT */
#include "match/glossary_tell.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "match/token.h"
#include "match/vocab.h"
#include "match/words.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

enum {
	SLOTS = 16384, /* a power of two */
	POOL_MAX = 96 << 10,
	WORDS_LOOKED_AT = 200,
	WORD_MAX = 32, /* bytes; what is longer is no sign */
	STEM_MIN = 4,
	ENDING_MAX = 5,
	LONG_SIGN = 3, /* letters of one of the signs, at least */
	OTHERS_PER_SIGN = 4,
	STRONG_SIGN = 5, /* letters of one that says enough by itself in a text of FEW_WORDS, none of them English */
	FEW_WORDS = 4,
	OTHERS_PER_STRONG = 2,
	FIRST_LETTER = 0xC0, /* of those that English has not */
	LETTERS = 0x180 - FIRST_LETTER,
	OF_SIGN = 2,   /* what a word says for a language that has it as a sign */
	OF_LETTERS = 1 /* ... or is no more than written with its letters */
};

struct sign {
	struct str word;
	uint16_t whole, stem; /* a bit each of the languages that have it as a word, or with endings */
};

static struct sign signs[SLOTS];
static uint16_t letters[LETTERS]; /* languages whose signs have this letter */
static char pool[POOL_MAX];
static size_t pooled, sign_count;
static pthread_once_t signs_once = PTHREAD_ONCE_INIT;

static struct sign *sign_of(struct str word)
{
	size_t at = (size_t)hash_bytes(word) & (SLOTS - 1);
	while (signs[at].word.n && !str_eq(signs[at].word, word))
		at = (at + 1) & (SLOTS - 1);
	return &signs[at];
}

/* fold_word writes at most WORD_MAX bytes, and gives how many; 0 for a word that is longer. "ä" is "ae", as in German:
 * in the others' commonest words it is none, and as "a" it would make "häng" English. */
static size_t fold_word(struct str word, char out[WORD_MAX])
{
	const struct glossary *g = glossary_letters_of(GLOSSARY_DE);
	char room[GLOSSARY_FOLD_MAX];
	size_t n = 0;
	for (size_t at = 0; at < word.n;) {
		if (n < WORD_MAX &&
		    (unsigned char)word.p[at] < 0x80) { /* most: thousands of signs are read at a start */
			out[n++] = char_lower(word.p[at++]);
			continue;
		}
		struct str letter = glossary_fold(g, utf8_next(word, &at), room);
		if (n + letter.n > WORD_MAX)
			return 0;
		n += str_copy(letter, out + n, letter.n);
	}
	return n;
}

static bool is_no_english(uint32_t c)
{
	return c >= FIRST_LETTER && c < FIRST_LETTER + LETTERS;
}

static void add_letters(enum glossary_language l, struct str form)
{
	for (size_t at = 0; at < form.n;) {
		if ((unsigned char)form.p[at] < 0x80) {
			at++;
			continue;
		}
		uint32_t c = glossary_lower(utf8_next(form, &at));
		if (is_no_english(c))
			letters[c - FIRST_LETTER] |= (uint16_t)(1u << l);
	}
}

/* written_in: the languages that have all letters of the word; none where these are English. */
static unsigned written_in(struct str word)
{
	unsigned languages = 0, all = (1u << GLOSSARY_LATIN_COUNT) - 1;
	for (size_t at = 0; at < word.n;) {
		uint32_t c = glossary_lower(utf8_next(word, &at));
		if (!is_no_english(c))
			continue;
		all &= letters[c - FIRST_LETTER];
		languages = all;
	}
	return languages;
}

static void add_sign(enum glossary_language l, struct str form)
{
	char word[WORD_MAX];
	bool stem = str_ends(form, STR("*"));
	struct str folded = { word, fold_word(stem ? str_first(form, form.n - 1) : form, word) };
	if (!folded.n)
		return;
	struct sign *sign = sign_of(folded);
	if (!sign->word.n) {
		sign_count++;
		assert(pooled + folded.n <= POOL_MAX && sign_count < SLOTS * 3 / 4);
		sign->word = (struct str){ pool + pooled, folded.n };
		pooled += str_copy(folded, pool + pooled, folded.n);
	}
	*(stem ? &sign->stem : &sign->whole) |= (uint16_t)(1u << l);
}

static void read_line(enum glossary_language l, struct str line)
{
	struct str forms, form;
	str_cut(line, '=', &forms, &line);
	for (bool more = true; more;) {
		more = str_cut(forms, ',', &form, &forms);
		form = str_trim(form);
		if (str_find_char(form, ' ') == STR_NONE)
			add_sign(l, form);
		add_letters(l, form);
	}
}

static void read_signs(void)
{
	for (enum glossary_language l = 0; l < GLOSSARY_LATIN_COUNT; l++) {
		struct str rest = glossary_source(l), line;
		while (str_line(&rest, &line) && !str_starts(line, STR("--")))
			if (line.n && !strchr("#~+*", line.p[0]))
				read_line(l, line);
	}
}

static unsigned languages_of(struct str word)
{
	unsigned languages = sign_of(word)->whole | sign_of(word)->stem;
	for (size_t n = 1; n <= ENDING_MAX && word.n >= STEM_MIN + n; n++)
		languages |= sign_of(str_first(word, word.n - n))->stem;
	return languages;
}

struct told {
	unsigned weights[GLOSSARY_LATIN_COUNT], counts[GLOSSARY_LATIN_COUNT], english, words;
	uint64_t met[GLOSSARY_LATIN_COUNT]; /* a bit for each word that says something, nearly */
	unsigned long_enough;		    /* a bit for each language: "(Y)es" has two Spanish words */
	unsigned strong;		    /* a bit for each that has a sign of STRONG_SIGN letters */
};

bool glossary_known(const struct file_view *v, struct str words)
{
	struct token t;
	for (size_t at = 0; token_next(words, &at, &t);) {
		if (words_is_small((struct str){ t.word, t.n }))
			continue;
		uint32_t term = file_find_term(v, (struct str){ t.word, token_stem(t.word, t.n) });
		if (term != VOCAB_NONE && v->terms[term].doc_n)
			return true;
	}
	return false;
}

static void count_word(struct told *t, const struct file_view *v, struct str word)
{
	char room[WORD_MAX];
	uint64_t bit = (uint64_t)1 << (hash_bytes(word) & 63);
	struct str folded = { room, fold_word(word, room) };
	unsigned signs_of = folded.n ? languages_of(folded) : 0, languages = signs_of | written_in(word);
	t->words++;
	if (!languages)
		t->english += words_is_small(folded) || words_is_general(folded);
	for (unsigned l = 0; languages >> l; l++) {
		if (!(languages >> l & 1))
			continue;
		t->weights[l] += signs_of >> l & 1 ? OF_SIGN : OF_LETTERS;
		t->counts[l]++;
		t->met[l] |= bit;
		t->long_enough |= (unsigned)(folded.n >= LONG_SIGN) << l;
	}
	if (folded.n >= STRONG_SIGN && signs_of && !glossary_known(v, word)) /* "borrow" is Spanish, "police" French */
		t->strong |= signs_of;
}

static size_t letters_end(struct str text, size_t at)
{
	for (size_t next = at; at < text.n; at = next)
		if (glossary_script(utf8_next(text, &next)) != SCRIPT_LATIN)
			break;
	return at;
}

enum glossary_language glossary_tell(const struct file_view *v, struct str text)
{
	struct told t = { .words = 0 };
	enum glossary_language best = 0;
	pthread_once(&signs_once, read_signs);
	for (size_t at = 0; at < text.n && t.words < WORDS_LOOKED_AT;) {
		size_t end = letters_end(text, at);
		if (end == at) {
			utf8_next(text, &at);
			continue;
		}
		if (!char_is_digit(text.p[at]))
			count_word(&t, v, str_part(text, at, end));
		at = end;
	}
	for (enum glossary_language l = 1; l < GLOSSARY_LATIN_COUNT; l++)
		best = t.weights[l] > t.weights[best] ? l : best;
	if (t.words > 1 && t.words <= FEW_WORDS && !t.english && (t.strong >> best & 1) &&
	    t.counts[best] * OTHERS_PER_STRONG >= t.words)
		return best;
	bool several = (t.met[best] & (t.met[best] - 1)) != 0;
	bool sign = t.weights[best] > t.counts[best]; /* names have letters alone */
	return several && sign && t.long_enough >> best & 1 && t.weights[best] > OF_SIGN * t.english &&
			       t.counts[best] * OTHERS_PER_SIGN >= t.words
		       ? best
		       : GLOSSARY_NONE;
}
