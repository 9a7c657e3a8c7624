/* SPDX-License-Identifier: MIT
 *
 * JSON, written as a stream (RFC 8259): begin, keys and values, end. Commas and escapes are this file's business.
 * Whatever the bytes are, the output is valid UTF-8: an invalid byte becomes U+FFFD. A newline never appears inside a
 * value, so one object is one line. Nesting is bounded by JSON_DEPTH (asserted: it is the program's own shape).
 */
#ifndef KBT_BASE_JSON_H
#define KBT_BASE_JSON_H

#include "base/buf.h"

enum { JSON_DEPTH = 32 };

struct json {
	struct buf *out; /* borrowed */
	unsigned depth;
	bool comma[JSON_DEPTH];
	bool after_key;
};

struct json json_to(struct buf *out);
void json_object(struct json *j);
void json_end_object(struct json *j);
void json_array(struct json *j);
void json_end_array(struct json *j);
void json_key(struct json *j, const char *key);
void json_name(struct json *j, struct str key); /* a key that is data */
void json_str(struct json *j, struct str s);
void json_int(struct json *j, int64_t v);
void json_real(struct json *j, double v, int digits); /* fixed digits behind the point; not finite gives null */
void json_bool(struct json *j, bool v);
void json_null(struct json *j);
void json_raw(struct json *j, struct str text);	      /* text that is JSON already */

/* A key with its value in one call. */
void json_key_str(struct json *j, const char *key, struct str s);
void json_key_int(struct json *j, const char *key, int64_t v);
void json_key_real(struct json *j, const char *key, double v, int digits);
void json_key_strs(struct json *j, const char *key, const struct str *items, size_t count);
void json_key_bool(struct json *j, const char *key, bool v);

#endif
