/* SPDX-License-Identifier: MIT */
#include "store/work.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

static const struct known_source *known_find(const struct known *k, uint64_t hash, int64_t size)
{
	if (!k->slot_count)
		return NULL;
	for (size_t i = (size_t)hash & (k->slot_count - 1); k->slots[i].article; i = (i + 1) & (k->slot_count - 1))
		if (k->slots[i].hash == hash && k->slots[i].size == size)
			return &k->slots[i];
	return NULL;
}

/* ---- one item ---- */

static struct str base_name(struct str path)
{
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '/')
			return str_from(path, i + 1);
	return path;
}

static enum item_kind kind_of(struct str name)
{
	struct str base = base_name(name), folder = base_name(str_first(name, name.n - base.n - (name.n > base.n)));
	if (str_eq(base, STR("codes.tsv")))
		return ITEM_CODES;
	bool yaml = str_ends(base, STR(".yaml")) || str_ends(base, STR(".yml"));
	return yaml && str_eq(folder, STR("causes")) ? ITEM_CAUSES : ITEM_ARTICLE;
}

static enum err pack(ZSTD_CCtx *packer, struct arena *a, struct work_item *item)
{
	size_t room = ZSTD_compressBound(item->bytes.n);
	struct buf packed = { 0 };
	char *p = buf_room(&packed, room);
	size_t n = p ? ZSTD_compress2(packer, p, room, item->bytes.p, item->bytes.n) : 0;
	if (p && !ZSTD_isError(n))
		packed.n = n;
	item->packed = buf_take(&packed, a);
	return p && !ZSTD_isError(n) ? arena_err(a) : ERR_NOMEM;
}

static void keep_diags(struct diags *to, const struct diags *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (from->items[i].level != DIAG_NOTE)
			diags_add(to, DIAG_WARNING, from->items[i].line, "%.*s", STR_ARG(from->items[i].text));
}

static enum err do_item(const struct work *w, ZSTD_CCtx *packer, struct batch *b, struct work_item *item)
{
	item->hash = hash_bytes(item->bytes);
	item->kind = kind_of(item->name);
	if (item->kind != ITEM_ARTICLE)
		return ERR_OK;
	item->known = known_find(w->known, item->hash, (int64_t)item->bytes.n);
	if (item->known) {
		item->kind = ITEM_KNOWN;
		return ERR_OK;
	}
	struct diags d = { .arena = &b->arena };
	enum err e = article_parse(item->bytes, &b->arena, &d, &item->article);
	if (e == ERR_INPUT) {
		item->kind = ITEM_OTHER;
		return ERR_OK;
	}
	if (!e)
		e = rule_extract(item->article, &b->arena, &d, &item->rule);
	if (!e && item->article->front) {
		b->diags.origin = item->name;
		keep_diags(&b->diags, &d);
	}
	return e ? e : pack(packer, &b->arena, item);
}

/* ---- the ring ---- */

static struct batch *slot(struct work *w, size_t number)
{
	return &w->ring[number % w->ring_count];
}

static ZSTD_CCtx *packer_new(const ZSTD_CDict *dict)
{
	ZSTD_CCtx *packer = ZSTD_createCCtx();
	if (!packer)
		return NULL;
	size_t bad = ZSTD_isError(ZSTD_CCtx_setParameter(packer, ZSTD_c_compressionLevel, PACK_LEVEL)) ||
		     ZSTD_isError(ZSTD_CCtx_setParameter(packer, ZSTD_c_checksumFlag, 1)) ||
		     ZSTD_isError(ZSTD_CCtx_refCDict(packer, dict));
	if (bad) {
		ZSTD_freeCCtx(packer);
		return NULL;
	}
	return packer;
}

static void *work_thread(void *context)
{
	struct work *w = context;
	ZSTD_CCtx *packer = NULL;
	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (!w->ending && w->taken == w->next)
			pthread_cond_wait(&w->submitted, &w->lock);
		if (w->ending)
			break;
		struct batch *b = slot(w, w->taken++);
		pthread_mutex_unlock(&w->lock);
		if (!packer)
			packer = packer_new(w->dict);
		enum err e = packer ? ERR_OK : ERR_NOMEM;
		for (size_t i = 0; !e && i < b->count; i++)
			e = do_item(w, packer, b, &b->items[i]);
		pthread_mutex_lock(&w->lock);
		b->err = e;
		b->done = true;
		pthread_cond_signal(&w->finished);
	}
	pthread_mutex_unlock(&w->lock);
	ZSTD_freeCCtx(packer);
	return NULL;
}

enum err work_open(size_t threads, const struct known *known, struct work **ret_work)
{
	struct work *w = mem_resize(NULL, sizeof *w);
	if (!w)
		return ERR_NOMEM;
	size_t ring = threads * 4 < RING_MIN ? RING_MIN : threads * 4;
	*w = (struct work){ .known = known, .ring_count = ring };
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->submitted, NULL);
	pthread_cond_init(&w->finished, NULL);
	w->ring = mem_resize(NULL, ring * sizeof *w->ring);
	w->threads = mem_resize(NULL, threads * sizeof *w->threads);
	if (w->ring)
		memset(w->ring, 0, ring * sizeof *w->ring);
	if (!w->ring || !w->threads) {
		w->ring_count = w->ring ? ring : 0;
		work_close(&w);
		return ERR_NOMEM;
	}
	for (size_t i = 0; i < threads; i++)
		if (!pthread_create(&w->threads[w->thread_count], NULL, work_thread, w))
			w->thread_count++;
	if (!w->thread_count) {
		work_close(&w);
		return ERR_THREAD;
	}
	*ret_work = w;
	return ERR_OK;
}

void work_close(struct work **work)
{
	struct work *w = *work;
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->submitted);
	pthread_mutex_unlock(&w->lock);
	for (size_t i = 0; i < w->thread_count; i++)
		pthread_join(w->threads[i], NULL);
	for (size_t i = 0; i < w->ring_count; i++) {
		arena_free(&w->ring[i].arena);
		buf_free(&w->ring[i].bytes);
	}
	pthread_cond_destroy(&w->submitted);
	pthread_cond_destroy(&w->finished);
	pthread_mutex_destroy(&w->lock);
	mem_free(w->ring);
	mem_free(w->threads);
	mem_free(w);
	*work = NULL;
}

struct batch *work_empty(struct work *w)
{
	size_t last = w->next + w->held;
	if (last - w->first == w->ring_count)
		return NULL;
	struct batch *b = slot(w, last);
	arena_reset(&b->arena);
	buf_clear(&b->bytes);
	*b = (struct batch){ .arena = b->arena, .bytes = b->bytes };
	b->diags.arena = &b->arena;
	return b;
}

void work_submit(struct work *w, bool hold)
{
	struct batch *b = slot(w, w->next + w->held);
	for (size_t i = 0; i < b->count; i++)
		b->items[i].bytes.p = (b->bytes.p ? b->bytes.p : "") + b->items[i].at;
	if (hold) {
		w->held++;
		return;
	}
	pthread_mutex_lock(&w->lock);
	w->next++;
	pthread_cond_signal(&w->submitted);
	pthread_mutex_unlock(&w->lock);
}

void work_release(struct work *w, const ZSTD_CDict *dict)
{
	pthread_mutex_lock(&w->lock);
	w->dict = dict;
	w->next += w->held;
	w->held = 0;
	pthread_cond_broadcast(&w->submitted);
	pthread_mutex_unlock(&w->lock);
}

struct batch *work_finished(struct work *w)
{
	if (w->first == w->next)
		return NULL;
	struct batch *b = slot(w, w->first);
	pthread_mutex_lock(&w->lock);
	while (!b->done)
		pthread_cond_wait(&w->finished, &w->lock);
	pthread_mutex_unlock(&w->lock);
	return b;
}

void work_done(struct work *w)
{
	w->first++;
}
