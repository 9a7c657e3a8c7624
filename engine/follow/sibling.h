/* SPDX-License-Identifier: MIT
 *
 * What a rotation makes of a log's name and content: app.log > app.log.1, app.log-20010312, app-20010312.log,
 * app.log.1.gz, app.log.old. Names are told by their shape, content by its hashes. Files are held open while they are
 * looked at, since names move on.
 */
#ifndef KBT_FOLLOW_SIBLING_H
#define KBT_FOLLOW_SIBLING_H

#include "follow/tail.h"

/* sibling_name says whether a rotation of base may be called name (both without folders). */
bool sibling_name(struct str base, struct str name);

/* sibling_bases visits each name of which sibling_name may say that this one is a rotation; some of them twice. Of a
 * name with more marks than SIBLING_MARKS_MAX those behind are not looked at. */
enum { SIBLING_MARKS_MAX = 32 };
typedef void sibling_visit(void *context, struct str base);
void sibling_bases(struct str name, sibling_visit *visit, void *context);

enum sibling_kind {
	SIBLING_PLAIN,
	SIBLING_PACKED,
	SIBLING_UNREADY /* a packed one that is damaged, or still being written */
};
enum sibling_kind sibling_kind(const struct tail *t, const char *path);

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
