/* SPDX-License-Identifier: MIT
 *
 * Files that a command leaves behind: written where they have no name yet, or beside their place, synced, and put
 * there, so that there is the old one, the new one, or none, never half of one. Where the file system has nameless
 * files nothing is left beside it, whatever ends the program.
 */
#ifndef KBT_CLI_SAVE_H
#define KBT_CLI_SAVE_H

#include "cli/cmd.h"

#include <sys/stat.h>

/* save_check says early what save_file would say of its place: it exists (without force), it is no regular file, its
 * folder is missing or may not be written. The sentence is in c->diags. */
enum err save_check(struct cmd_context *c, const char *path, bool force) MUST_USE;

/* save_file writes the bytes there, through symbolic links. A new file gets the mode (as the umask leaves it), an old
 * one keeps its own. ERR_EXISTS, ERR_IO, with the sentence in c->diags. */
enum err save_file(struct cmd_context *c, const char *path, bool force, mode_t mode, struct str bytes) MUST_USE;

/* save_over does so whatever is there, without following a link, with mode and owner (st_uid -1: as it comes) of like.
 * ERR_IO. */
enum err save_over(struct cmd_context *c, const char *path, const struct stat *like, struct str bytes) MUST_USE;

#endif
