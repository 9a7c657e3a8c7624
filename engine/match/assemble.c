/* SPDX-License-Identifier: MIT */
#include "match/assemble.h"

#include "base/hash.h"
#include "base/mem.h"
#include "match/literals.h"
#include "match/meaning.h"
#include "match/passage.h"
#include "match/sayings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	GROUP_TOKENS_MAX = 160
};

struct doc_at { const struct digest *from; uint32_t *remap; const struct digest_doc *doc; };
struct owned { uint32_t group; struct file_owner owner; };

struct assembly {
	struct digest *const *digests;
	unsigned digest_count;
	struct vocab words;
	uint32_t *remaps[8];
	struct doc_at *docs;
	uint32_t doc_count;
	double mean_length;
	uint32_t *group_slots;
	uint32_t group_slot_count;
	struct buf group_article; /* uint32: the last article that has the group */
	struct buf owned;	  /* struct owned */
	struct buf doc_terms;	  /* uint32: term << 8 | weight, by article, ascending */
	struct buf sections[SEC_COUNT];
	enum err err;
};

static void *take(struct assembly *s, size_t count, size_t size)
{
	void *p = count <= SIZE_MAX / size ? mem_resize(NULL, (count ? count : 1) * size) : NULL;
	if (p)
		memset(p, 0, count * size);
	else
		s->err = ERR_NOMEM;
	return p;
}

#define ITEMS(type, buffer) ((type *)(void *)(buffer).p)
/* Of an empty buffer: to NULL nothing may be added, not even 0. */
#define ITEMS_FROM(type, buffer, at) ((buffer).p ? ITEMS(type, buffer) + (at) : NULL)
#define COUNT(type, buffer) ((uint32_t)((buffer).n / sizeof(type)))

/* is_whole: what was added so far is all there; what comes next reads it. */
static bool is_whole(struct assembly *s)
{
	if (!s->err)
		s->err = file_sections_err(s->sections);
	if (!s->err)
		s->err = buf_err(&s->owned);
	return !s->err;
}

static struct file_text add_text(struct buf *all, struct str text)
{
	struct file_text t = { (uint32_t)all->n, (uint32_t)text.n };
	buf_add(all, text);
	return t;
}

static struct file_text keep_text(struct assembly *s, struct str text)
{
	struct file_text t = add_text(&s->sections[SEC_TEXT], text);
	if (s->sections[SEC_TEXT].n > UINT32_MAX)
		s->err = ERR_LIMIT;
	return t;
}

static struct str digest_str(const struct digest *g, struct file_text t)
{
	return (struct str){ g->text.p + t.at, t.n };
}

/* ---- one numbering ---- */

static int by_ordinal(const void *a, const void *b)
{
	uint32_t x = ((const struct doc_at *)a)->doc->ordinal, y = ((const struct doc_at *)b)->doc->ordinal;
	return (x > y) - (x < y);
}

static void order_docs(struct assembly *s)
{
	double length = 0;
	for (unsigned i = 0; i < s->digest_count; i++)
		s->doc_count += COUNT(struct digest_doc, s->digests[i]->docs);
	s->docs = take(s, s->doc_count, sizeof *s->docs);
	uint32_t n = 0;
	for (unsigned i = 0; i < s->digest_count && !s->err; i++) {
		const struct digest *g = s->digests[i];
		s->remaps[i] = take(s, g->words.count, sizeof **s->remaps);
		const struct digest_doc *docs = ITEMS(const struct digest_doc, g->docs);
		for (uint32_t k = 0; k < COUNT(struct digest_doc, g->docs); k++) {
			s->docs[n++] = (struct doc_at){ g, s->remaps[i], &docs[k] };
			length += docs[k].length;
		}
	}
	if (s->err)
		return;
	qsort(s->docs, s->doc_count, sizeof *s->docs, by_ordinal);
	if (s->mean_length <= 0)
		s->mean_length = length > 0 ? length / s->doc_count : 1;
}

/* By the articles' order, so that which thread met a word first leaves no trace: a thread gets its articles in order,
 * so a word that no article before has is new in its thread too. */
static void number_words(struct assembly *s)
{
	for (uint32_t d = 0; d < s->doc_count && !s->words.err; d++) {
		const struct doc_at *at = &s->docs[d];
		for (uint32_t w = at->doc->new_at; w < at->doc->new_at + at->doc->new_n; w++)
			at->remap[w] = vocab_add(&s->words, vocab_word(&at->from->words, w));
	}
	s->err = s->words.err;
}

static void put_words(struct assembly *s)
{
	const struct vocab *v = &s->words;
	buf_add_bytes(&s->sections[SEC_TERM_SLOT], v->slots, v->slot_count * sizeof *v->slots);
	buf_add_bytes(&s->sections[SEC_TERM_AT], v->text_at, (v->count + 1) * sizeof *v->text_at);
	buf_add(&s->sections[SEC_TERM_TEXT], buf_str(&v->text));
}

/* ---- articles by word ---- */

static int by_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static void put_article_codes(struct assembly *s, const struct doc_at *at)
{
	const struct file_article_code *codes = ITEMS(const struct file_article_code, at->from->codes);
	for (uint32_t i = 0; i < at->doc->code_n; i++) {
		struct file_article_code c = codes[at->doc->code_at + i];
		c.family = keep_text(s, digest_str(at->from, c.family));
		buf_add_bytes(&s->sections[SEC_ARTICLE_CODE], &c, sizeof c);
	}
}

static void put_over_times(struct assembly *s, const struct doc_at *at, uint32_t article)
{
	const struct file_text *texts = ITEMS(const struct file_text, at->from->over_times);
	for (uint32_t i = 0; i < at->doc->over_n; i++) {
		struct file_over_time o = { article, keep_text(s, digest_str(at->from, texts[at->doc->over_at + i])) };
		buf_add_bytes(&s->sections[SEC_OVER_TIME], &o, sizeof o);
	}
}

static void put_articles(struct assembly *s, struct file_term *terms)
{
	struct buf *out = &s->doc_terms;
	for (uint32_t d = 0; d < s->doc_count; d++) {
		const struct doc_at *at = &s->docs[d];
		const uint32_t *from = ITEMS_FROM(const uint32_t, at->from->terms, at->doc->term_at);
		struct file_article article = {
			.id = keep_text(s, digest_str(at->from, at->doc->id)),
			.title = keep_text(s, digest_str(at->from, at->doc->title)),
			.term_at = COUNT(uint32_t, *out),
			.term_n = at->doc->term_n,
			.word_at = COUNT(uint16_t, s->sections[SEC_DOC_WORD]),
			.word_n = at->doc->word_n,
			.families = at->doc->families,
			.named = at->doc->named,
			.length = at->doc->length,
			.authored = at->doc->authored,
			.stamp = at->doc->stamp,
			.code_at = COUNT(struct file_article_code, s->sections[SEC_ARTICLE_CODE]),
			.code_n = at->doc->code_n,
		};
		put_article_codes(s, at);
		put_over_times(s, at, d);
		buf_add_bytes(&s->sections[SEC_DOC_WORD], ITEMS_FROM(const uint16_t, at->from->doc_words, at->doc->word_at),
			      at->doc->word_n * sizeof(uint16_t));
		uint32_t *to = (uint32_t *)(void *)buf_room(out, (at->doc->term_n + 1) * sizeof *to);
		if (!to) {
			s->err = buf_err(out);
			return;
		}
		for (uint32_t i = 0; i < at->doc->term_n; i++) {
			uint32_t term = at->remap[from[i] >> 8];
			to[i] = term << 8 | (from[i] & 0xFF);
			terms[term].doc_all++;
		}
		out->n += at->doc->term_n * sizeof *to;
		qsort(to, at->doc->term_n, sizeof *to, by_u32);
		buf_add_bytes(&s->sections[SEC_ARTICLE], &article, sizeof article);
	}
}

enum err assemble_count_classes(const struct file_article *articles, uint32_t n, const uint16_t *words,
				uint32_t *counts)
{
	uint32_t *last = mem_resize(NULL, WORD_CLASSES * sizeof *last); /* + 1: the last article that had the class */
	if (!last)
		return ERR_NOMEM;
	memset(last, 0, WORD_CLASSES * sizeof *last);
	for (uint32_t d = 0; d < n; d++)
		for (uint32_t i = 0; i < articles[d].word_n; i++) {
			uint16_t class = words[articles[d].word_at + i];
			counts[class] += last[class] != d + 1;
			last[class] = d + 1;
		}
	mem_free(last);
	return ERR_OK;
}

static void put_classes(struct assembly *s)
{
	uint32_t *counts = take(s, WORD_CLASSES, sizeof *counts);
	const struct buf *articles = &s->sections[SEC_ARTICLE], *words = &s->sections[SEC_DOC_WORD];
	if (counts)
		s->err = assemble_count_classes(ITEMS(const struct file_article, *articles),
						COUNT(struct file_article, *articles), ITEMS(const uint16_t, *words),
						counts);
	if (counts)
		buf_add_bytes(&s->sections[SEC_CLASS], counts, WORD_CLASSES * sizeof *counts);
	mem_free(counts);
}

/* BM25's share of one word in one article, 1 to 255. */
static uint32_t impact_of(const struct assembly *s, const struct file_article *article, uint32_t weight)
{
	double k = 1.2 * (0.2 + 0.8 * article->length / s->mean_length);
	double x = 255.0 * weight / (weight + k);
	return x < 1 ? 1 : (uint32_t)x;
}

float assemble_weight_of_doc_word(uint32_t articles, uint32_t having)
{
	return having && having <= articles ? (float)log(1 + (articles - having + 0.5) / (having + 0.5)) : 0;
}

float assemble_weight_of_group_word(uint32_t groups, uint32_t having)
{
	return (float)log(1 + (groups + 0.5) / (having + 0.5));
}

/* Keeps the strongest; among equals the first. *posts is in order of articles and stays so. */
uint32_t assemble_cut_posts(uint32_t *posts, uint32_t n)
{
	uint32_t histogram[256] = { 0 }, limit = 256, above = 0, kept = 0;
	if (n <= POST_DOCS_MAX)
		return n;
	for (uint32_t i = 0; i < n; i++)
		histogram[posts[i] & 0xFF]++;
	while (above + histogram[limit - 1] <= POST_DOCS_MAX)
		above += histogram[--limit];
	uint32_t equals = POST_DOCS_MAX - above;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t impact = posts[i] & 0xFF;
		if (impact >= limit || (impact == limit - 1 && equals && equals--))
			posts[kept++] = posts[i];
	}
	return kept;
}

static void put_posts(struct assembly *s, struct file_term *terms)
{
	uint32_t total = COUNT(uint32_t, s->doc_terms), at = 0;
	const struct file_article *articles = ITEMS(const struct file_article, s->sections[SEC_ARTICLE]);
	const uint32_t *doc_terms = ITEMS(const uint32_t, s->doc_terms);
	uint32_t *posts = take(s, total, sizeof *posts), *fill = take(s, s->words.count, sizeof *fill);
	struct buf *out = &s->sections[SEC_DOC_POST];
	for (uint32_t t = 0; !s->err && t < s->words.count; t++) {
		fill[t] = at;
		at += terms[t].doc_all;
	}
	for (uint32_t d = 0; !s->err && d < s->doc_count; d++)
		for (uint32_t i = 0; i < articles[d].term_n; i++) {
			uint32_t term = doc_terms[articles[d].term_at + i];
			posts[fill[term >> 8]++] = d << 8 | impact_of(s, &articles[d], term & 0xFF);
		}
	for (uint32_t t = 0; !s->err && t < s->words.count; t++) {
		uint32_t n = terms[t].doc_all, *mine = posts + fill[t] - n;
		terms[t].doc_at = COUNT(uint32_t, *out);
		terms[t].doc_n = assemble_cut_posts(mine, n);
		terms[t].doc_weight = assemble_weight_of_doc_word(s->doc_count, n);
		buf_add_bytes(out, mine, terms[t].doc_n * sizeof *mine);
	}
	mem_free(posts);
	mem_free(fill);
}

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Words whose lists were cut (in a small KB all words) get numbers, the most frequent first. */
static void number_common(struct assembly *s, struct file_term *terms)
{
	uint64_t *keys = take(s, s->words.count, sizeof *keys);
	uint32_t n = 0;
	for (uint32_t t = 0; !s->err && t < s->words.count; t++)
		if (terms[t].doc_all > (s->doc_count > POST_DOCS_MAX ? terms[t].doc_n : 0))
			keys[n++] = (uint64_t)(UINT32_MAX - terms[t].doc_all) << 32 | t;
	if (!s->err)
		qsort(keys, n, sizeof *keys, by_u64);
	for (uint32_t i = 0; !s->err && i < n && i < COMMON_WORDS_MAX; i++)
		terms[(uint32_t)keys[i]].common = i + 1;
	mem_free(keys);
}

static int by_u16(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The weights of common words, by article: what the cut lists lack. */
static void put_common(struct assembly *s, const struct file_term *terms)
{
	struct file_article *articles = ITEMS(struct file_article, s->sections[SEC_ARTICLE]);
	const uint32_t *doc_terms = ITEMS(const uint32_t, s->doc_terms);
	struct buf *out = &s->sections[SEC_DOC_TERM];
	for (uint32_t d = 0; d < s->doc_count; d++) {
		const uint32_t *from = doc_terms + articles[d].term_at;
		uint16_t *to = (uint16_t *)(void *)buf_room(out, (articles[d].term_n + 1) * sizeof *to);
		uint32_t n = 0;
		if (!to)
			return;
		for (uint32_t i = 0; i < articles[d].term_n; i++) {
			uint32_t common = terms[from[i] >> 8].common;
			if (common)
				to[n++] = (uint16_t)((common - 1) << 3 | file_weight_step(from[i] & 0xFF));
		}
		qsort(to, n, sizeof *to, by_u16);
		articles[d].term_at = COUNT(uint16_t, *out);
		articles[d].term_n = n;
		out->n += n * sizeof *to;
	}
}

/* ---- messages in groups ---- */

uint64_t assemble_hash_tokens(const uint32_t *tokens, uint32_t n)
{
	return hash_bytes((struct str){ (const char *)tokens, n * sizeof *tokens });
}

static bool same_tokens(const struct assembly *s, uint32_t group, const uint32_t *tokens, uint32_t n)
{
	const struct file_group *g = &ITEMS(const struct file_group, s->sections[SEC_GROUP])[group];
	return g->token_n == n &&
	       !memcmp(ITEMS(const uint32_t, s->sections[SEC_TOKEN]) + g->token_at, tokens, n * sizeof *tokens);
}

static void grow_group_slots(struct assembly *s)
{
	uint32_t count = s->group_slot_count ? s->group_slot_count * 2 : 1024;
	uint32_t *slots = take(s, count, sizeof *slots);
	const struct file_group *groups = ITEMS(const struct file_group, s->sections[SEC_GROUP]);
	if (!slots)
		return;
	for (uint32_t g = 0; g < COUNT(struct file_group, s->sections[SEC_GROUP]); g++) {
		const uint32_t *tokens = ITEMS(const uint32_t, s->sections[SEC_TOKEN]) + groups[g].token_at;
		uint32_t at = (uint32_t)assemble_hash_tokens(tokens, groups[g].token_n) & (count - 1);
		while (slots[at])
			at = (at + 1) & (count - 1);
		slots[at] = g + 1;
	}
	mem_free(s->group_slots);
	s->group_slots = slots;
	s->group_slot_count = count;
}

static uint32_t group_of(struct assembly *s, const uint32_t *tokens, uint32_t n)
{
	uint32_t count = COUNT(struct file_group, s->sections[SEC_GROUP]), none = UINT32_MAX;
	if (count >= s->group_slot_count / 2)
		grow_group_slots(s);
	if (s->err)
		return none;
	uint32_t at = (uint32_t)assemble_hash_tokens(tokens, n) & (s->group_slot_count - 1);
	for (; s->group_slots[at]; at = (at + 1) & (s->group_slot_count - 1))
		if (same_tokens(s, s->group_slots[at] - 1, tokens, n))
			return s->group_slots[at] - 1;
	struct file_group g = { .token_at = COUNT(uint32_t, s->sections[SEC_TOKEN]), .token_n = n };
	buf_add_bytes(&s->sections[SEC_TOKEN], tokens, n * sizeof *tokens);
	buf_add_bytes(&s->sections[SEC_GROUP], &g, sizeof g);
	buf_add_bytes(&s->group_article, &none, sizeof none);
	s->err = buf_err(&s->sections[SEC_TOKEN]) ? ERR_NOMEM : buf_err(&s->sections[SEC_GROUP]);
	s->err = s->err ? s->err : buf_err(&s->group_article);
	s->group_slots[at] = count + 1;
	return s->err ? none : count;
}

static void put_message(struct assembly *s, uint32_t article, const struct doc_at *at, const struct digest_message *m)
{
	uint32_t tokens[GROUP_TOKENS_MAX], n = m->token_n < GROUP_TOKENS_MAX ? m->token_n : GROUP_TOKENS_MAX;
	const uint32_t *from = ITEMS_FROM(const uint32_t, at->from->tokens, m->token_at);
	const struct file_var *vars = ITEMS_FROM(const struct file_var, at->from->vars, m->var_at);
	for (uint32_t i = 0; i < n; i++)
		tokens[i] = from[i] == TOKEN_VAR ? TOKEN_VAR : at->remap[from[i]];
	uint32_t group = n ? group_of(s, tokens, n) : UINT32_MAX;
	uint32_t *last = ITEMS(uint32_t, s->group_article);
	if (group == UINT32_MAX || last[group] == article)
		return;
	last[group] = article;
	struct owned o = { group, { .article = article, .place = m->place, .announced = m->announced,
				    .text = keep_text(s, digest_str(at->from, m->text)),
				    .var_at = COUNT(struct file_var, s->sections[SEC_VAR]),
				    .var_n = (uint16_t)m->var_n } };
	for (uint32_t i = 0; i < m->var_n; i++) {
		struct file_var v = vars[i];
		v.name = keep_text(s, digest_str(at->from, v.name));
		buf_add_bytes(&s->sections[SEC_VAR], &v, sizeof v);
	}
	buf_add_bytes(&s->owned, &o, sizeof o);
}

static void put_messages(struct assembly *s)
{
	for (uint32_t d = 0; d < s->doc_count && !s->err; d++) {
		const struct doc_at *at = &s->docs[d];
		const struct digest_message *m = ITEMS(const struct digest_message, at->from->messages);
		for (uint32_t i = 0; i < at->doc->message_n && !s->err; i++)
			put_message(s, d, at, &m[at->doc->message_at + i]);
	}
}

static void put_owners(struct assembly *s)
{
	struct file_group *groups = ITEMS(struct file_group, s->sections[SEC_GROUP]);
	uint32_t group_count = COUNT(struct file_group, s->sections[SEC_GROUP]);
	const struct owned *owned = ITEMS(const struct owned, s->owned);
	uint32_t owned_count = COUNT(struct owned, s->owned), at = 0;
	struct file_owner *owners = take(s, owned_count, sizeof *owners);
	if (s->err)
		return;
	for (uint32_t i = 0; i < owned_count; i++)
		groups[owned[i].group].owner_n++;
	for (uint32_t g = 0; g < group_count; g++) {
		groups[g].owner_at = at;
		at += groups[g].owner_n;
		groups[g].owner_n = 0;
	}
	for (uint32_t i = 0; i < owned_count; i++) {
		struct file_group *g = &groups[owned[i].group];
		owners[g->owner_at + g->owner_n++] = owned[i].owner;
	}
	buf_add_bytes(&s->sections[SEC_OWNER], owners, owned_count * sizeof *owners);
	mem_free(owners);
}

/* ---- groups by word and by pair ---- */

uint32_t assemble_sort_unique(uint64_t *keys, uint32_t n)
{
	uint32_t kept = 0;
	qsort(keys, n, sizeof *keys, by_u64);
	for (uint32_t i = 0; i < n; i++)
		if (!kept || keys[kept - 1] != keys[i])
			keys[kept++] = keys[i];
	return kept;
}

static void put_term_groups(struct assembly *s, struct file_term *terms, uint64_t *keys)
{
	struct file_group *groups = ITEMS(struct file_group, s->sections[SEC_GROUP]);
	const uint32_t *tokens = ITEMS(const uint32_t, s->sections[SEC_TOKEN]);
	uint32_t group_count = COUNT(struct file_group, s->sections[SEC_GROUP]), n = 0;
	for (uint32_t g = 0; g < group_count; g++)
		for (uint32_t i = 0; i < groups[g].token_n; i++)
			if (tokens[groups[g].token_at + i] != TOKEN_VAR)
				keys[n++] = (uint64_t)tokens[groups[g].token_at + i] << 32 | g;
	n = assemble_sort_unique(keys, n);
	for (uint32_t i = 0; i < n; i++) {
		struct file_term *t = &terms[keys[i] >> 32];
		uint32_t group = (uint32_t)keys[i];
		if (!t->group_n++)
			t->group_at = i;
		buf_add_bytes(&s->sections[SEC_GROUP_POST], &group, sizeof group);
	}
	for (uint32_t t = 0; t < s->words.count; t++)
		terms[t].weight = assemble_weight_of_group_word(group_count, terms[t].group_n);
	for (uint32_t g = 0; g < group_count; g++)
		for (uint32_t i = 0; i < groups[g].token_n; i++)
			if (tokens[groups[g].token_at + i] != TOKEN_VAR)
				groups[g].weight += terms[tokens[groups[g].token_at + i]].weight;
}

static void put_pair_groups(struct assembly *s, uint64_t *keys)
{
	const struct file_group *groups = ITEMS(const struct file_group, s->sections[SEC_GROUP]);
	const uint32_t *tokens = ITEMS(const uint32_t, s->sections[SEC_TOKEN]);
	uint32_t group_count = COUNT(struct file_group, s->sections[SEC_GROUP]), n = 0, buckets = 1024, at = 0;
	while (buckets < COUNT(uint32_t, s->sections[SEC_TOKEN]) / 2)
		buckets *= 2;
	for (uint32_t g = 0; g < group_count; g++)
		for (uint32_t i = 1; i < groups[g].token_n; i++) {
			uint32_t a = tokens[groups[g].token_at + i - 1], b = tokens[groups[g].token_at + i];
			if (a != TOKEN_VAR && b != TOKEN_VAR)
				keys[n++] = (uint64_t)file_pair_bucket(a, b, buckets) << 32 | g;
		}
	n = assemble_sort_unique(keys, n);
	for (uint32_t b = 0; b < buckets; b++) {
		buf_add_bytes(&s->sections[SEC_PAIR_AT], &at, sizeof at);
		for (; at < n && keys[at] >> 32 == b; at++) {
			uint32_t group = (uint32_t)keys[at];
			buf_add_bytes(&s->sections[SEC_PAIR_POST], &group, sizeof group);
		}
	}
	buf_add_bytes(&s->sections[SEC_PAIR_AT], &at, sizeof at);
}

static int by_code(const void *a, const void *b)
{
	int64_t x = ((const struct file_code *)a)->value, y = ((const struct file_code *)b)->value;
	return (x > y) - (x < y);
}

enum err assemble_put_codes(struct buf sections[SEC_COUNT], const struct store_code *codes, size_t count)
{
	struct buf *text = &sections[SEC_TEXT], *out = &sections[SEC_CODE];
	for (size_t i = 0; i < count; i++) {
		struct file_code c = { codes[i].value, add_text(text, codes[i].family), add_text(text, codes[i].symbol),
				       add_text(text, codes[i].says) };
		buf_add_bytes(out, &c, sizeof c);
	}
	if (count && !buf_err(out))
		qsort(out->p, count, sizeof(struct file_code), by_code);
	enum err e = buf_err(out) ? buf_err(out) : text->n > UINT32_MAX ? ERR_LIMIT : buf_err(text);
	return e ? e : meaning_put_said(sections);
}

static void put_indexes(struct assembly *s)
{
	struct file_term *terms = take(s, s->words.count, sizeof *terms);
	if (!s->err)
		put_articles(s, terms);
	if (is_whole(s))
		put_classes(s);
	if (!s->err)
		put_posts(s, terms);
	if (!s->err)
		number_common(s, terms);
	if (!s->err)
		put_common(s, terms);
	buf_free(&s->doc_terms);
	if (!s->err)
		put_messages(s);
	if (is_whole(s))
		put_owners(s);
	uint64_t *keys = take(s, COUNT(uint32_t, s->sections[SEC_TOKEN]), sizeof *keys);
	if (!s->err) {
		put_term_groups(s, terms, keys);
		put_pair_groups(s, keys);
		buf_add_bytes(&s->sections[SEC_TERM], terms, s->words.count * sizeof *terms);
	}
	mem_free(keys);
	mem_free(terms);
}

enum err assemble(struct digest *const *digests, unsigned count, double mean_length, const struct store_code *codes,
		  size_t code_count, struct file_stamp stamp, struct buf *ret_block)
{
	struct assembly s = { .digests = digests, .digest_count = count, .mean_length = mean_length };
	vocab_add(&s.words, STR("error")); /* an empty KB has a table too */
	order_docs(&s);
	if (!s.err)
		number_words(&s);
	if (!s.err)
		put_indexes(&s);
	if (!s.err)
		put_words(&s);
	if (is_whole(&s))
		s.err = assemble_put_codes(s.sections, codes, code_count);
	if (!s.err)
		s.err = sayings_put(s.sections);
	if (!s.err)
		s.err = passage_put_runs(s.sections);
	if (!s.err)
		s.err = literals_put(s.sections);
	enum err e = s.err ? s.err : file_seal(s.sections, stamp, s.mean_length, ret_block);
	for (int i = 0; i < SEC_COUNT; i++)
		buf_free(&s.sections[i]);
	for (unsigned i = 0; i < count; i++)
		mem_free(s.remaps[i]);
	vocab_free(&s.words);
	mem_free(s.docs);
	mem_free(s.group_slots);
	buf_free(&s.group_article);
	buf_free(&s.owned);
	return e;
}
