/* SPDX-License-Identifier: MIT
 *
 * Standard streams that do not block, as whoever started this program left them: a terminal that ssh shares, a pipe of
 * Node.js. Who gets EAGAIN waits here and tries again.
 */
#ifndef KBT_BASE_READY_H
#define KBT_BASE_READY_H

#include <poll.h>
#include <stdbool.h>

/* ready_wait waits for POLLIN or POLLOUT; false where it could not: errno says why, EINTR for a signal. */
static inline bool ready_wait(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	return poll(&p, 1, -1) > 0;
}

#endif
