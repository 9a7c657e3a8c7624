/* SPDX-License-Identifier: MIT
 *
 * Any bytes behind the first lines of the archive's web pages.
 */
#include "tests/fuzz/fuzz_article.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_article(STR("---\n---\n\n## Q12345: T\n\n{% raw %}\n\n\tArticle: Q12345\n"),
		     (struct str){ (const char *)data, size });
	return 0;
}
