/* SPDX-License-Identifier: MIT
 *
 * Sources > the compiled form. Sources come in the store's order (by article, authored first); worker threads parse
 * them, extract their rules and count their words, each into lists of its own; compile_finish joins the lists into one
 * block (file.h). Which thread did what leaves no trace in the result.
 */
#ifndef KBT_MATCH_COMPILE_H
#define KBT_MATCH_COMPILE_H

#include "match/file.h"
#include "store/store.h"

struct compiler;

/* compile_open starts the workers: ERR_NOMEM. compile_close ends them, also before compile_finish. */
enum err compile_open(unsigned threads, struct compiler **ret_compiler) MUST_USE;
void compile_close(struct compiler **c);

/* compile_set_mean_length: articles are measured against this length, in words, instead of their own mean. */
void compile_set_mean_length(struct compiler *c, double words);

/* compile_source takes a copy of one source. */
enum err compile_source(struct compiler *c, struct str id, struct str bytes) MUST_USE;

/* compile_finish waits for the workers and gives the block; the caller frees it. */
enum err compile_finish(struct compiler *c, const struct store_code *codes, size_t code_count, struct file_stamp stamp,
			struct buf *ret_block) MUST_USE;

#endif
