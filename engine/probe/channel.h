/* SPDX-License-Identifier: MIT
 *
 * The sockets behind a machine's channels: opened, written, read into events. Used by the driver alone, which decides
 * when. Every socket is non-blocking and close-on-exec; nothing here waits. Errors of the network are events (errno and
 * the ICMP message from the socket's error queue, ip(7) IP_RECVERR).
 */
#ifndef KBT_PROBE_CHANNEL_H
#define KBT_PROBE_CHANNEL_H

#include "probe/probe_machine.h"

struct channel {
	int fd; /* -1: not in use */
	struct channel_spec spec;
	bool connected;	      /* TCP: established */
	bool raw;	      /* ICMP by a raw socket: datagrams begin with the IP header */
	bool ended;	      /* the stream is over: nothing more is read */
	struct address local; /* our own address, where known */
	unsigned packets;     /* counted against the limits so far */
	double opened_ms;     /* on the driver's clock */
	unsigned segments;    /* TCP: that we have seen go */
	bool late;	      /* TCP: what was foreseen goes later than when it was opened */
};

/* What an event is handed to; after it said false no more events come from this call. */
typedef bool channel_emit(void *context, const struct event *e);

int channel_open(struct channel *c, const struct channel_spec *spec); /* 0 or an errno */
int channel_send(struct channel *c, const struct action *action);     /* 0 or an errno */
void channel_read(struct channel *c, short revents, uint8_t *buffer, size_t size, channel_emit *emit, void *context);
short channel_wants(const struct channel *c); /* poll events */
struct tcp_note channel_tcp_note(const struct channel *c);
unsigned channel_segments(const struct channel *c); /* TCP segments that we sent, as the kernel counts them */
/* channel_send_packets: how many so many bytes make: of TCP as many as the segments that the other side takes, of
 * datagrams as many as the fragments that the way to it takes. */
unsigned channel_send_packets(const struct channel *c, size_t bytes);
void channel_close(struct channel *c);

#endif
