/* SPDX-License-Identifier: MIT */
#include "match/patch.h"

#include "base/mem.h"
#include "match/assemble.h"
#include "match/literals.h"
#include "match/passage.h"
#include "match/vocab.h"

#include <stdlib.h>
#include <string.h>

struct patch {
	const struct file_view *base, *delta;
	const bool *gone;
	const uint32_t *numbers; /* of the delta's articles */
	struct vocab words;
	struct file_term *terms;
	uint32_t *words_of, *delta_of; /* delta's word > ours; ours > delta's + 1 */
	uint32_t *common;	       /* common word of base > its term */
	uint32_t live;		       /* articles */
	uint32_t text_shift;
	uint32_t *groups_of;	   /* delta's group > ours */
	struct buf sections[SEC_COUNT];
	enum err err;
};

#define ITEMS(type, buffer) ((type *)(void *)(buffer).p)
#define COUNT(type, buffer) ((uint32_t)((buffer).n / sizeof(type)))

static void *take(struct patch *p, size_t count, size_t size)
{
	void *room = mem_resize(NULL, (count ? count : 1) * size);
	if (room)
		memset(room, 0, count * size);
	else
		p->err = ERR_NOMEM;
	return room;
}

static size_t count_of(const struct file_view *v, enum file_section s)
{
	return (size_t)v->header.sections[s].n;
}

/* A copy of base's section, to be added to. */
static void copy_section(struct patch *p, enum file_section s)
{
	const struct file_header *h = &p->base->header;
	buf_add_bytes(&p->sections[s], p->base->block.p + h->sections[s].at, (size_t)h->sections[s].n * file_item_size(s));
	if (buf_err(&p->sections[s]))
		p->err = buf_err(&p->sections[s]);
}

static struct file_text shifted(const struct patch *p, struct file_text t)
{
	t.at += p->text_shift;
	return t;
}

/* ---- words ---- */

static bool words_are_sound(const struct file_view *v)
{
	uint64_t all = count_of(v, SEC_TERM_TEXT);
	uint32_t filled = 0;
	for (uint32_t t = 0; t < v->term_count; t++)
		if (v->term_at[t] > v->term_at[t + 1])
			return false;
	for (uint32_t i = 0; i < v->slot_count; i++) {
		filled += v->slots[i] != 0;
		if (v->slots[i] > v->term_count)
			return false;
	}
	return v->term_at[0] == 0 && v->term_at[v->term_count] == all && filled == v->term_count &&
	       filled < v->slot_count;
}

static void copy_words(struct patch *p)
{
	const struct file_view *v = p->base;
	struct vocab *w = &p->words;
	w->slots = take(p, v->slot_count, sizeof *w->slots);
	w->text_at = take(p, v->term_count + 1, sizeof *w->text_at);
	if (p->err)
		return;
	memcpy(w->slots, v->slots, v->slot_count * sizeof *w->slots);
	memcpy(w->text_at, v->term_at, (v->term_count + 1) * sizeof *w->text_at);
	w->slot_count = v->slot_count;
	w->count = w->cap = v->term_count;
	buf_add_bytes(&w->text, v->term_text, count_of(v, SEC_TERM_TEXT));
	p->err = buf_err(&w->text);
}

static void join_words(struct patch *p)
{
	const struct file_view *d = p->delta;
	copy_words(p);
	p->words_of = take(p, d->term_count, sizeof *p->words_of);
	for (uint32_t t = 0; !p->err && t < d->term_count; t++) {
		p->words_of[t] = vocab_add(&p->words, file_term_word(d, t));
		if (p->words_of[t] == VOCAB_NONE)
			p->err = p->words.err ? p->words.err : ERR_LIMIT;
	}
	p->terms = take(p, p->words.count, sizeof *p->terms);
	p->delta_of = take(p, p->words.count, sizeof *p->delta_of);
	p->common = take(p, COMMON_WORDS_MAX + 1, sizeof *p->common);
	if (p->err)
		return;
	memcpy(p->terms, p->base->terms, p->base->term_count * sizeof *p->terms);
	for (uint32_t t = 0; t < d->term_count; t++)
		p->delta_of[p->words_of[t]] = t + 1;
	for (uint32_t t = 0; t < p->base->term_count; t++)
		if (p->terms[t].common && p->terms[t].common <= COMMON_WORDS_MAX)
			p->common[p->terms[t].common - 1] = t;
}

static void put_words(struct patch *p)
{
	const struct vocab *w = &p->words;
	buf_add_bytes(&p->sections[SEC_TERM_SLOT], w->slots, w->slot_count * sizeof *w->slots);
	buf_add_bytes(&p->sections[SEC_TERM_AT], w->text_at, (w->count + 1) * sizeof *w->text_at);
	buf_add(&p->sections[SEC_TERM_TEXT], buf_str(&w->text));
	buf_add_bytes(&p->sections[SEC_TERM], p->terms, w->count * sizeof *p->terms);
}

/* ---- articles ---- */

static int by_u16(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* The delta's article with those of its words that are common in base. delta_term: its common words > terms. */
static struct file_article add_article(struct patch *p, const struct file_article *from, const uint32_t *delta_term)
{
	struct buf *out = &p->sections[SEC_DOC_TERM];
	struct file_article x = *from;
	x.id = shifted(p, x.id);
	x.title = shifted(p, x.title);
	x.code_at = COUNT(struct file_article_code, p->sections[SEC_ARTICLE_CODE]);
	x.term_at = COUNT(uint16_t, *out);
	for (uint32_t i = 0; i < from->term_n; i++) {
		uint16_t packed = p->delta->doc_term[from->term_at + i];
		uint32_t common = p->terms[p->words_of[delta_term[packed >> 3]]].common;
		uint16_t ours = (uint16_t)((common - 1) << 3 | (packed & 7));
		if (common)
			buf_add_bytes(out, &ours, sizeof ours);
	}
	x.term_n = COUNT(uint16_t, *out) - x.term_at;
	if (!buf_err(out) && x.term_n)
		qsort(ITEMS(uint16_t, *out) + x.term_at, x.term_n, sizeof(uint16_t), by_u16);
	x.word_at = COUNT(uint16_t, p->sections[SEC_DOC_WORD]);
	buf_add_bytes(&p->sections[SEC_DOC_WORD], p->delta->doc_word + from->word_at, from->word_n * sizeof(uint16_t));
	for (uint32_t i = 0; i < from->code_n; i++) {
		struct file_article_code c = p->delta->article_codes[from->code_at + i];
		c.family = shifted(p, c.family);
		buf_add_bytes(&p->sections[SEC_ARTICLE_CODE], &c, sizeof c);
	}
	return x;
}

/* What is gone no longer counts among those that have its common words. */
static void forget_article(struct patch *p, struct file_article *x)
{
	for (uint32_t i = 0; i < x->term_n; i++) {
		uint32_t term = p->common[p->base->doc_term[x->term_at + i] >> 3];
		if (p->terms[term].common && p->terms[term].doc_all)
			p->terms[term].doc_all--;
	}
	*x = (struct file_article){ 0 };
}

static void join_over_times(struct patch *p)
{
	for (uint32_t i = 0; i < p->base->over_time_count; i++)
		if (!p->gone[p->base->over_times[i].article])
			buf_add_bytes(&p->sections[SEC_OVER_TIME], &p->base->over_times[i],
				      sizeof p->base->over_times[i]);
	for (uint32_t i = 0; i < p->delta->over_time_count; i++) {
		struct file_over_time o = p->delta->over_times[i];
		o.article = p->numbers[o.article];
		o.text = shifted(p, o.text);
		buf_add_bytes(&p->sections[SEC_OVER_TIME], &o, sizeof o);
	}
}

static void join_articles(struct patch *p)
{
	const struct file_view *d = p->delta;
	uint32_t *delta_term = take(p, COMMON_WORDS_MAX + 1, sizeof *delta_term);
	struct buf *out = &p->sections[SEC_ARTICLE];
	for (uint32_t t = 0; !p->err && t < d->term_count; t++) {
		if (d->terms[t].common)
			delta_term[d->terms[t].common - 1] = t;
		else if (d->terms[t].doc_all) /* its weight would have to be guessed */
			p->err = ERR_LIMIT;
	}
	for (uint32_t i = 0; !p->err && i < p->base->article_count; i++)
		if (p->gone[i])
			forget_article(p, &ITEMS(struct file_article, *out)[i]);
	for (uint32_t i = 0; !p->err && i < d->article_count; i++) {
		struct file_article x = add_article(p, &d->articles[i], delta_term);
		if (p->numbers[i] < COUNT(struct file_article, *out))
			ITEMS(struct file_article, *out)[p->numbers[i]] = x;
		else
			buf_add_bytes(out, &x, sizeof x);
		p->err = buf_err(out);
	}
	if (!p->err && !buf_err(&p->sections[SEC_CLASS])) /* what is gone stays counted: it is little */
		p->err = assemble_count_classes(d->articles, d->article_count, d->doc_word,
						ITEMS(uint32_t, p->sections[SEC_CLASS]));
	for (uint32_t i = 0; !p->err && i < COUNT(struct file_article, *out); i++)
		p->live += ITEMS(struct file_article, *out)[i].stamp != 0;
	mem_free(delta_term);
}

static int by_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The articles of one word: base's that stay, then the delta's, in order of articles. */
static void join_posts(struct patch *p, uint32_t term, struct buf *out)
{
	struct file_term *t = &p->terms[term];
	uint32_t n = 0, kept = 0, added = 0;
	const uint32_t *from = term < p->base->term_count ? file_term_articles(p->base, term, &n) : NULL;
	const uint32_t *more = p->delta_of[term] ? file_term_articles(p->delta, p->delta_of[term] - 1, &added) : NULL;
	uint32_t *to = (uint32_t *)(void *)buf_room(out, (n + added + 1) * sizeof *to);
	if (!to)
		return;
	for (uint32_t i = 0; i < n; i++)
		if (from[i] >> 8 < p->base->article_count && !p->gone[from[i] >> 8])
			to[kept++] = from[i];
	if (!t->common)
		t->doc_all = kept;
	t->doc_all += added;
	for (uint32_t i = 0; i < added; i++)
		to[kept++] = p->numbers[more[i] >> 8] << 8 | (more[i] & 0xFF);
	if (added)
		qsort(to, kept, sizeof *to, by_u32);
	t->doc_at = COUNT(uint32_t, *out);
	t->doc_n = t->common ? assemble_cut_posts(to, kept) : kept;
	t->doc_weight = assemble_weight_of_doc_word(p->live, t->doc_all);
	out->n += t->doc_n * sizeof *to;
}

/* ---- messages ---- */

struct group_table { uint32_t *slots, count; };

static const uint32_t *tokens_of(const struct patch *p, const struct file_group *g)
{
	return ITEMS(const uint32_t, p->sections[SEC_TOKEN]) + g->token_at;
}

/* The slot of the group with these tokens, or where it would be. */
static uint32_t *group_slot(const struct patch *p, const struct group_table *table, const uint32_t *tokens, uint32_t n)
{
	const struct file_group *groups = ITEMS(const struct file_group, p->sections[SEC_GROUP]);
	uint32_t at = (uint32_t)assemble_hash_tokens(tokens, n) & (table->count - 1);
	for (; table->slots[at]; at = (at + 1) & (table->count - 1)) {
		const struct file_group *g = &groups[table->slots[at] - 1];
		if (g->token_n == n && !memcmp(tokens_of(p, g), tokens, n * sizeof *tokens))
			break;
	}
	return &table->slots[at];
}

/* One that lost all its owners before stays out of the indexes; a message that comes again gets a new group. */
static void make_table(struct patch *p, struct group_table *table)
{
	const struct file_group *groups = ITEMS(const struct file_group, p->sections[SEC_GROUP]);
	table->count = 1024;
	while (table->count < 2 * (p->base->group_count + p->delta->group_count))
		table->count *= 2;
	table->slots = take(p, table->count, sizeof *table->slots);
	for (uint32_t g = 0; !p->err && g < p->base->group_count; g++)
		if (groups[g].owner_n)
			*group_slot(p, table, tokens_of(p, &groups[g]), groups[g].token_n) = g + 1;
}

static void join_groups(struct patch *p)
{
	const struct file_view *d = p->delta;
	struct group_table table = { 0 };
	uint32_t *tokens = take(p, count_of(d, SEC_TOKEN), sizeof *tokens);
	p->groups_of = take(p, d->group_count, sizeof *p->groups_of);
	if (!p->err)
		make_table(p, &table);
	for (uint32_t g = 0; !p->err && g < d->group_count; g++) {
		const uint32_t *from = d->tokens + d->groups[g].token_at;
		uint32_t n = d->groups[g].token_n;
		for (uint32_t i = 0; i < n; i++)
			tokens[i] = from[i] == TOKEN_VAR ? TOKEN_VAR : p->words_of[from[i]];
		uint32_t *slot = group_slot(p, &table, tokens, n);
		if (!*slot) {
			struct file_group x = { .token_at = COUNT(uint32_t, p->sections[SEC_TOKEN]), .token_n = n };
			buf_add_bytes(&p->sections[SEC_TOKEN], tokens, n * sizeof *tokens);
			buf_add_bytes(&p->sections[SEC_GROUP], &x, sizeof x);
			*slot = COUNT(struct file_group, p->sections[SEC_GROUP]);
			p->err = buf_err(&p->sections[SEC_TOKEN]) ? ERR_NOMEM : buf_err(&p->sections[SEC_GROUP]);
		}
		p->groups_of[g] = *slot - 1;
	}
	mem_free(tokens);
	mem_free(table.slots);
}

static int by_article(const void *a, const void *b)
{
	uint32_t x = ((const struct file_owner *)a)->article, y = ((const struct file_owner *)b)->article;
	return (x > y) - (x < y);
}

static struct file_owner owner_of_delta(const struct patch *p, const struct file_owner *from)
{
	struct file_owner o = *from;
	o.article = p->numbers[o.article];
	o.text = shifted(p, o.text);
	o.var_at += (uint32_t)count_of(p->base, SEC_VAR);
	return o;
}

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Owners lie group by group; those of the delta's groups go where ours are. */
static void join_owners(struct patch *p)
{
	const struct file_view *b = p->base, *d = p->delta;
	struct file_group *groups = ITEMS(struct file_group, p->sections[SEC_GROUP]);
	uint32_t count = COUNT(struct file_group, p->sections[SEC_GROUP]), next = 0;
	struct buf *out = &p->sections[SEC_OWNER];
	uint64_t *order = take(p, d->group_count, sizeof *order); /* our group << 32 | delta's */
	if (p->err)
		return;
	for (uint32_t g = 0; g < d->group_count; g++)
		order[g] = (uint64_t)p->groups_of[g] << 32 | g;
	qsort(order, d->group_count, sizeof *order, by_u64);
	for (uint32_t g = 0; g < count; g++) {
		uint32_t at = COUNT(struct file_owner, *out);
		for (uint32_t i = 0; i < groups[g].owner_n; i++)
			if (!p->gone[b->owners[groups[g].owner_at + i].article])
				buf_add_bytes(out, &b->owners[groups[g].owner_at + i], sizeof *b->owners);
		bool more = false;
		for (; next < d->group_count && order[next] >> 32 == g; next++, more = true)
			for (uint32_t i = 0; i < d->groups[(uint32_t)order[next]].owner_n; i++) {
				struct file_owner o = owner_of_delta(
					p, &d->owners[d->groups[(uint32_t)order[next]].owner_at + i]);
				buf_add_bytes(out, &o, sizeof o);
			}
		groups[g].owner_at = at;
		groups[g].owner_n = COUNT(struct file_owner, *out) - at;
		if (more && !buf_err(out))
			qsort(ITEMS(struct file_owner, *out) + at, groups[g].owner_n, sizeof(struct file_owner),
			      by_article);
	}
	mem_free(order);
}

static void join_vars(struct patch *p)
{
	for (uint64_t i = 0; i < count_of(p->delta, SEC_VAR); i++) {
		struct file_var v = p->delta->vars[i];
		v.name = shifted(p, v.name);
		buf_add_bytes(&p->sections[SEC_VAR], &v, sizeof v);
	}
}

/* ---- groups by word and by pair ---- */

static void keep_living(struct patch *p, const uint32_t *from, uint32_t n, struct buf *out)
{
	const struct file_group *groups = ITEMS(const struct file_group, p->sections[SEC_GROUP]);
	uint32_t *to = (uint32_t *)(void *)buf_room(out, (n + 1) * sizeof *to), kept = 0;
	for (uint32_t i = 0; to && i < n; i++)
		if (from[i] < p->base->group_count && groups[from[i]].owner_n)
			to[kept++] = from[i];
	out->n += kept * sizeof *to;
}

static void add_keys(const uint64_t *keys, uint32_t n, uint32_t *at, uint32_t key, struct buf *out)
{
	for (; *at < n && keys[*at] >> 32 == key; ++*at) {
		uint32_t group = (uint32_t)keys[*at];
		buf_add_bytes(out, &group, sizeof group);
	}
}

static void join_term_groups(struct patch *p, uint64_t *keys)
{
	const struct file_group *groups = ITEMS(const struct file_group, p->sections[SEC_GROUP]);
	const uint32_t count = COUNT(struct file_group, p->sections[SEC_GROUP]);
	struct buf *out = &p->sections[SEC_GROUP_POST];
	uint32_t n = 0, at = 0, living = 0;
	for (uint32_t g = 0; g < count; g++)
		living += groups[g].owner_n > 0;
	for (uint32_t g = p->base->group_count; g < count; g++)
		for (uint32_t i = 0; i < groups[g].token_n; i++)
			if (tokens_of(p, &groups[g])[i] != TOKEN_VAR)
				keys[n++] = (uint64_t)tokens_of(p, &groups[g])[i] << 32 | g;
	n = assemble_sort_unique(keys, n);
	for (uint32_t t = 0; t < p->words.count; t++) {
		uint32_t old = 0, start = COUNT(uint32_t, *out);
		const uint32_t *from = t < p->base->term_count ? file_term_groups(p->base, t, &old) : NULL;
		keep_living(p, from, old, out);
		add_keys(keys, n, &at, t, out);
		p->terms[t].group_at = start;
		p->terms[t].group_n = COUNT(uint32_t, *out) - start;
		p->terms[t].weight = assemble_weight_of_group_word(living, p->terms[t].group_n);
	}
}

static void weigh_groups(struct patch *p)
{
	struct file_group *groups = ITEMS(struct file_group, p->sections[SEC_GROUP]);
	for (uint32_t g = 0; g < COUNT(struct file_group, p->sections[SEC_GROUP]); g++) {
		const uint32_t *tokens = tokens_of(p, &groups[g]);
		groups[g].weight = 0;
		for (uint32_t i = 0; i < groups[g].token_n; i++)
			if (tokens[i] < p->words.count)
				groups[g].weight += p->terms[tokens[i]].weight;
	}
}

static void join_pair_groups(struct patch *p, uint64_t *keys)
{
	const struct file_group *groups = ITEMS(const struct file_group, p->sections[SEC_GROUP]);
	struct buf *out = &p->sections[SEC_PAIR_POST];
	uint32_t buckets = p->base->pair_buckets, n = 0, at = 0, end = 0;
	uint64_t all = count_of(p->base, SEC_PAIR_POST);
	for (uint32_t g = p->base->group_count; g < COUNT(struct file_group, p->sections[SEC_GROUP]); g++)
		for (uint32_t i = 1; i < groups[g].token_n; i++) {
			const uint32_t *pair = tokens_of(p, &groups[g]) + i - 1;
			if (pair[0] != TOKEN_VAR && pair[1] != TOKEN_VAR)
				keys[n++] = (uint64_t)file_pair_bucket(pair[0], pair[1], buckets) << 32 | g;
		}
	n = assemble_sort_unique(keys, n);
	for (uint32_t b = 0; b < buckets; b++) {
		uint32_t from = p->base->pair_at[b], to = p->base->pair_at[b + 1];
		end = COUNT(uint32_t, *out);
		buf_add_bytes(&p->sections[SEC_PAIR_AT], &end, sizeof end);
		if (from <= to && to <= all)
			keep_living(p, p->base->pair_post + from, to - from, out);
		add_keys(keys, n, &at, b, out);
	}
	end = COUNT(uint32_t, *out);
	buf_add_bytes(&p->sections[SEC_PAIR_AT], &end, sizeof end);
}

/* ---- all of it ---- */

/* Texts that nothing shows any more: names and placeholders are not counted, they are few. */
static bool is_littered(const struct patch *p)
{
	uint64_t used = 0, all = p->sections[SEC_TEXT].n;
	for (uint32_t i = 0; i < COUNT(struct file_article, p->sections[SEC_ARTICLE]); i++) {
		const struct file_article *x = &ITEMS(const struct file_article, p->sections[SEC_ARTICLE])[i];
		used += x->id.n + x->title.n;
	}
	for (uint32_t i = 0; i < COUNT(struct file_owner, p->sections[SEC_OWNER]); i++)
		used += ITEMS(const struct file_owner, p->sections[SEC_OWNER])[i].text.n;
	return all > 2 * used + (1 << 20);
}

static void join_messages(struct patch *p)
{
	join_groups(p);
	if (!p->err)
		join_owners(p);
	uint64_t *keys = take(p, p->sections[SEC_TOKEN].n / 4, sizeof *keys);
	if (!p->err) {
		join_vars(p);
		join_term_groups(p, keys);
		weigh_groups(p);
		join_pair_groups(p, keys);
	}
	mem_free(keys);
}

static void join_all(struct patch *p)
{
	static const enum file_section copied[] = { SEC_TEXT, SEC_ARTICLE, SEC_ARTICLE_CODE, SEC_DOC_TERM,
						    SEC_DOC_WORD, SEC_CLASS, SEC_SAYING, SEC_SAYING_TEXT,
						    SEC_GROUP, SEC_TOKEN, SEC_VAR };
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++)
		copy_section(p, copied[i]);
	p->text_shift = (uint32_t)p->sections[SEC_TEXT].n;
	buf_add(&p->sections[SEC_TEXT], (struct str){ p->delta->text, count_of(p->delta, SEC_TEXT) });
	if (!p->err)
		join_words(p);
	if (!p->err)
		join_articles(p);
	if (!p->err)
		join_over_times(p);
	for (uint32_t t = 0; !p->err && t < p->words.count; t++)
		join_posts(p, t, &p->sections[SEC_DOC_POST]);
	if (!p->err)
		join_messages(p);
	if (!p->err)
		put_words(p);
	if (!p->err && is_littered(p))
		p->err = ERR_LIMIT;
}

static bool tokens_are_sound(const struct file_view *v)
{
	for (uint64_t i = 0; i < count_of(v, SEC_TOKEN); i++)
		if (v->tokens[i] != TOKEN_VAR && v->tokens[i] >= v->term_count)
			return false;
	return true;
}

enum err patch_block(const struct file_view *base, const bool *gone, const struct file_view *delta,
		     const uint32_t *numbers, const struct store_code *codes, size_t code_count,
		     struct file_stamp stamp, struct buf *ret_block)
{
	struct patch p = { .base = base, .delta = delta, .gone = gone, .numbers = numbers };
	if (!words_are_sound(base) || !tokens_are_sound(base))
		return ERR_DAMAGED;
	join_all(&p);
	enum err e = p.err ? p.err : file_sections_err(p.sections);
	if (!e)
		e = assemble_put_codes(p.sections, codes, code_count);
	if (!e)
		e = passage_put_runs(p.sections);
	if (!e)
		e = literals_put(p.sections);
	if (!e)
		e = file_seal(p.sections, stamp, base->header.mean_length, ret_block);
	for (int i = 0; i < SEC_COUNT; i++)
		buf_free(&p.sections[i]);
	vocab_free(&p.words);
	mem_free(p.terms);
	mem_free(p.words_of);
	mem_free(p.delta_of);
	mem_free(p.common);
	mem_free(p.groups_of);
	return e;
}
