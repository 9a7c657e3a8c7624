/* SPDX-License-Identifier: MIT */
#include "diagnose/digest.h"

#include "probe/address.h"

struct str evidence_text(const struct evidence *e, const char *fact)
{
	const struct fact *f = e ? evidence_fact(e, fact) : NULL;
	return f ? f->text : STR("");
}

bool evidence_yes(const struct evidence *e, const char *fact)
{
	const struct fact *f = e ? evidence_fact(e, fact) : NULL;
	return f && f->type == FACT_BOOL && f->number != 0;
}

double evidence_number(const struct evidence *e, const char *fact, double otherwise)
{
	const struct fact *f = e ? evidence_fact(e, fact) : NULL;
	return f ? f->number : otherwise;
}

bool evidence_state(const struct evidence *e, const char *state)
{
	return e && str_eq(e->state, str_c(state));
}

struct str evidence_arg(const struct evidence *e, const char *name)
{
	for (size_t i = 0; e && i < e->arg_count; i++)
		if (str_eq(e->args[i].name, str_c(name)))
			return e->args[i].value;
	return STR("");
}

const struct evidence *digest_look_(const struct digest *d, const char *probe, const struct probe_arg *want, size_t n)
{
	for (size_t i = d->c->evidence_count; i-- > 0;) {
		const struct evidence *e = d->c->evidence[i];
		bool same = str_eq(e->probe, str_c(probe)) && !evidence_state(e, "not-run");
		for (size_t k = 0; same && k < n; k++)
			same = str_eq(evidence_arg(e, want[k].name.p), want[k].value);
		if (same)
			return e;
	}
	return NULL;
}

bool digest_is_brief(const struct evidence *e)
{
	struct str wait = evidence_arg(e, "wait");
	return evidence_state(e, "timeout") && evidence_arg(e, "server").n &&
	       (str_eq(wait, STR(DIGEST_BRIEF_MS)) || str_eq(wait, STR(DIGEST_BRIEF_AGAIN_MS)));
}

bool list_has(struct str list, struct str word)
{
	struct str w;
	while (str_word(&list, &w))
		if (str_eq(w, word))
			return true;
	return false;
}

struct str list_first(struct str list)
{
	struct str w = STR("");
	str_word(&list, &w);
	return w;
}

bool is_ipv6(struct str address)
{
	return str_find_char(address, ':') != STR_NONE;
}

/* of_own_subnet: the broadcast address of a subnet that this machine is in, or its zeroth address. */
static bool of_own_subnet(const struct digest *d, struct address a)
{
	for (size_t i = 0; a.family == 4 && i < d->c->evidence_count; i++) {
		const struct evidence *e = d->c->evidence[i];
		struct address own;
		double prefix = evidence_number(e, "link.prefix", 32);
		if (!str_eq(e->probe, STR("link")) || prefix < 1 || prefix > 30 ||
		    !address_parse(evidence_text(e, "link.address"), &own) || !address_in(a, own, (unsigned)prefix))
			continue;
		uint32_t number = 0, hosts = ~(uint32_t)0 >> (unsigned)prefix;
		for (size_t k = 0; k < 4; k++)
			number = number << 8 | a.bytes[k];
		if ((number & hosts) == hosts || (number & hosts) == 0)
			return true;
	}
	return false;
}

static bool is_host(const struct digest *d, struct str text)
{
	struct address a;
	return address_parse(text, &a) && address_is_one_host(a) && !of_own_subnet(d, a);
}

/* as_reached: the address in the notation of the family that it is reached by; empty: it is none. */
static struct str as_reached(const struct digest *d, struct str text)
{
	struct address a;
	if (!address_parse(text, &a))
		return STR("");
	return a.family == 4 && is_ipv6(text) ? address_print(a, d->a) : text;
}

struct str digest_hosts(const struct digest *d, struct str list)
{
	struct str kept = STR(""), rest = list, word;
	while (str_word(&rest, &word)) {
		struct str host = is_host(d, word) ? as_reached(d, word) : STR("");
		if (host.n)
			kept = arena_printf(d->a, "%.*s%s%.*s", STR_ARG(kept), kept.n ? " " : "", STR_ARG(host));
	}
	return kept;
}

struct str digest_loopback(const struct digest *d)
{
	return is_ipv6(d->target) ? STR("::1") : STR("127.0.0.1");
}

void digest_put_str(struct digest *d, const char *name, struct str value, const struct evidence *from)
{
	struct derived *f = arena_push(d->a, &d->facts, &d->fact_count, &d->fact_cap);
	if (f)
		*f = (struct derived){ str_c(name), value, from };
}

void digest_put(struct digest *d, const char *name, const char *value, const struct evidence *from)
{
	digest_put_str(d, name, str_c(value), from);
}

void digest_change(struct digest *d, const char *name, const char *value, const struct evidence *from)
{
	for (size_t i = 0; i < d->fact_count; i++)
		if (str_eq(d->facts[i].name, str_c(name)))
			d->facts[i] = (struct derived){ str_c(name), str_c(value), from };
}

const struct derived *digest_find(const struct digest *d, struct str name)
{
	for (size_t i = 0; i < d->fact_count; i++)
		if (str_eq(d->facts[i].name, name))
			return &d->facts[i];
	return NULL;
}

struct str digest_fact(const struct digest *d, const char *name)
{
	const struct derived *f = digest_find(d, str_c(name));
	return f ? f->value : STR("");
}

bool digest_is(const struct digest *d, const char *name, const char *value)
{
	return str_eq(digest_fact(d, name), str_c(value));
}

static struct str binding(const struct case_file *c, const char *name)
{
	for (size_t i = 0; i < c->binding_count; i++)
		if (str_eq(c->bindings[i].name, str_c(name)))
			return c->bindings[i].value;
	return STR("");
}

struct str digest_binding(const struct digest *d, struct str name)
{
	return binding(d->c, arena_str(d->a, name).p);
}

static void read_bindings(struct digest *d)
{
	const struct case_file *c = d->c;
	struct address address;
	d->server = binding(c, "server");
	if (!d->server.n)
		d->server = binding(c, "host");
	if (!d->server.n)
		d->server = binding(c, "address");
	d->share = binding(c, "share");
	d->link = binding(c, "link");
	d->known = binding(c, "known_address");
	d->port = binding(c, "port");
	d->asks_port = !d->port.n && c->meaning && c->meaning->asks_port;
	if (!d->port.n && c->meaning)
		d->port = c->meaning->port;
	if (c->meaning)
		digest_put_str(d, "message.meaning", c->meaning->name, NULL);
	d->udp = c->meaning && c->meaning->udp && d->port.n;
	digest_put(d, "port.protocol", d->udp ? "udp" : "tcp", NULL);
	digest_put(d, "port.given", d->asks_port ? "no" : "yes", NULL);
	bool usual = str_eq(d->port, STR("445")) || str_eq(d->port, STR("139"));
	d->smb = !d->udp && ((!d->port.n && !d->asks_port) || usual);
	if (d->smb)
		d->port = STR("445");
	d->server_is_address = address_parse(d->server, &address);
	d->given = d->server_is_address ? d->server : binding(c, "address");
	d->given = as_reached(d, d->given);
	if (d->given.n && !is_host(d, d->given)) {
		d->no_host = d->given;
		d->given = STR("");
	}
	digest_put(d, "server.host", d->no_host.n ? "no" : "yes", NULL);
	d->known = digest_hosts(d, d->known);
	if (c->code && c->code->known)
		digest_put_str(d, "message.code", arena_printf(d->a, "%lld", (long long)c->code->value), NULL);
	else
		digest_put(d, "message.code", "none", NULL);
}

enum err digest_make(const struct case_file *c, struct arena *a, struct digest *ret_digest)
{
	struct digest d = { .c = c, .a = a };
	read_bindings(&d);
	d.files = digest_look(&d, "files", ARG("name", d.server));
	if (!d.files && !d.server.n)
		d.files = digest_look(&d, "files", ARG("name", STR("")));
	digest_name(&d);
	digest_link(&d);
	digest_path(&d);
	digest_smb(&d);
	digest_loss(&d);
	digest_mtu(&d);
	digest_ipv6(&d);
	digest_article(&d);
	*ret_digest = d;
	return arena_err(a);
}

/* own_address: the one that the server sees, of the kind of its own; else that of the link. */
static struct str own_address(const struct digest *d)
{
	struct str source = evidence_text(d->route, "route.source");
	return source.n ? source : evidence_text(d->own_link, "link.address");
}

/* beyond: what is behind the gateway: of a forwarder on this machine it is what that one asks. */
static struct str beyond(const struct digest *d)
{
	struct address dns;
	if (!digest_fact(d, "dns.gateway").n)
		return d->target;
	if (!address_parse(d->dns_server, &dns) || !address_is_loopback(dns))
		return d->dns_server;
	return arena_printf(d->a, "What %.*s asks for names", STR_ARG(d->dns_server));
}

static struct str filling(const struct digest *d, struct str name)
{
	bool one = digest_is(d, "tcp.445", "refused") && digest_is(d, "tcp.139", "silent");
	const struct {
		const char *name;
		struct str value;
		const char *otherwise;
	} words[] = {
		{ "server", d->server, "the server" },
		{ "address", d->used.n ? d->used : d->target, "its address" },
		{ "ports", d->smb && !one ? STR("445 and 139") : d->port, "(not known)" },
		{ "port", d->port, "(not known)" },
		{ "share", d->share, "the share" },
		{ "link", d->link, "dialled link" },
		{ "ras_server", d->ras_server, "the RAS server" },
		{ "program", digest_binding(d, STR("program")), "the program file" },
		{ "known_address", d->known, "its known address" },
		{ "truth", d->truth, "another address" },
		{ "dns_server", d->dns_server, "the DNS server" },
		{ "dns_name", d->dns_name, "the name" },
		{ "silent_server", d->silent_server, "a name server" },
		{ "wins_server", d->wins_server, "the WINS server" },
		{ "gateway", d->gateway, "the gateway" },
		{ "beyond", beyond(d), "the server" },
		{ "hop", digest_is(d, "path.kind", "routed") ? d->gateway : d->target, "the next host on the way" },
		{ "client_address", own_address(d), "its address" },
		{ "client_link", evidence_text(d->own_link, "link.dev"), "the network link" },
		{ "code", digest_fact(d, "message.code"), "the error" },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq(name, str_c(words[i].name)))
			return words[i].value.n ? words[i].value : str_c(words[i].otherwise);
	struct str bound = binding(d->c, arena_str(d->a, name).p);
	return bound.n ? bound : digest_fact(d, arena_str(d->a, name).p);
}

bool digest_fills(struct str name, struct arena *a)
{
	const struct case_file nothing = { 0 };
	const struct digest d = { .c = &nothing, .a = a };
	return filling(&d, name).n || fact_help_find(name);
}

struct str digest_fill(const struct digest *d, struct str text)
{
	struct buf out = { 0 };
	size_t twice = str_find(text, STR("{server} ({address})"));
	if (d->server_is_address && twice != STR_NONE) /* the name is the address: once will do */
		text = arena_printf(d->a, "%.*s{server}%.*s", (int)twice, text.p,
				    STR_ARG(str_from(text, twice + sizeof "{server} ({address})" - 1)));
	for (size_t at; (at = str_find_char(text, '{')) != STR_NONE;) {
		size_t end = str_find_char(text, '}');
		if (end == STR_NONE || end < at)
			break;
		buf_add(&out, str_first(text, at));
		buf_add(&out, filling(d, (struct str){ text.p + at + 1, end - at - 1 }));
		text = str_from(text, end + 1);
	}
	buf_add(&out, text);
	struct str filled = buf_keep(&out, d->a);
	buf_free(&out);
	return filled;
}
