/* SPDX-License-Identifier: MIT
 *
 * The ground that everything stands on: strings, arena, buffer, wire cursor, UTF-8.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "base/wire.h"

static void lines_end_in_lf_or_crlf_or_nothing(void **state)
{
	(void)state;
	struct str rest = STR("one\r\ntwo\n\nlast"), line;
	assert_true(str_line(&rest, &line));
	assert_str(line, "one");
	assert_true(str_line(&rest, &line));
	assert_str(line, "two");
	assert_true(str_line(&rest, &line));
	assert_str(line, "");
	assert_true(str_line(&rest, &line));
	assert_str(line, "last");
	assert_false(str_line(&rest, &line));
}

static void words_are_runs_of_other_than_space(void **state)
{
	(void)state;
	struct str rest = STR("  a\tbc \n"), word;
	assert_true(str_word(&rest, &word));
	assert_str(word, "a");
	assert_true(str_word(&rest, &word));
	assert_str(word, "bc");
	assert_false(str_word(&rest, &word));
	assert_int_equal(str_count_words(STR("  two\twords ")), 2);
	assert_int_equal(str_count_words(STR(" \n")), 0);
	assert_true(str_has_words(STR("  two\twords "), 2) && str_has_words(STR(""), 0));
	assert_false(str_has_words(STR("  two\twords "), 3));
}

static void finders_give_offsets_or_none(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("abcabc"), STR("ca")), 2);
	assert_true(str_find(STR("abc"), STR("abcd")) == STR_NONE);
	assert_int_equal(str_find_nocase(STR("Error"), STR("ROR")), 2);
	assert_int_equal(str_find_nocase(STR("rRrRrOr"), STR("ror")), 4);
	assert_int_equal(str_find_nocase(STR("RRRRrO"), STR("ror")), STR_NONE);
	assert_int_equal(str_find_nocase(STR("7-7z"), STR("7Z")), 2);
	assert_int_equal(str_find_nocase(STR("xor"), STR("XOR")), 0);
	assert_true(str_find_char((struct str){ 0 }, 'x') == STR_NONE);
	struct str head, tail;
	assert_true(str_cut(STR("k=v=w"), '=', &head, &tail));
	assert_str(head, "k");
	assert_str(tail, "v=w");
	assert_false(str_cut(STR("kv"), '=', &head, &tail));
	assert_str(head, "kv");
	assert_int_equal(tail.n, 0);
}

static void a_stream_is_handed_out_in_pieces(void **state)
{
	(void)state;
	struct str rest = STR("abcde");
	char p[4] = "----";
	assert_int_equal(str_copy(rest, p, 3), 3);
	assert_memory_equal(p, "abc-", 4);
	assert_int_equal(str_take(&rest, p, 4), 4);
	assert_memory_equal(p, "abcd", 4);
	assert_int_equal(str_take(&rest, p, 4), 1);
	assert_memory_equal(p, "ebcd", 4);
	assert_int_equal(str_take(&rest, p, 4), 0);
	assert_int_equal(str_take(&(struct str){ 0 }, NULL, 4), 0);
}

static void numbers_are_whole_and_in_range(void **state)
{
	(void)state;
	uint64_t u;
	int64_t i;
	assert_true(str_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
	assert_false(str_u64(STR("18446744073709551616"), &u));
	assert_true(str_u64(STR("0x80070035"), &u) && u == 0x80070035);
	assert_false(str_u64(STR("0x"), &u));
	assert_false(str_u64(STR("12a"), &u));
	assert_false(str_u64(STR(""), &u));
	assert_true(str_i64(STR("-2147024843"), &i) && i == -2147024843);
	assert_false(str_i64(STR("9223372036854775808"), &i));
}

static void trims_and_compares(void **state)
{
	(void)state;
	assert_str(str_trim(STR(" \t x y \r\n")), "x y");
	assert_int_equal(str_trim(STR("   ")).n, 0);
	assert_str(str_trim_of(STR("\0 'it's' .\0"), " .'"), "it's");
	assert_int_equal(str_trim_of(STR("..."), ".").n, 0);
	assert_true(str_cmp(STR("ab"), STR("abc")) < 0);
	assert_int_equal(str_cmp_nocase(STR("AbC"), STR("aBc")), 0);
	assert_true(str_ends_nocase(STR("a.ZIP"), STR(".zip")));
	assert_false(str_starts(STR("a"), STR("ab")));
}

static void a_word_is_in_a_list_whole(void **state)
{
	(void)state;
	static const char list[] = "an ant banana n be";
	assert_true(str_in_list(STR("an"), list) && str_in_list(STR("ANT"), list) && str_in_list(STR("n"), list));
	assert_true(str_in_list(STR("be"), list) && str_in_list(STR("Banana"), list));
	assert_false(str_in_list(STR("ana"), list) || str_in_list(STR("a"), list) || str_in_list(STR("bananas"), list));
	assert_false(str_in_list(STR("an ant"), list) || str_in_list(STR(""), list) || str_in_list(STR(" "), list));
	assert_false(str_in_list(STR("be\0x"), list) || str_in_list(STR("be\0"), list));
}

static void arena_gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	struct arena a = { 0 };
	for (size_t size = 0; size < 9000; size += 37) {
		unsigned char *p = arena_alloc(&a, size);
		assert_non_null(p);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < size; i++) {
			assert_int_equal(p[i], 0);
			p[i] = 0xFF;
		}
		if (size % 1000 < 37)
			arena_reset(&a);
	}
	arena_free(&a);
}

static void arena_push_keeps_items_while_it_grows(void **state)
{
	(void)state;
	struct arena a = { 0 };
	int *items = NULL;
	size_t count = 0, cap = 0;
	for (int i = 0; i < 1000; i++)
		*arena_push(&a, &items, &count, &cap) = i;
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	arena_free(&a);
}

static void *no_memory(void *p, size_t size)
{
	(void)p;
	(void)size;
	return NULL;
}

static void a_failed_allocation_is_sticky(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct buf b = { 0 };
	unsigned long failures = mem_failures();
	mem_set_resize(no_memory);
	assert_null(arena_alloc(&a, 8));
	buf_add_c(&b, "lost");
	mem_set_resize(NULL);
	assert_int_equal(mem_failures(), failures + 2);
	assert_null(arena_alloc(&a, 8));
	assert_int_equal(arena_err(&a), ERR_NOMEM);
	assert_int_equal(arena_printf(&a, "%d", 1).n, 0);
	buf_add_c(&b, "lost too");
	assert_int_equal(buf_err(&b), ERR_NOMEM);
	assert_int_equal(buf_str(&b).n, 0);
	arena_reset(&a);
	assert_non_null(arena_alloc(&a, 8));
	arena_free(&a);
	buf_free(&b);
}

static void overflowing_counts_are_refused(void **state)
{
	(void)state;
	struct arena a = { 0 };
	assert_null(arena_calloc(&a, SIZE_MAX / 2, 8));
	assert_int_equal(arena_err(&a), ERR_NOMEM);
	arena_free(&a);
}

static void buf_grows_up_to_its_limit(void **state)
{
	(void)state;
	struct buf b = { .limit = 100 };
	buf_addf(&b, "%s-%d", "x", 7);
	buf_add_char(&b, '!');
	assert_str(buf_str(&b), "x-7!");
	for (int i = 0; i < 50; i++)
		buf_add(&b, STR("abc"));
	assert_int_equal(buf_err(&b), ERR_LIMIT);
	assert_true(b.n <= 100);
	buf_clear(&b);
	buf_add(&b, STR("again"));
	assert_str(buf_str(&b), "again");
	buf_free(&b);
}

static void wire_reads_both_orders_and_fails_for_good(void **state)
{
	(void)state;
	struct wire w = wire_of(STR("\x01\x02\x03\x04\x05\x06\x07"));
	assert_int_equal(wire_be16(&w), 0x0102);
	assert_int_equal(wire_le16(&w), 0x0403);
	assert_int_equal(wire_u8(&w), 5);
	assert_int_equal(wire_left(&w), 2);
	assert_int_equal(wire_be32(&w), 0);
	assert_false(wire_ok(&w));
	assert_int_equal(wire_u8(&w), 0);
	assert_int_equal(wire_bytes(&w, 1).n, 0);
	struct wire past = wire_of(STR("ab"));
	wire_seek(&past, 3);
	assert_false(wire_ok(&past));
}

static void wire_out_stops_when_it_is_full(void **state)
{
	(void)state;
	uint8_t room[6];
	struct wire_out w = wire_out_of(room, sizeof room);
	wire_put_be16(&w, 0);
	wire_put_le32(&w, 0x04030201);
	wire_patch_be16(&w, 0, 0xBEEF);
	assert_str(wire_out_str(&w), "\xBE\xEF\x01\x02\x03\x04");
	wire_put_u8(&w, 1);
	assert_true(w.bad);
	assert_int_equal(wire_out_str(&w).n, 0);
}

static void utf8_refuses_what_rfc_3629_refuses(void **state)
{
	(void)state;
	assert_true(utf8_valid(STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")));
	assert_false(utf8_valid(STR("\xC0\x80")));	   /* overlong */
	assert_false(utf8_valid(STR("\xED\xA0\x80")));	   /* a surrogate */
	assert_false(utf8_valid(STR("\xF4\x90\x80\x80"))); /* over U+10FFFF */
	assert_false(utf8_valid(STR("\xE2\x82")));	   /* cut off */
	struct arena a = { 0 };
	assert_str(utf8_mend(STR("a\xFF" "b"), &a), "a\xEF\xBF\xBD" "b");
	struct str whole = STR("fine");
	assert_ptr_equal(utf8_mend(whole, &a).p, whole.p);
	assert_str(utf8_first(STR("a\xE2\x82\xAC"), 3), "a");
	assert_str(utf8_first(STR("a\xE2\x82\xAC"), 4), "a\xE2\x82\xAC");
	arena_free(&a);
}

static void diags_count_errors_and_what_they_do_not_keep(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct diags d = { .arena = &a, .origin = STR("x.md") };
	for (int i = 0; i < DIAGS_MAX + 5; i++)
		diags_add(&d, i ? DIAG_NOTE : DIAG_ERROR, 3, "number %d", i);
	assert_int_equal(d.count, DIAGS_MAX);
	assert_int_equal(d.left_out, 5);
	assert_int_equal(d.errors, 1);
	assert_str(d.items[1].text, "number 1");
	assert_str(d.items[1].origin, "x.md");
	assert_int_equal(diags_fail(NULL, ERR_INPUT, "nobody listens"), ERR_INPUT);
	arena_free(&a);
}

static void a_large_hash_sees_every_byte(void **state)
{
	(void)state;
	char bytes[4 * HASH_PARTS + 3] = { 0 };
	for (size_t n = 1; n <= sizeof bytes; n++) {
		struct str all = { bytes, n };
		uint64_t same = hash_large(all);
		for (size_t i = 0; i < n; i++) {
			bytes[i] ^= 1;
			assert_true(hash_large(all) != same);
			bytes[i] ^= 1;
		}
		assert_true(hash_large(all) == same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_in_lf_or_crlf_or_nothing),
		cmocka_unit_test(words_are_runs_of_other_than_space),
		cmocka_unit_test(finders_give_offsets_or_none),
		cmocka_unit_test(a_stream_is_handed_out_in_pieces),
		cmocka_unit_test(numbers_are_whole_and_in_range),
		cmocka_unit_test(trims_and_compares),
		cmocka_unit_test(a_word_is_in_a_list_whole),
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_push_keeps_items_while_it_grows),
		cmocka_unit_test(a_failed_allocation_is_sticky),
		cmocka_unit_test(overflowing_counts_are_refused),
		cmocka_unit_test(buf_grows_up_to_its_limit),
		cmocka_unit_test(wire_reads_both_orders_and_fails_for_good),
		cmocka_unit_test(wire_out_stops_when_it_is_full),
		cmocka_unit_test(utf8_refuses_what_rfc_3629_refuses),
		cmocka_unit_test(diags_count_errors_and_what_they_do_not_keep),
		cmocka_unit_test(a_large_hash_sees_every_byte),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
