/* SPDX-License-Identifier: MIT
 *
 * hits > incidents: what people want to see of a log. One incident an article and set of bindings, with how often,
 * where first and last, and the most telling line. Counts only a line's best answer. Keeps at most INCIDENTS_MAX
 * apart; what comes beyond is counted by article alone, so memory stays bounded whatever the log binds.
 */
#ifndef KBT_SCAN_INCIDENT_H
#define KBT_SCAN_INCIDENT_H

#include "scan/scan.h"

enum { INCIDENTS_MAX = 10000 };

struct incident_place {
	struct str file;
	uint64_t line;
	char time[40]; /* as the hit says it, NUL-terminated; may be empty */
};

struct incident {
	struct match match; /* of the most telling hit: the surest, among those the first */
	bool folded;	    /* several sets of bindings: beyond INCIDENTS_MAX */
	uint64_t count;
	struct incident_place first, last, example;
	struct str text; /* the example's line */
};

struct incidents {
	struct arena arena;
	struct incident *items; /* in order of first sight, until incidents_rank */
	size_t count, cap;
	uint32_t *slots; /* hash table of place + 1 */
	size_t slot_count;
};

/* incidents_add takes one hit; ERR_NOMEM. */
enum err incidents_add(struct incidents *set, const struct scan_hit *hit) MUST_USE;
void incidents_rank(struct incidents *set); /* the frequent first; then nothing may be added */
void incidents_free(struct incidents *set);

#endif
