/* SPDX-License-Identifier: MIT
 *
 * Any bytes as lines that look like errors: each is counted by one template or as left out, and a template's example is
 * one of the lines.
 */
#include "base/utf8.h"
#include "scan/suspect.h"
#include "scan/unknown.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, line;
	struct unknowns set = { 0 };
	struct buf text = { 0 };
	for (uint64_t n = 1; str_line(&rest, &line); n++) {
		struct scan_line one = { .file = n % 3 ? STR("a.log") : STR("b.log"), .line = n, .text = line };
		suspect_looks(line);
		if (unknowns_add(&set, &one))
			abort();
	}
	unknowns_rank(&set);
	uint64_t sum = set.left_out;
	for (size_t i = 0; i < set.count; i++) {
		sum += set.items[i].count;
		if (i && set.items[i].count > set.items[i - 1].count)
			abort();
		if (set.items[i].text.n > 3 * UNKNOWN_EXAMPLE_MAX || !utf8_valid(set.items[i].text))
			abort();
		unknown_template(&text, &set.items[i]);
	}
	if (sum > set.lines || !utf8_valid(buf_str(&text))) /* lines without a word are in neither */
		abort();
	buf_free(&text);
	unknowns_free(&set);
	return 0;
}
