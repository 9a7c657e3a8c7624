/* SPDX-License-Identifier: MIT
 *
 * Proposals > hits: see confirm.h.
 */
#include "scan/confirm.h"

#include "article/charset.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "match/lines.h"
#include "match/stamp.h"
#include "match/undress.h"
#include "scan/context.h"
#include "scan/damaged.h"
#include "scan/dated.h"
#include "scan/propose.h"
#include "scan/suspect.h"

#include <string.h>

enum { HOLE_MIN = 16 /* zeros; fewer may part the records of a file that has no lines */ };

enum err confirm_open(const struct matcher *m, const struct literal_table *literals, struct confirm *ret_confirm)
{
	struct confirm c = { .matcher = m, .literals = literals };
	c.named = literals ? mem_resize(NULL, propose_named_size(literals)) : NULL;
	enum err e = literals && !c.named ? ERR_NOMEM : match_scratch_open(m, &c.scratch);
	if (e)
		mem_free(c.named);
	else
		*ret_confirm = c;
	return e;
}

void confirm_close(struct confirm *c)
{
	match_scratch_close(&c->scratch);
	prefilter_scratch_free(&c->finds);
	arena_free(&c->work);
	arena_free(&c->spans);
	arena_free(&c->proposed);
	arena_free(&c->damaged);
	recall_free(&c->recall);
	mem_free(c->named);
}

/* A walk over one chunk. */
struct walk {
	struct confirm *confirm;
	const struct chunk *chunk;
	struct str text;
	struct match_options options;
	struct str file;
	struct confirm_result *result;
	size_t mark;	  /* bytes of a byte order mark at the stream's start */
	size_t counted;	  /* newlines before this place are in line */
	uint64_t line;
	struct dated dated;
};

static uint64_t count_newlines(struct str text)
{
	uint64_t n = 0;
	size_t at = 0;
	for (; text.n - at >= 128; at += 128) { /* a fixed count, which compilers turn into vector code */
		unsigned char block = 0;
		for (size_t i = 0; i < 128; i++)
			block = (unsigned char)(block + (text.p[at + i] == '\n'));
		n += block;
	}
	for (; at < text.n; at++)
		n += text.p[at] == '\n';
	return n;
}

static struct str keep(struct arena *a, struct str s)
{
	return s.n ? arena_str(a, s) : STR("");
}

static struct str part(struct str text, struct match_span span)
{
	return str_part(text, span.start, span.end);
}

/* What is asked: the text as it stands, and what it says without its dress. */
struct question {
	struct str text;
	unsigned lines;
	struct str payload;
	struct match_envelope dress;
	bool plain; /* nothing in the dress that damage_undo would change: the payload tells all */
};

/* is_foreign says of bytes that they are no UTF-8, beyond characters that a window cuts at its ends: an old code
 * page. */
static bool is_foreign(struct str s)
{
	for (size_t i = 0; i < 3 && s.n && ((unsigned char)s.p[0] & 0xC0) == 0x80; i++)
		s = str_from(s, 1);
	for (size_t i = 0; i < 3 && s.n && (unsigned char)s.p[s.n - 1] >= 0x80; i++)
		s.n--;
	return !utf8_valid(s);
}

static void read_question(struct confirm *c, const struct proposal *x, struct str text, struct question *ret_question)
{
	struct question q = { .text = { text.p + x->from, x->to - x->from }, .lines = x->lines, .plain = true };
	struct clean clean, joined;
	struct undressed said;
	bool dressed;
	if (is_foreign(q.text))
		q.text = charset_text(q.text, &c->work);
	envelope_read(q.text, &q.dress);
	q.payload = part(q.text, q.dress.payload);
	bool coded = q.dress.coding != CODING_NONE || coded_is_printable(q.text) || coded_is_url(q.text);
	if (coded && !damage_undo(q.text, &c->work, &clean) && !undress_read(&clean, clean.text, true, &c->work, &said))
		q.payload = part(said.clean->text, said.dress.payload);
	q.plain = !coded;
	for (size_t i = 0; i < q.text.n && q.plain; i++) {
		if (i == q.dress.payload.start)
			i = q.dress.payload.end;
		q.plain = i >= q.text.n ||
			  ((unsigned char)q.text.p[i] < 0x7F && q.text.p[i] != 0x1B && q.text.p[i] != '&');
	}
	if (x->lines > 1) {
		q.plain = false;
		if (!damage_undo(q.text, &c->work, &clean) &&
		    !lines_join(&clean, &c->work, &joined, &q.dress, &dressed))
			q.payload = joined.text;
	}
	*ret_question = q;
}

static struct match_span common(struct match_span a, struct match_span b)
{
	return (struct match_span){ a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end };
}

/* A template that is nearly all variables covers any line: its own words have to carry the payload. */
static bool carries(const struct question *q, const struct match_answer *answer, const struct match *m)
{
	struct match_span payload = answer->envelope.payload;
	size_t all = literals_letters(q->payload), own = all;
	if (m->span_count && (q->lines == 1 || !m->whole_payload)) /* between lines there is their dress */
		own = literals_letters(part(answer->query, common(m->spans[0], payload)));
	own -= m->filled < own ? m->filled : own;
	return own >= (m->filled ? LITERALS_FILLED_MIN : LITERALS_OWN_MIN) &&
	       own * 100 >= all * LITERALS_SHARE_MIN;
}

/* Of several lines all have to be of the message: the answer is neither to one of them alone nor by context, and it
 * begins on the first, behind what may be dress there. */
static bool covers_lines(const struct question *q, const struct match_answer *answer, const struct match *m)
{
	struct match_span p = answer->envelope.payload;
	size_t last = q->text.n;
	while (last && answer->query.p[last - 1] != '\n')
		last--;
	const char *newline = memchr(answer->query.p, '\n', answer->query.n);
	size_t first = newline ? (size_t)(newline - answer->query.p) : 0;
	return m->whole_payload && p.start < first && m->span_count && m->spans[0].start < first && p.end > last;
}

static bool counts(const struct question *q, const struct match_answer *answer, const struct match *m)
{
	if (!m->template.n || !((m->context && m->word_for_word) || m->whole_payload) || m->within_word ||
	    !carries(q, answer, m))
		return false;
	/* a line end in a value: the end of one line and the beginning of the next may both be something else */
	return q->lines == 1 || (covers_lines(q, answer, m) && !m->over_lines);
}

/* A value may reach into the dress, where another line has something else. */
static bool keeps_to(const struct match_answer *answer, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < answer->matches[i].capture_count; k++)
			if (answer->matches[i].captures[k].span.start < answer->envelope.payload.start ||
			    answer->matches[i].captures[k].span.end > answer->envelope.payload.end)
				return false;
	return true;
}

/* answer_of gives what counts as a hit; from memory where the same was asked before. */
static const struct recalled *answer_of(struct walk *w, struct question *q, struct recalled *room)
{
	struct confirm *c = w->confirm;
	struct match_answer answer = { 0 };
	const struct recalled *known = q->plain ? recall_find(&c->recall, q->payload, &q->dress) : NULL;
	if (!known && (known = recall_find_text(&c->recall, q->text)) && !q->plain)
		q->dress = recall_copy_dress(&c->work, &known->dress);
	if (known)
		return known;
	w->result->asked++;
	*room = (struct recalled){ 0 };
	w->options.standing = q->lines == 1;
	if (match_message(c->matcher, c->scratch, q->text, &w->options, &c->work, &answer))
		return room;
	for (size_t i = 0; i < answer.match_count; i++)
		if (counts(q, &answer, &answer.matches[i]))
			answer.matches[room->count++] = answer.matches[i];
	room->matches = answer.matches;
	if (!q->plain)
		q->dress = answer.envelope;
	known = q->plain && keeps_to(&answer, room->count) ?
			recall_keep(&c->recall, q->payload, &q->dress, room->matches, room->count) :
			recall_keep_text(&c->recall, q->text, &q->dress, room->matches, room->count);
	return known ? known : room;
}

/* hold copies an answer that has to outlive the next question. */
static const struct recalled *hold(struct confirm *c, const struct recalled *said, struct recalled *room)
{
	struct recalled held = { .matches = arena_array(&c->work, struct match, said->count) };
	for (size_t i = 0; held.matches && i < said->count; i++)
		held.matches[held.count++] = recall_copy(&c->work, &said->matches[i]);
	*room = held;
	return room;
}

/* ---- what lines beside a hit bind ---- */

static const struct confirm_names *names_of(struct confirm *c, uint32_t article)
{
	struct confirm_names *n = &c->names[article % NAMES_KNOWN];
	if (n->article != article + 1) {
		n->article = article + 1;
		n->count = match_variables(c->matcher, c->scratch, article, n->names, NAMES_MAX);
		n->codes = match_tells_codes(c->matcher, c->scratch, article);
	}
	return n;
}

static bool is_bound(const struct match *m, struct str name)
{
	for (size_t i = 0; i < m->capture_count; i++)
		if (str_eq(m->captures[i].name, name))
			return true;
	return false;
}

/* lacks_any: a name, or the code that its article goes by. */
static bool lacks_any(struct confirm *c, const struct match *m)
{
	const struct confirm_names *n = names_of(c, m->article);
	if (n->codes && !m->code.known)
		return true;
	for (size_t i = 0; i < n->count; i++)
		if (!is_bound(m, n->names[i]))
			return true;
	return false;
}

/* bind gives a hit what it lacks of another match's captures. */
static void bind(struct confirm *c, struct arena *a, struct scan_hit *hit, const struct match *from, int lines)
{
	const struct confirm_names *n = names_of(c, hit->match.article);
	struct match_capture *captures = NULL;
	for (size_t i = 0; i < from->capture_count; i++) {
		struct match_capture x = from->captures[i];
		bool known = false;
		for (size_t k = 0; k < n->count && !known; k++)
			known = str_eq(n->names[k], x.name);
		if (!known || is_bound(&hit->match, x.name))
			continue;
		size_t room = hit->match.capture_count + 1;
		captures = arena_array(a, struct match_capture, room);
		struct scan_beside *beside = arena_array(a, struct scan_beside, hit->beside_count + 1);
		if (!captures || !beside)
			return;
		if (room > 1)
			memcpy(captures, hit->match.captures, (room - 1) * sizeof *captures);
		if (hit->beside_count)
			memcpy(beside, hit->beside, hit->beside_count * sizeof *beside);
		x.name = arena_str(a, x.name);
		x.value = keep(a, x.value);
		x.finding = keep(a, x.finding);
		x.span = (struct match_span){ 0 };
		captures[room - 1] = x;
		beside[hit->beside_count++] = (struct scan_beside){ x.name, lines };
		hit->match.captures = captures;
		hit->match.capture_count = room;
		hit->beside = beside;
	}
}

/* Lines that do not say who wrote them are of one source where they stand side by side. */
static bool same_source(const struct match_envelope *a, const struct match_envelope *b, bool adjacent)
{
	bool said = a->component.n || a->thread.n;
	return str_eq(a->component, b->component) && str_eq(a->thread, b->thread) && (said || adjacent);
}

/* The hits of a line, and which of them are of another error by what the lines beside it say: a bit each. */
struct beside {
	struct walk *walk;
	const struct question *q;
	struct scan_hit *hits;
	size_t count;
	uint64_t other;
};

/* contradicts: the message beside it binds the same name to something else. */
static bool contradicts(const struct match *m, const struct match *other)
{
	for (size_t i = 0; i < m->capture_count; i++)
		for (size_t k = 0; k < other->capture_count; k++)
			if (str_eq(m->captures[i].name, other->captures[k].name) &&
			    !str_eq_nocase(m->captures[i].value, other->captures[k].value))
				return true;
	return false;
}

/* is_other_error: the message beside it has a code, and with that the failure is another article's. */
static bool is_other_error(struct confirm *c, const struct match *m, const struct match *other)
{
	return !m->code.known && other->code.known && other->article != m->article && !contradicts(m, other) &&
	       match_differs_by_code(c->matcher, c->scratch, m->article, &other->code, other->template);
}

/* ask_beside takes what the message of another proposal has, where it is a hit of the same source. */
static void ask_beside(struct beside *b, const struct proposal *other, int lines, bool adjacent)
{
	struct confirm *c = b->walk->confirm;
	const struct question *q = b->q;
	struct question beside;
	struct recalled room;
	struct str raw = { b->walk->text.p + other->from, other->to - other->from };
	struct match_span same = q->dress.payload; /* logs repeat themselves */
	if (q->lines == 1 && raw.n == q->text.n && str_eq(part(raw, same), q->payload))
		return;
	read_question(c, other, b->walk->text, &beside);
	if (!same_source(&q->dress, &beside.dress, adjacent) || str_eq(q->payload, beside.payload))
		return;
	const struct recalled *said = answer_of(b->walk, &beside, &room);
	for (size_t i = 0; said->count && i < b->count; i++) {
		bind(c, &b->walk->result->arena, &b->hits[i], &said->matches[0], lines);
		if (i < 64 && is_other_error(c, &b->hits[i].match, &said->matches[0]))
			b->other |= UINT64_C(1) << i;
	}
}

/* look_beside: the nearest line counts first, of two as near the one behind. */
static void look_beside(struct beside *b, const struct proposer *p, size_t number)
{
	struct str text = b->walk->text;
	const struct proposal *x = &p->items[number];
	bool lack = false, alone = true;
	size_t far_on = propose_lines_on(text, x->from, x->lines - 1 + SCAN_BESIDE_MAX);
	size_t far_back = propose_lines_back(text, x->from, SCAN_BESIDE_MAX);
	for (size_t k = number + 1; alone && k < p->count && p->items[k].place <= far_on; k++)
		alone = p->items[k].from <= x->from;
	alone = alone && (!number || p->items[number - 1].place < far_back);
	for (size_t i = 0; i < b->count && !lack && !alone; i++)
		lack = lacks_any(b->walk->confirm, &b->hits[i].match);
	if (!lack || x->window)
		return;
	for (int away = 1; away <= SCAN_BESIDE_MAX; away++) {
		size_t on = propose_lines_on(text, x->from, x->lines - 1 + (unsigned)away);
		size_t back = propose_lines_back(text, x->from, (unsigned)away);
		for (size_t k = number + 1; k < p->count && p->items[k].place <= on; k++)
			if (p->items[k].from == on && on < text.n)
				ask_beside(b, &p->items[k], (int)x->lines - 1 + away, away == 1);
		for (size_t k = number; k-- && p->items[k].place >= back;)
			if (p->items[k].from == back)
				ask_beside(b, &p->items[k], -away, away == 1);
	}
}

/* drop_others leaves out the hits that are of another error. */
static void drop_others(struct beside *b, const struct question *q)
{
	struct confirm_result *r = b->walk->result;
	size_t left = 0;
	for (size_t i = 0; i < b->count; i++) {
		if (i < 64 && (b->other >> i & 1))
			continue;
		b->hits[left] = b->hits[i];
		b->hits[left].best = left == 0;
		left++;
	}
	r->hit_count -= b->count - left;
	if (left || !b->count)
		return;
	r->hit_lines -= q->lines;
	struct confirm_told *told = arena_push(&r->arena, &r->told, &r->told_count, &r->told_cap);
	if (told)
		*told = (struct confirm_told){ b->hits[0].line, q->lines };
}

/* told_before says whether the lines of a message that stand before the body were a hit of the same article by
 * themselves, which bound as much. */
static bool told_before(struct walk *w, const struct proposer *p, size_t number, const struct match *m)
{
	bool told = false;
	for (size_t i = number + 1; i < p->count && p->items[i].place < w->chunk->start && !told; i++) {
		struct question q;
		struct recalled room;
		if (p->items[i].to > w->chunk->start)
			continue;
		read_question(w->confirm, &p->items[i], w->text, &q);
		const struct recalled *said = answer_of(w, &q, &room);
		told = said->count && said->matches[0].article == m->article &&
		       said->matches[0].capture_count >= m->capture_count;
	}
	return told;
}

/* is_of_body says whether a hit is this chunk's: it begins in the body, or it could not be seen whole before. */
static bool is_of_body(struct walk *w, const struct proposer *p, size_t number, const struct match *m)
{
	const struct proposal *x = &p->items[number];
	if (x->place >= w->chunk->start)
		return true;
	return w->chunk->open && !x->window && x->to > w->chunk->start && !told_before(w, p, number, m);
}

static void count_to(struct walk *w, const struct proposal *x)
{
	if (x->from < w->chunk->start && !x->window) {
		w->line = 0 - count_newlines((struct str){ w->text.p + x->from, w->chunk->start - x->from });
		w->counted = x->from;
		return;
	}
	size_t at = x->from > w->counted ? x->from : w->counted; /* a window may begin before the body */
	w->line += count_newlines((struct str){ w->text.p + w->counted, at - w->counted });
	w->counted = at;
}

/* told_by_first says whether the first of several lines has all of the message already: then what follows is no part of
 * it, though a value might reach there. */
static bool told_by_first(struct walk *w, const struct proposal *x, const struct match *m)
{
	struct proposal first = *x;
	struct question q;
	struct recalled room;
	const char *newline = memchr(w->text.p + x->from, '\n', x->to - x->from);
	if (!newline)
		return false;
	first.to = (size_t)(newline - w->text.p);
	first.lines = 1;
	if (first.to > first.from && w->text.p[first.to - 1] == '\r')
		first.to--;
	if (first.to == first.from)
		return false;
	read_question(w->confirm, &first, w->text, &q);
	const struct recalled *said = answer_of(w, &q, &room);
	for (size_t i = 0; i < said->count; i++)
		if (said->matches[i].article == m->article && str_eq(said->matches[i].template, m->template))
			return said->matches[i].capture_count >= m->capture_count;
	return false;
}

/* without_holes leaves out the zeros that a file has where nothing was written: an answer would show nothing else.
 * What it gives is text where that has none. */
static struct str without_holes(struct str text, size_t max, struct arena *a)
{
	size_t n = text.n < max ? text.n : max;
	if (!n || !memchr(text.p, '\0', n))
		return text;
	char *p = arena_alloc(a, n);
	struct str left = { p, 0 };
	for (size_t at = 0, run; p && at < text.n && left.n < n; at += run) {
		for (run = 0; at + run < text.n && !text.p[at + run];)
			run++;
		if (run >= HOLE_MIN)
			continue;
		run += !run;
		for (size_t i = 0; i < run && left.n < n; i++)
			p[left.n++] = text.p[at + i];
	}
	return left;
}

static struct scan_hit *add_hit(struct confirm_result *r)
{
	if (r->hit_count == r->hit_cap) {
		size_t cap = r->hit_cap ? r->hit_cap + r->hit_cap / 2 : 64;
		struct scan_hit *hits = mem_resize(r->hits, cap * sizeof *hits);
		if (!hits) {
			r->arena.failed = true;
			return NULL;
		}
		r->hits = hits;
		r->hit_cap = cap;
	}
	return &r->hits[r->hit_count++];
}

/* ask gives a proposal to the look-up; says whether anything counted. What stands outside of the body is asked for what
 * it covers, and is another chunk's hit. */
static bool ask(struct walk *w, const struct proposer *p, size_t number)
{
	const struct proposal *x = &p->items[number];
	struct confirm_result *r = w->result;
	struct confirm *c = w->confirm;
	struct question q;
	struct recalled room;
	arena_reset(&c->work);
	read_question(c, x, w->text, &q);
	const struct recalled *said = answer_of(w, &q, &room);
	if (x->lines > 1) /* lines of it are asked as well */
		said = hold(c, said, &room);
	if (!said->count || (x->lines > 1 && told_by_first(w, x, &said->matches[0])))
		return false;
	if (!is_of_body(w, p, number, &said->matches[0]))
		return true;
	count_to(w, x);
	size_t hole = 0;
	while (hole < q.text.n && !q.text.p[hole])
		hole++;
	struct scan_hit shared = { .file = w->file, .line = w->line, .lines = q.lines,
				   .offset = chunk_offset(w->chunk, x->from + hole) };
	struct str shown = without_holes(str_from(q.text, hole), SCAN_TEXT_MAX, &c->work);
	shared.text = arena_str(&r->arena, utf8_mend(utf8_first(shown, SCAN_TEXT_MAX), &c->work));
	struct str time = q.dress.time.n && q.plain ? dated_stamp(q.text, q.dress.time) : dated_line(q.text);
	shared.time = stamp_iso(time.n ? time : dated_before(&w->dated, x->from), &r->arena);
	shared.host = keep(&r->arena, q.dress.host);
	context_around(w->text, x->from, x->to, c->context, &shared.before, &shared.after);
	shared.before = without_holes(shared.before, CONTEXT_BYTES_MAX, &r->arena);
	shared.after = without_holes(shared.after, CONTEXT_BYTES_MAX, &r->arena);
	size_t first = r->hit_count;
	for (size_t i = 0; i < said->count; i++) {
		struct scan_hit *hit = add_hit(r);
		if (!hit)
			break;
		*hit = shared;
		hit->best = i == 0;
		hit->match = recall_copy(&r->arena, &said->matches[i]);
	}
	r->hit_lines += q.lines;
	if (!r->hits) /* no memory */
		return true;
	struct beside beside = { w, &q, r->hits + first, r->hit_count - first, 0 };
	look_beside(&beside, p, number);
	if (beside.other)
		drop_others(&beside, &q);
	return true;
}

/* Where lines stand that a message of the body may begin or end in; windows, where it begins or ends within a line. */
static void reach_out(const struct walk *w, size_t *ret_from, size_t *ret_to)
{
	const struct chunk *c = w->chunk;
	bool starts_line = !c->start || w->text.p[c->start - 1] == '\n';
	bool ends_line = c->end && w->text.p[c->end - 1] == '\n';
	*ret_from = starts_line ? propose_lines_back(w->text, c->start, SCAN_SPAN_MAX - 1) :
		   c->start > PROPOSE_WINDOW ? c->start - PROPOSE_WINDOW : 0;
	*ret_to = ends_line ? propose_lines_on(w->text, c->end, SCAN_SPAN_MAX - 1) :
		 w->text.n - c->end > PROPOSE_WINDOW ? c->end + PROPOSE_WINDOW : w->text.n;
}

static enum err propose(struct walk *w, struct proposer *p)
{
	struct prefilter_scratch *found = &w->confirm->finds;
	size_t from, to;
	reach_out(w, &from, &to);
	if (!p->literals) {
		propose_all(p, from, w->chunk->end);
	} else {
		/* behind the mark, whose bytes would be part of the first word */
		enum err e = prefilter_scan(p->literals, found, str_from(w->text, w->mark),
					    from > w->mark ? from - w->mark : 0, to > w->mark ? to - w->mark : 0);
		if (e)
			return e;
		propose_found(p, found->finds, found->count);
		if (w->confirm->marks)
			marks_take(w->confirm->marks, w->chunk, found->finds, found->count, w->mark, &w->result->arena,
				   &w->result->marks, &w->result->mark_count, &w->result->mark_cap);
		e = damaged_propose(p, found, from, to, &w->confirm->damaged);
		if (e)
			return e;
	}
	propose_sort(p);
	w->result->candidates = p->candidates;
	return arena_err(p->arena);
}

static enum err confirm_body(struct walk *w)
{
	struct confirm *c = w->confirm;
	struct proposer p = { .matcher = c->matcher, .literals = c->literals, .scratch = c->scratch, .text = w->text,
			      .mark = w->mark, .named = c->named, .work = &c->work, .spans = &c->spans,
			      .arena = &c->proposed };
	arena_reset(&c->proposed);
	match_name_read(c->matcher, w->options.log_file, &p.log_file);
	enum err e = propose(w, &p);
	size_t free_at = 0; /* behind the last hit */
	for (size_t i = 0; !e && i < p.count && p.items[i].place < w->chunk->end; i++) {
		const struct proposal *x = &p.items[i];
		bool before = x->place < w->chunk->start;
		if (x->place >= free_at && !(before && x->lines == 1) && ask(w, &p, i))
			free_at = x->next;
	}
	return e;
}

/* add_unknown gathers the lines that look like errors and that no hit covers. */
static void add_unknown(struct walk *w)
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
			struct str time = dated_line(one);
			slot->time = stamp_iso(time.n ? time : dated_before(&dated, at), &r->arena);
		}
	}
}

static void count_suspects(struct walk *w)
{
	const struct chunk *c = w->chunk;
	for (size_t at = c->start, end; at < c->end; at = end + 1) {
		const char *newline = memchr(w->text.p + at, '\n', c->end - at);
		end = newline ? (size_t)(newline - w->text.p) : c->end;
		w->result->suspects += suspect_looks((struct str){ w->text.p + at, end - at });
	}
}

void confirm_result_free(struct confirm_result *result)
{
	arena_free(&result->arena);
	mem_free(result->hits);
	*result = (struct confirm_result){ .hits = NULL };
}

enum err confirm_chunk(struct confirm *c, const struct chunk *chunk, struct str file, struct confirm_result *result)
{
	arena_reset(&result->arena);
	*result = (struct confirm_result){ .arena = result->arena, .hits = result->hits, .hit_cap = result->hit_cap };
	struct str text = buf_str(&chunk->text);
	struct walk w = { .confirm = c, .chunk = chunk, .text = text, .file = file, .result = result,
			  .counted = chunk->start, .dated = { .text = text, .deep = c->dates } };
	if (!chunk->offset && str_starts(text, STR("\xEF\xBB\xBF")))
		w.mark = 3;
	for (w.options.log_file = file;;) { /* the last part of "dir/a.zip!/b.log" */
		struct str head, tail;
		if (!str_cut(w.options.log_file, '/', &head, &tail))
			break;
		w.options.log_file = tail;
	}
	if (recall_begin(&c->recall, w.options.log_file) && c->named)
		memset(c->named, 0, propose_named_size(c->literals));
	enum err e = confirm_body(&w);
	result->newlines = count_newlines((struct str){ text.p + chunk->start, chunk->end - chunk->start });
	if (!e && c->unknown)
		add_unknown(&w);
	if (!e && chunk->suspects && !result->hit_count)
		count_suspects(&w);
	if (!e && c->dates)
		result->time = stamp_iso(dated_before(&w.dated, chunk->end), &result->arena);
	if (!e)
		e = arena_err(&result->arena);
	return e ? e : arena_err(&c->work);
}
