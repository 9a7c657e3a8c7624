/* SPDX-License-Identifier: MIT
 *
 * Any text as what somebody tells in his own language: what is read of it is text, is not empty, and stays in a bound.
 */
#include "base/utf8.h"
#include "match/glossary.h"
#include "match/matcher.h"
#include "tests/main/small_kb.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LETTER_GIVES_MAX = 64 }; /* bytes of English for one of the text */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct matcher *matcher;
	if (!matcher && small_kb_open(&matcher))
		abort();
	struct arena a = { 0 };
	struct str text = utf8_mend((struct str){ (const char *)data, size }, &a), english;
	for (int prose = 0; prose < 2; prose++) {
		size_t listed = 0;
		if (!glossary_read(&matcher->view, text, prose, &a, &english, &listed))
			continue;
		if (!listed || listed > text.n || !utf8_valid(english) || english.n > LETTER_GIVES_MAX * text.n)
			abort();
	}
	arena_free(&a);
	return 0;
}
