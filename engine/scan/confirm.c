/* SPDX-License-Identifier: MIT
 *
 * Candidate positions > lines or windows > hits: see confirm.h. A line over SCAN_LINE_MAX is asked in windows around
 * the positions where a literal ends, each standing for a line of its own.
 */
#include "scan/confirm.h"

#include "base/utf8.h"
#include "scan/stamp.h"

#include <string.h>

enum { WINDOW = 2 << 10 /* bytes on each side of a position in an overlong line */ };

enum err confirm_open(const struct matcher *m, const struct prefilter *p, struct confirm *ret_confirm)
{
	struct confirm c = { .matcher = m, .prefilter = p };
	enum err e = match_scratch_open(m, &c.scratch);
	if (!e && p)
		e = prefilter_scratch_open(p, &c.prefilter_scratch);
	if (e)
		confirm_close(&c);
	else
		*ret_confirm = c;
	return e;
}

void confirm_close(struct confirm *c)
{
	match_scratch_close(&c->scratch);
	prefilter_scratch_close(&c->prefilter_scratch);
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

static bool counts(const struct match *m)
{
	return m->whole_payload || m->context;
}

/* ask gives the text to the look-up and keeps what counts as a hit; says whether anything did. */
static bool ask(struct walk *w, size_t from, size_t to, unsigned lines)
{
	struct confirm_result *r = w->result;
	struct match_answer answer = { 0 };
	arena_reset(&w->confirm->work);
	struct str text = { w->text.p + from, to - from };
	if (match_message(w->confirm->matcher, w->confirm->scratch, text, &w->options, &w->confirm->work, &answer))
		return false;
	bool best = true;
	for (size_t i = 0; i < answer.match_count; i++) {
		if (!counts(&answer.matches[i]))
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
		hit->match = keep_match(&r->arena, &answer.matches[i]);
		best = false;
	}
	r->hit_lines += !best;
	return !best;
}

/* try_line asks the line (or window) that holds text[at] and says where to go on. */
static size_t try_line(struct walk *w, size_t at)
{
	struct str text = w->text;
	const char *newline = at ? memrchr(text.p, '\n', at) : NULL;
	size_t from = newline ? (size_t)(newline - text.p) + 1 : 0, to = text.n;
	newline = memchr(text.p + at, '\n', text.n - at);
	if (newline)
		to = (size_t)(newline - text.p);
	size_t next = to + 1;
	if (to - from > SCAN_LINE_MAX) {
		next = at + WINDOW / 2 < to ? at + WINDOW / 2 : to + 1;
		from = at - from > WINDOW ? at - WINDOW : from;
		to = to - at > WINDOW ? at + WINDOW : to;
	}
	if (to > from && text.p[to - 1] == '\r')
		to--;
	if (!from && !w->chunk->offset && str_starts(text, STR("\xEF\xBB\xBF")))
		from = to < 3 ? to : 3;
	w->result->candidates++;
	if (to > from)
		ask(w, from, to, 1);
	return next;
}

static enum err try_candidates(struct walk *w)
{
	const struct chunk *c = w->chunk;
	size_t from = c->start > PREFILTER_LITERAL_MAX ? c->start - PREFILTER_LITERAL_MAX : 0, next = c->start;
	const struct prefilter_find *finds = NULL;
	size_t count = 0;
	enum err e = prefilter_scan(w->confirm->prefilter, w->confirm->prefilter_scratch,
				    (struct str){ w->text.p + from, c->end - from }, &finds, &count);
	for (size_t i = 0; !e && i < count; i++) {
		size_t at = from + finds[i].end - 1;
		if (at >= next && at < c->end)
			next = try_line(w, at);
	}
	return e;
}

enum err confirm_chunk(struct confirm *c, const struct chunk *chunk, struct str file, struct confirm_result *result)
{
	arena_reset(&result->arena);
	*result = (struct confirm_result){ .arena = result->arena };
	struct str text = buf_str(&chunk->text);
	struct walk w = { .confirm = c, .chunk = chunk, .text = text, .file = file, .result = result,
			  .counted = chunk->start };
	for (w.options.log_file = file;;) { /* the last part of "dir/a.zip!/b.log" */
		struct str head, tail;
		if (!str_cut(w.options.log_file, '/', &head, &tail))
			break;
		w.options.log_file = tail;
	}
	enum err e = ERR_OK;
	if (c->prefilter)
		e = try_candidates(&w);
	else
		for (size_t at = chunk->start; at < chunk->end;)
			at = try_line(&w, at);
	result->newlines = count_newlines((struct str){ text.p + chunk->start, chunk->end - chunk->start });
	if (!e)
		e = arena_err(&result->arena);
	return e ? e : arena_err(&c->work);
}
