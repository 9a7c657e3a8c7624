/* SPDX-License-Identifier: MIT
 *
 * See complete.h.
 */
#include "cli/complete.h"

#include "probe/probe_machine.h"

#include <string.h>

static void offer(struct buf *out, const char *prefix, struct str word, const char *says)
{
	buf_addf(out, "%s%.*s\t%s\n", prefix, STR_ARG(word), says);
}

static void offer_commands(struct buf *out, const struct cmd *const *commands)
{
	for (; *commands; commands++)
		offer(out, "", str_c((*commands)->name), (*commands)->help);
}

static void offer_options(struct buf *out, const struct cmd *cmd, const struct cmd_option *table)
{
	for (; table && table->name; table++)
		if (cmd_uses(cmd, table))
			offer(out, "--", str_c(table->name), table->help);
}

/* offer_values: an option that names none of these and no file takes what nobody can guess. */
static void offer_values(struct buf *out, const struct cmd_option *option)
{
	static const struct {
		const char *option, *values;
	} known[] = {
		{ "color", "auto always never" },
		{ "by", "article host hour" },
		{ "since", "today yesterday now -1h -24h" },
		{ "until", "today yesterday now -1h -24h" },
		{ "role", "read probe admin" },
		{ "set", "server= address= share= port= link= known_address= ras_server= program= works=" },
		{ "keep", "none" },
		{ "allow", "own" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		struct str rest = str_c(strcmp(option->name, known[i].option) ? "" : known[i].values), word;
		while (str_word(&rest, &word))
			offer(out, "", word, "");
	}
	if (!strcmp(option->value, "FILE"))
		buf_add_c(out, ":files\n");
}

static void offer_probe(struct buf *out, const char *name)
{
	for (size_t i = 0; probes[i]; i++) {
		if (!name)
			offer(out, "", str_c(probes[i]->name), probes[i]->says);
		for (const struct probe_arg_help *h = probes[i]->args;
		     name && !strcmp(probes[i]->name, name) && h->name; h++)
			buf_addf(out, "%s=\t%s\n", h->name, h->says);
	}
}

/* offer_argument: the next one that is no option, behind `first` (NULL: it is the first itself). */
static void offer_argument(struct buf *out, const struct cmd *cmd, const char *first)
{
	if (!strcmp(cmd->name, "probe"))
		offer_probe(out, first);
	else if (!strcmp(cmd->name, "token") && !first)
		buf_add_c(out, "add\ta new token, printed once\nremove\ttake one out\nlist\tnames and roles\n");
	else if (strstr(cmd->usage, "PATH") || strstr(cmd->usage, "FILE"))
		buf_add_c(out, ":files\n");
}

static const struct cmd_option *option_of(const struct cmd *cmd, const char *word)
{
	if (word[0] != '-' || !word[1])
		return NULL;
	return word[1] == '-' ? cmd_option_find(cmd, word + 2, strlen(word + 2), 0)
			      : cmd_option_find(cmd, NULL, 0, word[1]);
}

/* takes_next: the option at this word has a value, which is not behind its letter: -n, and not -n5. */
static bool takes_next(const struct cmd_option *option, const char *word)
{
	return option && option->value && (word[1] == '-' || !word[2]);
}

void complete(struct buf *out, const struct cmd *const *commands, char *const *words, size_t count)
{
	const char *first = NULL, *now = count ? words[count - 1] : "";
	const struct cmd_option *waits = NULL; /* for its value */
	if (count < 2 || !strcmp(words[0], "help")) {
		offer_commands(out, commands);
		if (count < 2)
			buf_add_c(out, "--help\tall commands\n--version\tof this program\n");
		return;
	}
	while (*commands && strcmp((*commands)->name, words[0]))
		commands++;
	if (!*commands)
		return;
	for (size_t i = 1; i + 1 < count; i++) {
		const struct cmd_option *option = waits ? NULL : option_of(*commands, words[i]);
		if (!option && !waits && words[i][0] != '-' && !first)
			first = words[i];
		waits = takes_next(option, words[i]) ? option : NULL;
	}
	if (waits) {
		offer_values(out, waits);
	} else if (now[0] == '-') {
		offer_options(out, *commands, (*commands)->options);
		offer_options(out, *commands, cmd_shared_options);
	} else {
		offer_argument(out, *commands, first);
	}
}
