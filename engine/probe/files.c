/* SPDX-License-Identifier: MIT
 *
 * What the client's own files say: resolv.conf(5), hosts(5), nsswitch.conf(5), lmhosts(5) and smb.conf(5), as bytes
 * that the caller read. With name= also what they say of that name. Sends nothing and opens nothing. Settings that
 * smb.conf leaves out have Samba's defaults; without an smb.conf nothing is known of them. include= lines are not
 * followed.
 */
#include "probe/netbios.h"
#include "probe/probe_machine.h"

static const struct probe_arg_help args[] = {
	{ "name", false, "a name to look for in the files", ARG_HOST },
	{ 0 }
};

static const struct probe_state_help states[] = {
	{ "read", "the files were read; one that is absent gives no facts" },
	{ 0 }
};

static const struct probe_fact_help facts[] = {
	{ "client.dns.servers", FACT_TEXT, "DNS servers" },
	{ "client.dns.server_count", FACT_NUMBER, "how many" },
	{ "client.dns.search", FACT_TEXT, "search domains" },
	{ "client.dns.ndots", FACT_NUMBER, "dots from which a name is tried as it is first" },
	{ "client.dns.timeout_ms", FACT_NUMBER, "what a resolver waits for one server" },
	{ "client.dns.attempts", FACT_NUMBER, "how often it asks all of them" },
	{ "client.dns.tcp", FACT_BOOL, "it asks over TCP alone (use-vc)" },
	{ "client.dns.names", FACT_TEXT, "the full names asked for name=, in order" },
	{ "client.nsswitch.hosts", FACT_TEXT,
	  "sources of host names; [NOTFOUND=return] behind one that is the last to be asked of a name it does not know" },
	{ "client.nsswitch.dns", FACT_BOOL, "DNS is among them, and is asked of names that the hosts file does not have" },
	{ "client.nsswitch.files", FACT_BOOL, "the hosts file is among them" },
	{ "client.hosts.address", FACT_TEXT, "addresses of name= in the hosts file" },
	{ "client.lmhosts.address", FACT_TEXT, "addresses of name= in lmhosts" },
	{ "client.smb.min_protocol", FACT_TEXT, "oldest dialect that the client speaks" },
	{ "client.smb.max_protocol", FACT_TEXT, "newest dialect that the client speaks" },
	{ "client.smb.min_dialect", FACT_NUMBER, "the same as a number: 256 for SMB1, 514 for 2.02, 785 for 3.11" },
	{ "client.smb.max_dialect", FACT_NUMBER, "the same as a number" },
	{ "client.smb.smb1", FACT_BOOL, "it may speak SMB1" },
	{ "client.smb.smb2", FACT_BOOL, "it may speak SMB2 or later" },
	{ "client.smb.signing", FACT_TEXT, "client signing" },
	{ "client.smb.encrypts", FACT_BOOL, "it takes no session without encryption" },
	{ "client.smb.workgroup", FACT_TEXT, "workgroup" },
	{ "client.wins", FACT_TEXT, "WINS servers" },
	{ "client.name_resolve_order", FACT_TEXT, "sources of NetBIOS and host names, in order" },
	{ "client.scope", FACT_TEXT, "NetBIOS scope" },
	{ "client.netbios", FACT_BOOL, "NetBIOS is in use" },
	{ "client.resolves.lmhosts", FACT_BOOL, "lmhosts is asked" },
	{ "client.resolves.host", FACT_BOOL, "the system's look-up is asked" },
	{ "client.resolves.wins", FACT_BOOL, "WINS is asked, and a server is known" },
	{ "client.resolves.bcast", FACT_BOOL, "a broadcast is sent" },
	{ "name.netbios", FACT_BOOL, "name= can be a NetBIOS name" },
	{ "name.address", FACT_BOOL, "name= is an address" },
	{ 0 }
};

enum { LIST_MAX = 16 };

struct words {
	struct buf list;
	unsigned count;
};

static void words_add(struct words *w, struct str word)
{
	if (w->count == LIST_MAX)
		return;
	if (w->count++)
		buf_add_char(&w->list, ' ');
	buf_add(&w->list, word);
}

/* words_fact gives the list as a fact, where it has a word or always. */
static void words_fact(struct machine *m, const char *fact, struct words *w, bool always)
{
	if (w->count || always)
		machine_text(m, fact, buf_str(&w->list));
	buf_free(&w->list);
}

static struct str without_comment(struct str line, const char *marks)
{
	for (size_t i = 0; i < line.n; i++)
		for (const char *c = marks; *c; c++)
			if (line.p[i] == *c)
				return str_first(line, i);
	return line;
}

/* ---- resolv.conf ---- */

struct resolver {
	struct words servers, search;
	struct str domains; /* the last search or domain line wins */
	unsigned ndots, timeout_s, attempts;
	bool tcp;
};

static void read_option(struct resolver *r, struct str option)
{
	struct str name, value;
	uint64_t number;
	r->tcp |= str_eq(option, STR("use-vc"));
	if (!str_cut(option, ':', &name, &value) || !str_u64(value, &number))
		return;
	if (str_eq(name, STR("ndots")))
		r->ndots = number > 15 ? 15 : (unsigned)number;
	else if (str_eq(name, STR("timeout")))
		r->timeout_s = number > 30 ? 30 : (unsigned)number;
	else if (str_eq(name, STR("attempts")))
		r->attempts = number > 5 ? 5 : (unsigned)number;
}

static void read_resolv_line(struct resolver *r, struct str line)
{
	struct str key, word;
	bool begins = line.n && !char_is_space(line.p[0]); /* glibc takes no key behind a blank */
	if (!begins || !str_word(&line, &key))
		return;
	if (str_eq(key, STR("search")) || str_eq(key, STR("domain")))
		r->domains = line;
	struct address a;
	if (str_eq(key, STR("nameserver")) && str_word(&line, &word) && address_parse(word, &a))
		words_add(&r->servers, word); /* what stands behind it on the line a resolver does not read */
	while (str_eq(key, STR("options")) && str_word(&line, &word))
		read_option(r, word);
}

/* The order in which glibc's resolver tries: as it is first from ndots dots on, else last. */
static void names_fact(struct machine *m, const struct resolver *r, struct str name)
{
	struct words w = { 0 };
	struct str rest = r->domains, domain;
	size_t dots = 0;
	for (size_t i = 0; i < name.n; i++)
		dots += name.p[i] == '.';
	bool absolute = name.n && name.p[name.n - 1] == '.';
	bool first = absolute || dots >= r->ndots;
	if (first)
		words_add(&w, absolute ? str_first(name, name.n - 1) : name);
	while (!absolute && str_word(&rest, &domain))
		words_add(&w, arena_printf(m->arena, "%.*s.%.*s", STR_ARG(name), STR_ARG(domain)));
	if (!first)
		words_add(&w, name);
	words_fact(m, "client.dns.names", &w, true);
}

static void resolv_facts(struct machine *m, struct str text, struct str name, bool name_is_address)
{
	struct resolver r = { .ndots = 1, .timeout_s = 5, .attempts = 2 };
	struct str line, word;
	while (str_line(&text, &line))
		read_resolv_line(&r, without_comment(line, "#;"));
	machine_number(m, "client.dns.server_count", r.servers.count);
	words_fact(m, "client.dns.servers", &r.servers, true);
	for (struct str rest = r.domains; str_word(&rest, &word);)
		words_add(&r.search, word);
	words_fact(m, "client.dns.search", &r.search, true);
	machine_number(m, "client.dns.ndots", r.ndots);
	machine_number(m, "client.dns.timeout_ms", r.timeout_s * 1000.0);
	machine_number(m, "client.dns.attempts", r.attempts);
	if (r.tcp)
		machine_bool(m, "client.dns.tcp", true);
	if (name.n && !name_is_address)
		names_fact(m, &r, name);
}

/* ---- hosts, lmhosts ---- */

/* Both begin a line with an address. Every word behind it is a name in hosts, the first only in lmhosts, where a word
 * that begins with # may be a keyword and is none of our business. */
static void hosts_facts(struct machine *m, struct str text, struct str name, const char *fact, bool every_word)
{
	struct words found = { 0 };
	struct str line, address, word;
	while (str_line(&text, &line)) {
		struct str rest = without_comment(line, "#");
		struct address a;
		if (!str_word(&rest, &address) || !address_parse(address, &a))
			continue;
		bool hit = false;
		for (bool more = true; more && str_word(&rest, &word); more = every_word) {
			if (word.n > 1 && word.p[0] == '"' && word.p[word.n - 1] == '"')
				word = str_first(str_from(word, 1), word.n - 2);
			hit = hit || str_eq_nocase(word, name);
		}
		if (hit)
			words_add(&found, address);
	}
	words_fact(m, fact, &found, false);
}

/* ---- nsswitch.conf ---- */

/* ends_unknown: does this action, what stands between [ and ], end the look-up of a name that the source before it does
 * not know? */
static bool ends_unknown(struct str action)
{
	struct str word, status, then;
	bool ends = false;
	while (str_word(&action, &word)) {
		bool all_but = str_cut(word, '=', &status, &then) && status.n && status.p[0] == '!';
		if (all_but != str_eq_nocase(all_but ? str_from(status, 1) : status, STR("notfound")))
			ends = str_eq_nocase(then, STR("return"));
	}
	return ends;
}

static void nsswitch_facts(struct machine *m, struct str text)
{
	struct words sources = { 0 };
	struct str line, key, word, before;
	bool dns = false, files = false, found = false, ended = false;
	while (str_line(&text, &line)) {
		struct str rest = without_comment(line, "#");
		if (!str_cut(rest, ':', &key, &rest) || !str_eq(str_trim(key), STR("hosts")) || found)
			continue;
		found = true;
		before = STR("");
		while (rest = str_trim(rest), rest.n) {
			if (rest.p[0] == '[') {
				str_cut(str_from(rest, 1), ']', &word, &rest);
				if (!ends_unknown(word))
					continue;
				words_add(&sources, STR("[NOTFOUND=return]"));
				ended = ended || str_eq(before, STR("files"));
				continue;
			}
			str_word(&rest, &word);
			struct str glued = str_from(word, str_cut(word, '[', &before, &key) ? before.n : word.n);
			if (glued.n) /* dns[NOTFOUND=return] */
				rest = (struct str){ glued.p, (size_t)(rest.p + rest.n - glued.p) };
			words_add(&sources, before);
			dns = dns || (!ended && (str_eq(before, STR("dns")) || str_eq(before, STR("resolve"))));
			files = files || str_eq(before, STR("files"));
		}
	}
	if (found) {
		machine_bool(m, "client.nsswitch.dns", dns);
		machine_bool(m, "client.nsswitch.files", files);
	}
	words_fact(m, "client.nsswitch.hosts", &sources, found);
}

/* ---- smb.conf ---- */

struct smb_conf {
	struct str min_protocol, max_protocol, signing, encrypt, workgroup, wins, order, scope, disable_netbios;
};

/* Samba takes keys without regard to case and blanks. */
static bool key_is(struct str key, const char *want)
{
	size_t i = 0;
	for (const char *w = want; ; w++) {
		while (i < key.n && char_is_space(key.p[i]))
			i++;
		if (*w == ' ')
			continue;
		if (!*w)
			return i == key.n;
		if (i == key.n || char_lower(key.p[i++]) != *w)
			return false;
	}
}

static void read_setting(struct smb_conf *c, struct str key, struct str value)
{
	const struct {
		const char *name;
		struct str *slot;
	} settings[] = {
		{ "client min protocol", &c->min_protocol }, { "client max protocol", &c->max_protocol },
		{ "client signing", &c->signing },	     { "client smb encrypt", &c->encrypt },
		{ "workgroup", &c->workgroup },
		{ "wins server", &c->wins },		     { "name resolve order", &c->order },
		{ "netbios scope", &c->scope },		     { "disable netbios", &c->disable_netbios },
	};
	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		if (key_is(key, settings[i].name))
			*settings[i].slot = value;
}

static struct smb_conf read_smb_conf(struct str text)
{
	struct smb_conf c = { 0 };
	struct str line, key, value;
	bool global = true; /* what stands before the first section counts as global */
	while (str_line(&text, &line)) {
		line = str_trim(line);
		if (!line.n || line.p[0] == '#' || line.p[0] == ';')
			continue;
		if (line.p[0] == '[')
			global = str_starts_nocase(line, STR("[global]"));
		else if (global && str_cut(line, '=', &key, &value))
			read_setting(&c, key, str_trim(value));
	}
	return c;
}

struct dialect {
	const char *name, *canonical;
	unsigned number;
};

/* smb.conf(5): the names that Samba 4 takes; SMB2 and SMB3 stand for the newest of their kind. */
static const struct dialect *dialect_of(struct str name, const char *otherwise)
{
	static const struct dialect dialects[] = {
		{ "CORE", "CORE", 0x0100 },	   { "COREPLUS", "COREPLUS", 0x0100 },
		{ "LANMAN1", "LANMAN1", 0x0100 },  { "LANMAN2", "LANMAN2", 0x0100 },
		{ "NT1", "NT1", 0x0100 },	   { "SMB1", "NT1", 0x0100 },
		{ "SMB2_02", "SMB2_02", 0x0202 },  { "SMB2_10", "SMB2_10", 0x0210 },
		{ "SMB2", "SMB2_10", 0x0210 },	   { "SMB3_00", "SMB3_00", 0x0300 },
		{ "SMB3_02", "SMB3_02", 0x0302 },  { "SMB3_11", "SMB3_11", 0x0311 },
		{ "SMB3", "SMB3_11", 0x0311 },	   { 0 }
	};
	for (const struct dialect *d = dialects; d->name; d++)
		if (str_eq_nocase(name, str_c(d->name)))
			return d;
	return dialect_of(str_c(otherwise), otherwise);
}

/* smb.conf(5): the words for "required" that Samba takes. */
static bool is_demanded(struct str value)
{
	static const char *const words[] = { "required", "mandatory", "force", "forced", "enforced" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_eq_nocase(value, str_c(words[i])))
			return true;
	return false;
}

static void protocol_facts(struct machine *m, const struct smb_conf *c)
{
	const struct dialect *least = dialect_of(c->min_protocol, "SMB2_02"),
			     *most = dialect_of(c->max_protocol, "SMB3");
	machine_text(m, "client.smb.min_protocol", str_c(least->canonical));
	machine_text(m, "client.smb.max_protocol", str_c(most->canonical));
	machine_number(m, "client.smb.min_dialect", least->number);
	machine_number(m, "client.smb.max_dialect", most->number);
	machine_bool(m, "client.smb.smb1", least->number <= 0x0100);
	machine_bool(m, "client.smb.smb2", most->number > 0x0100);
	machine_text(m, "client.smb.signing", c->signing.n ? c->signing : STR("default"));
	machine_bool(m, "client.smb.encrypts", is_demanded(c->encrypt));
	if (c->workgroup.n)
		machine_text(m, "client.smb.workgroup", c->workgroup);
}

/* "tag:address" names a group of servers; only the address is asked. */
static bool wins_fact(struct machine *m, struct str value)
{
	struct words servers = { 0 };
	struct str word, tag, behind;
	while (str_word(&value, &word)) {
		struct address a;
		while (word.n && word.p[word.n - 1] == ',')
			word.n--;
		if (!address_parse(word, &a) && str_cut(word, ':', &tag, &behind))
			word = behind;
		if (address_parse(word, &a))
			words_add(&servers, word);
	}
	bool any = servers.count > 0;
	words_fact(m, "client.wins", &servers, true);
	return any;
}

static void smb_facts(struct machine *m, struct str text)
{
	struct smb_conf c = read_smb_conf(text);
	struct str order = c.order.n ? c.order : STR("lmhosts wins host bcast"), word;
	struct words sources = { 0 };
	bool lmhosts = false, host = false, wins = false, bcast = false;
	bool netbios = !(str_eq_nocase(c.disable_netbios, STR("yes")) ||
			 str_eq_nocase(c.disable_netbios, STR("true")) || str_eq(c.disable_netbios, STR("1")));
	while (str_word(&order, &word)) {
		words_add(&sources, word);
		lmhosts = lmhosts || str_eq_nocase(word, STR("lmhosts"));
		host = host || str_eq_nocase(word, STR("host"));
		wins = wins || str_eq_nocase(word, STR("wins"));
		bcast = bcast || str_eq_nocase(word, STR("bcast"));
	}
	words_fact(m, "client.name_resolve_order", &sources, true);
	protocol_facts(m, &c);
	bool server = wins_fact(m, c.wins);
	if (c.scope.n)
		machine_text(m, "client.scope", c.scope);
	machine_bool(m, "client.netbios", netbios);
	machine_bool(m, "client.resolves.lmhosts", lmhosts);
	machine_bool(m, "client.resolves.host", host);
	machine_bool(m, "client.resolves.wins", netbios && wins && server);
	machine_bool(m, "client.resolves.bcast", netbios && bcast);
}

static void files_start(struct machine *m)
{
	const struct probe_files *f = m->request->files;
	struct str name = machine_arg(m, "name");
	struct address a;
	bool is_address = address_parse(name, &a);
	if (!f) {
		machine_not_run(m, "the client's files were not read");
		return;
	}
	if (name.n) {
		machine_bool(m, "name.netbios", netbios_fits(name));
		machine_bool(m, "name.address", is_address);
	}
	if (f->resolv_conf.p)
		resolv_facts(m, f->resolv_conf, name, is_address);
	if (f->nsswitch_conf.p)
		nsswitch_facts(m, f->nsswitch_conf);
	if (name.n && f->hosts.p)
		hosts_facts(m, f->hosts, name, "client.hosts.address", true);
	if (name.n && f->lmhosts.p)
		hosts_facts(m, f->lmhosts, name, "client.lmhosts.address", false);
	if (f->smb_conf.p)
		smb_facts(m, f->smb_conf);
	machine_end(m, "read", "resolv.conf %s, hosts %s, nsswitch.conf %s, lmhosts %s, smb.conf %s",
		    f->resolv_conf.p ? "read" : "absent", f->hosts.p ? "read" : "absent",
		    f->nsswitch_conf.p ? "read" : "absent", f->lmhosts.p ? "read" : "absent",
		    f->smb_conf.p ? "read" : "absent");
}

static void files_feed(struct machine *m, const struct event *e)
{
	(void)m; /* it ends when it starts */
	(void)e;
}

const struct probe files_probe = {
	.name = "files",
	.says = "what the client's own files say",
	.args = args,
	.states = states,
	.facts = facts,
	.deadline_ms = 1000,
	.state_size = 1,
	.start = files_start,
	.feed = files_feed,
};
