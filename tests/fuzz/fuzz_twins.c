/* SPDX-License-Identifier: MIT
 *
 * Anything as IP packets with echo replies, and of the kernel before them.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("twins", "address=10.53.0.10", "mac=02:aa:aa:aa:aa:aa", "other=02:bb:bb:bb:bb:bb")
