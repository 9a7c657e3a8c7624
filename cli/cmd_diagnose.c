/* SPDX-License-Identifier: MIT
 *
 * kbt diagnose TEXT: look-up, probes, verdict. Lines appear as probes answer; with --json one object at the end. Asks
 * for a name that the message does not give where a person is at the terminal.
 */
#include "cli/cmd.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SETS_MAX = 32 };

struct diagnosis {
	struct cmd_context *c;
	struct binding sets[SETS_MAX];
	size_t set_count;
	struct store *store;
	struct matcher *matcher;
	struct match_scratch *scratch;
	struct causes *causes;
	struct driver *driver;
	struct probe_files files;
	struct triage_report report;
};

static bool read_sets(struct diagnosis *d)
{
	struct cmd_context *c = d->c;
	const char *text;
	for (size_t i = 0; (text = cmd_value_at(c, "set", i)); i++) {
		struct str name, value;
		bool split = str_cut(str_c(text), '=', &name, &value);
		name = str_trim(name);
		value = str_trim(value);
		if (!split || !name.n || !value.n || d->set_count == SETS_MAX) {
			cmd_usage(c, "--set wants name=value (at most %d), not '%s'", SETS_MAX, text);
			return false;
		}
		enum var_type type;
		if (!var_type_parse(name, &type))
			type = VAR_TEXT;
		struct binding b = { arena_str(&c->arena, name), value, type, STR("set") };
		if (!triage_binding_fits(&b, &c->arena, &c->diags)) {
			cmd_show_diags(c);
			return false;
		}
		d->sets[d->set_count++] = b;
	}
	return true;
}

static enum err load_causes(struct diagnosis *d)
{
	struct store_source *files;
	size_t count;
	enum err e = store_causes(d->store, &d->c->arena, &files, &count);
	return e ? e : causes_load(files, count, &d->c->diags, &d->causes);
}

static enum err open_all(struct diagnosis *d, bool offline)
{
	struct cmd_context *c = d->c;
	struct driver_options options = { .cancel = cmd_cancel() };
	enum err e = cmd_store(c, STORE_READ, &d->store);
	if (!e)
		e = match_open(d->store, &c->diags, NULL, NULL, &d->matcher);
	if (!e)
		e = match_scratch_open(d->matcher, &d->scratch);
	if (!e)
		e = load_causes(d);
	if (!e && !offline)
		e = driver_open(&options, &c->diags, &d->driver);
	if (!e && !offline)
		e = triage_read_files(&c->arena, &c->diags, &d->files);
	return e;
}

static void close_all(struct diagnosis *d)
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
	struct str value = str_trim(str_c(line));
	while (value.n && value.p[0] == '\\')
		value = str_from(value, 1);
	if (!value.n)
		return false;
	d->sets[d->set_count++] = (struct binding){ need->name, arena_str(&d->c->arena, value), need->type, STR("asked") };
	return true;
}

static int exit_code(const struct triage_report *r)
{
	switch (r->verdict.state) {
	case VERDICT_CONFIRMED:
	case VERDICT_HEALTHY: return EXIT_FOUND;
	case VERDICT_INCONCLUSIVE: return EXIT_UNDECIDED;
	default: return r->answer.found.explained ? EXIT_UNDECIDED : EXIT_NONE;
	}
}

static enum err diagnose(struct diagnosis *d, struct str text, double start_delay_ms)
{
	struct cmd_context *c = d->c;
	struct triage_options options = { .match = { .limit = c->limit },
					  .offline = cmd_has(c, "offline"),
					  .all = cmd_has(c, "all"),
					  .start_delay_ms = start_delay_ms,
					  .emit = show_event,
					  .context = c };
	for (bool again = true; again;) {
		options.set = d->sets;
		options.set_count = d->set_count;
		enum err e = triage_run(d->store, d->matcher, d->scratch, d->causes, d->driver, &d->files, text, &options,
					&c->arena, &d->report);
		if (e)
			return e;
		again = !options.offline && ask_server(d);
	}
	return ERR_OK;
}

static int run(struct cmd_context *c)
{
	struct diagnosis d = { .c = c };
	struct str text;
	uint64_t delay_s = 0;
	if (!read_sets(&d) || !cmd_number(c, "start-delay", 0, 600, &delay_s))
		return EXIT_USAGE;
	enum err e = cmd_message(c, MATCH_INPUT_MAX, &text);
	if (!e)
		e = open_all(&d, cmd_has(c, "offline"));
	if (!e)
		e = diagnose(&d, text, (double)delay_s * 1000);
	if (!e && c->json) {
		render_json_report(&c->out, &d.report);
		buf_add_char(&c->out, '\n');
	} else if (!e && cmd_has(c, "explain")) {
		render_text_explain(&c->out, &c->text, &d.report);
	}
	int code = e ? cmd_fail(c, e) : exit_code(&d.report);
	close_all(&d);
	return code;
}

static const struct cmd_option options[] = {
	{ "set", 0, "NAME=VALUE", "bind server, address, share, link, known_address or what the message leaves open" },
	{ "offline", 0, NULL, "probe nothing" },
	{ "all", 0, NULL, "run every probe, also after the cause is decided" },
	{ "explain", 0, NULL, "what ruled each cause out, and the packets of each probe" },
	{ "start-delay", 0, "SECONDS", "wait before the first probe" },
	{ .name = NULL }
};

static const char *const examples[] = {
	"kbt diagnose 'Failed to connect to <\\\\FILESRV>, Error = 53'",
	"kbt diagnose --set known_address=10.53.0.10 'System error 53 has occurred.' --set server=FILESRV",
	"kbt diagnose --explain --set link=ppp0 'Error during WNetAddConnection2 to \\\\SITE1\\SMS_SITE (53)'",
	NULL
};

const struct cmd cmd_diagnose = {
	.name = "diagnose",
	.usage = "TEXT | -",
	.help = "find the cause of a message by probing",
	.about = "Looks the message up, runs the probes that tell its causes apart, and gives a verdict.\n"
		 "Exit code 0: a cause is confirmed, or the path works now; 3: not decided; 1: nothing explains it.",
	.examples = examples,
	.options = options,
	.run = run,
};
