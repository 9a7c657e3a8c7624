/* SPDX-License-Identifier: MIT
 *
 * One message over several lines: see propose_inside.h. The lines are joined as the look-up joins them, and the message
 * is laid beside them from each line on that it may begin in.
 */
#include "scan/propose_inside.h"

#include "match/envelope.h"
#include "match/lines.h"
#include "scan/scan.h"

#include <string.h>

enum {
	SPANS_MAX = 64 /* messages that are tried over several lines, for one line */
};

/* Bytes that damage_undo may change over lines too: a word parted at a line end, mail's marks, control bytes. */
static bool lines_look_damaged(struct str s)
{
	if (go_on_is_damaged(s))
		return true;
	for (size_t i = 0; i < s.n; i++)
		if (((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n') ||
		    (s.p[i] == '-' && i + 1 < s.n && s.p[i + 1] == '\n') ||
		    (s.p[i] == '>' && (!i || s.p[i - 1] == '\n')))
			return true;
	return false;
}

/* join makes one text of the lines from a place on, at most SPAN_BYTES_MAX of them. Many messages are tried on the same
 * lines: the last ones stay joined. */
static const struct propose_joined *join(struct proposer *p, size_t from)
{
	struct propose_joined *j = &p->joined;
	struct match_envelope dress;
	bool dressed;
	if (j->known && j->from == from)
		return j;
	size_t to = proposal_lines_on(p->text, from, SCAN_SPAN_MAX);
	*j = (struct propose_joined){ .known = true, .from = from };
	arena_reset(p->spans);
	j->raw = str_first((struct str){ p->text.p + from, to - from }, SPAN_BYTES_MAX);
	struct clean clean = { .text = j->raw };
	if (lines_look_damaged(j->raw) && !damage_is_none(j->raw) && damage_undo(j->raw, p->spans, &clean))
		j->failed = true;
	else
		j->failed = lines_join(&clean, p->spans, &j->text, &dress, &dressed) != ERR_OK;
	return j;
}

bool propose_is_blank(struct str s)
{
	return !literals_letters(s);
}

/* Nothing but marks up to the line's end, or what SMS puts there, or what is done next. */
static bool ends_line(struct str joined, size_t at)
{
	struct str rest = str_from(joined, at), line;
	return !str_line(&rest, &line) || propose_is_blank(line) || str_starts(str_trim(line), STR("$$<")) ||
	       envelope_cut_retry(str_first(joined, at + line.n)).n <= at;
}

/* It ends within a line, unless a value before that takes more. */
static bool reaches_line_end(struct proposer *p, struct str joined, uint32_t message, size_t *end)
{
	struct str rest = str_from(joined, *end), line;
	while (str_line(&rest, &line)) {
		size_t to = (size_t)(line.p - joined.p) + line.n;
		if (match_reaches_end(p->matcher, p->scratch, str_first(joined, to), message)) {
			*end = to;
			return true;
		}
	}
	return false;
}

/* try_from proposes the lines that the message covers from a line start on, where that is more than one and beyond
 * `past`. */
static bool try_from(struct proposer *p, size_t from, size_t past, uint32_t message)
{
	size_t end;
	const struct propose_joined *j = join(p, from);
	if (j->failed || !match_reaches(p->matcher, p->scratch, j->text.text, message, &end) || !end)
		return false;
	if (!ends_line(j->text.text, end) && !reaches_line_end(p, j->text.text, message, &end))
		return false;
	size_t last = clean_offset(&j->text, end - 1);
	struct str raw = j->raw;
	const char *newline = last < raw.n ? memchr(raw.p + last, '\n', raw.n - last) : NULL;
	size_t to = newline ? (size_t)(newline - raw.p) : raw.n;
	struct proposal x = { .from = from, .place = from, .to = from + to, .next = from + to + 1, .lines = 1 };
	for (size_t i = 0; i < to; i++)
		x.lines += raw.p[i] == '\n';
	if (x.lines < 2 || x.to < past)
		return false;
	if (p->text.p[x.to - 1] == '\r')
		x.to--;
	propose_push(p, x);
	return true;
}

/* The line may be the one that a message begins in: what it says begins with the message's first words. Variables in
 * front say nothing. */
static bool has_beginning(struct proposer *p, size_t from, const struct file_literal_message *m, struct str beginning)
{
	const char *newline = memchr(p->text.p + from, '\n', p->text.n - from);
	size_t to = newline ? (size_t)(newline - p->text.p) : p->text.n;
	struct str line = { p->text.p + from, to - from };
	struct match_envelope dress;
	if (line.n > SPAN_BYTES_MAX || str_find_nocase(line, beginning) == STR_NONE)
		return false;
	if (lines_look_damaged(line))
		return true;
	envelope_read(line, &dress);
	struct str payload = str_part(line, dress.payload.start, dress.payload.end);
	size_t head = envelope_head(payload, dress.payload.start > 0); /* or it is the message's own */
	size_t level = str_find_nocase(str_first(line, dress.payload.start), beginning); /* that lines_join may keep */
	if (literals_begins(p->matcher, m, payload) ||
	    (level != STR_NONE && literals_begins(p->matcher, m, str_part(line, level, dress.payload.end))) ||
	    (head && literals_begins(p->matcher, m, str_from(payload, head))))
		return true;
	size_t next = to < p->text.n ? to + 1 : to;
	size_t worn = lines_worn(line, str_part(p->text, next, proposal_lines_on(p->text, next, 1)), &dress);
	return worn > dress.payload.start &&
	       literals_begins(p->matcher, m, str_part(line, worn, dress.payload.end));
}

/* The lines beside it go on with the message. */
static bool goes_on(struct line *l, const struct literal_beside *beside)
{
	return (beside->after != END_BEYOND || go_on_behind(&l->go_on, beside->rest_after)) &&
	       (beside->before != END_BEYOND || go_on_before(&l->go_on, beside->rest_before) ||
		(beside->rest_beyond.n && go_on_before(&l->go_on, beside->rest_beyond)));
}

/* Begun on this line, it did not begin before: logs say the same thing line after line. A value in front,
 * which may be anything, began on a line before where a colon ends that. */
static bool may_begin_before(struct proposer *p, struct line *l, const struct file_literal_message *m, bool own_first)
{
	struct str word = go_on_word(&l->go_on);
	if (!own_first)
		return go_on_is_told(&l->go_on) && literals_begun(p->matcher, m, word, l->payload);
	return !literals_begins(p->matcher, m, l->payload) && (literals_begun(p->matcher, m, word, l->payload) ||
							       literals_begun(p->matcher, m, word, l->text));
}

static void try_span(struct proposer *p, struct line *l, const struct file_literal_message *m,
		     const struct literal_beside *beside)
{
	bool even = beside->before == END_EVEN && beside->after == END_EVEN;
	if (even || beside->before == END_SHORT || beside->after == END_SHORT || l->span_count >= SPANS_MAX ||
	    !goes_on(l, beside))
		return;
	struct str beginning = literals_beginning(p->matcher, m);
	size_t from = l->piece.from;
	bool later = beside->after != END_OPEN || go_on_later(&l->go_on, beside->line_after, beside->own_next);
	for (unsigned n = 0; n < SCAN_SPAN_MAX; n++) {
		bool here = n ? beside->before != END_EVEN :
				beside->before != END_BEYOND && beside->after != END_EVEN && later;
		if (here && (beside->before == END_EVEN || !beginning.n || has_beginning(p, from, m, beginning))) {
			l->span_count++;
			if (try_from(p, from, l->piece.to, m->owner))
				return;
		}
		/* a value in front that began further above would hold a line end: that is no hit */
		if (from <= p->mark || beside->before == END_EVEN || (n && !beginning.n))
			return;
		if (!n && beside->before == END_OPEN && !beside->in_dress && !may_begin_before(p, l, m, beginning.n > 0))
			return;
		size_t line = proposal_lines_back(p->text, from, 1);
		from = line > p->mark ? line : p->mark;
		if (l->piece.to - from > SPAN_BYTES_MAX)
			return;
	}
}

void propose_spans(struct proposer *p, struct line *l, const struct file_literal_message *m,
		   struct literal_beside *beside)
{
	try_span(p, l, m, beside);
	if (!beside->in_dress)
		return;
	beside->before = END_BEYOND;
	try_span(p, l, m, beside);
}
