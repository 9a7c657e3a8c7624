/* SPDX-License-Identifier: MIT
 *
 * request > packets > facts. A probe is a state machine without sockets: it says what it wants opened and sent, is fed
 * what came back, and ends in one piece of evidence: a state of a closed vocabulary and typed, named facts. The one
 * file that owns sockets, clocks and deadlines is the driver (driver.h); a simulated network is another driver.
 * Files of the client are never opened here: the caller reads them and passes bytes (struct probe_files).
 *
 * Adding a probe is one new file that defines `const struct probe NAME_probe` and one line in probes.def. What each
 * takes, its states and its facts stand in its tables; `kbt probe --list` prints them.
 *
 * The vocabulary, all probes (? after an optional argument; a list is joined by single blanks; addresses are literal).
 * Every fact belongs to one piece of evidence and is about its arguments: the same name occurs once an address, server
 * or port. States named "no-connection" carry the TCP state in the fact PROBE.tcp, in the words of probe tcp.
 *
 *  link link? watch?(ms)   states: up no-carrier down no-address absent none
 *    link.dev link.present(b) link.up(b) link.carrier(b) link.has_address(b) link.apipa(b: only 169.254/16)
 *    link.address link.prefix(n) link.addresses link.addresses6 link.peer link.mtu(n) link.ppp(b) link.names
 *    link.default_route(b) link.gateway link.gateway_on_link(b) link.carrier_changes(n, since boot)
 *    link.changes(n, within watch) link.flapping(b, with watch)
 *    ppp.state(none down no-address up) ppp.dev ppp.address ppp.peer
 *      without link=: the interface of the default route, else the first that is not loopback; ppp.* then of the
 *      first PPP interface (ARPHRD 512)
 *  route address   states: on-link gateway local net-unreachable host-unreachable prohibited
 *    route.state(the same words) route.dev route.gateway route.source route.on_link(b) route.error(ENETUNREACH...)
 *    route.ppp(b)
 *  neighbour address   states: none incomplete reachable stale delay probe failed permanent noarp
 *    neigh.state neigh.mac neigh.dev neigh.answers(b: a MAC is known and not failed)
 *  arp address   states: answered duplicate silent not-on-link
 *    arp.state arp.answers(n) arp.macs arp.mac_count(n) arp.dev
 *  files name?   states: read
 *    client.dns.servers client.dns.server_count(n) client.dns.search client.dns.ndots(n) client.dns.timeout_ms(n)
 *    client.dns.names (the full names that a resolver asks for name=, in order)
 *    client.nsswitch.hosts client.nsswitch.dns(b) client.nsswitch.files(b)
 *    client.hosts.address client.lmhosts.address (lists, of name=; absent where the file does not have it)
 *    client.smb.min_protocol client.smb.max_protocol(NT1 SMB2_02 SMB2_10 SMB3_00 SMB3_02 SMB3_11)
 *    client.smb.smb1(b: may speak it) client.smb.smb2(b) client.smb.signing client.smb.workgroup
 *    client.wins client.name_resolve_order client.scope client.netbios(b)
 *    client.resolves.host(b) client.resolves.wins(b) client.resolves.bcast(b) client.resolves.lmhosts(b)
 *    name.netbios(b: name= can be a NetBIOS name) name.address(b: name= is an address)
 *  dns server name type?(A AAAA PTR) wait?(ms)   states: answered nodata nxdomain servfail refused rcode timeout
 *        port-closed unreachable malformed           (PTR: name= may be an address)
 *    dns.state dns.rcode(n) dns.answers(n) dns.addresses dns.names(PTR) dns.cname(chain) dns.dangling(b) dns.ms(n)
 *    dns.attempts(n) dns.wrong(n: answers thrown away) dns.truncated(b) dns.error(ECONNREFUSED...)
 *    dns.icmp("3/3") dns.icmp_from
 *  nbns name suffix?(20) server?(a WINS server; else broadcast) scope? wait?   states: answered conflict negative
 *        timeout port-closed unreachable malformed no-subnet
 *    nbns.state nbns.answer(list of addresses) nbns.answers(n) nbns.responders nbns.conflict(b) nbns.rcode(n)
 *    nbns.group(b) nbns.mode(wins broadcast) nbns.subnets(n) nbns.ms(n) nbns.error nbns.icmp nbns.icmp_from
 *  nbstat address name? wait?   states: answered timeout port-closed unreachable malformed
 *    nbstat.state nbstat.names nbstat.has_name(b) nbstat.computer nbstat.server(the <20> name) nbstat.workgroup
 *    nbstat.mac nbstat.ms(n) nbstat.error nbstat.icmp nbstat.icmp_from
 *  icmp address count? size? df?(yes) ttl? interval?(ms) wait?(ms after the last)   states: answered loss silent
 *        unreachable too-big ttl-exceeded no-route denied
 *    icmp.state icmp.sent(n) icmp.received(n) icmp.loss(n, 0..1) icmp.rtt_min(n) icmp.rtt_avg(n) icmp.rtt_max(n)
 *    icmp.error("3/1") icmp.error_from icmp.error_origin(self target router) icmp.mtu(n)
 *  mtu address size?(1400)   states: passes blackhole too-big silent loss
 *    mtu.state mtu.small(n answered) mtu.large(n answered) mtu.reported(n)
 *  trace address hops?(4)   states: reached loop partial silent no-route prohibited
 *    trace.state trace.hops(list, * for silence) trace.first trace.loop(b) trace.last
 *  tcp address port wait?(3500)   states: open refused timeout net-unreachable host-unreachable prohibited
 *        no-route no-local-port local-denied port-unreachable ttl-exceeded error
 *    tcp.PORT.state (tcp.445.state) tcp.state(the same) tcp.ms(n) tcp.error(ECONNREFUSED...) tcp.icmp("3/13")
 *    tcp.icmp_type(n) tcp.icmp_code(n) tcp.icmp_from tcp.icmp_origin(self target router) tcp.retransmits(n, of SYN)
 *    tcp.source
 *      refused: a reset, no ICMP. port-unreachable: ICMP 3/3. host-unreachable: ICMP 3/1; origin self: ARP failed.
 *      net-unreachable: ICMP 3/0. prohibited: ICMP 3/9 3/10 3/13. no-route: ENETUNREACH of the own table.
 *      local-denied: EACCES or EPERM of the own system (prohibit route, own filter)
 *  retry address port attempts?(12) spacing?(1000)   states: works late flaky down too-few
 *    retry.state retry.pattern(FFFFSSSSSS) retry.attempts(n) retry.failures(n) retry.first_success_ms(n)
 *    retry.failure(how the first one failed: a state of tcp)
 *  nbss address called(name or *SMBSERVER) port?(139) wait?   states: accepted negative retargeted silent closed reset
 *        not-nbss no-connection
 *    nbss.state nbss.code(80 81 82 83 8f of a negative answer) nbss.tcp nbss.ms(n)
 *  smb address port?(445) called?(asks for a session first; default on 139) dialects?(smb1 smb2 smb311) share?
 *        listen?(ms before we speak) wait?   states: negotiated no-dialect silent closed reset not-smb denied
 *        no-connection malformed
 *    smb.state smb.tcp smb.dialect(NT1 2.02 2.10 3.00 3.02 3.11 none) smb.version(1 2) smb.status(NT status in hex,
 *    "00000000", of the negotiation) smb.signing(off enabled required) smb.encryption(b) smb.greeting(first bytes, where
 *    they are no SMB) smb.service(ssh http other) smb.early(b: the peer spoke or closed before we did) smb.eof(b)
 *    smb.reset(b) smb.answered(b) smb.unacked(n, segments, after silence) smb.nbss(code of a session refusal)
 *    session.status session.guest(b) session.encrypt(b) tree.ipc_status tree.status(of share=) all NT status in hex
 *  pipe address name port?   states: present absent denied no-session     (the same connection, then a pipe on IPC$)
 *    pipe.state pipe.status
 *  pe   states: read no-version not-pe      (bytes in probe_files.program)
 *    file.version("4.0.1381.3") file.version_number(n) file.product_version file.name
 */
#ifndef KBT_PROBE_PROBE_H
#define KBT_PROBE_PROBE_H

#include "base/diag.h"
#include "base/json.h"

enum { PROBE_ARGS_MAX = 12, PROBE_RAW_MAX = 1024 };

struct probe_arg {
	struct str name, value;
};

enum fact_type { FACT_TEXT, FACT_NUMBER, FACT_BOOL };

/* A fact that is not there is unknown: never false, never 0. */
struct fact {
	struct str name;  /* "tcp.445.state", "dns.rcode" */
	enum fact_type type;
	struct str text;  /* the value as text, whatever the type; a list is joined by single blanks */
	double number;	  /* FACT_NUMBER; FACT_BOOL: 0 or 1 */
};

struct evidence {
	struct str probe;
	struct probe_arg *args;
	size_t arg_count;
	struct str state;  /* one of the probe's states, or "not-run" */
	struct str reason; /* one sentence of what was observed, or why it could not run and what to grant */
	struct fact *facts;
	size_t fact_count, fact_cap;
	int64_t at_ms;	   /* wall clock, Unix milliseconds, when it began */
	double ms;	   /* how long it took */
	unsigned packets, connections; /* what it sent, for the limits and --explain */
	struct str raw;	   /* the bytes that came back, for --save; at most PROBE_RAW_MAX */
};

/* The client's own files as bytes; an absent one has p NULL, an empty one n 0. */
struct probe_files {
	struct str hosts, resolv_conf, nsswitch_conf, lmhosts, smb_conf;
	struct str program; /* a PE file that the user named, for probe pe */
};

struct probe_fact_help { const char *name; enum fact_type type; const char *says; };
enum probe_arg_type { ARG_TEXT, ARG_HOST, ARG_NETBIOS, ARG_ADDRESS, ARG_PORT, ARG_NUMBER, ARG_LINK };
struct probe_arg_help {
	const char *name;
	bool required;
	const char *says;
	enum probe_arg_type type;
};
struct probe_state_help { const char *name; const char *says; };

struct probe_request {
	const struct probe *probe;
	struct probe_arg args[PROBE_ARGS_MAX];
	size_t arg_count;
	const struct probe_files *files; /* for the probes that read them; else NULL */
};

struct probe; /* probe_machine.h: the tables and the state machine's functions */

extern const struct probe *const probes[]; /* ended by NULL, in the order of probes.def */
const struct probe *probe_find(struct str name);

/* probe_request_parse reads a name and k=v words, checks them against the probe's table: ERR_INPUT with a sentence (an
 * unknown argument, a missing one, a value that is no address, port, number or host name). */
enum err probe_request_parse(struct str name, const struct str *words, size_t count, struct arena *a, struct diags *d,
			     struct probe_request *ret_request) MUST_USE;

struct str probe_request_arg(const struct probe_request *r, const char *name); /* empty where it is not given */

/* evidence_fact finds a fact by name, or NULL: unknown. */
const struct fact *evidence_fact(const struct evidence *e, const char *name);
void evidence_add_text(struct evidence *e, struct arena *a, const char *name, struct str value);
void evidence_add_number(struct evidence *e, struct arena *a, const char *name, double value);
void evidence_add_bool(struct evidence *e, struct arena *a, const char *name, bool value);

#endif
