/* SPDX-License-Identifier: MIT
 *
 * See last_word.h. References: RFC 9110 sections 15.5.9 and 15.5.14, tcp(7).
 */
#include "web/last_word.h"

#include "web/problem.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

bool last_word_heard(int fd, uint64_t *ret_bytes)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof info;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) ||
	    size < offsetof(struct tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
		return false;
	*ret_bytes = info.tcpi_bytes_received;
	return true;
}

static const char *phrase(unsigned status)
{
	switch (status) {
	case 400: return "Bad Request";
	case 408: return "Request Timeout";
	case 413: return "Content Too Large";
	case 414: return "URI Too Long";
	case 431: return "Request Header Fields Too Large";
	default: return "Service Unavailable";
	}
}

static void add_body(struct buf *out, unsigned status, const char *why, bool as_json)
{
	if (as_json)
		problem_add(out, status, why);
	else
		buf_addf(out, "%s\n", why);
}

void last_word(int fd, unsigned status, const char *why, bool json)
{
	struct buf body = { 0 }, out = { 0 };
	add_body(&body, status, why, json);
	buf_addf(&out,
		 "HTTP/1.1 %u %s\r\nConnection: close\r\nContent-Length: %zu\r\n"
		 "Content-Type: %s\r\nCache-Control: no-store\r\n"
		 "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'\r\n\r\n",
		 status, phrase(status), body.n, json ? "application/json" : "text/plain; charset=utf-8");
	buf_add(&out, buf_str(&body));
	if (!buf_err(&out) && !buf_err(&body))
		(void)!send(fd, out.p, out.n, MSG_DONTWAIT | MSG_NOSIGNAL);
	buf_free(&body);
	buf_free(&out);
}
