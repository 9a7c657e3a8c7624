/* SPDX-License-Identifier: MIT
 *
 * The loop of a scan that follows: see scan_follow.h. inotify only says when to look; what has happened is told from
 * the files themselves, so that nothing depends on an event that may not come.
 */
#include "cli/scan_follow.h"

#include "cli/save.h"
#include "cli/scan_cursor.h"
#include "cli/scan_kb.h"
#include "cli/scan_show.h"
#include "cli/watch.h"
#include "follow/follow.h"

#include <errno.h>
#include <poll.h>
#include <sys/resource.h>

enum {
	LOOK_MS = 1000,	  /* without any event */
	AGE_MS = 3600000, /* what is long gone */
	LIST_MS = 5000,	  /* folders and patterns, without any event */
	LOOK_GAP_MS = 10, /* between two looks */
	LIST_GAP_MS = 100,
	COST_SHARE = 4, /* looks and cursors that take long are made so much rarer: as many times what the last took */
	END_MS = 2000,	/* for what is ready when a signal has come */
	SETTLE_MS = 50	/* between two looks at a rotation on its way */
};

struct loop {
	struct scan_follow *f;
	struct cmd_context *c;
	struct follow *follow;
	struct scan_kb kb;
	struct watch watch;
	int64_t listed_ms, looked_ms, saved_ms, aged_ms;
	int64_t look_took_ms, list_took_ms, save_took_ms;
	uint64_t pieces, pieces_before;
	bool names_changed, unsaved, blind_said;
};

static void watch_one(void *context, const char *folder)
{
	watch_folder(&((struct loop *)context)->watch, folder);
}

static int64_t gap_of(int64_t least_ms, int64_t took_ms)
{
	return took_ms * COST_SHARE > least_ms ? took_ms * COST_SHARE : least_ms;
}

static enum err look(struct loop *l)
{
	int64_t now = scan_now_ms(), list_gap = gap_of(LIST_GAP_MS, l->list_took_ms);
	bool list = !l->listed_ms || now - l->listed_ms >= gap_of(LIST_MS, l->list_took_ms) ||
		    (l->names_changed && now - l->listed_ms >= list_gap);
	enum err e = follow_look(l->follow, now, list);
	l->looked_ms = scan_now_ms();
	*(list ? &l->list_took_ms : &l->look_took_ms) = l->looked_ms - now;
	if (!list)
		return e;
	l->listed_ms = l->looked_ms;
	l->names_changed = false;
	if (l->f->live)
		follow_each_folder(l->follow, watch_one, l);
	if (l->watch.blind && !l->blind_said) {
		l->blind_said = true;
		if (*l->watch.blind_at)
			diags_add(&l->c->diags, DIAG_NOTE, 0,
				  "%s: changes there are not announced (%s): looking four times a second",
				  l->watch.blind_at, l->watch.blind_why);
		else
			diags_add(&l->c->diags, DIAG_NOTE, 0, "%s: looking four times a second", l->watch.blind_why);
	}
	return e;
}

struct reading {
	struct scan_follow *f;
	scan_read *read;
	void *context;
};

static enum err read_on(void *context, char *p, size_t n, size_t *ret_n)
{
	struct reading *r = context;
	enum err e = r->read(r->context, p, n, ret_n);
	if (!e && r->f->read)
		r->f->read(r->f->sink_context, (struct str){ p, *ret_n });
	return e;
}

enum err scan_follow_feed(struct scan_follow *f, struct scan *scan, const struct scan_source *source, scan_read *read,
			  void *read_context, struct scan_counts *ret_counts, enum err *ret_fed)
{
	struct scan_counts counts = { 0 };
	struct reading reading = { f, read, read_context };
	*ret_fed = scan_feed(scan, source, read_on, &reading, f->sink, f->sink_context);
	enum err e = scan_drain(scan, &counts);
	uint64_t before = source->part ? source->part->from - source->part->offset : 0; /* context */
	counts.bytes -= before < counts.bytes ? before : counts.bytes;
	f->counts.bytes += counts.bytes;
	f->counts.lines += counts.lines;
	f->counts.hit_lines += counts.hit_lines;
	f->counts.undated += counts.undated;
	*ret_counts = counts;
	return e;
}

/* scan_piece; errors: how many sentences there were before the piece was opened. */
static enum err scan_piece(struct loop *l, const struct follow_piece *piece, size_t errors)
{
	struct scan_counts counts;
	struct scan_follow *f = l->f;
	struct scan_source source = { piece->file, piece->written_s, piece->whole ? NULL : &piece->part };
	enum err fed, e = scan_follow_feed(f, l->kb.scan, &source, piece->read, piece->context, &counts, &fed);
	if (e)
		return e;
	if (fed == ERR_NOMEM || fed == ERR_INTERRUPTED)
		return fed;
	if (fed) { /* what is damaged is over with */
		f->all_read = false;
		if (l->c->diags.errors == errors)
			cmd_error(l->c, "%.*s: %s", STR_ARG(piece->file), err_text(fed));
	}
	follow_done(l->follow);
	l->pieces++;
	l->unsaved = true;
	return ERR_OK;
}

static int64_t save_wait_ms(const struct loop *l)
{
	return l->unsaved && l->f->cursor ? l->saved_ms + gap_of(0, l->save_took_ms) - scan_now_ms() : INT64_MAX;
}

/* save writes the cursor when all hits before it are out; one of many files not behind each piece. */
static enum err save(struct loop *l, bool now)
{
	if (!l->unsaved || !cmd_flush(l->c) || (!now && l->f->cursor && save_wait_ms(l) > 0))
		return ERR_OK;
	int64_t began_ms = scan_now_ms();
	l->unsaved = false;
	enum err e = l->f->cursor ? scan_cursor_save(l->c, l->f->cursor, l->follow) : ERR_OK;
	l->saved_ms = scan_now_ms();
	l->save_took_ms = l->saved_ms - began_ms;
	return e;
}

/* scan_ready scans all that is ready, or until a deadline. A cursor of hits that are printed at the end waits for
 * it. */
static enum err scan_ready(struct loop *l, enum follow_how how, int64_t until_ms)
{
	for (;;) {
		struct follow_piece piece;
		size_t errors = l->c->diags.errors;
		int64_t now = scan_now_ms();
		if (until_ms ? now > until_ms : cmd_interrupted())
			return ERR_OK;
		enum err e = follow_next(l->follow, now, how, &piece);
		if (e || !piece.file.n)
			return e;
		e = scan_piece(l, &piece, errors);
		if (!e && l->f->live && scan_now_ms() - l->looked_ms >= gap_of(LOOK_GAP_MS, l->look_took_ms))
			e = look(l); /* what is rotated meanwhile has to be opened before it is gone */
		if (!e && (l->c->json || l->f->live))
			e = save(l, false);
		if (e || l->c->out_errno)
			return e;
	}
}

/* pause waits for a change, for lines that are nearly ready, or for the time of the next look. */
static void pause_until_change(struct loop *l, bool *ret_closed)
{
	int64_t now = scan_now_ms(), gap = l->looked_ms + gap_of(LOOK_GAP_MS, l->look_took_ms) - now;
	int64_t saving = save_wait_ms(l);
	int wait = follow_wait_ms(l->follow, now);
	cmd_show_diags(l->c);
	if (gap > 0)
		poll(NULL, 0, (int)gap);
	if (wait < 0 || wait > LOOK_MS)
		wait = LOOK_MS;
	if (l->names_changed && wait > LIST_GAP_MS)
		wait = LIST_GAP_MS;
	if (saving < wait)
		wait = saving > 0 ? (int)saving : 0;
	if (follow_waits(l->follow) && l->pieces != l->pieces_before) /* those make room for others */
		wait = 0;
	l->pieces_before = l->pieces;
	if (watch_wait(&l->watch, wait, ret_closed))
		l->names_changed = true;
}

static enum err follow_on(struct loop *l)
{
	bool closed = false;
	enum err e = ERR_OK;
	while (!e && !cmd_interrupted() && !closed && !l->c->out_errno) {
		e = look(l);
		if (!e)
			e = scan_ready(l, FOLLOW_LIVE, 0);
		if (!e)
			e = save(l, false);
		if (e || cmd_interrupted())
			break;
		if (scan_now_ms() - l->aged_ms >= AGE_MS) {
			scan_cursor_age(l->follow);
			l->aged_ms = scan_now_ms();
		}
		pause_until_change(l, &closed);
		scan_kb_renew(&l->kb, l->f);
	}
	if (closed)
		l->c->out_errno = EPIPE;
	return e;
}

/* finish gives what is there: all of it in a scan that ends, else what had only to wait for a moment of quiet. An
 * unfinished line is left to the next run where there is a cursor. */
static enum err finish(struct loop *l)
{
	int64_t until_ms = scan_now_ms() + END_MS;
	enum err e = look(l);
	while (!e && follow_unsettled(l->follow) && scan_now_ms() < until_ms) {
		poll(NULL, 0, SETTLE_MS);
		e = look(l);
	}
	for (uint64_t before = UINT64_MAX; !e && !l->c->out_errno && before != l->pieces;) {
		before = l->pieces;
		e = scan_ready(l, l->f->cursor ? FOLLOW_FLUSH : FOLLOW_END, l->f->live ? until_ms : 0);
		if (e || !follow_waits(l->follow) || (l->f->live && scan_now_ms() > until_ms) || cmd_interrupted())
			break;
		e = look(l);
	}
	if (!e && !l->f->live && !cmd_interrupted() && follow_waits(l->follow)) {
		cmd_error(l->c,
			  "more files end within a line than may be open at a time (ulimit -n): not all were read");
		l->f->all_read = false;
	}
	l->f->files = follow_files(l->follow);
	if (l->f->live) /* from cron it would be said each time */
		scan_show_left_out(l->c, follow_left_out(l->follow));
	l->f->all_read = l->f->all_read && !follow_missed(l->follow);
	if (!e)
		e = l->f->end(l->f->end_context);
	if (!e)
		e = save(l, true);
	return e;
}

static void allow_many_files(void)
{
	struct rlimit limit;
	if (!getrlimit(RLIMIT_NOFILE, &limit) && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

enum err scan_follow_run(struct scan_follow *f)
{
	struct cmd_context *c = f->c;
	struct loop l = { .f = f, .c = c, .watch.fd = -1, .unsaved = true };
	f->all_read = true;
	c->out_whole = f->cursor;
	allow_many_files();
	enum err e = f->cursor ? save_check(c, f->cursor, true) : ERR_OK;
	if (!e)
		e = scan_kb_open(&l.kb, f);
	if (!e)
		e = follow_open(c->args, c->arg_count, &c->diags, &l.follow);
	if (!e && f->cursor)
		e = scan_cursor_load(c, f->cursor, l.follow);
	if (!e && f->live) {
		watch_open(&l.watch);
		if (c->err_is_tty)
			diags_add(&c->diags, DIAG_NOTE, 0, "following; Ctrl-C ends it");
		e = follow_on(&l);
	}
	if (!e)
		e = finish(&l);
	watch_close(&l.watch);
	follow_close(&l.follow);
	scan_kb_close(&l.kb);
	return e;
}
