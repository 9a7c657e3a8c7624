/* SPDX-License-Identifier: MIT
 *
 * paths > members. Walks files, folders (by name, with what is in them), standard input ("-"), tar and zip archives
 * and single compressed files (gz, xz, zst, bz2), also nested in one another, and gives each member as a stream of
 * blocks. What a file is, its first bytes say; its name only says what it must not be (a .tar.gz that holds no tar is
 * damaged). Output is capped against its compressed size, so that no bomb fills memory or disk. Symbolic links are
 * followed where they are named, not where a folder holds them; FIFOs and devices are never opened for reading, but for
 * pipes that this process was started with (/dev/fd/63). A path that is not there and has one of *?[ is a pattern.
 * Owns its descriptors; never writes, never keeps more than a few blocks. Only input_layer.c sees archive.h.
 *
 * After an error input_next goes on with what comes behind the faulty thing, so that a scan may read the rest: the next
 * member of the archive, where that can still be read, else the next file. An import stops.
 */
#ifndef KBT_BASE_INPUT_H
#define KBT_BASE_INPUT_H

#include "base/buf.h"
#include "base/diag.h"

struct input;

enum {
	INPUT_BLOCK = 1 << 18,	    /* a block is at most so long */
	INPUT_DEPTH = 6,	    /* packings in one another: a .tar.gz is two */
	INPUT_RATIO = 500,	    /* decompressed bytes a compressed byte may become, ... */
	INPUT_SLACK = 64 << 20,	    /* ... beyond these */
	INPUT_RATIO_FILE = 1000,    /* all that a file's packings become, each counted */
	INPUT_SLACK_FILE = 256 << 20
};

struct input_member {
	struct str name; /* "logs/a.zip!/b.log": lives until the next input_next */
	struct str path; /* the file on disk that holds it: "logs/a.zip"; "-" */
	struct str root; /* the path as it was given: "logs" */
	bool packed;	 /* it stands in an archive or is compressed */
	int64_t written_s; /* when it was last written to, as the archive or the file system says; 0: not known */
};

/* input_open only takes the list; a path that cannot be read is input_next's error. d gets a sentence an error. */
enum err input_open(const char *const *paths, size_t count, struct diags *d, struct input **ret_input) MUST_USE;
/* input_open_bytes takes one file's bytes, which must outlive it, under the name that it has somewhere else. */
enum err input_open_bytes(struct str bytes, struct str name, struct diags *d, struct input **ret_input) MUST_USE;
void input_close(struct input **input);

/* input_once: a file on disk is read the first time only, whatever it is called. To be said before the first one. */
void input_once(struct input *input);
/* input_take_text: a file that is named as a packed one and begins as text is read as that, with a warning; else it is
 * damaged. What stands in a folder or an archive and is no text by its first bytes (a picture, a program) is left out
 * and counted. To be said before the first one. */
void input_take_text(struct input *input);

enum input_binary {
	BINARY_PDF,
	BINARY_PICTURE,
	BINARY_PROGRAM,
	BINARY_DATABASE,
	BINARY_DOCUMENT,
	BINARY_MEDIA,
	BINARY_FONT,
	BINARY_DUMP,
	BINARY_TRACE,
	BINARY_REGISTRY,
	BINARY_EVENTS,
	INPUT_BINARIES
};
/* input_is_binary says of a file's first bytes (512 are enough) whether they are those of what is known and no text;
 * input_left_out gives how many of each kind were left out so far; input_say_binaries adds them in words ("2 PDF
 * documents, 1 picture") and gives how many there are in all. */
bool input_is_binary(struct str head, enum input_binary *ret_kind);
const size_t *input_left_out(const struct input *input); /* INPUT_BINARIES of them */
size_t input_say_binaries(const size_t counts[INPUT_BINARIES], struct buf *out);

/* input_next: the next member, or NULL at the end. ERR_NOTFOUND, ERR_DENIED, ERR_IO, ERR_DAMAGED, ERR_LIMIT (a bomb),
 * ERR_UNSUPPORTED (neither a file nor a folder, or in a folder a packing that is not read: a warning in d), ERR_INPUT
 * (such a packing by its name), ERR_NOMEM. What of the last member was not read is
 * left out, unseen damage in it too. */
enum err input_next(struct input *input, const struct input_member **ret_member) MUST_USE;

/* input_read: the member's next block, valid until the next call; empty at its end. The same errors. */
enum err input_read(struct input *input, struct str *ret_block) MUST_USE;

/* input_is_packed says of a file's first bytes (6 are enough but for tar: 262) whether they are a packed one's. */
bool input_is_packed(struct str head);

/* input_position: bytes of the files on disk read so far, and of all files named (0 where a folder or standard input is
 * among them). */
void input_position(const struct input *input, int64_t *ret_done, int64_t *ret_total);

#endif
