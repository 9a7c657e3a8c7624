/* SPDX-License-Identifier: MIT
 *
 * What servers and runtimes put behind a message on its own line, or around it: nginx's request and what PHP told it,
 * Apache's referer, the context of PHP's loggers, where PHP was, Kafka's classes, sshd's state, the statement that a
 * database was told, .NET's HRESULT, where DISM was, to whom Postfix spoke.
 */
#include "match/envelope_peel.h"

#include <string.h>

/* cut drops what stands from at on. */
static bool cut(struct peel *p, size_t at)
{
	struct str left = str_trim_end(str_first(p->rest, at));
	if (!left.n)
		return false;
	p->rest = left;
	return true;
}

/* "text, client: 10.0.0.9, server: example.org, request: "GET / HTTP/1.1", host: "example.org"". Which upstream failed
 * is what a message about one is about. */
static bool peel_nginx(struct peel *p)
{
	size_t at = p->has & HAS_COMMA && p->e->thread.n ? str_find(p->rest, STR(", client: ")) : STR_NONE;
	struct str tail = at == STR_NONE ? STR("") : str_from(p->rest, at);
	return str_find(tail, STR(", server: ")) != STR_NONE && str_find(tail, STR(", upstream: ")) == STR_NONE &&
	       cut(p, at);
}

/* "FastCGI sent in stderr: "PHP message: PHP Warning:  text" while reading upstream, client: ...": the first of what a
 * program told nginx while it answered. */
static bool peel_fastcgi(struct peel *p)
{
	static const struct str begins = STR_LIT("FastCGI sent in stderr: \""), ends = STR_LIT("\" while reading "),
				message = STR_LIT("PHP message: "), level = STR_LIT("PHP ");
	enum { LEVEL_MAX = 24 };
	if (!str_starts(p->rest, begins))
		return false;
	struct str s = str_from(p->rest, begins.n);
	size_t end = str_find(s, ends), next;
	s = str_first(s, end == STR_NONE ? s.n : end);
	s = str_from(s, str_starts(s, message) ? message.n : 0);
	next = str_find(s, message);
	s = str_trim(str_first(s, next == STR_NONE ? s.n : next));
	size_t colon = str_starts(s, level) ? str_find(str_first(s, LEVEL_MAX), STR(":  ")) : STR_NONE;
	s = str_from(s, colon == STR_NONE ? 0 : colon + 3);
	s = str_from(s, str_starts(s, STR("Uncaught ")) ? 9 : 0);
	if (!s.n)
		return false;
	p->rest = s;
	return true;
}

/* "text, referer: http://example.org/" */
static bool peel_referer(struct peel *p)
{
	static const struct str mark = STR_LIT(", referer: ");
	size_t at = p->has & HAS_COMMA && p->e->time.n ? str_find(p->rest, mark) : STR_NONE;
	struct str url = at == STR_NONE ? STR("") : str_trim(str_from(p->rest, at + mark.n));
	return str_starts(url, STR("http")) && str_find_char(url, ' ') == STR_NONE && cut(p, at);
}

/* "text|url: http://example.org/|action: Index", as ASP.NET's layout of NLog has it */
static bool peel_action(struct peel *p)
{
	size_t at = p->has & HAS_BAR && p->e->time.n ? str_find(p->rest, STR("|url: ")) : STR_NONE;
	return at != STR_NONE && str_find(str_from(p->rest, at), STR("|action: ")) != STR_NONE && cut(p, at);
}

/* A line behind the first, in a dress of its own, says which statement failed. */
static bool peel_statement(struct peel *p)
{
	struct str rest = p->rest, line;
	if (!(p->has & HAS_LINE_END) || !p->e->time.n)
		return false;
	for (bool first = true; str_line(&rest, &line); first = false)
		if (!first && peel_date(line) && str_find(line, STR(" STATEMENT:  ")) != STR_NONE)
			return cut(p, (size_t)(line.p - p->rest.p));
	return false;
}

/* "Uncaught RuntimeException: text in /srv/a.php:88" LF "Stack trace:" LF ... */
static bool peel_php(struct peel *p)
{
	static const struct str mark = STR_LIT("Uncaught "), trace = STR_LIT("\nStack trace:");
	size_t at = p->has & HAS_LINE_END ? str_find(p->rest, mark) : STR_NONE, place = STR_NONE;
	size_t end = at == STR_NONE ? STR_NONE : str_find(p->rest, trace);
	if (end == STR_NONE || end < at)
		return false;
	struct str text = str_part(p->rest, at + mark.n, end), class;
	for (size_t from = 0, found; (found = str_find(str_from(text, from), STR(" in "))) != STR_NONE;) {
		place = from + found;
		from = place + 4;
	}
	size_t colon = str_find(text, STR(": "));
	if (place == STR_NONE || colon == STR_NONE || colon + 2 >= place)
		return false;
	class = str_first(text, colon);
	if (str_find_char(class, ' ') != STR_NONE)
		return false;
	peel_note(&p->e->component, class);
	peel_kind(p, "php");
	p->rest = str_part(text, colon + 2, place);
	return true;
}

/* HRESULTs that say nothing but that something failed: E_FAIL, E_UNEXPECTED, .NET's own. */
bool peel_says_nothing(struct str code)
{
	static const struct str heads[] = { STR_LIT("0x80004005"), STR_LIT("0x8000FFFF"), STR_LIT("0x80131") };
	return STR_IS_ANY(code, heads, str_starts_nocase);
}

/* "text (Exception from HRESULT: 0x80004005 (E_FAIL))": the code stands beside the message. One that tells what failed
 * is a part of it: articles quote it so. */
static bool peel_hresult(struct peel *p)
{
	static const struct str mark = STR_LIT("(Exception from HRESULT: ");
	size_t at = peel_ends_in_hresult(p->rest) ? str_find(p->rest, mark) : STR_NONE;
	struct str code = at == STR_NONE ? STR("") : str_from(p->rest, at + mark.n);
	if (!peel_says_nothing(code) || p->beside.n || !cut(p, at))
		return false;
	p->beside = str_first(code, code.n - 1);
	peel_kind(p, "dotnet");
	return true;
}

bool peel_ends_in_hresult(struct str s)
{
	return s.n > 40 && s.p[s.n - 1] == ')' &&
	       str_find(str_from(s, s.n > 90 ? s.n - 90 : 0), STR("(Exception from ")) != STR_NONE;
}

/* is_quiet: a level that tells of no error; what such a line names beside its message was got over. */
static bool is_quiet(struct str level)
{
	return str_in_list(level, "info inf debug dbg trace notice verbose");
}

/* "it failed: OSError('text')": an exception as Python shows one, with what it says, at the end. */
static bool peel_raised(struct peel *p)
{
	static const struct str kinds[] = { STR_LIT("Error("), STR_LIT("Exception(") };
	struct str s = p->rest;
	char quote = str_ends(s, STR("')")) ? '\'' : str_ends(s, STR("\")")) ? '"' : 0;
	for (size_t i = 0; quote && !p->e->coding && !p->beside.n && i < sizeof kinds / sizeof *kinds; i++) {
		size_t at = str_find(s, kinds[i]), from = at == STR_NONE ? 0 : at, text = from + kinds[i].n + 1;
		if (at == STR_NONE || text + 2 >= s.n || s.p[text - 1] != quote)
			continue;
		while (from && (char_is_alnum(s.p[from - 1]) || strchr("._", s.p[from - 1])))
			from--;
		struct str said = str_part(s, text, s.n - 2);
		if (!from || !char_is_space(s.p[from - 1]) || envelope_denies(str_first(s, from)) || !cut(p, from))
			return false;
		p->beside = said;
		p->e->coding = memchr(said.p, '\\', said.n) ? CODING_BACKSLASH : CODING_NONE;
		return true;
	}
	return false;
}

/* "text" TAB "{"site": "B12"}": what zap knows beside it. */
static bool peel_context(struct peel *p)
{
	size_t at = p->has & HAS_TAB && p->e->level.n && str_ends(p->rest, STR("}")) ? str_find(p->rest, STR("\t{\""))
										     : STR_NONE;
	return at != STR_NONE && (peel_json_behind(p, at + 1) || cut(p, at));
}

/* "text [preauth]": sshd before it knows who it is */
static bool peel_preauth(struct peel *p)
{
	static const struct str mark = STR_LIT(" [preauth]");
	return p->has & HAS_BRACKET && str_ends(p->rest, mark) && cut(p, p->rest.n - mark.n);
}

/* "text (kafka.server.Fetcher)": Kafka's loggers name themselves last; points, and a class behind the last one. */
static bool peel_class(struct peel *p)
{
	struct str s = p->rest;
	const char *open = p->e->level.n && str_ends(s, STR(")")) ? memrchr(s.p, '(', s.n) : NULL;
	size_t at = open ? (size_t)(open - s.p) : 0, dots = 0, last = 0;
	for (size_t i = at + 1; open && i + 1 < s.n; i++) {
		if (!char_is_alnum(s.p[i]) && s.p[i] != '.' && s.p[i] != '$')
			return false;
		dots += s.p[i] == '.';
		last = s.p[i] == '.' ? i + 1 : last;
	}
	return dots > 1 && char_is_upper(s.p[last]) && at && s.p[at - 1] == ' ' && cut(p, at);
}

/* "text in /srv/a.php on line 42", "text in /srv/a.php:42", "text at /srv/a.pl line 42.", as Perl writes it */
static bool peel_place(struct peel *p)
{
	static const struct str mark = STR_LIT(" on line "), colon = STR_LIT(".php:"), perl = STR_LIT(" line ");
	struct str s = p->rest;
	bool stopped = str_ends(s, STR("."));
	s.n -= stopped;
	size_t digits = 0;
	while (digits < s.n && char_is_digit(s.p[s.n - 1 - digits]))
		digits++;
	struct str before = str_first(s, s.n - digits);
	bool at_line = stopped && str_ends(before, perl);
	if (!digits || !(at_line || (!stopped && (str_ends(before, mark) || str_ends(before, colon)))))
		return false;
	before = str_first(before, before.n - (at_line ? perl.n : str_ends(before, mark) ? mark.n : 1));
	size_t file = before.n;
	while (file && !char_is_space(before.p[file - 1]))
		file--;
	return file > 4 && before.p[file] == '/' && str_ends(str_first(before, file), at_line ? STR(" at ") : STR(" in ")) &&
	       cut(p, file - 4);
}

/* "Provider Store: PID=212 TID=140 text - CStore::Load(hr:0x80070002)": DISM's place stands around a message */
static bool peel_provider(struct peel *p)
{
	enum { BEFORE_MAX = 80 };
	size_t at =
		p->has & HAS_EQUALS && p->e->level.n ? str_find(str_first(p->rest, BEFORE_MAX), STR("PID=")) : STR_NONE;
	struct str rest = str_from(p->rest, at == STR_NONE ? p->rest.n : at), word;
	if (!str_word(&rest, &word) || !str_word(&rest, &word) || !str_starts(word, STR("TID=")))
		return false;
	rest = str_trim(rest);
	for (size_t end = rest.n; end > 3; end--) {
		if (!str_starts(str_from(rest, end - 3), STR(" - ")))
			continue;
		if (str_find(str_from(rest, end), STR("::")) != STR_NONE)
			rest = str_first(rest, end - 3);
		break;
	}
	if (!rest.n)
		return false;
	p->rest = rest;
	return true;
}

/* "to=<joe@example.org>, ..., status=bounced (host mx.example.org[192.0.2.7] said: text (in reply to RCPT TO
 * command))": Postfix passes on what it was told. */
static bool peel_delivery(struct peel *p)
{
	static const struct str status = STR_LIT(", status="), said = STR_LIT(" said: "),
				reply = STR_LIT(" (in reply to ");
	size_t at = p->has & HAS_EQUALS && str_ends(p->rest, STR(")")) ? str_find(p->rest, status) : STR_NONE, open;
	struct str rest = str_from(p->rest, at == STR_NONE ? p->rest.n : at + status.n);
	if ((open = str_find(str_first(rest, 24), STR(" ("))) == STR_NONE)
		return false;
	rest = str_part(rest, open + 2, rest.n - 1);
	size_t told = str_find(rest, said), end = told == STR_NONE ? STR_NONE : str_find(rest, reply);
	if (end != STR_NONE && end > told)
		rest = str_part(rest, told + said.n, end);
	if (!str_trim(rest).n)
		return false;
	p->rest = rest;
	return true;
}

/* "AH01215: text: /srv/cgi-bin/a.pl": Apache says which script wrote it. */
static bool peel_script(struct peel *p)
{
	struct str s = p->rest;
	size_t at = str_starts(s, STR("AH01215: ")) ? s.n : 0;
	while (at && !char_is_space(s.p[at - 1]))
		at--;
	return at > 11 && at < s.n && peel_byte_at(s, at, "/") && s.p[at - 2] == ':' && cut(p, at - 2);
}

void peel_behind(struct peel *p)
{
	if (peel_job(p) || (str_ends(p->rest, STR("]")) && (peel_project(p) || peel_servicing(p))))
		return;
	if (p->e->time.n && (peel_provider(p) || peel_delivery(p)))
		return;
	if (p->e->time.n && peel_fastcgi(p)) {
		peel_place(p);
		return;
	}
	if (p->e->time.n && (peel_nginx(p) || peel_context(p) || peel_action(p) || peel_referer(p) || peel_statement(p) ||
			     peel_preauth(p) || peel_class(p) || peel_place(p) || peel_script(p) ||
			     peel_pairs_behind(p) ||
			     (!is_quiet(p->e->level) && (peel_error_behind(p) || peel_raised(p)))))
		return;
	if (!peel_php(p))
		peel_hresult(p);
}

/* "[...]", "(truncated)", "<snip>", "[truncated 312 bytes]": what says that more was there. */
struct str peel_cut_mark(struct str text)
{
	enum { MARK_MAX = 40 };
	static const char *const words[] = { "...", "..", "cut", "cut off", "snip", "snipped", "more", "abridged" };
	static const char open[] = "([<", close[] = ")]>";
	const char *kind = text.n ? strchr(close, text.p[text.n - 1]) : NULL;
	size_t from = text.n > MARK_MAX ? text.n - MARK_MAX : 0;
	const char *start = kind && *kind ? memrchr(text.p + from, open[kind - close], text.n - from) : NULL;
	if (!start || start == text.p)
		return text;
	struct str left = str_first(text, (size_t)(start - text.p)), said = str_part(text, left.n + 1, text.n - 1);
	bool cut = str_find_nocase(said, STR("truncated")) != STR_NONE;
	for (size_t i = 0; !cut && i < sizeof words / sizeof *words; i++)
		cut = str_eq_nocase(said, str_c(words[i]));
	return cut ? str_trim_end(left) : text;
}

/* "app.ERROR: text {"user":4} []": Monolog's channel and level, context and extra behind the message */
bool peel_channel(struct peel *p)
{
	struct str word, rest = p->rest, channel, level;
	if (!str_word(&rest, &word) || !str_ends(word, STR(":")) || !str_cut(word, '.', &channel, &level) ||
	    !channel.n || !peel_is_level(str_first(level, level.n - 1)))
		return false;
	peel_note(&p->e->component, channel);
	peel_note(&p->e->level, str_first(level, level.n - 1));
	peel_drop(p, word.n);
	size_t context = str_find(p->rest, STR(" {\""));
	if (str_ends(p->rest, STR(" []")))
		p->rest = str_trim_end(str_first(p->rest, p->rest.n - 3));
	if (str_ends(p->rest, STR(" []")))
		p->rest = str_trim_end(str_first(p->rest, p->rest.n - 3));
	else if (context != STR_NONE && (str_ends(p->rest, STR("}"))))
		cut(p, context);
	return true;
}

/* The id of a request as clouds write it behind a stamp: "6f1c9a10-4b1e-4e1e-9d5a-cc2f11aa0401\t" */
bool peel_request(struct peel *p)
{
	enum { LENGTH = 36 };
	struct str s = p->rest;
	if (s.n <= LENGTH || !char_is_space(s.p[LENGTH]))
		return false;
	for (size_t i = 0; i < LENGTH; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? s.p[i] != '-' : !char_is_hex(s.p[i]))
			return false;
	}
	peel_note(&p->e->thread, str_first(s, LENGTH));
	peel_drop(p, LENGTH);
	return true;
}
