/* SPDX-License-Identifier: MIT
 *
 * What the files of follow.h share: the set, its entries (one a path), and what they remember. An entry holds the file
 * that the path names now, those that it named before and that may still grow, and the places that others ended at, so
 * that their copies are known again. Where memory ends, the set's arena says so.
 */
#ifndef KBT_FOLLOW_ENTRY_H
#define KBT_FOLLOW_ENTRY_H

#include "base/index.h"
#include "base/input.h"
#include "follow/follow.h"
#include "follow/listing.h"

enum { SECOND_NS = 1000000000, IDS_MIN = 1024 /* files' ids: below that none is dropped */ };

/* A packed file, read once. */
struct job {
	const char *path;
	int fd;		     /* of the file, whose name may move on; -1: as the path names it */
	uint64_t skip, line; /* of its content, known already */
	bool open;	     /* as of a place */
	enum scan_coding coding; /* where the content's start, which tells it, is skipped */
	struct tail_place as_packed; /* the packed bytes: done when they are */
};

struct old {
	struct tail tail;
	struct str name; /* in hits */
};

struct entry {
	const char *path;
	uint32_t number; /* of entries */
	bool found;	 /* by a folder or a pattern */
	bool kept;	 /* of a cursor, and not asked for, or gone: its places go back to it, nothing is looked at */
	bool has_now, begun;
	bool passed_over; /* the path names a file that is read otherwise: packed, or held by another entry */
	bool asleep;	  /* or that was read, and is closed until it changes: its place is remembered */
	struct tail_id passed;
	uint64_t packed_size; /* of a packed file when it was read; 0: it is none */
	uint64_t asleep_size;
	int64_t asleep_ns;
	struct tail now;
	struct old *olds;
	size_t old_count, old_cap;
	struct tail_place *places;
	size_t place_count, place_cap;
	bool caught_up;	   /* in this look */
	bool on_its_way;   /* something beside it was, when it was caught up */
	bool waits;	   /* for a descriptor: something beside it was not looked at */
	int64_t newest_ns; /* of what was looked at then */
	bool again;	  /* something beside it was on its way: look there again */
	unsigned retries; /* how often already */
	int64_t retry_ms;
	int64_t since_ns; /* what lies beside it and changed before is accounted for; INT64_MAX before the first time */
	struct buf end; /* the last whole lines that were done: a message of theirs may go on in the next file */
	struct scan_before ended; /* where that was */
	enum scan_coding end_coding;
	struct job *jobs;
	size_t job_count, job_cap;
	int64_t gone_s; /* of its cursor */
	enum err said; /* what was said of the path last */
};

enum taken { TAKEN_NOTHING, TAKEN_NOW, TAKEN_OLD, TAKEN_JOB };

struct follow {
	const char *const *paths;
	const char **patterns; /* those of the paths that have a mark of one */
	size_t path_count, pattern_count;
	struct diags *diags;
	struct arena arena;
	struct entry **entries;
	size_t entry_count, entry_cap;
	struct index by_path;	       /* entries */
	struct index by_id;	       /* entries that hold or held the file, or remember a place in it */
	struct index asked, by_folder; /* paths, folders */
	const char **folders;
	size_t folder_count, folder_cap;
	struct arena folder_arena; /* of the last listing */
	struct listings names, names_now;  /* of this look, and at its end */
	size_t open_count, open_max, hand; /* descriptors; hand: the entry that is asked next to close its own */
	const struct entry *looking;
	size_t ids_max;
	bool no_room, waits, flush; /* no_room: in this look none could */
	bool missed, listed;
	size_t left_out[INPUT_BINARIES]; /* of folders and archives */
	size_t files, turn; /* turn: the entry that is asked first for a piece */

	/* the piece in work */
	enum taken taken;
	struct entry *entry;
	size_t old;
	uint64_t to;
	struct scan_part part;
	struct buf bytes;
	size_t given;
	struct input *input; /* of a job; while it is open its entry is the one in turn */
	const struct input_member *member; /* its next one, or NULL: not asked for */
	struct buf name;
	struct str block;
	uint64_t skip;
};

/* entry_find gives NULL for a path that is not in the set. entry_add does not look for it; *ret_entry may be NULL. */
struct entry *entry_find(const struct follow *f, const char *path);
enum err entry_add(struct follow *f, const char *path, bool found, struct entry **ret_entry) MUST_USE;

/* entry_note lets the entry be found by a file's id, in by_id under entry_id_hash. */
void entry_note(struct follow *f, const struct entry *e, const struct tail_id *id);
uint64_t entry_id_hash(const struct tail_id *id);
/* entry_remember keeps a place that a file ended at; entry_forget takes the one of that number away. */
void entry_remember(struct follow *f, struct entry *e, const struct tail_place *place);
void entry_forget(struct entry *e, size_t place);
/* entry_since: what lies beside it and changed before is accounted for, also where we stop now. What is open may have
 * grown since it was looked at. */
int64_t entry_since(const struct entry *e);
/* entry_is_held says whether the file is open in any entry. */
bool entry_is_held(const struct follow *f, const struct tail_id *id);

/* entry_say adds a sentence on the path, unless the last one was on the same error. */
void entry_say(struct follow *f, struct entry *e, enum err err, enum diag_level level, const char *what);

/* Descriptors are counted. Where all are in use, entry_has_room closes a file that is read to its end, and is false
 * where there is none. entry_open_tail: ERR_LIMIT where it has to wait for a descriptor. */
bool entry_has_room(struct follow *f);
enum err entry_open_tail(struct follow *f, const char *path, struct tail *ret_tail) MUST_USE;
void entry_close_tail(struct follow *f, struct tail *t);

/* entry_keep_end keeps the last lines of what was done of a file, up to the place: a message of theirs may go on in the
 * file that follows it. whole: done begins where the file does. Else what was kept is forgotten. */
void entry_keep_end(struct follow *f, struct entry *e, struct str done, bool whole, enum scan_coding coding,
		    struct scan_before where);
/* entry_read_end keeps the end of a file that was read up to the place by an earlier run, where none is kept. */
void entry_read_end(struct follow *f, struct entry *e, const struct tail *t, const struct tail_place *place,
		    const char *file);

/* entry_add_old and entry_add_job take an open file over: one that may still grow, and a packed one. */
enum err entry_add_old(struct follow *f, struct entry *e, const struct tail *t, struct str name) MUST_USE;
enum err entry_add_job(struct follow *f, struct entry *e, const char *path, const struct job *how) MUST_USE;

#endif
