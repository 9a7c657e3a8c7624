/* SPDX-License-Identifier: MIT
 *
 * A probe fed with anything. Input: a row of events, each an operation byte, a channel byte (its lowest bit; the others
 * are how many segments were sent again, for operation 6), a length byte, and so many bytes (times 16 for operation 7).
 * After every input the evidence must hold to the probe's tables.
 */
#ifndef KBT_TESTS_FUZZ_PROBE_H
#define KBT_TESTS_FUZZ_PROBE_H

#include "tests/main/sim.h"

#include "base/wire.h"

enum { FUZZ_EVENTS_MAX = 200 };

/* The answer's first two bytes may be those of what was sent: or no answer would ever have the right id. */
static inline struct str fuzz_bytes(struct sim *s, struct wire *w, unsigned operation, unsigned channel)
{
	size_t size = wire_u8(w);
	struct str bytes = wire_bytes(w, operation == 7 ? size * 16 : size);
	struct str sent = s->sent[channel];
	if (operation != 2 || bytes.n < 2 || sent.n < 2)
		return bytes;
	char *copy = (char *)arena_str(&s->arena, bytes).p;
	memcpy(copy, sent.p, 2);
	return (struct str){ copy, bytes.n };
}

static inline void fuzz_event(struct sim *s, struct wire *w)
{
	static const enum event_kind kinds[] = { EVENT_OPEN, EVENT_BYTES, EVENT_BYTES, EVENT_END,
						 EVENT_FAIL, EVENT_TIMER, EVENT_TCP, EVENT_BYTES };
	unsigned operation = wire_u8(w) & 7u, second = wire_u8(w), channel = second & 1u;
	struct event e = { .kind = kinds[operation], .channel = channel };
	if (e.kind == EVENT_BYTES)
		e.bytes = fuzz_bytes(s, w, operation, channel);
	if (e.kind == EVENT_FAIL) {
		e.error = wire_u8(w);
		e.icmp = (struct icmp_note){
			.known = true, .type = wire_u8(w), .code = wire_u8(w), .from = { .family = 4, .bytes = { 10 } }
		};
	}
	if (e.kind == EVENT_TIMER) {
		if (s->machine.timer_ms < 0)
			return;
		s->now_ms = s->machine.timer_ms;
	}
	if (e.kind == EVENT_TCP)
		e.tcp = (struct tcp_note){ .known = true, .retransmits = second >> 1, .unacked = wire_u8(w) };
	sim_feed(s, e);
	for (const struct action *a; (a = machine_next_action(&s->machine));)
		if (a->kind == ACTION_SEND)
			s->sent[a->channel] = a->bytes;
}

static inline void fuzz_probe(const char *probe, const char *const *args, struct str data)
{
	struct sim s = { 0 };
	struct str words[PROBE_ARGS_MAX];
	struct diags d = { .arena = &s.arena };
	size_t count = 0;
	for (; args[count]; count++)
		words[count] = str_c(args[count]);
	if (probe_request_parse(str_c(probe), words, count, &s.arena, &d, &s.request))
		abort();
	sim_start(&s);
	struct wire w = wire_of(data);
	for (int i = 0; i < FUZZ_EVENTS_MAX && !s.machine.done && wire_left(&w); i++)
		fuzz_event(&s, &w);
	sim_end(&s);
	sim_free(&s);
}

#define FUZZ_PROBE(probe, ...)                                                              \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);                       \
	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                        \
	{                                                                                   \
		static const char *const args[] = { __VA_ARGS__, NULL };                    \
		fuzz_probe(probe, args, (struct str){ (const char *)data, size });          \
		return 0;                                                                   \
	}

#endif
