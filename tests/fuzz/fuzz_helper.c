/* SPDX-License-Identifier: MIT
 *
 * Anything as a record of the helper process.
 */
#include "tests/main/sim.h"

#include "probe/driver_helper.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct probe_request r = { .probe = probe_find(STR("tcp")) };
	struct evidence *e;
	size_t index;
	if (helper_read((struct str){ (const char *)data, size }, &r, 1, &a, &index, &e))
		assert(index == 0 && e->raw.n <= PROBE_RAW_MAX && e->fact_count <= 256);
	arena_free(&a);
	return 0;
}
