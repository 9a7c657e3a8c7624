/* SPDX-License-Identifier: MIT
 *
 * Where names stand in one line, by their shape and by what stands beside them; nothing is remembered from line to
 * line. Takes a line of any bytes, gives spans in it; owns nothing. Linear but for the few characters that a shape
 * looks ahead.
 */
#ifndef KBT_SCAN_REDACT_FIND_H
#define KBT_SCAN_REDACT_FIND_H

#include "base/arena.h"

enum redact_kind { REDACT_HOST, REDACT_USER, REDACT_ADDR, REDACT_SECRET, REDACT_ID, REDACT_SHARE, REDACT_KINDS };

extern const char *const redact_kind_names[REDACT_KINDS]; /* in tokens: "HOST" of HOST-1 */

struct redact_span {
	size_t start, end; /* half-open, in the line's bytes */
	enum redact_kind kind;
};

struct redact_spans { /* zeroed at first */
	struct redact_span *items;
	size_t count, cap;
};

/* redact_find gives the spans of names in one line, ascending and apart, in the place of what was there; they live in
 * the arena, which has to outlive the list and tells of lack of memory. */
void redact_find(struct str line, struct arena *a, struct redact_spans *ret_spans);
/* redact_keeps: a name that tells of nobody ("localhost", "root", "unknown", "255.255.255.0"), or is a token. */
bool redact_keeps(struct str name);
/* redact_is_common_share: a share that many servers have ("data", "sysvol"). */
bool redact_is_common_share(struct str name);
/* redact_is_address: an IPv4 or IPv6 address, whole. */
bool redact_is_address(struct str name);

#endif
