/* SPDX-License-Identifier: MIT
 *
 * The literal prefilter finds what a naive search at every word start finds, on random texts made of the literals' own
 * pieces. PREFILTER_PLAIN: the form without vector instructions.
 */
#ifdef PREFILTER_PLAIN
#undef __SSE2__
#include "scan/prefilter.c"
#endif
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "scan/prefilter.h"

enum { LITERALS = 300, TEXTS = 300, TEXT_BYTES = 3000 };

static uint32_t state;

static uint32_t random_below(uint32_t n) /* a small congruential generator: the same sequence everywhere */
{
	state = state * 1664525u + 1013904223u;
	return (state >> 8) % n;
}

static struct str random_word(struct arena *a, uint32_t min, uint32_t max)
{
	uint32_t n = min + random_below(max - min + 1);
	char *p = arena_alloc(a, n + 1);
	for (uint32_t i = 0; i < n; i++)
		p[i] = "aAbB0 :@[\xE9"[i ? random_below(10) : 0];
	return (struct str){ p, n };
}

static struct str folded(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		((char *)(uintptr_t)s.p)[i] = char_lower(s.p[i]);
	return s;
}

static void open_table(const struct str *literals, size_t count, struct buf sections[SEC_COUNT],
		       struct literal_table *p)
{
	assert_int_equal(literals_index(literals, count, sections), ERR_OK);
	assert_int_equal(literals_of_sections(sections, p), ERR_OK);
	assert_int_equal(p->count, count);
}

static void free_sections(struct buf sections[SEC_COUNT])
{
	for (int i = 0; i < SEC_COUNT; i++)
		buf_free(&sections[i]);
}

static bool in_word(char c)
{
	return (unsigned char)c >= 0x80 || char_is_alnum(c);
}

static void check(const struct literal_table *p, struct prefilter_scratch *s, struct str text, size_t from, size_t to,
		  size_t *total)
{
	size_t found = 0;
	assert_int_equal(prefilter_scan(p, s, text, from, to), ERR_OK);
	for (size_t at = from; at < to; at++) {
		if (!in_word(text.p[at]) || (at && in_word(text.p[at - 1])))
			continue;
		for (uint32_t i = 0; i < p->count; i++) {
			struct str literal = { p->literals[i].text, p->literals[i].n };
			if (!str_starts_nocase(str_from(text, at), literal))
				continue;
			bool there = false;
			for (size_t k = 0; k < s->count; k++)
				there = there || (s->finds[k].at == at && s->finds[k].literal == i);
			assert_true(there);
			found++;
		}
	}
	assert_int_equal(s->count, found);
	for (size_t k = 1; k < s->count; k++)
		assert_true(s->finds[k - 1].at <= s->finds[k].at);
	*total += found;
}

static void finds_what_a_naive_search_finds(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct str literals[LITERALS];
	for (size_t i = 0; i < LITERALS; i++) {
		literals[i] = folded(random_word(&a, LITERAL_MIN, i % 10 ? 17 : FILE_LITERAL_MAX));
		for (size_t k = 0; k < i; k++)
			if (str_eq_nocase(literals[k], literals[i]))
				literals[i] = folded(random_word(&a, FILE_LITERAL_MAX, FILE_LITERAL_MAX));
	}
	struct buf sections[SEC_COUNT] = { 0 };
	struct literal_table p;
	struct prefilter_scratch s = { 0 };
	open_table(literals, LITERALS, sections, &p);
	size_t total = 0;
	for (size_t t = 0; t < TEXTS; t++) {
		struct buf text = { 0 };
		size_t bytes = t % 3 ? t : TEXT_BYTES;
		while (text.n < bytes)
			buf_add(&text, random_below(3) ? random_word(&a, 1, 9) : literals[random_below(LITERALS)]);
		size_t from = random_below((uint32_t)text.n + 1),
		       to = from + random_below((uint32_t)(text.n - from) + 1);
		check(&p, &s, buf_str(&text), 0, text.n, &total);
		check(&p, &s, buf_str(&text), from, to, &total);
		buf_free(&text);
	}
	assert_true(total > TEXTS * 5);
	prefilter_scratch_free(&s);
	free_sections(sections);
	arena_free(&a);
}

static void case_does_not_matter_but_word_starts_do(void **unused)
{
	(void)unused;
	struct str literals[] = { STR_LIT("wnetaddconnection2"), STR_LIT("addconnection") };
	struct buf sections[SEC_COUNT] = { 0 };
	struct literal_table p;
	struct prefilter_scratch s = { 0 };
	open_table(literals, 2, sections, &p);
	struct str text = STR("error DURING wnetaddCONNECTION2 (53)");
	assert_int_equal(prefilter_scan(&p, &s, text, 0, text.n), ERR_OK);
	assert_int_equal(s.count, 1);
	assert_int_equal(s.finds[0].at, 13);
	assert_int_equal(p.literals[s.finds[0].literal].n, literals[0].n);
	prefilter_scratch_free(&s);
	free_sections(sections);
}

/* Each text holds the literal once, broken in some way; its first letter is behind the mark '|', which is cut out. */
static void literals_are_found_over_line_ends(void **unused)
{
	(void)unused;
	static const char *const texts[] = {
		"|no route\nto host", "x |no\n   route to host", "a\n|no route to\r\n\thost is near",
		"|no route \n\n to host", "|no route t\no host", /* a terminal's width */
		"2001-03-12 10:56:20 ERROR |no route to\n2001-03-12 10:56:21 ERROR host\n",
		"y\nMar  2 08:13:43 web1 app[1]: text |no\nMar  2 08:13:44 web1 app[1]: route to host",
	};
	struct str literals[] = { STR_LIT("no route to host") };
	struct buf sections[SEC_COUNT] = { 0 };
	struct literal_table p;
	struct prefilter_scratch s = { 0 };
	open_table(literals, 1, sections, &p);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str text = str_c(texts[i]), before, after;
		struct buf whole = { 0 };
		assert_true(str_cut(text, '|', &before, &after));
		for (size_t fill = 0; fill < 130; fill++) { /* wherever the blocks' edges are */
			buf_clear(&whole);
			for (size_t k = 0; k < fill; k++)
				buf_add_char(&whole, k + 1 == fill ? '\n' : '.');
			buf_add(&whole, before);
			buf_add(&whole, after);
			assert_int_equal(prefilter_scan(&p, &s, buf_str(&whole), 0, whole.n), ERR_OK);
			assert_int_equal(s.count, 1);
			assert_int_equal(s.finds[0].at, fill + before.n);
		}
		buf_free(&whole);
	}
	struct str apart = STR("no route\nmore to host\nno route t\n");
	assert_int_equal(prefilter_scan(&p, &s, apart, 0, apart.n), ERR_OK);
	assert_int_equal(s.count, 0);
	prefilter_scratch_free(&s);
	free_sections(sections);
}

static void no_literals_find_nothing(void **unused)
{
	(void)unused;
	struct buf sections[SEC_COUNT] = { 0 };
	struct literal_table p;
	struct prefilter_scratch s = { 0 };
	open_table(NULL, 0, sections, &p);
	assert_int_equal(prefilter_scan(&p, &s, STR("anything at all"), 0, 15), ERR_OK);
	assert_int_equal(s.count, 0);
	free_sections(sections);
}

static void wrong_tables_are_refused(void **unused)
{
	(void)unused;
	struct str literals[] = { STR_LIT("connection refused"), STR_LIT("no route to host"), STR_LIT("timed out") };
	for (int damage = 0; damage < 4; damage++) {
		struct buf sections[SEC_COUNT] = { 0 };
		struct literal_table p;
		open_table(literals, 3, sections, &p);
		struct file_literal *first = (struct file_literal *)(void *)sections[SEC_LITERAL].p;
		if (damage == 0)
			memset(sections[SEC_LITERAL_LONG].p, 0x7F, 4);
		else if (damage == 1)
			first->n = FILE_LITERAL_MAX + 1;
		else if (damage == 2)
			first->message_at = 9;
		else
			sections[SEC_LITERAL_BITS].n -= 8;
		assert_int_equal(literals_of_sections(sections, &p), ERR_DAMAGED);
		free_sections(sections);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_a_naive_search_finds),
		cmocka_unit_test(case_does_not_matter_but_word_starts_do),
		cmocka_unit_test(literals_are_found_over_line_ends),
		cmocka_unit_test(no_literals_find_nothing),
		cmocka_unit_test(wrong_tables_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
