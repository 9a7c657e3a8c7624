/* SPDX-License-Identifier: MIT
 *
 * What scans found is added up by article and day, survives in its file, and is never put into another's file.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "store/tally.h"

static char dir[] = "/tmp/kbt-tally-XXXXXX";
static char db[80], path[90];
static struct arena arena;
static struct diags diags = { .arena = &arena };

static int setup(void **unused)
{
	(void)unused;
	assert_non_null(mkdtemp(dir));
	snprintf(db, sizeof db, "%s/kb.db", dir);
	snprintf(path, sizeof path, "%s.seen", db);
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	arena_free(&arena);
	unlink(path);
	return rmdir(dir);
}

static void it_adds_up(void **unused)
{
	(void)unused;
	struct tally *t = NULL, *other = NULL;
	struct tally_article *items;
	size_t count;
	assert_int_equal(tally_open(db, false, &diags, &t), ERR_NOTFOUND);
	assert_int_equal(tally_open(db, true, &diags, &t), ERR_OK);
	assert_int_equal(tally_open(db, false, &diags, &other), ERR_OK);
	const struct tally_count first[] = { { STR("Q1"), 10, 2 }, { STR("Q2"), 10, 3 }, { STR("Q1"), 12, 1 } };
	const struct tally_count second[] = { { STR("Q1"), 10, 5 }, { STR("Q3"), -1, 1 } };
	assert_int_equal(tally_add(t, first, 3), ERR_OK);
	assert_int_equal(tally_add(other, second, 2), ERR_OK);
	assert_int_equal(tally_most(t, INT64_MIN, 2, &arena, &items, &count), ERR_OK);
	assert_int_equal(count, 2);
	assert_true(str_eq(items[0].id, STR("Q1")));
	assert_int_equal(items[0].lines, 8);
	assert_int_equal(items[0].first_day, 10);
	assert_int_equal(items[0].last_day, 12);
	assert_true(str_eq(items[1].id, STR("Q2")));
	assert_int_equal(tally_most(t, 11, SIZE_MAX, &arena, &items, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_int_equal(items[0].lines, 1);
	tally_close(&t);
	tally_close(&other);
	assert_null(t);
}

static void another_file_is_left_alone(void **unused)
{
	(void)unused;
	struct tally *t = NULL;
	char text[32] = "";
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fputs("my notes, in more than a few words\n", f);
	fclose(f);
	assert_int_equal(tally_open(db, true, &diags, &t), ERR_FOREIGN);
	assert_null(t);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_non_null(fgets(text, 9, f));
	fclose(f);
	assert_string_equal(text, "my notes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_adds_up),
		cmocka_unit_test(another_file_is_left_alone),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
