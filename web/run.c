/* SPDX-License-Identifier: MIT
 *
 * The workers that runs wait for, and who reads them: each run is an append-only text of events per form, which any
 * number of readers follow. See run.h; run_work.c is what a worker does. One lock guards all of it; nothing under it
 * blocks but a target that another run probes.
 */
#include "web/run_inside.h"

#include "base/hash.h"
#include "base/mem.h"

enum {
	EVENTS_MAX_BYTES = 4 << 20,
	MATCHING_MAX = 2 /* look-ups at once: they take a processor, the probes behind them wait for the network */
};

/* ---- workers ---- */

static void run_free(struct run *run)
{
	for (size_t i = 0; i < RUN_FORMS; i++)
		buf_free(&run->whole[i]);
	for (size_t i = 0; i <= RUN_HTML; i++)
		buf_free(&run->events[i]);
	arena_free(&run->arena);
	mem_free(run);
}

/* is_worth_recalling: it ended well, not long ago. */
static bool is_worth_recalling(const struct run *run, int64_t now)
{
	return run->state == RUN_ENDED && run->status == 200 && !atomic_load(&run->cancel) &&
	       now - run->ended_ms <= RUN_RECALL_MS;
}

/* sweep forgets runs that nobody can join, read or recall any more, and the events of those that can only be
 * recalled. */
static void sweep(struct runs *all)
{
	int64_t now = http_now_ms();
	size_t recalled = 0;
	for (const struct run *run = all->list; run; run = run->next)
		recalled += is_worth_recalling(run, now);
	size_t surplus = recalled > RUN_RECALL_MAX ? recalled - RUN_RECALL_MAX : 0;
	for (struct run **at = &all->list; *at;) {
		struct run *run = *at;
		bool old =
			run->state == RUN_ENDED && (now - run->ended_ms > RUN_SHARED_MS || atomic_load(&run->cancel));
		bool worth = is_worth_recalling(run, now);
		if (old && worth && surplus) {
			surplus--;
			worth = false;
		}
		if (old && !run->readers && !worth) {
			*at = run->next;
			run_free(run);
			continue;
		}
		if (old && !run->readers) {
			buf_free(&run->events[RUN_JSON]);
			buf_free(&run->events[RUN_HTML]);
			buf_free(&run->whole[RUN_HTML]);
		}
		at = &run->next;
	}
}

static struct run *next_waiting(struct runs *all)
{
	for (struct run *run = all->list; run; run = run->next) {
		bool ready = run->wants.n ? !run_target_is_taken(run, run->wants) : all->matching < MATCHING_MAX;
		if (run->state == RUN_WAITING && ready)
			return run;
	}
	return NULL;
}

static void count_end(const struct run *run)
{
	struct run_counts *c = &run->all->counts;
	c->failed += run->status != 200;
	c->confirmed += run->status == 200 && run->verdict == VERDICT_CONFIRMED;
	c->healthy += run->status == 200 && run->verdict == VERDICT_HEALTHY;
	c->undecided += run->status == 200 && run->verdict <= VERDICT_INCONCLUSIVE;
}

struct run_counts runs_count(struct runs *all)
{
	pthread_mutex_lock(&all->lock);
	struct run_counts counts = all->counts;
	for (const struct run *run = all->list; run; run = run->next) {
		counts.waiting += run->state == RUN_WAITING;
		counts.running += run->state == RUN_RUNNING;
	}
	pthread_mutex_unlock(&all->lock);
	return counts;
}

/* end_unread cancels a run that nobody reads any more. */
static void end_unread(struct run *run)
{
	if (run->readers || run->state == RUN_ENDED || http_now_ms() <= run->lease_ms)
		return;
	atomic_store(&run->cancel, true);
	if (run->state == RUN_WAITING)
		run->state = RUN_ENDED;
	pthread_cond_broadcast(&run->all->target_free);
}

/* put_back has a run wait for its target without a worker. */
static void put_back(struct run *run)
{
	run->put_back = false;
	atomic_store(&run->cancel, false);
	run->state = RUN_WAITING;
	end_unread(run); /* who asked may have left meanwhile */
}

static void end(struct run *run)
{
	run->state = RUN_ENDED;
	run->ended_ms = http_now_ms();
	count_end(run);
	run_wake_readers(run);
}

static void begin(struct run *run)
{
	run->state = RUN_RUNNING;
	run->matching = !run->wants.n;
	run->all->matching += run->matching;
	run->all->busy++;
	run->targets[0] = run->wants; /* claimed, before the look-up tells it again */
}

static void *worker(void *context)
{
	struct runs *all = context;
	pthread_mutex_lock(&all->lock);
	while (!all->stopping) {
		struct run *run = all->busy - all->held_up < RUN_WORKERS ? next_waiting(all) : NULL;
		if (!run) {
			pthread_cond_wait(&all->work, &all->lock);
			continue;
		}
		begin(run);
		pthread_mutex_unlock(&all->lock);
		run_work(run);
		pthread_mutex_lock(&all->lock);
		all->busy--;
		run_end_matching(run);
		if (run->put_back && !all->stopping)
			put_back(run);
		else
			end(run);
		pthread_cond_broadcast(&all->target_free);
		pthread_cond_broadcast(&all->work);
		sweep(all);
	}
	pthread_mutex_unlock(&all->lock);
	return NULL;
}

enum err runs_open(struct site *site, bool loopback, const struct allow_rules *rules, struct runs **ret_runs)
{
	struct runs *all = mem_resize(NULL, sizeof *all);
	if (!all)
		return ERR_NOMEM;
	*all = (struct runs){ .site = site, .loopback = loopback, .rules = rules };
	pthread_mutex_init(&all->lock, NULL);
	pthread_cond_init(&all->work, NULL);
	pthread_cond_init(&all->target_free, NULL);
	while (all->worker_count < RUN_WORKERS + RUN_HELD_UP_MAX &&
	       !pthread_create(&all->workers[all->worker_count], NULL, worker, all))
		all->worker_count++;
	*ret_runs = all;
	if (all->worker_count)
		return ERR_OK;
	runs_close(ret_runs);
	return ERR_THREAD;
}

void runs_close(struct runs **runs)
{
	struct runs *all = *runs;
	if (!all)
		return;
	*runs = NULL;
	pthread_mutex_lock(&all->lock);
	all->stopping = true;
	for (struct run *run = all->list; run; run = run->next)
		atomic_store(&run->cancel, true);
	pthread_cond_broadcast(&all->work);
	pthread_cond_broadcast(&all->target_free);
	pthread_mutex_unlock(&all->lock);
	for (size_t i = 0; i < all->worker_count; i++)
		pthread_join(all->workers[i], NULL);
	for (struct run *run = all->list, *next; run; run = next) {
		next = run->next;
		run_free(run);
	}
	pthread_cond_destroy(&all->work);
	pthread_cond_destroy(&all->target_free);
	pthread_mutex_destroy(&all->lock);
	mem_free(all);
}

/* ---- readers ---- */

static uint64_t key_of(const struct question *q)
{
	uint64_t key = hash_bytes(q->text);
	for (size_t i = 0; i < q->set_count; i++)
		key = hash_seeded(q->set[i].value, hash_seeded(q->set[i].name, key));
	return key;
}

static bool is_same(const struct run *run, uint64_t key, const struct question *q)
{
	if (run->key != key || !str_eq(run->question.text, q->text) || run->question.set_count != q->set_count)
		return false;
	for (size_t i = 0; i < q->set_count; i++)
		if (!str_eq(run->question.set[i].name, q->set[i].name) ||
		    !str_eq(run->question.set[i].value, q->set[i].value))
			return false;
	return true;
}

static struct run *find(struct runs *all, uint64_t key, const struct question *q)
{
	for (struct run *run = all->list; run; run = run->next) {
		bool open = run->state != RUN_ENDED ||
			    (run->status == 200 && http_now_ms() - run->ended_ms <= RUN_SHARED_MS);
		if (open && (run->put_back || !atomic_load(&run->cancel)) && is_same(run, key, q))
			return run;
	}
	return NULL;
}

/* numbered: the question's place; an unknown one gets the oldest's. */
static struct run_numbered *numbered(struct runs *all, uint64_t key)
{
	size_t max = sizeof all->numbered / sizeof *all->numbered;
	for (size_t i = 0; i < max; i++)
		if (all->numbered[i].key == key)
			return &all->numbered[i];
	struct run_numbered *oldest = &all->numbered[all->numbered_next];
	all->numbered_next = (all->numbered_next + 1) % max;
	*oldest = (struct run_numbered){ .key = key };
	return oldest;
}

unsigned run_next_id(struct run *run)
{
	unsigned *last = &numbered(run->all, run->key)->last_id;
	run->last_id++;
	*last = run->last_id > *last ? run->last_id : *last; /* one that was cancelled may still speak */
	return run->last_id;
}

static struct run *add_run(struct runs *all, uint64_t key, const struct question *q)
{
	size_t waiting = 0;
	struct run **at = &all->list;
	for (; *at; at = &(*at)->next)
		waiting += (*at)->state == RUN_WAITING;
	struct run *run = waiting < RUN_QUEUE_MAX ? mem_resize(NULL, sizeof *run) : NULL;
	if (!run)
		return NULL;
	*run = (struct run){ .all = all, .key = key };
	run->question.text = arena_str(&run->arena, q->text);
	for (size_t i = 0; i < q->set_count; i++) {
		struct binding *b = arena_push(&run->arena, &run->question.set, &run->question.set_count,
					       &run->question.set_cap);
		if (b)
			*b = (struct binding){ arena_str(&run->arena, q->set[i].name),
					       arena_str(&run->arena, q->set[i].value), q->set[i].type,
					       arena_str(&run->arena, q->set[i].from) };
	}
	for (size_t i = 0; i <= RUN_HTML; i++)
		run->events[i].limit = EVENTS_MAX_BYTES;
	if (arena_err(&run->arena)) {
		run_free(run);
		return NULL;
	}
	run->first_id = run->last_id = numbered(all, key)->last_id;
	*at = run;
	pthread_cond_signal(&all->work);
	return run;
}

bool runs_has(struct runs *all, const struct question *q)
{
	pthread_mutex_lock(&all->lock);
	bool has = find(all, key_of(q), q);
	pthread_mutex_unlock(&all->lock);
	return has;
}

enum err runs_join(struct runs *all, const struct question *q, struct http_wake *wake, unsigned after,
		   struct run_reader **ret_reader)
{
	uint64_t key = key_of(q);
	struct run_reader *reader = mem_resize(NULL, sizeof *reader);
	if (!reader)
		return ERR_NOMEM;
	pthread_mutex_lock(&all->lock);
	sweep(all);
	struct run *run = find(all, key, q);
	all->counts.joined += run != NULL;
	all->counts.started += !run;
	int64_t age_ms = !run ? RUN_FRESH : run->state == RUN_ENDED ? http_now_ms() - run->ended_ms : 0;
	if (!run)
		run = add_run(all, key, q);
	if (run) {
		bool own = after > run->first_id && after <= run->last_id; /* else it is of another run */
		*reader = (struct run_reader){ .run = run, .wake = wake, .next = run->readers, .age_ms = age_ms,
						.after = own ? after : 0 };
		run->readers = reader;
	}
	pthread_mutex_unlock(&all->lock);
	if (!run) {
		mem_free(reader);
		return ERR_BUSY;
	}
	*ret_reader = reader;
	return ERR_OK;
}

void run_leave(struct run_reader **reader)
{
	struct run_reader *r = *reader;
	if (!r)
		return;
	*reader = NULL;
	struct run *run = r->run;
	struct runs *all = run->all;
	pthread_mutex_lock(&all->lock);
	struct run_reader **at = &run->readers;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	end_unread(run);
	sweep(all);
	pthread_mutex_unlock(&all->lock);
	mem_free(r);
}

void run_lease(struct run_reader *reader, bool first)
{
	struct runs *all = reader->run->all;
	pthread_mutex_lock(&all->lock);
	reader->run->lease_ms = http_now_ms() + RUN_LEASE_MS;
	reader->run->polls += first;
	pthread_mutex_unlock(&all->lock);
}

void runs_stop(struct runs *all, const struct question *q)
{
	pthread_mutex_lock(&all->lock);
	struct run *run = find(all, key_of(q), q);
	if (run && run->polls && !--run->polls) {
		run->lease_ms = 0;
		end_unread(run);
	}
	pthread_mutex_unlock(&all->lock);
}

/* skip_events: where the event behind number `after` begins; the end while there is none. */
static size_t skip_events(struct str events, unsigned after)
{
	struct arena a = { 0 };
	struct str next = arena_printf(&a, "id: %u\nevent: ", after + 1);
	size_t at = str_find(events, next);
	arena_free(&a);
	return at == STR_NONE ? events.n : at;
}

int64_t run_age_ms(const struct run_reader *reader)
{
	return reader->age_ms;
}

ssize_t run_read(struct run_reader *reader, enum run_form form, char *p, size_t max)
{
	struct run *run = reader->run;
	ssize_t done;
	pthread_mutex_lock(&run->all->lock);
	const struct buf *events = &run->events[form];
	if (!reader->at && reader->after)
		reader->at = skip_events(buf_str(events), reader->after);
	size_t n = str_copy(str_from(buf_str(events), reader->at), p, max);
	reader->at += n;
	done = n ? (ssize_t)n : run->state == RUN_ENDED ? -1 : 0;
	pthread_mutex_unlock(&run->all->lock);
	return done;
}

bool run_whole(struct run_reader *reader, enum run_form form, struct arena *a, unsigned *ret_status,
	       struct str *ret_text)
{
	struct run *run = reader->run;
	pthread_mutex_lock(&run->all->lock);
	bool ended = run->state == RUN_ENDED;
	if (ended) {
		*ret_status = run->status ? run->status : 503;
		*ret_text = buf_keep(&run->whole[form], a);
	}
	pthread_mutex_unlock(&run->all->lock);
	return ended;
}

bool runs_recall(struct runs *all, const struct question *q, enum run_form form, struct arena *a, struct str *ret_text)
{
	uint64_t key = key_of(q);
	struct run *found = NULL;
	pthread_mutex_lock(&all->lock);
	sweep(all);
	for (struct run *run = all->list; run; run = run->next) /* the oldest first */
		if (is_worth_recalling(run, http_now_ms()) && is_same(run, key, q))
			found = run;
	if (found)
		*ret_text = buf_keep(&found->whole[form], a);
	pthread_mutex_unlock(&all->lock);
	return found;
}
