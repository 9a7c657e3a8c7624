/* SPDX-License-Identifier: MIT
 *
 * kbt serve: the web page and the HTTP API, until a signal ends it. Everything but the words is in web/.
 */
#include "cli/cmd.h"
#include "web/http.h"
#include "web/site.h"

#include <pthread.h>
#include <signal.h>

static void say(void *context, const char *sentence)
{
	cmd_error(context, "%s", sentence);
}

static bool show_progress(void *context, int64_t done, int64_t total)
{
	cmd_progress(context, "preparing the look-up: %lld of %lld articles", (long long)done, (long long)total);
	return !cmd_interrupted();
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

static enum err serve(struct cmd_context *c, const struct listener *l, struct site *site, const sigset_t *before)
{
	struct http_server *server = NULL;
	struct http_options options = { .listener = l,
					.hosts = { .own = l->host,
						   .any_literal = l->wildcard,
						   .any = cmd_has(c, "insecure") },
					.handle = site_handle,
					.refuse = site_refuse,
					.context = site };
	enum err e = http_open(&options, &c->diags, &server);
	if (e)
		return e;
	announce(c, l, site);
	wait_for_signal(before);
	http_close(&server);
	return ERR_OK;
}

static int run(struct cmd_context *c)
{
	struct listener listener;
	struct site *site = NULL;
	sigset_t ends, before;
	if (c->arg_count) {
		cmd_usage(c, "serve takes no arguments");
		return EXIT_USAGE;
	}
	enum err e = listener_open(str_c(cmd_value(c, "listen", "127.0.0.1:8053")), cmd_has(c, "insecure"), &c->arena,
				   &c->diags, &listener);
	if (e)
		return cmd_fail(c, e);
	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &ends, &before);
	struct site_options options = { .db = c->db,
					.loopback = listener.loopback,
					.say = say,
					.progress = show_progress,
					.context = c };
	e = site_open(&options, &c->diags, &site);
	cmd_show_diags(c);
	if (!e)
		e = serve(c, &listener, site, &before);
	else
		listener_close(&listener);
	site_close(&site);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return e ? cmd_fail(c, e) : EXIT_FOUND;
}

static const struct cmd_option options[] = {
	{ "listen", 0, "ADDR:PORT", "where to listen (127.0.0.1:8053); port 0 takes any free one" },
	{ "insecure", 0, NULL, "listen also where other machines can ask; no probes are sent then" },
	{ .name = NULL },
};

static const char *const examples[] = {
	"kbt serve",
	"kbt serve --listen [::1]:8080",
	"kbt serve --db build/kb.db --listen 127.0.0.1:0",
	NULL,
};

const struct cmd cmd_serve = {
	.name = "serve",
	.usage = "",
	.help = "the web page and the HTTP API",
	.about = "Serves the page where a message is pasted, the articles, and the API under /api/v1, to this machine. A knowledge\n"
		 "base that is imported meanwhile is picked up without a restart. Nothing that is pasted is kept.",
	.examples = examples,
	.options = options,
	.run = run,
};
