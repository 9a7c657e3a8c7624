/* SPDX-License-Identifier: MIT
 *
 * multipart/form-data, as browsers send a form with a file: untrusted bytes > fields and the file's bytes, all borrowed
 * from the body. Linear in it. Pure. Reference: RFC 7578, RFC 2046 section 5.1.
 */
#ifndef KBT_WEB_MULTIPART_H
#define KBT_WEB_MULTIPART_H

#include "web/request.h"

enum { MULTIPART_PARTS_MAX = 32, MULTIPART_HEAD_MAX = 4 << 10, MULTIPART_FIELD_MAX = 64 << 10 };

struct multipart {
	struct http_fields fields; /* without a file name */
	struct str file;	   /* of the first part that has one; p NULL where there is none */
	struct str file_name;	   /* its last component, valid UTF-8; may be empty */
};

/* multipart_parse: type is the whole Content-Type. ERR_INPUT: no boundary, no end, a part without a name. ERR_LIMIT:
 * too many parts, or a part's head or a field too long. */
enum err multipart_parse(struct str type, struct str body, struct arena *a, struct multipart *ret_parts) MUST_USE;

#endif
