/* SPDX-License-Identifier: MIT
 *
 * See tap.h.
 */
#undef _FORTIFY_SOURCE /* recv is defined here, not wrapped */
#include "web/tap.h"

#include <stdatomic.h>
#include <sys/socket.h>

enum { TAPS_MAX = 1 << 15 }; /* of a server's connections (http.c), with room for all else that is open */

static _Atomic(struct tap *) taps[TAPS_MAX];

void tap_set(int fd, struct tap *tap)
{
	if (fd >= 0 && fd < TAPS_MAX)
		atomic_store(&taps[fd], tap);
}

void tap_clear(int fd)
{
	tap_set(fd, NULL);
}

ssize_t recv(int fd, void *to, size_t max, int flags)
{
	ssize_t n = recvfrom(fd, to, max, flags, NULL, NULL);
	struct tap *tap = n > 0 && !(flags & MSG_PEEK) && fd < TAPS_MAX ? atomic_load(&taps[fd]) : NULL;
	return tap ? tap->take(tap, to, (size_t)n) : n;
}
