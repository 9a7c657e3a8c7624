/* SPDX-License-Identifier: MIT
 *
 * Compressed streams (RFC 1952 gzip, xz, RFC 8878 zstd, bzip2), one behind the other as their tools read them > what
 * they hold, up to the very place where one is damaged or was cut off, and whether their checksums are right:
 * libarchive's filters drop the last block before such a place. Memory is bounded, whatever a stream asks for.
 */
#ifndef KBT_BASE_UNPACK_H
#define KBT_BASE_UNPACK_H

#include "base/err.h"
#include "base/str.h"

struct unpack;

/* unpack_knows: do these bytes begin such a stream? */
bool unpack_knows(struct str head);
/* unpack_open is for the stream that begins so; ERR_UNSUPPORTED where none does. */
enum err unpack_open(struct str head, struct unpack **ret_unpack) MUST_USE;
void unpack_close(struct unpack **unpack);

enum unpack_state {
	UNPACK_GOES_ON, /* it takes more of the stream, or more room */
	UNPACK_ENDED,	/* what stands behind is no such stream */
	UNPACK_DAMAGED, /* or cut off; unpack_why says how */
	UNPACK_REFUSED, /* it asks for too much memory; unpack_why says of what */
	UNPACK_NOMEM
};

/* unpack_step unpacks into p, at most n > 0 bytes, and takes what it read off the front of *packed; last: nothing comes
 * behind that. What stands before a damage is given before that is told. */
enum unpack_state unpack_step(struct unpack *u, struct str *packed, bool last, char *p, size_t n, size_t *ret_n);
const char *unpack_why(const struct unpack *u);
const char *unpack_name(const struct unpack *u); /* "gzip" */

#endif
