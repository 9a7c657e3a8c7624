/* SPDX-License-Identifier: MIT
 *
 * Opens and closes the server: what libmicrohttpd is told, and the reaper's thread. See http_inside.h.
 */
#include "web/http_inside.h"

#include "base/mem.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 16000,
	CONNECTIONS_PER_CLIENT = 64, /* where clients are on other machines */
	FILES_RESERVED = 256,	     /* of the process's descriptors, for probes and the store */
	REAP_MS = 500
};

static const char tls_priorities[] = "SECURE128:+SECURE192:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

int64_t http_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* as_sent keeps libmicrohttpd from decoding anything: request.c does. */
static size_t as_sent(void *context, struct MHD_Connection *connection, char *s)
{
	(void)context, (void)connection;
	return strlen(s);
}

static void say_nothing(void *context, const char *format, va_list args)
{
	(void)context, (void)format, (void)args; /* a line for each client that hangs up */
}

static unsigned connection_limit(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return 512;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	rlim_t left = files.rlim_cur > 2 * FILES_RESERVED ? files.rlim_cur - FILES_RESERVED : FILES_RESERVED;
	return left < CONNECTIONS_MAX ? (unsigned)left : CONNECTIONS_MAX;
}

static struct MHD_Daemon *start(struct http_server *s)
{
	const struct http_options *o = &s->options;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned threads = o->threads ? o->threads : processors > 4 ? (unsigned)processors : 4;
	bool spared = !o->tls && !o->listener->file.n && spare_knows(MHD_get_version());
	s->pool = spared ? POOL_SPARED : POOL_HELD;
	s->shelves = mem_resize(NULL, threads * sizeof *s->shelves);
	if (!s->shelves)
		return NULL;
	memset(s->shelves, 0, threads * sizeof *s->shelves);
	s->shelf_max = threads;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, o->tls ? (void *)(uintptr_t)o->tls->cert.p : NULL },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, o->tls ? (void *)(uintptr_t)o->tls->key.p : NULL },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)tls_priorities },
		{ MHD_OPTION_END, 0, NULL }
	};
	if (!o->tls)
		tls[0] = tls[3];
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
	return MHD_start_daemon(
		o->tls ? flags | MHD_USE_TLS : flags, 0, NULL, NULL,
		http_on_request, s, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL, MHD_OPTION_LISTEN_SOCKET,
		o->listener->fd, MHD_OPTION_THREAD_POOL_SIZE, threads, MHD_OPTION_CONNECTION_LIMIT,
		connection_limit(), MHD_OPTION_PER_IP_CONNECTION_LIMIT,
		o->listener->local ? 0U : (unsigned)CONNECTIONS_PER_CLIENT, MHD_OPTION_CONNECTION_TIMEOUT,
		(unsigned)HTTP_ANSWER_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->pool,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_UNESCAPE_CALLBACK, as_sent, NULL, MHD_OPTION_URI_LOG_CALLBACK, http_on_target, s,
		MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, s,
		MHD_OPTION_ARRAY, tls,
		MHD_OPTION_END);
}

static void fill_patience(struct http_patience *p)
{
	const struct {
		unsigned *ms;
		unsigned otherwise;
	} times[] = { { &p->header, HTTP_HEADER_S * 1000 }, { &p->body, HTTP_BODY_S * 1000 },
		      { &p->answer, HTTP_ANSWER_S * 1000 }, { &p->idle, HTTP_IDLE_S * 1000 },
		      { &p->upload, HTTP_UPLOAD_S * 1000 }, { &p->beat, HTTP_BEAT_S * 1000 },
		      { &p->lost, HTTP_LOST_S * 1000 },	    { &p->look, REAP_MS } };
	for (size_t i = 0; i < sizeof times / sizeof *times; i++)
		if (!*times[i].ms)
			*times[i].ms = times[i].otherwise;
}

static void free_server(struct http_server *s)
{
	pthread_cond_destroy(&s->stop);
	pthread_mutex_destroy(&s->lock);
	mem_free(s->shelves);
	mem_free(s);
}

enum err http_open(const struct http_options *options, struct diags *d, struct http_server **ret_server)
{
	struct http_server *s = mem_resize(NULL, sizeof *s);
	pthread_condattr_t monotonic;
	if (!s)
		return ERR_NOMEM;
	*s = (struct http_server){ .options = *options };
	fill_patience(&s->options.patience);
	signal(SIGPIPE, SIG_IGN);
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&s->stop, &monotonic);
	pthread_condattr_destroy(&monotonic);
	errno = 0;
	s->daemon = start(s);
	const int number = errno;
	if (!s->daemon) {
		close(options->listener->fd);
		free_server(s);
		return diags_fail(d, ERR_IO, "cannot start the web server on %.*s: %s", STR_ARG(options->listener->url),
				  number == EAGAIN ? err_text(ERR_THREAD)
				  : number	   ? err_errno_text(number)
						   : "its library does not say why");
	}
	if (pthread_create(&s->reaper, NULL, http_reap, s)) {
		MHD_stop_daemon(s->daemon);
		free_server(s);
		return diags_fail(d, ERR_THREAD, "cannot start the web server: %s", err_text(ERR_THREAD));
	}
	*ret_server = s;
	return ERR_OK;
}

void http_close(struct http_server **server)
{
	struct http_server *s = *server;
	if (!s)
		return;
	*server = NULL;
	/* No MHD_quiesce_daemon: in 0.9.75 it and a worker may both take the socket out of the worker's epoll set, and
	 * the second aborts the process. What connects from now on is not parked any more. */
	pthread_mutex_lock(&s->lock);
	s->stopping = true;
	pthread_cond_signal(&s->stop);
	pthread_mutex_unlock(&s->lock);
	pthread_join(s->reaper, NULL);
	MHD_stop_daemon(s->daemon);
	free_server(s);
}
