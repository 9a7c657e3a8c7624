/* SPDX-License-Identifier: MIT
 *
 * hits > incidents: what people want to see of a log. One incident an article and set of bindings (names, not numbers),
 * with how often, when and where first and last, counts over time, and the most telling line with those around it;
 * incidents in groups, by what someone asks for. Counts only a line's best answer. Keeps at most INCIDENTS_MAX apart
 * or INCIDENTS_TEXT_MAX bytes (what comes beyond is counted by article alone), so memory stays bounded whatever the log
 * binds. No clock: what day it is, the owner says.
 */
#ifndef KBT_SCAN_INCIDENT_H
#define KBT_SCAN_INCIDENT_H

#include "base/index.h"
#include "scan/scan.h"
#include "scan/spells.h"
#include "scan/story.h"
#include "scan/when.h"

enum {
	INCIDENTS_MAX = 10000,
	INCIDENTS_TEXT_MAX = 16 << 20, /* bytes of what they bind and of all examples: full as well */
	INCIDENT_EXAMPLE_MAX = 1 << 10, /* bytes of the example's line */
	INCIDENT_AROUND_MAX = 256      /* bytes of a line around it */
};

enum incident_by { INCIDENT_BY_BINDINGS, INCIDENT_BY_ARTICLE, INCIDENT_BY_HOST, INCIDENT_BY_HOUR };
/* "article", "host", "hour"; false for another word */
bool incident_by_parse(struct str name, enum incident_by *ret_by);

struct incident_place {
	struct str file;
	uint64_t line;
	char time[40]; /* as the hit says it, NUL-terminated; may be empty */
	bool timed;    /* at_s is known */
	bool guessed;  /* but for the year, which nothing in its file says: the likely one */
	int64_t at_s;  /* seconds since 1970 */
	uint64_t order; /* of the hit among all */
};

struct incident {
	struct match match; /* of the most telling hit: the surest, among those the first; spans count in text */
	bool folded;	    /* several sets of bindings: beyond INCIDENTS_MAX */
	struct str group;   /* by host: the host that it names, else the one that logged it; by hour: the hour */
	uint64_t count;
	struct incident_place first, last; /* by time where that is known, else by order */
	struct incident_place example;
	struct str text, before, after; /* the example's line, and those around it, each ending in a newline */
	struct timeline_row *rows[SPELLS_MAX]; /* of each spell that it has times in */
	struct timeline_row row; /* on the axis that is shown, by incidents_group; so many times lie outside of it */
	uint64_t outside;
	const struct rule_story *story; /* what its lines tell together, or NULL; by incidents_find_stories */
	struct str says;		/* of the story; by incidents_tell_stories */
};

/* Incidents that are shown together: one each by bindings, else those of an article, a host, an hour. */
struct incident_group {
	struct str name; /* empty by bindings */
	size_t at, n;	 /* a slice of the items, the frequent first */
	uint64_t count;
	struct incident_place first, last;
	struct timeline_row row;
	uint64_t outside;
};

struct incidents {
	enum incident_by by; /* set by the owner, as the next */
	struct when when; /* now_s */

	struct arena arena;
	struct incident *items; /* in order of first sight, until incidents_group; neither they nor the groups are the
				 * arena's, where they would leave their smaller forms behind */
	size_t count, cap;
	struct index by_key;
	struct spells spells;
	struct spells_shown shown; /* by incidents_group */
	int64_t guessed_from_s, guessed_to_s; /* the earliest and the latest time whose year is a guess */
	bool guessed;			      /* there is such */
	struct str file; /* of the last hit */
	struct index by_file; /* the files of all, each once */
	struct str *files;
	size_t file_count, file_cap;
	uint64_t hits;
	size_t text_bytes;
	struct incident_group *groups; /* by incidents_group */
	size_t group_count;
};

/* incidents_add takes one hit; ERR_NOMEM. */
enum err incidents_add(struct incidents *set, const struct scan_hit *hit) MUST_USE;
/* incidents_group makes the groups: the frequent first, hours in their order; then nothing may be added. */
enum err incidents_group(struct incidents *set) MUST_USE;
/* incidents_find_stories gives each its story, which must outlive the set: before what was bound is redacted;
 * incidents_tell_stories fills in what it says: behind that. */
void incidents_find_stories(struct incidents *set, const struct stories *stories);
enum err incidents_tell_stories(struct incidents *set) MUST_USE;
/* incidents_told_before: one before the group's i-th says the same. */
bool incidents_told_before(const struct incidents *set, const struct incident_group *g, size_t i);
/* incidents_year gives the likely year of a place where people have to be told: its file says none, and others do, or
 * are a year away; else 0. incidents_guessed says of an edge of the axis that its year is such a one. */
int incidents_year(const struct incidents *set, const struct incident_place *place);
bool incidents_guessed(const struct incidents *set, int64_t at_s);
void incidents_free(struct incidents *set);

#endif
