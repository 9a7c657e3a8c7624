/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a time stamp: fields stay in range, and what comes out as ISO reads back as the same moment.
 */
#include "match/stamp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct stamp t, again;
	struct arena a = { 0 };
	struct str iso = stamp_iso(text, &a);
	if (stamp_parse(text, &t)) {
		assert(t.hour <= 24 && t.minute < 60 && t.second <= 60 && t.month <= 12 && t.day <= 31);
		if (t.year) {
			assert(stamp_parse(iso, &again));
			assert(again.year == t.year && again.month == t.month && again.day == t.day);
			assert(again.hour == t.hour && again.minute == t.minute && again.second == t.second);
			assert(again.zoned == t.zoned && again.zone_minutes == t.zone_minutes);
		}
	}
	arena_free(&a);
	return 0;
}
