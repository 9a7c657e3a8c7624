/* SPDX-License-Identifier: MIT
 *
 * The cause files (kb/causes, YAML; the format stands in kb/README.md) > struct causes: each class with the facts that
 * it predicts. Immutable; owns its memory. Never looks at evidence: verdict.c does.
 */
#ifndef KBT_DIAGNOSE_CAUSE_H
#define KBT_DIAGNOSE_CAUSE_H

#include "diagnose/diagnose.h"

/* What a class says of one fact: it is one of the values, or (but) none of them. */
struct prediction {
	struct str fact; /* the very bytes of fact_help's name: may be told by its address */
	struct str *values;
	size_t value_count;
	bool but;      /* none of the values */
	bool needed;   /* must be known before the class is confirmed; else it must only not contradict */
	uint32_t line;
};

struct alike {
	struct str class, says; /* says: why */
};

struct cause {
	struct str name, title, layer, step; /* step: of the ladder, that fails */
	bool healthy;
	double weight;		      /* how common, beside the others; 1 */
	struct str article;	      /* the article that is about this cause, or empty */
	struct prediction *predictions;
	size_t prediction_count, prediction_cap;
	struct str says;	      /* with {server}, {address} ... */
	struct rule_resolution *resolutions;
	size_t resolution_count, resolution_cap;
	struct str *covers;	      /* causes that no client can tell apart, a sentence each */
	size_t cover_count, cover_cap;
	struct str *check;	      /* what to look at where the client cannot see */
	size_t check_count, check_cap;
	struct str verify;	      /* the probe that shows that the fix worked */
	struct str by_hand;	      /* what a person does then, where the probe shows the way alone; or empty */
	struct alike *alike;	      /* classes that no fact keeps apart from this one: both stay where both hold */
	size_t alike_count, alike_cap;
	struct prediction *hints;     /* facts that make it likelier where they hold; they decide nothing */
	size_t hint_count, hint_cap;
	struct str origin;	      /* the file */
	uint32_t line;
};

/* What is worth saying beside the verdict, whichever it is, where these facts are known and hold. Decides nothing. */
struct finding {
	struct str name;
	struct str *articles; /* only where one of these matched; none: any */
	size_t article_count, article_cap;
	bool first;	   /* what it says begins what the verdict says */
	struct cause body; /* its predictions, says, resolutions and checks; no class */
};

/* What a code, or an article, means for the way to a server. Orders what is left and decides nothing. */
struct meaning_code {
	struct str family;
	int64_t first, last;
};
struct meaning {
	struct str name;
	struct meaning_code *codes;
	size_t code_count, code_cap;
	struct str *articles;
	size_t article_count, article_cap;
	struct str *likely; /* classes; with a dot at the end, all that begin so */
	size_t likely_count, likely_cap;
	struct str port; /* that it is about where the message names none; empty: SMB's */
	bool asks_port;	 /* which one is not known: a person has to say */
	bool udp;	 /* the port is one of UDP */
	bool dialled;	 /* it comes from a dialled link */
	bool wants_row;	 /* one connection that comes about does not show that all do */
	bool ends;	 /* a connection came about and was ended: one is looked at for longer */
	bool local;	 /* it is no matter of the way between two machines: there is nothing to probe */
	struct str origin;
	uint32_t line;
};

/* The port that is meant where a message names none, by what it says: the words of a program, or "https://". */
struct known_port {
	struct str says, port;
};

struct causes {
	struct arena arena;
	uint64_t version; /* a hash of the files' bytes */
	struct known_port *ports;
	size_t port_count, port_cap;
	struct meaning *meanings;
	size_t meaning_count, meaning_cap;
	struct cause *items;
	size_t count, cap;
	struct finding *findings;
	size_t finding_count, finding_cap;
};

/* The table of facts.def. */
struct fact_help {
	const char *name, *values, *step, *says;
};
extern const struct fact_help fact_helps[]; /* ended by a NULL name */
const struct fact_help *fact_help_find(struct str name);

/* causes_port_said: by the first of the known ports whose words stand in the text, or whose scheme is all of it; empty
 * where none do. */
struct str causes_port_said(const struct causes *causes, struct str text);

/* prediction_holds: the value that a fact has is one of those predicted. */
bool prediction_holds(const struct prediction *p, struct str value);

/* causes_overlap: no fact tells the two apart (each could hold where the other does). For kbt lint. */
bool causes_overlap(const struct cause *a, const struct cause *b);
/* causes_alike: the pair is listed as one that no fact keeps apart; NULL where it is not. */
const struct alike *causes_alike(const struct cause *a, const struct cause *b);

#endif
