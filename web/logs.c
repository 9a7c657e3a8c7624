/* SPDX-License-Identifier: MIT
 *
 * Scans on worker threads: see logs.h. One lock guards all of it; nothing under it blocks.
 */
#include "web/logs_inside.h"

#include "base/mem.h"

/* ---- workers ---- */

static struct log_scan *next_waiting(struct logs *all)
{
	for (struct log_scan *l = all->list; l; l = l->next)
		if (l->state == LOG_WAITING)
			return l;
	return NULL;
}

static void *worker(void *context)
{
	struct logs *all = context;
	pthread_mutex_lock(&all->lock);
	while (!all->stopping) {
		struct log_scan *l = next_waiting(all);
		if (!l) {
			pthread_cond_wait(&all->work, &all->lock);
			continue;
		}
		l->state = LOG_RUNNING;
		pthread_mutex_unlock(&all->lock);
		log_work_on(l);
		pthread_mutex_lock(&all->lock);
		l->state = LOG_ENDED;
		if (l->wake)
			http_wake(l->wake);
		pthread_cond_broadcast(&all->ended);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

enum err logs_open(struct site *site, struct logs **ret_logs)
{
	struct logs *all = mem_resize(NULL, sizeof *all);
	if (!all)
		return ERR_NOMEM;
	*all = (struct logs){ .site = site };
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->work, NULL);
	pthread_cond_init(&all->ended, NULL);
	while (all->worker_count < LOGS_WORKERS && !pthread_create(&all->workers[all->worker_count], NULL, worker, all))
		all->worker_count++;
	*ret_logs = all;
	if (all->worker_count)
		return ERR_OK;
	logs_close(ret_logs);
	return ERR_THREAD;
}

void logs_close(struct logs **logs)
{
	struct logs *all = *logs;
	if (!all)
		return;
	*logs = NULL;
	pthread_mutex_lock(&all->lock);
	all->stopping = true;
	pthread_cond_broadcast(&all->work);
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < all->worker_count; i++)
		pthread_join(all->workers[i], NULL);
	pthread_cond_destroy(&all->work);
	pthread_cond_destroy(&all->ended);
	pthread_mutex_destroy(&all->lock);
	mem_free(all);
}

/* ---- who asks ---- */

static void log_free(struct log_scan *l)
{
	for (size_t i = 0; i <= RUN_TEXT; i++)
		buf_free(&l->whole[i]);
	buf_free(&l->events);
	incidents_free(&l->incidents);
	unknowns_free(&l->unknowns);
	stories_free(&l->stories);
	over_time_close(&l->over_time);
	arena_free(&l->arena);
	mem_free(l);
}

static struct log_scan *log_new(struct logs *all, const struct log_ask *ask, struct http_wake *wake)
{
	struct log_scan *l = mem_resize(NULL, sizeof *l);
	if (!l)
		return NULL;
	*l = (struct log_scan){ .all = all, .wake = wake };
	l->ask = (struct log_ask){ ask->bytes,
				   arena_str(&l->arena, ask->name),
				   arena_str(&l->arena, ask->article),
				   arena_str(&l->arena, ask->since),
				   arena_str(&l->arena, ask->until),
				   ask->keep_days,
				   arena_str(&l->arena, ask->csrf),
				   arena_str(&l->arena, ask->owner) };
	if (!arena_err(&l->arena))
		return l;
	log_free(l);
	return NULL;
}

enum err logs_scan(struct logs *all, const struct log_ask *ask, struct http_wake *wake, struct log_scan **ret_scan)
{
	struct log_scan *l = log_new(all, ask, wake), **at = &all->list;
	size_t waiting = 0;
	if (!l)
		return ERR_NOMEM;
	pthread_mutex_lock(&all->lock);
	for (; *at; at = &(*at)->next)
		waiting += (*at)->state == LOG_WAITING;
	bool room = waiting < LOGS_QUEUE_MAX;
	if (room) {
		*at = l;
		pthread_cond_signal(&all->work);
	}
	pthread_mutex_unlock(&all->lock);
	if (!room) {
		log_free(l);
		return ERR_BUSY;
	}
	*ret_scan = l;
	return ERR_OK;
}

void log_leave(struct log_scan **scan)
{
	struct log_scan *l = *scan;
	if (!l)
		return;
	*scan = NULL;
	struct logs *all = l->all;
	pthread_mutex_lock(&all->lock);
	atomic_store(&l->cancel, true);
	l->wake = NULL;
	while (l->state == LOG_RUNNING)
		pthread_cond_wait(&all->ended, &all->lock);
	struct log_scan **at = &all->list;
	while (*at != l)
		at = &(*at)->next;
	*at = l->next;
	pthread_mutex_unlock(&all->lock);
	log_free(l);
}

ssize_t log_read(struct log_scan *l, char *p, size_t max)
{
	pthread_mutex_lock(&l->all->lock);
	size_t n = str_copy(str_from(buf_str(&l->events), l->at), p, max);
	l->at += n;
	ssize_t done = n ? (ssize_t)n : l->state == LOG_ENDED ? -1 : 0;
	pthread_mutex_unlock(&l->all->lock);
	return done;
}

bool log_whole(struct log_scan *l, enum run_form form, struct arena *a, unsigned *ret_status, struct str *ret_text)
{
	pthread_mutex_lock(&l->all->lock);
	bool ended = l->state == LOG_ENDED;
	if (ended) {
		*ret_status = l->status;
		*ret_text = buf_keep(&l->whole[form], a);
	}
	pthread_mutex_unlock(&l->all->lock);
	return ended;
}
