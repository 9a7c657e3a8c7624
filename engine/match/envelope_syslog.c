/* SPDX-License-Identifier: MIT
 *
 * Lines of syslog daemons: RFC 3164, RFC 5424, and what they write to files today.
 */
#include "match/envelope_peel.h"

#include <string.h>

/* peel_syslog_sender takes "host app[123]: " of s; false, and nothing noted, where it begins otherwise. */
bool peel_syslog_sender(struct peel *p, struct str s)
{
	struct str host, tag, rest = s;
	if (!str_word(&rest, &host) || !str_word(&rest, &tag) || !str_ends(tag, STR(":")) ||
	    str_find_char(tag, '|') != STR_NONE)
		return false;
	size_t end = 0;
	while (end < tag.n && !peel_byte_at(tag, end, "[:("))
		end++;
	p->e->host = host;
	p->e->component = str_first(tag, end);
	if (peel_byte_at(tag, end, "[("))
		p->e->thread = str_first(str_from(tag, end + 1), tag.n > end + 3 ? tag.n - end - 3 : 0);
	p->rest = rest;
	return true;
}

/* ": %SYS-3-CPUHOG: ": facility, severity and name */
static bool peel_router(struct peel *p, struct str s)
{
	struct str rest = str_from(s, peel_byte_at(s, 0, ":")), word;
	if (!str_word(&rest, &word) || word.n < 4 || word.p[0] != '%' || !str_ends(word, STR(":")))
		return false;
	p->e->component = (struct str){ word.p + 1, word.n - 2 };
	p->rest = rest;
	return true;
}

/* "Mar 12 01:02:03 host app[123]: " */
bool peel_syslog(struct peel *p)
{
	struct str s = p->rest;
	size_t n = 0;
	if (peel_byte_at(s, 0, "<") && (n = peel_digits(s, 1, 1, 3)) > 0 && peel_byte_at(s, n + 1, ">"))
		s = str_from(s, n + 2);
	size_t number = n ? 0 : peel_digits(s, 0, 1, 10); /* that some devices count their lines with */
	if (number && peel_byte_at(s, number, ":") && peel_byte_at(s, number + 1, " "))
		s = str_from(s, number + 2);
	s = str_from(s, peel_byte_at(s, 0, "*.")); /* a router whose clock is not set */
	size_t at = peel_month(s);
	while (at && peel_byte_at(s, at, " "))
		at++;
	size_t day = at ? peel_digits(s, at, 1, 2) : 0;
	if (day && peel_byte_at(s, at + day, " ") && peel_digits(s, at + day + 1, 4, 4))
		at += 5; /* routers name the year */
	size_t clock = day && peel_byte_at(s, at + day, " ") ? peel_clock(s, at + day + 1) : 0;
	if (!clock)
		return false;
	at += day + 1 + clock;
	if (peel_byte_at(s, at, " ") &&
	    (str_starts(str_from(s, at + 1), STR("19")) || str_starts(str_from(s, at + 1), STR("20"))) &&
	    peel_digits(s, at + 1, 4, 4) && peel_byte_at(s, at + 5, " "))
		at += 5; /* or name it here */
	p->e->time = str_first(s, at);
	s = str_trim(str_from(s, at));
	if (!peel_router(p, s) && !peel_syslog_sender(p, s))
		p->rest = s;
	peel_drop(p, 0);
	peel_kind(p, "syslog");
	return true;
}

/* structured_end gives what "-" or "[id k=\"v\"][...]" takes of s; 0 where it is neither. */
static size_t structured_end(struct str s)
{
	size_t at = peel_byte_at(s, 0, "-");
	while (!peel_byte_at(s, 0, "-") && peel_byte_at(s, at, "[")) {
		bool quoted = false;
		for (at++; at < s.n && (quoted || s.p[at] != ']'); at++) {
			if (s.p[at] == '\\')
				at++;
			else if (s.p[at] == '"')
				quoted = !quoted;
		}
		at += at < s.n;
	}
	return at < s.n && s.p[at] != ' ' ? 0 : at;
}

/* "<13>1 2003-10-11T22:14:15.003Z host app 123 ID47 - text": RFC 5424 */
bool peel_syslog_new(struct peel *p)
{
	struct str s = p->rest, words[5];
	size_t n = peel_byte_at(s, 0, "<") ? peel_digits(s, 1, 1, 3) : 0;
	if (!n || !str_starts(str_from(s, n + 1), STR(">1 ")))
		return false;
	s = str_from(s, n + 4);
	for (size_t i = 0; i < 5; i++)
		if (!str_word(&s, &words[i]))
			return false;
	s = str_trim(s);
	size_t end = structured_end(s);
	if (!end || (!str_eq(words[0], STR("-")) && !peel_date(words[0])))
		return false;
	struct str *const to[] = { &p->e->time, &p->e->host, &p->e->component, &p->e->thread };
	for (size_t i = 0; i < 4; i++)
		if (!str_eq(words[i], STR("-")))
			*to[i] = words[i];
	p->rest = s;
	peel_drop(p, end);
	if (str_starts(p->rest, STR("\xEF\xBB\xBF"))) /* it says that the text is UTF-8 */
		peel_drop(p, 3);
	peel_kind(p, "syslog");
	return true;
}
