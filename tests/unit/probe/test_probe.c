/* SPDX-License-Identifier: MIT
 *
 * The tables of probes, requests checked against them, addresses, and what the client's own files say.
 */
#include "tests/unit/unit.h"

#include <stdlib.h>

#include "probe/pe_version.h"
#include "tests/main/sim.h"

static void every_table_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; probes[i]; i++) {
		const struct probe *p = probes[i];
		assert_true(p->start && p->feed && p->says && p->deadline_ms > 0 && p->state_size);
		assert_true(p->states[0].name && p->facts[0].name);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(p->name, probes[k]->name);
		for (const struct probe_arg_help *h = p->args; h->name; h++)
			assert_true(h->says && *h->says);
		for (const struct probe_state_help *h = p->states; h->name; h++)
			assert_true(h->says && *h->says && strcmp(h->name, "not-run"));
		for (const struct probe_fact_help *h = p->facts; h->name; h++) {
			assert_true(h->says && *h->says);
			for (const struct probe_fact_help *g = p->facts; g < h; g++)
				assert_string_not_equal(g->name, h->name);
		}
		assert_ptr_equal(probe_find(str_c(p->name)), p);
	}
	assert_null(probe_find(STR("nosuch")));
}

static bool parses(const char *probe, const char *one, const char *two, const char *sentence)
{
	struct arena a = { 0 };
	struct diags d = { .arena = &a };
	struct probe_request r;
	struct str words[] = { str_c(one), str_c(two) };
	enum err e = probe_request_parse(str_c(probe), words, two ? 2 : one ? 1 : 0, &a, &d, &r);
	bool as_wanted = sentence ? e == ERR_INPUT && d.count && str_find(d.items[0].text, str_c(sentence)) != STR_NONE
				  : e == ERR_OK;
	arena_free(&a);
	return as_wanted;
}

static void a_request_names_what_is_wrong(void **state)
{
	(void)state;
	assert_true(parses("tcp", "address=::1", "port=445", NULL));
	assert_true(parses("tcp", "address=10.0.0.1", NULL, "needs port="));
	assert_true(parses("tcp", "address=10.0.0.256", "port=1", "10.0.0.256 is not an IPv4"));
	assert_true(parses("tcp", "address=10.0.0.1", "port=0", "0 is not a port"));
	assert_true(parses("tcp", "address=10.0.0.1", "port=", "port: '' is not a port"));
	assert_true(parses("tcp", "address=10.0.0.1", "port=1;reboot", "is not a port"));
	assert_true(parses("tcp", "address", "port=1", "NAME=VALUE"));
	assert_true(parses("tcp", "=x", "port=1", "NAME=VALUE"));
	assert_true(parses("tcp", "adress=10.0.0.1", "port=1", "no argument adress"));
	assert_true(parses("nosuch", NULL, NULL, "no probe nosuch"));
	assert_true(parses("dns", "server=10.0.0.1", "name=$(reboot)", "is not a host name"));
	assert_true(parses("dns", "server=10.0.0.1", "name=a..b", "is not a host name"));
	assert_true(parses("dns", "server=10.0.0.1", "name=a.b.", NULL));
	assert_true(parses("nbns", "name=FILE\\SRV", NULL, "NetBIOS name"));
	assert_true(parses("nbss", "address=10.0.0.1", "called=*SMBSERVER", NULL));
	assert_true(parses("nbss", "address=10.0.0.1", "called=*OTHER", "NetBIOS name"));
	assert_true(parses("link", "link=../eth0", NULL, "interface name"));
}

static void addresses_are_literal_and_of_their_nets(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct address a, net;
	assert_true(address_parse(STR("10.53.0.10"), &a));
	assert_true(str_eq(address_print(a, &arena), STR("10.53.0.10")));
	assert_true(address_parse(STR("10.53.0.0"), &net));
	assert_true(address_in(a, net, 24));
	assert_true(address_in(a, net, 28));
	assert_false(address_in(a, net, 29));
	assert_true(address_in(a, net, 0));
	assert_false(address_is_apipa(a));
	assert_true(address_parse(STR("169.254.53.2"), &a) && address_is_apipa(a));
	assert_true(address_parse(STR("::ffff:10.53.0.10"), &a) && a.family == 4 && address_in(a, net, 24));
	assert_true(address_parse(STR("2001:DB8::10"), &a));
	assert_true(str_eq(address_print(a, &arena), STR("2001:db8::10")));
	assert_false(address_in(a, net, 0));
	assert_false(address_parse(STR("010.1.1.1"), &a));
	assert_false(address_parse(STR("filesrv"), &a));
	assert_false(address_parse(STR("10.1.1.1\0x"), &a));
	assert_false(address_parse(STR(""), &a));
	arena_free(&arena);
}

/* The facts of the files, for a name. */
static struct sim look_at(struct probe_files files, const char *name)
{
	struct sim s = { .files = files };
	struct diags d = { .arena = &s.arena };
	struct str word = arena_printf(&s.arena, "name=%s", name);
	assert_int_equal(probe_request_parse(STR("files"), &word, 1, &s.arena, &d, &s.request), ERR_OK);
	s.request.files = &s.files;
	machine_start(&s.machine, &s.request, 42, &s.arena, &s.evidence);
	assert_true(s.machine.done);
	sim_check(&s);
	return s;
}

static bool fact_is(const struct sim *s, const char *name, const char *want)
{
	const struct fact *f = evidence_fact(&s->evidence, name);
	return want ? f && str_eq(f->text, str_c(want)) : !f;
}

static void resolv_conf_is_read_as_the_resolver_does(void **state)
{
	(void)state;
	struct probe_files f = { .resolv_conf = STR(
					 "# nameserver 1.1.1.1\nnameserver 10.53.0.53\nnameserver\t10.53.0.54 ; two\r\n"
					 "domain old.test\nsearch lab53.test corp.test\n"
					 "options ndots:2 timeout:1 attempts:3 rotate\nnameserver nonsense\n"
					 "nameserver = 10.53.0.55\n nameserver 10.53.0.56\n"
					 "nameserver 10.53.0.57 10.53.0.58\n") };
	struct sim s = look_at(f, "filesrv.x");
	assert_true(fact_is(&s, "client.dns.servers", "10.53.0.53 10.53.0.54 10.53.0.57"));
	assert_true(fact_is(&s, "client.dns.server_count", "3"));
	assert_true(fact_is(&s, "client.dns.search", "lab53.test corp.test"));
	assert_true(fact_is(&s, "client.dns.timeout_ms", "1000"));
	assert_true(fact_is(&s, "client.dns.names", "filesrv.x.lab53.test filesrv.x.corp.test filesrv.x"));
	assert_true(fact_is(&s, "client.hosts.address", NULL));
	assert_true(fact_is(&s, "client.wins", NULL));
	sim_free(&s);
	s = look_at(f, "a.b.c");
	assert_true(fact_is(&s, "client.dns.names", "a.b.c a.b.c.lab53.test a.b.c.corp.test"));
	sim_free(&s);
	s = look_at(f, "a.b.");
	assert_true(fact_is(&s, "client.dns.names", "a.b"));
	sim_free(&s);
	f.resolv_conf = STR("search lab53.test\n");
	s = look_at(f, "x");
	assert_true(fact_is(&s, "client.dns.server_count", "0"));
	assert_true(fact_is(&s, "client.dns.servers", ""));
	assert_true(fact_is(&s, "client.dns.tcp", NULL));
	sim_free(&s);
	f.resolv_conf = STR("nameserver 10.53.0.53\noptions timeout:1 use-vc\n");
	s = look_at(f, "x");
	assert_true(fact_is(&s, "client.dns.tcp", "true"));
	sim_free(&s);
}

static void hosts_and_lmhosts_give_addresses(void **state)
{
	(void)state;
	struct probe_files f = {
		.hosts = STR("127.0.0.1 localhost\n10.53.0.99 other FILESRV # filesrv2\n#10.1.1.1 filesrv\n::1 "
			     "filesrv\nbad filesrv"),
		.lmhosts =
			STR("10.53.0.98 filesrv #PRE #DOM:LAB53\n10.53.0.97 other filesrv\n10.53.0.96 \"FileSrv\"\n"),
		.nsswitch_conf = STR("passwd: files dns\nhosts:  files mdns4_minimal [NOTFOUND=return] # dns\n"),
	};
	struct sim s = look_at(f, "filesrv");
	assert_true(fact_is(&s, "client.hosts.address", "10.53.0.99 ::1"));
	assert_true(fact_is(&s, "client.lmhosts.address", "10.53.0.98 10.53.0.96"));
	assert_true(fact_is(&s, "client.nsswitch.hosts", "files mdns4_minimal [NOTFOUND=return]"));
	assert_true(fact_is(&s, "client.nsswitch.dns", "false"));
	assert_true(fact_is(&s, "client.nsswitch.files", "true"));
	assert_true(fact_is(&s, "name.netbios", "true"));
	sim_free(&s);
	s = look_at(f, "filesrv2");
	assert_true(fact_is(&s, "client.hosts.address", NULL));
	sim_free(&s);
	s = look_at(f, "file-server-in-berlin");
	assert_true(fact_is(&s, "name.netbios", "false"));
	sim_free(&s);
}

/* nsswitch.conf(5): what stands in brackets is of the source before it. */
static void actions_say_who_has_the_last_word(void **state)
{
	(void)state;
	static const struct {
		const char *line, *sources, *dns;
	} rows[] = {
		{ "hosts: files [NOTFOUND=return] dns", "files [NOTFOUND=return] dns", "false" },
		{ "hosts: files[notfound=RETURN]dns", "files [NOTFOUND=return] dns", "false" },
		{ "hosts: files [!UNAVAIL=return] dns", "files [NOTFOUND=return] dns", "false" },
		{ "hosts: files [!NOTFOUND=return] dns", "files dns", "true" },
		{ "hosts: files [SUCCESS=return NOTFOUND=continue] dns", "files dns", "true" },
		{ "hosts: files mdns4_minimal [NOTFOUND=return] dns", "files mdns4_minimal [NOTFOUND=return] dns", "true" },
		{ "hosts: resolve [!UNAVAIL=return] files dns", "resolve [NOTFOUND=return] files dns", "true" },
		{ "hosts: files [NOTFOUND=return", "files [NOTFOUND=return]", "false" },
		{ "hosts: [] [=] [!] files ] dns", "files ] dns", "true" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct probe_files f = { .nsswitch_conf = str_c(rows[i].line) };
		struct sim s = look_at(f, "filesrv");
		assert_true(fact_is(&s, "client.nsswitch.hosts", rows[i].sources));
		assert_true(fact_is(&s, "client.nsswitch.dns", rows[i].dns));
		sim_free(&s);
	}
}

static void smb_conf_is_read_as_samba_does(void **state)
{
	(void)state;
	struct probe_files f = {
		.smb_conf = STR("[Global]\n WORKGROUP=LAB53\nclientmaxprotocol = NT1\nclient  min protocol=CORE\n"
				"client signing = required\nwins server = x:10.53.0.53 10.53.0.54,\n"
				"name resolve order = wins bcast\nnetbios scope = s.t\n"
				"[data]\nwins server = 1.1.1.1\nworkgroup = NO\n")
	};
	struct sim s = look_at(f, "filesrv");
	assert_true(fact_is(&s, "client.smb.workgroup", "LAB53"));
	assert_true(fact_is(&s, "client.smb.max_protocol", "NT1"));
	assert_true(fact_is(&s, "client.smb.min_protocol", "CORE"));
	assert_true(fact_is(&s, "client.smb.smb1", "true"));
	assert_true(fact_is(&s, "client.smb.smb2", "false"));
	assert_true(fact_is(&s, "client.smb.signing", "required"));
	assert_true(fact_is(&s, "client.wins", "10.53.0.53 10.53.0.54"));
	assert_true(fact_is(&s, "client.name_resolve_order", "wins bcast"));
	assert_true(fact_is(&s, "client.resolves.host", "false"));
	assert_true(fact_is(&s, "client.resolves.wins", "true"));
	assert_true(fact_is(&s, "client.scope", "s.t"));
	sim_free(&s);
	f.smb_conf = STR("disable netbios = Yes\nclient max protocol = nonsense\n");
	s = look_at(f, "filesrv");
	assert_true(fact_is(&s, "client.netbios", "false"));
	assert_true(fact_is(&s, "client.resolves.bcast", "false"));
	assert_true(fact_is(&s, "client.resolves.wins", "false"));
	assert_true(fact_is(&s, "client.smb.max_protocol", "SMB3_11"));
	assert_true(fact_is(&s, "client.smb.min_protocol", "SMB2_02"));
	sim_free(&s);
}

static void versions_compare_by_number(void **state)
{
	(void)state;
	uint16_t a[4], b[4];
	assert_true(pe_version_parse(STR("2.0.1493.3273"), a));
	assert_true(pe_version_parse(STR("2.0.1493.10000"), b));
	assert_true(pe_version_compare(a, b) < 0 && pe_version_compare(b, a) > 0 && !pe_version_compare(a, a));
	assert_true(pe_version_parse(STR("2.1"), b) && pe_version_compare(a, b) < 0);
	assert_false(pe_version_parse(STR(""), a));
	assert_false(pe_version_parse(STR("1.2.3.4.5"), a));
	assert_false(pe_version_parse(STR("1..2"), a));
	assert_false(pe_version_parse(STR("1.-2"), a));
	assert_false(pe_version_parse(STR("70000"), a));
	assert_int_equal(a[3], 3273);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_table_is_whole),
		cmocka_unit_test(a_request_names_what_is_wrong),
		cmocka_unit_test(addresses_are_literal_and_of_their_nets),
		cmocka_unit_test(resolv_conf_is_read_as_the_resolver_does),
		cmocka_unit_test(hosts_and_lmhosts_give_addresses),
		cmocka_unit_test(actions_say_who_has_the_last_word),
		cmocka_unit_test(smb_conf_is_read_as_samba_does),
		cmocka_unit_test(versions_compare_by_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
