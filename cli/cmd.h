/* SPDX-License-Identifier: MIT
 *
 * How a command is written: one file cmd_<name>.c that ends in a `const struct cmd cmd_<name>`, and one row in
 * commands.def. Options and help are tables; main.c parses and prints from them. A command takes a struct
 * cmd_context, writes its results into c->out (cmd_flush sends them to standard output), lets its diagnostics go to
 * c->diags (printed on standard error by cmd_fail and at the end), and gives an exit code. It never calls exit, and
 * never writes to standard output in another way.
 */
#ifndef KBT_CLI_CMD_H
#define KBT_CLI_CMD_H

#include "render/render.h"

#include <stdatomic.h>

enum exit_code {
	EXIT_FOUND = 0,	    /* found, done, confirmed, healthy */
	EXIT_NONE = 1,	    /* nothing explains it */
	EXIT_USAGE = 2,	    /* usage, input or output error */
	EXIT_UNDECIDED = 3, /* an answer but no decision */
	EXIT_KB = 4	    /* the knowledge base is missing, damaged or newer */
			    /* 130: interrupted (128 + the signal) */
};

struct cmd_option {
	const char *name;  /* "replace" for --replace */
	char letter;	   /* 'n' for -n, or 0 */
	const char *value; /* what the value is called ("FILE"); NULL for a switch */
	const char *help;
};

/* Options that every command takes; a command's own table adds to them. */
extern const struct cmd_option cmd_shared_options[];

struct cmd_context;

struct cmd {
	const char *name;
	const char *usage;	     /* behind the options: "PATH..."; may be empty */
	const char *help;	     /* one line for the list of commands, no stop */
	const char *about;	     /* paragraphs for `kbt NAME --help`, lines of at most 100 columns; may be NULL */
	const char *const *examples; /* commands as typed, ended by NULL */
	const struct cmd_option *options; /* ended by a NULL name; NULL for none */
	bool no_db, no_limit;		  /* --db and -n change nothing here: the help leaves them out */
	int (*run)(struct cmd_context *c);
};

/* cmd_option_find: of the command (NULL: of none) or of all, by its name or else its letter; NULL: there is none. */
const struct cmd_option *cmd_option_find(const struct cmd *cmd, const char *name, size_t n, char letter);
bool cmd_uses(const struct cmd *cmd, const struct cmd_option *option);

struct cmd_value {
	const struct cmd_option *option;
	const char *text; /* NULL for a switch */
};

struct cmd_context {
	const struct cmd *cmd;
	const char **args; /* what is no option */
	size_t arg_count;
	struct cmd_value *values; /* in the order given */
	size_t value_count;

	bool json;    /* --json */
	size_t limit; /* -n; 10 */
	bool limit_given;
	const char *db;		    /* the database's path, decided */
	bool db_is_default;	    /* nobody named it */
	struct render_text text;    /* colour and width of standard output */
	bool plain_marks;	    /* standard output is a terminal, and not one of UTF-8 */
	bool err_is_tty, err_draws; /* progress may be shown on what draws */

	struct arena arena; /* lives as long as the command */
	struct diags diags; /* in that arena */
	size_t diags_shown;
	/* What is said on standard error passes it, where there is one; it may use the arena. */
	struct str (*hide)(void *hider, struct str text, struct arena *a);
	void *hider;
	struct buf out; /* results */
	bool out_whole; /* a signal does not cut the output off, as something else says that it is out */
	int out_errno;	/* what the first failed write said */
};

/* Options: whether it was given, its last value (or the fallback), its nth value (NULL behind the last). */
bool cmd_has(const struct cmd_context *c, const char *name);
const char *cmd_value(const struct cmd_context *c, const char *name, const char *fallback);
const char *cmd_value_at(const struct cmd_context *c, const char *name, size_t nth);
/* cmd_number reads an option's value as a whole number within bounds; false after an error on stderr. *ret_number is
 * untouched where the option was not given. */
bool cmd_number(struct cmd_context *c, const char *name, uint64_t min, uint64_t max, uint64_t *ret_number);

/* cmd_article reads the only argument as an article's id; false after an error on stderr. */
bool cmd_article(struct cmd_context *c, struct str *ret_id);

/* cmd_flush sends c->out to standard output and empties it; false once a write failed (then stop producing). */
bool cmd_flush(struct cmd_context *c);

/* cmd_error prints one sentence on standard error, after what is in diags. Untrusted bytes in it are escaped. */
void cmd_error(struct cmd_context *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cmd_usage(struct cmd_context *c, const char *format, ...) __attribute__((format(printf, 2, 3))); /* + see --help */
/* cmd_show_diags prints the diagnostics not shown so far on standard error. */
void cmd_show_diags(struct cmd_context *c);
/* cmd_fail shows the diagnostics (if none is an error, the words of e) and gives the exit code of e. */
int cmd_fail(struct cmd_context *c, enum err e);

/* cmd_store opens the database; after a failure the sentence is in c->diags: return cmd_fail(c, e). */
enum err cmd_store(struct cmd_context *c, enum store_mode mode, struct store **ret_store) MUST_USE;
void cmd_say_waiting(struct cmd_context *c); /* that somebody else has it */

/* cmd_matcher opens the matcher of the store's content; where it has to be compiled that shows on a terminal, and a
 * signal ends it. */
enum err cmd_matcher(struct cmd_context *c, struct store *store, struct matcher **ret_matcher) MUST_USE;

/* The whole knowledge base for look-ups: the store and a matcher of its present content. */
struct cmd_kb {
	struct store *store;
	struct matcher *matcher;
	struct match_scratch *scratch;
};
enum err cmd_kb_open(struct cmd_context *c, struct cmd_kb *ret_kb) MUST_USE;
void cmd_kb_close(struct cmd_kb *kb);

/* cmd_message joins the arguments by spaces, or reads standard input for "-" or where there are no arguments and
 * standard input is no terminal. ERR_INPUT without either, ERR_LIMIT beyond max bytes. */
enum err cmd_message(struct cmd_context *c, size_t max, struct str *ret_text) MUST_USE;
/* cmd_hint_at_file: what was looked up for nothing is the name of a file, and somebody meant what is in it. */
void cmd_hint_at_file(struct cmd_context *c);
/* cmd_fail_message is cmd_fail behind a look-up: what was wrong with its message is said. */
int cmd_fail_message(struct cmd_context *c, enum err e);
/* cmd_decoded gives bytes of another encoding than UTF-8 as UTF-8, as articles are read: cmd_message does. */
struct str cmd_decoded(struct str bytes, struct arena *a);
/* cmd_read_fd reads to the end. ERR_IO: errno says why. */
enum err cmd_read_fd(struct cmd_context *c, int fd, size_t max, struct str *ret_bytes) MUST_USE;

/* cmd_signal is the signal that asks this program to end (SIGINT, SIGTERM, SIGHUP), else 0. */
int cmd_signal(void);
#define cmd_interrupted() (cmd_signal() != 0)
const atomic_bool *cmd_cancel(void); /* set by the same signals, for what runs long in the engine */

/* cmd_progress redraws one line on a terminal's standard error, at most ten times a second; "" takes it away. */
void cmd_progress(struct cmd_context *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define CMD(name) extern const struct cmd cmd_##name;
#include "cli/commands.def"
#undef CMD

#endif
