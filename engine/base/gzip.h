/* SPDX-License-Identifier: MIT
 *
 * Bytes > the same in gzip (RFC 1952), with no time in it: equal bytes give equal bytes.
 */
#ifndef KBT_BASE_GZIP_H
#define KBT_BASE_GZIP_H

#include "base/buf.h"

/* gzip_pack appends to out. ERR_NOMEM; then out may hold a part. */
enum err gzip_pack(struct str bytes, struct buf *out) MUST_USE;

#endif
