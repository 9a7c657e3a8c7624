/* SPDX-License-Identifier: MIT
 *
 * What mail, HTML, shells, editors and terminals did to a message is undone: quoted-printable, entities, tags of HTML
 * and of forums, JSON's escapes of the same characters, terminals' control sequences, control bytes (so UTF-16 reads as
 * its ASCII), no-break and zero-width spaces, smart quotes and dashes, words hyphenated at a line end, marks of
 * quoting, Markdown's fences and bold letters. The result keeps a map back to the offsets of the query. Linear.
 */
#ifndef KBT_MATCH_DAMAGE_H
#define KBT_MATCH_DAMAGE_H

#include "match/clean.h"

/* damage_undo: ERR_NOMEM. The text lies in the arena, or is the query itself where nothing was to be undone. */
enum err damage_undo(struct str query, struct arena *a, struct clean *ret_clean) MUST_USE;
/* damage_is_none: true only where damage_undo would give the same text; most often it can tell, and sooner. */
bool damage_is_none(struct str query);
/* damage_mend is damage_undo of a text in which something was undone already; quoted-printable is left alone. */
enum err damage_mend(const struct clean *from, struct arena *a, struct clean *ret_clean) MUST_USE;

#endif
