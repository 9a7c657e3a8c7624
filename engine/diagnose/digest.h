/* SPDX-License-Identifier: MIT
 *
 * evidence > digest: the facts of facts.def, and the addresses and names that the next probes are about. Pure: bindings
 * and evidence in, words out. What no evidence tells stays out of it: unknown.
 *
 *   digest.c       bindings, finding evidence, putting facts
 *   digest_article.c  what the article at hand asks for: its log, its program file, its named pipe; the message's age
 *   digest_link.c  the client's links, addresses, the dialled link
 *   digest_dns.c   what DNS says of the name
 *   digest_name.c  name sources: what the client's own order yields, which source is wrong
 *   digest_path.c  route, routers, the host itself
 *   digest_lan.c   neighbours, the gateway, what the wire says of the subnet
 *   digest_port.c  TCP: ports, what further connections to them say, other addresses
 *   digest_ping.c  ICMP: round trips, large packets
 *   digest_loss.c  what is lost, of pings and of all other round trips
 *   digest_ipv6.c  what gets through to the name's IPv6 address, and who is there, where the target is the other one
 *   digest_smb.c   sessions, dialects, signing, the share
 */
#ifndef KBT_DIAGNOSE_DIGEST_H
#define KBT_DIAGNOSE_DIGEST_H

#include "diagnose/cause.h"

/* How long a link is watched before it is called steady; one without a carrier longer. */
enum { LINK_WATCH_MS = 700, LINK_WATCH_DOWN_MS = 3000 };

#define DIGEST_AGAIN_MS "1000" /* how long a port is waited for that was silent before */

/* How long a silent name server is waited for at first, and beside a broadcast; a port that was silent while another
 * one answered, the second time. */
#define DIGEST_BRIEF_MS "250"
#define DIGEST_BRIEF_AGAIN_MS "300"
#define DIGEST_PORT_AGAIN_MS "500"

/* So many more connections to a port that was refused once: where each is refused by chance, as by half of the machines
 * behind one address, that all are is seen less than once in a thousand times. And to one that ended one at once. */
#define DIGEST_REFUSED_AGAIN "9"
#define DIGEST_ENDED_AGAIN "4"

/* How long an open connection is looked at before a word is said on it: for an end, for a greeting, and for one that
 * takes its time (mail servers keep strangers waiting for 6 s). */
#define DIGEST_WATCH_MS "50"
#define DIGEST_ENDS_MS "300" /* of others, where one was ended */
#define DIGEST_GREETING_MS "400"
#define DIGEST_STAY_MS "400"
#define DIGEST_GREETING_AGAIN_MS "6600"

#define DIGEST_PAD "1400" /* with the rest of a request more than one segment of most links */
#define DIGEST_PAD_NONE "1"  /* the same request, small */
#define DIGEST_NOBODYS_PORT "33434" /* of UDP, where no service listens (traceroute's) */

#define DIGEST_SLOW_PINGS "4" /* so many, so far apart that most limits let them pass */

/* So many requests in a row tell a loss; so few answers are none. */
enum { BURST_MIN = 10, ARP_TELLING = 3 };

/* Of a short name with its search domains so many are asked for, one after another: resolvers took six domains, and the
 * name alone behind them; newer ones take more. */
enum { DNS_NAMES_MAX = 8 };

enum { DIGEST_ADDRESSES_MAX = 8 }; /* of a name's addresses of one family so many are tried */

struct derived {
	struct str name, value;
	const struct evidence *from; /* the evidence that tells it best, or NULL */
};

enum { NAME_SOURCES_MAX = 8 };
struct name_source {
	struct str name;      /* hosts lmhosts dns wins broadcast known */
	struct str addresses; /* IPv4, joined by blanks; empty: it has none */
	bool told;	      /* it was asked and has answered, failed or stayed silent */
	bool silent;	      /* a client waits for it */
	bool waited;	      /* it has addresses, and a client waits for one of its servers before */
	bool brief;	      /* of either: it was waited for only briefly so far */
	struct str server;    /* of either: the one */
	bool conflict;
	bool empty; /* it has addresses, and none that a host can have */
	const struct evidence *from;
};

struct digest {
	const struct case_file *c;
	struct arena *a;
	struct str server, share, link, known; /* as bound; may be empty */
	struct str given;   /* an address that needs no look-up: the server's, or one bound beside its name */
	struct str no_host; /* an address was given that is no host's: everybody's or nobody's */
	struct str port;    /* the one that it is about: 445, or another service's */
	bool asks_port;	    /* which one it is about nobody has said: only the way there can be looked at */
	bool smb;	    /* it is about SMB; else a port is all there is, and stands for both of SMB's */
	bool udp;	    /* that port is one of UDP */
	bool server_is_address;
	struct str
		ras_server; /* the address of the RAS server: bound, or the far end of the dialled link; may be empty */
	const struct evidence *files, *own_link, *ras; /* ras: of the bound link */
	bool asks_ras;				       /* the bound link is a dialled one */
	struct str own_name;			       /* the link= that own_link was asked with; empty: the default */
	struct str way; /* the default link fails, and whether it is the one to this address is not known yet */
	struct name_source sources[NAME_SOURCES_MAX];
	size_t source_count;
	struct str used;		 /* the IPv4 address that the client would use; empty: none, or not known yet */
	struct str used_all;		 /* that source's IPv4 addresses */
	struct str v6;			 /* DNS's IPv6 addresses */
	struct str target;		 /* the address to probe: used, else what another source says */
	struct str truth;		 /* the address that the name should have, where sources tell */
	struct str other;		 /* what another source gives, where nothing tells which of the two is right */
	struct str dns_server, dns_name; /* the one whose answer counts */
	struct str wins_server;
	struct str silent_server; /* a name server that a client waits for in vain before it has the name */
	bool name_brief;	  /* it was waited for only briefly so far */
	const struct evidence *route, *tcp445, *tcp139;
	struct str unsteady_port; /* some connections to it succeeded and some failed; empty: to none */
	struct str gateway; /* of the route to the target, else the default one */
	struct derived *facts;
	size_t fact_count, fact_cap;
};

enum err digest_make(const struct case_file *c, struct arena *a, struct digest *ret_digest) MUST_USE;

/* digest_fact: the value, or empty where it is unknown. */
struct str digest_fact(const struct digest *d, const char *name);
bool digest_is(const struct digest *d, const char *name, const char *value); /* false where it is unknown */
const struct derived *digest_find(const struct digest *d, struct str name);  /* or NULL */

/* digest_fill puts bindings and addresses for {server}, {address} ... An unknown one becomes a word that reads well. */
struct str digest_fill(const struct digest *d, struct str text);
/* digest_fills: there is something that digest_fill could put for {name}, in any case. */
bool digest_fills(struct str name, struct arena *a);

/* ---- for the digest's own files ---- */

/* digest_put notes a fact: its name and value are borrowed, `from` is the evidence that tells it, NULL for several
 * together. digest_change gives one that is there another value. */
void digest_put(struct digest *d, const char *name, const char *value, const struct evidence *from);
void digest_change(struct digest *d, const char *name, const char *value, const struct evidence *from);
void digest_put_str(struct digest *d, const char *name, struct str value, const struct evidence *from);

/* digest_look gives the newest evidence of a probe whose arguments include all of want (an empty value: the argument is
 * absent), leaving out what could not run; NULL where there is none. */
#define digest_look(d, probe, ...)                                                                                     \
	digest_look_((d), (probe), (const struct probe_arg[]){ __VA_ARGS__ },                                          \
		     sizeof((const struct probe_arg[]){ __VA_ARGS__ }) / sizeof(struct probe_arg))
const struct evidence *digest_look_(const struct digest *d, const char *probe, const struct probe_arg *want, size_t n);
#define ARG(name, value)                                                                                               \
	{                                                                                                              \
		STR_LIT(name), (value)                                                                                 \
	}

/* What is read off one evidence; e may be NULL, which knows nothing. A number is in the unit of its fact (a yes is 1),
 * `otherwise` where the fact is unknown; evidence_yes is false there. */
struct str evidence_text(const struct evidence *e, const char *fact); /* empty: unknown */
bool evidence_yes(const struct evidence *e, const char *fact);
double evidence_number(const struct evidence *e, const char *fact, double otherwise);
bool evidence_state(const struct evidence *e, const char *state); /* it is in this one */
struct str evidence_arg(const struct evidence *e, const char *name); /* empty: not given */

/* digest_dns_servers: those that a resolver of this machine asks, in its order. */
struct str digest_dns_servers(const struct digest *d);

/* digest_is_brief: a name server did not answer, and was waited for only briefly. */
bool digest_is_brief(const struct evidence *e);

/* digest_hosts: of a list of addresses those that a host can have (not 0.0.0.0, a multicast or broadcast address), each
 * in the notation of the family that it is reached by. */
struct str digest_hosts(const struct digest *d, struct str list);

/* Lists of addresses and names, as facts hold them: words with blanks between. */
bool list_has(struct str list, struct str word);
struct str list_first(struct str list); /* empty of none */
bool is_ipv6(struct str address);	  /* by its notation; of what is an address */
/* digest_loopback: this machine's own address, of the target's family. */
struct str digest_loopback(const struct digest *d);

/* digest_usual_gateways: addresses of the own subnet where routers usually are, but for the configured one. */
size_t digest_usual_gateways(const struct digest *d, struct str ret_addresses[2]);

/* digest_wants_row: a connection came about, and the message tells of a failure as where some do not. */
bool digest_wants_row(const struct digest *d);
/* digest_works_small: SMB began, with requests that are small. */
bool digest_works_small(const struct digest *d);
/* digest_seems_slow: a burst of pings over a slow line would be its own fault; what pings have told counts more. */
bool digest_seems_slow(const struct digest *d);
/* digest_pings_late: of a burst most are missing, and nobody has waited for them yet: lost, or only slow. */
bool digest_pings_late(const struct digest *d);
/* digest_doubts_ipv6: something was lost to the name's IPv6 address, and more pings would tell whether it is a loss. */
bool digest_doubts_ipv6(const struct digest *d);
/* digest_doubts_loss: more pings would tell whether it is a loss. */
bool digest_doubts_loss(const struct digest *d);
/* digest_echoes: the server answers echoes of SMB, port 445, and the last ones came in time. */
bool digest_echoes(const struct digest *d);
/* digest_trips_wanted: so many more round trips, of which nothing is lost, show that nothing is. */
unsigned digest_trips_wanted(const struct digest *d);
/* digest_pings_all_back: of one burst or more each ping was answered. digest_pings_lost: the part that was not, where
 * some were, at random; else 0. */
bool digest_pings_all_back(const struct digest *d);
double digest_pings_lost(const struct digest *d);
/* digest_pings_limited: nothing connects, and what is missing of a burst may be a host's limit on its answers. */
bool digest_pings_limited(const struct digest *d);

/* digest_addressed: the link with the address that others have to find: the one to the target, or, where the target's
 * address is this machine's own, the one that has it. */
const struct evidence *digest_addressed(const struct digest *d);

/* digest_is_ssh: an SSH server is meant, by the port or by what the message's program is, or one answers. */
bool digest_is_ssh(const struct digest *d);
/* digest_large_request: one of SMB that fills a segment, by DIGEST_PAD bytes that say nothing; NULL where none was
 * sent. */
const struct evidence *digest_large_request(const struct digest *d);
/* digest_words: what an SSH server was told on one connection; NULL where it was not. */
const struct evidence *digest_words(const struct digest *d);

/* digest_hear_ms: how long after it is open a greeting on a further connection comes that nothing was lost of, if the
 * first one's did; 0: that one had none, or had to be sent again. */
double digest_hear_ms(const struct digest *d, const struct evidence *first);

/* digest_watch: how long a connection is looked at before a word is said on it; empty: not at all. */
struct str digest_watch(const struct digest *d);
/* digest_stay: how long where it speaks, since it was open; empty: a moment. */
struct str digest_stay(const struct digest *d);
/* digest_second_doubt: of a name's addresses, one of which serves, the first that refused its only connection, which may
 * be one of many; empty: none. */
struct str digest_second_doubt(const struct digest *d);
/* digest_ended: the service ended this connection at once, with or without a word why; digest_mute: it says nothing yet
 * and speaks first. */
bool digest_ended(const struct digest *d, const struct evidence *e);
bool digest_mute(const struct digest *d, const struct evidence *e);
/* digest_unclear: only a person can say whether what answers is the service meant. */
bool digest_unclear(const struct digest *d, const struct evidence *e);
/* digest_misserves: it takes connections, and the service meant does not answer: silent, another-service; else NULL. */
const char *digest_misserves(const struct digest *d, const struct evidence *e);
/* digest_ended_row: connections one after another that had to stay open for a while to count, NULL where there are
 * none; digest_ends_all: there are, and none did. */
const struct evidence *digest_ended_row(const struct digest *d, struct str address);
bool digest_ends_all(const struct digest *d, struct str address);

/* digest_client_dialects: the highest ones that this client may speak, as probe smb calls them. */
const char *digest_client_dialects(const struct digest *d);

/* digest_binding: what is bound to a name; may be empty. */
struct str digest_binding(const struct digest *d, struct str name);

/* digest_quick_row: short connections one after another, where one had come about before; NULL where there is none. */
const struct evidence *digest_quick_row(const struct digest *d);
/* digest_row_mixed: a connection came about before the row, so that one or two failures at its beginning are a mix too.
 * A row too short to tell of a change is one where it changed twice, with the first connection to that port. */
bool digest_row_mixed(const struct digest *d, const struct evidence *row);

/* digest_add_source: a name source more; from may be NULL. */
struct name_source *digest_add_source(struct digest *d, const char *name, const struct evidence *from);
/* digest_dns adds what DNS gives, for digest_name. digest_dns_other: the answer of a server that a resolver does not
 * ask any more, for the first has said that there is no such name; NULL where none has it. */
void digest_dns(struct digest *d);
const struct evidence *digest_dns_other(const struct digest *d);

/* Each adds the facts of its part, for digest_make. */
void digest_article(struct digest *d);
void digest_link(struct digest *d);
void digest_name(struct digest *d);
void digest_path(struct digest *d);
void digest_smb(struct digest *d);
void digest_loss(struct digest *d); /* once it is known whether the path works */
void digest_ipv6(struct digest *d); /* once all is known of the target */
void digest_mtu(struct digest *d);  /* once it is known whether something is lost */
/* Of digest_path, in this order, each by what those before it have told. */
void digest_ports(struct digest *d);
void digest_service(struct digest *d);
void digest_lan(struct digest *d);
void digest_hop(struct digest *d); /* once what came back is known */
void digest_rows(struct digest *d);
void digest_pings(struct digest *d);

#endif
