/* SPDX-License-Identifier: MIT
 *
 * Anything as the kernel's route, which is asked with a port and, where that is refused, without.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("route", "address=10.53.1.10", "port=445")
