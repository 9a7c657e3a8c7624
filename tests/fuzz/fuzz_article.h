/* SPDX-License-Identifier: MIT
 *
 * What any bytes must hold, whatever the format: parsing ends, the raw text parses again and prints itself, and the
 * rule can be derived. Each format's fuzzer puts its own first bytes before the input.
 */
#ifndef KBT_TESTS_FUZZ_ARTICLE_H
#define KBT_TESTS_FUZZ_ARTICLE_H

#include "rule/rule.h"

#include <stdlib.h>

static inline void fuzz_article(struct str head, struct str bytes)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct buf first = { 0 }, second = { 0 };
	struct article *article, *again;
	struct rule rule;
	struct str all = arena_printf(&a, "%.*s", STR_ARG(head));
	char *text = arena_alloc(&a, all.n + bytes.n);
	for (size_t i = 0; i < all.n + bytes.n; i++)
		text[i] = i < all.n ? all.p[i] : bytes.p[i - all.n];
	if (!article_parse((struct str){ text, all.n + bytes.n }, &a, &d, &article)) {
		if (rule_extract(article, &a, &d, &rule))
			abort();
		article_raw(article, &first);
		/* a byte order mark or a lone CR may go; from then on nothing does */
		if (!article_parse(buf_str(&first), &a, &d, &again)) {
			article_raw(again, &second);
			if (!str_eq(buf_str(&first), buf_str(&second)))
				abort();
		}
	}
	buf_free(&first);
	buf_free(&second);
	arena_free(&a);
}

#endif
