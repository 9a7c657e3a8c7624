/* SPDX-License-Identifier: MIT
 *
 * follow_next, follow_done and follow_wait_ms: what of the files is ready to be scanned, and in whose turn.
 */
#include "follow/entry.h"

#include "follow/sibling.h"

#include <string.h>
#include <unistd.h>

enum {
	OLD_END_MS = 1000,  /* a replaced file's last line needs no end after so long */
	QUIET_MS = 150,	    /* lines that belong together are written within this */
	WAIT_MAX_MS = 600,  /* nobody waits longer for quiet */
	BULK = 256 << 10,   /* so much is no trickle: no need to wait */
	FAIL_WAIT_MS = 2000 /* until what could not be read is tried again */
};

static enum err read_bytes(void *context, char *p, size_t n, size_t *ret_n)
{
	struct follow *f = context;
	*ret_n = str_copy(str_from(buf_str(&f->bytes), f->given), p, n);
	f->given += *ret_n;
	return ERR_OK;
}

static enum err read_job(void *context, char *p, size_t n, size_t *ret_n)
{
	struct follow *f = context;
	while (!f->block.n || f->skip) {
		if (!f->block.n) {
			enum err e = input_read(f->input, &f->block);
			if (e)
				return e;
			if (!f->block.n)
				break;
		}
		size_t over = f->skip < f->block.n ? (size_t)f->skip : f->block.n;
		f->block = str_from(f->block, over);
		f->skip -= over;
	}
	*ret_n = str_take(&f->block, p, n);
	return ERR_OK;
}

/* ---- over a rotation ---- */

static void keep_end(struct follow *f, struct entry *e, const struct tail *t, struct str file)
{
	struct str done = str_first(buf_str(&f->bytes), (size_t)(f->to - f->part.offset));
	bool whole = !f->part.offset || f->part.before, lines = t->coding != SCAN_UNKNOWN && !t->returns;
	entry_keep_end(f, e, lines ? done : STR(""), whole, t->coding,
		       (struct scan_before){ file, t->at.line - 1, t->at.offset });
}

/* go_on_from puts the end of the file before in front of a file's first piece. */
static enum err go_on_from(struct follow *f, struct entry *e, const struct tail *t)
{
	const struct old *old = e->old_count ? &e->olds[e->old_count - 1] : NULL;
	if (!t->at.offset && old && t == &e->now) /* of a run before this one */
		entry_read_end(f, e, &old->tail, &old->tail.at, old->name.p);
	struct str end = buf_str(&e->end);
	if (t->at.offset || !end.n || t->coding != e->end_coding || t->returns ||
	    str_starts(buf_str(&f->bytes), STR("\xEF\xBB\xBF")))
		return ERR_OK;
	char *room = buf_room(&f->bytes, end.n);
	if (!room)
		return ERR_NOMEM;
	memmove(f->bytes.p + end.n, f->bytes.p, f->bytes.n);
	memcpy(f->bytes.p, end.p, end.n);
	f->bytes.n += end.n;
	f->part.offset = 0 - (uint64_t)end.n;
	f->part.before = &e->ended;
	f->part.open = true;
	return ERR_OK;
}

static bool is_ready(const struct tail *t, uint64_t to, int64_t now_ms, enum follow_how how)
{
	if (to <= t->at.offset)
		return false;
	return how != FOLLOW_LIVE || to - t->at.offset >= BULK || now_ms - t->grown_ms >= QUIET_MS ||
	       now_ms - t->waiting_since_ms >= WAIT_MAX_MS;
}

/* take makes a tail's next piece the one in work. */
static enum err take(struct follow *f, struct entry *e, struct tail *t, bool finished, int64_t now_ms,
		     enum follow_how how, bool *ret_taken)
{
	uint64_t to = tail_next(t, finished);
	*ret_taken = false;
	if (!is_ready(t, to, now_ms, how))
		return ERR_OK;
	enum err err = tail_read(t, to, &f->bytes, &f->part);
	if (!err)
		err = go_on_from(f, e, t);
	if (err == ERR_NOMEM)
		return err;
	if (err && err != ERR_NOTFOUND) {
		entry_say(f, e, err, DIAG_ERROR, err_text(err));
		t->grown_ms = t->waiting_since_ms = now_ms + FAIL_WAIT_MS;
	}
	f->entry = e;
	f->to = to;
	f->given = 0;
	*ret_taken = !err;
	return ERR_OK;
}

static enum err open_job(struct follow *f, const struct job *job)
{
	char path[64];
	const char *paths[] = { job->path };
	if (job->fd >= 0) {
		sibling_open_path(job->fd, path, sizeof path);
		paths[0] = path;
	}
	enum err e = input_open(paths, 1, f->diags, &f->input);
	if (!e)
		input_take_text(f->input);
	return e;
}

static void end_job(struct follow *f, struct entry *e)
{
	struct job *job = &e->jobs[0];
	for (size_t i = 0; f->input && i < INPUT_BINARIES; i++)
		f->left_out[i] += input_left_out(f->input)[i];
	input_close(&f->input);
	entry_remember(f, e, &job->as_packed);
	if (job->fd >= 0) {
		close(job->fd);
		f->open_count--;
	}
	e->job_count--;
	memmove(e->jobs, e->jobs + 1, e->job_count * sizeof *e->jobs);
}

/* name_member gives a packed file's member its file's name, by which it was not opened. */
static struct str name_member(struct follow *f, const struct job *job, const struct input_member *member)
{
	size_t at = str_find(member->name, STR("!/"));
	buf_clear(&f->name);
	buf_add_c(&f->name, job->path);
	if (at != STR_NONE)
		buf_add(&f->name, str_from(member->name, at));
	return buf_str(&f->name);
}

static bool is_fatal(enum err e)
{
	return e == ERR_NOMEM || e == ERR_INTERRUPTED;
}

/* next_member moves on in the entry's job, over members that cannot be read, and ends it behind the last one: a job
 * that was read is done at once, or it would be read again after a stop. */
static enum err next_member(struct follow *f, struct entry *e)
{
	f->member = NULL;
	enum err err = f->input ? ERR_OK : open_job(f, &e->jobs[0]);
	bool opened = !err;
	while (opened && !is_fatal(err = input_next(f->input, &f->member)) && err)
		f->missed = true;
	if (is_fatal(err))
		return err;
	f->missed = f->missed || err;
	if (!opened || !f->member)
		end_job(f, e);
	return ERR_OK;
}

static enum err next_of_job(struct follow *f, struct entry *e, struct follow_piece *piece, bool *ret_taken)
{
	const struct job *job = &e->jobs[0];
	*ret_taken = false;
	enum err err = f->member ? ERR_OK : next_member(f, e);
	const struct input_member *member = f->member;
	if (err || !member)
		return err;
	f->files++;
	f->entry = e;
	f->taken = TAKEN_JOB;
	f->block = STR("");
	f->skip = job->skip > TAIL_EDGE ? job->skip - TAIL_EDGE : 0; /* context */
	piece->file = job->fd >= 0 ? name_member(f, job, member) : member->name;
	piece->whole = !job->skip;
	piece->written_s = member->written_s;
	piece->part = (struct scan_part){ .offset = f->skip, .from = job->skip, .line = job->line,
					   .coding = job->coding, .open = job->open };
	piece->read = read_job;
	*ret_taken = true;
	return ERR_OK;
}

static enum err next_of_entry(struct follow *f, struct entry *e, int64_t now_ms, enum follow_how how,
			      struct follow_piece *piece)
{
	bool taken = false;
	enum err err = ERR_OK;
	while (!err && !taken && e->job_count)
		err = next_of_job(f, e, piece, &taken);
	if (err || taken)
		return err;
	for (size_t i = 0; !err && !taken && i < e->old_count; i++) {
		struct tail *t = &e->olds[i].tail;
		bool finished = how != FOLLOW_LIVE || now_ms - t->grown_ms >= OLD_END_MS;
		err = take(f, e, t, finished, now_ms, how, &taken);
		f->taken = TAKEN_OLD;
		f->old = i;
		piece->file = e->olds[i].name;
		piece->written_s = t->at.changed_ns / SECOND_NS;
	}
	if (!err && !taken && e->has_now) {
		err = take(f, e, &e->now, how == FOLLOW_END, now_ms, how, &taken);
		f->taken = TAKEN_NOW;
		piece->file = str_c(e->path);
		piece->written_s = e->now.at.changed_ns / SECOND_NS;
	}
	if (err || !taken) {
		f->taken = TAKEN_NOTHING;
		piece->file = STR("");
		return err;
	}
	piece->whole = false;
	piece->part = f->part;
	piece->read = read_bytes;
	return ERR_OK;
}

enum err follow_next(struct follow *f, int64_t now_ms, enum follow_how how, struct follow_piece *ret_piece)
{
	struct follow_piece piece = { .file = STR(""), .context = f };
	enum err err = ERR_OK;
	f->taken = TAKEN_NOTHING;
	f->flush = how == FOLLOW_FLUSH;
	for (size_t i = 0; !err && f->taken == TAKEN_NOTHING && i < f->entry_count; i++) {
		f->turn = (f->turn + (i > 0)) % f->entry_count;
		err = next_of_entry(f, f->entries[f->turn], now_ms, how, &piece);
	}
	if (!err)
		*ret_piece = piece;
	return err;
}

void follow_done(struct follow *f)
{
	struct entry *e = f->entry;
	if (f->taken == TAKEN_NOW || f->taken == TAKEN_OLD) {
		struct tail *t = f->taken == TAKEN_NOW ? &e->now : &e->olds[f->old].tail;
		tail_advance(t, f->to, buf_str(&f->bytes), &f->part);
		keep_end(f, e, t, f->taken == TAKEN_NOW ? str_c(e->path) : e->olds[f->old].name);
	}
	if (f->taken == TAKEN_JOB)
		buf_clear(&e->end);
	if (f->taken == TAKEN_JOB && next_member(f, e))
		f->arena.failed = true;
	f->taken = TAKEN_NOTHING;
	if (f->member)
		return;
	f->turn = f->entry_count ? (f->turn + 1) % f->entry_count : 0; /* a busy log does not starve the others */
}

static int64_t wait_of(const struct tail *t, int64_t now_ms, bool old)
{
	if (t->size <= t->at.offset)
		return INT64_MAX;
	int64_t quiet = t->grown_ms + (t->looked >= t->size ? (old ? OLD_END_MS : INT32_MAX) : QUIET_MS) - now_ms;
	int64_t most = t->waiting_since_ms + WAIT_MAX_MS - now_ms;
	if (t->looked >= t->size)
		most = quiet;
	return quiet < most ? quiet : most;
}

int follow_wait_ms(const struct follow *f, int64_t now_ms)
{
	int64_t least = INT64_MAX;
	for (size_t i = 0; i < f->entry_count; i++) {
		const struct entry *e = f->entries[i];
		int64_t wait = e->has_now ? wait_of(&e->now, now_ms, false) : INT64_MAX;
		least = wait < least ? wait : least;
		for (size_t k = 0; k < e->old_count; k++) {
			wait = wait_of(&e->olds[k].tail, now_ms, true);
			least = wait < least ? wait : least;
		}
	}
	return least > INT32_MAX ? -1 : least < 5 ? 5 : (int)least;
}
