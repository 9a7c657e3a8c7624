/* SPDX-License-Identifier: MIT
 *
 * Logs of Windows' own services and of what runs on it, each of its own shape: SetupAPI, the time service, Windows
 * Update, the agent of SQL Server and its jobs, Exchange's protocol logs, Snare's events, MSBuild, component servicing.
 */
#include "match/envelope_peel.h"

#include <string.h>

/* "#E033 text", "#-199 text": setupapi.log; "!!!  inf:      text", "!    dvi: text": setupapi.dev.log */
bool peel_setup(struct peel *p)
{
	struct str s = p->rest, word;
	size_t n = 0;
	if (peel_byte_at(s, 0, "#") && peel_byte_at(s, 1, "EWIVTN-") && peel_digits(s, 2, 3, 3) &&
	    peel_byte_at(s, 5, " ")) {
		peel_note(&p->e->event, str_part(s, 1, 5));
		n = 5;
	}
	size_t marks = 0;
	while (marks < 3 && peel_byte_at(s, marks, "!"))
		marks++;
	struct str rest = str_from(s, marks);
	if (marks && str_starts(rest, STR("  ")) && str_word(&rest, &word) && word.n == 4 && word.p[3] == ':' &&
	    str_starts(rest, STR(" "))) {
		peel_note(&p->e->component, str_first(word, 3));
		n = s.n - rest.n;
	}
	if (!n || !str_trim(str_from(s, n)).n)
		return false;
	peel_drop(p, n);
	peel_kind(p, "setup");
	return true;
}

/* "148635 10:56:20.1134560s - text": the day since 1601, as the time service counts */
bool peel_time_service(struct peel *p)
{
	size_t day = peel_digits(p->rest, 0, 5, 6), end = str_find(str_first(p->rest, 32), STR("s - "));
	if (!day || end == STR_NONE || end <= day + 1 || !peel_byte_at(p->rest, day, " ") ||
	    peel_clock(str_first(p->rest, end), day + 1) != end - day - 1)
		return false;
	p->e->time = str_part(p->rest, day + 1, end);
	peel_drop(p, end + 4);
	peel_kind(p, "service");
	return true;
}

/* "1234  5678  Agent           *FAILED* [80240016] text": behind the stamp of Windows Update, as it is decoded today */
bool peel_update(struct peel *p)
{
	static const struct str failed = STR_LIT("*FAILED* ");
	struct str rest = p->rest, process, thread, name;
	if (!str_word(&rest, &process) || !peel_digits(process, 0, process.n, process.n) ||
	    !str_starts(rest, STR("  ")) || !str_word(&rest, &thread) || !peel_digits(thread, 0, thread.n, thread.n) ||
	    !str_starts(rest, STR("  ")) || !str_word(&rest, &name) || !str_starts(rest, STR("  ")))
		return false;
	rest = str_trim(rest);
	rest = str_from(rest, str_starts(rest, failed) ? failed.n : 0);
	peel_note(&p->e->thread, thread);
	peel_note(&p->e->component, name);
	p->rest = rest;
	return true;
}

/* "! [298] text": behind the stamp of SQL Server's agent */
bool peel_agent(struct peel *p)
{
	struct str s = p->rest;
	if (!peel_byte_at(s, 0, "!+?") || !str_starts(str_from(s, 1), STR(" [")) || !peel_digits(s, 3, 3, 3) ||
	    !str_starts(str_from(s, 6), STR("] ")))
		return false;
	peel_note(&p->e->event, str_part(s, 3, 6));
	peel_drop(p, 8);
	return true;
}

enum { HISTORY_MAX = 400 }; /* bytes of a row before what a step said */

static const struct str job_user = STR_LIT("Executed as user: ");

/* "Executed as user: CORP\joe. text [SQLSTATE 42000] (Error 208).  The step failed.": a step of a job; the server's
 * number says what its text does. In a row of the history other fields stand before it. */
bool peel_job(struct peel *p)
{
	size_t at = str_starts(p->rest, job_user) ? 0 : STR_NONE;
	if (at && p->e->time.n && (p->has & HAS_COMMA))
		at = str_find(str_first(p->rest, HISTORY_MAX), job_user);
	if (at == STR_NONE || (at && p->rest.p[at - 1] != ','))
		return false;
	struct str rest = str_from(p->rest, at + job_user.n);
	size_t user = str_find(str_first(rest, 120), STR(". ")), end = str_find(rest, STR(" [SQLSTATE "));
	if (end == STR_NONE)
		end = str_find(rest, STR("  The step "));
	if (user == STR_NONE || end == STR_NONE || end < user + 2 || !str_trim(str_part(rest, user + 2, end)).n)
		return false;
	p->rest = str_trim(str_part(rest, user + 2, end));
	peel_kind(p, "job");
	return true;
}

/* "2001-03-12T10:56:20.113Z,WS7\Default,08D8,12,10.0.0.5:25,10.0.0.9:4711,>,text,": whom Exchange spoke to, and what
 * was said; a comment may follow. */
bool peel_protocol(struct peel *p)
{
	enum { TIME, CONNECTOR, SESSION, NUMBER, LOCAL, REMOTE, EVENT, FIELDS };
	struct str fields[FIELDS], rest = p->rest;
	if (!peel_byte_at(rest, 10, "T") || !peel_date(rest))
		return false;
	for (size_t i = 0; i < FIELDS; i++)
		if (!str_cut(rest, ',', &fields[i], &rest))
			return false;
	struct str number = fields[NUMBER], event = fields[EVENT];
	if (!peel_digits(number, 0, number.n, number.n) || event.n != 1 || !strchr("<>*+-", event.p[0]) ||
	    str_find_char(fields[REMOTE], ':') == STR_NONE)
		return false;
	bool silent = peel_byte_at(rest, 0, ","); /* nothing was said: the comment tells */
	rest = str_from(rest, silent);
	bool quoted = peel_byte_at(rest, 0, "\"");
	const char *last = silent && !quoted ? NULL : memrchr(rest.p, quoted ? '"' : ',', rest.n);
	rest = str_part(rest, quoted, last ? (size_t)(last - rest.p) : rest.n);
	if (!str_trim(rest).n)
		return false;
	if (quoted && str_find(rest, STR("\"\"")) != STR_NONE)
		p->e->coding = CODING_QUOTES;
	p->e->time = fields[TIME];
	p->e->component = fields[CONNECTOR];
	p->rest = rest;
	peel_kind(p, "protocol");
	return true;
}

/* "MSWinEventLog" TAB "1" TAB "System" TAB ... TAB "text" TAB "212": an event as Snare sends it */
bool peel_snare(struct peel *p)
{
	enum { MARK, CRITICAL, LOG, COUNT, TIME, EVENT, SOURCE, USER, SID, TYPE, HOST, CATEGORY, DATA, FIELDS };
	static const struct str mark = STR_LIT("MSWinEventLog\t");
	struct str fields[FIELDS];
	size_t at = str_find(str_first(p->rest, 80), mark);
	struct str rest = at == STR_NONE ? STR("") : str_from(p->rest, at);
	for (size_t i = 0; i < FIELDS; i++)
		if (!str_cut(rest, '\t', &fields[i], &rest))
			return false;
	const char *tab = memrchr(rest.p, '\t', rest.n);
	size_t end = tab ? (size_t)(tab - rest.p) : rest.n;
	if (tab && peel_digits(rest, end + 1, 1, 10) + end + 1 != rest.n)
		end = rest.n;
	if (!str_trim(str_first(rest, end)).n)
		return false;
	p->e->time = fields[TIME];
	p->e->event = fields[EVENT];
	p->e->component = fields[SOURCE];
	p->e->level = fields[TYPE];
	p->e->host = fields[HOST];
	p->rest = str_first(rest, end);
	p->e->kind = STR("nt-event");
	return true;
}

bool peel_ends_in_project(struct str s)
{
	return s.n > 8 && s.p[s.n - 1] == ']' && (str_ends(s, STR("proj]")) || str_ends(s, STR(".sln]")));
}

/* "text [C:\src\app\app.vcxproj]": MSBuild says in whose build */
bool peel_project(struct peel *p)
{
	const char *open = peel_ends_in_project(p->rest) ? memrchr(p->rest.p, '[', p->rest.n) : NULL;
	struct str left = str_trim_end(str_first(p->rest, open ? (size_t)(open - p->rest.p) : 0));
	if (!open || !left.n || open[-1] != ' ')
		return false;
	p->rest = left;
	return true;
}

/* "text [HRESULT = 0x80070005 - E_ACCESSDENIED]": the code stands beside what component servicing says. */
bool peel_servicing(struct peel *p)
{
	static const struct str mark = STR_LIT(" [HRESULT = 0x");
	size_t at = p->has & HAS_EQUALS ? str_find(p->rest, mark) : STR_NONE;
	struct str left = str_trim_end(str_first(p->rest, at == STR_NONE ? 0 : at));
	if (!left.n || p->beside.n)
		return false;
	struct str code = str_part(p->rest, at + mark.n - 2, p->rest.n - 1);
	if (!peel_says_nothing(code))
		p->beside = str_first(code, str_find_char(code, ' '));
	p->rest = left;
	return true;
}
