/* SPDX-License-Identifier: MIT
 *
 * Hits grouped by article and bindings.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "scan/incident.h"

static struct scan_hit hit_of(const char *id, struct match_capture *server, uint64_t line, double confidence)
{
	return (struct scan_hit){ .file = STR("a.log"), .line = line, .lines = 1, .best = true,
				  .time = STR("2001-03-12T10:56:20"), .text = STR("Failed"),
				  .match = { .id = str_c(id), .title = STR("T"), .confidence = confidence,
					     .captures = server, .capture_count = server ? 1 : 0 } };
}

static void groups_by_article_and_bindings(void **unused)
{
	(void)unused;
	struct incidents set = { 0 };
	struct match_capture a = { .name = STR("server"), .value = STR("FILESRV") }, same = a, b = a;
	same.value = STR("filesrv");
	b.value = STR("OTHER");
	struct scan_hit hits[] = {
		hit_of("Q2", NULL, 1, 0.9), hit_of("Q1", &a, 2, 0.8), hit_of("Q1", &same, 5, 0.9),
		hit_of("Q1", &b, 6, 0.9), hit_of("Q1", &a, 9, 0.8),
	};
	struct scan_hit second = hit_of("Q3", NULL, 9, 0.7);
	second.best = false;
	for (size_t i = 0; i < sizeof hits / sizeof *hits; i++)
		assert_int_equal(incidents_add(&set, &hits[i]), ERR_OK);
	assert_int_equal(incidents_add(&set, &second), ERR_OK);
	assert_int_equal(incidents_group(&set), ERR_OK);
	assert_int_equal(set.count, 3);
	const struct incident *first = &set.items[0];
	assert_true(str_eq(first->match.id, STR("Q1")));
	assert_int_equal(first->count, 3);
	assert_int_equal(first->first.line, 2);
	assert_int_equal(first->last.line, 9);
	assert_int_equal(first->example.line, 5); /* the surest */
	assert_string_equal(first->last.time, "2001-03-12T10:56:20");
	incidents_free(&set);
}

static void beyond_the_bound_they_fold(void **unused)
{
	(void)unused;
	struct incidents set = { 0 };
	char name[32];
	for (unsigned i = 0; i < INCIDENTS_MAX + 500; i++) {
		struct match_capture c = { .name = STR("server"),
					   .value = { name, (size_t)snprintf(name, sizeof name, "H%u", i) } };
		struct scan_hit hit = hit_of("Q1", &c, i + 1, 0.9);
		assert_int_equal(incidents_add(&set, &hit), ERR_OK);
	}
	assert_int_equal(set.count, INCIDENTS_MAX + 1);
	assert_int_equal(incidents_group(&set), ERR_OK);
	assert_true(set.items[0].folded);
	assert_int_equal(set.items[0].count, 500);
	incidents_free(&set);
}

/* How long it took is no name: what differs in that alone is one incident. */
static void numbers_are_no_names(void **unused)
{
	(void)unused;
	struct incidents set = { 0 };
	static const char *const took[] = { "3", "5", "0" };
	for (size_t i = 0; i < 3; i++) {
		struct match_capture c[] = { { .name = STR("ms"), .value = str_c(took[i]), .type = VAR_NUMBER },
					     { .name = STR("server"), .value = STR("nas1"), .type = VAR_HOST } };
		struct scan_hit hit = { .file = STR("a"), .best = true, .text = STR("after some ms"),
					.match = { .id = STR("Q1"), .captures = c, .capture_count = 2 } };
		assert_int_equal(incidents_add(&set, &hit), ERR_OK);
	}
	assert_int_equal(set.count, 1);
	assert_int_equal(set.items[0].count, 3);
	assert_int_equal(set.items[0].match.capture_count, 1);
	assert_true(str_eq(set.items[0].match.captures[0].name, STR("server")));
	incidents_free(&set);
}

/* Values may be long, and all different: what is kept of them is bounded, and what is not kept apart is counted. */
static void long_values_do_not_fill_the_memory(void **unused)
{
	(void)unused;
	enum { VALUE = 8 << 10, HITS = 2 * INCIDENTS_TEXT_MAX / VALUE };
	static char value[VALUE];
	struct incidents set = { 0 };
	memset(value, 'x', sizeof value);
	for (int i = 0; i < HITS; i++) {
		struct match_capture c[] = { { .name = STR("path"), .value = { value, VALUE }, .type = VAR_TEXT } };
		struct scan_hit hit = { .file = i % 2 ? STR("a") : STR("b"), .best = true, .text = STR("not there"),
					.match = { .id = STR("Q1"), .captures = c, .capture_count = 1 } };
		snprintf(value, sizeof value, "%d", i);
		assert_int_equal(incidents_add(&set, &hit), ERR_OK);
	}
	assert_true(set.text_bytes < INCIDENTS_TEXT_MAX + VALUE + 1024);
	assert_true(set.count < HITS / 2 + 10);
	const struct incident *last = &set.items[set.count - 1];
	assert_true(last->folded);
	assert_int_equal(last->count, HITS - (set.count - 1));
	assert_int_equal(set.file_count, 2);
	incidents_free(&set);
}

/* What a hit says may be remembered from a line with another dress: its spans are those of that line. */
static void values_are_found_in_the_example(void **unused)
{
	(void)unused;
	struct incidents set = { 0 };
	struct match_capture c[] = { { .name = STR("server"), .value = STR("nas1"), .span = { 4, 8 } },
				     { .name = STR("port"), .value = STR("22"), .span = { 14, 16 } },
				     { .name = STR("share"), .value = STR("gone"), .span = { 1, 3 } } };
	struct scan_hit hit = { .file = STR("a"), .best = true, .text = STR("12:22:00 to nas1 port 22"),
				.match = { .id = STR("Q1"), .captures = c, .capture_count = 3 } };
	assert_int_equal(incidents_add(&set, &hit), ERR_OK);
	const struct incident *i = &set.items[0];
	assert_int_equal(i->match.captures[0].span.start, 12);
	assert_int_equal(i->match.captures[0].span.end, 16);
	assert_int_equal(i->match.captures[1].span.start, 22);
	assert_int_equal(i->match.captures[2].span.end, 0);
	incidents_free(&set);
}

/* The frequent comes first within a group, though another was seen before it and after it. */
static void a_group_spans_its_items(void **unused)
{
	(void)unused;
	struct incidents set = { .by = INCIDENT_BY_ARTICLE };
	struct match_capture a = { .name = STR("server"), .value = STR("FILESRV") }, b = a;
	b.value = STR("OTHER");
	static const char *const times[] = { "2001-03-12T10:50:00", "2001-03-12T10:55:00", "2001-03-12T10:56:00",
					     "2001-03-12T10:59:00" };
	struct scan_hit hits[] = { hit_of("Q1", &b, 1, 0.9), hit_of("Q1", &a, 2, 0.9), hit_of("Q1", &a, 3, 0.9),
				   hit_of("Q1", &a, 4, 0.9), hit_of("Q1", &b, 5, 0.9) };
	for (size_t i = 0; i < 5; i++) {
		hits[i].time = str_c(times[i < 4 ? i : 3]);
		assert_int_equal(incidents_add(&set, &hits[i]), ERR_OK);
	}
	assert_int_equal(incidents_group(&set), ERR_OK);
	assert_int_equal(set.group_count, 1);
	const struct incident_group *g = &set.groups[0];
	assert_true(str_eq(set.items[g->at].match.captures[0].value, STR("FILESRV")));
	assert_int_equal(g->first.line, 1);
	assert_string_equal(g->first.time, "2001-03-12T10:50:00");
	assert_int_equal(g->last.line, 5);
	assert_int_equal(g->count, 5);
	incidents_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_by_article_and_bindings),
		cmocka_unit_test(beyond_the_bound_they_fold),
		cmocka_unit_test(long_values_do_not_fill_the_memory),
		cmocka_unit_test(values_are_found_in_the_example),
		cmocka_unit_test(numbers_are_no_names),
		cmocka_unit_test(a_group_spans_its_items),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
