/* SPDX-License-Identifier: MIT
 *
 * See propose.h. A line over SCAN_LINE_MAX is proposed in windows around the places where a literal starts, each
 * standing for a line of its own.
 */
#include "scan/propose_inside.h"

#include "match/lines.h"
#include "match/token.h"
#include "match/undress.h"
#include "scan/scan.h"

#include <stdlib.h>
#include <string.h>

enum {
	SLACK_PERCENT = 25,
	QUOTED_MAX = 4, /* messages with one literal: a sentence that more have tells of none of them */
	SLACK = 4 /* by how much a payload may differ from the message that covers it */
};

void propose_push(struct proposer *p, struct proposal x)
{
	struct proposal *slot = arena_push(p->arena, &p->items, &p->count, &p->cap);
	if (slot)
		*slot = x;
}

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

/* find_parted: where a message may stand that a mark parts off, and that carries the payload (LITERALS_SHARE_MIN).
 * Asked for few lines. */
static void find_parted(struct line *l)
{
	struct str payload = l->payload;
	size_t last = payload.n - payload.n * LITERALS_SHARE_MIN / 200; /* blanks and marks are no letters */
	l->parted_known = true;
	size_t head = l->starts[l->start_count - 1 - (l->worn > 0)]; /* what l->worn ends may be a mark that parts, too */
	for (size_t at = head - l->dress.payload.start + 1;
	     at < last && payload.n - at >= LITERALS_PARTED_MIN && l->parted_count < PARTED_MAX; at++)
		if ((char_is_space(payload.p[at - 1]) || payload.p[at - 1] == '"') && !char_is_space(payload.p[at]) &&
		    envelope_begins_sentence(payload, 0, at))
			l->parted[l->parted_count++] = l->dress.payload.start + at;
}

/* measure: what of a line depends on where its payload ends. */
static void measure(struct line *l)
{
	struct match_span span = l->dress.payload;
	l->payload = str_part(l->text, span.start, span.end);
	l->letters = literals_letters(l->payload);
	l->start_count = l->parted_count = 0;
	l->parted_known = l->glue_known = false;
	size_t head = envelope_head(l->payload, span.start > 0);
	l->letters_behind = head ? literals_letters(str_from(l->payload, head)) : l->letters;
	for (size_t at = 0; at < head && l->start_count + 2 < STARTS_MAX; at++)
		if (!at || (char_is_space(l->payload.p[at - 1]) && !char_is_space(l->payload.p[at])))
			l->starts[l->start_count++] = span.start + at;
	l->starts[l->start_count++] = span.start + head;
	l->worn = l->worn > span.start + head && l->worn < span.end ? l->worn : 0;
	if (l->worn)
		l->starts[l->start_count++] = l->worn;
}

/* worn_beside: the dress of a line as a line beside it wears it, too: the one behind, or before. */
static size_t worn_beside(const struct proposer *p, const struct line *l)
{
	size_t from = l->piece.from, next = l->piece.next, before;
	struct match_span payload = l->dress.payload;
	if (l->damaged || l->coded || l->piece.window ||
	    !lines_may_repeat(str_part(l->text, payload.start, payload.end)))
		return 0;
	size_t to = proposal_lines_on(p->text, next, 1);
	size_t worn = lines_worn(l->text, str_part(p->text, next, to), &l->dress);
	if (worn > l->dress.payload.start || from <= p->mark)
		return worn;
	before = proposal_lines_back(p->text, from, 1);
	return lines_worn(l->text, str_part(p->text, before, from), &l->dress);
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
	l->coded = false;
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
	l->worn = worn_beside(p, l);
	measure(l);
	read_component(p, l->dress.component);
	go_on_begin(&l->go_on, p->text, l->piece.from, l->piece.next);
}

/* A payload that this message covers has about its letters; with variables, or where context speaks for the message,
 * more, but the message carries it. */
static bool may_carry(const struct file_literal_message *m, const struct line *l)
{
	size_t own = (size_t)m->before + m->inside + m->after;
	size_t low = own * 100 / (100 + SLACK_PERCENT), high = own * (100 + SLACK_PERCENT) / 100 + SLACK;
	return l->letters + SLACK >= low && l->letters_behind <= high * 100 / LITERALS_SHARE_MIN;
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
	if (l->fits || !may_carry(m, l) || beside->before == END_BEYOND || beside->after == END_BEYOND)
		return;
	if (beside->before == END_EVEN && beside->after == END_EVEN) {
		l->fits = true;
		return;
	}
	l->tried[l->tried_count++] = m->owner;
	if (l->tried_count == TRIED_MAX)
		fit_tried(p, l);
}

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
	while (first.n && char_is_letter(first.p[first.n - 1]))
		first.n--;
	while (n < last.n && char_is_letter(last.p[n]))
		n++;
	l->glued_before = literals_letters(first);
	l->glued_after = literals_letters(str_from(last, n));
}

/* By how many letters there are around the literal the message cannot be all of this line. Where it ends and the line
 * goes on, only who wrote the line can speak for it. */
static bool is_out(struct proposer *p, struct line *l, const struct file_literal_message *m, size_t start,
		   struct seat *s)
{
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

/* may_be_parted: the message is large enough to stand behind words that are not its own, and those are not too many. */
static bool may_be_parted(const struct line *l, const struct file_literal_message *m)
{
	size_t own = (size_t)m->before + m->inside + m->after;
	return own >= LITERALS_PARTED_MIN && (own + SLACK) * 100 >= l->letters * LITERALS_SHARE_MIN;
}

/* parted_start gives where the message would begin, the letters before its literal counted back, if a mark parts it off
 * there; 0 where it does not. */
static size_t parted_start(struct line *l, const struct file_literal_message *m, const struct seat *s)
{
	size_t from = l->dress.payload.start, at = s->at;
	if (m->before == UINT16_MAX || m->after == UINT16_MAX || (!m->filled_after && s->after > m->after) ||
	    s->before < m->before)
		return 0;
	for (size_t letters = m->before; letters && at > from; at--)
		letters -= char_is_letter(l->text.p[at - 1]);
	return at > from && envelope_parts_off(str_first(l->text, l->dress.payload.end), from, at) ? at : 0;
}

/* try_parted lays a message beside what marks part off, of which it may begin anywhere. */
static void try_parted(struct proposer *p, struct line *l, const struct file_literal_message *m, struct str line,
		       const struct seat *s)
{
	if (!l->parted_known)
		find_parted(l);
	for (size_t i = 0; i < l->parted_count && l->parted[i] <= s->at && !l->fits; i++) {
		struct literal_beside beside = { .before = END_OPEN, .after = END_OPEN };
		if (literals_beside(p->matcher, m, line, l->parted[i], s->at, s->same, &beside) &&
		    may_begin(p, l, l->parted[i], m))
			try_line(p, l, m, &beside);
	}
}

/* try_set_off lays a message beside a sentence among others, whose ends are counted from its literal; where it has
 * variables it may begin with any, or end. */
static void try_set_off(struct proposer *p, struct line *l, const struct file_literal_message *m, struct str line,
			const struct seat *s)
{
	size_t from = l->dress.payload.start, head = l->starts[l->start_count - 1], at = s->at, end = s->at + s->same;
	struct literal_beside beside = { .before = END_OPEN, .after = END_OPEN };
	if ((!m->filled_before && s->before < m->before) || (!m->filled_after && s->after < m->after))
		return;
	for (size_t letters = m->before; letters && !m->filled_before && at > from; at--)
		letters -= literal_is_letter(line.p[at - 1]);
	for (size_t letters = m->after; letters && !m->filled_after && end < line.n; end++)
		letters -= literal_is_letter(line.p[end]);
	end = m->filled_after ? line.n : end;
	at = m->filled_before ? head : at;
	if (at > s->at || !envelope_sets_off(line, at < head ? from : head, at, end))
		return;
	line = str_first(line, end);
	if (literals_beside(p->matcher, m, line, at, s->at, s->same, &beside))
		try_line(p, l, m, &beside);
	if (m->filled_before)
		try_parted(p, l, m, line, s);
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
		l->other_language |= m->owner == p->literals->language;
		if (m->owner >= p->literals->mark_from) /* marks.c and damaged.c see to it */
			continue;
		size_t from = start;
		if (seen && seat.same &&
		    (differs(m->letters_after, seat.letters_after) || differs(m->letters_before, seat.letters_before)))
			continue;
		if (seen && seat.same && is_out(p, l, m, start, &seat)) {
			bool large = first && may_be_parted(l, m);
			bool rare = literal[1].message_at - literal->message_at <= QUOTED_MAX;
			from = large ? parted_start(l, m, &seat) : 0;
			if (large && !from && (rare || m->filled_before || m->filled_after))
				try_set_off(p, l, m, line, &seat);
			if (!from)
				continue;
		}
		if (seen && !literals_beside(p->matcher, m, line, from, seat.at, seat.same, &beside))
			continue;
		if (from > start) {
			try_line(p, l, m, &beside);
			continue;
		}
		if (first && seen && seat.same && m->filled_before && may_be_parted(l, m) && !may_begin(p, l, start, m))
			try_parted(p, l, m, line, &seat);
		bool shared = l->worn && start == l->worn; /* of several lines alone: of one it may be the message's */
		if (!shared && (!seen || beside.before != END_OPEN || !seat.same || may_begin(p, l, start, m) ||
				is_named(p, m->owner)))
			try_line(p, l, m, &beside);
		if (l->coded || l->piece.window || (shared && beside.before == END_OPEN)) /* that took the dress, too */
			continue;
		if (seen)
			propose_spans(p, l, m, &beside);
		else if (seat.in_dress && literals_beside(p->matcher, m, line, seat.at, seat.at, seat.same, &beside)) {
			beside.in_dress = true;
			propose_spans(p, l, m, &beside);
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

/* try_finds lays the first of the finds beside the line, those that stand before a place of its text. */
static void try_finds(struct proposer *p, struct line *l, const struct prefilter_find *finds, size_t count, size_t all,
		      size_t before)
{
	for (size_t i = 0; i < count; i++) {
		size_t at = p->mark + finds[i].at - l->piece.from;
		fetch_ahead(p, finds + i, all - i);
		if (before < l->text.n && clean_place(l->said, at) >= before)
			continue;
		for (size_t k = 0; k < l->start_count; k++)
			try_find(p, l, l->starts[k], &finds[i]);
	}
}

/* first_of_two leaves the payload its first line, where another field of a record, or a code, stands beside the message
 * (undress.h): that is no part of it. The second line is parted off by its beginning. */
static bool first_of_two(struct line *l)
{
	size_t first = l->coded ? str_find_char(l->payload, '\n') : STR_NONE;
	if (first == STR_NONE)
		return false;
	l->dress.payload.end = l->dress.payload.start + first;
	measure(l);
	return true;
}

/* second_of_two leaves the payload what first_of_two took off. */
static void second_of_two(struct line *l, struct match_span payload)
{
	l->dress.payload = (struct match_span){ l->dress.payload.end + 1, payload.end };
	measure(l);
}

/* propose_piece takes the first of the finds, `count` of them; `all` are there. */
static void propose_piece(struct proposer *p, const struct proposal *piece, const struct prefilter_find *finds,
			  size_t count, size_t all)
{
	struct line l; /* large: not cleared */
	l.piece = *piece;
	l.tried_count = l.span_count = 0;
	l.fits = l.other_language = false;
	p->joined.known = false; /* the text may be another */
	arena_reset(p->work);
	read_line(p, &l);
	try_finds(p, &l, finds, count, all, l.text.n);
	fit_tried(p, &l);
	struct match_span payload = l.dress.payload;
	if (!l.fits && first_of_two(&l)) {
		try_finds(p, &l, finds, count, all, l.dress.payload.end);
		fit_tried(p, &l);
		if (!l.fits && l.dress.two) {
			second_of_two(&l, payload);
			try_finds(p, &l, finds, count, all, l.text.n);
			fit_tried(p, &l);
		}
	}
	size_t *slot = NULL;
	if (l.fits)
		propose_push(p, *piece);
	else if (l.other_language && (slot = arena_push(p->arena, &p->others, &p->other_count, &p->other_cap)))
		*slot = piece->place;
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
		struct proposal piece = proposal_at(p->text, p->mark, at);
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
		struct proposal x = proposal_at(p->text, p->mark, at);
		p->candidates++;
		at = x.next;
		if (x.to <= x.from)
			continue;
		propose_push(p, x);
		size_t start = x.from;
		for (x.lines = 2; !x.window && x.lines <= SCAN_SPAN_MAX && x.next < p->text.n; x.lines++) {
			size_t line = x.next;
			x.next = proposal_lines_on(p->text, line, 1);
			x.to = p->text.p[x.next - 1] == '\n' ? x.next - 1 : x.next;
			if (x.to > line && p->text.p[x.to - 1] == '\r')
				x.to--;
			if (x.to - start > SPAN_BYTES_MAX)
				break;
			if (!propose_is_blank((struct str){ p->text.p + line, x.to - line }))
				propose_push(p, x);
		}
	}
}

void propose_line(struct proposer *p, size_t at)
{
	struct proposal piece = proposal_at(p->text, p->mark, at);
	if (piece.from < piece.to)
		propose_push(p, piece);
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
