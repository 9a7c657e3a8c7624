/* SPDX-License-Identifier: MIT
 *
 * A wave of probes in a process of its own: forked for the wave, without files, without programs to start, with no
 * right but CAP_NET_RAW and that only where a probe may need it. It reads what came from the network, so what it says
 * is read as carefully: bounded, and held against the probes' own tables. It ends with the wave, and with its parent.
 */
#ifndef KBT_PROBE_DRIVER_HELPER_H
#define KBT_PROBE_DRIVER_HELPER_H

#include "probe/driver.h"

struct helper_job {
	const struct probe_request *requests;
	size_t count;
	const atomic_bool *cancel; /* may be NULL */
	double limit_ms;	   /* then it is ended */
	enum err (*work)(void *context, driver_done *done, void *done_context); /* what runs in the helper */
	void *context;
	void *carry; /* plain bytes that come back changed: what was counted; all 0xFF where the helper did not say */
	size_t carry_size;
};

/* helper_run forks and gives each piece of evidence as it arrives. What the helper did not answer is "not-run", with
 * why; all of it, where no process can be had. */
enum err helper_run(const struct helper_job *job, struct arena *a, driver_done *done, void *context) MUST_USE;

/* helper_confine gives up what a helper does not need, for good; descriptors other than `keep` are closed. */
void helper_confine(int keep, bool raw_sockets);

/* helper_clock_ms: of the clock that only goes on. */
double helper_clock_ms(void);

/* The evidence as bytes, between the two. helper_read checks it against the request's probe; false: not to be
 * believed. */
void helper_write(struct buf *out, uint32_t index, const struct evidence *e);
bool helper_read(struct str bytes, const struct probe_request *requests, size_t count, struct arena *a,
		 size_t *ret_index, struct evidence **ret_evidence);

#endif
