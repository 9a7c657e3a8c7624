/* SPDX-License-Identifier: MIT
 *
 * Where requests begin and end, in whatever pieces they come, and what cannot be one.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include "web/framing.h"

#define HOST "Host: a\r\n"

/* take gives the bytes in pieces; how many of them are let through, and the status. */
static size_t take(struct str bytes, size_t piece, unsigned *ret_status)
{
	struct framing f = { 0 };
	struct framing_fault fault = { 0 };
	size_t done = 0;
	while (done < bytes.n && !fault.status) {
		struct str part = str_first(str_from(bytes, done), piece);
		size_t n = framing_take(&f, part, &fault);
		done += n;
		assert_true(fault.status || n == part.n);
	}
	*ret_status = fault.status;
	return done;
}

static void what_is_one_passes_in_any_pieces(void **unused)
{
	(void)unused;
	static const char *const good[] = {
		"GET / HTTP/1.1\r\n" HOST "\r\n",
		"\r\n\r\nGET /a?b=c HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n\r\n",
		"POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nGET x" "GET / HTTP/1.1\r\n" HOST "content-length: \t0\r\n\r\n",
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\nanything at all",
		"POST / HTTP/1.1\r\nContent-Length: 9999999999999999999\r\n\r\n\n\n\n",
		"POST / HTTP/1.1\r\nX-Content-Length: x\r\nContent-Length : x\r\n\r\n",
		"a b c\td HTTP/1.7\r\n: :\r\n\r\n",
		"GET / HTTP/1.1\r\nX: " "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" "\r\n\r\n",
	};
	unsigned status;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		for (size_t piece = 1; piece < 60; piece++) {
			assert_int_equal(take(str_c(good[i]), piece, &status), strlen(good[i]));
			assert_int_equal(status, 0);
		}
}

static void what_is_none_is_not_passed_on(void **unused)
{
	(void)unused;
	static const struct {
		const char *bytes;
		unsigned status;
	} bad[] = {
		{ "GARBAGE\r\n\r\n", 400 },
		{ "GET /\r\n", 400 },
		{ "GET / http/1.1\r\n", 400 },
		{ "GET / HTTP/2.0\r\n", 400 },
		{ "GET / HTTP/1.1 \r\n", 400 },
		{ "GET / HTTP/1.10\r\n", 400 },
		{ "/ HTTP/1.\r\n", 400 },
		{ "GET / HTTP/1.1\n", 400 },
		{ "\n", 400 },
		{ "\r\rGET / HTTP/1.1\r\n", 400 },
		{ "GET / HTTP/1.1\r\nX: a\rb\r\n", 400 },
		{ "GET / HTTP/1.1\r\nX: a\n", 400 },
		{ "GET / HTTP/1.1\r\nX: a\r\n\n", 400 },
		{ "GET / HTTP/1.1\r\ncontent-length: +5\r\n", 400 },
		{ "GET / HTTP/1.1\r\nContent-Length: 5, 5\r\n", 400 },
		{ "GET / HTTP/1.1\r\nContent-Length:\r\n", 400 },
		{ "GET / HTTP/1.1\r\nContent-Length: 5\r\nCONTENT-LENGTH: 0x5\r\n", 400 },
		{ "GET / HTTP/1.1\r\nContent-Length: 000000000000000000000000000000000000000005\r\n", 400 },
		{ "GET / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n", 413 },
		{ "GET / HTTP/1.1\r\nContent-Length: 5 \r\n", 400 },
		{ "GET / HTTP/1.1\r\nContent-Length: \v5\r\n", 400 },
		{ "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\t\r\n", 400 },
	};
	static const char before[] = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
	char both[200];
	unsigned status;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		for (size_t piece = 1; piece < 100; piece++) {
			assert_in_range(take(str_c(bad[i].bytes), piece, &status), 0, strlen(bad[i].bytes) - 1);
			assert_int_equal(status, bad[i].status);
			int n = snprintf(both, sizeof both, "%s%s", before, bad[i].bytes);
			size_t done = take((struct str){ both, (size_t)n }, piece, &status);
			assert_int_equal(status, bad[i].status);
			assert_in_range(done, sizeof before - 1, (size_t)n - 1);
		}
	/* In one piece, all before it is let through, and nothing of it. */
	assert_int_equal(take(STR("GET / HTTP/1.1\r\n\r\nGARBAGE\r\n"), 100, &status), 18);
	assert_int_equal(take(STR("GET / HTTP/1.1\r\n\r\n\r\nG\0"), 100, &status), 20);
}

static void chunks_are_measured(void **unused)
{
	static const char head[] = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
	static const struct {
		const char *bytes;
		unsigned status;
	} bodies[] = {
		{ "0\r\n\r\n", 0 },
		{ "3\r\nabc\r\n000\r\n\r\n", 0 },
		{ "a;x=\"y\"\r\n0123\n56789\r\nA\r\n0123456789\r\n0\r\nX: y\r\n\r\n", 0 },
		{ "00000000000000000003\r\nabc\r\n0000000000000000000000\r\n\r\n", 0 },
		{ "00ffffffffffffffff\r\n", 400 },
		{ "0x3\r\nabc", 400 },
		{ "-3\r\n", 400 },
		{ "\r\n", 400 },
		{ ";\r\n", 400 },
		{ "3 \r\n", 400 },
		{ "3\nabc\n0\n\n", 400 },
		{ "3\r\nabcd\r\n", 400 },
		{ "3\r\nabc0\r\n\r\n", 400 },
		{ "3\r\nabc\n", 400 },
		{ "3\r\nab\r\n0\r\n\r\n", 400 },
		{ "ffffffffffffffff\r\n", 400 },
		{ "0\r\nX: y\n", 400 },
	};
	char both[200];
	(void)unused;
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		for (size_t piece = 1; piece < 100; piece++) {
			unsigned status;
			int n = snprintf(both, sizeof both, "%s%s", head, bodies[i].bytes);
			size_t done = take((struct str){ both, (size_t)n }, piece, &status);
			assert_int_equal(status, bodies[i].status);
			assert_in_range(done, sizeof head - 1, (size_t)n - (status > 0));
		}
	struct framing f = { 0 };
	struct framing_fault fault;
	framing_take(&f, str_c(head), &fault);
	assert_true(framing_in_chunks(&f));
	framing_take(&f, STR("3\r\nabc\r\n0"), &fault);
	assert_true(framing_in_chunks(&f));
	framing_take(&f, STR("\r\n\r\n"), &fault);
	assert_false(framing_in_chunks(&f));
	static char line[2000];
	memset(line, 'a', sizeof line);
	framing_take(&f, STR("what comes now is no more looked at"), &fault);
	assert_int_equal(fault.status, 0);
	f = (struct framing){ 0 };
	assert_int_equal(framing_take(&f, str_c(head), &fault), sizeof head - 1);
	assert_int_equal(framing_take(&f, STR("0\r\nX: "), &fault), 6);
	framing_take(&f, (struct str){ line, sizeof line }, &fault);
	assert_int_equal(fault.status, 431);
}

static void what_is_too_large_has_its_own_answer(void **unused)
{
	(void)unused;
	static char bytes[20000];
	memset(bytes, 'a', sizeof bytes);
	const struct str all = { bytes, sizeof bytes };
	struct framing_fault fault;
	struct framing f = { .head_max = 14000 };
	assert_int_equal(framing_take(&f, STR("GET /"), &fault), 5);
	assert_int_equal(framing_take(&f, str_first(all, FRAMING_FIRST_MAX - 5), &fault), FRAMING_FIRST_MAX - 5);
	assert_int_equal(framing_take(&f, str_first(all, 1), &fault), 0);
	assert_int_equal(fault.status, 414);
	f = (struct framing){ .head_max = 14000 };
	for (int i = 0; i < 2; i++) { /* each head for itself */
		assert_int_equal(framing_take(&f, STR("GET / HTTP/1.1\r\nX: "), &fault), 19);
		assert_int_equal(framing_take(&f, str_first(all, 14000 - 23), &fault), 14000 - 23);
		assert_int_equal(framing_take(&f, STR("\r\n\r\n"), &fault), 4);
		assert_int_equal(fault.status, 0);
	}
	assert_int_equal(framing_take(&f, STR("GET / HTTP/1.1\r\nX: "), &fault), 19);
	assert_int_equal(framing_take(&f, str_first(all, 14000 - 18), &fault), 0);
	assert_int_equal(fault.status, 431);
	/* Where notes count, a cookie does so twice. */
	static const char *const names[] = { "Cookie: a=", "X: " };
	for (size_t i = 0; i < 2; i++) {
		f = (struct framing){ .head_max = 2000, .notes = true };
		framing_take(&f, STR("GET /api/v1/browse HTTP/1.1\r\n"), &fault);
		framing_take(&f, str_c(names[i]), &fault);
		framing_take(&f, str_first(all, 1000), &fault);
		framing_take(&f, STR("\r\n\r\n"), &fault);
		assert_int_equal(fault.status, i ? 0 : 431);
		assert_true(f.api);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_one_passes_in_any_pieces),
		cmocka_unit_test(what_is_none_is_not_passed_on),
		cmocka_unit_test(chunks_are_measured),
		cmocka_unit_test(what_is_too_large_has_its_own_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
