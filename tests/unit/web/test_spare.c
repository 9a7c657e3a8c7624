/* SPDX-License-Identifier: MIT
 *
 * The memory of idle connections: what is given back, and above all what is not.
 */
#include "tests/unit/unit.h"

#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/spare.h"

enum { MANY = SPARE_WAITING + 8 };

struct one {
	struct spare spare;
	int client, server;
	char *pool;
};

/* connect_one: a connection of which n bytes were read into a pool at `at`. */
static void connect_one(struct one *o, size_t n, size_t at)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof to;
	static char bytes[4 * SPARE_PAGE];
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	*o = (struct one){ .client = socket(AF_INET, SOCK_STREAM, 0) };
	assert_int_equal(bind(listener, (struct sockaddr *)&to, sizeof to), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&to, &size), 0);
	assert_int_equal(connect(o->client, (struct sockaddr *)&to, sizeof to), 0);
	o->server = accept(listener, NULL, NULL);
	close(listener);
	o->pool = mmap(NULL, SPARE_POOL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(o->pool, MAP_FAILED);
	memset(o->pool, 0, SPARE_POOL);
	assert_int_equal(send(o->client, bytes, n, 0), n);
	for (size_t got = 0; got < n;)
		got += (size_t)recv(o->server, bytes, n - got, 0);
	spare_learn(&o->spare, o->server, o->pool + at);
}

static void close_one(struct one *o)
{
	spare_wake(&o->spare);
	munmap(o->pool, SPARE_POOL);
	close(o->client);
	close(o->server);
}

static size_t pages(const struct one *o)
{
	unsigned char here[SPARE_POOL / SPARE_PAGE];
	size_t count = 0;
	assert_int_equal(mincore(o->pool, SPARE_POOL, here), 0);
	for (size_t i = 0; i < sizeof here; i++)
		count += here[i] & 1;
	return count;
}

/* rest_with_many puts it on a shelf, and so many behind it that its turn comes. */
static void rest_with_many(struct one *o)
{
	static struct one many[MANY];
	struct spare_shelf shelf = { 0 };
	spare_rest(&shelf, &o->spare, 0);
	for (size_t i = 0; i < MANY; i++) {
		connect_one(&many[i], 100, 0);
		spare_rest(&shelf, &many[i].spare, 0);
	}
	assert_true(shelf.count <= SPARE_WAITING);
	for (size_t i = 0; i < MANY; i++)
		close_one(&many[i]);
}

static void zeros_are_given_back(void **state)
{
	(void)state;
	struct one o;
	connect_one(&o, 100, 0);
	assert_ptr_equal(o.spare.pool, o.pool);
	assert_int_equal(pages(&o), SPARE_POOL / SPARE_PAGE);
	rest_with_many(&o);
	assert_int_equal(pages(&o), 0);
	assert_null(o.spare.shelf);
	close_one(&o);
}

static void of_a_stream_only_zeros_are_given_back(void **state)
{
	(void)state;
	struct one o, unknown = { 0 };
	connect_one(&o, 100, 0);
	o.pool[10] = o.pool[3 * SPARE_PAGE + 5] = 'G';
	spare_trim(&o.spare);
	assert_int_equal(pages(&o), 2);
	assert_true(o.pool[10] == 'G' && o.pool[3 * SPARE_PAGE + 5] == 'G' && !o.pool[SPARE_PAGE]);
	spare_trim(&unknown.spare); /* its pool is not known */
	close_one(&o);
}

static void after_a_while_it_takes_no_crowd(void **state)
{
	(void)state;
	struct one o, other;
	struct spare_shelf shelf = { 0 };
	connect_one(&o, 100, 0);
	connect_one(&other, 100, 0);
	spare_rest(&shelf, &o.spare, 0);
	spare_rest(&shelf, &other.spare, SPARE_AFTER_MS - 1);
	assert_int_equal(pages(&o), SPARE_POOL / SPARE_PAGE);
	spare_wake(&other.spare);
	spare_rest(&shelf, &other.spare, SPARE_AFTER_MS);
	assert_int_equal(pages(&o), 0);
	close_one(&o);
	close_one(&other);
}

static void what_was_written_stays(void **state)
{
	(void)state;
	for (size_t page = 0; page < SPARE_POOL / SPARE_PAGE; page++) {
		struct one o;
		size_t at = page * SPARE_PAGE + (page ? page * 7 : SPARE_PAGE - 1);
		connect_one(&o, 100, 0);
		o.pool[at] = 'G';
		rest_with_many(&o);
		assert_int_equal(o.pool[at], 'G');
		assert_int_equal(pages(&o), page ? SPARE_POOL / SPARE_PAGE : 1);
		close_one(&o);
	}
}

static void where_it_begins_is_not_guessed(void **state)
{
	(void)state;
	struct one o;
	connect_one(&o, SPARE_PAGE, SPARE_PAGE); /* a page of blank lines may stand before it */
	assert_null(o.spare.pool);
	close_one(&o);
	connect_one(&o, SPARE_PAGE - 1, 0);
	assert_ptr_equal(o.spare.pool, o.pool);
	close_one(&o);
	connect_one(&o, 100, 2); /* a blank line does */
	assert_null(o.spare.pool);
	rest_with_many(&o);
	assert_int_equal(pages(&o), SPARE_POOL / SPARE_PAGE);
	close_one(&o);
}

static void what_is_being_closed_is_left_alone(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		struct one o;
		connect_one(&o, 100, 0);
		shutdown(side ? o.client : o.server, SHUT_WR);
		rest_with_many(&o);
		assert_int_equal(pages(&o), SPARE_POOL / SPARE_PAGE);
		close_one(&o);
	}
}

static void who_comes_back_is_off_the_shelf(void **state)
{
	(void)state;
	struct one o;
	struct spare_shelf shelf = { 0 };
	connect_one(&o, 100, 0);
	spare_rest(&shelf, &o.spare, 0);
	assert_int_equal(shelf.count, 1);
	spare_wake(&o.spare);
	spare_wake(&o.spare);
	assert_int_equal(shelf.count, 0);
	assert_null(shelf.first);
	assert_null(shelf.last);
	rest_with_many(&o);
	close_one(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zeros_are_given_back),
		cmocka_unit_test(of_a_stream_only_zeros_are_given_back),
		cmocka_unit_test(after_a_while_it_takes_no_crowd),
		cmocka_unit_test(what_was_written_stays),
		cmocka_unit_test(where_it_begins_is_not_guessed),
		cmocka_unit_test(what_is_being_closed_is_left_alone),
		cmocka_unit_test(who_comes_back_is_off_the_shelf),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
