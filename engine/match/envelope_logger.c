/* SPDX-License-Identifier: MIT
 *
 * Lines of loggers whose shape is all their own: java.util.logging, log4j and Python where nobody told them how, Ruby,
 * Android, HAProxy, Redis, Zabbix, WebLogic, Windows' services, Chromium, .NET's console, commands of GitHub's runner.
 */
#include "match/envelope_peel.h"

#include <string.h>

/* A name of a class or logger: no blank, and only what names are made of. */
static bool is_dotted(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is_alnum(s.p[i]) && !strchr("-._/$:+", s.p[i]))
			return false;
	return s.n > 0;
}

static void take(struct peel *p, const char *kind, struct str level, struct str component, struct str rest)
{
	peel_note(&p->e->level, level);
	peel_note(&p->e->component, component);
	p->rest = rest;
	peel_drop(p, 0);
	peel_kind(p, kind);
}

/* "Mar 12, 2001 10:56:20 AM": the length; newer ones put a comma behind the year */
static size_t java_stamp(struct str s)
{
	size_t at = peel_month(s), day;
	if (!at || !peel_byte_at(s, at, " ") || !(day = peel_digits(s, at + 1, 1, 2)))
		return 0;
	at += 1 + day;
	if (!peel_byte_at(s, at, ",") || !peel_byte_at(s, at + 1, " ") || !peel_digits(s, at + 2, 4, 4))
		return 0;
	at += 6;
	at += peel_byte_at(s, at, ",");
	size_t clock = peel_byte_at(s, at, " ") ? peel_clock(s, at + 1) : 0;
	return clock ? at + 1 + clock : 0;
}

/* "Mar 12, 2001 10:56:20 AM com.example.Client run SEVERE: text", as collectors join its lines: here the level has to
 * be one that is known. */
static bool peel_java_line(struct peel *p, size_t n)
{
	struct str rest = str_from(p->rest, n), class, method, level;
	if (!str_word(&rest, &class) || !is_dotted(class) || str_ends(class, STR(":")) || !str_word(&rest, &method) ||
	    !is_dotted(method) || !str_word(&rest, &level) || !str_ends(level, STR(":")) ||
	    !peel_is_level(str_first(level, level.n - 1)) || !str_trim(rest).n)
		return false;
	p->e->time = str_first(p->rest, n);
	take(p, "java", str_first(level, level.n - 1), class, rest);
	return true;
}

/* "Mar 12, 2001 10:56:20 AM com.example.Client run" LF "SEVERE: text": the level is in the reader's language. */
bool peel_java(struct peel *p)
{
	struct str rest = p->rest, first, class, level, text;
	size_t n = p->has & HAS_CLOCK ? java_stamp(rest) : 0;
	if (!n)
		return false;
	if (peel_java_line(p, n))
		return true;
	if (!(p->has & HAS_LINE_END) || !str_line(&rest, &first))
		return false;
	first = str_from(first, n);
	if (!str_word(&first, &class) || !is_dotted(class) || !str_cut(str_first(rest, 24), ':', &level, &text) ||
	    str_find_char(level, ' ') != STR_NONE || !level.n || !str_trim(str_from(rest, level.n + 1)).n)
		return false;
	p->e->time = str_first(p->rest, n);
	take(p, "java", level, class, str_from(rest, level.n + 1));
	return true;
}

/* "ERROR:app.client:text" */
static bool peel_python_plain(struct peel *p)
{
	struct str level, name, text;
	if (!str_cut(str_first(p->rest, 80), ':', &level, &text) || level.n < 4 || !char_is_upper(level.p[1]) ||
	    !peel_is_level(level) || !str_cut(text, ':', &name, &text) || !text.n || char_is_space(text.p[0]) ||
	    !is_dotted(name) || !(char_is_lower(name.p[0]) || name.p[0] == '_'))
		return false;
	take(p, "python", level, name, str_from(p->rest, level.n + name.n + 2));
	return true;
}

/* "E, [2001-03-12T10:56:20.113456 #212] ERROR -- app: text" */
static bool peel_ruby(struct peel *p)
{
	struct str s = p->rest, level, name;
	if (!peel_byte_at(s, 1, ",") || !str_starts(str_from(s, 1), STR(", [")))
		return false;
	size_t end = str_find_char(str_first(s, 80), ']'), hash = str_find(str_first(s, 80), STR(" #"));
	struct str rest = str_from(s, end == STR_NONE ? s.n : end + 1);
	if (hash == STR_NONE || hash < 4 || hash > end || !peel_date(str_from(s, 4)) || !str_word(&rest, &level) ||
	    !peel_is_level(level) || !str_starts(rest, STR(" -- ")))
		return false;
	rest = str_from(rest, 4);
	size_t colon = str_find_char(str_first(rest, 80), ':');
	name = str_first(rest, colon == STR_NONE ? 0 : colon);
	if (colon == STR_NONE || str_find_char(name, ' ') != STR_NONE)
		return false;
	p->e->time = str_part(s, 4, hash);
	p->e->thread = str_trim(str_part(s, hash + 2, end));
	take(p, "ruby", level, name, str_from(rest, colon + 1));
	return true;
}

/* "03-12 10:56:20.113   212   213 E Client  : text", "E/Client( 212): text" */
static bool peel_android(struct peel *p)
{
	struct str s = p->rest, process, thread, level, tag;
	if (!peel_digits(s, 0, 2, 2) || !peel_byte_at(s, 2, "-") || !peel_digits(s, 3, 2, 2) ||
	    !peel_byte_at(s, 5, " "))
		return false;
	size_t clock = peel_clock(s, 6);
	struct str rest = str_from(s, 6 + clock);
	if (!clock || !str_word(&rest, &process) || peel_digits(process, 0, 1, 10) != process.n ||
	    !str_word(&rest, &thread) || peel_digits(thread, 0, 1, 10) != thread.n || !str_word(&rest, &level) ||
	    level.n != 1 || !strchr("VDIWEF", level.p[0]))
		return false;
	size_t colon = str_find_char(str_first(rest, 80), ':');
	tag = str_trim(str_first(rest, colon == STR_NONE ? 0 : colon));
	if (!tag.n || str_find_char(tag, ' ') != STR_NONE)
		return false;
	p->e->time = str_first(s, 6 + clock);
	p->e->thread = thread;
	take(p, "android", level, tag, str_from(rest, colon + 1));
	return true;
}

/* "fail: Contoso.Client[0]" LF "      text" */
static bool peel_dotnet(struct peel *p)
{
	static const struct str levels[] = { STR_LIT("fail: "), STR_LIT("crit: "), STR_LIT("warn: "),
					     STR_LIT("info: "), STR_LIT("dbug: "), STR_LIT("trce: ") };
	struct str rest = p->rest, line;
	if (!(p->has & HAS_LINE_END) || !peel_byte_at(rest, 4, ":") || !str_line(&rest, &line) ||
	    !str_ends(line, STR("]")))
		return false;
	size_t open = str_find_char(line, '[');
	for (size_t i = 0; open > 6 && open != STR_NONE && i < sizeof levels / sizeof *levels; i++) {
		struct str name = str_part(line, 6, open);
		if (!str_starts(line, levels[i]) || !is_dotted(name) || !str_starts(rest, STR("      ")))
			continue;
		p->e->event = str_part(line, open + 1, line.n - 1);
		take(p, "dotnet", str_first(line, 4), name, rest);
		return true;
	}
	return false;
}

/* "::error file=app.js,line=1::text" */
static bool peel_command(struct peel *p)
{
	static const struct str levels[] = { STR_LIT("::error"), STR_LIT("::warning"), STR_LIT("::notice") };
	for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
		struct str rest = str_from(p->rest, levels[i].n);
		size_t end = str_find(str_first(rest, 300), STR("::"));
		if (!str_starts(p->rest, levels[i]) || end == STR_NONE || (end && rest.p[0] != ' '))
			continue;
		take(p, "workflow", str_part(p->rest, 2, levels[i].n), STR(""), str_from(rest, end + 2));
		return true;
	}
	return false;
}

/* "[ERROR]\t2001-03-12T10:56:20.113Z\t": what runs functions in a cloud puts the level first. */
static bool peel_level_first(struct peel *p)
{
	size_t end = str_find(str_first(p->rest, 16), STR("]\t"));
	struct str level = end == STR_NONE ? STR("") : str_part(p->rest, 1, end);
	if (!level.n || !peel_is_level(level) || !peel_date(str_from(p->rest, end + 2)))
		return false;
	peel_note(&p->e->level, level);
	peel_drop(p, end + 2);
	return true;
}

/* "[ALERT]   (212) : text", "[WARNING] 071/105620 (212) : text": HAProxy's, before syslog has its lines */
static bool peel_level_process(struct peel *p)
{
	size_t end = str_find_char(str_first(p->rest, 12), ']');
	struct str level = end == STR_NONE ? STR("") : str_part(p->rest, 1, end), rest = str_from(p->rest, end + 1),
		   word;
	if (!level.n || !peel_is_level(level) || !str_word(&rest, &word))
		return false;
	if (word.n == 10 && word.p[3] == '/' && peel_digits(word, 0, 3, 3) && peel_digits(word, 4, 6, 6))
		str_word(&rest, &word); /* the day of the year */
	if (word.n < 3 || word.p[0] != '(' || peel_digits(word, 1, 1, 10) + 2 != word.n ||
	    !str_starts(rest, STR(" : ")))
		return false;
	peel_note(&p->e->thread, str_part(word, 1, word.n - 1));
	take(p, "process", level, STR(""), str_from(rest, 3));
	return true;
}

/* "212:M 12 Mar 2001 10:56:20.113 # text", "212:20010312:105620.113 text": the process first, as Redis and Zabbix do */
static bool peel_process_first(struct peel *p)
{
	size_t n = peel_digits(p->rest, 0, 1, 10), end = 0;
	struct str rest = str_from(p->rest, n + 1);
	if (!n || !peel_byte_at(p->rest, n, ":"))
		return false;
	if (peel_digits(rest, 0, 8, 8) && peel_byte_at(rest, 8, ":") && peel_digits(rest, 9, 6, 6) &&
	    peel_byte_at(rest, 15, ".") && peel_digits(rest, 16, 3, 3))
		end = 19;
	size_t day = peel_byte_at(rest, 0, "MSCX") && peel_byte_at(rest, 1, " ") ? peel_digits(rest, 2, 2, 2) : 0;
	if (day && peel_month(str_from(rest, 5)) && peel_digits(rest, 9, 4, 4) && peel_clock(rest, 14)) {
		rest = str_from(rest, 2);
		end = 12 + peel_clock(rest, 12);
	}
	if (!end || !peel_byte_at(rest, end, " "))
		return false;
	peel_note(&p->e->thread, str_first(p->rest, n));
	p->e->time = str_first(rest, end);
	p->rest = str_from(rest, end + 1);
	if (day && peel_byte_at(p->rest, 0, ".-*#") && peel_byte_at(p->rest, 1, " "))
		peel_drop(p, 2);
	peel_kind(p, "process");
	return true;
}

/* "####<Mar 12, 2001 10:56:20 AM CET> <Error> <JDBC> ... <BEA-001112> <text> ": WebLogic's */
static bool peel_weblogic(struct peel *p)
{
	struct str s = p->rest, fields[3];
	size_t last = 0;
	if (!str_starts(s, STR("####<")) || !str_ends(s, STR(">")))
		return false;
	s = str_from(s, 4);
	for (size_t at = 0, found; (found = str_find(str_from(s, at), STR("> <"))) != STR_NONE; at = last - 1)
		last = at + found + 3;
	for (size_t i = 0; i < 3; i++) {
		size_t end = peel_byte_at(s, 0, "<") ? str_find(s, STR("> <")) : STR_NONE;
		if (end == STR_NONE)
			return false;
		fields[i] = str_part(s, 1, end);
		s = str_from(s, end + 2);
	}
	p->e->time = fields[0];
	take(p, "weblogic", fields[1], fields[2], str_part(p->rest, last + 4, p->rest.n - 1));
	return true;
}

/* "4021 [main] ERROR com.example.Client  - text": thousandths since the start, as log4j was told first */
static bool peel_elapsed(struct peel *p)
{
	size_t n = peel_digits(p->rest, 0, 1, 10);
	struct str rest = str_from(p->rest, n), thread, level;
	if (!n || !str_word(&rest, &thread) || thread.n < 3 || thread.p[0] != '[' || !str_ends(thread, STR("]")) ||
	    !str_word(&rest, &level) || !peel_is_level(level) || str_find(str_first(rest, 120), STR(" - ")) == STR_NONE)
		return false;
	peel_drop(p, n);
	peel_kind(p, "thread");
	return true;
}

/* "USERENV(1a4.230) 10:56:20:113 text": the debug logs of Windows' own services */
static bool peel_service_log(struct peel *p)
{
	size_t open = str_find_char(str_first(p->rest, 24), '('), n = 0;
	if (open == STR_NONE || open < 3)
		return false;
	for (size_t i = 0; i < open; i++)
		if (!char_is_upper(p->rest.p[i]) && !char_is_digit(p->rest.p[i]))
			return false;
	struct str rest = str_from(p->rest, open + 1);
	while (n < rest.n && (char_is_hex(rest.p[n]) || rest.p[n] == '.'))
		n++;
	size_t clock = str_starts(str_from(rest, n), STR(") ")) ? peel_clock(rest, n + 2) : 0;
	if (!n || !clock || !peel_byte_at(rest, n + 2 + clock, " "))
		return false;
	p->e->time = str_part(rest, n + 2, n + 2 + clock);
	peel_note(&p->e->thread, str_first(rest, n));
	take(p, "service", STR(""), str_first(p->rest, open), str_from(rest, n + 2 + clock));
	return true;
}

/* "<FrsNs:      212:  140: S0: 10:56:20> text": of file replication */
static bool peel_angle_clock(struct peel *p)
{
	size_t end = str_find_char(str_first(p->rest, 80), '>'), at = end == STR_NONE ? 0 : end;
	while (at && p->rest.p[at - 1] != ' ')
		at--;
	if (at < 3 || p->rest.p[at - 2] != ':' || peel_clock(p->rest, at) != end - at ||
	    !peel_byte_at(p->rest, end + 1, " "))
		return false;
	struct str name = str_part(p->rest, 1, end);
	p->e->time = str_part(p->rest, at, end);
	take(p, "service", STR(""), str_first(name, str_find_char(name, ':')), str_from(p->rest, end + 1));
	return true;
}

/* "[212:140:0312/105620.113456:ERROR:net.cc(42)] text": Chromium's, and of what is built on it */
static bool peel_chromium(struct peel *p)
{
	enum { PARTS = 5 };
	size_t end = str_find(str_first(p->rest, 160), STR(")] "));
	struct str rest = end == STR_NONE ? STR("") : str_part(p->rest, 1, end + 1), parts[PARTS];
	for (size_t i = 0; i < PARTS; i++)
		str_cut(rest, ':', &parts[i], &rest);
	if (!peel_digits(parts[0], 0, 1, 10) || !peel_digits(parts[2], 0, 4, 4) || !peel_byte_at(parts[2], 4, "/") ||
	    !peel_is_level(parts[3]) || !parts[4].n || rest.n)
		return false;
	p->e->time = parts[2];
	peel_note(&p->e->thread, parts[1]);
	take(p, "chromium", parts[3], parts[4], str_from(p->rest, end + 3));
	return true;
}

/* "(01) 2001-03-12 10:56:20 ", "[0212:0002-0140] 03/12/2001 10:56:20 AM ": a number of threads before the stamp */
static bool peel_thread_first(struct peel *p)
{
	size_t n = 1;
	while (n < p->rest.n && (char_is_hex(p->rest.p[n]) || peel_byte_at(p->rest, n, ":-")))
		n++;
	struct str behind = str_from(p->rest, n + 1);
	size_t date =
		peel_byte_at(p->rest, n, "])") && peel_byte_at(behind, 0, " ") ? peel_date(str_from(behind, 1)) : 0;
	if (n < 2 || !date || !peel_byte_at(behind, date + 1, " ") || !peel_clock(behind, date + 2))
		return false;
	peel_note(&p->e->thread, str_part(p->rest, 1, n));
	peel_drop(p, n + 1);
	return true;
}

/* "ERROR [main] 2001-03-12 10:56:20,113 Store.java:42 - text": the level before the stamp */
static bool peel_level_thread(struct peel *p)
{
	struct str rest = p->rest, level, thread;
	if (!str_word(&rest, &level) || !peel_is_level(level) || !char_is_upper(level.p[1]) ||
	    !str_word(&rest, &thread) || thread.n < 3 || thread.p[0] != '[' || !str_ends(thread, STR("]")))
		return false;
	rest = str_trim(rest);
	size_t date = peel_date(rest);
	if (!date || !peel_byte_at(rest, date, " T") || !peel_clock(rest, date + 1))
		return false;
	peel_note(&p->e->level, level);
	peel_note(&p->e->thread, str_part(thread, 1, thread.n - 1));
	p->rest = rest;
	return true;
}

bool peel_own_shape(struct peel *p)
{
	if (!p->rest.n)
		return false;
	char c = p->rest.p[0];
	if (c == ':')
		return peel_command(p);
	if (c == '[')
		return peel_level_first(p) || peel_level_process(p) || peel_thread_first(p) || peel_chromium(p);
	if (c == '(')
		return peel_thread_first(p);
	if (c == '<')
		return peel_angle_clock(p);
	if (char_is_digit(c))
		return peel_time_service(p) || peel_android(p) || peel_process_first(p) || peel_elapsed(p);
	if (c == '#' || c == '!')
		return peel_weblogic(p) || peel_setup(p);
	return char_is_upper(c) ? peel_python_plain(p) || peel_ruby(p) || peel_service_log(p) || peel_level_thread(p)
				: char_is_lower(c) && peel_dotnet(p);
}
