/* SPDX-License-Identifier: MIT
 *
 * JSON as it is written, YAML as it is read.
 */

#include "tests/unit/unit.h"

#include "base/json.h"
#include "base/tree.h"

static void json_has_its_commas_and_escapes(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct json j = json_to(&b);
	json_object(&j);
	json_key_str(&j, "a\"b", STR("line\nend \x01 \xFF \x7F \\"));
	json_key(&j, "list");
	json_array(&j);
	json_int(&j, -5);
	json_real(&j, 0.25, 2);
	json_real(&j, 1e308 * 10, 2);
	json_array(&j);
	json_end_array(&j);
	json_end_array(&j);
	json_key_bool(&j, "yes", true);
	json_end_object(&j);
	assert_str(buf_str(&b), "{\"a\\\"b\":\"line\\nend \\u0001 \xEF\xBF\xBD \\u007f \\\\\","
				"\"list\":[-5,0.25,null,[]],\"yes\":true}");
	buf_free(&b);
}

static enum err parse(struct arena *a, struct diags *d, struct str text, struct tree **ret_tree)
{
	*d = (struct diags){ .arena = a };
	return tree_parse(text, 10, a, d, ret_tree);
}

static void tree_reads_maps_lists_and_scalars(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct diags d;
	struct tree *t;
	assert_int_equal(parse(&a, &d, STR("id: Q1\nlist:\n- {k: 0.5}\n- 'no: map'\non: yes\n"), &t), ERR_OK);
	assert_str(tree_str(t, "id"), "Q1");
	const struct tree *list = tree_get(t, "list");
	assert_int_equal(list->kind, TREE_LIST);
	assert_int_equal(list->count, 2);
	assert_int_equal(list->items[1].line, 13);
	double v;
	assert_true(tree_real(&list->items[0], "k", &v) && v == 0.5);
	assert_str(list->items[1].value, "no: map");
	assert_true(list->items[1].quoted);
	assert_true(tree_bool(t, "on"));
	assert_null(tree_get(t, "none"));
	assert_int_equal(tree_str(NULL, "none").n, 0);
	assert_int_equal(parse(&a, &d, STR(""), &t), ERR_OK);
	assert_int_equal(t->count, 0);
	arena_free(&a);
}

static void tree_refuses_what_hides_or_explodes(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct diags d;
	struct tree *t = NULL;
	const struct str bad[] = {
		STR_LIT("a: &x 1\n"), STR_LIT("a: *x\n"), STR_LIT("a: 1\na: 2\n"), STR_LIT("--- 1\n--- 2\n"),
		STR_LIT("a: [1, 2\n"), STR_LIT("? {a: 1}\n: 2\n"), STR_LIT("\x01"), STR_LIT("a: \xFF\n"),
		STR_LIT("[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]"),
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(parse(&a, &d, bad[i], &t), ERR_INPUT);
		assert_int_equal(d.errors, 1);
		assert_true(d.items[0].line >= 10 || d.items[0].line == 0);
	}
	assert_null(t);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_its_commas_and_escapes),
		cmocka_unit_test(tree_reads_maps_lists_and_scalars),
		cmocka_unit_test(tree_refuses_what_hides_or_explodes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
