/* SPDX-License-Identifier: MIT
 *
 * Any bytes behind the first lines of authored articles, inside the front matter.
 */
#include "tests/fuzz/fuzz_article.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_article(STR("---\nid: Q123456\ntitle: T\n"), (struct str){ (const char *)data, size });
	return 0;
}
