/* SPDX-License-Identifier: MIT
 *
 * kbt scan --follow -: standard input as another program writes it, until that ends. Hits are given as they come.
 */
#ifndef KBT_CLI_SCAN_PIPE_H
#define KBT_CLI_SCAN_PIPE_H

#include "cli/scan_follow.h"

/* scan_pipe_run: as scan_follow_run; without a cursor. Of a packed stream nothing could be said before its end: it is
 * refused. */
enum err scan_pipe_run(struct scan_follow *f) MUST_USE;

#endif
