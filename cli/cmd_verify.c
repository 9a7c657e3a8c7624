/* SPDX-License-Identifier: MIT
 *
 * kbt verify FILE: the diagnosis of a saved incident anew, and what has changed.
 */
#include "cli/diagnosis.h"

/* say_change: one line at the end, before and after. */
static void say_change(struct cmd_context *c, const struct incident *before, const struct verdict *now)
{
	buf_add_c(&c->out, "\nbefore: ");
	render_safe(&c->out, before->state, false);
	buf_add_c(&c->out, before->cause.n ? " " : "");
	render_safe(&c->out, before->cause, false);
	buf_addf(&c->out, "\nnow:    %s%s", verdict_state_name(now->state), now->cause.n ? " " : "");
	render_safe(&c->out, now->cause, false);
	buf_add_char(&c->out, '\n');
}

static int run(struct cmd_context *c)
{
	return diagnosis_again(c, true, say_change);
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
	.about = "Runs the diagnosis of a saved incident anew, with its message and bindings, and says what was\n"
		 "and what is. Exit code as of kbt diagnose: 0 also where the same cause is confirmed again.",
	.examples = examples,
	.options = options,
	.run = run,
};
