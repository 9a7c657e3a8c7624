/* SPDX-License-Identifier: MIT
 *
 * Cause, remedies, status and names, from texts of our own with headings and without; and prose itself.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "rule/prose.h"
#include "rule/rule.h"

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct rule rule_of(const char *body)
{
	struct article *article = NULL;
	struct rule rule;
	struct str text =
		arena_printf(&arena, "DOCUMENT:Q123456  08-AUG-2001  [x]\nTITLE   :Gizmo.exe Err Msg\n\n%s", body);
	assert_int_equal(article_parse(text, &arena, NULL, &article), ERR_OK);
	assert_int_equal(rule_extract(article, &arena, NULL, &rule), ERR_OK);
	return rule;
}

static void headings_say_it_where_they_are_there(void **state)
{
	(void)state;
	struct rule r =
		rule_of("SYMPTOMS\n========\n\nIt fails.\n\nCAUSE\n=====\n\nThe cog is\nrusty.\n\n- old\n- wet\n\n"
			"RESOLUTION\n==========\n\nWARNING: Cogs are sharp.\n\nTo resolve this, do this on the site\n"
			"server:\n\n1. Open it.\n\n2. Oil\n   it.\n\nFor more information, see the following:\n\n"
			"   Q234567 Oil\n\nWORKAROUND\n==========\n\nTurn it by hand.\n\n"
			"STATUS\n======\n\nAcme has confirmed this to be a problem in Gizmo 1.0.\n");
	assert_str(r.cause, "The cog is rusty.\n- old\n- wet");
	assert_int_equal(r.resolution_count, 2);
	assert_int_equal(r.resolutions[0].kind, RESOLUTION_FIX);
	assert_str(r.resolutions[0].text, "To resolve this, do this on the site server:\n1. Open it.\n2. Oil it.");
	assert_str(r.resolutions[0].where, "site server");
	assert_str(r.resolutions[0].caveat, "WARNING: Cogs are sharp.");
	assert_int_equal(r.resolutions[1].kind, RESOLUTION_WORKAROUND);
	assert_str(r.resolutions[1].text, "Turn it by hand.");
	assert_int_equal(r.status, STATUS_CONFIRMED);
	assert_str(r.status_text, "Acme has confirmed this to be a problem in Gizmo 1.0.");
}

static void sentences_say_it_where_headings_are_missing(void **state)
{
	(void)state;
	struct rule r =
		rule_of("SYMPTOMS\n========\n\nThe cog is stuck. Gizmo.log says:\n\n   Cog stuck (5)\n\n"
			"To work around this problem, turn the cog by hand.\n\n"
			"STATUS\n======\n\nAcme has confirmed this to be a problem in Gizmo. This problem has\n"
			"been corrected in the latest U.S. service pack for Gizmo. For\n"
			"information on obtaining it, query on the following word:\n\n   S E R V P A C K\n\n"
			"MORE INFORMATION\n================\n\nThe new Cog.dll has been improved. It tries again.\n\n"
			"To install the hotfix, perform the following step on the server:\n\n"
			"Replace the COG.DLL file in the <root>\\BIN directory on each Gizmo server.\n\nUnrelated.\n");
	assert_int_equal(r.resolution_count, 3);
	assert_int_equal(r.resolutions[0].kind, RESOLUTION_WORKAROUND);
	assert_str(r.resolutions[0].text, "To work around this problem, turn the cog by hand.");
	assert_int_equal(r.resolutions[0].line, 11);
	assert_int_equal(r.resolutions[1].kind, RESOLUTION_FIX);
	assert_str(r.resolutions[1].text,
		   "This problem has been corrected in the latest U.S. service pack for Gizmo. (keyword SERVPACK)");
	assert_int_equal(r.resolutions[2].kind, RESOLUTION_FIX);
	assert_str(r.resolutions[2].text,
		   "To install the hotfix, perform the following step on the server:\n\n"
		   "Replace the COG.DLL file in the <root>\\BIN directory on each Gizmo server.");
	assert_str(r.resolutions[2].where, "each Gizmo server, <root>\\BIN");
	assert_int_equal(r.status, STATUS_FIXED);
	assert_str(r.cause, "The new Cog.dll has been improved. It tries again.");
	assert_int_equal(r.log_file_count, 1);
	assert_str(r.log_files[0], "Gizmo.log");
	assert_str(r.components[0], "Gizmo");
}

static void methods_are_resolutions_of_their_own(void **state)
{
	(void)state;
	struct rule r = rule_of(
		"RESOLUTION\n==========\n\nTo resolve this, use one of the following methods.\n\n"
		"Method 1: Oil it.\n\nMethod 2\n--------\n\nReplace it.\n\nTo work around this problem, push.\n\n"
		"Windows NT 4.0\n--------------\n\nObtain the latest service pack.\n");
	assert_int_equal(r.resolution_count, 4);
	assert_str(r.resolutions[0].text, "Oil it.");
	assert_str(r.resolutions[1].text, "Replace it.");
	assert_int_equal(r.resolutions[1].kind, RESOLUTION_FIX);
	assert_int_equal(r.resolutions[2].kind, RESOLUTION_WORKAROUND);
	assert_str(r.resolutions[2].text, "To work around this problem, push.");
	assert_str(r.resolutions[3].where, "Windows NT 4.0");
}

static void statuses_are_told_apart(void **state)
{
	(void)state;
	static const struct { const char *text; enum rule_status status; } cases[] = {
		{ "Acme has confirmed this to be a problem in Gizmo.", STATUS_CONFIRMED },
		{ "Acme has confirmed this to be a bug. We are researching this problem and will post news.",
		  STATUS_NO_FIX },
		{ "This behavior is by design.", STATUS_BY_DESIGN },
		{ "This problem was first corrected in Gizmo 2.0.", STATUS_FIXED },
		{ "This problem has not been corrected in Gizmo 2.0.", STATUS_NO_FIX },
		{ "This problem will be corrected in a later version.", STATUS_UNKNOWN },
		{ "Nothing is known.", STATUS_UNKNOWN },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *body = arena_printf(&arena, "STATUS\n======\n\n%s\n", cases[i].text).p;
		assert_int_equal(rule_of(body).status, cases[i].status);
	}
	struct rule none = rule_of("RESOLUTION\n==========\n\nThere is no resolution to this problem.\n");
	assert_int_equal(none.resolution_count, 0);
	assert_int_equal(none.status, STATUS_NO_FIX);
	struct rule fetched = rule_of("RESOLUTION\n==========\n\nTo resolve this, obtain the latest service pack.\n\n"
				      "STATUS\n======\n\nAcme has confirmed this to be a problem.\n");
	assert_int_equal(fetched.status, STATUS_FIXED);
}

static void a_reason_in_a_sentence_is_the_cause(void **state)
{
	(void)state;
	struct rule r =
		rule_of("SYMPTOMS\n========\n\nIt stops. This occurs when it rains.\n\nMORE INFORMATION\n"
			"================\n\nIndeed. This problem occurs because the cog gets wet. It dries.\n");
	assert_str(r.cause, "This problem occurs because the cog gets wet.");
	struct rule how_to = rule_of("SUMMARY\n=======\n\nThis is so because we like it.\n");
	assert_str(how_to.cause, "");
}

static void an_answer_is_what_to_do(void **state)
{
	(void)state;
	struct rule r = rule_of("Question:\n\nHow?\n\nResponse:\n\nSlowly, and\nby hand.\n");
	assert_int_equal(r.resolution_count, 1);
	assert_str(r.resolutions[0].text, "Slowly, and by hand.");
}

static struct str flow(const char *body)
{
	struct prose p = prose_of(str_c(body));
	struct prose_block block;
	struct buf out = { 0 };
	while (prose_next(&p, &arena, &block))
		prose_add(&out, &block);
	struct str text = buf_keep(&out, &arena);
	buf_free(&out);
	return text;
}

static void prose_joins_wrapped_lines_and_keeps_lists_and_code(void **state)
{
	(void)state;
	assert_str(flow("One\ntwo.\n\n   code  a\n     b\n\n1. First\n   more.\n\n   NOTE: beside.\n2. Second.\n"
			"\nName      Size\ncog       1\n"),
		   "One two.\n\n    code  a\n      b\n1. First more.\n\nNOTE: beside.\n2. Second.\n\n"
		   "    Name      Size\n    cog       1");
	assert_str(flow("Name: cog\nA line that was not broken on purpose but at its end, of\nwhich this is the "
			"end.\n"),
		   "Name: cog\nA line that was not broken on purpose but at its end, of which this is the end.");
	assert_str(flow(""), "");
	assert_str(flow("\n \n"), "");
}

static void sentences_end_before_capitals(void **state)
{
	(void)state;
	struct str rest = STR("Get U.S. Service Pack 2.0 now. \"Quoted.\" Next: see a.b.c. end"), s;
	static const char *const want[] = { "Get U.S. Service Pack 2.0 now.", "\"Quoted.\"", "Next: see a.b.c. end" };
	for (size_t i = 0; i < 3; i++) {
		assert_true(prose_sentence(&rest, &s));
		assert_str(s, want[i]);
	}
	assert_false(prose_sentence(&rest, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(headings_say_it_where_they_are_there, teardown),
		cmocka_unit_test_teardown(sentences_say_it_where_headings_are_missing, teardown),
		cmocka_unit_test_teardown(methods_are_resolutions_of_their_own, teardown),
		cmocka_unit_test_teardown(statuses_are_told_apart, teardown),
		cmocka_unit_test_teardown(a_reason_in_a_sentence_is_the_cause, teardown),
		cmocka_unit_test_teardown(an_answer_is_what_to_do, teardown),
		cmocka_unit_test_teardown(prose_joins_wrapped_lines_and_keeps_lists_and_code, teardown),
		cmocka_unit_test_teardown(sentences_end_before_capitals, teardown),
	};
	return cmocka_run_group_tests_name("remedies", tests, NULL, NULL);
}
