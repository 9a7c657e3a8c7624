/* SPDX-License-Identifier: MIT */
#include "cli/scan_kb.h"

#include <time.h>

enum { ASK_MS = 1000 };

int64_t scan_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum err scan_kb_open(struct scan_kb *kb, struct scan_follow *f)
{
	struct cmd_context *c = f->c;
	*kb = (struct scan_kb){ .asked_ms = scan_now_ms() };
	enum err e = cmd_store(c, STORE_READ, &kb->store);
	if (!e)
		e = match_open(kb->store, &c->diags, NULL, NULL, &kb->matcher);
	if (!e)
		e = f->opened(f->end_context, kb->matcher, &f->options);
	if (!e)
		e = scan_open(kb->matcher, &f->options, &kb->scan);
	if (e)
		scan_kb_close(kb);
	return e;
}

void scan_kb_close(struct scan_kb *kb)
{
	scan_close(&kb->scan);
	match_close(&kb->matcher);
	store_close(&kb->store);
}

/* Opened for the question alone: an import may have put another file in its place. */
static bool has_changed(const struct scan_kb *kb, const char *db)
{
	int64_t generation = 0;
	struct store *store = NULL;
	bool changed = !store_open(db, STORE_READ, NULL, &store) && !store_generation(store, &generation) &&
		       generation != match_generation(kb->matcher);
	store_close(&store);
	return changed;
}

void scan_kb_renew(struct scan_kb *kb, struct scan_follow *f)
{
	struct scan_kb fresh;
	int64_t now = scan_now_ms();
	if (now - kb->asked_ms < ASK_MS)
		return;
	kb->asked_ms = now;
	if (!has_changed(kb, f->c->db) || scan_kb_open(&fresh, f))
		return;
	scan_kb_close(kb);
	*kb = fresh;
	diags_add(&f->c->diags, DIAG_NOTE, 0, "the knowledge base has changed: going on with the new one");
}
