/* SPDX-License-Identifier: MIT
 *
 * The store through its own calls: what comes back is what went in, and the derived rows say what the sources say.
 */
#include "tests/unit/unit.h"
#include "tests/unit/fail_once.h"

#include <stdlib.h>

#include "store/import.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	char dir[64], db[96];
	struct arena arena;
	struct diags diags;
	struct store *store;
};

static enum err import(struct fixture *f, const char *path, bool replace, struct import_counts *counts)
{
	struct import_options options = { .replace = replace, .threads = 2 };
	return import_paths(f->store, &path, 1, &options, &f->diags, counts);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	strcpy(f->dir, "/tmp/kbt-store-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->db, sizeof f->db, "%s/kb.db", f->dir);
	f->diags.arena = &f->arena;
	assert_int_equal(store_open(f->db, STORE_WRITE, &f->diags, &f->store), ERR_OK);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	store_close(&f->store);
	unlink(f->db);
	rmdir(f->dir);
	arena_free(&f->arena);
	free(f);
	return 0;
}

static void assert_same(struct str got, struct str want)
{
	if (!str_eq(got, want))
		fail_msg("got '%.*s', want '%.*s'", STR_ARG(got), STR_ARG(want));
}

static void assert_template(const struct rule_template *got, const struct rule_template *want)
{
	assert_same(got->text, want->text);
	assert_int_equal(got->place, want->place);
	assert_int_equal(got->lines, want->lines);
	assert_int_equal(got->announced, want->announced);
	assert_int_equal(got->var_count, want->var_count);
	for (size_t i = 0; i < got->var_count; i++) {
		assert_same(got->vars[i].name, want->vars[i].name);
		assert_same(got->vars[i].says, want->vars[i].says);
		assert_int_equal(got->vars[i].type, want->vars[i].type);
		assert_int_equal(got->vars[i].sample, want->vars[i].sample);
	}
	assert_int_equal(got->piece_count, want->piece_count);
	for (size_t i = 0; i < got->piece_count; i++) {
		assert_int_equal(got->pieces[i].is_var, want->pieces[i].is_var);
		if (got->pieces[i].is_var)
			assert_int_equal(got->pieces[i].var, want->pieces[i].var);
		else
			assert_same(got->pieces[i].text, want->pieces[i].text);
	}
}

static void assert_names(const struct str *got, size_t got_count, const struct str *want, size_t want_count)
{
	assert_int_equal(got_count, want_count);
	for (size_t i = 0; i < got_count; i++)
		assert_same(got[i], want[i]);
}

/* Samples are for lint alone and are not kept as rows. */
static void assert_rule(const struct rule *got, const struct rule *want)
{
	assert_same(got->id, want->id);
	assert_same(got->cause, want->cause);
	assert_int_equal(got->status, want->status);
	assert_same(got->status_text, want->status_text);
	assert_int_equal(got->authored, want->authored);
	assert_int_equal(got->template_count, want->template_count);
	for (size_t i = 0; i < got->template_count; i++)
		assert_template(&got->templates[i], &want->templates[i]);
	assert_int_equal(got->code_count, want->code_count);
	for (size_t i = 0; i < got->code_count; i++) {
		assert_true(got->codes[i].value == want->codes[i].value);
		assert_same(got->codes[i].family, want->codes[i].family);
		assert_same(got->codes[i].symbol, want->codes[i].symbol);
		assert_int_equal(got->codes[i].defining, want->codes[i].defining);
	}
	assert_int_equal(got->resolution_count, want->resolution_count);
	for (size_t i = 0; i < got->resolution_count; i++) {
		assert_int_equal(got->resolutions[i].kind, want->resolutions[i].kind);
		assert_same(got->resolutions[i].text, want->resolutions[i].text);
		assert_same(got->resolutions[i].where, want->resolutions[i].where);
		assert_same(got->resolutions[i].caveat, want->resolutions[i].caveat);
	}
	assert_names(got->log_files, got->log_file_count, want->log_files, want->log_file_count);
	assert_names(got->components, got->component_count, want->components, want->component_count);
	assert_names(got->cause_classes, got->cause_class_count, want->cause_classes, want->cause_class_count);
	assert_names(got->probes, got->probe_count, want->probes, want->probe_count);
}

struct walk {
	struct fixture *f;
	struct str last; /* id */
	size_t count;
};

/* Visits are asked for while the walk holds its own statement: the store keeps them apart. */
static enum err compare_rules(void *context, struct str id, const struct store_source *source)
{
	struct walk *w = context;
	struct arena a = { 0 };
	struct article *article, *authored;
	struct rule rows, text;
	assert_true(source->bytes.n > 0);
	assert_true(str_cmp(w->last, id) <= 0);
	w->last = arena_str(&w->f->arena, id);
	assert_int_equal(store_rule(w->f->store, id, &a, &rows), ERR_OK);
	assert_int_equal(store_load(w->f->store, id, &a, &article, &authored, &text), ERR_OK);
	assert_rule(&rows, &text);
	w->count++;
	arena_free(&a);
	return ERR_OK;
}

static void rows_say_what_the_sources_say(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts;
	assert_int_equal(import(f, "kb", false, &counts), ERR_OK);
	assert_true(counts.added > 20);
	struct walk w = { .f = f };
	assert_int_equal(store_each_source(f->store, compare_rules, &w), ERR_OK);
	assert_int_equal(w.count, counts.added);
}

static void rows_say_what_the_archive_says(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts;
	const char *shared = getenv("KBT_SHARED");
	char path[256];
	snprintf(path, sizeof path, "%s/archive/kbarchive-md.tar.zst", shared ? shared : "../shared");
	if (access(path, R_OK)) {
		printf("# reason: the shared data is missing (KBT_SHARED)\n");
		skip();
	}
	assert_int_equal(import(f, path, false, &counts), ERR_OK);
	struct walk w = { .f = f };
	assert_int_equal(store_each_source(f->store, compare_rules, &w), ERR_OK);
	assert_int_equal(w.count, 8478);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void sources_come_back_byte_for_byte(void **state)
{
	static const char text[] = "---\nid: Q-test-one\ntitle: A test {of} braces\ndate: 2026-01-02\n"
				   "messages:\n  - text: 'Set {{x}} to {value:number} of {value:number} failed'\n---\n"
				   "## Symptoms\nNothing.\n";
	struct fixture *f = *state;
	struct import_counts counts;
	char path[128];
	snprintf(path, sizeof path, "%s/one.md", f->dir);
	write_text(path, text);
	assert_int_equal(import(f, path, false, &counts), ERR_OK);
	unlink(path);
	struct store_source *sources;
	size_t count;
	struct str id;
	assert_true(article_id(STR("q-test-one"), &f->arena, &id));
	assert_int_equal(store_article(f->store, id, &f->arena, &sources, &count), ERR_OK);
	assert_int_equal(count, 1);
	assert_same(sources[0].bytes, str_c(text));
	assert_same(sources[0].format, STR("authored"));
	assert_true(str_ends(sources[0].origin, STR("/one.md")));
	struct rule rule;
	assert_int_equal(store_rule(f->store, id, &f->arena, &rule), ERR_OK);
	assert_int_equal(rule.template_count, 1);
	assert_same(rule.templates[0].pieces[0].text, STR("Set {x} to "));
	assert_int_equal(store_article(f->store, STR("Q1"), &f->arena, &sources, &count), ERR_NOTFOUND);
}

static void generation_counts_changes_only(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts;
	int64_t first, second;
	assert_int_equal(import(f, "kb/articles", false, &counts), ERR_OK);
	assert_int_equal(store_generation(f->store, &first), ERR_OK);
	assert_int_equal(import(f, "kb/articles", false, &counts), ERR_OK);
	assert_int_equal(store_generation(f->store, &second), ERR_OK);
	assert_int_equal(first, second);
	assert_int_equal(counts.added + counts.changed, 0);
	assert_int_equal(import_remove(f->store, STR("Q150536"), &f->diags), ERR_OK);
	assert_int_equal(store_generation(f->store, &second), ERR_OK);
	assert_int_equal(second, first + 1);
	assert_int_equal(import_remove(f->store, STR("Q150536"), &f->diags), ERR_NOTFOUND);
}

static bool stop_at_once(void *context, int64_t done, int64_t total, int64_t articles)
{
	(void)context, (void)done, (void)total, (void)articles;
	return false;
}

static void stopped_import_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts = { .added = -1 };
	const char *path = "kb";
	struct import_options options = { .progress = stop_at_once };
	assert_int_equal(import_paths(f->store, &path, 1, &options, &f->diags, &counts), ERR_INTERRUPTED);
	assert_int_equal(counts.added, -1);
	struct store *reader;
	assert_int_equal(store_open(f->db, STORE_READ, &f->diags, &reader), ERR_MISSING);
	assert_int_equal(import(f, path, false, &counts), ERR_OK);
}

static void codes_and_causes_come_back(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts;
	struct store_code *codes;
	struct store_source *files;
	size_t count;
	assert_int_equal(import(f, "kb", false, &counts), ERR_OK);
	assert_int_equal(store_codes(f->store, 53, &f->arena, &codes, &count), ERR_OK);
	bool win32 = false;
	for (size_t i = 0; i < count; i++)
		win32 = win32 ||
			(str_eq(codes[i].family, STR("win32")) && str_eq(codes[i].symbol, STR("ERROR_BAD_NETPATH")));
	assert_true(win32);
	assert_int_equal(store_all_codes(f->store, &f->arena, &codes, &count), ERR_OK);
	assert_int_equal(count, counts.codes);
	assert_int_equal(store_causes(f->store, &f->arena, &files, &count), ERR_OK);
	assert_int_equal(count, counts.causes);
	for (size_t i = 1; i < count; i++)
		assert_true(str_cmp(files[i - 1].origin, files[i].origin) < 0);
}

static void readers_in_a_freeze_see_one_generation(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts;
	struct store *reader;
	struct store_brief brief;
	assert_int_equal(import(f, "kb/articles", false, &counts), ERR_OK);
	assert_int_equal(store_open(f->db, STORE_READ, &f->diags, &reader), ERR_OK);
	store_freeze(reader);
	store_freeze(reader);
	assert_int_equal(store_brief(reader, STR("Q150536"), &f->arena, &brief), ERR_OK);
	store_thaw(reader);
	assert_int_equal(store_brief(reader, STR("Q221951"), &f->arena, &brief), ERR_OK);
	store_thaw(reader);
	assert_int_equal(import_remove(f->store, STR("Q150536"), &f->diags), ERR_OK);
	assert_int_equal(store_brief(reader, STR("Q150536"), &f->arena, &brief), ERR_NOTFOUND);
	store_close(&reader);
	assert_null(reader);
}

static bool say_waiting(void *waited, bool tell)
{
	*(bool *)waited |= tell;
	return true;
}

static bool goes_on(void *waited, int64_t done_bytes, int64_t total_bytes, int64_t articles)
{
	(void)done_bytes, (void)total_bytes, (void)articles;
	return !*(bool *)waited;
}

static void spoil(const char *db, const char *sql)
{
	sqlite3 *file;
	assert_int_equal(sqlite3_open(db, &file), SQLITE_OK);
	assert_int_equal(sqlite3_exec(file, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(file);
}

/* The import is what mends it. */
static void who_met_a_damaged_row_holds_up_no_import(void **state)
{
	static const char *const damages[] = { "UPDATE variable SET type = 'none'", "UPDATE template SET pattern = '{99}'" };
	struct fixture *f = *state;
	struct import_counts counts;
	const char *path = "kb/articles";
	for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
		struct store *reader, *writer;
		struct rule rule;
		bool waited = false;
		struct import_options options = { .replace = true, .progress = goes_on, .context = &waited };
		assert_int_equal(import(f, path, true, &counts), ERR_OK);
		assert_int_equal(store_open(f->db, STORE_READ, &f->diags, &reader), ERR_OK);
		assert_int_equal(store_rule(reader, STR("Q150536"), &f->arena, &rule), ERR_OK);
		spoil(f->db, damages[i]);
		assert_int_equal(store_rule(reader, STR("Q150536"), &f->arena, &rule), ERR_DAMAGED);
		assert_int_equal(store_open_saying(f->db, STORE_WRITE, say_waiting, &waited, &f->diags, &writer), ERR_OK);
		assert_int_equal(import_paths(writer, &path, 1, &options, &f->diags, &counts), ERR_OK);
		assert_int_equal(store_rule(reader, STR("Q150536"), &f->arena, &rule), ERR_OK);
		store_close(&writer);
		store_close(&reader);
	}
}

static sqlite3 *beside;

/* lock_out: a reader comes when the file is about to be made smaller. */
static int lock_out(unsigned kind, void *db, void *statement, void *text)
{
	(void)kind, (void)statement;
	if (beside && str_eq(str_c(text), STR("VACUUM"))) {
		sqlite3_busy_timeout(db, 0);
		sqlite3_exec(beside, "BEGIN; SELECT count(*) FROM meta", NULL, NULL, NULL);
	}
	return 0;
}

static int watch(sqlite3 *db, char **ret_error, const struct sqlite3_api_routines *api)
{
	(void)ret_error, (void)api;
	return sqlite3_trace_v2(db, SQLITE_TRACE_STMT, lock_out, db);
}

static void an_import_is_done_before_its_file_is_made_smaller(void **state)
{
	struct fixture *f = *state;
	struct import_counts counts = { 0 };
	struct store_brief brief;
	assert_int_equal(import(f, "kb/articles", false, &counts), ERR_OK);
	store_close(&f->store);
	assert_int_equal(sqlite3_auto_extension((void (*)(void))watch), SQLITE_OK);
	assert_int_equal(store_open(f->db, STORE_WRITE, &f->diags, &f->store), ERR_OK);
	sqlite3_reset_auto_extension();
	assert_int_equal(sqlite3_open(f->db, &beside), SQLITE_OK);
	enum err e = import(f, "kb/articles/Q150536.md", true, &counts);
	sqlite3_close(beside);
	beside = NULL;
	assert_int_equal(e, ERR_OK);
	assert_int_equal(counts.added, 1);
	assert_int_equal(f->diags.errors, 0);
	assert_non_null(strstr(f->diags.items[f->diags.count - 1].text.p, "keeps the size it had"));
	assert_int_equal(store_brief(f->store, STR("Q150536"), &f->arena, &brief), ERR_OK);
	assert_int_equal(store_brief(f->store, STR("Q221951"), &f->arena, &brief), ERR_NOTFOUND);
}

static enum err add_id(void *ids, struct str id, const struct store_source *source)
{
	(void)source;
	buf_add(ids, id);
	buf_add_char(ids, ' ');
	return ERR_OK;
}

/* write_wide: an article of our own in UTF-16. */
static void write_wide(const char *path)
{
	FILE *file = fopen(path, "wb");
	fwrite("\xff\xfe", 1, 2, file);
	for (const char *c = "---\nid: Q-wide\ntitle: Wide\n---\n## Cause\n\nIt is wide.\n"; *c; c++)
		fwrite((char[]){ *c, 0 }, 1, 2, file);
	fclose(file);
}

/* All or nothing, also where memory is missing for a moment, and for whatever. */
static void what_memory_is_missing_for_is_not_imported(void **state)
{
	struct fixture *f = *state;
	char wide[96];
	snprintf(wide, sizeof wide, "%s/wide.md", f->dir);
	write_wide(wide);
	const char *paths[] = { "kb/articles/Q150536.md", wide };
	struct import_options options = { .replace = true, .threads = 1 };
	struct import_counts counts;
	struct rule whole, rule;
	assert_int_equal(import_paths(f->store, paths, 2, &options, &f->diags, &counts), ERR_OK);
	assert_int_equal(store_rule(f->store, STR("Q150536"), &f->arena, &whole), ERR_OK);
	bool failed = true;
	for (long n = 0; failed; n++) {
		struct arena said = { 0 }, a = { 0 };
		struct diags d = { .arena = &said };
		struct buf ids = { 0 };
		calls_left = n;
		mem_set_resize(fail_once);
		enum err e = import_paths(f->store, paths, 2, &options, &d, &counts);
		mem_set_resize(NULL);
		failed = calls_left < 0;
		assert_int_equal(e, failed ? ERR_NOMEM : ERR_OK);
		assert_int_equal(store_each_source(f->store, add_id, &ids), ERR_OK);
		assert_same(buf_str(&ids), STR("Q-wide Q150536 "));
		assert_int_equal(store_rule(f->store, STR("Q150536"), &a, &rule), ERR_OK);
		assert_rule(&rule, &whole);
		buf_free(&ids);
		arena_free(&a);
		arena_free(&said);
	}
	unlink(wide);
}

static void nobody_need_listen_to_an_import(void **state)
{
	struct fixture *f = *state;
	char path[96];
	const char *const paths[] = { path };
	struct import_options options = { .threads = 1 };
	struct import_counts counts;
	snprintf(path, sizeof path, "%s/odd.md", f->dir);
	write_text(path, "---\nid: Q-odd\ntitle: Odd\nunheard: of\n---\n");
	assert_int_equal(import_paths(f->store, paths, 1, &options, NULL, &counts), ERR_OK);
	assert_int_equal(counts.added, 1);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rows_say_what_the_sources_say, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rows_say_what_the_archive_says, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sources_come_back_byte_for_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(generation_counts_changes_only, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stopped_import_changes_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(codes_and_causes_come_back, set_up, tear_down),
		cmocka_unit_test_setup_teardown(readers_in_a_freeze_see_one_generation, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_met_a_damaged_row_holds_up_no_import, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_memory_is_missing_for_is_not_imported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_need_listen_to_an_import, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_import_is_done_before_its_file_is_made_smaller, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
