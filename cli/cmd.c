/* SPDX-License-Identifier: MIT
 *
 * What commands share: option values, the store, standard streams, sentences for errors.
 */
#include "cli/cmd.h"

#include "article/article.h"
#include "article/charset.h"
#include "base/ready.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

const char *cmd_value_at(const struct cmd_context *c, const char *name, size_t nth)
{
	for (size_t i = 0; i < c->value_count; i++)
		if (!strcmp(c->values[i].option->name, name) && !nth--)
			return c->values[i].text ? c->values[i].text : "";
	return NULL;
}

bool cmd_has(const struct cmd_context *c, const char *name)
{
	return cmd_value_at(c, name, 0);
}

const char *cmd_value(const struct cmd_context *c, const char *name, const char *fallback)
{
	const char *last = fallback, *v;
	for (size_t i = 0; (v = cmd_value_at(c, name, i)); i++)
		last = v;
	return last;
}

static char letter_of(const struct cmd_context *c, const char *name)
{
	for (size_t i = 0; i < c->value_count; i++)
		if (!strcmp(c->values[i].option->name, name))
			return c->values[i].option->letter;
	return 0;
}

bool cmd_number(struct cmd_context *c, const char *name, uint64_t min, uint64_t max, uint64_t *ret_number)
{
	const char *text = cmd_value(c, name, NULL);
	uint64_t number;
	if (!text)
		return true;
	if (!str_u64(str_c(text), &number) || number < min || number > max) {
		char letter = letter_of(c, name); /* it may have been typed as that */
		struct str said = letter ? arena_printf(&c->arena, "-%c (--%s)", letter, name)
					 : arena_printf(&c->arena, "--%s", name);
		cmd_usage(c, "%.*s is a whole number from %llu to %llu, not '%s'", STR_ARG(said),
			  (unsigned long long)min, (unsigned long long)max, text);
		return false;
	}
	*ret_number = number;
	return true;
}

bool cmd_article(struct cmd_context *c, struct str *ret_id)
{
	if (c->arg_count == 1 && article_id(str_c(c->args[0]), &c->arena, ret_id))
		return true;
	if (c->arg_count == 1)
		cmd_usage(c, "'%s' is no article id such as Q150536", c->args[0]);
	else
		cmd_usage(c, "%s takes one article id", c->cmd->name);
	return false;
}

/* spell_plainly: a terminal of another character set than UTF-8 shows each of the marks that are drawn with as three
 * others. All other letters stay the bytes that were found. */
static void spell_plainly(struct buf *out)
{
	static const struct {
		char mark[4], plain;
	} marks[] = { { "\u2026", '>' }, { "\u2581", '_' }, { "\u2582", '_' }, { "\u2583", '-' }, { "\u2584", '-' },
		      { "\u2585", '=' }, { "\u2586", '=' }, { "\u2587", '#' }, { "\u2588", '#' }, { "\u00b7", '.' } };
	size_t to = 0;
	for (size_t at = 0; at < out->n;) {
		struct str rest = { out->p + at, out->n - at };
		size_t i = 0, n = sizeof marks / sizeof *marks;
		while ((rest.p[0] & 0x80) && i < n && !str_starts(rest, str_c(marks[i].mark)))
			i++;
		bool is_mark = (rest.p[0] & 0x80) && i < n;
		out->p[to++] = is_mark ? marks[i].plain : rest.p[0];
		at += is_mark ? str_c(marks[i].mark).n : 1;
	}
	out->n = to;
}

bool cmd_flush(struct cmd_context *c)
{
	size_t at = 0;
	if (c->plain_marks && !c->json && !buf_err(&c->out))
		spell_plainly(&c->out);
	if (!c->out_errno && buf_err(&c->out))
		c->out_errno = ENOMEM;
	if (c->out.n)
		cmd_progress(c, "%s", ""); /* both may be the same terminal */
	while (!c->out_errno && at < c->out.n) {
		ssize_t n = write(STDOUT_FILENO, c->out.p + at, c->out.n - at);
		if (n < 0 && errno == EAGAIN && ready_wait(STDOUT_FILENO, POLLOUT))
			continue;
		if (n > 0)
			at += (size_t)n;
		else if (n < 0 && errno != EINTR)
			c->out_errno = errno;
		else if (n < 0 && cmd_interrupted() && !c->out_whole)
			break;
	}
	buf_clear(&c->out);
	return !c->out_errno;
}

static void print_line(const struct cmd_context *c, struct str text)
{
	struct buf line = { 0 };
	struct arena a = { 0 };
	buf_add_c(&line, "kbt: ");
	render_safe(&line, c->hide ? c->hide(c->hider, text, &a) : text, false);
	arena_free(&a);
	buf_add_char(&line, '\n');
	if (buf_err(&line))
		fputs("kbt: out of memory\n", stderr);
	else
		fwrite(line.p, 1, line.n, stderr);
	buf_free(&line);
}

void cmd_show_diags(struct cmd_context *c)
{
	static const char *const words[] = { [DIAG_NOTE] = "note: ", [DIAG_WARNING] = "warning: ", [DIAG_ERROR] = "" };
	struct buf text = { 0 };
	if (c->diags_shown < c->diags.count)
		cmd_progress(c, "%s", "");
	for (; c->diags_shown < c->diags.count; c->diags_shown++) {
		const struct diag *d = &c->diags.items[c->diags_shown];
		buf_clear(&text);
		buf_add_c(&text, words[d->level]);
		buf_add(&text, d->origin);
		if (d->line)
			buf_addf(&text, ":%u", d->line);
		if (d->origin.n || d->line)
			buf_add_c(&text, ": ");
		buf_add(&text, d->text);
		print_line(c, buf_str(&text));
	}
	if (c->diags.left_out) {
		buf_clear(&text);
		buf_addf(&text, "note: %zu more such lines are left out", c->diags.left_out);
		print_line(c, buf_str(&text));
		c->diags.left_out = 0;
	}
	buf_free(&text);
}

static void error_line(struct cmd_context *c, const char *format, va_list args, const char *behind)
{
	char text[4096];
	int n = vsnprintf(text, sizeof text, format, args);
	if (n < 0)
		return;
	cmd_show_diags(c);
	cmd_progress(c, "%s", "");
	print_line(c, str_c(text));
	if (behind)
		fprintf(stderr, "%s", behind);
}

void cmd_error(struct cmd_context *c, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	error_line(c, format, args, NULL);
	va_end(args);
}

void cmd_usage(struct cmd_context *c, const char *format, ...)
{
	char behind[128];
	snprintf(behind, sizeof behind, "usage: kbt %s [OPTION...]%s%s; see kbt %s --help\n", c->cmd->name,
		 *c->cmd->usage ? " " : "", c->cmd->usage, c->cmd->name);
	va_list args;
	va_start(args, format);
	error_line(c, format, args, behind);
	va_end(args);
}

static int exit_code(enum err e)
{
	switch (e) {
	case ERR_OK: return EXIT_FOUND;
	case ERR_NOTFOUND: return EXIT_NONE;
	case ERR_MISSING:
	case ERR_DAMAGED:
	case ERR_NEWER:
	case ERR_FOREIGN: return EXIT_KB;
	case ERR_INTERRUPTED: return 130;
	default: return EXIT_USAGE;
	}
}

int cmd_fail(struct cmd_context *c, enum err e)
{
	if (e == ERR_BUSY && cmd_interrupted())
		e = ERR_INTERRUPTED;
	if (!c->diags.errors && e == ERR_DAMAGED)
		cmd_error(c, "%s: the database is damaged: make it anew with `kbt import --replace --db %s PATH...`",
			  c->db, c->db);
	else if (!c->diags.errors && e == ERR_CUT)
		cmd_error(c, "%s: its .matcher file was cut short while it was read: run this again, it is made anew",
			  c->db);
	else if (!c->diags.errors && e != ERR_INTERRUPTED)
		cmd_error(c, "%s: %s", c->cmd->name, err_text(e));
	if (e == ERR_MISSING && !access(KBT_SHARE "/kb", R_OK))
		diags_add(&c->diags, DIAG_NOTE, 0, "the articles that come with this program are in " KBT_SHARE "/kb");
	cmd_show_diags(c);
	return exit_code(e);
}

int cmd_fail_message(struct cmd_context *c, enum err e)
{
	if (!c->diags.errors && e == ERR_INPUT)
		diags_add(&c->diags, DIAG_ERROR, 0, "the message is empty: there is no letter or digit in it");
	else if (!c->diags.errors && e == ERR_LIMIT)
		diags_add(&c->diags, DIAG_ERROR, 0, "the message is over %d MiB", MATCH_INPUT_MAX >> 20);
	return cmd_fail(c, e);
}

void cmd_say_waiting(struct cmd_context *c)
{
	cmd_error(c, "%s: in use by another import or program: waiting for it to end", c->db);
}

static bool say_waiting(void *context, bool tell)
{
	if (tell)
		cmd_say_waiting(context);
	return !cmd_interrupted();
}

enum err cmd_store(struct cmd_context *c, enum store_mode mode, struct store **ret_store)
{
	return store_open_saying(c->db, mode, say_waiting, c, &c->diags, ret_store);
}

static bool show_compiling(void *context, int64_t done, int64_t total)
{
	struct cmd_context *c = context;
	(void)total; /* which is not known */
	cmd_progress(c, "compiling the matcher: %lld texts", (long long)done);
	return !cmd_interrupted();
}

enum err cmd_matcher(struct cmd_context *c, struct store *store, struct matcher **ret_matcher)
{
	enum err e = match_open(store, &c->diags, show_compiling, c, ret_matcher);
	cmd_progress(c, "%s", "");
	return e;
}

enum err cmd_kb_open(struct cmd_context *c, struct cmd_kb *ret_kb)
{
	struct cmd_kb kb = { 0 };
	enum err e = cmd_store(c, STORE_READ, &kb.store);
	if (!e)
		e = cmd_matcher(c, kb.store, &kb.matcher);
	if (!e)
		e = match_scratch_open(kb.matcher, &kb.scratch);
	if (e)
		cmd_kb_close(&kb);
	else
		*ret_kb = kb;
	return e;
}

void cmd_kb_close(struct cmd_kb *kb)
{
	match_scratch_close(&kb->scratch);
	match_close(&kb->matcher);
	store_close(&kb->store);
}

enum err cmd_read_fd(struct cmd_context *c, int fd, size_t max, struct str *ret_bytes)
{
	struct buf b = { 0 };
	enum err e = ERR_OK;
	for (;;) {
		char *room = buf_room(&b, 1 << 16);
		ssize_t n = room ? read(fd, room, 1 << 16) : 0;
		if (n < 0 && errno == EAGAIN && ready_wait(fd, POLLIN))
			continue;
		if (n < 0 && errno == EINTR && !cmd_interrupted())
			continue;
		if (n <= 0) {
			e = n < 0 ? err_from_errno(errno) : buf_err(&b);
			break;
		}
		b.n += (size_t)n;
		if (b.n > max) {
			e = ERR_LIMIT;
			break;
		}
	}
	const int number = errno;
	struct str bytes = e ? STR("") : buf_keep(&b, &c->arena);
	buf_free(&b);
	errno = number;
	if (!e)
		e = arena_err(&c->arena);
	if (!e)
		*ret_bytes = bytes;
	return e;
}

struct str cmd_decoded(struct str bytes, struct arena *a)
{
	return charset_guess(bytes) == CHARSET_UTF8 ? bytes : charset_text(bytes, a);
}

void cmd_hint_at_file(struct cmd_context *c)
{
	struct stat st;
	if (c->arg_count == 1 && !stat(c->args[0], &st) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		diags_add(&c->diags, DIAG_NOTE, 0, "%s is a %s: `kbt scan %s` finds what is known in it", c->args[0],
			  S_ISDIR(st.st_mode) ? "folder" : "file", c->args[0]);
}

enum err cmd_message(struct cmd_context *c, size_t max, struct str *ret_text)
{
	if (c->arg_count == 0 ? !isatty(STDIN_FILENO) : c->arg_count == 1 && !strcmp(c->args[0], "-")) {
		enum err e = cmd_read_fd(c, STDIN_FILENO, max, ret_text);
		if (e == ERR_LIMIT)
			return diags_fail(
				&c->diags, e,
				"the message on standard input is over %zu MiB: `kbt scan` reads logs of any size",
				max >> 20);
		if (!e)
			*ret_text = cmd_decoded(*ret_text, &c->arena);
		const char *why = e == ERR_IO ? err_errno_text(errno) : err_text(e);
		return e && e != ERR_INTERRUPTED ? diags_fail(&c->diags, e, "standard input: %s", why) : e;
	}
	if (!c->arg_count)
		return diags_fail(&c->diags, ERR_INPUT, "no message: give it as arguments or on standard input");
	struct buf b = { 0 };
	for (size_t i = 0; i < c->arg_count; i++) {
		buf_add_c(&b, i ? " " : "");
		buf_add_c(&b, c->args[i]);
	}
	*ret_text = cmd_decoded(buf_take(&b, &c->arena), &c->arena);
	return arena_err(&c->arena);
}

void cmd_progress(struct cmd_context *c, const char *format, ...)
{
	static int64_t last_ms; /* a terminal is one */
	static bool shown;
	if (!c->err_draws)
		return;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	int64_t ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
	char text[256];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (!*text ? !shown : ms - last_ms < 100)
		return;
	struct winsize size;
	if (!ioctl(STDERR_FILENO, TIOCGWINSZ, &size) && size.ws_col && size.ws_col < sizeof text)
		text[size.ws_col - 1] = 0; /* what went on in the next line would stay there */
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
	last_ms = ms;
	shown = *text;
}
