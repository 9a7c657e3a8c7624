/* SPDX-License-Identifier: MIT
 *
 * What is kept: there until it expires or is deleted, in a file for its owner alone, and never in another's file.
 */
#include "tests/unit/unit.h"
#include "tests/unit/fail_once.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/import.h"
#include "store/kept.h"

static char dir[] = "/tmp/kbt-kept-XXXXXX";
static char path[80];
static struct arena arena;
static struct diags diags = { .arena = &arena };

static int setup(void **unused)
{
	(void)unused;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/kb.db.kept", dir);
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	char command[120];
	arena_free(&arena);
	snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command);
}

static struct kept_item item(int64_t made_s, int64_t expires_s)
{
	return (struct kept_item){ .kind = STR("answer"), .title = STR("<t>"),
				   .forms = { STR("{}"), STR("<p>"), STR("# m"), STR("t\n") },
				   .made_s = made_s, .expires_s = expires_s };
}

static void it_comes_back_until_it_expires(void **unused)
{
	(void)unused;
	struct kept *k = NULL;
	struct kept_item in = item(100, 200), out;
	struct str hash;
	struct stat st;
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(kept_put(k, STR("n1"), STR("h\0h"), &in), ERR_OK);
	kept_close(&k);
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK); /* it outlives the process */
	assert_int_equal(kept_get(k, STR("n1"), 199, &arena, &out, &hash), ERR_OK);
	assert_true(str_eq(out.title, STR("<t>")) && str_eq(out.forms[3], STR("t\n")) && str_eq(hash, STR("h\0h")));
	assert_int_equal(out.expires_s, 200);
	assert_int_equal(kept_get(k, STR("n1"), 200, &arena, &out, &hash), ERR_NOTFOUND);
	assert_int_equal(kept_get(k, STR("n2"), 100, &arena, &out, &hash), ERR_NOTFOUND);
	in = item(300, 400);
	assert_int_equal(kept_put(k, STR("n2"), STR("h"), &in), ERR_OK); /* forgets what has expired */
	assert_int_equal(kept_get(k, STR("n1"), 100, &arena, &out, &hash), ERR_NOTFOUND);
	assert_int_equal(kept_delete(k, STR("n2")), ERR_OK);
	assert_int_equal(kept_get(k, STR("n2"), 300, &arena, &out, &hash), ERR_NOTFOUND);
	assert_int_equal(kept_delete(k, STR("n2")), ERR_OK);
	assert_int_equal(kept_put(k, STR("n3"), STR("h"), &in), ERR_OK);
	assert_int_equal(kept_expire(k, 399), ERR_OK);
	assert_int_equal(kept_get(k, STR("n3"), 300, &arena, &out, &hash), ERR_OK);
	assert_int_equal(kept_expire(k, 400), ERR_OK); /* without anything new */
	assert_int_equal(kept_get(k, STR("n3"), 300, &arena, &out, &hash), ERR_NOTFOUND);
	kept_close(&k);
}

static void what_memory_is_missing_for_is_not_given(void **unused)
{
	(void)unused;
	struct kept *k = NULL;
	struct kept_item in = item(100, 200);
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK);
	assert_int_equal(kept_put(k, STR("n1"), STR("h"), &in), ERR_OK);
	bool failed = true;
	for (long n = 0; failed; n++) {
		struct kept_item out = { .kind = STR("none") };
		struct str hash = STR("none");
		struct arena a = { 0 };
		calls_left = n;
		mem_set_resize(fail_once);
		enum err e = kept_get(k, STR("n1"), 150, &a, &out, &hash);
		mem_set_resize(NULL);
		failed = calls_left < 0;
		assert_int_equal(e, failed ? ERR_NOMEM : ERR_OK);
		assert_true(str_eq(hash, failed ? STR("none") : STR("h")));
		assert_true(str_eq(out.kind, failed ? STR("none") : in.kind));
		arena_free(&a);
	}
	kept_close(&k);
}

/* may_grow: how far files of this process may be written to; a full disk for all that writes. */
static void may_grow(rlim_t bytes)
{
	struct rlimit limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void it_is_read_where_nothing_can_be_written(void **unused)
{
	(void)unused;
	struct kept *k = NULL;
	struct kept_item in = item(100, 200), out;
	struct str hash;
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK);
	assert_int_equal(kept_put(k, STR("full"), STR("h"), &in), ERR_OK);
	kept_close(&k);
	signal(SIGXFSZ, SIG_IGN);
	may_grow(0);
	enum err opened = kept_open(path, &diags, &k);
	enum err got = opened ? opened : kept_get(k, STR("full"), 150, &arena, &out, &hash);
	may_grow(RLIM_INFINITY);
	assert_int_equal(opened, ERR_OK);
	assert_int_equal(got, ERR_OK);
	assert_int_equal(kept_delete(k, STR("full")), ERR_OK);
	kept_close(&k);
}

static void what_is_too_long_is_refused(void **unused)
{
	(void)unused;
	struct kept *k = NULL;
	struct kept_item in = item(1, 2);
	char *big = calloc(1, KEPT_BYTES_MAX + 1);
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK);
	in.forms[1] = (struct str){ big, KEPT_BYTES_MAX + 1 };
	assert_int_equal(kept_put(k, STR("n3"), STR("h"), &in), ERR_LIMIT);
	kept_close(&k);
	free(big);
}

static void all_of_it_is_bounded(void **unused)
{
	(void)unused;
	static char large[200000];
	struct kept *k = NULL;
	struct kept_item in = item(100, 200), out;
	struct str hash;
	char name[20];
	int made = 0;
	enum err e = ERR_OK;
	memset(large, 'x', sizeof large);
	in.forms[1] = (struct str){ large, sizeof large };
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK);
	assert_int_equal(kept_limit(k, 1 << 20), ERR_OK);
	while (!e && made < 20) {
		snprintf(name, sizeof name, "big%d", made);
		e = kept_put(k, str_c(name), STR("h"), &in);
		made += !e;
	}
	assert_int_equal(e, ERR_FULL);
	assert_in_range(made, 4, 5);
	assert_int_equal(kept_get(k, STR("big0"), 150, &arena, &out, &hash), ERR_OK);
	assert_int_equal(kept_delete(k, STR("big0")), ERR_OK);
	assert_int_equal(kept_put(k, STR("again"), STR("h"), &in), ERR_OK);
	kept_close(&k);
}

static enum err put_for(struct kept *k, const char *owner, int number, struct kept_item in)
{
	char name[20];
	snprintf(name, sizeof name, "%s%d", owner, number);
	in.owner = str_c(owner);
	return kept_put(k, str_c(name), STR("h"), &in);
}

static void one_owner_leaves_room_for_others(void **unused)
{
	(void)unused;
	static char large[200000];
	struct kept *k = NULL;
	struct kept_item in = item(1000, 2000);
	memset(large, 'x', sizeof large);
	in.forms[1] = (struct str){ large, sizeof large };
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK);
	assert_int_equal(kept_limit(k, 4 << 20), ERR_OK); /* a share is 1 MiB */
	for (int i = 0; i < 5; i++)
		assert_int_equal(put_for(k, "ann", i, in), ERR_OK);
	assert_int_equal(put_for(k, "ann", 5, in), ERR_SHARE);
	assert_int_equal(put_for(k, "ben", 0, in), ERR_OK);
	assert_int_equal(put_for(k, "", 0, in), ERR_OK);
	kept_close(&k);
	assert_int_equal(kept_open(path, &diags, &k), ERR_OK); /* it outlives the process, too */
	assert_int_equal(kept_limit(k, 4 << 20), ERR_OK);
	assert_int_equal(put_for(k, "ann", 5, in), ERR_SHARE);
	assert_int_equal(kept_delete(k, STR("ann3")), ERR_OK);
	assert_int_equal(put_for(k, "ann", 5, in), ERR_OK);
	assert_int_equal(put_for(k, "ann", 6, in), ERR_SHARE);
	in.made_s = 2000; /* all others have expired */
	in.expires_s = 3000;
	assert_int_equal(put_for(k, "ann", 6, in), ERR_OK);
	kept_close(&k);
}

static void another_file_is_left_alone(void **unused)
{
	(void)unused;
	struct kept *k = NULL;
	struct store *store = NULL;
	char other[96];
	snprintf(other, sizeof other, "%s/text", dir);
	FILE *f = fopen(other, "w");
	assert_non_null(f);
	for (int i = 0; i < 1000; i++)
		fputs("no database\n", f);
	fclose(f);
	assert_int_equal(kept_open(other, &diags, &k), ERR_FOREIGN);
	snprintf(other, sizeof other, "%s/kb.db", dir);
	assert_int_equal(store_open(other, STORE_WRITE, &diags, &store), ERR_OK);
	struct import_counts counts;
	char article[96];
	const char *paths[] = { article };
	snprintf(article, sizeof article, "%s/Q-cog.md", dir);
	f = fopen(article, "w");
	assert_non_null(f);
	fputs("---\nid: Q-cog\ntitle: The cog\n---\nText.\n", f);
	fclose(f);
	assert_int_equal(import_paths(store, paths, 1, &(struct import_options){ 0 }, &diags, &counts), ERR_OK);
	store_close(&store);
	assert_int_equal(kept_open(other, &diags, &k), ERR_FOREIGN);
	snprintf(other, sizeof other, "%s/none/x", dir);
	assert_int_equal(kept_open(other, &diags, &k), ERR_NOTFOUND);
	assert_null(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_comes_back_until_it_expires),
		cmocka_unit_test(what_memory_is_missing_for_is_not_given),
		cmocka_unit_test(it_is_read_where_nothing_can_be_written),
		cmocka_unit_test(what_is_too_long_is_refused),
		cmocka_unit_test(all_of_it_is_bounded),
		cmocka_unit_test(one_owner_leaves_room_for_others),
		cmocka_unit_test(another_file_is_left_alone),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
