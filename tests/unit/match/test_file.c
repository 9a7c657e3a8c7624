/* SPDX-License-Identifier: MIT
 *
 * The compiled form: the same from any number of threads, refused when damaged, kept beside the database, made anew
 * when it is missing, stale or damaged.
 */
#include "tests/unit/unit.h"
#include "tests/unit/fail_once.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "store/import.h"
#include "tests/main/small_kb.h"

static void damage_is_noticed(void **state)
{
	(void)state;
	struct buf block = { 0 };
	struct file_view view;
	assert_int_equal(small_kb_block(&block), ERR_OK);
	assert_int_equal(file_check(buf_str(&block), &view), ERR_OK);
	assert_int_equal(view.header.generation, 7);
	for (size_t at = 0; at < block.n; at += block.n / 97) {
		block.p[at] ^= 0x10;
		assert_int_not_equal(file_check(buf_str(&block), &view), ERR_OK);
		block.p[at] ^= 0x10;
	}
	for (size_t n = 0; n < block.n; n += block.n / 23)
		assert_int_not_equal(file_check((struct str){ block.p, n }, &view), ERR_OK);
	assert_int_equal(file_check(buf_str(&block), &view), ERR_OK);
	buf_free(&block);
}

static struct file_saying *saying_of(struct buf *block, const struct file_view *v, uint32_t i)
{
	return (struct file_saying *)(void *)(block->p + ((const char *)&v->sayings[i] - v->block.p));
}

/* One that leads out of its section, or is not found where it is looked for, with the checksums made right. */
static void damaged_sayings_are_noticed(void **state)
{
	(void)state;
	static const struct file_saying bad[] = {
		{ .n = 0 },
		{ .n = FILE_SAYING_WORDS + 1 },
		{ .n = 1, .others = { .at = 1u << 30 } },
		{ .n = 1, .others = { .n = UINT32_MAX } },
		{ .n = 1, .words = { 0 } }, /* out of order */
	};
	for (size_t i = 0; i <= sizeof bad / sizeof *bad; i++) {
		struct buf block = { 0 };
		struct file_view view;
		struct file_header h;
		assert_int_equal(small_kb_block(&block), ERR_OK);
		assert_int_equal(file_check(buf_str(&block), &view), ERR_OK);
		assert_true(view.saying_count > 9);
		if (i)
			*saying_of(&block, &view, 9) = bad[i - 1];
		h = view.header;
		h.checksum = hash_large(str_from(buf_str(&block), sizeof h));
		h.header_checksum =
			hash_bytes((struct str){ (const char *)&h, offsetof(struct file_header, header_checksum) });
		memcpy(block.p, &h, sizeof h);
		assert_int_equal(file_check(buf_str(&block), &view), i ? ERR_DAMAGED : ERR_OK);
		buf_free(&block);
	}
}

/* What explains nothing: no article at all, or one without a word. */
static void expect_no_answer(const char *source)
{
	struct compiler *c;
	struct buf block = { 0 };
	struct matcher *m;
	struct match_scratch *s;
	struct match_answer answer;
	struct arena a = { 0 };
	assert_int_equal(compile_open(1, &c), ERR_OK);
	if (source)
		assert_int_equal(compile_source(c, STR("Q10001"), (struct str){ source, strlen(source) }), ERR_OK);
	assert_int_equal(compile_finish(c, NULL, 0, (struct file_stamp){ 1, 1 }, &block), ERR_OK);
	compile_close(&c);
	assert_int_equal(matcher_of_block(&block, &m), ERR_OK);
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_int_equal(match_message(m, s, STR("error 53"), NULL, &a, &answer), ERR_OK);
	assert_false(answer.explained);
	arena_free(&a);
	match_scratch_close(&s);
	match_close(&m);
}

static void an_empty_kb_answers_too(void **state)
{
	(void)state;
	expect_no_answer(NULL);
}

static void an_article_without_a_word_is_one_too(void **state)
{
	(void)state;
	expect_no_answer("---\nid: Q10001\ntitle: '...'\n---\n");
}

/* Articles of which each has words of its own and words of the next. */
static void compile_by(unsigned threads, struct buf *ret_block)
{
	struct compiler *c;
	assert_int_equal(compile_open(threads, &c), ERR_OK);
	for (unsigned i = 1; i <= 1000; i++) {
		struct buf b = { 0 };
		char id[16];
		snprintf(id, sizeof id, "Q%u", 10000 + i);
		buf_addf(&b, "---\nid: %s\ntitle: Word%xa fails\n---\nThe word%xa stops: \"word%xb %u failed.\"\n", id,
			 i, i + 1, i, i);
		assert_int_equal(compile_source(c, (struct str){ id, strlen(id) }, buf_str(&b)), ERR_OK);
		buf_free(&b);
	}
	assert_int_equal(compile_finish(c, NULL, 0, (struct file_stamp){ 1, 1 }, ret_block), ERR_OK);
	compile_close(&c);
}

static void threads_leave_no_trace(void **state)
{
	(void)state;
	struct buf one = { 0 };
	compile_by(1, &one);
	static const unsigned threads[] = { 2, 3, 4, 2, 3, 4, 2, 3, 4, 0, 8, 9, 1000 }; /* of none one, of many a few */
	for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
		struct buf many = { 0 };
		compile_by(threads[i], &many);
		assert_int_equal(many.n, one.n);
		assert_memory_equal(many.p, one.p, one.n);
		buf_free(&many);
	}
	buf_free(&one);
}

static enum err compile_two(struct buf *ret_block)
{
	static const struct str articles[] = {
		STR_LIT("---\nid: Q10001\ntitle: Flux fails\nmessages:\n  - text: 'Flux on {server} failed, Error = 53'\n"
			"    codes: ['win32:53']\n---\n## Symptoms\n\nThe flux of the capacitor fails.\n"),
		STR_LIT("DOCUMENT:Q10002  08-AUG-2001  [made]\nTITLE   :Flux Is Low\nPRODUCT :Flux\nPROD/VER::1.0\n"
			"KEYWORDS:kbtest\n\nSYMPTOMS\n========\n\nYou get this error message:\n\n"
			"   Flux capacitor on <servername> is low, Error = 67.\n") };
	struct compiler *c = NULL;
	enum err e = compile_open(1, &c);
	if (!e)
		e = compile_source(c, STR("Q10001"), articles[0]);
	if (!e)
		e = compile_source(c, STR("Q10002"), articles[1]);
	if (!e)
		e = compile_finish(c, NULL, 0, (struct file_stamp){ 1, 1 }, ret_block);
	compile_close(&c);
	return e;
}

/* What lacks a word would be kept beside the database, and answer from then on. */
static void what_memory_is_missing_for_is_not_compiled(void **state)
{
	(void)state;
	struct buf whole = { 0 };
	assert_int_equal(compile_two(&whole), ERR_OK);
	bool failed = true;
	for (long n = 0; failed; n++) {
		struct buf block = { 0 };
		calls_left = n;
		mem_set_resize(fail_once);
		enum err e = compile_two(&block);
		mem_set_resize(NULL);
		failed = calls_left < 0;
		assert_true(failed || !e);
		assert_true(e == ERR_NOMEM || (!e && str_eq(buf_str(&block), buf_str(&whole))));
		buf_free(&block);
	}
	buf_free(&whole);
}

static char folder[64], db[128], kept[160];

static void make_folder(void)
{
	strcpy(folder, "/tmp/kbt-matcher-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(db, sizeof db, "%s/kb.db", folder);
	snprintf(kept, sizeof kept, "%s.matcher", db);
}

static int64_t open_once(struct store *s)
{
	struct matcher *m;
	assert_int_equal(match_open(s, NULL, NULL, NULL, &m), ERR_OK);
	int64_t g = match_generation(m);
	match_close(&m);
	return g;
}

static ino_t inode(void)
{
	struct stat st;
	assert_int_equal(stat(kept, &st), 0);
	return st.st_ino;
}

static void it_is_kept_and_mended(void **state)
{
	(void)state;
	struct store *s;
	struct import_counts counts;
	const struct import_options options = { 0 };
	const char *paths[] = { "kb" };
	make_folder();
	assert_int_equal(store_open(db, STORE_WRITE, NULL, &s), ERR_OK);
	assert_int_equal(import_paths(s, paths, 1, &options, NULL, &counts), ERR_OK);
	int64_t generation = open_once(s);
	ino_t first = inode();
	assert_int_equal(open_once(s), generation);
	assert_int_equal(inode(), first); /* fresh: as it was */

	assert_int_equal(truncate(kept, 1000), 0);
	assert_int_equal(open_once(s), generation);
	assert_int_not_equal(inode(), first); /* truncated: anew */

	assert_int_equal(import_remove(s, STR("Q150536"), NULL), ERR_OK);
	assert_true(open_once(s) != generation); /* stale: anew */

	assert_int_equal(unlink(kept), 0);
	open_once(s);
	assert_int_equal(access(kept, R_OK), 0); /* missing: anew */
	store_close(&s);

	/* another KB of as many imports under the same path */
	ino_t before = inode();
	assert_int_equal(unlink(db), 0);
	assert_int_equal(store_open(db, STORE_WRITE, NULL, &s), ERR_OK);
	paths[0] = "kb/articles/Q150536.md";
	assert_int_equal(import_paths(s, paths, 1, &options, NULL, &counts), ERR_OK);
	assert_int_equal(import_remove(s, STR("Q150536"), NULL), ERR_OK);
	open_once(s);
	assert_int_not_equal(inode(), before);
	store_close(&s);
}

static void *cut_soon(void *context)
{
	const unsigned *turn = context;
	usleep(*turn * 150);
	return truncate(kept, (long)(*turn % 5) * 4096) ? context : NULL;
}

/* Whoever reads it at that moment goes on, over zeros. */
static void it_may_be_cut_while_it_is_read(void **state)
{
	(void)state;
	struct store *s;
	struct import_counts counts;
	struct match_answer answer;
	struct arena a = { 0 };
	const struct import_options options = { 0 };
	const char *paths[] = { "kb" };
	const struct str asked[] = { STR("Failed to connect to <\\\\HQ-SRV2>, Error = 53"),
				     STR("Mar 12 11:02:41 web1 ssh: connect to host nas1 port 22: No route to host") };
	make_folder();
	assert_int_equal(store_open(db, STORE_WRITE, NULL, &s), ERR_OK);
	assert_int_equal(import_paths(s, paths, 1, &options, NULL, &counts), ERR_OK);
	open_once(s);
	for (unsigned turn = 0; turn < 12; turn++) {
		struct matcher *m;
		struct match_scratch *scratch;
		pthread_t cutter;
		void *failed;
		enum err e = ERR_OK;
		assert_int_equal(match_open(s, NULL, NULL, NULL, &m), ERR_OK);
		assert_int_equal(match_scratch_open(m, &scratch), ERR_OK);
		assert_int_equal(pthread_create(&cutter, NULL, cut_soon, &turn), 0);
		for (unsigned i = 0; !e && i < 100000; i++) {
			e = match_message(m, scratch, asked[i % 2], NULL, &a, &answer);
			if (!e)
				assert_true(answer.explained);
			arena_reset(&a);
		}
		assert_int_equal(e, ERR_CUT);
		assert_false(match_is_whole(m));
		pthread_join(cutter, &failed);
		assert_null(failed);
		match_scratch_close(&scratch);
		match_close(&m);
	}
	store_close(&s);
	arena_free(&a);
}

static int clean_up(void **state)
{
	(void)state;
	char command[128];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damage_is_noticed),
		cmocka_unit_test(damaged_sayings_are_noticed),
		cmocka_unit_test(an_empty_kb_answers_too),
		cmocka_unit_test(an_article_without_a_word_is_one_too),
		cmocka_unit_test(threads_leave_no_trace),
		cmocka_unit_test(what_memory_is_missing_for_is_not_compiled),
		cmocka_unit_test_teardown(it_is_kept_and_mended, clean_up),
		cmocka_unit_test_teardown(it_may_be_cut_while_it_is_read, clean_up),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
