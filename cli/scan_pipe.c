/* SPDX-License-Identifier: MIT
 *
 * See scan_pipe.h. What was read and not scanned waits in memory behind some of what was, so that a message over
 * several lines is seen whole: until nothing more has come for a moment, or there is plenty.
 */
#include "cli/scan_pipe.h"

#include "base/input.h"
#include "cli/scan_kb.h"
#include "scan/chunk.h"
#include "scan/dated.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum {
	READ_BYTES = 256 << 10,
	PIECE_BYTES = 4 << 20, /* at most at once; longer lines are given in parts */
	TELL_BYTES = 512,      /* that tell what a stream is */
	QUIET_MS = 150,	       /* lines that belong together are written within this */
	WAIT_MAX_MS = 600,     /* nobody waits longer for quiet */
	IDLE_MS = 1000,
	END_MS = 2000 /* for what is there when a signal has come */
};

struct loop {
	struct scan_follow *f;
	struct cmd_context *c;
	struct scan_kb kb;
	struct buf text;       /* scanned, for context; then what is not */
	uint64_t offset, line; /* of text[0]; of text[from] */
	size_t from, to, given;
	enum scan_coding coding;
	bool returns; /* end lines, and nothing else has yet */
	int64_t grown_ms, waiting_ms; /* when something came; since when a whole line waits */
	bool told, ended;
};

static enum err give(void *context, char *p, size_t n, size_t *ret_n)
{
	struct loop *l = context;
	*ret_n = str_copy(str_part(buf_str(&l->text), l->given, l->to), p, n);
	l->given += *ret_n;
	return ERR_OK;
}

/* line_start gives the place behind the last line end in text[low, high), or low. */
static size_t line_start(const struct loop *l, size_t low, size_t high)
{
	const char *p = l->text.p;
	bool wide = l->coding == SCAN_UTF16LE || l->coding == SCAN_UTF16BE;
	size_t low_half = l->coding == SCAN_UTF16BE; /* of the letter's two bytes */
	for (size_t at = high; at > low;) {
		const char *newline = memrchr(p + low, l->returns ? '\r' : '\n', at - low);
		if (!newline)
			return low;
		at = (size_t)(newline - p);
		if (!wide)
			return at + 1;
		size_t begin = at - low_half;
		if ((l->offset + at) % 2 == low_half && begin >= low && begin + 2 <= high && !p[begin + 1 - low_half])
			return begin + 2;
	}
	return low;
}

/* forget drops what is no context for what comes. */
static void forget(struct loop *l)
{
	size_t floor = l->from > CHUNK_EDGE ? l->from - CHUNK_EDGE : 0, start = l->from;
	for (unsigned lines = 0; start > floor && lines <= DATED_LINES; lines++) {
		size_t before = line_start(l, floor, start - 1);
		if (before == floor && floor)
			break;
		start = before;
	}
	memmove(l->text.p, l->text.p + start, l->text.n - start);
	l->text.n -= start;
	l->from -= start;
	l->offset += start;
}

static enum err scan_to(struct loop *l, size_t to)
{
	struct scan_counts counts;
	enum err fed;
	struct scan_part part = { .offset = l->offset,
				  .from = l->offset + l->from,
				  .line = l->line,
				  .coding = l->coding,
				  .returns = l->returns,
				  .open = l->from > 0 };
	struct scan_source source = { .file = STR("(standard input)"), .part = &part };
	bool ends = line_start(l, l->from, to) == to; /* else the rest of its last line comes with the next piece */
	l->to = to;
	l->given = 0;
	enum err e = scan_follow_feed(l->f, l->kb.scan, &source, give, l, &counts, &fed);
	l->from = to;
	l->line += counts.lines - (!ends && counts.lines);
	l->waiting_ms = 0;
	if (!e && !fed)
		forget(l);
	cmd_flush(l->c);
	return e ? e : fed;
}

/* scan_ready scans whole lines once it is time to. */
static enum err scan_ready(struct loop *l, int64_t now)
{
	bool much = l->text.n - l->from >= PIECE_BYTES;
	size_t to = l->text.n > l->from ? line_start(l, l->from, l->text.n) : l->from;
	if (to == l->from && much)
		to = l->text.n - l->text.n % 2;
	if (to == l->from)
		return ERR_OK;
	if (!l->waiting_ms)
		l->waiting_ms = now;
	bool quiet = now - l->grown_ms >= QUIET_MS || now - l->waiting_ms >= WAIT_MAX_MS;
	return quiet || much ? scan_to(l, to) : ERR_OK;
}

static enum err tell(struct loop *l)
{
	l->returns = (!l->told || l->returns) && chunk_ends_with_returns(buf_str(&l->text));
	if (l->told || (l->text.n < TELL_BYTES && !l->ended && !l->returns && !memchr(l->text.p, '\n', l->text.n)))
		return ERR_OK;
	l->told = true;
	l->coding = chunk_coding(buf_str(&l->text));
	if (l->coding == SCAN_UNKNOWN)
		l->coding = SCAN_BYTES;
	return !input_is_packed(buf_str(&l->text))
		       ? ERR_OK
		       : diags_fail(&l->c->diags, ERR_INPUT, "standard input is packed: scan it without --follow");
}

/* read_some waits for what comes, for so long. */
static enum err read_some(struct loop *l, int wait_ms)
{
	struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = STDOUT_FILENO } };
	if (poll(fds, 2, wait_ms) < 0)
		return ERR_OK;
	if (fds[1].revents & (POLLERR | POLLHUP | POLLNVAL))
		l->c->out_errno = EPIPE;
	if (!fds[0].revents)
		return ERR_OK;
	char *room = buf_room(&l->text, READ_BYTES);
	ssize_t n = room ? read(STDIN_FILENO, room, READ_BYTES) : 0;
	if (!room)
		return ERR_NOMEM;
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return ERR_OK;
	if (n < 0) {
		cmd_error(l->c, "standard input: %s", err_errno_text(errno));
		l->f->all_read = false;
	}
	l->ended = n <= 0;
	l->text.n += n > 0 ? (size_t)n : 0;
	l->grown_ms = scan_now_ms();
	return tell(l);
}

static enum err read_on(struct loop *l)
{
	enum err e = ERR_OK;
	while (!e && !l->ended && !cmd_interrupted() && !l->c->out_errno) {
		e = read_some(l, l->text.n > l->from ? QUIET_MS : IDLE_MS);
		if (!e && l->told)
			e = scan_ready(l, scan_now_ms());
		cmd_show_diags(l->c);
		scan_kb_renew(&l->kb, l->f);
	}
	int64_t until = scan_now_ms() + END_MS;
	for (size_t before = SIZE_MAX; !e && !l->ended && before != l->text.n && scan_now_ms() < until;) {
		before = l->text.n;
		e = read_some(l, 0);
		if (!e && l->text.n - l->from >= PIECE_BYTES)
			e = scan_ready(l, scan_now_ms());
	}
	return !e && l->text.n > l->from && !l->c->out_errno ? scan_to(l, l->text.n) : e;
}

enum err scan_pipe_run(struct scan_follow *f)
{
	struct loop l = { .f = f, .c = f->c, .line = 1, .coding = SCAN_BYTES };
	f->all_read = true;
	f->files = 1;
	enum err e = scan_kb_open(&l.kb, f);
	if (!e)
		e = read_on(&l);
	if (!e)
		e = f->end(f->end_context);
	scan_kb_close(&l.kb);
	buf_free(&l.text);
	return e;
}
