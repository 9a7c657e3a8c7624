/* SPDX-License-Identifier: MIT */
#include "scan/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64 };

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

bool zone_seconds(struct str name, struct tm clock, int64_t *ret_s)
{
	char here[256], there[NAME_MAX_BYTES + 2];
	const char *was = getenv("TZ");
	if (!is_zone(name) || (was && strlen(was) >= sizeof here))
		return false;
	snprintf(here, sizeof here, "%s", was ? was : "");
	snprintf(there, sizeof there, ":%.*s", STR_ARG(name));
	if (setenv("TZ", there, 1))
		return false;
	tzset();
	clock.tm_isdst = -1;
	time_t s = mktime(&clock);
	if (was)
		setenv("TZ", here, 1);
	else
		unsetenv("TZ");
	tzset();
	if (s == (time_t)-1)
		return false;
	*ret_s = s;
	return true;
}
