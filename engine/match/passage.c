/* SPDX-License-Identifier: MIT */
#include "match/passage.h"

#include "match/product.h"
#include "match/words.h"

#include <math.h>

enum {
	WORDS_MAX = 64,	   /* classes of one description */
	PLACES_MAX = 1024, /* of them in one article that are looked at */
	NEAR = 6,	   /* words from one of a pair to the other */
	PASSAGE = 30,	   /* words that are close together */
	WIDE = 120,	   /* words of a section or two */
	RUN_BITS = 15,	   /* of the number that a run of letters is kept by */
	RUNS_FROM = 4096,  /* bytes of a description whose runs are kept */
	OLD_UNTIL = 110000 /* articles up to 1993: MS-DOS, Windows 3, OS/2 */
};

/* The words alone (text.h) weigh 1. By cross-validation on 344 descriptions whose articles are known (people's words,
 * comments in source code, advisories): a grid of weights, chosen on nine tenths and tried on the last. */
static const float share_near = 0.2f, share_passage = 0.5f, share_wide = 0.5f, share_title = 0.5f;
static const float bonus_product = 0.15f, loss_foreign = 0.1f;
/* Of the archive's articles 23 in a hundred are that old; of 219 other descriptions 6 are about one. */
static const float loss_old = 0.1f;
#define TITLE_SAID 0.5f /* of a title: whatever else it names, it is meant */
static const float general_share = 0.3f; /* of what its rarity says a general word weighs */

struct sought {
	uint16_t class;
	float weight;
};

struct description {
	struct sought words[WORDS_MAX]; /* numbered from 1 in class_slot */
	uint32_t n;
	uint64_t beside[WORDS_MAX]; /* a bit each of the words that stand next to this one, on either side */
	uint32_t length, last;	    /* words read, and the number of the last one */
	float all, pairs;	    /* what all words, and all neighbours, weigh */
	uint32_t families;
	uint64_t runs[(1 << RUN_BITS) / 64];
};

/* ---- runs: four letters in a row, what is no letter being a space ----
 *
 * Titles are short, and put in other forms than a description is ("Print Spooler", "spooling", "SpoolDirectory"). */

struct runs {
	struct str text;
	size_t at;
	uint32_t last; /* four letters */
	uint32_t n;
};

static struct runs runs_of(struct str text)
{
	return (struct runs){ .text = text, .last = ' ', .n = 1 };
}

static bool next_run(struct runs *r)
{
	while (r->at <= r->text.n) {
		char c = r->at < r->text.n ? char_lower(r->text.p[r->at]) : ' ';
		r->at++;
		if (!char_is_alnum(c) && (unsigned char)c < 0x80)
			c = ' ';
		if (c == ' ' && (r->last & 0xFF) == ' ')
			continue;
		r->last = r->last << 8 | (unsigned char)c;
		if (++r->n >= 4)
			return true;
	}
	return false;
}

static uint32_t run_number(uint32_t run)
{
	return run * 0x9E3779B1u >> (32 - RUN_BITS); /* Knuth's multiplicative hash */
}

static void read_runs(struct str text, uint64_t *bits)
{
	for (struct runs r = runs_of(str_first(text, text.n < RUNS_FROM ? text.n : RUNS_FROM)); next_run(&r);)
		bits[run_number(r.last) / 64] |= (uint64_t)1 << (run_number(r.last) & 63);
}

/* How much of the title the description says. */
static float title_of(const struct description *d, struct str title)
{
	uint32_t n = 0, met = 0;
	for (struct runs r = runs_of(title); next_run(&r); n++)
		met += (d->runs[run_number(r.last) / 64] >> (run_number(r.last) & 63) & 1) != 0;
	return n ? (float)met / (float)n : 0;
}

/* ---- words ---- */

static float weight_of_class(const struct file_view *v, uint16_t class)
{
	float all = (float)v->article_count, having = (float)v->classes[class];
	return having < all ? logf(1 + (all - having + 0.5f) / (having + 0.5f)) : 0;
}

static float pair_weight(const struct description *d, uint32_t a, uint32_t b)
{
	return fminf(d->words[a].weight, d->words[b].weight);
}

/* Two words that follow each other, by their numbers; 0 is none. */
static void add_pair(struct description *d, uint32_t a, uint32_t b)
{
	if (!a || a == b || d->beside[a - 1] >> (b - 1) & 1)
		return;
	d->beside[a - 1] |= (uint64_t)1 << (b - 1);
	d->beside[b - 1] |= (uint64_t)1 << (a - 1);
	d->pairs += pair_weight(d, a - 1, b - 1);
}

/* share: of what the word's rarity says. */
static void add_sought(const struct file_view *v, struct match_scratch *s, struct description *d, const struct token *t,
		       float share)
{
	struct str word = { t->word, t->n };
	uint16_t class = words_class(s->stemmer, word);
	if (!class || !v->classes[class] || d->length == WORDS_MAX)
		return;
	if (!s->class_slot[class]) {
		float weight = weight_of_class(v, class) * share;
		d->words[d->n++] = (struct sought){ class, weight };
		s->class_slot[class] = (uint8_t)d->n;
		d->all += weight;
	}
	add_pair(d, d->last, s->class_slot[class]);
	d->last = s->class_slot[class];
	d->length++;
}

/* An advisory: its "allows remote attackers to" is as general there as "use" is anywhere. */
static bool tells_of_attack(struct str text)
{
	struct token t;
	text = str_first(text, text.n < RUNS_FROM ? text.n : RUNS_FROM);
	for (size_t at = 0; token_next(text, &at, &t);)
		if (words_is_attack((struct str){ t.word, t.n }))
			return true;
	return false;
}

static void read_description(const struct file_view *v, struct match_scratch *s, struct str text, struct description *d)
{
	struct token t;
	*d = (struct description){ .families = product_families(text) };
	bool attack = tells_of_attack(text);
	for (size_t at = 0; d->length < WORDS_MAX && token_next(text, &at, &t);) {
		struct str word = { t.word, t.n };
		bool general = words_is_general(word) || (attack && words_is_of_attacks(word));
		t.n = token_stem(t.word, t.n);
		add_sought(v, s, d, &t, general ? general_share : 1);
	}
	read_runs(text, d->runs);
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

/* Neighbours of the description that are near each other in the text, in either order. */
static float near_of(const struct description *d, const struct places *places)
{
	uint64_t met[WORDS_MAX] = { 0 };
	float sum = 0;
	for (uint32_t i = 0; i < places->n; i++)
		for (uint32_t k = i + 1; k < places->n && places->at[k] - places->at[i] <= NEAR; k++) {
			uint32_t a = places->number[i] - 1u, b = places->number[k] - 1u;
			if (!((d->beside[a] & ~met[a]) >> b & 1))
				continue;
			met[a] |= (uint64_t)1 << b;
			met[b] |= (uint64_t)1 << a;
			sum += pair_weight(d, a, b);
		}
	return d->pairs > 0 ? sum / d->pairs : 0;
}

/* The most that stands within one passage of so many words. */
static float passage_of(const struct description *d, const struct places *places, uint32_t words)
{
	uint16_t counts[WORDS_MAX] = { 0 };
	float now = 0, best = 0;
	for (uint32_t i = 0, first = 0; i < places->n; i++) {
		uint32_t number = places->number[i] - 1u;
		now += counts[number]++ ? 0 : d->words[number].weight;
		for (; places->at[first] + words < places->at[i]; first++) {
			number = places->number[first] - 1u;
			now -= --counts[number] ? 0 : d->words[number].weight;
		}
		best = fmaxf(best, now);
	}
	return best / d->all;
}

/* The title begins with a product's name that the description does not say. */
static bool is_foreign(const struct file_view *v, const struct match_scratch *s, const struct file_article *a)
{
	struct str head = product_of_title(file_str(v, a->title));
	struct token t;
	if (!head.n)
		return false;
	for (size_t at = 0; token_next(head, &at, &t);) {
		t.n = token_stem(t.word, t.n);
		uint16_t whole = words_class(s->stemmer, (struct str){ t.word, t.n });
		while (t.n && char_is_digit(t.word[t.n - 1])) /* "ACC2000" */
			t.n--;
		uint16_t name = t.n ? words_class(s->stemmer, (struct str){ t.word, t.n }) : 0;
		if (s->class_slot[whole] || s->class_slot[name])
			return false;
	}
	return true;
}

static bool is_old(struct str id)
{
	uint32_t number = 0;
	for (size_t i = 1; i < id.n && number < OLD_UNTIL; i++) {
		if (!char_is_digit(id.p[i]))
			return false;
		number = number * 10 + (uint32_t)(id.p[i] - '0');
	}
	return id.n > 1 && id.p[0] == 'Q' && number < OLD_UNTIL;
}

static void forget_description(struct match_scratch *s, const struct description *d)
{
	for (uint32_t i = 0; i < d->n; i++)
		s->class_slot[d->words[i].class] = 0;
}

/* 0 to 1: the words by themselves, which weigh `known` in all, and how they stand. */
static float weigh_article(const struct file_view *v, const struct match_scratch *s, const struct description *d,
			   float known, bool described, const struct text_hit *hit)
{
	const struct file_article *a = &v->articles[hit->article];
	struct places places;
	float title = title_of(d, file_str(v, a->title));
	find_places(v, s, a, &places);
	float share = hit->score / known + share_near * near_of(d, &places) +
		      share_passage * passage_of(d, &places, PASSAGE) + share_wide * passage_of(d, &places, WIDE) +
		      share_title * title;
	float known_product = a->families & d->families	? 1 + bonus_product :
			      title < TITLE_SAID && is_foreign(v, s, a) ? 1 - loss_foreign :
									  1;
	if (described && is_old(file_str(v, a->id)))
		known_product *= 1 - loss_old;
	return share / (1 + share_near + share_passage + share_wide + share_title) * known_product;
}

void passage_weigh(const struct file_view *v, struct match_scratch *s, struct str text, float known,
		   bool described, struct text_hit *hits, uint32_t n)
{
	struct description d;
	read_description(v, s, text, &d);
	for (uint32_t i = 0; i < n && d.all > 0 && known > 0; i++)
		hits[i].score = known * weigh_article(v, s, &d, known, described, &hits[i]);
	text_sort(hits, n);
	forget_description(s, &d);
}
