/* SPDX-License-Identifier: MIT */
#include "store/importer.h"

#include "base/utf8.h"

#include <stdlib.h>

static struct str folder_of(struct str path)
{
	size_t n = path.n;
	while (n && path.p[n - 1] != '/')
		n--;
	return n ? str_first(path, n) : STR(".");
}

/* split_name tells the root (a folder or an archive) and the name in it. */
static void split_name(const struct input_member *m, struct str *ret_root, struct str *ret_inner)
{
	bool in_archive = str_find(str_from(m->name, m->path.n), STR("!/")) == 0;
	bool in_folder = !str_eq(m->path, m->root);
	if (str_eq(m->root, STR("-")))
		*ret_root = m->root;
	else if (in_folder || in_archive)
		*ret_root = m->root;
	else
		*ret_root = folder_of(m->root);
	struct str inner = m->name;
	if (str_starts(inner, *ret_root))
		inner = str_from(inner, ret_root->n);
	while (inner.n && (inner.p[0] == '/' || inner.p[0] == '!'))
		inner = str_from(inner, 1);
	*ret_inner = inner.n ? inner : m->name;
}

static enum err root_number(struct importer *im, struct str path, int64_t *ret_number)
{
	if (im->root && str_eq(path, im->root_path)) {
		*ret_number = im->root;
		return ERR_OK;
	}
	struct str copy = arena_str(&im->arena, path);
	char *whole = str_eq(path, STR("-")) ? NULL : realpath(copy.p, NULL);
	struct str key = utf8_mend(whole ? arena_str(&im->arena, str_c(whole)) : copy, &im->arena);
	free(whole);
	sqlite3_stmt *q = sql_get(im->store, SQL_ROOT_GET);
	sql_str(q, 1, key);
	int64_t number;
	enum err e = sql_one(q, &number);
	if (e == ERR_NOTFOUND) {
		q = sql_get(im->store, SQL_ROOT_PUT);
		sql_str(q, 1, key);
		e = sql_done(q);
		number = sqlite3_last_insert_rowid(im->store->db);
	}
	if (!e)
		e = arena_err(&im->arena);
	if (e)
		return e;
	im->root_path = copy;
	*ret_number = im->root = number;
	return ERR_OK;
}

/* What is wrong with the input must not be taken for what is wrong with the database. */
static enum err input_fault(enum err e)
{
	return e == ERR_DAMAGED || e == ERR_NOTFOUND || e == ERR_LIMIT || e == ERR_DENIED ? ERR_INPUT : e;
}

/* read_member adds the member to the batch; one too large to be an article is skipped and counted. */
static enum err read_member(struct importer *im, const struct input_member *m, struct batch *b)
{
	struct str root, inner, block;
	int64_t number = 0;
	size_t start = b->bytes.n;
	im->looked_at++;
	split_name(m, &root, &inner);
	enum err e = root_number(im, root, &number);
	do {
		if (!e)
			e = input_fault(input_read(im->input, &block));
		if (e)
			return e;
		buf_add(&b->bytes, block);
	} while (block.n && b->bytes.n - start <= STORE_SOURCE_MAX);
	if (block.n) {
		b->bytes.n = start;
		im->counts.skipped++;
		return buf_err(&b->bytes);
	}
	struct work_item *item = arena_push(&b->arena, &b->items, &b->count, &b->cap);
	if (!item)
		return ERR_NOMEM;
	*item = (struct work_item){ .name = utf8_mend(arena_str(&b->arena, m->name), &b->arena),
				    .inner = utf8_mend(arena_str(&b->arena, inner), &b->arena),
				    .root = number, .at = start, .bytes = { NULL, b->bytes.n - start } };
	return buf_err(&b->bytes) ? buf_err(&b->bytes) : arena_err(&b->arena);
}

enum err importer_fill(struct importer *im, struct batch *b, bool *ret_ended)
{
	*ret_ended = false;
	while (b->count < BATCH_ITEMS && b->bytes.n < BATCH_BYTES) {
		const struct input_member *m;
		enum err e = input_next(im->input, &m);
		if (e == ERR_UNSUPPORTED) {
			im->counts.skipped++;
			continue;
		}
		if (e)
			return input_fault(e);
		if (!m) {
			*ret_ended = true;
			return ERR_OK;
		}
		e = read_member(im, m, b);
		if (e)
			return e;
	}
	return ERR_OK;
}
