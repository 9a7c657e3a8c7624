/* SPDX-License-Identifier: MIT
 *
 * The scan itself: see scan.h. The calling thread reads and cuts; workers confirm; the calling thread gives the hits
 * out in order. Slots form a ring, as many as keep the workers busy: their number bounds memory.
 */
#include "scan/scan.h"

#include "base/mem.h"
#include "scan/confirm.h"

#include <pthread.h>
#include <unistd.h>

enum { SLOTS_SPARE = 3, SLOTS_MAX = SCAN_THREADS_MAX + SLOTS_SPARE };

enum slot_state { SLOT_FREE, SLOT_READY, SLOT_TAKEN, SLOT_DONE };

struct slot {
	enum slot_state state;
	struct chunk chunk;
	struct confirm_result result;
	struct buf file;
	int64_t written_s;
	uint64_t line; /* of the stream's or part's first byte, where the chunk is its first */
	struct scan_before before; /* of the stream; no file: of nothing */
	struct buf before_file;
	bool seam; /* only what begins there is wanted */
	enum err err;
};

/* What is on its way through the ring. */
struct run {
	unsigned first, used; /* slots given to workers and not yet given out */
	uint64_t line;	      /* of the next body's first byte */
	struct buf time;      /* that lines at the next body's start go by, where there is a span */
	struct buf file;      /* of the last chunk, whose times those are */
	struct when when;
	scan_sink *sink;
	void *sink_context;
	bool unwanted; /* the sink said so */
	struct scan_counts counts;
	enum err err; /* of a worker */
};

struct scan {
	const struct matcher *matcher;
	struct scan_options options;
	struct literal_table literals;
	struct over_time over_time; /* where its marks are wanted */
	struct marks marks;
	unsigned threads, slot_count;
	struct confirm confirms[SCAN_THREADS_MAX];
	pthread_t workers[SCAN_THREADS_MAX];
	unsigned confirm_count, worker_count;
	struct slot slots[SLOTS_MAX];
	unsigned taken; /* the slot that the next idle worker looks at */
	bool stop;
	struct run run;
	pthread_mutex_t lock;
	pthread_cond_t ready, done;
};

struct worker_start {
	struct scan *scan;
	struct confirm *confirm;
};

static void *work(void *context)
{
	struct worker_start start = *(struct worker_start *)context;
	mem_free(context);
	struct scan *s = start.scan;
	pthread_mutex_lock(&s->lock);
	while (!s->stop) {
		struct slot *slot = &s->slots[s->taken];
		if (slot->state != SLOT_READY) {
			pthread_cond_wait(&s->ready, &s->lock);
			continue;
		}
		slot->state = SLOT_TAKEN;
		s->taken = (s->taken + 1) % s->slot_count;
		pthread_mutex_unlock(&s->lock);
		slot->err = confirm_chunk(start.confirm, &slot->chunk, buf_str(&slot->file), &slot->result);
		pthread_mutex_lock(&s->lock);
		slot->state = SLOT_DONE;
		pthread_cond_signal(&s->done);
	}
	pthread_mutex_unlock(&s->lock);
	return NULL;
}

static enum err start_workers(struct scan *s)
{
	for (; s->confirm_count < s->threads; s->confirm_count++) {
		const struct literal_table *literals = s->options.every_line ? NULL : &s->literals;
		enum err e = confirm_open(s->matcher, literals, &s->confirms[s->confirm_count]);
		if (e)
			return e;
		s->confirms[s->confirm_count].context = s->options.context;
		s->confirms[s->confirm_count].unknown = s->options.unknown;
		s->confirms[s->confirm_count].dates = s->options.span;
		s->confirms[s->confirm_count].marks = s->marks.of_mark ? &s->marks : NULL;
	}
	for (; s->worker_count < s->threads; s->worker_count++) {
		struct worker_start *start = mem_resize(NULL, sizeof *start);
		if (!start)
			return ERR_NOMEM;
		*start = (struct worker_start){ s, &s->confirms[s->worker_count] };
		if (pthread_create(&s->workers[s->worker_count], NULL, work, start)) {
			mem_free(start);
			return ERR_NOMEM;
		}
	}
	return ERR_OK;
}

enum err scan_open(const struct matcher *m, const struct scan_options *options, struct scan **ret_scan)
{
	struct scan *s = mem_resize(NULL, sizeof *s);
	if (!s)
		return ERR_NOMEM;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = options && options->threads ? options->threads : processors > 0 ? (unsigned)processors : 1;
	*s = (struct scan){ .matcher = m, .threads = threads < SCAN_THREADS_MAX ? threads : SCAN_THREADS_MAX };
	s->slot_count = s->threads + SLOTS_SPARE; /* each may hold the hits of a chunk that is nothing else */
	s->options = options ? *options : (struct scan_options){ 0 };
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->ready, NULL);
	pthread_cond_init(&s->done, NULL);
	enum err e = s->options.every_line ? ERR_OK : literals_of(m, &s->literals);
	if (!e && s->options.mark)
		e = over_time_open(m, &s->over_time);
	if (!e && s->over_time.mark_count && !s->options.every_line)
		e = marks_open(&s->over_time, &s->literals, &s->over_time.arena, &s->marks);
	if (!e)
		e = start_workers(s);
	if (e)
		scan_close(&s);
	else
		*ret_scan = s;
	return e;
}

void scan_close(struct scan **scan)
{
	struct scan *s = *scan;
	*scan = NULL;
	if (!s)
		return;
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_cond_broadcast(&s->ready);
	pthread_mutex_unlock(&s->lock);
	for (unsigned i = 0; i < s->worker_count; i++)
		pthread_join(s->workers[i], NULL);
	for (unsigned i = 0; i < s->confirm_count; i++)
		confirm_close(&s->confirms[i]);
	over_time_close(&s->over_time);
	for (unsigned i = 0; i < s->slot_count; i++) {
		buf_free(&s->slots[i].chunk.text);
		buf_free(&s->slots[i].file);
		buf_free(&s->slots[i].before_file);
		confirm_result_free(&s->slots[i].result);
	}
	buf_free(&s->run.time);
	buf_free(&s->run.file);
	pthread_cond_destroy(&s->ready);
	pthread_cond_destroy(&s->done);
	pthread_mutex_destroy(&s->lock);
	mem_free(s);
}

static void submit(struct scan *s, struct slot *slot)
{
	pthread_mutex_lock(&s->lock);
	slot->state = SLOT_READY;
	pthread_cond_broadcast(&s->ready);
	pthread_mutex_unlock(&s->lock);
	s->run.used++;
}

/* side_of says where a line stands to the span that is asked for. One whose chunk holds no stamp before it goes by the
 * chunks before. */
static enum moment_side side_of(struct scan *s, struct str *time)
{
	if (!s->options.span)
		return MOMENT_WITHIN;
	if (!time->n)
		*time = buf_str(&s->run.time);
	return moment_side(s->options.span, &s->run.when, *time);
}

/* give_marks gives those before a line of the body; *next is the first that is left. */
static void give_marks(struct scan *s, struct slot *slot, size_t *next, int64_t line)
{
	struct confirm_result *r = &slot->result;
	for (; *next < r->mark_count && (int64_t)r->marks[*next].line < line && !s->run.unwanted; ++*next) {
		struct scan_mark *m = &r->marks[*next];
		m->file = buf_str(&slot->file);
		m->written_s = slot->written_s;
		m->line += s->run.line;
		if (side_of(s, &m->time) != MOMENT_OUTSIDE)
			s->run.unwanted = !s->options.mark(s->options.mark_context, m);
	}
}

static void give_hits(struct scan *s, struct slot *slot)
{
	const struct scan_options *o = &s->options;
	struct run *t = &s->run;
	struct confirm_result *r = &slot->result;
	size_t mark = 0;
	for (size_t i = 0; i < r->hit_count && !t->unwanted; i++) {
		struct scan_hit *hit = &r->hits[i];
		if (!slot->seam)
			give_marks(s, slot, &mark, (int64_t)hit->line);
		hit->line += t->line;
		bool before = slot->before.file.n && (int64_t)hit->line < 1;
		if (before) {
			hit->file = slot->before.file;
			hit->line += slot->before.lines;
			hit->offset += slot->before.bytes;
		}
		hit->written_s = slot->written_s;
		enum moment_side side = side_of(s, &hit->time);
		if (side == MOMENT_OUTSIDE || (slot->seam && !before)) {
			t->counts.hit_lines -= hit->best ? hit->lines : 0;
			continue;
		}
		t->counts.undated += side == MOMENT_UNKNOWN && hit->best;
		t->unwanted = t->unwanted || !t->sink(t->sink_context, hit);
	}
	if (slot->seam)
		return;
	give_marks(s, slot, &mark, INT64_MAX);
	for (size_t i = 0; o->unknown && i < r->unknown_count && !t->unwanted; i++) {
		r->unknown[i].file = buf_str(&slot->file);
		r->unknown[i].line += t->line;
		if (side_of(s, &r->unknown[i].time) != MOMENT_OUTSIDE)
			t->unwanted = !o->unknown(o->unknown_context, &r->unknown[i]);
	}
}

/* follow_time: what stamps lack goes by those before them in their file, also over its parts. */
static void follow_time(struct scan *s, const struct slot *slot)
{
	struct run *t = &s->run;
	if (!s->options.span)
		return;
	bool other = !str_eq(buf_str(&t->file), buf_str(&slot->file));
	if (other) {
		buf_clear(&t->file);
		buf_add(&t->file, buf_str(&slot->file));
	}
	t->when.now_s = s->options.span->now.us / 1000000;
	when_of_file(&t->when, other, slot->written_s);
}

/* give_out waits for the oldest chunk and gives its hits. */
static void give_out(struct scan *s)
{
	struct run *t = &s->run;
	struct slot *slot = &s->slots[t->first];
	pthread_mutex_lock(&s->lock);
	while (slot->state != SLOT_DONE)
		pthread_cond_wait(&s->done, &s->lock);
	slot->state = SLOT_FREE;
	pthread_mutex_unlock(&s->lock);
	t->first = (t->first + 1) % s->slot_count;
	t->used--;
	if (!t->err)
		t->err = slot->err;
	if (slot->chunk.first) {
		t->line = slot->line;
		buf_clear(&t->time);
		follow_time(s, slot);
	}
	const struct confirm_result *r = &slot->result;
	t->counts.hit_lines += r->hit_lines;
	give_hits(s, slot);
	t->line += r->newlines;
	t->counts.candidates += r->candidates;
	t->counts.asked += r->asked;
	if (r->time.n) {
		buf_clear(&t->time);
		buf_add(&t->time, r->time);
	}
	bool open_line = slot->chunk.last && slot->chunk.end && slot->chunk.text.p[slot->chunk.end - 1] != '\n';
	t->counts.lines += r->newlines + open_line;
	t->counts.looked_at += slot->chunk.suspects ? r->newlines + open_line : 0;
	t->counts.suspects += r->suspects;
}

/* next_slot gives an empty one; the oldest chunk is given out for it where there is none. */
static struct slot *next_slot(struct scan *s)
{
	if (s->run.used == s->slot_count)
		give_out(s);
	return &s->slots[(s->run.first + s->run.used) % s->slot_count];
}

static void keep_before(struct slot *slot, const struct scan_part *part)
{
	slot->before = (struct scan_before){ .file = STR("") };
	slot->seam = part && part->seam;
	if (!part || !part->before)
		return;
	buf_clear(&slot->before_file);
	buf_add(&slot->before_file, part->before->file);
	slot->before = *part->before;
	slot->before.file = buf_str(&slot->before_file);
}

/* wants_suspects says so of a chunk up to which so much of its stream was read. */
static bool wants_suspects(const struct scan *s, uint64_t bytes)
{
	const struct scan_counts *c = &s->run.counts;
	return s->options.suspects && !c->hit_lines && c->bytes + bytes <= SCAN_SUSPECTS_MAX;
}

enum err scan_feed(struct scan *s, const struct scan_source *source, scan_read *read, void *read_context,
		   scan_sink *sink, void *sink_context)
{
	const struct scan_part *part = source->part;
	struct run *t = &s->run;
	struct chunker chunker = { 0 };
	if (part)
		chunker_begin(&chunker, part);
	t->sink = sink;
	t->sink_context = sink_context;
	for (;;) {
		struct slot *slot = next_slot(s);
		buf_clear(&slot->file);
		buf_add(&slot->file, source->file);
		slot->written_s = source->written_s;
		slot->line = part ? part->line : 1;
		keep_before(slot, part);
		if (!t->err)
			t->err = buf_err(&slot->file);
		if (t->unwanted || t->err || !chunk_next(&chunker, read, read_context, &slot->chunk))
			break;
		slot->chunk.written_s = source->written_s;
		slot->chunk.suspects = wants_suspects(s, chunker.bytes);
		submit(s, slot);
	}
	t->counts.bytes += chunker.bytes;
	chunker_free(&chunker);
	return t->err ? t->err : t->unwanted ? ERR_INTERRUPTED : chunker.err;
}

enum err scan_drain(struct scan *s, struct scan_counts *ret_counts)
{
	struct run *t = &s->run;
	while (t->used)
		give_out(s);
	enum err cut = match_is_whole(s->matcher) ? ERR_OK : ERR_CUT;
	enum err e = t->err ? t->err : t->unwanted ? ERR_INTERRUPTED : cut;
	*ret_counts = t->counts;
	*t = (struct run){ .first = t->first, .time = t->time, .file = t->file, .when = t->when };
	return e;
}

enum err scan_stream(struct scan *s, struct str file, scan_read *read, void *read_context, scan_sink *sink,
		     void *sink_context, struct scan_counts *ret_counts)
{
	enum err fed = scan_feed(s, &(struct scan_source){ .file = file }, read, read_context, sink, sink_context);
	enum err e = scan_drain(s, ret_counts);
	return e ? e : fed;
}
