/* SPDX-License-Identifier: MIT
 *
 * Anything as an SMB1 server behind a session service.
 */
#include "tests/fuzz/fuzz_probe.h"

FUZZ_PROBE("smb", "address=10.53.0.10", "port=139", "dialects=smb1", "pipe=rcmdsvc", "share=data")
