/* SPDX-License-Identifier: MIT
 *
 * Where the server listens: "127.0.0.1:8053", "[::1]:8053", "localhost:8053"; port 0 takes any free one. Opens the
 * socket itself, so that a port in use gets a sentence. Only addresses of this machine's loopback without `insecure`.
 */
#ifndef KBT_WEB_LISTEN_H
#define KBT_WEB_LISTEN_H

#include "base/diag.h"

struct listener {
	int fd;
	uint16_t port;	/* the real one */
	bool loopback;
	bool wildcard;	/* 0.0.0.0 or [::] */
	struct str host; /* numeric, brackets around IPv6; in the arena */
	struct str url;	 /* "http://127.0.0.1:8053/" */
};

/* listener_open: ERR_INPUT (no such address; not loopback), ERR_BUSY (port in use), ERR_DENIED, ERR_IO; the sentence
 * in d. */
enum err listener_open(struct str where, bool insecure, struct arena *a, struct diags *d,
		       struct listener *ret_listener) MUST_USE;
void listener_close(struct listener *listener); /* where no server took it over */

#endif
