/* SPDX-License-Identifier: MIT
 *
 * byte streams > hits. The same rules as a look-up, over logs: literal fragments of the templates pick the lines that
 * may hold a known message (prefilter.h), and match_message has the last word on those. A hit asks for more than a
 * look-up: the answer covers the whole payload of the line, or product, component or log file speak for it. Every hit
 * is an answer of the look-up on that line, in the same order. An answer is left out where its message has no code, and
 * the message of its failure on a line beside it (SCAN_BESIDE_MAX, same component and thread) has one that it is not
 * about: that line's article tells of both.
 *
 * Takes a matcher and a function that reads bytes; gives hits to a function, in order of the stream. Memory is bounded
 * whatever the stream's length and the length of its lines: the stream is cut into chunks at line ends, chunks are
 * scanned by worker threads, and a line over SCAN_LINE_MAX is scanned in overlapping windows. Opens no files, prints
 * nothing.
 *
 *   chunk.c      the stream > chunks with what stands before and behind them
 *   prefilter.c  literals (match/literals.h) > candidate positions
 *   propose.c    candidate positions > lines that may be a message (go_on.c: with the lines beside them)
 *   codepage.c   lines of an old code page > text
 *   confirm.c    those positions > lines or windows > hits
 *   context.c    the lines around a hit
 *   suspect.c    lines that look like errors, where someone asks for those that are no hit
 *   stamp.c      time stamps of the usual logs > ISO 8601
 *   dated.c      lines > the stamps that they go by
 *   moment.c     points in time as people name them
 *   incident.c   hits > groups (timeline.c: their counts over time)
 *   over_time.c  lines that tell with a hit, and stories of both (story.c: which of them hold)
 *   unknown.c    those lines > templates with counts
 */
#ifndef KBT_SCAN_SCAN_H
#define KBT_SCAN_SCAN_H

#include "match/match.h"
#include "scan/moment.h"

enum {
	SCAN_LINE_MAX = 64 << 10, /* bytes of a line that are matched at once */
	SCAN_TEXT_MAX = 4 << 10,  /* bytes of a line that a hit shows */
	SCAN_SUSPECTS_MAX = 1 << 20, /* it takes as long as the scan of ten times as much */
	SCAN_SPAN_MAX = 8,	  /* lines that one message may be wrapped over */
	SCAN_THREADS_MAX = 64
};

/* A capture that the hit's own lines lack: a message on a line beside it, of the same component and thread, has it. */
struct scan_beside {
	struct str name;
	int lines; /* how many lines on it stands; before the hit negative */
};

enum { SCAN_BESIDE_MAX = 5 }; /* lines on each side */

struct scan_hit {
	struct str file;      /* as given to scan_stream */
	int64_t written_s;    /* as given in its source */
	uint64_t line;	      /* 1-based; of the first one where the message spans several */
	unsigned lines;	      /* how many lines it spans */
	uint64_t offset;      /* of the first byte of text, in the stream as read */
	struct str time;      /* of its line, else of the last one before that has a stamp: ISO 8601 where that is
			       * understood, else as written; may be empty */
	struct str text;      /* the line without its end, valid UTF-8, cut at SCAN_TEXT_MAX */
	struct str host;      /* the machine that logged it, by the line's dress; may be empty */
	struct str before, after; /* the lines around it, as in the stream: see scan_options.context */
	struct match match;   /* the article, its captures (names end in NUL), why; no spans, no `also` */
	struct scan_beside *beside; /* which of the captures are from there */
	size_t beside_count;
	bool best;	      /* the first answer for this line */
};

enum scan_coding { SCAN_UNKNOWN /* its first bytes tell */, SCAN_BYTES, SCAN_UTF16LE, SCAN_UTF16BE };

/* The end of the log that a rotation put away, where it is read before the beginning of the one that goes on. */
struct scan_before {
	struct str file;
	uint64_t lines, bytes; /* of it up to there */
};

/* A part of a longer stream, for logs that grow. Only what stands in [from, to) is answered for; what is read before
 * and behind it is context, CHUNK_EDGE bytes at most. */
struct scan_part {
	uint64_t offset;   /* of the first byte that is read, in the whole stream; what is of `before` counts below 0 */
	uint64_t from, to; /* in the whole stream, at line ends; to 0: whatever comes */
	uint64_t line;	   /* of the byte at from, 1-based */
	enum scan_coding coding;
	bool returns; /* lines end with a carriage return alone, as on old Macs */
	const struct scan_before *before; /* NULL, or what stands before from is of this; from is 0 then */
	bool seam; /* only what begins before from and goes on behind it is wanted */
	bool open; /* what was answered for before ended at from: a message that begins before and ends behind is new */
};

struct scan_counts {
	uint64_t bytes, lines; /* of the stream */
	uint64_t candidates;   /* lines that the literals let through */
	uint64_t asked;	       /* of those, lines that the look-up was asked about */
	uint64_t hit_lines;    /* lines with a hit */
	uint64_t undated;      /* hits without a date, given though there is a span */
	uint64_t looked_at;    /* lines that options.suspects had looked at */
	uint64_t suspects;     /* of those, lines that look like errors */
};

/* scan_read fills at most n bytes and says how many; 0 at the end. */
typedef enum err scan_read(void *context, char *p, size_t n, size_t *ret_n);
/* scan_sink gets one hit, valid during the call; false ends the scan (ERR_INTERRUPTED). Called on the thread that
 * called scan_stream. */
typedef bool scan_sink(void *context, const struct scan_hit *hit);

/* A line that no article explains and that looks like an error; text is as in the stream, without its end, cut at
 * SCAN_TEXT_MAX. */
struct scan_line {
	struct str file;
	uint64_t line;
	struct str text;
	struct str time; /* as of a hit; only where options.span is set */
};
typedef bool scan_line_sink(void *context, const struct scan_line *line);

/* A line that is the mark of an article (rule.h): no hit, but it tells with one. */
struct scan_mark {
	struct str file;
	int64_t written_s; /* as of a hit */
	uint64_t line;
	struct str time; /* as of a hit */
	struct str id;	 /* of the article */
	struct str name; /* of the mark */
	struct str thread; /* that wrote the line; may be empty */
	struct match_capture *captures;
	size_t capture_count;
};
typedef bool scan_mark_sink(void *context, const struct scan_mark *mark);

struct scan_options {
	unsigned threads; /* 0: as many as processors */
	unsigned context; /* lines that a hit gets before and after it, at most CONTEXT_LINES_MAX */
	scan_line_sink
		*unknown; /* gets the lines that look like errors and are no hits, as the sink its hits; or NULL */
	void *unknown_context;
	scan_mark_sink *mark; /* gets the marks, in the order of the stream, between the hits; or NULL */
	void *mark_context;
	const struct moment_span *span; /* what is known to be written outside is not given; or NULL */
	bool suspects; /* count lines that look like errors in the first SCAN_SUSPECTS_MAX bytes, until one is a hit */
	bool every_line;  /* no prefilter: each line is asked; slow, for comparison */
};

struct scan;

/* scan_open keeps m, which must outlive it, and starts the workers. */
enum err scan_open(const struct matcher *m, const struct scan_options *options, struct scan **ret_scan) MUST_USE;
void scan_close(struct scan **scan);

/* scan_stream scans one stream to its end. What was read is counted and its hits are given also where reading fails
 * half-way; the reader's error is returned then. file names the stream in hits and speaks for articles that name it. */
enum err scan_stream(struct scan *s, struct str file, scan_read *read, void *read_context, scan_sink *sink,
		     void *sink_context, struct scan_counts *ret_counts) MUST_USE;

struct scan_source {
	struct str file;
	int64_t written_s; /* when it was last written to, for stamps without a year; 0: not known */
	const struct scan_part *part; /* NULL: the whole of it */
};

/* Many streams, one behind the other, without a pause between them that would leave workers idle: scan_feed takes one
 * (the source is copied) and gives its reader's error, while hits of it may come later; scan_drain gives all that are
 * left and the counts of all since the last drain. One sink for all of them. ERR_INTERRUPTED once the sink wanted no
 * more; ERR_CUT where the matcher was cut short (match_is_whole) and hits may be missing. */
enum err scan_feed(struct scan *s, const struct scan_source *source, scan_read *read, void *read_context,
		   scan_sink *sink, void *sink_context) MUST_USE;
enum err scan_drain(struct scan *s, struct scan_counts *ret_counts) MUST_USE;

#endif
