/* SPDX-License-Identifier: MIT
 *
 * What an action takes and risks, and how one sees that it helped: said in every rendering, and nothing of it outside
 * of its escaping. An article's remedy, which says neither, looks as it did.
 */

#include "tests/unit/unit.h"

#include "render/html.h"
#include "render/render.h"

static struct rule_resolution actions[] = {
	{ .kind = RESOLUTION_FIX,
	  .text = STR_LIT("Look at it."),
	  .where = STR_LIT("server"),
	  .effort = EFFORT_MINUTES,
	  .risk = RISK_NONE },
	{ .kind = RESOLUTION_WORKAROUND,
	  .text = STR_LIT("Restart it."),
	  .effort = EFFORT_HOURS,
	  .risk = RISK_MEDIUM,
	  .harm = STR_LIT("drops <b> and \033[31m") },
	{ .kind = RESOLUTION_FIX, .text = STR_LIT("Ask."), .where = STR_LIT("client") },
};

static struct triage_report report_of(void)
{
	struct triage_report r = { 0 };
	r.verdict.state = VERDICT_CONFIRMED;
	r.verdict.cause = STR("some.class");
	r.verdict.resolutions = actions;
	r.verdict.resolution_count = sizeof actions / sizeof *actions;
	r.verdict.verify = STR("smb");
	return r;
}

static void expect(const struct buf *out, const char *wanted)
{
	if (str_find(buf_str(out), str_c(wanted)) == STR_NONE)
		fail_msg("no '%s' in:\n%.*s", wanted, STR_ARG(buf_str(out)));
}

static void text_says_it_below(void **state)
{
	(void)state;
	struct triage_report r = report_of();
	struct buf out = { 0 };
	const struct render_text t = { .width = 80 };
	render_text_verdict(&out, &t, &r);
	expect(&out, "  1. Look at it.\n     server · minutes · no risk\n");
	expect(&out, "  2. Until then: Restart it.\n     hours · medium risk: drops <b> and \\x1b[31m\n");
	expect(&out, "  3. Ask.\n     client\n");
	expect(&out, "\n  The probe smb shows whether it is mended: run the diagnosis again.\n");
	buf_clear(&out);
	r.verdict.by_hand = STR("Log in.");
	render_text_verdict(&out, &t, &r);
	expect(&out, "The probe smb shows whether the way works: run the diagnosis again. Log in.\n");
	buf_free(&out);
}

static void page_says_it_beside_and_below(void **state)
{
	(void)state;
	struct triage_report r = report_of();
	struct buf out = { 0 };
	render_html_verdict(&out, &r);
	expect(&out, "<span class=\"where\">server</span> <span class=\"where\">minutes</span> <span "
		     "class=\"where\"><span>no&nbsp;risk</span></span></p>");
	expect(&out, "<span class=\"grave\">medium&nbsp;risk</span>");
	expect(&out, "<p class=\"harm\">Risk: drops &lt;b&gt; and ");
	expect(&out, "<span class=\"where\">client</span></p>");
	expect(&out, "<p class=\"verify\">The probe smb shows whether it is mended: run the diagnosis again.</p>");
	buf_free(&out);
}

static void json_and_markdown_say_it(void **state)
{
	(void)state;
	struct triage_report r = report_of();
	struct buf out = { 0 };
	r.verdict.by_hand = STR("Log in.");
	render_json_report(&out, &r);
	expect(&out, "\"where\":\"server\",\"caveat\":\"\",\"effort\":\"minutes\",\"risk\":\"none\",\"harm\":\"\"}");
	expect(&out, "\"effort\":\"hours\",\"risk\":\"medium\",\"harm\":\"drops <b> and \\u001b[31m\"}");
	expect(&out, "\"where\":\"client\",\"caveat\":\"\"}");
	expect(&out, "\"verify\":\"smb\",\"by_hand\":\"Log in.\"");
	buf_clear(&out);
	render_markdown_report(&out, &r);
	expect(&out, "1. **Fix** Look at it. (server · minutes · no risk)\n");
	expect(&out, "2. **Workaround** Restart it. (hours · medium risk: drops \\<b\\> and ");
	expect(&out, "3. **Fix** Ask. (client)\n");
	expect(&out, "\nThe probe smb shows whether the way works: run the diagnosis again. Log in.\n");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_says_it_below),
		cmocka_unit_test(page_says_it_beside_and_below),
		cmocka_unit_test(json_and_markdown_say_it),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
