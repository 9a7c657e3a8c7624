/* SPDX-License-Identifier: MIT
 *
 * The text of a cursor file: how far each log was read, or the journal, a JSON object a line behind a first one that
 * says the version. Any bytes may be given to be read. Opens no file.
 */
#ifndef KBT_FOLLOW_CURSOR_H
#define KBT_FOLLOW_CURSOR_H

#include "base/buf.h"
#include "base/diag.h"
#include "follow/follow.h"

#define CURSOR_BEGINS "{\"kbt_cursor\":" /* as it is written */

struct cursor_journal {
	struct str cursor; /* the journal's own, with a NUL behind it; empty at its start */
	uint64_t offset, line;
};

/* A cursor is of files or of the journal. */
struct cursor {
	struct follow_place *places; /* paths have a NUL behind them */
	size_t place_count, place_cap;
	bool of_journal;
	struct cursor_journal journal;
};

/* cursor_read: all of it lies in the arena. An empty text is the cursor of nothing. ERR_INPUT for what is no cursor,
 * damaged or of another version; the sentence in d names the file. */
enum err cursor_read(struct str text, const char *name, struct arena *a, struct diags *d,
		     struct cursor *ret_cursor) MUST_USE;

void cursor_write_places(struct buf *out, const struct follow_place *places, size_t count);
void cursor_write_journal(struct buf *out, const struct cursor_journal *journal);

#endif
