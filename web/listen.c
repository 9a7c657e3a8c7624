/* SPDX-License-Identifier: MIT
 *
 * "address:port" or "unix:/path" > a listening socket, or the sentence that says why not. See listen.h.
 */
#include "web/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	struct sockaddr_un file;
};

static bool parse_address(struct str where, struct arena *a, union address *ret_address)
{
	struct str head, tail;
	uint64_t port;
	bool six = where.n && where.p[0] == '[';
	if (six && str_cut(str_from(where, 1), ']', &head, &tail) && tail.n && tail.p[0] == ':')
		tail = str_from(tail, 1);
	else if (six || !str_cut(where, ':', &head, &tail))
		return false;
	if (!tail.n || tail.n > 5 || !char_is_digit(tail.p[0]) || !str_u64(tail, &port) || port > 65535)
		return false;
	if (str_eq_nocase(head, STR("localhost")))
		head = STR("127.0.0.1");
	struct str text = arena_str(a, head);
	memset(ret_address, 0, sizeof *ret_address);
	ret_address->any.sa_family = six ? AF_INET6 : AF_INET;
	if (six)
		ret_address->six.sin6_port = htons((uint16_t)port);
	else
		ret_address->four.sin_port = htons((uint16_t)port);
	void *to = six ? (void *)&ret_address->six.sin6_addr : (void *)&ret_address->four.sin_addr;
	return text.p && inet_pton(ret_address->any.sa_family, text.p, to) == 1;
}

static void describe(const union address *address, struct arena *a, struct listener *l)
{
	char text[INET6_ADDRSTRLEN];
	if (address->any.sa_family == AF_INET6) {
		const struct in6_addr *six = &address->six.sin6_addr;
		l->port = ntohs(address->six.sin6_port);
		l->loopback = IN6_IS_ADDR_LOOPBACK(six);
		l->wildcard = IN6_IS_ADDR_UNSPECIFIED(six);
		l->host = arena_printf(a, "[%s]", inet_ntop(AF_INET6, six, text, sizeof text));
	} else {
		uint32_t four = ntohl(address->four.sin_addr.s_addr);
		l->port = ntohs(address->four.sin_port);
		l->loopback = four >> 24 == 127;
		l->wildcard = four == INADDR_ANY;
		l->host = arena_str(a, str_c(inet_ntop(AF_INET, &address->four.sin_addr, text, sizeof text)));
	}
	l->local = l->loopback;
	l->url = arena_printf(a, "%s://%.*s:%u/", l->tls ? "https" : "http", STR_ARG(l->host), l->port);
}

static enum err bind_failed(struct str where, int number, struct diags *d)
{
	if (number == EADDRINUSE)
		return diags_fail(d, ERR_BUSY, "%.*s is in use by another program: choose another port with --listen, "
				  "port 0 for any free one", STR_ARG(where));
	return diags_fail(d, err_from_errno(number), "cannot listen on %.*s: %s", STR_ARG(where), strerror(number));
}

/* check_safe: what other machines reach. */
static enum err check_safe(struct str where, const struct listen_options *o, struct diags *d)
{
	if (o->insecure || (o->tokens && o->tls))
		return ERR_OK;
	if (o->tokens)
		return diags_fail(d, ERR_INPUT,
				  "%.*s can be reached from other machines, and tokens sent there could be read on "
				  "the way: --tls-cert and --tls-key protect them, --insecure listens there "
				  "nevertheless",
				  STR_ARG(where));
	return diags_fail(d, ERR_INPUT, "%.*s can be reached from other machines, and anyone there could ask this one: "
			  "--tokens says who may (see `kbt token --help`), --insecure listens there nevertheless",
			  STR_ARG(where));
}

/* ---- a socket file ---- */

/* take_away removes a socket file that nobody listens on; false where somebody does, also one who takes no further
 * connection just now, or it is another kind of file. */
static bool take_away(const union address *address)
{
	struct stat s;
	int fd = lstat(address->file.sun_path, &s) || !S_ISSOCK(s.st_mode)
			 ? -1
			 : socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	bool dead = connect(fd, &address->any, sizeof address->file) && errno == ECONNREFUSED;
	close(fd);
	return dead && !unlink(address->file.sun_path);
}

static enum err file_failed(struct str where, int number, struct diags *d)
{
	if (number == EADDRINUSE)
		return diags_fail(d, ERR_BUSY, "%.*s is there already, and another program uses it or it is no socket",
				  STR_ARG(where));
	if (number == ENOENT)
		return diags_fail(d, ERR_INPUT, "cannot listen on %.*s: its folder is not there", STR_ARG(where));
	return diags_fail(d, err_from_errno(number), "cannot listen on %.*s: %s", STR_ARG(where), strerror(number));
}

static enum err open_file(struct str where, struct str path, const struct listen_options *o, struct arena *a,
			  struct diags *d, struct listener *ret_listener)
{
	union address address = { .file.sun_family = AF_UNIX };
	if (!path.n || path.n >= sizeof address.file.sun_path)
		return diags_fail(d, ERR_INPUT, "--listen unix:FILE needs the name of a file, of at most %zu bytes",
				  sizeof address.file.sun_path - 1);
	memcpy(address.file.sun_path, path.p, path.n);
	struct listener l = { .local = true, .file = arena_str(a, path), .url = arena_str(a, where), .tls = o->tls };
	l.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l.fd < 0)
		return file_failed(where, errno, d);
	mode_t mask = umask(o->tokens ? 0117 : 0177); /* before anybody could connect */
	int number = bind(l.fd, &address.any, sizeof address.file) ? errno : 0;
	if (number == EADDRINUSE && take_away(&address))
		number = bind(l.fd, &address.any, sizeof address.file) ? errno : 0;
	if (!number && listen(l.fd, SOMAXCONN))
		number = errno;
	umask(mask);
	if (number) {
		close(l.fd);
		return file_failed(where, number, d);
	}
	*ret_listener = l;
	return arena_err(a);
}

/* ---- an address ---- */

static enum err open_address(struct str where, const union address *wanted, struct listener *l, struct arena *a,
			     struct diags *d)
{
	union address address = *wanted;
	socklen_t size = sizeof address;
	int on = 1;
	l->fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return bind_failed(where, errno, d);
	setsockopt(l->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	socklen_t own = address.any.sa_family == AF_INET6 ? sizeof address.six : sizeof address.four;
	if (bind(l->fd, &address.any, own) || listen(l->fd, SOMAXCONN) || getsockname(l->fd, &address.any, &size)) {
		int number = errno;
		close(l->fd);
		return bind_failed(where, number, d);
	}
	describe(&address, a, l);
	return arena_err(a);
}

enum err listener_open(struct str where, const struct listen_options *options, struct arena *a, struct diags *d,
		       struct listener *ret_listener)
{
	const struct str unix_file = STR("unix:");
	struct listener l = { .tls = options->tls };
	union address address;
	if (str_starts(where, unix_file))
		return open_file(where, str_from(where, unix_file.n), options, a, d, ret_listener);
	if (!parse_address(where, a, &address))
		return diags_fail(d, ERR_INPUT, "--listen is an address and a port, as in 127.0.0.1:8053, "
				  "[::1]:8053 or localhost:8053, or unix:FILE, not '%.*s'", STR_ARG(where));
	describe(&address, a, &l);
	enum err e = l.local ? ERR_OK : check_safe(where, options, d);
	if (!e)
		e = open_address(where, &address, &l, a, d);
	if (!e)
		*ret_listener = l;
	return e;
}

void listener_close(struct listener *listener)
{
	close(listener->fd);
	listener->fd = -1;
	listener_forget(listener);
}

void listener_forget(struct listener *listener)
{
	if (listener->file.n)
		unlink(listener->file.p);
}
