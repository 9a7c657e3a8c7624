/* SPDX-License-Identifier: MIT
 *
 * What a binding may be, how old a message is, a probe as an article asks for it, and a saved incident: written and
 * read again it is the same; other bytes are refused.
 */
#include "tests/unit/unit.h"

#include "probe/spec.h"
#include "triage/incident.h"
#include "triage/seen.h"

#include <stdlib.h>
#include <time.h>

static bool fits(const char *name, const char *value)
{
	struct arena a = { 0 };
	struct binding b = { .name = str_c(name), .value = str_c(value) };
	bool good = triage_binding_fits(&b, &a, NULL);
	arena_free(&a);
	return good;
}

static void test_bindings(void **state)
{
	(void)state;
	assert_true(fits("server", "FILESRV"));
	assert_true(fits("server", "hq-srv2.example.com"));
	assert_true(fits("server", "10.53.0.10"));
	assert_true(fits("known_address", "2001:db8::1"));
	assert_true(fits("port", "8080"));
	assert_true(fits("share", "whatever it says"));
	assert_false(fits("server", "a b"));
	assert_false(fits("server", "a;b"));
	assert_false(fits("server", "\x1b[31m"));
	assert_false(fits("known_address", "FILESRV"));
	assert_false(fits("address", "10.53.0.300"));
	assert_false(fits("port", "0"));
	assert_false(fits("port", "65536"));
	assert_false(fits("link", "../../etc"));
}

static struct evidence *sample_evidence(struct arena *a)
{
	struct evidence *e = arena_new(a, struct evidence);
	static struct probe_arg args[] = { { STR_LIT("address"), STR_LIT("10.53.0.10") },
					   { STR_LIT("port"), STR_LIT("445") } };
	*e = (struct evidence){ .probe = STR("tcp"), .args = args, .arg_count = 2, .state = STR("refused"),
				.reason = STR("a \"reason\"\n\xff"), .at_ms = 1700000000123, .ms = 1.25, .packets = 2,
				.connections = 1, .raw = { "\x00\xff\x7f", 3 } };
	evidence_add_text(e, a, "tcp.state", STR("refused"));
	evidence_add_number(e, a, "tcp.ms", 1.25);
	evidence_add_bool(e, a, "tcp.yes", true);
	return e;
}

static void test_incident(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct evidence *e = sample_evidence(&a);
	struct binding b = { STR("server"), STR("FILESRV"), VAR_NETBIOS, STR("message") };
	struct triage_report report = { .bindings = &b, .binding_count = 1, .evidence = &e, .evidence_count = 1 };
	report.answer.found.query = STR("Failed to connect to <\\\\FILESRV>, Error = 53");
	report.verdict.state = VERDICT_CONFIRMED;
	report.verdict.cause = STR("tcp-refused-both");
	struct triage_version rules[] = { { STR("causes"), STR("0123456789abcdef") }, { STR("Q150536"), STR("1") } };
	report.versions = rules;
	report.version_count = 2;
	report.sent = (struct driver_count){ 9, 2 };
	report.ms = 1000.0 / 3;
	e->ms = 0.1 + 0.2;
	struct buf first = { 0 }, second = { 0 };
	incident_write(&first, &report, 7);
	assert_int_equal(buf_err(&first), ERR_OK);
	struct incident in;
	assert_int_equal(incident_read(buf_str(&first), &a, NULL, &in), ERR_OK);
	assert_true(str_eq(in.text, report.answer.found.query));
	assert_int_equal(in.generation, 7);
	assert_true(str_eq(in.cause, report.verdict.cause));
	assert_int_equal(in.bindings[0].type, VAR_NETBIOS);
	assert_int_equal(in.evidence[0]->at_ms, e->at_ms);
	assert_int_equal(in.evidence[0]->facts[1].type, FACT_NUMBER);
	assert_true(str_eq(in.evidence[0]->raw, e->raw));
	assert_memory_equal(&in.evidence[0]->ms, &e->ms, sizeof e->ms); /* to the last bit: it is shown rounded */
	assert_memory_equal(&in.ms, &report.ms, sizeof in.ms);
	assert_int_equal(in.sent.packets, 9);
	assert_int_equal(in.sent.connections, 2);
	assert_false(in.offline);
	assert_int_equal(in.version_count, 2);
	assert_true(str_eq(in.versions[1].name, STR("Q150536")) && str_eq(in.versions[1].version, STR("1")));
	struct triage_report again = report;
	again.bindings = in.bindings;
	again.evidence = in.evidence;
	incident_write(&second, &again, in.generation);
	assert_true(str_eq(buf_str(&first), buf_str(&second)));
	buf_free(&first);
	buf_free(&second);
	arena_free(&a);
}

/* What is printed where a number stands is a number, whatever the file calls one, and all text is UTF-8. */
static void test_incident_of_others(void **state)
{
	(void)state;
	static const char bytes[] =
		"{\"kbt_incident\":1,\"text\":\"a\xc9z\",\"packets\":-1,\"connections\":1e300,\"evidence\":[{\"probe\":\"tcp\","
		"\"facts\":[[\"tcp.ms\",\"number\",\"}\\n{\",3],[\"tcp.yes\",\"bool\",\"maybe\",1],"
		"[\"tcp.n\",\"number\",\"1\",1e999],[\"\",\"number\",\"1\",1],[\"tcp.s\",\"text\",\"\xff\",0]]}]}";
	struct arena a = { 0 };
	struct incident in;
	assert_int_equal(incident_read(str_c(bytes), &a, NULL, &in), ERR_OK);
	assert_true(str_eq(in.text, STR("a\xef\xbf\xbdz")));
	assert_int_equal(in.sent.packets, 0);
	assert_int_equal(in.sent.connections, 0);
	const struct evidence *e = in.evidence[0];
	static const char *const want[] = { "3", "true", "0", "\xef\xbf\xbd" };
	assert_int_equal(e->fact_count, 4);
	for (size_t i = 0; i < 4; i++)
		assert_true(str_eq(e->facts[i].text, str_c(want[i])));
	arena_free(&a);
}

static void test_no_incident(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "{}", "[]", "null", "{\"kbt_incident\":\"x\"}", "{\"kbt_incident\":1",
					   "\x00", "{\"kbt_incident\":99}", "{\"kbt_incident\":1}",
					   "{\"kbt_incident\":1,\"text\":[[]]}" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct arena a = { 0 };
		struct diags d = { .arena = &a };
		struct incident in;
		assert_int_not_equal(incident_read(str_c(bad[i]), &a, &d, &in), ERR_OK);
		assert_int_equal(d.errors, 1);
		arena_free(&a);
	}
	/* Missing and mistyped parts are left out, never a crash. */
	static const char *const odd[] = {
		"{\"kbt_incident\":1,\"text\":\"x\"}",
		"{\"kbt_incident\":1,\"text\":\"x\",\"bindings\":7,\"evidence\":{\"a\":1}}",
		("{\"kbt_incident\":1,\"text\":\"x\",\"bindings\":[[],[1,2],\"x\"],\"evidence\":[null,{\"facts\":[[1],[],3],\"raw\":"
		 "\"zz1\"}]}"),
	};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct arena a = { 0 };
		struct incident in;
		assert_int_equal(incident_read(str_c(odd[i]), &a, NULL, &in), ERR_OK);
		arena_free(&a);
	}
}

/* 2026-11-25T12:00:00Z */
enum { NOW_S = 1795608000 };

static const char *age(const char *time, struct arena *a)
{
	struct evidence *e = seen_message(str_c(time), (int64_t)NOW_S * 1000, a);
	const struct fact *ago = e ? evidence_fact(e, "message.ago") : NULL;
	return e ? arena_printf(a, "%.*s %.*s", STR_ARG(e->state), STR_ARG(ago->text)).p : "";
}

static void test_age(void **state)
{
	(void)state;
	static const struct {
		const char *time, *age;
	} cases[] = {
		{ "2026-11-25T06:00:00Z", "past 6 hours" },
		{ "2026-11-25T12:00:00+05:30", "past 6 hours" }, /* 06:30 in UTC: half an hour is rounded up */
		{ "2026-11-25 11:59:30", "recent 30 seconds" },
		{ "2026-11-25 11:58:00", "recent 2 minutes" },
		{ "2026-11-25 11:49:59", "past 10 minutes" },
		{ "2026-11-25 12:01:00", "recent 0 seconds" }, /* clocks differ a little */
		{ "2026-11-25 13:00:00", "" },		       /* one to come */
		{ "Nov 25 11:00:00", "past 60 minutes" },
		{ "Dec 25 11:00:00", "past 335 days" }, /* without a year: the last one */
		{ "Tue Mar 12 10:56:20 2001", "past 9389 days" },
		{ "11:00:00", "" },
		{ "no time at all", "" },
		{ "", "" },
		{ "2026-13-45 99:99:99", "" },
	};
	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct arena a = { 0 };
		assert_string_equal(age(cases[i].time, &a), cases[i].age);
		arena_free(&a);
	}
}

static void test_spec(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct probe_spec s;
	assert_true(probe_spec_parse(STR("log works=Sending completed|Wrote  file=x"), &a, &s));
	assert_true(str_eq(s.name, STR("log")));
	assert_true(str_eq(probe_spec_arg(&s, "works"), STR("Sending completed|Wrote")));
	assert_true(str_eq(probe_spec_arg(&s, "file"), STR("x")));
	assert_int_equal(probe_spec_arg(&s, "none").n, 0);
	assert_true(probe_spec_parse(STR("pipe"), &a, &s));
	assert_false(probe_spec_parse(STR(""), &a, &s));
	assert_false(probe_spec_parse(STR("pipe rcmdsvc"), &a, &s));
	assert_false(probe_spec_parse(STR("pipe =rcmdsvc"), &a, &s));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_age),
		cmocka_unit_test(test_spec),
		cmocka_unit_test(test_incident),
		cmocka_unit_test(test_incident_of_others),
		cmocka_unit_test(test_no_incident),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
