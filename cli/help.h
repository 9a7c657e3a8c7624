/* SPDX-License-Identifier: MIT
 *
 * What --help says, from the tables of the commands, set for the width of who reads it. Takes the tables, gives text;
 * never prints.
 */
#ifndef KBT_CLI_HELP_H
#define KBT_CLI_HELP_H

#include "cli/cmd.h"

/* help_command: usage, paragraphs, options, examples of one; help_all: the list of all, ended by NULL. */
void help_command(struct buf *out, const struct render_text *t, const struct cmd *cmd);
void help_all(struct buf *out, const struct render_text *t, const struct cmd *const *commands);

#endif
