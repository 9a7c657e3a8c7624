/* SPDX-License-Identifier: MIT
 *
 * A queue of probes and the threads that carry them out. One lock guards all of it. See prober.h.
 */
#include "web/prober.h"

#include "base/mem.h"
#include "probe/driver.h"
#include "render/render.h"
#include "triage/triage.h"

#include <pthread.h>

enum { FRESH_MS = 1000 }; /* so long is what is known of this machine's own networks believed */

struct prober_job {
	struct prober_job *next;
	struct prober *prober;
	struct arena arena;
	struct probe_request request;
	struct http_wake *wake; /* NULL: nobody waits */
	atomic_bool cancel;
	bool ended;
	unsigned users; /* who asked, and the thread */
	enum err err;
	struct buf json;
};

struct prober {
	const struct allow_rules *rules;
	bool loopback, stopping;
	pthread_mutex_t lock;
	pthread_cond_t work;
	pthread_t threads[PROBER_THREADS];
	size_t thread_count; /* that run */
	size_t started;	     /* that were begun: of another its handle says nothing */
	size_t waiting;
	struct prober_job *first, **last;
	struct prober_job *running[PROBER_THREADS];
};

/* What a thread knows of this machine. */
struct surroundings {
	struct allow allow;
	int64_t at_ms;
	bool known;
};

static void job_drop(struct prober_job *job)
{
	if (--job->users)
		return;
	buf_free(&job->json);
	arena_free(&job->arena);
	mem_free(job);
}

static enum err look_around(struct prober *p, struct surroundings *s)
{
	struct arena a = { 0 };
	struct probe_files files = { 0 };
	int64_t now = http_now_ms();
	enum err e = ERR_OK;
	if (!s->known || now - s->at_ms > FRESH_MS) {
		e = triage_read_files(&a, NULL, &files);
		if (!e)
			allow_init(&s->allow, p->rules, p->loopback, &files);
		s->at_ms = now;
		s->known = !e;
	}
	arena_free(&a);
	return e;
}

static void take_evidence(void *context, size_t index, struct evidence *e)
{
	(void)index;
	render_json_evidence(context, e);
}

/* reads_nothing: what is said on a connection is read only where that is watched. */
static bool reads_nothing(const struct probe_request *r)
{
	return r->probe == probe_find(STR("tcp")) && !probe_request_arg(r, "watch").n;
}

/* carry_out: a connection that sends nothing and reads nothing needs no process of its own to be read in. */
static enum err carry_out(struct prober_job *job, struct surroundings *s, struct buf *out)
{
	struct arena a = { 0 };
	struct driver *driver = NULL;
	struct driver_options options = { .allow = allow_address,
					  .context = &s->allow,
					  .cancel = &job->cancel,
					  .in_process = reads_nothing(&job->request) };
	enum err e = look_around(job->prober, s);
	if (!e)
		e = driver_open(&options, NULL, &driver);
	if (!e)
		e = driver_run(driver, &job->request, 1, &a, take_evidence, out);
	driver_close(&driver);
	arena_free(&a);
	return e ? e : buf_err(out);
}

static void *work(void *context)
{
	struct prober *p = context;
	struct surroundings around = { .known = false };
	pthread_mutex_lock(&p->lock);
	size_t own = p->thread_count++;
	while (!p->stopping) {
		struct prober_job *job = p->first;
		if (!job) {
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		p->first = job->next;
		p->last = p->first ? p->last : &p->first;
		p->waiting--;
		p->running[own] = job;
		pthread_mutex_unlock(&p->lock);
		enum err e = carry_out(job, &around, &job->json);
		pthread_mutex_lock(&p->lock);
		p->running[own] = NULL;
		job->err = e;
		job->ended = true;
		if (job->wake)
			http_wake(job->wake);
		job_drop(job);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

enum err prober_open(const struct allow_rules *rules, bool loopback, struct prober **ret_prober)
{
	struct prober *p = mem_resize(NULL, sizeof *p);
	if (!p)
		return ERR_NOMEM;
	*p = (struct prober){ .rules = rules, .loopback = loopback };
	p->last = &p->first;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->work, NULL);
	while (p->started < PROBER_THREADS && !pthread_create(&p->threads[p->started], NULL, work, p))
		p->started++;
	*ret_prober = p;
	if (p->started == PROBER_THREADS)
		return ERR_OK;
	prober_close(ret_prober);
	return ERR_THREAD;
}

void prober_close(struct prober **prober)
{
	struct prober *p = *prober;
	if (!p)
		return;
	*prober = NULL;
	pthread_mutex_lock(&p->lock);
	p->stopping = true;
	for (size_t i = 0; i < PROBER_THREADS; i++)
		if (p->running[i])
			atomic_store(&p->running[i]->cancel, true);
	pthread_cond_broadcast(&p->work);
	pthread_mutex_unlock(&p->lock);
	for (size_t i = 0; i < p->started; i++)
		pthread_join(p->threads[i], NULL);
	for (struct prober_job *job = p->first, *next; job; job = next) {
		next = job->next;
		job_drop(job);
	}
	pthread_cond_destroy(&p->work);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
}

enum err prober_ask(struct prober *p, const struct probe_request *request, struct http_wake *wake,
		    struct prober_job **ret_job)
{
	struct prober_job *job = mem_resize(NULL, sizeof *job);
	if (!job)
		return ERR_NOMEM;
	*job = (struct prober_job){ .prober = p, .request = *request, .wake = wake, .users = 2 };
	for (size_t i = 0; i < request->arg_count; i++)
		job->request.args[i] = (struct probe_arg){ arena_str(&job->arena, request->args[i].name),
							   arena_str(&job->arena, request->args[i].value) };
	pthread_mutex_lock(&p->lock);
	enum err e = p->waiting >= PROBER_QUEUE_MAX || p->stopping ? ERR_BUSY : arena_err(&job->arena);
	if (!e) {
		*p->last = job;
		p->last = &job->next;
		p->waiting++;
		pthread_cond_signal(&p->work);
	} else {
		job->users = 1;
		job_drop(job);
	}
	pthread_mutex_unlock(&p->lock);
	if (!e)
		*ret_job = job;
	return e;
}

bool prober_answer(struct prober_job *job, struct arena *a, enum err *ret_err, struct str *ret_json)
{
	pthread_mutex_lock(&job->prober->lock);
	bool ended = job->ended;
	if (ended) {
		*ret_err = job->err;
		*ret_json = buf_keep(&job->json, a);
	}
	pthread_mutex_unlock(&job->prober->lock);
	return ended;
}

void prober_leave(struct prober_job **job)
{
	struct prober_job *j = *job;
	if (!j)
		return;
	*job = NULL;
	struct prober *p = j->prober;
	pthread_mutex_lock(&p->lock);
	j->wake = NULL;
	atomic_store(&j->cancel, true);
	job_drop(j);
	pthread_mutex_unlock(&p->lock);
}
