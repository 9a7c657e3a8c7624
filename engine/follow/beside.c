/* SPDX-License-Identifier: MIT */
#include "follow/beside.h"

#include "follow/sibling.h"

#include <sys/stat.h>

enum {
	OLDS_MAX = 128,	   /* files of an entry that are found beside its path at a time */
	RETRIES_MAX = 20,  /* a packed file is whole by then, or damaged */
	SHIFTS_MAX = 3,	   /* how often a folder is listed again at once because its names moved on */
	JOBS_HELD_MAX = 64 /* packed files of an entry held open until their turn */
};

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

/* read_end: the path's file may go on with a message that the one before it ends with. Of the siblings the newest comes
 * first. */
static void read_end(struct follow *f, struct entry *e, const struct sibling *s, size_t place)
{
	if (!s->packed && (!e->has_now || !e->now.at.offset))
		entry_read_end(f, e, &s->tail, &e->places[place], s->path);
}

/* is_done says whether the very file was read to its end, or waits for its turn as a packed one. */
static bool is_done(struct follow *f, struct entry *e, const struct sibling *s)
{
	const struct tail *t = &s->tail;
	for (size_t i = 0; i < e->place_count; i++) {
		if (!tail_id_eq(&e->places[i].id, &t->at.id) || e->places[i].offset != t->size ||
		    !tail_fits(t, &e->places[i]))
			continue;
		read_end(f, e, s, i);
		return true;
	}
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
			entry_close_tail(f, t);
			job.fd = -1;
		}
		err = entry_add_job(f, e, s->path, &job);
	} else {
		if (from)
			tail_resume(t, from);
		f->files++;
		f->open_count++;
		err = entry_add_old(f, e, t, str_c(s->path));
	}
	if (err)
		entry_close_tail(f, t);
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
	return e->old_count < OLDS_MAX && entry_has_room(f);
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
		if (fit == SIBLING_HOLDS)
			read_end(f, e, s, place);
		tail_close(&s->tail);
		return ERR_OK;
	}
	if (fresh)
		return read_sibling(f, e, s, NULL);
	struct tail_place from = e->places[place];
	entry_forget(e, place);
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
	if (entry_is_held(f, &s.tail.at.id) || is_done(f, e, &s)) {
		tail_close(&s.tail);
		return ERR_OK;
	}
	enum input_binary binary;
	if (e->found && sibling_is_binary(&s.tail, &binary)) {
		f->left_out[binary]++;
		tail_skip(&s.tail); /* counted once */
		entry_remember(f, e, &s.tail.at);
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

enum err beside_catch_up(struct follow *f, struct entry *e)
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

enum err beside_settle(struct follow *f)
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
				err = beside_catch_up(f, f->entries[i]);
		}
	}
	f->looking = NULL;
	return err;
}

enum err beside_pass_over(struct follow *f, struct entry *e)
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
		entry_remember(f, e, &t.at);
		tail_close(&t);
	}
	arena_free(&a);
	return err;
}
