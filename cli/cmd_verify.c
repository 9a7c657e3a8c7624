/* SPDX-License-Identifier: MIT
 *
 * kbt verify FILE: the diagnosis of a saved incident anew, and what has changed.
 */
#include "cli/diagnosis.h"

/* say_change: one line at the end, before and after. */
static void say_change(struct cmd_context *c, const struct incident *before, const struct verdict *now)
{
	buf_addf(&c->out, "\nbefore: ");
	render_safe(&c->out, before->state, false);
	buf_add_c(&c->out, before->cause.n ? " " : "");
	render_safe(&c->out, before->cause, false);
	buf_addf(&c->out, "\nnow:    %s%s%.*s\n", verdict_state_name(now->state), now->cause.n ? " " : "",
		 STR_ARG(now->cause));
}

static int run(struct cmd_context *c)
{
	struct diagnosis d = { .c = c };
	struct incident incident = { 0 };
	if (c->arg_count != 1) {
		cmd_usage(c, "which saved incident?");
		return EXIT_USAGE;
	}
	enum err e = diagnosis_load(c, c->args[0], &incident);
	for (size_t i = 0; i < incident.binding_count && d.set_count < SETS_MAX; i++)
		d.sets[d.set_count++] = incident.bindings[i];
	if (!e)
		e = diagnosis_open(&d, true);
	if (!e)
		e = diagnosis_run(&d, incident.text, 0);
	if (!e && !c->json)
		say_change(c, &incident, &d.report.verdict);
	int code = e ? cmd_fail(c, e) : diagnosis_exit_code(&d.report);
	diagnosis_close(&d);
	return code;
}

static const struct cmd_option options[] = {
	{ "explain", 0, NULL, "what ruled each cause out, and the packets of each probe" },
	{ .name = NULL }
};

static const char *const examples[] = {
	"kbt diagnose --save monday.kbt 'Failed to connect to <\\\\FILESRV>, Error = 53'",
	"kbt verify monday.kbt",
	NULL
};

const struct cmd cmd_verify = {
	.name = "verify",
	.usage = "FILE",
	.help = "probe a saved incident again, after the fix",
	.about = "Runs the diagnosis of a saved incident anew, with its message and bindings, and says what was and what is.\n"
		 "Exit code as of kbt diagnose: 0 also where the same cause is confirmed again.",
	.examples = examples,
	.options = options,
	.run = run,
};
