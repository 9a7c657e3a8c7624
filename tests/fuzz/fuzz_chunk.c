/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a stream, read in pieces whose sizes the first byte picks: the bodies tile it from behind the zeros that
 * it may begin with, offsets count the bytes as read, and the pieces make no difference.
 */
#include "base/hash.h"
#include "scan/chunk.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct source {
	struct str rest;
	size_t piece;
};

static enum err read_piece(void *context, char *p, size_t n, size_t *ret_n)
{
	struct source *s = context;
	*ret_n = str_take(&s->rest, p, n < s->piece ? n : s->piece);
	return ERR_OK;
}

static uint64_t walk(struct str bytes, size_t piece)
{
	struct source s = { bytes, piece };
	struct chunker k = { 0 };
	struct chunk c = { 0 };
	uint64_t at = chunk_hole(bytes), hash = 0;
	while (chunk_next(&k, read_piece, &s, &c)) {
		assert(c.start < c.end && c.end <= c.text.n);
		assert(chunk_offset(&c, c.start) == at);
		at = chunk_offset(&c, c.end);
		hash = hash_seeded((struct str){ c.text.p + c.start, c.end - c.start }, hash);
	}
	assert(k.err == ERR_OK && k.bytes == bytes.n);
	assert(k.coding == SCAN_UTF16LE || k.coding == SCAN_UTF16BE || at == bytes.n);
	buf_free(&c.text);
	chunker_free(&k);
	return hash;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	if (!size)
		return 0;
	uint64_t whole = walk(str_from(bytes, 1), SIZE_MAX);
	assert(walk(str_from(bytes, 1), 1 + data[0]) == whole);
	return 0;
}
