/* SPDX-License-Identifier: MIT
 *
 * Anything as a NetBIOS session service.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("nbss", "address=10.53.0.10", "called=FILESRV")
