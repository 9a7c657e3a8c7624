/* SPDX-License-Identifier: MIT
 *
 * A stream in pieces. A chunk's body is what it answers for; context before and behind it lets a worker see whole
 * messages at the edges. Bodies end at line ends, except within a line that is longer than a chunk. UTF-16 streams,
 * with or without a byte order mark, become UTF-8 here; offsets still count the bytes as read. Where the first chunk
 * has carriage returns and no line feed at all, they are its line ends. Owned by scan.c.
 */
#ifndef KBT_SCAN_CHUNK_H
#define KBT_SCAN_CHUNK_H

#include "scan/scan.h"

enum {
	CHUNK_READ = 128 << 10, /* bytes asked of the reader for one chunk: it stays in the cache while it is scanned,
				 * and where it is nothing but hits, they take a hundred times as much */
	CHUNK_EDGE = 32 << 10	/* context on each side: before the body DATED_LINES usual lines */
};

struct chunk {
	struct buf text;	  /* context, body, context */
	size_t start, end;	  /* the body within text */
	bool first;		  /* of its stream or part */
	bool open;		  /* a message that begins before the body and ends in it is the body's: scan_part */
	uint64_t offset;	  /* of text[0] in the stream as read */
	bool wide;		  /* text was UTF-16: offsets go by characters */
	bool last;
	int64_t written_s;	  /* scan.c: when its file was last written to; 0: not known */
	bool suspects;		  /* scan.c wants its lines counted that look like errors */
};

struct chunker { /* zeroed at the start of a stream; chunker_begin for a part of one */
	struct buf carry;	/* context and unanswered text behind the last body */
	size_t carry_start;	/* where in carry the next body begins */
	uint64_t carry_offset;	/* of carry[0] in the stream as read */
	uint64_t bytes;		/* read so far */
	enum scan_coding coding;
	uint64_t from, to;	/* where the part begins and ends, as bytes read; to 0: at the end */
	size_t to_at;		/* the part's end in carry, then in the text; 0: not reached */
	bool open;
	bool started;		/* a chunk was given */
	bool returns;		/* lines end with a carriage return alone, as on old Macs: text has line feeds for it */
	struct buf raw;		/* read and not decoded: an unfinished UTF-16 character */
	uint64_t hole;		/* zeros at the stream's start that are not in the first chunk's text */
	bool ended;
	enum err err;		/* of the reader */
};

enum { CHUNK_TELL_MIN = 8, CHUNK_TELL_MAX = 256 }; /* first bytes that tell a stream's coding */
/* chunk_coding tells it from a stream's first bytes: by the mark, or by the half of each letter that is empty;
 * SCAN_UNKNOWN where it takes more of them. Zeros in pairs are a hole, as a log has that was cut off under its writer:
 * chunk_hole gives how many bytes of them there are in front. */
size_t chunk_hole(struct str head);
enum scan_coding chunk_coding(struct str head);

static inline bool chunk_is_wide(enum scan_coding coding) /* UTF-16 */
{
	return coding == SCAN_UTF16LE || coding == SCAN_UTF16BE;
}

/* chunk_has_mark: the byte order mark of UTF-16 is in front. */
static inline bool chunk_has_mark(struct str head)
{
	return str_starts(head, STR("\xFF\xFE")) || str_starts(head, STR("\xFE\xFF"));
}

/* chunk_line_end gives the place behind the last line end (`end`: \n or \r) of bytes in this coding, the first of which
 * is the first of a letter; 0 where there is none. */
size_t chunk_line_end(struct str bytes, enum scan_coding coding, char end);

/* chunk_ends_with_returns says of a stream's beginning that its lines end with a carriage return alone. One at the very
 * end counts only where another stands before it: a line feed may follow. */
bool chunk_ends_with_returns(struct str text);

void chunker_begin(struct chunker *chunker, const struct scan_part *part);

/* chunk_next fills c; false when the stream has no more to answer for. ERR_NOMEM is in chunker->err, as is what the
 * reader said (then what was read before is still given). */
bool chunk_next(struct chunker *chunker, scan_read *read, void *context, struct chunk *c);
void chunker_free(struct chunker *chunker);

/* chunk_offset is where text[at] stood in the stream as read. */
uint64_t chunk_offset(const struct chunk *c, size_t at);

#endif
