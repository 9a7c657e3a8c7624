/* SPDX-License-Identifier: MIT
 *
 * kbt replay FILE: the verdict of a saved incident from its own evidence; no packet is sent.
 */
#include "cli/diagnosis.h"

static int run(struct cmd_context *c)
{
	return diagnosis_again(c, false, NULL);
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
	.about = "Probes nothing: the evidence is the saved one, the articles and causes are those of the database;\n"
		 "where these are others than when it was saved, that is said.\n"
		 "What an older program did not look at is said, and what it decided stays decided.\n"
		 "Exit code as of kbt diagnose.",
	.examples = examples,
	.options = options,
	.run = run,
};
