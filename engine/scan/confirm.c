/* SPDX-License-Identifier: MIT
 *
 * Candidate positions > lines or windows > hits: see confirm.h. A line over SCAN_LINE_MAX is asked in windows around
 * the positions where a literal ends, each standing for a line of its own.
 */
#include "scan/confirm.h"

#include "base/utf8.h"
#include "match/envelope.h"
#include "scan/context.h"
#include "scan/stamp.h"
#include "scan/suspect.h"

#include <string.h>

enum {
	WINDOW = 2 << 10, /* bytes on each side of a position in an overlong line */
	SLACK_PERCENT = 25, SLACK = 4, /* by how much a payload may differ from the message that covers it */
	TRIED_MAX = 128	  /* messages that are tried before the look-up is asked straight away */
};

enum err confirm_open(const struct matcher *m, const struct literal_table *literals, struct confirm *ret_confirm)
{
	struct confirm c = { .matcher = m, .literals = literals };
	enum err e = match_scratch_open(m, &c.scratch);
	if (!e)
		*ret_confirm = c;
	return e;
}

void confirm_close(struct confirm *c)
{
	match_scratch_close(&c->scratch);
	prefilter_scratch_free(&c->finds);
	arena_free(&c->work);
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

/* What a sink may see of a match: the answer itself lives only until the next line. */
static struct match keep_match(struct arena *a, const struct match *m)
{
	struct match copy = *m;
	copy.id = keep(a, m->id);
	copy.title = keep(a, m->title);
	copy.template = keep(a, m->template);
	copy.why = keep(a, m->why);
	copy.code.family = keep(a, m->code.family);
	copy.code.symbol = keep(a, m->code.symbol);
	copy.code.says = keep(a, m->code.says);
	copy.captures = arena_array(a, struct match_capture, m->capture_count);
	for (size_t i = 0; copy.captures && i < m->capture_count; i++) {
		copy.captures[i] = m->captures[i];
		copy.captures[i].name = keep(a, m->captures[i].name);
		copy.captures[i].value = keep(a, m->captures[i].value);
		copy.captures[i].finding = keep(a, m->captures[i].finding);
	}
	copy.also = NULL;
	copy.also_count = 0;
	copy.spans = NULL;
	copy.span_count = 0;
	return copy;
}

static struct str part(struct str text, struct match_span span)
{
	return str_first(str_from(text, span.start), span.end > span.start ? span.end - span.start : 0);
}

/* A template that is nearly all variables covers any line: its own words have to carry the payload. */
static bool carries(const struct match_answer *answer, const struct match *m)
{
	size_t all = literals_letters(part(answer->query, answer->envelope.payload)), own = all;
	for (size_t i = 0; i < m->capture_count; i++)
		own -= literals_letters(part(answer->query, m->captures[i].span));
	return own >= (m->capture_count ? LITERALS_FILLED_MIN : LITERALS_OWN_MIN) && own * 100 >= all * LITERALS_SHARE_MIN;
}

static bool counts(const struct match_answer *answer, const struct match *m)
{
	return m->template.n && (m->context || m->whole_payload) && carries(answer, m);
}

/* ask gives the text to the look-up and keeps what counts as a hit; says whether anything did. */
static bool ask(struct walk *w, size_t from, size_t to, unsigned lines)
{
	struct confirm_result *r = w->result;
	struct match_answer answer = { 0 };
	r->asked++;
	arena_reset(&w->confirm->work);
	struct str text = { w->text.p + from, to - from };
	if (match_message(w->confirm->matcher, w->confirm->scratch, text, &w->options, &w->confirm->work, &answer))
		return false;
	bool best = true;
	for (size_t i = 0; i < answer.match_count; i++) {
		if (!counts(&answer, &answer.matches[i]))
			continue;
		struct scan_hit *hit = arena_push(&r->arena, &r->hits, &r->hit_count, &r->hit_cap);
		if (!hit)
			break;
		w->line += count_newlines((struct str){ w->text.p + w->counted, from - w->counted });
		w->counted = from;
		*hit = (struct scan_hit){ .file = w->file, .line = w->line, .lines = lines, .best = best,
					  .offset = chunk_offset(w->chunk, from) };
		hit->text = arena_str(&r->arena, utf8_mend(utf8_first(text, SCAN_TEXT_MAX), &w->confirm->work));
		hit->time = stamp_iso(answer.envelope.time, &r->arena);
		hit->host = keep(&r->arena, answer.envelope.host);
		context_around(w->text, from, to, w->confirm->context, &hit->before, &hit->after);
		hit->match = keep_match(&r->arena, &answer.matches[i]);
		best = false;
	}
	r->hit_lines += !best;
	return !best;
}

/* The line, or the window of an overlong one, that holds a place; and where the next one may begin. */
struct piece {
	size_t from, to, next;
};

static struct piece piece_at(const struct walk *w, size_t at)
{
	struct str text = w->text;
	struct piece p = { .to = text.n };
	const char *newline = at ? memrchr(text.p, '\n', at) : NULL;
	if (newline)
		p.from = (size_t)(newline - text.p) + 1;
	newline = memchr(text.p + at, '\n', text.n - at);
	if (newline)
		p.to = (size_t)(newline - text.p);
	p.next = p.to + 1;
	if (p.to - p.from > SCAN_LINE_MAX) {
		p.next = p.to - at > WINDOW / 2 ? at + WINDOW / 2 : p.next;
		p.from = at - p.from > WINDOW ? at - WINDOW : p.from;
		p.to = p.to - at > WINDOW ? at + WINDOW : p.to;
	}
	if (p.to > p.from && text.p[p.to - 1] == '\r')
		p.to--;
	p.from = p.from ? p.from : w->mark;
	return p;
}

/* A payload that this message covers has about its letters; with variables, more, but the message carries it. */
static bool may_carry(const struct file_literal_message *m, size_t letters)
{
	size_t own = (size_t)m->before + m->inside + m->after;
	size_t low = own * 100 / (100 + SLACK_PERCENT), high = own * (100 + SLACK_PERCENT) / 100 + SLACK;
	if (m->filled_before || m->filled_after)
		high = high * 100 / LITERALS_SHARE_MIN;
	return letters + SLACK >= low && letters <= high;
}

/* may_cover says cheaply whether any message of the literals found in a piece could be its payload. */
static bool may_cover(const struct walk *w, struct str text, const struct prefilter_find *finds, size_t count)
{
	const struct literal_table *t = w->confirm->literals;
	struct match_envelope envelope;
	uint32_t messages[TRIED_MAX];
	size_t tried = 0;
	envelope_read(text, &envelope);
	size_t letters = literals_letters(part(text, envelope.payload));
	for (size_t i = 0; i < count; i++) {
		const struct file_literal *l = &t->literals[finds[i].literal];
		for (uint32_t k = l->message_at; k < l[1].message_at; k++) {
			if (!may_carry(&t->messages[k], letters))
				continue;
			if (tried == TRIED_MAX)
				return true;
			messages[tried++] = t->messages[k].owner;
		}
	}
	return match_fits(w->confirm->matcher, w->confirm->scratch, text, envelope.payload, messages, tried);
}

static enum err try_candidates(struct walk *w)
{
	const struct chunk *c = w->chunk;
	struct prefilter_scratch *found = &w->confirm->finds;
	/* behind the mark, whose bytes would be part of the first word */
	enum err e = prefilter_scan(w->confirm->literals, found, str_from(w->text, w->mark),
				    c->start > w->mark ? c->start - w->mark : 0, c->end - w->mark);
	size_t next = c->start;
	for (size_t i = 0; !e && i < found->count;) {
		size_t at = w->mark + found->finds[i].at, first = i;
		struct piece p = piece_at(w, at);
		while (i < found->count && w->mark + found->finds[i].at < p.next)
			i++;
		if (at < next || p.from >= p.to)
			continue;
		next = p.next;
		w->result->candidates++;
		struct str text = { w->text.p + p.from, p.to - p.from };
		if (may_cover(w, text, found->finds + first, i - first))
			ask(w, p.from, p.to, 1);
	}
	return e;
}

static void try_all(struct walk *w)
{
	for (size_t at = w->chunk->start; at < w->chunk->end;) {
		struct piece p = piece_at(w, at);
		w->result->candidates++;
		if (p.to > p.from)
			ask(w, p.from, p.to, 1);
		at = p.next;
	}
}

/* add_unknown gathers the lines that look like errors and that no hit covers. */
static void add_unknown(struct confirm_result *r, struct str text, const struct chunk *c)
{
	uint64_t line = 0, covered = 0; /* lines below covered are hits */
	size_t hit = 0;
	for (size_t at = c->start, end; at < c->end; at = end + 1, line++) {
		const char *newline = memchr(text.p + at, '\n', text.n - at);
		end = newline ? (size_t)(newline - text.p) : text.n;
		for (; hit < r->hit_count && r->hits[hit].line <= line; hit++)
			if (r->hits[hit].line + r->hits[hit].lines > covered)
				covered = r->hits[hit].line + r->hits[hit].lines;
		struct str one = str_trim_end((struct str){ text.p + at, end - at < SCAN_TEXT_MAX ? end - at : SCAN_TEXT_MAX });
		bool starts = !at || text.p[at - 1] == '\n'; /* else the rest of an overlong line */
		if (line < covered || !starts || !suspect_looks(one))
			continue;
		struct scan_line *slot = arena_push(&r->arena, &r->unknown, &r->unknown_count, &r->unknown_cap);
		if (slot)
			*slot = (struct scan_line){ .line = line, .text = one };
	}
}

enum err confirm_chunk(struct confirm *c, const struct chunk *chunk, struct str file, struct confirm_result *result)
{
	arena_reset(&result->arena);
	*result = (struct confirm_result){ .arena = result->arena };
	struct str text = buf_str(&chunk->text);
	struct walk w = { .confirm = c, .chunk = chunk, .text = text, .file = file, .result = result,
			  .counted = chunk->start };
	if (!chunk->offset && str_starts(text, STR("\xEF\xBB\xBF")))
		w.mark = 3;
	for (w.options.log_file = file;;) { /* the last part of "dir/a.zip!/b.log" */
		struct str head, tail;
		if (!str_cut(w.options.log_file, '/', &head, &tail))
			break;
		w.options.log_file = tail;
	}
	enum err e = ERR_OK;
	if (c->literals)
		e = try_candidates(&w);
	else
		try_all(&w);
	result->newlines = count_newlines((struct str){ text.p + chunk->start, chunk->end - chunk->start });
	if (!e && c->unknown)
		add_unknown(result, text, chunk);
	if (!e)
		e = arena_err(&result->arena);
	return e ? e : arena_err(&c->work);
}
