/* SPDX-License-Identifier: MIT
 *
 * A saved incident: a diagnosis kept as one JSON object, with the message, the bindings and every piece of evidence
 * with the bytes that came back. Written from a report; read from untrusted bytes into the caller's arena. Never opens
 * files.
 */
#ifndef KBT_TRIAGE_INCIDENT_H
#define KBT_TRIAGE_INCIDENT_H

#include "triage/triage.h"

enum { INCIDENT_VERSION = 1, INCIDENT_BYTES_MAX = 16 << 20 };

struct incident {
	struct str text;
	int64_t generation; /* of the KB that it was diagnosed with */
	struct str cause, state; /* of the verdict then */
	struct str refused, refused_why; /* of the report */
	struct driver_count sent;
	double ms;
	bool offline;
	struct triage_version *versions; /* of the rules that it was diagnosed with */
	size_t version_count, version_cap;
	struct binding *bindings;
	size_t binding_count, binding_cap;
	struct evidence **evidence;
	size_t evidence_count, evidence_cap;
};

/* incident_write adds a report as a saved incident, which incident_read reads; buf_err tells of a failure. */
void incident_write(struct buf *out, const struct triage_report *report, int64_t generation);

/* incident_read: ERR_INPUT with a sentence in d where the bytes are no incident, ERR_NEWER for a later version's. */
enum err incident_read(struct str bytes, struct arena *a, struct diags *d, struct incident *ret_incident) MUST_USE;

#endif
