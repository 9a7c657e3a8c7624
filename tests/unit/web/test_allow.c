/* SPDX-License-Identifier: MIT
 *
 * Where probes from the web may go.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <string.h>

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
	struct allow a = { .own = loopback };
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
	assert_int_equal(
		inet_pton(is_six ? AF_INET6 : AF_INET, address, is_six ? (void *)&six.sin6_addr : &four.sin_addr), 1);
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
	allow_init(&a, NULL, false, &files);
	assert_false(may(&a, "127.0.0.1", 445));
	assert_false(may(&a, "10.0.0.1", 53));
	assert_false(may(&a, "192.168.0.1", 445));
}

static void servers_of_the_own_files(void **unused)
{
	(void)unused;
	struct allow a;
	struct probe_files files = { .resolv_conf = STR(
					     "# x\nnameserver 9.9.9.9\nnameserver   2620:fe::fe\nsearch a.example\n"),
				     .smb_conf = STR("[global]\n  wins server = 9.9.9.10 9.9.9.11\n") };
	allow_init(&a, NULL, true, &files);
	assert_true(may(&a, "9.9.9.9", 53));
	assert_true(may(&a, "2620:fe::fe", 53));
	assert_true(may(&a, "9.9.9.10", 137));
	assert_true(may(&a, "9.9.9.11", 137));
	assert_false(may(&a, "9.9.9.9", 80));
	assert_true(may(&a, "127.0.0.1", 445));
}

static struct allow_rules rules_of(struct arena *a, const char *const *texts)
{
	struct allow_rules rules = { 0 };
	for (; *texts; texts++)
		assert_int_equal(allow_rule_parse(str_c(*texts), a, NULL, &rules), ERR_OK);
	return rules;
}

static void rules_name_networks_and_ports(void **unused)
{
	(void)unused;
	struct arena memory = { 0 };
	struct probe_files files = { .resolv_conf = STR("nameserver 192.0.2.53\n") };
	static const char *const texts[] = { "198.51.100.0/24:445,8000-8010", "203.0.113.9", "2001:db8::/32",
					     "[2001:db9::1]:22", "169.254.7.7:80", "169.254.0.0/16", "0.0.0.0/0:9",
					     NULL };
	struct allow_rules rules = rules_of(&memory, texts);
	struct allow a;
	allow_init(&a, &rules, false, &files);
	assert_true(may(&a, "198.51.100.7", 445) && may(&a, "198.51.100.7", 8000) && may(&a, "198.51.100.7", 8010));
	assert_false(may(&a, "198.51.100.7", 139) || may(&a, "198.51.100.7", 8011) || may(&a, "198.51.101.7", 445));
	assert_true(may(&a, "198.51.100.7", 0)); /* is it there? */
	assert_true(may(&a, "203.0.113.9", 1) && may(&a, "::ffff:203.0.113.9", 1));
	assert_false(may(&a, "203.0.113.10", 1));
	assert_true(may(&a, "2001:db8:1::1", 445) && may(&a, "2001:db9::1", 22));
	assert_false(may(&a, "2001:db9::1", 23) || may(&a, "2001:db9::2", 22));
	assert_true(may(&a, "169.254.7.7", 80));
	assert_false(may(&a, "169.254.7.7", 81) || may(&a, "169.254.169.254", 80)); /* a network names none singly */
	assert_true(may(&a, "8.8.4.4", 9));
	assert_false(may(&a, "255.255.255.255", 9) || may(&a, "224.0.0.1", 9) || may(&a, "127.0.0.1", 445));
	assert_true(may(&a, "192.0.2.53", 53));
	arena_free(&memory);
}

static struct evidence resolved(struct arena *a, const char *probe, const char *name, const char *fact,
				const char *addresses)
{
	struct evidence e = { .probe = str_c(probe), .arg_count = 1 };
	e.args = arena_array(a, struct probe_arg, 1);
	e.args[0] = (struct probe_arg){ STR("name"), str_c(name) };
	evidence_add_text(&e, a, fact, str_c(addresses));
	return e;
}

static void a_name_is_its_addresses_of_this_diagnosis(void **unused)
{
	(void)unused;
	struct arena memory = { 0 };
	struct probe_files files = { 0 };
	static const char *const texts[] = { "Files.example.org:445", "nas1", NULL };
	struct allow_rules rules = rules_of(&memory, texts);
	struct allow a;
	struct evidence e = resolved(&memory, "dns", "files.example.org.", "dns.addresses",
				     "198.51.100.7 169.254.169.254 2001:db8::7");
	struct evidence other =
		resolved(&memory, "dns", "files.example.org.evil.example", "dns.addresses", "198.51.100.8");
	allow_init(&a, &rules, false, &files);
	allow_learn(&a, &e);
	assert_false(may(&a, "198.51.100.7", 445)); /* nothing is known to be about it */
	a.name = STR("FILES.example.org");
	allow_learn(&a, &e);
	assert_true(may(&a, "198.51.100.7", 445) && may(&a, "2001:db8::7", 445) && may(&a, "198.51.100.7", 0));
	assert_false(may(&a, "198.51.100.7", 22));
	assert_false(may(&a, "169.254.169.254", 445)); /* a name does not name an address singly */
	assert_false(may(&a, "198.51.100.8", 445));
	allow_init(&a, &rules, false, &files);
	a.name = STR("other.example.org");
	allow_learn(&a, &other);
	assert_false(may(&a, "198.51.100.8", 445));
	allow_init(&a, &rules, false, &files);
	a.name = STR("NAS1");
	e = resolved(&memory, "dns", "nas1.corp.example", "dns.addresses", "198.51.100.9");
	allow_learn(&a, &e);
	e = resolved(&memory, "nbns", "nas1", "nbns.answer", "198.51.100.10");
	allow_learn(&a, &e);
	e = resolved(&memory, "dns", "nas10.corp.example", "dns.addresses", "198.51.100.11");
	allow_learn(&a, &e);
	assert_true(may(&a, "198.51.100.9", 22) && may(&a, "198.51.100.10", 22));
	assert_false(may(&a, "198.51.100.11", 22));
	assert_true(str_eq(allow_first(&a, &memory), STR("198.51.100.9")));
	arena_free(&memory);
}

static void own_elsewhere_too(void **unused)
{
	(void)unused;
	struct arena memory = { 0 };
	struct probe_files files = { 0 };
	static const char *const texts[] = { "own", NULL };
	struct allow_rules rules = rules_of(&memory, texts);
	struct allow a;
	allow_init(&a, &rules, false, &files);
	assert_true(may(&a, "10.0.0.1", 445) && may(&a, "127.0.0.1", 445));
	assert_false(may(&a, "8.8.4.4", 445));
	arena_free(&memory);
}

static void what_is_no_rule(void **unused)
{
	(void)unused;
	struct arena memory = { 0 };
	struct diags d = { .arena = &memory };
	struct allow_rules rules = { 0 };
	static const char *const texts[] = { "", ":445", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0.0/-1",
					     "[::1]/129", "[::1", "[::1]x", "10.0.0.1:0", "10.0.0.1:65536",
					     "10.0.0.1:5-4", "10.0.0.1:", "10.0.0.1:a", "10.0.0.1:1,", "a b",
					     "name/24", "1.2.3.4.5", "-x",
					     "10.0.0.1:1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "x:0x5" };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (allow_rule_parse(str_c(texts[i]), &memory, &d, &rules) != ERR_INPUT &&
		    strcmp(texts[i], "10.0.0.1:1,"))
			fail_msg("%s is taken", texts[i]);
	arena_free(&memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_networks_on_loopback), cmocka_unit_test(broadcast_for_names_alone),
		cmocka_unit_test(own_servers_as_such),	    cmocka_unit_test(nothing_where_others_ask),
		cmocka_unit_test(servers_of_the_own_files), cmocka_unit_test(rules_name_networks_and_ports),
		cmocka_unit_test(a_name_is_its_addresses_of_this_diagnosis), cmocka_unit_test(own_elsewhere_too),
		cmocka_unit_test(what_is_no_rule),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
