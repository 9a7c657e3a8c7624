/* SPDX-License-Identifier: MIT
 *
 * Templates: the language of authored articles, and messages as archive articles quote them.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "rule/rule.h"

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct rule_template parsed(const char *text)
{
	struct rule_template t;
	assert_int_equal(rule_template_parse(str_c(text), &arena, NULL, &t), ERR_OK);
	return t;
}

static void language_has_literals_and_typed_variables(void **state)
{
	(void)state;
	struct rule_template t = parsed("Failed to connect to <\\\\{server:netbios-name}>, Error = 53");
	assert_int_equal(t.piece_count, 3);
	assert_str(t.pieces[0].text, "Failed to connect to <\\\\");
	assert_true(t.pieces[1].is_var);
	assert_str(t.vars[0].name, "server");
	assert_int_equal(t.vars[0].type, VAR_NETBIOS);
	assert_str(t.pieces[2].text, ">, Error = 53");
}

static void doubled_braces_are_one(void **state)
{
	(void)state;
	struct rule_template t = parsed("a {{b}} {c}");
	assert_str(t.pieces[0].text, "a {b} ");
	assert_str(t.vars[0].name, "c");
}

static void a_name_that_stands_twice_is_one_variable(void **state)
{
	(void)state;
	struct rule_template t = parsed("from {site} to {site}");
	assert_int_equal(t.var_count, 1);
	assert_int_equal(t.piece_count, 4);
}

static void wrong_templates_are_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = { "a {b", "a } b", "{a}", "x {:host}", "x {a b}", "x {a:no-such-type}",
					     "x {}" };
	struct rule_template t;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct diags d = { .arena = &arena };
		assert_int_equal(rule_template_parse(str_c(wrong[i]), &arena, &d, &t), ERR_INPUT);
		assert_int_equal(d.errors, 1);
	}
}

static struct rule rule_of(const char *body)
{
	struct article *article = NULL;
	struct rule rule;
	struct str text = arena_printf(
		&arena, "DOCUMENT:Q123456  08-AUG-2001  [x]\nTITLE   :Gizmos\n\nSYMPTOMS\n========\n\n%s", body);
	assert_int_equal(article_parse(text, &arena, NULL, &article), ERR_OK);
	assert_int_equal(rule_extract(article, &arena, NULL, &rule), ERR_OK);
	return rule;
}

static void an_announced_block_is_a_message(void **state)
{
	(void)state;
	struct rule r = rule_of("When it turns, you may receive the following error message:\n\n"
				"   The cog <cogname> is too large\n   for axle %1.\n\nThen it stops.\n");
	assert_int_equal(r.template_count, 1);
	assert_str(r.templates[0].text, "The cog <cogname> is too large for axle %1.");
	assert_int_equal(r.templates[0].var_count, 2);
	assert_int_equal(r.templates[0].place, PLACE_SYMPTOMS);
	assert_int_equal(r.templates[0].lines, 2);
	assert_true(r.templates[0].announced);
}

static void a_message_in_a_list_may_stand_no_deeper_than_its_item(void **state)
{
	(void)state;
	struct rule r = rule_of("These occur:\n\n - The lid is shut.\n\n - You receive this message:\n\n"
				"   Lid is stuck.\n\n - It rains.\n");
	assert_int_equal(r.template_count, 1);
	assert_str(r.templates[0].text, "Lid is stuck.");
}

static void a_name_of_a_kind_is_a_placeholder(void **state)
{
	(void)state;
	struct rule r = rule_of("This error message appears:\n\n   No way to make the lid file_name in CLUSTER_NAME\n");
	assert_int_equal(r.templates[0].var_count, 2);
	assert_str(r.templates[0].vars[0].name, "file");
	r = rule_of("This error message appears:\n\n   The column last_name has no lid\n");
	assert_int_equal(r.templates[0].var_count, 0);
}

static void an_announced_list_holds_a_message_each(void **state)
{
	(void)state;
	struct rule r = rule_of("When it turns, you may receive one of the following error messages:\n\n"
				"    - The cog is bent.\n\n - The cog <cogname>\n   has no teeth.\n\n"
				"   Count them first.\n\n - \"Axle lost\"\n\n - When it rains:\n\n"
				"Then it stops.\n\n - A list of its own\n");
	assert_int_equal(r.template_count, 3);
	assert_str(r.templates[0].text, "The cog is bent.");
	assert_str(r.templates[1].text, "The cog <cogname> has no teeth.");
	assert_true(r.templates[1].announced);
	assert_str(r.templates[2].text, "Axle lost");
	r = rule_of(" - It rains.\n\n - You see a message similar to the following:\n\n     - Lid is stuck.\n\n"
		    "     - Lid is lost.\n\n - The lid is shut.\n");
	assert_int_equal(r.template_count, 2);
	assert_str(r.templates[1].text, "Lid is lost.");
}

static void a_list_of_other_things_holds_none(void **state)
{
	(void)state;
	static const char *const heads[] = {
		"This error message appears if one of the following is true:",
		"These are the causes of the message, and the following cogs:",
		"The manual has the following documentation errors:",
		"To print the message, do the following:",
	};
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		struct str body = arena_printf(&arena, "%s\n\n - The cog is bent.\n\n - Axle lost.\n", heads[i]);
		assert_int_equal(rule_of(body.p).template_count, 0);
	}
}

static void a_sentence_types_the_variable(void **state)
{
	(void)state;
	struct rule r = rule_of(
		"This error message appears:\n\n   No way to <\\\\gizmo>, Error = 7\n\nwhere gizmo is the NetBIOS "
		"name\nof the server.\n");
	assert_int_equal(r.templates[0].var_count, 1);
	assert_str(r.templates[0].vars[0].name, "server");
	assert_int_equal(r.templates[0].vars[0].type, VAR_NETBIOS);
	assert_str(r.templates[0].vars[0].says, "<\\\\gizmo>");
}

static void addresses_are_samples_and_codes_are_not(void **state)
{
	(void)state;
	struct rule r =
		rule_of("The following messages appear:\n\n   GIZMO failed in COGS.DLL at 0137:bff9a28d.\n\n-or-\n\n"
			"   The code is 0x80070035 at 0x77f6489f.\n");
	assert_int_equal(r.template_count, 2);
	assert_int_equal(r.templates[0].var_count, 1);
	assert_true(r.templates[0].vars[0].sample);
	assert_str(r.templates[0].vars[0].name, "memory");
	assert_int_equal(r.templates[1].var_count, 1);
	assert_str(r.templates[1].vars[0].says, "0x77f6489f");
}

static void quotes_in_sentences_are_messages(void **state)
{
	(void)state;
	struct rule r = rule_of("The error message \"The lever of this gizmo is loose\" appears. See \"Help\".\n");
	assert_int_equal(r.template_count, 1);
	assert_str(r.templates[0].text, "The lever of this gizmo is loose");
}

static void listings_are_no_messages(void **state)
{
	(void)state;
	static const char *const none[] = {
		"Gizmo patch now (http://gizmo.example/patch.exe)",
		"http://gizmo.example/cogs all about cogs",
		"\"turn /all\" (without the quotation marks)",
		"G I Z M O",
		"Private Sub Cog_Turn() Cog.Turn 5 End Sub",
		"if (cog) { turn(cog); }",
		"Set gizmo = Gizmos(1);",
		"/* turns the cog */ turn cog",
		"<b>Turn the cog</b>",
	};
	static const char *const messages[] = {
		"Cannot open the site http://gizmo.example/cogs now",
		"Turn the cog first; then the axle.",
		"Line 4: invalid #include syntax",
		"Close the lid, then type \"TURN\" (without the quotation marks).",
		"Cannot turn {cog}, the lid is shut",
		"HKEY_GIZMO\\Cogs: the key is missing",
		"Cog fault ----- axle bent",
	};
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		if (rule_of(arena_printf(&arena, "This error message appears:\n\n   %s\n", none[i]).p).template_count)
			fail_msg("taken as a message: %s", none[i]);
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		if (!rule_of(arena_printf(&arena, "This error message appears:\n\n   %s\n", messages[i]).p)
			     .template_count)
			fail_msg("not taken as a message: %s", messages[i]);
	struct rule r = rule_of(
		"The cogs are as follows:\n\n   Cog name and size\n   ----------------- ----\n   small cog 2\n");
	assert_int_equal(r.template_count, 0);
}

static void lists_of_steps_are_none(void **state)
{
	(void)state;
	struct rule r =
		rule_of("To do this, follow these steps:\n\n1. Open the lid.\n\n2. Close the lid.\n\nDone so.\n");
	assert_int_equal(r.template_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(language_has_literals_and_typed_variables, teardown),
		cmocka_unit_test_teardown(doubled_braces_are_one, teardown),
		cmocka_unit_test_teardown(a_name_that_stands_twice_is_one_variable, teardown),
		cmocka_unit_test_teardown(wrong_templates_are_refused, teardown),
		cmocka_unit_test_teardown(an_announced_block_is_a_message, teardown),
		cmocka_unit_test_teardown(a_message_in_a_list_may_stand_no_deeper_than_its_item, teardown),
		cmocka_unit_test_teardown(a_name_of_a_kind_is_a_placeholder, teardown),
		cmocka_unit_test_teardown(an_announced_list_holds_a_message_each, teardown),
		cmocka_unit_test_teardown(a_list_of_other_things_holds_none, teardown),
		cmocka_unit_test_teardown(a_sentence_types_the_variable, teardown),
		cmocka_unit_test_teardown(addresses_are_samples_and_codes_are_not, teardown),
		cmocka_unit_test_teardown(quotes_in_sentences_are_messages, teardown),
		cmocka_unit_test_teardown(listings_are_no_messages, teardown),
		cmocka_unit_test_teardown(lists_of_steps_are_none, teardown),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
