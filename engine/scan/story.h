/* SPDX-License-Identifier: MIT
 *
 * hits and marks, in the order of the stream > which story of an article holds (rule.h): so many hits in a window, a
 * sequence, a mark that follows or does not. Kept for each set of bindings of an article that has stories, at most
 * STORY_TRACKS_MAX of them. The files of one log (rotation.h) tell together, in the order of their lines' times,
 * whatever order they were read in; where a time is not known, or there are too many events to keep, each file is a
 * story of its own: then that a mark never came is not told where it did in another file of the log since.
 */
#ifndef KBT_SCAN_STORY_H
#define KBT_SCAN_STORY_H

#include "base/index.h"
#include "scan/over_time.h"
#include "scan/plot.h"
#include "scan/when.h"

enum { STORY_TRACKS_MAX = 1024, STORY_TRACKS_OF_ARTICLE_MAX = 64 };

/* What a message binds names something, but for numbers and times, which say how much and when: "after 3 ms".
 * story_names gives the match with the names alone, which lie in room. */
enum { STORY_NAMES_MAX = 32 };
struct match story_names(const struct match *m, struct match_capture room[STORY_NAMES_MAX]);

/* story_same_names: both bind the same names to the same, in any order and case: what lines beside a message bind is
 * behind what it binds itself. story_capture finds one by its name, or NULL. */
bool story_same_names(const struct match_capture *a, size_t a_count, const struct match_capture *b, size_t b_count);
const struct match_capture *story_capture(const struct match_capture *items, size_t count, struct str name);

struct story_track;
struct story_seen;
struct story_file;

struct stories {
	const struct over_time *over_time; /* set by the owner */
	struct when when;		   /* now_s: set by the owner */
	struct arena arena;
	struct str file; /* of the last event */
	uint32_t file_number;
	uint64_t order;	    /* events so far */
	uint64_t hit_order; /* of the last hit */
	size_t event_count; /* that are kept */
	struct story_file *files;
	size_t file_count, file_cap;
	struct index by_name; /* files */
	struct story_track *tracks;
	size_t track_count, track_cap;
	struct story_seen *seen; /* marks, a file and bindings once */
	size_t seen_count, seen_cap;
	bool seen_too_many;
};

/* In the order of the lines. stories_hit: one hit of any article; stories_mark: a line with a mark of some story. */
enum err stories_hit(struct stories *s, const struct scan_hit *hit) MUST_USE;
enum err stories_mark(struct stories *s, const struct scan_mark *mark) MUST_USE;
void stories_free(struct stories *s);

/* stories_find: the first story of the match's article that holds for its bindings after what came so far, or NULL. */
const struct rule_story *stories_find(const struct stories *s, const struct match *m);

/* story_says: its sentences, with {name} as what the match bound. */
struct str story_says(const struct rule_story *story, const struct match *m, struct arena *a);

#endif
