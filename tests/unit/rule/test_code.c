/* SPDX-License-Identifier: MIT
 *
 * Codes in texts: which numbers are some, and whose.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "rule/rule.h"

struct one_code {
	const char *text;
	int64_t value;
	const char *family;
};

/* Each text has this code and no other. */
static void expect_codes(const struct one_code *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct rule_code_at found[2];
		size_t n = rule_codes_find(str_c(cases[i].text), found, 2);
		if (n != 1 || found[0].code.value != cases[i].value ||
		    !str_eq(found[0].code.family, str_c(cases[i].family)))
			fail_msg("%s: %zu codes, first %lld %.*s", cases[i].text, n,
				 n ? (long long)found[0].code.value : 0LL, n ? (int)found[0].code.family.n : 0,
				 n ? found[0].code.family.p : "");
	}
}

static void shapes_and_families(void **state)
{
	(void)state;
	static const struct one_code cases[] = {
		{ "Failed to connect to <\\\\A>, Error = 53", 53, "" },
		{ "ChangeServiceConfig Failed, rc = 87", 87, "" },
		{ "Error during WNetAddConnection2 (53)", 53, "win32" },
		{ "Run-time error '53': File not found", 53, "vb" },
		{ "Run time error 70: Permission Denied.", 70, "vb" },
		{ "System error 53 has occurred.", 53, "win32" },
		{ "mount error(112): Host is down", 112, "errno" },
		{ "it ended with 0x80070035", 0x80070035, "hresult" },
		{ "-2147024843", -2147024843, "hresult" },
		{ "status 0xC00000BE", 0xC00000BE, "ntstatus" },
		{ "it left with -1073741634", -1073741634, "ntstatus" },
		{ "exit code 3221225662", 3221225662, "ntstatus" },
		{ "error 2147942453", 2147942453, "hresult" },
		{ "STOP: 0x0000007B (x)", 0x7B, "bugcheck" },
		{ "Winsock error 10061", 10061, "winsock" },
		{ "socket error 10054", 10054, "winsock" },
		{ "winsock 10048", 10048, "winsock" },
		{ "80070035", 0x80070035, "hresult" },
		{ "could not open it (80070035)", 0x80070035, "hresult" },
		{ "hr=80070035", 0x80070035, "hresult" },
		{ "error '80004005'", 0x80004005, "hresult" },
		{ "it gave 800a0035.", 0x800A0035, "hresult" },
		{ "Err &H80040154", 0x80040154, "hresult" },
		{ "status c00000be", 0xC00000BE, "ntstatus" },
		{ "STOP 0x1E", 0x1E, "bugcheck" },
		{ "Stop Error 0x0000001E", 0x1E, "bugcheck" },
		{ "STOP Message 0x0000000A", 0xA, "bugcheck" },
		{ "blue screen 0x0000000A", 0xA, "bugcheck" },
		{ "BSOD 0x7B", 0x7B, "bugcheck" },
		{ "Bug check 0x7B", 0x7B, "bugcheck" },
		{ "exception 0xC0000005 at address 0x80131234", 0xC0000005, "ntstatus" },
		{ "error 0x87D00607", 0x87D00607, "hresult" },
		{ "error 5, then more", 5, "" },
		{ "error 53.", 53, "" },
		{ "[WinError 10060]", 10060, "winsock" },
		{ "[WinError 53] x", 53, "win32" },
		{ "Cameras error 720", 720, "" },
		{ "RAS error 720", 720, "ras" },
		{ "WSAGetLastError: winsock error 10061", 10061, "winsock" },
		{ "Can't connect to MySQL server on 'db1' (111)", 111, "errno" },
		{ "ErrorCode=53", 53, "" },
		{ "DOS error 53", 53, "dos" },
		{ "Systemfehler 53 aufgetreten", 53, "win32" },
		{ "Fehlercode: 53", 53, "" },
		{ "Laufzeitfehler '53':", 53, "vb" },
		{ "L'erreur système 53 s'est produite", 53, "" },
		{ "Erreur 1326", 1326, "" },
		{ "error de sistema 53", 53, "" },
		{ "ошибка 53", 53, "" },
		{ "エラー 53", 53, "" },
		{ "NET HELPMSG 2453", 2453, "netapi" },
		{ "Err.Number = 53", 53, "vb" },
		{ "Error No. 53", 53, "" },
		{ "the share was denied (5)", 5, "" },
		{ "hr is 80070035h", 0x80070035, "hresult" },
		{ "System error 1,326 has occurred.", 1326, "win32" },
		{ "error 53L", 53, "" },
		{ "rc = 2147942453UL", 2147942453, "hresult" },
		{ "Err#53", 53, "" },
		{ "err:53", 53, "" },
		{ "MySQL error 1130", 1130, "mysql" },
		{ "ERROR 1045 (HY000): Access denied", 1045, "mysql" },
		{ "Msg 18456, Level 14, State 1", 18456, "mssql" },
		{ "SQL Server error 53", 53, "" },
		{ "LDAP error 53", 53, "ldap" },
		{ "LDAP error 1722", 1722, "" },
		{ "ldap.corp.example: connection refused, error 111", 111, "" },
		{ "/etc/ldap.conf: error 13", 13, "" },
		{ "/etc/krb5.keytab: error 13", 13, "" },
		{ "ldap.corp.example: LDAP error 49", 49, "ldap" },
		{ "Kerberos error 0x18", 24, "krb5" },
		{ "ORA-12154: TNS", 12154, "oracle" },
		{ "HTTP status 502", 502, "http" },
		{ "HTTP/1.1 503 Service Unavailable", 503, "http" },
		{ "404 Not Found", 404, "http" },
		{ "it answers 503 - Service unavailable.", 503, "http" },
		{ "the remote server returned (403) Forbidden", 403, "http" },
		{ "WinHTTP error 12007", 12007, "wininet" },
		{ "DAO error 3051", 3051, "vb" },
		{ "Jet error -1811", -1811, "" },
		{ "DB2 SQL Error: SQLCODE=-204, SQLERRMC=X", -204, "db2" },
		{ "SQLCODE=-30081, more", -30081, "" },
		{ "SQL30081N  A communication error has been detected.", -30081, "db2" },
		{ "SQL1042C", -1042, "db2" },
		{ "SQL0445W  It was cut.", 445, "db2" },
		{ "The error code returned on failure is 691.", 691, "ras" },
		{ "Last error was 0x57", 0x57, "" },
		{ "GetLastError returns 1400", 1400, "win32" },
		{ "the return code was 1460", 1460, "" },
		{ "The bugcheck was: 0x0000009f", 0x9f, "bugcheck" },
		{ "GLE=126", 126, "" },
		{ "[SC] OpenService FAILED 1060:", 1060, "" },
		{ "NetUseAdd returned 1326", 1326, "" },
		{ "CreateProcess gives 740", 740, "" },
		{ "net use returned 85", 85, "" },
		{ "C:\\>net view gives me 6118", 6118, "" },
		{ "sc start spooler says 1058", 1058, "" },
		{ "LDAP bind returned 49", 49, "ldap" },
		{ "The service stopped with 1067.", 1067, "" },
		{ "Setup failed with 1603", 1603, "" },
		{ "DsGetDcName failed with 1355.", 1355, "" },
		{ "LoadLibraryEx returned NULL (193)", 193, "" },
		{ "msiexec /i a.msi returned 1618", 1618, "" },
		{ "setup.exe exited (1605)", 1605, "" },
		{ "connect() to [::1]:80 failed (111: Connection refused)", 111, "" },
		{ "System.ComponentModel.Win32Exception (5): Access is denied.", 5, "" },
		{ "iwlwifi: probe failed with error -110", -110, "errno" },
		{ "cifs_mount failed w/return code = -13", -13, "errno" },
		{ "usb 1-1: device descriptor read/64, error -71", -71, "errno" },
		{ "Finder: error -43", -43, "" },
		{ "SMTP 451 greylisted", 451, "smtp" },
		{ "SMTP error 552", 552, "smtp" },
		{ "ldap_add: Already exists (68)", 68, "ldap" },
		{ "krb5 error 37", 37, "krb5" },
		{ "Jet error 3044", 3044, "vb" },
		{ "errors 53 on all of them", 53, "" },
		{ "HTTP 500 errors", 500, "http" },
		{ "Additional Data: Error Value: 2147942667.", 2147942667, "hresult" },
		{ "krb5_get_init_creds_keytab() failed: -1765328378", -1765328378, "krb5" },
		{ "HTTP/2 stream 0 was not closed cleanly: CANCEL (err 8)", 8, "http2" },
		{ "HTTP/2 stream 4711 was not closed cleanly: INADEQUATE_SECURITY (err 12)", 12, "http2" },
		{ "/dev/sda1 was not closed cleanly: error 3", 3, "" },
		{ "LastTaskResult     : 2147942667", 2147942667, "hresult" },
	};
	expect_codes(cases, sizeof cases / sizeof *cases);
}

static void what_a_program_ended_with_is_of_its_own_table(void **state)
{
	(void)state;
	static const struct one_code cases[] = {
		{ "exit status 5", 5, "exit" },
		{ "Process exited with code 53", 53, "exit" },
		{ "exitcode=137", 137, "exit" },
		{ "Exited (137) 2 minutes ago", 137, "exit" },
		{ "it returned 127.", 127, "exit" },
		{ "ERRORLEVEL=9009", 9009, "exit" },
		{ "killed by signal 9", 9, "signal" },
		{ "code=killed, status=9/KILL", 9, "signal" },
		{ "code=exited, status=203/EXEC", 203, "systemd" },
		{ "code=exited, status=1/FAILURE", 1, "exit" },
		{ "curl: (7) Failed", 7, "curl" },
		{ "Command '/usr/bin/curl -s x' returned non-zero exit status 6.", 6, "curl" },
		{ "rsync returned 23", 23, "rsync" },
		{ "rsync came back with 23", 23, "rsync" },
		{ "robocopy ended with 16", 16, "robocopy" },
		{ "rsync error: it broke (code 12) at io.c(228) [sender=3.2.7]", 12, "rsync" },
		{ "robocopy ended with exit code 8", 8, "robocopy" },
		{ "ssh exited with exit code 255", 255, "ssh" },
		{ "sshd exited with exit code 255", 255, "exit" },
		{ "mount.nfs ended, exit status 32", 32, "mount" },
		{ "make: *** [Makefile:3: all] Error 127", 127, "exit" },
		{ "make[2]: *** [CMakeFiles/application.dir/build.make:76: CMakeFiles/application.dir/a.o] Error 1", 1, "exit" },
		{ "make: *** Error 127", 127, "exit" },
		{ "Last Run Result: 0x1", 1, "exit" },
		{ "Last Result:      2", 2, "exit" },
		{ "Last Run Result: (0x41301)", 0x41301, "" },
		{ "exit code 1326", 1326, "" },
		{ "exit code 0xC0000005", 0xC0000005, "ntstatus" },
		{ "exit code -1073741819", -1073741819, "ntstatus" },
		{ "msiexec exit code 1603", 1603, "" },
	};
	expect_codes(cases, sizeof cases / sizeof *cases);
	assert_true(rule_is_ended_family(STR("curl")));
	assert_false(rule_is_ended_family(STR("win32")));
	assert_false(rule_is_ended_family(STR("")));
}

static void other_numbers_are_none(void **state)
{
	(void)state;
	static const char *const texts[] = { "The instruction at 0x77f9d709 referenced memory at 0x80123456",
					     "crash at address 0x8012abcd",
					     "loaded at 0x80000000",
					     "0xC0FFEE00",
					     "error 1.5",
					     "errors: 1,326",
					     "error 50%",
					     "the error rate is 1.53",
					     "Windows NT 4.0",
					     "There are 512 bytes free",
					     "at 0137:bff9a28d",
					     "line 12 of 30",
					     "version (4711) is out",
					     "A Fatal Exception 0E has occurred at 0x77f6489f",
					     "account S-1-5-21-1957994488-839522115",
					     "call 3221225662",
					     "It was an error. No. 53 is Mary",
					     "chapter no. 53",
					     "80070035hz",
					     "{80070035-0000-11D0-8F3A-00AA004ABC12}",
					     "80070035-0000-11D0",
					     "it returned 12 rows",
					     "signal -53 dBm",
					     "the failed test exits in 5 of 30 cases",
					     "at 80070035:0001",
					     "took 85004005 bytes",
					     "Q80070035",
					     "a dump of DEADBEEF",
					     "test results: revision (0x12)",
					     "................................................ 5.7.1", /* long */
					     "5 errors, 2 warnings",
					     "errors: 3",
					     "error: 64 bit systems are not supported",
					     "error: 3 files were skipped",
					     "error: 2 of 3 disks",
					     "error, 12 files are missing",
					     "result: 5 passed",
					     "error 12:30",
					     "Error 2003-10-05 12:00:01",
					     "room number 404",
					     "User 404 not found",
					     "item 410 gone",
					     "query returned 112",
					     "the list returned 53 rows",
					     "iPhone returned 53.",
					     "net profit returned 85",
					     "net use is fine and my wife returned 53.",
					     "we net use 3 cables, he returned 5.",
					     "the job ended with 64",
					     "the script failed with 5",
					     "net use returned 85 drives",
					     "net use ends here. She returned 85",
					     "The team ended with 53",
					     "My manager says 5",
					     "1.80070035" };
	struct rule_code_at found[2];
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (rule_codes_find(str_c(texts[i]), found, 2))
			fail_msg("%s has a code", texts[i]);
}

static void symbols_and_spans(void **state)
{
	(void)state;
	struct rule_code_at found[4];
	struct str text = STR("it gave ERROR_BAD_NETPATH, not error 67");
	assert_int_equal(rule_codes_find(text, found, 4), 2);
	assert_true(str_eq(found[0].code.symbol, STR("ERROR_BAD_NETPATH")));
	assert_int_equal(found[0].start, 8);
	assert_int_equal(found[0].end, 25);
	assert_int_equal(found[1].code.value, 67);
	assert_int_equal(rule_codes_find(text, found, 1), 1);
}

static void codes_that_are_spelled_their_own_way(void **state)
{
	(void)state;
	static const struct { const char *text, *symbol, *family; } cases[] = {
		{ "HTTP Error 401.2 - Unauthorized", "401.2", "http" },
		{ "550 5.7.1 relaying denied", "5.7.1", "smtp" },
		{ "NDR 5.1.1.", "5.1.1", "smtp" },
		{ "SQLSTATE 28000", "28000", "sqlstate" },
		{ "SQLSTATE[08S01]", "08S01", "sqlstate" },
		{ "ERROR [IM002] [Microsoft][ODBC Driver Manager]", "IM002", "sqlstate" },
		{ "DNS_ERROR_RCODE_NAME_ERROR", "DNS_ERROR_RCODE_NAME_ERROR", "" },
		{ "JET_errKeyDuplicate", "JET_errKeyDuplicate", "" },
		{ "MAPI_E_NOT_FOUND", "MAPI_E_NOT_FOUND", "" },
		{ "5.7.1", "5.7.1", "smtp" },
		{ " (403.14) ", "403.14", "http" },
		{ "getaddrinfo ENOTFOUND db1", "ENOTFOUND", "" },
		{ "x.tgz: ESOCKETTIMEDOUT", "ESOCKETTIMEDOUT", "" },
	};
	static const char *const others[] = { "HTTP/1.1", "450 4.5 GB", "5.7.1 is out", "version 5.10.2.3", "SQLSTATE",
					      "550 4.7.1 no", "MySQL 5.7.1", "JET_err", "ORA-1", "401.25 MB",
					      "XORA-12154", "5.7", "5.10.1", "403.145", "SQL2019", "SQL30081NX",
					      "SQL30081", "404 Not Foundation", "404 Forbidden", "404Not Found",
					      "1404 Not Found" };
	struct rule_code_at found[2];
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (rule_codes_find(str_c(cases[i].text), found, 2) != 1 ||
		    !str_eq(found[0].code.symbol, str_c(cases[i].symbol)) ||
		    !str_eq(found[0].code.family, str_c(cases[i].family)))
			fail_msg("%s is not read", cases[i].text);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (rule_codes_find(str_c(others[i]), found, 2))
			fail_msg("%s has a code", others[i]);
	assert_true(rule_is_reply_family(STR("smtp")));
	assert_false(rule_is_reply_family(STR("mysql")));
}

static void windows_errors_inside_other_codes(void **state)
{
	(void)state;
	int64_t value = 0;
	struct str family = STR("");
	assert_true(rule_code_carried(0x80070035, &value, &family));
	assert_int_equal(value, 53);
	assert_true(rule_code_carried(-2147024843, &value, &family));
	assert_int_equal(value, 53);
	assert_true(rule_code_carried(0xC00000BE, &value, &family));
	assert_int_equal(value, 53);
	assert_true(str_eq(family, STR("win32")));
	assert_true(rule_code_carried(0x800A0035, &value, &family));
	assert_int_equal(value, 53);
	assert_true(str_eq(family, STR("vb")));
	assert_true(rule_code_carried(0x800A1391, &value, &family));
	assert_int_equal(value, 5009);
	assert_true(str_eq(family, STR("script")));
	assert_true(rule_code_carried(-1765328360, &value, &family));
	assert_int_equal(value, 24);
	assert_true(str_eq(family, STR("krb5")));
	assert_false(rule_code_carried(-1765328228, &value, &family));
	assert_false(rule_code_carried(53, &value, &family));
	assert_false(rule_code_carried(INT64_MAX, &value, &family));
	assert_false(rule_code_carried(0x80040154, &value, &family));
}

static void the_product_tells_basic(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct article *article;
	struct rule rule;
	struct str text = STR(
		"DOCUMENT:Q123456  08-AUG-2001  [vb]\nTITLE   :Err Msg: Error 53\nPRODUCT :Microsoft Visual Basic\n\n"
		"SYMPTOMS\n========\n\nThis message appears:\n\n   Error 53: File not found\n");
	assert_int_equal(article_parse(text, &a, NULL, &article), ERR_OK);
	assert_int_equal(rule_extract(article, &a, NULL, &rule), ERR_OK);
	assert_int_equal(rule.code_count, 1);
	assert_true(rule.codes[0].defining);
	assert_true(str_eq(rule.codes[0].family, STR("vb")));
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes_and_families),
		cmocka_unit_test(other_numbers_are_none),
		cmocka_unit_test(symbols_and_spans),
		cmocka_unit_test(windows_errors_inside_other_codes),
		cmocka_unit_test(codes_that_are_spelled_their_own_way), cmocka_unit_test(the_product_tells_basic),
		cmocka_unit_test(what_a_program_ended_with_is_of_its_own_table),
	};
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
