/* SPDX-License-Identifier: MIT */
#include "match/passage.h"

#include "match/product.h"
#include "match/words.h"

#include <math.h>

enum {
	WORDS_MAX = 64,	   /* classes of one description */
	PLACES_MAX = 1024, /* of them in one article that are looked at */
	PASSAGE = 30	   /* words that are close together */
};

/* By trial on 190 descriptions whose articles are known; the words alone (text.h) weigh 1. */
static const float share_pairs = 0.3f, share_passage = 0.3f;
static const float bonus_product = 0.2f;
static const float general_share = 0.3f; /* of what its rarity says a general word weighs */

struct sought {
	uint16_t class;
	float weight;
};

struct description {
	struct sought words[WORDS_MAX]; /* numbered from 1 in class_slot */
	uint32_t n;
	uint8_t sequence[WORDS_MAX]; /* numbers, as they follow each other */
	uint32_t length;
	float all, pairs; /* what all words, and all neighbours, weigh */
	uint32_t families;
};

static float weight_of_class(const struct file_view *v, uint16_t class)
{
	float all = (float)v->article_count, having = (float)v->classes[class];
	return having < all ? logf(1 + (all - having + 0.5f) / (having + 0.5f)) : 0;
}

static void add_sought(const struct file_view *v, struct match_scratch *s, struct description *d, const struct token *t)
{
	struct str word = { t->word, t->n };
	uint16_t class = words_class(s->stemmer, word);
	if (!class || !v->classes[class] || d->length == WORDS_MAX)
		return;
	if (!s->class_slot[class]) {
		float weight = weight_of_class(v, class) * (words_is_general(word) ? general_share : 1);
		d->words[d->n++] = (struct sought){ class, weight };
		s->class_slot[class] = (uint8_t)d->n;
		d->all += weight;
	}
	d->sequence[d->length++] = s->class_slot[class];
}

static float pair_weight(const struct description *d, uint32_t at)
{
	uint8_t a = d->sequence[at], b = d->sequence[at + 1];
	return a == b ? 0 : fminf(d->words[a - 1].weight, d->words[b - 1].weight);
}

static void read_description(const struct file_view *v, struct match_scratch *s, struct str text, struct description *d)
{
	struct token t;
	*d = (struct description){ .families = product_families(text) };
	for (size_t at = 0; d->length < WORDS_MAX && token_next(text, &at, &t);) {
		t.n = token_stem(t.word, t.n);
		add_sought(v, s, d, &t);
	}
	for (uint32_t i = 0; i + 1 < d->length; i++)
		d->pairs += pair_weight(d, i);
}

struct places { uint16_t at[PLACES_MAX]; uint8_t number[PLACES_MAX]; uint32_t n; };

static void find_places(const struct file_view *v, const struct match_scratch *s, const struct file_article *a,
			struct places *places)
{
	const uint16_t *words = v->doc_word + a->word_at;
	places->n = 0;
	for (uint32_t i = 0; i < a->word_n && places->n < PLACES_MAX; i++)
		if (s->class_slot[words[i]]) {
			places->at[places->n] = (uint16_t)i;
			places->number[places->n++] = s->class_slot[words[i]];
		}
}

/* Neighbours of the description that are neighbours in the text. */
static float pairs_of(const struct description *d, const struct places *places)
{
	bool met[WORDS_MAX] = { false };
	float sum = 0;
	for (uint32_t i = 1; i < places->n; i++) {
		if (places->at[i] != places->at[i - 1] + 1)
			continue;
		for (uint32_t k = 0; k + 1 < d->length; k++)
			if (!met[k] && d->sequence[k] == places->number[i - 1] &&
			    d->sequence[k + 1] == places->number[i]) {
				met[k] = true;
				sum += pair_weight(d, k);
			}
	}
	return d->pairs > 0 ? sum / d->pairs : 0;
}

/* The most that stands within one passage. */
static float passage_of(const struct description *d, const struct places *places)
{
	uint16_t counts[WORDS_MAX] = { 0 };
	float now = 0, best = 0;
	for (uint32_t i = 0, first = 0; i < places->n; i++) {
		uint32_t number = places->number[i] - 1u;
		now += counts[number]++ ? 0 : d->words[number].weight;
		for (; places->at[first] + PASSAGE < places->at[i]; first++) {
			number = places->number[first] - 1u;
			now -= --counts[number] ? 0 : d->words[number].weight;
		}
		best = fmaxf(best, now);
	}
	return best / d->all;
}

static void forget_description(struct match_scratch *s, const struct description *d)
{
	for (uint32_t i = 0; i < d->n; i++)
		s->class_slot[d->words[i].class] = 0;
}

/* 0 to 1: the words by themselves, which weigh `known` in all, and how they stand. */
static float weigh_article(const struct file_view *v, const struct match_scratch *s, const struct description *d,
			   float known, const struct text_hit *hit)
{
	const struct file_article *a = &v->articles[hit->article];
	struct places places;
	find_places(v, s, a, &places);
	float share = hit->score / known + share_pairs * pairs_of(d, &places) + share_passage * passage_of(d, &places);
	return share / (1 + share_pairs + share_passage) * (a->families & d->families ? 1 + bonus_product : 1);
}

void passage_weigh(const struct file_view *v, struct match_scratch *s, struct str text, float known,
		   struct text_hit *hits, uint32_t n)
{
	struct description d;
	read_description(v, s, text, &d);
	for (uint32_t i = 0; i < n && d.all > 0 && known > 0; i++)
		hits[i].score = known * weigh_article(v, s, &d, known, &hits[i]);
	text_sort(hits, n);
	forget_description(s, &d);
}
