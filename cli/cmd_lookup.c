/* SPDX-License-Identifier: MIT
 *
 * kbt lookup: which articles explain a message. --batch answers one message a line.
 */
#include "cli/cmd.h"

#include "article/charset.h"
#include "base/ready.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOG_LINES = 5 };

static enum err look_up(struct cmd_context *c, struct cmd_kb *kb, struct str text, struct arena *a,
			struct triage_answer *ret_answer)
{
	struct match_options options = { .limit = c->limit, .keep_envelope = cmd_has(c, "keep-envelope") };
	return triage_lookup(kb->store, kb->matcher, kb->scratch, text, &options, a, ret_answer);
}

/* hint_at_scan: a look-up answers what stands out in a text, a scan each of its lines. */
static void hint_at_scan(struct cmd_context *c, struct str text)
{
	struct str line;
	size_t lines = 0;
	while (str_line(&text, &line))
		lines += str_trim(line).n > 0;
	if (lines >= LOG_LINES)
		diags_add(&c->diags, DIAG_NOTE, 0,
			  "%zu lines: if they are a log, `kbt scan` finds what is known in each", lines);
}

static int look_up_one(struct cmd_context *c, struct cmd_kb *kb, struct str text)
{
	struct triage_answer answer;
	enum err e = look_up(c, kb, text, &c->arena, &answer);
	if (e)
		return cmd_fail_message(c, e);
	if (c->json) {
		render_json_answer(&c->out, &answer);
		buf_add_char(&c->out, '\n');
	} else {
		render_text_answer(&c->out, &c->text, &answer);
		hint_at_scan(c, text);
	}
	if (!answer.found.explained)
		cmd_hint_at_file(c);
	return answer.found.explained ? EXIT_FOUND : EXIT_NONE;
}

/* ---- --batch ---- */

/* A line that cannot be looked up is answered too, so that answers and messages stay in step. */
static void print_refusal(struct cmd_context *c, struct str text, enum err why)
{
	const char *says = why == ERR_INPUT ? "the message is empty" : err_text(why);
	if (!c->json) {
		buf_addf(&c->out, "-\t-\t%s\n", says);
		return;
	}
	struct json j = json_to(&c->out);
	json_object(&j);
	json_key_str(&j, "query", str_first(text, 1000));
	json_key_bool(&j, "explained", false);
	json_key(&j, "matches");
	json_raw(&j, STR("[]"));
	json_key(&j, "nearest");
	json_raw(&j, STR("[]"));
	json_key_str(&j, "error", str_c(says));
	json_end_object(&j);
	buf_add_char(&c->out, '\n');
}

static void print_line(struct cmd_context *c, const struct triage_answer *answer)
{
	if (c->json) {
		render_json_answer(&c->out, answer);
	} else if (!answer->found.match_count) {
		buf_add_c(&c->out, "-\t-\tno article explains this");
	} else {
		const struct match *m = &answer->found.matches[0];
		render_safe(&c->out, m->id, false);
		buf_addf(&c->out, "\t%.2f\t", m->confidence);
		render_safe(&c->out, m->title, false);
	}
	buf_add_char(&c->out, '\n');
}

static enum err answer_line(struct cmd_context *c, struct cmd_kb *kb, struct arena *a, struct str line)
{
	struct triage_answer answer;
	arena_reset(a);
	line = cmd_decoded(line, a);
	enum err e = look_up(c, kb, line, a, &answer);
	if (e == ERR_INPUT || e == ERR_LIMIT) {
		print_refusal(c, line, e);
		return ERR_OK;
	}
	if (!e)
		print_line(c, &answer);
	return e;
}

/* A person at the other end of a pipe gets each answer at once; a file is answered in large pieces. */
static bool flush_where_due(struct cmd_context *c)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	bool waits = poll(&in, 1, 0) == 0;
	return waits || c->out.n > 1 << 16 ? cmd_flush(c) : !c->out_errno;
}

static enum err answer_lines(struct cmd_context *c, struct cmd_kb *kb, struct arena *a, struct buf *pending, bool ended)
{
	struct str rest = buf_str(pending), line;
	enum err e = ERR_OK;
	while (!e && !cmd_interrupted() && rest.n && (ended || str_find_char(rest, '\n') != STR_NONE)) {
		str_line(&rest, &line);
		e = answer_line(c, kb, a, line);
		if (c->out.n > 1 << 16 && !cmd_flush(c))
			return ERR_IO;
	}
	size_t used = pending->n - rest.n;
	if (used) {
		memmove(pending->p, pending->p + used, rest.n);
		pending->n = rest.n;
	}
	return e;
}

static bool is_wide(struct str bytes)
{
	enum charset set = charset_guess(bytes);
	return set == CHARSET_UTF16LE || set == CHARSET_UTF16BE;
}

static enum err unwiden(struct buf *bytes, struct arena *a)
{
	struct str text = charset_text(buf_str(bytes), a);
	buf_clear(bytes);
	buf_add(bytes, text);
	enum err e = buf_err(bytes);
	return e ? e : arena_err(a);
}

static enum err run_batch(struct cmd_context *c, struct cmd_kb *kb)
{
	struct arena a = { 0 };
	struct buf pending = { .limit = (size_t)MATCH_INPUT_MAX + (1 << 17) };
	enum err e = ERR_OK;
	bool asked = false, wide = false;
	for (bool ended = false; !e && !ended && !cmd_interrupted();) {
		if (!flush_where_due(c)) {
			e = ERR_IO;
			break;
		}
		char *room = buf_room(&pending, 1 << 16);
		if (!room) {
			e = diags_fail(&c->diags, buf_err(&pending), "a line of standard input is over %d MiB",
				       MATCH_INPUT_MAX >> 20);
			break;
		}
		ssize_t n = read(STDIN_FILENO, room, 1 << 16);
		if (n < 0 && errno == EAGAIN && ready_wait(STDIN_FILENO, POLLIN))
			continue;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			e = diags_fail(&c->diags, err_from_errno(errno), "standard input: %s", err_errno_text(errno));
		ended = n <= 0;
		pending.n += n > 0 ? (size_t)n : 0;
		if (!e && !asked) /* a file in UTF-16 is read whole before its lines are told apart */
			wide = is_wide(buf_str(&pending));
		asked = true;
		if (!e && wide && ended)
			e = unwiden(&pending, &a);
		if (!e && (!wide || ended))
			e = answer_lines(c, kb, &a, &pending, ended);
	}
	buf_free(&pending);
	arena_free(&a);
	return e;
}

static int run(struct cmd_context *c)
{
	struct cmd_kb kb = { 0 };
	struct str text = { 0 };
	bool batch = cmd_has(c, "batch");
	if (batch && c->arg_count && strcmp(c->args[0], "-")) {
		cmd_usage(c, "--batch reads messages from standard input, not from arguments");
		return EXIT_USAGE;
	}
	enum err e = batch ? ERR_OK : cmd_message(c, MATCH_INPUT_MAX, &text);
	if (!e)
		e = cmd_kb_open(c, &kb);
	if (e)
		return cmd_fail(c, e);
	int code = EXIT_FOUND;
	if (!batch)
		code = look_up_one(c, &kb, text);
	else if ((e = run_batch(c, &kb)) != ERR_OK && !c->out_errno)
		code = cmd_fail(c, e);
	cmd_kb_close(&kb);
	return code;
}

static const struct cmd_option options[] = {
	{ "batch", 0, NULL, "one message a line in, one answer a line out, in order" },
	{ "keep-envelope", 0, NULL, "take the message as it is: no stamp or component is told apart" },
	{ .name = NULL },
};

static const char *const examples[] = {
	"kbt lookup 'Failed to connect to <\\\\FILESRV>, Error = 53'",
	"tail -n 1 Sender.log | kbt lookup",
	"kbt lookup --batch --json -n 10 <messages.txt >answers.ndjson",
	NULL,
};

const struct cmd cmd_lookup = {
	.name = "lookup",
	.usage = "[TEXT... | -]",
	.help = "rank the articles that explain a message",
	.about = "The first answer comes with its cause and what to do. Exit code 0: an article explains it; 1:\n"
		 "none does, and the nearest are named. An answer that is not sure is followed by less likely ones.",
	.examples = examples,
	.options = options,
	.run = run,
};
