/* SPDX-License-Identifier: MIT */
#include "match/passage.h"

#include "match/product.h"
#include "match/words.h"

#include <math.h>

enum {
	WORDS_MAX = 64,		 /* classes of one description */
	PLACES_MAX = 1024,	 /* of them in one article that are looked at */
	NEAR = 6,		 /* words from one of a pair to the other */
	PASSAGE = 30,		 /* words that are close together */
	WIDE = 120,		 /* words of a section or two */
	RUNS_FROM = 4096,	 /* bytes of a description whose runs are kept */
	TITLES_LOOKED_AT = 1024, /* for how rare a run of letters is */
	RUN_STEPS = 32,		 /* in which that is kept: of 1023 titles at most 244 */
	LIST_FROM = 12,		 /* other articles that one names: what a service pack mends, say */
	OTHERWISE = 0x80,	 /* of a number in class_slot: the word is what articles have for it */
	OLD_UNTIL = 110000	 /* articles up to 1993: MS-DOS, Windows 3, OS/2 */
};

/* The words alone (text.h) weigh 1. By cross-validation on 344 descriptions whose articles are known (people's words,
 * comments in source code, advisories): a grid of weights, chosen on nine tenths and tried on the last. */
static const float share_near = 0.2f, share_passage = 0.5f, share_wide = 0.5f, share_title = 0.5f;
/* What is told in sentences is weighed by how rare the letters of a title are; of noisy messages fewer would be
 * found. */
static const float share_rare_title = 0.8f, shares_told = 2.85f; /* what confidences were fitted by (answer.c) */
static const float bonus_product = 0.15f, loss_foreign = 0.1f, loss_list = 0.15f;
/* Of the archive's articles 23 in a hundred are that old; of 219 other descriptions 6 are about one. */
static const float loss_old = 0.1f;
#define TITLE_SAID 0.5f /* of a title: whatever else it names, it is meant */
#define RARE_TITLE_SAID 0.4f
#define TITLE_MORE 4 /* rare runs: what all titles are longer by, since a short one is soon said */
static const float general_share = 0.3f; /* of what its rarity says a general word weighs */
static const float share_otherwise = 0.5f; /* of what is said, where an article puts it in other words */

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
	uint64_t runs[FILE_TITLE_RUNS / 64];
	uint32_t more; /* what a title's runs weigh beside its own; 0 where each of them weighs 1 */
};

static float rarity(float having, float all)
{
	return having < all ? logf(1 + (all - having + 0.5f) / (having + 0.5f)) : 0;
}

/* ---- runs: four letters in a row, what is no letter being a space ----
 *
 * Titles are short, and put in other forms than a description is ("Print Spooler", "spooling", "SpoolDirectory"). By
 * their rarity, a title that is said but for what it is about ("Windows NT Server 4.0, Terminal Server Edition, SRP")
 * is hardly said. */

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
		if (!char_is_letter(c))
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
	return run * 0x9E3779B1u >> (32 - FILE_TITLE_RUN_BITS); /* Knuth's multiplicative hash */
}

static void read_runs(struct str text, uint64_t *bits)
{
	for (struct runs r = runs_of(str_first(text, text.n < RUNS_FROM ? text.n : RUNS_FROM)); next_run(&r);)
		bits[run_number(r.last) / 64] |= (uint64_t)1 << (run_number(r.last) & 63);
}

/* Titles all over the archive are looked at, one in so many. */
static uint32_t title_step(uint32_t articles)
{
	return articles / TITLES_LOOKED_AT + 1;
}

static uint8_t run_weight(uint32_t having, uint32_t articles)
{
	uint32_t step = title_step(articles), titles = (articles + step - 1) / step;
	return (uint8_t)lroundf(RUN_STEPS * rarity((float)having, (float)titles));
}

/* Own articles have no part in it beside an archive's: how many there are would say which titles are looked at. */
static uint32_t count_archive(const struct file_article *articles, uint32_t count)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < count; i++)
		n += !articles[i].authored;
	return n;
}

enum err passage_put_runs(struct buf sections[SEC_COUNT])
{
	uint16_t having[FILE_TITLE_RUNS] = { 0 };
	const struct file_article *articles = (const void *)sections[SEC_ARTICLE].p;
	uint32_t all = (uint32_t)(sections[SEC_ARTICLE].n / sizeof *articles), met = 0;
	uint32_t archive = count_archive(articles, all), count = archive ? archive : all;
	for (uint32_t i = 0; i < all; i++) {
		if ((archive && articles[i].authored) || met++ % title_step(count))
			continue;
		struct str title = { sections[SEC_TEXT].p + articles[i].title.at, articles[i].title.n };
		for (struct runs r = runs_of(title); next_run(&r);)
			having[run_number(r.last)]++;
	}
	for (uint32_t i = 0; i < FILE_TITLE_RUNS; i++) {
		uint8_t weight = run_weight(having[i], count);
		buf_add_bytes(&sections[SEC_TITLE_RUN], &weight, 1);
	}
	return buf_err(&sections[SEC_TITLE_RUN]);
}

/* How much of the title the description says. */
static float title_of(const struct file_view *v, const struct description *d, struct str title)
{
	uint32_t all = d->more, met = 0;
	for (struct runs r = runs_of(title); next_run(&r);) {
		uint32_t run = run_number(r.last), weight = d->more ? v->title_runs[run] : 1;
		all += weight;
		met += d->runs[run / 64] >> (run & 63) & 1 ? weight : 0;
	}
	return all ? (float)met / (float)all : 0;
}

/* ---- words ---- */

static float weight_of_class(const struct file_view *v, uint16_t class)
{
	return rarity((float)v->classes[class], (float)v->article_count);
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

/* ---- what articles have for what is said (sayings.h) ---- */

/* The number of the word that is said, 0 where none of them has one. */
static uint8_t number_of(const struct match_scratch *s, const struct description *d, const struct saying_words *said)
{
	uint8_t best = 0;
	for (uint32_t i = 0; i < said->n; i++) {
		uint8_t number = s->class_slot[said->items[i].class] & (OTHERWISE - 1);
		if (number && (!best || d->words[number - 1].weight > d->words[best - 1].weight))
			best = number;
	}
	return best;
}

static void add_others(const struct file_view *v, struct match_scratch *s, struct description *d,
		       const struct saying *x)
{
	uint8_t number = number_of(s, d, &x->said);
	for (uint32_t i = 0; i < x->other_count; i++) {
		uint16_t class = sayings_rarest(&x->others[i]).class;
		if (!class || s->class_slot[class])
			continue;
		if (!number && d->n < WORDS_MAX) {
			float weight = weight_of_class(v, class) * share_otherwise;
			d->words[d->n++] = (struct sought){ class, weight };
			d->all += weight;
			number = (uint8_t)d->n;
			s->class_slot[class] = number;
		} else if (number) {
			s->class_slot[class] = number | OTHERWISE;
		}
	}
}

/* ---- places ---- */

struct places { uint16_t at[PLACES_MAX]; uint8_t slot[PLACES_MAX]; uint32_t n; };

static uint32_t number_at(const struct places *places, uint32_t i)
{
	return (places->slot[i] & (OTHERWISE - 1)) - 1u;
}

static float share_at(const struct places *places, uint32_t i)
{
	return places->slot[i] & OTHERWISE ? share_otherwise : 1;
}

static void find_places(const struct file_view *v, const struct match_scratch *s, const struct file_article *a,
			struct places *places)
{
	const uint16_t *words = v->doc_word + a->word_at;
	places->n = 0;
	for (uint32_t i = 0; i < a->word_n && places->n < PLACES_MAX; i++)
		if (s->class_slot[words[i]]) {
			places->at[places->n] = (uint16_t)i;
			places->slot[places->n++] = s->class_slot[words[i]];
		}
}

/* Neighbours of the description that are near each other in the text, in either order. */
static float near_of(const struct description *d, const struct places *places)
{
	uint64_t met[WORDS_MAX] = { 0 };
	float sum = 0;
	for (uint32_t i = 0; i < places->n; i++)
		for (uint32_t k = i + 1; k < places->n && places->at[k] - places->at[i] <= NEAR; k++) {
			uint32_t a = number_at(places, i), b = number_at(places, k);
			if (!((d->beside[a] & ~met[a]) >> b & 1))
				continue;
			met[a] |= (uint64_t)1 << b;
			met[b] |= (uint64_t)1 << a;
			sum += pair_weight(d, a, b) * share_at(places, i) * share_at(places, k);
		}
	return d->pairs > 0 ? sum / d->pairs : 0;
}

struct counts { uint16_t said, otherwise; };

/* count_place gives how much more of the word is there then. */
static float count_place(const struct description *d, const struct places *places, uint32_t i, int by,
			 struct counts *counts)
{
	struct counts *c = &counts[number_at(places, i)], was = *c;
	uint16_t *count = places->slot[i] & OTHERWISE ? &c->otherwise : &c->said;
	*count = (uint16_t)(*count + by);
	float before = was.said ? 1 : was.otherwise ? share_otherwise : 0;
	float after = c->said ? 1 : c->otherwise ? share_otherwise : 0;
	return (after - before) * d->words[number_at(places, i)].weight;
}

/* The most that stands within one passage of so many words. */
static float passage_of(const struct description *d, const struct places *places, uint32_t words)
{
	struct counts counts[WORDS_MAX] = { { 0 } };
	float now = 0, best = 0;
	for (uint32_t i = 0, first = 0; i < places->n; i++) {
		now += count_place(d, places, i, 1, counts);
		for (; places->at[first] + words < places->at[i]; first++)
			now += count_place(d, places, first, -1, counts);
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

static void forget_description(struct match_scratch *s, const struct description *d, const struct sayings *sayings)
{
	for (uint32_t i = 0; i < d->n; i++)
		s->class_slot[d->words[i].class] = 0;
	for (uint32_t i = 0; sayings && i < sayings->n; i++)
		for (uint32_t k = 0; k < sayings->items[i].other_count; k++)
			s->class_slot[sayings_rarest(&sayings->items[i].others[k]).class] = 0;
}

/* How the words stand: 0 to 1. */
static float places_of(const struct file_view *v, const struct match_scratch *s, const struct description *d,
		       const struct file_article *a)
{
	struct places places;
	find_places(v, s, a, &places);
	return share_near * near_of(d, &places) + share_passage * passage_of(d, &places, PASSAGE) +
	       share_wide * passage_of(d, &places, WIDE);
}

/* 0 to 1: the words by themselves, which weigh `known` in all, and how they stand. told: in sentences. */
static float weigh_article(const struct file_view *v, const struct match_scratch *s, const struct description *d,
			   float known, bool described, bool told, const struct text_hit *hit)
{
	const struct file_article *a = &v->articles[hit->article];
	float title = title_of(v, d, file_str(v, a->title));
	float share = hit->score / known + places_of(v, s, d, a) + (told ? share_rare_title : share_title) * title;
	float shares = told ? shares_told : 1 + share_near + share_passage + share_wide + share_title;
	float said = told ? RARE_TITLE_SAID : TITLE_SAID;
	float known_product = a->families & d->families		  ? 1 + bonus_product :
			      title < said && is_foreign(v, s, a) ? 1 - loss_foreign :
								    1;
	if (described && is_old(file_str(v, a->id)))
		known_product *= 1 - loss_old;
	if (told && a->named >= LIST_FROM)
		known_product *= 1 - loss_list;
	return share / shares * known_product;
}

void passage_weigh(const struct file_view *v, struct match_scratch *s, struct str text, float known, bool described,
		   const struct sayings *sayings, struct text_hit *hits, uint32_t n)
{
	struct description d;
	read_description(v, s, text, &d);
	d.more = sayings ? TITLE_MORE * run_weight(0, v->article_count) : 0;
	for (uint32_t i = 0; sayings && i < sayings->n; i++)
		add_others(v, s, &d, &sayings->items[i]);
	for (uint32_t i = 0; i < n && d.all > 0 && known > 0; i++)
		hits[i].score = known * weigh_article(v, s, &d, known, described, sayings != NULL, &hits[i]);
	text_sort(hits, n);
	forget_description(s, &d, sayings);
}
