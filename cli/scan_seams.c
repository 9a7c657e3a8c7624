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

static enum scan_coding coding_of(const struct scan_seam *x)
{
	enum scan_coding coding = chunk_coding((struct str){ x->head, x->head_n });
	return coding == SCAN_UNKNOWN ? SCAN_BYTES : coding;
}

/* wide_lines counts the line ends of UTF-16, of which a letter begins at p[odd]. */
static uint64_t wide_lines(struct str s, enum scan_coding coding, size_t odd)
{
	uint64_t lines = 0;
	size_t low = coding == SCAN_UTF16BE;
	for (size_t i = odd; i + 1 < s.n; i += 2)
		lines += s.p[i + low] == '\n' && !s.p[i + 1 - low];
	return lines;
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
	enum scan_coding coding = coding_of(x);
	if (chunk_is_wide(coding)) {
		x->lines += wide_lines(block, coding, (x->bytes - block.n) % 2);
		return;
	}
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

/* first_line gives the place behind the first line end, or the end. */
static size_t first_line(struct str s, enum scan_coding coding)
{
	size_t width = chunk_is_wide(coding) ? 2 : 1, n = width;
	while (n <= s.n && chunk_line_end((struct str){ s.p + n - width, width }, coding, '\n') == 0)
		n += width;
	return n < s.n ? n : s.n;
}

/* end_lines: without what is of a line that is cut off, and without a byte order mark. */
static struct str end_lines(const struct scan_seam *x, enum scan_coding coding)
{
	struct str end = { x->end, x->end_n };
	if (x->bytes > end.n) {
		end = str_from(end, chunk_is_wide(coding) ? (x->bytes - end.n) % 2 : 0);
		end = str_from(end, first_line(end, coding));
	} else if (chunk_is_wide(coding) && chunk_has_mark(end)) {
		end = str_from(end, 2);
	}
	return end.n && chunk_line_end(end, coding, '\n') == end.n ? end : STR("");
}

static struct str head_lines(const struct scan_seam *x, enum scan_coding coding)
{
	struct str head = { x->head, x->head_n };
	if (x->bytes > head.n)
		head = str_first(head, chunk_line_end(head, coding, '\n'));
	return str_from(head, chunk_is_wide(coding) && chunk_has_mark(head) ? 2 : 0);
}

static bool has_mark(const struct scan_seam *x)
{
	return str_starts((struct str){ x->head, x->head_n }, STR("\xEF\xBB\xBF"));
}

static enum err scan_pair(const struct scan_seam *older, const struct scan_seam *newer, struct scan *scan,
			  scan_sink *sink, void *sink_context, struct scan_counts *counts)
{
	struct reading r = { 0 };
	struct scan_counts own = { 0 };
	enum scan_coding coding = coding_of(older);
	struct str end = end_lines(older, coding), head = head_lines(newer, coding);
	if (!end.n || !head.n || coding != coding_of(newer) || has_mark(older) || has_mark(newer))
		return ERR_OK;
	buf_add(&r.text, end);
	buf_add(&r.text, head);
	struct scan_before before = { older->name, older->lines, older->bytes };
	struct scan_part part = { .offset = 0 - (uint64_t)end.n, .line = 1, .coding = coding, .before = &before,
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
