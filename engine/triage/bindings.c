/* SPDX-License-Identifier: MIT */
#include "triage/bindings.h"

#include "diagnose/cause.h"
#include "probe/address.h"
#include "probe/greeting.h"

#include <string.h>

struct binder {
	const struct causes *causes;
	const struct triage_options *options;
	struct arena *arena;
	struct triage_report *report;
};

const struct binding *bindings_find(const struct triage_report *r, const char *name)
{
	for (size_t i = 0; i < r->binding_count; i++)
		if (str_eq(r->bindings[i].name, str_c(name)))
			return &r->bindings[i];
	return NULL;
}

/* zone_of: of "fe80::1%eth0" the link, which is bound by itself, too; the address is written as programs take it. */
static struct str zone_of(struct binding *b, struct arena *a)
{
	struct address address;
	if (b->type == VAR_LINK || !address_parse(b->value, &address) || !*address.zone)
		return STR("");
	b->value = address_print(address, a);
	return arena_str(a, str_c(address.zone));
}

/* say_of: what a probe says of its argument, said of the binding in its place. */
static void say_of(struct diags *d, struct str name, const struct diags *said)
{
	struct str argument, rest = said->count ? said->items[said->count - 1].text : STR("it cannot be used");
	if (str_cut(rest, ':', &argument, &rest))
		rest = str_trim(rest);
	if (d)
		diags_add(d, DIAG_ERROR, 0, "%.*s: %.*s", STR_ARG(name), STR_ARG(rest));
}

static const char *const triage_names = "server, address, share, port, link, known_address, ras_server, program, works";

/* has_var: a message of the article, or a probe that it asks for, has a variable of this name. */
static bool has_var(const struct rule *rule, struct str name, struct arena *a)
{
	struct str braced = arena_printf(a, "{%.*s}", STR_ARG(name));
	for (size_t i = 0; i < rule->template_count; i++)
		for (size_t k = 0; k < rule->templates[i].var_count; k++)
			if (str_eq(rule->templates[i].vars[k].name, name))
				return true;
	for (size_t i = 0; i < rule->probe_count; i++)
		if (str_find(rule->probes[i], braced) != STR_NONE)
			return true;
	return false;
}

/* triage_knows: is a binding of this name looked at? Those of triage_names are, and what the articles that answer name
 * (answer may be NULL). */
static bool triage_knows(struct str name, const struct triage_answer *answer, struct arena *a)
{
	struct str names = str_c(triage_names), word;
	while (str_word(&names, &word))
		if (str_eq(str_ends(word, STR(",")) ? str_first(word, word.n - 1) : word, name))
			return true;
	for (size_t i = 0; answer && i < answer->found.match_count; i++)
		if (has_var(&answer->matches[i].rule, name, a))
			return true;
	return false;
}

/* names_of what the best answer's message has, and triage_names do not hold. */
static struct str names_of(const struct triage_answer *answer, struct arena *a)
{
	const struct match *best = answer && answer->found.match_count ? &answer->found.matches[0] : NULL;
	struct buf names = { 0 };
	for (size_t i = 0; best && i < best->capture_count; i++) {
		if (triage_knows(best->captures[i].name, NULL, a))
			continue;
		buf_add_c(&names, names.n ? ", " : "; of this message ");
		buf_add(&names, best->captures[i].name);
	}
	return buf_take(&names, a);
}

struct str triage_unknown(const struct binding *set, size_t count, const struct triage_answer *answer, struct arena *a)
{
	size_t i = 0;
	while (i < count && triage_knows(set[i].name, answer, a))
		i++;
	if (i == count)
		return STR("");
	return arena_printf(a, "knows no %.*s: it knows %s%.*s", STR_ARG(set[i].name), triage_names,
			    STR_ARG(names_of(answer, a)));
}

bool triage_binding_fits(const struct binding *b, struct arena *a, struct diags *d)
{
	static const struct {
		const char *name, *probe, *arg;
	} checks[] = {
		{ "server", "files", "name" },	      { "host", "files", "name" },
		{ "address", "route", "address" },    { "known_address", "route", "address" },
		{ "ras_server", "route", "address" }, { "link", "link", "link" },
	};
	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		struct probe_request request;
		struct diags said = { .arena = a };
		struct str word = arena_printf(a, "%s=%.*s", checks[i].arg, STR_ARG(b->value));
		if (!str_eq(b->name, str_c(checks[i].name)) ||
		    !probe_request_parse(str_c(checks[i].probe), &word, 1, a, &said, &request))
			continue;
		say_of(d, b->name, &said);
		return false;
	}
	uint64_t port;
	if (!str_eq(b->name, STR("port")) || (str_u64(b->value, &port) && port > 0 && port < 65536))
		return true;
	diags_add(d, DIAG_ERROR, 0, "port: %.*s is not a port (1 to 65535)", STR_ARG(b->value));
	return false;
}

static struct str unfit(const struct binding *b, struct arena *a)
{
	struct str name, says;
	struct diags said = { .arena = a };
	bool server = str_eq(b->name, STR("server")) || str_eq(b->name, STR("address"));
	if (!server || triage_binding_fits(b, a, &said) || !said.count)
		return STR("");
	str_cut(said.items[0].text, ':', &name, &says);
	return str_trim(says);
}

struct str bindings_unfit(const struct triage_options *options, const struct triage_report *report, struct arena *a)
{
	const struct match_answer *found = &report->answer.found;
	struct str says = STR("");
	for (size_t i = 0; !says.n && i < options->set_count; i++)
		says = unfit(&options->set[i], a);
	for (size_t i = 0; !says.n && found->match_count && i < found->matches[0].capture_count; i++) {
		const struct match_capture *c = &found->matches[0].captures[i];
		says = unfit(&(struct binding){ c->name, c->value, c->type, STR("message") }, a);
	}
	return says;
}

static void add_binding(struct binder *r, struct binding b)
{
	struct triage_report *report = r->report;
	struct str zone = zone_of(&b, r->arena);
	if (zone.n)
		add_binding(r, (struct binding){ STR("link"), zone, VAR_LINK, b.from });
	if (!b.value.n || !triage_binding_fits(&b, r->arena, NULL) ||
	    bindings_find(report, arena_str(r->arena, b.name).p))
		return;
	struct binding *slot = arena_push(r->arena, &report->bindings, &report->binding_count, &report->binding_cap);
	if (slot)
		*slot = b;
}

/* judge_given: what was said of a value in the message holds for the one that was given in its place. */
static void judge_given(struct binder *r, const struct binding *given)
{
	const struct match_answer *found = &r->report->answer.found;
	for (size_t i = 0; i < found->match_count; i++)
		for (size_t k = 0; k < found->matches[i].capture_count; k++) {
			struct match_capture *c = &found->matches[i].captures[k];
			if (str_eq(c->name, given->name))
				c->finding = match_finding(c, given->value, r->arena);
		}
}

static void bind_all(struct binder *r)
{
	const struct triage_options *o = r->options;
	for (size_t i = 0; i < o->set_count; i++) {
		struct binding b = o->set[i];
		if (!b.from.n)
			b.from = STR("set");
		judge_given(r, &b);
		add_binding(r, b);
	}
	const struct match_answer *found = &r->report->answer.found;
	const struct match *best = found->match_count ? &found->matches[0] : NULL;
	for (size_t i = 0; best && i < best->capture_count; i++) {
		const struct match_capture *c = &best->captures[i];
		if (!c->cut) /* a part of a name is another host's, or nobody's */
			add_binding(r, (struct binding){ c->name, c->value, c->type, STR("message") });
	}
}

/* host_of an URL: ret_port is empty where it names none. False where it has no host. */
static bool host_of(struct str url, struct str *ret_scheme, struct str *ret_host, struct str *ret_port)
{
	size_t at = str_find(url, STR("://")), n = 0;
	if (at == STR_NONE)
		return false;
	struct str rest = str_from(url, at + 3);
	while (n < rest.n && !char_is_space(rest.p[n]) && !strchr("/?#'\"`<>(),;\\", rest.p[n]))
		n++;
	rest = str_first(rest, n);
	for (size_t i = rest.n; i-- > 0;)
		if (rest.p[i] == '@') { /* no user and no password */
			rest = str_from(rest, i + 1);
			break;
		}
	size_t close = rest.n && rest.p[0] == '[' ? str_find_char(rest, ']') : 0;
	struct str host = rest, port = STR("");
	if (close == STR_NONE)
		return false;
	size_t colon = str_find_char(str_from(rest, close), ':');
	if (colon != STR_NONE) {
		host = str_first(rest, close + colon);
		port = str_from(rest, close + colon + 1);
	}
	*ret_scheme = str_first(url, at + 3);
	*ret_host = close ? str_part(host, 1, close) : host;
	*ret_port = port;
	return ret_host->n > 0;
}

static void bind_derived(struct binder *r, struct str name, struct str value, enum var_type type)
{
	add_binding(r, (struct binding){ name, value, type, STR("derived") });
}

/* next_url: the next one that has a host, with its scheme; *at goes on behind it. False where there is none. */
static bool next_url(struct str text, size_t *at, struct str *ret_url)
{
	struct str scheme, host, port;
	for (size_t n; (n = str_find(str_from(text, *at), STR("://"))) != STR_NONE;) {
		size_t start = *at + n;
		*at = start + 3;
		while (start && char_is_alnum(text.p[start - 1]))
			start--;
		*ret_url = str_from(text, start);
		if (host_of(*ret_url, &scheme, &host, &port))
			return true;
	}
	return false;
}

/* The part of the query that the first match is about: not the messages of others beside it. */
static struct str own_part(const struct match_answer *found)
{
	struct match_span part = { 0, found->query.n };
	const struct match *best = found->match_count && found->matches[0].span_count ? &found->matches[0] : NULL;
	for (size_t i = 1; best && i < found->match_count; i++) {
		const struct match *other = &found->matches[i];
		struct match_span s = other->span_count ? other->spans[0] : best->spans[0];
		if (s.end <= best->spans[0].start && s.end > part.start)
			part.start = s.end;
		if (s.start >= best->spans[0].end && s.start < part.end)
			part.end = s.start;
	}
	return str_part(found->query, part.start, part.end);
}

/* only_url: the host of the URLs in what the message is about, where all that name a port are of one. A URL without a
 * port may be of any help page. */
static struct str only_url(struct str text)
{
	struct str url, scheme, host, port, found = STR("");
	for (size_t at = 0; next_url(text, &at, &url);) {
		if (!host_of(url, &scheme, &host, &port) || !port.n)
			continue;
		if (found.n && !str_eq_nocase(found, host))
			return STR("");
		found = host;
	}
	return found;
}

/* bind_urls: the URL that a message is about tells the server, and any of that server its port. */
static void bind_urls(struct binder *r)
{
	const struct match_answer *found = &r->report->answer.found;
	const struct binding *about = bindings_find(r->report, "url");
	struct str text = found->query, url, scheme, host, port;
	bool named = bindings_find(r->report, "server") || bindings_find(r->report, "address");
	if (about && !named && host_of(about->value, &scheme, &host, &port))
		bind_derived(r, STR("server"), host, VAR_HOST);
	else if (!about && !named && found->match_count)
		bind_derived(r, STR("server"), only_url(own_part(found)), VAR_HOST);
	const struct binding *server = bindings_find(r->report, "server");
	for (size_t at = 0; server && next_url(text, &at, &url);) {
		if (!host_of(url, &scheme, &host, &port))
			continue;
		struct binding same = { STR("server"), host, VAR_HOST, STR("") };
		zone_of(&same, r->arena);
		if (str_eq_nocase(server->value, same.value)) {
			bind_derived(r, STR("port"), port.n ? port : causes_port_said(r->causes, scheme), VAR_PORT);
			return;
		}
	}
}

/* bind_program_port: a program that reaches one port says so by its name, and where it goes to another one, which
 * service is meant there. */
static void bind_program_port(struct binder *r)
{
	const struct match_answer *found = &r->report->answer.found;
	struct str usual = found->match_count ? causes_port_said(r->causes, own_part(found)) : STR("");
	bind_derived(r, STR("port"), usual, VAR_PORT);
	const struct binding *port = bindings_find(r->report, "port");
	uint64_t number = 0;
	const char *greets = str_u64(usual, &number) && number <= UINT16_MAX ? greeting_of_port((unsigned)number) : NULL;
	if (greets && *greets && port && !str_eq(port->value, usual)) /* of one that waits for a word nothing is seen */
		bind_derived(r, STR("service_port"), usual, VAR_PORT);
}

void bindings_make(const struct triage_options *options, const struct causes *causes, struct arena *a,
		   struct triage_report *report)
{
	struct binder b = { .causes = causes, .options = options, .arena = a, .report = report };
	bind_all(&b);
	bind_urls(&b);
	bind_program_port(&b);
}
