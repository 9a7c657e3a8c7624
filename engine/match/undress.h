/* SPDX-License-Identifier: MIT
 *
 * A mended text, or a line of it > what it says: the dress is told apart (envelope.h), and what the message was coded
 * in inside of it is undone (coded.h), layer by layer: the JSON line in a syslog line, the log line in a JSON line.
 * Takes and gives clean texts, whose maps lead back to the query. Linear.
 */
#ifndef KBT_MATCH_UNDRESS_H
#define KBT_MATCH_UNDRESS_H

#include "match/damage.h"
#include "match/envelope.h"

struct undressed {
	const struct clean *clean;   /* the one given, or one of the arena: the payload alone, undone */
	struct match_envelope dress; /* payload counts in clean; what layers say of one thing, the outer one says */
};

/* undress_read reads text, which is a slice of c's. url: undo percent signs and pluses wherever there are any, too;
 * else only where the dress says so. ERR_NOMEM. */
enum err undress_read(const struct clean *c, struct str text, bool url, struct arena *a,
		      struct undressed *ret_undressed) MUST_USE;

#endif
