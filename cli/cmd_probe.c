/* SPDX-License-Identifier: MIT
 *
 * kbt probe NAME k=v...: one probe by hand, the evidence as the diagnosis would see it. The person at the terminal says
 * whom to ask, so any address is allowed here; the driver's limits hold.
 */
#include "cli/cmd.h"
#include "probe/driver.h"
#include "probe/probe_machine.h"

enum { BESIDE_LEAST = 24 /* columns: with less room what a name means stands below it */ };

static const char *type_name(enum fact_type type)
{
	return type == FACT_BOOL ? "bool" : type == FACT_NUMBER ? "number" : "text";
}

/* widest: the columns that the names of a probe's arguments, states and facts need. */
static unsigned widest(const struct probe *p)
{
	size_t most = 0;
	for (const struct probe_arg_help *h = p->args; h->name; h++)
		most = str_c(h->name).n + 3 > most ? str_c(h->name).n + 3 : most; /* [name=] */
	for (const struct probe_state_help *h = p->states; h->name; h++)
		most = str_c(h->name).n > most ? str_c(h->name).n : most;
	for (const struct probe_fact_help *h = p->facts; h->name; h++)
		most = str_c(h->name).n > most ? str_c(h->name).n : most;
	return (unsigned)most;
}

static void list_row(struct cmd_context *c, const char *name, unsigned wide, const char *says)
{
	bool beside = !c->text.width || c->text.width >= 4 + wide + 2 + BESIDE_LEAST;
	buf_addf(&c->out, "    %-*s%s", beside ? (int)wide : 0, name, beside ? "  " : "\n");
	if (beside)
		render_hanging(&c->out, &c->text, 4 + wide + 2, str_c(says));
	else
		render_wrapped(&c->out, &c->text, 8, str_c(says));
}

/* What may be left out stands in brackets. */
static void list_text(struct cmd_context *c, const struct probe *p)
{
	unsigned wide = widest(p);
	render_coloured(&c->out, &c->text, RENDER_BOLD, str_c(p->name));
	buf_add_c(&c->out, "  ");
	render_hanging(&c->out, &c->text, (unsigned)str_c(p->name).n + 2, str_c(p->says));
	if (p->args->name)
		buf_add_c(&c->out, "  arguments\n");
	for (const struct probe_arg_help *h = p->args; h->name; h++) {
		struct buf name = { 0 };
		buf_addf(&name, h->required ? "%s=" : "[%s=]", h->name);
		buf_add_char(&name, '\0');
		list_row(c, name.p ? name.p : "", wide, h->says);
		buf_free(&name);
	}
	buf_add_c(&c->out, "  states\n");
	for (const struct probe_state_help *h = p->states; h->name; h++)
		list_row(c, h->name, wide, h->says);
	buf_add_c(&c->out, "  facts\n");
	for (const struct probe_fact_help *h = p->facts; h->name; h++)
		list_row(c, h->name, wide, h->says);
	buf_add_char(&c->out, '\n');
}

static void list_json(struct cmd_context *c, const struct probe *p)
{
	struct json j = json_to(&c->out);
	json_object(&j);
	json_key_str(&j, "probe", str_c(p->name));
	json_key_str(&j, "says", str_c(p->says));
	json_key(&j, "args");
	json_array(&j);
	for (const struct probe_arg_help *h = p->args; h->name; h++) {
		json_object(&j);
		json_key_str(&j, "name", str_c(h->name));
		json_key_bool(&j, "required", h->required);
		json_key_str(&j, "says", str_c(h->says));
		json_end_object(&j);
	}
	json_end_array(&j);
	json_key(&j, "states");
	json_object(&j);
	for (const struct probe_state_help *h = p->states; h->name; h++)
		json_key_str(&j, h->name, str_c(h->says));
	json_end_object(&j);
	json_key(&j, "facts");
	json_array(&j);
	for (const struct probe_fact_help *h = p->facts; h->name; h++) {
		json_object(&j);
		json_key_str(&j, "name", str_c(h->name));
		json_key_str(&j, "type", str_c(type_name(h->type)));
		json_key_str(&j, "says", str_c(h->says));
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	buf_add_char(&c->out, '\n');
}

static void show_evidence(void *context, size_t index, struct evidence *e)
{
	struct cmd_context *c = context;
	(void)index;
	if (c->json) {
		render_json_evidence(&c->out, e);
		buf_add_char(&c->out, '\n');
		return;
	}
	render_text_evidence(&c->out, &c->text, e);
	size_t wide = 0;
	for (size_t i = 0; i < e->fact_count; i++)
		wide = e->facts[i].name.n > wide ? e->facts[i].name.n : wide;
	for (size_t i = 0; i < e->fact_count; i++) {
		buf_add_c(&c->out, "    ");
		render_padded(&c->out, e->facts[i].name, wide + 2);
		render_hanging(&c->out, &c->text, 4 + (unsigned)wide + 2, e->facts[i].text);
	}
}

struct outcome {
	struct cmd_context *c;
	bool ran;
};

static void done(void *context, size_t index, struct evidence *e)
{
	struct outcome *o = context;
	o->ran = !str_eq(e->state, STR("not-run"));
	show_evidence(o->c, index, e);
}

static int list(struct cmd_context *c)
{
	void (*add)(struct cmd_context *c, const struct probe *p) = c->json ? list_json : list_text;
	for (size_t i = 0; i < c->arg_count; i++) {
		const struct probe *p = probe_find(str_c(c->args[i]));
		if (!p) {
			cmd_error(c, "there is no probe %s (kbt probe --list)", c->args[i]);
			buf_free(&c->out);
			return EXIT_USAGE;
		}
		add(c, p);
	}
	for (size_t i = 0; probes[i] && !c->arg_count; i++)
		add(c, probes[i]);
	return EXIT_FOUND;
}

static int run(struct cmd_context *c)
{
	if (cmd_has(c, "list"))
		return list(c);
	if (!c->arg_count) {
		cmd_usage(c, "probe takes the name of a probe: `kbt probe --list` has them");
		return EXIT_USAGE;
	}
	struct str words[PROBE_ARGS_MAX + 1];
	size_t count = c->arg_count - 1;
	for (size_t i = 0; i < count && i <= PROBE_ARGS_MAX; i++)
		words[i] = str_c(c->args[i + 1]);
	struct probe_request request;
	struct probe_files files;
	struct driver_options options = { .cancel = cmd_cancel() };
	struct driver *driver = NULL;
	struct outcome outcome = { .c = c };
	enum err e = probe_request_parse(str_c(c->args[0]), words, count, &c->arena, &c->diags, &request);
	if (!e)
		e = triage_read_files(&c->arena, &c->diags, &files);
	if (!e && probe_request_arg(&request, "path").n)
		e = triage_read_program(probe_request_arg(&request, "path"), probe_request_arg(&request, "name"),
					&c->arena, &c->diags, &files.program);
	if (!e)
		e = driver_open(&options, &c->diags, &driver);
	request.files = &files;
	if (!e)
		e = driver_run(driver, &request, 1, &c->arena, done, &outcome);
	driver_close(&driver);
	if (e)
		return cmd_fail(c, e);
	return outcome.ran ? EXIT_FOUND : EXIT_UNDECIDED;
}

static const struct cmd_option options[] = {
	{ "list", 0, NULL, "all probes, or those that are named, with their arguments, states and facts" },
	{ .name = NULL }
};

static const char *const examples[] = {
	"kbt probe --list",
	"kbt probe --list tcp",
	"kbt probe tcp address=10.53.0.10 port=445",
	"kbt probe dns server=10.53.0.53 name=filesrv.lab53.test",
	"kbt probe pe path=/mnt/sms/bin/i386/connras.dll at_least=2.0.1493.3273",
	NULL
};

const struct cmd cmd_probe = {
	.name = "probe",
	.usage = "NAME [ARGUMENT=VALUE...] | --list [NAME...]",
	.help = "run one probe by hand",
	.about = "Exit code 0: it ran, whatever it found; 3: it could not run (the reason says what to grant).",
	.examples = examples,
	.options = options,
	.no_db = true,
	.no_limit = true,
	.run = run,
};
