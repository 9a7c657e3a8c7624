/* SPDX-License-Identifier: MIT */
#include "match/envelope_peel.h"
#include "match/stamp.h"

#include <string.h>

size_t peel_digits(struct str s, size_t at, size_t least, size_t most)
{
	size_t n = 0;
	while (at + n < s.n && n < most && char_is_digit(s.p[at + n]))
		n++;
	return n < least || (at + n < s.n && char_is_digit(s.p[at + n])) ? 0 : n;
}

/* " +0100", " UTC", " CEST": a zone apart from its clock, with nothing but marks behind it */
static size_t zone_at(struct str s, size_t at)
{
	int minutes;
	if (!peel_byte_at(s, at, " "))
		return 0;
	size_t n = peel_byte_at(s, at + 1, "+-") && peel_digits(s, at + 2, 4, 4)
			   ? 5
			   : stamp_zone(str_from(s, at + 1), &minutes);
	return n && (at + 1 + n == s.n || peel_byte_at(s, at + 1 + n, " \t\n],:|")) ? n + 1 : 0;
}

/* 12:34:56 and what follows it: .789, ,789, Z, +01:00, CET, AM */
size_t peel_clock(struct str s, size_t at)
{
	size_t n = at, d = peel_digits(s, n, 1, 2);
	if (!d || !peel_byte_at(s, n + d, ":") || peel_digits(s, n + d + 1, 2, 2) != 2)
		return 0;
	n += d + 3;
	if (peel_byte_at(s, n, ":") && peel_digits(s, n + 1, 2, 2))
		n += 3;
	if (peel_byte_at(s, n, ":") && peel_digits(s, n + 1, 3, 3))
		n += 4; /* as Windows' own logs write thousandths */
	if (peel_byte_at(s, n, ".,") && (d = peel_digits(s, n + 1, 1, 9)) > 0)
		n += d + 1;
	if (peel_byte_at(s, n, "Z"))
		n++;
	else if (peel_byte_at(s, n, "+-") && (peel_digits(s, n + 1, 4, 4) || peel_digits(s, n + 1, 2, 3)))
		n += peel_byte_at(s, n + 3, ":") ? 6 : peel_digits(s, n + 1, 2, 4) + 1;
	struct str rest = str_from(s, n);
	if (str_starts_nocase(rest, STR(" AM")) || str_starts_nocase(rest, STR(" PM")))
		n += 3;
	n += zone_at(s, n);
	return n < s.n && char_is_alnum(s.p[n]) ? 0 : n - at;
}

/* 12-Mar-2001, 12/Mar/2001, 2001-Mar-12, "2001 Mar 12" */
static size_t named_date(struct str s)
{
	size_t n = peel_digits(s, 0, 1, 4);
	if (!n || n == 3 || !peel_byte_at(s, n, "-/ ") || !peel_month(str_from(s, n + 1)) ||
	    !peel_byte_at(s, n + 4, (char[]){ s.p[n], '\0' }) || (s.p[n] == ' ' && n != 4))
		return 0;
	size_t day = peel_digits(s, n + 5, 1, 4);
	return day && (n == 4 ? day <= 2 : day == 4) ? n + 5 + day : 0;
}

/* 2001-03-12, 2001/03/12, 12/03/01, 12.03.2001, 12-Mar-2001 */
size_t peel_date(struct str s)
{
	if (named_date(s))
		return named_date(s);
	size_t y = peel_digits(s, 0, 1, 4);
	if (!y || !peel_byte_at(s, y, "-/."))
		return 0;
	char sep = s.p[y];
	size_t m = peel_digits(s, y + 1, 1, 2);
	if (!m || y + 1 + m >= s.n || s.p[y + 1 + m] != sep)
		return 0;
	size_t d = peel_digits(s, y + m + 2, 1, 4);
	if (!d || (y != 4 && sep != '/' && d != 4))
		return 0;
	return y + m + d + 2;
}

bool peel_is_level(struct str word)
{
	static const struct str levels[] = { STR_LIT("ERROR"),	 STR_LIT("WARN"),     STR_LIT("WARNING"),
					     STR_LIT("INFO"),	 STR_LIT("FATAL"),    STR_LIT("DEBUG"),
					     STR_LIT("TRACE"),	 STR_LIT("CRITICAL"), STR_LIT("NOTICE"),
					     STR_LIT("ERR"),	 STR_LIT("WRN"),      STR_LIT("INF"),
					     STR_LIT("CRIT"),	 STR_LIT("SEVERE"),   STR_LIT("ALERT"),
					     STR_LIT("EMERG"),	 STR_LIT("PANIC"),    STR_LIT("VERBOSE"),
					     STR_LIT("FTL"),	 STR_LIT("DBG") };
	for (size_t i = 0; word.n > 2 && i < sizeof levels / sizeof *levels; i++)
		if (word.n == levels[i].n && str_eq_nocase(word, levels[i]))
			return true;
	return false;
}

size_t peel_month(struct str s)
{
	return stamp_month(s) ? 3 : 0;
}

static size_t weekday_at(struct str s)
{
	return stamp_weekday(s) ? (peel_byte_at(s, 3, ",") ? 4 : 3) : 0;
}

static size_t blanks_at(struct str s, size_t at)
{
	size_t n = 0;
	while (n < 3 && peel_byte_at(s, at + n, " "))
		n++;
	return n;
}

size_t peel_long_date(struct str s)
{
	size_t at = weekday_at(s), n;
	if (!at || !(n = blanks_at(s, at)))
		return 0;
	at += n;
	bool day_first = at < s.n && char_is_digit(s.p[at]);
	for (int i = 0; i < 2; i++) { /* day and month, or the other way round */
		n = (i == 0) == day_first ? peel_digits(s, at, 1, 2) : peel_month(str_from(s, at));
		if (!n || !peel_byte_at(s, at + n, " "))
			return 0;
		at += n + blanks_at(s, at + n);
	}
	size_t year = peel_digits(s, at, 4, 4);
	at += year ? year + blanks_at(s, at + year) : 0;
	if (!(n = peel_clock(s, at)))
		return 0;
	at += n;
	if (year)
		return at;
	n = blanks_at(s, at);
	return n && peel_digits(s, at + n, 4, 4) ? at + n + 4 : at;
}
