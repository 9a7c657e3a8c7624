/* SPDX-License-Identifier: MIT */
#include "follow/entry.h"

#include "base/hash.h"
#include "base/mem.h"
#include "scan/chunk.h"

#include <string.h>
#include <unistd.h>

enum {
	END_BYTES_MAX = 1 << 10, /* of a file, kept until the next one begins */
	PLACES_MAX = 64		 /* an entry's ended places that are remembered, and those of files changed since */
};

struct entry *entry_find(const struct follow *f, const char *path)
{
	const struct index_item *i = index_first(&f->by_path, hash_bytes(str_c(path)));
	while (i && strcmp(f->entries[i->number]->path, path) != 0)
		i = index_next(&f->by_path, i);
	return i ? f->entries[i->number] : NULL;
}

enum err entry_add(struct follow *f, const char *path, bool found, struct entry **ret_entry)
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

/* ---- what it remembers ---- */

void entry_forget(struct entry *e, size_t place)
{
	e->place_count--;
	memmove(e->places + place, e->places + place + 1, (e->place_count - place) * sizeof *e->places);
}

uint64_t entry_id_hash(const struct tail_id *id)
{
	uint64_t numbers[] = { id->dev, id->ino };
	return hash_bytes((struct str){ (const char *)numbers, sizeof numbers });
}

void entry_note(struct follow *f, const struct entry *e, const struct tail_id *id)
{
	uint64_t hash = entry_id_hash(id);
	const struct index_item *i = index_first(&f->by_id, hash);
	while (i && i->number != e->number)
		i = index_next(&f->by_id, i);
	if (!i && index_add(&f->by_id, hash, e->number))
		f->arena.failed = true;
}

int64_t entry_since(const struct entry *e)
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

/* forget_oldest drops the oldest places of an entry that has many, but none of a file that may be looked at again: it
 * would be read again. */
static void forget_oldest(struct entry *e)
{
	size_t kept = 0, over = e->place_count < PLACES_MAX ? 0 : e->place_count - PLACES_MAX + 1;
	int64_t since_ns = entry_since(e);
	for (size_t i = 0; i < e->place_count; i++) {
		if (over && e->places[i].changed_ns < since_ns && e->since_ns != INT64_MAX)
			over--;
		else
			e->places[kept++] = e->places[i];
	}
	e->place_count = kept;
}

void entry_remember(struct follow *f, struct entry *e, const struct tail_place *place)
{
	entry_note(f, e, &place->id);
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

bool entry_is_held(const struct follow *f, const struct tail_id *id)
{
	for (const struct index_item *i = index_first(&f->by_id, entry_id_hash(id)); i; i = index_next(&f->by_id, i)) {
		const struct entry *e = f->entries[i->number];
		if (e->has_now && tail_id_eq(&e->now.at.id, id))
			return true;
		for (size_t k = 0; k < e->old_count; k++)
			if (tail_id_eq(&e->olds[k].tail.at.id, id))
				return true;
	}
	return false;
}

void entry_say(struct follow *f, struct entry *e, enum err err, enum diag_level level, const char *what)
{
	if (e->said == err)
		return;
	e->said = err;
	f->missed = f->missed || level == DIAG_ERROR;
	diags_add(f->diags, level, 0, "%s: %s", e->path, what);
}

/* ---- descriptors ---- */

void entry_close_tail(struct follow *f, struct tail *t)
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
	entry_remember(f, e, &e->now.at);
	entry_close_tail(f, &e->now);
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

bool entry_has_room(struct follow *f)
{
	bool room = f->open_count < f->open_max || make_room(f);
	f->waits = f->waits || !room;
	return room;
}

enum err entry_open_tail(struct follow *f, const char *path, struct tail *ret_tail)
{
	if (!entry_has_room(f))
		return ERR_LIMIT;
	enum err err = tail_open(path, ret_tail);
	f->open_count += !err;
	return err;
}

void entry_keep_end(struct follow *f, struct entry *e, struct str done, bool whole, enum scan_coding coding,
		    struct scan_before where)
{
	size_t start = done.n, floor = done.n > END_BYTES_MAX ? done.n - END_BYTES_MAX : 0;
	size_t width = chunk_is_wide(coding) ? 2 : 1;
	buf_clear(&e->end);
	if (!done.n || chunk_line_end(done, coding, '\n') != done.n)
		return;
	for (unsigned lines = 1; lines < SCAN_SPAN_MAX && start > floor; lines++) {
		size_t line = chunk_line_end(str_first(done, start - width), coding, '\n');
		if (line < floor || (!line && !whole))
			break;
		start = line;
	}
	start += width == 2 && !start && chunk_has_mark(done) ? width : 0;
	buf_add(&e->end, str_from(done, start));
	f->arena.failed |= buf_err(&e->end) != ERR_OK;
	e->end_coding = coding;
	e->ended = where;
}

void entry_read_end(struct follow *f, struct entry *e, const struct tail *t, const struct tail_place *place,
		    const char *file)
{
	char bytes[END_BYTES_MAX], head[CHUNK_TELL_MAX];
	size_t n = place->offset < sizeof bytes ? (size_t)place->offset : sizeof bytes;
	ssize_t head_n = e->end.n || !n ? 0 : pread(t->fd, head, sizeof head, 0);
	enum scan_coding coding = chunk_coding((struct str){ head, head_n > 0 ? (size_t)head_n : 0 });
	coding = coding == SCAN_UNKNOWN ? SCAN_BYTES : coding;
	if (head_n <= 0 || t->returns ||
	    pread(t->fd, bytes, n, (off_t)(place->offset - n)) != (ssize_t)n)
		return;
	entry_keep_end(f, e, (struct str){ bytes, n }, n == place->offset, coding,
		       (struct scan_before){ arena_str(&f->arena, str_c(file)), place->line - 1, place->offset });
}

enum err entry_add_old(struct follow *f, struct entry *e, const struct tail *t, struct str name)
{
	entry_note(f, e, &t->at.id);
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

enum err entry_add_job(struct follow *f, struct entry *e, const char *path, const struct job *how)
{
	struct job *job = arena_push(&f->arena, &e->jobs, &e->job_count, &e->job_cap);
	const char *kept = arena_str(&f->arena, str_c(path)).p;
	if (!job || !kept)
		return ERR_NOMEM;
	*job = *how;
	job->path = kept;
	return ERR_OK;
}
