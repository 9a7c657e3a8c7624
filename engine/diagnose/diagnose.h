/* SPDX-License-Identifier: MIT
 *
 * matches + bindings + evidence > the next wave of probes, or the verdict. Causes and the facts that they predict are
 * data (kb/causes, read by cause.h). Elimination first: `confirmed` only where exactly one class is consistent with
 * every known fact; weights only order the rest. A probe that could not run is unknown, never a refutation. Pure: no
 * clock, no files, no network; the same input gives the same output, byte for byte.
 */
#ifndef KBT_DIAGNOSE_DIAGNOSE_H
#define KBT_DIAGNOSE_DIAGNOSE_H

#include "match/match.h"
#include "probe/probe.h"

struct meaning; /* cause.h: what a code or an article means */
struct causes; /* the compiled cause files; immutable, shared by threads */

/* causes_load compiles what store_causes gives. ERR_INPUT with sentences in d (file and line) where a cause is
 * malformed; an empty set where the KB has none. */
enum err causes_load(const struct store_source *files, size_t count, struct diags *d, struct causes **ret_causes)
	MUST_USE;
/* causes_open loads those of a database. ERR_DAMAGED where one does not fit this program: the database is older or
 * newer; the sentence names the first thing that does not fit and the command that mends it (db: the database's name).
 */
enum err causes_open(struct store *s, const char *db, struct diags *d, struct causes **ret_causes) MUST_USE;
void causes_close(struct causes **causes);
/* causes_meaning: of the code, else of the article; NULL where neither has one. Both may be NULL. */
const struct meaning *causes_meaning(const struct causes *causes, const struct match_code *code,
				     const struct rule *rule);

struct binding {
	struct str name, value;
	enum var_type type;
	struct str from; /* "message", "set", "asked", "derived" */
};

struct need { /* a variable that a probe wants and nobody gave */
	struct str name;
	enum var_type type;
	struct str says; /* what to ask a person */
};

/* The question: what is known before any probe. Everything is borrowed. */
struct case_file {
	const struct rule *rule;	/* of the best match, or NULL */
	const struct match_code *code;	/* its code, or NULL */
	const struct meaning *meaning;	/* of the code or the article, or NULL */
	const struct binding *bindings;
	size_t binding_count;
	struct str no_server;		 /* what is said of the server and is none, as a sentence; else empty */
	const struct probe_files *files; /* NULL offline */
	struct evidence *const *evidence;	 /* so far, in order of arrival */
	size_t evidence_count;
	bool all;			/* --all: run everything, do not stop when decided */
	struct str was;			/* of a saved one: the class that was decided then; else empty */
	double elapsed_ms;		/* since the diagnosis began; the driver's, not read here */
};

enum verdict_state { VERDICT_NONE, VERDICT_INCONCLUSIVE, VERDICT_CONFIRMED, VERDICT_HEALTHY };
const char *verdict_state_name(enum verdict_state s);

struct ruled_out {
	struct str cause, because;
	size_t by; /* the evidence that did, the first in time; SIZE_MAX: what several say together */
};
struct ladder_step {
	struct str step, state; /* passed failed unknown skipped */
	struct str says;
	bool given; /* passed by what the message or this machine itself says: it tells nothing of the steps before */
};
struct belief { struct str cause, title; double weight; };
struct reason { struct str fact, value, says; }; /* what was seen that the cause needs */
/* What one thing adds to the confidence, which is the sum: that all else is ruled out (fact is empty), and each fact
 * that the cause speaks of; nothing where it is not known. */
struct part {
	struct str fact, says;
	double adds;
};
struct finding_said {
	struct str name, says;
}; /* what else is worth saying, whatever the cause */

struct verdict {
	enum verdict_state state;
	struct str cause; /* a class; on a healthy path the healthy class; empty where none is decided */
	double confidence;
	struct str article; /* the one whose cause holds; may be empty */
	struct str title;   /* the cause in a few words; empty where none is decided */
	struct str step;    /* of the ladder, that fails; may be empty */
	struct str verify;  /* the probe that shows that the fix worked; may be empty */
	struct str by_hand; /* what a person does then, where the probe shows the way alone; may be empty */
	struct reason *reasons;
	size_t reason_count, reason_cap;
	struct part *parts;
	size_t part_count, part_cap;
	struct finding_said *findings;
	size_t finding_count, finding_cap;
	struct str says;    /* a few sentences with the values filled in, observed against expected */
	struct rule_resolution *resolutions;
	size_t resolution_count, resolution_cap;
	struct str *causes_left; /* classes consistent with what is known, likeliest first */
	size_t cause_left_count, cause_left_cap;
	struct ruled_out *ruled_out;
	size_t ruled_out_count, ruled_out_cap;
	struct belief *beliefs; /* in the causes left, sums to 1 */
	size_t belief_count, belief_cap;
	struct str *next; /* what to check, ask or grant, the most telling first */
	size_t next_count, next_cap;
};

/* diagnose_plan gives the next wave. An empty wave: nothing more would tell. *ret_wait_ms is a pause before it (the
 * second look at a timing fault), 0 for none. */
enum err diagnose_plan(const struct causes *causes, const struct case_file *c, struct arena *a,
		       struct probe_request **ret_requests, size_t *ret_count, double *ret_wait_ms) MUST_USE;

/* diagnose_spec_fits: is this a probe that an article may ask for (spec.h), with arguments that it has? "log" is one:
 * it names in works=, parted by |, what its log says of a success. */
bool diagnose_spec_fits(struct str text, struct arena *a);

/* diagnose_target: the address that the next probes are about; empty where none is known yet. *ret_port: 0 for none. */
enum err diagnose_target(const struct case_file *c, struct arena *a, struct str *ret_address,
			 unsigned *ret_port) MUST_USE;

/* diagnose_verdict says which cause holds, or which are left, by the evidence of the case so far. */
enum err diagnose_verdict(const struct causes *causes, const struct case_file *c, struct arena *a,
			  struct verdict *ret_verdict) MUST_USE;
/* diagnose_ladder: link, address, name, path, tcp, smb: what is known of each; the verdict's own step fails. */
enum err diagnose_ladder(const struct case_file *c, const struct verdict *v, struct arena *a,
			 struct ladder_step **ret_steps, size_t *ret_count) MUST_USE;
enum err diagnose_needs(const struct case_file *c, struct arena *a, struct need **ret_needs, size_t *ret_count)
	MUST_USE;

#endif
