/* SPDX-License-Identifier: MIT
 *
 * Errors in a system's own language: every listed text is read, values stay, and spans lead back to what was said.
 */
#include "tests/unit/unit.h"

#include "base/arena.h"
#include "match/language.h"
#include "tests/main/file.h"

static struct clean undone(const char *text, struct arena *a)
{
	struct clean from = { .text = str_c(text) }, to = { 0 };
	assert_int_equal(language_undo(&from, a, &to), ERR_OK);
	return to;
}

static void says(const char *text, const char *english)
{
	struct arena a = { 0 };
	assert_str(undone(text, &a).text, english);
	arena_free(&a);
}

/* filled puts a value for each {}. */
static const char *filled(struct str text, struct arena *a)
{
	struct buf b = { 0 };
	for (size_t at; (at = str_find(text, STR("{}"))) != STR_NONE; text = str_from(text, at + 2)) {
		buf_add(&b, str_first(text, at));
		buf_add_c(&b, "53");
	}
	buf_add(&b, text);
	const char *filled = arena_printf(a, "%.*s", STR_ARG(buf_str(&b))).p;
	buf_free(&b);
	return filled;
}

static void every_listed_text_is_read(void **state)
{
	(void)state;
	struct buf list = { 0 };
	struct arena a = { 0 };
	assert_true(file_read("engine/match/language.txt", &list));
	struct str rest = buf_str(&list), line, english = { 0 };
	size_t texts = 0;
	while (str_line(&rest, &line)) {
		if (line.p[0] == '#')
			continue;
		if (str_starts(line, STR("= "))) {
			english = str_from(line, 2);
			continue;
		}
		assert_true(line.n > 6 && line.p[2] == ' '); /* two letters of a language */
		says(filled(str_from(line, 3), &a), filled(english, &a));
		texts++;
	}
	assert_in_range(texts, 1000, 2990); /* the table has room for three thousand */
	arena_free(&a);
	buf_free(&list);
}

static void what_stands_around_it_stays(void **state)
{
	(void)state;
	says("Systemfehler 53 aufgetreten.\n\nDer Netzwerkpfad\nwurde nicht gefunden.",
	     "System error 53 has occurred.\n\nThe network path was not found.");
	says("ssh: connect to host db1 port 22: connexion refusée",
	     "ssh: connect to host db1 port 22: Connection refused");
	says("发生系统错误 53。找不到网络路径。", "System error 53 has occurred. The network path was not found.");
	says("Ağ yolu bulunamadı. Sistem hatası 53 oluştu.",
	     "The network path was not found. System error 53 has occurred.");
	says("EXPLORER verursachte einen Fehler durch eine ungültige Seite in Modul KERNEL32.DLL bei 0167:bff9dba7.",
	     "EXPLORER caused an invalid page fault in module KERNEL32.DLL at 0167:bff9dba7.");
	says("\"0x77f83aed\"指令引用的\"0x00000000\"内存。该内存不能为\"read\"。",
	     "The instruction at \"0x77f83aed\" referenced memory at \"0x00000000\". The memory could not be "
	     "\"read\".");
	says("Laufwerk C: Datenträger voll", "Laufwerk C: Disk full");
	says("Chyba 13: Neshoda typů", "Chyba 13: Type mismatch");
	says("错误:拒绝访问(5)", "错误:Access is denied(5)");
	says("Zugriff verweigerte er nie", "Zugriff verweigerte er nie"); /* goes on within a word */
	says("Netzugriff verweigert", "Netzugriff verweigert");
	says("The network path was not found.", "The network path was not found.");
	says("", "");
}

static void what_is_said_in_two_words_stands_by_itself(void **state)
{
	(void)state;
	says("java.net.UnknownHostException: Hôte inconnu (db1)",
	     "java.net.UnknownHostException: No such host is known (db1)");
	says("Error 11001\n Host desconocido.", "Error 11001\n No such host is known.");
	says("SocketException: « Hôte inconnu »", "SocketException: « No such host is known »");
	says("[WinError 87] Falscher Parameter", "[WinError 87] The parameter is incorrect");
	says("conexión desde host desconocido", "conexión desde host desconocido");
	says("Host sconosciuto nel file known_hosts", "Host sconosciuto nel file known_hosts");
	says("Falscher Parameter für die Funktion", "Falscher Parameter für die Funktion");
}

static void letters_that_a_code_page_took_may_be_any(void **state)
{
	(void)state;
	says("Le chemin r\xEF\xBF\xBDseau n'a pas \xEF\xBF\xBDt\xEF\xBF\xBD trouv\xEF\xBF\xBD.",
	     "The network path was not found.");
	says("Le chemin reseau n'a pas trouve", "Le chemin reseau n'a pas trouve");
	static const char lost[] = "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD";
	says(lost, lost); /* as long as a text in Chinese */
}

static void spans_lead_back(void **state)
{
	(void)state;
	struct arena a = { 0 };
	const char *text = "am 3.: Ping-Anforderung konnte Host \"fs1\" nicht finden. Überprüfen Sie den Namen, und "
			   "versuchen Sie es "
			   "erneut. Danke";
	struct clean c = undone(text, &a);
	size_t fs1 = str_find(c.text, STR("fs1")), ping = str_find(c.text, STR("Ping")),
	       thanks = str_find(c.text, STR("Danke"));
	assert_int_equal(clean_offset(&c, fs1), str_find(str_c(text), STR("fs1")));
	assert_int_equal(clean_offset(&c, ping), str_find(str_c(text), STR("Ping")));
	assert_int_equal(clean_offset(&c, thanks), str_find(str_c(text), STR("Danke")));
	for (size_t i = 0, before = 0; i < c.text.n; before = clean_offset(&c, i++)) {
		assert_true(clean_offset(&c, i) >= before);
		assert_int_not_equal((unsigned char)text[clean_offset(&c, i)] & 0xC0, 0x80); /* no half letters */
	}
	text = "Системная ошибка 53"; /* its English goes on behind the number */
	c = undone(text, &a);
	assert_int_equal(clean_offset(&c, c.text.n), strlen(text));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_listed_text_is_read),
		cmocka_unit_test(what_stands_around_it_stays),
		cmocka_unit_test(what_is_said_in_two_words_stands_by_itself),
		cmocka_unit_test(letters_that_a_code_page_took_may_be_any),
		cmocka_unit_test(spans_lead_back),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
