/* SPDX-License-Identifier: MIT
 *
 * An entry's path > what a rotation has put beside it and nobody has read: the rest of a file that was cut off, files
 * that came and went between two looks. Adds old files and jobs to the entry; reads no content but what tells a copy.
 */
#ifndef KBT_FOLLOW_BESIDE_H
#define KBT_FOLLOW_BESIDE_H

#include "follow/entry.h"

/* beside_catch_up looks beside the path. What changed before the last time that all was accounted for need not be
 * looked at. */
enum err beside_catch_up(struct follow *f, struct entry *e) MUST_USE;

/* beside_settle ends a look: it lists the folders of all that were caught up once more. Where what lies beside one is
 * no longer the same, it is looked at again. */
enum err beside_settle(struct follow *f) MUST_USE;

/* beside_pass_over takes what lies beside a file at the start for known: only the file itself was asked for. */
enum err beside_pass_over(struct follow *f, struct entry *e) MUST_USE;

#endif
