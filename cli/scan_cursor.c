/* SPDX-License-Identifier: MIT */
#include "cli/scan_cursor.h"

#include "cli/save.h"
#include "follow/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
	UNTOLD_MAX = 64 << 20, /* bytes of a file that are read before it has to begin as a cursor does */
	GONE_KEEP_S = 7 * 86400
};

static enum err save(struct cmd_context *c, const char *path, struct buf *out)
{
	enum err e = buf_err(out);
	if (!e)
		e = save_file(c, path, true, 0600, buf_str(out));
	buf_free(out);
	return e;
}

enum err scan_cursor_save(struct cmd_context *c, const char *path, struct follow *f)
{
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct follow_place *places;
	size_t count;
	enum err e = follow_places(f, &a, &places, &count);
	if (!e) {
		cursor_write_places(&out, places, count);
		e = save(c, path, &out);
	}
	arena_free(&a);
	return e;
}

enum err scan_cursor_save_journal(struct cmd_context *c, const char *path, const struct cursor_journal *place)
{
	struct buf out = { 0 };
	cursor_write_journal(&out, place);
	return save(c, path, &out);
}

static enum err no_cursor(const char *path, struct diags *d)
{
	return diags_fail(d, ERR_INPUT, "%s: not a cursor that kbt wrote: name another file", path);
}

static enum err read_file(const char *path, struct diags *d, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return errno == ENOENT ? ERR_OK : diags_fail(d, ERR_IO, "%s: %s", path, err_errno_text(errno));
	struct stat st;
	enum err e = ERR_OK;
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		e = no_cursor(path, d);
	else if (!st.st_size)
		e = diags_fail(d, ERR_INPUT, "%s: the cursor is empty: remove it to start anew", path);
	/* Of many logs that are rotated often it is large: each has up to 64 places. */
	while (!e) {
		char *room = buf_room(out, 1 << 16);
		ssize_t n = room ? read(fd, room, 1 << 16) : 0;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			e = diags_fail(d, ERR_IO, "%s: %s", path, err_errno_text(errno));
		if (n <= 0)
			break;
		out->n += (size_t)n;
		if (out->n > UNTOLD_MAX && !str_starts(buf_str(out), STR(CURSOR_BEGINS)))
			e = no_cursor(path, d);
	}
	close(fd);
	return e ? e : buf_err(out);
}

/* load reads a cursor of the kind that is wanted. */
static enum err load(struct cmd_context *c, const char *path, bool of_journal, struct arena *a,
		     struct cursor *ret_cursor)
{
	struct buf bytes = { 0 };
	struct cursor cursor;
	enum err e = read_file(path, &c->diags, &bytes);
	if (!e)
		e = cursor_read(buf_str(&bytes), path, a, &c->diags, &cursor);
	buf_free(&bytes);
	if (!e && cursor.of_journal != of_journal && (cursor.of_journal || cursor.place_count))
		e = diags_fail(&c->diags, ERR_INPUT, "%s: a cursor of %s: name another file", path,
			       cursor.of_journal ? "the journal" : "files");
	if (!e)
		*ret_cursor = cursor;
	return e;
}

struct ageing {
	struct listings names;
	int64_t now_s;
};

/* is_over says that a file has been gone for so long that it does not come back; notes since when it is. */
static bool is_over(void *context, const char *path, int64_t *gone_s)
{
	struct ageing *ageing = context;
	struct arena a = { 0 };
	struct listing_file *items;
	struct stat st;
	size_t count = 0;
	if (!lstat(path, &st) || errno != ENOENT) {
		*gone_s = 0;
		return false;
	}
	if (!*gone_s || *gone_s > ageing->now_s)
		*gone_s = ageing->now_s;
	bool over = ageing->now_s - *gone_s > GONE_KEEP_S &&
		    !listing_siblings(&ageing->names, path, &a, &items, &count) && !count;
	arena_free(&a);
	return over;
}

void scan_cursor_age(struct follow *f)
{
	struct ageing ageing = { .now_s = time(NULL) };
	follow_age(f, is_over, &ageing);
	listings_free(&ageing.names);
}

enum err scan_cursor_load(struct cmd_context *c, const char *path, struct follow *f)
{
	struct arena a = { 0 };
	struct cursor cursor = { 0 };
	struct ageing ageing = { .now_s = time(NULL) };
	enum err e = load(c, path, false, &a, &cursor);
	for (size_t i = 0; !e && i < cursor.place_count; i++)
		if (!is_over(&ageing, cursor.places[i].path.p, &cursor.places[i].gone_s))
			e = follow_restore(f, &cursor.places[i]);
	listings_free(&ageing.names);
	arena_free(&a);
	return e;
}

enum err scan_cursor_load_journal(struct cmd_context *c, const char *path, struct arena *a,
				  struct cursor_journal *place)
{
	struct cursor cursor = { 0 };
	enum err e = load(c, path, true, a, &cursor);
	if (!e)
		*place = cursor.journal;
	return e;
}
