/* SPDX-License-Identifier: MIT
 *
 * The set of followed files, from its paths and a cursor's places to the places that a cursor keeps.
 */
#include "follow/entry.h"

#include "base/hash.h"
#include "base/mem.h"
#include "follow/paths.h"

#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { OPEN_KEPT = 64 /* descriptors left to others */ };

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
	struct entry *e = entry_find(f, place->path.p);
	if (!e && entry_add(f, place->path.p, true, &e))
		return ERR_NOMEM;
	e->kept = !is_asked(f, e->path);
	e->since_ns = place->since_ns;
	entry_remember(f, e, &place->at);
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

static void add_place(struct arena *a, struct follow_place **items, size_t *count, size_t *cap, const struct entry *e,
		      const struct tail_place *at, bool current)
{
	struct follow_place *place = arena_push(a, items, count, cap);
	if (place)
		*place = (struct follow_place){ .path = str_c(e->path), .current = current, .since_ns = entry_since(e),
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
		buf_free(&e->end);
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

const size_t *follow_left_out(const struct follow *f)
{
	return f->left_out;
}

size_t follow_files(const struct follow *f)
{
	return f->files;
}
