/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a file of tokens. What is taken is written as it can be read again, and nobody's secret finds a token.
 */
#include "web/token.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct tokens tokens, again;
	struct buf out = { 0 };
	if (!tokens_parse((struct str){ (const char *)data, size }, &a, &d, &tokens)) {
		tokens_write(&out, &tokens);
		assert(!tokens_parse(buf_str(&out), &a, &d, &again) && again.count == tokens.count);
		for (size_t i = 0; i < tokens.count; i++) {
			assert(token_name_fits(tokens.items[i].name) && tokens.items[i].role != ROLE_NONE);
			assert(tokens.items[i].role == again.items[i].role &&
			       !memcmp(tokens.items[i].hash, again.items[i].hash, TOKEN_HASH_BYTES));
		}
		assert(!tokens_find(&tokens, (struct str){ (const char *)data, size }));
	} else {
		assert(d.errors);
	}
	buf_free(&out);
	arena_free(&a);
	return 0;
}
