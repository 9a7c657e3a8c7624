/* SPDX-License-Identifier: MIT
 *
 * The driver with real sockets on the loopback: connections, refusals, datagrams, the limits, the policy, a cancel, and
 * nothing left behind.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "probe/driver_helper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct results {
	struct arena arena;
	struct evidence *evidence[64];
	unsigned count;
	int64_t order[64];
	atomic_bool *cancel; /* NULL, or set with the first evidence */
};

static void keep(void *context, size_t index, struct evidence *e)
{
	struct results *r = context;
	r->evidence[index] = e;
	r->order[r->count++] = (int64_t)index;
	if (r->cancel)
		atomic_store(r->cancel, true);
}

static struct probe_request request(struct arena *a, const char *probe, const char *one, const char *two,
				    const char *three)
{
	struct diags d = { .arena = a };
	struct str words[] = { str_c(one), str_c(two), str_c(three) };
	struct probe_request r;
	assert_int_equal(probe_request_parse(str_c(probe), words, three ? 3 : two ? 2 : 1, a, &d, &r), ERR_OK);
	return r;
}

static unsigned open_descriptors(void)
{
	unsigned n = 0;
	DIR *d = opendir("/proc/self/fd");
	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

static double steady_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int bound(int type, unsigned *ret_port)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof a;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &size), 0);
	*ret_port = ntohs(a.sin_port);
	return fd;
}

static int listening(unsigned *ret_port)
{
	int fd = bound(SOCK_STREAM, ret_port);
	assert_int_equal(listen(fd, 16), 0);
	return fd;
}

static bool state_is(const struct evidence *e, const char *state)
{
	return e && str_eq(e->state, str_c(state));
}

static void run(const struct driver_options *o, const struct probe_request *requests, size_t count, struct results *r,
		enum err want)
{
	struct driver *d = NULL;
	unsigned before = open_descriptors();
	assert_int_equal(driver_open(o, NULL, &d), ERR_OK);
	assert_int_equal(driver_run(d, requests, count, &r->arena, keep, r), want);
	assert_int_equal(r->count, count);
	for (int i = 0; i < 20000 && open_descriptors() != before; i++)
		usleep(1000); /* a peer in a thread of this process may still be about to close */
	assert_int_equal(open_descriptors(), before);
	driver_close(&d);
	assert_null(d);
}

static void open_and_closed_ports_are_told_apart(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port, closed;
	int fd = listening(&port);
	close(bound(SOCK_STREAM, &closed));
	const char *open_port = arena_printf(&r.arena, "port=%u", port).p;
	const char *closed_port = arena_printf(&r.arena, "port=%u", closed).p;
	struct probe_request q[] = {
		request(&r.arena, "tcp", "address=127.0.0.1", open_port, NULL),
		request(&r.arena, "tcp", "address=127.0.0.1", closed_port, NULL),
		request(&r.arena, "smb", "address=127.0.0.1", closed_port, NULL),
	};
	run(NULL, q, 3, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "open"));
	assert_true(state_is(r.evidence[1], "refused"));
	assert_true(state_is(r.evidence[2], "no-connection"));
	assert_true(r.evidence[0]->connections == 1 && r.evidence[0]->packets >= 3);
	assert_true(r.evidence[0]->ms >= 0);
	assert_true(r.evidence[0]->at_ms > 1600000000000);
	close(fd);
	arena_free(&r.arena);
}

/* A queue of connections that nobody takes, and that is full: the kernel drops what comes further. */
static int silent_port(unsigned *ret_port, int ret_held[2])
{
	int fd = bound(SOCK_STREAM, ret_port);
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)*ret_port),
				 .sin_addr = { htonl(INADDR_LOOPBACK) } };
	assert_int_equal(listen(fd, 0), 0);
	for (size_t i = 0; i < 2; i++) {
		ret_held[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		(void)connect(ret_held[i], (struct sockaddr *)&a, sizeof a);
	}
	return fd;
}

static void the_silent_one_of_a_race_is_not_waited_for(void **state)
{
	(void)state;
	enum { RACE_MS = 120, WAIT_MS = 700 };
	struct results r = { 0 };
	unsigned port, silent;
	int held[2], fd = listening(&port), other = silent_port(&silent, held);
	const char *wait = arena_printf(&r.arena, "wait=%d", WAIT_MS).p;
	struct probe_request q[] = {
		request(&r.arena, "tcp", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, wait),
		request(&r.arena, "tcp", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", silent).p, wait),
		request(&r.arena, "tcp", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", silent).p, wait),
	};
	q[0].race = q[1].race = 1;
	q[0].race_ms = q[1].race_ms = RACE_MS;
	run(NULL, q, 3, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "open"));
	assert_true(state_is(r.evidence[1], "timeout") && state_is(r.evidence[2], "timeout"));
	assert_true(r.evidence[1]->ms >= RACE_MS && r.evidence[1]->ms < WAIT_MS);
	assert_non_null(evidence_fact(r.evidence[1], "tcp.brief"));
	assert_true(r.evidence[2]->ms >= WAIT_MS); /* it runs in no race */
	assert_null(evidence_fact(r.evidence[2], "tcp.brief"));
	close(fd);
	close(other);
	close(held[0]);
	close(held[1]);
	arena_free(&r.arena);
}

static void on_a_slow_way_both_of_a_race_are_waited_for(void **state)
{
	(void)state;
	enum { WAIT_MS = 300 };
	struct results r = { 0 };
	unsigned port, silent;
	int held[2], fd = listening(&port), other = silent_port(&silent, held);
	const char *wait = arena_printf(&r.arena, "wait=%d", WAIT_MS).p;
	struct probe_request q[] = {
		request(&r.arena, "tcp", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, wait),
		request(&r.arena, "tcp", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", silent).p, wait),
	};
	q[0].race = q[1].race = 1;
	q[0].race_ms = q[1].race_ms = 10;
	q[0].race_trip_ms = q[1].race_trip_ms = 1e-6; /* any round trip is longer */
	run(NULL, q, 2, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "open") && state_is(r.evidence[1], "timeout"));
	assert_true(r.evidence[1]->ms >= WAIT_MS);
	assert_null(evidence_fact(r.evidence[1], "tcp.brief"));
	close(fd);
	close(other);
	close(held[0]);
	close(held[1]);
	arena_free(&r.arena);
}

static void a_hung_service_is_silent_and_took_the_bytes(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port;
	int fd = listening(&port);
	struct probe_request q =
		request(&r.arena, "smb", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, "wait=200");
	run(NULL, &q, 1, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "silent"));
	const struct fact *f = evidence_fact(r.evidence[0], "smb.unacked");
	assert_true(f && f->number == 0);
	close(fd);
	arena_free(&r.arena);
}

struct banner { int fd; const char *text; };

static void *say_hello(void *context)
{
	const struct banner *b = context;
	int c = accept(b->fd, NULL, NULL);
	if (c >= 0 && *b->text && send(c, b->text, strlen(b->text), MSG_NOSIGNAL) < 0)
		perror("write");
	close(c);
	return NULL;
}

static void a_banner_is_kept_though_the_peer_closes(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port;
	struct banner b = { listening(&port), "SSH-2.0-x\r\n" };
	pthread_t thread;
	pthread_create(&thread, NULL, say_hello, &b);
	struct probe_request q =
		request(&r.arena, "smb", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, "wait=1000");
	run(NULL, &q, 1, &r, ERR_OK);
	pthread_join(thread, NULL);
	assert_true(state_is(r.evidence[0], "not-smb"));
	assert_true(str_eq(evidence_fact(r.evidence[0], "smb.service")->text, STR("ssh")));
	close(b.fd);
	arena_free(&r.arena);
}

static void *greet_and_listen(void *context)
{
	const struct banner *b = context;
	char word[64];
	int peer = accept(b->fd, NULL, NULL);
	(void)!write(peer, b->text, strlen(b->text));
	while (read(peer, word, sizeof word) > 0)
		;
	close(peer);
	return NULL;
}

/* Each byte is looked for after 10 ms; a look that is set by an answer about the connection came 50 ms later. */
static void bytes_are_acknowledged_one_by_one_and_at_once(void **state)
{
	(void)state;
	enum { TRIES = 5, BYTES = 18, SLOW_MS = 40 };
	double least_ms = BYTES * SLOW_MS;
	unsigned port;
	struct banner b = { listening(&port), "SSH-2.0-x\r\n" };
	for (int i = 0; i < TRIES && least_ms >= BYTES * SLOW_MS; i++) {
		struct results r = { 0 };
		struct probe_request q =
			request(&r.arena, "ssh", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, NULL);
		pthread_t thread;
		pthread_create(&thread, NULL, greet_and_listen, &b);
		run(NULL, &q, 1, &r, ERR_OK);
		pthread_join(thread, NULL);
		assert_true(state_is(r.evidence[0], "told"));
		const struct fact *told = evidence_fact(r.evidence[0], "ssh.told");
		assert_true(told && told->number == BYTES);
		least_ms = r.evidence[0]->ms < least_ms ? r.evidence[0]->ms : least_ms;
		arena_free(&r.arena);
	}
	assert_true(least_ms < BYTES * SLOW_MS);
	close(b.fd);
}

/* A server that takes next to nothing at a time makes dozens of packets of one message. */
static void segments_of_a_large_message_wait_for_their_turn(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port;
	int fd = bound(SOCK_STREAM, &port), least = 88;
	struct banner b = { fd, "SSH-2.0-x\r\n" };
	assert_int_equal(setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &least, sizeof least), 0);
	assert_int_equal(listen(fd, 16), 0);
	struct probe_request q =
		request(&r.arena, "ssh", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, NULL);
	pthread_t thread;
	pthread_create(&thread, NULL, greet_and_listen, &b);
	double begin_ms = steady_ms();
	run(NULL, &q, 1, &r, ERR_OK);
	pthread_join(thread, NULL);
	assert_true(state_is(r.evidence[0], "told"));
	assert_true(r.evidence[0]->packets > 46); /* what a second has room for, with the system's own */
	assert_true(steady_ms() - begin_ms > 1000);
	close(fd);
	arena_free(&r.arena);
}

static void a_closed_udp_port_is_told_by_icmp(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned closed;
	close(bound(SOCK_DGRAM, &closed));
	struct probe_request q = request(&r.arena, "dns", "server=127.0.0.1", "name=x",
					 arena_printf(&r.arena, "port=%u", closed).p);
	run(NULL, &q, 1, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "port-closed"));
	assert_true(str_eq(evidence_fact(r.evidence[0], "dns.icmp")->text, STR("3/3")));
	arena_free(&r.arena);
}

/* Somebody else on the machine answers first, from another socket: a connected socket does not hear him. */
static void *answer_dns(void *context)
{
	const int *fds = context;
	int fd = fds[0], other = fds[1];
	uint8_t b[512];
	struct sockaddr_in from;
	socklen_t size = sizeof from;
	ssize_t n = recvfrom(fd, b, sizeof b, 0, (struct sockaddr *)&from, &size);
	if (n < 12)
		return NULL;
	b[2] |= 0x80;
	b[3] = 5;
	sendto(other, b, (size_t)n, 0, (struct sockaddr *)&from, size);
	usleep(30000);
	b[3] = 3;
	sendto(fd, b, (size_t)n, 0, (struct sockaddr *)&from, size);
	return NULL;
}

static void a_spoofed_answer_from_elsewhere_is_not_heard(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port;
	int fds[] = { bound(SOCK_DGRAM, &port), socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) }; /* run() counts them */
	pthread_t thread;
	pthread_create(&thread, NULL, answer_dns, fds);
	struct probe_request q = request(&r.arena, "dns", "server=127.0.0.1", "name=x.test",
					 arena_printf(&r.arena, "port=%u", port).p);
	run(NULL, &q, 1, &r, ERR_OK);
	pthread_join(thread, NULL);
	assert_true(state_is(r.evidence[0], "nxdomain"));
	close(fds[0]);
	close(fds[1]);
	arena_free(&r.arena);
}

static bool no_445(void *context, const struct sockaddr *to, unsigned port, const char **ret_why)
{
	unsigned *asked = context;
	assert_int_equal(to->sa_family, AF_INET);
	(*asked)++;
	*ret_why = "port 445 is not permitted here";
	return port != 445;
}

static void the_policy_is_asked_and_named(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned asked = 0;
	struct driver_options o = { .allow = no_445, .context = &asked, .in_process = true };
	struct probe_request q[] = {
		request(&r.arena, "tcp", "address=127.0.0.1", "port=445", NULL),
		request(&r.arena, "tcp", "address=127.0.0.1", "port=1", NULL),
	};
	run(&o, q, 2, &r, ERR_OK);
	assert_int_equal(asked, 2);
	assert_true(state_is(r.evidence[0], "not-run"));
	assert_true(str_find(r.evidence[0]->reason, STR("port 445 is not permitted here")) != STR_NONE);
	assert_int_equal(r.evidence[0]->packets, 0);
	assert_true(state_is(r.evidence[1], "refused"));
	arena_free(&r.arena);
}

static void a_row_of_connections_is_three_packets_each_and_leaves_nothing(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port, resets = 0;
	int fd = listening(&port);
	struct probe_request q = request(&r.arena, "retry", "address=127.0.0.1",
					 arena_printf(&r.arena, "port=%u", port).p, "spacing=50");
	run(NULL, &q, 1, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "works"));
	assert_int_equal(r.evidence[0]->connections, 12);
	assert_int_equal(r.evidence[0]->packets, 36);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	for (int peer; (peer = accept(fd, NULL, NULL)) >= 0; close(peer)) {
		char byte;
		resets += recv(peer, &byte, 1, MSG_DONTWAIT) < 0 && errno == ECONNRESET;
	}
	assert_true(resets > 0);
	close(fd);
	arena_free(&r.arena);
}

static void connections_are_limited_for_the_life_of_a_driver(void **state)
{
	(void)state;
	struct results r = { 0 };
	struct probe_request q[DRIVER_CONNECTIONS_MAX + 3];
	struct driver *d = NULL;
	for (size_t i = 0; i < sizeof q / sizeof *q; i++)
		q[i] = request(&r.arena, "tcp", "address=127.0.0.1", "port=1", NULL);
	assert_int_equal(driver_open(NULL, NULL, &d), ERR_OK);
	for (size_t i = 0; i < 3; i++) {
		struct results part = { .count = 0 };
		assert_int_equal(driver_run(d, q + i * 11, 11, &r.arena, keep, &part), ERR_OK);
		for (size_t k = 0; k < 11; k++)
			r.evidence[i * 11 + k] = part.evidence[k];
	}
	unsigned refused = 0, not_run = 0;
	for (size_t i = 0; i < sizeof q / sizeof *q; i++) {
		refused += state_is(r.evidence[i], "refused");
		not_run += state_is(r.evidence[i], "not-run");
	}
	assert_true(refused <= DRIVER_CONNECTIONS_MAX && not_run >= 3 &&
		    refused + not_run == DRIVER_CONNECTIONS_MAX + 3);
	assert_true(driver_counted(d).packets <= DRIVER_PACKETS_MAX);
	assert_true(driver_counted(d).connections == refused);
	driver_close(&d);
	arena_free(&r.arena);
}

static void packets_a_second_are_limited_and_waits_stay_true(void **state)
{
	(void)state;
	struct results r = { 0 };
	unsigned port;
	int fd = bound(SOCK_DGRAM, &port); /* takes everything, answers nothing */
	struct probe_request q[40];
	for (size_t i = 0; i < 40; i++)
		q[i] = request(&r.arena, "dns", "server=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p,
			       "name=x");
	for (size_t i = 0; i < 40; i++)
		q[i].args[q[i].arg_count++] = (struct probe_arg){ STR("wait"), STR("200") };
	struct driver *d = NULL;
	assert_int_equal(driver_open(NULL, NULL, &d), ERR_OK);
	int64_t begin = driver_now_ms(d);
	assert_int_equal(driver_run(d, q, 40, &r.arena, keep, &r), ERR_OK);
	int64_t took = driver_now_ms(d) - begin;
	assert_int_equal(driver_counted(d).packets, 80); /* at most 50 in the first second, the rest in the next */
	assert_true(took >= 900);
	for (size_t i = 0; i < 40; i++)
		assert_true(state_is(r.evidence[i], "timeout"));
	driver_close(&d);
	close(fd);
	arena_free(&r.arena);
}

enum { KEPT_ALIVE = 60 };

/* keep_alive takes one connection and has the system acknowledge small messages on it, as fast as it will. */
static void *keep_alive(void *context)
{
	const struct banner *b = context;
	int c = accept(b->fd, NULL, NULL), at_once = 1;
	for (int i = 0; c >= 0 && i < KEPT_ALIVE; i++) {
		setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
		if (send(c, "\x85\0\0\0", 4, MSG_NOSIGNAL) < 0) /* the other side may have had enough */
			break;
		usleep(5000);
	}
	char byte;
	while (c >= 0 && read(c, &byte, 1) > 0)
		;
	close(c);
	return NULL;
}

struct ends {
	struct results results;
	double begin_ms, ms[2]; /* of each request: its end */
};

static void keep_end(void *context, size_t index, struct evidence *e)
{
	struct ends *ends = context;
	ends->ms[index] = steady_ms() - ends->begin_ms;
	keep(&ends->results, index, e);
}

static void acknowledgements_count_when_they_go(void **state)
{
	(void)state;
	struct ends ends = { .begin_ms = steady_ms() };
	struct arena *a = &ends.results.arena;
	unsigned port, row_port;
	struct banner b = { listening(&port), "" };
	int row_fd = listening(&row_port);
	pthread_t thread;
	struct driver *d = NULL;
	pthread_create(&thread, NULL, keep_alive, &b);
	struct probe_request q[] = {
		request(a, "smb", "address=127.0.0.1", arena_printf(a, "port=%u", port).p, "wait=800"),
		request(a, "retry", "address=127.0.0.1", arena_printf(a, "port=%u", row_port).p, "attempts=11"),
	};
	q[1].args[q[1].arg_count++] = (struct probe_arg){ STR("spacing"), STR("50") };
	assert_int_equal(driver_open(NULL, NULL, &d), ERR_OK);
	assert_int_equal(driver_run(d, q, 2, a, keep_end, &ends), ERR_OK);
	pthread_join(thread, NULL);
	unsigned row = ends.results.evidence[1]->packets, talk = ends.results.evidence[0]->packets;
	assert_true(row == 33 && talk > 20);
	assert_true(ends.ms[1] > 900); /* the row alone takes half a second */
	driver_close(&d);
	close(b.fd);
	close(row_fd);
	arena_free(a);
}

static void a_cancel_ends_the_wave_and_leaves_nothing(void **state)
{
	(void)state;
	atomic_bool cancel = false;
	struct results r = { .cancel = &cancel };
	unsigned port;
	int fd = listening(&port);
	struct driver_options o = { .cancel = &cancel };
	struct probe_request q[] = {
		request(&r.arena, "smb", "address=127.0.0.1", arena_printf(&r.arena, "port=%u", port).p, "wait=9000"),
		request(&r.arena, "tcp", "address=127.0.0.1", "port=1", NULL),
	};
	run(&o, q, 2, &r, ERR_INTERRUPTED);
	assert_true(state_is(r.evidence[0], "not-run"));
	assert_true(r.evidence[0]->fact_count == 0 && r.evidence[0]->ms < 9000);
	assert_true(state_is(r.evidence[1], "refused"));
	struct driver *d = NULL;
	assert_int_equal(driver_open(&o, NULL, &d), ERR_OK);
	assert_int_equal(driver_wait(d, 5000), ERR_INTERRUPTED);
	driver_close(&d);
	close(fd);
	arena_free(&r.arena);
}

static void the_kernel_tells_of_the_loopback(void **state)
{
	(void)state;
	struct results r = { 0 };
	struct probe_request q[] = {
		request(&r.arena, "link", "link=lo", NULL, NULL),
		request(&r.arena, "route", "address=127.0.0.1", NULL, NULL),
		request(&r.arena, "link", "link=nosuch0", NULL, NULL),
	};
	run(NULL, q, 3, &r, ERR_OK);
	assert_true(state_is(r.evidence[0], "up"));
	assert_true(str_eq(evidence_fact(r.evidence[0], "link.address")->text, STR("127.0.0.1")));
	assert_true(state_is(r.evidence[1], "local"));
	assert_true(state_is(r.evidence[2], "absent"));
	assert_int_equal(r.evidence[0]->packets, 0);
	arena_free(&r.arena);
}

/* A policy that ends the process stands in for a parser that does. */
static bool ends_the_process(void *context, const struct sockaddr *to, unsigned port, const char **ret_why)
{
	(void)context;
	(void)to;
	(void)ret_why;
	if (port == 666)
		_exit(3);
	return true;
}

static void a_helper_that_dies_is_not_run_and_stops_the_rest(void **state)
{
	(void)state;
	struct results r = { 0 };
	struct driver_options o = { .allow = ends_the_process };
	struct probe_request q = request(&r.arena, "tcp", "address=127.0.0.1", "port=666", NULL);
	struct driver *d = NULL;
	assert_int_equal(driver_open(&o, NULL, &d), ERR_OK);
	assert_int_equal(driver_run(d, &q, 1, &r.arena, keep, &r), ERR_OK);
	assert_true(state_is(r.evidence[0], "not-run"));
	assert_true(str_find(r.evidence[0]->reason, STR("ended too early")) != STR_NONE);
	assert_true(r.evidence[0]->at_ms > 1600000000000);
	q = request(&r.arena, "tcp", "address=127.0.0.1", "port=1", NULL);
	assert_int_equal(driver_run(d, &q, 1, &r.arena, keep, &r), ERR_OK);
	assert_true(state_is(r.evidence[0], "not-run"));
	assert_true(str_find(r.evidence[0]->reason, STR("limit")) != STR_NONE);
	driver_close(&d);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	arena_free(&r.arena);
}

/* Where no process can be had nothing is probed, with all the rights of this one least of all. */
static void without_a_process_nothing_runs(void **state)
{
	(void)state;
	struct results r = { 0 };
	struct rlimit before, none;
	struct driver_options o = { 0 };
	struct probe_request q = request(&r.arena, "tcp", "address=127.0.0.1", "port=1", NULL);
	struct driver *d = NULL;
	assert_int_equal(driver_open(&o, NULL, &d), ERR_OK);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	enum err e = driver_run(d, &q, 1, &r.arena, keep, &r);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(e, ERR_OK);
	assert_true(state_is(r.evidence[0], "not-run"));
	assert_true(str_find(r.evidence[0]->reason, STR("ulimit -n")) != STR_NONE);
	driver_close(&d);
	arena_free(&r.arena);
}

/* tries is what a helper does after it was confined: the number of the first thing that it was let do, or 0. */
static int tries(bool raw_sockets)
{
	char *const none[] = { NULL };
	if (open("/etc/passwd", O_RDONLY) >= 0 || errno != EPERM)
		return 1;
	if (openat(AT_FDCWD, "/tmp/kbt-helper-test", O_CREAT | O_WRONLY, 0600) >= 0)
		return 2;
	execve("/bin/true", none, none);
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
		return 3;
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		return 4;
	if (kill(getppid(), 0) == 0)
		return 5;
	if (fork() >= 0)
		return 6;
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		return 7;
	if (!raw_sockets && socket(AF_PACKET, SOCK_DGRAM, 0) >= 0)
		return 8;
	if (!raw_sockets && socket(AF_INET, SOCK_RAW, IPPROTO_ICMP) >= 0)
		return 9;
	if (syscall(SYS_socket, AF_INET, SOCK_STREAM, 0) < 0)
		return 10;
	if (write(STDOUT_FILENO, "x", 1) == 1)
		return 11;
	if (syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0) >= 0)
		return 12;
	if (mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
		return 13;
	if (poll(NULL, 0, 1) < 0 || nanosleep(&(struct timespec){ .tv_nsec = 1 }, NULL))
		return 14;
	return 0;
}

static void a_helper_can_do_nothing_but_talk(void **state)
{
	(void)state;
	for (int raw = 0; raw < 2; raw++) {
		int fds[2], status;
		assert_int_equal(pipe(fds), 0);
		pid_t child = fork();
		if (child == 0) {
			helper_confine(fds[1], raw);
			_exit(tries(raw));
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		close(fds[0]);
		close(fds[1]);
	}
}

static void evidence_survives_the_pipe_and_lies_do_not(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct probe_request q = request(&a, "tcp", "address=127.0.0.1", "port=445", NULL);
	struct evidence e = { .state = STR("refused"), .reason = STR("why"), .raw = STR("\0\1"), .at_ms = 1700000000123,
			      .ms = 1.5, .packets = 4, .connections = 1 }, *got = NULL;
	struct buf b = { 0 };
	size_t index = 9;
	evidence_add_text(&e, &a, "tcp.state", STR("refused"));
	evidence_add_number(&e, &a, "tcp.ms", 0.1);
	evidence_add_bool(&e, &a, "tcp.x", true);
	helper_write(&b, 0, &e);
	assert_true(helper_read(buf_str(&b), &q, 1, &a, &index, &got));
	assert_int_equal(index, 0);
	assert_true(str_eq(got->probe, STR("tcp")) && got->arg_count == 2 && str_eq(got->state, e.state));
	assert_true(got->at_ms == e.at_ms && got->ms == 1.5 && got->raw.n == 2 && got->fact_count == 3);
	assert_true(str_eq(evidence_fact(got, "tcp.ms")->text, STR("0.1")));
	for (size_t n = 0; n < b.n; n++)
		assert_false(helper_read(str_first(buf_str(&b), n), &q, 1, &a, &index, &got));
	buf_clear(&b);
	helper_write(&b, 1, &e);
	assert_false(helper_read(buf_str(&b), &q, 1, &a, &index, &got));
	buf_clear(&b);
	e.at_ms = INT64_MAX; /* as a double it is one more */
	e.ms = -1e300;
	helper_write(&b, 0, &e);
	assert_true(helper_read(buf_str(&b), &q, 1, &a, &index, &got));
	assert_true(got->at_ms == 0 && got->ms == 0);
	buf_clear(&b);
	e.state = STR("owned");
	helper_write(&b, 0, &e);
	assert_false(helper_read(buf_str(&b), &q, 1, &a, &index, &got));
	buf_free(&b);
	arena_free(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_and_closed_ports_are_told_apart),
		cmocka_unit_test(the_silent_one_of_a_race_is_not_waited_for),
		cmocka_unit_test(on_a_slow_way_both_of_a_race_are_waited_for),
		cmocka_unit_test(a_hung_service_is_silent_and_took_the_bytes),
		cmocka_unit_test(a_banner_is_kept_though_the_peer_closes),
		cmocka_unit_test(bytes_are_acknowledged_one_by_one_and_at_once),
		cmocka_unit_test(segments_of_a_large_message_wait_for_their_turn),
		cmocka_unit_test(a_closed_udp_port_is_told_by_icmp),
		cmocka_unit_test(a_spoofed_answer_from_elsewhere_is_not_heard),
		cmocka_unit_test(the_policy_is_asked_and_named),
		cmocka_unit_test(a_row_of_connections_is_three_packets_each_and_leaves_nothing),
		cmocka_unit_test(connections_are_limited_for_the_life_of_a_driver),
		cmocka_unit_test(packets_a_second_are_limited_and_waits_stay_true),
		cmocka_unit_test(acknowledgements_count_when_they_go),
		cmocka_unit_test(a_cancel_ends_the_wave_and_leaves_nothing),
		cmocka_unit_test(the_kernel_tells_of_the_loopback),
		cmocka_unit_test(a_helper_that_dies_is_not_run_and_stops_the_rest),
		cmocka_unit_test(without_a_process_nothing_runs),
		cmocka_unit_test(a_helper_can_do_nothing_but_talk),
		cmocka_unit_test(evidence_survives_the_pipe_and_lies_do_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
