/* SPDX-License-Identifier: MIT
 *
 * Files that change while they are read.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"

#include <unistd.h>

enum { SIZE = 3 * INPUT_BLOCK };

/* Reads a file of SIZE bytes that gets another size after its first block; gives what reading it came to. */
static enum err read_while_it_becomes(off_t size, struct diags *d, size_t *ret_n)
{
	char path[] = "/tmp/kbt-input-XXXXXX";
	const char *const paths[] = { path };
	const struct input_member *member = NULL;
	struct input *in = NULL;
	struct str block = STR(" ");
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, SIZE), 0);
	assert_int_equal(input_open(paths, 1, d, &in), ERR_OK);
	assert_int_equal(input_next(in, &member), ERR_OK);
	assert_int_equal(input_read(in, &block), ERR_OK);
	size_t n = block.n;
	assert_int_equal(ftruncate(fd, size), 0);
	enum err e = ERR_OK;
	while (!e && block.n) {
		e = input_read(in, &block);
		n += e ? 0 : block.n;
	}
	input_close(&in);
	close(fd);
	unlink(path);
	*ret_n = n;
	return e;
}

static void a_file_that_becomes_shorter_is_named(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	size_t n = 0;
	assert_int_equal(read_while_it_becomes(SIZE / 2, &d, &n), ERR_IO);
	assert_true(n >= SIZE / 2); /* what was there is given */
	assert_int_equal(d.errors, 1);
	assert_non_null(strstr(arena_str(&a, d.items[0].text).p, "became shorter while it was read"));
	arena_free(&a);
}

static void a_file_that_grows_is_not(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	size_t n = 0;
	assert_int_equal(read_while_it_becomes(2 * SIZE, &d, &n), ERR_OK);
	assert_int_equal(n, 2 * SIZE);
	assert_int_equal(read_while_it_becomes(SIZE, &d, &n), ERR_OK);
	assert_int_equal(n, SIZE);
	assert_int_equal(d.count, 0);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_that_becomes_shorter_is_named),
		cmocka_unit_test(a_file_that_grows_is_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
