/* SPDX-License-Identifier: MIT
 *
 * Where the server listens: "127.0.0.1:8053", "[::1]:8053", "localhost:8053" (port 0 takes any free one), or a socket
 * file, "unix:/run/kbt/web.sock". Opens the socket itself, so that a port in use gets a sentence, and decides whether
 * it may be opened: what other machines reach wants tokens, and TLS for the tokens to travel by, or an explicit
 * "insecure".
 */
#ifndef KBT_WEB_LISTEN_H
#define KBT_WEB_LISTEN_H

#include "base/diag.h"

struct listener {
	int fd;
	uint16_t port;	/* the real one; 0 for a socket file */
	bool local;	/* only this machine reaches it: loopback, or a socket file */
	bool loopback;
	bool wildcard;	/* 0.0.0.0 or [::] */
	bool tls;
	struct str file; /* of the socket; empty where it is none */
	struct str host; /* numeric, brackets around IPv6; in the arena; empty for a socket file */
	struct str url;	 /* "http://127.0.0.1:8053/", "unix:/run/kbt/web.sock" */
};

struct listen_options {
	bool tokens;   /* nobody is answered without one */
	bool tls;
	bool insecure; /* the owner takes the risk */
};

/* listener_open: ERR_INPUT (no such address; not safe), ERR_BUSY (in use), ERR_DENIED, ERR_IO; the sentence in d. A
 * socket file that nobody listens on any more is replaced; it is for its owner alone, with tokens for its group too. */
enum err listener_open(struct str where, const struct listen_options *options, struct arena *a, struct diags *d,
		       struct listener *ret_listener) MUST_USE;
void listener_close(struct listener *listener);	 /* where no server took it over */
void listener_forget(struct listener *listener); /* takes the socket file away, at the end */

#endif
