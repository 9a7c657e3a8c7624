/* SPDX-License-Identifier: MIT
 *
 * Text and Markdown > HTML: nothing becomes a tag that was none, and layout is told from text.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "render/html.h"

typedef void renderer(struct buf *out, struct str text);

static void check(renderer *render, const char *text, const char *want)
{
	struct buf out = { 0 };
	render(&out, str_c(text));
	buf_add_char(&out, 0);
	assert_string_equal(out.p, want);
	buf_free(&out);
}

static void text_is_escaped(void **unused)
{
	(void)unused;
	check(render_html_escape, "<b a=\"x\" c='y'>&", "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;");
	check(render_html_escape, "a\x1b[31m\x01\x7f\xff\xe2\x80\xae",
	      "a\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	check(render_html_escape, "a\r\nb\tc", "a\nb\tc");
}

static void ids_and_addresses_become_links(void **unused)
{
	(void)unused;
	check(render_html_line, "see Q150536, Q12 and XQ150536.",
	      "see <a href=\"/kb/Q150536\">Q150536</a>, Q12 and XQ150536.");
	check(render_html_line, "Q151519Resource Kit, Q1515190X",
	      "<a href=\"/kb/Q151519\">Q151519</a> Resource Kit, Q1515190X");
	check(render_html_line, "(http://a.example/x?a=1&b=2).",
	      "(<a href=\"http://a.example/x?a=1&amp;b=2\">http://a.example/x?a=1&amp;b=2</a>).");
	check(render_html_line, "http:// javascript:alert(1) http://\"onload=x",
	      "http:// javascript:alert(1) http://&quot;onload=x");
	check(render_html_line, "https://h.example/\"><script>",
	      "<a href=\"https://h.example/\">https://h.example/</a>&quot;&gt;&lt;script&gt;");
}

static void options_stay_in_one_piece(void **unused)
{
	(void)unused;
	check(render_html_line, "(ss -ltn, netstat -an) --keep-it",
	      "(ss <code class=\"option\">-ltn</code>, netstat <code class=\"option\">-an</code>) "
	      "<code class=\"option\">--keep-it</code>");
	check(render_html_line, "- a -or- -5 -- --- well-known -n1 -words", "- a -or- -5 -- --- well-known -n1 -words");
}

static void values_are_filled_in(void **unused)
{
	(void)unused;
	struct binding b[] = { { .name = STR_LIT("server"), .value = STR_LIT("<SRV>") } };
	struct buf out = { 0 };
	render_html_filled(&out, STR("net use \\\\{server}\\{share} {} { x }"), b, 1);
	buf_add_char(&out, 0);
	assert_string_equal(out.p, "net use \\\\<b class=\"value\">&lt;SRV&gt;</b>\\<var>share</var> {} { x }");
	buf_free(&out);
}

static void layout_of_plain_text(void **unused)
{
	(void)unused;
	check(render_html_text, "One line\nand another.\n\nA second <p>.",
	      "<p>One line\nand another.</p>\n<p>A second &lt;p&gt;.</p>\n");
	check(render_html_text, "You see:\n\n   Error 53\n     more\n\nThen.",
	      "<p>You see:</p>\n<pre tabindex=\"0\" class=\"code\">Error 53\n  more</pre>\n<p>Then.</p>\n");
	check(render_html_text, " - one\n   goes on\n - two\n\nEnd",
	      "<ul>\n<li><p>one\ngoes on</p>\n</li>\n<li><p>two</p>\n</li>\n</ul>\n<p>End</p>\n");
	check(render_html_text, "1. First\n\n2. Second:\n\n      a command\n\n3. Third",
	      "<ol type=\"1\" start=\"1\">\n<li><p>First</p>\n</li>\n<li><p>Second:</p>\n<pre tabindex=\"0\" "
	      "class=\"code\">a "
	      "command</pre>\n</li>\n<li><p>Third</p>\n</li>\n</ol>\n");
	check(render_html_text, "Name      Value\n----      -----\nfoo       1",
	      "<pre tabindex=\"0\" class=\"table\">Name      Value\n----      -----\nfoo       1</pre>\n");
	check(render_html_text, "", "");
	check(render_html_text, "\n \n", "");
}

static void markdown_has_no_raw_html(void **unused)
{
	(void)unused;
	check(render_html_markdown, "<script>x</script> *a* `Q150536` Q150536",
	      "<p>&lt;script&gt;x&lt;/script&gt; <em>a</em> <code>Q150536</code> <a "
	      "href=\"/kb/Q150536\">Q150536</a></p>\n");
	check(render_html_markdown, "[a](javascript:alert(1)) [b](https://b.example/\"x) [c](data:text/html,x)",
	      "<p>a <a href=\"https://b.example/&quot;x\">b</a> c</p>\n");
	check(render_html_markdown, "    <code>\n", "<pre tabindex=\"0\" class=\"code\">&lt;code&gt;\n</pre>\n");
	check(render_html_markdown, "|a|b|\n|---|---|\n|1|2|\n",
	      "<table><thead><tr><th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody><tr><td>1</td>\n<td>2</td>\n</tr>\n</"
	      "tbody>\n</table>\n");
	check(render_html_markdown, "[x [y](javascript:b) z](http://a.example)",
	      "<p>[x y z](<a href=\"http://a.example\">http://a.example</a>)</p>\n");
}

static void deep_and_odd_text_ends(void **unused)
{
	(void)unused;
	struct buf deep = { 0 }, out = { 0 };
	for (int i = 0; i < 2000; i++)
		buf_addf(&deep, "%*s- item %d\n", i % 40, "", i);
	for (int i = 0; i < 2000; i++)
		buf_addf(&deep, "%s%d. x\n", i % 3 ? "   " : "", i);
	render_html_text(&out, buf_str(&deep));
	assert_int_equal(buf_err(&out), ERR_OK);
	assert_true(out.n > deep.n && out.n < 40 * deep.n);
	buf_free(&deep);
	buf_free(&out);
}

static void a_message_is_marked_where_it_matched(void **unused)
{
	(void)unused;
	struct match_span spans[] = { { 0, 6 }, { 12, 17 } };
	struct match_capture capture = { .name = STR_LIT("server"), .value = STR_LIT("S"), .span = { 7, 10 } };
	struct match m = { .spans = spans, .span_count = 2, .captures = &capture, .capture_count = 1 };
	struct match_answer found = { .query = STR_LIT("Failed <S> \xc3\xa9rror & 1"),
				      .matches = &m,
				      .match_count = 1 };
	struct buf out = { 0 };
	render_html_message(&out, &found);
	buf_add_char(&out, 0);
	assert_non_null(strstr(
		out.p, "<mark>Failed</mark> <mark class=\"value\">&lt;S&gt;</mark> \xc3\xa9<mark>rror</mark> &amp; 1"));
	buf_free(&out);
}

static void the_code_is_marked_with_what_it_means(void **unused)
{
	(void)unused;
	struct match_code code = { .known = true,
				   .value = 53,
				   .symbol = STR_LIT("BAD_PATH"),
				   .says = STR_LIT("\"No\" path."),
				   .span = { 6, 8 } };
	struct match_answer found = { .query = STR_LIT("Error 53 <x>"), .code = code };
	struct buf out = { 0 };
	render_html_message(&out, &found);
	buf_add_char(&out, 0);
	assert_non_null(strstr(
		out.p,
		">Error <mark class=\"code\" title=\"BAD_PATH: &quot;No&quot; path.\">53</mark> &lt;x&gt;</pre>"));
	buf_free(&out);
}

/* The stations of a report, as "passage name" each. */
static void check_way(struct triage_report *report, const char *want)
{
	struct buf out = { 0 }, way = { 0 };
	render_html_ladder(&out, report);
	struct str rest = buf_str(&out), line;
	while (str_line(&rest, &line)) {
		size_t name = str_find(line, STR("class=\"step\">"));
		if (name == STR_NONE)
			continue;
		struct str passage = str_from(line, sizeof "<li class=\"" - 1), step = str_from(line, name + 13);
		buf_addf(&way, "%.*s %.*s, ", (int)str_find(passage, STR("\"")), passage.p,
			 (int)str_find(step, STR("<")), step.p);
	}
	buf_add_char(&way, 0);
	assert_string_equal(way.p, want);
	buf_free(&out);
	buf_free(&way);
}

static void the_way_is_drawn_from_ladder_and_evidence(void **unused)
{
	(void)unused;
	struct ladder_step ladder[] = {
		{ .step = STR_LIT("link"), .state = STR_LIT("passed") },
		{ .step = STR_LIT("address"), .state = STR_LIT("passed") },
		{ .step = STR_LIT("name"), .state = STR_LIT("passed") },
		{ .step = STR_LIT("path"), .state = STR_LIT("passed") },
		{ .step = STR_LIT("tcp"), .state = STR_LIT("unknown") },
		{ .step = STR_LIT("smb"), .state = STR_LIT("unknown") },
	};
	struct fact dialect = { .name = STR_LIT("smb.dialect"), .text = STR_LIT("3.11") };
	struct evidence route = { .probe = STR_LIT("route"), .state = STR_LIT("gateway") },
			ping = { .probe = STR_LIT("icmp"), .state = STR_LIT("silent") },
			smb = { .probe = STR_LIT("smb"),
				.state = STR_LIT("negotiated"),
				.facts = &dialect,
				.fact_count = 1 };
	struct evidence *seen[] = { &route, &ping, &smb };
	struct triage_report r = { .ladder = ladder, .ladder_count = 6, .evidence = seen };
	check_way(&r,
		  "passed Link, passed Address, passed Name, passed Route, passed Ping, unknown TCP, unknown Session, "
		  "unknown Dialect, unknown Share, ");
	r.evidence_count = 2; /* a silent ping proves nothing where the host answers otherwise */
	ladder[4].state = STR("failed");
	ladder[5].state = STR("skipped");
	check_way(&r,
		  "passed Link, passed Address, passed Name, passed Route, quiet Ping, failed TCP, skipped Session, "
		  "skipped Dialect, skipped Share, ");
	ladder[4].state = STR("passed");
	ladder[5].state = STR("passed");
	r.evidence_count = 3;
	check_way(&r, "passed Link, passed Address, passed Name, passed Route, quiet Ping, passed TCP, passed Session, "
		      "passed Dialect, unknown Share, ");
	smb.state = STR("not-smb");
	ladder[5].state = STR("failed");
	check_way(&r, "passed Link, passed Address, passed Name, passed Route, quiet Ping, passed TCP, passed Session, "
		      "failed Dialect, skipped Share, ");
	r.ladder_count = 5; /* of another service a connection is all that is asked */
	check_way(&r, "passed Link, passed Address, passed Name, passed Route, quiet Ping, passed TCP, ");
	r.ladder_count = 0;
	check_way(&r, "");
}

static void a_given_address_vouches_for_no_step(void **unused)
{
	(void)unused;
	struct ladder_step ladder[] = {
		{ .step = STR_LIT("link"), .state = STR_LIT("unknown") },
		{ .step = STR_LIT("address"), .state = STR_LIT("unknown") },
		{ .step = STR_LIT("name"), .state = STR_LIT("passed"), .given = true },
		{ .step = STR_LIT("path"), .state = STR_LIT("unknown") },
		{ .step = STR_LIT("tcp"), .state = STR_LIT("unknown") },
	};
	struct triage_report r = { .ladder = ladder, .ladder_count = 5 };
	check_way(&r, "unknown Link, unknown Address, passed Name, unknown Route, unknown Ping, unknown TCP, ");
	ladder[0].state = STR("failed");
	check_way(&r, "failed Link, skipped Address, passed Name, skipped Route, skipped Ping, skipped TCP, ");
	ladder[0].state = STR("unknown");
	ladder[2].given = false; /* a probe found the name: something carried its question */
	check_way(&r, "passed Link, passed Address, passed Name, unknown Route, unknown Ping, unknown TCP, ");
}

static void a_draft_quotes_what_was_pasted(void **unused)
{
	(void)unused;
	struct match_answer found = { .query = STR_LIT("Can't open {x}\n  of 'y': 7") };
	struct buf out = { 0 };
	render_markdown_draft(&out, &found);
	buf_add_char(&out, 0);
	assert_non_null(strstr(out.p, "  - text: 'Can''t open {{x}}   of ''y'': 7'\n"));
	assert_non_null(strstr(out.p, "    - text: 'Can''t open {x}   of ''y'': 7'\n"));
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(ids_and_addresses_become_links),
		cmocka_unit_test(options_stay_in_one_piece),
		cmocka_unit_test(values_are_filled_in),
		cmocka_unit_test(layout_of_plain_text),
		cmocka_unit_test(markdown_has_no_raw_html),
		cmocka_unit_test(deep_and_odd_text_ends),
		cmocka_unit_test(the_code_is_marked_with_what_it_means),
		cmocka_unit_test(a_message_is_marked_where_it_matched),
		cmocka_unit_test(the_way_is_drawn_from_ladder_and_evidence),
		cmocka_unit_test(a_given_address_vouches_for_no_step),
		cmocka_unit_test(a_draft_quotes_what_was_pasted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
