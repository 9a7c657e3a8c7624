/* SPDX-License-Identifier: MIT
 *
 * Anything as a node status.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("nbstat", "address=10.53.0.10", "name=filesrv")
