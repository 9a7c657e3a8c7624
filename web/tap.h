/* SPDX-License-Identifier: MIT
 *
 * What is read of a client, before libmicrohttpd sees it. That library has no place to look at bytes before it parses
 * them, and answers some wrongly (framing.h); it reads by recv, and so does GnuTLS for it. This program's own recv
 * comes before the C library's: it passes everything on as it is, but what comes from a socket that has a tap here,
 * which its owner is shown first. Where a library reads in another way, taps see nothing, and all else is as before.
 */
#ifndef KBT_WEB_TAP_H
#define KBT_WEB_TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* take is given what was read: how many bytes of it are passed on, or -1 with errno. On the thread that reads. */
struct tap {
	ssize_t (*take)(struct tap *tap, const char *bytes, size_t n);
};

/* tap_set: from now on, until tap_clear, which comes before the socket is closed and from the thread that reads it. */
void tap_set(int fd, struct tap *tap);
void tap_clear(int fd);

#endif
