/* SPDX-License-Identifier: MIT
 *
 * A looked-up message > the bindings of its diagnosis. What the caller sets counts more than what the best match
 * captures, and that more than what its URLs and the program's name tell; of a name the first value stays, and a value
 * that its name cannot have (triage_binding_fits) is left out. Sends nothing, resolves nothing.
 */
#ifndef KBT_TRIAGE_BINDINGS_H
#define KBT_TRIAGE_BINDINGS_H

#include "triage/triage.h"

/* bindings_find gives NULL where the report has none of this name; good until the next is made. */
const struct binding *bindings_find(const struct triage_report *report, const char *name);

/* bindings_unfit says of what was set, or else what the message has, in the server's place and is none, what it is not:
 * "999.1.1.1 is not a host name or address"; empty where there is no such thing. */
struct str bindings_unfit(const struct triage_options *options, const struct triage_report *report, struct arena *a);

/* bindings_make fills report->bindings from report->answer, and judges its captures anew by the values that were set in
 * their place. Fewer of them where memory ends: the arena tells. */
void bindings_make(const struct triage_options *options, const struct causes *causes, struct arena *a,
		   struct triage_report *report);

#endif
