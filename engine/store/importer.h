/* SPDX-License-Identifier: MIT
 *
 * What the files of an import share: its state, which lives from the lock to the end, and its steps. All of them run on
 * the importing thread, within the one transaction; a step that fails leaves what it wrote to be rolled back.
 *
 *   import.c        the transaction, and the steps in their order
 *   import_known.c  what the database held before: sources by their hash, the compressor's dictionary
 *   import_read.c   the input into batches for work.c
 *   import_write.c  what work.c made of them into the tables
 *   import_again.c  what another version of the program had derived, once more
 */
#ifndef KBT_STORE_IMPORTER_H
#define KBT_STORE_IMPORTER_H

#include "base/input.h"
#include "store/import.h"
#include "store/work.h"

struct importer {
	struct store *store;
	const struct import_options *options;
	struct diags *diags;
	struct arena arena;
	struct import_counts counts;
	int64_t looked_at; /* files of any kind */
	int64_t root;	   /* number of the root at hand, ... */
	struct str root_path; /* ... as its key in the table */
	int64_t next_source, first_source; /* sources numbered from first_source on are of this import */
	int64_t dictionary;
	ZSTD_CDict *dict;
	struct known known;
	struct store_terms *terms;
	struct input *input;
	struct work *work;
	bool files_changed, rederived;
	unsigned long failures; /* of memory, before it began */
};

/* importer_told_to_stop tells the caller how far the import is; true where he wants no more of it. */
bool importer_told_to_stop(const struct importer *im);

/* importer_load_known fills im->known and says where the numbers of new sources begin; importer_load_dictionary gives
 * the newest dictionary, none where there is none. */
enum err importer_load_known(struct importer *im) MUST_USE;
enum err importer_load_dictionary(struct importer *im) MUST_USE;
/* importer_teach makes a dictionary of the batches held back and keeps it; too few articles make none. */
enum err importer_teach(struct importer *im) MUST_USE;

/* importer_fill reads until the batch is full (BATCH_ITEMS, BATCH_BYTES) or the input ends. ERR_INPUT for what is wrong
 * with the input, so that it is not taken for the database's fault. */
enum err importer_fill(struct importer *im, struct batch *b, bool *ret_ended) MUST_USE;

/* importer_put writes a batch that work.c has finished, and passes its diagnostics on. */
enum err importer_put(struct importer *im, struct batch *b) MUST_USE;
/* importer_put_source writes one source with all that is derived from it; item->packed is packed with that dictionary.
 * importer_delete_source takes it away with the same. */
enum err importer_put_source(struct importer *im, int64_t article, int64_t number, int64_t dictionary,
			     const struct work_item *item) MUST_USE;
enum err importer_delete_source(struct importer *im, int64_t number) MUST_USE;

/* importer_rederive makes everything derived again where the rules by which it was made are not this program's: an
 * article that has not changed would else keep what another version read in it. */
enum err importer_rederive(struct importer *im) MUST_USE;

#endif
