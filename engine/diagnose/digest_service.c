/* SPDX-License-Identifier: MIT
 *
 * What a service other than SMB makes of a new connection, as probe tcp saw it without saying a word: where the client
 * speaks first it waits, else it greets. Whether SMB's does is asked of it.
 */
#include "diagnose/digest.h"

#include "probe/greeting.h"

#include <string.h>

static const char *greeting_of(struct str port)
{
	uint64_t number = 0;
	return str_u64(port, &number) && number <= UINT16_MAX ? greeting_of_port((unsigned)number) : NULL;
}

/* tls_begins: ports of mail, news and FTP within TLS (RFC 8314 section 3), where the client speaks first. */
static bool tls_begins(struct str port)
{
	static const struct str ports[] = { STR_LIT("465"), STR_LIT("563"), STR_LIT("990"), STR_LIT("993"),
					    STR_LIT("995") };
	return STR_IS_ANY(port, ports, str_eq);
}

/* speaks_first: the service that greets on a port; one that the message's program names by its usual port counts more,
 * but where its greeting would come within TLS. */
static const char *speaks_first(const struct digest *d, struct str port)
{
	const char *named = greeting_of(digest_binding(d, STR("service_port")));
	bool counts = named && *named && str_eq(port, d->port) && (!tls_begins(port) || !strcmp(named, "ssh"));
	return counts ? named : greeting_of(port);
}

bool digest_is_ssh(const struct digest *d)
{
	const char *service = speaks_first(d, d->port);
	bool greets = false;
	for (size_t i = 0; i < d->c->evidence_count; i++)
		greets |= str_eq(evidence_arg(d->c->evidence[i], "port"), d->port) &&
			  str_eq(evidence_text(d->c->evidence[i], "tcp.service"), STR("ssh"));
	return greets || (service && !strcmp(service, "ssh"));
}

double digest_hear_ms(const struct digest *d, const struct evidence *first)
{
	enum { SOON_MS = 180 }; /* beyond the round trip; what was lost is sent again 200 ms beyond it at the soonest */
	double trip_ms = evidence_number(first, "tcp.rtt", evidence_number(first, "tcp.ms", 0)),
	       said_ms = evidence_number(first, "tcp.greeting_ms", -1);
	bool ended_it = digest_ended(d, first);
	return said_ms >= 0 && said_ms < trip_ms + SOON_MS && !ended_it ? trip_ms + SOON_MS : 0;
}

/* told_of_an_end: the message tells of a connection that came about and was ended. */
static bool told_of_an_end(const struct digest *d)
{
	return d->c->meaning && d->c->meaning->ends;
}

struct str digest_watch(const struct digest *d)
{
	const char *service = speaks_first(d, d->port);
	if (d->smb || d->udp)
		return STR("");
	return (service && *service) || told_of_an_end(d) ? STR(DIGEST_GREETING_MS) : STR(DIGEST_WATCH_MS);
}

struct str digest_stay(const struct digest *d)
{
	return told_of_an_end(d) && !d->smb && !d->udp ? STR(DIGEST_STAY_MS) : STR("");
}

static bool ended(const struct evidence *e)
{
	struct str after = evidence_text(e, "tcp.after");
	return str_eq(after, STR("closed")) || str_eq(after, STR("reset"));
}

/* fits: what it said is of the service that belongs there; where the port tells none, anything is. */
static bool fits(const struct evidence *e, const char *service)
{
	struct str said = evidence_text(e, "tcp.service");
	return !service || !said.n || str_eq(said, str_c(service));
}

/* unclear: many run SSH on a port of another service, and SSH may say other lines before its own (RFC 4253
 * section 4.2): of that a person has to say which was meant. */
static bool unclear(const struct evidence *e, const char *service)
{
	struct str said = evidence_text(e, "tcp.service");
	bool ssh_meant = service && !strcmp(service, "ssh");
	return str_eq(said, STR("ssh")) || (ssh_meant && str_eq(said, STR("other")) && !ended(e));
}

/* broken_off: it ended what it had begun to say. A service whose port tells nothing may say its word and close, as
 * those of the time of day do; a reset is no end of a conversation. */
static bool broken_off(const struct digest *d, const struct evidence *e, const char *service)
{
	bool reset = str_eq(evidence_text(e, "tcp.after"), STR("reset"));
	return ended(e) && (service || reset || told_of_an_end(d));
}

/* service_word of one connection; NULL: it does not tell. */
static const char *service_word(const struct digest *d, const struct evidence *e)
{
	enum { LATE_MS = 400, PATIENCE_MS = 6000 }; /* LATE_MS: the first look at it was as long, and saw no end */
	const char *service = speaks_first(d, evidence_arg(e, "port"));
	bool said = evidence_text(e, "tcp.greeting").n > 0, first = service && *service;
	double watched_ms = evidence_number(e, "tcp.watched", -1);
	if (!evidence_state(e, "open") || watched_ms < 0)
		return NULL;
	if (evidence_yes(e, "tcp.turned_away") && (service || ended(e)))
		return "refuses";
	if (said && !fits(e, service))
		return unclear(e, service) ? "unclear" : "other";
	if (ended(e) && first && !said && watched_ms > LATE_MS) /* it had the time to say something */
		return "silent";
	if ((ended(e) && !said) || broken_off(d, e, service))
		return str_eq(evidence_text(e, "tcp.after"), STR("reset")) ? "reset" : "closed";
	if (said)
		return "greets";
	return !first ? "waits" : watched_ms >= PATIENCE_MS ? "silent" : NULL;
}

bool digest_ended(const struct digest *d, const struct evidence *e)
{
	const char *word = service_word(d, e);
	return word && (!strcmp(word, "closed") || !strcmp(word, "reset") || (!strcmp(word, "refuses") && ended(e)));
}

bool digest_mute(const struct digest *d, const struct evidence *e)
{
	const char *service = speaks_first(d, evidence_arg(e, "port"));
	return service && *service && !service_word(d, e) && str_eq(evidence_text(e, "tcp.after"), STR("quiet"));
}

bool digest_unclear(const struct digest *d, const struct evidence *e)
{
	const char *word = service_word(d, e);
	return word && !strcmp(word, "unclear");
}

const char *digest_misserves(const struct digest *d, const struct evidence *e)
{
	const char *word = service_word(d, e);
	bool another = word && (!strcmp(word, "other") || !strcmp(word, "unclear") || !strcmp(word, "refuses"));
	return another ? "another-service" : word && !strcmp(word, "silent") ? word : NULL;
}

const struct evidence *digest_ended_row(const struct digest *d, struct str address)
{
	const struct evidence *row = digest_look(d, "retry", ARG("address", address), ARG("port", d->port));
	return evidence_arg(row, "watch").n ? row : NULL;
}

bool digest_ends_all(const struct digest *d, struct str address)
{
	const struct evidence *row = digest_ended_row(d, address);
	double made = evidence_number(row, "retry.attempts", 0);
	return made > 0 && evidence_number(row, "retry.failures", 0) == made;
}

void digest_service(struct digest *d)
{
	enum { SLOW_GREETING_MS = 1500 };
	const struct evidence *e = d->tcp445;
	if (d->smb || d->udp) {
		digest_put(d, "service.begins", "not-asked", NULL);
		return;
	}
	const char *word = service_word(d, e);
	bool usual = digest_ended(d, e) && !evidence_yes(e, "tcp.turned_away") &&
		     !str_eq(evidence_text(e, "tcp.service"), STR("other")); /* that tells not why it ended */
	if (evidence_text(e, "tcp.greeting").n && !usual)
		digest_put_str(d, "service.says", evidence_text(e, "tcp.greeting"), e);
	if (evidence_number(e, "tcp.greeting_ms", 0) > SLOW_GREETING_MS)
		digest_put_str(d, "service.delay",
			       arena_printf(d->a, "%.0f s", evidence_number(e, "tcp.greeting_ms", 0) / 1000), e);
	/* One that ends may be one of many; only a row of them tells that all do. */
	if (word && (!digest_ended(d, e) || digest_ends_all(d, d->target)))
		digest_put(d, "service.begins", word, e);
}
