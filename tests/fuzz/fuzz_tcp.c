/* SPDX-License-Identifier: MIT
 *
 * Anything as a service that speaks first on a connection.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("tcp", "address=10.53.0.10", "port=22", "watch=400")
