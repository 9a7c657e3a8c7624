/* SPDX-License-Identifier: MIT
 *
 * The loop of a diagnosis. What a message binds comes from its best match; what the caller sets counts more.
 */
#include "triage/triage.h"

#include "diagnose/cause.h"
#include "probe/spec.h"
#include "triage/seen.h"

#include <ctype.h>
#include <string.h>

struct run {
	struct driver *driver;
	const struct causes *causes;
	const struct triage_options *options;
	struct arena *arena;
	struct triage_report *report;
	struct case_file file;
	struct probe_files files; /* the caller's, with the program file that this diagnosis is about */
	int64_t began_ms;
	struct str refused; /* the target that the policy forbids, with its sentence; empty where it is allowed */
	const char *refused_why;
};

static void emit(const struct run *r, enum triage_event event, const struct evidence *e)
{
	if (r->options->emit)
		r->options->emit(r->options->context, event, r->report, e);
}

static const struct binding *bound(const struct triage_report *r, const char *name)
{
	for (size_t i = 0; i < r->binding_count; i++)
		if (str_eq(r->bindings[i].name, str_c(name)))
			return &r->bindings[i];
	return NULL;
}

/* cut_zone: of "fe80::1%eth0" the address; its link is bound by itself. */
static struct str cut_zone(struct binding *b)
{
	struct str address, zone;
	if (!str_cut(b->value, '%', &address, &zone) || str_find_char(address, ':') == STR_NONE)
		return STR("");
	b->value = address;
	return zone;
}

/* say_of: what a probe says of its argument, said of the binding in its place. */
static void say_of(struct diags *d, struct str name, const struct diags *said)
{
	struct str argument, rest = said->count ? said->items[said->count - 1].text : STR("it cannot be used");
	if (str_cut(rest, ':', &argument, &rest))
		rest = str_trim(rest);
	if (d)
		diags_add(d, DIAG_ERROR, 0, "%.*s: %.*s", STR_ARG(name), STR_ARG(rest));
}

const char *const triage_names = "server, address, share, port, link, known_address, ras_server, program, works";

/* has_var: a message of the article, or a probe that it asks for, has a variable of this name. */
static bool has_var(const struct rule *rule, struct str name, struct arena *a)
{
	struct str braced = arena_printf(a, "{%.*s}", STR_ARG(name));
	for (size_t i = 0; i < rule->template_count; i++)
		for (size_t k = 0; k < rule->templates[i].var_count; k++)
			if (str_eq(rule->templates[i].vars[k].name, name))
				return true;
	for (size_t i = 0; i < rule->probe_count; i++)
		if (str_find(rule->probes[i], braced) != STR_NONE)
			return true;
	return false;
}

bool triage_knows(struct str name, const struct triage_answer *answer, struct arena *a)
{
	struct str names = str_c(triage_names), word;
	while (str_word(&names, &word))
		if (str_eq(str_ends(word, STR(",")) ? str_first(word, word.n - 1) : word, name))
			return true;
	for (size_t i = 0; answer && i < answer->found.match_count; i++)
		if (has_var(&answer->matches[i].rule, name, a))
			return true;
	return false;
}

bool triage_binding_fits(const struct binding *b, struct arena *a, struct diags *d)
{
	static const struct {
		const char *name, *probe, *arg;
	} checks[] = {
		{ "server", "files", "name" },	      { "host", "files", "name" },
		{ "address", "route", "address" },    { "known_address", "route", "address" },
		{ "ras_server", "route", "address" }, { "link", "link", "link" },
	};
	struct binding whole = *b;
	if (b->type != VAR_LINK)
		cut_zone(&whole);
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct probe_request request;
		struct diags said = { .arena = a };
		struct str word = arena_printf(a, "%s=%.*s", checks[i].arg, STR_ARG(whole.value));
		if (!str_eq(b->name, str_c(checks[i].name)) ||
		    !probe_request_parse(str_c(checks[i].probe), &word, 1, a, &said, &request))
			continue;
		say_of(d, b->name, &said);
		return false;
	}
	uint64_t port;
	if (!str_eq(b->name, STR("port")) || (str_u64(b->value, &port) && port > 0 && port < 65536))
		return true;
	diags_add(d, DIAG_ERROR, 0, "port: %.*s is not a port (1 to 65535)", STR_ARG(b->value));
	return false;
}

static void add_binding(struct run *r, struct binding b)
{
	struct triage_report *report = r->report;
	struct str zone = cut_zone(&b);
	if (zone.n)
		add_binding(r, (struct binding){ STR("link"), zone, VAR_LINK, b.from });
	if (!b.value.n || !triage_binding_fits(&b, r->arena, NULL) || bound(report, arena_str(r->arena, b.name).p))
		return;
	struct binding *slot = arena_push(r->arena, &report->bindings, &report->binding_count, &report->binding_cap);
	if (slot)
		*slot = b;
}

/* judge_given: what was said of a value in the message holds for the one that was given in its place. */
static void judge_given(struct run *r, const struct binding *given)
{
	const struct match_answer *found = &r->report->answer.found;
	for (size_t i = 0; i < found->match_count; i++)
		for (size_t k = 0; k < found->matches[i].capture_count; k++) {
			struct match_capture *c = &found->matches[i].captures[k];
			if (str_eq(c->name, given->name))
				c->finding = match_finding(c, given->value, r->arena);
		}
}

static void bind_all(struct run *r)
{
	const struct triage_options *o = r->options;
	for (size_t i = 0; i < o->set_count; i++) {
		struct binding b = o->set[i];
		if (!b.from.n)
			b.from = STR("set");
		judge_given(r, &b);
		add_binding(r, b);
	}
	const struct match_answer *found = &r->report->answer.found;
	const struct match *best = found->match_count ? &found->matches[0] : NULL;
	for (size_t i = 0; best && i < best->capture_count; i++) {
		const struct match_capture *c = &best->captures[i];
		add_binding(r, (struct binding){ c->name, c->value, c->type, STR("message") });
	}
}

/* host_of an URL: ret_port is empty where it names none. False where it has no host. */
static bool host_of(struct str url, struct str *ret_scheme, struct str *ret_host, struct str *ret_port)
{
	size_t at = str_find(url, STR("://")), n = 0;
	if (at == STR_NONE)
		return false;
	struct str rest = str_from(url, at + 3);
	while (n < rest.n && !char_is_space(rest.p[n]) && !strchr("/?#'\"`<>(),;\\", rest.p[n]))
		n++;
	rest = str_first(rest, n);
	for (size_t i = rest.n; i-- > 0;)
		if (rest.p[i] == '@') { /* no user and no password */
			rest = str_from(rest, i + 1);
			break;
		}
	size_t close = rest.n && rest.p[0] == '[' ? str_find_char(rest, ']') : 0;
	struct str host = rest, port = STR("");
	if (close == STR_NONE)
		return false;
	size_t colon = str_find_char(str_from(rest, close), ':');
	if (colon != STR_NONE) {
		host = str_first(rest, close + colon);
		port = str_from(rest, close + colon + 1);
	}
	*ret_scheme = str_first(url, at + 3);
	*ret_host = close ? str_first(str_from(host, 1), close - 1) : host;
	*ret_port = port;
	return ret_host->n > 0;
}

static void bind_derived(struct run *r, struct str name, struct str value, enum var_type type)
{
	add_binding(r, (struct binding){ name, value, type, STR("derived") });
}

/* bind_urls: the URL that a message is about tells the server, and any of that server its port. */
static void bind_urls(struct run *r)
{
	const struct binding *about = bound(r->report, "url");
	struct str text = r->report->answer.found.query, scheme, host, port;
	if (about && !bound(r->report, "server") && !bound(r->report, "address") &&
	    host_of(about->value, &scheme, &host, &port))
		bind_derived(r, STR("server"), host, VAR_HOST);
	const struct binding *server = bound(r->report, "server");
	for (size_t at = 0, n; server && (n = str_find(str_from(text, at), STR("://"))) != STR_NONE; at += n + 3) {
		size_t start = at + n;
		while (start && char_is_alnum(text.p[start - 1]))
			start--;
		if (host_of(str_from(text, start), &scheme, &host, &port) && str_eq_nocase(server->value, host)) {
			bind_derived(r, STR("port"), port.n ? port : causes_port_said(r->causes, scheme), VAR_PORT);
			return;
		}
	}
}

/* The part of the query that the first match is about: not the messages of others beside it. */
static struct str own_part(const struct match_answer *found)
{
	struct match_span part = { 0, found->query.n };
	const struct match *best = found->match_count && found->matches[0].span_count ? &found->matches[0] : NULL;
	for (size_t i = 1; best && i < found->match_count; i++) {
		const struct match *other = &found->matches[i];
		struct match_span s = other->span_count ? other->spans[0] : best->spans[0];
		if (s.end <= best->spans[0].start && s.end > part.start)
			part.start = s.end;
		if (s.start >= best->spans[0].end && s.start < part.end)
			part.end = s.start;
	}
	return str_first(str_from(found->query, part.start), part.end - part.start);
}

/* bind_program_port: a program that reaches one port says so by its name. */
static void bind_program_port(struct run *r)
{
	if (r->report->answer.found.match_count)
		bind_derived(r, STR("port"), causes_port_said(r->causes, own_part(&r->report->answer.found)), VAR_PORT);
}

/* about_network: does this article speak of reaching a host, so that probes can tell? */
static bool about_network(const struct rule *rule)
{
	if (!rule)
		return false;
	if (rule->cause_class_count || rule->probe_count)
		return true;
	for (size_t i = 0; i < rule->template_count; i++)
		for (size_t k = 0; k < rule->templates[i].var_count; k++) {
			enum var_type t = rule->templates[i].vars[k].type;
			if (t == VAR_HOST || t == VAR_NETBIOS || t == VAR_ADDRESS || t == VAR_UNC)
				return true;
		}
	return false;
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
				      .files = r->options->offline ? NULL : files,
				      .all = r->options->all };
}

static void see_evidence(struct run *r)
{
	r->file.evidence = r->report->evidence;
	r->file.evidence_count = r->report->evidence_count;
	if (r->driver) /* closing a connection counts after its evidence has come */
		r->report->sent = driver_counted(r->driver);
	r->file.elapsed_ms = r->driver ? (double)(driver_now_ms(r->driver) - r->began_ms) : 0;
}

/* see_so_far: ladder and causes as far as they are known by now, for who watches; what failed for sure shows in the
 * verdict's own ladder. */
static void see_so_far(struct run *r)
{
	static const struct verdict undecided;
	struct triage_report *report = r->report;
	see_evidence(r);
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
	const struct binding *path = bound(r->report, "program");
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
	const struct binding *works = bound(r->report, "works");
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
	r->refused_why = why;
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
}

/* say_refused: what nobody was allowed to look at is not undecided for want of answers. */
static void say_refused(struct run *r)
{
	struct triage_report *report = r->report;
	struct verdict *v = &report->verdict;
	if (!r->refused.n || v->state != VERDICT_INCONCLUSIVE)
		return;
	for (size_t i = 0; i < report->evidence_count; i++) {
		const struct evidence *e = report->evidence[i];
		if (str_eq(e->probe, STR("tcp")) && !str_eq(e->state, STR("not-run")))
			return; /* another address of the same name was allowed */
	}
	report->refused = r->refused;
	v->says = arena_printf(r->arena, "%c%s. With --allow %.*s whoever runs the server can let it.",
			       toupper((unsigned char)r->refused_why[0]), r->refused_why + 1, STR_ARG(r->refused));
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
	say_mended(r);
	say_refused(r);
	report->ms = r->file.elapsed_ms;
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
	bind_all(&r);
	bind_urls(&r);
	bind_program_port(&r);
	open_case(&r, files);
	bool answers = about_network(r.file.rule) || r.file.meaning ||
		       (!options->only_ruled && bound(ret_report, "server"));
	if (answers)
		err = diagnose_needs(&r.file, a, &ret_report->needs, &ret_report->need_count);
	if (err)
		return err;
	if (answers)
		see_so_far(&r);
	emit(&r, TRIAGE_MATCH, NULL);
	if (!answers) { /* nothing that a probe could tell */
		ret_report->verdict.says = r.file.rule ? STR("No probe can tell the causes of this article apart.")
						       : STR("Nothing known explains this message.");
		emit(&r, TRIAGE_VERDICT, NULL);
		return arena_err(a);
	}
	if (!options->offline && !options->replay && options->start_delay_ms > 0)
		err = driver_wait(driver, options->start_delay_ms);
	if (!err && !options->replay) {
		see_program(&r, options->offline ? NULL : files);
		err = see_past(&r, m);
	}
	size_t kept = options->replay ? options->replay_count : 0;
	for (size_t i = 0; !err && i < kept; i++)
		add_evidence(&r, options->replay[i]);
	if (!err && !options->offline && !options->replay)
		err = run_waves(&r);
	return err ? err : conclude(&r);
}
