/* SPDX-License-Identifier: MIT
 *
 * kbt scan --record: how often which article was found, by the days of the lines, added to what earlier scans found.
 */
#ifndef KBT_CLI_SCAN_RECORD_H
#define KBT_CLI_SCAN_RECORD_H

#include "cli/cmd.h"
#include "scan/scan.h"
#include "store/tally.h"

struct scan_record {
	struct cmd_context *c;
	struct tally *tally; /* NULL: not wanted */
	struct arena arena;  /* of the counts since the last time they were added */
	struct tally_count *counts;
	size_t count, cap, last; /* last: the one that the last hit counted for */
	struct when when;
	struct buf file; /* of the last hit */
	int64_t added_ms;
};

#define SCAN_RECORD_OPTIONS                                                                                            \
	{                                                                                                              \
		"record", 0, NULL, "count what is found, by article and day, for `kbt stats`"                          \
	}

/* scan_record_open: once the knowledge base is open, for beside what is none no file is made; again it does nothing. r
 * is zeroed before. ERR_IO: the sentence is in diags. */
enum err scan_record_open(struct scan_record *r, struct cmd_context *c) MUST_USE;
void scan_record_close(struct scan_record *r);

/* scan_record_hit counts one; what has gathered is added now and then. ERR_IO and the like: the sentence is in
 * diags. */
enum err scan_record_hit(struct scan_record *r, const struct scan_hit *hit) MUST_USE;
enum err scan_record_add(struct scan_record *r) MUST_USE; /* what is left */

#endif
