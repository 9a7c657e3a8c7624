/* SPDX-License-Identifier: MIT
 *
 * What may stand next on a command line: `kbt __complete WORD...`, which the completions of the shells ask. Takes the
 * words behind `kbt`, of which the last is being typed and may be empty; gives a line each of what fits there, a tab
 * and what it is, and a line ":files" where the shell completes names of files itself. What begins otherwise than the
 * last word is left to the shell to leave out. Reads no database.
 */
#ifndef KBT_CLI_COMPLETE_H
#define KBT_CLI_COMPLETE_H

#include "cli/cmd.h"

void complete(struct buf *out, const struct cmd *const *commands, char *const *words, size_t count);

#endif
