/* SPDX-License-Identifier: MIT
 *
 * What people keep, by several threads at once.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "web/keep.h"

enum { FILE_MAX = 200 << 10, ROUNDS = 150 };

static struct kept_item item(struct str html)
{
	return (struct kept_item){ .kind = STR("answer"), .title = STR("t"),
				   .forms = { STR("{}"), html, STR("# m"), STR("t\n") } };
}

struct other {
	struct keep *keep;
	atomic_bool done;
	atomic_uint failed;
};

/* too_large keeps what there is no room for, which closes the file. */
static void *too_large(void *context)
{
	static char much[FILE_MAX];
	struct other *o = context;
	memset(much, 'x', sizeof much);
	struct kept_item large = item((struct str){ much, sizeof much });
	while (!o->done) {
		struct arena a = { 0 };
		struct keep_made made;
		o->failed += keep_put(o->keep, &large, 1, &a, NULL, &made) != ERR_OK;
		arena_free(&a);
	}
	return NULL;
}

/* Between finding and deleting it was another's turn, who closed the file: the delete then had none. */
static void it_is_deleted_beside_one_that_fails(void **unused)
{
	(void)unused;
	char dir[] = "/tmp/kbt-keep-XXXXXX", path[80], command[120];
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/kb.db.kept", dir);
	struct rlimit before, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){ FILE_MAX, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	struct other o = { 0 };
	struct arena a = { 0 };
	pthread_t thread;
	assert_int_equal(keep_open(path, &o.keep), ERR_OK);
	assert_int_equal(pthread_create(&thread, NULL, too_large, &o), 0);
	unsigned lost = 0;
	for (unsigned i = 0; i < ROUNDS || !o.failed; i++) {
		struct kept_item little = item(STR("<p>"));
		struct keep_made made = { 0 };
		lost += keep_put(o.keep, &little, 1, &a, NULL, &made) != ERR_OK;
		lost += keep_delete(o.keep, made.name, made.key, false, &a) != ERR_OK;
	}
	o.done = true;
	pthread_join(thread, NULL);
	keep_close(&o.keep);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_int_equal(lost, 0);
	arena_free(&a);
	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(it_is_deleted_beside_one_that_fails) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
