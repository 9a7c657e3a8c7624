/* SPDX-License-Identifier: MIT
 *
 * A small knowledge base for tests of the matcher: the articles and codes of kb/, and made-up articles in the archive's
 * format (tests/golden/match/articles). Compiled in memory; tests run in the project's root.
 */
#ifndef KBT_TESTS_SMALL_KB_H
#define KBT_TESTS_SMALL_KB_H

#include "tests/main/file.h"

#include "match/compile.h"
#include "match/matcher.h"

#include <glob.h>

static inline enum err small_kb_feed(struct compiler *c, const char *pattern)
{
	glob_t found;
	enum err e = glob(pattern, 0, NULL, &found) ? ERR_NOTFOUND : ERR_OK;
	for (size_t i = 0; !e && i < found.gl_pathc; i++) {
		struct buf bytes = { 0 };
		struct arena a = { 0 };
		struct article *article;
		if (!file_read(found.gl_pathv[i], &bytes))
			e = ERR_IO;
		else if (!article_parse(buf_str(&bytes), &a, NULL, &article))
			e = compile_source(c, article->id, buf_str(&bytes));
		arena_free(&a);
		buf_free(&bytes);
	}
	globfree(&found);
	return e;
}

static inline size_t small_kb_codes(struct str text, struct store_code *codes, size_t max)
{
	size_t n = 0;
	for (struct str line; n < max && str_line(&text, &line);) {
		struct store_code c;
		struct str value, rest;
		str_cut(line, '\t', &value, &rest);
		str_cut(rest, '\t', &c.family, &rest);
		str_cut(rest, '\t', &c.symbol, &c.says);
		if (str_i64(value, &c.value))
			codes[n++] = c;
	}
	return n;
}

/* small_kb_block gives the compiled form; the caller frees it. */
static inline enum err small_kb_block(struct buf *ret_block)
{
	static struct store_code codes[2000];
	struct compiler *c = NULL;
	struct buf table = { 0 };
	enum err e = file_read("kb/codes.tsv", &table) ? compile_open(2, &c) : ERR_IO;
	if (!e)
		e = small_kb_feed(c, "kb/articles/*.md");
	if (!e)
		e = small_kb_feed(c, "tests/golden/match/articles/*.txt");
	if (!e)
		e = compile_finish(c, codes, small_kb_codes(buf_str(&table), codes, 2000),
				   (struct file_stamp){ .generation = 7 }, ret_block);
	compile_close(&c);
	buf_free(&table);
	return e;
}

static inline enum err small_kb_open(struct matcher **ret_matcher)
{
	struct buf block = { 0 };
	enum err e = small_kb_block(&block);
	if (!e)
		e = matcher_of_block(&block, ret_matcher);
	buf_free(&block);
	return e;
}

#endif
