/* SPDX-License-Identifier: MIT
 *
 * The search of articles by what people say: over a few made-up articles, each of which says how it is to be found.
 */
#include "tests/unit/match/pages.h"

#include "match/match.h"
#include "match/passage.h"
#include "match/product.h"
#include "match/text.h"

#include <math.h>

enum { ARTICLES_MAX = 12 };

static const struct sayings none; /* a description of which articles say nothing otherwise */

static struct matcher *kb_of(const struct page *pages, unsigned n)
{
	return kb_from(pages, n, 800000);
}

#define DAYS \
	"Operators read lists, sign papers, phone colleagues, drink coffee, water plants, open windows, close\n" \
	"doors, sweep floors, count keys, change lamps, feed cats, lock cupboards, empty bins, order paper.\n"

static const struct page places[] = {
	{ "Some Notes", "Made Server",
	  "Files of paper are files. " DAYS "Slow work is slow.\n" DAYS
	  "A folder is a folder. Copying is another matter." },
	{ "A Transfer", "Made Server",
	  "Copying files to a folder is slow while the disk is checked, which is done at noon.\n" DAYS DAYS
	  "Whoever reads them knows which time that was." },
	{ "Fonts", "Made Server", "A font is drawn with a pen. The pen has a width, and a colour, and so have fonts." },
	{ "Printing", "Made Server", "A page is printed from its top. The top is where the page begins." },
};

/* A description that is no sentence is ordered by places as well, and as sure as its words alone are. */
static void places_order_what_is_no_sentence(void **state)
{
	(void)state;
	struct matcher *m = kb_of(places, 4);
	struct match_scratch *s = NULL;
	struct text_hit words[4], ordered[4], weighed[4];
	float all;
	struct str text = STR("copying files folder slow");
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	uint32_t n = text_articles(&m->view, s, text, TEXT_WORDS, words, 4, &all);
	assert_int_equal(text_articles(&m->view, s, text, TEXT_PLACES, ordered, 4, &all), n);
	assert_int_equal(text_articles(&m->view, s, text, TEXT_PASSAGES, weighed, 4, &all), n);
	assert_int_equal(n, 2);
	assert_int_equal(words[0].article, 0);
	assert_int_equal(ordered[0].article, 1);
	for (uint32_t i = 0; i < n; i++) {
		assert_int_equal(ordered[i].article, weighed[i].article);
		assert_true(ordered[i].score == words[i].score);
	}
	match_scratch_close(&s);
	match_close(&m);
}

static struct str first_of(struct matcher *m, struct str text, struct arena *a)
{
	struct match_scratch *s = NULL;
	struct match_answer found;
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_int_equal(match_message(m, s, text, NULL, a, &found), ERR_OK);
	match_scratch_close(&s);
	return found.match_count ? found.matches[0].id : found.nearest_count ? found.nearest[0].id : STR("");
}

static void a_look_up_orders_by_places(void **state)
{
	(void)state;
	struct matcher *m = kb_of(places, 4);
	struct arena a = { 0 };
	assert_true(str_eq(first_of(m, STR("copying files folder slow"), &a), STR("Q800001")));
	assert_true(str_eq(first_of(m, STR("2001-08-08 10:00:00 copying files folder slow"), &a), STR("Q800000")));
	arena_free(&a);
	match_close(&m);
}

/* A message that has the words does not hide which of the other articles tells of it. */
static void a_look_up_orders_by_places_beside_a_message(void **state)
{
	(void)state;
	struct page pages[5];
	memcpy(pages, places, sizeof places);
	pages[4] = (struct page){ "A Message", "Made Server",
				  "The following error message is displayed:\n\n   Copying files: folder slow\n" };
	struct matcher *m = kb_of(pages, 5);
	struct match_scratch *s = NULL;
	struct match_answer found;
	struct arena a = { 0 };
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_int_equal(match_message(m, s, STR("copying files slow"), NULL, &a, &found), ERR_OK);
	uint32_t at[2] = { UINT32_MAX, UINT32_MAX };
	for (uint32_t i = 0; i < found.match_count + found.nearest_count; i++) {
		struct str id = (i < found.match_count ? found.matches : found.nearest - found.match_count)[i].id;
		if (str_eq(id, STR("Q800000")))
			at[0] = i;
		if (str_eq(id, STR("Q800001")))
			at[1] = i;
	}
	assert_true(at[1] < at[0]);
	match_scratch_close(&s);
	arena_free(&a);
	match_close(&m);
}

static void titles_name_products(void **state)
{
	(void)state;
	static const struct { const char *title, *product; } cases[] = {
		{ "XL97: Cells Are Empty", "XL97" },
		{ "PRB: Cells Are Empty", "" },
		{ "FIX: Zebra 2: Cells Are Empty", "Zebra 2" },
		{ "how to: Empty a Cell", "" },
		{ "Cells 10:30 Are Empty", "" },
		{ "What a Person Should Know of Cells in a Table: a List", "" },
		{ "Cells:", "" },
		{ "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_true(str_eq(product_of_title(str_c(cases[i].title)), str_c(cases[i].product)));
}

/* An article of a product that nobody spoke of stands behind one of none that says the same. */
static void a_product_that_is_not_named_is_foreign(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Zebra 2: Notes", "Made Game", "The icons on the screen become black when a session ends." },
		{ "Notes", "Made Server", "The icons on the screen become black when a session ends." },
		{ "Fonts", "Made Server", "A font is drawn with a pen. The pen has a width, and so have fonts." },
		{ "Printing", "Made Server", "A page is printed from its top. The top is where it begins." },
	};
	struct matcher *m = kb_of(pages, 4);
	struct match_scratch *s = NULL;
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	struct text_hit hits[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, STR("all icons are black when the session ends"), 10, true, &none, hits, 2);
	assert_int_equal(hits[0].article, 1);
	assert_true(fabsf(hits[1].score / hits[0].score - 0.9f) < 0.01f);
	struct text_hit named[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, STR("with Zebra all icons are black when the session ends"), 10, true, &none, named, 2);
	assert_int_equal(named[0].article, 0);
	match_scratch_close(&s);
	match_close(&m);
}

/* A title of which much is said, but nothing that others have not, is less said than one that few have. */
static void letters_of_a_title_weigh_by_how_rare_they_are(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Window Server Papers", "Made Server", "The icons on the screen become black when a session ends." },
		{ "Black Icons, Pale Cups, Lamps", "Made Server",
		  "The icons on the screen become black when a session ends." },
		{ "Window Server Fonts", "Made Server", "A font is drawn with a pen, which has a width." },
		{ "Window Server Pages", "Made Server", "A page is printed from its top, where it begins." },
		{ "Window Server Rooms", "Made Server", "A room has a door, a lamp and four corners." },
		{ "Window Server Lists", "Made Server", "Whoever reads lists knows what time it is." },
	};
	struct matcher *m = kb_of(pages, 6);
	struct match_scratch *s = NULL;
	struct str text = STR("on a window server all icons are black when the session ends");
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	struct text_hit hits[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, text, 10, true, NULL, hits, 2);
	assert_int_equal(hits[0].article, 0);
	struct text_hit described[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, text, 10, true, &none, described, 2);
	assert_int_equal(described[0].article, 1);
	match_scratch_close(&s);
	match_close(&m);
}

static const struct page otherwise[] = {
	{ "Notes", "Made Server", "While the drawer is open, the machine stops responding. " DAYS DAYS },
	{ "Notes", "Made Server", "While the drawer is open, the machine is painted. " DAYS },
	{ "Fonts", "Made Server", "A font is drawn with a pen, which has a width." },
	{ "Printing", "Made Server", "A page is printed from its top, where it begins." },
};

/* "freezes" is "stops responding" where articles tell of it. */
static void what_is_said_is_found_as_articles_put_it(void **state)
{
	(void)state;
	struct matcher *m = kb_of(otherwise, 4);
	struct arena a = { 0 };
	assert_true(str_eq(first_of(m, STR("the machine shines when I open the drawer"), &a), STR("Q800001")));
	assert_true(str_eq(first_of(m, STR("the machine freezes when I open the drawer"), &a), STR("Q800000")));
	assert_true(str_eq(first_of(m, STR("the machine locks up when I open the drawer"), &a), STR("Q800000")));
	arena_free(&a);
	match_close(&m);
}

/* What is in the articles' words already is looked for as it is. */
static void what_is_translated_is_not_said_otherwise(void **state)
{
	(void)state;
	struct matcher *m = kb_of(otherwise, 4);
	struct match_scratch *s = NULL;
	struct text_hit hits[2];
	struct str text = STR("the machine freezes when I open the drawer");
	float all;
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_true(text_articles(&m->view, s, text, TEXT_TRANSLATED, hits, 2, &all) > 1);
	assert_true(str_eq(file_str(&m->view, m->view.articles[hits[0].article].id), STR("Q800001")));
	assert_true(text_articles(&m->view, s, text, TEXT_PASSAGES, hits, 2, &all) > 1);
	assert_true(str_eq(file_str(&m->view, m->view.articles[hits[0].article].id), STR("Q800000")));
	match_scratch_close(&s);
	match_close(&m);
}

static uint32_t others_of(struct matcher *m, struct match_scratch *s, struct str text, struct sayings *ret)
{
	sayings_read(&m->view, s->stemmer, text, ret);
	return ret->n ? ret->items[0].other_count : 0;
}

/* Of forms at one place the longest counts, with any ending; what is said already, and what no article has, is none. */
static void sayings_are_the_longest_forms(void **state)
{
	(void)state;
	struct matcher *m = kb_of(otherwise, 4);
	struct match_scratch *s = NULL;
	struct sayings x;
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_int_equal(others_of(m, s, STR("a drawer is open"), &x), 0);
	assert_int_equal(others_of(m, s, STR("it freezes"), &x), 1);
	assert_int_equal(x.items[0].said.n, 0);
	assert_int_equal(x.items[0].others[0].n, 2);
	assert_int_equal(others_of(m, s, STR("It FREEZES and stops responding"), &x), 0);
	assert_int_equal(others_of(m, s, STR("freezing, frozen, hung"), &x), 1);
	assert_int_equal(x.n, 3);
	assert_int_equal(others_of(m, s, STR("it locks up, freezes, locks up, and freezes"), &x), 1);
	assert_int_equal(x.n, 2); /* a form said twice is one */
	assert_int_equal(others_of(m, s, STR("av"), &x), 0); /* access violation */
	assert_int_equal(others_of(m, s, STR(""), &x), 0);
	match_scratch_close(&s);
	match_close(&m);
}

/* "Windows" is no dialog box, "at the same time" no time zone, "the right side" no permission. */
static void everyday_words_say_nothing_otherwise(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Words", "Made Server",
		  "A msgbox, a clock, daylight saving, a time zone, permission, privilege, a security descriptor, gantt,\n"
		  "a stored procedure, a floppy disk drive, join, submit, specially malformed." },
	};
	struct matcher *m = kb_of(pages, 1);
	struct match_scratch *s = NULL;
	struct sayings x;
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_int_equal(others_of(m, s, STR("the clocks"), &x), 2);
	others_of(m, s, STR("Windows, at the same time, up to date, on the right side, the project, NT SP 6"), &x);
	assert_int_equal(x.n, 0);
	others_of(m, s, STR("format a drive, a union, the form, an invalid page"), &x);
	assert_int_equal(x.n, 0);
	match_scratch_close(&s);
	match_close(&m);
}

/* The stem of "theme" is a small word's, "them": no place of an article has its class. */
static void a_word_without_a_class_has_no_place(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Icons", "Made Server", "The icons become black when a session ends. They have a theme." },
		{ "Fonts", "Made Server", "A font is drawn with a pen, which has a width." },
		{ "Printing", "Made Server", "A page is printed from its top, where it begins." },
	};
	struct matcher *m = kb_of(pages, 3);
	struct match_scratch *s = NULL;
	struct sayings x;
	struct str text = STR("all icons are black with this manifest");
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_int_equal(others_of(m, s, text, &x), 1);
	assert_int_equal(sayings_rarest(&x.items[0].others[0]).class, 0);
	struct text_hit with = { 0, 5 }, without = { 0, 5 };
	passage_weigh(&m->view, s, text, 10, true, &x, &with, 1);
	passage_weigh(&m->view, s, text, 10, true, &none, &without, 1);
	assert_true(with.score == without.score);
	match_scratch_close(&s);
	match_close(&m);
}

/* Each line has forms of no more words than are kept, and what articles have for them, in ASCII. */
static void sayings_are_forms_and_words(void **state)
{
	(void)state;
	struct matcher *m = kb_of(otherwise, 4);
	const struct file_view *v = &m->view;
	assert_in_range(v->saying_count, 1000, 10000);
	for (uint32_t i = 0; i < v->saying_count; i++) {
		struct str others = { v->saying_text + v->sayings[i].others.at, v->sayings[i].others.n }, other;
		assert_in_range(v->sayings[i].n, 1, FILE_SAYING_WORDS);
		for (bool more = true; more;) {
			more = str_cut(others, '/', &other, &others);
			assert_true(str_trim(other).n > 0 && !memchr(other.p, '=', other.n));
			for (size_t k = 0; k < other.n; k++)
				assert_true(other.p[k] >= ' ' && other.p[k] < 0x7F);
		}
	}
	match_close(&m);
}

/* The loss of an article that names a dozen others goes with what is told in sentences. */
static void a_list_of_articles_is_seldom_described(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Icons of a Screen", "Made Server",
		  "The icons on the screen become black when a session ends.\n\nQ300001 Q300002 Q300003 Q300004 Q300005\n"
		  "Q300006 Q300007 Q300008 Q300009 Q300010 Q300011 Q300012" },
		{ "Icons of a Screen", "Made Server",
		  "The icons on the screen become black when a session ends.\n\nQ300001 Q300002 Q300003 Q300004 Q300005\n"
		  "Q300006 Q300007 Q300008 Q300009 Q300010 Q300011 Q300011" },
		{ "Printing", "Made Server", "A page is printed from its top, where it begins." },
	};
	struct matcher *m = kb_of(pages, 3);
	struct match_scratch *s = NULL;
	struct str text = STR("all icons are black when the session ends");
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	struct text_hit told[] = { { 0, 5 }, { 1, 5 } }, said[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, text, 10, true, &none, told, 2);
	assert_int_equal(told[0].article, 1);
	assert_true(fabsf(told[1].score / told[0].score - 0.85f) < 0.01f);
	passage_weigh(&m->view, s, text, 10, true, NULL, said, 2);
	assert_true(said[0].score == said[1].score);
	match_scratch_close(&s);
	match_close(&m);
}

static float gain_of_second(struct matcher *m, struct match_scratch *s, struct str text)
{
	struct text_hit hits[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, text, 10, true, &none, hits, 2);
	return hits[0].article ? hits[0].score - hits[1].score : hits[1].score - hits[0].score;
}

/* What every text says weighs little, with any ending, and so does what every advisory says where the text is one. */
static void general_words_weigh_little(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Notes", "Made Server", "Little is known because remote code is read." },
		{ "Notes", "Made Server", "Nobody opens a stuck drawer, which is full of grey spoons." },
		{ "Fonts", "Made Server", "A font is drawn with a pen. The pen has a width, and so have fonts." },
		{ "Printing", "Made Server", "A page is printed from its top. The top is where it begins." },
	};
	struct matcher *m = kb_of(pages, 4);
	struct match_scratch *s = NULL;
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	assert_true(gain_of_second(m, s, STR("little, because; stuck drawer")) > 0.5f);
	assert_true(fabsf(gain_of_second(m, s, STR("remote code; stuck drawer"))) < 0.01f);
	assert_true(gain_of_second(m, s, STR("attackers: remote code; stuck drawer")) > 0.5f);
	match_scratch_close(&s);
	match_close(&m);
}

/* What a person tells is seldom about the oldest articles; a message may be of any. */
static void an_old_article_is_seldom_described(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Notes", "Made Server", "The icons on the screen become black when a session ends." },
		{ "Notes", "Made Server", "The icons on the screen become black when a session ends." },
		{ "Fonts", "Made Server", "A font is drawn with a pen. The pen has a width, and so have fonts." },
		{ "Printing", "Made Server", "A page is printed from its top. The top is where it begins." },
	};
	struct matcher *m = kb_from(pages, 4, 109999);
	struct match_scratch *s = NULL;
	struct str text = STR("all icons are black when the session ends");
	assert_int_equal(match_scratch_open(m, &s), ERR_OK);
	struct text_hit told[] = { { 0, 5 }, { 1, 5 } }, said[] = { { 0, 5 }, { 1, 5 } };
	passage_weigh(&m->view, s, text, 10, true, &none, told, 2);
	assert_int_equal(told[0].article, 1);
	assert_true(fabsf(told[1].score / told[0].score - 0.9f) < 0.01f);
	passage_weigh(&m->view, s, text, 10, false, NULL, said, 2);
	assert_true(said[0].score == said[1].score);
	match_scratch_close(&s);
	match_close(&m);
}

static void products_are_named(void **state)
{
	(void)state;
	static const char *const all[] = { "Windows NT 4.0 (including Terminal Server Edition)", "Windows 3.x:",
					   "Microsoft Outlook 97 Microsoft Outlook 98 and Outlook 2000" };
	static const char *const more[] = { "Windows cannot start", "Microsoft Exchange Server is stopped", "4.0", "",
					    "Print Services", "Word 97" };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_true(product_is_all(str_c(all[i])));
	for (size_t i = 0; i < sizeof more / sizeof *more; i++)
		assert_false(product_is_all(str_c(more[i])));
}

#define MADE "Windows for Workgroups Version 3.11"

/* What is named in any sentence is no message, although an article shows it like one. */
static void a_product_is_no_message(void **state)
{
	(void)state;
	static const struct page pages[] = {
		{ "Some Notes", MADE,
		  "The following message appears:\n\n   Windows for Workgroups Version 3.11\n\nIt is white on blue." },
		{ "A Transfer", MADE, "Copying files to a folder is slow while the disk is checked." },
		{ "Fonts", MADE, "A font is drawn with a pen. The pen has a width, and so have fonts." },
		{ "Printing", MADE, "A page is printed from its top. The top is where it begins." },
	};
	struct matcher *m = kb_of(pages, 4);
	struct arena a = { 0 };
	struct str id = first_of(m, STR("copying is slow since we have Windows for Workgroups Version 3.11"), &a);
	assert_true(str_eq(id, STR("Q800001")));
	arena_free(&a);
	match_close(&m);
}

/* title_weights gives how rare runs of letters are in the titles of 3000 articles of an archive, behind so many of ours. */
static void title_weights(unsigned ours, uint8_t weights[static FILE_TITLE_RUNS])
{
	struct buf sections[SEC_COUNT] = { 0 };
	for (unsigned i = 0; i < ours + 3000; i++) {
		size_t at = sections[SEC_TEXT].n;
		if (i < ours)
			buf_add(&sections[SEC_TEXT], STR("A service of ours"));
		else
			buf_addf(&sections[SEC_TEXT], "%c%c%c%c", 'a' + (i - ours) % 26, 'a' + (i - ours) / 26 % 26,
				   'a' + (i - ours) / 676 % 26, 'a' + (i - ours) % 7);
		struct file_article article = { .title = { (uint32_t)at, (uint32_t)(sections[SEC_TEXT].n - at) },
						.authored = i < ours };
		buf_add_bytes(&sections[SEC_ARTICLE], &article, sizeof article);
	}
	assert_int_equal(passage_put_runs(sections), ERR_OK);
	assert_int_equal(sections[SEC_TITLE_RUN].n, FILE_TITLE_RUNS);
	memcpy(weights, sections[SEC_TITLE_RUN].p, FILE_TITLE_RUNS);
	for (int i = 0; i < SEC_COUNT; i++)
		buf_free(&sections[i]);
}

/* One more article of ours moved which titles of an archive were looked at, and so which of two was found first. */
static void own_titles_do_not_move_an_archives(void **state)
{
	(void)state;
	static uint8_t without[FILE_TITLE_RUNS], with[FILE_TITLE_RUNS];
	title_weights(0, without);
	for (unsigned ours = 1; ours < 4; ours++) {
		title_weights(ours, with);
		assert_memory_equal(with, without, FILE_TITLE_RUNS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(places_order_what_is_no_sentence),
		cmocka_unit_test(a_look_up_orders_by_places),
		cmocka_unit_test(a_look_up_orders_by_places_beside_a_message),
		cmocka_unit_test(titles_name_products),
		cmocka_unit_test(a_product_that_is_not_named_is_foreign),
		cmocka_unit_test(letters_of_a_title_weigh_by_how_rare_they_are),
		cmocka_unit_test(own_titles_do_not_move_an_archives),
		cmocka_unit_test(what_is_said_is_found_as_articles_put_it),
		cmocka_unit_test(what_is_translated_is_not_said_otherwise),
		cmocka_unit_test(sayings_are_the_longest_forms),
		cmocka_unit_test(everyday_words_say_nothing_otherwise),
		cmocka_unit_test(a_word_without_a_class_has_no_place),
		cmocka_unit_test(sayings_are_forms_and_words),
		cmocka_unit_test(a_list_of_articles_is_seldom_described),
		cmocka_unit_test(general_words_weigh_little),
		cmocka_unit_test(an_old_article_is_seldom_described),
		cmocka_unit_test(products_are_named),
		cmocka_unit_test(a_product_is_no_message),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
