/* SPDX-License-Identifier: MIT */
#include "triage/triage.h"

#include "diagnose/cause.h"
#include "probe/spec.h"
#include "triage/bindings.h"
#include "triage/seen.h"
#include "triage/versions.h"

#include <ctype.h>

struct run {
	struct driver *driver;
	const struct causes *causes;
	const struct triage_options *options;
	struct arena *arena;
	struct triage_report *report;
	struct case_file file;
	struct probe_files files; /* the caller's, with the program file that this diagnosis is about */
	int64_t began_ms;
	struct str refused, refused_why; /* the target that the policy forbids, with its sentence; else empty */
};

static void emit(const struct run *r, enum triage_event event, const struct evidence *e)
{
	if (r->options->emit)
		r->options->emit(r->options->context, event, r->report, e);
}

static bool is_host(enum var_type t)
{
	return t == VAR_HOST || t == VAR_NETBIOS || t == VAR_ADDRESS || t == VAR_UNC;
}

/* about_network: does this article speak of reaching a host, so that probes can tell? An authored one that may is
 * listed in the meanings; of the others the message has to bind the host itself, "Permission denied" alone is about
 * none. */
static bool about_network(const struct rule *rule)
{
	if (!rule)
		return false;
	if (rule->cause_class_count || rule->probe_count)
		return true;
	for (size_t i = 0; !rule->authored && i < rule->template_count; i++)
		for (size_t k = 0; k < rule->templates[i].var_count; k++)
			if (is_host(rule->templates[i].vars[k].type))
				return true;
	return false;
}

static bool names_host(const struct triage_report *report)
{
	return bindings_find(report, "server") || bindings_find(report, "address");
}

/* spoken: at least two of the longer words that a code's meaning has stand in the message too. */
static bool spoken(struct str says, struct str message)
{
	enum { LONG = 4, ENOUGH = 2 };
	unsigned found = 0;
	for (struct str word; str_word(&says, &word);) {
		if (word.n && word.p[word.n - 1] == '.')
			word.n--;
		found += word.n >= LONG && str_find_nocase(message, word) != STR_NONE;
	}
	return found >= ENOUGH;
}

/* meaning_of the code; one that only one family knows is that family's where the message says what the family says. */
static const struct meaning *meaning_of(const struct run *r, const struct match_code *code, const struct rule *rule)
{
	const struct match_answer *found = &r->report->answer.found;
	const struct match_code *one = found->code_reading_count == 1 ? &found->code_readings[0] : NULL;
	if (code && !code->family.n && one && one->value == code->value && spoken(one->says, found->query))
		code = one;
	return causes_meaning(r->causes, code, rule);
}

static void open_case(struct run *r, const struct probe_files *files)
{
	struct triage_report *report = r->report;
	const struct match_answer *found = &report->answer.found;
	bool explained = found->match_count > 0;
	const struct match_code *code = explained && found->matches[0].code.known ? &found->matches[0].code
					: found->code.known			  ? &found->code
										  : NULL;
	const struct rule *rule = explained ? &report->answer.matches[0].rule : NULL;
	r->file = (struct case_file){ .meaning = meaning_of(r, code, rule),
				      .rule = explained ? &report->answer.matches[0].rule : NULL,
				      .code = code,
				      .bindings = report->bindings,
				      .binding_count = report->binding_count,
				      .no_server = bindings_unfit(r->options, report, r->arena),
				      .files = r->options->offline ? NULL : files,
				      .all = r->options->all,
				      .was = r->options->replay_cause };
}

static void see_evidence(struct run *r)
{
	r->file.evidence = r->report->evidence;
	r->file.evidence_count = r->report->evidence_count;
	if (r->driver) /* closing a connection counts after its evidence has come */
		r->report->sent = driver_counted(r->driver);
	r->file.elapsed_ms = r->driver ? (double)(driver_now_ms(r->driver) - r->began_ms) : r->options->replay_ms;
}

/* see_refused: nothing reached the target, nor another address of the same name that is allowed. */
static void see_refused(struct run *r)
{
	struct triage_report *report = r->report;
	report->refused = r->refused;
	for (size_t i = 0; i < report->evidence_count; i++) {
		const struct evidence *e = report->evidence[i];
		if (str_eq(e->probe, STR("tcp")) && !str_eq(e->state, STR("not-run")))
			report->refused = STR("");
	}
}

/* see_so_far: ladder and causes as far as they are known by now, for who watches; what failed for sure shows in the
 * verdict's own ladder. */
static void see_so_far(struct run *r)
{
	static const struct verdict undecided;
	struct triage_report *report = r->report;
	see_evidence(r);
	see_refused(r);
	if (!r->options->emit)
		return;
	if (diagnose_ladder(&r->file, &undecided, r->arena, &report->ladder, &report->ladder_count))
		report->ladder_count = 0;
	if (diagnose_verdict(r->causes, &r->file, r->arena, &report->verdict))
		report->verdict = undecided;
}

static void add_evidence(struct run *r, struct evidence *e)
{
	struct triage_report *report = r->report;
	struct evidence **slot =
		arena_push(r->arena, &report->evidence, &report->evidence_count, &report->evidence_cap);
	if (!slot)
		return;
	*slot = e;
	report->sent.packets += e->packets; /* the driver's own count where there is one */
	report->sent.connections += e->connections;
	if (r->driver)
		report->sent = driver_counted(r->driver);
	see_so_far(r);
	emit(r, TRIAGE_PROBE, e);
}

static void keep_evidence(void *context, size_t index, struct evidence *e)
{
	(void)index;
	add_evidence(context, e);
}

/* ---- what is seen without a probe ---- */

/* spec_of: the probe of this name that the article asks for. */
static bool spec_of(const struct run *r, const char *name, struct probe_spec *ret_spec)
{
	const struct rule *rule = r->file.rule;
	for (size_t i = 0; rule && i < rule->probe_count; i++)
		if (probe_spec_parse(rule->probes[i], r->arena, ret_spec) && str_eq(ret_spec->name, str_c(name)))
			return true;
	return false;
}

/* see_program reads the program file that the article speaks of, where a person said where it is. */
static void see_program(struct run *r, const struct probe_files *files)
{
	struct probe_spec spec;
	struct diags d = { .arena = r->arena };
	const struct binding *path = bindings_find(r->report, "program");
	if (!path || !files || !r->options->reads_program || !spec_of(r, "pe", &spec))
		return;
	r->files = *files;
	r->file.files = &r->files;
	if (!triage_read_program(path->value, probe_spec_arg(&spec, "name"), r->arena, &d, &r->files.program))
		return;
	struct evidence *e = arena_new(r->arena, struct evidence);
	if (!e)
		return;
	*e = (struct evidence){ .probe = STR("pe"),
				.state = STR("not-run"),
				.at_ms = r->began_ms,
				.reason = d.count ? d.items[d.count - 1].text : STR("it cannot be read") };
	add_evidence(r, e);
}

/* see_log: a pasted log is one too, where at least two of its lines are the article's. */
static enum err see_log(struct run *r, const struct matcher *m, const struct triage_log *log, bool pasted,
			struct str *last)
{
	struct probe_spec spec;
	const struct binding *works = bindings_find(r->report, "works");
	struct str words = works ? works->value : spec_of(r, "log", &spec) ? probe_spec_arg(&spec, "works") : STR("");
	struct evidence *e;
	struct str time;
	enum err err = seen_log(m, log, r->file.rule->id, words, r->began_ms, r->arena, &e, &time);
	if (err)
		return err;
	const struct fact *failures = evidence_fact(e, "log.failures");
	if (!pasted || (failures && failures->number >= 2))
		add_evidence(r, e);
	*last = time.n ? time : *last;
	return ERR_OK;
}

static enum err see_past(struct run *r, const struct matcher *m)
{
	const struct match_answer *found = &r->report->answer.found;
	struct str time = STR("");
	enum err err = ERR_OK;
	struct triage_log paste = { STR("the message"), found->query };
	for (size_t i = 0; !err && r->file.rule && i < r->options->log_count; i++)
		err = see_log(r, m, &r->options->logs[i], false, &time);
	if (!err && r->file.rule && str_find_char(str_trim(found->query), '\n') != STR_NONE)
		err = see_log(r, m, &paste, true, &time);
	if (found->envelope.time.n)
		time = found->envelope.time;
	struct evidence *e = !err && r->driver ? seen_message(time, r->began_ms, r->arena) : NULL;
	if (e)
		add_evidence(r, e);
	return err;
}

/* keep_permitted asks the policy before anything is probed for the target's sake: of an address that may not be reached
 * only the connection is left, which says why it could not run. Reading files, links and routes sends nothing. */
static enum err keep_permitted(struct run *r, struct probe_request *requests, size_t *count)
{
	struct str target;
	unsigned port;
	const char *why;
	size_t kept = 0;
	enum err err = diagnose_target(&r->file, r->arena, &target, &port);
	r->refused = STR("");
	if (err || !target.n || !driver_refuses(r->driver, target, port, &why))
		return err;
	r->refused = target;
	r->refused_why = arena_str(r->arena, str_c(why));
	for (size_t i = 0; i < *count; i++) {
		bool local = requests[i].probe == probe_find(STR("files")) ||
			     requests[i].probe == probe_find(STR("link")) ||
			     requests[i].probe == probe_find(STR("route"));
		bool connects = requests[i].probe == probe_find(STR("tcp")) &&
				str_eq(probe_request_arg(&requests[i], "address"), target);
		if (local || connects)
			requests[kept++] = requests[i];
	}
	*count = kept;
	return ERR_OK;
}

/* run_waves probes until the plan has nothing more to ask. */
static enum err run_waves(struct run *r)
{
	for (;;) {
		struct probe_request *requests;
		size_t count;
		double wait_ms;
		see_evidence(r);
		enum err err = diagnose_plan(r->causes, &r->file, r->arena, &requests, &count, &wait_ms);
		if (!err)
			err = keep_permitted(r, requests, &count);
		if (err || !count)
			return err;
		emit(r, TRIAGE_WAVE, NULL);
		if (wait_ms > 0)
			err = driver_wait(r->driver, wait_ms);
		if (!err)
			err = driver_run(r->driver, requests, count, r->arena, keep_evidence, r);
		if (err)
			return err;
	}
}

/* say_mended: asked whether a fix helped, a verdict of health is the answer; there is nothing left to do. */
static void say_mended(struct run *r)
{
	struct verdict *v = &r->report->verdict;
	if (!r->options->after_fix || v->state != VERDICT_HEALTHY)
		return;
	v->says = arena_printf(r->arena, "It holds now: what was wrong before is not seen any more. %.*s",
			       STR_ARG(v->says));
	v->resolution_count = 0;
	v->next_count = 0;
	v->verify = STR("");
}

/* say_refused: what nobody was allowed to look at is not undecided for want of answers. */
static void say_refused(struct run *r)
{
	struct triage_report *report = r->report;
	struct verdict *v = &report->verdict;
	if (v->state != VERDICT_INCONCLUSIVE)
		report->refused = STR("");
	if (!report->refused.n)
		return;
	report->refused_why = r->refused_why;
	v->says = arena_printf(r->arena, "%c%.*s. With --allow %.*s whoever runs the server can let it.",
			       toupper((unsigned char)r->refused_why.p[0]), STR_ARG(str_from(r->refused_why, 1)),
			       STR_ARG(r->refused));
	if (!v->finding_count) /* what else to check repeats it, once for each probe */
		v->next_count = 0;
}

static enum err conclude(struct run *r)
{
	struct triage_report *report = r->report;
	see_evidence(r);
	enum err err = diagnose_verdict(r->causes, &r->file, r->arena, &report->verdict);
	if (!err)
		err = diagnose_ladder(&r->file, &report->verdict, r->arena, &report->ladder, &report->ladder_count);
	if (err)
		return err;
	see_refused(r);
	say_mended(r);
	say_refused(r);
	report->ms = r->options->replay ? r->options->replay_ms : r->file.elapsed_ms;
	if (r->options->replay_sent.packets)
		report->sent = r->options->replay_sent;
	if (r->options->offline)
		report->verdict.says = STR("No probe was run, so no cause is ruled out.");
	emit(r, TRIAGE_VERDICT, NULL);
	return ERR_OK;
}

enum err triage_run(struct store *s, const struct matcher *m, struct match_scratch *scratch,
		    const struct causes *causes, struct driver *driver, const struct probe_files *files,
		    struct str text, const struct triage_options *options, struct arena *a,
		    struct triage_report *ret_report)
{
	struct run r = { .driver = driver, .causes = causes, .options = options, .arena = a, .report = ret_report };
	*ret_report = (struct triage_report){ .offline = options->offline };
	enum err err = triage_lookup(s, m, scratch, text, &options->match, a, &ret_report->answer);
	if (err)
		return err;
	r.began_ms = driver ? driver_now_ms(driver) : 0;
	versions_note(s, causes, a, ret_report);
	if (options->replay_version_count)
		versions_compare(s, causes, options->replay_versions, options->replay_version_count, a, ret_report);
	bindings_make(options, causes, a, ret_report);
	open_case(&r, files);
	bool local = r.file.meaning && r.file.meaning->local;
	bool answers = about_network(r.file.rule) || (r.file.meaning && !local) ||
		       (!options->only_ruled && names_host(ret_report));
	if (answers)
		err = diagnose_needs(&r.file, a, &ret_report->needs, &ret_report->need_count);
	if (err)
		return err;
	if (answers)
		see_so_far(&r);
	emit(&r, TRIAGE_MATCH, NULL);
	if (!answers) { /* nothing that a probe could tell */
		ret_report->verdict.says = !r.file.rule ? STR("Nothing known explains this message.")
					   : local ? STR("This is no matter of the way between two machines: no probe "
							 "tells more.")
						   : STR("No probe can tell the causes of this article apart.");
		emit(&r, TRIAGE_VERDICT, NULL);
		return arena_err(a);
	}
	if (!options->offline && !options->replay && options->start_delay_ms > 0)
		err = driver_wait(driver, options->start_delay_ms);
	if (!err && !options->replay) {
		see_program(&r, options->offline ? NULL : files);
		err = see_past(&r, m);
	}
	if (options->replay && options->refused_why.n) {
		r.refused = options->refused;
		r.refused_why = options->refused_why;
	}
	size_t kept = options->replay ? options->replay_count : 0;
	for (size_t i = 0; !err && i < kept; i++)
		add_evidence(&r, options->replay[i]);
	if (!err && !options->offline && !options->replay)
		err = run_waves(&r);
	return err ? err : conclude(&r);
}
