/* SPDX-License-Identifier: MIT
 *
 * Loading a KB: paths (files, folders, .tar[.gz,.xz,.zst,.bz2], .zip) > articles, causes, codes > one transaction.
 * All or nothing: an unreadable path or a damaged archive imports nothing. Files that are no articles are skipped and
 * counted. The newer date of one id wins and both sources are kept (one source an origin folder or archive and id;
 * the same id twice in one source: the newer date, a warning); an unchanged article costs a hash, unless another
 * version of the program derived what is known of it (STORE_DERIVED): then all of them are derived again. Reads files
 * and archives through libarchive; parsing runs on worker threads; the database is written by the calling thread.
 */
#ifndef KBT_STORE_IMPORT_H
#define KBT_STORE_IMPORT_H

#include "store/store.h"

struct import_counts {
	int64_t added, changed, unchanged, skipped; /* sources of articles; skipped: files that are no articles */
	int64_t causes, codes;			    /* files of causes and rows of codes, read */
	int64_t bytes;				    /* of the articles, decompressed */
};

struct import_options {
	bool replace; /* start anew; the old KB stays until the new one is committed */
	unsigned threads; /* 0: as many as processors */
	/* progress: called now and then on the calling thread; total is 0 where unknown; false stops the import
	 * (ERR_INTERRUPTED, nothing changed). May be NULL. */
	bool (*progress)(void *context, int64_t done_bytes, int64_t total_bytes, int64_t articles);
	void *context;
};

/* import_paths takes in files, folders and archives, all or nothing: where it gives an error, the database is as it was
 * and d has the sentence. ERR_INPUT where no article is among them, ERR_INTERRUPTED, and what reading and writing
 * give. */
enum err import_paths(struct store *s, const char *const *paths, size_t count, const struct import_options *options,
		      struct diags *d, struct import_counts *ret_counts) MUST_USE;

/* import_remove takes one article out, all its sources; ERR_NOTFOUND. */
enum err import_remove(struct store *s, struct str id, struct diags *d) MUST_USE;

#endif
