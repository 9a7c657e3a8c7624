/* SPDX-License-Identifier: MIT
 *
 * A stream in chunks: bodies tile the stream, offsets are those of the bytes as read, whatever the reader's pieces.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "scan/chunk.h"

struct source {
	struct str rest;
	size_t piece;
	enum err end; /* what the reader says at the end */
};

static enum err read_source(void *context, char *p, size_t n, size_t *ret_n)
{
	struct source *s = context;
	if (!s->rest.n && s->end)
		return s->end;
	*ret_n = str_take(&s->rest, p, n < s->piece ? n : s->piece);
	return ERR_OK;
}

static void make_lines(struct buf *b, size_t bytes, size_t longest)
{
	for (size_t i = 0; b->n < bytes; i++) {
		buf_addf(b, "line %zu ", i);
		for (size_t k = i * 7919 % (longest + 1); k; k--)
			buf_add_char(b, 'x');
		buf_add_char(b, '\n');
	}
}

/* bodies joined give the stream again, and each stands where its offset says */
static size_t check_tiles(struct str bytes, size_t piece, bool whole_lines)
{
	struct source s = { bytes, piece, ERR_OK };
	struct chunker k = { 0 };
	struct chunk c = { 0 };
	size_t at = 0, chunks = 0;
	while (chunk_next(&k, read_source, &s, &c)) {
		size_t n = c.end - c.start;
		assert_int_equal(chunk_offset(&c, c.start), at);
		assert_true(at + n <= bytes.n);
		assert_memory_equal(c.text.p + c.start, bytes.p + at, n);
		if (whole_lines && !c.last)
			assert_int_equal(c.text.p[c.end - 1], '\n');
		if (!c.last)
			assert_true(c.text.n - c.end > 0);
		assert_true(c.text.n <= CHUNK_READ + 4 * CHUNK_EDGE);
		at += n;
		chunks++;
	}
	assert_int_equal(k.err, ERR_OK);
	assert_int_equal(at, bytes.n);
	assert_int_equal(k.bytes, bytes.n);
	buf_free(&c.text);
	chunker_free(&k);
	return chunks;
}

static void bodies_tile_the_stream(void **unused)
{
	(void)unused;
	struct buf b = { 0 };
	make_lines(&b, 3 * CHUNK_READ, 300);
	assert_true(check_tiles(buf_str(&b), 1 << 18, true) >= 3);
	check_tiles(buf_str(&b), 999, true);
	check_tiles(str_first(buf_str(&b), CHUNK_READ), 1 << 20, true);
	check_tiles(str_first(buf_str(&b), 5), 1, true);
	check_tiles(STR(""), 1, true);
	buf_free(&b);
}

static void one_endless_line_is_cut(void **unused)
{
	(void)unused;
	struct buf b = { 0 };
	while (b.n < 4 * CHUNK_READ)
		buf_add(&b, STR("no line end here "));
	assert_true(check_tiles(buf_str(&b), 1 << 18, false) >= 4);
	buf_free(&b);
}

static void utf16_is_decoded_and_counted_as_read(void **unused)
{
	(void)unused;
	struct buf wide = { 0 };
	buf_add(&wide, STR("\xFF\xFE"));
	const uint16_t units[] = { 'A', 0xD83D, 0xDE00, 0x00E9, '\n', 0xD800, 'B', '\n' };
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		buf_add_char(&wide, (char)(units[i] & 0xFF));
		buf_add_char(&wide, (char)(units[i] >> 8));
	}
	buf_add_char(&wide, 'x'); /* half a character at the end */
	for (size_t piece = 1; piece < 20; piece++) {
		struct source s = { buf_str(&wide), piece, ERR_OK };
		struct chunker k = { 0 };
		struct chunk c = { 0 };
		assert_true(chunk_next(&k, read_source, &s, &c));
		struct str want = STR("\xEF\xBB\xBF" "A\xF0\x9F\x98\x80\xC3\xA9\n\xEF\xBF\xBD" "B\n\xEF\xBF\xBD");
		assert_true(str_eq(buf_str(&c.text), want));
		assert_int_equal(chunk_offset(&c, 3), 2);  /* A */
		assert_int_equal(chunk_offset(&c, 11), 12); /* behind the first line */
		assert_false(chunk_next(&k, read_source, &s, &c));
		buf_free(&c.text);
		chunker_free(&k);
	}
	buf_free(&wide);
}

/* a stream in parts, each with context around it, gives the same bodies */
static void parts_tile_the_stream(void **unused)
{
	(void)unused;
	struct buf b = { 0 };
	make_lines(&b, 2 * CHUNK_READ, 90);
	size_t from = 0, parts = 0;
	for (size_t piece = 1; from < b.n; piece = piece * 3 + 1, parts++) {
		size_t want = from + piece * 40 < b.n ? from + piece * 40 : b.n - 1;
		size_t to = (size_t)((char *)memchr(b.p + want, '\n', b.n - want) - b.p) + 1;
		size_t start = from > 500 ? from - 500 : 0, end = to + 700 < b.n ? to + 700 : b.n;
		struct source s = { { b.p + start, end - start }, 99, ERR_OK };
		struct scan_part part = { .offset = start, .from = from, .to = to, .line = 1, .coding = SCAN_BYTES };
		struct chunker k;
		struct chunk c = { 0 };
		chunker_begin(&k, &part);
		for (size_t at = from; chunk_next(&k, read_source, &s, &c); at += c.end - c.start) {
			assert_int_equal(chunk_offset(&c, c.start), at);
			assert_memory_equal(c.text.p + c.start, b.p + at, c.end - c.start);
			assert_true(c.first == (at == from) && c.last == (at + c.end - c.start == to));
			assert_true(c.last || c.text.n > c.end);
		}
		assert_int_equal(k.err, ERR_OK);
		buf_free(&c.text);
		chunker_free(&k);
		from = to;
	}
	assert_true(parts > 5);
	buf_free(&b);
}

static void a_part_of_utf16(void **unused)
{
	(void)unused;
	struct source s = { STR("a\0\n\0b\0\n\0c\0\n\0"), 3, ERR_OK };
	struct scan_part part = { .offset = 100, .from = 104, .to = 108, .line = 7, .coding = SCAN_UTF16LE };
	struct chunker k;
	struct chunk c = { 0 };
	chunker_begin(&k, &part);
	assert_true(chunk_next(&k, read_source, &s, &c));
	assert_true(str_eq((struct str){ c.text.p + c.start, c.end - c.start }, STR("b\n")));
	assert_true(str_eq(buf_str(&c.text), STR("a\nb\nc\n")));
	assert_int_equal(chunk_offset(&c, c.start), 104);
	assert_false(chunk_next(&k, read_source, &s, &c));
	buf_free(&c.text);
	chunker_free(&k);
}

static void what_was_read_before_an_error_is_given(void **unused)
{
	(void)unused;
	struct source s = { STR("one\ntwo\n"), 100, ERR_DAMAGED };
	struct chunker k = { 0 };
	struct chunk c = { 0 };
	assert_true(chunk_next(&k, read_source, &s, &c));
	assert_int_equal(c.end, 8);
	assert_false(chunk_next(&k, read_source, &s, &c));
	assert_int_equal(k.err, ERR_DAMAGED);
	buf_free(&c.text);
	chunker_free(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_tile_the_stream),
		cmocka_unit_test(one_endless_line_is_cut),
		cmocka_unit_test(utf16_is_decoded_and_counted_as_read),
		cmocka_unit_test(parts_tile_the_stream),
		cmocka_unit_test(a_part_of_utf16),
		cmocka_unit_test(what_was_read_before_an_error_is_given),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
