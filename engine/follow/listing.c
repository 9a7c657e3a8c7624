/* SPDX-License-Identifier: MIT */
#include "follow/listing.h"

#include "base/hash.h"
#include "scan/rotation.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct name {
	struct str text;
	uint64_t ino;
};

struct listing {
	struct str folder;
	struct name *names; /* by name */
	size_t count, cap;
	struct index by_name, by_base; /* numbers of names */
};

void listings_forget(struct listings *l)
{
	for (size_t i = 0; i < l->count; i++) {
		index_free(&l->items[i]->by_name);
		index_free(&l->items[i]->by_base);
	}
	l->items = NULL;
	l->count = l->cap = 0;
	index_clear(&l->folders);
	arena_reset(&l->arena);
}

void listings_free(struct listings *l)
{
	listings_forget(l);
	index_free(&l->folders);
	arena_free(&l->arena);
}

static int by_text(const void *left, const void *right)
{
	const struct name *a = left, *b = right;
	return strcmp(a->text.p, b->text.p);
}

struct adding {
	struct listings *l;
	struct listing *of;
	uint32_t number;
};

static void add_base(void *context, struct str base)
{
	struct adding *a = context;
	const struct index_item *last = index_first(&a->of->by_base, hash_bytes(base));
	if (last && last->number == a->number) /* told twice */
		return;
	if (index_add(&a->of->by_base, hash_bytes(base), a->number))
		a->l->arena.failed = true;
}

static void read_names(struct listings *l, struct listing *of)
{
	DIR *d = opendir(of->folder.n ? of->folder.p : ".");
	for (struct dirent *entry; d && (entry = readdir(d));) {
		struct name *name = arena_push(&l->arena, &of->names, &of->count, &of->cap);
		if (name)
			*name = (struct name){ arena_str(&l->arena, str_c(entry->d_name)), entry->d_ino };
	}
	if (d)
		closedir(d);
	if (of->count)
		qsort(of->names, of->count, sizeof *of->names, by_text);
	for (size_t i = 0; i < of->count && !l->arena.failed; i++) {
		struct adding adding = { l, of, (uint32_t)i };
		if (index_add(&of->by_name, hash_bytes(of->names[i].text), (uint32_t)i))
			l->arena.failed = true;
		rotation_bases(of->names[i].text, add_base, &adding);
	}
}

static void split(const char *path, struct str *ret_folder, struct str *ret_name)
{
	const char *slash = strrchr(path, '/');
	*ret_folder = slash ? (struct str){ path, (size_t)(slash - path) + 1 } : STR("");
	*ret_name = str_c(slash ? slash + 1 : path);
}

/* list gives the folder's listing, made now where there is none; NULL where there is no memory. */
static struct listing *list(struct listings *l, struct str folder)
{
	uint64_t hash = hash_bytes(folder);
	for (const struct index_item *i = index_first(&l->folders, hash); i; i = index_next(&l->folders, i))
		if (str_eq(l->items[i->number]->folder, folder))
			return l->items[i->number];
	struct listing *made = arena_new(&l->arena, struct listing);
	struct listing **slot = made ? arena_push(&l->arena, &l->items, &l->count, &l->cap) : NULL;
	if (!slot)
		return NULL;
	*slot = made;
	made->folder = arena_str(&l->arena, folder);
	if (arena_err(&l->arena) || index_add(&l->folders, hash, (uint32_t)l->count - 1))
		l->arena.failed = true;
	else
		read_names(l, made);
	return arena_err(&l->arena) ? NULL : made;
}

struct asking {
	const struct listing *of;
	struct str name;
	bool found;
};

static void ask_base(void *context, struct str base)
{
	struct asking *a = context;
	const struct index *ix = &a->of->by_name;
	const struct index_item *i = a->found ? NULL : index_first(ix, hash_bytes(base));
	for (; i && !a->found; i = index_next(ix, i))
		a->found = str_eq(a->of->names[i->number].text, base) && rotation_name(base, a->name);
}

static void note_base(void *context, struct str base)
{
	(void)base;
	*(bool *)context = true;
}

bool listing_has_base(struct listings *l, const char *path)
{
	struct asking asking = { 0 };
	struct str folder;
	bool may = false;
	split(path, &folder, &asking.name);
	rotation_bases(asking.name, note_base, &may);
	if (!may) /* most names are no rotation's: no need to look around */
		return false;
	asking.of = list(l, folder);
	if (asking.of)
		rotation_bases(asking.name, ask_base, &asking);
	return asking.found;
}

/* next_of walks the names in a listing that are rotations of base; item starts as index_first of by_base. */
static const struct name *next_of(const struct listing *of, struct str base, const struct index_item **item)
{
	const struct name *found = NULL;
	for (; *item && !found; *item = index_next(&of->by_base, *item))
		if (rotation_name(base, of->names[(*item)->number].text))
			found = &of->names[(*item)->number];
	return found;
}

static int by_age(const void *left, const void *right)
{
	const struct listing_file *a = left, *b = right;
	if (a->changed_ns != b->changed_ns)
		return a->changed_ns < b->changed_ns ? -1 : 1;
	return strcmp(b->path, a->path); /* .2 before .1 */
}

enum err listing_siblings(struct listings *l, const char *path, struct arena *a, struct listing_file **ret_items,
			  size_t *ret_count)
{
	struct listing_file *items = NULL;
	size_t count = 0, cap = 0;
	struct str folder, base;
	split(path, &folder, &base);
	const struct listing *of = list(l, folder);
	const struct index_item *at = of ? index_first(&of->by_base, hash_bytes(base)) : NULL;
	for (const struct name *name; of && (name = next_of(of, base, &at));) {
		struct stat st;
		const char *full = arena_printf(a, "%.*s%.*s", STR_ARG(folder), STR_ARG(name->text)).p;
		if (arena_err(a) || lstat(full, &st) || !S_ISREG(st.st_mode) || !st.st_size)
			continue;
		struct listing_file *file = arena_push(a, &items, &count, &cap);
		if (file)
			*file = (struct listing_file){ full,
						       (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec };
	}
	if (count)
		qsort(items, count, sizeof *items, by_age);
	*ret_items = items;
	*ret_count = count;
	return of ? arena_err(a) : ERR_NOMEM;
}

bool listing_same(struct listings *one, struct listings *other, const char *path)
{
	struct str folder, base;
	split(path, &folder, &base);
	const struct listing *left = list(one, folder), *right = list(other, folder);
	if (!left || !right)
		return false;
	uint64_t hash = hash_bytes(base);
	const struct index_item *l = index_first(&left->by_base, hash), *r = index_first(&right->by_base, hash);
	for (;;) {
		const struct name *a = next_of(left, base, &l), *b = next_of(right, base, &r);
		if (!a || !b)
			return !a && !b;
		if (a->ino != b->ino || !str_eq(a->text, b->text))
			return false;
	}
}
