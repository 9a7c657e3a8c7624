/* SPDX-License-Identifier: MIT
 *
 * kbt scan: known errors in logs. Streams every input through the scan, prints hits as they come (--json) or incidents
 * at the end. What cannot be read is named on standard error, the rest is scanned, and the exit code says so.
 */
#include "base/input.h"
#include "cli/scan_follow.h"
#include "cli/scan_journal.h"
#include "cli/scan_pipe.h"
#include "cli/scan_seams.h"
#include "cli/scan_show.h"
#include "cli/scan_time.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct scan_run {
	struct cmd_context *c;
	struct input *input;
	struct str block; /* what of the input's last block is not given on yet */
	struct scan_show show;
	struct scan_counts counts;
	uint64_t files;
	struct scan_follow follow;
	struct moment_span span;
	struct scan_seams seams;
};

static enum err read_input(void *context, char *p, size_t n, size_t *ret_n)
{
	struct scan_run *r = context;
	if (!r->block.n) {
		if (cmd_interrupted())
			return ERR_INTERRUPTED;
		enum err e = input_read(r->input, &r->block);
		if (e)
			return e;
		scan_show_read(&r->show, r->block);
		scan_seams_read(&r->seams, r->block);
		int64_t done = 0, total = 0;
		input_position(r->input, &done, &total);
		scan_show_progress(&r->show, done, total);
	}
	*ret_n = str_take(&r->block, p, n);
	return ERR_OK;
}

/* scan_inputs scans member after member; false where one could not be read (its sentence is in the diagnostics). */
static enum err scan_inputs(struct scan_run *r, struct scan *scan, bool *ret_all_read)
{
	*ret_all_read = true;
	for (;;) {
		const struct input_member *member = NULL;
		size_t errors = r->c->diags.errors;
		enum err e = input_next(r->input, &member);
		if (e == ERR_NOMEM || e == ERR_INTERRUPTED)
			return e;
		if (e) {
			*ret_all_read = false;
			cmd_show_diags(r->c);
			continue;
		}
		if (!member)
			return ERR_OK;
		struct str name = str_eq(member->name, STR("-")) ? STR("(standard input)") : member->name;
		r->block = STR("");
		struct scan_source source = { name, member->written_s, NULL };
		scan_seams_begin(&r->seams, &source);
		e = scan_feed(scan, &source, read_input, r, scan_show_hit, &r->show);
		r->files++;
		if (r->show.err || r->c->out_errno || e == ERR_NOMEM || e == ERR_INTERRUPTED)
			return r->show.err ? r->show.err : e;
		if (e) {
			*ret_all_read = false;
			if (r->c->diags.errors == errors)
				cmd_error(r->c, "%.*s: %s", STR_ARG(name), err_text(e));
			cmd_show_diags(r->c);
		}
	}
}

static enum err open_matcher(struct cmd_context *c, struct matcher **ret_matcher)
{
	struct store *store = NULL;
	enum err e = cmd_store(c, STORE_READ, &store);
	if (!e)
		e = cmd_matcher(c, store, ret_matcher);
	store_close(&store);
	return e;
}

static enum err show_rules(void *context, const struct matcher *m, struct scan_options *options)
{
	struct scan_run *r = context;
	return scan_show_rules(&r->show, m, options);
}

static void show_read(void *show, struct str block)
{
	scan_show_read(show, block);
}

static enum err show_end(void *context)
{
	struct scan_run *r = context;
	cmd_progress(r->c, "%s", "");
	scan_time_end(r->c, &r->follow.counts);
	return scan_show_end(&r->show, &r->follow.counts, r->follow.files);
}

/* follows_input says that standard input is followed; false in *ret_good where that cannot be as it is asked for. */
static bool follows_input(struct cmd_context *c, bool *ret_good)
{
	bool named = false;
	for (size_t i = 0; i < c->arg_count; i++)
		named = named || !strcmp(c->args[i], "-");
	*ret_good = true;
	if (!named)
		return false;
	*ret_good = c->arg_count < 2 && !cmd_has(c, "cursor");
	if (cmd_has(c, "cursor"))
		cmd_usage(c, "standard input cannot be gone back to: --cursor is for files");
	else if (c->arg_count > 1)
		cmd_usage(c, "standard input is followed alone: --follow takes files or -");
	return true;
}

/* end gives the exit code. */
static int end(struct scan_run *r, enum err e, bool all_read, uint64_t hit_lines)
{
	if (r->c->out_errno) /* main says so */
		return EXIT_USAGE;
	if (e)
		return cmd_fail(r->c, e);
	return !all_read ? EXIT_USAGE : hit_lines ? EXIT_FOUND : EXIT_NONE;
}

/* scan_growing is the scan of logs that are written to: --follow, --cursor and --journal. */
static int scan_growing(struct scan_run *r, const struct scan_options *options)
{
	struct cmd_context *c = r->c;
	bool journal = cmd_has(c, "journal"), good = true, input = !journal && follows_input(c, &good);
	if (!good)
		return EXIT_USAGE;
	if (!c->arg_count && !journal && !input) {
		cmd_usage(c, "--%s needs the names of the logs", cmd_has(c, "follow") ? "follow" : "cursor");
		return EXIT_USAGE;
	}
	r->show.live = cmd_has(c, "follow");
	r->follow = (struct scan_follow){ .c = c, .options = *options, .sink = scan_show_hit, .sink_context = &r->show,
					  .read = show_read,
					  .opened = show_rules, .end = show_end, .end_context = r, .live = r->show.live,
					  .cursor = cmd_value(c, "cursor", NULL) };
	enum err e = journal ? scan_journal_run(&r->follow) :
		     input   ? scan_pipe_run(&r->follow) :
			       scan_follow_run(&r->follow);
	e = r->show.err ? r->show.err : e;
	return end(r, e, r->follow.all_read, r->follow.counts.hit_lines);
}

/* say_nothing_found: what to do about it, where that is known. */
static void say_nothing_found(struct cmd_context *c, const struct scan_counts *n)
{
	char first[64] = "", errors[64] = "none looks like an error";
	if (n->hit_lines || !n->looked_at)
		return;
	if (n->looked_at < n->lines)
		snprintf(first, sizeof first, "of the first %llu lines ", (unsigned long long)n->looked_at);
	if (n->suspects)
		snprintf(errors, sizeof errors, n->suspects == 1 ? "%llu looks like an error" : "%llu look like errors",
			 (unsigned long long)n->suspects);
	diags_add(&c->diags, DIAG_NOTE, 0, "no line matches an article; %s%s%s", first,
		  errors,
		  n->suspects == 1 ? ": --unknown shows it" : n->suspects ? ": --unknown shows them" : "");
}

/* hint_at_lookup: what was named and is nowhere is a message, by its words. */
static void hint_at_lookup(struct cmd_context *c)
{
	if (c->arg_count == 1 && strchr(c->args[0], ' ') && access(c->args[0], F_OK))
		diags_add(&c->diags, DIAG_NOTE, 0, "if that is a message, `kbt lookup` says what explains it");
}

static enum err scan_opened(struct scan_run *r, struct scan *scan, bool *ret_all_read)
{
	enum err e = scan_inputs(r, scan, ret_all_read);
	enum err drained = scan_drain(scan, &r->counts);
	e = e ? e : r->show.err ? r->show.err : drained;
	return e ? e : scan_seams_scan(&r->seams, scan, scan_show_hit, &r->show, &r->counts);
}

/* scan_whole is the scan of what there is: files, folders, archives or standard input, to their end. */
static int scan_whole(struct scan_run *r, struct scan_options *options)
{
	static const char *const standard_input[] = { "-" };
	struct cmd_context *c = r->c;
	struct matcher *matcher = NULL;
	struct scan *scan = NULL;
	bool all_read = true;
	options->suspects = !c->json && !r->show.unknown && !options->span;
	enum err e = open_matcher(c, &matcher);
	if (!e)
		e = scan_show_rules(&r->show, matcher, options);
	if (!e)
		e = input_open(c->arg_count ? c->args : standard_input, c->arg_count ? c->arg_count : 1, &c->diags,
			       &r->input);
	if (!e) {
		input_once(r->input);
		input_take_text(r->input);
		e = scan_open(matcher, options, &scan);
	}
	if (!e)
		e = scan_opened(r, scan, &all_read);
	scan_close(&scan);
	scan_seams_free(&r->seams);
	if (r->input)
		scan_show_left_out(c, input_left_out(r->input));
	input_close(&r->input);
	match_close(&matcher);
	cmd_progress(c, "%s", "");
	scan_time_end(c, &r->counts);
	hint_at_lookup(c);
	if (!e && !cmd_interrupted())
		say_nothing_found(c, &r->counts);
	r->show.interrupted = e == ERR_INTERRUPTED || cmd_interrupted();
	if (!e || e == ERR_INTERRUPTED) {
		enum err shown = scan_show_end(&r->show, &r->counts, r->files);
		e = e ? e : shown;
	}
	return end(r, e, all_read, r->counts.hit_lines);
}

static int run_scan(struct cmd_context *c)
{
	struct scan_run r = { .c = c };
	struct scan_options options = { .every_line = cmd_has(c, "every-line") };
	uint64_t threads = 0;
	if (!c->arg_count && !cmd_has(c, "journal") && isatty(STDIN_FILENO)) {
		cmd_usage(c, "name the logs, or pipe one in");
		return EXIT_USAGE;
	}
	if (!cmd_number(c, "threads", 1, SCAN_THREADS_MAX, &threads))
		return EXIT_USAGE;
	options.threads = (unsigned)threads;
	if (!scan_time_open(c, &r.span, &options))
		return EXIT_USAGE;
	int code = EXIT_USAGE;
	bool grows = cmd_has(c, "follow") || cmd_has(c, "cursor") || cmd_has(c, "journal");
	if (scan_show_open(&r.show, c, &options))
		code = grows ? scan_growing(&r, &options) : scan_whole(&r, &options);
	scan_show_close(&r.show);
	return code;
}

static const struct cmd_option options[] = {
	SCAN_SHOW_OPTIONS,
	SCAN_TIME_OPTIONS,
	SCAN_FOLLOW_OPTIONS,
	{ "threads", 0, "N", "worker threads (default: one a processor)" },
	{ "every-line", 0, NULL, "ask every line, without the search for literals before it; slow" },
	{ .name = NULL }
};

static const char *const examples[] = {
	"kbt scan Sender.log",
	"kbt scan /var/log *.gz backup.tar.zst",
	"kbt scan --journal --since yesterday",
	"kbt scan --follow --cursor ~/.kbt-cursor /var/log '/srv/*/app.log'",
	"kubectl logs -f web | kbt scan --follow -",
	"kbt scan --redact --unknown --report out.html /var/log",
	"kbt scan --by hour --top 24 Sender.log",
	"kbt scan --json Sender.log | jq -r .id | sort | uniq -c",
	NULL
};

const struct cmd cmd_scan = {
	.name = "scan",
	.usage = "[FILE... | -]",
	.help = "find known errors in logs",
	.about = "Reads files, folders, archives and compressed files (gz, xz, zst, bz2, tar, zip), or standard\n"
		 "input, and groups what it finds into incidents: one an article and the names it binds, the\n"
		 "frequent first. A hit asks for more than a look-up: the message has to be the whole of what the\n"
		 "line says, or, of five words or more, all behind a mark that programs put before what they pass\n"
		 "on (\"rpc failed:\"), or the product, the component or the name of the log have to speak for it;\n"
		 "and what a line says did not happen (\"no errors:\", \"expected:\") is none.\n"
		 "A message may be broken over up to eight lines, also where a rotation has put the rest of it into\n"
		 "the next file. --json prints each hit on a line of its own; of several for one line of the log\n"
		 "the best comes first; \"beside\" names the lines that bound what the hit's own lines lack. A year\n"
		 "in brackets with a question mark, (2001?), is the likely one of stamps that have none.\n\n"
		 "In folders and archives what is no text (PDF, pictures, programs, databases) is left out, and a\n"
		 "note at the end says how many; named, such a file is read.\n\n"
		 "--report writes a page that stands alone, to send on. --redact replaces names in all output by\n"
		 "tokens, the same for the same name, by their shapes and what stands beside them in any line that\n"
		 "was read: look at what you send. --unknown folds lines that look like errors and match no\n"
		 "article into templates (method: Drain).\n\n"
		 "--follow goes on with what is written, through renames, copytruncate, compression and deletion,\n"
		 "until Ctrl-C, or with what a program writes to standard input (-), until it ends; --cursor FILE\n"
		 "goes on where the last scan with that FILE ended. A line without a time stamp goes by the last\n"
		 "one before it.\n\n"
		 "Exit code 0 where something was found, 1 where nothing was, 2 where some input could not be read\n"
		 "(the rest is scanned all the same).",
	.examples = examples,
	.options = options,
	.run = run_scan,
};
