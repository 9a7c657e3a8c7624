/* SPDX-License-Identifier: MIT
 *
 * kbt serve: the web page and the HTTP API, until a signal ends it. Everything but the words is in web/.
 */
#include "cli/save.h"
#include "web/allow.h"
#include "web/gate.h"
#include "web/http.h"
#include "web/keep.h"
#include "web/site.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX = 64 };

static void say(void *context, const char *sentence)
{
	cmd_error(context, "%s", sentence);
}

/* is_asked_to_end: while the threads are started, the signals are blocked: they wait to be heard. */
static bool is_asked_to_end(void)
{
	sigset_t came;
	sigpending(&came);
	return cmd_interrupted() || sigismember(&came, SIGINT) || sigismember(&came, SIGTERM) ||
	       sigismember(&came, SIGHUP);
}

static bool say_waiting(void *context, bool tell)
{
	if (tell)
		cmd_say_waiting(context);
	return !is_asked_to_end();
}

static bool show_progress(void *context, int64_t done, int64_t total)
{
	cmd_progress(context, "preparing the look-up: %lld of %lld articles", (long long)done, (long long)total);
	return !is_asked_to_end();
}

static void announce(struct cmd_context *c, const struct listener *l, struct site *site)
{
	int64_t articles = site_articles(site);
	cmd_progress(c, "%s", "");
	if (c->json) {
		struct json j = json_to(&c->out);
		json_object(&j);
		json_key_str(&j, "url", l->url);
		json_key_int(&j, "port", l->port);
		json_key_int(&j, "articles", articles);
		json_end_object(&j);
		buf_add_char(&c->out, '\n');
	} else {
		buf_addf(&c->out, "%.*s serves %lld articles; Ctrl+C ends it\n", STR_ARG(l->url), (long long)articles);
	}
	cmd_flush(c);
}

/* wait_for_signal: the threads were started with the signals blocked, so that they come here. */
static void wait_for_signal(const sigset_t *before)
{
	while (!cmd_interrupted())
		sigsuspend(before);
}

/* What outlives the threads that use it. */
struct served {
	struct listener listener;
	struct tls_files tls;
	struct allow_rules allow;
	struct gate *gate;
	struct site *site;
	struct str names[NAMES_MAX];
	size_t name_count;
};

static void add_name(struct cmd_context *c, struct served *s, struct str name)
{
	if (name.n && s->name_count < NAMES_MAX)
		s->names[s->name_count++] = arena_str(&c->arena, name);
}

/* say_host: an address of IPv6 is full of colons, and what a port is among them nobody can tell. */
static enum err say_host(struct cmd_context *c, const char *host)
{
	const char *colon = strchr(host, ':');
	if (*host == '[' || (colon && strchr(colon + 1, ':') && !strchr(host, '/')))
		return diags_fail(&c->diags, ERR_INPUT,
				  "--host takes an IPv6 address in brackets and without a port, as in [2001:db8::1], "
				  "not '%s'",
				  host);
	return diags_fail(&c->diags, ERR_INPUT,
			  "--host is a name without http:// and port, as in kb.example.org, not '%s'", host);
}

/* check_hosts: what no browser sends for a name would refuse everybody. */
static enum err check_hosts(struct cmd_context *c)
{
	const char *host;
	for (size_t i = 0; (host = cmd_value_at(c, "host", i)); i++) {
		size_t n = 0;
		while (char_is_alpha(host[n]) || char_is_digit(host[n]) || (host[n] && strchr(".-_[:]", host[n])))
			n++;
		bool closed = n > 2 && host[n - 1] == ']' && strchr(host, ']') == host + n - 1;
		if (!n || host[n] || (host[0] == '[' ? !closed : strpbrk(host, ":[]") != NULL))
			return say_host(c, host);
	}
	return ERR_OK;
}

/* own_names: what --host says; where other machines can ask, also what this one is called. */
static void own_names(struct cmd_context *c, struct served *s)
{
	char host[256] = "";
	for (size_t i = 0; cmd_value_at(c, "host", i); i++)
		add_name(c, s, str_c(cmd_value_at(c, "host", i)));
	if (!s->listener.local && !gethostname(host, sizeof host - 1))
		add_name(c, s, str_c(host));
}

static enum err serve(struct cmd_context *c, struct served *s, const sigset_t *before)
{
	struct http_server *server = NULL;
	struct http_options options = { .listener = &s->listener,
					.tls = s->listener.tls ? &s->tls : NULL,
					.hosts = { .own = s->listener.host,
						   .any_literal = s->listener.wildcard,
						   .names = s->names,
						   .name_count = s->name_count,
						   .secure = s->listener.tls,
						   .proxied = s->listener.file.n > 0 },
					.counts = site_http_counts(s->site),
					.admit = site_admit,
					.is_upload = site_is_upload,
					.handle = site_handle,
					.refuse = site_refuse,
					.context = s->site };
	enum err e = http_open(&options, &c->diags, &server);
	if (e)
		return e;
	announce(c, &s->listener, s->site);
	wait_for_signal(before);
	http_close(&server);
	listener_forget(&s->listener);
	return ERR_OK;
}

static enum err prepare(struct cmd_context *c, struct served *s, uint64_t per_min)
{
	const char *cert = cmd_value(c, "tls-cert", NULL), *key = cmd_value(c, "tls-key", NULL);
	struct listen_options listen = { cmd_has(c, "tokens"), cert != NULL, cmd_has(c, "insecure") };
	struct gate_options gate = {
		.tokens = cmd_value(c, "tokens", NULL), .secure = cert != NULL, .say = say, .context = c
	};
	if (!cert != !key)
		return diags_fail(&c->diags, ERR_INPUT, "--tls-cert and --tls-key belong together");
	gate.diagnoses_per_min = (double)per_min;
	for (size_t i = 0; cmd_value_at(c, "allow", i); i++) {
		enum err bad = allow_rule_parse(str_c(cmd_value_at(c, "allow", i)), &c->arena, &c->diags, &s->allow);
		if (bad)
			return bad;
	}
	enum err e = check_hosts(c);
	if (!e && cert)
		e = tls_load(cert, key, &c->arena, &c->diags, &s->tls);
	if (!e)
		e = gate_open(&gate, &c->diags, &s->gate);
	if (!e)
		e = listener_open(str_c(cmd_value(c, "listen", "127.0.0.1:8053")), &listen, &c->arena, &c->diags,
				  &s->listener);
	if (!e)
		own_names(c, s);
	return e;
}

/* check_keep looks at the file now, not when somebody keeps a report. One that nobody named ends nothing. */
static enum err check_keep(struct cmd_context *c, const char *path)
{
	bool named = cmd_has(c, "keep");
	enum err e = named ? save_check(c, path, true) : ERR_OK;
	if (!e && keep_check(path, &c->diags))
		e = ERR_INPUT; /* exit code 4 is for the knowledge base */
	return named ? e : ERR_OK;
}

static enum err open_and_serve(struct cmd_context *c, struct served *s, const sigset_t *before)
{
	const char *keep = cmd_value(c, "keep", arena_printf(&c->arena, "%s.kept", c->db).p);
	enum err e = strcmp(keep, "none") ? check_keep(c, keep) : ERR_OK;
	struct site_options options = { .db = c->db,
					.keep = strcmp(keep, "none") ? keep : NULL,
					.loopback = s->listener.loopback,
					.allow = &s->allow,
					.gate = s->gate,
					.say = say,
					.waiting = say_waiting,
					.progress = show_progress,
					.context = c };
	if (!e)
		e = site_open(&options, &c->diags, &s->site);
	cmd_show_diags(c);
	if (!e)
		e = serve(c, s, before);
	else
		listener_close(&s->listener);
	site_close(&s->site);
	return e;
}

static int run(struct cmd_context *c)
{
	struct served served = { 0 };
	uint64_t per_min = 0;
	sigset_t ends, before;
	if (c->arg_count) {
		cmd_usage(c, "serve takes no arguments");
		return EXIT_USAGE;
	}
	if (!cmd_number(c, "rate", 1, 6000, &per_min))
		return EXIT_USAGE;
	enum err e = prepare(c, &served, per_min);
	if (!e) {
		sigemptyset(&ends);
		sigaddset(&ends, SIGINT);
		sigaddset(&ends, SIGTERM);
		sigaddset(&ends, SIGHUP);
		pthread_sigmask(SIG_BLOCK, &ends, &before);
		e = open_and_serve(c, &served, &before);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	gate_close(&served.gate);
	return e ? cmd_fail(c, e) : EXIT_FOUND;
}

static const struct cmd_option options[] = {
	{ "listen", 0, "WHERE", "ADDRESS:PORT (127.0.0.1:8053; port 0 takes any free one) or unix:FILE" },
	{ "host", 0, "NAME", "a name of this server; requests under any other are refused; may be repeated" },
	{ "tokens", 0, "FILE", "answer only who shows a token of this file (kbt token)" },
	{ "tls-cert", 0, "FILE", "speak TLS, with this certificate (PEM, the chain behind it)" },
	{ "tls-key", 0, "FILE", "its key" },
	{ "allow", 0, "WHERE",
	  "let probes go there: ADDRESS, NETWORK/BITS or NAME, with :PORTS for these alone; repeatable" },
	{ "keep", 0, "FILE", "where kept reports lie (beside the knowledge base); none: nothing is kept" },
	{ "rate", 0, "N", "at most N diagnoses a minute for a client on another machine (20)" },
	{ "insecure", 0, NULL, "listen where other machines can ask without tokens, or without TLS" },
	{ .name = NULL },
};

static const char *const examples[] = {
	"kbt serve",
	"kbt serve --allow 198.51.100.0/24 --allow files.example.org:139,445",
	"kbt serve --listen unix:/run/kbt/web.sock --host kb.example.org",
	"kbt serve --listen 0.0.0.0:8053 --tokens tokens --tls-cert cert.pem --tls-key key.pem",
	"kbt serve --db build/kb.db --listen 127.0.0.1:0",
	NULL,
};

const struct cmd cmd_serve = {
	.name = "serve",
	.usage = "",
	.help = "the web page and the HTTP API",
	.about = "Serves the page where a message is pasted, the articles, and the API under /api/v1, to this\n"
		 "machine unless --listen says otherwise. A knowledge base that is imported meanwhile is picked up\n"
		 "without a restart. Nothing that is pasted is kept, unless somebody asks for a link to it: then\n"
		 "without passwords, tokens and keys, until it expires.",
	.examples = examples,
	.options = options,
	.no_limit = true,
	.run = run,
};
