/* SPDX-License-Identifier: MIT
 *
 * The table of probes, requests checked against it, and evidence as a growing list of facts. Pure.
 */
#include "probe/netbios.h"
#include "probe/probe_machine.h"

#define PROBE(name) extern const struct probe name##_probe;
#include "probe/probes.def"
#undef PROBE

const struct probe *const probes[] = {
#define PROBE(name) &name##_probe,
#include "probe/probes.def"
#undef PROBE
	NULL
};

const struct probe *probe_find(struct str name)
{
	for (size_t i = 0; probes[i]; i++)
		if (str_eq(str_c(probes[i]->name), name))
			return probes[i];
	return NULL;
}

struct str probe_request_arg(const struct probe_request *r, const char *name)
{
	for (size_t i = 0; i < r->arg_count; i++)
		if (str_eq(r->args[i].name, str_c(name)))
			return r->args[i].value;
	return STR("");
}

static const struct probe_arg_help *arg_help(const struct probe *p, struct str name)
{
	for (const struct probe_arg_help *h = p->args; h->name; h++)
		if (str_eq(str_c(h->name), name))
			return h;
	return NULL;
}

/* What programs take for an address, be it none: "999.1.1.1", "127.1", "0x7f000001" (inet_aton(3)). No top-level domain
 * is a number (RFC 3696 section 2); a NetBIOS name of one label may be. */
static bool is_number(struct str label, bool alone)
{
	bool hex = label.n > 2 && label.p[0] == '0' && (label.p[1] == 'x' || label.p[1] == 'X');
	for (size_t i = hex ? 2 : 0; i < label.n; i++)
		if (!(hex ? char_is_hex(label.p[i]) : char_is_digit(label.p[i])))
			return false;
	return hex || !alone;
}

/* A DNS name as people type it: labels of letters, digits, hyphens and underscores (RFC 1123, RFC 2181). A hyphen
 * neither begins a label nor ends one, but for that of a NetBIOS name, which has one label. */
static bool is_host(struct str s)
{
	struct str label, rest = s.n > 1 && s.p[s.n - 1] == '.' ? str_first(s, s.n - 1) : s;
	bool alone = str_find_char(rest, '.') == STR_NONE, more = rest.n && rest.n <= 253;
	if (!more)
		return false;
	while (more) {
		more = str_cut(rest, '.', &label, &rest);
		if (!label.n || label.n > 63 || label.p[0] == '-' || (!alone && label.p[label.n - 1] == '-'))
			return false;
		for (size_t i = 0; i < label.n; i++) {
			char c = label.p[i];
			if (!char_is_alnum(c) && c != '-' && c != '_' && c != '$')
				return false;
		}
	}
	return !is_number(label, alone);
}

static bool is_text(struct str s, size_t most)
{
	if (!s.n || s.n > most)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7F)
			return false;
	return true;
}

/* What is wrong with a value for its type, or NULL. */
static const char *arg_fault(enum probe_arg_type type, struct str value)
{
	struct address address;
	uint64_t number;
	switch (type) {
	case ARG_ADDRESS:
		return address_parse(value, &address) ? NULL : "is not an IPv4 or IPv6 address";
	case ARG_PORT:
		return str_u64(value, &number) && number > 0 && number < 65536 ? NULL : "is not a port (1 to 65535)";
	case ARG_NUMBER:
		return str_u64(value, &number) && number <= 1000000 ? NULL : "is not a whole number of at most 1000000";
	case ARG_HOST:
		return is_host(value) || address_parse(value, &address) ? NULL : "is not a host name or address";
	case ARG_NETBIOS:
		return netbios_fits(value) ? NULL : "is not a NetBIOS name (1 to 15 characters)";
	case ARG_LINK:
		return is_text(value, 15) && str_find_char(value, '/') == STR_NONE ? NULL : "is no interface name";
	case ARG_TEXT:
		return is_text(value, 255) ? NULL : "is not one line of at most 255 bytes";
	}
	return "is of an unknown type";
}

/* arg_names: "address, port", for a sentence. */
static const char *arg_names(const struct probe *p, struct arena *a)
{
	struct str names = STR("none");
	for (const struct probe_arg_help *h = p->args; h->name; h++)
		names = h == p->args ? str_c(h->name) : arena_printf(a, "%.*s, %s", STR_ARG(names), h->name);
	return names.p ? names.p : "";
}

static enum err parse_word(const struct probe *p, struct str word, struct arena *a, struct diags *d,
			   struct probe_request *r)
{
	struct str name, value;
	if (!str_cut(word, '=', &name, &value) || !name.n)
		return diags_fail(d, ERR_INPUT, "an argument of a probe is NAME=VALUE, not '%.*s': %s takes %s",
				  STR_ARG(word), p->name, arg_names(p, a));
	const struct probe_arg_help *help = arg_help(p, name);
	if (!help)
		return diags_fail(d, ERR_INPUT, "probe %s has no argument %.*s: it takes %s", p->name, STR_ARG(name),
				  arg_names(p, a));
	if (probe_request_arg(r, help->name).n)
		return diags_fail(d, ERR_INPUT, "%s is given twice", help->name);
	const char *fault = arg_fault(help->type, value);
	if (fault)
		return diags_fail(d, ERR_INPUT, "%s: %.*s %s", help->name, STR_ARG(value.n ? value : STR("''")), fault);
	r->args[r->arg_count++] = (struct probe_arg){ str_c(help->name), arena_str(a, value) };
	return arena_err(a);
}

enum err probe_request_parse(struct str name, const struct str *words, size_t count, struct arena *a, struct diags *d,
			     struct probe_request *ret_request)
{
	struct probe_request r = { .probe = probe_find(name) };
	if (!r.probe)
		return diags_fail(d, ERR_INPUT, "there is no probe %.*s (kbt probe --list)", STR_ARG(name));
	for (size_t i = 0; i < count; i++) {
		if (r.arg_count == PROBE_ARGS_MAX)
			return diags_fail(d, ERR_INPUT, "more than %d arguments", PROBE_ARGS_MAX);
		enum err e = parse_word(r.probe, words[i], a, d, &r);
		if (e)
			return e;
	}
	for (const struct probe_arg_help *h = r.probe->args; h->name; h++)
		if (h->required && !probe_request_arg(&r, h->name).n)
			return diags_fail(d, ERR_INPUT, "probe %s needs %s= (%s)", r.probe->name, h->name, h->says);
	*ret_request = r;
	return ERR_OK;
}

const struct fact *evidence_fact(const struct evidence *e, const char *name)
{
	for (size_t i = 0; i < e->fact_count; i++)
		if (str_eq(e->facts[i].name, str_c(name)))
			return &e->facts[i];
	return NULL;
}

static void evidence_add(struct evidence *e, struct arena *a, struct fact f, const char *name)
{
	struct fact *slot = arena_push(a, &e->facts, &e->fact_count, &e->fact_cap);
	if (!slot)
		return;
	f.name = arena_str(a, str_c(name));
	*slot = f;
}

void evidence_add_text(struct evidence *e, struct arena *a, const char *name, struct str value)
{
	evidence_add(e, a, (struct fact){ .type = FACT_TEXT, .text = arena_str(a, value) }, name);
}

void evidence_add_number(struct evidence *e, struct arena *a, const char *name, double value)
{
	struct str text = arena_printf(a, "%.15g", value);
	evidence_add(e, a, (struct fact){ .type = FACT_NUMBER, .text = text, .number = value }, name);
}

void evidence_add_bool(struct evidence *e, struct arena *a, const char *name, bool value)
{
	struct str text = value ? STR("true") : STR("false");
	evidence_add(e, a, (struct fact){ .type = FACT_BOOL, .text = text, .number = value }, name);
}
