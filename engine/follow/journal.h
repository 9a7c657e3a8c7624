/* SPDX-License-Identifier: MIT
 *
 * The journal of systemd as a stream of lines: "2001-03-12T09:56:20.123456Z host app[123]: message", further lines of a
 * message indented under it. Read in batches of whole entries, each with a cursor behind it. Only journal.c sees
 * sd-journal.h; what is not readable to this user is left out by the library. Before a batch's own entries stand some
 * of those before it, as context, so that a message over several entries is seen whole.
 */
#ifndef KBT_FOLLOW_JOURNAL_H
#define KBT_FOLLOW_JOURNAL_H

#include "base/diag.h"
#include "scan/scan.h"

struct journal;

enum {
	JOURNAL_BATCH = 1 << 20,   /* bytes, and one entry more */
	JOURNAL_BEFORE = SCAN_SPAN_MAX /* entries of context */
};

/* journal_open: the machine's own where there are no paths, else these folders or files. ERR_INPUT where
 * they cannot be read; the sentence is in d. It stands before the first entry. */
enum err journal_open(const char *const *paths, size_t count, struct diags *d, struct journal **ret_journal) MUST_USE;
void journal_close(struct journal **journal);

/* journal_seek goes to the first entry behind a cursor, or of a time. ERR_INPUT for what is no cursor. */
enum err journal_seek_cursor(struct journal *j, const char *cursor) MUST_USE;
enum err journal_seek_time(struct journal *j, int64_t since_us) MUST_USE;
/* journal_end_at: entries later than this are not read. */
void journal_end_at(struct journal *j, int64_t until_us);

/* journal_read is a scan_read, whose context is the journal: a batch, then 0. journal_next_batch begins the next one;
 * false where all that is there was read. journal_before: so many bytes of the batch are context. */
enum err journal_read(void *journal, char *p, size_t n, size_t *ret_n);
enum err journal_next_batch(struct journal *j, bool *ret_more) MUST_USE;
size_t journal_before(const struct journal *j);

/* journal_cursor gives the cursor of the last entry read, in the arena; empty before the first. */
enum err journal_cursor(struct journal *j, struct arena *a, struct str *ret_cursor) MUST_USE;

/* journal_wait returns when something was added, when a signal came, or after so long. */
void journal_wait(struct journal *j, int timeout_ms);

#endif
