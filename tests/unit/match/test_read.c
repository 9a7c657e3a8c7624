/* SPDX-License-Identifier: MIT
 *
 * How a message is read: damage undone with its map, the envelope, tokens and stems.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "match/token.h"
#include "match/undress.h"

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
		{ "\x1b[31é \x1b[1\nb\x1b(é", "é \nbé" },
		{ "a \\u003cb\\u003E \\u0026 c:\\u003\\u00", "a <b> & c:\\u003\\u00" },
		{ "connec-\ntion\nto", "connection\nto" },
		{ "Windows-\nNT", "Windows-\nNT" },
		{ "> a\n>> b\nc", "a\nb\nc" },
		{ "one<br>two<BR/>three<path>", "one\ntwo\nthree<path>" },
		{ ">a\n>>b\n> > c\n| d\n> | e\n|f", "a\nb\nc\nd\ne\n|f" },
		{ "<span class=\"x\">to</span> <b>b</b><i >c", "to bc" },
		{ "<td align=left>a</td><a href='x'>b</a> <a> <p> <img>", "\na\nb <a> \n <img>" },
		{ "<servername> <file name> <p or q>", "<servername> <file name> <p or q>" },
		{ "<x:text>a</x:text> <y> <x:texts>", "\na\n <y> <x:texts>" },
		{ "<![CDATA[a]]><!-- b -->c", "ac" },
		{ "&#92;&#x5c; &bsol; &#8217;x&rsquo; &#233; &ldquo;y&#160;", "\\\\ \\ 'x' \xC3\xA9 \"y " },
		{ "&amp;amp;lt; &amp;#92; &amp; &amp;x", "< \\ & &x" },
		{ "m\xC3\xA0 \xD0\xA1\xD0\xB0nn\xD0\xBEt f\xCE\xBFund \xD1\x81\xD0\xB1 \xD0\xB8 \xD0\xBE",
		  "m\xC3\xA0 Cannot found \xD1\x81\xD0\xB1 \xD0\xB8 \xD0\xBE" },
		{ "a\xE3\x80\x82" "DLL\xE3\x80\x81 b\xE3\x80\x82 \xE3\x80\x8C"
		  "c\xE3\x80\x8D\xE3\x81\xA8\xE3\x80\x82\xE3\x81\xA8",
		  "a.DLL, b. \"c\"\xE3\x81\xA8\xE3\x80\x82\xE3\x81\xA8" },
		{ "^[[31ma^[[0m \\x1b[1mb\\033[0m [31mc[0m [5m] [12] a[0]", "a b c [5m] [12] a[0]" },
		{ "a \\\"b\\\" \"C:\\dir\\\"", "a \"b\\\" \"C:\\dir\\\"" },
		{ "```text\n**a** b** **c\n```\n*** d a**b", "\na b c\n\n*** d a**b" },
		{ "I get `it is not there at all` and `x y`", "I get \"it is not there at all\" and `x y`" },
		{ "[b]a[/b] [quote=x]b[/quote]{code}c{code}", "a bc" },
		{ "[b] [code]", "[b] [code]" },
		{ "it failed :cry:", "it failed " },
		{ "tcp :8080: bind: in use", "tcp :8080: bind: in use" },
		{ "-a\n+b", "a\nb" },
		{ "-2147024843\n-2147024891 b", "-2147024843\n-2147024891 b" },
		{ "-2001-03-12 a\n+2001-03-13 b", "2001-03-12 a\n2001-03-13 b" },
		{ "10:a\n11:b", "a\nb" },
		{ "10:56:20 a\n11:00:01 b", "10:56:20 a\n11:00:01 b" },
		{ "10.0.0.5 a\n11.0.0.6 b", "10.0.0.5 a\n11.0.0.6 b" },
		{ "1. a\n2. b", " a\n b" },
		{ "10:56:20:01 a\n11:00:01:02 b", "56:20:01 a\n00:01:02 b" },
		{ "----\na\n=====  \n- b --", "\na\n\n- b --" },
		{ "a\tb", "a\tb" },
		{ "wait\xE2\x80\xA6", "wait..." },
		{ "con\xEF\xAC\x81g, o\xEF\xAC\x84ine", "config, offline" },
		{ "&unknown; &#xZZ; &", "&unknown; &#xZZ; &" },
		{ "caf\xC3\xA9 \xFF", "caf\xC3\xA9 \xFF" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clean c = cleaned(cases[i].in);
		assert_str(c.text, cases[i].out);
	}
}

static void what_was_coded_is_undone(void **state)
{
	(void)state;
	static const struct { enum coding coding; const char *in, *out;
	} cases[] = {
		{ CODING_BACKSLASH, "C:\\\\a \\\"b\\\" \\u003c\\u00e9\\u20ac\\ud83d\\ude00 \\/",
		  "C:\\a \"b\" <\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80 /" },
		{ CODING_BACKSLASH, "a\\nb\\tc\\\\nd", "a\nb\tc\\nd" },
		{ CODING_BACKSLASH, "C:\\new\\Files \\\"x\\\"", "C:\\new\\Files \"x\"" },
		{ CODING_BACKSLASH, "cut \\u00 \\ud83d \\", "cut \\u00 ? \\" },
		{ CODING_QUOTES, "a \"\"b\"\" c", "a \"b\" c" },
		{ CODING_URL, "%5C%5CSRV%3e 100% %ADDR% C:\\a%20b %20s %08x",
		  "\\\\SRV> 100% %ADDR% C:\\a b %20s %08x" },
		{ CODING_URL, "Could+not+find+%3Cx%3E a+b c++ 1+2+3+4+5", "Could not find <x> a+b c++ 1+2+3+4+5" },
		{ CODING_PRINTABLE, "Error =3D 53 <=5C=5CS=\nRV> =E2=80=9Cx =4",
		  "Error = 53 <\\\\SRV> \xE2\x80\x9Cx =4" },
		{ CODING_PRINTABLE, "=93r=E9seau=94 =E2=80x =95", "\"r\xC3\xA9seau\" \xC3\xA2 x *" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clean c, from = { .text = str_c(cases[i].in) };
		assert_int_equal(coded_undo(&from, 0, from.text.n, cases[i].coding, &arena, &c), ERR_OK);
		assert_str(c.text, cases[i].out);
	}
}

static void coding_is_told_from_what_looks_like_it(void **state)
{
	(void)state;
	static const char *const printable[] = {
		"Error =3D 53", "to <=5C=5CSRV>", "a lon=\ng line", "=C2=A0x", "one =\nbreak and a=\nnother", "=3Cname=3E is",
		"a line that is as long as encoders make them before they break, =\n53"
	};
	static const char *const not_printable[] = {
		"connect:errno=\n111", "Error =\n53", "Error =53", "rc=3D", "code=3C, rc=5C", "a=b =3D c",
		"offset =3C now", "=", "from =3C to =3E"
	};
	static const char *const url[] = { "%5C%5CSRV", "a%20b", "Could+not+find+it" };
	static const char *const not_url[] = { "%ADDR%",	"%20s items", "%5d of %3d",
					       "C++ and a+b+c", "100%",	      "Ctrl+Alt+Del" };
	for (size_t i = 0; i < sizeof printable / sizeof *printable; i++)
		assert_true(coded_is_printable(str_c(printable[i])));
	for (size_t i = 0; i < sizeof not_printable / sizeof *not_printable; i++)
		assert_false(coded_is_printable(str_c(not_printable[i])));
	for (size_t i = 0; i < sizeof url / sizeof *url; i++)
		assert_true(coded_is_url(str_c(url[i])));
	for (size_t i = 0; i < sizeof not_url / sizeof *not_url; i++)
		assert_false(coded_is_url(str_c(not_url[i])));
	static const char *const string[] = { "\"C:\\\\new\\\\table.txt\\n\"", "\\\\\\\\FILESRV\\\\new is gone",
					      "\"it said \\\"gone\\\" again\"", "a\\x20b\\x5cc", "a\\040b\\134c",
					      "printf(\"out of paper\\n\");", "it failed\\nThe path is gone", "b'it is gone\\n'",
					      "gone.\\n    at run", "it failed:\\nThe path is gone" };
	static const char *const not_string[] = { "C:\\new\\table.txt", "\"C:\\dir\\\"", "\\\\FILESRV\\new", "to:\\\\FILESRV",
						  "to \\\\FILESRV", "<\\\\FILESRV>", "\"\\\\FILESRV\\temp\\nothing\"",
						  "DOMAIN\\nadmin", "C:\\\\a and \\\\FILESRV\\data", "it is\\n",
						  "corp\\nancy is gone", "DOMAIN\\nAdmin", "\\\\filesrv\\nAS is gone",
						  "src\\temp\\nData is gone", "in D:\\nData it is gone",
						  "HKLM:\\new is gone" };
	for (size_t i = 0; i < sizeof string / sizeof *string; i++)
		assert_true(coded_is_string(str_c(string[i])));
	for (size_t i = 0; i < sizeof not_string / sizeof *not_string; i++)
		assert_false(coded_is_string(str_c(not_string[i])));
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
		assert_int_equal(in[clean_offset(&c, at)], letters[i]);
	}
	assert_int_equal(clean_offset(&c, 0), 0);
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
	static const struct { const char *text, *kind, *payload, *component, *host;
	} cases[] = {
		{ "Disk full", "", "Disk full", "", "" },
		{ "2001-03-12 17:37:45.445 [0x6572] ERROR Disk full", "iso", "Disk full", "", "" },
		{ "2001-03-12T17:37:45Z Disk full", "iso", "Disk full", "", "" },
		{ "[2001-03-12 17:37:45] [ERROR] Disk full", "iso", "Disk full", "", "" },
		{ "2001-03-12 17:37:45, Info                  CBS    Disk full", "iso", "Disk full", "CBS", "" },
		{ "Mar  2 08:13:43 ntbox rcmd[1401]: Disk full", "syslog", "Disk full", "rcmd", "ntbox" },
		{ "<34>Mar 12 01:02:03 host app: Disk full", "syslog", "Disk full", "app", "host" },
		{ "2024-03-12T01:02:03.123456+01:00 web1 rcmd[1401]: Disk full", "syslog", "Disk full", "rcmd",
		  "web1" },
		{ "2024-03-12T01:02:03Z web1 kernel: Disk full", "syslog", "Disk full", "kernel", "web1" },
		{ "2024-03-12T01:02:03Z ERROR store: Disk full", "iso", "store: Disk full", "store", "" },
		{ "2024-03-12T01:02:03 on host: Disk full", "iso", "on host: Disk full", "", "" },
		{ "~Disk full  $$<SMS_LAN_SENDER><Tue Mar 12 10:56:20 2001><thread=8973 (0x230D)>", "sms", "Disk full",
		  "SMS_LAN_SENDER", "" },
		{ "<![LOG[Disk full]LOG]!><time=\"1:2\" date=\"3-4\" component=\"X\" thread=\"12\">", "configmgr",
		  "Disk full", "X", "" },
		{ "\"Error\",\"11/03/01\",\"16:55:15\",\"App\",\"None\",\"22\",\"N/A\",\"box\",\"Disk full\"",
		  "nt-event", "Disk full", "App", "box" },
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
		assert_str(str_part(text, e.payload.start, e.payload.end),
			   cases[i].payload);
		assert_str(e.component, cases[i].component);
		assert_str(e.host, cases[i].host);
	}
}

/* A line is passed on by a few: what has more stamps is nobody's, and not looked through anew behind each of them. */
static void a_row_of_stamps_ends(void **state)
{
	(void)state;
	static const struct { unsigned stamps; bool all;
	} cases[] = { { 1, true }, { 8, true }, { 9, false }, { 60, false } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = { 0 };
		struct match_envelope e;
		for (unsigned k = 0; k < cases[i].stamps; k++)
			buf_add(&b, STR("2001-03-12T10:56:20Z "));
		buf_add(&b, STR("Disk full"));
		envelope_read(buf_str(&b), &e);
		struct str payload = str_part(buf_str(&b), e.payload.start, e.payload.end);
		assert_true(str_ends(payload, STR("Disk full")));
		assert_int_equal(payload.n == 9, cases[i].all);
		buf_free(&b);
	}
}

/* What each kind of dress tells: kind, payload, then time, host, component, thread, level, event. */
static void fields_are_read(void **state)
{
	(void)state;
	static const struct { const char *text, *kind, *payload, *fields;
	} cases[] = {
		{ "{\"level\":\"error\",\"ts\":\"2001-03-12T10:56:20Z\",\"msg\":\"Disk full\",\"host\":\"ws7\"}",
		  "json", "Disk full", "2001-03-12T10:56:20Z|ws7|||error|" },
		{ "{\"__REALTIME_TIMESTAMP\":\"984394580000000\",\"_HOSTNAME\":\"ws7\",\"PRIORITY\":\"3\",\"SYSLOG_"
		  "IDENTIFIER\":"
		  "\"store\",\"_PID\":\"212\",\"MESSAGE\":\"Disk full\"}",
		  "json", "Disk full", "984394580000000|ws7|store|212|3|" },
		{ "{\"host\": {\"name\": \"ws7\"}, \"time\": 12, \"error\": {\"code\": 5, \"message\": \"Disk full\"}}",
		  "json", "Disk full", "12|ws7||||" },
		{ "{\"a\": [1, {\"msg\": \"inner\"}], \"message\": \"Disk full\"}", "json", "Disk full", "|||||" },
		{ "{\"message\": \"Disk full", "json", "Disk full", "|||||" },
		{ "{\"a\": \"b\"}", "", "{\"a\": \"b\"}", "|||||" },
		{ "{\"msg\": \"x\"} is what it says", "", "{\"msg\": \"x\"} is what it says", "|||||" },
		{ "Mar 12 10:56:20 ws7 store[212]: {\"level\":\"error\",\"msg\":\"Disk full\"}", "syslog", "Disk full",
		  "Mar 12 10:56:20|ws7|store|212|error|" },
		{ "fatal: [ws7]: FAILED! => {\"changed\": false, \"msg\": \"Disk full\"}", "json", "Disk full",
		  "|||||" },
		{ "time=\"2001-03-12T10:56:20Z\" level=error msg=\"Disk full\" host=ws7", "logfmt", "Disk full",
		  "2001-03-12T10:56:20Z|ws7|||error|" },
		{ "a=1 is more than b=2", "", "a=1 is more than b=2", "|||||" },
		{ "_HOSTNAME=ws7\nPRIORITY=3\n_COMM=store\nMESSAGE=Disk full\n_PID=12", "journal", "Disk full",
		  "|ws7|store|12|3|" },
		{ "3/12/2001\t10:56:20 AM\tStore\tError\tNone\t7001\tN/A\tWS7\tDisk full", "nt-event", "Disk full",
		  "3/12/2001\t10:56:20 AM|WS7|Store||Error|7001" },
		{ "3/12/2001,10:56:20 AM,Store,Error,(2),7001,DOM\\joe,WS7,Disk full, really", "nt-event",
		  "Disk full, really", "3/12/2001,10:56:20 AM|WS7|Store||Error|7001" },
		{ "Error\t12.03.2001\t10:56:20\tStore\tNone\t7001\tN/A\tWS7\tDisk full", "nt-event", "Disk full",
		  "12.03.2001\t10:56:20|WS7|Store||Error|7001" },
		{ "Error,3/12/2001 10:56:20 AM,Store,7001,None,Disk full", "nt-event", "Disk full",
		  "3/12/2001 10:56:20 AM||Store||Error|7001" },
		{ "2001-03-12 10:56:20 W3SVC1 WEB1 10.0.0.5 GET /a.asp |17|80004005|Disk+full 80 - 10.0.0.9", "iis",
		  "Disk+full", "2001-03-12 10:56:20|WEB1|W3SVC1|||" },
		{ "2001-03-12 10:56:20 10.0.0.5 GET /a.asp id=5|17|80004005|Disk+full 80 - 10.0.0.9", "iis",
		  "Disk+full", "2001-03-12 10:56:20|||||" },
		{ "2001-03-12 10:56:20 10.0.0.9 - GET /a.asp - 500", "iso", "10.0.0.9 - GET /a.asp - 500",
		  "2001-03-12 10:56:20|||||" },
		{ "Disk full\tstore\t3/12/2001 10:56:20 AM\t8973 (0x230D)", "configmgr", "Disk full",
		  "3/12/2001 10:56:20 AM||store|8973 (0x230D)||" },
		{ "[Mon Mar 12 10:56:20 2001] [core:error] [pid 212:tid 140] [client 10.0.0.9:4711] Disk full", "iso",
		  "Disk full", "Mon Mar 12 10:56:20 2001||core|212:tid 140|error|" },
		{ "Mon, 12 Mar 2001 10:56:20 +0100 Disk full", "iso", "Disk full",
		  "Mon, 12 Mar 2001 10:56:20 +0100|||||" },
		{ "2001-03-12 10:56:20.113 SEVERE [main] com.example.Store.run Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20.113||com.example.Store.run|main|SEVERE|" },
		{ "2001-03-12 10:56:20.113 SEVERE [main] files.example.com is full", "iso", "files.example.com is full",
		  "2001-03-12 10:56:20.113|||main|SEVERE|" },
		{ "2001-03-12 10:56:20 ERROR com.example.Store$1 Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20||com.example.Store$1||ERROR|" },
		{ "2001-03-12 10:56:20 ERROR files.example.com is full", "iso", "files.example.com is full",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 ERROR Files.Example.Com is full", "iso", "Files.Example.Com is full",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 ERROR store.old.COM is full", "iso", "store.old.COM is full",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 ERROR store.Config is damaged", "iso", "store.Config is damaged",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 ERROR com.example.FullException Disk full", "iso",
		  "com.example.FullException Disk full", "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 com.example.Store Disk full", "iso", "com.example.Store Disk full",
		  "2001-03-12 10:56:20|||||" },
		{ "2001-03-12 10:56:20,113 ERROR [main] com.example.Store - Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20,113||com.example.Store|main|ERROR|" },
		{ "2001-03-12T10:56:20.113+01:00 ERROR 12345 --- [           main] c.e.store.Client      : Disk full",
		  "iso", "Disk full", "2001-03-12T10:56:20.113+01:00||c.e.store.Client|12345|ERROR|" },
		{ "2001-03-12 10:56:20,113 - store.client - ERROR - Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20,113||store.client||ERROR|" },
		{ "[2001-03-12T10:56:20Z ERROR store::client] Disk full", "iso", "Disk full",
		  "2001-03-12T10:56:20Z||store::client||ERROR|" },
		{ "[10:56:20 ERR] Disk full", "clock", "Disk full", "10:56:20||||ERR|" },
		{ "2001-03-12 10:56:20.1130|ERROR|Store.Client|Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20.1130||Store.Client||ERROR|" },
		{ "2001-03-12 10:56:20 | Disk | full", "iso", "| Disk | full", "2001-03-12 10:56:20|||||" },
		{ "2001-03-12 10:56:20 [Vendor][Driver] Disk full", "iso", "[Vendor][Driver] Disk full",
		  "2001-03-12 10:56:20|||||" },
		{ "2001-03-12 10:56:20 ERROR Setup - Disk full", "iso", "Setup - Disk full",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "E0312 10:56:20.113456   212 client.cc:42] Disk full", "glog", "Disk full",
		  "0312 10:56:20.113456||client.cc:42|212|E|" },
		{ "E20010312 10:56:20.113456   212 client.cc:42] Disk full", "glog", "Disk full",
		  "20010312 10:56:20.113456||client.cc:42|212|E|" },
		{ "{\"body\":{\"stringValue\":\"Disk full\"},\"severityText\":\"ERROR\"}", "json", "Disk full",
		  "||||ERROR|" },
		{ "<![LOG[Disk full~]LOG]!><time=\"10:56:20.1+0\" component=\"Disk\" thread=\"4\">", "configmgr", "Disk full",
		  "10:56:20.1+0||Disk|4||" },
		{ "2001-03-12T10:56:20.000000000+01:00 stderr F Disk full", "iso", "Disk full",
		  "2001-03-12T10:56:20.000000000+01:00|||||" },
		{ "2001-03-12T10:56:20.000000000Z stderr F E0312 10:56:20.113456   1 client.cc:42] Disk full", "iso",
		  "Disk full", "0312 10:56:20.113456||client.cc:42|1|E|" },
		{ "2001-03-12T10:56:20.000000000Z stdout F 2001/03/12 10:56:20 [error] Disk full", "iso", "Disk full",
		  "2001/03/12 10:56:20||||error|" },
		{ "2001-03-12T10:56:20.000000000Z stderr F ERROR:store:Disk full", "iso", "Disk full",
		  "2001-03-12T10:56:20.000000000Z||store||ERROR|" },
		{ "2001-03-12 10:56:20 stderr Full disk", "iso", "stderr Full disk", "2001-03-12 10:56:20|||||" },
		{ "build\tRun it\t2001-03-12T10:56:20.1134560Z Disk full", "workflow", "Disk full",
		  "2001-03-12T10:56:20.1134560Z||Run it|||" },
		{ "build\tRun it\tDisk full", "", "build\tRun it\tDisk full", "|||||" },
		{ "  Warning  Failed     12s (x3 over 60s)  kubelet            Disk full", "container", "Disk full",
		  "||kubelet||Warning|Failed" },
		{ "Normal  Pulled  3m12s  kubelet  Disk full", "container", "Disk full", "||kubelet||Normal|Pulled" },
		{ "Warning  Failed to write 12s  kubelet  Disk full", "",
		  "Warning  Failed to write 12s  kubelet  Disk full", "|||||" },
		{ "2001-03-12T10:56:20.113456+00:00 app[web.1]: Disk full", "iso", "Disk full",
		  "2001-03-12T10:56:20.113456+00:00||app|web.1||" },
		{ "[12345.678901] ws7 store[212]: Disk full", "kernel", "Disk full", "12345.678901|ws7|store|212||" },
		{ "[12345.678901] disk7 full: Disk full", "kernel", "disk7 full: Disk full", "12345.678901|||||" },
		{ "[2001-03-12T10:56:20,113][ERROR][store.client][main] Disk full", "iso", "Disk full",
		  "2001-03-12T10:56:20,113||store.client|main|ERROR|" },
		{ "[2001-03-12 10:56:20.113][12][warning][config] [source/store.h:160] Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20.113||source/store.h:160|12|warning|" },
		{ "2001-03-12 10:56:20 ERROR [vendor][driver] Disk full", "iso", "[vendor][driver] Disk full",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 +0000 [warn]: #0 Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20 +0000|||0|warn|" },
		{ "2001-03-12 10:56:20 UTC:10.0.0.9(4711):joe@shop:[212]:ERROR:  Disk full", "iso", "ERROR:  Disk full",
		  "2001-03-12 10:56:20 UTC||10.0.0.9(4711):joe@shop|212||" },
		{ "2001-03-12T10:56:20.113Z,WS7\\Default,08D8,12,10.0.0.5:25,10.0.0.9:4711,*,,Disk full", "protocol",
		  "Disk full", "2001-03-12T10:56:20.113Z||WS7\\Default|||" },
		{ "2001-03-12T10:56:20.113Z,WS7\\Default,08D8,12,10.0.0.5:25,10.0.0.9:4711,*,,\"Disk full, a, b\"",
		  "protocol", "Disk full, a, b", "2001-03-12T10:56:20.113Z||WS7\\Default|||" },
		{ "2001-03-12 10:56:20 ERROR Disk full at /srv/a.pl line 42.", "iso", "Disk full",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20 ERROR Disk full at page line 42.", "iso", "Disk full at page line 42.",
		  "2001-03-12 10:56:20||||ERROR|" },
		{ "2001-03-12 10:56:20.11 Logon       Disk full", "iso", "Disk full", "2001-03-12 10:56:20.11|||Logon||" },
		{ "2001-03-12 10:56:20 Logon disk full", "iso", "Logon disk full", "2001-03-12 10:56:20|||||" },
		{ "Server      Disk full", "", "Server      Disk full", "|||||" },
		{ "03/12/2001 10:56:20,Backup,Error,1,WS7,Backup,Step 1,,Executed as user: CORP\\joe. Disk full [SQLSTATE 42000] "
		  "(Error 208).  The step failed.,00:00:01,16,208,,,,0", "iso", "Disk full",
		  "03/12/2001 10:56:20||Backup||Error|" },
		{ "From: joe\nSubject: Re: help\nDate: Mon, 12 Mar 2001\nX-A: b\n c\n\nDisk full\n", "mail",
		  "Disk full", "Mon, 12 Mar 2001|||||" },
		{ "Subject: help\nit says\n\nDisk full", "", "Subject: help\nit says\n\nDisk full", "|||||" },
		{ "web-1  | Disk full", "container", "Disk full", "||web-1|||" },
		{ "John Doe [14:03]: Disk full", "chat", "Disk full", "14:03|||||" },
		{ "Disk full\n   at Store.Run() in x.cs:line 1\n   at Store.Main()", "trace", "Disk full", "|||||" },
		{ "Traceback (most recent call last):\n  File \"x.py\", line 1\n    run()\nOSError: Disk full", "trace",
		  "OSError: Disk full", "|||||" },
		{ "node:fs:502\n      throw er;\n      ^\n\nError: Disk full\n    at node:internal/x:1:2\n    at b (c)",
		  "trace", "Error: Disk full", "|||||" },
		{ "a:502\n  two lines\nand no mark: Disk full\n    at b (c)", "trace",
		  "a:502\n  two lines\nand no mark: Disk full", "|||||" },
		{ "Get-It : Disk full\nAt line:1 char:1\n+ Get-It\n    + CategoryInfo : x", "powershell",
		  "Disk full", "||Get-It|||" },
		{ "CEF:0|V|Agent|1.0|7001|Disk full|5|src=10.0.0.9 cnt=3", "cef", "Disk full", "||Agent||5|7001" },
		{ "CEF:0|V|Agent|1.0|7001|Trouble|5|msg=Disk full dvchost=ws7 rt=12", "cef", "Disk full",
		  "12|ws7|Agent||5|7001" },
		{ "Mar 12 10:56:20 ws7 CEF:0|V|Agent|1.0|7001|Trouble|5|msg=store: Disk full", "syslog",
		  "store: Disk full", "Mar 12 10:56:20|ws7|Agent||5|7001" },
		{ "CEF:0|V|Agent|1.0|7001", "", "CEF:0|V|Agent|1.0|7001", "|||||" },
		{ "LEEF:1.0|V|Agent|1.0|7001|sev=5\tmsg=Disk full\tusrName=joe", "leef", "Disk full",
		  "||Agent||5|7001" },
		{ "LEEF:2.0|V|Agent|1.0|7001|^|sev=5^msg=Disk full", "leef", "Disk full", "||Agent||5|7001" },
		{ "<Event><System><Provider Name='Store'/><EventID>7</EventID><Computer>ws7</Computer></System>"
		  "<EventData><Data Name=\"a\">Disk full</Data></EventData></Event>",
		  "nt-event", "<Data Name=\"a\">Disk full</Data>", "|ws7|Store|||7" },
		{ "<Event><System><EventID>7</EventID></System></Event><Event>", "",
		  "<Event><System><EventID>7</EventID></System></Event><Event>", "|||||" },
		{ "Test-It : <f:WSManFault Code=\"5\" Machine=\"ws7\"><f:Message>Disk full</f:Message></f:WSManFault>",
		  "wsman", "Disk full", "|ws7||||5" },
		{ "Mar 12, 2001 10:56:20 AM com.example.Store run\nSEVERE: Disk full", "java", "Disk full",
		  "Mar 12, 2001 10:56:20 AM||com.example.Store||SEVERE|" },
		{ "Mar 12, 2001 10:56:20 AM com.example.Store run SEVERE: Disk full", "java", "Disk full",
		  "Mar 12, 2001 10:56:20 AM||com.example.Store||SEVERE|" },
		{ "Mar 12, 2001 10:56:20 AM com.example.Store run SEVERE: Disk full\n"
		  "\tat com.example.Store.run(A.java:1)",
		  "java", "Disk full", "Mar 12, 2001 10:56:20 AM||com.example.Store||SEVERE|" },
		{ "Mar 12, 2001 10:56:20 AM disk D: is full", "", "Mar 12, 2001 10:56:20 AM disk D: is full", "|||||" },
		{ "Mar 12, 2001 10:56:20 AM store is reading: Disk full", "",
		  "Mar 12, 2001 10:56:20 AM store is reading: Disk full", "|||||" },
		{ "<record><date>2001-03-12T10:56:20</date><logger>com.example</logger><level>SEVERE</level>"
		  "<class>com.example.Store</class><method>run</method><thread>1</thread><message>Disk full</message></record>",
		  "java", "Disk full", "2001-03-12T10:56:20||com.example.Store|1|SEVERE|" },
		{ "<record><message>Disk full</message></record>", "",
		  "<record><message>Disk full</message></record>", "|||||" },
		{ "Mar 12, 2001 10:56:20 AM nothing is here", "", "Mar 12, 2001 10:56:20 AM nothing is here", "|||||" },
		{ "[2001-03-12T10:56:20Z] No room: Disk full", "iso", "No room: Disk full",
		  "2001-03-12T10:56:20Z|||||" },
		{ "2001-03-12T10:56:20Z No room: Disk full", "iso", "No room: Disk full",
		  "2001-03-12T10:56:20Z|||||" },
		{ "3/12/2001 10:56:20 AM          7001 Error            Disk full", "nt-event", "Disk full",
		  "3/12/2001 10:56:20 AM||||Error|7001" },
		{ "ERROR:store.client:Disk full", "python", "Disk full", "||store.client||ERROR|" },
		{ "ERROR: store: Disk full", "", "ERROR: store: Disk full", "|||||" },
		{ "E, [2001-03-12T10:56:20.113456 #212] ERROR -- store: Disk full", "ruby", "Disk full",
		  "2001-03-12T10:56:20.113456||store|212|ERROR|" },
		{ "03-12 10:56:20.113   212   213 E Store   : Disk full", "android", "Disk full",
		  "03-12 10:56:20.113||Store|213|E|" },
		{ "fail: Contoso.Store[7]\n      Disk full", "dotnet", "Disk full", "||Contoso.Store||fail|7" },
		{ "::error file=a.js,line=1::Disk full", "workflow", "Disk full", "||||error|" },
		{ "2001/03/12 10:56:20 [error] 212#213: *7 Disk full, client: 10.0.0.9, server: ws7, request: \"GET / "
		  "HTTP/1.1\", host: \"ws7\"",
		  "iso", "Disk full", "2001/03/12 10:56:20|||212#213|error|" },
		{ "[Mon Mar 12 10:56:20.113456 2001] [cgi:error] [pid 212] [client 10.0.0.9:4711] Disk full, referer: "
		  "http://ws7/a?b=c",
		  "iso", "Disk full", "Mon Mar 12 10:56:20.113456 2001||cgi|212|error|" },
		{ "2001/03/12 10:56:20 [error] 2#3: *7 Disk full, client: a, server: b, upstream: \"http://c/\"", "iso",
		  "Disk full, client: a, server: b, upstream: \"http://c/\"", "2001/03/12 10:56:20|||2#3|error|" },
		{ "Disk full, client: 10.0.0.9, server: ws7", "", "Disk full, client: 10.0.0.9, server: ws7", "|||||" },
		{ "[2001-03-12 10:56:20] store.ERROR: Disk full {\"user\":4} []", "iso", "Disk full",
		  "2001-03-12 10:56:20||store||ERROR|" },
		{ "[2001-03-12 10:56:20] store.ERROR: Disk full [] []", "iso", "Disk full",
		  "2001-03-12 10:56:20||store||ERROR|" },
		{ "PHP Fatal error:  Uncaught Store\\FullException: Disk full in /srv/Store.php:88\nStack trace:\n"
		  "#0 {main}\n  thrown in /srv/Store.php on line 88",
		  "php", "Disk full", "||Store\\FullException|||" },
		{ "The store has no room (Exception from HRESULT: 0x80004005 (E_FAIL))", "dotnet",
		  "The store has no room", "|||||" },
		{ "The store has no room (Exception from HRESULT: 0x80070070)", "",
		  "The store has no room (Exception from HRESULT: 0x80070070)", "|||||" },
		{ "[ERROR]\t2001-03-12T10:56:20.113Z\t6f1c9a10-4b1e-4e1e-9d5a-cc2f11aa0401\tDisk full", "iso",
		  "Disk full", "2001-03-12T10:56:20.113Z|||6f1c9a10-4b1e-4e1e-9d5a-cc2f11aa0401|ERROR|" },
		{ "2001-03-12 10:56:20.113 +01:00 [ERR] Disk full", "iso", "Disk full",
		  "2001-03-12 10:56:20.113 +01:00||||ERR|" },
		{ "2001-03-12 10:56:20.113 CET [212] ERROR:  Disk full\n2001-03-12 10:56:20.113 CET [212] STATEMENT:  "
		  "select 1",
		  "iso", "ERROR:  Disk full", "2001-03-12 10:56:20.113 CET|||212||" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_envelope e;
		struct str text = str_c(cases[i].text);
		envelope_read(text, &e);
		assert_str(e.kind, cases[i].kind);
		assert_str(str_part(text, e.payload.start, e.payload.end),
			   cases[i].payload);
		assert_str(arena_printf(&arena, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s", STR_ARG(e.time), STR_ARG(e.host),
					STR_ARG(e.component), STR_ARG(e.thread), STR_ARG(e.level), STR_ARG(e.event)),
			   cases[i].fields);
	}
}

/* What may be dress and may be the message's is left in it, and measured. */
static void heads_are_measured(void **state)
{
	(void)state;
	static const struct { const char *text; bool dressed; const char *behind;
	} cases[] = {
		{ "ERROR: Disk full", false, "Disk full" },
		{ "Error : Disk full", false, "Disk full" },
		{ "[ERROR] Disk full", false, "Disk full" },
		{ "ERROR [main] Store - Disk full", false, "Disk full" },
		{ "[main] ERROR Store - Disk full", false, "Disk full" },
		{ "[pool-1-thread-2] WARN Store: Disk full", false, "Disk full" },
		{ "ERROR com.example.Store - Disk full", false, "Disk full" },
		{ "ERROR [main] Disk full", false, "Disk full" },
		{ "store: Disk full", true, "Disk full" },
		{ "Store - Disk full", true, "Disk full" },
		{ "[main] ERROR Store    : Disk full", false, "Disk full" },
		{ "Message: Disk full", false, "Disk full" },
		{ "Message      : Disk full", false, "Disk full" },
		{ "Exception : Disk full", false, "Disk full" },
		{ "java.io.IOException: Disk full", false, "Disk full" },
		{ "store: Message: Disk full", true, "Disk full" },
		/* the message's own */
		{ "store: Disk full", false, "store: Disk full" },
		{ "Store - Disk full", false, "Store - Disk full" },
		{ "store.c : error in line 5", true, "store.c : error in line 5" },
		{ "10.0.0.5 - Disk full", true, "10.0.0.5 - Disk full" },
		{ "Disk full - stop", true, "Disk full - stop" },
		{ "ERROR Disk full", false, "Disk full" },
		{ "WARN  Disk full", false, "Disk full" },
		{ "ERROR 1045: Disk full", false, "ERROR 1045: Disk full" },
		{ "ERROR: Disk full", false, "Disk full" },
		{ "Error Disk full", false, "Error Disk full" },
		{ "ERROR", false, "ERROR" },
		{ "com.example.StoreError: [Errno 28] Disk full", false, "Disk full" },
		{ "OSError: [WinError 112] Disk full", false, "Disk full" },
		{ "store.DiskError: (28, \"Disk full\")", false, "Disk full\")" },
		{ "StoreError: (28, 29)", false, "(28, 29)" },
		{ "Get \"http://web1/\": disk full", false, "disk full" },
		{ "Post \"https://web1:8443/v1\": disk full", true, "disk full" },
		{ "Get \"my file\": disk full", false, "Get \"my file\": disk full" },
		{ "Get \"http://web1/\" from cache: disk full", false, "Get \"http://web1/\" from cache: disk full" },
		{ "Error 53: Disk full", true, "Error 53: Disk full" },
		{ "Error in com.example.Store - Disk full", false, "Error in com.example.Store - Disk full" },
		{ "[main] Disk full", false, "[main] Disk full" },
		{ "[Vendor][Driver] Disk full", false, "[Vendor][Driver] Disk full" },
		{ "ERROR [Vendor] Disk full", false, "ERROR [Vendor] Disk full" },
		{ "files.example.com - Disk full", false, "files.example.com - Disk full" },
		{ "Message store.cfg: Disk full", false, "Message store.cfg: Disk full" },
		{ "Message from web1: Disk full", false, "Message from web1: Disk full" },
		{ "The message: Disk full", false, "The message: Disk full" },
		{ "Message:", false, "Message:" },
		{ "ERROR [main]", false, "ERROR [main]" },
		{ "store: backup: Disk full", true, "backup: Disk full" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct str text = str_c(cases[i].text);
		assert_str(str_from(text, envelope_head(text, cases[i].dressed)), cases[i].behind);
	}
}

/* A mark parts a message off from what is before it, and few bytes are looked at for each: lines have many marks. */
/* What tells of the next try goes; a name that is one of its words stays, and so does what is nothing else. */
static void the_next_try_is_cut(void **state)
{
	(void)state;
	static const struct { const char *in, *out; } cases[] = {
		{ "Disk full, retrying in 5s", "Disk full" },
		{ "Disk full (attempt 2 of 5)", "Disk full" },
		{ "Disk full. Will retry later.", "Disk full." },
		{ "Disk full Retrying in 5 seconds...", "Disk full" },
		{ "Disk full\nAttempt 2 of 5", "Disk full" },
		{ "Cannot open file Attempt 2", "Cannot open file Attempt 2" },
		{ "Cannot read the table Retries 3", "Cannot read the table Retries 3" },
		{ "Not ready: Abort, Retry", "Not ready: Abort, Retry" },
		{ "Retrying in 5s", "Retrying in 5s" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_str(envelope_cut_retry(str_c(cases[i].in)), cases[i].out);
}

/* What an error's field and an exception's words say is read beside the message, and a mark of another kind is not. */
static void errors_stand_behind(void **state)
{
	(void)state;
	static const struct { const char *in, *payload, *beside; } cases[] = {
		{ "it failed error=Disk full (os error 28) try=3", "it failed", "Disk full (os error 28)" },
		{ "it failed err=Disk full", "it failed", "Disk full" },
		{ "it failed: com.example.StoreError('Disk full')", "it failed:", "Disk full" },
		{ "it failed: OSError(\"Disk 'a' full\")", "it failed:", "Disk 'a' full" },
		{ "it failed error=EACCES", "it failed error=EACCES", "" },
		{ "it failed, error=Disk full", "it failed, error=Disk full", "" },
		{ "it failed error=53 by path", "it failed error=53 by path", "" },
		{ "it went well without error=Disk full", "it went well without error=Disk full", "" },
		{ "it failed last_error=Disk full", "it failed last_error=Disk full", "" },
		{ "it failed: OSError(28, 'Disk full')", "it failed: OSError(28, 'Disk full')", "" },
		{ "call print('Disk full')", "call print('Disk full')", "" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char line[256];
		struct match_envelope e;
		int n = snprintf(line, sizeof line, "2001-03-12 10:56:20 ERROR app: %s", cases[i].in);
		struct str text = { line, (size_t)n };
		envelope_read(text, &e);
		struct str payload = str_part(text, e.payload.start, e.payload.end);
		assert_str(str_from(payload, payload.n - strlen(cases[i].payload)), cases[i].payload);
		assert_str(str_part(text, e.beside.start, e.beside.end), cases[i].beside);
	}
	static const char *const got_over[] = { "INFO app: done after OSError('Disk full')",
						"DEBUG app: tried again error=Disk full try=3" };
	for (size_t i = 0; i < sizeof got_over / sizeof *got_over; i++) {
		char line[128];
		struct match_envelope e;
		int n = snprintf(line, sizeof line, "2001-03-12 10:56:20 %s", got_over[i]);
		envelope_read((struct str){ line, (size_t)n }, &e);
		assert_int_equal(e.beside.end, 0);
	}
}

static void parts_of_a_payload(void **state)
{
	(void)state;
	static const char said[] = "the network path was not found";
	static char line[(64 << 10) + 1];
	const size_t size = sizeof line - 1, at = size - strlen(said);
	struct str near = STR("rpc failed: the network path was not found");
	assert_true(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("mounting the volume: rpc error: code = Unknown desc = the network path was not found");
	assert_true(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("stderr: b'the network path was not found");
	assert_true(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("a job of bob'the network path was not found");
	assert_false(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("Exception in thread \"main\" com.example.store.StoreException: the network path was not found");
	assert_true(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("This failed when one wrote to his report.docx: the network path was not found");
	assert_false(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("one failed to fetch https://example.org/Store.Exception: the network path was not found");
	assert_false(envelope_parts_off(near, 0, near.n - strlen(said)));
	near = STR("its text is = the network path was not found");
	assert_false(envelope_parts_off(near, 0, near.n - strlen(said)));
	for (size_t i = 0; i < at; i++)
		line[i] = i % 2 ? ' ' : ':';
	memcpy(line + at, said, sizeof said);
	assert_true(envelope_parts_off(str_c(line), at - 100, at));
	assert_false(envelope_parts_off(str_c(line), 0, at));
	memcpy(line, "abc def", 7); /* words, none of which tells of trouble: each was looked at for each mark */
	clock_t start = clock();
	for (size_t i = 8; i < size; i += 2)
		envelope_parts_off(str_c(line), 0, i);
	assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2);
}

static void layers_are_undone(void **state)
{
	(void)state;
	static const struct { const char *text; bool url; const char *payload, *first;
	} cases[] = {
		{ "{\"log\":\"2001-03-12 10:56:20 ERROR cannot find \\\"C:\\\\x\\\"\\n\"}", false,
		  "cannot find \"C:\\x\"", "cannot" },
		{ "{\"log\":\"{\\\"msg\\\":\\\"to \\\\u003cx\\\"}\"}", false, "to <x", "to" },
		{ "{\"msg\":\"first\",\"error\":\"then\"}", false, "first\nthen", "first" },
		{ "Subject: help\nTo: joe\n\nDisk full", false, "help\nDisk full", "help" },
		{ "TypeError: it failed\n    at a (b) {\n  [cause]: Error: Disk full\n      at c (d)", false,
		  "TypeError: it failed\nError: Disk full", "TypeError" },
		{ "Traceback (most recent call last):\n  a\nOSError: Disk full\n\nDuring it:\n\n"
		  "Traceback (most recent call last):\n  b\nError: no file", false,
		  "OSError: Disk full\nError: no file", "OSError" },
		{ "{\"error\":\"then\",\"msg\":\"first\"}", false, "then\nfirst", "then" },
		{ "2001-03-12 10:56:20 W3SVC1 WEB1 GET /a |17|80004005|Disk+%3Cfull%3E 80", false, "Disk <full>",
		  "Disk" },
		{ "Disk%20%3Cfull%3E", true, "Disk <full>", "Disk" },
		{ "Disk%20%3Cfull%3E", false, "Disk%20%3Cfull%3E", "Disk" },
		{ "3/12/2001,10:56:20,Store,Error,None,7001,N/A,WS7,\"the \"\"disk\"\"\"", false, "the \"disk\"",
		  "the" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct clean c = cleaned(cases[i].text);
		struct undressed u;
		assert_int_equal(undress_read(&c, c.text, cases[i].url, &arena, &u), ERR_OK);
		assert_str(str_part(u.clean->text, u.dress.payload.start, u.dress.payload.end),
			   cases[i].payload);
		assert_ptr_equal(cases[i].text + clean_offset(u.clean, u.dress.payload.start),
				 strstr(cases[i].text, cases[i].first));
	}
}

static void an_event_is_its_description(void **state)
{
	(void)state;
	static const struct { const char *text, *payload, *component, *host;
	} cases[] = {
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
		{ "TimeCreated  : 3/12/2001 10:56:20 AM\nProviderName : Store\nId           : 7001\nMessage      : "
		  "Disk full\n",
		  "Disk full", "Store", "" },
		{ "Source: Store\nEvent ID: 7001\nComputer: BOX\nDescription:\nDisk full\n\nFor more information, see "
		  "Help.",
		  "Disk full", "Store", "BOX" },
		{ "Source: Store\nEvent ID: 7001\nType: x\nDescription:\nDisk full\nEvent Xml:\n<Event>", "Disk full",
		  "Store", "" },
		{ "Event Type: Error Event Source: Store Event ID: 7001 User: N/A Computer: BOX Description: Disk full",
		  "Disk full", "Store", "BOX" },
		/* dcdiag's */
		{ "   An Error Event occurred.  EventID: 0xC0001B59\n      Time Generated: 03/12/2001   10:56:20\n"
		  "      Event String: Disk\n      full\n   An Error Event occurred.  EventID: 0x00000001\n",
		  "Disk\n      full", "", "" },
		{ "   A warning event occurred.  EventID: 0x80001B59\n      Time Generated: 03/12/2001   10:56:20\n"
		  "      Event String:\n      Disk full\n   ......................... WS7 passed test SystemLog",
		  "Disk full", "", "" },
		{ "Fehler. Ereignis-ID: 0xC0001B59\n Erstellungszeitpunkt: 03/12/2001   10:56:20\n "
		  "Ereigniszeichenfolge: Disk full",
		  "Disk full", "", "" },
		{ "An error event occurred. EventID: 0xC0001B59 Time Generated: 03/12/2001 10:56:20 Event String: Disk "
		  "full ......................... WS7 failed test SystemLog",
		  "Disk full", "", "" },
		{ "An error event occurred: EventID: 0xC0001B59 Event String: Disk full", NULL, NULL, NULL },
		{ "Event String: Disk full", NULL, NULL, NULL },
		{ "Time Generated: now\nEvent String: Disk full\nSize: 7", NULL, NULL, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct match_envelope e;
		struct str text = str_c(cases[i].text);
		bool is_event = envelope_event(text, &e);
		assert_int_equal(is_event, cases[i].payload != NULL);
		if (!is_event)
			continue;
		assert_str(e.kind, "nt-event");
		assert_str(str_part(text, e.payload.start, e.payload.end),
			   cases[i].payload);
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
		cmocka_unit_test_teardown(what_was_coded_is_undone, teardown),
		cmocka_unit_test_teardown(coding_is_told_from_what_looks_like_it, teardown),
		cmocka_unit_test_teardown(offsets_lead_back, teardown),
		cmocka_unit_test(a_row_of_stamps_ends),
		cmocka_unit_test_teardown(fields_are_read, teardown),
		cmocka_unit_test_teardown(heads_are_measured, teardown),
		cmocka_unit_test_teardown(the_next_try_is_cut, teardown),
		cmocka_unit_test_teardown(errors_stand_behind, teardown),
		cmocka_unit_test_teardown(parts_of_a_payload, teardown),
		cmocka_unit_test_teardown(layers_are_undone, teardown),
		cmocka_unit_test_teardown(nul_bytes_of_utf16_go, teardown),
		cmocka_unit_test_teardown(envelopes_are_told_apart, teardown),
		cmocka_unit_test_teardown(an_event_is_its_description, teardown),
		cmocka_unit_test_teardown(tokens_drop_marks_inside, teardown),
		cmocka_unit_test_teardown(stems_join_forms, teardown),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
