/* SPDX-License-Identifier: MIT
 *
 * See proposal.h.
 */
#include "scan/proposal.h"

#include "scan/scan.h"

#include <string.h>

size_t proposal_lines_back(struct str text, size_t at, unsigned lines)
{
	for (; lines && at; lines--) {
		const char *newline = at > 1 ? memrchr(text.p, '\n', at - 1) : NULL;
		at = newline ? (size_t)(newline - text.p) + 1 : 0;
	}
	return at;
}

size_t proposal_lines_on(struct str text, size_t at, unsigned lines)
{
	for (; lines && at < text.n; lines--) {
		const char *newline = memchr(text.p + at, '\n', text.n - at);
		at = newline ? (size_t)(newline - text.p) + 1 : text.n;
	}
	return at;
}

/* What parts the records of a file that has no lines: NUL, tab, carriage return, braces, bars; in JSON the quotes
 * beside colons and commas. */
static bool parts_records(struct str text, size_t at)
{
	char c = text.p[at], before = at ? text.p[at - 1] : 0, after = at + 1 < text.n ? text.p[at + 1] : 0;
	if (c == '"')
		return strchr(":,[", before) || strchr(":,]}", after);
	return !c || c == '\t' || c == '\r' || c == '|' || c == '{' || c == '}' || c == 0x1E;
}

/* A window within an overlong line; a record of it where one is parted off on both sides. */
static void cut_window(struct str text, size_t at, struct proposal *x)
{
	size_t from = at, to = at, least = at - x->from > PROPOSAL_WINDOW ? at - PROPOSAL_WINDOW : x->from;
	size_t most = x->to - at > PROPOSAL_WINDOW ? at + PROPOSAL_WINDOW : x->to;
	x->window = true;
	x->next = x->to - at > PROPOSAL_WINDOW / 2 ? at + PROPOSAL_WINDOW / 2 : x->next;
	x->place = at;
	while (from > least && !parts_records(text, from - 1))
		from--;
	while (to < most && !parts_records(text, to))
		to++;
	bool record = from > least && to < most;
	x->from = record ? from : least;
	x->to = record ? to : most;
	if (record) {
		x->place = from;
		x->next = to;
	}
}

struct proposal proposal_at(struct str text, size_t mark, size_t at)
{
	struct proposal x = { .to = text.n, .lines = 1 };
	const char *newline = at ? memrchr(text.p, '\n', at) : NULL;
	if (newline)
		x.from = (size_t)(newline - text.p) + 1;
	newline = memchr(text.p + at, '\n', text.n - at);
	if (newline)
		x.to = (size_t)(newline - text.p);
	x.next = x.to + 1;
	x.place = x.from;
	if (x.to - x.from > SCAN_LINE_MAX)
		cut_window(text, at, &x);
	while (x.to > x.from && text.p[x.to - 1] == '\r')
		x.to--;
	x.from = x.from ? x.from : mark;
	return x;
}
