/* SPDX-License-Identifier: MIT
 *
 * Messages that a rotation has cut in two, in a scan of files that lie side by side: the first line ends app.log.1, the
 * rest begins app.log. Keeps the beginnings and the ends of the first SCAN_SEAMS_MAX files, and scans those that belong
 * together when all were read.
 */
#ifndef KBT_CLI_SCAN_SEAMS_H
#define KBT_CLI_SCAN_SEAMS_H

#include "base/arena.h"
#include "scan/scan.h"

enum { SCAN_SEAMS_MAX = 512, SCAN_SEAM_BYTES = 1 << 10 };

struct scan_seam {
	struct str name;
	int64_t written_s;
	bool rotated; /* by its name: its lines are counted */
	uint64_t bytes, lines;
	size_t head_n, end_n;
	char head[SCAN_SEAM_BYTES], end[SCAN_SEAM_BYTES];
};

struct scan_seams { /* zeroed at first */
	struct arena arena;
	struct scan_seam **items;
	size_t count, cap;
	struct scan_seam *now; /* that is read, or NULL: one too many */
};

/* scan_seams_begin: what is read from now on is of this file. Where memory ends, the arena says so. */
void scan_seams_begin(struct scan_seams *s, const struct scan_source *source);
void scan_seams_read(struct scan_seams *s, struct str block);
/* scan_seams_scan gives what goes over from one file to the next, and counts its hits to counts. */
enum err scan_seams_scan(struct scan_seams *s, struct scan *scan, scan_sink *sink, void *sink_context,
			 struct scan_counts *counts) MUST_USE;
void scan_seams_free(struct scan_seams *s);

#endif
