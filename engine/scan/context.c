/* SPDX-License-Identifier: MIT
 *
 * The lines around a hit: see context.h.
 */
#include "scan/context.h"

#include <string.h>

static struct str lines_before(struct str text, size_t end, unsigned lines)
{
	size_t at = end, floor = end > CONTEXT_BYTES_MAX ? end - CONTEXT_BYTES_MAX : 0;
	if (end && text.p[end - 1] != '\n')
		lines = 0;
	for (; lines && at > floor; lines--) {
		const char *newline = memrchr(text.p + floor, '\n', at - 1 - floor);
		if (!newline && floor)
			break;
		at = newline ? (size_t)(newline - text.p) + 1 : 0;
	}
	return (struct str){ text.p + at, end - at };
}

static struct str lines_after(struct str text, size_t start, unsigned lines)
{
	size_t at = start, limit = text.n - start > CONTEXT_BYTES_MAX ? start + CONTEXT_BYTES_MAX : text.n;
	for (; lines && at < limit; lines--) {
		const char *newline = memchr(text.p + at, '\n', limit - at);
		if (!newline && limit < text.n)
			break;
		at = newline ? (size_t)(newline - text.p) + 1 : limit;
	}
	return (struct str){ text.p + start, at - start };
}

void context_around(struct str text, size_t from, size_t to, unsigned lines, struct str *ret_before,
		    struct str *ret_after)
{
	*ret_before = lines_before(text, from, lines);
	if (to < text.n && text.p[to] == '\r')
		to++;
	bool ends_line = to < text.n && text.p[to] == '\n';
	*ret_after = ends_line ? lines_after(text, to + 1, lines) : STR("");
}
