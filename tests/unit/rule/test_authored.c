/* SPDX-License-Identifier: MIT
 *
 * The front matter of authored articles: every key arrives in the rule, and what is wrong is said with its line.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "rule/rule.h"

static struct arena arena;
static struct diags diags = { .arena = &arena };

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	diags = (struct diags){ .arena = &arena };
	return 0;
}

static struct rule rule_of(const char *front)
{
	struct article *article = NULL;
	struct rule rule;
	struct str text = arena_printf(&arena, "---\nid: Q123456\ntitle: A cog\n%s---\n## Cause\n\nRust.\n", front);
	assert_int_equal(article_parse(text, &arena, &diags, &article), ERR_OK);
	assert_int_equal(rule_extract(article, &arena, &diags, &rule), ERR_OK);
	return rule;
}

static void every_key_arrives(void **state)
{
	(void)state;
	struct rule r = rule_of("messages:\n  - text: 'Cog {n:number} stuck'\n  - 'Cog lost'\n"
				"codes:\n  - {value: 0x35, family: win32, symbol: COG}\n"
				"components: [gizmo]\nlog_files: [Gizmo.log]\ncause: Rust.\n"
				"resolutions:\n  - {kind: fix, text: Oil., where: server, caveat: Slippery.}\n"
				"  - kind: workaround\n    text: Push.\n"
				"status: no-known-fix\nstatus_text: Open.\ncauses: [tcp-refused-both]\nprobes: [dns]\n"
				"samples:\n  match:\n    - text: Cog 7 stuck\n      binds: {n: \"7\"}\n  not: [Cog]\n");
	assert_int_equal(diags.count, 0);
	assert_true(r.authored);
	assert_int_equal(r.template_count, 2);
	assert_int_equal(r.templates[0].place, PLACE_AUTHORED);
	assert_int_equal(r.templates[0].vars[0].type, VAR_NUMBER);
	assert_int_equal(r.codes[0].value, 53);
	assert_true(r.codes[0].defining);
	assert_str(r.codes[0].symbol, "COG");
	assert_str(r.components[0], "gizmo");
	assert_str(r.log_files[0], "Gizmo.log");
	assert_str(r.cause, "Rust.");
	assert_int_equal(r.resolution_count, 2);
	assert_str(r.resolutions[0].where, "server");
	assert_str(r.resolutions[0].caveat, "Slippery.");
	assert_int_equal(r.resolutions[1].kind, RESOLUTION_WORKAROUND);
	assert_int_equal(r.status, STATUS_NO_FIX);
	assert_str(r.status_text, "Open.");
	assert_str(r.cause_classes[0], "tcp-refused-both");
	assert_str(r.probes[0], "dns");
	assert_int_equal(r.sample_count, 2);
	assert_true(r.samples[0].matches && !r.samples[1].matches);
	assert_str(tree_str(r.samples[0].binds, "n"), "7");
}

/* each case has its one mistake on line 4 or 5 of the file */
static void each_mistake_has_its_line(void **state)
{
	(void)state;
	static const struct { const char *front; uint32_t line; } cases[] = {
		{ "messages: [x]\nmesages: []\n", 5 },
		{ "messages:\n  - text: 'an {open brace'\n", 5 },
		{ "messages:\n  - {text: x, txet: y}\n", 5 },
		{ "messages: [x]\ncodes: [{value: many}]\n", 5 },
		{ "messages: [x]\ncodes: [53]\n", 5 },
		{ "messages: [x]\nresolutions: [{kind: magic, text: x}]\n", 5 },
		{ "messages: [x]\nresolutions: [{kind: fix}]\n", 5 },
		{ "messages: [x]\nstatus: maybe\n", 5 },
		{ "messages: [x]\ncause: [a, b]\n", 5 },
		{ "messages: [x]\nsamples: {never: [x]}\n", 5 },
		{ "messages: [x]\nsamples: {not: [{text: x, binds: {a: b}}]}\n", 5 },
		{ "messages: [x]\nlog_files: [{a: b}]\n", 5 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		rule_of(cases[i].front);
		if (!diags.errors || diags.items[0].line != cases[i].line)
			fail_msg("%s: %zu errors, the first on line %u", cases[i].front, diags.errors,
				 diags.count ? diags.items[0].line : 0);
		teardown(NULL);
	}
}

static void a_rule_without_messages_is_warned_of(void **state)
{
	(void)state;
	rule_of("");
	assert_int_equal(diags.errors, 0);
	assert_int_equal(diags.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(every_key_arrives, teardown),
		cmocka_unit_test_teardown(each_mistake_has_its_line, teardown),
		cmocka_unit_test_teardown(a_rule_without_messages_is_warned_of, teardown),
	};
	return cmocka_run_group_tests_name("authored rules", tests, NULL, NULL);
}
