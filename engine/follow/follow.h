/* SPDX-License-Identifier: MIT
 *
 * Logs that grow and are rotated > pieces to scan, each line once. Takes paths (files that may come later, folders,
 * patterns), looks at them when it is told to, and gives the pieces that are ready: whole lines, in order, with their
 * place in the file. Renamed, deleted and packed files are read to their end by the descriptor that is held; where a
 * file was cut off (copytruncate) or replaced more often than it was looked at, the rest is looked for in the rotated
 * files beside it. Each folder is listed once a look (twice where something is looked for in it). Files that are read
 * are closed until they change where more are asked for than may be open. Memory does not grow with the logs. Reads no
 * clock: now is a parameter.
 *
 *   tail.c      one file: how far it was read, whether it still is what was read
 *   sibling.c   what a rotation makes of a log's name and content
 *   listing.c   the names in folders, by what they are rotations of
 *   paths.c     folders and patterns > files
 *   entry.c     the set of all: a path, what it names, and what is remembered of it
 *   look.c      what the paths name now
 *   beside.c    what of a rotated log was not read
 *   piece.c     what is next
 *   follow.c    the set from its paths and a cursor's places, and back
 *   cursor.c    places <> the text of a cursor file
 */
#ifndef KBT_FOLLOW_FOLLOW_H
#define KBT_FOLLOW_FOLLOW_H

#include "base/diag.h"
#include "follow/tail.h"

struct follow;

enum follow_how {
	/* What is whole and has been quiet for a moment, so that messages of several lines stay together. */
	FOLLOW_LIVE,
	FOLLOW_FLUSH, /* every whole line */
	FOLLOW_END    /* also a last line without its end */
};

struct follow_piece {
	struct str file;       /* as hits shall name it; empty: there is nothing to do now */
	bool whole;	       /* a packed file's member: part does not count, the stream is read from its start */
	struct scan_part part;
	int64_t written_s; /* when the file was last written to; 0: not known */
	scan_read *read;
	void *context;
};

/* follow_open takes the list; nothing is opened yet. d gets a sentence about each thing that is odd, once. */
enum err follow_open(const char *const *paths, size_t count, struct diags *d, struct follow **ret_follow) MUST_USE;
void follow_close(struct follow **follow);

/* A cursor's places, before the first look: those of one path belong together; current is the one that the path
 * named. Those of a path that is not asked for are kept, and it is not read. */
struct follow_place {
	struct str path;
	bool current;
	int64_t since_ns; /* what lies beside it and changed before is accounted for */
	int64_t gone_s;	  /* since when a run of the owner's found nothing at path; 0: there. Just kept */
	struct tail_place at;
};
enum err follow_restore(struct follow *f, const struct follow_place *place) MUST_USE;
/* follow_places gives all that a cursor has to keep; the paths are f's. */
enum err follow_places(struct follow *f, struct arena *a, struct follow_place **ret_places, size_t *ret_count) MUST_USE;

/* follow_age asks of each path that is not there, and of which nothing is open, whether it is over with, and forgets it
 * then; gone_s: its place's. */
typedef bool follow_is_over(void *context, const char *path, int64_t *gone_s);
void follow_age(struct follow *f, follow_is_over *is_over, void *context);

/* follow_look takes the state of all paths; anew also lists folders and patterns again. */
enum err follow_look(struct follow *f, int64_t now_ms, bool anew) MUST_USE;

/* follow_next gives the next piece, valid until follow_done, which says that it was scanned and its hits are out. */
enum err follow_next(struct follow *f, int64_t now_ms, enum follow_how how, struct follow_piece *ret_piece) MUST_USE;
void follow_done(struct follow *f);

/* follow_wait_ms: after how long something may be ready although nothing changes; -1 for never. */
int follow_wait_ms(const struct follow *f, int64_t now_ms);

/* The folders whose changes concern the paths, as of the last look. */
typedef void follow_visit_folder(void *context, const char *folder);
void follow_each_folder(struct follow *f, follow_visit_folder *visit, void *context);

/* follow_unsettled says that a rotation is on its way, so that another look in a moment finds more. */
bool follow_unsettled(const struct follow *f);

/* follow_waits says that not all files could be opened at a time: the rest is looked at when pieces of these were
 * done. */
bool follow_waits(const struct follow *f);

/* follow_missed says that some input could not be read. */
bool follow_missed(const struct follow *f);
size_t follow_files(const struct follow *f); /* opened so far */
/* follow_left_out gives how many files of folders and archives were no text, INPUT_BINARIES numbers (base/input.h). */
const size_t *follow_left_out(const struct follow *f);

#endif
