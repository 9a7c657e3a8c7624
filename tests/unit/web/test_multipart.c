/* SPDX-License-Identifier: MIT
 *
 * Forms with a file: what browsers send, and what they do not.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "web/multipart.h"

#define TYPE "multipart/form-data; boundary=xyz"
#define FIELD "--xyz\r\nContent-Disposition: form-data; name=\"article\"\r\n\r\nQ1\r\n"
#define FILE_HEAD                                                                                                      \
	"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.log\"\r\nContent-Type: x/y\r\n\r\n"

static struct arena arena;

static int teardown(void **unused)
{
	(void)unused;
	arena_free(&arena);
	return 0;
}

static void a_form_as_browsers_send_it(void **unused)
{
	(void)unused;
	struct multipart m;
	struct str body = STR(FIELD FILE_HEAD "one\r\n--xy\r\ntwo\r\n\r\n--xyz--\r\n");
	assert_int_equal(multipart_parse(STR(TYPE), body, &arena, &m), ERR_OK);
	assert_true(str_eq(http_field(&m.fields, "article"), STR("Q1")));
	assert_true(str_eq(m.file_name, STR("a b.log")));
	assert_true(str_eq(m.file, STR("one\r\n--xy\r\ntwo\r\n"))); /* a line that only begins like the boundary */
	assert_int_equal(
		multipart_parse(STR("multipart/form-data; charset=\"a;b\"; boundary=\"xyz\""), body, &arena, &m),
		ERR_OK);
}

static void a_path_is_cut_to_its_name(void **unused)
{
	(void)unused;
	struct multipart m;
	struct str body = STR(
		"--xyz\r\ncontent-disposition: form-data; filename=\"C:\\x\\../y\xff.log\"; name=f\r\n\r\n\r\n--xyz--");
	assert_int_equal(multipart_parse(STR(TYPE), body, &arena, &m), ERR_OK);
	assert_true(str_eq(m.file_name, STR("y\xef\xbf\xbd.log")));
	assert_non_null(m.file.p);
	assert_int_equal(m.file.n, 0);
}

static void what_is_malformed_is_refused(void **unused)
{
	(void)unused;
	static const struct {
		const char *type, *body;
	} bad[] = {
		{ "multipart/form-data", FIELD "--xyz--" },
		{ "multipart/form-data; boundary=", FIELD "--xyz--" },
		{ "multipart/form-data; boundary=\"xyz", "" },
		{ TYPE, "" },
		{ TYPE, FIELD },
		{ TYPE, FIELD "--xyz" },
		{ TYPE, "x" FIELD "--xyz--" },
		{ TYPE, "--xyz\r\n\r\nno head\r\n--xyz--" },
		{ TYPE, "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n--xyz--" },
		{ TYPE, "--xyz\nContent-Disposition: form-data; name=\"a\"\n\nx\n--xyz--" },
	};
	struct multipart m;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(multipart_parse(str_c(bad[i].type), str_c(bad[i].body), &arena, &m), ERR_INPUT);
}

static void parts_and_heads_are_bounded(void **unused)
{
	(void)unused;
	struct multipart m;
	struct buf many = { 0 }, wide = { 0 };
	for (int i = 0; i <= MULTIPART_PARTS_MAX; i++)
		buf_add_c(&many, FIELD);
	buf_add_c(&many, "--xyz--");
	assert_int_equal(multipart_parse(STR(TYPE), buf_str(&many), &arena, &m), ERR_LIMIT);
	buf_add_c(&wide, "--xyz\r\nX: ");
	for (int i = 0; i <= MULTIPART_HEAD_MAX; i++)
		buf_add_char(&wide, 'x');
	buf_add_c(&wide, "\r\n\r\n\r\n--xyz--");
	assert_int_equal(multipart_parse(STR(TYPE), buf_str(&wide), &arena, &m), ERR_LIMIT);
	buf_free(&many);
	buf_free(&wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_form_as_browsers_send_it),
		cmocka_unit_test(a_path_is_cut_to_its_name),
		cmocka_unit_test(what_is_malformed_is_refused),
		cmocka_unit_test(parts_and_heads_are_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, teardown);
}
