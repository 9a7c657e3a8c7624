/* SPDX-License-Identifier: MIT
 *
 * Anything as answers to a broadcast, and of the kernel before it.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("nbns", "name=filesrv")
