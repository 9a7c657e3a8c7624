/* SPDX-License-Identifier: MIT */
#include "match/text.h"

#include "match/vocab.h"

#include <stdlib.h>

enum { WORDS_MAX = 64, TOKENS_LOOKED_AT = 2000 };

static const float unknown_weight = 7.0f; /* of a word that no article has */

struct word { uint32_t term; float weight; };

static int by_weight(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	return x->weight != y->weight ? (x->weight < y->weight ? 1 : -1) : (x->term > y->term) - (x->term < y->term);
}

static int by_hit(const void *a, const void *b)
{
	const struct text_hit *x = a, *y = b;
	return x->score != y->score ? (x->score < y->score ? 1 : -1) :
				      (x->article > y->article) - (x->article < y->article);
}

/* The distinct stems, the most telling first. */
static uint32_t read_words(const struct file_view *v, struct str text, struct word words[WORDS_MAX], float *ret_unknown)
{
	struct token t;
	uint32_t n = 0, looked = 0;
	*ret_unknown = 0;
	for (size_t at = 0; n < WORDS_MAX && looked < TOKENS_LOOKED_AT && token_next(text, &at, &t); looked++) {
		uint32_t term = file_find_term(v, (struct str){ t.word, token_stem(t.word, t.n) }), i = 0;
		if (term == VOCAB_NONE || !v->terms[term].doc_n) {
			*ret_unknown += char_is_digit(t.word[0]) ? 0 : unknown_weight;
			continue;
		}
		while (i < n && words[i].term != term)
			i++;
		if (i == n)
			words[n++] = (struct word){ term, v->terms[term].doc_weight };
	}
	qsort(words, n, sizeof *words, by_weight);
	return n;
}

static float impact_share(uint32_t post)
{
	return (float)(post & 0xFF) / 255.0f;
}

static uint32_t gather(const struct file_view *v, struct match_scratch *s, const struct word *words, uint32_t n)
{
	uint32_t touched = 0;
	for (uint32_t i = 0; i < n; i++) {
		const struct file_term *t = &v->terms[words[i].term];
		for (uint32_t p = 0; p < t->doc_n; p++) {
			uint32_t post = v->doc_post[t->doc_at + p], article = post >> 8;
			if (s->doc_scores[article] == 0)
				s->touched[touched++] = article;
			s->doc_scores[article] += words[i].weight * impact_share(post);
		}
	}
	return touched;
}

/* The same formula as the compiler's impact. */
static float impact_of(const struct file_view *v, const struct file_article *a, uint32_t weight)
{
	float k = 1.2f * (0.2f + 0.8f * (float)a->length / v->header->mean_length);
	return (float)weight / ((float)weight + k);
}

uint32_t text_weight_in(const struct file_view *v, uint32_t article, uint32_t term)
{
	const struct file_article *a = &v->articles[article];
	const uint32_t *terms = v->doc_term + a->term_at;
	uint32_t low = 0, high = a->term_n;
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (terms[middle] >> 8 < term)
			low = middle + 1;
		else
			high = middle;
	}
	return low < a->term_n && terms[low] >> 8 == term ? terms[low] & 0xFF : 0;
}

static float weigh(const struct file_view *v, uint32_t article, const struct word *words, uint32_t n)
{
	const struct file_article *a = &v->articles[article];
	float score = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t weight = text_weight_in(v, article, words[i].term);
		if (weight)
			score += words[i].weight * impact_of(v, a, weight);
	}
	return score;
}

static uint32_t keep_best(struct match_scratch *s, uint32_t touched, struct text_hit hits[TEXT_HITS_MAX * 2])
{
	uint32_t n = 0;
	float least = 0;
	for (uint32_t i = 0; i < touched; i++) {
		uint32_t article = s->touched[i];
		float score = s->doc_scores[article];
		s->doc_scores[article] = 0;
		if (score <= least)
			continue;
		hits[n++] = (struct text_hit){ article, score };
		if (n == TEXT_HITS_MAX * 2) {
			qsort(hits, n, sizeof *hits, by_hit);
			n = TEXT_HITS_MAX;
			least = hits[n - 1].score;
		}
	}
	qsort(hits, n, sizeof *hits, by_hit);
	return n < TEXT_HITS_MAX ? n : TEXT_HITS_MAX;
}

uint32_t text_articles(const struct file_view *v, struct match_scratch *s, struct str text, struct text_hit *ret_hits,
		       uint32_t max, float *ret_weight)
{
	struct word words[WORDS_MAX];
	struct text_hit hits[TEXT_HITS_MAX * 2];
	uint32_t n = read_words(v, text, words, ret_weight);
	uint32_t count = keep_best(s, gather(v, s, words, n), hits);
	for (uint32_t i = 0; i < n; i++)
		*ret_weight += words[i].weight;
	for (uint32_t i = 0; i < count; i++)
		hits[i].score = weigh(v, hits[i].article, words, n);
	qsort(hits, count, sizeof *hits, by_hit);
	count = count < max ? count : max;
	for (uint32_t i = 0; i < count; i++)
		ret_hits[i] = hits[i];
	return count;
}
