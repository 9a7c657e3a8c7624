/* SPDX-License-Identifier: MIT */
#include "cli/scan_kb.h"

#include "base/mem.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { ASK_MS = 1000 };

int64_t scan_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The next generation, as a thread opens it. */
struct scan_kb_next {
	pthread_t thread;
	atomic_bool stop, done;
	const char *db;
	struct store *store;
	struct matcher *matcher;
	enum err err;
};

/* use makes a scan of what is open; what is open is closed where that fails. */
static enum err use(struct scan_kb *kb, struct scan_follow *f)
{
	enum err e = f->opened(f->end_context, kb->matcher, &f->options);
	if (!e)
		e = scan_open(kb->matcher, &f->options, &kb->scan);
	if (e)
		scan_kb_close(kb);
	return e;
}

enum err scan_kb_open(struct scan_kb *kb, struct scan_follow *f)
{
	struct cmd_context *c = f->c;
	*kb = (struct scan_kb){ .asked_ms = scan_now_ms() };
	enum err e = cmd_store(c, STORE_READ, &kb->store);
	if (!e)
		e = cmd_matcher(c, kb->store, &kb->matcher);
	if (!e)
		return use(kb, f);
	scan_kb_close(kb);
	return e;
}

/* end_next waits for the thread, and gives what it opened. */
static struct scan_kb end_next(struct scan_kb *kb, bool stop, enum err *ret_err)
{
	struct scan_kb_next *next = kb->next;
	atomic_store(&next->stop, stop);
	pthread_join(next->thread, NULL);
	struct scan_kb fresh = { .store = next->store, .matcher = next->matcher, .asked_ms = kb->asked_ms };
	*ret_err = next->err;
	mem_free(next);
	kb->next = NULL;
	return fresh;
}

void scan_kb_close(struct scan_kb *kb)
{
	if (kb->next) {
		enum err e;
		struct scan_kb fresh = end_next(kb, true, &e);
		scan_kb_close(&fresh);
	}
	scan_close(&kb->scan);
	match_close(&kb->matcher);
	store_close(&kb->store);
}

/* Opened for the question alone: an import may have put another file in its place. */
static bool has_changed(const struct scan_kb *kb, const char *db)
{
	int64_t generation = 0;
	uint32_t identity = 0, own = 0;
	struct store *store = NULL;
	bool changed = !store_open(db, STORE_READ, NULL, &store) && !store_generation(store, &generation) &&
		       !store_identity(store, &identity) && !store_identity(kb->store, &own) &&
		       (generation != match_generation(kb->matcher) || identity != own ||
			!match_is_whole(kb->matcher));
	store_close(&store);
	return changed;
}

static bool goes_on(void *context, int64_t done, int64_t total)
{
	struct scan_kb_next *next = context;
	(void)done, (void)total;
	return !atomic_load(&next->stop);
}

static void *open_next(void *context)
{
	struct scan_kb_next *next = context;
	next->err = store_open(next->db, STORE_READ, NULL, &next->store);
	if (!next->err)
		next->err = match_open(next->store, NULL, goes_on, next, &next->matcher);
	atomic_store(&next->done, true);
	return NULL;
}

static void begin_next(struct scan_kb *kb, const char *db)
{
	struct scan_kb_next *next = mem_resize(NULL, sizeof *next);
	if (!next)
		return;
	*next = (struct scan_kb_next){ .db = db };
	if (pthread_create(&next->thread, NULL, open_next, next))
		mem_free(next);
	else
		kb->next = next;
}

void scan_kb_renew(struct scan_kb *kb, struct scan_follow *f)
{
	int64_t now = scan_now_ms();
	if (kb->next && atomic_load(&kb->next->done)) {
		enum err e;
		struct scan_kb fresh = end_next(kb, false, &e);
		if (e)
			scan_kb_close(&fresh);
		if (e || use(&fresh, f))
			return;
		scan_kb_close(kb);
		*kb = fresh;
		diags_add(&f->c->diags, DIAG_NOTE, 0, "the knowledge base has changed: going on with the new one");
		return;
	}
	if (kb->next || now - kb->asked_ms < ASK_MS)
		return;
	kb->asked_ms = now;
	if (has_changed(kb, f->c->db))
		begin_next(kb, f->c->db);
}
