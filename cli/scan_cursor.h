/* SPDX-License-Identifier: MIT
 *
 * The cursor file of `kbt scan --cursor` (follow/cursor.h). Written beside, synced and renamed, so that a crash leaves
 * the old or the new one.
 */
#ifndef KBT_CLI_SCAN_CURSOR_H
#define KBT_CLI_SCAN_CURSOR_H

#include "cli/cmd.h"
#include "follow/cursor.h"

/* scan_cursor_load gives the file's places to f; a file that is not there is an empty one. Places of paths at which
 * nothing was for a week, and beside which nothing is left, are dropped: a disk may be away for a while. ERR_INPUT,
 * ERR_IO; the sentence is in c->diags. */
enum err scan_cursor_load(struct cmd_context *c, const char *path, struct follow *f) MUST_USE;
enum err scan_cursor_save(struct cmd_context *c, const char *path, struct follow *f) MUST_USE;
/* scan_cursor_age drops the same of one that is followed. */
void scan_cursor_age(struct follow *f);

/* The same for the journal: a cursor file is of the one or the other. */
enum err scan_cursor_load_journal(struct cmd_context *c, const char *path, struct arena *a,
				  struct cursor_journal *place) MUST_USE;
enum err scan_cursor_save_journal(struct cmd_context *c, const char *path, const struct cursor_journal *place) MUST_USE;

#endif
