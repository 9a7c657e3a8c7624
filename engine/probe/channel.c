/* SPDX-License-Identifier: MIT */
#include "probe/channel.h"

#include <errno.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* These want the types above. */
#include <linux/errqueue.h>
#include <linux/netlink.h>
#include <linux/tcp.h>

enum {
	READS_PER_TURN = 16, /* of one channel, so that a flood leaves time for the others */
	TCP_SYN_SENT_STATE = 2,
	TCP_CLOSE_STATE = 7
};

static int set_int(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value) ? errno : 0;
}

/* A call of its own also where the C library has one for all that sockets do, which a helper may not make one by. */
static int make_socket(int family, int type, int protocol)
{
	return (int)syscall(SYS_socket, family, type, protocol);
}

static int open_icmp(struct channel *c, int family)
{
	int protocol = family == AF_INET ? (int)IPPROTO_ICMP : (int)IPPROTO_ICMPV6;
	c->fd = make_socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	if (c->fd < 0) {
		c->fd = make_socket(family, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
		c->raw = c->fd >= 0;
	}
	return c->fd < 0 ? errno : 0;
}

static int open_socket(struct channel *c)
{
	int family = c->spec.to.family == 6 ? AF_INET6 : AF_INET;
	const int flags = SOCK_NONBLOCK | SOCK_CLOEXEC;
	switch (c->spec.kind) {
	case CHANNEL_UDP:
	case CHANNEL_BROADCAST:
		c->fd = make_socket(family, SOCK_DGRAM | flags, 0);
		break;
	case CHANNEL_TCP:
		c->fd = make_socket(family, SOCK_STREAM | flags, 0);
		break;
	case CHANNEL_ICMP:
		return open_icmp(c, family);
	case CHANNEL_ROUTE:
		c->fd = make_socket(AF_NETLINK, SOCK_RAW | flags, NETLINK_ROUTE);
		break;
	case CHANNEL_ARP:
	case CHANNEL_VIA:
		c->fd = make_socket(AF_PACKET, SOCK_DGRAM | flags, 0); /* no protocol yet: nothing is received before bind */
		break;
	}
	return c->fd < 0 ? errno : 0;
}

static int set_options(struct channel *c)
{
	bool v6 = c->spec.to.family == 6;
	int e = v6 ? set_int(c->fd, IPPROTO_IPV6, IPV6_RECVERR, 1) : set_int(c->fd, IPPROTO_IP, IP_RECVERR, 1);
	if (!e && c->spec.ttl)
		e = v6 ? set_int(c->fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, c->spec.ttl) :
			 set_int(c->fd, IPPROTO_IP, IP_TTL, c->spec.ttl);
	if (!e && c->spec.df)
		e = v6 ? set_int(c->fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE) :
			 set_int(c->fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
	if (!e && c->spec.kind == CHANNEL_BROADCAST)
		e = set_int(c->fd, SOL_SOCKET, SO_BROADCAST, 1);
	if (!e && c->spec.kind == CHANNEL_TCP) /* what is sent while another is under way is to go at once, too */
		e = set_int(c->fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (!e && c->spec.inside && setsockopt(c->fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo"))
		e = errno;
	const struct linger at_once = { .l_onoff = 1 };
	if (!e && c->spec.abort && setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once))
		e = errno;
	return e;
}

static int connect_to_peer(struct channel *c)
{
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(c->spec.to, c->spec.kind == CHANNEL_ICMP ? 0 : c->spec.port, &to);
	int e = 0;
	if (connect(c->fd, (struct sockaddr *)&to, size) && errno != EINPROGRESS)
		e = errno;
	struct sockaddr_storage local;
	size = sizeof local;
	if (!getsockname(c->fd, (struct sockaddr *)&local, &size))
		c->local = address_from_sockaddr((struct sockaddr *)&local);
	return e;
}

static bool is_packet(const struct channel_spec *spec)
{
	return spec->kind == CHANNEL_ARP || spec->kind == CHANNEL_VIA;
}

static uint16_t packet_protocol(const struct channel_spec *spec)
{
	return htons(spec->kind == CHANNEL_ARP ? ETH_P_ARP : ETH_P_IP);
}

static int bind_packet(struct channel *c)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_protocol = packet_protocol(&c->spec),
				 .sll_ifindex = c->spec.interface };
	return bind(c->fd, (struct sockaddr *)&a, sizeof a) ? errno : 0;
}

int channel_open(struct channel *c, const struct channel_spec *spec)
{
	*c = (struct channel){ .fd = -1, .spec = *spec };
	int e = open_socket(c);
	if (!e && is_packet(spec))
		e = bind_packet(c);
	else if (!e && spec->kind != CHANNEL_ROUTE)
		e = set_options(c);
	if (!e && (spec->kind == CHANNEL_UDP || spec->kind == CHANNEL_TCP || spec->kind == CHANNEL_ICMP))
		e = connect_to_peer(c);
	return e;
}

static int send_packet(struct channel *c, struct str bytes)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET, .sll_protocol = packet_protocol(&c->spec),
				 .sll_ifindex = c->spec.interface, .sll_halen = 6,
				 .sll_addr = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF } };
	if (c->spec.kind == CHANNEL_VIA)
		memcpy(a.sll_addr, c->spec.mac, sizeof c->spec.mac);
	return sendto(c->fd, bytes.p, bytes.n, 0, (struct sockaddr *)&a, sizeof a) < 0 ? errno : 0;
}

int channel_send(struct channel *c, const struct action *action)
{
	if (is_packet(&c->spec))
		return send_packet(c, action->bytes);
	/* The answer is acknowledged by the next request, which saves a packet each. */
	if (c->spec.kind == CHANNEL_TCP)
		(void)set_int(c->fd, IPPROTO_TCP, TCP_QUICKACK, 0);
	struct sockaddr_storage to;
	socklen_t size = address_to_sockaddr(action->spec.to, action->spec.port, &to);
	ssize_t n = sendto(c->fd, action->bytes.p, action->bytes.n, MSG_NOSIGNAL, size ? (struct sockaddr *)&to : NULL,
			   size);
	if (n < 0)
		return errno;
	/* Our requests fit any empty send buffer; one that does not is a peer that never took the earlier ones. */
	return (size_t)n == action->bytes.n ? 0 : ENOBUFS;
}

short channel_wants(const struct channel *c)
{
	if (c->fd < 0 || c->ended)
		return 0;
	return c->spec.kind == CHANNEL_TCP && !c->connected ? POLLOUT : POLLIN;
}

static void read_extended_error(const struct sock_extended_err *x, struct event *e)
{
	e->error = (int)x->ee_errno;
	if (x->ee_origin != SO_EE_ORIGIN_ICMP && x->ee_origin != SO_EE_ORIGIN_ICMP6)
		return;
	e->icmp = (struct icmp_note){ .known = true, .type = x->ee_type, .code = x->ee_code,
				      .from = address_from_sockaddr(SO_EE_OFFENDER(x)) };
	if (x->ee_errno == EMSGSIZE)
		e->icmp.mtu = x->ee_info;
}

/* read_error takes one entry off the error queue. A netlink socket has none, and would give its data instead. */
static bool read_error(struct channel *c, struct event *e)
{
	if (c->spec.kind == CHANNEL_ROUTE || is_packet(&c->spec))
		return false;
	union {
		struct cmsghdr header;
		char bytes[512];
	} control;
	uint8_t quoted[512];
	struct iovec piece = { quoted, sizeof quoted };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof control };
	if (recvmsg(c->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return false;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
		if (!(h->cmsg_level == IPPROTO_IP && h->cmsg_type == IP_RECVERR) &&
		    !(h->cmsg_level == IPPROTO_IPV6 && h->cmsg_type == IPV6_RECVERR))
			continue;
		*e = (struct event){ .kind = EVENT_FAIL, .local = c->local };
		read_extended_error((const struct sock_extended_err *)CMSG_DATA(h), e);
	}
	return true;
}

/* tcp_info gives as many bytes as the system knows of; 0: none. */
static size_t tcp_info(const struct channel *c, struct tcp_info *ret_info)
{
	socklen_t size = sizeof *ret_info;
	*ret_info = (struct tcp_info){ 0 };
	bool known = c->spec.kind == CHANNEL_TCP && c->fd >= 0 &&
		     !getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, ret_info, &size);
	return known ? size : 0;
}

/* STAMP_BYTES: of the time stamps in each segment (RFC 7323), which the system counts as none of its data. */
enum { STAMP_BYTES = 12 };

/* kept_here: a segment that is sent again counts as under way, unless the system itself dropped it before it left: by a
 * rule for what goes out, or at the interface. The first request to connect counts either way. */
static bool kept_here(const struct tcp_info *info)
{
	return info->tcpi_state == TCP_SYN_SENT_STATE && info->tcpi_total_retrans && !info->tcpi_retrans;
}

struct tcp_note channel_tcp_note(const struct channel *c)
{
	struct tcp_info info;
	size_t size = tcp_info(c, &info);
	if (!size)
		return (struct tcp_note){ 0 };
	return (struct tcp_note){ .known = true,
				  .retransmits = info.tcpi_total_retrans,
				  .kept_here = kept_here(&info),
				  .unacked = info.tcpi_unacked,
				  .data_in = info.tcpi_data_segs_in,
				  .disordered = info.tcpi_rcv_ooopack,
				  .orderless = size <= offsetof(struct tcp_info, tcpi_rcv_ooopack),
				  .mss = info.tcpi_snd_mss + (info.tcpi_options & TCPI_OPT_TIMESTAMPS ? STAMP_BYTES : 0),
				  .rtt_ms = info.tcpi_rtt / 1e3 };
}

unsigned channel_segments(const struct channel *c)
{
	struct tcp_info info;
	return tcp_info(c, &info) ? info.tcpi_segs_out : 0;
}

/* datagram_pieces: what does not fit the way is sent in fragments, and each of them is a packet. */
static unsigned datagram_pieces(const struct channel *c, size_t bytes)
{
	enum { HEAD_4 = 20, HEAD_6 = 40, HEAD_UDP = 8, HEAD_FRAGMENT_6 = 8, UNIT = 8 /* of a fragment's size */ };
	bool v6 = c->spec.to.family == 6;
	size_t whole = bytes + (c->spec.kind == CHANNEL_UDP ? HEAD_UDP : 0), head = v6 ? HEAD_6 : HEAD_4;
	int mtu = 0;
	socklen_t size = sizeof mtu;
	if (c->spec.df || getsockopt(c->fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_MTU : IP_MTU, &mtu, &size) ||
	    mtu <= HEAD_6 + HEAD_FRAGMENT_6 + UNIT || head + whole <= (size_t)mtu)
		return 1;
	size_t piece = ((size_t)mtu - head - (v6 ? HEAD_FRAGMENT_6 : 0)) / UNIT * UNIT;
	return (unsigned)((whole + piece - 1) / piece);
}

unsigned channel_send_packets(const struct channel *c, size_t bytes)
{
	struct tcp_info info;
	if (c->fd >= 0 && (c->spec.kind == CHANNEL_UDP || c->spec.kind == CHANNEL_ICMP))
		return datagram_pieces(c, bytes);
	size_t mss = tcp_info(c, &info) ? info.tcpi_snd_mss : 0;
	return mss && bytes > mss ? (unsigned)((bytes + mss - 1) / mss) : 1;
}

static int take_socket_error(const struct channel *c)
{
	int e = 0;
	socklen_t size = sizeof e;
	return getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &size) ? errno : e;
}

/* Reading the error queue clears SO_ERROR, so its own errno is kept; and what the connection's state says counts: an
 * unreachable port once looked connected by SO_ERROR alone. False: still under way, or it failed. */
static bool read_connect(struct channel *c, channel_emit *emit, void *context)
{
	struct event e = { .kind = EVENT_FAIL, .local = c->local };
	while (read_error(c, &e) && !e.icmp.known)
		;
	int pending = take_socket_error(c);
	struct tcp_info info;
	bool known = tcp_info(c, &info) > 0;
	if (!e.error)
		e.error = pending;
	e.tcp = channel_tcp_note(c);
	if (known && info.tcpi_state == TCP_SYN_SENT_STATE && !e.error)
		return false;
	bool was_open = known && info.tcpi_state != TCP_SYN_SENT_STATE && info.tcpi_state != TCP_CLOSE_STATE;
	if (!was_open && e.error != ECONNRESET) {
		c->ended = true;
		if (!e.error)
			e.error = ECONNABORTED;
		emit(context, &e);
		return false;
	}
	struct event open = { .kind = EVENT_OPEN, .local = c->local, .tcp = e.tcp };
	c->connected = true;
	if (!emit(context, &open))
		return false;
	if (was_open)
		return true;
	c->ended = true; /* open and reset between two looks */
	emit(context, &e);
	return false;
}

static void read_stream(struct channel *c, uint8_t *buffer, size_t size, channel_emit *emit, void *context)
{
	struct event ignored;
	for (int i = 0; i < READS_PER_TURN && read_error(c, &ignored); i++)
		; /* what routers say about an open connection is advice; its real end is an error of read */
	for (int i = 0; i < READS_PER_TURN; i++) {
		ssize_t n = recv(c->fd, buffer, size, 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		struct event e = { .kind = EVENT_BYTES, .local = c->local, .from = c->spec.to,
				   .tcp = channel_tcp_note(c) };
		if (n > 0) {
			e.bytes = (struct str){ (const char *)buffer, (size_t)n };
		} else {
			e.kind = n ? EVENT_FAIL : EVENT_END;
			e.error = n ? errno : 0;
			c->ended = true;
		}
		if (!emit(context, &e) || c->ended)
			return;
	}
}

/* A raw ICMP socket gives the IP header too. */
static struct str icmp_part(const struct channel *c, struct str bytes)
{
	if (!c->raw || c->spec.to.family != 4 || !bytes.n)
		return bytes;
	return str_from(bytes, ((size_t)bytes.p[0] & 0xF) * 4);
}

static bool from_the_kernel(const struct channel *c, const struct sockaddr_storage *from)
{
	struct sockaddr_nl sender;
	memcpy(&sender, from, sizeof sender);
	return c->spec.kind != CHANNEL_ROUTE || sender.nl_pid == 0;
}

static void read_datagrams(struct channel *c, uint8_t *buffer, size_t size, channel_emit *emit, void *context)
{
	struct event e = { 0 };
	for (int i = 0; i < READS_PER_TURN && read_error(c, &e); i++)
		if (e.error && !emit(context, &e))
			return;
	for (int i = 0; i < READS_PER_TURN; i++) {
		struct sockaddr_storage from = { 0 };
		socklen_t from_size = sizeof from;
		ssize_t n = recvfrom(c->fd, buffer, size, 0, (struct sockaddr *)&from, &from_size);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		e = (struct event){ .kind = EVENT_FAIL, .local = c->local, .error = n < 0 ? errno : 0 };
		if (n >= 0) {
			e.kind = EVENT_BYTES;
			e.bytes = icmp_part(c, (struct str){ (const char *)buffer, (size_t)n });
			e.from = address_from_sockaddr((struct sockaddr *)&from);
		}
		if (from_the_kernel(c, &from) && !emit(context, &e))
			return;
	}
}

void channel_read(struct channel *c, short revents, uint8_t *buffer, size_t size, channel_emit *emit, void *context)
{
	if (c->fd < 0 || c->ended || !revents)
		return;
	if (c->spec.kind != CHANNEL_TCP)
		read_datagrams(c, buffer, size, emit, context);
	else if (c->connected || read_connect(c, emit, context))
		read_stream(c, buffer, size, emit, context);
}

/* channel_close: where nobody answers by now the system would say goodbye again and again, which nobody counts any
 * more: once has to do. */
void channel_close(struct channel *c)
{
	enum { ONCE_MS = 1 };
	if (c->fd >= 0 && c->spec.kind == CHANNEL_TCP)
		(void)set_int(c->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, ONCE_MS);
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}
