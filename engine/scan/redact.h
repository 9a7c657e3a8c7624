/* SPDX-License-Identifier: MIT
 *
 * Names in what is passed on > tokens: HOST-1, USER-2, ADDR-3, SECRET-4 (passwords, keys, cards, bank accounts),
 * SHARE-5, ID-6 (a GUID: of a machine, an account, a tenant; a telephone number), the same name always the same token
 * within a run, in any case of its letters. Only for what is exported, never before matching. Names are told by their
 * shape and by what stands beside them (redact_find.h), by the types of what a template bound, and by the dress of a
 * line; a name once learned is replaced wherever it stands as a word. What tells of nobody (localhost, root, 127.0.0.1)
 * stays.
 *
 * What has no such shape and no such neighbour is not found: a reader should still look at what leaves the house.
 */
#ifndef KBT_SCAN_REDACT_H
#define KBT_SCAN_REDACT_H

#include "scan/incident.h"
#include "scan/redact_find.h"
#include "scan/secrets.h"
#include "scan/unknown.h"

enum {
	REDACT_NAMES_MAX = 200000, /* beyond, a name becomes HOST-OTHER and is not told from others */
	REDACT_BARE_MAX = 50000,
	REDACT_LINE_MAX = 64 << 10
};

struct redact_name;

struct redactor {	   /* zeroed at first */
	bool secrets_only; /* hosts, users and addresses stay as they are */
	struct arena arena, work;
	struct redact_name *names;
	size_t name_count, name_cap;
	struct index by_name; /* in any case */
	unsigned numbers[REDACT_KINDS];
	bool bare;		   /* what is learned may never come out: it gets its number when it does */
	struct buf line;	   /* of a stream, not at its end yet */
	struct redact_spans spans; /* of the line looked at last */
};

void redactor_free(struct redactor *r);
enum err redactor_err(const struct redactor *r); /* sticky: ERR_OK or ERR_NOMEM */

/* redact_learn takes up the names of a text (of one or more lines). */
void redact_learn(struct redactor *r, struct str text);

/* redact_learn_block takes up, of all that is read (blocks of one stream, in order), the hosts and users that stand as
 * such in one line and may stand bare in another that is passed on. For a stream's end an empty block. At most
 * REDACT_BARE_MAX of them; lines that are UTF-16 or longer than REDACT_LINE_MAX are left out. */
void redact_learn_block(struct redactor *r, struct str block);

/* redact_text gives the text with tokens, in the arena (itself where nothing is to be replaced). Spans that count in it
 * are moved along. */
struct str redact_text(struct redactor *r, struct str text, struct arena *a, struct match_span *spans,
		       size_t span_count);

/* redact_hit gives a copy in the arena, learned from first. */
struct scan_hit redact_hit(struct redactor *r, const struct scan_hit *hit, struct arena *a);

/* All of a set, in place: first everything is learned from, then replaced. Afterwards nothing may be added to them. */
enum err redact_sets(struct redactor *r, struct incidents *incidents, struct unknowns *unknowns) MUST_USE;

#endif
