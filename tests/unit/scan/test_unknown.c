/* SPDX-License-Identifier: MIT
 *
 * Lines folded into templates.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "scan/unknown.h"

static void add(struct unknowns *set, const char *text)
{
	struct scan_line line = { .file = STR("a.log"), .line = set->lines + 1, .text = str_c(text) };
	assert_int_equal(unknowns_add(set, &line), ERR_OK);
}

/* check: the templates, the frequent first, as "count template\n". */
static void check(const char *const *lines, size_t count, const char *want)
{
	struct unknowns set = { 0 };
	struct buf got = { 0 };
	for (size_t i = 0; i < count; i++)
		add(&set, lines[i]);
	unknowns_rank(&set);
	for (size_t i = 0; i < set.count; i++) {
		buf_addf(&got, "%llu ", (unsigned long long)set.items[i].count);
		unknown_template(&got, &set.items[i]);
		buf_add_char(&got, '\n');
	}
	buf_add_char(&got, 0);
	assert_string_equal(got.p, want);
	buf_free(&got);
	unknowns_free(&set);
}

#define CHECK(lines, want) check(lines, sizeof lines / sizeof *lines, want)

static void what_varies(void **unused)
{
	(void)unused;
	static const char *const lines[] = {
		"Mar 12 10:00:00 db7 postgres[812]: ERROR: deadlock on relation 16384 by user alice",
		"Mar 12 10:00:09 db7 postgres[99]: ERROR: deadlock on relation 77 by user bob",
		"Mar 12 10:00:10 web1 app[3]: cannot open /var/lib/x1/a.db: No space left on device",
		"Mar 12 10:00:11 web1 app[3]: cannot open /var/lib/x2/b.db: No space left on device",
		"Mar 12 10:00:12 web1 app[3]: cannot open /var/lib/x2/c.db: No space left on device",
		"2001-03-12 10:56:20 worker 10.0.0.7:8080 refused the connection",
	};
	CHECK(lines, "3 cannot open <*> No space left on device\n"
		     "2 ERROR: deadlock on relation <*> by user <*>\n"
		     "1 worker <*> refused the connection\n");
}

static void codes_tell_errors_apart(void **unused)
{
	(void)unused;
	static const char *const lines[] = {
		"request 17 failed with error 53 at once", "request 18 failed with error 53 at once",
		"request 19 failed with error 1326 at once", "disk 3: status=0x35 failed", "disk 4: status=0x35 failed",
		"disk 4: status=0x40 failed", "job 4: error = 5, failed", "job 5: error = 6, failed",
	};
	CHECK(lines, "2 request <*> failed with error 53 at once\n"
		     "2 disk <*>: status=0x35 failed\n"
		     "1 request <*> failed with error 1326 at once\n"
		     "1 disk <*>: status=0x40 failed\n"
		     "1 job <*>: error = 5, failed\n"
		     "1 job <*>: error = 6, failed\n");
}

static void different_errors_stay_apart(void **unused)
{
	(void)unused;
	static const char *const lines[] = {
		"Failed to open the package store", "Failed to read the index file", "Failed to open the package cache",
		"timeout", "failed", "", "   ", "12:00:00", "<> ::",
	};
	CHECK(lines, "2 Failed to open the package <*>\n1 Failed to read the index file\n1 timeout\n1 failed\n");
}

static void long_runs_are_short(void **unused)
{
	(void)unused;
	static const char *const lines[] = { "values failed: 1 2 3 4 5 6 7 8 9 end" };
	CHECK(lines, "1 values failed: <*> <*> <*> ... end\n");
}

static void memory_is_bounded(void **unused)
{
	(void)unused;
	struct unknowns set = { 0 };
	char text[200];
	for (unsigned i = 0; i < UNKNOWN_MAX + 700; i++) { /* each a message of its own */
		char name[8] = { 0 };
		for (unsigned k = i, at = 0; at < 6; at++, k /= 20)
			name[at] = (char)('g' + k % 20);
		snprintf(text, sizeof text, "%s%s %s%s %s failed", name, name, name, "x", name);
		add(&set, text);
	}
	uint64_t sum = set.left_out;
	for (size_t i = 0; i < set.count; i++)
		sum += set.items[i].count;
	assert_int_equal(set.count, UNKNOWN_MAX);
	assert_int_equal(sum, UNKNOWN_MAX + 700);
	assert_true(set.arena.total < 16 << 20);
	unknowns_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_varies),		 cmocka_unit_test(codes_tell_errors_apart),
		cmocka_unit_test(different_errors_stay_apart), cmocka_unit_test(long_runs_are_short),
		cmocka_unit_test(memory_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
