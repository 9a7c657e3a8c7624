/* SPDX-License-Identifier: MIT
 *
 * Proposals > hits: see confirm.h.
 */
#include "scan/confirm_inside.h"

#include "base/mem.h"
#include "base/utf8.h"
#include "match/envelope.h"
#include "match/stamp.h"
#include "scan/context.h"
#include "scan/damaged.h"

#include <string.h>

#define ANY_WORDS_SURE 0.5 /* few words that stand alone are a message from there on */

enum {
	HOLE_MIN = 16, /* zeros; fewer may part the records of a file that has no lines */
	WRAPPED_MIN = 50 /* bytes of a line of prose that goes on in the next one */
};

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
	codepages_close(&c->pages);
	mem_free(c->named);
}

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
		confirm_read(w->confirm, &p->items[i], w->text, &q);
		const struct recalled *said = confirm_answer(w, &q, &room);
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
	confirm_read(w->confirm, &first, w->text, &q);
	const struct recalled *said = confirm_answer(w, &q, &room);
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

/* is_stamped says whether one of the lines before tells when: of no more than each chunk has before its body, so that
 * what counts does not depend on where chunks end. */
static bool is_stamped(const struct walk *w, size_t from)
{
	struct str text = w->text;
	size_t floor = from > CHUNK_EDGE ? from - CHUNK_EDGE : 0, at = from;
	for (unsigned lines = 0; at > floor && lines < DATED_LINES; lines++) {
		size_t stop = at - (text.p[at - 1] == '\n');
		const char *newline = stop ? memrchr(text.p, '\n', stop) : NULL;
		at = newline ? (size_t)(newline - text.p) + 1 : 0;
		if (from - at < CHUNK_EDGE && dated_past(dated_line(str_part(text, at, stop)), w->chunk->written_s).n)
			return true;
	}
	return false;
}

/* is_log_line: dress, or a stamp on this line or on those before it, tells that a program wrote it down. */
static bool is_log_line(const struct walk *w, const struct proposal *x, const struct question *q)
{
	return q->dress.time.n || q->dress.level.n || q->dress.component.n ||
	       envelope_head(q->payload, q->dress.payload.start > 0) || dated_line(q->text).n ||
	       is_stamped(w, x->from);
}

/* is_alone: nothing else stands in the text, as where somebody pastes a message. */
static bool is_alone(const struct walk *w, const struct proposal *x)
{
	return !w->chunk->offset && w->chunk->last && !str_trim(str_part(w->text, w->mark, x->from)).n &&
	       !str_trim(str_from(w->text, x->to)).n;
}

/* is_line_of_its_own: it begins with a capital at the line's start, and no line of prose flows into it, as one would
 * that is as long as prose is wrapped, and ends no sentence. */
static bool is_line_of_its_own(const struct walk *w, const struct proposal *x)
{
	struct str text = w->text;
	if (!char_is_upper(text.p[x->from]) || !x->from)
		return !x->from;
	const char *newline = x->from > 1 ? memrchr(text.p, '\n', x->from - 1) : NULL;
	struct str before = str_trim(str_part(text, newline ? (size_t)(newline - text.p) + 1 : 0, x->from - 1));
	return before.n < WRAPPED_MIN || strchr(".:!?", before.p[before.n - 1]);
}

/* is_any_words: a few words that the look-up itself doubts, in a text that nothing shows to be a log: a line of prose
 * or code ("point of view.", "return result;"), which some article quotes. */
static bool is_any_words(const struct walk *w, const struct proposal *x, const struct question *q,
			 const struct match *m)
{
	return m->together < ANY_WORDS_SURE && !m->capture_count && !m->code.known && !m->context &&
	       !envelope_is_sentence(q->payload) && !is_alone(w, x) && !is_line_of_its_own(w, x) &&
	       !is_log_line(w, x, q);
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
	confirm_read(c, x, w->text, &q);
	const struct recalled *said = confirm_answer(w, &q, &room);
	if (x->lines > 1) /* lines of it are asked as well */
		said = confirm_hold(c, said, &room);
	if (!said->count || (x->lines > 1 && told_by_first(w, x, &said->matches[0])))
		return false;
	if (is_any_words(w, x, &q, &said->matches[0]))
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
	time = dated_past(time, w->chunk->written_s);
	shared.time = stamp_iso(time.n ? time : dated_before(&w->dated, x->from), &r->arena);
	shared.host = confirm_keep(&r->arena, q.dress.host);
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
	if (arena_err(&r->arena)) /* the chunk fails */
		return true;
	confirm_beside(w, &q, p, number, r->hit_count - first);
	return true;
}

/* Where lines stand that a message of the body may begin or end in; windows, where it begins or ends within a line. */
static void reach_out(const struct walk *w, size_t *ret_from, size_t *ret_to)
{
	const struct chunk *c = w->chunk;
	bool starts_line = !c->start || w->text.p[c->start - 1] == '\n';
	bool ends_line = c->end && w->text.p[c->end - 1] == '\n';
	*ret_from = starts_line ? proposal_lines_back(w->text, c->start, SCAN_SPAN_MAX - 1) :
		   c->start > PROPOSAL_WINDOW ? c->start - PROPOSAL_WINDOW : 0;
	*ret_to = ends_line ? proposal_lines_on(w->text, c->end, SCAN_SPAN_MAX - 1) :
		 w->text.n - c->end > PROPOSAL_WINDOW ? c->end + PROPOSAL_WINDOW : w->text.n;
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
		e = damaged_propose(p, found, &w->confirm->pages, from, to, &w->confirm->damaged);
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

void confirm_result_free(struct confirm_result *result)
{
	arena_free(&result->arena);
	mem_free(result->hits);
	*result = (struct confirm_result){ .hits = NULL };
}

enum err confirm_chunk(struct confirm *c, const struct chunk *chunk, struct str file, struct confirm_result *result)
{
	unsigned long failures = mem_failures(); /* of an arena they are forgotten when it is used again */
	arena_reset(&result->arena);
	*result = (struct confirm_result){ .arena = result->arena, .hits = result->hits, .hit_cap = result->hit_cap };
	struct str text = buf_str(&chunk->text);
	struct walk w = { .confirm = c, .chunk = chunk, .text = text, .file = file, .result = result,
			  .counted = chunk->start, .dated = { .text = text, .deep = c->dates, .written_s = chunk->written_s } };
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
		confirm_unknown(&w);
	if (!e && chunk->suspects && !result->hit_count)
		confirm_suspects(&w);
	if (!e && c->dates)
		result->time = stamp_iso(dated_before(&w.dated, chunk->end), &result->arena);
	return !e && mem_failures() != failures ? ERR_NOMEM : e;
}
