/* SPDX-License-Identifier: MIT
 *
 * See scan_journal.h. A batch of entries is scanned, its hits go out, then the cursor is written: a crash repeats one
 * batch at most.
 */
#include "cli/scan_journal.h"

#include "cli/save.h"
#include "cli/scan_cursor.h"
#include "cli/scan_kb.h"
#include "follow/journal.h"

#include <errno.h>
#include <poll.h>

enum { WAIT_MS = 1000, QUIET_MS = 150 };

struct loop {
	struct scan_follow *f;
	struct cmd_context *c;
	struct journal *journal;
	struct scan_kb kb;
	struct cursor_journal place; /* behind what was scanned */
	struct arena arena;		 /* of the place */
};

static enum err open_at(struct loop *l)
{
	struct scan_follow *f = l->f;
	struct cmd_context *c = l->c;
	l->place = (struct cursor_journal){ .cursor = STR(""), .line = 1 };
	enum err e = journal_open(c->args, c->arg_count, &c->diags, &l->journal);
	if (!e && f->cursor)
		e = scan_cursor_load_journal(c, f->cursor, &l->arena, &l->place);
	if (!e && l->place.cursor.n)
		e = journal_seek_cursor(l->journal, l->place.cursor.p);
	else if (!e && f->options.span)
		e = journal_seek_time(l->journal, f->options.span->since_us);
	if (!e && f->options.span)
		journal_end_at(l->journal, f->options.span->until_us);
	return e;
}

static enum err save(struct loop *l)
{
	if (!l->f->cursor || !cmd_flush(l->c))
		return ERR_OK;
	struct str cursor;
	arena_reset(&l->arena);
	enum err e = journal_cursor(l->journal, &l->arena, &cursor);
	if (e)
		return e;
	l->place.cursor = cursor;
	return scan_cursor_save_journal(l->c, l->f->cursor, &l->place);
}

static enum err scan_batch(struct loop *l)
{
	struct scan_follow *f = l->f;
	struct scan_counts counts;
	size_t before = journal_before(l->journal);
	uint64_t start = l->place.offset > before ? l->place.offset - before : 0;
	struct scan_part part = { .offset = start, .from = start + before, .line = l->place.line, .coding = SCAN_BYTES,
				  .open = before };
	struct scan_source source = { .file = STR("journal"), .part = &part };
	enum err fed, e = scan_follow_feed(f, l->kb.scan, &source, journal_read, l->journal, &counts, &fed);
	l->place.offset = part.from + counts.bytes;
	l->place.line += counts.lines;
	return e ? e : fed;
}

/* scan_there scans all that is there. */
static enum err scan_there(struct loop *l)
{
	bool more = true;
	while (!cmd_interrupted() && !l->c->out_errno) {
		enum err e = journal_next_batch(l->journal, &more);
		if (e == ERR_INPUT && !l->f->live) {
			l->f->all_read = false;
			return ERR_OK;
		}
		if (e || !more)
			return e;
		e = scan_batch(l);
		if (!e && (l->c->json || l->f->live))
			e = save(l);
		if (!e && l->f->live && !cmd_flush(l->c))
			return ERR_OK;
		if (e)
			return e;
	}
	return ERR_OK;
}

static enum err follow_on(struct loop *l)
{
	enum err e = ERR_OK;
	while (!e && !cmd_interrupted() && !l->c->out_errno) {
		e = scan_there(l);
		cmd_show_diags(l->c);
		if (e || cmd_interrupted())
			break;
		struct pollfd out = { .fd = 1 };
		if (poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP | POLLNVAL))) {
			l->c->out_errno = EPIPE;
			break;
		}
		journal_wait(l->journal, WAIT_MS);
		poll(NULL, 0, cmd_interrupted() ? 0 : QUIET_MS); /* what belongs together comes together */
		scan_kb_renew(&l->kb, l->f);
	}
	return e;
}

enum err scan_journal_run(struct scan_follow *f)
{
	struct loop l = { .f = f, .c = f->c };
	f->all_read = true;
	f->files = 1;
	enum err e = f->cursor ? save_check(f->c, f->cursor, true) : ERR_OK;
	if (!e)
		e = scan_kb_open(&l.kb, f);
	if (!e)
		e = open_at(&l);
	if (!e)
		e = f->live ? follow_on(&l) : scan_there(&l);
	if (!e)
		e = f->end(f->end_context);
	if (!e)
		e = save(&l);
	journal_close(&l.journal);
	scan_kb_close(&l.kb);
	arena_free(&l.arena);
	return e;
}
