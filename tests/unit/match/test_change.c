/* SPDX-License-Identifier: MIT
 *
 * A few changed articles: found when added or changed, not found when removed, and all answers as those of a matcher
 * that was compiled anew.
 */
#include "tests/unit/unit.h"
#include "tests/unit/fail_once.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "match/change.h"
#include "match/literals.h"
#include "match/matcher.h"
#include "store/import.h"

static char folder[64];

static const char *in_folder(const char *name)
{
	static char paths[4][160];
	static unsigned at;
	char *path = paths[at++ % 4];
	snprintf(path, sizeof paths[0], "%s/%s", folder, name);
	return path;
}

static void import_one(struct store *s, const char *path)
{
	struct import_counts counts;
	assert_int_equal(import_paths(s, &path, 1, &(struct import_options){ 0 }, NULL, &counts), ERR_OK);
}

static void write_article(const char *id, const char *title, const char *message)
{
	FILE *f = fopen(in_folder("new/article.md"), "w");
	assert_non_null(f);
	fprintf(f,
		"---\nid: %s\ntitle: %s\ndate: 2026-11-22\nproducts: [Windows NT]\nmessages:\n"
		"  - text: '%s'\ncause: >\n  The flux is low.\nresolutions:\n  - kind: fix\n    text: >\n"
		"      Fill it.\nstatus: unknown\n---\n",
		id, title, message);
	fclose(f);
}

/* The store's present content, made of the older block. */
static struct matcher *change(struct store *s, const struct matcher *older)
{
	struct file_stamp stamp;
	struct arena a = { 0 };
	struct buf block = { 0 };
	struct store_code *codes;
	size_t code_count;
	struct matcher *m;
	assert_int_equal(store_generation(s, &stamp.generation), ERR_OK);
	assert_int_equal(store_identity(s, &stamp.identity), ERR_OK);
	assert_int_equal(store_all_codes(s, &a, &codes, &code_count), ERR_OK);
	assert_int_equal(change_block(&older->view, s, codes, code_count, stamp, &block), ERR_OK);
	assert_int_equal(matcher_of_block(&block, &m), ERR_OK);
	arena_free(&a);
	return m;
}

static struct matcher *open_anew(struct store *s)
{
	struct matcher *m;
	unlink(in_folder("kb.db.matcher"));
	assert_int_equal(match_open(s, NULL, NULL, NULL, &m), ERR_OK);
	return m;
}

/* The first answer, "" for none. */
static struct str ask(const struct matcher *m, struct str message, struct arena *a, double *ret_confidence)
{
	struct match_scratch *scratch;
	struct match_answer answer;
	assert_int_equal(match_scratch_open(m, &scratch), ERR_OK);
	assert_int_equal(match_message(m, scratch, message, NULL, a, &answer), ERR_OK);
	match_scratch_close(&scratch);
	*ret_confidence = answer.match_count ? answer.matches[0].confidence : 0;
	return answer.match_count ? arena_str(a, answer.matches[0].id) : STR("");
}

static void assert_first(const struct matcher *m, struct str message, struct str id)
{
	struct arena a = { 0 };
	double confidence;
	struct str first = ask(m, message, &a, &confidence);
	assert_true(str_eq(first, id));
	arena_free(&a);
}

struct comparing { const struct matcher *one, *other; unsigned count; };

static bool same_answer(void *context, uint32_t message, struct str text, const struct match_span *vars,
			size_t var_count)
{
	struct comparing *c = context;
	struct arena a = { 0 };
	double x, y;
	(void)message;
	(void)vars;
	(void)var_count;
	struct str first = ask(c->one, text, &a, &x), second = ask(c->other, text, &a, &y);
	assert_true(str_eq(first, second));
	assert_true(x - y < 0.02 && y - x < 0.02);
	c->count++;
	arena_free(&a);
	return true;
}

/* Messages and marks that a scan looks for. */
static unsigned count_sought(const struct matcher *m)
{
	struct literal_table t;
	bool *sought = calloc(m->view.owner_count + m->view.over_time_count + 1, sizeof *sought);
	unsigned count = 0;
	assert_non_null(sought);
	assert_int_equal(literals_of(m, &t), ERR_OK);
	for (uint32_t i = 0; i < t.message_count; i++) {
		count += !sought[t.messages[i].owner];
		sought[t.messages[i].owner] = true;
	}
	free(sought);
	return count;
}

static void assert_same_sayings(const struct file_view *a, const struct file_view *b)
{
	assert_true(a->saying_count > 1000);
	assert_int_equal(a->saying_count, b->saying_count);
	assert_memory_equal(a->sayings, b->sayings, a->saying_count * sizeof *a->sayings);
	assert_int_equal(a->header.sections[SEC_SAYING_TEXT].n, b->header.sections[SEC_SAYING_TEXT].n);
	assert_memory_equal(a->saying_text, b->saying_text, (size_t)a->header.sections[SEC_SAYING_TEXT].n);
}

static void assert_same(const struct matcher *changed, const struct matcher *anew)
{
	assert_true(count_sought(anew) > 30);
	assert_int_equal(count_sought(changed), count_sought(anew));
	assert_same_sayings(&changed->view, &anew->view);
	struct comparing c = { changed, anew, 0 };
	match_each_message(anew, same_answer, &c);
	assert_true(c.count > 30);
	c.count = 0;
	match_each_message(changed, same_answer, &c);
	assert_true(c.count > 30);
}

static int make_kb(void **state)
{
	struct store *s;
	strcpy(folder, "/tmp/kbt-change-XXXXXX");
	if (!mkdtemp(folder) || store_open(in_folder("kb.db"), STORE_WRITE, NULL, &s))
		return -1;
	char command[128];
	snprintf(command, sizeof command, "mkdir '%s/new'", folder);
	if (system(command))
		return -1;
	import_one(s, "kb");
	import_one(s, "tests/golden/match/articles");
	*state = s;
	return 0;
}

static const struct str low = STR_LIT("Flux capacitor on \\\\BRAVO is low, Error = 5353");
static const struct str high = STR_LIT("Flux accelerator on \\\\BRAVO overheats, Error = 5454");

static void articles_come_change_and_go(void **state)
{
	struct store *s = *state;
	struct matcher *was = open_anew(s), *added, *changed, *removed, *anew;
	write_article("Q999001", "Low flux", "Flux capacitor on <\\\\{server:netbios-name}> is low, Error = 5353");
	import_one(s, in_folder("new"));
	added = change(s, was);
	assert_first(added, low, STR("Q999001"));

	write_article("Q999001", "High flux",
		      "Flux accelerator on <\\\\{server:netbios-name}> overheats, Error = 5454");
	import_one(s, in_folder("new"));
	changed = change(s, added);
	assert_first(changed, high, STR("Q999001"));
	assert_first(changed, low, STR(""));
	anew = open_anew(s);
	assert_same(changed, anew);
	match_close(&anew);

	assert_int_equal(import_remove(s, STR("Q999001"), NULL), ERR_OK);
	assert_int_equal(import_remove(s, STR("Q150536"), NULL), ERR_OK);
	removed = change(s, changed);
	assert_first(removed, high, STR(""));
	anew = open_anew(s);
	assert_same(removed, anew);
	match_close(&anew);

	import_one(s, "kb"); /* and comes again: its messages had lost their owner */
	anew = change(s, removed);
	assert_same(anew, was);
	struct matcher *all[] = { was, added, changed, removed, anew };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		match_close(&all[i]);
}

static void the_second_open_reads_what_the_first_made(void **state)
{
	struct store *s = *state;
	struct matcher *m = open_anew(s), *second;
	write_article("Q100001", "Low flux", "Flux capacitor on <\\\\{server:netbios-name}> is low, Error = 5353");
	import_one(s, in_folder("new"));
	assert_int_equal(match_open(s, NULL, NULL, NULL, &second), ERR_OK);
	assert_int_equal(second->view.article_count, m->view.article_count + 1);
	/* numbered behind all others, as only the short way does: by id it is not the last */
	struct str last = file_str(&second->view, second->view.articles[m->view.article_count].id);
	assert_true(str_eq(last, STR("Q100001")));
	match_close(&m);
	assert_int_equal(match_open(s, NULL, NULL, NULL, &m), ERR_OK);
	assert_int_equal(m->view.header.checksum, second->view.header.checksum);
	assert_first(m, low, STR("Q100001"));
	match_close(&m);
	match_close(&second);
}

static void much_is_compiled_anew(void **state)
{
	struct store *s = *state, *other;
	struct buf block = { 0 };
	struct matcher *m;
	assert_int_equal(store_open(in_folder("other.db"), STORE_WRITE, NULL, &other), ERR_OK);
	import_one(other, "kb/articles/Q150536.md");
	assert_int_equal(match_open(other, NULL, NULL, NULL, &m), ERR_OK);
	assert_int_equal(change_block(&m->view, s, NULL, 0, (struct file_stamp){ 1, 1 }, &block), ERR_LIMIT);
	match_close(&m);
	store_close(&other);
}

static void what_memory_is_missing_for_is_not_changed(void **state)
{
	struct store *s;
	struct matcher *was;
	struct buf whole = { 0 };
	struct file_stamp stamp = { 2, 1 };
	(void)state;
	assert_int_equal(store_open(in_folder("few.db"), STORE_WRITE, NULL, &s), ERR_OK);
	import_one(s, "tests/golden/match/articles");
	assert_int_equal(match_open(s, NULL, NULL, NULL, &was), ERR_OK);
	write_article("Q999001", "Low flux", "Flux capacitor on <\\\\{server:netbios-name}> is low, Error = 5353");
	import_one(s, in_folder("new"));
	assert_int_equal(change_block(&was->view, s, NULL, 0, stamp, &whole), ERR_OK);
	bool failed = true;
	for (long n = 0; failed; n++) {
		struct buf block = { 0 };
		calls_left = n;
		mem_set_resize(fail_once);
		enum err e = change_block(&was->view, s, NULL, 0, stamp, &block);
		mem_set_resize(NULL);
		failed = calls_left < 0;
		assert_true(failed || !e);
		assert_true(e == ERR_NOMEM || (!e && str_eq(buf_str(&block), buf_str(&whole))));
		buf_free(&block);
	}
	buf_free(&whole);
	match_close(&was);
	store_close(&s);
}

static int clean_up(void **state)
{
	char command[128];
	struct store *s = *state;
	store_close(&s);
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(articles_come_change_and_go),
		cmocka_unit_test(the_second_open_reads_what_the_first_made),
		cmocka_unit_test(much_is_compiled_anew),
		cmocka_unit_test(what_memory_is_missing_for_is_not_changed),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_kb, clean_up);
}
