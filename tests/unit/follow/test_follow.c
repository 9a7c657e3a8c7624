/* SPDX-License-Identifier: MIT
 *
 * Logs that grow, with a clock of our own: what is given when, over writes, rotations and restarts; each line once.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "follow/follow.h"
#include "follow/listing.h"
#include "scan/rotation.h"

enum { QUIET = 200 /* ms, longer than a piece waits for quiet */ };

static char dir[64];
static char path[80], rotated[90];
static int64_t now_ms;
static struct buf got;

static int setup(void **unused)
{
	(void)unused;
	strcpy(dir, "/tmp/kbt-follow-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof path, "%s/a.log", dir);
	snprintf(rotated, sizeof rotated, "%s.1", path);
	now_ms = 1000000;
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	char command[120];
	buf_free(&got);
	got = (struct buf){ 0 };
	snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command);
}

static void add(const char *to, const char *text)
{
	FILE *f = fopen(to, "a");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static struct follow *start(void)
{
	const char *paths[] = { path };
	struct follow *f = NULL;
	assert_int_equal(follow_open(paths, 1, NULL, &f), ERR_OK);
	return f;
}

/* start_at is another start, which knows the places. */
static struct follow *start_at(const struct follow_place *places, size_t count)
{
	struct follow *f = start();
	for (size_t i = 0; i < count; i++)
		assert_int_equal(follow_restore(f, &places[i]), ERR_OK);
	return f;
}

/* take reads one piece and gives what it answers for; false where there is none. */
static bool take(struct follow *f, enum follow_how how)
{
	struct follow_piece p;
	char bytes[4096];
	size_t n = 0, all = 0;
	assert_int_equal(follow_next(f, now_ms, how, &p), ERR_OK);
	if (!p.file.n)
		return false;
	do {
		assert_int_equal(p.read(p.context, bytes + all, sizeof bytes - all, &n), ERR_OK);
		all += n;
	} while (n && all < sizeof bytes);
	size_t from = p.whole ? 0 : (size_t)(p.part.from - p.part.offset);
	size_t to = p.whole || !p.part.to ? all : (size_t)(p.part.to - p.part.offset);
	assert_true(from <= to && to <= all);
	buf_add(&got, (struct str){ bytes + from, to - from });
	if (p.read && !p.whole)
		buf_addf(&got, "@%llu ", (unsigned long long)p.part.line);
	follow_done(f);
	return true;
}

/* gives: two looks, since what the first finds renamed the second looks at, and all that is ready then */
static void gives(struct follow *f, enum follow_how how, const char *want)
{
	buf_clear(&got);
	assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
	assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
	while (take(f, how))
		;
	if (!str_eq(buf_str(&got), str_c(want)))
		fail_msg("'%.*s', not '%s'", STR_ARG(buf_str(&got)), want);
}

static void whole_lines_after_a_moment_of_quiet(void **unused)
{
	(void)unused;
	struct follow *f = start();
	gives(f, FOLLOW_LIVE, "");
	add(path, "one\ntwo\nhal");
	gives(f, FOLLOW_LIVE, "");
	int wait = follow_wait_ms(f, now_ms);
	assert_true(wait > 0 && wait <= QUIET);
	now_ms += QUIET;
	gives(f, FOLLOW_LIVE, "one\ntwo\n@1 ");
	now_ms += 100000;
	gives(f, FOLLOW_LIVE, "");
	add(path, "f\n");
	gives(f, FOLLOW_FLUSH, "half\n@3 ");
	add(path, "end");
	gives(f, FOLLOW_FLUSH, "");
	gives(f, FOLLOW_END, "end@4 ");
	follow_close(&f);
	assert_null(f);
}

/* What is behind a piece is not shown with it as long as it is not whole: a message over both is seen with the next. */
static void a_piece_says_what_was_seen(void **unused)
{
	(void)unused;
	struct follow *f = start();
	struct follow_piece p;
	add(path, "one\ntw");
	assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
	assert_int_equal(follow_next(f, now_ms, FOLLOW_FLUSH, &p), ERR_OK);
	char bytes[64];
	size_t n;
	assert_int_equal(p.read(p.context, bytes, sizeof bytes, &n), ERR_OK);
	assert_int_equal(n, 4);
	assert_false(p.part.open);
	follow_done(f);
	add(path, "o\n");
	assert_int_equal(follow_look(f, now_ms, false), ERR_OK);
	assert_int_equal(follow_next(f, now_ms, FOLLOW_FLUSH, &p), ERR_OK);
	assert_true(p.part.open);
	assert_int_equal(p.part.offset, 0);
	assert_int_equal(p.part.from, 4);
	assert_int_equal(p.part.to, 8);
	follow_done(f);
	follow_close(&f);
}

static void renamed_and_begun_anew(void **unused)
{
	(void)unused;
	struct follow *f = start();
	add(path, "one\n");
	gives(f, FOLLOW_FLUSH, "one\n@1 ");
	add(path, "two\n");
	assert_int_equal(rename(path, rotated), 0);
	add(rotated, "three\n");
	add(path, "four\n");
	gives(f, FOLLOW_FLUSH, "two\nthree\n@2 four\n@1 ");
	assert_int_equal(unlink(rotated), 0);
	add(path, "five\n");
	gives(f, FOLLOW_FLUSH, "five\n@2 ");
	follow_close(&f);
}

static void copied_and_cut_off(void **unused)
{
	(void)unused;
	char command[250];
	struct follow *f = start();
	add(path, "one\n");
	gives(f, FOLLOW_FLUSH, "one\n@1 ");
	add(path, "two\n");
	snprintf(command, sizeof command, "cp %s %s", path, rotated);
	assert_int_equal(system(command), 0);
	assert_int_equal(truncate(path, 0), 0);
	add(path, "3\n");
	gives(f, FOLLOW_FLUSH, "two\n@2 3\n@1 ");
	gives(f, FOLLOW_FLUSH, "");
	follow_close(&f);
}

static void goes_on_where_it_was_left(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct follow_place *places;
	size_t count;
	struct follow *f = start(), *first = f; /* which the places' paths belong to */
	add(path, "one\ntwo\n");
	gives(f, FOLLOW_FLUSH, "one\ntwo\n@1 ");
	assert_int_equal(follow_places(f, &a, &places, &count), ERR_OK);
	add(path, "three\n");
	assert_int_equal(rename(path, rotated), 0);
	add(path, "four\n");
	f = start_at(places, count);
	gives(f, FOLLOW_FLUSH, "three\n@3 four\n@1 ");
	follow_close(&f);
	/* a place that fits nothing is no place: all is new */
	places[0].at.last ^= 1;
	places[0].at.head ^= 1;
	f = start_at(places, count);
	gives(f, FOLLOW_FLUSH, "one\ntwo\nthree\n@1 four\n@1 ");
	follow_close(&f);
	follow_close(&first);
	arena_free(&a);
}

/* Two packed files at a time, one with two files in it: none is taken for another, and what was read is done with. */
static void packed_files_beside_one_another(void **unused)
{
	(void)unused;
	char command[400], one[90], two[90], three[90];
	snprintf(one, sizeof one, "%s/one.gz", dir);
	snprintf(two, sizeof two, "%s/two.tar", dir);
	snprintf(three, sizeof three, "%s/three.gz", dir);
	snprintf(command, sizeof command,
		 "cd %s && echo 1 | gzip >one.gz && echo 2 >b && echo 3 >c && tar -cf two.tar b c && "
		 "echo 4 | gzip >three.gz",
		 dir);
	assert_int_equal(system(command), 0);
	const char *paths[] = { one, two, three };
	struct follow *f = NULL;
	struct arena a = { 0 };
	struct follow_place *places;
	size_t count;
	assert_int_equal(follow_open(paths, 3, NULL, &f), ERR_OK);
	gives(f, FOLLOW_LIVE, "1\n2\n3\n4\n");
	follow_close(&f);
	/* stopped behind the first piece: it is in the cursor */
	buf_clear(&got);
	assert_int_equal(follow_open(paths, 3, NULL, &f), ERR_OK);
	assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
	assert_true(take(f, FOLLOW_LIVE));
	assert_int_equal(follow_places(f, &a, &places, &count), ERR_OK);
	assert_int_equal(count, 1);
	arena_free(&a);
	follow_close(&f);
}

/* A folder that is listed between the rename and the new file: what lies there is no log of its own, and was read. */
static void listed_while_the_log_is_away(void **unused)
{
	(void)unused;
	char command[400];
	const char *paths[] = { dir };
	struct follow *f = NULL;
	assert_int_equal(follow_open(paths, 1, NULL, &f), ERR_OK);
	add(path, "one\ntwo\n");
	gives(f, FOLLOW_FLUSH, "one\ntwo\n@1 ");
	snprintf(command, sizeof command,
		 "cd %s && gzip -c a.log >a.log.2.gz && rm a.log && echo three | gzip >a.log.1.gz", dir);
	assert_int_equal(system(command), 0);
	gives(f, FOLLOW_FLUSH, "three\n");
	add(path, "four\n");
	gives(f, FOLLOW_FLUSH, "four\n@1 ");
	follow_close(&f);
}

/* What came into a renamed file behind our last look, before the new file began, is found after a restart. */
static void grown_behind_the_last_look(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct follow_place *places;
	size_t count;
	struct follow *first = start(), *f;
	add(path, "one\n");
	gives(first, FOLLOW_FLUSH, "one\n@1 ");
	assert_int_equal(rename(path, rotated), 0);
	add(rotated, "two\n");
	usleep(20000); /* the clock of files moves on */
	add(path, "three\n");
	assert_int_equal(follow_look(first, now_ms, true), ERR_OK); /* it sees the new one, and the old as it was */
	assert_int_equal(follow_places(first, &a, &places, &count), ERR_OK);
	f = start_at(places, count);
	gives(f, FOLLOW_FLUSH, "two\n@2 three\n@1 ");
	follow_close(&f);
	follow_close(&first);
	arena_free(&a);
}

/* A log that begins as the one did that was put away goes on at its own place, and at no other that fits it. */
static void begins_as_the_one_before(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct follow_place *places;
	size_t count;
	struct follow *first = start(), *f;
	add(path, "one\n");
	gives(first, FOLLOW_FLUSH, "one\n@1 ");
	assert_int_equal(rename(path, rotated), 0);
	add(path, "one\ntwo\n");
	gives(first, FOLLOW_FLUSH, "one\ntwo\n@1 ");
	assert_int_equal(follow_places(first, &a, &places, &count), ERR_OK);
	assert_int_equal(count, 2);
	f = start_at(places, count);
	add(path, "three\n");
	gives(f, FOLLOW_FLUSH, "three\n@3 ");
	follow_close(&f);
	follow_close(&first);
	arena_free(&a);
}

/* Paths are found again among thousands, and a place of nonsense harms nothing. */
static void many_places(void **unused)
{
	(void)unused;
	struct follow *f = start();
	char name[100];
	for (unsigned i = 0; i < 20000; i++) {
		snprintf(name, sizeof name, "%s/none-%u.log", dir, i);
		struct follow_place p = { .path = str_c(name),
					  .at = { .offset = UINT64_MAX - i,
						  .last_n = TAIL_LAST_MAX,
						  .head_n = TAIL_HEAD_MAX,
						  .line = UINT64_MAX } };
		for (unsigned k = 0; k < (i ? 1 : 100); k++)
			assert_int_equal(follow_restore(f, &p), ERR_OK);
	}
	struct follow_place own = { .path = str_c(path),
				    .current = true,
				    .at = { .offset = UINT64_MAX, .last_n = 128 } };
	assert_int_equal(follow_restore(f, &own), ERR_OK);
	add(path, "one\n");
	gives(f, FOLLOW_FLUSH, "one\n@1 ");
	follow_close(&f);
}

static bool over_after_a_week(void *context, const char *of, int64_t *gone_s)
{
	int64_t now_s = *(const int64_t *)context;
	if (access(of, F_OK) == 0) {
		*gone_s = 0;
		return false;
	}
	*gone_s = *gone_s ? *gone_s : now_s;
	return now_s - *gone_s > 7 * 86400;
}

static size_t place_count(struct follow *f)
{
	struct arena a = { 0 };
	struct follow_place *places;
	size_t count;
	assert_int_equal(follow_places(f, &a, &places, &count), ERR_OK);
	arena_free(&a);
	return count;
}

/* A folder whose files have a new name each time is followed for long: what it had is forgotten while it runs. */
static void forgotten_when_long_gone(void **unused)
{
	(void)unused;
	const char *paths[] = { dir };
	struct follow *f = NULL;
	int64_t now_s = 1000000;
	char other[90];
	snprintf(other, sizeof other, "%s/b.log", dir);
	assert_int_equal(follow_open(paths, 1, NULL, &f), ERR_OK);
	for (int round = 0; round < 3; round++) {
		add(path, "one\n");
		add(other, "two\n");
		for (int k = 0; k < 4; k++, now_ms += QUIET) {
			assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
			while (take(f, FOLLOW_LIVE))
				;
		}
		follow_age(f, over_after_a_week, &now_s);
		assert_int_equal(place_count(f), 2);
		assert_int_equal(unlink(path), 0);
		for (int k = 0; k < 60; k++, now_ms += 20000) {
			assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
			while (take(f, FOLLOW_LIVE))
				;
		}
		follow_age(f, over_after_a_week, &now_s);
		assert_int_equal(place_count(f), 2); /* it may come back */
		now_s += 8 * 86400;
		follow_age(f, over_after_a_week, &now_s);
		assert_int_equal(place_count(f), 1);
	}
	size_t ones = 0, twos = 0;
	for (size_t i = 0; i < got.n; i++) {
		ones += got.p[i] == 'o' && got.p[i + 1] == 'n';
		twos += got.p[i] == 't';
	}
	assert_int_equal(ones, 3);
	assert_int_equal(twos, 3);
	follow_close(&f);
}

/* Of more rotations than are open at a time the newer are read first, where the older were just looked at: those that
 * are still open when we stop are older than many that are done, which are not given again. */
static void stopped_among_many_rotations(void **unused)
{
	(void)unused;
	enum { FILES = 600, ROUNDS = 40, PIECES = 40 };
	struct arena a = { 0 };
	struct follow_place *places;
	size_t count;
	const char *paths[] = { dir };
	char name[110], line[16];
	unsigned char seen[FILES] = { 0 };
	struct follow *first = NULL, *f = NULL;
	for (int i = 0; i < FILES; i++) {
		const struct timespec times[] = { { .tv_sec = 1000000 + i }, { .tv_sec = 1000000 + i } };
		snprintf(name, sizeof name, "%s.%d", path, FILES - i);
		snprintf(line, sizeof line, "n%d\n", i);
		add(name, line);
		assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
	}
	add(path, "");
	assert_int_equal(follow_open(paths, 1, NULL, &first), ERR_OK);
	for (unsigned round = 0; round < ROUNDS; round++, now_ms++) { /* less than a moment of quiet */
		assert_int_equal(follow_look(first, now_ms, true), ERR_OK);
		for (unsigned i = 0; i < PIECES && take(first, FOLLOW_LIVE); i++)
			;
	}
	assert_int_equal(follow_places(first, &a, &places, &count), ERR_OK);
	assert_int_equal(follow_open(paths, 1, NULL, &f), ERR_OK);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(follow_restore(f, &places[i]), ERR_OK);
	do
		assert_int_equal(follow_look(f, now_ms, true), ERR_OK);
	while (take(f, FOLLOW_FLUSH));
	for (size_t i = 0; i + 1 < got.n; i++)
		if (got.p[i] == 'n')
			seen[strtoul(got.p + i + 1, NULL, 10) % FILES]++;
	for (unsigned i = 0; i < FILES; i++)
		if (seen[i] != 1)
			fail_msg("n%u was given %u times", i, seen[i]);
	follow_close(&f);
	follow_close(&first);
	arena_free(&a);
}

/* A rotation that came or went, and another file under the name of one, are told whichever listing is asked first. */
static void listings_are_compared(void **unused)
{
	(void)unused;
	struct listings one = { 0 }, other = { 0 };
	add(path, "a\n");
	assert_true(listing_same(&one, &other, path));
	listings_forget(&other);
	add(rotated, "b\n");
	assert_false(listing_same(&one, &other, path));
	assert_false(listing_same(&other, &one, path));
	listings_forget(&one);
	assert_true(listing_same(&one, &other, path));
	char beside[100];
	snprintf(beside, sizeof beside, "%s/b.log", dir);
	add(beside, "c\n"); /* no rotation of it */
	listings_forget(&one);
	assert_true(listing_same(&one, &other, path));
	assert_int_equal(rename(beside, rotated), 0);
	listings_forget(&one);
	assert_false(listing_same(&one, &other, path));
	listings_free(&one);
	listings_free(&other);
}

static void names_of_rotations(void **unused)
{
	(void)unused;
	static const char *const are[] = { "a.log.1",	"a.log.1.gz", "a.log-20010312", "a-20010312.log",
					   "a.log.old", "a.1.log.xz", "a.log~",		"a.log.2001-03-12T10:56",
					   "a.lo_" };
	static const char *const are_not[] = { "a.log", "b.log.1", "a.logs", "a.log.txt", "aa.log.1", "a.", "a.log." };
	for (size_t i = 0; i < sizeof are / sizeof *are; i++)
		if (!rotation_name(STR("a.log"), str_c(are[i])) != !strcmp(are[i], "a.log~"))
			fail_msg("%s", are[i]);
	for (size_t i = 0; i < sizeof are_not / sizeof *are_not; i++)
		if (rotation_name(STR("a.log"), str_c(are_not[i])))
			fail_msg("%s", are_not[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_lines_after_a_moment_of_quiet, setup, teardown),
		cmocka_unit_test_setup_teardown(a_piece_says_what_was_seen, setup, teardown),
		cmocka_unit_test_setup_teardown(renamed_and_begun_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(copied_and_cut_off, setup, teardown),
		cmocka_unit_test_setup_teardown(goes_on_where_it_was_left, setup, teardown),
		cmocka_unit_test_setup_teardown(packed_files_beside_one_another, setup, teardown),
		cmocka_unit_test_setup_teardown(listed_while_the_log_is_away, setup, teardown),
		cmocka_unit_test_setup_teardown(grown_behind_the_last_look, setup, teardown),
		cmocka_unit_test_setup_teardown(begins_as_the_one_before, setup, teardown),
		cmocka_unit_test_setup_teardown(many_places, setup, teardown),
		cmocka_unit_test_setup_teardown(forgotten_when_long_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(stopped_among_many_rotations, setup, teardown),
		cmocka_unit_test_setup_teardown(listings_are_compared, setup, teardown),
		cmocka_unit_test(names_of_rotations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
