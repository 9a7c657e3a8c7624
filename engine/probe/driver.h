/* SPDX-License-Identifier: MIT
 *
 * The driver runs a wave of probe requests at once and gives the evidence of each, as it arrives. It alone owns
 * sockets, clocks and deadlines. Bounded: at most DRIVER_PACKETS_MAX packets and DRIVER_CONNECTIONS_MAX connections in
 * the life of one driver, at most DRIVER_PACKETS_PER_S in any second, at most the deadline of each request. It leaves
 * no socket and no process behind, whatever ends it. Each wave runs in a process of its own that can do little else. A
 * probe that may not run (permission, policy, budget) gives evidence with state "not-run" and the reason.
 */
#ifndef KBT_PROBE_DRIVER_H
#define KBT_PROBE_DRIVER_H

#include "probe/probe.h"

#include <netinet/in.h>
#include <stdatomic.h>

enum { DRIVER_PACKETS_MAX = 150, DRIVER_CONNECTIONS_MAX = 30, DRIVER_PACKETS_PER_S = 50 };

struct driver;

struct driver_options {
	/* allow: may packets go to this address (and port, 0 for none)? NULL allows all. *ret_why is a static
	 * sentence for the evidence. It is asked in the helper process: what it changes is lost. */
	bool (*allow)(void *context, const struct sockaddr *to, unsigned port, const char **ret_why);
	void *context;
	bool in_process; /* no helper process (driver_helper.h): for tests that look on, and for debuggers */
	const atomic_bool *cancel; /* set by a signal or a closed page: the wave ends at once; may be NULL */
};

/* driver_open: options are copied, what they point to is borrowed until driver_close. ERR_NOMEM. One thread uses it. */
enum err driver_open(const struct driver_options *options, struct diags *d, struct driver **ret_driver) MUST_USE;
void driver_close(struct driver **driver);

/* driver_run runs the requests together. done is called for each on the calling thread, in order of arrival, with
 * evidence in the arena; `index` is the request's. ERR_INTERRUPTED when cancelled (done was then called for those
 * that had ended, and for the rest with state "not-run"). */
typedef void driver_done(void *context, size_t index, struct evidence *evidence);
enum err driver_run(struct driver *driver, const struct probe_request *requests, size_t count, struct arena *a,
		    driver_done *done, void *context) MUST_USE;

/* driver_refuses: does the policy of options.allow forbid this address (and port)? *ret_why is its sentence. */
bool driver_refuses(const struct driver *driver, struct str address, unsigned port, const char **ret_why);

struct driver_count { unsigned packets, connections; };
/* driver_counted: what was sent since it was opened. */
struct driver_count driver_counted(const struct driver *driver);
/* driver_wait sleeps for ms unless cancelled (ERR_INTERRUPTED): the spacing between attempts, the start delay. */
enum err driver_wait(struct driver *driver, double ms) MUST_USE;
int64_t driver_now_ms(const struct driver *driver); /* wall clock, Unix milliseconds */

#endif
