/* SPDX-License-Identifier: MIT
 *
 * Carries out what machines ask for, and feeds them what happens. Owns the clock, the limits and, by channel.c, the
 * sockets. A machine that has to wait for its turn (packets a second) does not age meanwhile, so its own waits stay
 * true.
 */
#include "probe/driver.h"

#include "base/mem.h"
#include "probe/channel.h"
#include "probe/driver_helper.h"

#include <errno.h>
#include <math.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>

enum {
	CANCEL_LOOK_MS = 50,	/* how soon a cancel is seen */
	LATE_MS = 100,		/* a connection that takes longer sends again, and its end is of another moment */
	LONG_MS = 500,		/* so is the end of one that was open for so long */
	TCP_PACKETS = 4,	/* SYN, ACK, FIN, ACK: of a connection that carries nothing */
	TCP_ABORT_PACKETS = 3,	/* SYN, ACK, RST */
	SYSTEM_PACKETS = 4,	/* the system's own, which nobody can count: it answers ARP, says that a port is closed */
	PEERS_MAX = 16,		/* of whom the first packet costs one more: the system asks for a hardware address */
	PACED = DRIVER_PACKETS_PER_S - SYSTEM_PACKETS,
	/* A diagnosis goes on for seconds: six of the system's own were seen in one. */
	COUNTED_MAX = DRIVER_PACKETS_MAX - 2 * SYSTEM_PACKETS,
	CHANNEL_BUFFER = MACHINE_BYTES_MAX,
	HELPER_SLACK_MS = 15000 /* beyond the longest deadline: waiting for its turn does not age a machine */
};

/* What was sent so far; plain bytes, since it comes back from the helper process. */
struct sent {
	struct driver_count count;
	double at_ms[PACED]; /* when the last packets went, as a ring */
	unsigned next;
	struct address peers[PEERS_MAX]; /* to whom something went, as a ring */
	unsigned peer_next;
};

struct driver {
	struct driver_options options;
	struct sent sent;
	_Alignas(8) uint8_t buffer[CHANNEL_BUFFER]; /* netlink messages are read where they lie */
};

struct run {
	struct driver *driver;
	struct machine machine;
	struct evidence *evidence;
	struct channel channels[MACHINE_CHANNELS_MAX];
	unsigned reading;     /* the channel that events come from */
	double begin_ms;      /* on the driver's clock; moved on while it waits for its turn */
	double blocked_ms;    /* since when it waits for its turn; negative: it does not */
	double deadline_ms;   /* since it began; sooner where another has won its race */
	bool deadline_told, reported;
};

int64_t driver_now_ms(const struct driver *driver)
{
	(void)driver;
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum err driver_open(const struct driver_options *options, struct diags *d, struct driver **ret_driver)
{
	struct driver *driver = mem_resize(NULL, sizeof *driver);
	if (!driver)
		return diags_fail(d, ERR_NOMEM, "no memory for the probe driver");
	memset(driver, 0, sizeof *driver);
	if (options)
		driver->options = *options;
	for (size_t i = 0; i < PACED; i++)
		driver->sent.at_ms[i] = -1e9;
	*ret_driver = driver;
	return ERR_OK;
}

void driver_close(struct driver **driver)
{
	mem_free(*driver);
	*driver = NULL;
}

struct driver_count driver_counted(const struct driver *driver)
{
	return driver->sent.count;
}

static bool cancelled(const struct driver *d)
{
	return d->options.cancel && atomic_load(d->options.cancel);
}

enum err driver_wait(struct driver *driver, double ms)
{
	double end = helper_clock_ms() + ms;
	for (double left = ms; left > 0; left = end - helper_clock_ms()) {
		if (cancelled(driver))
			return ERR_INTERRUPTED;
		poll(NULL, 0, (int)ceil(left < CANCEL_LOOK_MS ? left : CANCEL_LOOK_MS));
	}
	return cancelled(driver) ? ERR_INTERRUPTED : ERR_OK;
}

/* pace: so many packets go now, whether they count here or did before. */
static void pace(struct driver *d, unsigned packets, double now)
{
	for (unsigned i = 0; i < packets; i++) {
		d->sent.at_ms[d->sent.next] = now;
		d->sent.next = (d->sent.next + 1) % PACED;
	}
}

/* pace_peer: of somebody new the system asks for the hardware address first, or for that of the router there. */
static void pace_peer(struct driver *d, const struct channel_spec *spec, double now)
{
	bool asks = spec->kind == CHANNEL_TCP || spec->kind == CHANNEL_UDP || spec->kind == CHANNEL_ICMP;
	for (unsigned i = 0; i < PEERS_MAX; i++)
		asks = asks && !address_eq(d->sent.peers[i], spec->to);
	if (!asks || !spec->to.family)
		return;
	d->sent.peers[d->sent.peer_next] = spec->to;
	d->sent.peer_next = (d->sent.peer_next + 1) % PEERS_MAX;
	pace(d, 1, now);
}

static void count_packets(struct run *r, struct channel *c, unsigned packets, double now)
{
	r->driver->sent.count.packets += packets;
	r->evidence->packets += packets;
	c->packets += packets;
	pace(r->driver, packets, now);
}

/* closing_segments: RST; or FIN, and the ACK of theirs. */
static unsigned closing_segments(const struct channel *c)
{
	return !c->connected ? 0 : c->spec.abort ? 1 : 2;
}

/* run_count: the segments that the system has sent on a connection by now, and those of its end, were counted when it
 * was opened as far as they could be foreseen. */
static void run_count(struct run *r, struct channel *c, double now)
{
	if (c->fd < 0 || c->spec.kind != CHANNEL_TCP)
		return;
	unsigned out = channel_segments(c), fresh = out > c->segments ? out - c->segments : 0;
	unsigned segments = out + closing_segments(c), more = segments > c->packets ? segments - c->packets : 0;
	count_packets(r, c, more, now);
	if (c->late && fresh > more)
		pace(r->driver, fresh - more, now);
	c->segments = out;
	c->late |= !c->connected && now >= c->opened_ms + LATE_MS;
}

static void run_close(struct run *r, unsigned channel, double now)
{
	struct channel *c = &r->channels[channel];
	run_count(r, c, now);
	if (c->fd >= 0 && (c->late || now >= c->opened_ms + LONG_MS))
		pace(r->driver, closing_segments(c), now);
	channel_close(c);
}

static unsigned connection_cost(const struct channel_spec *spec)
{
	return spec->kind != CHANNEL_TCP ? 0 : spec->abort ? TCP_ABORT_PACKETS : TCP_PACKETS;
}

/* What an action costs in packets. */
static unsigned action_cost(const struct run *r, const struct action *a)
{
	if (a->kind == ACTION_OPEN)
		return connection_cost(&a->spec);
	const struct channel *c = &r->channels[a->channel];
	if (a->kind != ACTION_SEND || c->spec.kind == CHANNEL_ROUTE)
		return 0;
	unsigned packets = channel_send_packets(c, a->bytes.n);
	return packets < PACED ? packets : PACED;
}

/* limits_allow: may cost packets go now? If not yet, *ret_wait_until; if never, the machine is ended. */
static bool limits_allow(struct run *r, const struct action *a, unsigned cost, double now, double *ret_wait_until)
{
	struct driver *d = r->driver;
	if (d->sent.count.packets + cost > COUNTED_MAX) {
		machine_not_run(&r->machine, "the limit of %d packets a diagnosis is reached", DRIVER_PACKETS_MAX);
		return false;
	}
	if (a->kind == ACTION_OPEN && a->spec.kind == CHANNEL_TCP &&
	    d->sent.count.connections == DRIVER_CONNECTIONS_MAX) {
		machine_not_run(&r->machine, "the limit of %d connections a diagnosis is reached",
				DRIVER_CONNECTIONS_MAX);
		return false;
	}
	double oldest = d->sent.at_ms[(d->sent.next + cost - 1) % PACED];
	*ret_wait_until = oldest + 1000;
	return now >= oldest + 1000;
}

static bool refuses(const struct driver *driver, struct address to, unsigned port, const char **ret_why)
{
	const struct driver_options *o = &driver->options;
	struct sockaddr_storage s;
	*ret_why = "not permitted";
	return o->allow && address_to_sockaddr(to, (uint16_t)port, &s) &&
	       !o->allow(o->context, (struct sockaddr *)&s, port, ret_why);
}

bool driver_refuses(const struct driver *driver, struct str address, unsigned port, const char **ret_why)
{
	struct address to;
	return address_parse(address, &to) && refuses(driver, to, port, ret_why);
}

static bool policy_allows(struct run *r, struct address to, unsigned port)
{
	const char *why;
	if (!refuses(r->driver, to, port, &why))
		return true;
	struct str text = address_print(to, r->machine.arena);
	machine_not_run(&r->machine, "%.*s: %s", STR_ARG(text), why);
	return false;
}

static bool run_emit(void *context, const struct event *e)
{
	struct run *r = context;
	struct event copy = *e;
	if (r->machine.done)
		return false;
	copy.channel = r->reading;
	copy.ms = helper_clock_ms() - r->begin_ms;
	machine_feed(&r->machine, &copy);
	return !r->machine.done;
}

static void run_emit_fail(struct run *r, unsigned channel, int error)
{
	r->reading = channel;
	const struct channel *c = &r->channels[channel];
	struct event e = { .kind = EVENT_FAIL, .error = error, .local = c->local, .no_socket = c->fd < 0 };
	run_emit(r, &e);
}

static void run_open(struct run *r, const struct action *a, double now)
{
	struct channel *c = &r->channels[a->channel];
	run_close(r, a->channel, now);
	if (!policy_allows(r, a->spec.to, a->spec.port))
		return;
	int error = channel_open(c, &a->spec);
	c->opened_ms = now;
	if (!error)
		pace_peer(r->driver, &c->spec, now);
	r->reading = a->channel;
	if (c->spec.kind == CHANNEL_TCP && (!error || error == ETIMEDOUT)) {
		r->driver->sent.count.connections++;
		r->evidence->connections++;
		count_packets(r, c, connection_cost(&a->spec), now);
	}
	if (error) {
		c->ended = true;
		run_emit_fail(r, a->channel, error);
	} else if (c->spec.kind != CHANNEL_TCP) {
		struct event e = { .kind = EVENT_OPEN, .local = c->local };
		run_emit(r, &e);
	}
}

static void run_send(struct run *r, const struct action *a, double now)
{
	struct channel *c = &r->channels[a->channel];
	if (c->fd < 0 || (a->spec.to.family && !policy_allows(r, a->spec.to, a->spec.port)))
		return;
	unsigned packets = action_cost(r, a);
	int error = channel_send(c, a);
	if (!error)
		count_packets(r, c, packets, now);
	else if (!c->ended) /* an ended stream has told its error */
		run_emit_fail(r, a->channel, error);
}

static void run_act(struct run *r, const struct action *a, double now)
{
	switch (a->kind) {
	case ACTION_OPEN:
		run_open(r, a, now);
		break;
	case ACTION_SEND:
		run_send(r, a, now);
		break;
	case ACTION_ASK_TCP: {
		r->reading = a->channel;
		const struct channel *c = &r->channels[a->channel];
		struct event e = { .kind = EVENT_TCP, .tcp = channel_tcp_note(c), .local = c->local };
		run_emit(r, &e);
		break;
	}
	case ACTION_CLOSE:
		run_close(r, a->channel, now);
		break;
	}
}

/* run_pump carries out what the machine asks for until it asks for nothing or has to wait; *ret_until is when. */
static void run_pump(struct run *r, double *ret_until)
{
	struct machine *m = &r->machine;
	while (!m->done && m->action_at < m->action_count) {
		struct action a = m->actions[m->action_at]; /* a copy: the list may move */
		double now = helper_clock_ms(), until = now;
		unsigned cost = action_cost(r, &a);
		if (cost && !limits_allow(r, &a, cost, now, &until)) {
			if (m->done)
				return;
			if (r->blocked_ms < 0)
				r->blocked_ms = now;
			*ret_until = fmin(*ret_until, until);
			return;
		}
		if (r->blocked_ms >= 0)
			r->begin_ms += now - r->blocked_ms;
		r->blocked_ms = -1;
		m->action_at++;
		run_act(r, &a, now);
	}
}

static void run_timers(struct run *r)
{
	struct machine *m = &r->machine;
	double now = helper_clock_ms();
	if (m->done || r->blocked_ms >= 0)
		return;
	struct event e = { .kind = EVENT_TIMER };
	double deadline = r->begin_ms + r->deadline_ms;
	if (m->timer_ms >= 0 && now >= r->begin_ms + m->timer_ms)
		run_emit(r, &e);
	if (!m->done && now >= deadline) {
		e.kind = EVENT_DEADLINE;
		if (!r->deadline_told)
			run_emit(r, &e);
		r->deadline_told = true;
		if (!m->done)
			machine_not_run(m, "it did not end within %.0f ms", r->deadline_ms);
	}
}

/* run_until: when it has to be looked at again, whatever comes. */
static void run_until(const struct run *r, double *ret_until)
{
	const struct machine *m = &r->machine;
	if (m->done || r->blocked_ms >= 0)
		return;
	if (m->timer_ms >= 0)
		*ret_until = fmin(*ret_until, r->begin_ms + m->timer_ms);
	*ret_until = fmin(*ret_until, r->begin_ms + r->deadline_ms);
}

static void run_report(struct run *r, size_t index, driver_done *done, void *context)
{
	double now = helper_clock_ms();
	for (unsigned i = 0; i < MACHINE_CHANNELS_MAX; i++)
		run_close(r, i, now);
	r->evidence->ms = now - r->begin_ms;
	r->reported = true;
	done(context, index, r->evidence);
}

/* runs_yield: where this one has won its race, the others may take twice its round trip, as they go the same way. */
static void runs_yield(struct run *runs, size_t count, const struct run *winner)
{
	enum { TRIPS = 2 };
	const struct probe_request *won = winner->machine.request;
	if (!won->race || !won->probe->wins || !str_eq(winner->evidence->state, str_c(won->probe->wins)))
		return;
	const struct fact *trip = evidence_fact(winner->evidence, won->probe->trip);
	double trip_ms = trip && trip->number > 0 ? trip->number : winner->evidence->ms; /* 0: less than a tenth */
	if (won->race_trip_ms > 0 && trip_ms > won->race_trip_ms)
		return;
	for (size_t i = 0; i < count; i++) {
		struct run *r = &runs[i];
		const struct probe_request *other = r->machine.request;
		if (!r->reported && other->race == won->race)
			r->deadline_ms = fmin(r->deadline_ms, fmax(other->race_ms, TRIPS * trip_ms));
	}
}

/* runs_poll waits for the sockets until a time, and feeds what came. */
static void runs_poll(struct driver *d, struct run *runs, size_t count, struct pollfd *polls, double until)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		for (unsigned k = 0; k < MACHINE_CHANNELS_MAX; k++)
			if (!runs[i].reported && channel_wants(&runs[i].channels[k]))
				polls[n++] = (struct pollfd){ .fd = runs[i].channels[k].fd,
							      .events = channel_wants(&runs[i].channels[k]) };
	double ms = fmin(fmax(until - helper_clock_ms(), 0), CANCEL_LOOK_MS);
	if (poll(polls, n, (int)ceil(ms)) <= 0)
		return;
	size_t at = 0;
	for (size_t i = 0; i < count; i++)
		for (unsigned k = 0; k < MACHINE_CHANNELS_MAX; k++) {
			struct run *r = &runs[i];
			if (r->reported || at == n || r->channels[k].fd != polls[at].fd)
				continue;
			r->reading = k;
			channel_read(&r->channels[k], polls[at].revents, d->buffer, sizeof d->buffer, run_emit, r);
			at++;
		}
}

/* runs_count: what the system sends by itself on open connections counts when it goes, and not when they end. */
static void runs_count(struct run *runs, size_t count)
{
	double now = helper_clock_ms();
	for (size_t i = 0; i < count; i++)
		for (unsigned k = 0; !runs[i].reported && k < MACHINE_CHANNELS_MAX; k++)
			run_count(&runs[i], &runs[i].channels[k], now);
}

/* request_zone: of an address among its arguments; false where there is none. */
static bool request_zone(const struct probe_request *r, struct address *ret_address)
{
	for (size_t i = 0; i < r->arg_count; i++)
		if (address_parse(r->args[i].value, ret_address) && *ret_address->zone)
			return true;
	return false;
}

static bool run_begin(struct run *r, struct driver *driver, const struct probe_request *request, struct arena *a)
{
	uint64_t random = 0;
	if (getrandom(&random, sizeof random, 0) < 0)
		random = (uint64_t)(helper_clock_ms() * 1e6);
	r->driver = driver;
	r->blocked_ms = -1;
	for (unsigned i = 0; i < MACHINE_CHANNELS_MAX; i++)
		r->channels[i].fd = -1;
	r->evidence = arena_new(a, struct evidence);
	if (!r->evidence)
		return false;
	r->begin_ms = helper_clock_ms();
	r->deadline_ms = request->probe->deadline_ms;
	machine_start(&r->machine, request, random, a, r->evidence);
	struct address to;
	if (!r->machine.done && request_zone(request, &to) && !request->zone_index)
		machine_not_run(&r->machine, "this machine has no network link %s", to.zone);
	r->evidence->at_ms = driver_now_ms(driver);
	return true;
}

static void runs_cancel(struct run *runs, size_t count, driver_done *done, void *context)
{
	for (size_t i = 0; i < count; i++) {
		if (runs[i].reported)
			continue;
		if (!runs[i].machine.done)
			machine_not_run(&runs[i].machine, "interrupted");
		run_report(&runs[i], i, done, context);
	}
}

/* carry_out runs a wave in this process. */
static enum err carry_out(struct driver *driver, const struct probe_request *requests, size_t count, struct arena *a,
			  driver_done *done, void *context)
{
	struct run *runs = arena_array(a, struct run, count);
	struct pollfd *polls = arena_array(a, struct pollfd, count * MACHINE_CHANNELS_MAX);
	bool begun = runs && polls;
	for (size_t i = 0; begun && i < count; i++)
		begun = run_begin(&runs[i], driver, &requests[i], a);
	if (!begun)
		return ERR_NOMEM;
	for (size_t left = count; left;) {
		if (cancelled(driver)) {
			runs_cancel(runs, count, done, context);
			return ERR_INTERRUPTED;
		}
		double until = helper_clock_ms() + CANCEL_LOOK_MS;
		runs_count(runs, count);
		for (size_t i = 0; i < count; i++) {
			if (runs[i].reported)
				continue;
			run_pump(&runs[i], &until);
			run_timers(&runs[i]);
			run_pump(&runs[i], &until);
			run_until(&runs[i], &until);
			if (runs[i].machine.done) {
				run_report(&runs[i], i, done, context);
				runs_yield(runs, count, &runs[i]);
				left--;
			}
		}
		if (left)
			runs_poll(driver, runs, count, polls, until);
	}
	return arena_err(a);
}

/* zones_resolved: the requests with the numbers of their zones, which the helper may not ask for. */
static const struct probe_request *zones_resolved(const struct probe_request *requests, size_t count, struct arena *a)
{
	struct probe_request *copies = arena_array(a, struct probe_request, count);
	for (size_t i = 0; copies && i < count; i++) {
		struct address to;
		uint64_t number;
		copies[i] = requests[i];
		if (!request_zone(&copies[i], &to))
			continue;
		copies[i].zone_index = if_nametoindex(to.zone);
		if (!copies[i].zone_index && str_u64(str_c(to.zone), &number) && number <= INT32_MAX)
			copies[i].zone_index = (unsigned)number;
	}
	return copies;
}

struct wave {
	struct driver *driver;
	const struct probe_request *requests;
	size_t count;
	struct arena *arena;
};

static enum err wave_work(void *context, driver_done *done, void *done_context)
{
	struct wave *w = context;
	return carry_out(w->driver, w->requests, w->count, w->arena, done, done_context);
}

/* What a helper says that it sent is believed within reason: never less than before, not far over the limits. One that
 * ended without saying it leaves nothing to send. */
static struct sent sent_checked(struct sent before, struct sent said)
{
	bool good = said.count.packets >= before.count.packets && said.count.connections >= before.count.connections &&
		    said.count.packets <= 2 * DRIVER_PACKETS_MAX && said.count.connections <= DRIVER_CONNECTIONS_MAX &&
		    said.next < PACED;
	if (!good) {
		said = before;
		said.count = (struct driver_count){ DRIVER_PACKETS_MAX, DRIVER_CONNECTIONS_MAX };
	}
	return said;
}

enum err driver_run(struct driver *driver, const struct probe_request *requests, size_t count, struct arena *a,
		    driver_done *done, void *context)
{
	if (driver->options.cancel && atomic_load(driver->options.cancel))
		return ERR_INTERRUPTED;
	requests = zones_resolved(requests, count, a);
	if (!requests)
		return ERR_NOMEM;
	if (driver->options.in_process)
		return carry_out(driver, requests, count, a, done, context);
	double limit_ms = HELPER_SLACK_MS;
	for (size_t i = 0; i < count; i++)
		limit_ms = fmax(limit_ms, requests[i].probe->deadline_ms + HELPER_SLACK_MS);
	struct wave wave = { driver, requests, count, a };
	struct sent before = driver->sent;
	struct helper_job job = { .requests = requests, .count = count, .cancel = driver->options.cancel,
				  .limit_ms = limit_ms, .work = wave_work, .context = &wave, .carry = &driver->sent,
				  .carry_size = sizeof driver->sent };
	enum err e = helper_run(&job, a, done, context);
	driver->sent = sent_checked(before, driver->sent);
	return e;
}
