/* SPDX-License-Identifier: MIT
 *
 * The knowledge base behind the pages: desks, and the thread that looks for a new generation. See site.h.
 */
#include "web/site.h"

#include "base/mem.h"
#include "store/catalog.h"
#include "web/http.h"
#include "web/keep.h"
#include "web/logs.h"
#include "web/prober.h"
#include "web/run.h"
#include "web/seen.h"

#include <cjson/cJSON.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

enum { WATCH_S = 1, TRIM_EVERY = 4, SWEEP_EVERY = 60 };

/* What is compiled of one generation; shared, counted. */
struct kb {
	struct matcher *matcher;
	struct causes *causes;
	struct catalog *catalog; /* NULL until it is asked for; under the site's catalog_lock */
	int64_t generation, articles;
	unsigned users; /* under the site's lock */
};

struct lent {
	struct desk desk; /* first: a desk is its lent */
	struct kb *kb;
	struct lent *next;
};

struct site {
	struct site_options options;
	struct runs *runs;
	struct logs *logs;
	struct keep *keep;
	struct prober *prober;
	struct seen *seen;
	struct http_counts http;
	struct store *watched; /* the watcher's own handle */
	struct stat file;      /* that it is open on */
	pthread_t watcher;
	pthread_mutex_t lock;
	pthread_mutex_t catalog_lock;
	pthread_cond_t stop;
	bool stopping;
	bool unreadable;   /* the file is damaged in its place; the watcher's own */
	enum err refused;  /* why what changed could not be read, as was told; the watcher's own */
	struct kb *kb;	   /* the newest */
	struct lent *free; /* given back */
};

static void kb_drop(struct site *s, struct kb *kb)
{
	pthread_mutex_lock(&s->lock);
	bool last = kb && --kb->users == 0;
	pthread_mutex_unlock(&s->lock);
	if (!last)
		return;
	match_close(&kb->matcher);
	causes_close(&kb->causes);
	catalog_close(&kb->catalog);
	mem_free(kb);
}

static int64_t count_articles(struct store *store)
{
	struct arena a = { 0 };
	struct store_stat *stats;
	size_t count;
	int64_t articles = 0;
	if (!store_stats(store, &a, &stats, &count))
		for (size_t i = 0; i < count; i++)
			if (str_eq(str_c(stats[i].name), STR("articles")))
				articles = stats[i].value;
	arena_free(&a);
	return articles;
}

static enum err kb_load(struct site *s, struct diags *d, bool first, struct kb **ret_kb)
{
	struct kb *kb = mem_resize(NULL, sizeof *kb);
	if (!kb)
		return ERR_NOMEM;
	*kb = (struct kb){ .users = 1 };
	enum err e = match_open(s->watched, d, first ? s->options.progress : NULL, s->options.context, &kb->matcher);
	if (!e)
		e = causes_open(s->watched, s->options.db, d, &kb->causes);
	if (e) {
		match_close(&kb->matcher);
		mem_free(kb);
		return e;
	}
	match_rest(kb->matcher);
	kb->generation = match_generation(kb->matcher);
	kb->articles = count_articles(s->watched);
	*ret_kb = kb;
	return ERR_OK;
}

/* is_other_file: somebody took the database away and put another one in its place. Where it is gone, what is open
 * serves on. */
static bool is_other_file(const struct site *s, struct stat *ret_now)
{
	return !stat(s->options.db, ret_now) &&
	       (ret_now->st_ino != s->file.st_ino || ret_now->st_dev != s->file.st_dev);
}

/* tell_unreadable: once, and once when it is over. That it is written to just now is nothing to tell. */
static void tell_unreadable(struct site *s, enum err e)
{
	if (e && e != ERR_DAMAGED)
		return;
	if (e && !s->unreadable)
		s->options.say(s->options.context,
			       "the knowledge base is damaged in its place: what wants to read it is refused (503) "
			       "until it is put back or made anew");
	if (!e && s->unreadable)
		s->options.say(s->options.context, "the knowledge base can be read again");
	s->unreadable = e;
}

/* look_for_change: an error is that of another file in its place, which may be being written just now: it is looked at
 * again the next time. */
static enum err look_for_change(struct site *s, struct diags *d, bool *ret_changed)
{
	int64_t generation;
	struct store *fresh = NULL;
	struct stat now;
	if (!is_other_file(s, &now)) {
		enum err bad = store_generation(s->watched, &generation);
		tell_unreadable(s, bad);
		*ret_changed = !bad && (generation != s->kb->generation || !match_is_whole(s->kb->matcher));
		return ERR_OK;
	}
	enum err e = store_open(s->options.db, STORE_READ, d, &fresh);
	if (e)
		return e;
	store_close(&s->watched);
	s->watched = fresh;
	s->file = now;
	s->unreadable = false;
	*ret_changed = true;
	return ERR_OK;
}

static void warm(struct site *s);

/* refresh compiles the new generation beside the old, which goes on serving until it is ready, and after a failure. */
static void refresh(struct site *s)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct kb *fresh = NULL, *old = NULL;
	bool changed = false;
	enum err e = look_for_change(s, &d, &changed);
	if (!e && changed)
		e = kb_load(s, &d, false, &fresh);
	if (e && changed)
		s->file = (struct stat){ 0 }; /* half of it was there: it may be whole the next time, of the same generation */
	if (e && e != s->refused) {
		struct str why = d.count ? d.items[d.count - 1].text : str_c(err_text(e));
		s->options.say(s->options.context,
			       arena_printf(&a,
					    "the changed knowledge base could not be read, the old one goes on: %.*s",
					    STR_ARG(why))
				       .p);
	} else if (!e && changed) {
		pthread_mutex_lock(&s->lock);
		old = s->kb;
		s->kb = fresh;
		pthread_mutex_unlock(&s->lock);
		s->options.say(s->options.context,
			       match_is_whole(old->matcher) ?
				       "the knowledge base has changed: serving the new one" :
				       "the matcher was cut short in its place: serving one made anew");
		kb_drop(s, old);
		warm(s);
	}
	s->refused = e;
	arena_free(&a);
}

static void *watch(void *context)
{
	struct site *s = context;
	unsigned looks = 0;
	warm(s);
	pthread_mutex_lock(&s->lock);
	while (!s->stopping) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_sec += WATCH_S;
		pthread_cond_timedwait(&s->stop, &s->lock, &until);
		if (s->stopping)
			break;
		pthread_mutex_unlock(&s->lock);
		refresh(s);
		if (looks % SWEEP_EVERY == 0)
			keep_sweep(s->keep);
		if (++looks % TRIM_EVERY == 0)
			malloc_trim(0); /* what diagnoses and large pages needed for a moment goes back to the system */
		pthread_mutex_lock(&s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

/* ---- desks ---- */

static void lent_close(struct site *s, struct lent *l)
{
	match_scratch_close(&l->desk.scratch);
	store_close(&l->desk.store);
	kb_drop(s, l->kb);
	mem_free(l);
}

/* renew brings a desk to the newest generation, which the caller already counts it a user of. */
static enum err renew(struct site *s, struct lent *l, struct kb *kb)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	match_scratch_close(&l->desk.scratch);
	store_close(&l->desk.store);
	kb_drop(s, l->kb);
	l->kb = kb;
	l->desk.matcher = kb->matcher;
	l->desk.causes = kb->causes;
	enum err e = store_open(s->options.db, STORE_READ, &d, &l->desk.store);
	arena_free(&a);
	return e ? e : match_scratch_open(kb->matcher, &l->desk.scratch);
}

enum err site_take(struct site *s, struct desk **ret_desk)
{
	pthread_mutex_lock(&s->lock);
	struct lent *l = s->free;
	struct kb *kb = s->kb;
	if (l)
		s->free = l->next;
	bool stale = !l || l->kb != kb;
	kb->users += stale;
	pthread_mutex_unlock(&s->lock);
	if (!l) {
		l = mem_resize(NULL, sizeof *l);
		if (!l) {
			kb_drop(s, kb);
			return ERR_NOMEM;
		}
		*l = (struct lent){ 0 };
	}
	enum err e = stale ? renew(s, l, kb) : ERR_OK;
	if (e) {
		lent_close(s, l);
		return e;
	}
	*ret_desk = &l->desk;
	return ERR_OK;
}

void site_give(struct site *s, struct desk **desk)
{
	struct lent *l = (struct lent *)*desk;
	*desk = NULL;
	if (!l)
		return;
	pthread_mutex_lock(&s->lock);
	l->next = s->free;
	s->free = l;
	pthread_mutex_unlock(&s->lock);
}

enum err site_catalog(struct site *s, struct desk *desk, const struct catalog **ret_catalog)
{
	struct kb *kb = ((struct lent *)desk)->kb;
	enum err e = ERR_OK;
	pthread_mutex_lock(&s->catalog_lock);
	if (!kb->catalog)
		e = catalog_open(desk->store, &kb->catalog);
	if (!e)
		*ret_catalog = kb->catalog;
	pthread_mutex_unlock(&s->catalog_lock);
	return e;
}

/* warm makes the catalog before somebody waits for it. */
static void warm(struct site *s)
{
	const struct catalog *catalog;
	struct desk *desk = NULL;
	if (!site_take(s, &desk) && site_catalog(s, desk, &catalog))
		s->options.say(s->options.context,
			       "the articles cannot be browsed: out of memory, or the knowledge base is damaged");
	site_give(s, &desk);
}

int64_t site_articles(struct site *s)
{
	pthread_mutex_lock(&s->lock);
	int64_t articles = s->kb->articles;
	pthread_mutex_unlock(&s->lock);
	return articles;
}

struct seen *site_seen(struct site *s)
{
	return s->seen;
}

enum err site_recorded(struct site *s, size_t most, struct arena *a, struct tally_article **ret_items,
		       size_t *ret_count)
{
	struct tally *tally = NULL;
	enum err e = tally_open(s->options.db, false, NULL, &tally);
	if (e)
		return e;
	e = tally_most(tally, 0, most, a, ret_items, ret_count);
	tally_close(&tally);
	return e;
}

struct keep *site_keep(struct site *s)
{
	return s->keep;
}

struct logs *site_logs(struct site *s)
{
	return s->logs;
}

struct runs *site_runs(struct site *s)
{
	return s->runs;
}

struct http_counts *site_http_counts(struct site *s)
{
	return &s->http;
}

struct prober *site_prober(struct site *s)
{
	return s->prober;
}

struct gate *site_gate(struct site *s)
{
	return s ? s->options.gate : NULL;
}

/* ---- open and close ---- */

/* let_go: the watcher has ended, or was never started. */
static void let_go(struct site *s)
{
	prober_close(&s->prober);
	runs_close(&s->runs);
	logs_close(&s->logs);
	keep_close(&s->keep);
	seen_close(&s->seen);
	while (s->free) {
		struct lent *l = s->free;
		s->free = l->next;
		lent_close(s, l);
	}
	kb_drop(s, s->kb);
	store_close(&s->watched);
	pthread_cond_destroy(&s->stop);
	pthread_mutex_destroy(&s->lock);
	pthread_mutex_destroy(&s->catalog_lock);
	mem_free(s);
}

static void *json_room(size_t size)
{
	return mem_resize(NULL, size);
}

enum err site_open(const struct site_options *options, struct diags *d, struct site **ret_site)
{
	struct site *s = mem_resize(NULL, sizeof *s);
	pthread_condattr_t monotonic;
	if (!s)
		return ERR_NOMEM;
	*s = (struct site){ .options = *options };
	/* Of a text that it had no room for cJSON says that it is none: so its failures are seen with the others'. */
	cJSON_InitHooks(&(cJSON_Hooks){ .malloc_fn = json_room, .free_fn = mem_free });
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->catalog_lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->stop, &monotonic);
	pthread_condattr_destroy(&monotonic);
	is_other_file(s, &s->file);
	enum err e = store_open_saying(options->db, STORE_READ, options->waiting, options->context, d, &s->watched);
	if (!e)
		e = kb_load(s, d, true, &s->kb);
	if (!e)
		e = runs_open(s, options->loopback, options->allow, &s->runs);
	if (!e)
		e = logs_open(s, &s->logs);
	if (!e)
		e = keep_open(options->keep, &s->keep);
	if (!e)
		e = prober_open(options->allow, options->loopback, &s->prober);
	if (!e)
		e = seen_open(&s->seen);
	if (!e && pthread_create(&s->watcher, NULL, watch, s))
		e = ERR_THREAD;
	if (e) {
		let_go(s);
		return e;
	}
	*ret_site = s;
	return ERR_OK;
}

void site_close(struct site **site)
{
	struct site *s = *site;
	if (!s)
		return;
	*site = NULL;
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_signal(&s->stop);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->watcher, NULL);
	let_go(s);
}
