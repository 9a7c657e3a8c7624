/* SPDX-License-Identifier: MIT
 *
 * Waits until something changes in one of the folders watched (inotify), time is up, or standard output is closed.
 * Where the kernel does not tell of changes (network file systems, overlays, no watches left) it says so and waits a
 * short time only: the caller looks anyway. Owns a descriptor.
 */
#ifndef KBT_CLI_WATCH_H
#define KBT_CLI_WATCH_H

#include "base/err.h"

#include <stdbool.h>

struct watch {
	int fd;	    /* of inotify, or -1 */
	bool blind; /* some folder's changes are not told */
	const char *blind_why;
	char blind_at[256];
};

void watch_open(struct watch *w);
void watch_close(struct watch *w);

/* watch_folder adds one; again for the same does nothing. */
void watch_folder(struct watch *w, const char *folder);

/* watch_wait: true where names in a folder changed (files came, went or were renamed). *ret_closed: nobody reads
 * standard output any more. */
bool watch_wait(struct watch *w, int timeout_ms, bool *ret_closed);

#endif
