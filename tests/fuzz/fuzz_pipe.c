/* SPDX-License-Identifier: MIT
 *
 * Anything as a server that is asked for a named pipe.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("pipe", "address=10.53.0.10")
