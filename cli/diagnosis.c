/* SPDX-License-Identifier: MIT */
#include "cli/diagnosis.h"

#include "cli/save.h"
#include "probe/address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A diagnosis is of one host: everybody's addresses and nobody's are none. */
static bool is_of_one_host(struct cmd_context *c, const struct binding *b)
{
	struct address a;
	if (!address_parse(b->value, &a) || address_is_one_host(a))
		return true;
	diags_add(&c->diags, DIAG_ERROR, 0, "%.*s: %.*s is not the address of one host", STR_ARG(b->name),
		  STR_ARG(b->value));
	return false;
}

static bool is_set(const struct diagnosis *d, struct str name)
{
	for (size_t i = 0; i < d->set_count; i++)
		if (str_eq(d->sets[i].name, name))
			return true;
	return false;
}

/* name_alone: people write \\SERVER and [::1]. */
static struct str name_alone(struct str name, struct str value)
{
	if (!str_eq(name, STR("server")) && !str_eq(name, STR("address")))
		return value;
	while (value.n && value.p[0] == '\\')
		value = str_from(value, 1);
	if (value.n > 2 && value.p[0] == '[' && value.p[value.n - 1] == ']')
		value = (struct str){ value.p + 1, value.n - 2 };
	return value;
}

bool diagnosis_read_sets(struct diagnosis *d)
{
	struct cmd_context *c = d->c;
	const char *text;
	for (size_t i = 0; (text = cmd_value_at(c, "set", i)); i++) {
		struct str name, value;
		bool split = str_cut(str_c(text), '=', &name, &value);
		name = str_trim(name);
		value = str_trim(value);
		if (!split || !name.n || !value.n) {
			cmd_usage(c, "--set is NAME=VALUE, not '%s'", text);
			return false;
		}
		if (d->set_count == SETS_MAX || is_set(d, name)) {
			cmd_usage(c,
				  is_set(d, name) ? "--set gives %.*s twice"
						  : "--set: too many, %.*s is one more than fit",
				  STR_ARG(name));
			return false;
		}
		value = name_alone(name, value);
		enum var_type type;
		if (!var_type_parse(name, &type))
			type = VAR_TEXT;
		struct binding b = { arena_str(&c->arena, name), value, type, STR("set") };
		if (!triage_binding_fits(&b, &c->arena, &c->diags) || !is_of_one_host(c, &b)) {
			cmd_show_diags(c);
			return false;
		}
		d->sets[d->set_count++] = b;
	}
	return true;
}

static enum err open_file(struct cmd_context *c, const char *path, int *ret_fd)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return diags_fail(&c->diags, ERR_IO, "%s: %s", *path ? path : "''", err_errno_text(errno));
	if (!fstat(fd, &st) && S_ISDIR(st.st_mode)) {
		close(fd);
		return diags_fail(&c->diags, ERR_IO, "%s: a folder, where a file is wanted", path);
	}
	*ret_fd = fd;
	return ERR_OK;
}

static enum err read_log(struct cmd_context *c, const char *path, struct triage_log *ret_log)
{
	const char *name = strrchr(path, '/');
	struct str bytes;
	int fd = -1;
	enum err e = open_file(c, path, &fd);
	if (e)
		return e;
	e = cmd_read_fd(c, fd, LOG_BYTES_MAX, &bytes);
	close(fd);
	if (e == ERR_LIMIT)
		return diags_fail(&c->diags, e, "%s: of a log at most %d MiB are read", path, LOG_BYTES_MAX >> 20);
	if (e)
		return e == ERR_INTERRUPTED ? e : diags_fail(&c->diags, e, "%s: %s", path, err_text(e));
	*ret_log = (struct triage_log){ str_c(name ? name + 1 : path), bytes };
	return ERR_OK;
}

enum err diagnosis_read_logs(struct diagnosis *d)
{
	const char *path;
	enum err e = ERR_OK;
	for (size_t i = 0; !e && (path = cmd_value_at(d->c, "log", i)); i++) {
		if (i == LOGS_MAX)
			return diags_fail(&d->c->diags, ERR_INPUT, "--log: at most %d logs", LOGS_MAX);
		e = read_log(d->c, path, &d->logs[d->log_count]);
		d->log_count += !e;
	}
	return e;
}

enum err diagnosis_check_sets(struct diagnosis *d, struct str text)
{
	struct cmd_context *c = d->c;
	struct match_options options = { .limit = c->limit };
	struct triage_answer answer;
	if (!triage_unknown(d->sets, d->set_count, NULL, &c->arena).n)
		return ERR_OK;
	enum err e = triage_lookup(d->store, d->matcher, d->scratch, text, &options, &c->arena, &answer);
	struct str why = e ? STR("") : triage_unknown(d->sets, d->set_count, &answer, &c->arena);
	return why.n ? diags_fail(&c->diags, ERR_INPUT, "--set %.*s", STR_ARG(why)) : e;
}

enum err diagnosis_open(struct diagnosis *d, bool live)
{
	struct cmd_context *c = d->c;
	struct driver_options options = { .cancel = cmd_cancel() };
	enum err e = cmd_store(c, STORE_READ, &d->store);
	if (!e)
		e = match_open(d->store, &c->diags, NULL, NULL, &d->matcher);
	if (!e)
		e = match_scratch_open(d->matcher, &d->scratch);
	if (!e)
		e = causes_open(d->store, c->db, &c->diags, &d->causes);
	if (!e && live)
		e = driver_open(&options, &c->diags, &d->driver);
	if (!e && live)
		e = triage_read_files(&c->arena, &c->diags, &d->files);
	return e;
}

void diagnosis_close(struct diagnosis *d)
{
	driver_close(&d->driver);
	causes_close(&d->causes);
	match_scratch_close(&d->scratch);
	match_close(&d->matcher);
	store_close(&d->store);
}

static void show_event(void *context, enum triage_event event, const struct triage_report *r, const struct evidence *e)
{
	struct cmd_context *c = context;
	if (event == TRIAGE_WAVE)
		cmd_progress(c, "probing: %u packets so far", r->sent.packets);
	if (c->json)
		return;
	if (event != TRIAGE_WAVE)
		cmd_progress(c, "%s", "");
	if (event == TRIAGE_MATCH)
		render_text_match_line(&c->out, &c->text, r);
	else if (event == TRIAGE_PROBE)
		render_text_evidence(&c->out, &c->text, e);
	else if (event == TRIAGE_VERDICT)
		render_text_verdict(&c->out, &c->text, r);
	cmd_flush(c);
}

/* ask_server asks a person once; an empty answer leaves it open. */
static bool ask_server(struct diagnosis *d)
{
	char line[300];
	if (!d->report.need_count || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || d->c->json ||
	    d->set_count == SETS_MAX)
		return false;
	const struct need *need = &d->report.needs[0];
	fprintf(stderr, "%.*s ", STR_ARG(need->says));
	fflush(stderr);
	if (!fgets(line, sizeof line, stdin))
		return false;
	struct str value = name_alone(need->name, str_trim(str_c(line)));
	if (!value.n)
		return false;
	d->sets[d->set_count++] =
		(struct binding){ need->name, arena_str(&d->c->arena, value), need->type, STR("asked") };
	return true;
}

int diagnosis_exit_code(const struct triage_report *r)
{
	switch (r->verdict.state) {
	case VERDICT_CONFIRMED:
	case VERDICT_HEALTHY: return EXIT_FOUND;
	case VERDICT_INCONCLUSIVE: return EXIT_UNDECIDED;
	default: return r->answer.found.explained ? EXIT_UNDECIDED : EXIT_NONE;
	}
}

enum err diagnosis_run(struct diagnosis *d, struct str text, double start_delay_ms)
{
	struct cmd_context *c = d->c;
	struct triage_options options = { .match = { .limit = c->limit },
					  .offline = d->replay ? d->replay->offline : cmd_has(c, "offline"),
					  .all = cmd_has(c, "all"),
					  .logs = d->logs,
					  .log_count = d->log_count,
					  .reads_program = true,
					  .after_fix = d->after_fix,
					  .start_delay_ms = start_delay_ms,
					  .replay = d->replay ? d->replay->evidence : NULL,
					  .replay_count = d->replay ? d->replay->evidence_count : 0,
					  .replay_sent = d->replay ? d->replay->sent : (struct driver_count){ 0 },
					  .replay_ms = d->replay ? d->replay->ms : 0,
					  .replay_cause = d->replay ? d->replay->cause : STR(""),
					  .replay_versions = d->replay ? d->replay->versions : NULL,
					  .replay_version_count = d->replay ? d->replay->version_count : 0,
					  .emit = show_event,
					  .context = c };
	for (bool again = true; again;) {
		options.set = d->sets;
		options.set_count = d->set_count;
		enum err e = triage_run(d->store, d->matcher, d->scratch, d->causes, d->driver, &d->files, text,
					&options, &c->arena, &d->report);
		if (e)
			return e;
		again = !options.offline && !d->replay && ask_server(d);
	}
	if (c->json) {
		d->report.before_state = d->before ? d->before->state : STR("");
		d->report.before_cause = d->before ? d->before->cause : STR("");
		render_json_report(&c->out, &d->report);
		buf_add_char(&c->out, '\n');
	} else if (cmd_has(c, "explain")) {
		render_text_explain(&c->out, &c->text, &d->report);
	}
	return ERR_OK;
}

/* ---- the saved incident ---- */

enum err diagnosis_save(struct diagnosis *d, const char *path, bool force)
{
	struct cmd_context *c = d->c;
	int64_t generation;
	enum err e = store_generation(d->store, &generation);
	struct buf bytes = { 0 };
	if (!e) {
		incident_write(&bytes, &d->report, generation);
		buf_add_char(&bytes, '\n');
		e = buf_err(&bytes);
	}
	if (!e)
		e = save_file(c, path, force, 0600, buf_str(&bytes));
	buf_free(&bytes);
	return e;
}

static enum err load(struct cmd_context *c, const char *path, struct incident *ret_incident)
{
	struct str bytes;
	int fd = -1;
	enum err e = open_file(c, path, &fd); /* never the code of a KB that is missing */
	if (e)
		return e;
	e = cmd_read_fd(c, fd, INCIDENT_BYTES_MAX, &bytes);
	close(fd);
	if (e == ERR_LIMIT)
		return diags_fail(&c->diags, e, "%s: an incident is at most %d MiB", path, INCIDENT_BYTES_MAX >> 20);
	if (e)
		return e == ERR_INTERRUPTED ? e : diags_fail(&c->diags, e, "%s: %s", path, err_text(e));
	c->diags.origin = str_c(path);
	e = incident_read(bytes, &c->arena, &c->diags, ret_incident);
	c->diags.origin = STR("");
	return e == ERR_NEWER ? ERR_INPUT : e;
}

int diagnosis_again(struct cmd_context *c, bool live,
		    void (*say)(struct cmd_context *c, const struct incident *before, const struct verdict *now))
{
	struct diagnosis d = { .c = c };
	struct incident incident = { 0 };
	if (c->arg_count != 1) {
		cmd_usage(c, "%s takes one saved incident", c->cmd->name);
		return EXIT_USAGE;
	}
	enum err e = load(c, c->args[0], &incident);
	for (size_t i = 0; i < incident.binding_count && d.set_count < SETS_MAX; i++)
		d.sets[d.set_count++] = incident.bindings[i];
	d.after_fix = live && !str_eq(incident.state, STR("healthy"));
	if (live)
		d.before = &incident;
	else
		d.replay = &incident;
	if (!e)
		e = diagnosis_open(&d, live);
	if (!e)
		e = diagnosis_run(&d, incident.text, 0);
	if (!e && say && !c->json)
		say(c, &incident, &d.report.verdict);
	int code = e ? cmd_fail(c, e) : diagnosis_exit_code(&d.report);
	diagnosis_close(&d);
	return code;
}
