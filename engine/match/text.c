/* SPDX-License-Identifier: MIT */
#include "match/text.h"

#include "match/passage.h"
#include "match/sayings.h"
#include "match/spelling.h"
#include "match/vocab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 64, TOKENS_LOOKED_AT = 2000, LEADERS_MAX = 16 };

#define ROUNDING 1.001f /* sums of floats in another order */

static const float unknown_weight = 7.0f;  /* of a word that no article has */
static const float share_otherwise = 0.3f; /* of what is said, where an article puts it in other words */

struct word {
	uint32_t term;
	float weight;
	float rest; /* of this word and all behind it */
};

static int by_weight(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	return x->weight != y->weight ? (x->weight < y->weight ? 1 : -1) : (x->term > y->term) - (x->term < y->term);
}

struct words { struct word items[WORDS_MAX]; uint32_t n; float unknown; };

static bool add_word(const struct file_view *v, struct words *w, struct str folded, float share)
{
	char word[TOKEN_MAX];
	uint32_t n = (uint32_t)(folded.n < TOKEN_MAX ? folded.n : TOKEN_MAX);
	memcpy(word, folded.p, n);
	uint32_t term = file_find_term(v, (struct str){ word, token_stem(word, n) });
	if (term == VOCAB_NONE || !v->terms[term].doc_n)
		return false;
	float weight = v->terms[term].doc_weight * share;
	for (uint32_t i = 0; i < w->n; i++)
		if (w->items[i].term == term) {
			w->items[i].weight = weight > w->items[i].weight ? weight : w->items[i].weight;
			return true;
		}
	if (weight > 1e-3f && w->n < WORDS_MAX)
		w->items[w->n++] = (struct word){ .term = term, .weight = weight };
	return true;
}

/* The distinct stems, the most telling first. */
static void read_words(const struct file_view *v, struct str text, struct words *w)
{
	struct token tokens[2] = { { .n = 0 }, { .n = 0 } };
	struct spelling others[SPELLINGS_MAX];
	size_t at = 0;
	*w = (struct words){ .n = 0 };
	for (uint32_t i = 0; w->n < WORDS_MAX && i < TOKENS_LOOKED_AT && token_next(text, &at, &tokens[i & 1]); i++) {
		struct str word = { tokens[i & 1].word, tokens[i & 1].n };
		struct str before = { tokens[~i & 1].word, tokens[~i & 1].n };
		if (!add_word(v, w, word, 1) && !char_is_digit(word.p[0]))
			w->unknown += unknown_weight;
		uint32_t n = spellings_of(word, before, others);
		for (uint32_t k = 0; k < n; k++)
			add_word(v, w, (struct str){ others[k].word, others[k].n }, others[k].share);
	}
	qsort(w->items, w->n, sizeof *w->items, by_weight);
	for (uint32_t i = w->n; i-- > 0;)
		w->items[i].rest = w->items[i].weight + (i + 1 < w->n ? w->items[i + 1].rest : 0);
}

/* Never 0: a score of 0 says that an article was not met yet. */
static float impact_share(uint32_t post)
{
	return (float)((post & 0xFF) + 1) / 256.0f;
}

static uint32_t gather(const struct file_view *v, struct match_scratch *s, const struct word *words, uint32_t n)
{
	uint32_t touched = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t count;
		const uint32_t *posts = file_term_articles(v, words[i].term, &count);
		for (uint32_t p = 0; p < count; p++) {
			uint32_t article = posts[p] >> 8;
			if (article >= s->doc_count)
				continue;
			if (s->doc_scores[article] == 0)
				s->touched[touched++] = article;
			s->doc_scores[article] += words[i].weight * impact_share(posts[p]);
		}
	}
	return touched;
}

/* What `other` can weigh beside what is said, whose place it takes. */
static float weight_otherwise(const struct saying *x, const struct saying_words *other)
{
	return share_otherwise * (x->said.n ? x->said.weight : other->weight);
}

/* gather_word: in s->more an article that has the word has what this one brings it, or more by one before. Those with
 * any are listed; gives their number, n before. */
static uint32_t gather_word(const struct file_view *v, struct match_scratch *s, struct saying_word word, float weight,
			    uint32_t n)
{
	uint32_t count;
	const uint32_t *posts = file_term_articles(v, word.term, &count);
	for (uint32_t p = 0; p < count; p++) {
		uint32_t article = posts[p] >> 8;
		if (article >= s->doc_count)
			continue;
		if (s->more[article] == 0)
			s->listed[n++] = article;
		s->more[article] = fmaxf(s->more[article], weight * impact_share(posts[p]));
	}
	return n;
}

/* What is said counts once, by the rarest word of what brings an article most. */
static uint32_t gather_otherwise(const struct file_view *v, struct match_scratch *s, const struct saying *x,
				 uint32_t touched)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < x->other_count; i++)
		n = gather_word(v, s, sayings_rarest(&x->others[i]), weight_otherwise(x, &x->others[i]), n);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t article = s->listed[i];
		if (s->doc_scores[article] == 0)
			s->touched[touched++] = article;
		s->doc_scores[article] += s->more[article];
		s->more[article] = 0;
	}
	return touched;
}

/* The same formula as the compiler's impact. */
static float common_share(const struct file_view *v, const struct file_article *a, uint32_t common)
{
	const uint16_t *terms = v->doc_term + a->term_at;
	uint32_t low = 0, high = a->term_n;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (terms[middle] >> 3 < common)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == a->term_n || terms[low] >> 3 != common)
		return 0;
	float weight = (float)file_step_weight(terms[low] & 7);
	float k = 1.2f * (0.2f + 0.8f * (float)a->length / v->header.mean_length);
	return weight / (weight + k);
}

/* share_of: how much of what the stemmed word can weigh it weighs in the article, 0 to 1. */
static float share_of(const struct file_view *v, uint32_t article, uint32_t term)
{
	if (v->terms[term].common)
		return common_share(v, &v->articles[article], v->terms[term].common - 1);
	uint32_t n, low = 0;
	const uint32_t *posts = file_term_articles(v, term, &n);
	for (uint32_t high = n; low < high;) {
		uint32_t middle = (low + high) / 2;
		if (posts[middle] >> 8 < article)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && posts[low] >> 8 == article ? impact_share(posts[low]) : 0;
}

/* hits[0] is weighed now, those behind it next: what they need is fetched. */
static void fetch(const struct file_view *v, const struct text_hit *hits, uint32_t n)
{
	enum { LINE = 32 }; /* terms that are fetched at once */
	if (n > 8)
		__builtin_prefetch(&v->articles[hits[8].article]);
	if (n > 4) {
		const struct file_article *a = &v->articles[hits[4].article];
		for (uint32_t i = 0; i < a->term_n && i < 8 * LINE; i += LINE)
			__builtin_prefetch(v->doc_term + a->term_at + i);
	}
}

/* weigh ends early where a score below `least` is all that can come of it, and gives such a one. */
static float weigh(const struct file_view *v, uint32_t article, const struct word *words, uint32_t n, float least)
{
	float score = 0;
	for (uint32_t i = 0; i < n && (score + words[i].rest) * ROUNDING >= least; i++)
		score += words[i].weight * share_of(v, article, words[i].term);
	return score;
}

static uint32_t give(struct best *b, struct text_hit *ret_hits)
{
	best_sort(b);
	for (uint32_t i = 0; i < b->n; i++)
		ret_hits[i] = (struct text_hit){ best_number(b->items[i]), best_score(b->items[i]) };
	return b->n;
}

static uint32_t keep_best(struct match_scratch *s, uint32_t touched, struct text_hit hits[TEXT_HITS_MAX])
{
	struct best best;
	best_begin(&best, TEXT_HITS_MAX);
	for (uint32_t i = 0; i < touched; i++) {
		uint32_t article = s->touched[i];
		float score = s->doc_scores[article];
		s->doc_scores[article] = 0;
		if (score > 0)
			best_offer(&best, score, article);
	}
	return give(&best, hits);
}

void text_sort(struct text_hit *hits, uint32_t n)
{
	struct best best;
	best_begin(&best, TEXT_HITS_MAX);
	for (uint32_t i = 0; i < n; i++)
		best_offer(&best, hits[i].score, hits[i].article);
	give(&best, hits);
}

/* The best scores so far, descending. */
struct leaders { float scores[LEADERS_MAX]; uint32_t n, max; };

static void note_leader(struct leaders *l, float score)
{
	if (l->n == l->max && score <= l->scores[l->n - 1])
		return;
	uint32_t i = l->n < l->max ? l->n++ : l->n - 1;
	for (; i && l->scores[i - 1] < score; i--)
		l->scores[i] = l->scores[i - 1];
	l->scores[i] = score;
}

/* weigh_all weighs the hits, which come with what their words bring that are in few articles, descending. It ends where
 * no other can get among the first max: the common words bring a hit no more than they weigh. */
static uint32_t weigh_all(const struct file_view *v, const struct words *w, struct text_hit *hits, uint32_t count,
			  uint32_t max)
{
	struct leaders leaders = { .max = max <= LEADERS_MAX ? max : 0 };
	float common = 0;
	for (uint32_t i = 0; i < w->n; i++)
		common += v->terms[w->items[i].term].common ? w->items[i].weight : 0;
	for (uint32_t i = 0; i < count; i++) {
		float least = leaders.max && leaders.n == leaders.max ? leaders.scores[leaders.n - 1] : 0;
		if ((hits[i].score + common) * ROUNDING < least)
			return i;
		fetch(v, hits + i, count - i);
		hits[i].score = weigh(v, hits[i].article, w->items, w->n, least);
		if (leaders.max)
			note_leader(&leaders, hits[i].score);
	}
	return count;
}

/* How much of what the words can weigh they weigh in the article, 0 to 1. */
static float share_of_words(const struct file_view *v, uint32_t article, const struct saying_words *words)
{
	float sum = 0;
	for (uint32_t i = 0; i < words->n; i++)
		sum += words->items[i].weight * share_of(v, article, words->items[i].term);
	return words->n ? sum / words->weight : 0;
}

/* What is said counts once: as it is, or as the article puts it. */
static float weigh_otherwise(const struct file_view *v, uint32_t article, const struct saying *x)
{
	float said = x->said.weight * share_of_words(v, article, &x->said), best = said;
	for (uint32_t i = 0; i < x->other_count; i++) {
		float weight = weight_otherwise(x, &x->others[i]);
		if (weight > best)
			best = fmaxf(best, weight * share_of_words(v, article, &x->others[i]));
	}
	return best - said;
}

static void weigh_sayings(const struct file_view *v, const struct sayings *sayings, struct text_hit *hits, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < sayings->n; k++)
			hits[i].score += weigh_otherwise(v, hits[i].article, &sayings->items[k]);
}

/* The scores that the words alone give stay with the places. */
static void order_places(const struct file_view *v, struct match_scratch *s, struct str text, float known,
			 struct text_hit *hits, uint32_t n)
{
	float scores[TEXT_HITS_MAX];
	for (uint32_t i = 0; i < n; i++)
		scores[i] = hits[i].score;
	passage_weigh(v, s, text, known, true, NULL, hits, n);
	for (uint32_t i = 0; i < n; i++)
		hits[i].score = scores[i];
}

uint32_t text_articles(const struct file_view *v, struct match_scratch *s, struct str text, enum text_order order,
		       struct text_hit *ret_hits, uint32_t max, float *ret_weight)
{
	struct words w;
	struct sayings sayings = { .n = 0 };
	struct text_hit hits[TEXT_HITS_MAX];
	bool told = order == TEXT_PASSAGES;
	float known = 0;
	read_words(v, text, &w);
	if (told)
		sayings_read(v, s->stemmer, text, &sayings);
	uint32_t touched = gather(v, s, w.items, w.n);
	for (uint32_t i = 0; i < sayings.n; i++)
		touched = gather_otherwise(v, s, &sayings.items[i], touched);
	uint32_t count = keep_best(s, touched, hits);
	for (uint32_t i = 0; i < w.n; i++)
		known += w.items[i].weight;
	count = weigh_all(v, &w, hits, count, order == TEXT_WORDS ? max : TEXT_HITS_MAX);
	weigh_sayings(v, &sayings, hits, count);
	text_sort(hits, count);
	if (order >= TEXT_PASSAGES)
		passage_weigh(v, s, text, known, order != TEXT_MESSAGE, told ? &sayings : NULL, hits, count);
	if (order == TEXT_PLACES)
		order_places(v, s, text, known, hits, count);
	count = count < max ? count : max;
	for (uint32_t i = 0; i < count; i++)
		ret_hits[i] = hits[i];
	*ret_weight = known + w.unknown;
	return count;
}

void text_name_read(const struct file_view *v, struct str name, struct match_name *ret_name)
{
	struct token t;
	size_t at = 0;
	ret_name->count = 0;
	while (ret_name->count < MATCH_NAME_WORDS && token_next(name, &at, &t)) {
		uint32_t term = file_find_term(v, (struct str){ t.word, token_stem(t.word, t.n) });
		if (t.n < 3 || term == VOCAB_NONE)
			continue;
		uint32_t all = v->terms[term].doc_all; /* a word of one article in fifty says nothing */
		if (all <= 3 || all < v->article_count / 50)
			ret_name->words[ret_name->count++] = term;
	}
}

bool text_names(const struct file_view *v, uint32_t article, const struct match_name *name)
{
	for (uint32_t i = 0; i < name->count; i++)
		if (share_of(v, article, name->words[i]) > 0)
			return true;
	return false;
}
