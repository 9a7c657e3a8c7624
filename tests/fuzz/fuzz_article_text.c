/* SPDX-License-Identifier: MIT
 *
 * Any bytes behind the first lines of the archive's text files.
 */
#include "tests/fuzz/fuzz_article.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_article(STR("DOCUMENT:Q123456  08-AUG-2001  [x]\nTITLE   :T\n"), (struct str){ (const char *)data, size });
	return 0;
}
