/* SPDX-License-Identifier: MIT
 *
 * kbt diagnose TEXT: look-up, probes, verdict. Lines appear as probes answer; with --json one object at the end. Asks
 * for a name that the message does not give where a person is at the terminal.
 */
#include "cli/diagnosis.h"
#include "cli/save.h"

static int run(struct cmd_context *c)
{
	struct diagnosis d = { .c = c };
	const char *save = cmd_value(c, "save", NULL);
	struct str text;
	uint64_t delay_s = 0;
	if (!diagnosis_read_sets(&d) || !cmd_number(c, "start-delay", 0, 600, &delay_s))
		return EXIT_USAGE;
	enum err e = cmd_message(c, MATCH_INPUT_MAX, &text);
	if (!e && save) /* before anything is sent, not after it */
		e = save_check(c, save, cmd_has(c, "force"));
	if (!e)
		e = diagnosis_read_logs(&d);
	if (!e)
		e = diagnosis_open(&d, !cmd_has(c, "offline"));
	if (!e)
		e = diagnosis_check_sets(&d, text);
	if (!e)
		e = diagnosis_run(&d, text, (double)delay_s * 1000);
	if (!e && save)
		e = diagnosis_save(&d, save, cmd_has(c, "force"));
	int code = e ? cmd_fail_message(c, e) : diagnosis_exit_code(&d.report);
	if (code == EXIT_NONE)
		cmd_hint_at_file(c);
	diagnosis_close(&d);
	return code;
}

static const struct cmd_option options[] = {
	{ "set", 0, "NAME=VALUE", "bind server, address, share, port, link, known_address, ras_server, program ..." },
	{ "log", 0, "FILE", "a log with the message in it: its failures and successes are evidence; may be repeated" },
	{ "offline", 0, NULL, "probe nothing" },
	{ "all", 0, NULL, "run every probe, also after the cause is decided" },
	{ "explain", 0, NULL, "what ruled each cause out, and the packets of each probe" },
	{ "save", 0, "FILE", "keep the incident: message, bindings, evidence (kbt replay, kbt verify)" },
	{ "force", 0, NULL, "write over FILE" },
	{ "start-delay", 0, "SECONDS", "wait before the first probe" },
	{ .name = NULL }
};

static const char *const examples[] = {
	"kbt diagnose 'Failed to connect to <\\\\FILESRV>, Error = 53'",
	"kbt diagnose --set known_address=10.53.0.10 'System error 53 has occurred.' --set server=FILESRV",
	"kbt diagnose --explain --set link=ppp0 'Error during WNetAddConnection2 to \\\\SITE1\\SMS_SITE (53)'",
	"kbt diagnose --log Sender.log --set server=SITE1 'Error during WNetAddConnection2 (53)'",
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
