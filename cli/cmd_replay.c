/* SPDX-License-Identifier: MIT
 *
 * kbt replay FILE: the verdict of a saved incident from its own evidence; no packet is sent.
 */
#include "cli/diagnosis.h"

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
	d.replay = &incident;
	if (!e)
		e = diagnosis_open(&d, false);
	if (!e)
		e = diagnosis_run(&d, incident.text, 0);
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
	"kbt replay monday.kbt",
	NULL
};

const struct cmd cmd_replay = {
	.name = "replay",
	.usage = "FILE",
	.help = "give the verdict of a saved incident again",
	.about = "Probes nothing: the evidence is the saved one, the articles and causes are those of the database.\n"
		 "Exit code as of kbt diagnose.",
	.examples = examples,
	.options = options,
	.run = run,
};
