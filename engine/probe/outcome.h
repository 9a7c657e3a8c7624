/* SPDX-License-Identifier: MIT
 *
 * What a failed event means, in the closed words of the facts: errno and the ICMP message behind it (RFC 792, RFC 1122
 * section 3.2.2.1, RFC 4443), and who sent it. Shared by all probes. Pure.
 */
#ifndef KBT_PROBE_OUTCOME_H
#define KBT_PROBE_OUTCOME_H

#include "probe/probe_machine.h"

enum icmp_meaning {
	ICMP_MEANS_NOTHING,
	ICMP_MEANS_NET_UNREACHABLE,
	ICMP_MEANS_HOST_UNREACHABLE,
	ICMP_MEANS_PORT_UNREACHABLE,
	ICMP_MEANS_PROHIBITED,
	ICMP_MEANS_TTL_EXCEEDED,
	ICMP_MEANS_TOO_BIG
};
/* icmp_meaning: by family, type and code; NOTHING for one that is no error, or none of these. */
enum icmp_meaning icmp_meaning(const struct icmp_note *n);

/* outcome_of_connect: the state of probe tcp for an EVENT_FAIL of a connection that was never open. */
const char *outcome_of_connect(const struct event *e);
/* outcome_of_datagram: port-closed or unreachable, as the UDP probes call it. */
const char *outcome_of_datagram(const struct event *e);
/* outcome_words: the errno and the ICMP message as words for a sentence. */
struct str outcome_words(const struct event *e, struct address target, struct arena *a);

/* outcome_facts adds PREFIX.error and, where an ICMP message is known, PREFIX.icmp and PREFIX.icmp_from; with detail
 * also .icmp_type, .icmp_code and .icmp_origin (self, target, router). */
void outcome_facts(struct machine *m, const char *prefix, const struct event *e, struct address target, bool detail);

#endif
