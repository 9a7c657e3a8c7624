/* SPDX-License-Identifier: MIT
 *
 * See tail.h. The same inode may be another file (numbers are used again), the same content may lie under another inode
 * (a copy): so both are kept.
 */
#include "follow/tail.h"

#include "base/hash.h"
#include "scan/chunk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { LOOK_BACK = 64 << 10, STEP_MS = 1000 };

uint64_t tail_dev(dev_t dev)
{
	return (uint64_t)major(dev) << 32 | minor(dev);
}

bool tail_id_eq(const struct tail_id *a, const struct tail_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && (a->born_ns == b->born_ns || !a->born_ns || !b->born_ns);
}

uint64_t tail_hash(struct str bytes)
{
	return hash_bytes(bytes);
}

static int64_t in_ns(struct statx_timestamp t)
{
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool take_status(struct tail *t, struct statx *st)
{
	if (statx(t->fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, st))
		return false;
	t->at.changed_ns = in_ns(st->stx_mtime);
	return true;
}

/* read_at reads up to n bytes; fewer only at the file's end, -1 where it cannot be read. */
static ssize_t read_at(int fd, char *p, size_t n, uint64_t offset)
{
	size_t got = 0;
	while (got < n) {
		ssize_t r = pread(fd, p + got, n - got, (off_t)(offset + got));
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (!r)
			break;
		got += (size_t)r;
	}
	return (ssize_t)got;
}

/* tell_coding asks what stands behind the zeros that the file may begin with; those that are in no block of the disk
 * are not read. */
static void tell_coding(struct tail *t)
{
	char head[LOOK_BACK];
	off_t data = t->coding == SCAN_UNKNOWN ? lseek(t->fd, 0, SEEK_DATA) : 0;
	uint64_t at = data > 0 ? (uint64_t)data & ~UINT64_C(1) : data < 0 && errno == ENXIO ? t->size : 0;
	for (size_t hole = 1; t->coding == SCAN_UNKNOWN && hole; at += hole) {
		ssize_t n = read_at(t->fd, head, sizeof head, at);
		struct str read = { head, n > 0 ? (size_t)n : 0 };
		hole = chunk_hole(read);
		if (hole < read.n - read.n % 2)
			t->coding = chunk_coding(read);
		hole = hole == sizeof head ? hole : 0;
	}
}

static void mark_head(struct tail *t, uint64_t to)
{
	char head[TAIL_HEAD_MAX];
	size_t n = to < TAIL_HEAD_MAX ? (size_t)to : TAIL_HEAD_MAX;
	if (t->at.head_n == n || read_at(t->fd, head, n, 0) != (ssize_t)n)
		return;
	t->at.head_n = n;
	t->at.head = tail_hash((struct str){ head, n });
}

enum err tail_open(const char *path, struct tail *ret_tail)
{
	struct statx st;
	struct tail t = { .fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), .at.line = 1 };
	if (t.fd < 0)
		return errno == ENXIO ? ERR_UNSUPPORTED : err_from_errno(errno);
	enum err e = take_status(&t, &st) ? ERR_OK : err_from_errno(errno);
	if (!e && !S_ISREG(st.stx_mode))
		e = ERR_UNSUPPORTED;
	if (e) {
		close(t.fd);
		return e;
	}
	t.at.id = (struct tail_id){ (uint64_t)st.stx_dev_major << 32 | st.stx_dev_minor, st.stx_ino,
				    st.stx_mask & STATX_BTIME ? in_ns(st.stx_btime) : 0 };
	t.size = st.stx_size;
	mark_head(&t, t.size);
	*ret_tail = t;
	return ERR_OK;
}

void tail_close(struct tail *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
}

/* What cannot be read cannot be said to have changed. */
static bool holds(int fd, uint64_t offset, size_t n, uint64_t hash)
{
	char bytes[TAIL_HEAD_MAX];
	if (!n)
		return true;
	ssize_t got = n <= sizeof bytes ? read_at(fd, bytes, n, offset) : 0;
	return got < 0 || ((size_t)got == n && tail_hash((struct str){ bytes, n }) == hash);
}

bool tail_fits(const struct tail *t, const struct tail_place *place)
{
	return t->size >= place->offset && place->offset >= place->last_n &&
	       holds(t->fd, 0, place->head_n, place->head) &&
	       holds(t->fd, place->offset - place->last_n, place->last_n, place->last);
}

void tail_resume(struct tail *t, const struct tail_place *place)
{
	t->at.offset = t->looked = place->offset;
	t->at.line = place->line;
	t->at.open = place->open;
	t->at.last_n = place->last_n;
	t->at.last = place->last;
}

enum tail_state tail_look(struct tail *t, int64_t now_ms)
{
	struct statx st;
	int64_t before_ns = t->at.changed_ns;
	uint64_t before = t->size;
	if (!take_status(t, &st))
		return TAIL_SAME;
	bool changed = st.stx_size != before || before_ns != t->at.changed_ns;
	t->size = st.stx_size;
	if (t->size > before || !t->grown_ms)
		t->grown_ms = now_ms;
	if (t->size > t->at.offset && (!t->waiting_since_ms || before <= t->at.offset))
		t->waiting_since_ms = now_ms;
	if (changed)
		t->changed_ms = now_ms;
	/* mtime has steps of some milliseconds: within one, a file may be another of the same size */
	if (now_ms - t->changed_ms > STEP_MS && t->at.head_n)
		return TAIL_SAME;
	if (t->size < before || !tail_fits(t, &t->at)) {
		t->at.changed_ns = before_ns; /* what is gone was last changed then */
		return TAIL_REPLACED;
	}
	bool first = changed && !t->at.offset;
	if (t->at.head_n < TAIL_HEAD_MAX)
		mark_head(t, t->size);
	return first ? TAIL_OPEN : TAIL_SAME;
}

static bool is_wide(const struct tail *t)
{
	return chunk_is_wide(t->coding);
}

/* line_end_before gives the place behind the last line end in [from, to), or from. */
static uint64_t line_end_before(const struct tail *t, char letter, uint64_t from, uint64_t to)
{
	char bytes[LOOK_BACK];
	to -= is_wide(t) && (to - from) % 2;
	while (to > from) {
		size_t n = to - from < LOOK_BACK ? (size_t)(to - from) : LOOK_BACK;
		if (read_at(t->fd, bytes, n, to - n) != (ssize_t)n)
			return from;
		size_t end = chunk_line_end((struct str){ bytes, n }, t->coding, letter);
		if (end)
			return to - n + end;
		to -= n;
	}
	return from;
}

/* tell_ends asks the file's beginning for the kind of its line ends, until that has a line feed. */
static void tell_ends(struct tail *t)
{
	char bytes[LOOK_BACK], *end = bytes;
	ssize_t n = t->feeds ? 0 : read_at(t->fd, bytes, sizeof bytes, 0);
	for (ssize_t i = 0; i < n; i++) /* of UTF-16 the halves that tell */
		if (!is_wide(t) || bytes[i])
			*end++ = bytes[i];
	struct str head = { bytes, (size_t)(end - bytes) };
	t->feeds = t->feeds || str_find_char(head, '\n') != STR_NONE;
	t->returns = !t->feeds && chunk_ends_with_returns(head);
}

/* whole_lines gives the place behind the last line end before `to`, or the place reached. No line feed stands between
 * that and seen. */
static uint64_t whole_lines(struct tail *t, uint64_t seen, uint64_t to)
{
	uint64_t end = line_end_before(t, '\n', seen, to);
	if (end > seen && !t->returns)
		return end;
	tell_ends(t);
	end = end > seen ? end : t->at.offset;
	return t->returns ? line_end_before(t, '\r', end, to) : end;
}

uint64_t tail_next(struct tail *t, bool finished)
{
	uint64_t from = t->at.offset;
	tell_coding(t);
	if (t->size <= from || (t->coding == SCAN_UNKNOWN && !finished))
		return from;
	bool full = t->size - from > TAIL_PIECE_MAX;
	uint64_t end = full ? from + TAIL_PIECE_MAX : t->size;
	if (!full && finished)
		return end;
	uint64_t seen = t->looked > from && t->looked < end ? t->looked : from;
	uint64_t to = whole_lines(t, seen, end);
	if (to > from)
		return to;
	t->looked = end - (is_wide(t) && end % 2);
	return full ? end : from;
}

enum err tail_read(struct tail *t, uint64_t to, struct buf *bytes, struct scan_part *ret_part)
{
	uint64_t from = t->at.offset, start = from > TAIL_EDGE ? from - TAIL_EDGE : 0;
	uint64_t end = t->size - to > TAIL_EDGE ? to + TAIL_EDGE : to;
	struct stat st;
	buf_clear(bytes);
	char *p = buf_room(bytes, (size_t)(end - start));
	if (!p)
		return ERR_NOMEM;
	ssize_t n = read_at(t->fd, p, (size_t)(end - start), start);
	if (n < 0)
		return err_from_errno(errno);
	bytes->n = (size_t)n;
	/* after the reading: had the file been cut off before it, that would show */
	if (bytes->n < end - start || fstat(t->fd, &st) || (uint64_t)st.st_size < end || !tail_fits(t, &t->at))
		return ERR_NOTFOUND;
	*ret_part = (struct scan_part){ .offset = start, .from = from, .to = to, .line = t->at.line,
					.coding = t->coding, .returns = t->returns, .open = t->at.open };
	return ERR_OK;
}

static uint64_t count_ends(const struct tail *t, char end, struct str s)
{
	uint64_t lines = 0;
	if (!is_wide(t)) {
		for (const char *p = s.p, *to = s.p + s.n; p < to && (p = memchr(p, end, (size_t)(to - p))); p++)
			lines++;
		return lines;
	}
	size_t low = t->coding == SCAN_UTF16BE;
	for (size_t i = 0; i + 1 < s.n; i += 2)
		lines += s.p[i + low] == end && !s.p[i + 1 - low];
	return lines;
}

static uint64_t count_lines(const struct tail *t, struct str s)
{
	return count_ends(t, '\n', s) + (t->returns ? count_ends(t, '\r', s) : 0);
}

static void mark_last(struct tail *t, struct str done)
{
	t->at.last_n = done.n < TAIL_LAST_MAX ? done.n : TAIL_LAST_MAX;
	t->at.last = tail_hash(str_from(done, done.n - t->at.last_n));
}

void tail_advance(struct tail *t, uint64_t to, struct str bytes, const struct scan_part *part)
{
	struct str done = str_first(bytes, (size_t)(to - part->offset));
	mark_last(t, part->before ? str_from(done, (size_t)(part->from - part->offset)) : done);
	t->at.line += count_lines(t, str_from(done, (size_t)(part->from - part->offset)));
	t->at.offset = t->looked = to;
	t->at.open = part->offset + bytes.n == to;
	t->waiting_since_ms = t->size > to ? t->grown_ms : 0;
}

void tail_skip(struct tail *t)
{
	char last[TAIL_LAST_MAX];
	size_t n = t->size < TAIL_LAST_MAX ? (size_t)t->size : TAIL_LAST_MAX;
	mark_head(t, t->size);
	if (read_at(t->fd, last, n, t->size - n) == (ssize_t)n)
		mark_last(t, (struct str){ last, n });
	t->at.offset = t->looked = t->size;
}
