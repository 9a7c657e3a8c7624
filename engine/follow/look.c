/* SPDX-License-Identifier: MIT
 *
 * follow_look: what the paths name now, and which paths there are.
 */
#include "follow/beside.h"

#include "base/hash.h"
#include "follow/paths.h"
#include "scan/rotation.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	OLDS_SOFT_MAX = 16,  /* replaced files kept open while they are all read */
	OLD_KEEP_MS = 60000, /* a replaced file may grow so long after it last did */
	RETRY_MS = 250	     /* until what was on its way is looked for again */
};

/* ---- one path ---- */

struct head { char bytes[512]; };

static struct str read_head(const struct tail *t, struct head *head)
{
	ssize_t n = pread(t->fd, head->bytes, sizeof head->bytes, 0);
	return (struct str){ head->bytes, n > 0 ? (size_t)n : 0 };
}

static bool resume_at(struct entry *e, size_t place, struct tail *t)
{
	if (!tail_fits(t, &e->places[place]))
		return false;
	tail_resume(t, &e->places[place]);
	entry_forget(e, place);
	return true;
}

/* resume_known goes on at a remembered place of any entry: the file was read under another name, or before a restart;
 * or at one of its own, where a copy has taken the file's place. */
static void resume_known(struct follow *f, struct entry *own, struct tail *t)
{
	const struct index_item *i = index_first(&f->by_id, entry_id_hash(&t->at.id));
	for (; i; i = index_next(&f->by_id, i)) {
		struct entry *e = f->entries[i->number];
		for (size_t k = e->place_count; k--;)
			if (tail_id_eq(&e->places[k].id, &t->at.id) && resume_at(e, k, t))
				return;
	}
	for (size_t k = own->place_count; k--;)
		if (own->places[k].head_n && resume_at(own, k, t))
			return;
}

/* is_read says whether a packed file was read: under any name, or as the one whose place its copy has taken. The place
 * stays, for it is what tells so the next time, and the entry that asks has it from now on too. */
static bool is_read(struct follow *f, struct entry *own, const struct tail *t)
{
	for (size_t k = 0; k < own->place_count; k++)
		if (own->places[k].head_n && tail_fits(t, &own->places[k]))
			return true;
	const struct index_item *i = index_first(&f->by_id, entry_id_hash(&t->at.id));
	for (; i; i = index_next(&f->by_id, i)) {
		const struct entry *e = f->entries[i->number];
		for (size_t k = 0; k < e->place_count; k++) {
			struct tail_place place = e->places[k];
			if (!tail_id_eq(&place.id, &t->at.id) || !tail_fits(t, &place))
				continue;
			entry_remember(f, own, &place);
			return true;
		}
	}
	return false;
}

/* pass_over leaves the path's file alone as long as the path names it. */
static enum err pass_over(struct follow *f, struct entry *e, struct tail *t)
{
	e->passed_over = true;
	e->passed = t->at.id;
	entry_close_tail(f, t);
	return ERR_OK;
}

static enum err begin_packed(struct follow *f, struct entry *e, struct tail *t)
{
	struct job job = { .line = 1, .fd = -1 };
	tail_skip(t);
	job.as_packed = t->at;
	e->packed_size = t->size;
	enum err err = entry_add_job(f, e, e->path, &job);
	return err ? err : pass_over(f, e, t);
}

static void set_now(struct follow *f, struct entry *e, const struct tail *t)
{
	entry_note(f, e, &t->at.id);
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

/* begin_unlike takes over a file that is no text, or packed: a job, or nothing. What lies beside it may be text: the
 * logs of a program in its own folder. */
static enum err begin_unlike(struct follow *f, struct entry *e, struct tail *t, bool first, bool *ret_taken)
{
	struct head bytes;
	struct str head = read_head(t, &bytes);
	enum input_binary kind;
	bool binary = e->found && input_is_binary(head, &kind);
	*ret_taken = binary || input_is_packed(head);
	if (binary)
		f->left_out[kind] += first;
	if (!*ret_taken)
		return ERR_OK;
	return binary || is_read(f, e, t) ? pass_over(f, e, t) : begin_packed(f, e, t);
}

static enum err begin(struct follow *f, struct entry *e, int64_t now_ms)
{
	struct tail t;
	bool first = !e->begun;
	enum err err = entry_open_tail(f, e->path, &t);
	if (err == ERR_NOTFOUND || err == ERR_LIMIT)
		return ERR_OK;
	if (err) {
		entry_say(f, e, err, DIAG_ERROR, err == ERR_UNSUPPORTED ? what_is_there(e->path) : err_text(err));
		return ERR_OK;
	}
	e->said = ERR_OK;
	if (entry_is_held(f, &t.at.id))
		return pass_over(f, e, &t);
	e->begun = true;
	if (first && e->found && e->since_ns == INT64_MAX)
		e->since_ns = INT64_MIN; /* all that the folder holds */
	bool taken = false;
	err = begin_unlike(f, e, &t, first, &taken);
	if (err || taken)
		return err || e->since_ns == INT64_MAX ? err : beside_catch_up(f, e);
	resume_known(f, e, &t);
	f->files++;
	t.grown_ms = t.waiting_since_ms = now_ms;
	set_now(f, e, &t);
	return e->since_ns != INT64_MAX ? beside_catch_up(f, e) : beside_pass_over(f, e);
}

/* part_with keeps the file that the path named until now among the old ones. */
static enum err part_with(struct follow *f, struct entry *e)
{
	e->has_now = false;
	return entry_add_old(f, e, &e->now, str_c(e->path));
}

/* rewrite: the file was cut off or written over. What it held may stand in a copy beside it. */
static enum err rewrite(struct follow *f, struct entry *e, int64_t now_ms)
{
	struct tail_place was = e->now.at;
	entry_remember(f, e, &was);
	entry_close_tail(f, &e->now);
	e->has_now = false;
	struct tail t;
	enum err err = entry_open_tail(f, e->path, &t);
	if (err)
		return err == ERR_NOMEM ? err : beside_catch_up(f, e);
	t.grown_ms = t.waiting_since_ms = now_ms;
	set_now(f, e, &t);
	return beside_catch_up(f, e);
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
	return e->begun || entry_is_held(f, &e->passed);
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
			err = beside_catch_up(f, e);
		}
		if (number == ENOENT && !e->begun && !e->found)
			entry_say(f, e, ERR_NOTFOUND, DIAG_NOTE, "is not there yet");
		else if (number != ENOENT)
			entry_say(f, e, err_from_errno(number), DIAG_ERROR, strerror(number));
		return err;
	}
	if (!e->has_now && e->passed_over && is_passed(f, e, &st)) {
		if (e->packed_size && (uint64_t)st.st_size > e->packed_size)
			entry_say(f, e, ERR_UNSUPPORTED, DIAG_WARNING,
				  "has grown, and is packed: it is read once, what is added is not followed");
		return ERR_OK;
	}
	e->passed_over = e->asleep = false;
	e->packed_size = 0;
	if (e->has_now && same_file(&e->now, &st)) {
		enum tail_state state = tail_look(&e->now, now_ms);
		if (state == TAIL_REPLACED)
			return rewrite(f, e, now_ms);
		return state == TAIL_OPEN ? beside_catch_up(f, e) : ERR_OK;
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
		entry_remember(f, e, &t->at);
		entry_close_tail(f, t);
		e->old_count--;
		memmove(e->olds + i, e->olds + i + 1, (e->old_count - i) * sizeof *e->olds);
	}
}

/* ---- the list ---- */

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
	bool added;
	add_one_folder(f, path, &added);
	if (added && realpath(path, real))
		add_one_folder(f, real, &added);
}

/* A name that is asked whether it is a rotation of a log that is known, though that is not there now. */
struct asking {
	const struct follow *f;
	struct str folder, name; /* folder: with its slash */
	bool found;
};

static void ask_entry(void *context, struct str base)
{
	struct asking *a = context;
	char path[PATH_MAX];
	if (a->found || a->folder.n + base.n >= sizeof path || !rotation_name(base, a->name))
		return;
	memcpy(path, a->folder.p, a->folder.n);
	memcpy(path + a->folder.n, base.p, base.n);
	path[a->folder.n + base.n] = 0;
	const struct entry *e = entry_find(a->f, path);
	a->found = e && !e->kept;
}

/* is_rotated: between a rename and the new file there is no log of that name for a moment. */
static bool is_rotated(struct follow *f, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;
	struct asking a = { .f = f, .folder = str_first(str_c(path), n), .name = str_c(path + n) };
	rotation_bases(a.name, ask_entry, &a);
	return a.found || listing_has_base(&f->names, path);
}

static enum err list_path(void *context, const char *path, enum paths_kind kind)
{
	struct follow *f = context;
	if (kind == PATHS_FOLDER) {
		add_folder(f, path);
		return ERR_OK;
	}
	struct entry *e = entry_find(f, path);
	if (e)
		e->kept = false;
	if (e || (kind == PATHS_FOUND && is_rotated(f, path)))
		return ERR_OK;
	return entry_add(f, path, kind == PATHS_FOUND, NULL);
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
			entry_note(f, e, &e->now.at.id);
		for (size_t k = 0; k < e->old_count; k++)
			entry_note(f, e, &e->olds[k].tail.at.id);
		for (size_t k = 0; k < e->place_count; k++)
			entry_note(f, e, &e->places[k].id);
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
	return beside_catch_up(f, e);
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
		e = beside_settle(f);
	return e ? e : arena_err(&f->arena);
}
