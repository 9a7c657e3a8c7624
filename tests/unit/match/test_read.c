/* SPDX-License-Identifier: MIT
 *
 * How a message is read: damage undone with its map, the envelope, tokens and stems.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "match/damage.h"
#include "match/envelope.h"
#include "match/token.h"

#define assert_str(got, want) assert_string_equal(arena_str(&arena, (got)).p, want)

static struct arena arena;

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static struct clean cleaned(const char *text)
{
	struct clean c;
	assert_int_equal(damage_undo(str_c(text), &arena, &c), ERR_OK);
	return c;
}

static void damage_is_undone(void **state)
{
	(void)state;
	static const struct { const char *in, *out; } cases[] = {
		{ "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#x27;", "a <b> & \"c\" 'd'" },
		{ "\xE2\x80\x9Cx\xE2\x80\x9D \xE2\x80\x98y\xE2\x80\x99 \xE2\x80\x93", "\"x\" 'y' -" },
		{ "a\xC2\xA0" "b\xE2\x80\x8B" "c\xC2\xAD", "a bc" },
		{ "\x1b[1;31mred\x1b[0m\x07", "red " },
		{ "\x1b[200~Failed\x1b[201~", "Failed" },
		{ "\x1b[1mconnect\x1b(B\x1b[m to", "connect to" },
		{ "to \x1b]8;;http://x\x1b\\here\x1b]8;;\x07!", "to here!" },
		{ "\x1b]no end", " ]no end" },
		{ "a \\u003cb\\u003E \\u0026 c:\\u003\\u00", "a <b> & c:\\u003\\u00" },
		{ "connec-\ntion\nto", "connection\nto" },
		{ "Windows-\nNT", "Windows-\nNT" },
		{ "> a\n>> b\nc", "a\nb\nc" },
		{ "one<br>two<BR/>three<path>", "one two three<path>" },
		{ "wait\xE2\x80\xA6", "wait..." },
		{ "&unknown; &#xZZ; &", "&unknown; &#xZZ; &" },
		{ "caf\xC3\xA9 \xFF", "caf\xC3\xA9 \xFF" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clean c = cleaned(cases[i].in);
		assert_str(c.text, cases[i].out);
	}
}

static void offsets_lead_back(void **state)
{
	(void)state;
	const char *in = "x &lt;y&gt; \xE2\x80\x9Cz\xE2\x80\x9D";
	struct clean c = cleaned(in);
	assert_str(c.text, "x <y> \"z\"");
	static const char letters[] = { 'x', 'y', 'z' };
	for (size_t i = 0; i < sizeof letters; i++) {
		size_t at = str_find_char(c.text, letters[i]);
		assert_int_equal(in[damage_offset(&c, at)], letters[i]);
	}
	assert_int_equal(damage_offset(&c, 0), 0);
}

static void nul_bytes_of_utf16_go(void **state)
{
	(void)state;
	struct clean c;
	assert_int_equal(damage_undo((struct str){ "E\0r\0r\0", 6 }, &arena, &c), ERR_OK);
	assert_str(c.text, "Err");
}

static void envelopes_are_told_apart(void **state)
{
	(void)state;
	static const struct { const char *text, *kind, *payload, *component, *host; } cases[] = {
		{ "Disk full", "", "Disk full", "", "" },
		{ "2001-03-12 17:37:45.445 [0x6572] ERROR Disk full", "iso", "Disk full", "", "" },
		{ "2001-03-12T17:37:45Z Disk full", "iso", "Disk full", "", "" },
		{ "[2001-03-12 17:37:45] [ERROR] Disk full", "iso", "Disk full", "", "" },
		{ "2001-03-12 17:37:45, Info                  CBS    Disk full", "iso", "Disk full", "CBS", "" },
		{ "Mar  2 08:13:43 ntbox rcmd[1401]: Disk full", "syslog", "Disk full", "rcmd", "ntbox" },
		{ "<34>Mar 12 01:02:03 host app: Disk full", "syslog", "Disk full", "app", "host" },
		{ "2024-03-12T01:02:03.123456+01:00 web1 rcmd[1401]: Disk full", "syslog", "Disk full", "rcmd", "web1" },
		{ "2024-03-12T01:02:03Z web1 kernel: Disk full", "syslog", "Disk full", "kernel", "web1" },
		{ "2024-03-12T01:02:03Z ERROR store: Disk full", "iso", "store: Disk full", "store", "" },
		{ "2024-03-12T01:02:03 on host: Disk full", "iso", "on host: Disk full", "", "" },
		{ "~Disk full  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001><thread=8973 (0x230D)>", "sms", "Disk full",
		  "SMS_LAN_SENDER", "" },
		{ "<![LOG[Disk full]LOG]!><time=\"1:2\" date=\"3-4\" component=\"X\" thread=\"12\">", "configmgr", "Disk full",
		  "X", "" },
		{ "\"Error\",\"11/03/01\",\"16:55:15\",\"App\",\"None\",\"22\",\"N/A\",\"box\",\"Disk full\"", "nt-event",
		  "Disk full", "App", "box" },
		{ "{\"a\": 1, \"message\": \"Disk \\\"C\\\" full\"}", "json", "Disk \\\"C\\\" full", "", "" },
		{ "12/03/2001 5:06:07 PM Disk full", "iso", "Disk full", "", "" },
		{ "2001-03-12 17:37:45", "", "2001-03-12 17:37:45", "", "" },
		{ "ERROR 3 (Network): X.25", "", "ERROR 3 (Network): X.25", "", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_envelope e;
		struct str text = str_c(cases[i].text);
		envelope_read(text, &e);
		assert_str(e.kind, cases[i].kind);
		assert_str(str_first(str_from(text, e.payload.start), e.payload.end - e.payload.start), cases[i].payload);
		assert_str(e.component, cases[i].component);
		assert_str(e.host, cases[i].host);
	}
}

static void an_event_is_its_description(void **state)
{
	(void)state;
	static const struct { const char *text, *payload, *component, *host; } cases[] = {
		{ "Event Type:\tError\nEvent Source:\tStore\nEvent ID:\t7001\nUser:\t\tN/A\nComputer:\tBOX\n"
		  "Description:\nDisk\nfull\n",
		  "Disk\nfull", "Store", "BOX" },
		{ "Event[0]:\r\n  Log Name: System\r\n  Source: Store\r\n  Event ID: 7001\r\n"
		  "  Description: \r\nDisk full\r\n",
		  "Disk full", "Store", "" },
		{ "It says:\nSource: Store\nEvent ID: 7001\nDescription: Disk: full", "Disk: full", "Store", "" },
		{ "Description: Disk full\nEvent ID: 7001\nSource: Store", NULL, NULL, NULL },
		{ "Event ID: 7001\nSource: Store\nDescription:\n", NULL, NULL, NULL },
		{ "Source: here\nType: there\nDescription: Disk full", NULL, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_envelope e;
		struct str text = str_c(cases[i].text);
		bool is_event = envelope_event(text, &e);
		assert_int_equal(is_event, cases[i].payload != NULL);
		if (!is_event)
			continue;
		assert_str(e.kind, "nt-event");
		assert_str(str_first(str_from(text, e.payload.start), e.payload.end - e.payload.start), cases[i].payload);
		assert_str(e.component, cases[i].component);
		assert_str(e.host, cases[i].host);
	}
}

static void tokens_drop_marks_inside(void **state)
{
	(void)state;
	struct str text = STR("MSDEV.EXE can't open C:\\a_b 0137:00ff (it's)");
	static const char *const want[] = { "msdevexe", "cant", "open", "c", "a_b", "013700ff", "its" };
	struct token t;
	size_t at = 0, n = 0;
	while (token_next(text, &at, &t)) {
		assert_true(n < sizeof want / sizeof *want);
		assert_str(((struct str){ t.word, t.n }), want[n++]);
		assert_true(t.start < t.end && t.end <= text.n);
	}
	assert_int_equal(n, sizeof want / sizeof *want);
}

static void stems_join_forms(void **state)
{
	(void)state;
	static const char *const pairs[][2] = { { "servers", "server" }, { "copies", "copy" }, { "caching", "cache" },
						{ "stopped", "stop" },	 { "boxes", "box" },   { "class", "class" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		char a[TOKEN_MAX], b[TOKEN_MAX];
		uint32_t n = (uint32_t)strlen(pairs[i][0]), m = (uint32_t)strlen(pairs[i][1]);
		memcpy(a, pairs[i][0], n);
		memcpy(b, pairs[i][1], m);
		n = token_stem(a, n);
		m = token_stem(b, m);
		assert_true(str_eq((struct str){ a, n }, (struct str){ b, m }));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(damage_is_undone, teardown),
		cmocka_unit_test_teardown(offsets_lead_back, teardown),
		cmocka_unit_test_teardown(nul_bytes_of_utf16_go, teardown),
		cmocka_unit_test_teardown(envelopes_are_told_apart, teardown),
		cmocka_unit_test_teardown(an_event_is_its_description, teardown),
		cmocka_unit_test_teardown(tokens_drop_marks_inside, teardown),
		cmocka_unit_test_teardown(stems_join_forms, teardown),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
