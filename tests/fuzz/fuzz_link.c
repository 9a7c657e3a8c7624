/* SPDX-License-Identifier: MIT
 *
 * Anything as the kernel's list of links.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("link", "watch=1000")
