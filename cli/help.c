/* SPDX-License-Identifier: MIT
 *
 * See help.h.
 */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

enum {
	WIDTH = 80,	 /* where nobody says */
	WIDTH_MAX = 100, /* longer lines are hard to read */
	NARROW = 60,	 /* then what an option does stands below it */
	COLUMN = 26,
	COLUMN_NARROW = 8,
	COMMANDS = 13
};

static struct render_text fit(const struct render_text *t)
{
	struct render_text fitted = *t;
	if (!fitted.width)
		fitted.width = WIDTH;
	if (fitted.width > WIDTH_MAX)
		fitted.width = WIDTH_MAX;
	return fitted;
}

static void add_heading(struct buf *out, const struct render_text *t, const char *words)
{
	buf_addf(out, "%s%s", render_on(t, RENDER_BOLD), words);
	render_end_colour(out, t);
}

/* add_paragraphs: a line end in the source is none in the text, a blank line is. */
static void add_paragraphs(struct buf *out, const struct render_text *t, const char *text)
{
	struct buf joined = { 0 };
	for (; *text; text++)
		if (*text != '\n' || text[1] == '\n' || (joined.n && joined.p[joined.n - 1] == '\n'))
			buf_add_char(&joined, *text);
		else
			buf_add_char(&joined, ' ');
	render_wrapped(out, t, 0, buf_str(&joined));
	buf_free(&joined);
}

/* add_beside: what is said of the name on the left, from a column on, or below it where there is no room. */
static void add_beside(struct buf *out, const struct render_text *t, const char *left, unsigned column,
		       const char *says)
{
	bool narrow = t->width < NARROW && column > COMMANDS;
	size_t n = strlen(left);
	buf_add_c(out, left);
	if (narrow)
		column = COLUMN_NARROW;
	if (narrow || n + 2 > column) {
		buf_add_char(out, '\n');
		n = 0;
	}
	for (; n < column; n++)
		buf_add_char(out, ' ');
	render_hanging(out, t, column, str_c(says));
}

static void add_options(struct buf *out, const struct render_text *t, const struct cmd *cmd,
			const struct cmd_option *table)
{
	for (; table && table->name; table++) {
		char left[80];
		if (!cmd_uses(cmd, table))
			continue;
		char letter[] = { '-', table->letter, ',', 0 };
		snprintf(left, sizeof left, "  %-3s --%s%s%s", table->letter ? letter : "", table->name,
			 table->value ? " " : "", table->value ? table->value : "");
		add_beside(out, t, left, COLUMN, table->help);
	}
}

/* add_example: a command goes on in the next line behind a backslash, as it could be typed; nothing in quotes is cut.
 */
static void add_example(struct buf *out, const struct render_text *t, const char *command)
{
	size_t column = 2;
	bool quoted = false;
	buf_add_c(out, "  ");
	for (const char *p = command; *p; column++, p++) {
		size_t word = 1;
		quoted ^= *p == '\'';
		for (bool inside = quoted; *p == ' ' && p[word] && (p[word] != ' ' || inside); word++)
			inside ^= p[word] == '\'';
		if (*p == ' ' && !quoted && column + word + 2 > t->width && column > 6) {
			buf_add_c(out, " \\\n     ");
			column = 5;
		}
		buf_add_char(out, *p);
	}
	buf_add_char(out, '\n');
}

void help_command(struct buf *out, const struct render_text *text, const struct cmd *cmd)
{
	struct render_text t = fit(text);
	struct buf line = { 0 };
	add_heading(out, &t, cmd->name);
	buf_add_c(out, ": ");
	render_hanging(out, &t, (unsigned)strlen(cmd->name) + 2, str_c(cmd->help));
	buf_add_char(out, '\n');
	add_heading(out, &t, "usage:");
	buf_addf(&line, "kbt %s [OPTION...]%s%s", cmd->name, *cmd->usage ? " " : "", cmd->usage);
	buf_add_char(out, ' ');
	render_hanging(out, &t, sizeof "usage: " - 1, buf_str(&line));
	if (cmd->about) {
		buf_add_char(out, '\n');
		add_paragraphs(out, &t, cmd->about);
	}
	buf_add_char(out, '\n');
	add_heading(out, &t, "options:\n");
	add_options(out, &t, cmd, cmd->options);
	add_options(out, &t, cmd, cmd_shared_options);
	if (cmd->examples && *cmd->examples) {
		buf_add_char(out, '\n');
		add_heading(out, &t, "examples:\n");
	}
	for (const char *const *e = cmd->examples; e && *e; e++)
		add_example(out, &t, *e);
	buf_free(&line);
}

static void add_codes(struct buf *out, const struct render_text *t)
{
	static const char *const codes[][2] = {
		{ "  0", "found, done, confirmed, healthy" },
		{ "  1", "nothing explains it" },
		{ "  2", "usage, input or output error" },
		{ "  3", "an answer but no decision" },
		{ "  4", "the knowledge base is missing, damaged or newer than this program" },
		{ "  130", "interrupted" },
	};
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		add_beside(out, t, codes[i][0], COMMANDS, codes[i][1]);
}

void help_all(struct buf *out, const struct render_text *text, const struct cmd *const *commands)
{
	struct render_text t = fit(text);
	add_paragraphs(out, &t,
		       "kbt turns knowledge base articles into answers: which article explains a message, which of "
		       "its causes holds here, and what to do.");
	buf_add_char(out, '\n');
	add_heading(out, &t, "usage:");
	buf_add_char(out, ' ');
	render_hanging(out, &t, sizeof "usage: " - 1, STR("kbt COMMAND [OPTION...] [ARGUMENT...]"));
	buf_add_char(out, '\n');
	add_heading(out, &t, "commands:\n");
	for (; *commands; commands++) {
		struct buf left = { 0 };
		buf_addf(&left, "  %s", (*commands)->name);
		buf_add_char(&left, '\0');
		add_beside(out, &t, buf_err(&left) ? "" : left.p, COMMANDS, (*commands)->help);
		buf_free(&left);
	}
	buf_add_char(out, '\n');
	add_heading(out, &t, "exit codes:\n");
	add_codes(out, &t);
	buf_add_char(out, '\n');
	add_paragraphs(out, &t, "`kbt COMMAND --help` says more, with examples. `kbt --version` prints the version.");
}
