/* SPDX-License-Identifier: MIT
 *
 * What input.c walks with: the input's state, and the chain of layers that a member's bytes come through. The lowest is
 * the file itself, above it a reader of archives each, so that archives nest without a temporary file; a .tar.gz is two
 * of them, so that what is wrong behind the tar's end is seen too. What cannot be read has its sentence in the input's
 * diagnostics. Opens no file.
 */
#ifndef KBT_BASE_INPUT_LAYER_H
#define KBT_BASE_INPUT_LAYER_H

#include "base/index.h"
#include "base/input.h"

#include <fts.h>

struct archive;
struct archive_entry;

struct layer {
	struct input *input;
	struct archive *archive;
	struct archive_entry *entry;
	bool started;	       /* a member of it was begun */
	int64_t tar_at;	       /* where the last tar member's bytes ended */
	bool broken;	       /* none of its members can be read any more */
	size_t members;	       /* of the archive, begun */
	unsigned again;	       /* how often it was opened for those behind a damaged one */
	bool flawed;	       /* what comes of the member does not fit its checksum */
	int64_t packed_at;     /* where the member's packed bytes begin, ... */
	int64_t out;	       /* ... and bytes given of it */
	struct buf name;       /* "a.zip!/b.log" of the member */
	int64_t written_s;     /* the member */
	char *block;	       /* INPUT_BLOCK bytes */
	struct str ahead;      /* bytes of the member looked at and not yet given */
	bool ended;	       /* of the member */
	enum err failed;       /* what comes behind those bytes cannot be read; the sentence is in d already */
	struct str unpacked;   /* of the member, in the archive's memory: not copied yet */
	struct unpack *unpack; /* one compressed stream, in an archive's place */
	struct str packed;     /* for it, in the layer below */
	bool packed_ended;
	int64_t packed_in;
	int64_t member_at, hole; /* bytes of it so far; zeros that stand before what is unpacked */
	enum err below;		 /* why the layer below failed; its sentence is in d already */
};

struct input {
	const char **paths; /* copies in the arena, patterns expanded */
	size_t count, cap, at;
	bool once, takes_text;
	size_t left_out[INPUT_BINARIES];
	struct index seen; /* files by device and number, where each is read once */
	struct input_file {
		uint64_t dev, ino;
	} * files;
	size_t file_count, file_cap;
	struct diags *diags;
	struct arena arena; /* of the whole walk */
	FTS *walk;	    /* of the folder being walked, or NULL */
	int fd;		    /* of the open file, or -1 */
	int64_t size, got;  /* of the open file: when it was opened, and read so far; size 0 where it is not known */
	int64_t out;	    /* what its packings became so far, all of them */
	bool spent;	    /* too much: nothing more of it is read */
	bool in_memory;	    /* the one file is these bytes */
	struct str bytes;
	size_t bytes_at;
	int64_t done, total;
	struct layer layers[INPUT_DEPTH + 1]; /* [0] is the file itself */
	size_t depth;			      /* layers in use; 0 where no file is open */
	struct input_member member;
};

/* input_fail_errno notes what the system said of the name, and gives it as an error. */
enum err input_fail_errno(struct input *in, struct str name, int number);

struct layer *layer_top(struct input *in); /* there is one */
/* layer_push puts an empty one on top: NULL where memory ends. layer_pop takes it away. */
struct layer *layer_push(struct input *in);
void layer_pop(struct input *in);

/* layer_fill makes at least want bytes stand ahead, or all that the member has or that stand before its damage: that
 * fails when nothing stands ahead of it any more. want is at most INPUT_BLOCK. */
enum err layer_fill(struct layer *l, size_t want) MUST_USE;
/* layer_read gives what stands ahead, else what comes next: empty at the member's end, valid until the next call. */
enum err layer_read(struct layer *l, struct str *ret_block) MUST_USE;

/* layer_leave_member gives up the member; false where those behind it cannot be read either. */
bool layer_leave_member(struct layer *l);

enum packing { PACKING_NONE, PACKING_STREAM, PACKING_TAR, PACKING_ZIP };

/* input_begins_as_text: letters and what stands between them; or the mark of UTF-16. */
bool input_begins_as_text(struct str head);

/* What is known and not read. */
struct foreign {
	struct str mark;
	const char *what, *advice;
};

/* By a member's first 512 bytes. packing_foreign gives NULL where it is none of those. */
enum packing packing_of(struct str head);
const struct foreign *packing_foreign(struct str head);
/* packing_named: does the name say that it is packed, and as a tar? */
bool packing_named(struct str name, bool *ret_tar);

/* layer_open_packed puts a layer on the member at the top; layer_next_entry moves the layer at the top to its next
 * file, *ret_more is false at its end. */
enum err layer_open_packed(struct input *in, enum packing packing) MUST_USE;
enum err layer_next_entry(struct input *in, bool *ret_more) MUST_USE;

#endif
