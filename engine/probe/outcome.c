/* SPDX-License-Identifier: MIT */
#include "probe/outcome.h"

#include <errno.h>

enum icmp_meaning icmp_meaning(const struct icmp_note *n)
{
	static const struct {
		uint8_t family, type, code;
		enum icmp_meaning means;
	} table[] = {
		{ 4, 3, 0, ICMP_MEANS_NET_UNREACHABLE },
		{ 4, 3, 1, ICMP_MEANS_HOST_UNREACHABLE },
		{ 4, 3, 3, ICMP_MEANS_PORT_UNREACHABLE },
		{ 4, 3, 4, ICMP_MEANS_TOO_BIG },
		{ 4, 3, 6, ICMP_MEANS_NET_UNREACHABLE },
		{ 4, 3, 7, ICMP_MEANS_HOST_UNREACHABLE },
		{ 4, 3, 9, ICMP_MEANS_PROHIBITED },
		{ 4, 3, 10, ICMP_MEANS_PROHIBITED },
		{ 4, 3, 13, ICMP_MEANS_PROHIBITED },
		{ 4, 11, 0, ICMP_MEANS_TTL_EXCEEDED },
		{ 6, 1, 0, ICMP_MEANS_NET_UNREACHABLE },
		{ 6, 1, 1, ICMP_MEANS_PROHIBITED },
		{ 6, 1, 3, ICMP_MEANS_HOST_UNREACHABLE },
		{ 6, 1, 4, ICMP_MEANS_PORT_UNREACHABLE },
		{ 6, 1, 5, ICMP_MEANS_PROHIBITED },
		{ 6, 1, 6, ICMP_MEANS_PROHIBITED },
		{ 6, 2, 0, ICMP_MEANS_TOO_BIG },
		{ 6, 3, 0, ICMP_MEANS_TTL_EXCEEDED },
	};
	for (size_t i = 0; n->known && i < sizeof table / sizeof *table; i++)
		if (table[i].family == n->from.family && table[i].type == n->type && table[i].code == n->code)
			return table[i].means;
	return ICMP_MEANS_NOTHING;
}

static const char *connect_by_errno(int number)
{
	switch (number) {
	case ECONNREFUSED: return "refused";
	case ETIMEDOUT: return "timeout";
	case ENETUNREACH: return "no-route";
	case EHOSTUNREACH: return "host-unreachable";
	case EADDRNOTAVAIL: return "no-local-port";
	case EACCES:
	case EPERM: return "local-denied";
	default: return "error";
	}
}

const char *outcome_of_connect(const struct event *e)
{
	switch (icmp_meaning(&e->icmp)) {
	case ICMP_MEANS_NET_UNREACHABLE: return "net-unreachable";
	case ICMP_MEANS_HOST_UNREACHABLE: return "host-unreachable";
	case ICMP_MEANS_PORT_UNREACHABLE: return "port-unreachable";
	case ICMP_MEANS_PROHIBITED: return "prohibited";
	case ICMP_MEANS_TTL_EXCEEDED: return "ttl-exceeded";
	case ICMP_MEANS_TOO_BIG:
	case ICMP_MEANS_NOTHING: break;
	}
	return connect_by_errno(e->error);
}

const char *outcome_of_datagram(const struct event *e)
{
	return e->error == ECONNREFUSED ? "port-closed" : "unreachable";
}

static const char *origin_of(const struct event *e, struct address target)
{
	if (address_eq(e->icmp.from, e->local) || address_is_loopback(e->icmp.from))
		return "self";
	return address_eq(e->icmp.from, target) ? "target" : "router";
}

struct str outcome_words(const struct event *e, struct address target, struct arena *a)
{
	if (!e->icmp.known)
		return str_c(errno_name(e->error));
	struct str from = address_print(e->icmp.from, a);
	return arena_printf(a, "%s by ICMP %u/%u from %.*s (%s)", errno_name(e->error), e->icmp.type, e->icmp.code,
			    STR_ARG(from), origin_of(e, target));
}

static const char *fact_name(struct machine *m, const char *prefix, const char *name)
{
	return arena_printf(m->arena, "%s.%s", prefix, name).p;
}

void outcome_facts(struct machine *m, const char *prefix, const struct event *e, struct address target, bool detail)
{
	machine_text(m, fact_name(m, prefix, "error"), str_c(errno_name(e->error)));
	if (!e->icmp.known)
		return;
	struct str code = arena_printf(m->arena, "%u/%u", e->icmp.type, e->icmp.code);
	machine_text(m, fact_name(m, prefix, "icmp"), code);
	machine_address(m, fact_name(m, prefix, "icmp_from"), e->icmp.from);
	if (!detail)
		return;
	machine_number(m, fact_name(m, prefix, "icmp_type"), e->icmp.type);
	machine_number(m, fact_name(m, prefix, "icmp_code"), e->icmp.code);
	machine_text(m, fact_name(m, prefix, "icmp_origin"), str_c(origin_of(e, target)));
}
