/* SPDX-License-Identifier: MIT
 *
 * Anything as an SMB server.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("smb", "address=10.53.0.10", "share=data", "listen=0", "echo=3")
