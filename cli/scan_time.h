/* SPDX-License-Identifier: MIT
 *
 * kbt scan --since and --until: the span of time that is asked for.
 */
#ifndef KBT_CLI_SCAN_TIME_H
#define KBT_CLI_SCAN_TIME_H

#include "cli/cmd.h"
#include "scan/scan.h"

#define SCAN_TIME_OPTIONS \
	{ "since", 'S', "TIME", "only what was written then or later (\"2001-03-12 10:56\", yesterday, -2h)" }, \
	{ "until", 'U', "TIME", "only what was written then or before" }

/* scan_time_open reads the options into span, and points the scan's options to it where there are any; false after a
 * usage error on stderr. */
bool scan_time_open(struct cmd_context *c, struct moment_span *span, struct scan_options *options);

/* scan_time_end says what could not be told. */
void scan_time_end(struct cmd_context *c, const struct scan_counts *counts);

#endif
