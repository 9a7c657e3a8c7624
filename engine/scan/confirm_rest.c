/* SPDX-License-Identifier: MIT
 *
 * Lines that no hit covers: see confirm_inside.h.
 */
#include "scan/confirm_inside.h"

#include "match/stamp.h"
#include "scan/suspect.h"

#include <string.h>

void confirm_unknown(struct walk *w)
{
	struct confirm_result *r = w->result;
	struct str text = w->text;
	const struct chunk *c = w->chunk;
	struct dated dated = w->dated; /* from the start again */
	dated.known = 0;
	dated.time = STR("");
	uint64_t line = 0, covered = 0; /* lines below covered are hits */
	size_t hit = 0, told = 0;
	for (size_t at = c->start, end; at < c->end; at = end + 1, line++) {
		const char *newline = memchr(text.p + at, '\n', text.n - at);
		end = newline ? (size_t)(newline - text.p) : text.n;
		for (; hit < r->hit_count && (int64_t)r->hits[hit].line <= (int64_t)line; hit++)
			if ((int64_t)(r->hits[hit].line + r->hits[hit].lines) > (int64_t)covered)
				covered = r->hits[hit].line + r->hits[hit].lines;
		for (; told < r->told_count && (int64_t)r->told[told].line <= (int64_t)line; told++)
			if ((int64_t)(r->told[told].line + r->told[told].lines) > (int64_t)covered)
				covered = r->told[told].line + r->told[told].lines;
		struct str one =
			str_trim_end((struct str){ text.p + at, end - at < SCAN_TEXT_MAX ? end - at : SCAN_TEXT_MAX });
		bool starts = !at || text.p[at - 1] == '\n'; /* else the rest of an overlong line */
		if (line < covered || !starts || !suspect_looks(one))
			continue;
		struct scan_line *slot = arena_push(&r->arena, &r->unknown, &r->unknown_count, &r->unknown_cap);
		if (slot)
			*slot = (struct scan_line){ .line = line, .text = one };
		if (slot && w->confirm->dates) {
			struct str time = dated_past(dated_line(one), c->written_s);
			slot->time = stamp_iso(time.n ? time : dated_before(&dated, at), &r->arena);
		}
	}
}

void confirm_suspects(struct walk *w)
{
	const struct chunk *c = w->chunk;
	for (size_t at = c->start, end; at < c->end; at = end + 1) {
		const char *newline = memchr(w->text.p + at, '\n', c->end - at);
		end = newline ? (size_t)(newline - w->text.p) : c->end;
		w->result->suspects += suspect_looks((struct str){ w->text.p + at, end - at });
	}
}
