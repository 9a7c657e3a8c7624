/* SPDX-License-Identifier: MIT
 *
 * The table of commands, their options and their help; what one command needs of its surroundings is in cmd.c.
 */
#include "base/mem.h"
#include "cli/complete.h"
#include "cli/guess.h"
#include "cli/help.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct cmd *const commands[] = {
#define CMD(name) &cmd_##name,
#include "cli/commands.def"
#undef CMD
	NULL
};

const struct cmd_option cmd_shared_options[] = {
	{ "db", 0, "FILE", "the database (else $KBT_DB, else kbtriage/kb.db in $XDG_DATA_HOME)" },
	{ "json", 0, NULL, "one JSON object a line" },
	{ "limit", 'n', "N", "at most N answers (default 10)" },
	{ "color", 0, "WHEN", "auto, always or never" },
	{ "help", 'h', NULL, "this help" },
	{ .name = NULL }
};

static const struct cmd_option *option_in(const struct cmd_option *table, const char *name, size_t n, char letter)
{
	for (; table && table->name; table++)
		if (name ? strlen(table->name) == n && !memcmp(table->name, name, n)
			 : letter && table->letter == letter)
			return table;
	return NULL;
}

const struct cmd_option *cmd_option_find(const struct cmd *cmd, const char *name, size_t n, char letter)
{
	const struct cmd_option *own = cmd ? option_in(cmd->options, name, n, letter) : NULL;
	return own ? own : option_in(cmd_shared_options, name, n, letter);
}

bool cmd_uses(const struct cmd *cmd, const struct cmd_option *option)
{
	return !(cmd->no_db && !strcmp(option->name, "db")) && !(cmd->no_limit && !strcmp(option->name, "limit"));
}

/* is_dumb: a terminal that only writes on; what is drawn over it would stay, a line behind the other. */
static bool is_dumb(void)
{
	const char *term = getenv("TERM");
	return !term || !strcmp(term, "dumb");
}

/* look_at says what the terminal behind fd shows: its width, where it is none as COLUMNS says, and whether it takes
 * colours. */
static void look_at(int fd, struct render_text *t)
{
	const char *no = getenv("NO_COLOR");
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t width;
	t->colour = !(no && *no) && isatty(fd) && !is_dumb();
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		t->width = size.ws_col;
	else if (columns && str_u64(str_c(columns), &width) && width >= 20 && width <= 1000)
		t->width = (unsigned)width;
}

static void say_not_written(struct cmd_context *c, int number)
{
	cmd_error(c, "could not write standard output: %s", strerror(number));
}

static bool print(FILE *to, struct buf *text)
{
	struct cmd_context c = { .cmd = NULL };
	bool whole = !buf_err(text) && fwrite(text->p, 1, text->n, to) == text->n && !fflush(to);
	int number = buf_err(text) ? ENOMEM : errno;
	buf_free(text);
	if (!whole && to == stdout && number != EPIPE)
		say_not_written(&c, number);
	return whole;
}

static int print_help(FILE *to)
{
	struct render_text t = { 0 };
	struct buf out = { 0 };
	look_at(fileno(to), &t);
	help_all(&out, &t, commands);
	return print(to, &out) && to == stdout ? EXIT_FOUND : EXIT_USAGE;
}

/* An argument that starts with a dash and is no option: "-", and negative numbers (a message may be an error code). */
static bool is_plain(const struct cmd *cmd, const char *arg)
{
	return arg[0] != '-' || !arg[1] || (char_is_digit(arg[1]) && !cmd_option_find(cmd, NULL, 0, arg[1]));
}

static void refuse_option(struct cmd_context *c, const char *arg)
{
	const struct cmd_option *const tables[] = { c->cmd->options, cmd_shared_options };
	struct guess near = { .typed = str_first(str_c(arg + 1 + (arg[1] == '-')), strcspn(arg + 2, "=")) };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		for (const struct cmd_option *o = arg[1] == '-' ? tables[i] : NULL; o && o->name; o++)
			guess_try(&near, o->name);
	if (near.name)
		cmd_usage(c, "unknown option %s: is --%s meant?", arg, near.name);
	else if (arg[1] != '-' || strchr(arg, ' '))
		cmd_usage(c, "unknown option %s: text or a name that begins with a dash stands behind --", arg);
	else
		cmd_usage(c, "unknown option %s", arg);
}

/* parse_option reads the option at argv[*at], and its value, which may be the next argument. */
static bool parse_option(struct cmd_context *c, int argc, char **argv, int *at)
{
	const char *arg = argv[*at], *value = NULL;
	const struct cmd_option *option;
	if (arg[1] == '-') {
		const char *equals = strchr(arg, '=');
		option = cmd_option_find(c->cmd, arg + 2, equals ? (size_t)(equals - arg - 2) : strlen(arg + 2), 0);
		value = equals ? equals + 1 : NULL;
	} else {
		option = cmd_option_find(c->cmd, NULL, 0, arg[1]);
		value = option && arg[2] ? arg + 2 : NULL;
	}
	if (!option) {
		refuse_option(c, arg);
		return false;
	}
	if (!option->value && value) {
		cmd_usage(c, "--%s takes no value", option->name);
		return false;
	}
	if (option->value && !value) {
		if (*at + 1 >= argc) {
			cmd_usage(c, "%s needs a value (%s)", arg, option->value);
			return false;
		}
		value = argv[++*at];
	}
	if (option->value && !*value && !strcmp(option->value, "FILE")) {
		cmd_usage(c, "--%s needs the name of a file", option->name);
		return false;
	}
	if (option->value && !strcmp(value, "-") && !strcmp(option->value, "FILE") && strcmp(option->name, "report")) {
		cmd_usage(c, "--%s takes a file, not standard input or output: one that is called - is ./-", option->name);
		return false;
	}
	c->values[c->value_count++] = (struct cmd_value){ option, value };
	return true;
}

static bool parse_arguments(struct cmd_context *c, int argc, char **argv)
{
	c->args = arena_array(&c->arena, const char *, (size_t)argc + 1);
	c->values = arena_array(&c->arena, struct cmd_value, (size_t)argc + 1);
	if (arena_err(&c->arena))
		return false;
	bool only_plain = false;
	for (int i = 0; i < argc; i++) {
		if (!only_plain && !strcmp(argv[i], "--"))
			only_plain = true;
		else if (only_plain || is_plain(c->cmd, argv[i]))
			c->args[c->arg_count++] = argv[i];
		else if (!parse_option(c, argc, argv, &i))
			return false;
	}
	return true;
}

static bool decide_colour(struct cmd_context *c)
{
	const char *when = cmd_value(c, "color", "auto");
	look_at(STDOUT_FILENO, &c->text);
	if (!strcmp(when, "always")) {
		c->text.colour = true;
	} else if (!strcmp(when, "never")) {
		c->text.colour = false;
	} else if (strcmp(when, "auto")) {
		cmd_usage(c, "--color is auto, always or never, not '%s'", when);
		return false;
	}
	return true;
}

/* decide_db: false where nobody says where it is and there is no home to look in. */
static bool decide_db(struct cmd_context *c)
{
	const char *db = cmd_value(c, "db", NULL), *env = getenv("KBT_DB"), *xdg = getenv("XDG_DATA_HOME"),
		   *home = getenv("HOME");
	if (!db && env && *env)
		db = env;
	c->db_is_default = !db;
	if (!db && xdg && *xdg == '/') /* its specification: one that does not begin there says nothing */
		db = arena_printf(&c->arena, "%s/kbtriage/kb.db", xdg).p;
	if (!db && home && *home)
		db = arena_printf(&c->arena, "%s/.local/share/kbtriage/kb.db", home).p;
	c->db = db;
	if (!db && arena_err(&c->arena))
		cmd_fail(c, ERR_NOMEM);
	else if (!db && !c->cmd->no_db)
		cmd_error(c, "neither $XDG_DATA_HOME nor $HOME is set: name the database with --db or $KBT_DB");
	return db || c->cmd->no_db;
}

/* terminal_is_utf8: as the locale says; nothing else in this program goes by it, so it is left as it was. */
static bool terminal_is_utf8(void)
{
	bool utf8 = setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8");
	setlocale(LC_CTYPE, "C");
	return utf8;
}

static bool prepare(struct cmd_context *c)
{
	uint64_t limit = 10;
	c->json = cmd_has(c, "json");
	c->limit_given = cmd_has(c, "limit");
	c->err_is_tty = isatty(STDERR_FILENO);
	c->err_draws = c->err_is_tty && !is_dumb();
	c->plain_marks = isatty(STDOUT_FILENO) && !terminal_is_utf8();
	if (!decide_db(c) || !decide_colour(c) || !cmd_number(c, "limit", 1, 1000000, &limit))
		return false;
	c->limit = (size_t)limit;
	return true;
}

static int run_command(const struct cmd *cmd, int argc, char **argv)
{
	struct cmd_context c = { .cmd = cmd };
	c.diags.arena = &c.arena;
	int code = EXIT_USAGE;
	if (!parse_arguments(&c, argc, argv)) {
		if (arena_err(&c.arena))
			cmd_fail(&c, ERR_NOMEM);
	} else if (cmd_has(&c, "help")) {
		struct buf out = { 0 };
		bool known = decide_colour(&c);
		help_command(&out, &c.text, cmd);
		code = known && print(stdout, &out) ? EXIT_FOUND : EXIT_USAGE;
	} else if (prepare(&c)) {
		code = cmd->run(&c);
	}
	cmd_show_diags(&c);
	if (mem_failures() && (code == EXIT_FOUND || code == EXIT_NONE || code == EXIT_UNDECIDED)) {
		cmd_error(&c, "%s: out of memory: what it said may not be whole", cmd->name);
		code = EXIT_USAGE;
	}
	if (!cmd_flush(&c)) {
		code = EXIT_USAGE;
		if (c.out_errno != EPIPE)
			say_not_written(&c, c.out_errno);
	}
	bool broken_pipe = c.out_errno == EPIPE;
	cmd_progress(&c, "%s", "");
	buf_free(&c.out);
	arena_free(&c.arena);
	if (broken_pipe) { /* end as a program that knows nothing of signals would */
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return cmd_interrupted() ? 128 + cmd_signal() : code;
}

static volatile sig_atomic_t last_signal;
static atomic_bool cancel;

static void on_signal(int number)
{
	last_signal = number;
	atomic_store(&cancel, true);
}

int cmd_signal(void)
{
	return last_signal;
}

const atomic_bool *cmd_cancel(void)
{
	return &cancel;
}

static void listen_to_signals(void)
{
	/* No SA_RESTART: a read that waits comes back. A second signal ends the program at once. */
	struct sigaction ask = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigaction(SIGINT, &ask, NULL);
	sigaction(SIGTERM, &ask, NULL);
	sigaction(SIGHUP, &ask, NULL);
	sigaction(SIGPIPE, &ignore, NULL);
	sigaction(SIGXFSZ, &ignore, NULL); /* a file that may not grow is an error of write(2), with a sentence */
}

/* hold_streams: of the three that programs are started with, one that is closed stays an error to read or write. Else
 * the next file that is opened would be taken for it. */
static void hold_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(EXIT_USAGE);
}

/* meant_by: what other programs call it, or NULL. */
static const char *meant_by(const char *name)
{
	static const struct {
		const char *word, *command;
	} known[] = {
		{ "search", "lookup" }, { "find", "lookup" },  { "explain", "lookup" }, { "add", "import" },
		{ "load", "import" },   { "delete", "remove" }, { "rm", "remove" },	 { "web", "serve" },
		{ "follow", "scan" },   { "watch", "scan" },    { "tail", "scan" },	 { "check", "lint" },
		{ "list", "stats" },    { "-v", "--version" },  { "-V", "--version" },
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(name, known[i].word))
			return known[i].command;
	return NULL;
}

static int refuse_command(const char *name)
{
	struct cmd_context c = { .cmd = NULL };
	const char *meant = meant_by(name);
	size_t dashes = strspn(name, "-");
	struct guess near = { .typed = str_c(name + dashes) }, alone = near;
	const char *what = dashes && name[dashes] ? "unknown option" : "no command";
	for (const struct cmd *const *cmd = commands; *cmd; cmd++)
		guess_try(&near, (*cmd)->name);
	guess_try(&alone, "version");
	guess_try(&alone, "help");
	if (dashes == 2 && cmd_option_find(NULL, name + 2, strcspn(name + 2, "="), 0))
		cmd_error(&c, "%s stands behind the command, as in `kbt lookup %s ...`", name, name);
	else if (meant)
		cmd_error(&c, "%s '%s': is `kbt %s` meant? `kbt --help` lists all", what, name, meant);
	else if (!dashes && strchr(name, ' '))
		cmd_error(&c, "no command '%s': a message is explained by `kbt lookup '...'`", name);
	else if (near.name && (!alone.name || near.slips <= alone.slips))
		cmd_error(&c, "%s '%s': is `kbt %s` meant? `kbt --help` lists all", what, name, near.name);
	else if (alone.name)
		cmd_error(&c, "%s '%s': is `kbt --%s` meant? `kbt --help` lists all", what, name, alone.name);
	else
		cmd_error(&c, "%s '%s': `kbt --help` lists them", what, name);
	return EXIT_USAGE;
}

static int complete_words(char *const *words, size_t count)
{
	struct buf out = { 0 };
	complete(&out, commands, words, count);
	return print(stdout, &out) ? EXIT_FOUND : EXIT_USAGE;
}

int main(int argc, char **argv)
{
	hold_streams();
	if (argc < 2)
		return print_help(stderr);
	listen_to_signals();
	const char *name = argv[1];
	if (!strcmp(name, "--version") || !strcmp(name, "version")) {
		struct buf version = { 0 };
		buf_add_c(&version, "kbt " KBT_VERSION "\n");
		return print(stdout, &version) ? EXIT_FOUND : EXIT_USAGE;
	}
	if (!strcmp(name, "__complete"))
		return complete_words(argv + 2, (size_t)argc - 2);
	bool help = !strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help");
	if (help && argc < 3)
		return print_help(stdout);
	char *help_argv[] = { "--help" };
	for (const struct cmd *const *cmd = commands; *cmd; cmd++)
		if (!strcmp((*cmd)->name, argv[help ? 2 : 1]))
			return help ? run_command(*cmd, 1, help_argv) : run_command(*cmd, argc - 2, argv + 2);
	return refuse_command(argv[help ? 2 : 1]);
}
