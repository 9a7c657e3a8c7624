/* SPDX-License-Identifier: MIT */
#include "match/sayings.h"

#include "match/token.h"
#include "match/vocab.h"

#include <stdlib.h>
#include <string.h>

enum {
	FEW = 3,	  /* articles */
	COMMON_SHARE = 10 /* what more of them have than one in so many tells nothing */
};

static const char source[] =
#include "match/sayings.txt.h"
	;

static uint32_t form_word(struct stemmer *stemmer, struct token t)
{
	return words_stem(stemmer, (struct str){ t.word, token_stem(t.word, t.n) });
}

/* ---- the list, when the matcher is compiled ---- */

static int by_first_word(const void *a, const void *b)
{
	const struct file_saying *x = a, *y = b;
	return x->words[0] != y->words[0] ? (x->words[0] > y->words[0] ? 1 : -1) :
					    (x->others.at > y->others.at) - (x->others.at < y->others.at);
}

static void put_form(struct buf *out, struct stemmer *stemmer, struct str said, struct file_text others)
{
	struct file_saying f = { .others = others };
	struct token t;
	for (size_t at = 0; f.n < FILE_SAYING_WORDS && token_next(said, &at, &t);)
		f.words[f.n++] = form_word(stemmer, t);
	if (f.n)
		buf_add_bytes(out, &f, sizeof f);
}

static void put_line(struct buf sections[SEC_COUNT], struct stemmer *stemmer, struct str said, struct str others)
{
	struct buf *text = &sections[SEC_SAYING_TEXT];
	struct file_text kept = { (uint32_t)text->n, (uint32_t)others.n };
	struct str form;
	buf_add(text, others);
	for (bool more = true; more;) {
		more = str_cut(said, ',', &form, &said);
		put_form(&sections[SEC_SAYING], stemmer, form, kept);
	}
}

enum err sayings_put(struct buf sections[SEC_COUNT])
{
	struct str text = { source, sizeof source - 1 }, line, said, others;
	struct buf *out = &sections[SEC_SAYING];
	struct stemmer *stemmer = NULL;
	enum err e = stemmer_open(&stemmer);
	while (!e && str_line(&text, &line))
		if (!str_starts(line, STR("#")) && str_cut(line, '=', &said, &others))
			put_line(sections, stemmer, said, others);
	stemmer_close(&stemmer);
	if (!e && !buf_err(out))
		qsort(out->p, out->n / sizeof(struct file_saying), sizeof(struct file_saying), by_first_word);
	if (!e)
		e = buf_err(out);
	return e ? e : buf_err(&sections[SEC_SAYING_TEXT]);
}

/* ---- forms in a text ---- */

struct range { uint32_t from, to; };

static struct range forms_with(const struct file_view *v, uint32_t first)
{
	uint32_t low = 0, high = v->saying_count;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (v->sayings[middle].words[0] < first)
			low = middle + 1;
		else
			high = middle;
	}
	for (high = low; high < v->saying_count && v->sayings[high].words[0] == first;)
		high++;
	return (struct range){ low, high };
}

static bool stands(const struct file_saying *f, const uint32_t *words, uint32_t n)
{
	return f->n <= n && !memcmp(f->words, words, f->n * sizeof *words);
}

static uint32_t longest(const struct file_view *v, struct range r, const uint32_t *words, uint32_t n)
{
	uint32_t best = 0;
	for (uint32_t i = r.from; i < r.to; i++)
		if (v->sayings[i].n > best && stands(&v->sayings[i], words, n))
			best = v->sayings[i].n;
	return best;
}

/* ---- what they mean ---- */

struct said {
	struct token tokens[SAYINGS_READ_MAX];
	uint32_t words[SAYINGS_READ_MAX];
	uint32_t terms[SAYINGS_READ_MAX], n; /* VOCAB_NONE where no article has the word */
};

static bool word_of(const struct file_view *v, struct stemmer *stemmer, struct token t, struct saying_word *ret_word)
{
	struct str word = { t.word, t.n };
	if (words_is_small(word))
		return false;
	word.n = token_stem(t.word, t.n);
	ret_word->term = file_find_term(v, word);
	if (ret_word->term == VOCAB_NONE || !v->terms[ret_word->term].doc_n)
		return false;
	ret_word->class = words_class(stemmer, word);
	ret_word->weight = v->terms[ret_word->term].doc_weight;
	return ret_word->weight > 1e-3f;
}

static void add_word(struct saying_words *words, struct saying_word word)
{
	if (words->n == SAYING_WORDS)
		return;
	words->items[words->n++] = word;
	words->weight += word.weight;
}

static bool is_said(const struct said *said, uint32_t term)
{
	for (uint32_t i = 0; i < said->n; i++)
		if (said->terms[i] == term)
			return true;
	return false;
}

/* read_other: false where an article that has the words would be none that tells of this. */
static bool read_other(const struct file_view *v, struct stemmer *stemmer, const struct said *said, struct str text,
		       struct saying_words *ret_words)
{
	uint32_t rarest = UINT32_MAX;
	struct saying_word word;
	struct token t;
	*ret_words = (struct saying_words){ .n = 0 };
	for (size_t at = 0; token_next(text, &at, &t);) {
		if (words_is_small((struct str){ t.word, t.n }))
			continue;
		if (!word_of(v, stemmer, t, &word))
			return false;
		if (is_said(said, word.term))
			continue;
		rarest = v->terms[word.term].doc_all < rarest ? v->terms[word.term].doc_all : rarest;
		add_word(ret_words, word);
	}
	return ret_words->n && (rarest <= FEW || rarest <= v->article_count / COMMON_SHARE);
}

static void add_others(const struct file_view *v, struct stemmer *stemmer, const struct said *said, struct str others,
		       struct saying *x)
{
	struct str other;
	for (bool more = true; more && x->other_count < SAYING_OTHERS;) {
		more = str_cut(others, '/', &other, &others);
		x->other_count += read_other(v, stemmer, said, other, &x->others[x->other_count]);
	}
}

/* read_saying gives how many words the form at the i-th one has, 0 for none. */
static uint32_t read_saying(const struct file_view *v, struct stemmer *stemmer, const struct said *said, uint32_t i,
			    struct saying *x)
{
	struct range r = forms_with(v, said->words[i]);
	uint32_t n = longest(v, r, said->words + i, said->n - i), line = UINT32_MAX;
	struct saying_word word;
	*x = (struct saying){ .other_count = 0 };
	for (uint32_t k = i; k < i + n; k++)
		if (word_of(v, stemmer, said->tokens[k], &word))
			add_word(&x->said, word);
	for (uint32_t k = r.from; n && k < r.to; k++) {
		const struct file_saying *f = &v->sayings[k];
		if (f->n != n || f->others.at == line || !stands(f, said->words + i, n))
			continue;
		line = f->others.at;
		add_others(v, stemmer, said, (struct str){ v->saying_text + line, f->others.n }, x);
	}
	return n;
}

static void read_said(const struct file_view *v, struct stemmer *stemmer, struct str text, struct said *said)
{
	struct saying_word word;
	said->n = 0;
	for (size_t at = 0; said->n < SAYINGS_READ_MAX && token_next(text, &at, &said->tokens[said->n]); said->n++) {
		said->words[said->n] = form_word(stemmer, said->tokens[said->n]);
		said->terms[said->n] = word_of(v, stemmer, said->tokens[said->n], &word) ? word.term : VOCAB_NONE;
	}
}

/* The same form once more tells nothing more, as a word said twice does not. */
static bool is_read(const struct said *said, const struct range *read, uint32_t count, struct range form)
{
	for (uint32_t i = 0; i < count; i++)
		if (read[i].to - read[i].from == form.to - form.from &&
		    !memcmp(said->words + read[i].from, said->words + form.from,
			    (form.to - form.from) * sizeof *said->words))
			return true;
	return false;
}

void sayings_read(const struct file_view *v, struct stemmer *stemmer, struct str text, struct sayings *ret_sayings)
{
	struct said said;
	struct range read[SAYINGS_MAX];
	read_said(v, stemmer, text, &said);
	ret_sayings->n = 0;
	for (uint32_t i = 0, n; i < said.n && ret_sayings->n < SAYINGS_MAX; i += n ? n : 1) {
		struct saying *x = &ret_sayings->items[ret_sayings->n];
		n = read_saying(v, stemmer, &said, i, x);
		read[ret_sayings->n] = (struct range){ i, i + n };
		ret_sayings->n += x->other_count && !is_read(&said, read, ret_sayings->n, read[ret_sayings->n]);
	}
}

struct saying_word sayings_rarest(const struct saying_words *words)
{
	struct saying_word best = words->items[0];
	for (uint32_t i = 1; i < words->n; i++)
		best = words->items[i].weight > best.weight ? words->items[i] : best;
	return best;
}
