/* SPDX-License-Identifier: MIT
 *
 * Clocks of time zones by their name in the zone database ("Europe/Berlin"; UTC in any case). For as long as a call
 * takes the process stands in that zone (TZ): only before there are other threads.
 */
#ifndef KBT_SCAN_ZONE_H
#define KBT_SCAN_ZONE_H

#include "base/str.h"

#include <time.h>

/* zone_local gives when this machine's clocks showed a time: first, where they were put back and showed it twice; where
 * they were put forward over it, when they were. The C library says one or the other by what it was asked before. False
 * for a time that cannot be told. */
bool zone_local(struct tm clock, int64_t *ret_s);

/* zone_seconds gives what a clock there showed, as seconds since 1970; false where no zone is called so, or for a time
 * that cannot be told. */
bool zone_seconds(struct str name, struct tm clock, int64_t *ret_s);

/* zone_clock gives what a clock there shows so many seconds after 1970 began. */
bool zone_clock(struct str name, int64_t s, struct tm *ret_clock);

#endif
