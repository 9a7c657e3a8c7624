/* SPDX-License-Identifier: MIT
 *
 * Anything as each of the client's own files.
 */
#include "tests/main/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size }, word = STR("name=filesrv");
	struct sim s = { .files = { text, text, text, text, text, text } };
	struct diags d = { .arena = &s.arena };
	if (probe_request_parse(STR("files"), &word, 1, &s.arena, &d, &s.request))
		abort();
	sim_start(&s);
	sim_end(&s);
	sim_free(&s);
	return 0;
}
