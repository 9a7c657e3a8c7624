/* SPDX-License-Identifier: MIT
 *
 * gzip streams (RFC 1952), one behind the other as gzip reads them > what they hold, up to the very place where one is
 * damaged or was cut off, and whether their checksums are right: libarchive drops the last block before such a place,
 * and does not look at the sums.
 */
#ifndef KBT_BASE_GUNZIP_H
#define KBT_BASE_GUNZIP_H

#include "base/err.h"
#include "base/str.h"

struct gunzip;

enum err gunzip_open(struct gunzip **ret_gunzip) MUST_USE;
void gunzip_close(struct gunzip **gunzip);

enum gunzip_state {
	GUNZIP_GOES_ON, /* it takes more of the stream, or more room */
	GUNZIP_ENDED,	/* what stands behind is no gzip */
	GUNZIP_DAMAGED	/* gunzip_why says how */
};

/* gunzip_step unpacks into p, at most n bytes, and takes what it read off the front of *packed; last: nothing comes
 * behind that. */
enum gunzip_state gunzip_step(struct gunzip *g, struct str *packed, bool last, char *p, size_t n, size_t *ret_n);
const char *gunzip_why(const struct gunzip *g);

#endif
