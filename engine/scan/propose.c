/* SPDX-License-Identifier: MIT
 *
 * See propose.h. A line over SCAN_LINE_MAX is proposed in windows around the places where a literal starts, each
 * standing for a line of its own, and cut to the record where marks part one off.
 */
#include "scan/propose.h"

#include "match/lines.h"
#include "match/token.h"
#include "match/undress.h"
#include "scan/go_on.h"
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

enum {
	WINDOW = PROPOSE_WINDOW,
	SLACK_PERCENT = 25,
	SLACK = 4,	 /* by how much a payload may differ from the message that covers it */
	TRIED_MAX = 128, /* messages that are laid against a line at once */
	STARTS_MAX = 4,
	SPANS_MAX = 64, /* messages that are tried over several lines, for one line */
	SPAN_BYTES_MAX = 8 << 10
};

size_t propose_lines_back(struct str text, size_t at, unsigned lines)
{
	for (; lines && at; lines--) {
		const char *newline = at > 1 ? memrchr(text.p, '\n', at - 1) : NULL;
		at = newline ? (size_t)(newline - text.p) + 1 : 0;
	}
	return at;
}

size_t propose_lines_on(struct str text, size_t at, unsigned lines)
{
	for (; lines && at < text.n; lines--) {
		const char *newline = memchr(text.p + at, '\n', text.n - at);
		at = newline ? (size_t)(newline - text.p) + 1 : text.n;
	}
	return at;
}

static void push(struct proposer *p, struct proposal x)
{
	struct proposal *slot = arena_push(p->arena, &p->items, &p->count, &p->cap);
	if (slot)
		*slot = x;
}

/* ---- lines and windows ---- */

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
	size_t from = at, to = at, least = at - x->from > WINDOW ? at - WINDOW : x->from;
	size_t most = x->to - at > WINDOW ? at + WINDOW : x->to;
	x->window = true;
	x->next = x->to - at > WINDOW / 2 ? at + WINDOW / 2 : x->next;
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

/* The line, or the window of an overlong one, that holds a place. */
static struct proposal piece_at(const struct proposer *p, size_t at)
{
	struct str text = p->text;
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
	x.from = x.from ? x.from : p->mark;
	return x;
}

/* What a line says, and what it has to be measured by. */
struct line {
	struct proposal piece;
	struct str text; /* damage undone */
	struct clean clean;
	const struct clean *said;    /* of it, or what it was coded in */
	struct match_envelope dress; /* of text */
	struct str payload;
	size_t starts[STARTS_MAX]; /* where in text the message may begin: where the payload does, or behind words of it
				    * that may be dress */
	size_t start_count;
	size_t letters; /* of payload */
	size_t glued_before, glued_after; /* letters of its first and last token in which a message may begin and end */
	bool glue_known, damaged, coded;
	uint32_t tried[TRIED_MAX];
	size_t tried_count, span_count;
	bool fits;
	struct go_on go_on;
};

/* One program writes many lines. */
static void read_component(struct proposer *p, struct str name)
{
	if (str_eq(name, (struct str){ p->component_text, p->component_size }))
		return;
	match_name_read(p->matcher, name, &p->component);
	p->component_size = 0;
	if (name.n > sizeof p->component_text) {
		p->component_text[p->component_size++] = '\n'; /* none is like it */
		return;
	}
	for (size_t i = 0; i < name.n; i++)
		p->component_text[p->component_size++] = name.p[i];
}

static void read_line(struct proposer *p, struct line *l)
{
	l->text = (struct str){ p->text.p + l->piece.from, l->piece.to - l->piece.from };
	struct undressed said;
	l->clean = (struct clean){ .text = l->text };
	l->damaged = go_on_is_damaged(l->text) && !damage_is_none(l->text) &&
		     (damage_undo(l->text, p->work, &l->clean) || !str_eq(l->clean.text, l->text));
	if (!l->damaged)
		l->clean = (struct clean){ .text = l->text };
	l->glue_known = l->coded = false;
	l->said = &l->clean;
	if (!undress_read(&l->clean, l->clean.text, true, p->work, &said)) {
		l->coded = said.clean != &l->clean;
		l->damaged |= l->coded;
		l->said = said.clean;
		l->dress = said.dress;
	} else {
		envelope_read(l->clean.text, &l->dress);
	}
	l->text = l->said->text;
	struct match_span span = l->dress.payload;
	l->payload = str_part(l->text, span.start, span.end);
	l->letters = literals_letters(l->payload);
	l->start_count = 0;
	size_t head = envelope_head(l->payload, span.start > 0);
	for (size_t at = 0; at < head && l->start_count + 1 < STARTS_MAX; at++)
		if (!at || (char_is_space(l->payload.p[at - 1]) && !char_is_space(l->payload.p[at])))
			l->starts[l->start_count++] = span.start + at;
	l->starts[l->start_count++] = span.start + head;
	read_component(p, l->dress.component);
	go_on_begin(&l->go_on, p->text, l->piece.from, l->piece.next);
}

/* A payload that this message covers has about its letters; with variables, or where context speaks for the message,
 * more, but the message carries it. */
static bool may_carry(const struct file_literal_message *m, size_t letters)
{
	size_t own = (size_t)m->before + m->inside + m->after;
	size_t low = own * 100 / (100 + SLACK_PERCENT), high = own * (100 + SLACK_PERCENT) / 100 + SLACK;
	return letters + SLACK >= low && letters <= high * 100 / LITERALS_SHARE_MIN;
}

/* fit_tried lays those that were put by against the whole text. */
static void fit_tried(struct proposer *p, struct line *l)
{
	if (!l->fits && l->tried_count)
		l->fits = match_fits(p->matcher, p->scratch, l->text, l->dress.payload, &p->component, &p->log_file,
				     l->tried, l->tried_count);
	l->tried_count = 0;
}

static void try_line(struct proposer *p, struct line *l, const struct file_literal_message *m,
		     const struct literal_beside *beside)
{
	if (l->fits || !may_carry(m, l->letters) || beside->before == END_BEYOND || beside->after == END_BEYOND)
		return;
	if (beside->before == END_EVEN && beside->after == END_EVEN) {
		l->fits = true;
		return;
	}
	l->tried[l->tried_count++] = m->owner;
	if (l->tried_count == TRIED_MAX)
		fit_tried(p, l);
}

/* ---- several lines ---- */

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
	size_t to = propose_lines_on(p->text, from, SCAN_SPAN_MAX);
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

static bool is_blank(struct str s)
{
	return !literals_letters(s);
}

/* Nothing but marks up to the line's end, or what SMS puts there. */
static bool ends_line(struct str joined, size_t at)
{
	struct str rest = str_from(joined, at), line;
	return !str_line(&rest, &line) || is_blank(line) || str_starts(str_trim(line), STR("$$<"));
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
	push(p, x);
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
	return literals_begins(p->matcher, m, payload) ||
	       (head && literals_begins(p->matcher, m, str_from(payload, head)));
}

/* The lines beside it go on with the message. */
static bool goes_on(struct line *l, const struct literal_beside *beside)
{
	return (beside->after != END_BEYOND || go_on_behind(&l->go_on, beside->rest_after)) &&
	       (beside->before != END_BEYOND || go_on_before(&l->go_on, beside->rest_before) ||
		(beside->rest_beyond.n && go_on_before(&l->go_on, beside->rest_beyond)));
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
		/* a value in front that began on another line would hold the line end: that is no hit */
		if (here && (beside->before == END_EVEN || (beginning.n ? has_beginning(p, from, m, beginning) : !n))) {
			l->span_count++;
			if (try_from(p, from, l->piece.to, m->owner))
				return;
		}
		if (from <= p->mark || beside->before == END_EVEN || !beginning.n)
			return;
		/* begun here, it did not begin before: logs say the same thing line after line */
		if (!n && beside->before == END_OPEN && !beside->in_dress &&
		    (literals_begins(p->matcher, m, l->payload) ||
		     (!literals_begun(p->matcher, m, go_on_word(&l->go_on), l->payload) &&
		      !literals_begun(p->matcher, m, go_on_word(&l->go_on), l->text))))
			return;
		size_t line = propose_lines_back(p->text, from, 1);
		from = line > p->mark ? line : p->mark;
		if (l->piece.to - from > SPAN_BYTES_MAX)
			return;
	}
}

/* What stands in the dress may be there by chance, and the message have begun before. */
static void try_spans(struct proposer *p, struct line *l, const struct file_literal_message *m,
		      struct literal_beside *beside)
{
	try_span(p, l, m, beside);
	if (!beside->in_dress)
		return;
	beside->before = END_BEYOND;
	try_span(p, l, m, beside);
}

/* ---- all of a piece ---- */

/* The letters next to a literal, as far as both sides have any. */
static bool differs(const char a[4], const char b[4])
{
	for (unsigned i = 0; i < 4 && a[i] && b[i]; i++)
		if (a[i] != b[i])
			return true;
	return false;
}

size_t propose_named_size(const struct literal_table *literals)
{
	return (size_t)literals->mark_from / 4 + 1;
}

/* The component or the log file speaks for the message's article. Of the file it is remembered. */
static bool is_named(struct proposer *p, uint32_t owner)
{
	enum { KNOWN = 1, NAMED = 2 };
	unsigned shift = owner % 4 * 2;
	if (p->component.count && match_names(p->matcher, &p->component, owner))
		return true;
	if (!p->log_file.count)
		return false;
	unsigned char *at = &p->named[owner / 4];
	if (!(*at >> shift & KNOWN)) {
		bool named = match_names(p->matcher, &p->log_file, owner);
		*at = (unsigned char)(*at | (named ? KNOWN | NAMED : KNOWN) << shift);
	}
	return *at >> shift & NAMED;
}

/* Where a literal stands in a line, and the letters of the payload around it. */
struct seat {
	size_t at, same; /* in the line's text; bytes from there on that are the literal's: 0 where it is broken */
	size_t before, after; /* once they are counted */
	bool counted;
	char letters_before[4], letters_after[4];
	bool in_dress; /* none are known of: it is not in the payload */
};

/* seat_of: false where the literal cannot be laid beside the line: in the dress, or in what damage_undo changed. */
static bool seat_of(const struct line *l, const struct file_literal *literal, size_t start, size_t at,
		    struct seat *ret_seat)
{
	struct match_span payload = { start, l->dress.payload.end };
	struct seat s = { .at = l->damaged ? clean_place(l->said, at) : at };
	bool there = prefilter_is_at(l->text, s.at, literal);
	if (there && s.at < payload.start && !l->damaged)
		*ret_seat = (struct seat){ .at = s.at, .same = literal->n, .in_dress = true };
	if (s.at < payload.start || (l->damaged && !there))
		return false;
	if (there) { /* of the payload only: a message may begin in the dress, or on the line before */
		s.same = literal->n;
		struct str before = str_part(l->text, payload.start, s.at);
		struct str after = str_part(l->text, s.at + s.same, payload.end);
		literals_next_to(before, after, s.letters_before, s.letters_after);
	}
	*ret_seat = s;
	return true;
}

static void count_letters(const struct line *l, size_t start, struct seat *s)
{
	size_t end = l->dress.payload.end, behind = s->at + s->same;
	s->counted = true;
	s->before = literals_letters(str_part(l->text, start, s->at));
	if (start == l->dress.payload.start && behind <= end)
		s->after = l->letters - s->before - literals_letters(str_part(l->text, s->at, behind));
	else
		s->after = literals_letters(str_part(l->text, behind, end));
}

/* The message begins where the payload does, or in the dress, whose last word may be its first. */
static bool may_begin(struct proposer *p, const struct line *l, size_t start, const struct file_literal_message *m)
{
	struct str first = literals_beginning(p->matcher, m), dress = str_first(l->text, start);
	struct str payload = str_part(l->text, start, l->dress.payload.end);
	return !first.n || literals_begins(p->matcher, m, payload) || str_find_nocase(dress, first) != STR_NONE;
}

static bool is_mark(char c)
{
	return !char_is_alnum(c) && (unsigned char)c < 0x80;
}

/* A message may begin in the payload's first token and end in the last, behind a mark: "error:1408F10B:SSL". */
static void read_glue(struct line *l)
{
	struct str first = l->payload, last = str_from(l->payload, token_last(l->payload));
	struct token token;
	size_t at = 0, n = 0;
	l->glue_known = true;
	l->glued_before = l->glued_after = 0;
	if (!token_next(first, &at, &token))
		return;
	first = str_part(first, token.start, token.end);
	while (first.n && !is_mark(first.p[first.n - 1]))
		first.n--;
	while (n < last.n && !is_mark(last.p[n]))
		n++;
	l->glued_before = literals_letters(first);
	l->glued_after = literals_letters(str_from(last, n));
}

/* By the letters around the literal: the message cannot be this line's. Where it ends and the line goes on, only who
 * wrote the line can speak for it. */
static bool is_out(struct proposer *p, struct line *l, const struct file_literal_message *m, size_t start,
		   struct seat *s)
{
	if (differs(m->letters_after, s->letters_after) || differs(m->letters_before, s->letters_before))
		return true;
	if (!s->counted)
		count_letters(l, start, s);
	if ((m->filled_before || s->before <= m->before) && (m->filled_after || s->after <= m->after))
		return false;
	if (m->before == UINT16_MAX || m->after == UINT16_MAX)
		return false;
	if (!l->glue_known)
		read_glue(l);
	bool glued = (m->filled_before || s->before <= (size_t)m->before + l->glued_before) &&
		     (m->filled_after || s->after <= (size_t)m->after + l->glued_after);
	return !glued && !is_named(p, m->owner);
}

/* try_find lays the messages of one literal beside the line, as if what it says began at start. */
static void try_find(struct proposer *p, struct line *l, size_t start, const struct prefilter_find *find)
{
	const struct file_literal *literal = &p->literals->literals[find->literal];
	struct str line = str_first(l->text, l->dress.payload.end);
	struct seat seat = { 0 };
	bool first = start == l->dress.payload.start;
	bool seen = seat_of(l, literal, start, p->mark + find->at - l->piece.from, &seat);
	if (!seen && !first)
		return;
	for (uint32_t k = literal->message_at; k < literal[1].message_at; k++) {
		const struct file_literal_message *m = &p->literals->messages[k];
		struct literal_beside beside = { .before = END_OPEN, .after = END_OPEN };
		if (m->owner >= p->literals->mark_from) /* marks.c sees to it */
			continue;
		if (seen && seat.same && is_out(p, l, m, start, &seat))
			continue;
		if (seen && !literals_beside(p->matcher, m, line, start, seat.at, seat.same, &beside))
			continue;
		if (!seen || beside.before != END_OPEN || !seat.same || may_begin(p, l, start, m) ||
		    is_named(p, m->owner))
			try_line(p, l, m, &beside);
		if (l->coded || l->piece.window)
			continue;
		if (seen)
			try_spans(p, l, m, &beside);
		else if (seat.in_dress && literals_beside(p->matcher, m, line, seat.at, seat.at, seat.same, &beside)) {
			beside.in_dress = true;
			try_spans(p, l, m, &beside);
		}
	}
}

/* What finds[0] and those behind it will need is fetched; each step needs what the one before has brought. */
static void fetch_ahead(const struct proposer *p, const struct prefilter_find *finds, size_t n)
{
	enum { LITERAL = 12, MESSAGE = 9, OWNER = 6, TEXT = 3 };
	const struct literal_table *t = p->literals;
	if (n > LITERAL)
		__builtin_prefetch(&t->literals[finds[LITERAL].literal].message_at);
	if (n > MESSAGE)
		__builtin_prefetch(&t->messages[t->literals[finds[MESSAGE].literal].message_at]);
	if (n > OWNER)
		literals_fetch(p->matcher, t, finds[OWNER].literal, false);
	if (n > TEXT)
		literals_fetch(p->matcher, t, finds[TEXT].literal, true);
}

/* propose_piece takes the first of the finds, `count` of them; `all` are there. */
static void propose_piece(struct proposer *p, const struct proposal *piece, const struct prefilter_find *finds,
			  size_t count, size_t all)
{
	struct line l; /* large: not cleared */
	l.piece = *piece;
	l.tried_count = l.span_count = 0;
	l.fits = false;
	p->joined.known = false; /* the text may be another */
	arena_reset(p->work);
	read_line(p, &l);
	for (size_t i = 0; i < count; i++) {
		fetch_ahead(p, finds + i, all - i);
		for (size_t k = 0; k < l.start_count; k++)
			try_find(p, &l, l.starts[k], &finds[i]);
	}
	fit_tried(p, &l);
	if (l.fits)
		push(p, *piece);
}

/* propose_written_over takes each part of a line by itself that carriage returns part: what a program showed on a
 * terminal, one over the other, or lines of old Macs among others. */
static void propose_written_over(struct proposer *p, const struct proposal *line, const struct prefilter_find *finds,
				 size_t count, size_t all)
{
	const char *text = p->text.p;
	for (size_t i = 0; i < count;) {
		size_t at = p->mark + finds[i].at, first = i;
		if (at < line->from || at >= line->to) {
			i++;
			continue;
		}
		struct proposal x = *line;
		const char *before = memrchr(text + line->from, '\r', at - line->from);
		const char *behind = memchr(text + at, '\r', line->to - at);
		x.from = x.place = before ? (size_t)(before - text) + 1 : line->from;
		x.to = behind ? (size_t)(behind - text) : line->to;
		x.next = x.to + 1;
		while (i < count && p->mark + finds[i].at < x.next)
			i++;
		propose_piece(p, &x, finds + first, i - first, all - first);
	}
}

void propose_found(struct proposer *p, const struct prefilter_find *finds, size_t count)
{
	size_t next = 0;
	for (size_t i = 0; i < count;) {
		size_t at = p->mark + finds[i].at, first = i;
		struct proposal piece = piece_at(p, at);
		while (i < count && p->mark + finds[i].at < piece.next)
			i++;
		if (at < next || piece.from >= piece.to)
			continue;
		next = piece.next;
		p->candidates++;
		size_t before = p->count;
		if (!piece.window && memchr(p->text.p + piece.from, '\r', piece.to - piece.from))
			propose_written_over(p, &piece, finds + first, i - first, count - first);
		if (p->count == before)
			propose_piece(p, &piece, finds + first, i - first, count - first);
	}
}

void propose_all(struct proposer *p, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		struct proposal x = piece_at(p, at);
		p->candidates++;
		at = x.next;
		if (x.to <= x.from)
			continue;
		push(p, x);
		size_t start = x.from;
		for (x.lines = 2; !x.window && x.lines <= SCAN_SPAN_MAX && x.next < p->text.n; x.lines++) {
			size_t line = x.next;
			x.next = propose_lines_on(p->text, line, 1);
			x.to = p->text.p[x.next - 1] == '\n' ? x.next - 1 : x.next;
			if (x.to > line && p->text.p[x.to - 1] == '\r')
				x.to--;
			if (x.to - start > SPAN_BYTES_MAX)
				break;
			if (!is_blank((struct str){ p->text.p + line, x.to - line }))
				push(p, x);
		}
	}
}

void propose_line(struct proposer *p, size_t at)
{
	struct proposal piece = piece_at(p, at);
	if (piece.from < piece.to)
		push(p, piece);
}

static int by_turn(const void *a, const void *b)
{
	const struct proposal *x = a, *y = b;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return x->to > y->to ? -1 : x->to < y->to;
}

void propose_sort(struct proposer *p)
{
	if (p->count)
		qsort(p->items, p->count, sizeof *p->items, by_turn);
}
