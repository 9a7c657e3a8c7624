/* SPDX-License-Identifier: MIT
 *
 * Time stamps: see stamp.h. A stamp is read as a list of parts (numbers, month names, marks); the first pattern whose
 * parts fit decides. Ambiguous day and month ("03/12/2001") are read as the programs that write them do: month first,
 * and the day where it cannot be the month.
 */
#include "match/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One letter a field: Y year, y year of two digits, M month, N month's name, D day, h m s, f fraction, a AM or PM, z
 * zone, o minutes east of UTC, W day's name, B date and clock of digits only, d a date and c a clock of them, G glog's
 * month and day, e seconds since 1970 (also milliseconds and microseconds, by their length; TAI64N behind its @); f, a,
 * z and o may be missing. A blank is white space, T or _; other marks are themselves, '-' also '/'. */
static const char *const patterns[] = {
	"Y-M-D h:m:sfaz",
	"Y-M-D h:maz",
	"Y-M-D",
	"N D h:m:sfaz",
	"N D h:m:sfaz Y",
	"N D Y h:m:sfaz",
	"N D, Y h:m:sfaz",
	"N D, Y, h:m:sfaz",
	"W N D h:m:sfz Y",
	"W N D h:m:sfaz",
	"W N D Y h:m:sfaz",
	"W D N Y h:m:sfaz",
	"W D N h:m:sfz",
	"D N Y h:m:sfaz",
	"Y N D h:m:sfaz",
	"M-D-Y h:m:sfaz",
	"M-D-Y h:maz",
	"M-D-y h:m:s a",
	"y-M-D h:m:sfz",
	"M-D-y h:m:sfaz",
	"D-N-Y:h:m:sfz",
	"D-N-Y h:m:sfaz",
	"Y-N-D h:m:sfaz",
	"D-N-Y",
	"D-M-Y h:m:sfaz",
	"D-M-Y h:maz",
	"D-M-y h:m:sfaz",
	"M-D h:m:sfaz",
	"M.D h:m:sf",
	"D.M.Y h:m:sfaz",
	"D.M.Y h:maz",
	"D.M.Y",
	"G h:m:sf",
	"G/cf",
	"d h:m:sf",
	"Y-M-D-h.m.sfo",
	"d c",
	"d:cf",
	"h:m:sfaz",
	"B",
	"e",
};

static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec", days[] = "MonTueWedThuFriSatSun";

static int name_at(struct str s, const char *names)
{
	for (int i = 0; s.n >= 3 && names[i * 3]; i++)
		if (s.p[0] == names[i * 3] && !memcmp(s.p, names + i * 3, 3))
			return i + 1;
	return 0;
}

int stamp_month(struct str s)
{
	return name_at(s, months);
}

int stamp_weekday(struct str s)
{
	return name_at(s, days);
}

size_t stamp_zone(struct str s, int *ret_minutes)
{
	static const struct {
		struct str name;
		int minutes;
	} zones[] = {
		{ STR_LIT("UTC"), 0 },	   { STR_LIT("GMT"), 0 },     { STR_LIT("CET"), 60 },
		{ STR_LIT("CEST"), 120 },  { STR_LIT("WET"), 0 },     { STR_LIT("WEST"), 60 },
		{ STR_LIT("EET"), 120 },   { STR_LIT("EEST"), 180 },  { STR_LIT("BST"), 60 },
		{ STR_LIT("MSK"), 180 },   { STR_LIT("EST"), -300 },  { STR_LIT("EDT"), -240 },
		{ STR_LIT("CST"), -360 },  { STR_LIT("CDT"), -300 },  { STR_LIT("MST"), -420 },
		{ STR_LIT("MDT"), -360 },  { STR_LIT("PST"), -480 },  { STR_LIT("PDT"), -420 },
		{ STR_LIT("AKST"), -540 }, { STR_LIT("AKDT"), -480 }, { STR_LIT("HST"), -600 },
		{ STR_LIT("JST"), 540 },   { STR_LIT("KST"), 540 },   { STR_LIT("HKT"), 480 },
		{ STR_LIT("IST"), 330 },   { STR_LIT("SAST"), 120 },  { STR_LIT("AEST"), 600 },
		{ STR_LIT("AEDT"), 660 },  { STR_LIT("ACST"), 570 },  { STR_LIT("AWST"), 480 },
		{ STR_LIT("NZST"), 720 },  { STR_LIT("NZDT"), 780 },  { STR_LIT("BRT"), -180 },
	};
	if (!s.n || !char_is_upper(s.p[0]))
		return 0;
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		struct str name = zones[i].name;
		if (!str_starts(s, name) || (s.n > name.n && (char_is_alnum(s.p[name.n]) || s.p[name.n] == '_')))
			continue;
		*ret_minutes = zones[i].minutes;
		return name.n;
	}
	return 0;
}

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

/* take_name takes three letters and what more of them the name has, in any case. */
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

/* "+01:00", "+0100", "+01", or minutes west of UTC as SMS writes them ("+300", "-60": no zone is so many hours off) */
static bool take_offset(struct str *s, int *ret_minutes)
{
	enum { HOURS_MAX = 14 };
	if (s->n < 3 || !strchr("+-", s->p[0]))
		return false;
	int sign = s->p[0] == '-' ? -1 : 1, first, second = 0;
	struct str rest = str_from(*s, 1);
	size_t n = str_digits(rest);
	if (n < 2 || n > 4 || !take_number(&rest, n, n, &first))
		return false;
	if (n == 2 && rest.n && rest.p[0] == ':') {
		rest = str_from(rest, 1);
		if (!take_number(&rest, 2, 2, &second))
			return false;
	}
	bool west = n == 3 || (n == 2 && rest.p == s->p + 3 && first > HOURS_MAX);
	int minutes = west ? -first : n == 4 ? first / 100 * 60 + first % 100 : first * 60 + second;
	*ret_minutes = sign * minutes;
	*s = rest;
	return second < 60 && abs(minutes) < 24 * 60;
}

/* Z, a name or an offset, also apart; what else stands there is left. */
static bool take_zone(struct str *s, struct stamp *t)
{
	struct str rest = *s;
	int minutes = 0;
	while (rest.n && rest.p[0] == ' ')
		rest = str_from(rest, 1);
	size_t named = stamp_zone(rest, &minutes);
	if (!named && rest.n && rest.n == s->n && char_lower(rest.p[0]) == 'z' &&
	    (rest.n == 1 || !char_is_alnum(rest.p[1])))
		named = 1;
	rest = str_from(rest, named);
	if (!named && !take_offset(&rest, &minutes))
		return true;
	*s = rest;
	t->zone_minutes = minutes;
	return t->zoned = true;
}

/* take_minutes_east: "+060", as DB2 writes it; what else stands there is left. */
static bool take_minutes_east(struct str *s, struct stamp *t)
{
	if (s->n < 4 || !strchr("+-", s->p[0]) || str_digits(str_from(*s, 1)) != 3)
		return true;
	t->zoned = take_offset(s, &t->zone_minutes);
	t->zone_minutes = -t->zone_minutes;
	return t->zoned;
}

static bool take_half_day(struct str *s, struct stamp *t)
{
	struct str rest = *s;
	while (rest.n && rest.p[0] == ' ')
		rest = str_from(rest, 1);
	char half = rest.n ? char_lower(rest.p[0]) : 0;
	if (rest.n < 2 || (half != 'a' && half != 'p') || char_lower(rest.p[1]) != 'm' ||
	    (rest.n > 2 && char_is_alnum(rest.p[2])))
		return true;
	if (t->hour < 1 || t->hour > 12)
		return false;
	t->hour = t->hour % 12 + (half == 'p' ? 12 : 0);
	*s = str_from(rest, 2);
	return true;
}

static int two_digits(const char *p)
{
	return (p[0] - '0') * 10 + p[1] - '0';
}

/* "20010312T105620Z" */
static bool take_basic(struct str *s, struct stamp *t)
{
	if (s->n < 15 || str_digits(*s) != 8 || !strchr("Tt", s->p[8]) || str_digits(str_from(*s, 9)) != 6)
		return false;
	t->year = two_digits(s->p) * 100 + two_digits(s->p + 2);
	t->month = two_digits(s->p + 4);
	t->day = two_digits(s->p + 6);
	t->hour = two_digits(s->p + 9);
	t->minute = two_digits(s->p + 11);
	t->second = two_digits(s->p + 13);
	*s = str_from(*s, 15);
	take_fraction(s, &t->nanosecond);
	return take_zone(s, t);
}

/* "20010312", "010312" */
static bool take_digit_date(struct str *s, struct stamp *t)
{
	size_t n = str_digits(*s), year = n - 4;
	if (n != 6 && n != 8)
		return false;
	t->year = n == 8 ? two_digits(s->p) * 100 + two_digits(s->p + 2) : two_digits(s->p);
	t->year += n == 8 ? 0 : t->year < 70 ? 2000 : 1900;
	t->month = two_digits(s->p + year);
	t->day = two_digits(s->p + year + 2);
	*s = str_from(*s, n);
	return true;
}

/* "105620" */
static bool take_digit_clock(struct str *s, struct stamp *t)
{
	if (str_digits(*s) != 6)
		return false;
	t->hour = two_digits(s->p);
	t->minute = two_digits(s->p + 2);
	t->second = two_digits(s->p + 4);
	*s = str_from(*s, 6);
	return true;
}

/* "E0312", "0312", "E20010312": the level, a year or none, month and day */
static bool take_glog(struct str *s, struct stamp *t)
{
	bool level = s->n && strchr("IWEF", s->p[0]);
	struct str rest = str_from(*s, level);
	size_t digits = str_digits(rest);
	if (digits != 4 && (digits != 8 || !level))
		return false;
	if (digits == 8) {
		t->year = two_digits(rest.p) * 100 + two_digits(rest.p + 2);
		rest = str_from(rest, 4);
	}
	t->month = two_digits(rest.p);
	t->day = two_digits(rest.p + 2);
	*s = str_from(rest, 4);
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

/* take_tai: "@400000003aac9c8a2d3f4a5c", seconds of TAI from 2^62 on and nanoseconds (TAI64N). Leap seconds since 1970
 * are no matter of a log: the ten that were before are taken off, as its own programs do. */
static bool take_tai(struct str *s, struct stamp *t)
{
	enum { LENGTH = 25, SECONDS = 17, BEFORE = 10 };
	uint64_t parts[2] = { 0 };
	if (s->n < LENGTH || !str_starts(*s, STR("@40000000")))
		return false;
	for (size_t i = 1; i < LENGTH; i++) {
		char c = char_lower(s->p[i]);
		if (!char_is_hex(c))
			return false;
		parts[i >= SECONDS] = parts[i >= SECONDS] * 16 + (uint64_t)(char_is_digit(c) ? c - '0' : c - 'a' + 10);
	}
	int64_t seconds = (int64_t)(parts[0] - (UINT64_C(1) << 62)) - BEFORE;
	if (seconds < 0 || parts[1] > 999999999)
		return false;
	*s = str_from(*s, LENGTH);
	t->nanosecond = (int)parts[1];
	set_seconds(t, seconds);
	return t->zoned = true;
}

static bool take_epoch(struct str *s, struct stamp *t)
{
	int64_t seconds;
	struct str whole, fraction;
	if (s->n && s->p[0] == '@')
		return take_tai(s, t);
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
	case 'a': return take_half_day(s, t);
	case 'o': return take_minutes_east(s, t);
	case 'B': return take_basic(s, t);
	case 'd': return take_digit_date(s, t);
	case 'c': return take_digit_clock(s, t);
	case 'G': return take_glog(s, t);
	case 'e': return take_epoch(s, t);
	default: break;
	}
	if (!s->n)
		return false;
	size_t n = 0;
	if (field == ' ')
		while (n < s->n && (char_is_space(s->p[n]) || (!n && (s->p[n] == 'T' || s->p[n] == '_'))))
			n++;
	else
		n = s->p[0] == field || (field == '-' && s->p[0] == '/');
	*s = str_from(*s, n);
	return n;
}

static int days_in(int year, int month)
{
	static const char lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 || year % 400 == 0); /* where there is none, it may be */
	return month == 2 && !leap ? 28 : lengths[month - 1];
}

static bool is_possible(const struct stamp *t)
{
	bool dated = t->month || t->day, end = t->hour == 24 && !t->minute && !t->second && !t->nanosecond;
	if (dated && (t->month < 1 || t->month > 12 || t->day < 1 || t->day > days_in(t->year, t->month)))
		return false;
	return (t->hour < 24 || (dated && end)) && t->minute < 60 && t->second <= 60;
}

static bool fits(const char *pattern, struct str s, struct stamp *t)
{
	for (; *pattern; pattern++)
		if (!take_field(*pattern, &s, t))
			return false;
	return !s.n && is_possible(t);
}

/* rejoin puts a date and a time that stand apart in their line behind one another: the NT event log's fields
 * ("11/03/01","16:55:15"), ConfigMgr's attributes (10:56:20.123+300" date="03-12-2001), pairs (2001-03-12
 * time=10:56:20). */
static struct str rejoin(struct str text, char *to, size_t size)
{
	static const struct str marks[] = { STR_LIT("\" date=\""), STR_LIT("\",\""), STR_LIT(" time=") };
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
static int64_t day_of(const struct stamp *t, int64_t y)
{
	y -= t->month <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
	int64_t doy = (153 * (t->month + (t->month > 2 ? -3 : 9)) + 2) / 5 + t->day - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

int stamp_weekday_of(const struct stamp *t)
{
	return (int)(((day_of(t, t->year) + 3) % 7 + 7) % 7) + 1; /* the first day was a Thursday */
}

bool stamp_seconds(const struct stamp *t, int year, int64_t *ret_seconds)
{
	int64_t y = t->year ? t->year : year;
	if (!t->month || !t->day)
		return false;
	*ret_seconds = day_of(t, y) * 86400 + t->hour * 3600 + t->minute * 60 + t->second - t->zone_minutes * 60;
	return true;
}

size_t stamp_label(int64_t seconds, bool dated, char *to, size_t size)
{
	struct stamp t = { 0 };
	set_seconds(&t, seconds);
	int n = dated ? snprintf(to, size, "%04d-%02d-%02d %02d:%02d", t.year, t.month, t.day, t.hour, t.minute)
		      : snprintf(to, size, "%.3s %2d %02d:%02d", &months[(t.month - 1) * 3], t.day, t.hour, t.minute);
	return n < 0 ? 0 : (size_t)n < size ? (size_t)n : size - 1;
}
