/* SPDX-License-Identifier: MIT
 *
 * kbt scan --follow and --cursor: logs that grow. Follows them until a signal ends it (or once, to where they end now),
 * gives hits as they come, writes the cursor when those are out, and takes up a new generation of the knowledge base.
 */
#ifndef KBT_CLI_SCAN_FOLLOW_H
#define KBT_CLI_SCAN_FOLLOW_H

#include "cli/cmd.h"
#include "scan/scan.h"

struct scan_follow {
	struct cmd_context *c;
	struct scan_options options;
	scan_sink *sink;
	void *sink_context;
	void (*read)(void *context, struct str block); /* gets what is read, an empty block at its end; or NULL */
	enum err (*opened)(void *context, const struct matcher *m,
			   struct scan_options *options); /* before each scan_open */
	enum err (*end)(void *context); /* prints what is printed at the end; the cursor is written behind it */
	void *end_context;
	bool live;	    /* until a signal */
	const char *cursor; /* or NULL */

	/* what came of it */
	struct scan_counts counts;
	uint64_t files;
	bool all_read;
};

#define SCAN_FOLLOW_OPTIONS \
	{ "follow", 'f', NULL, "go on with what is written to the files, through their rotations" }, \
	{ "journal", 0, NULL, "the journal of systemd: this machine's, or that of a folder (journal files) named" }, \
	{ "cursor", 0, "FILE", "go on where the last scan with this FILE ended, and keep in it how far this one came" }

/* scan_follow_feed scans one part of a stream: gives what is read to read, counts, and gives the hits. *ret_fed is the
 * reader's error. */
enum err scan_follow_feed(struct scan_follow *f, struct scan *scan, const struct scan_source *source, scan_read *read,
			  void *read_context, struct scan_counts *ret_counts, enum err *ret_fed) MUST_USE;

/* scan_follow_run: a signal is the usual end with live, and no error. */
enum err scan_follow_run(struct scan_follow *f) MUST_USE;

#endif
