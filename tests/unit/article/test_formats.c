/* SPDX-License-Identifier: MIT
 *
 * The three formats of articles, by small texts of our own: fields, sections, references, dates, encodings, and that
 * the raw text is the source again.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "article/article.h"

static struct arena arena;
static struct diags diags = { .arena = &arena };

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	diags = (struct diags){ .arena = &arena };
	return 0;
}

static struct article *parse(struct str bytes)
{
	struct article *article = NULL;
	assert_int_equal(article_parse(bytes, &arena, &diags, &article), ERR_OK);
	return article;
}

static struct str raw_of(const struct article *article)
{
	struct buf out = { 0 };
	article_raw(article, &out);
	struct str raw = buf_keep(&out, &arena);
	buf_free(&out);
	return raw;
}

static const struct article_section *section(const struct article *article, enum section_kind kind)
{
	for (size_t i = 0; i < article->section_count; i++)
		if (article->sections[i].kind == kind)
			return &article->sections[i];
	fail_msg("no section %s", section_kind_name(kind));
	return NULL;
}

static const char text_article[] =
	"DOCUMENT:Q123456  08-AUG-2001  [gizmo]\r\n"
	"TITLE   :Gizmo.exe Err Msg: The Cog Is Stuck\r\n"
	"PRODUCT :Acme Gizmo\r\n"
	"PROD/VER:GIZMO:1.0,2.0\r\n"
	"OPER/SYS:\r\n"
	"KEYWORDS:kbcog kbprb\r\n"
	"\r\n"
	"======================================================================\r\n"
	"-------------------------------------------------------------------------------\r\n"
	"The information in this article applies to:\r\n"
	"\r\n"
	" - Acme Gizmo versions 1.0, 2.0 \r\n"
	" - Acme Gizmo for\r\n"
	"   Workgroups \r\n"
	"-------------------------------------------------------------------------------\r\n"
	"\r\n"
	"SYMPTOMS\r\n"
	"========\r\n"
	"\r\n"
	"A gizmo says:\r\n"
	"\r\n"
	"   Cog <number> is stuck\r\n"
	"\r\n"
	"RESOLUTION\r\n"
	"==========\r\n"
	"\r\n"
	"Method 1\r\n"
	"--------\r\n"
	"\r\n"
	"Oil it.\r\n"
	"\r\n"
	"   Cog     Oil\r\n"
	"   --------------\r\n"
	"   1       yes\r\n"
	"\r\n"
	"See also:\r\n"
	"\r\n"
	"Q234567Oil for Cogs\r\n"
	"   \"Grease\" (Q34567)\r\n"
	"   Q123456 Itself\r\n"
	"   S E R V P A C K\r\n"
	"\r\n"
	"Additional query words: stuck jam\r\n"
	"\r\n"
	"======================================================================\r\n"
	"Keywords          : kbcog kboil \r\n"
	"Technology        : kbGizmo\r\n"
	"Issue type        : kbprb\r\n"
	"\r\n"
	"=============================================================================\r\n"
	"\r\n"
	"THE INFORMATION PROVIDED IN THE EXAMPLE IS OURS.\r\n"
	"\r\n"
	"Copyright Nobody 2001.";

static void a_text_file_gives_its_fields(void **state)
{
	(void)state;
	const struct article *a = parse(STR(text_article));
	assert_str(a->format, "kb-text");
	assert_str(a->id, "Q123456");
	assert_str(a->title, "Gizmo.exe Err Msg: The Cog Is Stuck");
	assert_str(a->date, "2001-08-08");
	assert_str(a->issue_type, "kbprb");
	assert_str(a->query_words, "stuck jam");
	assert_int_equal(a->field_count, 10);
	assert_str(article_field(a, "prod/ver"), "GIZMO:1.0,2.0");
	assert_true(a->fields[9].footer && !a->fields[5].footer);
	assert_int_equal(a->keyword_count, 3); /* kbcog once */
	assert_int_equal(a->product_count, 2);
	assert_str(a->products[1], "Acme Gizmo for Workgroups");
}

static void every_heading_is_a_section(void **state)
{
	(void)state;
	const struct article *a = parse(STR(text_article));
	assert_int_equal(a->section_count, 5);
	assert_true(article_has(a, SECTION_SYMPTOMS) && article_has(a, SECTION_RESOLUTION));
	assert_str(section(a, SECTION_SYMPTOMS)->body, "A gizmo says:\n\n   Cog <number> is stuck");
	assert_int_equal(section(a, SECTION_SYMPTOMS)->line, 17);
	const struct article_section *method = &a->sections[3];
	assert_str(method->heading, "Method 1");
	assert_int_equal(method->level, 2);
	assert_int_equal(method->kind, SECTION_RESOLUTION); /* of the section that it stands in */
	assert_true(str_find(method->body, STR("Cog     Oil")) != STR_NONE); /* a table's head is no heading */
	assert_str(section(a, SECTION_NOTICE)->body,
		   "THE INFORMATION PROVIDED IN THE EXAMPLE IS OURS.\n\nCopyright Nobody 2001.");
}

static void references_are_glued_quoted_or_spaced(void **state)
{
	(void)state;
	const struct article *a = parse(STR(text_article));
	assert_int_equal(a->ref_count, 3); /* never itself */
	assert_str(a->refs[0].id, "Q234567");
	assert_str(a->refs[0].title, "Oil for Cogs");
	assert_str(a->refs[1].id, "Q34567");
	assert_str(a->refs[1].title, "Grease");
	assert_str(a->refs[2].keyword, "SERVPACK");
}

static void raw_text_is_the_source_again(void **state)
{
	(void)state;
	struct str raw = raw_of(parse(STR(text_article))), want = STR(text_article), got_line, want_line;
	while (str_line(&want, &want_line)) {
		assert_true(str_line(&raw, &got_line));
		assert_str(got_line, arena_str(&arena, want_line).p);
	}
	assert_int_equal(raw.n, 0);
}

static const char web_article[] =
	"---\nlayout: page\ntitle: \"Q12345: A Gizmo: \\\"Quoted\\\"\"\n---\n\n"
	"## Q12345: A Gizmo: &quot;Quoted&quot; &#91;&lt;x&gt;&#93; &amp; &more; &#9;\n\n{% raw %}\n\n"
	"\tArticle: Q12345\n\tProduct(s): See article\n\tVersion(s): 1.00\n\tOperating System(s): \n"
	"\tKeyword(s): ENDUSER | kbcog\n\tLast Modified: 6-FEB-1991\n\t\n"
	"\tQuestion:\n\t\n\tHow does a cog turn?\n\t\n\tResponse:\n\t\n\tSlowly.\n\t\n\t\tAnd a tab.\n\n{% endraw %}\n";

static void a_web_page_loses_its_frame_and_tabs(void **state)
{
	(void)state;
	const struct article *a = parse(STR(web_article));
	assert_str(a->format, "kb-web");
	assert_str(a->id, "Q12345");
	assert_str(a->title, "A Gizmo: \"Quoted\" [<x>] & &more; &#9;");
	assert_str(a->date, "1991-02-06");
	assert_int_equal(a->product_count, 0);
	assert_str(a->keywords[0], "kbcog");
	assert_str(section(a, SECTION_QUESTION)->body, "How does a cog turn?");
	assert_str(section(a, SECTION_ANSWER)->body, "Slowly.\n\n\tAnd a tab.");
	assert_str(raw_of(a), web_article);
}

static const char authored_article[] =
	"---\nid: q-cog-7\ntitle: A cog\ndate: 2026-11-22\nproducts: [Gizmo 1, Gizmo 2]\nkeywords: [kbcog]\n"
	"query_words: jam\nreferences: [Q123456 Stuck, SERVPACK]\n---\nText before.\n\n## Symptoms\n\nIt says:\n\n"
	"    # no heading\n\n```\n# nor this\n```\n\n### On Mondays\n\nMore.\n\n## Cause\n\nRust, see Q234567.\n";

static void markdown_gives_front_matter_and_sections(void **state)
{
	(void)state;
	const struct article *a = parse(STR(authored_article));
	assert_int_equal(diags.count, 0);
	assert_str(a->format, "authored");
	assert_str(a->id, "Q-cog-7");
	assert_str(a->query_words, "jam");
	assert_int_equal(a->product_count, 2);
	assert_non_null(a->front);
	assert_int_equal(a->section_count, 4);
	assert_int_equal(a->sections[0].kind, SECTION_INTRO);
	assert_int_equal(a->sections[2].kind, SECTION_SYMPTOMS);
	assert_str(a->sections[2].heading, "On Mondays");
	assert_str(section(a, SECTION_CAUSE)->body, "Rust, see Q234567.");
	assert_int_equal(section(a, SECTION_CAUSE)->line, 26);
	assert_int_equal(a->ref_count, 3);
	assert_str(a->refs[0].title, "Stuck");
	assert_str(a->refs[1].keyword, "SERVPACK");
	assert_str(raw_of(a), authored_article);
}

static void what_is_wrong_in_front_matter_has_its_line(void **state)
{
	(void)state;
	struct article *a = parse(STR("---\nid: Q123456\ntitle: x\ndate: yesterday\nreferences: [what]\n---\n"));
	assert_str(a->date, "");
	assert_int_equal(diags.errors, 2);
	assert_int_equal(diags.items[0].line, 4);
	assert_int_equal(diags.items[1].line, 5);
	assert_int_equal(article_parse(STR("---\nid: Q123456\ntitle: [\n---\n"), &arena, &diags, &a), ERR_INPUT);
	assert_int_equal(article_parse(STR("---\nid: Q123456\ntitle: x\n"), &arena, &diags, &a), ERR_INPUT);
	assert_int_equal(article_parse(STR("---\nid: cog\ntitle: x\n---\n"), &arena, &diags, &a), ERR_INPUT);
}

static void other_bytes_are_no_article(void **state)
{
	(void)state;
	struct article *a;
	static const char *const others[] = { "", "\n", "DOCUMENT:", "DOCUMENT:Q12 x", "# A readme\n", "---\n",
					      "\177ELF", "---\nname: tcp-refused\npredicts: []\n" };
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(article_parse(str_c(others[i]), &arena, NULL, &a), ERR_INPUT);
}

static struct str body_of(struct str bytes)
{
	struct str head = STR("DOCUMENT:Q123456  08-AUG-2001  [x]\nTITLE   :T\n\n");
	struct str all = arena_printf(&arena, "%.*s%.*s", STR_ARG(head), STR_ARG(bytes));
	const struct article *a = parse(all);
	assert_int_equal(a->section_count, 1);
	return a->sections[0].body;
}

static void bytes_are_decoded_by_what_makes_sense(void **state)
{
	(void)state;
	assert_str(body_of(STR("don\x92t \x93quote\x94 \xA9")), "don\u2019t \u201Cquote\u201D \u00A9"); /* CP1252 */
	assert_str(body_of(STR("\xDA\xC4\xC4\xC4\xBF")), "\u250C\u2500\u2500\u2500\u2510");		 /* CP437 */
	assert_str(body_of(STR("Empf\x84nger \x81" "bermittelt")), "Empf\u00E4nger \u00FCbermittelt");
	assert_str(body_of(STR("gar\xE7on")), "gar\u00E7on");
	assert_str(body_of(STR("\xEF\xE0\xF0\xEE\xEB\xFC")), "пароль"); /* CP1251 */
	assert_str(body_of(STR("\xAF\xA0\xE0\xAE\xAB\xEC")), "пароль"); /* CP866 */
	assert_str(body_of(STR("a\xA0\xA0\xA0\xA0" "b")), "a\u00A0\u00A0\u00A0\u00A0b"); /* not four letters of CP866 */
	assert_str(body_of(STR("a \xAF\xAF\xAF\xAF\xAF b")), "a \u00AF\u00AF\u00AF\u00AF\u00AF b");
	assert_str(body_of(STR("na\xC3\xAFve \xE2\x82\xAC")), "na\u00EFve \u20AC"); /* UTF-8 already */
	assert_str(body_of(STR("a\rb\r\nc")), "a\rb\nc");
}

static void utf16_with_its_mark_is_text(void **state)
{
	(void)state;
	static const char ascii[] = "---\nid: Q123456\ntitle: wide\n---\n## Cause\n\nx\n";
	char wide[2 * sizeof ascii] = "\xFF\xFE";
	for (size_t i = 0; i + 1 < sizeof ascii; i++)
		wide[2 + 2 * i] = ascii[i];
	struct article *a = NULL;
	/* detected by its text, so decoding comes first */
	assert_int_equal(article_parse((struct str){ wide, 2 * sizeof ascii }, &arena, &diags, &a), ERR_OK);
	assert_str(a->title, "wide");
}

static void ids_have_one_spelling(void **state)
{
	(void)state;
	static const struct { const char *text, *id; } cases[] = {
		{ "Q150536", "Q150536" }, { "150536", "Q150536" }, { "KB150536", "Q150536" }, { "q150536", "Q150536" },
		{ " kb12345 ", "Q12345" }, { "q-mount-error-112", "Q-mount-error-112" }, { "Q-a--b", NULL },
		{ "Q1505367", NULL }, { "Q1234", NULL }, { "0x1234", NULL }, { "", NULL }, { "Q", NULL },
		{ "Q-", NULL }, { "Q15o536", NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str id;
		bool is = article_id(str_c(cases[i].text), &arena, &id);
		assert_int_equal(is, cases[i].id != NULL);
		if (is)
			assert_str(id, cases[i].id);
	}
}

static void formats_are_named_once(void **state)
{
	(void)state;
	for (size_t i = 0; article_formats[i]; i++) {
		assert_non_null(article_formats[i]->help);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(article_formats[i]->name, article_formats[k]->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_text_file_gives_its_fields, teardown),
		cmocka_unit_test_teardown(every_heading_is_a_section, teardown),
		cmocka_unit_test_teardown(references_are_glued_quoted_or_spaced, teardown),
		cmocka_unit_test_teardown(raw_text_is_the_source_again, teardown),
		cmocka_unit_test_teardown(a_web_page_loses_its_frame_and_tabs, teardown),
		cmocka_unit_test_teardown(markdown_gives_front_matter_and_sections, teardown),
		cmocka_unit_test_teardown(what_is_wrong_in_front_matter_has_its_line, teardown),
		cmocka_unit_test_teardown(other_bytes_are_no_article, teardown),
		cmocka_unit_test_teardown(bytes_are_decoded_by_what_makes_sense, teardown),
		cmocka_unit_test_teardown(utf16_with_its_mark_is_text, teardown),
		cmocka_unit_test_teardown(ids_have_one_spelling, teardown),
		cmocka_unit_test_teardown(formats_are_named_once, teardown),
	};
	return cmocka_run_group_tests_name("article formats", tests, NULL, NULL);
}
