/* SPDX-License-Identifier: MIT
 *
 * What a binding may be, and a saved incident: written and read again it is the same; other bytes are refused.
 */
#include "triage/incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
	static struct probe_arg args[] = { { STR_LIT("address"), STR_LIT("10.53.0.10") }, { STR_LIT("port"), STR_LIT("445") } };
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
	struct triage_report again = report;
	again.bindings = in.bindings;
	again.evidence = in.evidence;
	incident_write(&second, &again, in.generation);
	assert_true(str_eq(buf_str(&first), buf_str(&second)));
	buf_free(&first);
	buf_free(&second);
	arena_free(&a);
}

static void test_no_incident(void **state)
{
	(void)state;
	static const char *const bad[] = { "", "{}", "[]", "null", "{\"kbt_incident\":\"x\"}", "{\"kbt_incident\":1", "\x00",
					   "{\"kbt_incident\":99}" };
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
		"{\"kbt_incident\":1}",
		"{\"kbt_incident\":1,\"bindings\":7,\"evidence\":{\"a\":1}}",
		"{\"kbt_incident\":1,\"bindings\":[[],[1,2],\"x\"],\"evidence\":[null,{\"facts\":[[1],[],3],\"raw\":\"zz1\"}]}",
	};
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		struct arena a = { 0 };
		struct incident in;
		assert_int_equal(incident_read(str_c(odd[i]), &a, NULL, &in), ERR_OK);
		arena_free(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bindings),
		cmocka_unit_test(test_incident),
		cmocka_unit_test(test_no_incident),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
