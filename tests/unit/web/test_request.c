/* SPDX-License-Identifier: MIT
 *
 * What a request may be: targets, forms, headers, hosts, origins.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "web/request.h"

static struct arena arena;

static int teardown(void **unused)
{
	(void)unused;
	arena_free(&arena);
	return 0;
}

static bool is(struct str s, const char *want)
{
	return str_eq(s, str_c(want));
}

static void targets_are_decoded_once(void **unused)
{
	(void)unused;
	struct http_request req = { .arena = &arena };
	assert_int_equal(request_parse_target(STR("/kb/Q150536?q=a%20b+c&x=%2525&&y"), &req), ERR_OK);
	assert_true(is(req.path, "/kb/Q150536"));
	assert_int_equal(req.query.count, 3);
	assert_true(is(http_field(&req.query, "q"), "a b c"));
	assert_true(is(http_field(&req.query, "x"), "%25"));
	assert_true(is(http_field(&req.query, "y"), ""));
	assert_true(is(http_field(&req.query, "none"), ""));
}

static void an_absolute_target_names_the_host(void **unused)
{
	(void)unused;
	static const struct {
		const char *target, *authority, *path;
	} cases[] = {
		{ "http://a.example:80/kb/x?q=1", "a.example:80", "/kb/x" },
		{ "HTTPS://[::1]", "[::1]", "/" },
		{ "/http://a/", "", "/http://a/" },
	};
	const char *why;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_request req = { .arena = &arena };
		assert_int_equal(request_parse_target(str_c(cases[i].target), &req), ERR_OK);
		assert_true(is(req.authority, cases[i].authority) && is(req.path, cases[i].path));
	}
	static const char *const none[] = { "ftp://localhost/", "http://",
					    "http:/localhost/", "localhost/", "http://?x" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_int_equal(request_parse_target(str_c(none[i]), &(struct http_request){ .arena = &arena }),
				 ERR_INPUT);
	/* It counts; what Host says does not. */
	struct http_field host = { STR("Host"), STR("evil.example") };
	struct http_hosts hosts = { .own = STR("127.0.0.1") };
	struct http_request req = { .arena = &arena, .headers = { &host, 1, 1 }, .authority = STR("localhost:1") };
	assert_int_equal(request_check(&req, &hosts, &why), 0);
	host.value = STR("localhost");
	req.authority = STR("evil.example");
	assert_int_equal(request_check(&req, &hosts, &why), 421);
	req.authority = STR("a@localhost");
	assert_int_equal(request_check(&req, &hosts, &why), 421);
}

static void bad_targets_are_refused(void **unused)
{
	(void)unused;
	static const char *const bad[] = { "",	      "*a",	 "http:///a",	 "/%00a", "/%zz",  "/%2",
					   "/a/../b", "/%2e%2e/etc", "/..",     "/.",	 "/%0d%0aX: y",	 "/a b",
					   "/\x01", "/\x7f",  "/%ff",	"/\xc3\xa9", "/%c0%af", "/%ed%a0%80" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct http_request req = { .arena = &arena };
		assert_int_equal(request_parse_target(str_c(bad[i]), &req), ERR_INPUT);
	}
	static char huge[REQUEST_TARGET_MAX + 2];
	memset(huge, 'a', sizeof huge - 1);
	huge[0] = '/';
	struct http_request req = { .arena = &arena };
	assert_int_equal(request_parse_target(str_c(huge), &req), ERR_LIMIT);
}

static void the_server_as_a_whole_is_asked_by_options_alone(void **unused)
{
	(void)unused;
	struct http_field host = { STR("Host"), STR("localhost") };
	struct http_hosts hosts = { .own = STR("127.0.0.1") };
	struct http_request req = { .method = HTTP_OPTIONS, .arena = &arena, .headers = { &host, 1, 1 } };
	const char *why;
	assert_int_equal(request_parse_target(STR("*"), &req), ERR_OK);
	assert_true(is(req.path, "*"));
	for (enum http_method m = HTTP_GET; m <= HTTP_OTHER; m++) {
		req.method = m;
		assert_int_equal(request_check(&req, &hosts, &why), m == HTTP_OPTIONS ? 0 : 400);
	}
}

static void forms_keep_what_people_paste(void **unused)
{
	(void)unused;
	struct http_fields f;
	assert_int_equal(request_parse_form(STR("text=100%+of%20it+%3C%5C%5CSRV%3E%0D%0A&bad=%ff&=x"), &arena, &f),
			 ERR_OK);
	assert_true(is(http_field(&f, "text"), "100% of it <\\\\SRV>\r\n"));
	assert_true(is(http_field(&f, "bad"), "\xef\xbf\xbd"));
	char many[400];
	memset(many, '&', sizeof many);
	for (size_t i = 0; i < sizeof many; i += 2)
		many[i] = 'a';
	assert_int_equal(request_parse_form((struct str){ many, sizeof many }, &arena, &f), ERR_LIMIT);
}

static unsigned check(enum http_method method, const char *lines, const struct http_hosts *hosts)
{
	struct http_request req = { .method = method, .arena = &arena };
	struct str rest = str_c(lines), line;
	const char *why;
	while (str_line(&rest, &line)) {
		struct http_field *f = arena_push(&arena, &req.headers.items, &req.headers.count, &req.headers.cap);
		str_cut(line, ':', &f->name, &f->value);
		f->value = str_trim(f->value);
	}
	return request_check(&req, hosts, &why);
}

static const struct http_hosts here = { .own = STR_LIT("127.0.0.5") };

static void only_own_hosts(void **unused)
{
	(void)unused;
	static const char *const ours[] = { "localhost", "LOCALHOST:80", "127.0.0.1:8053", "[::1]:8053", "[::1]",
					    "127.0.0.5:1" };
	static const char *const others[] = { "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
					      "10.0.0.1", "[::2]",	      "evil@localhost",		"[::1",
					      "127.1" };
	char line[100];
	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
		snprintf(line, sizeof line, "host: %s\n", ours[i]);
		assert_int_equal(check(HTTP_GET, line, &here), 0);
	}
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		snprintf(line, sizeof line, "Host: %s\n", others[i]);
		assert_int_equal(check(HTTP_GET, line, &here), 421);
	}
	struct http_hosts wildcard = { .any_literal = true };
	assert_int_equal(check(HTTP_GET, "Host: 10.0.0.1:8053\n", &wildcard), 0);
	assert_int_equal(check(HTTP_GET, "Host: [fd00::1]\n", &wildcard), 0);
	assert_int_equal(check(HTTP_GET, "Host: evil.example\n", &wildcard), 421);
}

static void only_clear_lengths(void **unused)
{
	(void)unused;
	static const char *const bad[] = { "",
					   "Host: localhost\nhost: localhost\n",
					   "Host:\n",
					   "Host: localhost\nContent-Length: 1\nContent-Length: 1\n",
					   "Host: localhost\nContent-Length: 1\nTransfer-Encoding: chunked\n",
					   "Host: localhost\nContent-Length: 0x1\n",
					   "Host: localhost\nContent-Length: +1\n",
					   "Host: localhost\nContent-Length: \n",
					   "Host: localhost\nContent-Length: 1, 1\n",
					   "Host: localhost\nTransfer-Encoding: gzip, chunked\n",
					   "Host: localhost\nTransfer-Encoding: identity\n",
					   "Host: localhost\nExpect: wonders\n" };
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(check(HTTP_POST, bad[i], &here), 400);
	assert_int_equal(check(HTTP_POST, "Host: localhost\nContent-Length: 12\nExpect: 100-continue\n", &here), 0);
	assert_int_equal(check(HTTP_POST, "Host: localhost\nTransfer-Encoding: chunked\n", &here), 0);
}

static void only_the_same_origin_posts(void **unused)
{
	(void)unused;
	static const struct {
		const char *lines;
		unsigned status;
	} rows[] = {
		{ "Host: localhost:1\n", 0 },
		{ "Host: localhost:1\nSec-Fetch-Site: same-origin\n", 0 },
		{ "Host: localhost:1\nSec-Fetch-Site: none\n", 0 },
		{ "Host: localhost:1\nSec-Fetch-Site: same-site\n", 403 },
		{ "Host: localhost:1\nSec-Fetch-Site: cross-site\n", 403 },
		{ "Host: localhost:1\nSec-Fetch-Site: cross-site\nOrigin: http://localhost:1\n", 403 },
		{ "Host: localhost:1\nOrigin: http://localhost:1\n", 0 },
		{ "Host: localhost:1\nOrigin: https://localhost:1\n", 403 },
		{ "Host: localhost:1\nOrigin: http://localhost:2\n", 403 },
		{ "Host: localhost:1\nOrigin: http://evil.example\n", 403 },
		{ "Host: localhost:1\nOrigin: null\n", 403 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(check(HTTP_POST, rows[i].lines, &here), rows[i].status);
		assert_int_equal(check(HTTP_GET, rows[i].lines, &here), 0);
	}
}

static void accept_and_content_type(void **unused)
{
	(void)unused;
	struct http_field fields[] = { { STR_LIT("content-TYPE"), STR_LIT("Application/JSON; charset=utf-8") },
				       { STR_LIT("Accept"), STR_LIT("text/html;q=0.9, text/event-stream , */*") } };
	struct http_request req = { .headers = { fields, 2, 2 } };
	assert_true(http_content_is(&req, "application/json"));
	assert_false(http_content_is(&req, "application/jso"));
	assert_true(http_accepts(&req, "text/event-stream"));
	assert_false(http_accepts(&req, "application/json"));
	fields[1].value = STR("a/a;q=0.25, b/b ; level=1 ; Q=0 ,c/c;q=1.000,d/d;q=0.1239,e/e;q=,f/f");
	assert_int_equal(http_weight(&req, "a/a"), 250);
	assert_int_equal(http_weight(&req, "b/b"), 0);
	assert_false(http_accepts(&req, "b/b"));
	assert_int_equal(http_weight(&req, "c/c"), 1000);
	assert_int_equal(http_weight(&req, "d/d"), 123);
	assert_int_equal(http_weight(&req, "e/e"), 1000);
	assert_int_equal(http_weight(&req, "f/f"), 1000);
	assert_int_equal(http_weight(&req, "g/g"), 0);
	assert_false(http_takes_coding(&req, "gzip"));
	fields[1] = (struct http_field){ STR_LIT("accept-encoding"), STR_LIT("br, GZIP;q=0.5, x;q=0, *") };
	assert_true(http_takes_coding(&req, "gzip"));
	assert_false(http_takes_coding(&req, "x"));
	assert_false(http_takes_coding(&req, "zip"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(targets_are_decoded_once, teardown),
		cmocka_unit_test_teardown(an_absolute_target_names_the_host, teardown),
		cmocka_unit_test_teardown(bad_targets_are_refused, teardown),
		cmocka_unit_test_teardown(the_server_as_a_whole_is_asked_by_options_alone, teardown),
		cmocka_unit_test_teardown(forms_keep_what_people_paste, teardown),
		cmocka_unit_test_teardown(only_own_hosts, teardown),
		cmocka_unit_test_teardown(only_clear_lengths, teardown),
		cmocka_unit_test_teardown(only_the_same_origin_posts, teardown),
		cmocka_unit_test(accept_and_content_type),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
