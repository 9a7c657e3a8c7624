/* SPDX-License-Identifier: MIT
 *
 * The machine's side of the contract: actions queued, the timer, facts and the end. Pure.
 */
#include "probe/probe_machine.h"

#include "base/utf8.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

void machine_start(struct machine *m, const struct probe_request *r, uint64_t random, struct arena *a,
		   struct evidence *e)
{
	*m = (struct machine){ .request = r, .arena = a, .evidence = e, .random = random, .timer_ms = -1 };
	*e = (struct evidence){ .probe = str_c(r->probe->name), .arg_count = r->arg_count };
	e->args = arena_array(a, struct probe_arg, r->arg_count);
	m->state = arena_alloc(a, r->probe->state_size);
	if (arena_err(a)) {
		e->arg_count = 0;
		machine_not_run(m, "out of memory");
		return;
	}
	for (size_t i = 0; i < r->arg_count; i++)
		e->args[i] = (struct probe_arg){ arena_str(a, r->args[i].name), arena_str(a, r->args[i].value) };
	r->probe->start(m);
}

void machine_feed(struct machine *m, const struct event *e)
{
	assert(!m->done);
	m->now_ms = e->ms;
	if (e->kind == EVENT_TIMER)
		m->timer_ms = -1;
	m->request->probe->feed(m, e);
	if (!m->done && arena_err(m->arena))
		machine_not_run(m, "out of memory");
}

const struct action *machine_next_action(struct machine *m)
{
	return m->action_at < m->action_count ? &m->actions[m->action_at++] : NULL;
}

static void machine_act(struct machine *m, struct action action)
{
	assert(action.channel < MACHINE_CHANNELS_MAX);
	struct action *slot = arena_push(m->arena, &m->actions, &m->action_count, &m->action_cap);
	if (!slot)
		return;
	action.bytes = arena_str(m->arena, action.bytes);
	*slot = action;
}

void machine_open(struct machine *m, unsigned channel, struct channel_spec spec)
{
	machine_act(m, (struct action){ .kind = ACTION_OPEN, .channel = channel, .spec = spec });
}

void machine_send(struct machine *m, unsigned channel, struct str bytes)
{
	machine_act(m, (struct action){ .kind = ACTION_SEND, .channel = channel, .bytes = bytes });
}

void machine_send_to(struct machine *m, unsigned channel, struct address to, uint16_t port, struct str bytes)
{
	machine_act(m, (struct action){ .kind = ACTION_SEND, .channel = channel, .spec = { .to = to, .port = port },
					.bytes = bytes });
}

void machine_ask_tcp(struct machine *m, unsigned channel)
{
	machine_act(m, (struct action){ .kind = ACTION_ASK_TCP, .channel = channel });
}

void machine_close(struct machine *m, unsigned channel)
{
	machine_act(m, (struct action){ .kind = ACTION_CLOSE, .channel = channel });
}

void machine_timer(struct machine *m, double ms)
{
	m->timer_ms = ms < 0 ? -1 : m->now_ms + ms;
}

/* splitmix64: the seed is the driver's, from the system's random source. */
uint16_t machine_random(struct machine *m)
{
	uint64_t z = m->random += 0x9E3779B97F4A7C15u;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return (uint16_t)(z >> 31 ^ z);
}

void machine_keep_raw(struct machine *m, struct str bytes)
{
	struct str *raw = &m->evidence->raw;
	bytes = str_first(bytes, PROBE_RAW_MAX - raw->n);
	if (!bytes.n)
		return;
	char *joined = arena_alloc(m->arena, raw->n + bytes.n);
	if (!joined)
		return;
	if (raw->n)
		memcpy(joined, raw->p, raw->n);
	memcpy(joined + raw->n, bytes.p, bytes.n);
	*raw = (struct str){ joined, raw->n + bytes.n };
}

/* Text from the network: valid UTF-8 without control bytes, whatever came. */
static struct str clean_text(struct machine *m, struct str text)
{
	struct str clean = arena_str(m->arena, utf8_mend(text, m->arena));
	for (size_t i = 0; i < clean.n; i++) {
		char *c = (char *)clean.p + i; /* our own copy */
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			*c = '.';
	}
	return clean;
}

static void machine_finish(struct machine *m, struct str state, const char *format, va_list args)
{
	assert(!m->done);
	m->done = true;
	m->timer_ms = -1;
	m->evidence->state = state;
	struct str reason = arena_vprintf(m->arena, format, args);
	if (m->adjusted.n)
		reason = arena_printf(m->arena, "%.*s; %.*s", STR_ARG(reason), STR_ARG(m->adjusted));
	m->evidence->reason = clean_text(m, reason);
}

void machine_end(struct machine *m, const char *state, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	machine_finish(m, str_c(state), format, args);
	va_end(args);
}

void machine_not_run(struct machine *m, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	m->evidence->fact_count = 0; /* unknown: half a look must not pass for one */
	machine_finish(m, STR("not-run"), format, args);
	va_end(args);
}

void machine_denied(struct machine *m, const char *socket, int error)
{
	machine_not_run(m, "no %s socket (%s): run as root, or grant CAP_NET_RAW (setcap cap_net_raw+ep on the program)",
			socket, errno_name(error));
}

struct str machine_arg(const struct machine *m, const char *name)
{
	return probe_request_arg(m->request, name);
}

double machine_arg_number(struct machine *m, const char *name, double otherwise, double least, double most)
{
	uint64_t n;
	struct str given = machine_arg(m, name);
	if (!str_u64(given, &n))
		return otherwise;
	double v = fmin(fmax((double)n, least), most);
	if (v != (double)n) /* said, for a person asked for another */
		m->adjusted = arena_printf(m->arena, "%.*s%s%s=%.*s is %s %.0f, which was taken", STR_ARG(m->adjusted),
					   m->adjusted.n ? ", " : "", name, STR_ARG(given),
					   v < (double)n ? "above the most," : "below the least,", v);
	return v;
}

bool machine_arg_address(const struct machine *m, const char *name, struct address *ret_address)
{
	struct address a;
	if (!address_parse(machine_arg(m, name), &a))
		return false;
	if (*a.zone)
		a.zone_index = m->request->zone_index;
	*ret_address = a;
	return true;
}

void machine_text(struct machine *m, const char *fact, struct str value)
{
	evidence_add_text(m->evidence, m->arena, fact, clean_text(m, value));
}

void machine_number(struct machine *m, const char *fact, double value)
{
	evidence_add_number(m->evidence, m->arena, fact, value);
}

/* A time is good to a tenth of a millisecond, and reads well so. */
void machine_ms(struct machine *m, const char *fact, double ms)
{
	machine_number(m, fact, round(ms * 10) / 10);
}

void machine_bool(struct machine *m, const char *fact, bool value)
{
	evidence_add_bool(m->evidence, m->arena, fact, value);
}

void machine_address(struct machine *m, const char *fact, struct address value)
{
	if (value.family)
		machine_text(m, fact, address_print(value, m->arena));
}

const char *errno_name(int number)
{
	const char *name = strerrorname_np(number);
	return name ? name : "errno";
}
