/* SPDX-License-Identifier: MIT
 *
 * Of which rules a verdict is: the cause files and the articles that answered, each with a hash of its bytes as
 * imported. Reads the store; decides nothing.
 */
#ifndef KBT_TRIAGE_VERSIONS_H
#define KBT_TRIAGE_VERSIONS_H

#include "triage/triage.h"

/* versions_note adds those of the report's own answer. */
void versions_note(struct store *s, const struct causes *causes, struct arena *a, struct triage_report *report);

/* versions_compare notes in the report which of these are others by now, or gone, and the best answer where it is not
 * among them. */
void versions_compare(struct store *s, const struct causes *causes, const struct triage_version *before, size_t count,
		      struct arena *a, struct triage_report *report);

#endif
