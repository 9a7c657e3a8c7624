/* SPDX-License-Identifier: MIT
 *
 * The patience of the server, with its times made short: clients that say nothing, that drip, that vanish without a
 * word.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/http.h"

/* LOST_MS is longer than ANSWER_MS: the kernel gives up on whoever takes nothing (TCP_USER_TIMEOUT, tcp(7)), too. */
enum { HEADER_MS = 400, BODY_MS = 700, ANSWER_MS = 900, IDLE_MS = 600, BEAT_MS = 150, LOST_MS = 1200, LOOK_MS = 30,
       SLACK_MS = 20000 /* a busy machine is late by much; what never comes is later */ };

static _Atomic int dropped, beats;

static void drop(struct http_request *req)
{
	(void)req;
	dropped++;
}

static ssize_t only_beats(struct http_request *req, char *p, size_t max, bool beat)
{
	(void)req, (void)max;
	if (!beat)
		return 0;
	beats++;
	memcpy(p, ": beat\n\n", 8);
	return 8;
}

static void handle(void *context, struct http_request *req, struct http_response *res)
{
	(void)context;
	req->drop = drop;
	if (str_eq(req->path, STR("/stream"))) {
		res->read = only_beats;
	} else if (str_eq(req->path, STR("/wait"))) {
		res->wait = true;
	} else if (str_eq(req->path, STR("/large"))) {
		size_t n = 32 << 20;
		res->body = (struct str){ arena_alloc(req->arena, n), n };
	} else {
		res->body = STR("here\n");
	}
}

static void refuse(void *context, struct http_request *req, unsigned status, const char *why, struct http_response *res)
{
	(void)context, (void)req, (void)status;
	res->body = str_c(why);
}

static bool is_upload(void *context, const struct http_request *req)
{
	(void)context;
	return str_eq(req->path, STR("/upload"));
}

struct served {
	struct arena arena;
	struct listener listener;
	struct http_server *server;
	struct http_counts counts;
};

static int open_server_with(void **state, unsigned body_ms)
{
	static struct served s;
	s = (struct served){ 0 };
	struct diags d = { .arena = &s.arena };
	assert_int_equal(listener_open(STR("127.0.0.1:0"), &(struct listen_options){ 0 }, &s.arena, &d, &s.listener),
			 ERR_OK);
	struct http_options options = { .listener = &s.listener,
					.hosts = { .own = s.listener.host },
					.patience = { .header = HEADER_MS,
						      .body = body_ms,
						      .answer = ANSWER_MS,
						      .idle = IDLE_MS,
						      .beat = BEAT_MS,
						      .lost = LOST_MS,
						      .look = LOOK_MS },
					.counts = &s.counts,
					.is_upload = is_upload,
					.handle = handle,
					.refuse = refuse };
	assert_int_equal(http_open(&options, &d, &s.server), ERR_OK);
	dropped = beats = 0;
	*state = &s;
	return 0;
}

static int open_server(void **state)
{
	return open_server_with(state, BODY_MS);
}

static int open_patient_server(void **state)
{
	return open_server_with(state, 100 * BODY_MS);
}

static int close_server(void **state)
{
	struct served *s = *state;
	http_close(&s->server);
	assert_int_equal(s->counts.connections, 0);
	arena_free(&s->arena);
	return 0;
}

static int64_t began; /* when the last connection was asked for, or afresh was called */

static int connect_to(const struct served *s)
{
	began = http_now_ms(); /* before: who is held up behind it measures less than the server does */
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(s->listener.port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

static char got[8192]; /* what until_closed read, at first */
static size_t got_n;

/* until_closed reads until the other side ends it, saying a byte each 50 ms where drip is set; how many ms after
 * `began` that was. */
static int64_t until_closed(int fd, bool drip)
{
	got_n = 0;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = poll(&p, 1, 50);
		ssize_t n = ready > 0 ? recv(fd, got + got_n, sizeof got - 1 - got_n, MSG_DONTWAIT) : 0;
		got_n += n > 0 ? (size_t)n : 0;
		got[got_n] = 0;
		if (ready > 0 && n <= 0)
			break;
		if (!ready && drip && send(fd, "a", 1, MSG_NOSIGNAL) < 0)
			break;
		assert_true(http_now_ms() - began < 3 * SLACK_MS);
	}
	close(fd);
	return http_now_ms() - began;
}

static void assert_took(int64_t ms, int64_t limit_ms)
{
	if (ms < limit_ms - 100 || ms > limit_ms + SLACK_MS)
		fail_msg("it took %lld ms, the limit is %lld", (long long)ms, (long long)limit_ms);
}

/* assert_told: the last that it got is one answer of this status. */
static void assert_told(const char *status, int answers)
{
	int count = 0;
	const char *last = NULL;
	for (const char *p = got; (p = strstr(p, "HTTP/1.1 ")); p += 9, count++)
		last = p + 9;
	if (count != answers || !last || strncmp(last, status, strlen(status)))
		fail_msg("not %s, but: %s", status, got);
}

static void who_says_nothing(void **state)
{
	assert_took(until_closed(connect_to(*state), false), HEADER_MS);
	assert_int_equal(got_n, 0);
}

static void who_drips_headers(void **state)
{
	int fd = connect_to(*state);
	say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
	assert_took(until_closed(fd, true), HEADER_MS);
	assert_told("408 ", 1);
	assert_int_equal(((struct served *)*state)->counts.cut_off, 1);
	fd = connect_to(*state);
	assert_took(until_closed(fd, true), HEADER_MS); /* not even a request line */
	assert_told("408 ", 1);
}

static void who_drips_a_further_header(void **state)
{
	int fd = connect_to(*state);
	say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	poll(NULL, 0, 100);
	began = http_now_ms();
	say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\nX: ");
	assert_took(until_closed(fd, true), HEADER_MS);
	assert_told("408 ", 2);
	fd = connect_to(*state);
	say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	poll(NULL, 0, 100);
	assert_took(until_closed(fd, true), IDLE_MS);
	assert_told("408 ", 2);
}

static void who_drips_a_body(void **state)
{
	int fd = connect_to(*state);
	say(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n");
	assert_took(until_closed(fd, true), BODY_MS);
	assert_told("408 ", 1);
	fd = connect_to(*state);
	say(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n");
	assert_took(until_closed(fd, true), BODY_MS);
	assert_told("408 ", 1);
}

static void an_upload_may_be_slow_but_not_crawl(void **state)
{
	static const char head[] = "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\n";
	char some[2000] = { 0 };
	int slow = connect_to(*state);
	say(slow, head);
	for (int64_t begin = http_now_ms(); http_now_ms() - begin < 2 * BODY_MS; poll(NULL, 0, 50))
		assert_int_equal(send(slow, some, sizeof some, MSG_NOSIGNAL), sizeof some);
	assert_int_equal(recv(slow, some, sizeof some, MSG_DONTWAIT), -1);
	close(slow);
	int fd = connect_to(*state);
	say(fd, head);
	assert_took(until_closed(fd, true), BODY_MS);
	assert_told("408 ", 1);
}

static void a_body_without_an_end_is_refused_at_once(void **state)
{
	static char chunk[65536 + 9];
	int fd = connect_to(*state);
	memset(chunk, 'a', sizeof chunk);
	memcpy(chunk, "10000\r\n", 7);
	memcpy(chunk + 7 + 65536, "\r\n", 2);
	say(fd, "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
	for (size_t i = 0; i < REQUEST_BODY_MAX / 65536; i++)
		assert_int_equal(send(fd, chunk, sizeof chunk, MSG_NOSIGNAL), sizeof chunk);
	send(fd, chunk, sizeof chunk, MSG_NOSIGNAL); /* the refusal may come before all of it went */
	until_closed(fd, false);
	assert_told("413 ", 1); /* not for its slowness: */
	assert_int_equal(((struct served *)*state)->counts.cut_off, 0);
}

static void who_stays_idle(void **state)
{
	int fd = connect_to(*state);
	say(fd, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_took(until_closed(fd, false), IDLE_MS);
	assert_told("200 ", 1);
	assert_int_equal(((struct served *)*state)->counts.cut_off, 0);
	assert_int_equal(((struct served *)*state)->counts.answers[2], 1);
}

static bool within(int64_t ms, bool (*test)(const struct served *s), const struct served *s)
{
	for (int64_t begin = http_now_ms(); http_now_ms() - begin < ms; poll(NULL, 0, 10))
		if (test(s))
			return true;
	return false;
}

static bool has_beaten(const struct served *s)
{
	(void)s;
	return beats >= 4;
}

static bool is_dropped(const struct served *s)
{
	return dropped == 1 && !s->counts.connections;
}

static void who_does_not_read(void **state)
{
	int64_t begin = http_now_ms();
	int fd = connect_to(*state);
	say(fd, "GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_true(within(ANSWER_MS + SLACK_MS, is_dropped, *state));
	assert_true(http_now_ms() - begin >= ANSWER_MS - 100);
	close(fd);
}

static void streams_beat(void **state)
{
	int fd = connect_to(*state);
	int64_t begin = http_now_ms();
	say(fd, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	assert_true(within(4 * BEAT_MS + SLACK_MS, has_beaten, *state));
	assert_true(http_now_ms() - begin >= 4 * BEAT_MS - 100);
	close(fd);
	assert_true(within(SLACK_MS, is_dropped, *state));
}

static void who_hangs_up(void **state)
{
	int fd = connect_to(*state);
	say(fd, "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
	poll(NULL, 0, 100);
	close(fd);
	assert_true(within(SLACK_MS, is_dropped, *state));
}

/* vanish lets nothing in any more: what comes is not even acknowledged. */
static void vanish(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &nothing };
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program), 0);
}

static void who_vanishes_without_a_word(void **state)
{
	int fd = connect_to(*state);
	say(fd, "GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
	poll(NULL, 0, 100);
	vanish(fd);
	assert_true(within(BEAT_MS + LOST_MS + SLACK_MS, is_dropped, *state));
	close(fd);
}

static void the_real_times_keep_the_promise(void **state)
{
	(void)state;
	assert_true(HTTP_HEADER_S <= 8 && HTTP_BODY_S <= 60 && HTTP_BEAT_S <= 15);
	assert_true(HTTP_BEAT_S + HTTP_LOST_S < 30);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_server, close_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_says_nothing),
		TEST(who_drips_headers),
		TEST(who_drips_a_further_header),
		TEST(who_drips_a_body),
		TEST(an_upload_may_be_slow_but_not_crawl),
		cmocka_unit_test_setup_teardown(a_body_without_an_end_is_refused_at_once, open_patient_server,
						close_server),
		TEST(who_does_not_read),
		TEST(who_stays_idle),
		TEST(streams_beat),
		TEST(who_hangs_up),
		TEST(who_vanishes_without_a_word),
		cmocka_unit_test(the_real_times_keep_the_promise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
