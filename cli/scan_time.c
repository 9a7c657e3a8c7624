/* SPDX-License-Identifier: MIT */
#include "cli/scan_time.h"

#include <time.h>

static bool read_one(struct cmd_context *c, const char *name, const struct moment_now *now, int64_t *us)
{
	const char *text = cmd_value(c, name, NULL);
	if (!text || moment_parse(str_c(text), now, us))
		return true;
	cmd_usage(c,
		  "--%s is a time (\"2001-03-12 10:56:20\", \"10:56\", yesterday, now, -2h, \"2 hours ago\"), not '%s'",
		  name, text);
	return false;
}

bool scan_time_open(struct cmd_context *c, struct moment_span *span, struct scan_options *options)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	*span = (struct moment_span){ .now.us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
				      .since_us = INT64_MIN, .until_us = INT64_MAX };
	localtime_r(&now.tv_sec, &span->now.local);
	if (!read_one(c, "since", &span->now, &span->since_us) || !read_one(c, "until", &span->now, &span->until_us))
		return false;
	if (span->since_us > span->until_us) {
		cmd_usage(c, "--since %s is later than --until %s", cmd_value(c, "since", ""),
			  cmd_value(c, "until", ""));
		return false;
	}
	if (cmd_has(c, "since") || cmd_has(c, "until"))
		options->span = span;
	return true;
}

void scan_time_end(struct cmd_context *c, const struct scan_counts *counts)
{
	if (counts->undated)
		diags_add(&c->diags, DIAG_NOTE, 0, "%llu hit%s without a date: shown all the same",
			  (unsigned long long)counts->undated, counts->undated == 1 ? "" : "s");
}
