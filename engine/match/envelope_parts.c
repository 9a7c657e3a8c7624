/* SPDX-License-Identifier: MIT
 *
 * What stands between a stamp and the message: threads, levels, sources in brackets, loggers, the marks between them.
 */
#include "match/envelope_peel.h"

#include <string.h>

enum { PARTS_MAX = 8 };

/* "[0x8004010F]", "[0xC0000022]": an HRESULT or NTSTATUS, no thread. */
static bool is_wide_code(struct str s)
{
	enum { LENGTH = 10 };
	return s.n == LENGTH && char_lower(s.p[1]) == 'x' && (s.p[2] == '8' || char_lower(s.p[2]) == 'c');
}

/* "[28000][Microsoft][ODBC ...]", "[08001] [unixODBC]": an SQLSTATE before the driver that gives it, no thread, where
 * that is all: before a message it is dress like a thread. */
static bool is_sqlstate(struct str inside, struct str behind)
{
	static const struct str drivers[] = { STR_LIT("[Microsoft]"), STR_LIT("[unixODBC]"), STR_LIT("[iODBC]"),
					      STR_LIT("[ODBC"),	      STR_LIT("[FreeTDS]"),  STR_LIT("[MySQL]"),
					      STR_LIT("[MariaDB]"),   STR_LIT("[IBM]"),	     STR_LIT("[Oracle]") };
	enum { LENGTH = 5 };
	behind = str_trim(behind);
	if (!str_ends(behind, STR("]")))
		return false;
	for (size_t i = 0; inside.n == LENGTH && i < sizeof drivers / sizeof *drivers; i++)
		if (str_starts(behind, drivers[i]))
			return true;
	return false;
}

/* [0x1a4], [1234], (0x230D), T:1a4 */
bool peel_thread(struct peel *p)
{
	struct str s = p->rest;
	if (!peel_byte_at(s, 0, "[("))
		return false;
	size_t end = str_find_char(str_first(s, 24), s.p[0] == '[' ? ']' : ')');
	struct str inside = end == STR_NONE ? STR("") : str_part(s, 1, end);
	size_t hex = 0;
	for (size_t i = 0; i < inside.n; i++)
		hex += char_is_hex(inside.p[i]) || char_lower(inside.p[i]) == 'x' || inside.p[i] == ':';
	if (!inside.n || hex < inside.n || !char_is_digit(inside.p[0]) || is_wide_code(inside) ||
	    is_sqlstate(inside, str_from(s, end + 1)))
		return false;
	p->e->thread = inside;
	peel_drop(p, end + 1);
	return true;
}

static bool peel_level(struct peel *p)
{
	static const struct str levels[] = { STR_LIT("Error  "), STR_LIT("Warning  "), STR_LIT("Info  "),
					     STR_LIT("##[error]"), STR_LIT("##[warning]") };
	bool bracket = peel_byte_at(p->rest, 0, "[");
	struct str s = str_from(p->rest, bracket);
	size_t n = 0;
	while (n < s.n && char_is_upper(s.p[n]))
		n++;
	if (n > 2 && (bracket ? peel_byte_at(s, n, "]") : peel_byte_at(s, n, " \t|;")) &&
	    peel_is_level(str_first(s, n))) {
		peel_note(&p->e->level, str_first(s, n));
		peel_drop(p, n + (bracket ? 2 : 0));
		return true;
	}
	size_t logged = str_starts(s, STR("##vso[task.logissue ")) ? str_find_char(str_first(s, 300), ']') : STR_NONE;
	if (logged != STR_NONE) {
		peel_drop(p, logged + 1);
		return true;
	}
	for (size_t i = 0; s.n && i < sizeof levels / sizeof *levels; i++) {
		struct str word = levels[i];
		if (word.p[0] != s.p[0])
			continue;
		if (bracket || !str_starts(s, word))
			continue;
		peel_note(&p->e->level, str_trim(str_first(s, word.n)));
		peel_drop(p, word.n);
		return true;
	}
	return false;
}

/* A thread's or logger's name; what starts with a capital and has neither point nor digit may be the message's
 * ("[Microsoft][ODBC Driver]"). */
static bool is_source(struct str s)
{
	bool lower = s.n && char_is_lower(s.p[0]), other = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!char_is_alnum(s.p[i]) && !strchr("._:/#@$-", s.p[i]))
			return false;
		other |= char_is_digit(s.p[i]) || s.p[i] == '.';
	}
	return lower || other;
}

/* is_pairs: "Originator@6876 sub=Default opID=4f-9", a name and what is said of it */
static bool is_pairs(struct str s)
{
	struct str word;
	unsigned count = 0;
	for (; str_word(&s, &word); count++) {
		size_t equals = str_find_char(word, '=');
		if (count ? equals == STR_NONE || !equals : str_find_char(word, '@') == STR_NONE)
			return false;
	}
	return count > 1;
}

/* "[core:error] [pid 212:tid 140] [client 10.0.0.9:4711] [main] ": a blank, or another one, stands behind it. */
static bool peel_bracket(struct peel *p)
{
	struct str s = p->rest;
	size_t end = peel_byte_at(s, 0, "[") ? str_find_char(str_first(s, 160), ']') : STR_NONE;
	if (end == STR_NONE || (end + 1 < s.n && !peel_byte_at(s, end + 1, p->chained ? "[ :\t" : " :\t")))
		return false;
	struct str inside = str_trim(str_part(s, 1, end)), head, tail;
	bool two = str_cut(inside, ':', &head, &tail), words = str_find_char(inside, ' ') != STR_NONE;
	if (peel_is_level(two ? tail : inside)) {
		peel_note(&p->e->level, two ? tail : inside);
		if (two)
			peel_note(&p->e->component, head);
	} else if (str_starts(inside, STR("pid ")) || str_starts(inside, STR("tid "))) {
		peel_note(&p->e->thread, str_from(inside, 4));
	} else if (str_starts(inside, STR("MY-"))) {
		peel_note(&p->e->event, inside);
	} else if (str_starts(p->e->event, STR("MY-")) && !words && !p->e->component.n) {
		peel_note(&p->e->component, inside); /* MySQL's subsystem */
	} else if (!words && is_source(inside)) {
		peel_note(str_find_char(inside, '.') != STR_NONE || str_starts(inside, STR("pod/")) ? &p->e->component
												    : &p->e->thread,
			  inside);
	} else if (!str_starts(inside, STR("client ")) && !is_pairs(inside)) {
		return false;
	}
	peel_drop(p, end + 1 + peel_byte_at(s, end + 1, ":"));
	size_t worker = peel_byte_at(p->rest, 0, "#") ? peel_digits(p->rest, 1, 1, 3) : 0;
	if (worker && p->e->level.n && peel_byte_at(p->rest, 1 + worker, " ")) { /* Fluentd's "[warn]: #0 text" */
		peel_note(&p->e->thread, str_part(p->rest, 1, 1 + worker));
		peel_drop(p, 1 + worker);
	}
	return true;
}

/* com.example.Client, c.e.Client:120: a name with points that no file has. */
static bool is_logger(struct str s)
{
	size_t dot = STR_NONE;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '.')
			dot = i;
	return dot != STR_NONE && dot && s.n - dot > 4 && is_source(s);
}

/* com.example.Client.run, as Tomcat puts it behind level and thread with no mark of its own: points, and a class. */
static bool is_method(struct str s)
{
	size_t dots = 0, classes = 0;
	for (size_t i = 0; i + 1 < s.n; i++) {
		dots += s.p[i] == '.';
		classes += s.p[i] == '.' && char_is_upper(s.p[i + 1]);
	}
	return dots > 1 && classes && is_source(s);
}

/* com.example.Client, com.example.Client$1: a class in its package, as loggers put it behind a level with no mark.
 * Names of hosts and files have small letters behind the last point; an exception's begins a message. */
static bool is_class(struct str s)
{
	size_t from = 0, dots = 0;
	for (size_t at; (at = str_find_char(str_from(s, from), '.')) != STR_NONE; from += at + 1, dots++) {
		if (!at || !char_is_lower(s.p[from]))
			return false;
		for (size_t i = from; i < from + at; i++)
			if (!char_is_lower(s.p[i]) && !char_is_digit(s.p[i]) && s.p[i] != '_')
				return false;
	}
	struct str name = str_from(s, from);
	bool lower = false;
	for (size_t i = 0; i < name.n; i++) {
		if (!char_is_alnum(name.p[i]) && !peel_byte_at(name, i, "_$"))
			return false;
		lower |= char_is_lower(name.p[i]);
	}
	return dots > 1 && lower && char_is_upper(name.p[0]) && !str_ends(name, STR("Exception")) &&
	       !str_ends(name, STR("Error"));
}

/* "com.example.Client - ", "c.e.Client      : ", "12345 --- ", "spid52    ": behind a stamp. */
static bool peel_logger(struct peel *p)
{
	struct str rest = p->rest, word, next;
	if (!str_word(&rest, &word) || word.n > 80)
		return false;
	bool number = peel_digits(word, 0, 1, 10) == word.n;
	static const struct str nothing = STR_LIT(" [(null)] - "); /* log4net's context */
	rest = str_from(rest, str_starts(rest, nothing) ? nothing.n - 3 : 0);
	struct str behind = str_trim(rest);
	bool dash = str_starts(rest, STR(" - ")), colon = rest.n && rest.p[0] == ' ' && str_starts(behind, STR(": "));
	if (number && str_starts(rest, STR(" --- "))) {
		peel_note(&p->e->thread, word);
		peel_drop(p, word.n + 5);
		return true;
	}
	if (number && str_starts(rest, STR(" ["))) { /* MySQL's connection */
		peel_note(&p->e->thread, word);
		peel_drop(p, word.n);
		return true;
	}
	size_t hash = str_find_char(word, '#');
	if (hash != STR_NONE && hash && peel_digits(word, 0, 1, hash) == hash &&
	    str_ends(word, STR(":"))) { /* nginx's worker */
		peel_note(&p->e->thread, str_first(word, word.n - 1));
		if (str_starts(behind, STR("*")) && str_word(&rest, &next) && peel_digits(next, 1, 1, 12) + 1 == next.n)
			behind = str_trim(rest);
		p->rest = behind;
		return true;
	}
	static const struct str of_sql[] = { STR_LIT("Logon"), STR_LIT("Server"), STR_LIT("Backup") };
	bool spid = str_starts(word, STR("spid")) && peel_byte_at(word, 4, "123456789");
	if ((spid || (p->e->time.n && STR_IS_ANY(word, of_sql, str_eq))) && str_starts(rest, STR("  "))) {
		peel_note(&p->e->thread, word);
		peel_drop(p, word.n);
		return true;
	}
	struct str ahead = dash ? str_from(rest, 3) : STR("");
	str_word(&ahead, &next);
	bool before_level = dash && peel_is_level(next); /* Python's "root - ERROR - " */
	bool method = p->e->level.n && !p->e->component.n && behind.n &&
		      ((p->e->thread.n && is_method(word)) || is_class(word));
	if (!before_level && !method && (!is_logger(word) || !(dash || colon) || !p->e->level.n))
		return false;
	peel_note(&p->e->component, word);
	p->rest = dash ? str_from(rest, 3) : str_from(behind, colon ? 2 : 0);
	peel_drop(p, 0);
	return true;
}

/* "error hostd[212] ", "cpu3:212 opID=4f)": ESXi's */
static bool peel_esxi(struct peel *p)
{
	struct str rest = p->rest, word, next;
	if (!(p->has & HAS_NUMBER) && !str_starts(rest, STR("cpu")))
		return false;
	if (!str_word(&rest, &word))
		return false;
	size_t core = str_starts(word, STR("cpu")) ? peel_digits(word, 3, 1, 3) : 0;
	size_t world = core && peel_byte_at(word, 3 + core, ":") ? peel_digits(word, 4 + core, 1, 10) : 0;
	size_t end = world ? str_find_char(str_first(p->rest, 80), ')') : STR_NONE;
	if (end != STR_NONE) {
		peel_note(&p->e->thread, str_part(word, 4 + core, 4 + core + world));
		peel_drop(p, end + 1);
		return true;
	}
	size_t open = peel_is_level(word) && str_word(&rest, &next) ? str_find_char(next, '[') : STR_NONE;
	if (open == STR_NONE || !open || peel_digits(next, open + 1, 1, 10) + open + 2 != next.n ||
	    !str_ends(next, STR("]")))
		return false;
	peel_note(&p->e->level, word);
	peel_note(&p->e->component, str_first(next, open));
	peel_note(&p->e->thread, str_part(next, open + 1, next.n - 1));
	p->rest = str_trim(rest);
	return true;
}

/* "(MSC service thread 1-6) ": WildFly's threads, behind level and logger */
static bool peel_service(struct peel *p)
{
	size_t end = peel_byte_at(p->rest, 0, "(") ? str_find_char(str_first(p->rest, 64), ')') : STR_NONE;
	if (end == STR_NONE || end < 2 || !peel_byte_at(p->rest, end + 1, " ") || !p->e->level.n ||
	    !p->e->component.n || p->e->thread.n)
		return false;
	p->e->thread = str_part(p->rest, 1, end);
	peel_drop(p, end + 1);
	return true;
}

/* "000003eb SystemOut     O ": WebSphere's thread, logger and kind */
static bool peel_websphere(struct peel *p)
{
	struct str rest = p->rest, thread, name, kind;
	size_t hex = 0;
	while (hex < rest.n && char_is_hex(rest.p[hex]))
		hex++;
	if (hex != 8 || !str_word(&rest, &thread) || thread.n != 8 || !str_word(&rest, &name) ||
	    !str_word(&rest, &kind) || kind.n != 1 || !strchr("FEWAICDOR123<>", kind.p[0]))
		return false;
	peel_note(&p->e->thread, thread);
	peel_note(&p->e->component, name);
	p->rest = str_trim(rest);
	return true;
}

/* "joe@shop ERROR:  ": PostgreSQL's, who is asking and where; the level stays for envelope_head. */
static bool peel_session(struct peel *p)
{
	struct str rest = p->rest, word, level;
	if (!p->e->thread.n || str_find_char(str_first(rest, 80), '@') == STR_NONE || !str_word(&rest, &word) ||
	    str_find_char(word, '@') == STR_NONE || !str_starts(rest, STR(" ")) || !str_word(&rest, &level) ||
	    !str_ends(level, STR(":")) || !str_starts(rest, STR("  ")))
		return false;
	peel_note(&p->e->component, word);
	peel_drop(p, word.n);
	return true;
}

/* ":10.0.0.9(4711):joe@shop:[212]:ERROR:  text": PostgreSQL's as a cloud runs it; the level stays */
static bool peel_hosted_session(struct peel *p)
{
	size_t open = peel_byte_at(p->rest, 0, ":") ? str_find(str_first(p->rest, 160), STR(":[")) : STR_NONE;
	struct str session = str_first(p->rest, open == STR_NONE ? 0 : open);
	size_t digits = session.n ? peel_digits(p->rest, open + 2, 1, 10) : 0;
	if (!digits || !str_starts(str_from(p->rest, open + 2 + digits), STR("]:")) ||
	    str_find_char(session, '@') == STR_NONE || str_find_char(session, ' ') != STR_NONE)
		return false;
	peel_note(&p->e->component, str_from(session, 1));
	peel_note(&p->e->thread, str_part(p->rest, open + 2, open + 2 + digits));
	peel_drop(p, open + 2 + digits + 2);
	return true;
}

/* "us=113456 10.0.0.9:1194 ": OpenVPN's, and whom it speaks to */
static bool peel_openvpn(struct peel *p)
{
	struct str rest = p->rest, word, peer;
	if (!str_starts(rest, STR("us=")) || !str_word(&rest, &word) || peel_digits(word, 3, 1, 6) + 3 != word.n)
		return false;
	p->rest = str_trim(rest);
	const char *colon = str_word(&rest, &peer) ? memrchr(peer.p, ':', peer.n) : NULL;
	size_t at = colon ? (size_t)(colon - peer.p) : 0;
	if (at && peel_digits(peer, at + 1, 1, 5) + at + 1 == peer.n)
		p->rest = str_trim(rest);
	return true;
}

/* "|ERROR|app|text": fields between marks; one of them is a level, so that nothing of the message is taken for one. */
static bool peel_marked(struct peel *p)
{
	struct str rest = p->rest, level = STR(""), component = STR(""), thread = STR(""), last = p->rest;
	unsigned numbers = 0;
	char mark = rest.n ? rest.p[0] : 0;
	bool leading = mark == '|' || mark == ';';
	if (!leading) {
		size_t n = 0;
		while (n < rest.n && n < 40 && char_is_alnum(rest.p[n]))
			n++;
		mark = n < rest.n ? rest.p[n] : 0;
		if (!n || !mark || !strchr("|;,\t", mark))
			return false;
	}
	rest = str_from(rest, leading);
	for (unsigned i = 0; i < 5; i++) {
		size_t end = str_find_char(str_first(rest, 64), mark);
		struct str field = str_trim(str_first(rest, end == STR_NONE ? 0 : end));
		if (end == STR_NONE || str_find_char(field, ' ') != STR_NONE)
			break;
		if (peel_is_level(field))
			level = field;
		else if (field.n && !char_is_digit(field.p[0]))
			peel_note(&component, field);
		else if (mark == '\t' && ++numbers) /* process and thread, as Windows Update writes them */
			thread = field;
		rest = str_from(rest, end + 1);
		last = rest;
	}
	if (!level.n && numbers < 2)
		return false;
	peel_note(&p->e->thread, thread);
	peel_note(&p->e->level, level);
	peel_note(&p->e->component, component);
	p->rest = last;
	peel_drop(p, 0);
	return true;
}

/* A dash or colon that loggers put between the parts. */
static bool peel_dash(struct peel *p)
{
	static const struct str marks[] = { STR_LIT("- "), STR_LIT("--- "), STR_LIT(": ") };
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (str_starts(p->rest, marks[i])) {
			peel_drop(p, marks[i].n);
			return true;
		}
	return false;
}

/* "CBS    text", "Component: text": told, and in the second form left in the message, which may begin so itself. */
static void note_component(struct peel *p)
{
	struct str rest = p->rest, word;
	if (p->e->component.n || !str_word(&rest, &word))
		return;
	if (str_starts(rest, STR("  ")) || str_starts(rest, STR("\t"))) {
		p->e->component = word;
		p->rest = rest;
		peel_drop(p, 0);
	} else if (word.n > 2 && str_ends(word, STR(":"))) {
		p->e->component = str_first(word, word.n - 1);
	}
}

void peel_parts(struct peel *p)
{
	for (unsigned i = 0; i < PARTS_MAX; i++)
		if (!peel_dash(p) && !peel_thread(p) && !peel_level(p) && !peel_bracket(p) && !peel_request(p) &&
		    !peel_channel(p) && !peel_logger(p) && !peel_esxi(p) && !peel_service(p) && !peel_websphere(p) &&
		    !peel_openvpn(p) && !peel_session(p) && !peel_hosted_session(p) &&
		    !(peel_byte_at(p->rest, 0, "!+?123456789") && (peel_agent(p) || peel_update(p))) && !peel_marked(p))
			break;
	if (p->e->level.n)
		note_component(p);
}
