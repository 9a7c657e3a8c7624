/* SPDX-License-Identifier: MIT
 *
 * What the files of the planner share: the wave that is built, what the evidence so far says to more than one of them,
 * and the steps, which plan.c puts in their order. A step adds the requests that would tell its facts, and none where
 * the evidence so far leaves nothing to ask.
 *
 *   plan.c          the table of steps, and which of them are worth it now
 *   plan_name.c     name sources
 *   plan_path.c     this machine, the way, neighbours, ports
 *   plan_ping.c     how much gets through: pings, rows of connections, large packets
 *   plan_ipv6.c     the name's IPv6 address, where the target is the other one
 *   plan_service.c  SMB, and what another service makes of a connection
 *   plan_article.c  what the article at hand asks for
 */
#ifndef KBT_DIAGNOSE_PLAN_INSIDE_H
#define KBT_DIAGNOSE_PLAN_INSIDE_H

#include "diagnose/digest.h"

enum { NEAR_MS = 50 }; /* so quick a connection need not be waited for long */

/* An SMB server is asked for so many echoes behind the rest of the conversation. */
enum { PLAN_ECHOES = 6 };

/* Ways to one end, of which the first that succeeds will do: how long the others are still waited for (RFC 8305). */
enum { RACE_NAMES = 1, RACE_PORTS };
enum { RACE_PORTS_MS = 550, RACE_NAMES_MS = 200 };

struct wave {
	const struct digest *d;
	struct arena *a;
	struct probe_request *requests;
	size_t count, cap;
	bool last; /* nothing else is left to ask */
};

/* ask adds a request; arguments without a value are left out, and what was asked already. */
#define ask(w, probe, ...)                                                                                             \
	wave_ask((w), (probe), (const struct probe_arg[]){ __VA_ARGS__ },                                              \
		 sizeof((const struct probe_arg[]){ __VA_ARGS__ }) / sizeof(struct probe_arg))
/* Of an SSH server it is left out, or a row cut short, where that would be too many connections. */
void wave_ask(struct wave *w, const char *probe, const struct probe_arg *args, size_t n);

/* wave_race: all requests of this probe in the wave so far are ways to one end; the others need not be waited for
 * long. */
void wave_race(struct wave *w, const char *probe, unsigned number, double least_ms, double trip_most_ms);

#define S(text) ((struct str)STR_LIT(text))

bool plan_on_lan(const struct digest *d);
bool plan_told(const struct digest *d);
bool plan_open(const struct digest *d);
bool plan_link_usable(const struct digest *d);
/* plan_slow_way: what is sent beside what is waited for stands before it in the queue. */
bool plan_slow_way(const struct digest *d);
/* plan_seems_gone: a neighbour that the system still remembers, so that it sent its requests, and that answers
 * nothing. */
bool plan_seems_gone(const struct digest *d);
/* plan_row_wait_ms: how long each of a row is waited for, on a way of such a round trip; before_repeat: no longer than
 * until the system repeats its request. */
double plan_row_wait_ms(double trip_ms, bool before_repeat);
/* plan_ask_row: short connections one after another, none of which waits for a repeated SYN. */
void plan_ask_row(struct wave *w, struct str port, struct str attempts);
/* plan_watch_ends: the service ended this connection: how long others are looked at for the same; empty: it did not. */
struct str plan_watch_ends(const struct wave *w, const struct evidence *e);
/* plan_large_size: of a large packet, as the connection would send them. */
struct str plan_large_size(const struct wave *w, const struct evidence *open);
/* plan_article_pipe: the named pipe that the article at hand asks for. */
struct str plan_article_pipe(struct wave *w);

/* plan_unasked: the facts, of those that are not known, that a step would still ask for; how many. In a diagnosis that
 * has ended there is none but where it was saved by a program that asked for less. */
struct weighed;
enum { PLAN_UNASKED_MAX = 32 };
size_t plan_unasked(const struct weighed *weighed, const struct digest *d, const struct fact_help **ret_facts,
		    size_t max);

/* ---- the steps ---- */

void step_broadcast(struct wave *w);
void step_broadcast_first(struct wave *w);
void step_names(struct wave *w);
void step_names_again(struct wave *w);
void step_known(struct wave *w);
void step_dns_host(struct wave *w);
void step_dns_domain(struct wave *w);
void step_dns_other(struct wave *w);
void step_dns_patience(struct wave *w);

void step_local(struct wave *w);
void step_way(struct wave *w);
void step_connect(struct wave *w);
void step_port_again(struct wave *w);
void step_other_source(struct wave *w);
void step_status(struct wave *w);
void step_gone(struct wave *w);
void step_arp(struct wave *w);
void step_twins(struct wave *w);
void step_own_filter(struct wave *w);
void step_inside(struct wave *w);
void step_gateway(struct wave *w);
void step_rule(struct wave *w);
void step_denied(struct wave *w);
void step_watch(struct wave *w);
void step_subnet(struct wave *w);
void step_detour(struct wave *w);
void step_other_gateway(struct wave *w);
void step_trace(struct wave *w);
void step_ras_server(struct wave *w);

void step_ping(struct wave *w);
void step_datagrams(struct wave *w);
void step_mtu_near(struct wave *w);
void step_mtu_quick(struct wave *w);
void step_ipv6(struct wave *w);
void step_large(struct wave *w);
void step_patience(struct wave *w);
void step_again(struct wave *w);
void step_loss(struct wave *w);
void step_late(struct wave *w);
void step_refused_again(struct wave *w);
void step_unsteady(struct wave *w);
void step_row(struct wave *w);
void step_retry(struct wave *w);

void step_smb(struct wave *w);
void step_service(struct wave *w);
void step_smb_others(struct wave *w);

void step_article(struct wave *w);

#endif
