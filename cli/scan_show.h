/* SPDX-License-Identifier: MIT
 *
 * What kbt scan shows of what it finds: each hit as it comes (--json), or incidents at the end. cmd_scan.c gives it the
 * hits and says how far it is; what to show, the options say.
 */
#ifndef KBT_CLI_SCAN_SHOW_H
#define KBT_CLI_SCAN_SHOW_H

#include "base/input.h"
#include "cli/scan_record.h"
#include "render/scan.h"
#include "scan/redact.h"

enum { SCAN_SHOW_SEEN = 4096 };

struct scan_show {
	struct cmd_context *c;
	struct incidents incidents;
	struct over_time over_time; /* what the articles of the matcher tell */
	struct stories stories;
	bool unknown; /* lines that look like errors and match no article are wanted */
	struct unknowns unknowns;
	bool redact;
	struct redactor redactor;
	struct scan_record record;
	const char *report; /* the page's path, or NULL */
	bool page_out;	    /* it goes to standard output, in place of the text */
	bool context_wanted, top_given, incidents_wanted; /* by an option */
	bool interrupted; /* set by the owner before scan_show_end: shows what was found so far, writes no report */
	int64_t started_ms;
	bool live;    /* hits are shown as they come, besides */
	uint64_t seen[SCAN_SHOW_SEEN]; /* hashes of what was shown so, each in its slot; the older is forgotten */
	enum err err; /* why scan_show_hit said no */
};

/* The rows of a command's table of options that scan_show_open reads. */
#define SCAN_SHOW_OPTIONS \
	{ "top", 0, "N", "the N most frequent incidents (the same as -n)" }, \
	{ "by", 0, "WHAT", "group by host, article or hour" }, \
	{ "context", 0, "N", "show N lines before and after (default 2, at most 8; with --json 0)" }, \
	{ "incidents", 0, NULL, "with --json: behind the hits an object for each incident" }, \
	{ "unknown", 0, NULL, "also lines that look like errors and match no article, as templates with counts" }, \
	{ "report", 0, "FILE", "write a page (HTML) of the incidents, their causes and fixes; - is standard output, " \
			       "in place of the text" }, \
	{ "force", 0, NULL, "write over FILE" }, \
	SCAN_RECORD_OPTIONS, \
	{ "redact", 0, NULL, "put tokens (HOST-1, USER-2) for hosts, shares, users, addresses and secrets in all output" }

/* scan_show_open reads the options and says what it needs of the scan; false after a usage error on stderr. */
bool scan_show_open(struct scan_show *s, struct cmd_context *c, struct scan_options *options);
void scan_show_close(struct scan_show *s);
/* scan_show_rules takes up what the matcher's articles tell over time: before each
 * scan_open; what was told before is forgotten. */
enum err scan_show_rules(struct scan_show *s, const struct matcher *m, struct scan_options *options) MUST_USE;

/* scan_show_read takes what is read, in order, before its hits; an empty block at a stream's end. */
void scan_show_read(struct scan_show *s, struct str block);
/* scan_show_hit takes a hit: a scan_sink whose context is a struct scan_show. */
bool scan_show_hit(void *show, const struct scan_hit *hit);
/* scan_show_left_out notes how many files of folders and archives were no text, and of what kinds. */
void scan_show_left_out(struct cmd_context *c, const size_t counts[INPUT_BINARIES]);
/* scan_show_progress: bytes of the input read, and all of them (0: not known). */
void scan_show_progress(struct scan_show *s, int64_t done, int64_t total);
/* scan_show_end prints what is left to print, and writes the report. */
enum err scan_show_end(struct scan_show *s, const struct scan_counts *counts, uint64_t files) MUST_USE;

#endif
