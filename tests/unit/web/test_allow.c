/* SPDX-License-Identifier: MIT
 *
 * Where probes from the web may go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "web/allow.h"

static struct in6_addr mapped(const char *four)
{
	char text[64];
	struct in6_addr a;
	snprintf(text, sizeof text, "::ffff:%s", four);
	assert_int_equal(inet_pton(AF_INET6, text, &a), 1);
	return a;
}

/* On 203.0.113.0/24, with a name server at 8.8.8.8 and a WINS server at 169.254.1.1. */
static struct allow make(bool loopback)
{
	struct allow a = { .loopback = loopback };
	if (!loopback)
		return a;
	a.nets[a.net_count++] = (struct allow_net){ mapped("203.0.113.9"), 120, mapped("203.0.113.255"), true };
	allow_add_server(&a, STR("8.8.8.8"), 53);
	allow_add_server(&a, STR("169.254.1.1"), 137);
	allow_add_server(&a, STR("no address"), 53);
	assert_int_equal(a.server_count, 2);
	return a;
}

static bool may(struct allow *a, const char *address, unsigned port)
{
	struct sockaddr_in four = { .sin_family = AF_INET };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	const char *why = NULL;
	bool is_six = strchr(address, ':');
	assert_int_equal(inet_pton(is_six ? AF_INET6 : AF_INET, address, is_six ? (void *)&six.sin6_addr : &four.sin_addr), 1);
	bool yes = allow_address(a, is_six ? (struct sockaddr *)&six : (struct sockaddr *)&four, port, &why);
	assert_true(yes || (why && *why));
	return yes;
}

static void own_networks_on_loopback(void **unused)
{
	(void)unused;
	struct allow a = make(true);
	static const char *const good[] = { "127.0.0.1",   "10.53.0.10", "172.16.0.1", "172.31.255.254", "192.168.1.1",
					    "203.0.113.7", "::1",	 "fd00::1",    "::ffff:10.0.0.1" };
	static const char *const bad[] = { "8.8.4.4",
					   "1.1.1.1",
					   "172.32.0.1",
					   "203.0.114.1",
					   "169.254.169.254",
					   "169.254.2.2",
					   "100.100.100.200",
					   "0.0.0.0",
					   "0.1.2.3",
					   "224.0.0.1",
					   "239.255.255.250",
					   "255.255.255.255",
					   "240.0.0.1",
					   "::",
					   "fe80::1",
					   "ff02::1",
					   "fd00:ec2::254",
					   "2606:4700::1111",
					   "::ffff:169.254.169.254",
					   "::ffff:8.8.4.4",
					   "64:ff9b::a9fe:a9fe",
					   "2002:a9fe:a9fe::1",
					   "::169.254.169.254",
					   "2001:0:1::1" };
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (!may(&a, good[i], 445))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (may(&a, bad[i], 445) || may(&a, bad[i], 0))
			fail_msg("%s is allowed", bad[i]);
}

static void broadcast_for_names_alone(void **unused)
{
	(void)unused;
	struct allow a = make(true);
	assert_true(may(&a, "203.0.113.255", 137));
	assert_false(may(&a, "203.0.113.255", 445));
	assert_false(may(&a, "203.0.113.255", 0));
	assert_false(may(&a, "255.255.255.255", 137));
}

static void own_servers_as_such(void **unused)
{
	(void)unused;
	struct allow a = make(true);
	assert_true(may(&a, "8.8.8.8", 53));
	assert_false(may(&a, "8.8.8.8", 445));
	assert_true(may(&a, "169.254.1.1", 137));
	assert_false(may(&a, "169.254.1.1", 445));
}

static void nothing_where_others_ask(void **unused)
{
	(void)unused;
	struct allow a;
	struct probe_files files = { .resolv_conf = STR("nameserver 10.0.0.1\n") };
	allow_init(&a, false, &files);
	assert_false(may(&a, "127.0.0.1", 445));
	assert_false(may(&a, "10.0.0.1", 53));
	assert_false(may(&a, "192.168.0.1", 445));
}

static void servers_of_the_own_files(void **unused)
{
	(void)unused;
	struct allow a;
	struct probe_files files = { .resolv_conf = STR("# x\nnameserver 9.9.9.9\nnameserver   2620:fe::fe\nsearch a.example\n"),
				     .smb_conf = STR("[global]\n  wins server = 9.9.9.10 9.9.9.11\n") };
	allow_init(&a, true, &files);
	assert_true(may(&a, "9.9.9.9", 53));
	assert_true(may(&a, "2620:fe::fe", 53));
	assert_true(may(&a, "9.9.9.10", 137));
	assert_true(may(&a, "9.9.9.11", 137));
	assert_false(may(&a, "9.9.9.9", 80));
	assert_true(may(&a, "127.0.0.1", 445));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_networks_on_loopback), cmocka_unit_test(broadcast_for_names_alone),
		cmocka_unit_test(own_servers_as_such),	    cmocka_unit_test(nothing_where_others_ask),
		cmocka_unit_test(servers_of_the_own_files),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
