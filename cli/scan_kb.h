/* SPDX-License-Identifier: MIT
 *
 * The knowledge base of a scan that goes on: opened with what the command wants of each generation, and opened anew
 * when an import has changed it.
 */
#ifndef KBT_CLI_SCAN_KB_H
#define KBT_CLI_SCAN_KB_H

#include "cli/scan_follow.h"

struct scan_kb {
	struct store *store;
	struct matcher *matcher;
	struct scan *scan;
	int64_t asked_ms;
	struct scan_kb_next *next; /* on its way, or NULL */
};

/* scan_kb_open opens what the command's --db names, and starts a scan of it with f's options; on an error nothing is
 * left open, and the command's diagnostics have the sentence. */
enum err scan_kb_open(struct scan_kb *kb, struct scan_follow *f) MUST_USE;
void scan_kb_close(struct scan_kb *kb);

/* scan_kb_renew looks once a second at most, and takes up what was imported since: its matcher is compiled on a thread
 * of its own, which takes seconds for a large one, while the old one goes on. What fails leaves the old one at work. No
 * scan may be under way. */
void scan_kb_renew(struct scan_kb *kb, struct scan_follow *f);

int64_t scan_now_ms(void); /* of a clock that never goes back */

#endif
