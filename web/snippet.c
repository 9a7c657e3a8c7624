/* SPDX-License-Identifier: MIT
 *
 * See snippet.h.
 */
#include "web/snippet.h"

#include "base/buf.h"
#include "base/utf8.h"

enum { WORDS_MAX = 32, WORD_LEAST = 3, BEFORE = 50 /* what stands before the first word found, at most */ };

static bool is_letter(struct str s, size_t at)
{
	return at < s.n && (char_is_alnum(s.p[at]) || s.p[at] == '_' || (unsigned char)s.p[at] >= 0x80);
}

/* next_word: the next run of letters and digits of rest that is long enough to tell something, or a number. */
static bool next_word(struct str *rest, struct str *ret_word)
{
	while (rest->n) {
		size_t n = 0;
		while (is_letter(*rest, n))
			n++;
		struct str word = str_first(*rest, n);
		*rest = str_from(*rest, n ? n : 1);
		if (n >= WORD_LEAST || (n && char_is_digit(word.p[0]))) {
			*ret_word = word;
			return true;
		}
	}
	return false;
}

/* word_stands: where s begins with it, in any of its endings; a short one ("not" in "nothing") has none. */
static bool word_stands(struct str s, struct str word)
{
	enum { SHORT = 3 };
	return str_starts_nocase(s, word) && (word.n > SHORT || !is_letter(s, word.n));
}

size_t snippet_mark(struct str text, size_t at, struct str words)
{
	struct str word, rest = str_first(words, SNIPPET_WORDS_MAX);
	if (at && is_letter(text, at - 1))
		return 0;
	for (size_t i = 0; i < WORDS_MAX && next_word(&rest, &word); i++)
		if (word_stands(str_from(text, at), word))
			return word.n;
	return 0;
}

/* Which of the words stand at this place, as a set of their numbers. */
static uint32_t words_at(struct str text, size_t at, struct str words)
{
	uint32_t found = 0;
	struct str word, rest = words;
	if (!is_letter(text, at) || (at && is_letter(text, at - 1)))
		return 0;
	for (size_t i = 0; i < WORDS_MAX && next_word(&rest, &word); i++)
		if (word_stands(str_from(text, at), word))
			found |= (uint32_t)1 << i;
	return found;
}

static unsigned count_bits(uint32_t set)
{
	unsigned n = 0;
	for (; set; set &= set - 1)
		n++;
	return n;
}

struct passage {
	struct str text; /* a paragraph on one line */
	size_t first;	 /* where the first word stands in it */
	unsigned words;	 /* different ones */
};

static void weigh(struct passage *p, struct str words)
{
	uint32_t found = 0;
	p->first = 0;
	for (size_t at = 0; at < p->text.n && (!found || at < p->first + SNIPPET_MAX - BEFORE); at++) {
		uint32_t here = words_at(p->text, at, words);
		if (here && !found)
			p->first = at;
		found |= here;
	}
	p->words = count_bits(found);
}

/* next_paragraph takes lines up to a blank one off rest, as one line without rulers; false at the end. */
static bool next_paragraph(struct str *rest, struct buf *out)
{
	struct str line, word, part;
	buf_clear(out);
	while (str_line(rest, &line)) {
		if (!str_trim(line).n && out->n)
			return true;
		while (str_word(&line, &word)) {
			bool ruler = word.n > 2 && !char_is_alnum(word.p[0]) && word.p[0] == word.p[word.n - 1] &&
				     word.p[0] == word.p[1];
			if (ruler)
				continue;
			if (out->n)
				buf_add_char(out, ' ');
			while (word.n) { /* Markdown's marks of code are none of what is said */
				str_cut(word, '`', &part, &word);
				buf_add(out, part);
			}
		}
	}
	return out->n > 0;
}

static unsigned count_words(struct str words)
{
	struct str word;
	unsigned n = 0;
	while (n < WORDS_MAX && next_word(&words, &word))
		n++;
	return n;
}

static struct str cut(const struct passage *p, struct arena *a)
{
	struct str text = p->text;
	size_t from = p->first > BEFORE && text.n > SNIPPET_MAX ? p->first - BEFORE : 0;
	while (from && from < p->first && text.p[from - 1] != ' ')
		from++;
	text = str_from(text, from);
	struct str shown = utf8_first(text, SNIPPET_MAX);
	while (shown.n < text.n && shown.n > SNIPPET_MAX / 2 && shown.p[shown.n - 1] != ' ')
		shown.n--;
	return arena_printf(a, "%s%.*s%s", from ? "\xe2\x80\xa6 " : "", STR_ARG(str_trim_end(shown)),
			    shown.n < text.n ? " \xe2\x80\xa6" : "");
}

struct str snippet_of(const struct article *article, struct str words, struct arena *a)
{
	struct buf paragraph = { 0 };
	struct passage best = { 0 };
	words = str_first(words, SNIPPET_WORDS_MAX); /* each place of the article is compared with each */
	const unsigned all = count_words(words);
	for (size_t i = 0; i < article->section_count && !(best.text.n && best.words == all); i++) {
		const struct article_section *s = &article->sections[i];
		struct str rest = s->body;
		if (s->kind == SECTION_NOTICE || s->kind == SECTION_APPLIES || s->kind == SECTION_REFERENCES)
			continue;
		while (next_paragraph(&rest, &paragraph)) {
			struct passage p = { .text = buf_str(&paragraph) };
			weigh(&p, words);
			if (best.text.n && p.words <= best.words)
				continue;
			p.text = arena_str(a, p.text);
			best = p;
			if (best.words == all)
				break;
		}
	}
	buf_free(&paragraph);
	return best.text.n ? cut(&best, a) : STR("");
}
