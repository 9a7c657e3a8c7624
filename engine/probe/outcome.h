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

/* OUTCOME_STATES: what the help of a probe says of the states that outcome_of_connect gives; "refused" and
 * "port-unreachable" are left to the probe, to which they mean something of its own. */
#define OUTCOME_STATES                                                                                                 \
	{ "net-unreachable", "ICMP: no route to the network" },                                                        \
		{ "host-unreachable", "ICMP: the host does not answer on its network; from ourselves: ARP failed" },   \
		{ "prohibited", "ICMP: administratively prohibited" },                                                 \
		{ "ttl-exceeded", "ICMP: time to live exceeded, a routing loop" },                                     \
		{ "no-route", "the own routing table has no way there" },                                              \
		{ "no-local-port", "all local ports are in use" },                                                     \
		{ "local-denied", "the own system does not permit it" },                                               \
	{                                                                                                              \
		"error", "another error of the own system"                                                             \
	}

/* OUTCOME_FACTS: the same of the facts that outcome_facts gives with detail. */
#define OUTCOME_FACTS(prefix)                                                                                          \
	{ prefix ".error", FACT_TEXT, "the system's error" },                                                          \
		{ prefix ".icmp", FACT_TEXT, "ICMP type/code behind the error" },                                      \
		{ prefix ".icmp_type", FACT_NUMBER, "ICMP type" }, { prefix ".icmp_code", FACT_NUMBER, "ICMP code" },  \
		{ prefix ".icmp_from", FACT_TEXT, "who sent the ICMP message" },                                       \
	{                                                                                                              \
		prefix ".icmp_origin", FACT_TEXT, "self, target or router"                                             \
	}

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
