/* SPDX-License-Identifier: MIT
 *
 * Folders and patterns > files. A path that is there is itself; one that is not and has one of *?[ is a pattern.
 */
#ifndef KBT_FOLLOW_PATHS_H
#define KBT_FOLLOW_PATHS_H

#include "base/diag.h"

#define PATHS_MARKS "*?["

/* paths_visit gets a regular file that a folder or a pattern gave (found), a path that is just named, or a folder on
 * the way. */
enum paths_kind { PATHS_NAMED, PATHS_FOUND, PATHS_FOLDER };
typedef enum err paths_visit(void *context, const char *path, enum paths_kind kind);

/* paths_expand visits what a path stands for, in order of name. What cannot be listed is said to d where it is not
 * NULL, and the answer is then ERR_IO when all is done. */
enum err paths_expand(const char *path, struct diags *d, paths_visit *visit, void *context) MUST_USE;

/* paths_cover says whether paths_expand of asked gives the path, or would if a file were there. */
bool paths_cover(const char *asked, const char *path);

#endif
