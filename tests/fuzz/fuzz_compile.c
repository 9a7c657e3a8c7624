/* SPDX-License-Identifier: MIT
 *
 * A knowledge base of any bytes, parted by form feeds: the first part is asked, those behind it are articles. The last
 * one, where there are several, replaces the first one as a change does (patch.h). What is compiled is sound and
 * answers.
 */
#include "tests/fuzz/fuzz_answer.h"

#include "match/compile.h"
#include "match/matcher.h"
#include "match/patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARTICLES_MAX = 4 };

static void compile(const struct str *sources, unsigned n, double mean_length, struct buf *ret_block)
{
	static const char *const ids[ARTICLES_MAX] = { "Q10001", "Q10002", "Q-third", "Q10004" };
	struct compiler *c = NULL;
	if (compile_open(1, &c))
		abort();
	compile_set_mean_length(c, mean_length);
	for (unsigned i = 0; i < n; i++)
		if (compile_source(c, (struct str){ ids[i], strlen(ids[i]) }, sources[i]))
			abort();
	if (compile_finish(c, NULL, 0, (struct file_stamp){ .generation = 1 }, ret_block))
		abort();
	compile_close(&c);
}

/* change_first: false where compiling anew is better. */
static bool change_first(const struct buf *base, struct str source, struct buf *ret_block)
{
	struct buf delta = { 0 };
	struct file_view old, new;
	bool gone[ARTICLES_MAX] = { true };
	if (file_check(buf_str(base), &old))
		abort();
	compile(&source, 1, old.header.mean_length, &delta);
	if (file_check(buf_str(&delta), &new))
		abort();
	enum err e = patch_block(&old, gone, &new, &(uint32_t){ 0 }, NULL, 0, (struct file_stamp){ .generation = 2 },
				 ret_block);
	if (e && e != ERR_LIMIT)
		abort();
	buf_free(&delta);
	return !e;
}

static void ask(struct buf *block, struct str text)
{
	struct matcher *m;
	struct match_scratch *s;
	if (matcher_of_block(block, &m) || match_scratch_open(m, &s))
		abort();
	check_answer(m, s, text);
	match_scratch_close(&s);
	match_close(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, asked, sources[ARTICLES_MAX];
	struct buf block = { 0 }, changed = { 0 };
	unsigned n = 0;
	str_cut(rest, '\f', &asked, &rest);
	while (rest.n && n < ARTICLES_MAX)
		str_cut(rest, '\f', &sources[n++], &rest);
	unsigned first = n > 1 ? n - 1 : n;
	compile(sources, first, 0, &block);
	if (first < n && change_first(&block, sources[first], &changed))
		ask(&changed, asked);
	ask(&block, asked);
	return 0;
}
