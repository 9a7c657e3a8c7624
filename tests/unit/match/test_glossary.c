/* SPDX-License-Identifier: MIT
 *
 * Descriptions in other languages are read in the words of English articles, word by word; what articles know as it is
 * stays; English and log lines are never touched.
 */
#include "tests/unit/match/pages.h"

#include "match/glossary.h"
#include "match/glossary_tell.h"
#include "base/utf8.h"
#include "match/match.h"

#include <string.h>

enum { FORMS_MAX = 64 };

static const struct page english[] = {
	{ "Printer Queue Hangs", "Made Server",
	  "The network printer stops responding, and the print queue cannot be deleted. The driver is not displayed." },
	{ "Dialog Box Is Not Displayed", "Made Studio",
	  "When you open the resource editor, a combo box in the dialog box flickers, and the status bar disappears." },
	{ "Tables Are Slow", "Made Base",
	  "A stored procedure that reads a table of the database is slow in a thread. You cannot save the memory." },
};

static const struct page handles[] = {
	{ "Stale Handles Are Borrowed", "Made Server", "A plugin may borrow a stale handle where the police is away." },
};

static const struct page german[] = {
	{ "Drucker druckt nicht", "Eigenbau", "Der Drucker druckt nicht, wenn die Warteschlange voll ist." },
	{ "Bildschirm bleibt dunkel", "Eigenbau", "Der Bildschirm bleibt dunkel, wenn das Netzteil kalt ist." },
};

static const struct page chinese[] = {
	{ "打印机无法打印", "自己的", "打印机无法打印，重新启动服务。" },
	{ "屏幕变黑", "自己的", "屏幕变黑，更换电源。" },
};

struct kb {
	struct matcher *matcher;
	struct match_scratch *scratch;
	struct arena arena;
};

static struct kb open_kb(struct matcher *m)
{
	struct kb kb = { .matcher = m };
	assert_int_equal(match_scratch_open(m, &kb.scratch), ERR_OK);
	return kb;
}

static void close_kb(struct kb *kb)
{
	match_scratch_close(&kb->scratch);
	match_close(&kb->matcher);
	arena_free(&kb->arena);
}

/* squeezed has one blank between words, as blanks do not matter to a search. */
static struct str squeezed(struct str text, struct arena *a)
{
	struct buf b = { 0 };
	for (struct str word; str_word(&text, &word);)
		buf_addf(&b, "%s%.*s", b.n ? " " : "", STR_ARG(word));
	struct str s = buf_keep(&b, a);
	buf_free(&b);
	return s;
}

static void reads(struct kb *kb, const char *text, const char *as)
{
	struct str said = { 0 };
	size_t listed;
	if (!glossary_read(&kb->matcher->view, str_c(text), false, &kb->arena, &said, &listed))
		said = str_c(text);
	assert_str(squeezed(said, &kb->arena), as);
}

/* finds: this article comes first. */
static void finds(struct kb *kb, const char *text, const char *id)
{
	struct match_answer answer = { 0 };
	assert_int_equal(match_message(kb->matcher, kb->scratch, str_c(text), NULL, &kb->arena, &answer), ERR_OK);
	const struct match *first = answer.match_count ? answer.matches : answer.nearest;
	assert_true(answer.match_count + answer.nearest_count > 0);
	assert_str(first->id, id);
}

static struct str folded(const struct glossary *g, struct str form, struct arena *a)
{
	struct buf b = { 0 };
	char room[GLOSSARY_FOLD_MAX];
	for (size_t at = 0; at < form.n;) {
		uint32_t c = utf8_next(form, &at);
		if (c != '*' || at == form.n) /* within a form it may stand for no letter */
			buf_add(&b, glossary_fold(g, c, room));
	}
	struct str s = buf_keep(&b, a);
	buf_free(&b);
	return s;
}

static void form_is_found(enum glossary_language l, struct str form, struct str said, struct arena *a)
{
	struct glossary_found found[FORMS_MAX];
	bool spaced = l != GLOSSARY_JA && l != GLOSSARY_ZH && l != GLOSSARY_KO, listed = false;
	struct str text = folded(glossary_of(l), form, a);
	size_t n = glossary_at(glossary_of(l), text, 0, spaced, found, FORMS_MAX);
	for (size_t i = 0; i < n; i++) {
		bool whole =
			found[i].end + found[i].inflects == text.n && found[i].inflects == str_ends(text, STR("*"));
		if (whole && !str_eq(found[i].english, said))
			fail_msg("%.*s is \"%.*s\" and \"%.*s\"", STR_ARG(form), STR_ARG(said),
				 STR_ARG(found[i].english));
		listed |= whole;
	}
	if (!listed)
		fail_msg("%.*s is not found", STR_ARG(form));
}

static void lines_are_well_formed(enum glossary_language l, struct arena *a)
{
	struct str rest = glossary_source(l), line, forms, said, form;
	bool ended = false;
	while (str_line(&rest, &line)) {
		ended |= str_eq(line, STR("--"));
		if (!line.n || strchr("#~+*-", line.p[0]))
			continue;
		assert_true(str_cut(line, '=', &forms, &said));
		said = str_trim(said);
		for (size_t i = 0; i < said.n; i++)
			assert_true((unsigned char)said.p[i] < 0x80);
		for (bool more = true; more;) {
			more = str_cut(forms, ',', &form, &forms);
			form_is_found(l, str_trim(form), said, a);
		}
		arena_reset(a);
	}
	assert_true(ended);
}

static void every_listed_form_is_read(void **state)
{
	(void)state;
	struct arena a = { 0 };
	for (enum glossary_language l = 0; l < GLOSSARY_COUNT; l++)
		lines_are_well_formed(l, &a);
	arena_free(&a);
}

static void chinese_has_no_blanks(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	reads(&kb, "打印机死机", "printer stops responding");
	reads(&kb, "在资源编辑器中打开对话框，状态栏消失",
	      "in resource editor in open dialog box , status bar disappears");
	reads(&kb, "組合框閃爍", "combo box flicker"); /* traditional letters */
	reads(&kb, "在 MFC 的ComboBox 打开\"My File\"", "in MFC of ComboBox open \"My File\"");
	reads(&kb, "在 MSDEV.EXE 6.0打开", "in MSDEV.EXE 6.0 open");
	reads(&kb, "饕餮打印机", "饕餮 printer");
	reads(&kb, "信用卡被截断", "信用卡 被截断"); /* whole, not 信 (a letter) and 断 (disconnect) */
	reads(&kb, "打印机卡在", "printer stops responding");
	finds(&kb, "打印机死机, 打印队列无法删除", "Q800000");
	finds(&kb, "打開資源編輯器時，對話框中的組合框閃爍", "Q800001");
	finds(&kb, "在线程中用存储过程读表很慢", "Q800002");
	close_kb(&kb);
}

static void japanese_has_no_blanks(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	reads(&kb, "プリンターのドライバが表示されない", "printer of driver the not displayed");
	reads(&kb, "リソース エディターでダイアログ ボックスを開くと", "resource editor by dialog box the open and");
	reads(&kb, "ネットワークプリンタ", "network printer");
	finds(&kb, "ダイアログボックスのコンボ ボックスがちらつく", "Q800001");
	close_kb(&kb);
}

static void words_inflect_and_are_glued(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	reads(&kb, "Die Netzwerkdrucker und der Druckertreiber", "the network printer and the printer driver");
	reads(&kb, "Der Speicher und der Drucker", "the memory and the printer");
	reads(&kb, "speichern und der Drucker", "save and the printer");
	reads(&kb, "der DRUCKERN und Trücker", "the printer and Trücker");
	reads(&kb, "Der Drucker kann nicht C:\\Drucker\\drucker.exe", "the printer cannot C:\\Drucker\\drucker.exe");
	close_kb(&kb);
}

static void endings_are_long_in_turkish(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	reads(&kb, "Yazıcılarımızdan biri yazdırmıyor ve sürücüsü silinemiyor",
	      "printer biri does not print and driver cannot delete");
	reads(&kb, "yazicilarimizdan sonra surucusu silinemiyor", "printer sonra driver cannot delete");
	finds(&kb, "Ağ yazıcısı yanıt vermiyor, yazdırma kuyruğu silinemiyor", "Q800000");
	close_kb(&kb);
}

/* What is written with a language's letters is told by these, where it has but one of its commonest words; two to four
 * words by one of these that is long. Names are not. */
static void few_words_are_told_by_their_letters(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	reads(&kb, "NetWare tisková FRONTA ZMIZÍ", "NetWare print queue disappears");
	finds(&kb, "Síťová tiskárna neodpovídá, tiskovou frontu nelze odstranit", "Q800000");
	reads(&kb, "Drucker verschwunden", "printer disappears");
	static const char *const names[] = {
		"Björn Müller",
		"Björn Müller cannot open the file",
		"München Zürich ping timeout",
		"José, Zoë, Jürgen", "Drucker", "Essay PS",
	};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		assert_int_equal(glossary_tell(&kb.matcher->view, str_c(names[i])), GLOSSARY_NONE);
	close_kb(&kb);
}

/* Signs of a language that are English, too, tell nothing by themselves where articles have them. */
static void few_words_are_not_told_by_one_that_articles_know(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(handles, 1, 800000));
	static const char *const texts[] = { "stale lockfile", "borrow lockfile", "lockfile plugin", "police lockfile" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_int_equal(glossary_tell(&kb.matcher->view, str_c(texts[i])), GLOSSARY_NONE);
	assert_int_equal(glossary_tell(&kb.matcher->view, STR("Drucker lockfile")), GLOSSARY_DE);
	close_kb(&kb);
}

static void english_is_not_touched(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	static const char *const texts[] = {
		"The printer queue hangs", "Drucker", "file der not found", "access denied: der", "", "-- 5 --",
	};
	struct str said;
	size_t listed;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		assert_false(glossary_read(&kb.matcher->view, str_c(texts[i]), false, &kb.arena, &said, &listed));
	close_kb(&kb);
}

/* What is told is as sure as in English, where it is long enough to tell something, and no surer. */
static void what_is_told_is_as_sure_as_in_english(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	static const struct {
		const char *said;
		double least, most;
	} texts[] = {
		{ "my printer stops responding, and the print queue cannot be deleted, what can I do", 0.15, 0.3 },
		{ "我的打印机死机了，打印队列也无法删除，请问怎么办", 0.15, 0.3 },
		{ "打印机死机", 0, 0.149 },
		{ "2001-03-12 13:00:57 打印机死机了，打印队列也无法删除，请问怎么办", 0, 0.149 },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct match_answer a = { 0 };
		assert_int_equal(match_message(kb.matcher, kb.scratch, str_c(texts[i].said), NULL, &kb.arena, &a),
				 ERR_OK);
		double sure = a.match_count ? a.matches->confidence : a.nearest_count ? a.nearest->confidence : 0;
		assert_true(sure >= texts[i].least && sure <= texts[i].most);
	}
	close_kb(&kb);
}

/* Articles in a language are found by its own words. */
static void own_articles_are_found(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(german, 2, 800000));
	finds(&kb, "Mein Drucker druckt nicht, und die Warteschlange ist voll", "Q800000");
	finds(&kb, "der Bildschirm ist dunkel und kalt", "Q800001");
	close_kb(&kb);
	kb = open_kb(kb_from(chinese, 2, 800000));
	finds(&kb, "打印机无法打印", "Q800000");
	finds(&kb, "屏幕变黑，怎么办", "Q800001");
	close_kb(&kb);
}

static void long_texts_are_read_from_their_beginning(void **state)
{
	(void)state;
	struct kb kb = open_kb(kb_from(english, 3, 800000));
	struct buf b = { 0 };
	while (b.n < 10 << 20)
		buf_add_c(&b, "打印机死机，");
	struct str said;
	size_t listed;
	assert_true(glossary_read(&kb.matcher->view, buf_str(&b), false, &kb.arena, &said, &listed));
	assert_in_range(said.n, GLOSSARY_READ_MAX, (10 << 20) + 4 * GLOSSARY_READ_MAX);
	buf_free(&b);
	close_kb(&kb);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_listed_form_is_read),
		cmocka_unit_test(chinese_has_no_blanks),
		cmocka_unit_test(japanese_has_no_blanks),
		cmocka_unit_test(words_inflect_and_are_glued),
		cmocka_unit_test(endings_are_long_in_turkish),
		cmocka_unit_test(few_words_are_told_by_their_letters),
		cmocka_unit_test(few_words_are_not_told_by_one_that_articles_know),
		cmocka_unit_test(english_is_not_touched),
		cmocka_unit_test(what_is_told_is_as_sure_as_in_english),
		cmocka_unit_test(own_articles_are_found),
		cmocka_unit_test(long_texts_are_read_from_their_beginning),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
