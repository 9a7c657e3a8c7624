/* SPDX-License-Identifier: MIT
 *
 * Cuts a stream into chunks: see chunk.h. A chunk is read, cut behind the last line end that still leaves context
 * behind it, and what lies behind the cut (with context before it) is carried to the next chunk.
 */
#include "scan/chunk.h"

#include "base/utf8.h"
#include "scan/dated.h"

#include <string.h>

/* stream bytes that one decoded character stood for */
static size_t wide_width(uint32_t c)
{
	return c > 0xFFFF && c != UTF8_INVALID ? 4 : 2;
}

static uint64_t wide_bytes(struct str text)
{
	uint64_t n = 0;
	for (size_t at = 0; at < text.n;)
		n += wide_width(utf8_next(text, &at));
	return n;
}

uint64_t chunk_offset(const struct chunk *c, size_t at)
{
	return c->offset + (c->wide ? wide_bytes(str_first(buf_str(&c->text), at)) : at);
}

static uint32_t wide_unit(const struct chunker *k, const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	return k->coding == SCAN_UTF16LE ? (uint32_t)(u[0] | u[1] << 8) : (uint32_t)(u[1] | u[0] << 8);
}

/* decode_wide adds UTF-16 bytes (RFC 2781) as UTF-8 and keeps an unfinished end; a lone surrogate becomes U+FFFD. A
 * byte order mark where a line begins, as of a file behind the end of another, or behind a hole, becomes a zero, as in
 * one. */
static void decode_wide(struct chunker *k, struct buf *out)
{
	size_t at = 0, n = k->raw.n;
	while (n - at >= 2) {
		uint32_t u = wide_unit(k, k->raw.p + at);
		if (u >= 0xD800 && u < 0xDC00 && n - at < 4 && !k->ended)
			break;
		uint32_t low = n - at >= 4 ? wide_unit(k, k->raw.p + at + 2) : 0;
		at += 2;
		if (u == 0xFEFF && out->n && (out->p[out->n - 1] == '\n' || !out->p[out->n - 1]))
			u = 0;
		if (u < 0xD800 || u > 0xDFFF) {
			utf8_put(out, u);
		} else if (u < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
			utf8_put(out, 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00));
			at += 2;
		} else {
			utf8_put(out, UTF8_INVALID);
		}
	}
	if (at)
		memmove(k->raw.p, k->raw.p + at, n - at);
	k->raw.n = n - at;
	if (k->ended && k->raw.n) {
		utf8_put(out, UTF8_INVALID);
		k->raw.n = 0;
	}
}

size_t chunk_hole(struct str head)
{
	size_t n = 0;
	while (n + 1 < head.n && !head.p[n] && !head.p[n + 1])
		n += 2;
	return n;
}

enum scan_coding chunk_coding(struct str head)
{
	size_t empty[2] = { 0 }, pairs = 0;
	head = str_first(str_from(head, chunk_hole(head)), CHUNK_TELL_MAX);
	if (head.n < 2)
		return SCAN_UNKNOWN;
	if (str_starts(head, STR("\xFF\xFE")))
		return SCAN_UTF16LE;
	if (str_starts(head, STR("\xFE\xFF")))
		return SCAN_UTF16BE;
	for (size_t i = 0; i + 1 < head.n; i += 2) {
		bool hole = !head.p[i] && !head.p[i + 1];
		pairs += !hole;
		empty[0] += !hole && !head.p[i];
		empty[1] += !hole && !head.p[i + 1];
	}
	if (!empty[0] == !empty[1])
		return SCAN_BYTES;
	if (head.n < CHUNK_TELL_MIN)
		return SCAN_UNKNOWN;
	bool most = 4 * (empty[0] + empty[1]) >= 3 * pairs; /* a stray NUL in a log is none of it */
	return !most ? SCAN_BYTES : empty[1] ? SCAN_UTF16LE : SCAN_UTF16BE;
}

/* drop_hole leaves the zeros that a stream begins with out of the text: they may be many, and do not tell how the rest
 * is coded. */
static void drop_hole(struct chunker *k)
{
	size_t n = k->to ? 0 : chunk_hole(buf_str(&k->raw));
	if (n)
		memmove(k->raw.p, k->raw.p + n, k->raw.n - n);
	k->raw.n -= n;
	k->hole += n;
}

static void detect(struct chunker *k, struct buf *text)
{
	drop_hole(k);
	bool marked = k->from || k->to; /* a mark's place has to be known as soon as it is read */
	if (k->raw.n < CHUNK_TELL_MAX && !marked && !k->ended)
		return;
	enum scan_coding coding = chunk_coding(buf_str(&k->raw));
	if (coding == SCAN_UNKNOWN && !k->ended)
		return;
	k->coding = coding == SCAN_UNKNOWN ? SCAN_BYTES : coding;
	if (k->coding == SCAN_BYTES) {
		buf_add(text, buf_str(&k->raw));
		buf_clear(&k->raw);
	}
}

/* room_to keeps a read from running over a mark, so that the mark's place in the text is known. */
static size_t room_to(const struct chunker *k, uint64_t mark, size_t room)
{
	return mark > k->bytes && mark - k->bytes < room ? (size_t)(mark - k->bytes) : room;
}

/* fill reads until the text holds want bytes, or the stream ends. */
static void fill(struct chunker *k, scan_read *read, void *context, struct buf *text, size_t want, size_t *start)
{
	while (!k->ended && text->n < want) {
		struct buf *to = k->coding == SCAN_BYTES ? text : &k->raw;
		size_t n = 0, room = room_to(k, k->from, room_to(k, k->to, want - text->n));
		char *p = buf_room(to, room);
		enum err e = p ? read(context, p, room, &n) : ERR_NOMEM;
		if (e || !n) {
			k->err = e;
			k->ended = true;
			n = 0;
		}
		to->n += n;
		k->bytes += n;
		if (k->coding == SCAN_UNKNOWN)
			detect(k, text);
		if (chunk_is_wide(k->coding))
			decode_wide(k, text);
		if (n && k->bytes == k->from)
			*start = text->n;
		if (n && k->bytes == k->to)
			k->to_at = text->n;
	}
	if (buf_err(text) || buf_err(&k->raw))
		k->err = ERR_NOMEM;
}

/* cut says where the body ends: behind the last line end that leaves CHUNK_EDGE bytes, else (one long line) there. */
static size_t cut(struct str text, size_t start)
{
	size_t limit = text.n > CHUNK_EDGE ? text.n - CHUNK_EDGE : text.n;
	if (limit <= start)
		return text.n;
	const char *newline = memrchr(text.p + start, '\n', limit - start);
	return newline ? (size_t)(newline - text.p) + 1 : limit;
}

/* context says where the context before end begins: at a line start within CHUNK_EDGE bytes where there is one. */
static size_t context_start(struct str text, size_t end)
{
	size_t at = end, floor = end > CHUNK_EDGE ? end - CHUNK_EDGE : 0;
	for (unsigned lines = 0; at > floor && lines <= DATED_LINES; lines++) {
		const char *newline = memrchr(text.p, '\n', at - 1);
		size_t begin = newline ? (size_t)(newline - text.p) + 1 : 0;
		if (begin < floor)
			return lines ? at : floor;
		at = begin;
	}
	return at;
}

size_t chunk_line_end(struct str bytes, enum scan_coding coding, char end)
{
	if (!chunk_is_wide(coding)) {
		const char *p = bytes.n ? memrchr(bytes.p, end, bytes.n) : NULL;
		return p ? (size_t)(p - bytes.p) + 1 : 0;
	}
	size_t low = coding == SCAN_UTF16BE; /* which byte of a pair holds the letter */
	for (size_t n = bytes.n - bytes.n % 2; n; n -= 2)
		if (bytes.p[n - 2 + low] == end && !bytes.p[n - 1 - low])
			return n;
	return 0;
}

bool chunk_ends_with_returns(struct str text)
{
	struct str before_last = str_first(text, text.n - (text.n > 0));
	return str_find_char(text, '\n') == STR_NONE && str_find_char(before_last, '\r') != STR_NONE;
}

/* end_lines: of old Macs' text, whose kind its first chunk tells. */
static void end_lines(struct chunker *k, struct buf *text, size_t from)
{
	if (!k->started && !k->carry_offset && !k->returns)
		k->returns = text->n && !memchr(text->p, '\n', text->n) && memchr(text->p, '\r', text->n);
	for (size_t at = from, n; k->returns && at < text->n; at += n + 1) {
		n = str_find_char(str_from(buf_str(text), at), '\r');
		if (n == STR_NONE)
			break;
		text->p[at + n] = '\n';
	}
}

bool chunk_next(struct chunker *k, scan_read *read, void *context, struct chunk *c)
{
	if (k->to_at && k->carry_start >= k->to_at)
		return false;
	buf_clear(&c->text);
	buf_add(&c->text, buf_str(&k->carry));
	c->start = k->carry_start;
	c->offset = k->carry_offset;
	c->first = !k->started;
	c->open = c->first && k->open;
	size_t carried = c->text.n;
	fill(k, read, context, &c->text, carried + CHUNK_READ, &c->start);
	end_lines(k, &c->text, carried);
	c->offset += k->hole;
	k->hole = 0;
	c->wide = chunk_is_wide(k->coding);
	struct str text = buf_str(&c->text);
	size_t stop = k->to_at ? k->to_at : text.n; /* where this part ends, as far as is known */
	if (k->err == ERR_NOMEM || c->start >= stop || k->bytes < k->from)
		return false;
	c->end = k->ended ? stop : cut(text, c->start);
	c->end = c->end < stop ? c->end : stop;
	c->last = k->ended || (k->to_at && c->end == stop);
	k->started = true;
	size_t keep = context_start(text, c->end);
	buf_clear(&k->carry);
	buf_add(&k->carry, str_from(text, keep));
	k->carry_start = c->end - keep;
	k->carry_offset = chunk_offset(c, keep);
	k->to_at = k->to_at > keep ? k->to_at - keep : 0;
	if (buf_err(&k->carry))
		k->err = ERR_NOMEM;
	return k->err != ERR_NOMEM;
}

void chunker_begin(struct chunker *k, const struct scan_part *part)
{
	*k = (struct chunker){ .carry_offset = part->offset, .coding = part->coding, .from = part->from - part->offset,
			       .to = part->to ? part->to - part->offset : 0, .open = part->open,
			       .returns = part->returns };
}

void chunker_free(struct chunker *k)
{
	buf_free(&k->carry);
	buf_free(&k->raw);
}
