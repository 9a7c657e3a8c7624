/* SPDX-License-Identifier: MIT
 *
 * Probes on a written network. Input: a request and what comes back, a line each; output: what the probe did, and its
 * evidence.
 *
 *   # a remark
 *   probe NAME k=v...          first; starts it
 *   open C [local=A] [orderless] the channel is open
 *   bytes C [from=A] [retransmits=N] [data=N] VALUE...
 *                              VALUE is hex, "text" (\r \n \0 known), <A:B> bytes of the last packet sent on C,
 *                              netbios:NAME:SUFFIX an encoded name, or any of these followed by *N
 *   end C                      the peer closed
 *   fail C ERRNO [icmp=TYPE/CODE/FROM] [mtu=N] [local=A] [no-socket]
 *   tcp C UNACKED RETRANSMITS [kept] the answer to a question about the connection; kept: they did not leave
 *   wait MS                    time goes by
 *   timer                      time goes by until the probe's timer, if it is not past, which goes off
 *   deadline                   the driver's patience ends
 */
#include "tests/main/golden.h"
#include "tests/main/sim.h"

#include "probe/netbios.h"

#include <errno.h>

static void print_hex(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		buf_addf(out, "%02x", (uint8_t)s.p[i]);
}

static void print_action(struct sim *s, const struct action *a, struct buf *out)
{
	static const char *const kinds[] = { "udp", "broadcast", "tcp", "icmp", "route", "arp", "via" };
	static const char *const acts[] = { "open", "send", "ask-tcp", "close" };
	struct str to = address_print(a->spec.to, &s->arena);
	buf_addf(out, "> %s %u", acts[a->kind], a->channel);
	if (a->kind == ACTION_OPEN)
		buf_addf(out, " %s", kinds[a->spec.kind]);
	if (to.n)
		buf_addf(out, " %.*s", STR_ARG(to));
	if (a->spec.port)
		buf_addf(out, " %u", a->spec.port);
	if (a->spec.ttl)
		buf_addf(out, " ttl=%u", a->spec.ttl);
	if (a->spec.df)
		buf_add_c(out, " df");
	if (a->kind == ACTION_SEND) {
		buf_add_char(out, ' ');
		print_hex(out, str_first(a->bytes, 96));
		if (a->bytes.n > 96)
			buf_addf(out, "... (%zu bytes)", a->bytes.n);
		s->sent[a->channel] = a->bytes;
	}
	buf_add_char(out, '\n');
}

static void print_actions(struct sim *s, struct buf *out)
{
	for (const struct action *a; !s->machine.done && (a = machine_next_action(&s->machine));)
		print_action(s, a, out);
}

static void print_evidence(struct sim *s, struct buf *out)
{
	const struct evidence *e = &s->evidence;
	buf_addf(out, "%.*s: %.*s\n", STR_ARG(e->state), STR_ARG(e->reason));
	for (size_t i = 0; i < e->fact_count; i++)
		buf_addf(out, "  %.*s = %.*s\n", STR_ARG(e->facts[i].name), STR_ARG(e->facts[i].text));
}

static void add_text(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == '\\' && i + 1 < text.n) {
			c = text.p[++i];
			c = c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
		}
		buf_add_char(out, c);
	}
}

static void add_hex(struct buf *out, struct str hex)
{
	for (size_t i = 0; i + 1 < hex.n; i += 2) {
		char text[] = { '0', 'x', hex.p[i], hex.p[i + 1] };
		uint64_t v = 0;
		if (!str_u64((struct str){ text, sizeof text }, &v))
			abort();
		buf_add_char(out, (char)v);
	}
}

static void add_sent(struct buf *out, struct str sent, struct str range)
{
	struct str from, to;
	uint64_t a = 0, b = 0;
	str_cut(range, ':', &from, &to);
	if (!str_u64(from, &a) || !str_u64(to, &b) || a > b)
		abort();
	buf_add(out, str_part(sent, (size_t)a, (size_t)b));
}

static void add_netbios(struct buf *out, struct str what)
{
	uint8_t bytes[64];
	struct wire_out w = wire_out_of(bytes, sizeof bytes);
	struct str name, suffix;
	uint64_t v = 0;
	str_cut(what, ':', &name, &suffix);
	if (!str_u64(suffix, &v))
		abort();
	netbios_put_name(&w, name, (uint8_t)v, STR(""));
	buf_add(out, wire_out_str(&w));
}

/* A value may not hold a blank, except in quotes. */
static bool next_value(struct str *rest, struct str *ret_value)
{
	*rest = str_trim(*rest);
	if (!rest->n)
		return false;
	size_t n = 0;
	for (bool quoted = false; n < rest->n && (quoted || rest->p[n] != ' '); n++)
		quoted = quoted != (rest->p[n] == '"');
	*ret_value = str_first(*rest, n);
	*rest = str_from(*rest, n);
	return true;
}

static struct str read_values(struct sim *s, unsigned channel, struct str rest)
{
	struct buf all = { 0 }, one = { 0 };
	struct str value;
	while (next_value(&rest, &value)) {
		uint64_t times = 1;
		size_t star = str_find_char(value, '*');
		if (star != STR_NONE && value.p[0] != '"') {
			if (!str_u64(str_from(value, star + 1), &times))
				abort();
			value = str_first(value, star);
		}
		buf_clear(&one);
		if (value.p[0] == '"')
			add_text(&one, str_part(value, 1, value.n - 1));
		else if (value.p[0] == '<')
			add_sent(&one, s->sent[channel], str_part(value, 1, value.n - 1));
		else if (str_starts(value, STR("netbios:")))
			add_netbios(&one, str_from(value, 8));
		else
			add_hex(&one, value);
		while (times--)
			buf_add(&all, buf_str(&one));
	}
	struct str bytes = buf_keep(&all, &s->arena);
	buf_free(&all);
	buf_free(&one);
	return bytes;
}

static int errno_of(struct str name)
{
	for (int i = 1; i < 140; i++)
		if (str_eq(str_c(errno_name(i)), name))
			return i;
	abort();
}

static void read_icmp(struct str value, struct event *e)
{
	struct str type, code, from, rest;
	uint64_t n = 0;
	str_cut(value, '/', &type, &rest);
	str_cut(rest, '/', &code, &from);
	e->icmp.known = address_parse(from, &e->icmp.from) && str_u64(type, &n);
	e->icmp.type = (uint8_t)n;
	e->icmp.known = e->icmp.known && str_u64(code, &n);
	e->icmp.code = (uint8_t)n;
	if (!e->icmp.known)
		abort();
}

/* read_options takes k=v words off the front. */
static void read_options(struct str *rest, struct event *e)
{
	for (;;) {
		struct str before = *rest, word, key, value;
		uint64_t n;
		if (!next_value(rest, &word))
			return;
		bool has_value = word.p[0] != '"' && str_cut(word, '=', &key, &value);
		if (has_value && str_eq(key, STR("from")))
			address_parse(value, &e->from);
		else if (has_value && str_eq(key, STR("local")))
			address_parse(value, &e->local);
		else if (has_value && str_eq(key, STR("icmp")))
			read_icmp(value, e);
		else if (has_value && str_eq(key, STR("mtu")) && str_u64(value, &n))
			e->icmp.mtu = (uint32_t)n;
		else if (has_value && str_eq(key, STR("retransmits")) && str_u64(value, &n))
			e->tcp = (struct tcp_note){ .known = true, .retransmits = (unsigned)n };
		else if (has_value && str_eq(key, STR("data")) && str_u64(value, &n))
			e->tcp = (struct tcp_note){ .known = true, .data_in = (unsigned)n };
		else if (str_eq(word, STR("orderless")))
			e->tcp = (struct tcp_note){ .known = true, .orderless = true };
		else if (str_eq(word, STR("no-socket")))
			e->no_socket = true;
		else {
			*rest = before;
			return;
		}
	}
}

static uint64_t next_number(struct str *rest)
{
	struct str word;
	uint64_t n = 0;
	if (!next_value(rest, &word) || !str_u64(word, &n))
		abort();
	return n;
}

static enum err start(struct sim *s, struct str rest, struct buf *out)
{
	struct str name = STR(""), word, words[PROBE_ARGS_MAX];
	size_t count = 0;
	struct diags d = { .arena = &s->arena };
	next_value(&rest, &name);
	while (count < PROBE_ARGS_MAX && next_value(&rest, &word))
		words[count++] = word;
	enum err e = probe_request_parse(name, words, count, &s->arena, &d, &s->request);
	if (e)
		buf_addf(out, "%.*s\n", STR_ARG(d.items[0].text));
	else
		sim_start(s);
	return e;
}

static void feed_line(struct sim *s, struct str verb, struct str rest)
{
	struct event e = { .kind = EVENT_DEADLINE };
	struct str word = STR("");
	if (str_eq(verb, STR("wait"))) {
		s->now_ms += (double)next_number(&rest);
		return;
	}
	if (str_eq(verb, STR("timer"))) {
		if (s->machine.timer_ms < 0)
			return; /* and the output shows that nothing came of it */
		if (s->now_ms < s->machine.timer_ms)
			s->now_ms = s->machine.timer_ms;
		e.kind = EVENT_TIMER;
	} else if (!str_eq(verb, STR("deadline"))) {
		e.channel = (unsigned)next_number(&rest);
	}
	if (str_eq(verb, STR("open"))) {
		e.kind = EVENT_OPEN;
		read_options(&rest, &e);
	} else if (str_eq(verb, STR("bytes"))) {
		e.kind = EVENT_BYTES;
		read_options(&rest, &e);
		e.bytes = read_values(s, e.channel, rest);
	} else if (str_eq(verb, STR("end"))) {
		e.kind = EVENT_END;
	} else if (str_eq(verb, STR("fail"))) {
		e.kind = EVENT_FAIL;
		next_value(&rest, &word);
		e.error = errno_of(word);
		read_options(&rest, &e);
	} else if (str_eq(verb, STR("tcp"))) {
		e.kind = EVENT_TCP;
		e.tcp.known = true;
		e.tcp.unacked = (unsigned)next_number(&rest);
		e.tcp.retransmits = (unsigned)next_number(&rest);
		e.tcp.kept_here = str_word(&rest, &word) && str_eq(word, STR("kept"));
	}
	sim_feed(s, e);
}

enum err golden_print(struct str in, struct arena *a, struct buf *out)
{
	struct sim s = { 0 };
	struct str line, verb = STR("");
	enum err e = ERR_OK;
	(void)a;
	while (!e && str_line(&in, &line)) {
		struct str rest = line;
		if (!next_value(&rest, &verb) || verb.p[0] == '#')
			continue;
		buf_addf(out, "%.*s\n", STR_ARG(line));
		if (str_eq(verb, STR("probe")))
			e = start(&s, rest, out);
		else
			feed_line(&s, verb, rest);
		if (!e)
			print_actions(&s, out);
	}
	if (!e && s.request.probe) {
		bool by_itself = s.machine.done;
		sim_end(&s);
		buf_add_c(out, by_itself ? "" : "(ended by the driver)\n");
		print_evidence(&s, out);
	}
	sim_free(&s);
	return ERR_OK;
}
