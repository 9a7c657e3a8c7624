/* SPDX-License-Identifier: MIT
 *
 * Anything as answers to a question for an address's name.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("dns", "server=10.53.0.53", "name=10.53.0.10", "type=PTR")
