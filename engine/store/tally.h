/* SPDX-License-Identifier: MIT
 *
 * How often each article was found in logs, by day: what `kbt scan --record` saw. Counts, never text. One SQLite file
 * of its own beside the knowledge base ("kb.db.seen"): an import never touches it, and to delete the file forgets all.
 * Many may add at once. A handle is for one thread at a time. Never looks at a clock.
 */
#ifndef KBT_STORE_TALLY_H
#define KBT_STORE_TALLY_H

#include "base/arena.h"
#include "base/diag.h"

struct tally;

struct tally_count {
	struct str id; /* of the article */
	int64_t day;   /* since 1970, of the lines */
	uint64_t lines;
};

struct tally_article {
	struct str id;
	uint64_t lines;
	int64_t first_day, last_day;
};

/* tally_open: of the knowledge base at this path. Where there is none yet it is made if wanted, else ERR_NOTFOUND.
 * ERR_FOREIGN, ERR_NEWER, ERR_DENIED, ERR_IO with a sentence in d. */
enum err tally_open(const char *db, bool make, struct diags *d, struct tally **ret_tally) MUST_USE;
void tally_close(struct tally **tally);

/* tally_add adds to what is there: all or nothing. */
enum err tally_add(struct tally *t, const struct tally_count *counts, size_t count) MUST_USE;

/* tally_most gives the articles that were found most on this day and later, at most limit. */
enum err tally_most(struct tally *t, int64_t from_day, size_t limit, struct arena *a,
		    struct tally_article **ret_articles, size_t *ret_count) MUST_USE;

#endif
