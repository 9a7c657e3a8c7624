/* SPDX-License-Identifier: MIT
 *
 * The prefilter's form for machines without SSE2, held to the same naive search.
 */
#define PREFILTER_PLAIN
#include "test_prefilter.c"
