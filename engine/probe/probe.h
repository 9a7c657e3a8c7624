/* SPDX-License-Identifier: MIT
 *
 * request > packets > facts. A probe is a state machine without sockets: it says what it wants opened and sent, is fed
 * what came back, and ends in one piece of evidence: a state of a closed vocabulary and typed, named facts. The one
 * file that owns sockets, clocks and deadlines is the driver (driver.h); a simulated network is another driver.
 * Files of the client are never opened here: the caller reads them and passes bytes (struct probe_files).
 *
 * Adding a probe is one new file that defines `const struct probe NAME_probe` and one line in probes.def. What each
 * takes, its states and its facts stand in its tables; `kbt probe --list` prints them. Every fact is about the
 * arguments of its evidence: the same name occurs once an address, server or port. A list is joined by single blanks.
 */
#ifndef KBT_PROBE_PROBE_H
#define KBT_PROBE_PROBE_H

#include "base/diag.h"
#include "base/json.h"

enum { PROBE_ARGS_MAX = 12, PROBE_RAW_MAX = 1024 };

struct probe_arg {
	struct str name, value;
};

enum fact_type { FACT_TEXT, FACT_NUMBER, FACT_BOOL };

/* A fact that is not there is unknown: never false, never 0. */
struct fact {
	struct str name;  /* "tcp.445.state", "dns.rcode" */
	enum fact_type type;
	struct str text;  /* the value as text, whatever the type; a list is joined by single blanks */
	double number;	  /* FACT_NUMBER; FACT_BOOL: 0 or 1 */
};

struct evidence {
	struct str probe;
	struct probe_arg *args;
	size_t arg_count;
	struct str state;  /* one of the probe's states, or "not-run" */
	struct str reason; /* one sentence of what was observed, or why it could not run and what to grant */
	struct fact *facts;
	size_t fact_count, fact_cap;
	int64_t at_ms;	   /* wall clock, Unix milliseconds, when it began */
	double ms;	   /* how long it took */
	unsigned packets, connections; /* what it sent, for the limits and --explain */
	struct str raw;	   /* the bytes that came back, for --save; at most PROBE_RAW_MAX */
};

/* The client's own files as bytes; an absent one has p NULL, an empty one n 0. */
struct probe_files {
	struct str hosts, resolv_conf, nsswitch_conf, lmhosts, smb_conf;
	struct str program; /* a PE file that the user named, for probe pe */
};

struct probe_fact_help { const char *name; enum fact_type type; const char *says; };
enum probe_arg_type { ARG_TEXT, ARG_HOST, ARG_NETBIOS, ARG_ADDRESS, ARG_PORT, ARG_NUMBER, ARG_LINK };
struct probe_arg_help {
	const char *name;
	bool required;
	const char *says;
	enum probe_arg_type type;
};
struct probe_state_help { const char *name; const char *says; };

struct probe_request {
	const struct probe *probe;
	struct probe_arg args[PROBE_ARGS_MAX];
	size_t arg_count;
	const struct probe_files *files; /* for the probes that read them; else NULL */
	unsigned zone_index; /* the system's number for the zone of its addresses ("fe80::1%eth0"); the driver's */
	/* Requests of one wave with the same number, not 0, are ways to one end. Once one has succeeded the others may
	 * take race_ms from their beginning, or two of its round trips where that is longer (as in RFC 8305); then they
	 * end as at their deadline. One whose round trip took longer than race_trip_ms, if not 0, ends no race. */
	unsigned race;
	double race_ms, race_trip_ms;
};

struct probe; /* probe_machine.h: the tables and the state machine's functions */

extern const struct probe *const probes[]; /* ended by NULL, in the order of probes.def */
const struct probe *probe_find(struct str name);

/* probe_request_parse reads a name and k=v words, checks them against the probe's table: ERR_INPUT with a sentence (an
 * unknown argument, a missing one, a value that is no address, port, number or host name). */
enum err probe_request_parse(struct str name, const struct str *words, size_t count, struct arena *a, struct diags *d,
			     struct probe_request *ret_request) MUST_USE;

struct str probe_request_arg(const struct probe_request *r, const char *name); /* empty where it is not given */

/* evidence_fact finds a fact by name, or NULL: unknown. */
const struct fact *evidence_fact(const struct evidence *e, const char *name);
void evidence_add_text(struct evidence *e, struct arena *a, const char *name, struct str value);
void evidence_add_number(struct evidence *e, struct arena *a, const char *name, double value);
void evidence_add_bool(struct evidence *e, struct arena *a, const char *name, bool value);

#endif
