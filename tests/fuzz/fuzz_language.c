/* SPDX-License-Identifier: MIT
 *
 * Any text as what a system says in its user's language: what it is undone to is text, each place in it lies in the
 * query, and none before the one of the byte before it.
 */
#include "base/utf8.h"
#include "match/damage.h"
#include "match/language.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct str query = utf8_mend((struct str){ (const char *)data, size }, &a);
	struct clean clean;
	if (damage_undo(query, &a, &clean) || language_undo(&clean, &a, &clean) || !utf8_valid(clean.text))
		abort();
	for (size_t at = 0, last = 0; at <= clean.text.n; at++) {
		size_t place = clean_offset(&clean, at);
		if (place < last || place > query.n)
			abort();
		last = place;
	}
	arena_free(&a);
	return 0;
}
