/* SPDX-License-Identifier: MIT
 *
 * What is written is read again, whatever the paths and numbers; what is no cursor is refused with a sentence.
 */

#include "tests/unit/unit.h"
#include "tests/unit/fail_once.h"

#include "follow/cursor.h"

static void places_come_back(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct cursor c;
	const struct follow_place in[] = {
		{ .path = STR("/var/log/a.log"),
		  .current = true,
		  .since_ns = INT64_MAX,
		  .gone_s = 984390980,
		  .at = { .id = { UINT64_MAX, 7, 984390980123456789 },
			  .offset = UINT64_C(1) << 62,
			  .line = 12,
			  .head_n = 1024,
			  .last_n = 128,
			  .head = UINT64_MAX,
			  .last = 1,
			  .changed_ns = -5,
			  .open = true } },
		{ .path = STR("r\xE9sum\xE9 \"x\"\n.log"), .since_ns = INT64_MIN, .at = { .line = 1 } },
	};
	cursor_write_places(&text, in, 2);
	assert_int_equal(cursor_read(buf_str(&text), "c", &a, NULL, &c), ERR_OK);
	assert_false(c.of_journal);
	assert_int_equal(c.place_count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct follow_place *got = &c.places[i];
		assert_true(str_eq(got->path, in[i].path));
		assert_int_equal(got->path.p[got->path.n], 0);
		assert_int_equal(got->current, in[i].current);
		assert_true(got->since_ns == in[i].since_ns && got->gone_s == in[i].gone_s);
		assert_true(tail_id_eq(&got->at.id, &in[i].at.id));
		assert_true(got->at.offset == in[i].at.offset && got->at.line == in[i].at.line);
		assert_true(got->at.head_n == in[i].at.head_n && got->at.last_n == in[i].at.last_n);
		assert_true(got->at.head == in[i].at.head && got->at.last == in[i].at.last);
		assert_true(got->at.changed_ns == in[i].at.changed_ns && got->at.open == in[i].at.open);
	}
	buf_free(&text);
	arena_free(&a);
}

static void a_path_that_memory_is_missing_for_is_told(void **unused)
{
	(void)unused;
	const struct follow_place place = { .path = STR("r\xE9sum\xE9.log"), .at = { .line = 1 } };
	bool failed = true;
	for (long n = 0; failed; n++) {
		struct buf text = { 0 };
		calls_left = n;
		mem_set_resize(fail_once);
		cursor_write_places(&text, &place, 1);
		mem_set_resize(NULL);
		failed = calls_left < 0;
		assert_int_equal(buf_err(&text), failed ? ERR_NOMEM : ERR_OK);
		buf_free(&text);
	}
}

static void the_journal_comes_back(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct buf text = { 0 };
	struct cursor c;
	cursor_write_journal(&text, &(struct cursor_journal){ STR("s=ab;i=1"), 12, 3 });
	assert_int_equal(cursor_read(buf_str(&text), "c", &a, NULL, &c), ERR_OK);
	assert_true(c.of_journal);
	assert_string_equal(c.journal.cursor.p, "s=ab;i=1");
	assert_int_equal(c.journal.offset, 12);
	assert_int_equal(c.journal.line, 3);
	assert_int_equal(cursor_read(STR(""), "c", &a, NULL, &c), ERR_OK); /* a file that is not there yet */
	assert_int_equal(c.place_count + c.of_journal, 0);
	buf_free(&text);
	arena_free(&a);
}

#define HEAD "{\"kbt_cursor\":1}\n"
#define GOOD                                                                                                           \
	"{\"path\":\"a\",\"current\":true,\"offset\":\"5\",\"line\":\"1\",\"dev\":\"1\",\"ino\":\"1\",\"born_ns\":"    \
	"\"0\","                                                                                                       \
	"\"since_ns\":\"0\",\"changed_ns\":\"0\",\"head\":\"5:0000000000000000\",\"last\":\"5:0000000000000000\"}\n"

static void what_is_none_is_refused(void **unused)
{
	(void)unused;
	static const struct {
		const char *text, *says;
	} rows[] = {
		{ "my notes\n", "not a cursor" },
		{ "[]\n", "not a cursor" },
		{ "{\"kbt_cursor\":\"1\"}\n", "not a cursor" },
		{ "{\"kbt_cursor\":2}\n", "another version" },
		{ HEAD "x\n", "damaged" },
		{ HEAD GOOD "{\"path\":\"a\"}\n", "damaged" },
		{ HEAD "{\"journal\":\"s=1\",\"offset\":\"1\",\"line\":\"1\"}\n" GOOD, "damaged" },
		{ HEAD GOOD "{\"journal\":\"s=1\",\"offset\":\"1\",\"line\":\"1\"}\n", "damaged" },
		{ HEAD "{\"journal\":7,\"offset\":\"1\",\"line\":\"1\"}\n", "damaged" },
		{ HEAD "{\"path\":\"\",\"offset\":\"5\"}\n", "damaged" },
		{ HEAD "{\"path\":\"a\",\"offset\":\"-5\",\"line\":\"1\"}\n", "damaged" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena a = { 0 };
		struct diags d = { .arena = &a };
		struct cursor c = { .place_count = 77 };
		if (cursor_read(str_c(rows[i].text), "where.cursor", &a, &d, &c) != ERR_INPUT || c.place_count != 77 ||
		    d.count != 1 || str_find(d.items[0].text, str_c(rows[i].says)) == STR_NONE ||
		    !str_starts(d.items[0].text, STR("where.cursor: ")))
			fail_msg("%s", rows[i].text);
		arena_free(&a);
	}
	/* more hashed bytes than are ever kept */
	struct arena a = { 0 };
	struct cursor c;
	assert_int_equal(cursor_read(STR(HEAD GOOD), "c", &a, NULL, &c), ERR_OK);
	struct str bad =
		STR("{\"path\":\"a\",\"offset\":\"5\",\"line\":\"1\",\"dev\":\"1\",\"ino\":\"1\",\"born_ns\":\"0\","
		    "\"since_ns\":\"0\",\"changed_ns\":\"0\",\"head\":\"1025:0000000000000000\","
		    "\"last\":\"5:0000000000000000\"}\n");
	assert_int_equal(cursor_read(arena_printf(&a, HEAD "%.*s", STR_ARG(bad)), "c", &a, NULL, &c), ERR_INPUT);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_come_back),
		cmocka_unit_test(a_path_that_memory_is_missing_for_is_told),
		cmocka_unit_test(the_journal_comes_back),
		cmocka_unit_test(what_is_none_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
