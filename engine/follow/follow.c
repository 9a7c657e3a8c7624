/* SPDX-License-Identifier: MIT
 *
 * The set of followed files: see follow.h. An entry is a path. It holds the file that the path names now, those that it
 * named before and that may still grow, and the places that others ended at, so that their copies are known again.
 */
#include "follow/follow.h"

#include "base/hash.h"
#include "base/index.h"
#include "base/input.h"
#include "base/mem.h"
#include "follow/listing.h"
#include "follow/paths.h"
#include "follow/sibling.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	PLACES_MAX = 64,     /* an entry's ended places that are remembered, and those of files changed since */
	OLDS_SOFT_MAX = 16,  /* replaced files kept open while they are all read */
	OLDS_MAX = 128,	     /* of which no more are found beside a path at a time */
	OLD_KEEP_MS = 60000, /* a replaced file may grow so long after it last did */
	OLD_END_MS = 1000,   /* its last line needs no end after so long */
	QUIET_MS = 150,	     /* lines that belong together are written within this */
	WAIT_MAX_MS = 600,   /* nobody waits longer for quiet */
	BULK = 256 << 10,    /* so much is no trickle: no need to wait */
	FAIL_WAIT_MS = 2000, /* until what could not be read is tried again */
	RETRIES_MAX = 20,    /* a packed file is whole by then, or damaged */
	RETRY_MS = 250,
	SHIFTS_MAX = 3, /* how often a folder is listed again at once because its names moved on */
	OPEN_KEPT = 64, /* descriptors left to others */
	SECOND_NS = 1000000000,
	IDS_MIN = 1024,
	JOBS_HELD_MAX = 64 /* packed files of an entry held open until their turn */
};

/* A packed file, read once. */
struct job {
	const char *path;
	int fd;		     /* of the file, whose name may move on; -1: as the path names it */
	uint64_t skip, line; /* of its content, known already */
	bool open;	     /* as of a place */
	enum scan_coding coding; /* where the content's start, which tells it, is skipped */
	struct tail_place as_packed; /* the packed bytes: done when they are */
};

struct old {
	struct tail tail;
	struct str name; /* in hits */
};

struct entry {
	const char *path;
	uint32_t number; /* of entries */
	bool found;	 /* by a folder or a pattern */
	bool kept;	 /* of a cursor, and not asked for, or gone: its places go back to it, nothing is looked at */
	bool has_now, begun;
	bool passed_over; /* the path names a file that is read otherwise: packed, or held by another entry */
	bool asleep;	  /* or that was read, and is closed until it changes: its place is remembered */
	struct tail_id passed;
	uint64_t asleep_size;
	int64_t asleep_ns;
	struct tail now;
	struct old *olds;
	size_t old_count, old_cap;
	struct tail_place *places;
	size_t place_count, place_cap;
	bool caught_up;	   /* in this look */
	bool on_its_way;   /* something beside it was, when it was caught up */
	bool waits;	   /* for a descriptor: something beside it was not looked at */
	int64_t newest_ns; /* of what was looked at then */
	bool again;	  /* something beside it was on its way: look there again */
	unsigned retries; /* how often already */
	int64_t retry_ms;
	int64_t since_ns; /* what lies beside it and changed before is accounted for; INT64_MAX before the first time */
	struct job *jobs;
	size_t job_count, job_cap;
	int64_t gone_s; /* of its cursor */
	enum err said; /* what was said of the path last */
};

enum taken { TAKEN_NOTHING, TAKEN_NOW, TAKEN_OLD, TAKEN_JOB };

struct follow {
	const char *const *paths;
	const char **patterns; /* those of the paths that have a mark of one */
	size_t path_count, pattern_count;
	struct diags *diags;
	struct arena arena;
	struct entry **entries;
	size_t entry_count, entry_cap;
	struct index by_path;	       /* entries */
	struct index by_id;	       /* entries that hold or held the file, or remember a place in it */
	struct index asked, by_folder; /* paths, folders */
	const char **folders;
	size_t folder_count, folder_cap;
	struct arena folder_arena; /* of the last listing */
	struct listings names, names_now;  /* of this look, and at its end */
	size_t open_count, open_max, hand; /* descriptors; hand: the entry that is asked next to close its own */
	const struct entry *looking;
	size_t ids_max;
	bool no_room, waits, flush; /* no_room: in this look none could */
	bool missed, listed;
	size_t files, turn; /* turn: the entry that is asked first for a piece */

	/* the piece in work */
	enum taken taken;
	struct entry *entry;
	size_t old;
	uint64_t to;
	struct scan_part part;
	struct buf bytes;
	size_t given;
	struct input *input; /* of a job; while it is open its entry is the one in turn */
	const struct input_member *member; /* its next one, or NULL: not asked for */
	struct buf name;
	struct str block;
	uint64_t skip;
};

/* ---- what is known of an entry ---- */

static void forget(struct entry *e, size_t place)
{
	e->place_count--;
	memmove(e->places + place, e->places + place + 1, (e->place_count - place) * sizeof *e->places);
}

static uint64_t id_hash(const struct tail_id *id)
{
	uint64_t numbers[] = { id->dev, id->ino };
	return hash_bytes((struct str){ (const char *)numbers, sizeof numbers });
}

/* note lets the entry be found by a file's id. */
static void note(struct follow *f, const struct entry *e, const struct tail_id *id)
{
	uint64_t hash = id_hash(id);
	const struct index_item *i = index_first(&f->by_id, hash);
	while (i && i->number != e->number)
		i = index_next(&f->by_id, i);
	if (!i && index_add(&f->by_id, hash, e->number))
		f->arena.failed = true;
}

/* forget_oldest drops the oldest places of an entry that has many, but none of a file that may be looked at again: it
 * would be read again. */
static void forget_oldest(struct entry *e)
{
	size_t kept = 0, over = e->place_count < PLACES_MAX ? 0 : e->place_count - PLACES_MAX + 1;
	for (size_t i = 0; i < e->place_count; i++) {
		if (over && e->places[i].changed_ns < e->since_ns && e->since_ns != INT64_MAX)
			over--;
		else
			e->places[kept++] = e->places[i];
	}
	e->place_count = kept;
}

/* remember: where there is no memory, the arena says so. */
static void remember(struct follow *f, struct entry *e, const struct tail_place *place)
{
	note(f, e, &place->id);
	if (e->place_count == e->place_cap && e->place_count >= PLACES_MAX)
		forget_oldest(e);
	if (e->place_count == e->place_cap) {
		size_t cap = e->place_cap ? 2 * e->place_cap : 1;
		struct tail_place *places = mem_resize(e->places, cap * sizeof *places);
		f->arena.failed |= !places;
		if (!places)
			return;
		e->places = places;
		e->place_cap = cap;
	}
	e->places[e->place_count++] = *place;
}

/* is_held says whether the file is open in any entry. */
static bool is_held(const struct follow *f, const struct tail_id *id)
{
	for (const struct index_item *i = index_first(&f->by_id, id_hash(id)); i; i = index_next(&f->by_id, i)) {
		const struct entry *e = f->entries[i->number];
		if (e->has_now && tail_id_eq(&e->now.at.id, id))
			return true;
		for (size_t k = 0; k < e->old_count; k++)
			if (tail_id_eq(&e->olds[k].tail.at.id, id))
				return true;
	}
	return false;
}

static void say(struct follow *f, struct entry *e, enum err err, enum diag_level level, const char *what)
{
	if (e->said == err)
		return;
	e->said = err;
	f->missed = f->missed || level == DIAG_ERROR;
	diags_add(f->diags, level, 0, "%s: %s", e->path, what);
}

/* ---- descriptors ---- */

static void close_tail(struct follow *f, struct tail *t)
{
	f->open_count -= t->fd >= 0;
	tail_close(t);
}

static void let_sleep(struct follow *f, struct entry *e)
{
	e->passed = e->now.at.id;
	e->asleep_size = e->now.size;
	e->asleep_ns = e->now.at.changed_ns;
	e->passed_over = e->asleep = true;
	e->has_now = false;
	remember(f, e, &e->now.at);
	close_tail(f, &e->now);
}

/* make_room closes a file that is read to its end, as far as was looked. */
static bool make_room(struct follow *f)
{
	for (size_t i = 0; i < f->entry_count && !f->no_room; i++) {
		struct entry *e = f->entries[f->hand];
		f->hand = (f->hand + 1) % f->entry_count;
		const struct tail *t = &e->now;
		bool read = e->has_now && (t->size <= t->at.offset || (f->flush && t->looked >= t->size));
		if (!read || e == f->looking)
			continue;
		let_sleep(f, e);
		return true;
	}
	f->no_room = true;
	return false;
}

static bool has_room(struct follow *f)
{
	bool room = f->open_count < f->open_max || make_room(f);
	f->waits = f->waits || !room;
	return room;
}

/* open_tail: ERR_LIMIT where it has to wait for a descriptor. */
static enum err open_tail(struct follow *f, const char *path, struct tail *ret_tail)
{
	if (!has_room(f))
		return ERR_LIMIT;
	enum err err = tail_open(path, ret_tail);
	f->open_count += !err;
	return err;
}

static enum err add_old(struct follow *f, struct entry *e, const struct tail *t, struct str name)
{
	note(f, e, &t->at.id);
	struct str kept = str_eq(name, str_c(e->path)) ? str_c(e->path) : arena_str(&f->arena, name);
	if (e->old_count == e->old_cap) {
		size_t cap = e->old_cap ? 2 * e->old_cap : 4;
		struct old *olds = mem_resize(e->olds, cap * sizeof *olds);
		if (!olds)
			return ERR_NOMEM;
		e->olds = olds;
		e->old_cap = cap;
	}
	e->olds[e->old_count++] = (struct old){ *t, kept };
	return arena_err(&f->arena);
}

static enum err add_job(struct follow *f, struct entry *e, const char *path, const struct job *how)
{
	struct job *job = arena_push(&f->arena, &e->jobs, &e->job_count, &e->job_cap);
	const char *kept = arena_str(&f->arena, str_c(path)).p;
	if (!job || !kept)
		return ERR_NOMEM;
	*job = *how;
	job->path = kept;
	return ERR_OK;
}

/* ---- files beside it ---- */

/* A file beside an entry's path, open. */
struct sibling {
	struct tail tail;
	const char *path;
	bool packed;
};

/* known_place finds the remembered place whose content a sibling holds. */
static enum sibling_fit known_place(const struct entry *e, const struct sibling *s, size_t *ret_place)
{
	enum sibling_fit best = SIBLING_OTHER;
	for (size_t i = e->place_count; i-- && best < SIBLING_HOLDS_MORE;) {
		enum sibling_fit fit = sibling_fits(&s->tail, s->packed, &e->places[i]);
		if (fit > best) {
			best = fit;
			*ret_place = i;
		}
	}
	return best;
}

static bool copies_held(const struct entry *e, const struct sibling *s)
{
	bool copies = e->has_now && sibling_copies(&s->tail, s->packed, &e->now);
	for (size_t i = 0; !copies && i < e->old_count; i++) {
		const struct tail *t = &e->olds[i].tail;
		bool other = !s->packed && t->at.head_n == TAIL_HEAD_MAX && s->tail.at.head_n == TAIL_HEAD_MAX &&
			     t->at.head != s->tail.at.head;
		copies = !other && sibling_copies(&s->tail, s->packed, t);
	}
	return copies;
}

/* is_done says whether the very file was read to its end, or waits for its turn as a packed one. */
static bool is_done(const struct entry *e, const struct tail *t)
{
	for (size_t i = 0; i < e->place_count; i++)
		if (tail_id_eq(&e->places[i].id, &t->at.id) && e->places[i].offset == t->size &&
		    tail_fits(t, &e->places[i]))
			return true;
	for (size_t i = 0; i < e->job_count; i++)
		if (tail_id_eq(&e->jobs[i].as_packed.id, &t->at.id))
			return true;
	return false;
}

/* read_sibling takes the open file over; there is room for it where it is not packed. */
static enum err read_sibling(struct follow *f, struct entry *e, struct sibling *s, const struct tail_place *from)
{
	struct tail *t = &s->tail;
	enum err err;
	if (s->packed) {
		struct job job = { .skip = from ? from->offset : 0, .line = from ? from->line : 1, .fd = t->fd,
				   .open = from && from->open,
				   .coding = from ? sibling_coding(t) : SCAN_UNKNOWN };
		tail_skip(t);
		job.as_packed = t->at;
		f->open_count++;
		if (e->job_count >= JOBS_HELD_MAX || f->open_count > f->open_max) {
			close_tail(f, t);
			job.fd = -1;
		}
		err = add_job(f, e, s->path, &job);
	} else {
		if (from)
			tail_resume(t, from);
		f->files++;
		f->open_count++;
		err = add_old(f, e, t, str_c(s->path));
	}
	if (err)
		close_tail(f, t);
	return err;
}

/* is_shifting says that the path's file has just been cut off, which the next look will find: until then nothing can be
 * said of its copies. */
static bool is_shifting(const struct entry *e)
{
	struct stat st;
	return e->has_now &&
	       (fstat(e->now.fd, &st) || (uint64_t)st.st_size < e->now.size || !tail_fits(&e->now, &e->now.at));
}

static bool has_room_beside(struct follow *f, const struct entry *e)
{
	f->waits = f->waits || e->old_count >= OLDS_MAX;
	return e->old_count < OLDS_MAX && has_room(f);
}

/* weigh_sibling reads what of an open file was not read, and closes the others. */
static enum err weigh_sibling(struct follow *f, struct entry *e, struct sibling *s, bool *ret_waits)
{
	size_t place = 0;
	enum sibling_fit fit = known_place(e, s, &place);
	bool more = fit == SIBLING_HOLDS_MORE, fresh = fit == SIBLING_OTHER && !copies_held(e, s);
	if (fresh && is_shifting(e)) {
		e->on_its_way = true;
		fresh = false;
	}
	*ret_waits = (more || fresh) && !(s->packed || has_room_beside(f, e));
	if (*ret_waits || !(more || fresh)) {
		tail_close(&s->tail);
		return ERR_OK;
	}
	if (fresh)
		return read_sibling(f, e, s, NULL);
	struct tail_place from = e->places[place];
	forget(e, place);
	return read_sibling(f, e, s, &from);
}

/* look_at_sibling: *ret_waits where there is no descriptor for it now. It is open for a moment only until it is known
 * whether it is read: that much is left to others. */
static enum err look_at_sibling(struct follow *f, struct entry *e, const char *path, bool *ret_waits)
{
	struct sibling s = { .path = path };
	enum err err = tail_open(path, &s.tail);
	if (err) { /* rotated on meanwhile: it is there under its next name */
		e->on_its_way = e->on_its_way || err == ERR_NOTFOUND;
		return ERR_OK;
	}
	if (is_held(f, &s.tail.at.id) || is_done(e, &s.tail)) {
		tail_close(&s.tail);
		return ERR_OK;
	}
	enum sibling_kind kind = sibling_kind(&s.tail, path);
	s.packed = kind == SIBLING_PACKED;
	if (kind == SIBLING_UNREADY) {
		e->on_its_way = true;
		tail_close(&s.tail);
		return ERR_OK;
	}
	return weigh_sibling(f, e, &s, ret_waits);
}

/* catch_up looks beside the path for what was not read: the rest of a file that was cut off, and files that came and
 * went between two looks. What changed before the last time that all was accounted for need not be looked at. */
static enum err catch_up(struct follow *f, struct entry *e)
{
	struct arena a = { 0 };
	struct listing_file *items;
	size_t count;
	bool waits = false;
	int64_t newest_ns = e->has_now ? e->now.at.changed_ns : INT64_MIN;
	if (!e->caught_up)
		e->on_its_way = false;
	enum err err = listing_siblings(&f->names, e->path, &a, &items, &count);
	for (size_t i = 0; !err && !waits && i < count; i++) {
		newest_ns = items[i].changed_ns > newest_ns ? items[i].changed_ns : newest_ns;
		if (items[i].changed_ns >= e->since_ns)
			err = look_at_sibling(f, e, items[i].path, &waits);
		if (waits) /* what is older was looked at */
			newest_ns = items[i].changed_ns;
	}
	arena_free(&a);
	e->waits = waits;
	e->newest_ns = newest_ns;
	e->caught_up = true;
	return err;
}

/* conclude: names that moved on while we looked may have hidden a file. */
static void conclude(struct entry *e, bool shifted)
{
	bool again = e->on_its_way || shifted;
	e->caught_up = false;
	e->retries = again ? e->retries + 1 : 0;
	e->again = again && e->retries < RETRIES_MAX;
	if (!e->again && e->newest_ns > e->since_ns)
		e->since_ns = e->newest_ns;
}

/* settle lists the folders of all that were caught up once more. Where what lies beside one is no longer the same, it
 * is looked at again. */
static enum err settle(struct follow *f)
{
	enum err err = ERR_OK;
	bool shifted = true;
	for (int times = 1; !err && shifted; times++) {
		shifted = false;
		listings_forget(&f->names_now);
		for (size_t i = 0; i < f->entry_count; i++) {
			struct entry *e = f->entries[i];
			bool same = e->caught_up && listing_same(&f->names, &f->names_now, e->path);
			if (e->caught_up && (same || times == SHIFTS_MAX))
				conclude(e, !same);
			shifted = shifted || e->caught_up;
		}
		struct listings was = f->names;
		f->names = f->names_now;
		f->names_now = was;
		for (size_t i = 0; !err && shifted && i < f->entry_count; i++) {
			f->looking = f->entries[i];
			if (f->entries[i]->caught_up)
				err = catch_up(f, f->entries[i]);
		}
	}
	f->looking = NULL;
	return err;
}

/* pass_over_siblings takes what lies beside a file at the start for known: only the file itself was asked for. */
static enum err pass_over_siblings(struct follow *f, struct entry *e)
{
	struct arena a = { 0 };
	struct listing_file *items;
	size_t count;
	enum err err = listing_siblings(&f->names, e->path, &a, &items, &count);
	e->since_ns = e->now.at.changed_ns;
	for (size_t i = 0; !err && i < count; i++) {
		struct tail t;
		e->since_ns = items[i].changed_ns > e->since_ns ? items[i].changed_ns : e->since_ns;
		if (tail_open(items[i].path, &t))
			continue;
		tail_skip(&t);
		remember(f, e, &t.at);
		tail_close(&t);
	}
	arena_free(&a);
	return err;
}

/* ---- one path ---- */

static bool is_packed(const struct tail *t)
{
	char head[512];
	ssize_t n = pread(t->fd, head, sizeof head, 0);
	return n > 0 && input_is_packed((struct str){ head, (size_t)n });
}

static bool resume_at(struct entry *e, size_t place, struct tail *t)
{
	if (!tail_fits(t, &e->places[place]))
		return false;
	tail_resume(t, &e->places[place]);
	forget(e, place);
	return true;
}

/* resume_known goes on at a remembered place of any entry: the file was read under another name, or before a restart;
 * or at one of its own, where a copy has taken the file's place. */
static bool resume_known(struct follow *f, struct entry *own, struct tail *t)
{
	const struct index_item *i = index_first(&f->by_id, id_hash(&t->at.id));
	for (; i; i = index_next(&f->by_id, i)) {
		struct entry *e = f->entries[i->number];
		for (size_t k = e->place_count; k--;)
			if (tail_id_eq(&e->places[k].id, &t->at.id) && resume_at(e, k, t))
				return true;
	}
	for (size_t k = own->place_count; k--;)
		if (own->places[k].head_n && resume_at(own, k, t))
			return true;
	return false;
}

/* pass_over leaves the path's file alone as long as the path names it. */
static enum err pass_over(struct follow *f, struct entry *e, struct tail *t)
{
	e->passed_over = true;
	e->passed = t->at.id;
	close_tail(f, t);
	return ERR_OK;
}

static enum err begin_packed(struct follow *f, struct entry *e, struct tail *t)
{
	struct job job = { .line = 1, .fd = -1 };
	tail_skip(t);
	job.as_packed = t->at;
	enum err err = add_job(f, e, e->path, &job);
	return err ? err : pass_over(f, e, t);
}

static void set_now(struct follow *f, struct entry *e, const struct tail *t)
{
	note(f, e, &t->at.id);
	e->now = *t;
	e->has_now = true;
}

static const char *what_is_there(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISFIFO(st.st_mode) ?
		       "a pipe: not read; a scan of standard input (-) reads one to its end" :
		       "neither a file nor a folder: not read";
}

static enum err begin(struct follow *f, struct entry *e, int64_t now_ms)
{
	struct tail t;
	bool first = !e->begun;
	enum err err = open_tail(f, e->path, &t);
	if (err == ERR_NOTFOUND || err == ERR_LIMIT)
		return ERR_OK;
	if (err) {
		say(f, e, err, DIAG_ERROR, err == ERR_UNSUPPORTED ? what_is_there(e->path) : err_text(err));
		return ERR_OK;
	}
	e->said = ERR_OK;
	if (is_held(f, &t.at.id))
		return pass_over(f, e, &t);
	e->begun = true;
	bool resumed = resume_known(f, e, &t);
	if (is_packed(&t))
		return resumed ? pass_over(f, e, &t) : begin_packed(f, e, &t);
	f->files++;
	t.grown_ms = t.waiting_since_ms = now_ms;
	set_now(f, e, &t);
	if (first && e->found && e->since_ns == INT64_MAX)
		e->since_ns = INT64_MIN; /* all that the folder holds */
	return e->since_ns != INT64_MAX ? catch_up(f, e) : pass_over_siblings(f, e);
}

/* part_with keeps the file that the path named until now among the old ones. */
static enum err part_with(struct follow *f, struct entry *e)
{
	e->has_now = false;
	return add_old(f, e, &e->now, str_c(e->path));
}

/* rewrite: the file was cut off or written over. What it held may stand in a copy beside it. */
static enum err rewrite(struct follow *f, struct entry *e, int64_t now_ms)
{
	struct tail_place was = e->now.at;
	remember(f, e, &was);
	close_tail(f, &e->now);
	e->has_now = false;
	struct tail t;
	enum err err = open_tail(f, e->path, &t);
	if (err)
		return err == ERR_NOMEM ? err : catch_up(f, e);
	t.grown_ms = t.waiting_since_ms = now_ms;
	set_now(f, e, &t);
	return catch_up(f, e);
}

static bool same_file(const struct tail *t, const struct stat *st)
{
	struct stat own;
	return !fstat(t->fd, &own) && own.st_dev == st->st_dev && own.st_ino == st->st_ino;
}

/* A packed file stays passed over; one that another entry held does until that lets it go, one that sleeps until it
 * changes. */
static bool is_passed(const struct follow *f, const struct entry *e, const struct stat *st)
{
	if (e->passed.ino != st->st_ino || e->passed.dev != tail_dev(st->st_dev))
		return false;
	if (e->asleep)
		return (uint64_t)st->st_size == e->asleep_size &&
		       (int64_t)st->st_mtim.tv_sec * SECOND_NS + st->st_mtim.tv_nsec == e->asleep_ns;
	return e->begun || is_held(f, &e->passed);
}

static enum err look_at_path(struct follow *f, struct entry *e, int64_t now_ms)
{
	struct stat st;
	enum err err = ERR_OK;
	if (stat(e->path, &st)) {
		int number = errno;
		if (e->has_now)
			err = part_with(f, e);
		if (!err && e->place_count && !e->begun) { /* rotated away before a restart */
			e->begun = true;
			err = catch_up(f, e);
		}
		if (number == ENOENT && !e->begun && !e->found)
			say(f, e, ERR_NOTFOUND, DIAG_NOTE, "is not there yet: waiting for it");
		else if (number != ENOENT)
			say(f, e, err_from_errno(number), DIAG_ERROR, strerror(number));
		return err;
	}
	if (!e->has_now && e->passed_over && is_passed(f, e, &st))
		return ERR_OK;
	e->passed_over = e->asleep = false;
	if (e->has_now && same_file(&e->now, &st)) {
		enum tail_state state = tail_look(&e->now, now_ms);
		return state == TAIL_REPLACED ? rewrite(f, e, now_ms) : state == TAIL_OPEN ? catch_up(f, e) : ERR_OK;
	}
	if (e->has_now)
		err = part_with(f, e);
	return err ? err : begin(f, e, now_ms);
}

/* Old files are let go when nothing more comes, or when there are too many. */
static void look_at_olds(struct follow *f, struct entry *e, int64_t now_ms)
{
	for (size_t i = 0; i < e->old_count;) {
		struct tail *t = &e->olds[i].tail;
		bool same = tail_look(t, now_ms) != TAIL_REPLACED, read = t->at.offset >= t->size;
		if (same && !(read && (now_ms - t->grown_ms > OLD_KEEP_MS || e->old_count > OLDS_SOFT_MAX))) {
			i++;
			continue;
		}
		remember(f, e, &t->at);
		close_tail(f, t);
		e->old_count--;
		memmove(e->olds + i, e->olds + i + 1, (e->old_count - i) * sizeof *e->olds);
	}
}

/* ---- the list ---- */

static struct entry *find_entry(const struct follow *f, const char *path)
{
	const struct index_item *i = index_first(&f->by_path, hash_bytes(str_c(path)));
	while (i && strcmp(f->entries[i->number]->path, path) != 0)
		i = index_next(&f->by_path, i);
	return i ? f->entries[i->number] : NULL;
}

static enum err add_entry(struct follow *f, const char *path, bool found, struct entry **ret_entry)
{
	struct entry *e = arena_new(&f->arena, struct entry);
	const char *kept = arena_str(&f->arena, str_c(path)).p;
	struct entry **slot = e && kept ? arena_push(&f->arena, &f->entries, &f->entry_count, &f->entry_cap) : NULL;
	if (!slot)
		return ERR_NOMEM;
	uint32_t number = (uint32_t)f->entry_count - 1;
	*e = (struct entry){ .path = kept, .number = number, .found = found, .since_ns = INT64_MAX };
	*slot = e;
	if (ret_entry)
		*ret_entry = e;
	return index_add(&f->by_path, hash_bytes(str_c(kept)), number);
}

static void add_one_folder(struct follow *f, const char *path, bool *ret_new)
{
	uint64_t hash = hash_bytes(str_c(path));
	const struct index_item *i = index_first(&f->by_folder, hash);
	while (i && strcmp(f->folders[i->number], path) != 0)
		i = index_next(&f->by_folder, i);
	*ret_new = !i;
	const char *kept = i ? NULL : arena_str(&f->folder_arena, str_c(path)).p;
	const char **slot = kept ? arena_push(&f->folder_arena, &f->folders, &f->folder_count, &f->folder_cap) : NULL;
	if (!slot)
		return;
	*slot = kept;
	f->folder_arena.failed |= index_add(&f->by_folder, hash, (uint32_t)f->folder_count - 1) != ERR_OK;
}

/* add_folder adds a folder, and the one that it leads to. */
static void add_folder(struct follow *f, const char *path)
{
	char real[PATH_MAX];
	bool new;
	add_one_folder(f, path, &new);
	if (new &&realpath(path, real))
		add_one_folder(f, real, &new);
}

static enum err list_path(void *context, const char *path, enum paths_kind kind)
{
	struct follow *f = context;
	if (kind == PATHS_FOLDER) {
		add_folder(f, path);
		return ERR_OK;
	}
	struct entry *e = find_entry(f, path);
	if (e)
		e->kept = false;
	if (e || (kind == PATHS_FOUND && listing_has_base(&f->names, path)))
		return ERR_OK;
	return add_entry(f, path, kind == PATHS_FOUND, NULL);
}

static void add_folder_of(struct follow *f, const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = !slash ? 0 : slash == path ? 1 : (size_t)(slash - path);
	if (n >= sizeof folder)
		return;
	memcpy(folder, n ? path : ".", n ? n : 1);
	folder[n ? n : 1] = 0;
	add_folder(f, folder);
}

static void list_folders(struct follow *f)
{
	char real[PATH_MAX];
	struct stat st;
	for (size_t i = 0; i < f->path_count; i++)
		if (strpbrk(f->paths[i], PATHS_MARKS))
			add_folder_of(f, f->paths[i]);
	for (size_t i = 0; i < f->entry_count; i++) {
		const char *path = f->entries[i]->path;
		if (f->entries[i]->kept)
			continue;
		add_folder_of(f, path);
		if (!lstat(path, &st) && S_ISLNK(st.st_mode) && realpath(path, real))
			add_folder_of(f, real);
	}
}

static enum err list_anew(struct follow *f)
{
	arena_reset(&f->folder_arena);
	index_clear(&f->by_folder);
	f->folders = NULL;
	f->folder_count = f->folder_cap = 0;
	enum err e = ERR_OK;
	for (size_t i = 0; !e && i < f->path_count; i++) {
		e = paths_expand(f->paths[i], f->listed ? NULL : f->diags, list_path, f);
		f->missed = f->missed || e == ERR_IO;
		e = e == ERR_IO ? ERR_OK : e;
	}
	f->listed = true;
	list_folders(f);
	return e;
}

/* renew_ids drops those by which nothing is found any more, when they have become many. */
static void renew_ids(struct follow *f)
{
	if (f->by_id.count < f->ids_max)
		return;
	index_clear(&f->by_id);
	for (size_t i = 0; i < f->entry_count; i++) {
		const struct entry *e = f->entries[i];
		if (e->has_now)
			note(f, e, &e->now.at.id);
		for (size_t k = 0; k < e->old_count; k++)
			note(f, e, &e->olds[k].tail.at.id);
		for (size_t k = 0; k < e->place_count; k++)
			note(f, e, &e->places[k].id);
	}
	f->ids_max = 4 * f->by_id.count + IDS_MIN;
}

static enum err look_at_entry(struct follow *f, struct entry *e, int64_t now_ms, bool anew)
{
	f->looking = e;
	look_at_olds(f, e, now_ms);
	enum err err = look_at_path(f, e, now_ms);
	bool retry = e->again && now_ms >= e->retry_ms;
	if (err || e->caught_up || !(retry || e->waits || (anew && e->since_ns != INT64_MAX)))
		return err;
	e->retry_ms = now_ms + RETRY_MS;
	return catch_up(f, e);
}

enum err follow_look(struct follow *f, int64_t now_ms, bool anew)
{
	listings_forget(&f->names);
	f->no_room = f->waits = false;
	renew_ids(f);
	enum err e = anew || !f->listed ? list_anew(f) : ERR_OK;
	for (size_t i = 0; !e && i < f->entry_count; i++)
		if (!f->entries[i]->kept)
			e = look_at_entry(f, f->entries[i], now_ms, anew);
	if (!e)
		e = settle(f);
	return e ? e : arena_err(&f->arena);
}

/* ---- pieces ---- */

static enum err read_bytes(void *context, char *p, size_t n, size_t *ret_n)
{
	struct follow *f = context;
	struct str part = str_first(str_from(buf_str(&f->bytes), f->given), n);
	if (part.n)
		memcpy(p, part.p, part.n);
	f->given += part.n;
	*ret_n = part.n;
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
	struct str part = str_first(f->block, n);
	if (part.n)
		memcpy(p, part.p, part.n);
	f->block = str_from(f->block, part.n);
	*ret_n = part.n;
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
	if (err == ERR_NOMEM)
		return err;
	if (err && err != ERR_NOTFOUND) {
		say(f, e, err, DIAG_ERROR, err_text(err));
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
	return input_open(paths, 1, f->diags, &f->input);
}

static void end_job(struct follow *f, struct entry *e)
{
	struct job *job = &e->jobs[0];
	input_close(&f->input);
	remember(f, e, &job->as_packed);
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

/* next_member moves on in the entry's job, and ends it behind the last one: a job that was read is done at once, or it
 * would be read again after a stop. */
static enum err next_member(struct follow *f, struct entry *e)
{
	f->member = NULL;
	enum err err = f->input ? ERR_OK : open_job(f, &e->jobs[0]);
	if (!err)
		err = input_next(f->input, &f->member);
	if (err == ERR_NOMEM || err == ERR_INTERRUPTED)
		return err;
	f->missed = f->missed || err;
	if (err || !f->member)
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
	}
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

/* ---- cursors ---- */

static struct str without_slash(const char *path)
{
	struct str s = str_c(path);
	while (str_ends(s, STR("/")))
		s.n--;
	return s;
}

static bool names_path(const struct follow *f, struct str path)
{
	const struct index_item *i = index_first(&f->asked, hash_bytes(path));
	while (i && !str_eq(without_slash(f->paths[i->number]), path))
		i = index_next(&f->asked, i);
	return i;
}

/* is_asked: as paths_cover of any of the paths, but the path and its folders are looked up. */
static bool is_asked(const struct follow *f, const char *path)
{
	struct str s = str_c(path);
	bool asked = names_path(f, s);
	for (size_t i = 0; !asked && i < s.n; i++)
		asked = s.p[i] == '/' && names_path(f, str_first(s, i));
	for (size_t i = 0; !asked && i < f->pattern_count; i++)
		asked = paths_cover(f->patterns[i], path);
	return asked;
}

enum err follow_restore(struct follow *f, const struct follow_place *place)
{
	struct entry *e = find_entry(f, place->path.p);
	if (!e && add_entry(f, place->path.p, true, &e))
		return ERR_NOMEM;
	e->kept = !is_asked(f, e->path);
	e->since_ns = place->since_ns;
	remember(f, e, &place->at);
	e->gone_s = place->gone_s;
	return ERR_OK;
}

void follow_age(struct follow *f, follow_is_over *is_over, void *context)
{
	for (size_t i = 0; i < f->entry_count; i++) {
		struct entry *e = f->entries[i];
		e->gone_s = e->has_now ? 0 : e->gone_s;
		if (e->has_now || e->old_count || e->job_count || !is_over(context, e->path, &e->gone_s))
			continue;
		e->place_count = 0;
		e->kept = e->kept || e->found; /* until it is listed again: then it is new */
		e->begun = e->passed_over = e->asleep = false;
		e->since_ns = INT64_MAX;
	}
}

/* since_when: what is open may have grown since it was looked at, and is not accounted for if we stop here. */
static int64_t since_when(const struct entry *e)
{
	int64_t since_ns = e->has_now && e->now.at.changed_ns < e->since_ns ? e->now.at.changed_ns : e->since_ns;
	for (size_t i = 0; i < e->old_count; i++) {
		const struct tail *t = &e->olds[i].tail;
		if (t->at.changed_ns < since_ns)
			since_ns = t->at.changed_ns;
	}
	for (size_t i = 0; i < e->job_count; i++)
		if (e->jobs[i].as_packed.changed_ns < since_ns)
			since_ns = e->jobs[i].as_packed.changed_ns;
	return since_ns;
}

static void add_place(struct arena *a, struct follow_place **items, size_t *count, size_t *cap, const struct entry *e,
		      const struct tail_place *at, bool current)
{
	struct follow_place *place = arena_push(a, items, count, cap);
	if (place)
		*place = (struct follow_place){ .path = str_c(e->path), .current = current, .since_ns = since_when(e),
						.gone_s = e->gone_s, .at = *at };
}

enum err follow_places(struct follow *f, struct arena *a, struct follow_place **ret_places, size_t *ret_count)
{
	struct follow_place *items = NULL;
	size_t count = 0, cap = 0;
	for (size_t i = 0; i < f->entry_count; i++) {
		const struct entry *e = f->entries[i];
		for (size_t k = 0; k < e->place_count; k++)
			add_place(a, &items, &count, &cap, e, &e->places[k], false);
		for (size_t k = 0; k < e->old_count; k++)
			add_place(a, &items, &count, &cap, e, &e->olds[k].tail.at, false);
		if (e->has_now)
			add_place(a, &items, &count, &cap, e, &e->now.at, true);
	}
	*ret_places = items;
	*ret_count = count;
	return arena_err(a);
}

/* ---- the whole ---- */

static void keep_paths(struct follow *f, const char *const *paths)
{
	const char **copies = arena_array(&f->arena, const char *, f->path_count + 1);
	f->patterns = arena_array(&f->arena, const char *, f->path_count + 1);
	for (size_t i = 0; !f->arena.failed && i < f->path_count; i++) {
		copies[i] = arena_str(&f->arena, str_c(paths[i])).p;
		if (strpbrk(paths[i], PATHS_MARKS))
			f->patterns[f->pattern_count++] = copies[i];
		if (index_add(&f->asked, hash_bytes(without_slash(paths[i])), (uint32_t)i))
			f->arena.failed = true;
	}
	f->paths = copies;
}

static size_t open_max(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	return limit.rlim_cur > 2 * OPEN_KEPT ? (size_t)limit.rlim_cur - OPEN_KEPT : OPEN_KEPT;
}

enum err follow_open(const char *const *paths, size_t count, struct diags *d, struct follow **ret_follow)
{
	struct follow *f = mem_resize(NULL, sizeof *f);
	if (!f)
		return ERR_NOMEM;
	*f = (struct follow){ .path_count = count, .diags = d };
	f->open_max = open_max();
	f->ids_max = IDS_MIN;
	keep_paths(f, paths);
	if (arena_err(&f->arena)) {
		follow_close(&f);
		return ERR_NOMEM;
	}
	*ret_follow = f;
	return ERR_OK;
}

void follow_close(struct follow **follow)
{
	struct follow *f = *follow;
	*follow = NULL;
	if (!f)
		return;
	for (size_t i = 0; i < f->entry_count; i++) {
		struct entry *e = f->entries[i];
		if (e->has_now)
			tail_close(&e->now);
		for (size_t k = 0; k < e->old_count; k++)
			tail_close(&e->olds[k].tail);
		mem_free(e->olds);
		mem_free(e->places);
		for (size_t k = 0; k < e->job_count; k++)
			if (e->jobs[k].fd >= 0)
				close(e->jobs[k].fd);
	}
	index_free(&f->by_path);
	index_free(&f->by_id);
	index_free(&f->by_folder);
	index_free(&f->asked);
	listings_free(&f->names);
	listings_free(&f->names_now);
	input_close(&f->input);
	buf_free(&f->bytes);
	buf_free(&f->name);
	arena_free(&f->folder_arena);
	arena_free(&f->arena);
	mem_free(f);
}

void follow_each_folder(struct follow *f, follow_visit_folder *visit, void *context)
{
	for (size_t i = 0; i < f->folder_count; i++)
		visit(context, f->folders[i]);
}

bool follow_missed(const struct follow *f)
{
	return f->missed;
}

bool follow_waits(const struct follow *f)
{
	return f->waits;
}

bool follow_unsettled(const struct follow *f)
{
	bool unsettled = false;
	for (size_t i = 0; i < f->entry_count; i++)
		unsettled = unsettled || f->entries[i]->again;
	return unsettled;
}

size_t follow_files(const struct follow *f)
{
	return f->files;
}
