/* SPDX-License-Identifier: MIT
 *
 * The catalog: families of products, what passes a filter, what is counted.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/catalog.h"
#include "store/import.h"

static char dir[] = "/tmp/kbt-catalog-XXXXXX";
static struct arena arena;
static struct catalog *catalog;

static void write_article(const char *id, const char *date, const char *product, const char *codes)
{
	char path[100];
	snprintf(path, sizeof path, "%s/%s.md", dir, id);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "---\nid: %s\ntitle: About %s\ndate: %s\nproducts: [%s]\n%s---\nText.\n", id, id, date, product,
		codes);
	fclose(f);
}

static int setup(void **unused)
{
	(void)unused;
	struct diags d = { .arena = &arena };
	struct store *store = NULL;
	struct import_counts counts;
	const char *paths[] = { dir };
	char db[100];
	assert_non_null(mkdtemp(dir));
	snprintf(db, sizeof db, "%s/kb.db", dir);
	write_article("Q-a", "2001-02-03",
		      "'Gizmo Server, version 1.0', 'Gizmo Server, version 2.0', 'Microsoft Cog 95'",
		      "codes: [{value: 53, family: win32}, {value: -2147467259, family: hresult}]\n");
	write_article("Q-b", "2002-02-03", "'Gizmo Server versions 3.0, 4.0'",
		      "codes: [{value: 53, family: win32}, {value: 0x80004005, family: hresult}]\n");
	write_article("Q-c", "2001-12-03", "'Cog 95'", "");
	assert_int_equal(store_open(db, STORE_WRITE, &d, &store), ERR_OK);
	assert_int_equal(import_paths(store, paths, 1, &(struct import_options){ 0 }, &d, &counts), ERR_OK);
	assert_int_equal(counts.added, 3);
	assert_int_equal(catalog_open(store, &catalog), ERR_OK);
	store_close(&store);
	return 0;
}

static int teardown(void **unused)
{
	(void)unused;
	char command[120];
	catalog_close(&catalog);
	arena_free(&arena);
	snprintf(command, sizeof command, "rm -r %s", dir);
	return system(command);
}

static void families(void **unused)
{
	(void)unused;
	static const char *const cases[][2] = {
		{ "Microsoft Windows NT Server versions 3.5, 3.51", "Windows NT Server" },
		{ "Microsoft Windows NT Server, Enterprise Edition version 4.0", "Windows NT Server" },
		{ "the operating system: Microsoft Windows NT", "Windows NT" },
		{ "The Microsoft Foundation Classes (MFC), used with:", "Foundation Classes" },
		{ "Microsoft Windows 95", "Windows 95" },
		{ "Internet Information Server 4.0", "Internet Information Server" },
		{ "Microsoft Windows NT Server 3.5 3.51 4.0", "Windows NT Server" },
		{ "  ", "" },
		{ "4.0", "4.0" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str got = catalog_family(str_c(cases[i][0]));
		if (!str_eq(got, str_c(cases[i][1])))
			fail_msg("%s: %.*s", cases[i][0], STR_ARG(got));
	}
}

/* The ids that pass, in one text. */
static void check(struct catalog_filter filter, const struct str *ids, size_t count, const char *want)
{
	struct catalog_result r;
	struct buf out = { 0 };
	assert_int_equal(catalog_select(catalog, &filter, ids, count, 10, &arena, &r), ERR_OK);
	for (size_t i = 0; i < r.count; i++)
		buf_addf(&out, "%.*s ", STR_ARG(r.ids[i]));
	buf_add_char(&out, 0);
	assert_string_equal(out.p, want);
	buf_free(&out);
}

static void filters(void **unused)
{
	(void)unused;
	struct str some[] = { STR("Q-c"), STR("Q-none"), STR("Q-a") };
	check((struct catalog_filter){ 0 }, NULL, 0, "Q-b Q-c Q-a ");
	check((struct catalog_filter){ .product = STR("Gizmo Server") }, NULL, 0, "Q-b Q-a ");
	check((struct catalog_filter){ .product = STR("Cog 95"), .year = 2001 }, NULL, 0, "Q-c Q-a ");
	check((struct catalog_filter){ .product = STR("Cog") }, NULL, 0, "");
	check((struct catalog_filter){ .by_code = true, .code = 53 }, NULL, 0, "Q-b Q-a ");
	check((struct catalog_filter){ .by_code = true, .code = -2147467259 }, NULL, 0, "Q-b Q-a ");
	check((struct catalog_filter){ .by_code = true, .code = 0x80004005 }, NULL, 0, "Q-b Q-a ");
	check((struct catalog_filter){ .kind = STR("bug") }, NULL, 0, "");
	check((struct catalog_filter){ .kind = STR("ours") }, NULL, 0, "Q-b Q-c Q-a ");
	check((struct catalog_filter){ 0 }, some, 3, "Q-c Q-a ");
	check((struct catalog_filter){ 0 }, some, 0, "");
}

static void counts(void **unused)
{
	(void)unused;
	struct catalog_result r;
	assert_int_equal(catalog_select(catalog, &(struct catalog_filter){ 0 }, NULL, 0, 1, &arena, &r), ERR_OK);
	assert_int_equal(r.products.count, 1);
	assert_int_equal(r.products.all, 2);
	assert_int_equal(r.products.items[0].count, 2); /* two versions of one article count once */
	assert_int_equal(r.years.count, 2);
	assert_true(str_eq(r.years.items[0].name, STR("2002")));
	assert_int_equal(r.years.items[1].count, 2);
	assert_int_equal(r.codes.count, 1);
	assert_int_equal(r.codes.all, 2); /* one number, however it is written */
	assert_int_equal(r.codes.items[0].count, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(families),
		cmocka_unit_test(filters),
		cmocka_unit_test(counts),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
