/* SPDX-License-Identifier: MIT
 *
 * What to ask next. A step is a set of probes that tells some facts; a wave is all steps of the lowest stage that could
 * still part the causes left. Connects come before any burst: routers limit their ICMP errors, and the first evidence
 * counts. What was asked once with the same arguments is not asked again. Of the costly steps of a stage those come
 * first that tell most for a packet: packets and connections are few, and go to the probes in their order.
 */
#include "diagnose/plan_inside.h"
#include "diagnose/weigh.h"

#include <assert.h>

/* How long a diagnosis may go on before it begins something that takes long. */
enum { COSTLY_UNTIL_MS = 9000, SLOW_UNTIL_MS = 20000 };

static bool same_args(const struct probe_arg *a, size_t a_count, const struct probe_arg *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!str_eq(a[i].name, b[i].name) || !str_eq(a[i].value, b[i].value))
			return false;
	return true;
}

static bool asked_already(const struct wave *w, const char *probe, const struct probe_arg *args, size_t n)
{
	for (size_t i = 0; i < w->d->c->evidence_count; i++) {
		const struct evidence *e = w->d->c->evidence[i];
		if (str_eq(e->probe, str_c(probe)) && same_args(e->args, e->arg_count, args, n))
			return true;
	}
	for (size_t i = 0; i < w->count; i++)
		if (w->requests[i].probe == probe_find(str_c(probe)) &&
		    same_args(w->requests[i].args, w->requests[i].arg_count, args, n))
			return true;
	return false;
}

/* connects: how many connections a request makes, or has made. */
static unsigned connects(const struct probe *probe, struct str attempts)
{
	enum { USUAL = 12 };
	uint64_t n = USUAL;
	if (probe == probe_find(STR("retry")))
		return str_u64(attempts, &n) ? (unsigned)n : USUAL;
	return probe == probe_find(STR("tcp")) || probe == probe_find(STR("ssh"));
}

/* connected: so many connections to this port of this address were made, or are asked for in this wave. */
static unsigned connected(const struct wave *w, struct str address, struct str port)
{
	unsigned count = 0;
	for (size_t i = 0; i < w->d->c->evidence_count; i++) {
		const struct evidence *e = w->d->c->evidence[i];
		unsigned asked = connects(probe_find(e->probe), evidence_arg(e, "attempts"));
		if (asked && str_eq(evidence_arg(e, "address"), address) && str_eq(evidence_arg(e, "port"), port) &&
		    !evidence_state(e, "not-run"))
			count += (unsigned)evidence_number(e, "retry.attempts", asked);
	}
	for (size_t i = 0; i < w->count; i++) {
		const struct probe_request *r = &w->requests[i];
		if (str_eq(probe_request_arg(r, "address"), address) && str_eq(probe_request_arg(r, "port"), port))
			count += connects(r->probe, probe_request_arg(r, "attempts"));
	}
	return count;
}

/* spare: to one address of an SSH server a diagnosis makes five connections at most, whichever step asks for them; a
 * row is cut to what is left, false where nothing is. What guards SSH counts new connections that log nobody in: "ufw
 * limit" lets six in thirty seconds pass, sshd's own PerSourcePenalties shut out who makes some fifteen, fail2ban
 * fewer. */
static bool spare(const struct wave *w, struct probe_request *r)
{
	enum { SSH_CONNECTIONS = 5 };
	unsigned wanted = connects(r->probe, probe_request_arg(r, "attempts"));
	struct str port = probe_request_arg(r, "port");
	if (!wanted || !str_eq(port, w->d->port) || !digest_is_ssh(w->d))
		return true;
	unsigned made = connected(w, probe_request_arg(r, "address"), port);
	unsigned left = made < SSH_CONNECTIONS ? SSH_CONNECTIONS - made : 0;
	for (size_t i = 0; wanted > left && i < r->arg_count; i++)
		if (str_eq(r->args[i].name, STR("attempts")))
			r->args[i].value = arena_printf(w->a, "%u", left);
	return left > 0;
}

void wave_ask(struct wave *w, const char *probe, const struct probe_arg *args, size_t n)
{
	struct probe_request r = { .probe = probe_find(str_c(probe)), .files = w->d->c->files };
	for (size_t i = 0; i < n && r.arg_count < PROBE_ARGS_MAX; i++)
		if (args[i].value.n)
			r.args[r.arg_count++] = args[i];
	if (!r.probe || !spare(w, &r) || asked_already(w, probe, r.args, r.arg_count))
		return;
	struct probe_request *slot = arena_push(w->a, &w->requests, &w->count, &w->cap);
	if (slot)
		*slot = r;
}

void wave_race(struct wave *w, const char *probe, unsigned number, double least_ms, double trip_most_ms)
{
	for (size_t i = 0; i < w->count; i++)
		if (w->requests[i].probe == probe_find(str_c(probe))) {
			w->requests[i].race = number;
			w->requests[i].race_ms = least_ms;
			w->requests[i].race_trip_ms = trip_most_ms;
		}
}

static const struct step {
	unsigned stage;
	void (*build)(struct wave *w);
	const char *facts; /* what it tells; "*": always worth asking */
	double packets;	   /* about so many, of the costly stages */
} steps[] = {
	{ 0, step_local, "*", 0 },
	{ 0, step_article, "*", 0 },
	{ 0, step_way, "*", 0 },
	{ 1, step_names,
	  "name.resolution name.source name.wrong name.conflict name.elsewhere name.delay dns.state wins.state "
	  "broadcast.state dns.dangling", 0 },
	{ 2, step_connect,
	  "route.state path.kind ras.route tcp.445 tcp.139 tcp.second tcp.ipv6 name.wrong path.works path.loop", 0 },
	{ 2, step_known, "known.named known.path wins.state", 0 },
	{ 2, step_broadcast_first, "name.wrong name.conflict name.elsewhere broadcast.state", 0 },
	{ 3, step_rule, "*", 0 },
	{ 3, step_denied, "*", 0 },
	{ 3, step_inside, "*", 0 },
	{ 3, step_names_again, "name.delay name.wrong dns.state wins.state", 0 },
	{ 3, step_port_again, "tcp.445 tcp.139 tcp.steady loss.state", 0 },
	{ 3, step_broadcast, "name.wrong name.conflict name.elsewhere broadcast.state", 0 },
	{ 3, step_other_source, "name.wrong", 0 },
	{ 3, step_status, "host.ip name.wrong", 0 },
	{ 3, step_ping, "host.ip icmp.state latency.state tcp.ipv6 loss.state", 0 },
	{ 3, step_arp, "arp.state subnet.state host.ip", 0 },
	{ 3, step_gone, "arp.state host.ip", 0 },
	{ 3, step_twins, "arp.state", 0 },
	{ 3, step_ras_server, "*", 0 },
	{ 3, step_own_filter, "own.filter", 0 },
	{ 3, step_gateway, "gateway.state lan.alive subnet.state", 0 },
	{ 3, step_dns_host, "dns.host dns.state lan.alive wins.host", 0 },
	{ 3, step_dns_patience, "dns.state", 0 },
	{ 3, step_smb,
	  "nbss.state smb.outcome smb.dialects smb.signing smb.encryption smb.anonymous smb.share path.works", 0 },
	{ 3, step_service, "service.begins tcp.ipv6 tcp.second tcp.steady", 0 },
	{ 3, step_row, "retry.state tcp.steady", 0 },
	{ 3, step_mtu_near, "mtu.state", 0 },
	{ 3, step_ipv6, "mtu.ipv6 loss.ipv6 smb.ipv6", 0 },
	{ 3, step_refused_again, "tcp.steady", 0 },
	{ 3, step_watch, "link.flapping", 0 },
	{ 3, step_dns_domain, "dns.domain", 0 },
	{ 4, step_smb_others, "smb.dialects smb.small smb.other smb.service smb.smb1-reset smb.encryption", 8 },
	{ 4, step_mtu_quick, "mtu.state", 6 },
	{ 4, step_datagrams, "mtu.state", 7 },
	{ 4, step_loss, "loss.state", 20 },
	{ 4, step_unsteady, "retry.state", 36 },
	{ 4, step_large, "mtu.state", 12 },
	{ 4, step_again, "tcp.again", 4 },
	{ 4, step_patience, "loss.state latency.state", 3 },
	{ 4, step_dns_other, "dns.site", 2 },
	{ 4, step_subnet, "subnet.state", 9 },
	{ 4, step_detour, "gateway.detour", 3 },
	{ 4, step_other_gateway, "gateway.other", 6 },
	{ 4, step_trace, "gateway.forwards path.loop ras.peer", 4 },
	{ 5, step_late, "latency.state", 1 },
	{ 5, step_retry, "retry.state", 42 },
};

/* worth: the step tells a fact that would part what is left; or, where needs is set, one that a cause left needs. */
static bool worth(const struct step *s, const struct weighed *w, const struct digest *d, bool needs)
{
	struct str rest = str_c(s->facts), fact;
	if (d->c->all || str_eq(rest, STR("*")))
		return true;
	while (str_word(&rest, &fact)) {
		const struct fact_help *help = fact_help_find(fact);
		if (help && (needs ? weigh_needs(w, d, help) : weigh_parts(w, d, help) > 0))
			return true;
	}
	return false;
}

enum { COSTLY_STAGE = 4, STAGE_STEPS_MAX = 16 };

/* plan_costly builds those of a stage that are worth it, the most telling for its cost first. */
static void plan_costly(struct wave *w, const struct weighed *weighed, const struct step *stage, size_t count,
			bool needs)
{
	struct offer offers[STAGE_STEPS_MAX] = { 0 };
	size_t order[STAGE_STEPS_MAX];
	assert(count <= STAGE_STEPS_MAX);
	for (size_t i = 0; i < count; i++)
		offers[i] = (struct offer){ stage[i].facts, stage[i].packets };
	weigh_order(weighed, w->d, offers, count, order);
	for (size_t i = 0; i < count; i++)
		if (worth(&stage[order[i]], weighed, w->d, needs))
			stage[order[i]].build(w);
}

/* costly_until_ms: how long after its beginning a diagnosis may still begin what takes long. */
static double costly_until_ms(const struct digest *d)
{
	bool slow = d->asks_ras || digest_seems_slow(d) || digest_pings_late(d);
	return slow ? SLOW_UNTIL_MS : COSTLY_UNTIL_MS;
}

/* plan_stage builds the steps of the lowest stage that has anything to ask. */
static void plan_stage(struct wave *w, const struct weighed *weighed, bool needs)
{
	double until = costly_until_ms(w->d);
	const size_t all = sizeof steps / sizeof *steps;
	for (size_t i = 0, next; i < all && !w->count; i = next) {
		bool costly = steps[i].stage >= COSTLY_STAGE;
		for (next = i + 1; next < all && steps[next].stage == steps[i].stage; next++)
			;
		if (costly && w->d->c->elapsed_ms > until)
			return;
		if (costly)
			plan_costly(w, weighed, &steps[i], next - i, needs);
		for (; !costly && i < next; i++)
			if (worth(&steps[i], weighed, w->d, needs))
				steps[i].build(w);
	}
}

size_t plan_unasked(const struct weighed *weighed, const struct digest *d, const struct fact_help **ret_facts,
		    size_t max)
{
	size_t count = 0;
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		struct wave w = { .d = d, .a = d->a };
		struct str rest = str_c(steps[i].facts), fact;
		bool late = steps[i].stage >= COSTLY_STAGE && d->c->elapsed_ms > costly_until_ms(d);
		if (late || !(worth(&steps[i], weighed, d, false) || worth(&steps[i], weighed, d, true)))
			continue;
		steps[i].build(&w);
		while (w.count && str_word(&rest, &fact)) {
			const struct fact_help *help = fact_help_find(fact);
			size_t at = 0;
			while (at < count && ret_facts[at] != help)
				at++;
			if (help && at == count && count < max && !digest_find(d, fact))
				ret_facts[count++] = help;
		}
	}
	return count;
}

enum err diagnose_target(const struct case_file *c, struct arena *a, struct str *ret_address, unsigned *ret_port)
{
	struct digest d;
	uint64_t port = 0;
	enum err err = digest_make(c, a, &d);
	if (err)
		return err;
	*ret_address = d.target;
	*ret_port = str_u64(d.port, &port) ? (unsigned)port : 0;
	return ERR_OK;
}

enum err diagnose_plan(const struct causes *causes, const struct case_file *c, struct arena *a,
		       struct probe_request **ret_requests, size_t *ret_count, double *ret_wait_ms)
{
	struct digest d;
	struct weighed weighed = { 0 };
	enum err err = digest_make(c, a, &d);
	if (!err)
		err = weigh(causes, &d, a, &weighed);
	if (err)
		return err;
	struct wave w = { .d = &d, .a = a };
	if ((!weighed.decided && !weighed.strained) || c->all) {
		plan_stage(&w, &weighed, false);
		if (!w.count)
			plan_stage(&w, &weighed, true);
		w.last = !w.count;
		if (w.last)
			plan_stage(&w, &weighed, false);
	}
	if (arena_err(a))
		return ERR_NOMEM;
	*ret_requests = w.requests;
	*ret_count = w.count;
	*ret_wait_ms = 0;
	return ERR_OK;
}
