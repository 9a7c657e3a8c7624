/* SPDX-License-Identifier: MIT
 *
 * Diagnoses on worker threads, each an append-only text of events per form that any number of readers follow. See
 * run.h. One lock guards all of it; nothing under it blocks but a target that another run probes.
 */
#include "web/run.h"

#include "base/hash.h"
#include "base/mem.h"
#include "render/html.h"
#include "triage/incident.h"
#include "web/allow.h"
#include "web/page.h"
#include "web/seen.h"

#include <pthread.h>

enum {
	EVENTS_MAX_BYTES = 4 << 20,
	MATCHING_MAX = 2 /* look-ups at once: they take a processor, the probes behind them wait for the network */
};

enum run_state { RUN_WAITING, RUN_RUNNING, RUN_ENDED };

struct run {
	struct run *next;
	struct runs *all;
	struct arena arena; /* the question */
	struct question question;
	uint64_t key;
	enum run_state state;
	atomic_bool cancel;
	struct allow allow;    /* where it may go: its own thread's */
	struct str
		targets[2]; /* what it probes, while it does: the name or address, and what the name turned out to be */
	struct str wants;      /* it gave its worker back: another run probes this */
	bool put_back, matching, matched;
	struct run_reader *readers;
	struct buf events[RUN_HTML + 1];
	struct buf whole[RUN_FORMS];
	unsigned status, event_count;
	enum verdict_state verdict;
	int64_t ended_ms, lease_ms; /* until when it runs without a reader */
	unsigned polls;		    /* who asks again and again, and did not say that they stopped */
};

struct run_reader {
	struct run_reader *next;
	struct run *run;
	struct http_wake *wake;
	unsigned after; /* skips events up to this one */
	size_t at;
	int64_t age_ms;
};

struct runs {
	struct site *site;
	bool loopback, stopping;
	const struct allow_rules *rules;
	pthread_mutex_t lock;
	pthread_cond_t work;	   /* a run waits */
	pthread_cond_t target_free;
	pthread_t workers[RUN_WORKERS + RUN_HELD_UP_MAX];
	size_t worker_count;
	size_t busy, matching, held_up; /* workers that are; of these, that look up still; that wait for an address */
	struct run *list; /* oldest first */
	struct run_counts counts;
};

/* ---- what is written ---- */

/* sse_add writes one event; a line end in the data begins another data line. */
static void sse_add(struct buf *out, unsigned id, const char *name, struct str data)
{
	struct str line;
	buf_addf(out, "id: %u\nevent: %s\n", id, name);
	while (str_line(&data, &line)) {
		buf_add_c(out, "data: ");
		buf_add(out, line);
		buf_add_char(out, '\n');
	}
	buf_add_char(out, '\n');
}

static void wake_readers(struct run *run)
{
	for (struct run_reader *r = run->readers; r; r = r->next)
		if (r->wake)
			http_wake(r->wake);
}

static void publish(struct run *run, const char *name, const struct buf *json, const struct buf *html)
{
	pthread_mutex_lock(&run->all->lock);
	if (!run->readers && http_now_ms() > run->lease_ms)
		atomic_store(&run->cancel, true);
	run->event_count++;
	sse_add(&run->events[RUN_JSON], run->event_count, name, buf_str(json));
	sse_add(&run->events[RUN_HTML], run->event_count, name, buf_str(html));
	wake_readers(run);
	pthread_mutex_unlock(&run->all->lock);
}

static void add_ladder(struct buf *out, const struct triage_report *report)
{
	if (report->ladder_count)
		render_html_ladder(out, report);
}

/* ---- one target, one run ---- */

static struct str bound_to(const struct triage_report *report, const char *name)
{
	for (size_t i = 0; i < report->binding_count; i++)
		if (str_eq(report->bindings[i].name, str_c(name)))
			return report->bindings[i].value;
	return STR("");
}

static struct str target_of(const struct triage_report *report)
{
	struct str address = bound_to(report, "address");
	return address.n ? address : bound_to(report, "server");
}

static bool is_taken(const struct run *run, struct str target)
{
	for (const struct run *other = run->all->list; other; other = other->next)
		for (size_t i = 0; i < 2 && other != run && other->state == RUN_RUNNING; i++)
			if (other->targets[i].n && str_eq_nocase(other->targets[i], target))
				return true;
	return false;
}

/* end_matching is called under the lock. */
static void end_matching(struct run *run)
{
	run->all->matching -= run->matching;
	run->matching = false;
	pthread_cond_signal(&run->all->work);
}

/* claim_name: false where another run probes it: the worker is better used for another question meanwhile. Nothing was
 * probed yet, so that the run begins anew when the target is free. */
static bool claim_name(struct run *run, struct str target)
{
	target = arena_str(&run->arena, target);
	pthread_mutex_lock(&run->all->lock);
	bool taken = target.n && is_taken(run, target);
	end_matching(run);
	run->put_back = taken;
	run->wants = taken ? target : STR("");
	run->targets[0] = taken ? STR("") : target;
	if (taken)
		atomic_store(&run->cancel, true);
	pthread_mutex_unlock(&run->all->lock);
	return !taken;
}

/* claim_address waits until no other run probes what the name turned out to be; another worker takes over meanwhile. A
 * name is claimed before its address, never the other way round: no two runs wait for each other. */
static void claim_address(struct run *run, struct str target)
{
	struct runs *all = run->all;
	if (!target.n || str_eq_nocase(target, run->targets[0]))
		return;
	target = arena_str(&run->arena, target);
	pthread_mutex_lock(&all->lock);
	all->held_up++;
	pthread_cond_signal(&all->work);
	while (is_taken(run, target) && !atomic_load(&run->cancel))
		pthread_cond_wait(&all->target_free, &all->lock);
	all->held_up--;
	run->targets[1] = target;
	pthread_mutex_unlock(&all->lock);
}

/* ---- the diagnosis ---- */

static void on_event(void *context, enum triage_event event, const struct triage_report *report,
		     const struct evidence *e)
{
	static const struct verdict nothing;
	struct run *run = context;
	struct buf json = { 0 }, html = { 0 };
	switch (event) {
	case TRIAGE_MATCH:
		render_json_answer(&json, &report->answer);
		add_ladder(&html, report);
		buf_add_c(&html, "<section id=\"verdict\" class=\"verdict running\" "
				 "aria-label=\"Verdict\"><h3>Probing</h3></section>\n"
				 "<ul id=\"probes\" class=\"probes\" aria-live=\"polite\"></ul>\n");
		render_html_beliefs(&html, &nothing); /* until a first answer: it may be that none is allowed */
		if (!run->matched)
			publish(run, "match", &json, &html);
		if (!run->matched && report->answer.found.match_count)
			seen_note(site_seen(run->all->site), report->answer.found.matches[0].id);
		run->matched = true;
		claim_name(run, target_of(report));
		run->allow.name = bound_to(report, "server");
		break;
	case TRIAGE_WAVE:
		if (!run->targets[1].n)
			claim_address(run, allow_first(&run->allow, &run->arena));
		break;
	case TRIAGE_PROBE:
		allow_learn(&run->allow, e);
		render_json_evidence(&json, e);
		render_html_evidence(&html, e);
		add_ladder(&html, report);
		render_html_beliefs(&html, report->refused.n ? &nothing : &report->verdict);
		publish(run, "probe", &json, &html);
		break;
	case TRIAGE_VERDICT: break; /* with the whole report, at the end */
	}
	buf_free(&json);
	buf_free(&html);
}

static void succeed(struct run *run, const struct triage_report *report)
{
	struct buf html = { 0 };
	render_json_report(&run->whole[RUN_JSON], report);
	page_report_text(&run->whole[RUN_MARKDOWN], RUN_MARKDOWN, report);
	page_report_text(&run->whole[RUN_TEXT], RUN_TEXT, report);
	incident_write(&run->whole[RUN_INCIDENT], report, 0);
	page_report_html(&run->whole[RUN_HTML], report);
	add_ladder(&html, report);
	buf_add_c(&html, "<section id=\"beliefs\" hidden></section>\n");
	render_html_verdict(&html, report);
	publish(run, "verdict", &run->whole[RUN_JSON], &html);
	buf_free(&html);
	run->status = 200;
	run->verdict = report->verdict.state;
}

static void fail(struct run *run, enum err e, struct diags *d)
{
	unsigned status;
	const char *says = page_err_says(e, &status);
	struct str why = d->errors ? d->items[d->count - 1].text : str_c(says);
	struct json j = json_to(&run->whole[RUN_JSON]);
	json_object(&j);
	json_key_str(&j, "error", why);
	json_end_object(&j);
	buf_add_c(&run->whole[RUN_HTML], "<section id=\"verdict\" class=\"verdict none\"><h3>No diagnosis</h3><p>");
	render_html_escape(&run->whole[RUN_HTML], why);
	buf_add_c(&run->whole[RUN_HTML], "</p></section>\n");
	buf_add(&run->whole[RUN_MARKDOWN], why);
	buf_add(&run->whole[RUN_TEXT], why);
	publish(run, "error", &run->whole[RUN_JSON], &run->whole[RUN_HTML]);
	run->status = e == ERR_LIMIT ? 400 : e == ERR_INTERRUPTED ? 503 : status;
}

static enum err diagnose(struct run *run, struct desk *desk, struct arena *a, struct diags *d,
			 struct triage_report *ret_report)
{
	struct probe_files files = { 0 };
	struct allow *allow = &run->allow;
	struct driver *driver = NULL;
	struct triage_options options = { .set = run->question.set,
					  .set_count = run->question.set_count,
					  .only_ruled = true,
					  .emit = on_event,
					  .context = run };
	struct driver_options limits = { .allow = allow_address, .context = allow, .cancel = &run->cancel };
	enum err e = triage_read_files(a, d, &files);
	if (e)
		return e;
	allow_init(allow, run->all->rules, run->all->loopback, &files);
	e = driver_open(&limits, d, &driver);
	if (!e)
		e = triage_run(desk->store, desk->matcher, desk->scratch, desk->causes, driver, &files,
			       run->question.text, &options, a, ret_report);
	driver_close(&driver);
	return e;
}

static void work_on(struct run *run)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct triage_report report = { 0 };
	struct desk *desk = NULL;
	enum err e = site_take(run->all->site, &desk);
	if (!e)
		e = diagnose(run, desk, &a, &d, &report);
	if (!run->put_back && !e)
		succeed(run, &report);
	else if (!run->put_back)
		fail(run, e, &d);
	site_give(run->all->site, &desk);
	arena_free(&a);
}

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
		bool ready = run->wants.n ? !is_taken(run, run->wants) : all->matching < MATCHING_MAX;
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
	wake_readers(run);
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
		work_on(run);
		pthread_mutex_lock(&all->lock);
		all->busy--;
		end_matching(run);
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
	return ERR_NOMEM;
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
		*reader = (struct run_reader){ .run = run, .wake = wake, .next = run->readers, .age_ms = age_ms,
						.after = age_ms == RUN_FRESH ? 0 : after };
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
