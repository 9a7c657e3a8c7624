/* SPDX-License-Identifier: MIT
 *
 * Anything as ARP answers, and of the kernel before them.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("arp", "address=10.53.0.10")
