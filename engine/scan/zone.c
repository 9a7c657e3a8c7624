/* SPDX-License-Identifier: MIT */
#include "scan/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64, HOUR_S = 3600 };

static bool is_utc(struct str name)
{
	return str_eq_nocase(name, STR("UTC"));
}

/* is_zone: such a file is there, and the name leads to no other place. */
static bool is_zone(struct str name)
{
	char path[300];
	const char *folder = getenv("TZDIR");
	if (!name.n || name.n > NAME_MAX_BYTES || !char_is_upper(name.p[0]) || str_find(name, STR("..")) != STR_NONE)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!char_is_alnum(name.p[i]) && !strchr("/_+-", name.p[i]))
			return false;
	int n = snprintf(path, sizeof path, "%s/%.*s", folder && *folder ? folder : "/usr/share/zoneinfo",
			 STR_ARG(name));
	char head[5] = "";
	FILE *f = n > 0 && (size_t)n < sizeof path ? fopen(path, "re") : NULL;
	if (!f)
		return false;
	bool is = fread(head, 1, 4, f) == 4 && !memcmp(head, "TZif", 4);
	fclose(f);
	return is;
}

/* Where the process stands while a zone is asked. */
struct stay {
	char here[256];
	bool set;
};

static bool go_to(struct str name, struct stay *stay)
{
	char there[NAME_MAX_BYTES + 2];
	const char *was = getenv("TZ");
	if (!(is_utc(name) || is_zone(name)) || (was && strlen(was) >= sizeof stay->here))
		return false;
	stay->set = was;
	snprintf(stay->here, sizeof stay->here, "%s", was ? was : "");
	snprintf(there, sizeof there, "%s%.*s", is_utc(name) ? "UTC0" : ":", STR_ARG(is_utc(name) ? STR("") : name));
	if (setenv("TZ", there, 1))
		return false;
	tzset();
	return true;
}

static void come_back(const struct stay *stay)
{
	if (stay->set)
		setenv("TZ", stay->here, 1);
	else
		unsetenv("TZ");
	tzset();
}

static bool shows(time_t s, const struct tm *clock)
{
	struct tm t;
	return localtime_r(&s, &t) && t.tm_sec == clock->tm_sec && t.tm_min == clock->tm_min &&
	       t.tm_hour == clock->tm_hour && t.tm_mday == clock->tm_mday;
}

static long east_of_utc(time_t s)
{
	struct tm t;
	return localtime_r(&s, &t) ? t.tm_gmtoff : 0;
}

/* put_forward gives when clocks were within three hours before or behind a time. */
static time_t put_forward(time_t s)
{
	time_t low = s - 3 * HOUR_S, high = s + 3 * HOUR_S;
	long before = east_of_utc(low);
	if (before == east_of_utc(high))
		return s;
	while (high - low > 1) {
		time_t middle = low + (high - low) / 2;
		*(east_of_utc(middle) == before ? &low : &high) = middle;
	}
	return high;
}

bool zone_local(struct tm clock, int64_t *ret_s)
{
	struct tm plain = clock, asked = clock; /* plain: on a clock that is never put */
	asked.tm_isdst = -1;
	time_t s = mktime(&asked);
	timegm(&plain);
	if (s == (time_t)-1 && clock.tm_year != 69 && clock.tm_year != 70)
		return false;
	if (!shows(s, &plain))
		s = put_forward(s);
	else if (shows(s - HOUR_S, &plain))
		s -= HOUR_S;
	else if (shows(s - HOUR_S / 2, &plain)) /* Lord Howe Island */
		s -= HOUR_S / 2;
	*ret_s = s;
	return true;
}

bool zone_seconds(struct str name, struct tm clock, int64_t *ret_s)
{
	struct stay stay;
	if (!go_to(name, &stay))
		return false;
	bool known = zone_local(clock, ret_s);
	come_back(&stay);
	return known;
}

bool zone_clock(struct str name, int64_t s, struct tm *ret_clock)
{
	struct stay stay;
	time_t at = (time_t)s, shown = at;
	bool known = go_to(name, &stay);
	for (int i = 0; i < 2 && known; i++) { /* the second time for a change of the clock between the two */
		struct tm tm;
		known = gmtime_r(&shown, &tm);
		tm.tm_isdst = -1;
		time_t back = known ? mktime(&tm) : 0;
		shown += at - back;
	}
	if (known)
		come_back(&stay);
	return known && gmtime_r(&shown, ret_clock);
}
