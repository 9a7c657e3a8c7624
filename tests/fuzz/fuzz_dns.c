/* SPDX-License-Identifier: MIT
 *
 * Anything as answers of a DNS server.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("dns", "server=10.53.0.53", "name=filesrv")
