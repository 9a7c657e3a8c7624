/* SPDX-License-Identifier: MIT
 *
 * See journal.h, sd-journal(3), systemd.journal-fields(7).
 */
#include "follow/journal.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <time.h>

enum { VALUE_MAX = 256 << 10, CONTEXT_MAX = 32 << 10 };

struct journal {
	sd_journal *sd;
	struct diags *diags;
	struct buf text; /* of the batch, behind its context */
	size_t before, given;
	bool at_entry; /* some entry was read */
	int64_t until_us;
};

static enum err fail(struct journal *j, int number, const char *what)
{
	/* ERR_NOTFOUND is the answer of a search, ERR_DAMAGED that of a knowledge base */
	return diags_fail(j->diags, number == -ENOMEM ? ERR_NOMEM : ERR_INPUT, "%s: %s", what,
			  number == -ENOENT ? "no such file or folder" : strerror(-number));
}

static int open_paths(struct journal *j, const char *const *paths, size_t count)
{
	struct stat st;
	if (!count)
		return sd_journal_open(&j->sd, SD_JOURNAL_LOCAL_ONLY);
	if (stat(paths[0], &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return count > 1 ? -EINVAL : sd_journal_open_directory(&j->sd, paths[0], 0);
	const char **list = mem_resize(NULL, (count + 1) * sizeof *list);
	if (!list)
		return -ENOMEM;
	memcpy(list, paths, count * sizeof *list);
	list[count] = NULL;
	int r = sd_journal_open_files(&j->sd, list, 0);
	mem_free(list);
	return r;
}

enum err journal_open(const char *const *paths, size_t count, struct diags *d, struct journal **ret_journal)
{
	struct journal *j = mem_resize(NULL, sizeof *j);
	if (!j)
		return ERR_NOMEM;
	*j = (struct journal){ .diags = d, .until_us = INT64_MAX };
	int r = open_paths(j, paths, count);
	if (r >= 0)
		r = sd_journal_seek_head(j->sd);
	if (r >= 0)
		r = sd_journal_set_data_threshold(j->sd, VALUE_MAX);
	if (r < 0) {
		enum err e = r == -ENOMEM ? ERR_NOMEM
			     : r == -EINVAL && count > 1
				     ? diags_fail(d, ERR_INPUT, "%s: one folder of a journal, or files of it", paths[0])
			     : r == -EBADMSG || r == -ENODATA
				     ? diags_fail(d, ERR_INPUT, "%s: not a file of the journal",
						  count ? paths[0] : "journal")
				     : fail(j, r, count ? paths[0] : "the journal");
		journal_close(&j);
		return e;
	}
	if (!count && !sd_journal_has_runtime_files(j->sd) && !sd_journal_has_persistent_files(j->sd)) {
		journal_close(&j);
		return diags_fail(d, ERR_INPUT,
				  "no journal is here that this user may read: name its folder or its files");
	}
	*ret_journal = j;
	return ERR_OK;
}

void journal_close(struct journal **journal)
{
	struct journal *j = *journal;
	*journal = NULL;
	if (!j)
		return;
	sd_journal_close(j->sd);
	buf_free(&j->text);
	mem_free(j);
}

enum err journal_seek_time(struct journal *j, int64_t since_us)
{
	int r = sd_journal_seek_realtime_usec(j->sd, since_us > 0 ? (uint64_t)since_us : 0);
	return r < 0 ? fail(j, r, "the journal") : ERR_OK;
}

void journal_end_at(struct journal *j, int64_t until_us)
{
	j->until_us = until_us;
}

/* ---- entries ---- */

static struct str field(struct journal *j, const char *name)
{
	const void *data = NULL;
	size_t n = 0, prefix = strlen(name) + 1;
	if (sd_journal_get_data(j->sd, name, &data, &n) < 0 || n < prefix)
		return STR("");
	return (struct str){ (const char *)data + prefix, n - prefix };
}

/* add_word adds a field as one word: what would part it becomes '_'. */
static void add_word(struct buf *out, struct str s, const char *otherwise)
{
	s = s.n ? s : str_c(otherwise);
	for (size_t i = 0; i < s.n; i++)
		buf_add_char(out, char_is_space(s.p[i]) || s.p[i] == '[' || s.p[i] == ':' ? '_' : s.p[i]);
}

static struct str sender(struct journal *j)
{
	static const char *const names[] = { "SYSLOG_IDENTIFIER", "_COMM", "_SYSTEMD_UNIT" };
	struct str s = STR("");
	for (size_t i = 0; !s.n && i < sizeof names / sizeof *names; i++)
		s = field(j, names[i]);
	return s;
}

static void add_entry(struct journal *j, int64_t us)
{
	struct buf *out = &j->text;
	time_t s = (time_t)(us / 1000000);
	struct tm tm = { 0 };
	gmtime_r(&s, &tm);
	buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		 tm.tm_min, tm.tm_sec, (int)(us % 1000000));
	add_word(out, field(j, "_HOSTNAME"), "localhost");
	buf_add_char(out, ' ');
	add_word(out, sender(j), "unknown");
	struct str pid = field(j, "_PID");
	pid = pid.n ? pid : field(j, "SYSLOG_PID");
	if (pid.n) {
		buf_add_char(out, '[');
		add_word(out, pid, "");
		buf_add_char(out, ']');
	}
	buf_add_c(out, ": ");
	struct str rest = str_trim_end(field(j, "MESSAGE")), line;
	for (bool first = true; str_line(&rest, &line); first = false) {
		buf_add_c(out, first ? "" : "\n    ");
		buf_add(out, line);
	}
	buf_add_char(out, '\n');
}

/* next_entry adds the next one; *ret_more is false where there is none. */
static enum err next_entry(struct journal *j, bool *ret_more)
{
	uint64_t us = 0;
	int r = sd_journal_next(j->sd);
	*ret_more = false;
	if (r < 0)
		return r == -EBADMSG ? diags_fail(j->diags, ERR_INPUT, "the journal: damaged, not read further")
				     : fail(j, r, "the journal");
	if (!r)
		return ERR_OK;
	r = sd_journal_get_realtime_usec(j->sd, &us);
	if (r < 0)
		return fail(j, r, "the journal");
	if ((int64_t)us > j->until_us) { /* it is not read: a cursor stands before it */
		j->at_entry = sd_journal_previous(j->sd) > 0;
		return ERR_OK;
	}
	j->at_entry = true;
	*ret_more = true;
	add_entry(j, (int64_t)us);
	return buf_err(&j->text);
}

/* keep_context leaves of the text the last lines that a message may begin in. */
static void keep_context(struct journal *j)
{
	size_t at = j->text.n, floor = at > CONTEXT_MAX ? at - CONTEXT_MAX : 0;
	for (unsigned lines = 0; at > floor && lines < JOURNAL_BEFORE; lines++) {
		const char *newline = at > 1 ? memrchr(j->text.p, '\n', at - 1) : NULL;
		size_t start = newline ? (size_t)(newline - j->text.p) + 1 : 0;
		if (start < floor)
			break;
		at = start;
	}
	j->before = j->text.n - at;
	if (j->before)
		memmove(j->text.p, j->text.p + at, j->before);
	j->text.n = j->before;
}

enum err journal_next_batch(struct journal *j, bool *ret_more)
{
	bool more = true;
	enum err e = ERR_OK;
	keep_context(j);
	j->given = 0;
	while (!e && more && j->text.n - j->before < JOURNAL_BATCH)
		e = next_entry(j, &more);
	bool some = j->text.n > j->before;
	if (!e || some)
		*ret_more = some;
	return some ? ERR_OK : e;
}

size_t journal_before(const struct journal *j)
{
	return j->before;
}

/* read_before takes the entries up to the one that was just read for context, and stands behind that again. */
static enum err read_before(struct journal *j)
{
	int back = sd_journal_previous_skip(j->sd, JOURNAL_BEFORE - 1);
	bool more = true;
	enum err e = back < 0 ? fail(j, back, "the journal") : ERR_OK;
	if (!e && sd_journal_previous(j->sd) == 0 && sd_journal_seek_head(j->sd) < 0)
		e = ERR_INPUT;
	for (int i = 0; !e && more && i <= back; i++)
		e = next_entry(j, &more);
	return e;
}

enum err journal_seek_cursor(struct journal *j, const char *cursor)
{
	int r = sd_journal_seek_cursor(j->sd, cursor);
	if (r < 0)
		return diags_fail(j->diags, ERR_INPUT, "the journal: the cursor is none of its own");
	r = sd_journal_next(j->sd);
	j->at_entry = r > 0;
	if (r < 0)
		return fail(j, r, "the journal");
	/* the entry itself was read; where it is gone, the next one was not */
	if (r > 0 && sd_journal_test_cursor(j->sd, cursor) == 0) {
		r = sd_journal_previous(j->sd) ? r : sd_journal_seek_head(j->sd);
		return r < 0 ? fail(j, r, "the journal") : ERR_OK;
	}
	return r > 0 ? read_before(j) : ERR_OK;
}

enum err journal_read(void *journal, char *p, size_t n, size_t *ret_n)
{
	struct journal *j = journal;
	*ret_n = str_copy(str_from(buf_str(&j->text), j->given), p, n);
	j->given += *ret_n;
	return ERR_OK;
}

enum err journal_cursor(struct journal *j, struct arena *a, struct str *ret_cursor)
{
	char *cursor = NULL;
	*ret_cursor = STR("");
	if (!j->at_entry)
		return ERR_OK;
	int r = sd_journal_get_cursor(j->sd, &cursor);
	if (r == -EADDRNOTAVAIL)
		return ERR_OK;
	if (r < 0)
		return fail(j, r, "the journal");
	*ret_cursor = arena_str(a, str_c(cursor));
	free(cursor);
	return arena_err(a);
}

void journal_wait(struct journal *j, int timeout_ms)
{
	if (sd_journal_wait(j->sd, (uint64_t)timeout_ms * 1000) == SD_JOURNAL_INVALIDATE)
		sd_journal_process(j->sd);
}
