/* SPDX-License-Identifier: MIT
 *
 * kbt scan --journal: the journal of systemd, once or with --follow, from a --cursor on.
 */
#ifndef KBT_CLI_SCAN_JOURNAL_H
#define KBT_CLI_SCAN_JOURNAL_H

#include "cli/scan_follow.h"

/* scan_journal_run: as scan_follow_run; the command's arguments are a folder or files of a journal. */
enum err scan_journal_run(struct scan_follow *f) MUST_USE;

#endif
