/* SPDX-License-Identifier: MIT
 *
 * What a rotation makes of a log's content, told by its hashes; of its name, see rotation.h. Files are held open while
 * they are looked at, since names move on.
 */
#ifndef KBT_FOLLOW_SIBLING_H
#define KBT_FOLLOW_SIBLING_H

#include "base/input.h"
#include "follow/tail.h"

enum sibling_kind {
	SIBLING_PLAIN,
	SIBLING_PACKED,
	SIBLING_UNREADY /* a packed one that is damaged, or still being written */
};
enum sibling_kind sibling_kind(const struct tail *t, const char *path);

bool sibling_is_binary(const struct tail *t, enum input_binary *ret_kind); /* as input_is_binary */

enum sibling_fit { SIBLING_OTHER, SIBLING_STARTS_SO, SIBLING_HOLDS, SIBLING_HOLDS_MORE };
/* sibling_fits compares a file's content, unpacked where it is packed, with a place: it starts so, holds all that was
 * read, and more behind it. Nothing fits a place before which nothing was read. */
enum sibling_fit sibling_fits(const struct tail *t, bool packed, const struct tail_place *place);

/* sibling_copies says whether a file starts as another does: a copy of it, perhaps still being made. */
bool sibling_copies(const struct tail *t, bool packed, const struct tail *other);

/* sibling_coding tells the coding of a packed file's content. */
enum scan_coding sibling_coding(const struct tail *t);

/* sibling_open_path is a path by which an open file can be opened again, whatever its name is by now. */
void sibling_open_path(int fd, char *to, size_t size);

#endif
