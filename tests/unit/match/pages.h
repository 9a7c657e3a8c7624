/* SPDX-License-Identifier: MIT
 *
 * Knowledge bases of a few made-up articles, compiled in memory: a title, a product and what is said under SYMPTOMS.
 */
#ifndef KBT_TESTS_PAGES_H
#define KBT_TESTS_PAGES_H

#include "tests/unit/unit.h"

#include "match/compile.h"
#include "match/matcher.h"

struct page { const char *title, *product, *text; };

static inline void add_page(struct compiler *c, unsigned number, const struct page *p)
{
	struct buf b = { 0 };
	buf_addf(&b, "DOCUMENT:Q%u  08-AUG-2001  [made]\nTITLE   :%s\nPRODUCT :%s\nPROD/VER::1.0\n", number,
		 p->title, p->product);
	buf_add_c(&b, "KEYWORDS:kbtest\n\n");
	buf_addf(&b, "%.70s\nThe information in this article applies to:\n\n - %s\n%.70s\n\nSYMPTOMS\n========\n\n%s\n",
		 "----------------------------------------------------------------------", p->product,
		 "----------------------------------------------------------------------", p->text);
	struct buf id = { 0 };
	buf_addf(&id, "Q%u", number);
	assert_int_equal(compile_source(c, buf_str(&id), buf_str(&b)), ERR_OK);
	buf_free(&id);
	buf_free(&b);
}

static inline struct matcher *kb_from(const struct page *pages, unsigned n, unsigned first)
{
	struct compiler *c = NULL;
	struct buf block = { 0 };
	struct matcher *m = NULL;
	assert_int_equal(compile_open(1, &c), ERR_OK);
	for (unsigned i = 0; i < n; i++)
		add_page(c, first + i, &pages[i]);
	assert_int_equal(compile_finish(c, NULL, 0, (struct file_stamp){ .generation = 1 }, &block), ERR_OK);
	compile_close(&c);
	assert_int_equal(matcher_of_block(&block, &m), ERR_OK);
	buf_free(&block);
	return m;
}

#endif
