/* SPDX-License-Identifier: MIT
 *
 * What a rotation makes of a log's name: app.log > app.log.1, app.log-20010312, app-20010312.log, app.log.1.gz,
 * app.log.old, app.lo_. Told by the names' shape alone; opens nothing.
 */
#ifndef KBT_SCAN_ROTATION_H
#define KBT_SCAN_ROTATION_H

#include "base/str.h"

/* rotation_name says whether a rotation of base may be called name (both without folders). */
bool rotation_name(struct str base, struct str name);

/* rotation_age: the greater the older, by numbers or by dates (from ROTATION_DATED on); 0 for base itself, 1 for .0 and
 * for what has no number; -1 for what is none of its rotations. */
enum { ROTATION_FIRST = 2 /* .1 */, ROTATION_DATED = 1000000 };
int64_t rotation_age(struct str base, struct str name);

/* rotation_bases visits each name of which rotation_name may say that this one is a rotation; some of them twice. Of a
 * name with more marks than ROTATION_MARKS_MAX those behind are not looked at. */
enum { ROTATION_MARKS_MAX = 32 };
typedef void rotation_visit(void *context, struct str base);
void rotation_bases(struct str name, rotation_visit *visit, void *context);

bool rotation_packed(struct str name); /* it ends as packed files do */

/* rotation_related says whether two paths are of one log: a log and a rotation of it, or two of these. */
bool rotation_related(struct str path, struct str other);

#endif
