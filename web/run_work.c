/* SPDX-License-Identifier: MIT
 *
 * What a worker does with one run: the diagnosis, its events as they come, one run a target. See run_inside.h.
 */
#include "web/run_inside.h"

#include "base/mem.h"
#include "render/html.h"
#include "triage/incident.h"
#include "web/page.h"
#include "web/seen.h"

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

void run_wake_readers(struct run *run)
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
	unsigned id = run_next_id(run);
	sse_add(&run->events[RUN_JSON], id, name, buf_str(json));
	sse_add(&run->events[RUN_HTML], id, name, buf_str(html));
	run_wake_readers(run);
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

bool run_target_is_taken(const struct run *run, struct str target)
{
	for (const struct run *other = run->all->list; other; other = other->next)
		for (size_t i = 0; i < 2 && other != run && other->state == RUN_RUNNING; i++)
			if (other->targets[i].n && str_eq_nocase(other->targets[i], target))
				return true;
	return false;
}

/* run_end_matching is called under the lock. */
void run_end_matching(struct run *run)
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
	bool taken = target.n && run_target_is_taken(run, target);
	run_end_matching(run);
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
	while (run_target_is_taken(run, target) && !atomic_load(&run->cancel))
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
				 "<ul id=\"probes\" class=\"probes\" aria-label=\"What the probes found\" "
				 "aria-live=\"polite\"></ul>\n");
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
		/* one that is decided already leaves the list as it is until the verdict: what stands below moved twice */
		if (report->refused.n || report->verdict.cause_left_count)
			render_html_beliefs(&html, report->refused.n ? &nothing : &report->verdict);
		publish(run, "probe", &json, &html);
		break;
	case TRIAGE_VERDICT: break; /* with the whole report, at the end */
	}
	buf_free(&json);
	buf_free(&html);
}

/* succeed publishes nothing where memory that failed since it had failed as often as is given may have left holes. */
static enum err succeed(struct run *run, const struct triage_report *report, unsigned long failures)
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
	bool whole = mem_failures() == failures;
	if (whole)
		publish(run, "verdict", &run->whole[RUN_JSON], &html);
	buf_free(&html);
	for (size_t i = 0; !whole && i < RUN_FORMS; i++)
		buf_free(&run->whole[i]);
	run->status = 200;
	run->verdict = report->verdict.state;
	return whole ? ERR_OK : ERR_NOMEM;
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

void run_work(struct run *run)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct triage_report report = { 0 };
	struct desk *desk = NULL;
	unsigned long failures = mem_failures();
	enum err e = site_take(run->all->site, &desk);
	if (!e)
		e = diagnose(run, desk, &a, &d, &report);
	if (!run->put_back && !e)
		e = succeed(run, &report, failures);
	if (!run->put_back && e)
		fail(run, e, &d);
	site_give(run->all->site, &desk);
	arena_free(&a);
}
