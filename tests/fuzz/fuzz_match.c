/* SPDX-License-Identifier: MIT
 *
 * Any bytes laid against the small KB.
 */
#include "tests/fuzz/fuzz_answer.h"
#include "tests/main/small_kb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matcher *matcher;
	static struct match_scratch *scratch;
	if (!matcher && (small_kb_open(&matcher) || match_scratch_open(matcher, &scratch)))
		abort();
	check_answer(matcher, scratch, (struct str){ (const char *)data, size });
	return 0;
}
