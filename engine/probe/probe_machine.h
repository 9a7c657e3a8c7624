/* SPDX-License-Identifier: MIT
 *
 * What a probe is made of, and what it may do. A machine opens channels by number, sends on them, sets its one timer,
 * and ends; it is fed events. It owns no socket, reads no clock and no file: whatever it asks for is a list of actions
 * that a driver carries out (driver.c on a network, tests/golden/probe.c on a written script). All memory is the
 * arena's. Every machine ends in finite time: a driver feeds EVENT_DEADLINE once, and ends what goes on after it.
 */
#ifndef KBT_PROBE_PROBE_MACHINE_H
#define KBT_PROBE_PROBE_MACHINE_H

#include "probe/address.h"
#include "probe/probe.h"

enum {
	MACHINE_CHANNELS_MAX = 32,
	MACHINE_BYTES_MAX = 1 << 16 /* of one event; a stream comes in pieces of at most that */
};

enum channel_kind {
	CHANNEL_UDP,	   /* connected: only the peer's datagrams and ICMP errors come */
	CHANNEL_BROADCAST, /* UDP, unconnected, may broadcast: use machine_send_to */
	CHANNEL_TCP,
	CHANNEL_ICMP,	   /* echo requests to one address: bytes begin at the ICMP header; the id is the driver's */
	CHANNEL_ROUTE,	   /* rtnetlink: bytes are netlink messages */
	CHANNEL_ARP,	   /* ARP packets on one interface: bytes begin at the ARP header */
	CHANNEL_VIA	   /* IPv4 packets by one neighbour, whatever the routes say: bytes begin at the IP header */
};

struct channel_spec {
	enum channel_kind kind;
	struct address to;
	uint16_t port;
	uint8_t ttl;   /* 0: the system's */
	bool df;       /* never fragment, and do not believe a cached path MTU */
	bool abort;    /* CHANNEL_TCP: closed with a reset, so that a row of them leaves nothing behind at either end */
	bool inside;   /* CHANNEL_TCP: by the loopback interface, whoever it is to: it does not leave this machine */
	int interface; /* index, for CHANNEL_ARP and CHANNEL_VIA */
	uint8_t mac[6];/* the neighbour's, for CHANNEL_VIA */
};

enum action_kind { ACTION_OPEN, ACTION_SEND, ACTION_ASK_TCP, ACTION_CLOSE };
struct action {
	enum action_kind kind;
	unsigned channel;
	/* Of ACTION_OPEN; of ACTION_SEND the receiver in to and port, where it is not connected. */
	struct channel_spec spec;
	struct str bytes;
};

enum event_kind {
	EVENT_OPEN,	/* the channel may be used: connected, for TCP */
	EVENT_BYTES,
	EVENT_END,	/* the peer closed its side of the stream */
	EVENT_FAIL,	/* error is set; of a stream it is the last event, a datagram channel goes on */
	EVENT_TCP,	/* the answer to machine_ask_tcp */
	EVENT_TIMER,
	EVENT_DEADLINE	/* the last event: end now with what is known */
};

struct icmp_note {
	bool known;
	uint8_t type, code;
	struct address from;
	uint32_t mtu; /* of "fragmentation needed", else 0 */
};

struct tcp_note {
	bool known;
	unsigned retransmits; /* in all, SYN included */
	bool kept_here;	      /* of the requests to connect that were repeated the last did not leave this machine */
	unsigned unacked;     /* segments sent and not acknowledged */
	unsigned data_in;     /* segments with data that came, twice where they came twice */
	unsigned disordered;  /* of those the ones that came before an earlier one */
	bool orderless;	      /* the system does not count these: Linux before 5.4 */
	unsigned mss;	      /* bytes in one segment to the other side, at most, its stamps among them; 0: not known */
	double rtt_ms;	      /* the system's own measure, also where a request was repeated; 0: none */
};

struct event {
	enum event_kind kind;
	unsigned channel;
	double ms;	       /* since the request began */
	struct str bytes;      /* borrowed until feed returns */
	struct address from;   /* of a datagram */
	struct address local;  /* our own address of a TCP or UDP channel, where known */
	int error;	       /* errno */
	bool no_socket;	       /* the system gave no such socket at all: EPERM, EACCES */
	struct icmp_note icmp; /* the ICMP message behind the error */
	struct tcp_note tcp;
};

struct machine {
	/* Set by machine_start; read only for the probe. */
	const struct probe_request *request;
	struct arena *arena;
	struct evidence *evidence;
	void *state;	 /* state_size zeroed bytes */
	uint64_t random; /* seeds machine_random */
	double now_ms;	 /* of the event being fed, since the request began */

	/* For the driver: what the probe asked for, in order. */
	struct str adjusted; /* arguments that were out of their limits, and what was taken instead: the reason says it */
	struct action *actions;
	size_t action_count, action_cap, action_at;
	double timer_ms; /* when it is due, since the request began; negative: none is set */
	bool done;
};

struct probe {
	const char *name, *says;
	const struct probe_arg_help *args;     /* ended by a NULL name, as are the others */
	const struct probe_state_help *states;
	const struct probe_fact_help *facts;   /* PORT in a name stands for the number */
	bool raw_socket;		       /* it may need CAP_NET_RAW */
	const char *wins, *trip;	       /* the state that wins a race and the fact of its round trip, or NULL */
	double deadline_ms;		       /* the most that any arguments may make of it */
	size_t state_size;
	void (*start)(struct machine *m);
	void (*feed)(struct machine *m, const struct event *e);
};

/* For drivers. start fills the evidence's args and calls the probe; feed asserts that the machine is not done. When
 * done, the evidence is complete except for at_ms, ms, packets and connections. */
void machine_start(struct machine *m, const struct probe_request *r, uint64_t random, struct arena *a,
		   struct evidence *e);
void machine_feed(struct machine *m, const struct event *e);
/* machine_next_action takes the actions one by one, where nothing limits them: of a simulated network. NULL: none
 * left. */
const struct action *machine_next_action(struct machine *m);

/* For probes. */
void machine_open(struct machine *m, unsigned channel, struct channel_spec spec);
void machine_send(struct machine *m, unsigned channel, struct str bytes); /* copied */
void machine_send_to(struct machine *m, unsigned channel, struct address to, uint16_t port, struct str bytes);
void machine_ask_tcp(struct machine *m, unsigned channel);
void machine_close(struct machine *m, unsigned channel);
void machine_timer(struct machine *m, double ms); /* from now; replaces the one before; negative takes it away */
uint16_t machine_random(struct machine *m);
void machine_keep_raw(struct machine *m, struct str bytes); /* for --save; the first PROBE_RAW_MAX bytes are kept */

/* machine_end gives the state and a sentence, and is the last thing a probe does. */
void machine_end(struct machine *m, const char *state, const char *format, ...) __attribute__((format(printf, 3, 4)));
void machine_not_run(struct machine *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
void machine_denied(struct machine *m, const char *socket, int error); /* not run for want of rights: "no ARP socket" */

/* The arguments: checked by probe_request_parse, but a machine may be handed anything. */
struct str machine_arg(const struct machine *m, const char *name); /* empty: not given */
/* machine_arg_number: `otherwise` where it is none; what is out of range becomes the nearest within, which the reason
 * says. */
double machine_arg_number(struct machine *m, const char *name, double otherwise, double least, double most);
bool machine_arg_address(const struct machine *m, const char *name, struct address *ret_address);

/* The facts, for the evidence; text is kept as a copy without what no terminal may see, a time to a tenth of a
 * millisecond. */
void machine_text(struct machine *m, const char *fact, struct str value);
void machine_number(struct machine *m, const char *fact, double value);
void machine_ms(struct machine *m, const char *fact, double ms);
void machine_bool(struct machine *m, const char *fact, bool value);
void machine_address(struct machine *m, const char *fact, struct address value);

const char *errno_name(int number); /* "ECONNREFUSED"; "errno" where it has no name here */

#endif
