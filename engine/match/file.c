/* SPDX-License-Identifier: MIT */
#include "match/file.h"

#include "base/hash.h"
#include "match/vocab.h"
#include "match/words.h"
#include "rule/rule.h"

#include <string.h>

static const char magic[8] = { 'k', 'b', 't', 'm', 'a', 't', 'c', 'h' };

static const size_t item_sizes[SEC_COUNT] = {
	[SEC_TERM_SLOT] = 4,
	[SEC_TERM_AT] = 4,
	[SEC_TERM_TEXT] = 1,
	[SEC_TERM] = sizeof(struct file_term),
	[SEC_GROUP] = sizeof(struct file_group),
	[SEC_TOKEN] = 4,
	[SEC_GROUP_POST] = 4,
	[SEC_PAIR_AT] = 4,
	[SEC_PAIR_POST] = 4,
	[SEC_OWNER] = sizeof(struct file_owner),
	[SEC_VAR] = sizeof(struct file_var),
	[SEC_ARTICLE] = sizeof(struct file_article),
	[SEC_DOC_POST] = 4,
	[SEC_DOC_TERM] = 2,
	[SEC_DOC_WORD] = 2,
	[SEC_CLASS] = 4,
	[SEC_ARTICLE_CODE] = sizeof(struct file_article_code),
	[SEC_CODE] = sizeof(struct file_code),
	[SEC_SAID] = sizeof(struct file_said),
	[SEC_SAYING] = sizeof(struct file_saying),
	[SEC_SAYING_TEXT] = 1,
	[SEC_TITLE_RUN] = 1,
	[SEC_OVER_TIME] = sizeof(struct file_over_time),
	[SEC_TEXT] = 1,
	[SEC_LITERAL] = sizeof(struct file_literal),
	[SEC_LITERAL_MESSAGE] = sizeof(struct file_literal_message),
	[SEC_LITERAL_BRIEF] = 4,
	[SEC_LITERAL_LONG] = 4,
	[SEC_LITERAL_BITS] = 8,
	[SEC_LITERAL_LONG_BITS] = 8,
};

uint64_t file_stamp_source(uint64_t stamp, uint64_t source_hash)
{
	return hash_seeded((struct str){ (const char *)&source_hash, sizeof source_hash }, stamp);
}

size_t file_item_size(enum file_section s)
{
	return item_sizes[s];
}

struct str file_str(const struct file_view *v, struct file_text t)
{
	return (struct str){ v->text + t.at, t.n };
}

struct str file_term_word(const struct file_view *v, uint32_t term)
{
	uint64_t all = v->header.sections[SEC_TERM_TEXT].n;
	uint32_t at = term < v->term_count ? v->term_at[term] : 1,
		 end = term < v->term_count ? v->term_at[term + 1] : 0;
	return at <= end && end <= all ? (struct str){ v->term_text + at, end - at } : STR("");
}

uint32_t file_find_term(const struct file_view *v, struct str word)
{
	uint32_t at = vocab_slot(word, v->slot_count);
	for (uint32_t tries = 0; v->slots[at] && tries < v->slot_count; tries++) {
		uint32_t term = v->slots[at] - 1;
		if (term < v->term_count && str_eq(file_term_word(v, term), word))
			return term;
		at = (at + 1) & (v->slot_count - 1);
	}
	return VOCAB_NONE;
}

static const uint32_t *slice(const struct file_view *v, const uint32_t *items, enum file_section s, uint64_t at,
			     uint64_t n, uint32_t *ret_n)
{
	uint64_t all = v->header.sections[s].n;
	bool good = at <= all && n <= all - at;
	*ret_n = good ? (uint32_t)n : 0;
	return items + (good ? at : 0);
}

const uint32_t *file_term_groups(const struct file_view *v, uint32_t term, uint32_t *ret_n)
{
	const struct file_term *t = &v->terms[term];
	return slice(v, v->group_post, SEC_GROUP_POST, t->group_at, t->group_n, ret_n);
}

const uint32_t *file_pair_groups(const struct file_view *v, uint32_t a, uint32_t b, uint32_t *ret_n)
{
	uint32_t bucket = file_pair_bucket(a, b, v->pair_buckets), at = v->pair_at[bucket],
		 end = v->pair_at[bucket + 1];
	return slice(v, v->pair_post, SEC_PAIR_POST, at, end >= at ? end - at : 0, ret_n);
}

const uint32_t *file_term_articles(const struct file_view *v, uint32_t term, uint32_t *ret_n)
{
	const struct file_term *t = &v->terms[term];
	return slice(v, v->doc_post, SEC_DOC_POST, t->doc_at, t->doc_n, ret_n);
}

float file_term_weight(const struct file_view *v, uint32_t term)
{
	return term < v->term_count ? v->terms[term].weight : 0;
}

static const uint8_t weight_steps[8] = { 1, 2, 3, 5, 8, 13, 24, 64 };

uint32_t file_weight_step(uint32_t weight)
{
	uint32_t step = 7;
	while (step && weight_steps[step] > weight)
		step--;
	return step;
}

uint32_t file_step_weight(uint32_t step)
{
	return weight_steps[step & 7];
}

uint32_t file_pair_bucket(uint32_t a, uint32_t b, uint32_t buckets)
{
	uint64_t x = ((uint64_t)a << 32 | b) * 0x9E3779B97F4A7C15u;
	return (uint32_t)(x >> 32) & (buckets - 1);
}

/* ---- checking ---- */

static bool is_power(uint64_t n)
{
	return n && !(n & (n - 1));
}

static bool in(uint64_t at, uint64_t n, uint64_t count)
{
	return at <= count && n <= count - at;
}

static bool text_ok(const struct file_view *v, struct file_text t)
{
	return in(t.at, t.n, v->header.sections[SEC_TEXT].n);
}

static bool check_header(const struct file_header *h, struct str block)
{
	for (int s = 0; s < SEC_COUNT; s++) {
		uint64_t at = h->sections[s].at, n = h->sections[s].n;
		if (at % 8 || at < sizeof *h || at > block.n || n > (block.n - at) / item_sizes[s])
			return false;
	}
	return true;
}

static void take_sections(struct file_view *v)
{
#define TAKE(field, s) v->field = (const void *)(v->block.p + v->header.sections[s].at)
	TAKE(slots, SEC_TERM_SLOT);
	TAKE(term_at, SEC_TERM_AT);
	TAKE(term_text, SEC_TERM_TEXT);
	TAKE(terms, SEC_TERM);
	TAKE(groups, SEC_GROUP);
	TAKE(tokens, SEC_TOKEN);
	TAKE(group_post, SEC_GROUP_POST);
	TAKE(pair_at, SEC_PAIR_AT);
	TAKE(pair_post, SEC_PAIR_POST);
	TAKE(owners, SEC_OWNER);
	TAKE(vars, SEC_VAR);
	TAKE(articles, SEC_ARTICLE);
	TAKE(doc_post, SEC_DOC_POST);
	TAKE(doc_term, SEC_DOC_TERM);
	TAKE(doc_word, SEC_DOC_WORD);
	TAKE(classes, SEC_CLASS);
	TAKE(article_codes, SEC_ARTICLE_CODE);
	TAKE(codes, SEC_CODE);
	TAKE(said, SEC_SAID);
	TAKE(sayings, SEC_SAYING);
	TAKE(saying_text, SEC_SAYING_TEXT);
	TAKE(title_runs, SEC_TITLE_RUN);
	TAKE(over_times, SEC_OVER_TIME);
	TAKE(text, SEC_TEXT);
#undef TAKE
	v->slot_count = (uint32_t)v->header.sections[SEC_TERM_SLOT].n;
	v->term_count = (uint32_t)v->header.sections[SEC_TERM].n;
	v->group_count = (uint32_t)v->header.sections[SEC_GROUP].n;
	v->pair_buckets = (uint32_t)(v->header.sections[SEC_PAIR_AT].n - 1);
	v->owner_count = (uint32_t)v->header.sections[SEC_OWNER].n;
	v->article_count = (uint32_t)v->header.sections[SEC_ARTICLE].n;
	v->code_count = (uint32_t)v->header.sections[SEC_CODE].n;
	v->said_count = (uint32_t)v->header.sections[SEC_SAID].n;
	v->saying_count = (uint32_t)v->header.sections[SEC_SAYING].n;
	v->over_time_count = (uint32_t)v->header.sections[SEC_OVER_TIME].n;
}

static bool check_counts(const struct file_view *v)
{
	const struct file_header *h = &v->header;
	return is_power(v->slot_count) && h->sections[SEC_TERM_SLOT].n <= UINT32_MAX && v->term_count < VOCAB_MAX &&
	       h->sections[SEC_TERM].n < VOCAB_MAX && h->sections[SEC_TERM_AT].n == (uint64_t)v->term_count + 1 &&
	       is_power(v->pair_buckets) && h->sections[SEC_PAIR_AT].n < UINT32_MAX &&
	       h->sections[SEC_GROUP].n < UINT32_MAX && h->sections[SEC_OWNER].n < UINT32_MAX &&
	       h->sections[SEC_ARTICLE].n < 1u << 24 && h->sections[SEC_CODE].n < UINT32_MAX &&
	       h->sections[SEC_SAID].n <= h->sections[SEC_CODE].n && h->sections[SEC_OVER_TIME].n < 1u << 20 &&
	       h->sections[SEC_SAYING].n < 1u << 20 && h->sections[SEC_TITLE_RUN].n == FILE_TITLE_RUNS &&
	       h->sections[SEC_CLASS].n == WORD_CLASSES && h->mean_length > 0;
}

static bool check_groups(const struct file_view *v)
{
	const struct file_header *h = &v->header;
	for (uint32_t i = 0; i < v->group_count; i++) {
		const struct file_group *g = &v->groups[i];
		if (!in(g->token_at, g->token_n, h->sections[SEC_TOKEN].n) ||
		    !in(g->owner_at, g->owner_n, v->owner_count) || !(g->weight >= 0 && g->weight < 1e6f))
			return false;
	}
	for (uint32_t i = 0; i < v->owner_count; i++) {
		const struct file_owner *o = &v->owners[i];
		if (o->article >= v->article_count || !text_ok(v, o->text) ||
		    !in(o->var_at, o->var_n, h->sections[SEC_VAR].n) || o->place > PLACE_OTHER)
			return false;
		uint32_t behind = 0;
		for (uint32_t k = 0; k < o->var_n; k++) {
			const struct file_var *x = &v->vars[o->var_at + k];
			if (x->start < behind || x->end < x->start || x->end > o->text.n || !text_ok(v, x->name) ||
			    x->type > VAR_TIME)
				return false;
			behind = x->end;
		}
	}
	return true;
}

static bool check_articles(const struct file_view *v)
{
	const struct file_header *h = &v->header;
	for (uint32_t i = 0; i < v->article_count; i++) {
		const struct file_article *a = &v->articles[i];
		if (!text_ok(v, a->id) || !text_ok(v, a->title) ||
		    !in(a->term_at, a->term_n, h->sections[SEC_DOC_TERM].n) ||
		    !in(a->word_at, a->word_n, h->sections[SEC_DOC_WORD].n) ||
		    a->word_n > FILE_DOC_WORDS_MAX || !in(a->code_at, a->code_n, h->sections[SEC_ARTICLE_CODE].n))
			return false;
	}
	for (uint64_t i = 0; i < h->sections[SEC_ARTICLE_CODE].n; i++)
		if (!text_ok(v, v->article_codes[i].family))
			return false;
	for (uint32_t i = 0; i < v->over_time_count; i++)
		if (v->over_times[i].article >= v->article_count || !text_ok(v, v->over_times[i].text))
			return false;
	for (uint32_t i = 0; i < v->code_count; i++)
		if (!text_ok(v, v->codes[i].family) || !text_ok(v, v->codes[i].symbol) ||
		    !text_ok(v, v->codes[i].says) || (i && v->codes[i].value < v->codes[i - 1].value))
			return false;
	for (uint32_t i = 0; i < v->said_count; i++)
		if (v->said[i].code >= v->code_count)
			return false;
	return true;
}

static bool check_sayings(const struct file_view *v)
{
	for (uint32_t i = 0; i < v->saying_count; i++) {
		const struct file_saying *s = &v->sayings[i];
		if (!s->n || s->n > FILE_SAYING_WORDS ||
		    !in(s->others.at, s->others.n, v->header.sections[SEC_SAYING_TEXT].n) ||
		    (i && s->words[0] < v->sayings[i - 1].words[0]))
			return false;
	}
	return true;
}

enum err file_check(struct str block, struct file_view *ret_view)
{
	struct file_view v = { .block = block };
	if (block.n < sizeof v.header)
		return ERR_DAMAGED;
	memcpy(&v.header, block.p, sizeof v.header);
	if (memcmp(v.header.magic, magic, sizeof magic))
		return ERR_DAMAGED;
	if (v.header.order != 0x01020304 || v.header.version != FILE_VERSION)
		return ERR_NEWER;
	struct str head = { (const char *)&v.header, offsetof(struct file_header, header_checksum) };
	if (v.header.header_checksum != hash_bytes(head) || v.header.size != block.n ||
	    v.header.checksum != hash_large(str_from(block, sizeof v.header)) || !check_header(&v.header, block) ||
	    !v.header.sections[SEC_PAIR_AT].n)
		return ERR_DAMAGED;
	take_sections(&v);
	if (!check_counts(&v) || !check_groups(&v) || !check_articles(&v) || !check_sayings(&v))
		return ERR_DAMAGED;
	*ret_view = v;
	return ERR_OK;
}

/* ---- writing ---- */

enum err file_sections_err(const struct buf sections[SEC_COUNT])
{
	for (int s = 0; s < SEC_COUNT; s++)
		if (buf_err(&sections[s]))
			return buf_err(&sections[s]);
	return ERR_OK;
}

enum err file_seal(struct buf sections[SEC_COUNT], struct file_stamp stamp, double mean_length, struct buf *ret_block)
{
	struct file_header h = { .order = 0x01020304, .version = FILE_VERSION, .generation = stamp.generation,
				 .identity = stamp.identity,
				 .mean_length = (float)mean_length };
	size_t size = sizeof h;
	enum err e = file_sections_err(sections);
	if (e)
		return e;
	memcpy(h.magic, magic, sizeof magic);
	for (int s = 0; s < SEC_COUNT; s++) {
		size = (size + 7) / 8 * 8;
		h.sections[s].at = size;
		h.sections[s].n = sections[s].n / item_sizes[s];
		size += sections[s].n;
	}
	h.size = size;
	struct buf block = { 0 };
	char *room = buf_room(&block, size);
	if (!room)
		return ERR_NOMEM;
	block.n = size;
	memset(room, 0, sizeof h);
	for (int s = 0; s < SEC_COUNT; s++) {
		size_t end = (size_t)h.sections[s].at + sections[s].n;
		if (sections[s].n)
			memcpy(room + h.sections[s].at, sections[s].p, sections[s].n);
		memset(room + end, 0, (s + 1 < SEC_COUNT ? (size_t)h.sections[s + 1].at : size) - end);
		buf_free(&sections[s]);
	}
	h.checksum = hash_large((struct str){ room + sizeof h, size - sizeof h });
	h.header_checksum = hash_bytes((struct str){ (const char *)&h, offsetof(struct file_header, header_checksum) });
	memcpy(room, &h, sizeof h);
	*ret_block = block;
	return ERR_OK;
}
