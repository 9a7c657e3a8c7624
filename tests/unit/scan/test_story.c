/* SPDX-License-Identifier: MIT
 *
 * What lines tell over time: marks against lines, and stories over hits and marks.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "scan/rotation.h"
#include "scan/story.h"

static struct match_capture server_a = { .name = STR_LIT("server"), .value = STR_LIT("A1") };

/* events: h a hit, m a mark, x another mark, M a mark of another server, / the next file, - a rotation of it (and
 * back), \\ the file before, < the first minute again, and a digit for minutes that pass before the next event (none:
 * one); t leaves the next event without its time. Before them stand f hits in another log. */
static bool tells_behind(struct rule_story story, unsigned f, const char *events)
{
	struct over_time_story one = { .id = STR("Q1"), .story = story };
	struct over_time rules = { .stories = &one, .story_count = 1 };
	struct stories s = { .over_time = &rules };
	struct match m = { .id = STR("Q1"), .captures = &server_a, .capture_count = 1 };
	char file[16] = "l/a0.log", time[32];
	unsigned minute = 0;
	bool timed = true;
	for (unsigned i = 0; i < f; i++) {
		struct scan_hit hit = { .file = STR("other.log"), .match = m, .best = true };
		assert_int_equal(stories_hit(&s, &hit), ERR_OK);
	}
	for (const char *e = events; *e; e++) {
		if (*e == '\\' || *e == '<') {
			file[3] = (char)(file[3] - (*e == '\\'));
			minute = *e == '<' ? 0 : minute;
			continue;
		}
		if (char_is_digit(*e)) {
			minute += (unsigned)(*e - '0') - 1;
			continue;
		}
		if (*e == '/') {
			file[3]++;
			continue;
		}
		if (*e == '-') {
			snprintf(file + 8, sizeof file - 8, "%s", file[8] ? "" : ".1.gz");
			continue;
		}
		if (*e == 't') {
			timed = false;
			continue;
		}
		minute++;
		snprintf(time, sizeof time, "2001-03-12T%02u:%02u:00", minute / 60, minute % 60);
		struct str when = timed ? str_c(time) : STR("");
		struct scan_hit hit = { .file = str_c(file), .time = when, .match = m, .best = true };
		struct match_capture other = { .name = STR("server"), .value = STR("B2") };
		struct scan_mark mark = { .file = str_c(file),
					  .time = when,
					  .id = STR("Q1"),
					  .name = *e == 'x' ? STR("other") : STR("done") };
		if (*e == 'M') {
			mark.captures = &other;
			mark.capture_count = 1;
		}
		assert_int_equal(*e == 'h' ? stories_hit(&s, &hit) : stories_mark(&s, &mark), ERR_OK);
		timed = true;
	}
	bool told = stories_find(&s, &m);
	stories_free(&s);
	return told;
}

static bool tells(struct rule_story story, const char *events)
{
	return tells_behind(story, 0, events);
}

static void counts(void **unused)
{
	(void)unused;
	struct rule_story three = { .count = 3 }, soon = { .count = 3, .within_s = 300 };
	assert_false(tells(three, "hh"));
	assert_true(tells(three, "hhh"));
	assert_true(tells(three, "h9h9h"));
	assert_true(tells(soon, "hhh"));
	assert_false(tells(soon, "h3h3h3h3h"));
	assert_true(tells(soon, "h9h9h2h2h")); /* the last three */
	assert_true(tells(soon, "hhh9h9h9h")); /* and the first ones */
	assert_false(tells(soon, "thththth")); /* nobody knows when */
	assert_true(tells(three, "ththth"));
	assert_false(tells(three, "hh/h")); /* each file by itself */
	assert_true(tells(three, "hhh/h"));
	assert_true(tells(three, "h/h\\h/h\\h")); /* logs that are followed beside each other */
	assert_false(tells(three, "h/h\\h/"));
}

static void sequences(void **unused)
{
	(void)unused;
	struct rule_story s = { .count = 1, .sequence = { STR("hit"), STR("done"), STR("hit") }, .sequence_count = 3 };
	assert_true(tells(s, "hmh"));
	assert_true(tells(s, "hxmxhx"));
	assert_true(tells(s, "hhmmmh"));
	assert_false(tells(s, "hhm"));
	assert_false(tells(s, "mhm"));
	assert_false(tells(s, "hMh")); /* of another server */
	assert_false(tells(s, "hm/h"));
	s.within_s = 300;
	assert_true(tells(s, "hmh"));
	assert_false(tells(s, "h5m5h"));
	assert_true(tells(s, "h9hmh")); /* from the latest start */
	struct rule_story twice = { .count = 1, .sequence = { STR("hit"), STR("hit") }, .sequence_count = 2 };
	assert_false(tells(twice, "h")); /* one event is one step */
	assert_true(tells(twice, "hh"));
}

static void clearing(void **unused)
{
	(void)unused;
	struct rule_story cleared = { .count = 1, .cleared_by = STR("done") };
	struct rule_story open = { .count = 1, .not_cleared_by = STR("done") };
	struct rule_story never = { .count = 2, .never = STR("done") };
	assert_true(tells(cleared, "hhm"));
	assert_false(tells(cleared, "hmh"));
	assert_false(tells(cleared, "mh"));
	assert_false(tells(cleared, "hx"));
	assert_true(tells(open, "hmh"));
	assert_false(tells(open, "hhm"));
	assert_true(tells(open, "hM"));
	assert_true(tells(never, "hh"));
	assert_true(tells(never, "mhh"));
	assert_false(tells(never, "hmh"));
	assert_false(tells(never, "h"));
	cleared.within_s = open.within_s = 180;
	assert_true(tells(cleared, "hm"));
	assert_false(tells(cleared, "h9m"));
	assert_true(tells(open, "h9m")); /* for longer than that */
	assert_false(tells(open, "h2mh2m"));
	assert_true(tells(open, "h9hm"));
}

/* Marks that come often, with other numbers each time, leave room for what counts. */
static void many_marks(void **unused)
{
	(void)unused;
	struct rule_story timing = { .count = 1, .sequence = { STR("hit"), STR("done"), STR("hit") },
				     .sequence_count = 3 };
	struct rule_story never = { .count = 2, .never = STR("done") };
	struct over_time_story both[] = { { .id = STR("Q1"), .story = timing }, { .id = STR("Q1"), .story = never } };
	struct over_time rules = { .stories = both, .story_count = 2 };
	struct stories s = { .over_time = &rules };
	struct match m = { .id = STR("Q1"), .captures = &server_a, .capture_count = 1 };
	struct scan_hit hit = { .file = STR("a.log"), .time = STR("2001-03-12T10:00:00"), .match = m, .best = true };
	for (unsigned i = 0; i < 20000; i++) {
		char time[32], number[16];
		snprintf(time, sizeof time, "2001-03-12T%02u:%02u:%02u", 11 + i / 3600, i / 60 % 60, i % 60);
		snprintf(number, sizeof number, "%u", i);
		struct match_capture bytes = { .name = STR("bytes"), .value = str_c(number), .type = VAR_NUMBER };
		struct scan_mark mark = { .file = STR("a.log.1"), .time = str_c(time), .id = STR("Q1"),
					  .name = STR("done"), .captures = &bytes, .capture_count = 1 };
		assert_int_equal(stories_mark(&s, &mark), ERR_OK);
	}
	assert_int_equal(stories_hit(&s, &hit), ERR_OK);
	assert_null(stories_find(&s, &m));
	hit.time = STR("2001-03-12T23:00:00");
	assert_int_equal(stories_hit(&s, &hit), ERR_OK);
	assert_ptr_equal(stories_find(&s, &m), &both[0].story);
	stories_free(&s);
}

/* A log and its rotated siblings, in whatever order they are read. */
static void siblings(void **unused)
{
	(void)unused;
	struct rule_story never = { .count = 2, .never = STR("done") };
	struct rule_story open = { .count = 1, .not_cleared_by = STR("done") };
	assert_true(tells(never, "hh-x"));
	assert_false(tells(never, "hh-m"));   /* it came since */
	assert_false(tells(never, "thh-tm")); /* perhaps */
	assert_false(tells(never, "h-m-h"));
	assert_true(tells(never, "m-hh")); /* it came before */
	assert_true(tells(never, "hh-M")); /* of another server */
	assert_true(tells(never, "hh/m")); /* of another log */
	assert_true(tells(never, "hh/hh-m"));
	assert_false(tells(open, "h-m"));
	assert_true(tells(open, "m-h"));
	struct rule_story timing = { .count = 1, .sequence = { STR("hit"), STR("done"), STR("hit") },
				     .sequence_count = 3 };
	struct rule_story cleared = { .count = 1, .cleared_by = STR("done") };
	struct rule_story three = { .count = 3 };
	assert_true(tells(timing, "h-mh"));
	assert_true(tells(timing, "9m5h<-h")); /* the older file read last */
	assert_true(tells(timing, "h9h<5-m"));
	assert_false(tells(timing, "m-hh"));
	assert_false(tells(timing, "h-Mh")); /* of another server */
	assert_false(tells(timing, "h/mh")); /* of another log */
	assert_false(tells(timing, "h-tmh")); /* nobody knows when */
	assert_true(tells(timing, "thmth-m")); /* but in one file */
	assert_true(tells(cleared, "9m<-hh"));
	assert_false(tells(cleared, "m9h<-h"));
	assert_true(tells(three, "h-h-h"));
	assert_true(tells(never, "9h9h<-m")); /* it came before */
	assert_false(tells(never, "9m<-hh"));
	assert_false(tells_behind(timing, 5000, "h-mh")); /* too many to keep all: each file by itself */
	assert_true(tells_behind(timing, 5000, "h-hmh"));
	assert_true(rotation_related(STR("Sender.log"), STR("Sender.lo_"))); /* as SMS calls it */
	assert_false(rotation_related(STR("Sender.log"), STR("Other.lo_")));
	assert_false(rotation_related(STR("Sender.log"), STR("Sender.l_")));
	assert_true(rotation_related(STR("Sender.log"), STR("Sender.log.1")));
	assert_true(rotation_related(STR("/v/Sender.log.2.gz"), STR("/v/Sender.log.1")));
	assert_true(rotation_related(STR("a.zip!/x-20010312.log"), STR("a.zip!/x.log")));
	assert_false(rotation_related(STR("/v/Sender.log"), STR("/w/Sender.log.1")));
	assert_false(rotation_related(STR("web.1"), STR("web.2")));
	assert_false(rotation_related(STR("a.log"), STR("b.log.1")));
}

static void state_is_bounded(void **unused)
{
	(void)unused;
	struct over_time_story one = { .id = STR("Q1"), .story = { .count = 1 } };
	struct over_time rules = { .stories = &one, .story_count = 1 };
	struct stories s = { .over_time = &rules };
	char name[16];
	for (int i = 0; i < 5000; i++) {
		struct match_capture c = { .name = STR("server"),
					   .value = { name, (size_t)snprintf(name, sizeof name, "H%d", i) } };
		struct scan_hit hit = { .file = STR("a"),
					.best = true,
					.match = { .id = STR("Q1"), .captures = &c, .capture_count = 1 } };
		assert_int_equal(stories_hit(&s, &hit), ERR_OK);
	}
	assert_true(s.arena.total < 1 << 20);
	struct match other = { .id = STR("Q2") };
	assert_null(stories_find(&s, &other));
	stories_free(&s);
}

static void check_mark(const char *template, const char *line, const char *want)
{
	struct over_time_mark m = { 0 };
	struct arena a = { 0 };
	struct match_capture captures[MARK_VARS_MAX];
	size_t count = 0;
	assert_int_equal(rule_template_parse(str_c(template), &a, NULL, &m.template), ERR_OK);
	bool fits = over_time_fits(&m, str_c(line), captures, &count);
	assert_int_equal(fits, want != NULL);
	struct buf got = { 0 };
	for (size_t i = 0; fits && i < count; i++)
		buf_addf(&got, "%.*s=%.*s;", STR_ARG(captures[i].name), STR_ARG(captures[i].value));
	buf_add_char(&got, 0);
	if (want)
		assert_string_equal(got.p, want);
	buf_free(&got);
	arena_free(&a);
}

static void marks(void **unused)
{
	(void)unused;
	check_mark("Sending completed", "12:00 ~Sending completed [x]", "");
	check_mark("Sending completed", "~sending completed", NULL); /* letter for letter */
	check_mark("Connected to \\\\{server}\\{share}", "Connected to \\\\S1\\SMS_SITE, ok",
		   "server=S1;share=SMS_SITE;");
	check_mark("to {server} done", "to A1 done", "server=A1;");
	check_mark("to {server} done", "to A1 failed", NULL);
	check_mark("{server}: up again", "12:00 A1: up again", "server=12:00 A1;");
	check_mark("a{n}b{m}c", "abc", "n=;m=;");
	check_mark("abc", "", NULL);
}

static void one_line_form(void **unused)
{
	(void)unused;
	struct arena a = { 0 };
	struct rule_story s = { .name = STR("down"),
				.says = STR("All is down."),
				.count = 3,
				.within_s = 600,
				.sequence = { STR("hit"), STR("done") },
				.sequence_count = 2,
				.never = STR("done") },
			  back;
	struct rule_mark m = { .name = STR("done"), .text = STR("Sending {x} completed") }, mark;
	assert_true(rule_story_read(rule_story_text(&s, &a), &back));
	assert_true(str_eq(rule_story_text(&back, &a), rule_story_text(&s, &a)));
	assert_true(rule_mark_read(rule_mark_text(&m, &a), &mark));
	assert_true(str_eq(mark.text, m.text));
	assert_false(rule_mark_read(rule_story_text(&s, &a), &mark));
	assert_false(rule_story_read(rule_mark_text(&m, &a), &back));
	static const char *const damaged[] = { "",
					       "s",
					       "s\t",
					       "s\ta\t0\t0\t\t\t\t\tx",
					       "s\ta\t99\t0\t\t\t\t\tx",
					       "s\ta\t1\t-1\t\t\t\t\tx",
					       "s\ta\t1\t0\ta,a,a,a,a,a,a,a,a\t\t\t\tx",
					       "m\t\tx",
					       "m\tx" };
	for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
		assert_false(rule_story_read(str_c(damaged[i]), &back));
		assert_false(rule_mark_read(str_c(damaged[i]), &mark));
	}
	struct match_capture c = { .name = STR("server"), .value = STR("A1") };
	struct match match = { .captures = &c, .capture_count = 1 };
	s.says = STR("{server} is {x}, {");
	assert_true(str_eq(story_says(&s, &match, &a), STR("A1 is x, {")));
	arena_free(&a);
}

/* Thousands of logs that are followed by turns: their names are kept once, however often each has its turn. */
static void many_files_by_turns(void **unused)
{
	(void)unused;
	struct over_time_story one = { .id = STR("Q1"), .story = { .count = 1 } };
	struct over_time rules = { .stories = &one, .story_count = 1 };
	struct stories s = { .over_time = &rules };
	size_t first = 0;
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 3000; i++) {
			char name[64];
			snprintf(name, sizeof name, "/var/log/a/folder/of/some/service/with/a/name/%u.log", i);
			struct scan_hit hit = { .file = str_c(name), .best = true, .match = { .id = STR("Q1") } };
			assert_int_equal(stories_hit(&s, &hit), ERR_OK);
		}
		first = round == 2 ? s.arena.total : first;
	}
	assert_true(s.arena.total - first < 256 << 10);
	stories_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),	 cmocka_unit_test(sequences),	     cmocka_unit_test(clearing),
		cmocka_unit_test(siblings),
		cmocka_unit_test(many_marks),	 cmocka_unit_test(state_is_bounded), cmocka_unit_test(marks),
		cmocka_unit_test(one_line_form), cmocka_unit_test(many_files_by_turns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
