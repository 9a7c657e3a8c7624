/* SPDX-License-Identifier: MIT */
#include "match/change.h"

#include "base/mem.h"
#include "match/compile.h"
#include "match/digest.h"
#include "match/patch.h"

#include <stdlib.h>
#include <string.h>

struct known { struct str id; uint32_t number; };

struct changes {
	const struct file_view *base;
	struct arena arena;
	struct known *known; /* base's articles by id */
	uint32_t known_count, at;
	bool *gone; /* by base's number */
	struct known changed[CHANGED_MAX];
	uint32_t changed_count, touched, most, next_number;
	struct str id; /* of the article whose sources come */
	uint64_t stamp;
	unsigned source_count;
};

static int by_id(const void *a, const void *b)
{
	return str_cmp(((const struct known *)a)->id, ((const struct known *)b)->id);
}

static void list_known(struct changes *c)
{
	const struct file_view *v = c->base;
	c->known = arena_array(&c->arena, struct known, v->article_count + 1);
	c->gone = arena_array(&c->arena, bool, v->article_count + 1);
	for (uint32_t i = 0; !arena_err(&c->arena) && i < v->article_count; i++)
		if (v->articles[i].stamp)
			c->known[c->known_count++] = (struct known){ file_str(v, v->articles[i].id), i };
	if (c->known_count)
		qsort(c->known, c->known_count, sizeof *c->known, by_id);
	c->next_number = v->article_count;
	c->most = c->known_count / 10 < CHANGED_MAX ? c->known_count / 10 : CHANGED_MAX;
}

static void forget(struct changes *c)
{
	c->gone[c->known[c->at++].number] = true;
	c->touched++;
}

/* Ids come in ascending order: base's that are passed over are gone. Empty at the end. */
static enum err end_article(struct changes *c, bool last)
{
	while (c->at < c->known_count && (last || str_cmp(c->known[c->at].id, c->id) < 0))
		forget(c);
	bool known = !last && c->at < c->known_count && str_eq(c->known[c->at].id, c->id);
	if (known && c->base->articles[c->known[c->at].number].stamp == c->stamp) {
		c->at++;
	} else if (!last && c->changed_count < c->most) {
		uint32_t number = known ? c->known[c->at].number : c->next_number++;
		c->changed[c->changed_count++] = (struct known){ c->id, number };
		if (known)
			forget(c);
	} else if (!last) {
		return ERR_LIMIT;
	}
	return c->touched > c->most ? ERR_LIMIT : arena_err(&c->arena);
}

static enum err visit_hash(void *context, struct str id, uint64_t hash)
{
	struct changes *c = context;
	if (!str_eq(id, c->id)) {
		enum err e = c->id.n ? end_article(c, false) : ERR_OK;
		if (e)
			return e;
		c->id = arena_str(&c->arena, id);
		c->stamp = 0;
		c->source_count = 0;
	}
	if (c->source_count++ < DIGEST_SOURCES_MAX)
		c->stamp = file_stamp_source(c->stamp, hash);
	return ERR_OK;
}

static enum err find_changes(struct changes *c, struct store *s)
{
	list_known(c);
	enum err e = arena_err(&c->arena);
	if (!e)
		e = store_each_hash(s, visit_hash, c);
	if (!e && c->id.n)
		e = end_article(c, false);
	return e ? e : end_article(c, true);
}

static enum err compile_article(struct compiler *compiler, struct store *s, struct str id)
{
	struct arena a = { 0 };
	struct store_source *sources;
	size_t count;
	enum err e = store_article(s, id, &a, &sources, &count);
	for (size_t i = 0; !e && i < count; i++)
		e = compile_source(compiler, id, sources[i].bytes);
	arena_free(&a);
	return e;
}

static enum err compile_changed(const struct changes *c, struct store *s, struct buf *ret_block)
{
	struct compiler *compiler;
	enum err e = compile_open(1 + (c->changed_count > 50), &compiler);
	if (e)
		return e;
	compile_set_mean_length(compiler, c->base->header.mean_length);
	for (uint32_t i = 0; !e && i < c->changed_count; i++)
		e = compile_article(compiler, s, c->changed[i].id);
	if (!e)
		e = compile_finish(compiler, NULL, 0, (struct file_stamp){ 0 }, ret_block);
	compile_close(&compiler);
	return e;
}

enum err change_block(const struct file_view *base, struct store *s, const struct store_code *codes, size_t code_count,
		      struct file_stamp stamp, struct buf *ret_block)
{
	struct changes *c = mem_resize(NULL, sizeof *c);
	struct buf few = { 0 };
	struct file_view delta;
	uint32_t numbers[CHANGED_MAX];
	if (!c)
		return ERR_NOMEM;
	*c = (struct changes){ .base = base };
	enum err e = find_changes(c, s);
	if (!e)
		e = compile_changed(c, s, &few);
	if (!e)
		e = file_check(buf_str(&few), &delta);
	if (!e && delta.article_count != c->changed_count)
		e = ERR_LIMIT;
	for (uint32_t i = 0; i < c->changed_count; i++)
		numbers[i] = c->changed[i].number;
	if (!e)
		e = patch_block(base, c->gone, &delta, numbers, codes, code_count, stamp, ret_block);
	buf_free(&few);
	arena_free(&c->arena);
	mem_free(c);
	return e;
}
