/* SPDX-License-Identifier: MIT
 *
 * Anything as a Windows program file.
 */
#include "tests/main/sim.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str words[] = { STR("path=/mnt/CONNRAS.DLL"), STR("at_least=2.0.1493.3273") };
	struct sim s = { .files.program = { (const char *)data, size } };
	struct diags d = { .arena = &s.arena };
	if (probe_request_parse(STR("pe"), words, 2, &s.arena, &d, &s.request))
		abort();
	sim_start(&s);
	sim_end(&s);
	sim_free(&s);
	return 0;
}
