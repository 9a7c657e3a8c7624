/* SPDX-License-Identifier: MIT */
#include "cli/scan_seams.h"

#include "scan/chunk.h"
#include "scan/rotation.h"

#include <string.h>

enum { PART = 128 };

static struct str name_of(struct str path)
{
	const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
	return slash ? str_from(path, (size_t)(slash - path.p) + 1) : path;
}

static void note_base(void *context, struct str base)
{
	(void)base;
	*(bool *)context = true;
}

void scan_seams_begin(struct scan_seams *s, const struct scan_source *source)
{
	s->now = NULL;
	if (s->count >= SCAN_SEAMS_MAX)
		return;
	struct scan_seam *seam = arena_new(&s->arena, struct scan_seam);
	struct scan_seam **slot = seam ? arena_push(&s->arena, &s->items, &s->count, &s->cap) : NULL;
	if (!slot)
		return;
	seam->name = arena_str(&s->arena, source->file);
	seam->written_s = source->written_s;
	rotation_bases(name_of(seam->name), note_base, &seam->rotated);
	*slot = s->now = seam;
}

/* keep_end moves what is kept along, so that it ends with the block. */
static void keep_end(struct scan_seam *x, struct str block)
{
	struct str last = block.n > SCAN_SEAM_BYTES ? str_from(block, block.n - SCAN_SEAM_BYTES) : block;
	size_t room = SCAN_SEAM_BYTES - last.n, kept = x->end_n < room ? x->end_n : room;
	memmove(x->end, x->end + (x->end_n - kept), kept);
	memcpy(x->end + kept, last.p, last.n);
	x->end_n = kept + last.n;
}

void scan_seams_read(struct scan_seams *s, struct str block)
{
	struct scan_seam *x = s->now;
	if (!x || !block.n)
		return;
	struct str first = str_first(block, SCAN_SEAM_BYTES - x->head_n);
	if (first.n)
		memcpy(x->head + x->head_n, first.p, first.n);
	x->head_n += first.n;
	x->bytes += block.n;
	if (!x->rotated)
		return;
	keep_end(x, block);
	while (block.n) { /* by so few that a byte holds their number: compilers turn it into vector code */
		unsigned char lines = 0;
		size_t n = block.n < PART ? block.n : PART;
		for (size_t i = 0; n == PART && i < PART; i++)
			lines = (unsigned char)(lines + (block.p[i] == '\n'));
		for (size_t i = 0; n < PART && i < n; i++)
			lines = (unsigned char)(lines + (block.p[i] == '\n'));
		x->lines += lines;
		block = str_from(block, n);
	}
}

/* goes_on gives the file that the older one's log went on with: the oldest of those that are younger. */
static const struct scan_seam *goes_on(const struct scan_seams *s, const struct scan_seam *older)
{
	struct str name = name_of(older->name), folder = str_first(older->name, older->name.n - name.n);
	const struct scan_seam *next = NULL;
	int64_t next_age = -1;
	for (size_t b = 0; b < s->count && !next; b++) {
		struct str base = name_of(s->items[b]->name);
		int64_t age = rotation_age(base, name);
		if (age < 1 || !str_eq(str_first(s->items[b]->name, s->items[b]->name.n - base.n), folder))
			continue;
		for (size_t i = 0; i < s->count; i++) {
			struct str other = name_of(s->items[i]->name);
			int64_t own = rotation_age(base, other);
			if (own < 0 || own >= age || own <= next_age ||
			    !str_eq(str_first(s->items[i]->name, s->items[i]->name.n - other.n), folder))
				continue;
			next = s->items[i];
			next_age = own;
		}
		if (age < ROTATION_DATED && next_age != age - 1 && !(age == ROTATION_FIRST && !next_age))
			next = NULL; /* one between is missing */
	}
	return next;
}

struct reading {
	struct buf text;
	size_t given;
};

static enum err give(void *context, char *p, size_t n, size_t *ret_n)
{
	struct reading *r = context;
	struct str part = str_first(str_from(buf_str(&r->text), r->given), n);
	if (part.n)
		memcpy(p, part.p, part.n);
	r->given += part.n;
	*ret_n = part.n;
	return ERR_OK;
}

/* end_lines: without what is of a line that is cut off. */
static struct str end_lines(const struct scan_seam *x)
{
	struct str end = { x->end, x->end_n };
	size_t cut = x->bytes > end.n ? str_find_char(end, '\n') : STR_NONE;
	end = str_from(end, x->bytes <= end.n ? 0 : cut == STR_NONE ? end.n : cut + 1);
	return str_ends(end, STR("\n")) ? end : STR("");
}

static struct str head_lines(const struct scan_seam *x)
{
	struct str head = { x->head, x->head_n };
	const char *newline = head.n && x->bytes > head.n ? memrchr(head.p, '\n', head.n) : NULL;
	return newline ? str_first(head, (size_t)(newline - head.p) + 1) : x->bytes > head.n ? STR("") : head;
}

static bool is_plain(const struct scan_seam *x)
{
	struct str head = { x->head, x->head_n };
	enum scan_coding coding = chunk_coding(head);
	return (coding == SCAN_BYTES || coding == SCAN_UNKNOWN) && !str_starts(head, STR("\xEF\xBB\xBF"));
}

static enum err scan_pair(const struct scan_seam *older, const struct scan_seam *newer, struct scan *scan,
			  scan_sink *sink, void *sink_context, struct scan_counts *counts)
{
	struct reading r = { 0 };
	struct scan_counts own = { 0 };
	struct str end = end_lines(older), head = head_lines(newer);
	if (!end.n || !head.n || !is_plain(older) || !is_plain(newer))
		return ERR_OK;
	buf_add(&r.text, end);
	buf_add(&r.text, head);
	struct scan_before before = { older->name, older->lines, older->bytes };
	struct scan_part part = { .offset = 0 - (uint64_t)end.n, .line = 1, .coding = SCAN_BYTES, .before = &before,
				  .open = true, .seam = true };
	struct scan_source source = { newer->name, older->written_s, &part };
	enum err e = buf_err(&r.text);
	if (!e)
		e = scan_feed(scan, &source, give, &r, sink, sink_context);
	enum err drained = scan_drain(scan, &own);
	counts->hit_lines += own.hit_lines;
	counts->undated += own.undated;
	buf_free(&r.text);
	return e ? e : drained;
}

enum err scan_seams_scan(struct scan_seams *s, struct scan *scan, scan_sink *sink, void *sink_context,
			 struct scan_counts *counts)
{
	enum err e = arena_err(&s->arena);
	for (size_t i = 0; i < s->count && !e; i++) {
		const struct scan_seam *older = s->items[i], *newer = older->rotated ? goes_on(s, older) : NULL;
		if (newer)
			e = scan_pair(older, newer, scan, sink, sink_context, counts);
	}
	return e;
}

void scan_seams_free(struct scan_seams *s)
{
	arena_free(&s->arena);
}
