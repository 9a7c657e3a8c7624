/* SPDX-License-Identifier: MIT
 *
 * What stands beside a number and says that it is a code ("error 53", "the error code was 53", "NetUseAdd returned 53",
 * "(53)" where something failed), or that it is none: a count of things, a line of a source, a time, a date, what
 * numbers something ("user 404"). Pure, linear.
 */
#include "rule/rule.h"

#include <string.h>

enum { HEAD_BYTES = 160 };

static bool has(struct str text, const char *word)
{
	return str_find_nocase(text, str_c(word)) != STR_NONE;
}

/* What stands before a word of s. */
static struct str ahead_of(struct str s, struct str word)
{
	return str_first(s, (size_t)(word.p - s.p));
}

/* ---- a code ---- */

/* "(53)" behind a name, as in "WNetAddConnection2 (53)": a code where the text speaks of failing. */
static bool in_parentheses(struct str text, size_t start, size_t end, bool hex)
{
	if (!start || text.p[start - 1] != '(' || end >= text.n || text.p[end] != ')')
		return false;
	struct str head = str_part(text, start > HEAD_BYTES ? start - HEAD_BYTES : 0, start);
	return has(head, "error") || has(head, "fail") || has(head, "cannot") || has(head, "can't") ||
	       has(head, "could not") || has(head, "denied") || has(head, "refused") || has(head, "unable to") ||
	       has(head, "timed out") || has(head, "not found") || has(head, "exception") || has(head, "ldap_") ||
	       has(head, " returned null") || has(head, " returned false") || (hex && has(head, "run result"));
}

/* Words of other letters than these, and of more than one word: "ошибка 53", "erreur système 53". */
static bool is_code_phrase(struct str head)
{
	static const struct str phrases[] = { STR_LIT("erreur système"),	STR_LIT("erreur d'exécution"),
					      STR_LIT("error de sistema"),	STR_LIT("error del sistema"),
					      STR_LIT("errore di sistema"),	STR_LIT("erro de sistema"),
					      STR_LIT("erro do sistema"),	STR_LIT("código de error"),
					      STR_LIT("códigos de error"),	STR_LIT("código de erro"),
					      STR_LIT("code d'erreur"),		STR_LIT("codice di errore"),
					      STR_LIT("codice errore"),		STR_LIT("ошибка"),
					      STR_LIT("Ошибка"),		STR_LIT("ошибки"),
					      STR_LIT("błąd"),			STR_LIT("Błąd"),
					      STR_LIT("エラー"),		STR_LIT("错误"),
					      STR_LIT("錯誤"),			STR_LIT("오류"),
					      STR_LIT("error value"),
					      STR_LIT("error code returned on failure is") };
	while (head.n && strchr(" =#(:'\"", head.p[head.n - 1]))
		head.n--;
	return STR_IS_ANY(head, phrases, str_ends_nocase);
}

/* "Error No. 53": the stop ends no sentence. */
static struct str without_number_sign(struct str head)
{
	static const struct str signs[] = { STR_LIT(" no. "), STR_LIT(" nr. "), STR_LIT(" num. ") };
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
		if (head.n > signs[i].n && str_eq_nocase(str_from(head, head.n - signs[i].n), signs[i]))
			return str_first(head, head.n - signs[i].n);
	return head;
}

/* "number", "result", "status" and "code" are of much else, too. */
static bool is_plain_word(struct str w)
{
	static const char words[] = "number result status code";
	return str_in_list(w, words);
}

/* "the error was 53", "GetLastError returns 53", "the return code is 53"; not "the number is 53" */
static bool is_said_of_code(struct str head, struct str verb)
{
	static const char verbs[] = "is was returned returns";
	static const char kinds[] = "error err return stop fault exit bugcheck failure";
	struct str w = rule_word_before(ahead_of(head, verb));
	if (!str_in_list(verb, verbs))
		return false;
	if (is_plain_word(w)) {
		struct str kind = rule_word_before(ahead_of(head, w));
		return str_in_list(kind, kinds);
	}
	return rule_is_code_word(w) && !str_eq_nocase(w, STR("errors"));
}

/* "NetUseAdd", "nfs_mount", "connect()", "msiexec", "setup.exe": what gives a code back; no "iPhone", no "eBay" */
static bool is_function(struct str w)
{
	bool small = false, mixed = false, marked = false;
	while (w.n && strchr(":,", w.p[w.n - 1]))
		w.n--;
	if (w.n > 1 && char_is_lower(w.p[0]) && char_is_upper(w.p[1]))
		return false;
	for (size_t i = 0; i < w.n; i++) {
		mixed |= small && char_is_upper(w.p[i]);
		marked |= i && w.p[i] == '_';
		small |= char_is_lower(w.p[i]);
	}
	return mixed || (marked && small) || str_ends(w, STR("()")) || str_ends(w, STR(".exe")) ||
	       str_ends(w, STR(".msi")) || str_eq_nocase(w, STR("msiexec"));
}

static struct str last_word(struct str s)
{
	s = str_trim_end(s);
	size_t at = s.n;
	while (at && !char_is_space(s.p[at - 1]))
		at--;
	return str_from(s, at);
}

static bool is_prose(struct str s)
{
	static const struct str signs[] = { STR_LIT(". "), STR_LIT(", "), STR_LIT(" and "), STR_LIT("is ") };
	return STR_IS_ANY(s, signs, str_has_nocase);
}

/* "net use returned 85", "LDAP bind returned 49", "C:\\>sc start spooler says 1058": a command that tells its errors by
 * number stands before it with what it was asked for, no sentence ("net use is fine, he returned 5"). */
static bool is_of_command(struct str head)
{
	static const struct str commands[] = {
		STR_LIT("net use "),   STR_LIT("net view "),  STR_LIT("net start "), STR_LIT("net stop "),
		STR_LIT("net user "),  STR_LIT("net time "),  STR_LIT("net share "), STR_LIT("net session "),
		STR_LIT("sc start "),  STR_LIT("sc stop "),   STR_LIT("sc query "),  STR_LIT("sc create "),
		STR_LIT("repadmin "),  STR_LIT("nltest "),    STR_LIT("dcdiag "),    STR_LIT("netdom "),
		STR_LIT("ldap bind "), STR_LIT("ldap search "), STR_LIT("ldapsearch "), STR_LIT("ldap_bind "),
		STR_LIT("psexec "),    STR_LIT("rcmd "),      STR_LIT("wmic "),	     STR_LIT("regsvr32 "),
	};
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		for (size_t at = 0, n; (n = str_find_nocase(str_from(head, at), commands[i])) != STR_NONE; at += n + 1) {
			struct str behind = str_from(head, at + n);
			if ((!(at + n) || !char_is_word(head.p[at + n - 1])) && !is_prose(behind))
				return true;
		}
	return false;
}

/* "The service stopped with 1067", "Setup failed with 1603": what runs, and ends with an error of Windows. A script's,
 * a job's or a command's number is its own as often. */
static bool is_job(struct str w)
{
	static const char jobs[] = "service process program task setup installer installation backup";
	return str_in_list(w, jobs);
}

/* "NetUseAdd returned 53", "[SC] OpenService FAILED 1060:", "DsGetDcName failed with 1355", "net view gives me 6118":
 * nothing is counted there. */
static bool is_given_back(struct str head, struct str verb, struct str tail)
{
	static const char verbs[] = "returned returns returning failed fails gives gave";
	static const char said[] = "returned returns returning failed fails gives gave says said reports reported ended ends";
	static const char ends[] = "failed fails stopped ended ends terminated crashed exited";
	bool with = str_eq_nocase(verb, STR("with"));
	if (with || str_eq_nocase(verb, STR("me")))
		verb = rule_word_before(ahead_of(head, verb));
	if (tail.n && !strchr(".,:;)]'\"\r\n", tail.p[0]))
		return false;
	if (str_in_list(verb, said) && is_of_command(ahead_of(head, verb)))
		return true;
	if (with && str_in_list(verb, ends) && is_job(rule_word_before(ahead_of(head, verb))))
		return true;
	if (!str_in_list(verb, verbs))
		return false;
	struct str name = last_word(ahead_of(head, verb));
	if (str_eq_nocase(name, STR("is")) || str_eq_nocase(name, STR("call")))
		name = last_word(ahead_of(head, name));
	return is_function(name);
}

/* "failed (111: Connection refused)" */
static bool opens_parentheses(struct str head, struct str tail)
{
	return str_ends(head, STR("(")) && str_starts(tail, STR(": ")) && has(head, "fail");
}

bool rule_is_told_code(struct str text, size_t start, size_t end, bool hex)
{
	size_t from = start > HEAD_BYTES / 2 ? start - HEAD_BYTES / 2 : 0;
	struct str head = without_number_sign(str_part(text, from, start)), tail = str_from(text, end);
	struct str w = rule_word_before(head);
	if (in_parentheses(text, start, end, hex) || opens_parentheses(head, tail) || is_code_phrase(head))
		return true;
	if (str_eq_nocase(w, STR("number"))) /* "room number 404" */
		return has(head, "err") || has(head, "fehler");
	if (str_eq_nocase(w, STR("errors"))) /* "errors: 3" counts them */
		return str_ends(head, STR(" ")) && w.p + w.n + 1 == head.p + head.n;
	return rule_is_code_word(w) || is_said_of_code(head, w) || is_given_back(head, w, tail);
}

/* ---- none ---- */

/* "io.c(285)", "main.c(1338)": a line of a source */
static bool is_source_line(struct str text, size_t start)
{
	return start > 3 && text.p[start - 1] == '(' && str_ends(str_first(text, start - 1), STR(".c"));
}

/* "1.5", "1,326", "50%" are amounts. */
static bool goes_on(struct str text, size_t end)
{
	size_t digits = 0;
	if (end == text.n || !strchr(".,%", text.p[end]))
		return false;
	while (end + 1 + digits < text.n && digits < 4 && char_is_digit(text.p[end + 1 + digits]))
		digits++;
	return text.p[end] == '%' || (text.p[end] == '.' ? digits > 0 : digits == 3);
}

static bool are_digits(struct str s, size_t at, size_t n)
{
	for (size_t i = at; i < at + n; i++)
		if (i >= s.n || !char_is_digit(s.p[i]))
			return false;
	return true;
}

/* "12:30", "2003-10-05", "12/05/2001" */
static bool is_moment(struct str tail, size_t digits)
{
	bool clock = digits <= 2 && str_starts(tail, STR(":")) && are_digits(tail, 1, 2);
	bool date = tail.n > 3 && strchr("-/.", tail.p[0]) && are_digits(tail, 1, 2) && tail.p[3] == tail.p[0];
	return (clock && !are_digits(tail, 3, 1)) || (date && (digits == 4 || digits <= 2));
}

/* "error: 3 files were skipped", "error 64 bit": so many of them. What ends with an s may be told of a code, too
 * ("error 53 occurs"), but for where a mark stands between. */
static bool is_count(struct str head, struct str tail)
{
	static const char things[] = "bit bits byte bytes kb mb gb files rows records lines times attempts ms seconds "
				     "minutes hours days weeks years warnings retries packets passed percent";
	static const char others[] = "errors means occurs is was access";
	size_t n = 1;
	while (n < tail.n && char_is_alpha(tail.p[n]))
		n++;
	struct str w = str_part(tail, 1, n);
	if (!str_starts(tail, STR(" ")) || !w.n || (n < tail.n && char_is_word(tail.p[n])))
		return false;
	if (str_eq(w, STR("of")))
		return are_digits(tail, n + 1, 1);
	bool marked = str_ends(head, STR(": ")) || str_ends(head, STR(", "));
	bool plural = w.n > 3 && char_is_lower(w.p[0]) && str_ends(w, STR("s")) && !str_in_list(w, others);
	return str_in_list(w, things) || (marked && plural);
}

bool rule_is_amount(struct str text, size_t start, size_t end)
{
	struct str head = str_first(text, start), tail = str_from(text, end);
	return goes_on(text, end) || is_source_line(text, start) || is_moment(tail, end - start) ||
	       is_count(head, tail);
}

/* "User 404", "record 410" */
bool rule_is_numbered(struct str head)
{
	static const char things[] = "user id item order record row line product customer client ticket invoice job "
				     "task room object entry event node device account key index channel port slot "
				     "section chapter step case issue bug process pid thread build patch article "
				     "number employee";
	struct str w = rule_word_before(head);
	return str_ends(head, STR(" ")) && str_in_list(w, things);
}
