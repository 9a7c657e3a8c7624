/* SPDX-License-Identifier: MIT
 *
 * Time stamps: see stamp.h. A stamp is read as a list of parts (numbers, month names, marks); the first pattern whose
 * parts fit decides. Ambiguous day and month ("03/12/2001") are read as the programs that write them do: month first.
 */
#include "scan/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One letter a field: Y year, y year of two digits, M month, N month's name, D day, h m s, f fraction, z zone, A AM or
 * PM, W day's name, e seconds since 1970 (also milliseconds and microseconds, by their length). A blank is white space
 * or T; other marks are themselves, '-' also '/'. */
static const char *const patterns[] = {
	"Y-M-D h:m:sf z", "Y-M-D h:m:sfz", "Y-M-D h:m:sf", "Y-M-D h:m", "Y-M-D",
	"W N D h:m:s Y",  "W N D h:m:sf Y", "N D h:m:s",	"N D Y h:m:s",
	"M-D-Y h:m:s A",  "M-D-Y h:m:sfz", "M-D-Y h:m:sf", "M-D-y h:m:s A", "y-M-D h:m:s", "M-D-y h:m:s",
	"D-N-Y:h:m:s z",  "D-N-Y h:m:s",    "M-D h:m:sf",	"M.D h:m:s",  "D.M.Y h:m:sf", "D.M.Y", "h:m:sf", "e",
};

static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec", days[] = "montuewedthufrisatsun";

static bool take_number(struct str *s, size_t min, size_t max, int *ret)
{
	size_t n = 0;
	int value = 0;
	while (n < s->n && n < max && char_is_digit(s->p[n]))
		value = value * 10 + (s->p[n++] - '0');
	if (n < min || (n < s->n && char_is_digit(s->p[n])))
		return false;
	*ret = value;
	*s = str_from(*s, n);
	return true;
}

static bool take_name(struct str *s, const char *names, int *ret)
{
	for (int i = 0; names[i * 3]; i++) {
		if (s->n < 3 || !str_eq_nocase(str_first(*s, 3), (struct str){ names + i * 3, 3 }))
			continue;
		size_t n = 3;
		while (n < s->n && char_is_alpha(s->p[n]))
			n++;
		*s = str_from(*s, n < s->n && s->p[n] == ',' ? n + 1 : n);
		*ret = i + 1;
		return true;
	}
	return false;
}

static void take_fraction(struct str *s, int *ret_nanosecond)
{
	if (s->n < 2 || !strchr(".,:", s->p[0]) || !char_is_digit(s->p[1]))
		return;
	int value = 0, digits = 0;
	for (*s = str_from(*s, 1); s->n && char_is_digit(s->p[0]); *s = str_from(*s, 1))
		if (digits++ < 9)
			value = value * 10 + (s->p[0] - '0');
	for (; digits < 9; digits++)
		value *= 10;
	*ret_nanosecond = value;
}

/* Z, +hh:mm, +hhmm, or minutes west of UTC as SMS writes them (+300). */
static bool take_zone(struct str *s, struct stamp *t)
{
	bool named = str_starts(*s, STR("UTC")) || str_starts(*s, STR("GMT"));
	if (s->n && (named || s->p[0] == 'Z' || s->p[0] == 'z')) {
		*s = str_from(*s, named ? 3 : 1);
		return t->zoned = true;
	}
	if (!s->n || (s->p[0] != '+' && s->p[0] != '-'))
		return false;
	int sign = s->p[0] == '-' ? -1 : 1, hours = 0, minutes = 0;
	struct str rest = str_from(*s, 1);
	if (rest.n == 3 && take_number(&rest, 3, 3, &minutes)) {
		t->zone_minutes = -sign * minutes;
	} else if (rest.n == 4 && take_number(&rest, 4, 4, &minutes)) {
		t->zone_minutes = sign * (minutes / 100 * 60 + minutes % 100);
	} else if (take_number(&rest, 2, 2, &hours) && rest.n && rest.p[0] == ':') {
		rest = str_from(rest, 1);
		if (!take_number(&rest, 2, 2, &minutes))
			return false;
		t->zone_minutes = sign * (hours * 60 + minutes);
	} else {
		return false;
	}
	*s = rest;
	return t->zoned = abs(t->zone_minutes) < 24 * 60;
}

static bool take_half_day(struct str *s, struct stamp *t)
{
	if (s->n < 2 || char_lower(s->p[1]) != 'm' || (char_lower(s->p[0]) != 'a' && char_lower(s->p[0]) != 'p') ||
	    t->hour < 1 || t->hour > 12)
		return false;
	t->hour = t->hour % 12 + (char_lower(s->p[0]) == 'p' ? 12 : 0);
	*s = str_from(*s, 2);
	return true;
}

/* Days to a date: Hinnant's civil_from_days. */
static void set_seconds(struct stamp *t, int64_t seconds)
{
	int64_t left = (seconds % 86400 + 86400) % 86400, z = (seconds - left) / 86400 + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365,
		doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	t->day = (int)(doy - (153 * mp + 2) / 5 + 1);
	t->month = (int)(mp < 10 ? mp + 3 : mp - 9);
	t->year = (int)(yoe + era * 400 + (t->month <= 2));
	t->hour = (int)(left / 3600);
	t->minute = (int)(left / 60 % 60);
	t->second = (int)(left % 60);
}

static bool take_epoch(struct str *s, struct stamp *t)
{
	int64_t seconds;
	struct str whole, fraction;
	str_cut(*s, '.', &whole, &fraction);
	bool milli = whole.n == 13 && !fraction.n, micro = whole.n == 16 && !fraction.n;
	if ((whole.n != 10 && !milli && !micro) || !str_i64(whole, &seconds) || seconds < 0)
		return false;
	*s = str_from(*s, whole.n);
	take_fraction(s, &t->nanosecond);
	int64_t each = milli ? 1000 : micro ? 1000000 : 1;
	if (each > 1)
		t->nanosecond = (int)(seconds % each * (1000000000 / each));
	set_seconds(t, seconds / each);
	return t->zoned = true;
}

static bool take_field(char field, struct str *s, struct stamp *t)
{
	int ignored;
	switch (field) {
	case 'Y': return take_number(s, 4, 4, &t->year);
	case 'y':
		if (!take_number(s, 2, 2, &t->year))
			return false;
		t->year += t->year < 70 ? 2000 : 1900;
		return true;
	case 'M': return take_number(s, 1, 2, &t->month);
	case 'N': return take_name(s, months, &t->month);
	case 'D': return take_number(s, 1, 2, &t->day);
	case 'W': return take_name(s, days, &ignored);
	case 'h': return take_number(s, 1, 2, &t->hour);
	case 'm': return take_number(s, 2, 2, &t->minute);
	case 's': return take_number(s, 2, 2, &t->second);
	case 'f': take_fraction(s, &t->nanosecond); return true;
	case 'z': return take_zone(s, t);
	case 'A': return take_half_day(s, t);
	case 'e': return take_epoch(s, t);
	default: break;
	}
	if (!s->n)
		return false;
	size_t n = 0;
	if (field == ' ')
		while (n < s->n && (char_is_space(s->p[n]) || (!n && s->p[n] == 'T')))
			n++;
	else
		n = s->p[0] == field || (field == '-' && s->p[0] == '/');
	*s = str_from(*s, n);
	return n;
}

static bool fits(const char *pattern, struct str s, struct stamp *t)
{
	for (; *pattern; pattern++)
		if (!take_field(*pattern, &s, t))
			return false;
	bool dated = t->month || t->day;
	return !s.n && t->hour < 24 && t->minute < 60 && t->second <= 60 && t->month <= 12 && t->day <= 31 &&
	       (!dated || (t->month && t->day));
}

/* rejoin puts a date and a time that stand apart in their line behind one another: the NT event log's fields
 * ("11/03/01","16:55:15"), ConfigMgr's attributes (10:56:20.123+300" date="03-12-2001). */
static struct str rejoin(struct str text, char *to, size_t size)
{
	static const struct str marks[] = { STR_LIT("\" date=\""), STR_LIT("\",\"") };
	for (size_t i = 0; i < sizeof marks / sizeof *marks && text.n < size; i++) {
		size_t at = str_find(text, marks[i]);
		if (at == STR_NONE)
			continue;
		struct str head = str_first(text, at), tail = str_from(text, at + marks[i].n);
		struct str first = i ? head : tail, second = i ? tail : head;
		memcpy(to, first.p, first.n);
		to[first.n] = ' ';
		memcpy(to + first.n + 1, second.p, second.n);
		return (struct str){ to, first.n + 1 + second.n };
	}
	return text;
}

bool stamp_parse(struct str text, struct stamp *ret_stamp)
{
	char room[128];
	text = rejoin(str_trim(text), room, sizeof room);
	struct stamp event = { 0 };
	if (text.p == room && fits("M-D-y h:m:s", text, &event)) { /* alone, it would be a year first */
		*ret_stamp = event;
		return true;
	}
	while (text.n >= 2 && ((text.p[0] == '[' && text.p[text.n - 1] == ']') ||
			       (text.p[0] == '"' && text.p[text.n - 1] == '"')))
		text = str_trim((struct str){ text.p + 1, text.n - 2 });
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		struct stamp t = { 0 };
		if (!fits(patterns[i], text, &t))
			continue;
		*ret_stamp = t;
		return true;
	}
	return false;
}

struct str stamp_iso(struct str text, struct arena *a)
{
	struct stamp t;
	if (!stamp_parse(text, &t) || !t.year)
		return text.n ? arena_str(a, text) : STR("");
	struct str fraction = STR(""), zone = STR("");
	if (t.nanosecond)
		fraction = arena_printf(a, ".%03d", t.nanosecond / 1000000);
	int east = t.zone_minutes < 0 ? -t.zone_minutes : t.zone_minutes;
	if (t.zoned)
		zone = east ? arena_printf(a, "%c%02d:%02d", t.zone_minutes < 0 ? '-' : '+', east / 60, east % 60)
			    : STR("Z");
	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d%.*s%.*s", t.year, t.month, t.day, t.hour, t.minute,
			    t.second, STR_ARG(fraction), STR_ARG(zone));
}

/* Hinnant's days_from_civil. */
bool stamp_seconds(const struct stamp *t, int year, int64_t *ret_seconds)
{
	int64_t y = t->year ? t->year : year;
	if (!t->month || !t->day)
		return false;
	y -= t->month <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (t->month + (t->month > 2 ? -3 : 9)) + 2) / 5 + t->day - 1;
	int64_t day = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
	*ret_seconds = day * 86400 + t->hour * 3600 + t->minute * 60 + t->second - t->zone_minutes * 60;
	return true;
}

size_t stamp_label(int64_t seconds, bool dated, char *to, size_t size)
{
	struct stamp t = { 0 };
	set_seconds(&t, seconds);
	const char *name = &months[(t.month - 1) * 3];
	int n = dated ? snprintf(to, size, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute)
		      : snprintf(to, size, "%c%.2s %2d %02d:%02d", char_upper(name[0]), name + 1, t.day, t.hour,
				 t.minute);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
