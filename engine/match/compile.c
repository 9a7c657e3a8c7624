/* SPDX-License-Identifier: MIT */
#include "match/compile.h"

#include "base/mem.h"
#include "match/assemble.h"

#include <pthread.h>
#include <string.h>

enum {
	THREADS_MAX = 8,
	BATCH_ARTICLES = 64, /* a worker takes that many at once */
	BATCHES_MAX = 8	     /* waiting; then the feeder waits */
};

/* ---- feeding the workers ---- */

struct batch {
	struct batch *next;
	struct buf bytes; /* ids and sources one behind the other */
	struct buf items; /* struct batch_item */
};

struct batch_item { uint32_t ordinal; size_t id_n, source_n; };

struct worker {
	pthread_t thread;
	struct compiler *compiler;
	struct digest digest;
};

struct compiler {
	struct worker workers[THREADS_MAX];
	unsigned worker_count;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct batch *queue, **queue_end;
	unsigned queued;
	bool finished;
	struct batch *filling;
	size_t last_id_at, last_id_n; /* in the batch that fills */
	uint32_t ordinal, in_batch;
	double mean_length;
};

static void batch_free(struct batch *b)
{
	if (!b)
		return;
	buf_free(&b->bytes);
	buf_free(&b->items);
	mem_free(b);
}

static void work_batch(struct digest *g, const struct batch *b)
{
	const struct batch_item *items = (const void *)b->items.p;
	size_t count = b->items.n / sizeof *items, at = 0;
	for (size_t i = 0; i < count;) {
		struct str sources[DIGEST_SOURCES_MAX], id = { b->bytes.p + at, items[i].id_n };
		size_t n = 0, from = i;
		for (; i < count && items[i].ordinal == items[from].ordinal; i++) {
			if (n < DIGEST_SOURCES_MAX)
				sources[n++] = (struct str){ b->bytes.p + at + items[i].id_n, items[i].source_n };
			at += items[i].id_n + items[i].source_n;
		}
		digest_add(g, items[from].ordinal, id, sources, n);
	}
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct compiler *c = w->compiler;
	pthread_mutex_lock(&c->lock);
	for (;;) {
		while (!c->queue && !c->finished)
			pthread_cond_wait(&c->changed, &c->lock);
		struct batch *b = c->queue;
		if (!b)
			break;
		c->queue = b->next;
		if (!c->queue)
			c->queue_end = &c->queue;
		c->queued--;
		pthread_cond_broadcast(&c->changed);
		pthread_mutex_unlock(&c->lock);
		work_batch(&w->digest, b);
		batch_free(b);
		pthread_mutex_lock(&c->lock);
	}
	pthread_mutex_unlock(&c->lock);
	return NULL;
}

enum err compile_open(unsigned threads, struct compiler **ret_compiler)
{
	struct compiler *c = mem_resize(NULL, sizeof *c);
	if (!c)
		return ERR_NOMEM;
	memset(c, 0, sizeof *c);
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->changed, NULL);
	c->queue_end = &c->queue;
	threads = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
	for (; c->worker_count < threads; c->worker_count++) {
		struct worker *w = &c->workers[c->worker_count];
		w->compiler = c;
		if (pthread_create(&w->thread, NULL, work, w))
			break;
	}
	if (!c->worker_count) {
		compile_close(&c);
		return ERR_NOMEM;
	}
	*ret_compiler = c;
	return ERR_OK;
}

static void hand_over(struct compiler *c)
{
	struct batch *b = c->filling;
	c->filling = NULL;
	c->in_batch = 0;
	if (!b)
		return;
	pthread_mutex_lock(&c->lock);
	while (c->queued >= BATCHES_MAX)
		pthread_cond_wait(&c->changed, &c->lock);
	*c->queue_end = b;
	c->queue_end = &b->next;
	c->queued++;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void compile_set_mean_length(struct compiler *c, double words)
{
	c->mean_length = words;
}

enum err compile_source(struct compiler *c, struct str id, struct str bytes)
{
	struct batch *b = c->filling;
	bool same = b && str_eq(id, (struct str){ b->bytes.p + c->last_id_at, c->last_id_n });
	if (!same) {
		c->ordinal++;
		if (c->in_batch++ == BATCH_ARTICLES) {
			hand_over(c);
			c->in_batch = 1;
			b = NULL;
		}
	}
	if (!b) {
		b = c->filling = mem_resize(NULL, sizeof *b);
		if (!b)
			return ERR_NOMEM;
		*b = (struct batch){ 0 };
	}
	struct batch_item item = { c->ordinal, id.n, bytes.n };
	c->last_id_at = b->bytes.n;
	c->last_id_n = id.n;
	buf_add(&b->bytes, id);
	buf_add(&b->bytes, bytes);
	if (!buf_err(&b->bytes)) /* a worker takes what is listed, also of a compilation that was given up */
		buf_add_bytes(&b->items, &item, sizeof item);
	return buf_err(&b->bytes) ? buf_err(&b->bytes) : buf_err(&b->items);
}

static void join_workers(struct compiler *c)
{
	if (c->finished)
		return;
	hand_over(c);
	pthread_mutex_lock(&c->lock);
	c->finished = true;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	for (unsigned i = 0; i < c->worker_count; i++)
		pthread_join(c->workers[i].thread, NULL);
}

void compile_close(struct compiler **compiler)
{
	struct compiler *c = *compiler;
	if (!c)
		return;
	join_workers(c);
	for (unsigned i = 0; i < c->worker_count; i++)
		digest_free(&c->workers[i].digest);
	pthread_mutex_destroy(&c->lock);
	pthread_cond_destroy(&c->changed);
	mem_free(c);
	*compiler = NULL;
}

enum err compile_finish(struct compiler *c, const struct store_code *codes, size_t code_count, struct file_stamp stamp,
			struct buf *ret_block)
{
	struct digest *digests[THREADS_MAX];
	join_workers(c);
	for (unsigned i = 0; i < c->worker_count; i++) {
		digests[i] = &c->workers[i].digest;
		if (digest_err(digests[i]))
			return digest_err(digests[i]);
	}
	return assemble(digests, c->worker_count, c->mean_length, codes, code_count, stamp, ret_block);
}
