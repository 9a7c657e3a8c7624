/* SPDX-License-Identifier: MIT
 *
 * Where in what a client sends requests begin and end, and whether each begins as one must: takes the bytes in the
 * pieces in which they come, gives how many of them may be read on. Only what libmicrohttpd 0.9.75 answers twice, not
 * at all, with a page of its own, or without saying what its answer is, is looked at here: the first line, line ends,
 * lengths, chunks, heads that are too large; all else is request.h's. Owns nothing, touches no socket. Reference: RFC
 * 9112 sections 2 to 7.
 */
#ifndef KBT_WEB_FRAMING_H
#define KBT_WEB_FRAMING_H

#include "base/str.h"

enum {
	FRAMING_FIRST_MAX = 9 << 10, /* bytes of a first line: REQUEST_TARGET_MAX, and a method */
	FRAMING_CHUNKS_MAX = 1 << 10, /* of a chunk's size with what stands behind it; of the lines behind the chunks */
	FRAMING_NOTE = 64,	      /* that libmicrohttpd notes of each line */
	FRAMING_LINE = 48,	     /* of a line that is kept */
	FRAMING_TAIL = 10	     /* " HTTP/1.1\r" */
};

enum framing_at {
	FRAMING_BLANK,
	FRAMING_FIRST,
	FRAMING_LINES,
	FRAMING_BODY,
	FRAMING_SIZE, /* of a chunk; from here on in a body without a length */
	FRAMING_CHUNK,
	FRAMING_CHUNK_END,
	FRAMING_TRAILER,
	FRAMING_REST
};

/* Begins as zeros, but head_max. */
struct framing {
	enum framing_at at;	 /* FRAMING_REST: what comes is no more looked at */
	size_t head_max;	 /* bytes of a head, as its reader wants it; 0: any number */
	bool notes;		 /* what that reader notes of each line counts, too, and its copy of cookies */
	size_t head_n;		 /* of the one that is read; of a line or the lines behind the chunks */
	size_t line_at;		 /* head_n where the line began */
	unsigned heads;		 /* that have ended */
	bool api;		 /* a program asks: its refusal is an object */
	bool chunked;		 /* the request's body has no length: no other request may follow */
	uint64_t length;	 /* of the body or the chunk; then what is left of it */
	unsigned char n;	 /* of the line, with its CR, as far as it is kept */
	char line[FRAMING_LINE]; /* its beginning, ... */
	char tail[FRAMING_TAIL]; /* and what came last of it */
};

struct framing_fault {
	unsigned status; /* 0: none */
	const char *why;
};

/* framing_take: bytes.n; or where the request begins whose head cannot be one (0 where that came earlier), or the line
 * in a body that cannot be one (framing_in_chunks), and why. */
size_t framing_take(struct framing *f, struct str bytes, struct framing_fault *ret_fault);
bool framing_in_chunks(const struct framing *f);

#endif
