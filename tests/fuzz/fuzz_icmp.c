/* SPDX-License-Identifier: MIT
 *
 * Anything as echo replies.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("icmp", "address=10.53.0.10")
