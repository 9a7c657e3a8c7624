/* SPDX-License-Identifier: MIT
 *
 * What digest_ping.c and digest_loss.c share: the pings to the target, counted, and what their round trips say.
 */
#ifndef KBT_DIAGNOSE_DIGEST_PING_H
#define KBT_DIAGNOSE_DIGEST_PING_H

#include "diagnose/digest.h"

/* Round trips: beyond the first people notice, beyond the second a connect gives up. */
enum { SLOW_MS = 400, LATE_MS = 1800 };
enum {
	QUEUE_MS = 200,
	LOST_MS = 900
}; /* a segment is sent again after the first at the earliest, a SYN after the second */

struct pings {
	double received, rtt_ms, patience_ms; /* rtt_ms: the shortest, -1 where none came back */
	double burst_sent, burst_received;    /* of all bursts */
	const struct evidence *any, *burst;   /* the newest; of bursts, that had an answer */
	bool even;			      /* the answers to each burst, where some are missing */
};

struct pings digest_count_pings(const struct digest *d);
/* digest_request_vanished: nobody acknowledged it; a request that was, and has no answer, is only not answered. */
bool digest_request_vanished(const struct evidence *e);
/* digest_large_pass: by these pings or datagrams, or the way says that they do not fit, as it should. */
bool digest_large_pass(const struct evidence *e);
/* digest_queued: the answers of one burst came ever later, as where they stand in a queue. */
bool digest_queued(const struct evidence *burst);
/* digest_straggled: they came so up to long after the first: a queue, not a loss. */
bool digest_straggled(const struct pings *p);

/* digest_pings_even: the answers to a burst come as a limit lets them pass. */
bool digest_pings_even(const struct evidence *burst);

/* digest_arp_of_twenty: of twenty ARP requests in a row so many were answered. */
double digest_arp_of_twenty(const struct digest *d, const struct evidence *arp);
/* Round trips to the target other than pings: those that were made, and of them those that something was lost of; and
 * of these those of ARP. */
struct trips {
	double made, lost, arps_lost;
};
struct trips digest_count_trips(const struct digest *d);
/* digest_trips_lost: of round trips other than pings something was lost, for want of which nothing was given up. */
bool digest_trips_lost(const struct digest *d);

#endif
