/* SPDX-License-Identifier: MIT */
#include "store/importer.h"

#include "base/mem.h"

#include <string.h>
#include <zdict.h>

enum { TEACH_ITEMS = 200, DICT_BYTES = 112 << 10 };

static void known_add(struct known *k, const struct known_source *source)
{
	size_t i = (size_t)source->hash & (k->slot_count - 1);
	while (k->slots[i].article)
		i = (i + 1) & (k->slot_count - 1);
	k->slots[i] = *source;
}

enum err importer_load_known(struct importer *im)
{
	int64_t count = 0;
	sqlite3_stmt *q = sql_get(im->store, SQL_SOURCE_LAST);
	enum err e = sql_one(q, &im->first_source);
	im->next_source = ++im->first_source;
	if (!e)
		e = sql_one(sql_get(im->store, SQL_SOURCE_COUNT), &count);
	if (e || !count)
		return e;
	size_t slots = 1024;
	while (slots < (size_t)count * 2)
		slots *= 2;
	im->known.slots = mem_resize(NULL, slots * sizeof *im->known.slots);
	if (!im->known.slots)
		return ERR_NOMEM;
	memset(im->known.slots, 0, slots * sizeof *im->known.slots);
	im->known.slot_count = slots;
	q = sql_get(im->store, SQL_SOURCE_HASHES);
	bool row = true;
	while (!e && (e = sql_next(q, &row)) == ERR_OK && row && count-- > 0)
		known_add(&im->known, &(struct known_source){ (uint64_t)sql_get_int(q, 0), sql_get_int(q, 1),
							      sql_get_int(q, 2), sql_get_int(q, 3) });
	sqlite3_reset(q);
	return e;
}

enum err importer_load_dictionary(struct importer *im)
{
	bool row;
	enum err e = sql_one(sql_get(im->store, SQL_DICTIONARY_LAST), &im->dictionary);
	if (e || !im->dictionary)
		return e;
	sqlite3_stmt *q = sql_get(im->store, SQL_DICTIONARY_GET);
	sql_int(q, 1, im->dictionary);
	e = sql_next(q, &row);
	if (e || !row)
		return e ? e : ERR_DAMAGED;
	struct str bytes = sql_get_str(q, 0);
	im->dict = ZSTD_createCDict(bytes.p, bytes.n, PACK_LEVEL);
	sqlite3_reset(q);
	return im->dict ? ERR_OK : ERR_NOMEM;
}

static enum err put_dictionary(struct importer *im, struct str bytes)
{
	sqlite3_stmt *q = sql_get(im->store, SQL_DICTIONARY_PUT);
	sql_blob(q, 1, bytes);
	enum err e = sql_done(q);
	im->dictionary = sqlite3_last_insert_rowid(im->store->db);
	im->dict = ZSTD_createCDict(bytes.p, bytes.n, PACK_LEVEL);
	return e || im->dict ? e : ERR_NOMEM;
}

enum err importer_teach(struct importer *im)
{
	struct buf samples = { 0 }, dict = { 0 };
	size_t *sizes = NULL, count = 0, cap = 0;
	struct arena a = { 0 };
	for (size_t i = 0; i < im->work->held; i++) {
		const struct batch *b = &im->work->ring[(im->work->next + i) % im->work->ring_count];
		for (size_t k = 0; k < b->count; k++) {
			size_t *size = arena_push(&a, &sizes, &count, &cap);
			if (size)
				*size = b->items[k].bytes.n;
			buf_add(&samples, b->items[k].bytes);
		}
	}
	enum err e = arena_err(&a) ? ERR_NOMEM : buf_err(&samples);
	char *room = e || count < TEACH_ITEMS ? NULL : buf_room(&dict, DICT_BYTES);
	if (room) {
		size_t n = ZDICT_trainFromBuffer(room, DICT_BYTES, samples.p, sizes, (unsigned)count);
		if (!ZDICT_isError(n))
			e = put_dictionary(im, (struct str){ room, n });
	}
	buf_free(&samples);
	buf_free(&dict);
	arena_free(&a);
	return e;
}
