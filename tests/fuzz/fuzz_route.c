/* SPDX-License-Identifier: MIT
 *
 * Anything as the kernel's route.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("route", "address=10.53.1.10")
