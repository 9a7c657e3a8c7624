/* SPDX-License-Identifier: MIT
 *
 * Anything as an SSH server. It waits for a few looks only: a late acknowledgement is within a short input's reach.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("ssh", "address=10.53.0.10", "wait=20")
