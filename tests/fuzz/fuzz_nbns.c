/* SPDX-License-Identifier: MIT
 *
 * Anything as answers of a WINS server.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("nbns", "server=10.53.0.53", "name=filesrv")
